"""Which arithmetic can leave the range of a double, judged from the expression alone: so that only that is guarded."""

from __future__ import annotations

import math
from functools import lru_cache

from screener.catalogue import items, metrics
from screener.catalogue.names import lookup
from screener.language.ast import Binary, Call, Expr, Name, Number, Unary, children
from screener.language.expressions import parse_formula

# Powers of ten between which the stored values, and what metrics make of them, lie unless they are zero.
_NAME = (-20.0, 20.0)
_ANYTHING = (-308.0, 308.0)
_LIMIT = 300.0


# Functions whose SQL is a DOUBLE whatever they are given.
_DOUBLES = frozenset({"growth", "cagr", "stdev", "when", "log", "exp", "sqrt", "count_known", "mean_known", "zscore"})


def is_double(expr: Expr) -> bool:
    """Return whether the SQL of ``expr`` is certainly of type DOUBLE; fields and definitions may be anything."""
    if isinstance(expr, Name):
        return expr.name in items.BY_NAME or _metric_is_double(expr.name)
    if isinstance(expr, Call):
        return expr.function in _DOUBLES
    return isinstance(expr, Binary) or (isinstance(expr, Unary) and is_double(expr.operand))


@lru_cache(maxsize=2048)
def _metric_is_double(name: str) -> bool:
    metric = metrics.BY_NAME.get(name)
    return metric is not None and is_double(parse_formula(metric.formula))


def can_overflow(expr: Binary) -> bool:
    """Return whether the operation may give an infinite value, or NaN from two infinite ones."""
    return expr.op == "^" or _range(expr)[1] > _LIMIT


def _range(expr: Expr) -> tuple[float, float]:
    """Return the powers of ten between which the magnitude of ``expr`` lies, zero left aside."""
    if isinstance(expr, Number):
        return (math.log10(abs(expr.value)),) * 2 if expr.value else _NAME
    if isinstance(expr, Name):
        # A name that the catalogue does not have is a definition of the screen, which may be anything.
        return _NAME if lookup(expr.name) else _ANYTHING
    if isinstance(expr, Binary):
        return _binary(expr)
    parts = [_range(part) for part in children(expr)] or [_NAME]
    low, high = min(low for low, _ in parts), max(high for _, high in parts)
    # A sum of up to a hundred observations.
    return (low, high + 2) if isinstance(expr, Call) else (low, high)


def _binary(expr: Binary) -> tuple[float, float]:
    (left_low, left_high), (right_low, right_high) = _range(expr.left), _range(expr.right)
    if expr.op == "*":
        return left_low + right_low, left_high + right_high
    if expr.op == "/":
        return left_low - right_high, left_high - right_low
    if expr.op == "^":
        return _ANYTHING
    # A difference may nearly cancel; a double keeps 16 digits.
    return min(left_low, right_low) - 16, max(left_high, right_high) + 0.31
