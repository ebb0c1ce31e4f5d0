"""What a data set tells of a screen: rules and factors that decide nothing, or for the wrong reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from screener.engine.query import build_query
from screener.engine.reliance import coverage_findings
from screener.engine.run import newest_date
from screener.language.ast import Expr, In, Logic, Name, Not, Text
from screener.language.definitions import find
from screener.language.lint.finding import Context, Finding
from screener.language.lint.subject import key, mentioned
from screener.language.screen import Column, Rule, Screen

if TYPE_CHECKING:
    import duckdb

    from screener.lake.connect import Lake

# Fewer names than this tell nothing of a rule or a factor.
LEAST_NAMES = 10
LEAST_PAIRS = 30
# Unknown for fewer than this share of the universe is no matter.
LEAST_UNKNOWN = 0.05
TWINS = 0.98
# Pairs grow with the square: beyond this many factors, the first ones stand for all.
MOST_FACTORS = 40


def data_findings(lake: Lake, screens: Sequence[Screen]) -> tuple[tuple[Finding, ...], ...]:
    """Return what lint tells of each screen on the newest day of the data; ``DataError`` for an empty data set.

    One query measures the metrics of all screens, and one more each screen.
    """
    day = newest_date(lake.con)
    covered = coverage_findings(lake, screens)
    return tuple((*found, *_of_screen(lake.con, screen, day)) for screen, found in zip(screens, covered, strict=True))


@dataclass(frozen=True, slots=True)
class _Counts:
    """Names of the universe; of each rule passed, failed and unknown for no reason; of each factor known, low, high."""

    names: int
    rules: tuple[tuple[int, int, int], ...]
    factors: tuple[tuple[int, float | None, float | None], ...]
    pairs: dict[tuple[int, int], tuple[int, float | None]]


def _of_screen(con: duckdb.DuckDBPyConnection, screen: Screen, day: date) -> Iterator[Finding]:
    counts = _count(con, screen, day)
    if not counts.names:
        if screen.universe:
            message = "no name of the data belongs to this universe on its newest day"
            yield Finding("S024", Context(screen).place("universe"), message, "see the conditions one by one: run it")
        return
    if counts.names < LEAST_NAMES:
        return
    for rule, found in zip(screen.rules, counts.rules, strict=True):
        yield from _of_rule(rule, counts.names, *found)
    yield from _of_factors(screen, counts)


def _of_rule(rule: Rule, names: int, passed: int, failed: int, unknown: int) -> Iterator[Finding]:
    if rule.lets_unknown_in:
        return
    if not passed:
        message = (
            f"none of the {names:,} names of the universe passes this: {failed:,} fail, {names - failed:,} unknown"
        )
        yield Finding("S024", rule.span, message, "check the unit of the limit, and that the data have the input")
    elif unknown > failed and unknown > LEAST_UNKNOWN * names:
        message = f"unknown for {unknown:,} of {names:,} names of the universe, and failed by {failed:,}"
        yield Finding("S021", rule.span, message, "say what an unknown value does: {rule: ..., if_unknown: flag}")


def _of_factors(screen: Screen, counts: _Counts) -> Iterator[Finding]:
    factors = screen.factors()
    constant = set()
    for number, (factor, (known, low, high)) in enumerate(zip(factors, counts.factors, strict=True)):
        if low is not None and low == high:
            constant.add(number)
            why = "has the same percentile for all names" if known else "is unknown for all names"
            yield Finding("S022", factor.span, f"'{factor.text}' {why} of the universe: it orders nothing")
    for (one, other), (names, correlation) in counts.pairs.items():
        first, second = factors[one], factors[other]
        if {one, other} & constant or names < LEAST_PAIRS or correlation is None or not correlation > TWINS:
            continue
        if (key(first.expr), first.direction) == (key(second.expr), second.direction):
            continue
        message = f"'{second.text}' orders the universe as '{first.text}' does (correlation {correlation:.3f})"
        yield Finding("S023", second.span, message, "keep one of them, with the weight of both if that is meant")


def _count(con: duckdb.DuckDBPyConnection, screen: Screen, day: date) -> _Counts:
    excuses = tuple(
        Column(f"excuse {number}", _excuse(screen, rule.expr), "bool") for number, rule in enumerate(screen.rules)
    )
    query = build_query(replace(screen, columns=excuses, limit=None), [day])
    rules, factors = range(1, len(screen.rules) + 1), range(1, len(screen.factors()) + 1)
    pairs = list(combinations(factors[:MOST_FACTORS], 2))
    wanted = ["count(*)"]
    for k in rules:
        reasonless = f"r{k} IS NULL AND NOT coalesce(c{k}, false)"
        wanted += [f"count(*) FILTER ({what})" for what in (f"r{k}", f"NOT r{k}", reasonless)]
    for k in factors:
        wanted += [f"count(f{k})", f"min(f{k}_pct)", f"max(f{k}_pct)"]
    for i, j in pairs:
        both = f"FILTER (f{i} IS NOT NULL AND f{j} IS NOT NULL)"
        wanted += [f"count(*) {both}", f"corr(f{i}_pct, f{j}_pct) {both}"]
    found: Any = con.execute(f"SELECT {', '.join(wanted)} FROM ({query.sql}) WHERE in_universe").fetchone()
    each = iter(found[1:])
    return _Counts(
        found[0],
        tuple((next(each), next(each), next(each)) for _ in rules),
        tuple((next(each), next(each), next(each)) for _ in factors),
        {(i - 1, j - 1): (next(each), next(each)) for i, j in pairs},
    )


def _excuse(screen: Screen, expr: Expr) -> Expr:
    """Return the condition under which a verdict may be unknown with a reason: a metric is undefined or refused."""
    reasons: list[Expr] = []
    seen: set[str] = set()
    pending = [name.name for name in mentioned(expr)]
    while pending:
        row = find(pending.pop(), screen.definitions)
        if row is None or row.name in seen:
            continue
        seen.add(row.name)
        reasons += [case.when for case in row.undefined]
        if row.refused:
            reasons.append(In(Name("model"), tuple(map(Text, row.refused))))
        if row.only:
            reasons.append(Not(In(Name("model"), tuple(map(Text, row.only)))))
        pending += [name.name for name in mentioned(row.expr)]
    # A condition that never holds, where nothing is ever undefined.
    return Logic("or", tuple(reasons)) if reasons else In(Name("model"), (Text("none"),))
