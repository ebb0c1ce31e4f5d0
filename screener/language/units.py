"""Units of expressions: what arithmetic makes of them, and which literals cannot be meant."""

from __future__ import annotations

from screener.language.ast import Expr, Number, Unary

# A fraction at or above this, written without %, was meant as a percentage (15 for 15%).
BARE_FRACTION_LIMIT = 5.0

_NEVER_PERCENT = {
    "usd": "US dollars",
    "usd_per_share": "US dollars a share",
    "shares": "shares",
    "days": "days",
    "months": "months",
    "years": "years",
    "count": "a count",
    "flag": "1 or 0",
}


def literal(expr: Expr) -> Number | None:
    """Return the number of a literal such as ``15%`` or ``-2``, ``None`` for anything computed."""
    while isinstance(expr, Unary):
        expr = expr.operand
    return expr if isinstance(expr, Number) else None


def is_percent(number: Number) -> bool:
    """Return whether the number was written with ``%`` or ``bps``."""
    return number.text.endswith("%") or number.text.lower().endswith("bps")


def combine(op: str, left: str, right: str, left_expr: Expr, right_expr: Expr) -> str:
    """Return the unit of ``left op right``: dollars over dollars are a multiple, dollars plus dollars dollars."""
    if op in "+-":
        if left == right or literal(right_expr) is not None:
            return left
        return right if literal(left_expr) is not None else "number"
    if op == "*":
        if left in {"number", "ratio"}:
            return right
        if right in {"number", "ratio"}:
            return left
        return "usd" if {left, right} == {"usd_per_share", "shares"} else "number"
    if op == "/":
        if literal(right_expr) is not None:
            return left
        if left == right:
            return "number" if left == "number" else "multiple"
        return "usd_per_share" if (left, right) == ("usd", "shares") else "number"
    return "number"


# What stands for different things however large it is, and is never compared or added across.
_APART = {
    "usd": "US dollars", "usd_per_share": "US dollars a share", "shares": "shares", "days": "days", "months": "months",
    "years": "years",
}  # fmt: skip
HINTS = {
    "US dollars and US dollars a share": "a share with a share: price, eps, bvps; a company with a company: market_cap",
    "months and years": "12 months are a year: divide the months by 12",
    "days and years": "365 days are a year: divide the days by 365",
    "days and months": "30.4 days are a month: divide the days by 30.4",
}
# No share costs as much: what is written so large is the value of a company.
IMPOSSIBLE_PRICE = 5e6


def mixed(left: str, right: str) -> str | None:
    """Return how a message names two units that have nothing in common, ``None`` where they may stand together."""
    if left == right or left not in _APART or right not in _APART:
        return None
    first, second = sorted((left, right), key=tuple(_APART).index)
    return f"{_APART[first]} and {_APART[second]}"


def complaint(unit: str, other: Expr) -> tuple[str, str, str] | None:
    """Return message, hint and severity when a quantity in ``unit`` is compared with a literal that cannot be meant."""
    number = literal(other)
    if number is None:
        return None
    if unit == "score":
        return _score(number)
    if unit in _NEVER_PERCENT and is_percent(number):
        hint = "300M is 300 million, 2.5B 2.5 billion" if unit in {"usd", "shares"} else ""
        if unit in {"days", "months", "years", "count"}:
            hint = f"write the plain number: {number.text.rstrip('% ')}" if number.text.endswith("%") else ""
        return f"a percentage cannot be compared with {_NEVER_PERCENT[unit]}", hint, "error"
    if unit == "usd_per_share" and number.value >= IMPOSSIBLE_PRICE:
        return f"no share costs {number.text} dollars", "the value of the whole company is market_cap", "error"
    if unit == "ratio" and not is_percent(number) and number.value >= BARE_FRACTION_LIMIT:
        return f"{number.text} means {number.value * 100:,.0f}% here", f"did you mean {number.text}%?", "warning"
    return None


def _score(number: Number) -> tuple[str, str, str] | None:
    if is_percent(number):
        plain = f"{number.value * 100:g}"
        return "this is a number from 0 to 100, not a percentage", f"write {plain}", "error"
    if 0 < number.value < 1:
        meant = f"{number.value * 100:g}"
        return f"this runs from 0 to 100: {number.text} is next to nothing", f"did you mean {meant}?", "warning"
    return None
