"""Why a metric may be unknown: the line items and fields that it needs, and the conditions that stand before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from screener.catalogue import fields, items, metrics
from screener.catalogue.metrics import Metric
from screener.engine.columns import Columns, refusal
from screener.engine.compile import Moment, compile_expr
from screener.engine.trace import NOW, children
from screener.language.ast import Call, Expr, IsKnown, Name
from screener.language.expressions import parse_formula

# What a function of these does without: an unknown argument leaves the value known.
# (A median of peers needs their values, not the name's own.)
TOLERANT = frozenset({"if_known", "coalesce", "count_known", "sum_known", "mean_known", "median", "quantile"})


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason in words, the name of its column, and the SQL that says whether it holds for a name."""

    text: str
    column: str
    sql: str


@cache
def needs(metric: Metric) -> tuple[tuple[str, Moment], ...]:
    """Return what a value needs: (name, moment) of every line item, field and inner metric, parents first.

    What the formula does without (``if_known``, ``sum_known`` and their like) is left out.
    """
    return tuple(dict.fromkeys(_walk(parse_formula(metric.formula), NOW)))


@cache
def inputs(metric: Metric) -> tuple[str, ...]:
    """Return every line item and field that the metric's formula reads, needed or not, in the order written."""
    return tuple(dict.fromkeys(name for name, _ in reads(metric) if name not in metrics.BY_NAME))


@cache
def reads(metric: Metric) -> tuple[tuple[str, Moment], ...]:
    """Return (name, moment) of everything that the formula reads, also what it does without; as in :func:`needs`."""
    return tuple(dict.fromkeys(_walk(parse_formula(metric.formula), NOW, tolerant=True)))


@cache
def refused(metric: Metric) -> str:
    """Return SQL that holds where the metric, or one that it needs, is not defined for the model in ``model``.

    ``""`` for a metric that is defined for all of them.
    """
    rows = (metric, *(metrics.BY_NAME[name] for name, _ in needs(metric) if name in metrics.BY_NAME))
    return " OR ".join(dict.fromkeys(refusal(row, "model") for row in rows if row.refused or row.only))


def _walk(expr: Expr, at: Moment, *, tolerant: bool = False) -> Iterator[tuple[str, Moment]]:
    if isinstance(expr, Name):
        name = metrics.ALIASES.get(expr.name, expr.name)
        yield name, at
        if name in metrics.BY_NAME:
            yield from _walk(parse_formula(metrics.BY_NAME[name].formula), at, tolerant=tolerant)
        return
    if not tolerant and (isinstance(expr, IsKnown) or (isinstance(expr, Call) and expr.function in TOLERANT)):
        return
    for part, moment in children(expr, at):
        yield from _walk(part, moment, tolerant=tolerant)


def causes(metric: Metric, columns: Columns) -> tuple[Cause, ...]:
    """Return what can leave ``metric`` unknown, compiled with ``columns``: inputs, and inner metrics' conditions."""
    found: dict[str, Cause] = {}
    for row in metric.undefined:
        if row.rank == "none":
            _add(found, row.reason, f"({compile_expr(parse_formula(row.when), columns)})")
    for name, at in needs(metric):
        if name in items.BY_NAME:
            when = replace(at, quarter=at.quarter and items.BY_NAME[name].kind != "instant")
            _add(found, _said(name, when), f"({columns.column(name, when)} IS NULL)")
        elif name in fields.BY_NAME:
            _add(found, name, f"({columns.column(name, at)} IS NULL)")
        elif at == NOW:
            for row in metrics.BY_NAME[name].undefined:
                _add(found, f"{name} ({row.reason})", f"({compile_expr(parse_formula(row.when), columns)})")
    return tuple(found.values())


def _add(found: dict[str, Cause], text: str, sql: str) -> None:
    # The text before an @, which no name can have; conditions of several metrics may share a reason.
    key = f"{text}@{sql}"
    found.setdefault(key, Cause(text, f"@{key}", sql))


def _said(name: str, at: Moment) -> str:
    ago = f"{at.lag // 4}y ago" if at.lag % 4 == 0 else f"{at.lag}q ago"
    return name + (" (quarter)" if at.quarter else "") + (f" {ago}" if at.lag else "")
