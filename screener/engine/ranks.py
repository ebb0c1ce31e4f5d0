"""Percentile ranks as SQL: 100 for the best of the universe, ties share the better rank, missing is never good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screener.catalogue.names import lookup
from screener.catalogue.peers import ladder
from screener.engine.columns import Columns, refusal
from screener.engine.compile import Moment, compile_expr, identifier, quote
from screener.language.ast import Expr, Name
from screener.language.definitions import find
from screener.language.screen import Definition, Factor, RankGroup, Screen

_NOW = Moment()
# A dropped name has no score; in reweight the other factors of the group count for the missing one.
MISSING_PERCENTILE = {"worst": "0.0", "neutral": "50.0", "drop": "NULL", "reweight": "NULL"}
# What orders equal values, and names of equal score.
IN_ORDER = "market_cap DESC NULLS LAST, ticker NULLS LAST, issuer_id"
# A sum of weighted percentiles that is the same on paper is the same here.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class RankColumns:
    """SQL columns of a rank, in the order in which they must be computed.

    values: (column, SQL) over the metric columns. percentiles: (column, SQL) over the values; windows.
    score: SQL over the percentiles, or ``NULL`` for a screen without a rank. normalised: SQL over ``score`` that makes
    it a percentile again; ``""`` for none.
    """

    values: tuple[tuple[str, str], ...]
    percentiles: tuple[tuple[str, str], ...]
    score: str
    normalised: str = ""


def rank_columns(screen: Screen, columns: Columns) -> RankColumns:
    """Compile the rank; factor *n* has the columns ``f<n>``, ``f<n>_class``, ``f<n>_pct`` and ``f<n>_peers``."""
    values: list[tuple[str, str]] = []
    percentiles: list[tuple[str, str]] = []
    factors = screen.factors()
    for number, factor in enumerate(factors, 1):
        values += _value_columns(f"f{number}", factor, columns)
        percentiles += _percentile_columns(f"f{number}", factor, screen)
    numbers = iter(range(1, len(factors) + 1))
    ranked = screen.rank is not None and bool(factors)
    score = _group_score(screen.rank, numbers, screen.missing).sql if screen.rank and factors else "NULL::DOUBLE"
    again = _normalised(screen.ties) if ranked and screen.normalise else ""
    return RankColumns(tuple(values), tuple(percentiles), score, again)


def _normalised(ties: str) -> str:
    """Return SQL of the score's percentile among the names of the universe that have one."""
    score = f"round(score, {_DIGITS})"
    place = _place(ties, "as_of", f"{score} DESC NULLS LAST", score)
    count = "count(score) OVER (PARTITION BY as_of)"
    return f"CASE WHEN score IS NOT NULL THEN 100.0 * ({count} - {place} + 1) / {count} END"


def _place(ties: str, partition: str, order: str, same: str) -> str:
    """Return SQL of a row's place, 1 for the first; ``same``: the columns that are equal in a tie."""
    if ties == "order":
        return f"row_number() OVER (PARTITION BY {partition} ORDER BY {order}, {IN_ORDER})"
    place = f"rank() OVER (PARTITION BY {partition} ORDER BY {order})"
    if ties == "average":
        # Three that share the places 2, 3 and 4 stand at 3.
        return f"({place} + (count(*) OVER (PARTITION BY {partition}, {same}) - 1) / 2.0)"
    return place


def _value_columns(key: str, factor: Factor, columns: Columns) -> list[tuple[str, str]]:
    """Return the factor's value and its class: 3 defined to be best, 2 a value, 1 defined to be worst, 0 missing."""
    value = compile_expr(factor.expr, columns)
    cases = [f"WHEN {value} IS NOT NULL THEN 2"]
    metric = _metric(factor.expr, columns.definitions)
    if metric is not None:
        classes = {"best": 3, "worst": 1, "none": 0}
        if metric.refused or metric.only:
            cases.append(f"WHEN {refusal(metric, columns.column('model', _NOW))} THEN 0")
        for row in metric.undefined:
            cases.append(f"WHEN {compile_expr(row.when, columns)} THEN {classes[row.rank]}")
    return [(key, value), (f"{key}_class", f"CASE {' '.join(cases)} ELSE 0 END")]


def _metric(expr: Expr, definitions: Mapping[str, Definition]) -> Definition | None:
    """Return the metric that a factor is, also through definitions that only give it another name."""
    metric = find(expr.name, definitions) if isinstance(expr, Name) else None
    while metric is not None and isinstance(metric.expr, Name) and metric.only_renames():
        metric = find(metric.expr.name, definitions)
    return metric


def _percentile_columns(key: str, factor: Factor, screen: Screen) -> list[tuple[str, str]]:
    order = f"{key}_class DESC, {key} {'DESC' if factor.direction == 'higher' else 'ASC'} NULLS LAST"

    def percentile(partition: str) -> str:
        count = f"count(*) OVER (PARTITION BY {partition})"
        rank = _place(screen.ties, partition, order, f"{key}_class, {key}")
        return f"100.0 * ({count} - {rank} + 1) / {count}"

    share, peers = percentile("as_of"), "'universe'"
    for name in reversed(ladder(factor.within)):
        group = f"as_of, {identifier(name)}"
        # A group below the minimum size says nothing: its members are ranked in the next wider one.
        large = f"{identifier(name)} IS NOT NULL AND count(*) OVER (PARTITION BY {group}) >= {screen.min_group}"
        share = f"CASE WHEN {large} THEN {percentile(group)} ELSE {share} END"
        peers = f"CASE WHEN {large} THEN {identifier(name)} ELSE {peers} END"
    missing = MISSING_PERCENTILE[factor.missing or screen.missing]
    return [
        (f"{key}_pct", f"CASE {key}_class WHEN 0 THEN {missing} WHEN 1 THEN 0.0 ELSE {share} END"),
        (f"{key}_peers", peers),
    ]


def peer_columns(screen: Screen) -> tuple[tuple[str, str], ...]:
    """Return, for factor *n*, ``f<n>_within`` (the field that groups its peers) and ``f<n>_size`` (how many they are).

    ``universe`` where no group is large enough or none is asked for. Windows over the universe, as the percentiles.
    """
    found = []
    for number, factor in enumerate(screen.factors(), 1):
        within, size = "'universe'", "count(*) OVER (PARTITION BY as_of)"
        for name in reversed(ladder(factor.within)):
            count = f"count(*) OVER (PARTITION BY as_of, {identifier(name)})"
            large = f"{identifier(name)} IS NOT NULL AND {count} >= {screen.min_group}"
            within = f"CASE WHEN {large} THEN {quote(name)} ELSE {within} END"
            size = f"CASE WHEN {large} THEN {count} ELSE {size} END"
        found += [(f"f{number}_within", within), (f"f{number}_size", size)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Part:
    """A member's score as SQL; ``known``: the condition under which it has one, where it may do without."""

    sql: str
    known: str = ""


def _group_score(group: RankGroup, numbers: Iterator[int], missing: str) -> _Part:
    """Return the weighted mean of a group's members; ``numbers`` yields the factor numbers in written order.

    A member that may do without a value counts only where it has one, the others in its place. Where no member has to
    have one, the group may do without as well.
    """
    terms, weights, parts = [], [], []
    for member in group.members:
        if isinstance(member, Factor):
            column = f"f{next(numbers)}_pct"
            part = _Part(column, f"{column} IS NOT NULL" if (member.missing or missing) == "reweight" else "")
        else:
            part = _group_score(member, numbers, missing)
        weight = float(member.weight)
        term = f"{weight!r} * {part.sql}"
        terms.append(f"coalesce({term}, 0.0)" if part.known else term)
        weights.append(f"CASE WHEN {part.known} THEN {weight!r} ELSE 0.0 END" if part.known else repr(weight))
        parts.append(part)
    total = repr(sum(float(member.weight) for member in group.members))
    if not any(part.known for part in parts):
        return _Part(f"(({' + '.join(terms)}) / {total})")
    sql = f"(({' + '.join(terms)}) / nullif({' + '.join(weights)}, 0.0))"
    known = f"({' OR '.join(part.known for part in parts)})" if all(part.known for part in parts) else ""
    return _Part(sql, known)


def factor_weights(screen: Screen) -> list[tuple[str, Factor, float]]:
    """Return (group path, factor, share of the score) in written order; the shares add up to 1."""
    found: list[tuple[str, Factor, float]] = []

    def walk(group: RankGroup, path: str, share: float) -> None:
        total = sum(member.weight for member in group.members) or 1.0
        for member in group.members:
            part = share * member.weight / total
            if isinstance(member, Factor):
                found.append((path, member, part))
            else:
                walk(member, f"{path} / {member.name}" if path else member.name, part)

    if screen.rank is not None:
        walk(screen.rank, "", 1.0)
    return found


def unit_of(expr: Expr, definitions: Mapping[str, Definition]) -> str:
    """Return the unit in which an expression is shown; ``number`` unless it is a name."""
    if not isinstance(expr, Name):
        return "number"
    entry = definitions.get(expr.name) or lookup(expr.name)
    return entry.unit if entry else "number"
