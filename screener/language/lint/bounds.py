"""The range of an expression by interval arithmetic, from what the catalogue says of the names in it."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, inf, isfinite, isnan, log, sqrt

from screener.catalogue import fields, items
from screener.catalogue.names import lookup
from screener.language.ast import Binary, Call, Expr, Name, Period, Unary
from screener.language.lint.subject import constant, key
from screener.language.lint.values import NUMBERS, Values, between

# Fields whose values have ends: returns lose at most everything.
_FIELDS: dict[str, Values] = {
    **dict.fromkeys(
        ("price", "market_cap", "market_cap_diluted"), between(0, inf, above=True),
    ),
    **dict.fromkeys(
        ("price_change_1m", "price_change_3m", "price_change_6m", "price_change_12m", "price_change_24m",
         "momentum_12_1", "ytd_return", "prev_calendar_year_return"),
        between(-1, inf),
    ),
    **dict.fromkeys(
        ("avg_dollar_volume_3m", "adv_usd_63d", "amihud_252", "vol_252", "idio_vol", "red_flag_filings",
         "deals_in_industry_12m", "tls_volume", "years_listed"),
        between(0, inf),
    ),
    "dq_score": between(0, 1),
    "as_of_month": between(1, 12),
}  # fmt: skip
_UNITS = {"flag": between(0, 1), "score": between(0, 100)}
_POSITIVE = {"pos", "mag"}

# Functions whose value lies where the values of their first argument lie.
_INSIDE = {"lag", "avg", "quarter", "median", "quantile", "winsorize"}

Known = Mapping[str, Values]
Range = tuple[float, float]


def of_catalogue(name: str) -> Values | None:
    """Return the range of a line item or field, or that of a unit; ``None`` for a metric whose formula tells."""
    if name in _FIELDS:
        return _FIELDS[name]
    item = items.BY_NAME.get(name)
    if item is not None:
        return between(0, inf) if item.sign in _POSITIVE else NUMBERS
    entry = lookup(name)
    if name in fields.BY_NAME or entry is None:
        return NUMBERS
    return _UNITS.get(entry.unit)


class Bounds:
    """Ranges of expressions; ``domain`` gives that of a name."""

    def __init__(self, domain: Mapping[str, Values]) -> None:
        """Start with a mapping that finds, for any name, the values that it can have."""
        self.domain = domain

    def of(self, expr: Expr, known: Known) -> Values:
        """Return the values that ``expr`` can have; ``known`` (by key) narrows what stands in it now."""
        value = constant(expr)
        if value is not None:
            return between(value, value)
        found = self._of(expr, known)
        more = known.get(key(expr)) if known else None
        return found if more is None else found & more

    def _of(self, expr: Expr, known: Known) -> Values:
        match expr:
            case Name():
                return self.domain[expr.name]
            case Unary():
                return _turned(self.of(expr.operand, known))
            case Binary():
                return _arithmetic(expr.op, self.of(expr.left, known), self.of(expr.right, known))
            case Call():
                return self._call(expr, known)
            case _:
                return NUMBERS

    def _call(self, call: Call, known: Known) -> Values:
        name, args = call.function, call.args
        if name in {"count_known", "count"}:
            return between(0, len(args) if name == "count_known" else _observations(args[1]))
        if name == "percentile":
            return between(0, 100, above=True)
        if name == "rank":
            return between(1, inf)
        if name in {"zscore", "residual"}:
            return NUMBERS
        if name in {"min", "max"} and any(isinstance(arg, Period) for arg in args):
            return _hull(self.of(args[0], {}))
        if name in _INSIDE:
            return _hull(self.of(args[0], {}))
        if name in {"sum", "stdev", "growth", "cagr"}:
            return _of_history(name, self.of(args[0], {}), args)
        parts = [self.of(arg, known) for arg in (args[1:] if name == "when" else args)]
        return _of_scalars(name, parts)


def _observations(arg: Expr) -> float:
    return arg.count if isinstance(arg, Period) else inf


def _range(values: Values) -> Range:
    """Return the lowest and highest number; an empty set stands for anything, since nothing is said by it."""
    return (values.low()[0], values.high()[0]) if values.spans else (-inf, inf)


def _hull(values: Values) -> Values:
    return Values(((values.low(), values.high()),)) if values.spans else NUMBERS


def _closed(low: float, high: float) -> Values:
    return NUMBERS if isnan(low) or isnan(high) or low > high else between(low, high)


def _turned(values: Values) -> Values:
    spans = tuple(((-high, 1 - end), (-low, 1 - start)) for (low, start), (high, end) in reversed(values.spans))
    return Values(spans) if spans else NUMBERS


def _of_history(name: str, values: Values, args: tuple[Expr, ...]) -> Values:
    low, high = _range(values)
    if name == "sum":
        count = _observations(args[1]) if len(args) > 1 else 1.0
        return _closed(_times(low, count) if low < 0 else low, _times(high, count) if high > 0 else high)
    if name == "stdev":
        return between(0, inf)
    return between(-1, inf) if name == "cagr" or low >= 0 else NUMBERS


def _of_scalars(name: str, parts: list[Values]) -> Values:
    first = _range(parts[0])
    match name:
        case "when" | "if_known" | "coalesce" | "mean_known":
            found = parts[0]
            for part in parts[1:]:
                found = found | part
            return _hull(found)
        case "sum_known":
            ranges = [_range(part) for part in parts]
            return _closed(sum(min(low, 0) for low, _ in ranges), sum(max(high, 0) for _, high in ranges))
        case "min" | "max":
            pick = min if name == "min" else max
            ends = pick(part.low() for part in parts), pick(part.high() for part in parts)
            return _hull(Values((ends,)) if ends[0] < ends[1] else NUMBERS)
        case "clip":
            low, high = _range(parts[1])[0], _range(parts[2])[1]
            return _closed(max(min(first[0], high), low), min(max(first[1], low), high))
        case "abs":
            least = 0.0 if first[0] <= 0 <= first[1] else min(abs(first[0]), abs(first[1]))
            return between(least, max(abs(first[0]), abs(first[1])))
        case _:
            return _monotone(name, *first)


def _monotone(name: str, low: float, high: float) -> Values:
    match name:
        case "exp":
            return between(exp(low) if low < 700 else 0, exp(high) if high < 700 else inf)
        case "log":
            return _closed(log(low) if 0 < low < inf else -inf, log(high) if 0 < high < inf else inf)
        case "sqrt":
            return _closed(sqrt(max(low, 0)) if low < inf else 0, sqrt(high) if 0 <= high < inf else inf)
        case _:
            return NUMBERS


def _times(left: float, right: float) -> float:
    return 0.0 if not left or not right else left * right


def _arithmetic(op: str, left: Values, right: Values) -> Values:
    (a, b), (c, d) = _range(left), _range(right)
    if op == "+":
        above = (left.spans and left.low()[1]) or (right.spans and right.low()[1])
        return NUMBERS if isnan(a + c) or isnan(b + d) else between(a + c, b + d, above=bool(above) and isfinite(a + c))
    if op == "-":
        return _arithmetic("+", left, _turned(right))
    if op == "*":
        products = [_times(x, y) for x in (a, b) for y in (c, d)]
        above = a == 0 == c and bool(left.spans and right.spans and left.low()[1] and right.low()[1])
        return between(min(products), max(products), above=above)
    if op == "/" and c >= 0 and d > 0:
        # A division by zero is unknown: the denominator is above zero, however little.
        low = a / d if a > 0 and d < inf else (0.0 if a >= 0 else -inf)
        high = b / c if b > 0 and c > 0 and b < inf else (0.0 if b <= 0 else inf)
        above = low == 0 and a >= 0 and bool(left.spans) and (a > 0 or left.low()[1] == 1)
        return between(low, high, above=above)
    return NUMBERS
