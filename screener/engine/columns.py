"""Which columns a query needs, and in which order: line items now and earlier, then metrics level by level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from screener.catalogue import fields, items, metrics, peers
from screener.catalogue.metrics import Metric
from screener.catalogue.peers import MIN_GROUP
from screener.engine.compile import Moment, compile_expr, identifier, quote
from screener.engine.peers import comparison
from screener.language.ast import Call
from screener.language.definitions import find
from screener.language.screen import Definition

# Levels up to this one need no comparison with peers.
EARLY = 1000
# A part of an expression whose SQL is longer than this becomes a column of its own.
LONGEST_PART = 2000
# DuckDB plans nullif(x, y) as a CASE that has x twice, so that nested ones double it at every level.
MOST_NULLIFS = 8


def column_name(name: str, at: Moment) -> str:
    """Return the column of a line item: ``revenue``, ``revenue_q``, ``revenue@4`` (four quarters earlier).

    ``revenue@fy``: of the last full fiscal year; ``revenue@fy@4``: of the year before it.
    """
    return name + ("_q" if at.quarter else "") + ("@fy" if at.annual else "") + (f"@{at.lag}" if at.lag else "")


def refusal(metric: Definition | Metric, model: str) -> str:
    """Return SQL that holds where ``metric`` is not defined for the reporting model in the column ``model``."""
    parts = []
    if metric.refused:
        parts.append(f"{model} IN ({', '.join(quote(name) for name in metric.refused)})")
    if metric.only:
        parts.append(f"coalesce({model}, 'standard') NOT IN ({', '.join(quote(name) for name in metric.only)})")
    return " OR ".join(parts)


class Columns:
    """The columns of one query; compiling an expression with it as resolver collects what the expression needs.

    ``latest`` and ``history`` map a column name to the stored column (and its lag); ``annual`` is the history whose
    lags count from the end of the last full fiscal year; ``fields`` are the
    company, listing and price fields; ``levels`` hold (column, SQL) of metrics and definitions, each
    level using only the levels before it. ``late`` are the levels that compare names with their peers, or rest on
    such a comparison: they can be computed only when it is known who belongs to the universe.
    """

    def __init__(self, definitions: Mapping[str, Definition], min_group: int = MIN_GROUP) -> None:
        """Start with no columns; ``definitions`` and ``min_group`` are those of the screen."""
        self.definitions = definitions
        self.min_group = min_group
        self.latest: dict[str, str] = {}
        self.history: dict[str, tuple[str, int]] = {}
        self.annual: dict[str, tuple[str, int]] = {}
        self.fields: dict[str, str] = {}
        self.levels: list[dict[str, str]] = []
        self.late: list[dict[str, str]] = []
        self._level: dict[str, int] = {}
        self._compared: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._watch: list[int] = []

    def column(self, name: str, at: Moment) -> str:
        """Return the quoted column of ``name`` at a moment, adding it and all that it needs."""
        name = metrics.ALIASES.get(name) or fields.ALIASES.get(name, name)
        if name in fields.BY_NAME:
            self.fields[name] = fields.BY_NAME[name].sql
            return self._seen(name, 0)
        if name in items.BY_NAME:
            return self._item(name, at)
        # An @, which no name can have: a definition may well be called roic_q.
        key = name + ("@q" if at.quarter else "") + ("@fy" if at.annual else "") + (f"@{at.lag}" if at.lag else "")
        if key not in self._level:
            self._watch.append(0)
            sql = self._metric_sql(name, at)
            self._place(key, sql, self._watch.pop() + 1)
        return self._seen(key, self._level[key])

    def compared(self, call: Call, at: Moment) -> str:
        """Return the quoted column of a comparison with peers, adding it and all that it needs."""
        assert not at.lag, "the resolver lets no comparison stand in history"  # noqa: S101 - a bug, not an input
        self._watch.append(EARLY)
        value = compile_expr(call.args[0], self, at)
        for name in peers.ladder(call.within):
            self.column(name, at)
        more = [compile_expr(arg, self, at) for arg in call.args[1:]]
        sql = comparison(call.function, value, more, call.within, self.min_group)
        level = self._watch.pop() + 1
        key = self._compared.setdefault(sql, f"{call.function}@{len(self._compared) + 1}")
        if key not in self._level:
            self._place(key, sql, level)
        return self._seen(key, self._level[key])

    def bounded(self, compiled: Callable[[], str]) -> str:
        """Return the SQL that ``compiled`` gives, or a quoted column that holds it when it is long."""
        self._watch.append(0)
        sql = compiled()
        level = self._watch.pop()
        if len(sql) > LONGEST_PART or sql.count("nullif(") > MOST_NULLIFS:
            key = self._parts.setdefault(sql, f"part@{len(self._parts) + 1}")
            if key not in self._level:
                self._place(key, sql, level + 1)
            return self._seen(key, self._level[key])
        if self._watch:
            self._watch[-1] = max(self._watch[-1], level)
        return sql

    def _place(self, key: str, sql: str, level: int) -> None:
        levels, index = (self.late, level - EARLY) if level > EARLY else (self.levels, level)
        while len(levels) < index:
            levels.append({})
        levels[index - 1][key] = sql
        self._level[key] = level

    def _item(self, name: str, at: Moment) -> str:
        at = replace(at, quarter=at.quarter and items.BY_NAME[name].kind != "instant")
        key = column_name(name, at)
        stored = column_name(name, Moment(at.quarter))
        if at.annual:
            self.annual[key] = (stored, at.lag)
        elif at.lag:
            self.history[key] = (stored, at.lag)
        else:
            self.latest[key] = stored
        return self._seen(key, 0)

    def _seen(self, key: str, level: int) -> str:
        if self._watch:
            self._watch[-1] = max(self._watch[-1], level)
        return identifier(key)

    def _metric_sql(self, name: str, at: Moment) -> str:
        metric = find(name, self.definitions)
        assert metric is not None, f"{name} is a name"  # noqa: S101 - a screen is resolved before it is compiled
        cases = []
        if metric.refused or metric.only:
            self.fields["model"] = fields.BY_NAME["model"].sql
            cases.append(f"WHEN {refusal(metric, 'model')} THEN NULL")
        for row in metric.undefined:
            cases.append(f"WHEN {compile_expr(row.when, self, at)} THEN NULL")
        sql = compile_expr(metric.expr, self, at)
        return f"CASE {' '.join(cases)} ELSE {sql} END" if cases else sql

    def depth(self) -> int:
        """Return how many quarters of history the query reads."""
        # The fiscal year may have ended three quarters before the newest one.
        lags = [lag for _, lag in self.history.values()] + [lag + 3 for _, lag in self.annual.values()]
        return max(lags, default=0)
