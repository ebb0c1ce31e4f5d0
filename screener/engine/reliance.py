"""Findings where a screen relies on a metric that is known for too few small caps of a data set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.catalogue import metrics
from screener.engine.causes import TOLERANT
from screener.engine.coverage import MetricCoverage, measure
from screener.language.ast import Call, Expr, IsKnown, Name, children
from screener.language.lint.finding import Finding

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.language.ast import Span
    from screener.language.screen import Definition, Screen

# A screen whose metric is unknown for more than two small caps in five sorts by who reports, not by who is good.
LEAST_COVERAGE = 0.6
CODE = "S020"


def relied_on(screen: Screen) -> dict[str, Span]:
    """Return the metrics that rules and factors name, through definitions too, each with its first place in the file.

    What the screen itself says how to do without (``if_known``, ``is known`` and their like, and rules with an
    ``if_unknown`` that lets names through) is left out.
    """
    found: dict[str, Span] = {}
    seen: set[str] = set()
    strict = (rule.expr for rule in (*screen.universe, *screen.rules) if not rule.lets_unknown_in)
    for expr in (*strict, *(factor.expr for factor in screen.factors())):
        for name in _names(expr, screen.definitions, seen):
            found.setdefault(name.name, name.span)
    return found


def _names(expr: Expr, definitions: Mapping[str, Definition], seen: set[str]) -> Iterator[Name]:
    if isinstance(expr, IsKnown) or (isinstance(expr, Call) and expr.function in TOLERANT):
        return
    if isinstance(expr, Name):
        if expr.name in metrics.BY_NAME:
            yield expr
        elif expr.name in definitions and expr.name not in seen:
            seen.add(expr.name)
            own = definitions[expr.name]
            inner = _names(own.expr, definitions, seen)
            # What stands in another file is told where the screen names it.
            yield from (replace(name, span=expr.span) if own.file else name for name in inner)
        return
    for part in children(expr):
        yield from _names(part, definitions, seen)


def coverage_findings(lake: Lake, screens: Sequence[Screen]) -> tuple[tuple[Finding, ...], ...]:
    """Return what lint tells of each screen: metrics covered for under ``LEAST_COVERAGE`` of the small caps.

    Only the metrics of the screens are computed, all in one query, on the newest day of the data; covered is what
    :class:`screener.engine.coverage.Count` says. Nothing is told where the data set has no small caps.
    """
    relied = [relied_on(screen) for screen in screens]
    names = dict.fromkeys(name for found in relied for name in found)
    if not names:
        return tuple(() for _ in screens)
    measured = measure(lake, [metrics.BY_NAME[name] for name in names], spread=False)
    thin = {row.metric.name: row for row in measured.rows if _is_thin(row)}
    data = "the demo data" if measured.demo else "the data set"
    return tuple(
        tuple(_finding(thin[name], span, data) for name, span in found.items() if name in thin) for found in relied
    )


def _is_thin(row: MetricCoverage) -> bool:
    return row.small.coverage is not None and row.small.coverage < LEAST_COVERAGE


def _finding(row: MetricCoverage, span: Span, data: str) -> Finding:
    asked = row.small.names - row.small.refused
    covered = row.small.known + row.small.worst + row.small.best
    share = int(100 * covered / asked)
    message = f"'{row.metric.name}' is known for {covered:,} of {asked:,} small caps of {data} ({share}%)"
    hint = f"what is missing most often: {row.lacks} ({row.lacking:,})" if row.lacks else ""
    return Finding(CODE, span, message, hint)
