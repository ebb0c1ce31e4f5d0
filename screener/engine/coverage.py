"""For how many names each metric is known on a day, why it is not for the others, and how its values are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from screener.catalogue import metrics
from screener.catalogue.metrics import Metric
from screener.catalogue.names import lookup, suggest
from screener.catalogue.units import BY_NAME as UNITS
from screener.engine.causes import Cause, causes, refused
from screener.engine.columns import Columns
from screener.engine.compile import Moment, compile_expr, identifier
from screener.engine.display import Shown
from screener.engine.run import newest_date
from screener.engine.steps import candidate_steps, date_rows, last_step, select, with_clause
from screener.errors import DataError, ScreenError
from screener.language.expressions import parse_formula

if TYPE_CHECKING:
    import duckdb

    from screener.lake.connect import Lake

# Market capitalization in US dollars, both ends included.
SMALL_CAPS = (300e6, 3e9)
PROBABILITIES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BARS = 10
# So many metrics are computed in one query: the time to plan a query grows faster than its length.
BATCH = 50

# What a name's value of a metric is; the k-th undefined condition of the row is UNDEFINED + k.
MISSING, KNOWN, REFUSED, UNDEFINED = 0, 1, 2, 10


@dataclass(frozen=True, slots=True)
class Count:
    """How one metric stands among some names.

    ``names`` is the sum of the six after it: ``known`` (a value), ``refused`` (not defined for the name's reporting
    model), ``worst`` and ``best`` (undefined with a place in a rank), ``undefined`` (with a reason but without a
    place), ``missing`` (an input is unknown). ``quantiles`` of the known values at ``PROBABILITIES``, in the metric's
    unit; empty when none is known.
    """

    names: int
    known: int
    refused: int
    worst: int
    best: int
    undefined: int
    missing: int
    quantiles: tuple[float, ...] = ()

    @property
    def known_share(self) -> float | None:
        """Return the share of names with a value, of those for which the metric is not refused."""
        return self._share(self.known)

    @property
    def coverage(self) -> float | None:
        """Return the share of names for which a rank knows what to do, of those that are not refused."""
        return self._share(self.known + self.worst + self.best)

    def _share(self, part: int) -> float | None:
        asked = self.names - self.refused
        return part / asked if asked else None


@dataclass(frozen=True, slots=True)
class MetricCoverage:
    """One metric: the whole market, the small caps, the values from p5 to p95 in equal steps, and what is missing.

    ``lacks``: what is most often missing among the small caps that are not covered (all names, where there are no
    small caps), ``""`` when nothing is; ``lacking``: for how many of them.
    """

    metric: Metric
    market: Count
    small: Count
    bars: tuple[int, ...] = ()
    lacks: str = ""
    lacking: int = 0


@dataclass(frozen=True, repr=False, slots=True)
class Coverage(Shown):
    """The metrics of a data set as of a day.

    ``names`` are companies with a usable filing, ``small`` those of them with a market value in ``SMALL_CAPS``.
    """

    data: str
    as_of: date
    names: int
    small: int
    rows: tuple[MetricCoverage, ...]
    notes: tuple[str, ...] = ()
    demo: bool = False


def chosen(names: Sequence[str] = (), group: str = "") -> tuple[Metric, ...]:
    """Return the metrics of these names (aliases too) or of a group, all without either; ``ScreenError`` for others."""
    if group:
        groups = {row.name: row for row in metrics.GROUPS}
        if group not in groups:
            near = suggest(group, groups)
            raise ScreenError(
                f"unknown group {group!r}", hint=f"did you mean {near!r}?" if near else "groups: " + ", ".join(groups)
            )
    found = []
    for name in names:
        entry = lookup(name)
        if entry is None:
            near = suggest(name, metrics.BY_NAME)
            raise ScreenError(f"unknown metric {name!r}", hint=f"did you mean {near!r}?" if near else "")
        if entry.kind != "metric":
            hint = f"`screener data check --item {entry.name}` counts line items" if entry.kind == "item" else ""
            raise ScreenError(f"{name} is a {_KINDS[entry.kind]}, not a metric", hint=hint)
        found.append(metrics.BY_NAME[entry.name])
    rows = tuple(dict.fromkeys(found)) if names else metrics.METRICS
    return tuple(row for row in rows if not group or row in groups[group].rows)


_KINDS = {"item": "line item", "field": "field"}


def measure(
    lake: Lake, rows: Sequence[Metric] = metrics.METRICS, as_of: date | None = None, *, spread: bool = True
) -> Coverage:
    """Return the coverage of ``rows`` on ``as_of`` (default: the newest day of the data).

    ``BATCH`` metrics at a time are computed in one query. ``spread=False`` leaves quantiles and bars out.
    ``DataError`` when nothing
    was public on the day.
    """
    con = lake.con
    day = as_of or newest_date(con)
    names, small, valued = 0, 0, 0
    counted: list[MetricCoverage] = []
    for start in range(0, max(1, len(rows)), BATCH):
        batch = rows[start : start + BATCH]
        why = _tabulate(con, batch, day)
        found = con.execute("SELECT count(*), count(*) FILTER (small), count(market_cap) FROM measured").fetchone()
        names, small, valued = found or (0, 0, 0)
        if not names:
            raise DataError(
                f"nothing in this data set was public on {day}", hint=f"its newest day is {newest_date(con)}"
            )
        counted += _counted(con, batch, why, small=bool(small), spread=spread)
    return Coverage(
        data="demo" if lake.manifest.demo else str(lake.path),
        as_of=day,
        names=names,
        small=small,
        rows=tuple(counted),
        notes=_notes(lake, small, valued),
        demo=lake.manifest.demo,
    )


def _notes(lake: Lake, small: int, valued: int) -> tuple[str, ...]:
    if not next((table.rows for table in lake.manifest.tables if table.name == "prices"), 0):
        return ("the data set has no prices: market_cap and all that rests on it, also who is a small cap, is unknown",)
    if not valued:
        return ("no name has a market value on this day, so that the small caps are unknown",)
    return () if small else ("no name has a market value of a small cap on this day",)


def _tabulate(con: duckdb.DuckDBPyConnection, rows: Sequence[Metric], day: date) -> list[tuple[Cause, ...]]:
    """Make ``measured``: a name a row with ``small``, ``v<k>`` and the state ``s<k>`` of each metric, and its causes.

    Returns the causes of each metric; the column of a cause says whether it holds for the name.
    """
    columns = Columns({})
    for name in ("market_cap", "period_end", "model"):
        columns.column(name, Moment())
    wanted = [("market_cap", identifier("market_cap"))]
    low, high = SMALL_CAPS
    wanted.append(("small", f"coalesce(market_cap BETWEEN {low!r} AND {high!r}, false)"))
    why: list[tuple[Cause, ...]] = []
    for number, metric in enumerate(rows):
        value = columns.column(metric.name, Moment())
        wanted += [(f"v{number}", value), (f"s{number}", _state(metric, value, columns))]
        why.append(causes(metric, columns))
    wanted += {cause.column: cause.sql for found in why for cause in found}.items()
    steps = with_clause([("dates(as_of)", date_rows([day])), *candidate_steps(columns, [day])])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE measured AS {steps}{select(wanted)}\nFROM {last_step(columns)}\n"
        "WHERE period_end IS NOT NULL"
    )
    return why


def _state(metric: Metric, value: str, columns: Columns) -> str:
    cases = [f"WHEN {value} IS NOT NULL THEN {KNOWN}"]
    if refused(metric):
        cases.append(f"WHEN {refused(metric)} THEN {REFUSED}")
    cases += [
        f"WHEN {compile_expr(parse_formula(row.when), columns)} THEN {UNDEFINED + place}"
        for place, row in enumerate(metric.undefined)
    ]
    return f"(CASE {' '.join(cases)} ELSE {MISSING} END)::TINYINT"


def _counted(
    con: duckdb.DuckDBPyConnection,
    rows: Sequence[Metric],
    why: Sequence[tuple[Cause, ...]],
    *,
    small: bool,
    spread: bool,
) -> list[MetricCoverage]:
    among, batch = "small" if small else "true", range(len(rows))
    states = _one(con, [f"histogram(s{k}){only}" for k in batch for only in ("", " FILTER (small)")])
    spreads = [f"{_quantiles(k)}{only}" for k in batch for only in ("", " FILTER (small)")]
    quantiles = _one(con, spreads if spread else [])
    bars = _bars(con, rows, quantiles[::2]) if spread else [()] * len(batch)
    lacks = _one(con, [_lacks(rows[k], k, cause.column, among) for k in batch for cause in why[k]])
    found, used = [], 0
    for k in batch:
        market, part = (
            _count(rows[k], states[2 * k + side] or {}, quantiles[2 * k + side] if spread else None) for side in (0, 1)
        )
        counts = lacks[used : used + len(why[k])]
        used += len(why[k])
        # The first of equals: what the formula names first.
        most = max(range(len(counts)), key=lambda index: counts[index], default=0) if any(counts) else -1
        said = (why[k][most].text, counts[most]) if most >= 0 else ("", 0)
        found.append(MetricCoverage(rows[k], market, part, bars[k], *said))
    return found


def _one(con: duckdb.DuckDBPyConnection, aggregates: Sequence[str]) -> tuple[Any, ...]:
    """Return one value an aggregate over ``measured``."""
    if not aggregates:
        return ()
    return con.execute(f"SELECT {', '.join(aggregates)} FROM measured").fetchone() or ()


def _quantiles(k: int) -> str:
    return f"quantile_cont(v{k}::DOUBLE, [{', '.join(map(repr, PROBABILITIES))}])"


def _lacks(metric: Metric, k: int, column: str, among: str) -> str:
    """Count a cause among the names that are not covered: no value, and no place in a rank either."""
    states = [MISSING, *(UNDEFINED + place for place, row in enumerate(metric.undefined) if row.rank == "none")]
    return f"count(*) FILTER ({among} AND s{k} IN ({', '.join(map(str, states))}) AND {identifier(column)})"


def _count(metric: Metric, states: Mapping[int, int], quantiles: Sequence[float] | None) -> Count:
    ranks = dict.fromkeys(("worst", "best", "none"), 0)
    for place, row in enumerate(metric.undefined):
        ranks[row.rank] += states.get(UNDEFINED + place, 0)
    known, refused, missing = (states.get(state, 0) for state in (KNOWN, REFUSED, MISSING))
    return Count(
        sum(states.values()), known, refused, ranks["worst"], ranks["best"], ranks["none"], missing,
        tuple(quantiles or ()),
    )  # fmt: skip


def _bars(
    con: duckdb.DuckDBPyConnection, rows: Sequence[Metric], quantiles: Sequence[Sequence[float] | None]
) -> list[tuple[int, ...]]:
    """Count the values from p5 to p95 in equal steps; whole numbers that span few values get a step each."""
    sizes: list[int] = []
    wanted: list[str] = []
    for k, spread in enumerate(quantiles):
        low, high = (spread[1], spread[5]) if spread else (0.0, 0.0)
        whole = UNITS[rows[k].unit].style == "integer" and ceil(high) - floor(low) <= BARS
        if whole:
            low, high = float(floor(low)), float(ceil(high))
        steps = int(high - low) + 1 if whole else BARS
        width = 1.0 if whole else (high - low) / steps
        sizes.append(steps if spread and high > low else 0)
        if sizes[-1]:
            step = f"least(floor((v{k} - {low!r}::DOUBLE) / {width!r}::DOUBLE), {steps - 1})"
            wanted.append(f"histogram(CASE WHEN v{k} BETWEEN {low!r}::DOUBLE AND {high!r}::DOUBLE THEN {step} END)")
    counts = iter(_one(con, wanted))
    found = [next(counts) if size else {} for size in sizes]
    return [tuple(count.get(float(step), 0) for step in range(size)) for size, count in zip(sizes, found, strict=True)]
