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


def complaint(unit: str, other: Expr) -> tuple[str, str] | None:
    """Return message and hint when a quantity in ``unit`` cannot be compared with the literal ``other``."""
    number = literal(other)
    if number is None:
        return None
    if unit in _NEVER_PERCENT and is_percent(number):
        hint = "300M is 300 million, 2.5B 2.5 billion" if unit in {"usd", "shares"} else ""
        return f"a percentage cannot be compared with {_NEVER_PERCENT[unit]}", hint
    if unit == "ratio" and not is_percent(number) and number.value >= BARE_FRACTION_LIMIT:
        return f"{number.text} means {number.value * 100:,.0f}% here", f"write {number.value:g}%"
    return None
