"""Weights that do not add up or do nothing, directions against the metric's own, factors that count twice."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from screener.catalogue.names import lookup
from screener.language.ast import Call, Expr, Name
from screener.language.definitions import find
from screener.language.lint.finding import Context, Finding
from screener.language.lint.subject import key
from screener.language.screen import Factor, RankGroup

# Weights of this size were meant as per cent.
_PERCENT = 5.0
_LARGE = 10.0
_SAME_DIRECTION = {
    "avg", "lag", "sum", "min", "max", "quarter", "if_known", "coalesce", "clip", "percentile", "zscore", "winsorize",
}  # fmt: skip


def check_weights(context: Context) -> Iterator[Finding]:
    """Yield weights that look like shares but are none, forgotten ones, and those of a group of one."""
    pending = [context.screen.rank] if context.screen.rank else []
    while pending:
        group = pending.pop(0)
        yield from _group(group)
        pending.extend(member for member in group.members if isinstance(member, RankGroup))


def _group(group: RankGroup) -> Iterator[Finding]:
    weights = [member.weight for member in group.members]
    where = f"of '{group.name}' " if group.name else ""
    if len(weights) == 1:
        if weights[0] != 1:
            message = f"the weight {weights[0]:g} does nothing: there is nothing beside it in its group"
            yield Finding("S041", group.members[0].span, message, "leave the weight out")
        return
    total = sum(weights)
    light = next((member for member in group.members if member.weight == 1), None)
    if light is not None and max(weights) >= _LARGE:
        message = f"{_name(light)} weighs 1 against {max(weights):g} beside it: is its weight forgotten?"
        yield Finding("S040", light.span, message, "give it a weight of its own")
    elif min(weights) >= _PERCENT and not isclose(total, 100, abs_tol=0.5) and len(set(weights)) > 1:
        message = f"the weights {where}add up to {total:g}, not to 100"
        yield Finding("S040", group.members[0].span, message, "weights count by their ratios; mend the one that is off")
    elif max(weights) < 1 and not isclose(total, 1, abs_tol=0.005) and len(set(weights)) > 1:
        message = f"the weights {where}add up to {100 * total:g}%, not to 100%"
        yield Finding("S040", group.members[0].span, message, "weights count by their ratios; mend the one that is off")


def _name(member: Factor | RankGroup) -> str:
    return f"'{member.text if isinstance(member, Factor) else member.name}'"


def check_directions(context: Context) -> Iterator[Finding]:
    """Yield factors that are ranked against the direction in which their metric is better."""
    for factor in context.screen.factors():
        own = _direction(context, factor.expr)
        if own and own != factor.direction:
            message = f"'{factor.text}' ranks {factor.direction} values first, where {own} ones are better"
            yield Finding("S042", factor.span, message, "turn the direction, or leave it to the metric")


def _direction(context: Context, expr: Expr) -> str:
    while isinstance(expr, Call) and expr.function in _SAME_DIRECTION:
        expr = expr.args[0]
    if not isinstance(expr, Name):
        return ""
    row = find(expr.name, context.screen.definitions) or lookup(expr.name)
    return row.direction if row is not None and row.direction != "neutral" else ""


def check_factors(context: Context) -> Iterator[Finding]:
    """Yield factors that stand twice in the rank, a multiple and its yield too."""
    seen: dict[tuple[str, str, str], Factor] = {}
    for factor in context.screen.factors():
        what = (key(factor.expr), factor.direction, factor.within)
        first = seen.setdefault(what, factor)
        if first is not factor:
            other = f" as '{first.text}'" if first.text != factor.text else ""
            message = f"'{factor.text}' is ranked in line {first.span.line} already{other}"
            yield Finding("S043", factor.span, message, "give the first one more weight instead")
