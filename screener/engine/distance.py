"""How far a value is from where a verdict turns: in units, and in per cent of the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue.names import lookup
from screener.engine.compile import Moment
from screener.engine.trace import NOW, Trace
from screener.language import units
from screener.language.ast import Between, Binary, Call, Compare, Date, Expr, Logic, Name, Not, Number, Unary, walk
from screener.language.wording import wording

if TYPE_CHECKING:
    from screener.engine.result import Value

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_PLAIN_NUMBERS = ("log", "exp", "sqrt", "zscore")
_UNITS = {"growth": "ratio", "cagr": "ratio", "count": "count", "count_known": "count", "rank": "count"}


@dataclass(frozen=True, slots=True)
class Distance:
    """A comparison ``what op threshold`` with the values of both sides, in ``unit`` (for days: dates, a slack in days).

    limit: what the threshold is computed from, ``""`` where it is a number or a date as written.
    slack: by how much the value is on the passing side, in units; negative by how much it falls short. 0 is on the
    threshold itself: it passes ``<=`` and ``>=`` and fails ``<`` and ``>``.
    relative: the slack as a fraction of the threshold without its sign; ``None`` for a threshold of zero and for dates.
    """

    what: str
    op: str
    limit: str
    value: float | date
    threshold: float | date
    unit: str
    slack: float
    relative: float | None
    passes: bool


def deciding(expr: Expr, trace: Trace) -> Distance | None:
    """Return the distance of the comparison that decides a condition, ``None`` where there is none.

    A condition that fails is as far as the farthest of the comparisons that would have to change for it to pass, one
    that passes as near as the nearest that would make it fail. An ``or`` that fails needs its nearest operand alone,
    and an ``and`` that passes fails with its nearest. Nothing is said of conditions that are unknown, that are not
    made of numbers or dates, or that would still be undecided after all that can be measured has changed.
    """
    found = turning(expr, trace)
    return _sorted(found)[-1] if found else None


def turning(expr: Expr, trace: Trace) -> tuple[Distance, ...]:
    """Return the comparisons that must all change for the verdict on ``expr`` to turn; ``()`` where none is known."""
    verdict, found = _turning(expr, trace, NOW, negated=False)
    return () if verdict is None else found


Turning = tuple[bool | None, tuple[Distance, ...]]


def _turning(expr: Expr, trace: Trace, at: Moment, *, negated: bool) -> Turning:
    match expr:
        case Not():
            return _turning(expr.operand, trace, at, negated=not negated)
        case Logic():
            parts = [_turning(part, trace, at, negated=negated) for part in expr.operands]
            return _joined("and" if (expr.op == "and") != negated else "or", parts)
        case Between():
            bounds = Compare(">=", expr.operand, expr.low), Compare("<=", expr.operand, expr.high)
            parts = [_compared(bound, trace, at, negated=negated) for bound in bounds]
            return _joined("or" if negated else "and", parts)
        case Compare():
            found = _compared(expr, trace, at, negated=negated)
            return (_verdict(expr, trace, at, negated), found[1])
        case Name():
            inside = trace.inside(expr.name)
            known = _verdict(expr, trace, at, negated) is not None
            if known and isinstance(inside, Compare | Logic | Not | Between | Name):
                return _turning(inside, trace, at, negated=negated)
    return _verdict(expr, trace, at, negated), ()


def _verdict(expr: Expr, trace: Trace, at: Moment, negated: bool) -> bool | None:
    found = trace.values.get((expr, at))
    return None if found is None else bool(found) != negated


def _joined(op: str, parts: Sequence[Turning]) -> Turning:
    """Combine operands: all that stand in the way must change, or the nearest where one is enough."""
    decided = op == "or"
    verdicts = [verdict for verdict, _ in parts]
    if decided in verdicts:
        verdict: bool | None = decided
        # Every operand of the deciding verdict must turn, and none may stay undecided.
        stand = [found for given, found in parts if given is decided]
        sure = None not in verdicts or decided
        return verdict, tuple(one for found in stand for one in found) if all(stand) and sure else ()
    verdict = None if None in verdicts else not decided
    ways = [found for _, found in parts if found]
    if verdict is None or not ways:
        return verdict, ()
    alike = _alike([one for way in ways for one in way])
    # A way of several changes is as far as the farthest of them.
    return verdict, min(ways, key=lambda way: _key(_sorted(way)[-1], alike=alike))


def _alike(found: Sequence[Distance]) -> bool:
    return len({(one.what, one.unit) for one in found}) == 1


def _key(one: Distance, *, alike: bool) -> tuple[bool, float]:
    """Return what distances are sorted by: units where they are of one quantity, else per cent of the threshold."""
    if alike:
        return False, abs(one.slack)
    return one.relative is None, abs(one.slack if one.relative is None else one.relative)


def _sorted(found: Sequence[Distance]) -> list[Distance]:
    alike = _alike(found)
    return sorted(found, key=lambda one: _key(one, alike=alike))


def _compared(expr: Compare, trace: Trace, at: Moment, *, negated: bool) -> Turning:
    op, left, right = _OPPOSITE[expr.op] if negated else expr.op, expr.left, expr.right
    if _is_constant(left) and not _is_constant(right):
        op, left, right = _TURNED[op], right, left
    value, threshold = _value(left, trace, at), _value(right, trace, at)
    if isinstance(value, date) and isinstance(threshold, date):
        gap, relative, unit = float((value - threshold).days), None, "days"
    elif isinstance(value, float) and isinstance(threshold, float):
        gap, unit = value - threshold, _common_unit(left, right, trace)
        relative = abs(threshold) or None
    else:
        return None, ()
    if op == "=":
        passes, slack = gap == 0, -abs(gap)
    elif op == "!=":
        return gap != 0, ()
    else:
        slack = gap if op[0] == ">" else -gap
        passes = slack > 0 or (slack == 0 and op.endswith("="))
    if op == "=" and passes:
        # Every change ends an equality: there is no room that could be measured.
        return True, ()
    slack += 0.0  # no negative zero
    share = None if relative is None else slack / relative
    limit = "" if _is_constant(right) else wording(right)
    return passes, (Distance(wording(left), op, limit, value, threshold, unit, slack, share, passes),)


def _is_constant(expr: Expr) -> bool:
    return not any(isinstance(part, Name) for part in walk(expr))


def _value(expr: Expr, trace: Trace, at: Moment) -> Value:
    """Return a number as float or a date; ``None`` for what is unknown or neither."""
    found: Value = expr.value if isinstance(expr, Number | Date) else trace.values.get((expr, at))
    if found is None or isinstance(found, bool | str):
        return None
    # Arithmetic on literals alone comes back as a decimal.
    return found if isinstance(found, date) else float(found)


def _common_unit(left: Expr, right: Expr, trace: Trace) -> str:
    unit = unit_of_expr(left, trace)
    return unit_of_expr(right, trace) if unit == "number" else unit


def unit_of_expr(expr: Expr, trace: Trace) -> str:
    """Return the unit of the values of an expression, as the language infers it; ``number`` for a plain one."""
    match expr:
        case Number():
            return "ratio" if units.is_percent(expr) else "number"
        case Unary():
            return unit_of_expr(expr.operand, trace)
        case Binary():
            left, right = unit_of_expr(expr.left, trace), unit_of_expr(expr.right, trace)
            return units.combine(expr.op, left, right, expr.left, expr.right)
        case Name():
            entry = lookup(expr.name)
            if entry is not None:
                return entry.unit
            inside = trace.inside(expr.name)
            return "number" if inside is None else unit_of_expr(inside, trace)
        case Call():
            return _unit_of_call(expr, trace)
        case _:
            return "number"


def _unit_of_call(call: Call, trace: Trace) -> str:
    if call.function in _UNITS:
        return _UNITS[call.function]
    if call.function in _PLAIN_NUMBERS:
        return "number"
    if call.function == "percentile":
        return "score"
    return unit_of_expr(call.args[1 if call.function == "when" else 0], trace)
