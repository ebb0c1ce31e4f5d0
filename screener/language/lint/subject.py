"""What a condition is about: expressions by a text without places, constants, and linear steps taken off."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from screener.language.ast import Binary, Call, Date, Expr, IsKnown, Name, Number, Period, Text, Unary, children

_COMMUTES = {"+", "*"}

# Functions that leave a value known although an argument is not.
TOLERANT = {"if_known", "coalesce", "count_known", "sum_known", "mean_known", "median", "quantile", "when"}


def key(expr: Expr) -> str:
    """Return a text that two expressions share where they are the same but for places and spelling."""
    match expr:
        case Number() | Date():
            return repr(expr.value)
        case Text():
            return repr(expr.value.casefold())
        case Name():
            return expr.name
        case Period():
            return f"{expr.count}{expr.unit}"
        case Call():
            inner = ", ".join(map(key, expr.args))
            return f"{expr.function}({inner})" + (f" within {expr.within}" if expr.within else "")
        case _:
            parts = [key(part) for part in children(expr)]
            word = str(getattr(expr, "op", "")) + ("not" if getattr(expr, "negated", False) else "")
            if word in _COMMUTES or word in {"and", "or"}:
                parts.sort()
            return f"({type(expr).__name__} {word} {' '.join(parts)})"


def constant(expr: Expr) -> float | None:
    """Return the value of an expression of literals alone (a date: its ordinal), ``None`` for any other."""
    match expr:
        case Number():
            return expr.value
        case Date():
            return float(expr.value.toordinal())
        case Unary():
            inner = constant(expr.operand)
            return None if inner is None else -inner
        case Binary():
            left, right = constant(expr.left), constant(expr.right)
            return None if left is None or right is None else computed(expr.op, left, right)
        case _:
            return None


def computed(op: str, left: float, right: float) -> float | None:
    """Return ``left op right``, ``None`` where it is not a finite number; powers are not computed."""
    if op == "/" and not right:
        return None
    if op == "^":
        return None
    value = {"+": left + right, "-": left - right, "*": left * right}.get(op)
    value = left / right if value is None else value
    return value if isfinite(value) else None


def linear(expr: Expr) -> tuple[Expr, float, float]:
    """Return (x, scale, offset) with ``expr = scale * x + offset`` and nothing linear left around x."""
    scale, offset = 1.0, 0.0
    while True:
        step = _step(expr)
        if step is None:
            return expr, scale, offset
        expr, times, plus = step
        wider, further = scale * times, offset + scale * plus
        if not isfinite(wider) or not isfinite(further) or not wider:
            return expr, 1.0, float("nan")
        scale, offset = wider, further


def _step(expr: Expr) -> tuple[Expr, float, float] | None:
    if isinstance(expr, Unary):
        return expr.operand, -1.0, 0.0
    if not isinstance(expr, Binary):
        return None
    left, right = constant(expr.left), constant(expr.right)
    if right is not None:
        match expr.op:
            case "+":
                return expr.left, 1.0, right
            case "-":
                return expr.left, 1.0, -right
            case "*" if right:
                return expr.left, right, 0.0
            case "/" if right:
                return expr.left, 1 / right, 0.0
    if left is not None:
        match expr.op:
            case "+":
                return expr.right, 1.0, left
            case "-":
                return expr.right, -1.0, left
            case "*" if left:
                return expr.right, left, 0.0
    return None


def mentioned(expr: Expr) -> Iterator[Name]:
    """Yield the names whose absence is felt: not what an expression does without."""
    if isinstance(expr, Name):
        yield expr
    elif not isinstance(expr, IsKnown) and not (isinstance(expr, Call) and expr.function in TOLERANT):
        for part in children(expr):
            yield from mentioned(part)
