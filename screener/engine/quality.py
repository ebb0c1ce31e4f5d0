"""How good the numbers of a data set are: identities, flags, coverage and evidence, counted as they were on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from screener.catalogue import flags, items
from screener.catalogue.identities import ESSENTIAL, IDENTITIES
from screener.catalogue.market import SIZES
from screener.catalogue.names import lookup
from screener.engine.columns import Columns
from screener.engine.compile import Moment, identifier
from screener.engine.display import Shown
from screener.engine.result import Value
from screener.engine.run import newest_date
from screener.engine.steps import candidate_steps, last_step, with_clause
from screener.errors import DataError, ScreenError
from screener.lake.filings import filing_url

if TYPE_CHECKING:
    import duckdb

    from screener.lake.connect import Lake

UNKNOWN_SIZE = "unknown"
SIZE_NAMES = (*(name for name, _ in SIZES), UNKNOWN_SIZE)
EVIDENCE = ("reported", "reported_zero", "inferred_zero", "unknown")
# An essential identity may fail for one company-period in a thousand.
STRICT_SHARE = 0.001
OFFENDERS = 5


@dataclass(frozen=True, slots=True)
class Table:
    """One part of the report: ``rows`` follow ``headers``; ``units`` are row names of the unit table.

    ``key`` is its name in JSON, ``says`` one sentence for the reader. Shares are fractions, None where there is
    nothing to take a share of.
    """

    key: str
    title: str
    says: str
    headers: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, repr=False, slots=True)
class Quality(Shown):
    """What ``screener data check`` finds: counts of the whole, the parts, and the essential identities that fail."""

    data: str
    as_of: date
    companies: int
    company_periods: int
    tables: tuple[Table, ...]
    broken: tuple[str, ...]
    demo: bool = False


def check(lake: Lake, as_of: date | None = None, item: str = "") -> Quality:
    """Return the quality of the data set as known on ``as_of`` (default: its newest day).

    With ``item`` (a line item) only its coverage and the companies without it. ``ScreenError`` for an unknown item,
    ``DataError`` when nothing was public on the day.
    """
    name = _line_item(item) if item else ""
    con = lake.con
    day = as_of or newest_date(con)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE checked AS SELECT f.issuer_id, f.period_end, f.accession, f.holds, f.fails, "
        "f.gaps, f.flags, f.debt_evidence, coalesce(f.model, c.model, 'standard') AS model FROM fundamentals AS f "
        "JOIN companies AS c USING (issuer_id) "
        f"WHERE f.known_from <= DATE '{day}' AND f.known_until > DATE '{day}'"
    )
    (periods, issuers) = _one(con, "SELECT count(*), count(DISTINCT issuer_id) FROM checked")
    if not periods:
        raise DataError(f"nothing in this data set was public on {day}", hint=f"its newest day is {newest_date(con)}")
    _in_use(con, day, (name,) if name else tuple(row.name for row in items.ITEMS))
    coverage = _coverage(con, (name,) if name else tuple(row.name for row in items.ITEMS))
    broken: tuple[str, ...] = ()
    tables: tuple[Table, ...]
    if name:
        tables = (*coverage, _without(con, name))
    else:
        counts = _identities(con)
        broken = tuple(
            str(row[0])
            for row in counts.rows
            if row[0] in ESSENTIAL and isinstance(row[6], float) and 1 - row[6] > STRICT_SHARE
        )
        tables = (counts, _offenders(con), *coverage, _flags(con, periods), _debt(con, periods), _market(con))
    return Quality(str(lake.path), day, issuers, periods, tables, broken, lake.manifest.demo)


def _line_item(name: str) -> str:
    found = lookup(name)
    if found is not None and found.kind == "item":
        return found.name
    if found is not None:
        raise ScreenError(f"{name} is a {found.kind}, not a line item", hint="`screener metrics` lists the line items")
    near = get_close_matches(name, items.BY_NAME, n=1)
    raise ScreenError(f"unknown item {name!r}", hint=f"did you mean {near[0]!r}?" if near else "see `screener metrics`")


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row = con.execute(sql).fetchone()
    return tuple(int(value or 0) for value in row or ())


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _identities(con: duckdb.DuckDBPyConnection) -> Table:
    """Count the states by the few hundred combinations that occur, not by row."""
    found = con.execute("SELECT model, holds, fails, count(*) FROM checked GROUP BY ALL ORDER BY ALL").fetchall()
    holds: Counter[str] = Counter()
    fails: Counter[str] = Counter()
    models: Counter[str] = Counter()
    for model, held, failed, count in found:
        models[model] += count
        holds.update(dict.fromkeys((held or "").split(), count))
        fails.update(dict.fromkeys((failed or "").split(), count))
    rows: list[tuple[Value, ...]] = []
    for row in IDENTITIES:
        applies = sum(count for model, count in models.items() if model not in row.refused)
        good, bad = holds[row.id], fails[row.id]
        share = _share(good, good + bad)
        refused = sum(models.values()) - applies
        rows.append((row.id, row.label, good, bad, applies - good - bad, refused, share, row.essential, row.formula))
    return Table(
        "identities", "Accounting identities",
        "For how many company-periods each identity holds, fails, or can't be tested; share: of those tested.",
        ("id", "identity", "hold", "fail", "untestable", "not_applicable", "share", "essential", "formula"),
        ("text", "text", "count", "count", "count", "count", "ratio", "bool", "text"), tuple(rows),
    )  # fmt: skip


_OFFENDERS = f"""
WITH failed AS (
  SELECT issuer_id, period_end, accession, unnest(string_split(fails, ' ')) AS id,
    unnest(string_split(gaps, ' '))::DOUBLE AS gap FROM checked WHERE fails <> ''),
worst AS (
  SELECT *, count(*) OVER (PARTITION BY id, issuer_id) AS periods FROM failed
  QUALIFY row_number() OVER (PARTITION BY id, issuer_id ORDER BY gap DESC, period_end DESC) = 1),
shown AS (
  SELECT *, row_number() OVER (PARTITION BY id ORDER BY gap DESC, periods DESC, issuer_id) AS place FROM worst
  QUALIFY place <= {OFFENDERS})
SELECT s.id, l.ticker, c.name, s.period_end, s.gap, s.periods, c.cik, s.accession
FROM shown AS s JOIN companies AS c USING (issuer_id)
LEFT JOIN listings AS l ON l.issuer_id = s.issuer_id AND l.is_primary
ORDER BY s.place, s.id
"""


def _offenders(con: duckdb.DuckDBPyConnection) -> Table:
    order = {row.id: place for place, row in enumerate(IDENTITIES)}
    found = sorted(con.execute(_OFFENDERS).fetchall(), key=lambda row: order[row[0]])
    return Table(
        "offenders", "Worst offenders",
        f"The {OFFENDERS} companies farthest off for each identity, in units of its tolerance, each with its worst "
        "period and in how many it fails.",
        ("id", "ticker", "name", "period_end", "gap", "periods", "url"),
        ("text", "text", "text", "date", "number", "count", "text"),
        tuple((*row[:6], filing_url(row[6], row[7]) or None) for row in found),
    )  # fmt: skip


def _in_use(con: duckdb.DuckDBPyConnection, day: date, names: Sequence[str]) -> None:
    """Make ``in_use``: each company that a screen would look at on the day, with its size and the given items."""
    columns = Columns({})
    for name in (
        "ticker",
        "name",
        "sector",
        "market_cap",
        "size_band",
        "price",
        "period_end",
        "shares_outstanding",
        *names,
    ):
        columns.column(name, Moment())
    size = f"coalesce(size_band, '{UNKNOWN_SIZE}')"
    steps = with_clause([("dates(as_of)", f"VALUES (DATE '{day}')"), *candidate_steps(columns, [day])])
    con.execute(f"CREATE OR REPLACE TEMP TABLE in_use AS {steps}SELECT *, {size} AS size FROM {last_step(columns)}")


def _coverage(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> tuple[Table, Table]:
    counted = ", ".join(f"count({identifier(name)})" for name in names)
    found = con.execute(
        f"SELECT coalesce(sector, 'Unclassified'), size, count(*), {counted} FROM in_use WHERE period_end IS NOT NULL "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    sectors = sorted({row[0] for row in found})
    says = "Share of the companies in use whose newest period has the item, by {}; a dash: no company."

    def table(key: str, by: str, groups: Iterable[str], place: int) -> Table:
        rows: list[tuple[Value, ...]] = []
        picked = [("all", found), *((group, [row for row in found if row[place] == group]) for group in groups)]
        totals = [sum(row[2] for row in part) for _, part in picked]
        if len(names) > 1:
            rows.append(("(companies)", *totals))
        for number, name in enumerate(names, 3):
            shares = (
                _share(sum(row[number] for row in part), total) for (_, part), total in zip(picked, totals, strict=True)
            )
            rows.append((name, *shares))
        headers = ("item", *(group for group, _ in picked))
        units = ("text", *("ratio" for _ in picked))
        return Table(key, f"Coverage by {by}", says.format(by), headers, units, tuple(rows))

    return table("coverage_by_sector", "sector", sectors, 0), table("coverage_by_size", "size", SIZE_NAMES, 1)


def _without(con: duckdb.DuckDBPyConnection, name: str) -> Table:
    found = con.execute(
        "SELECT ticker, name, sector, size, market_cap, period_end FROM in_use "
        f"WHERE period_end IS NOT NULL AND {identifier(name)} IS NULL ORDER BY market_cap DESC, ticker, issuer_id"
    ).fetchall()
    return Table(
        "missing", f"Companies without {name}",
        "The companies in use whose newest period lacks the item, largest first.",
        ("ticker", "name", "sector", "size", "market_cap", "period_end"),
        ("text", "text", "text", "text", "usd", "date"), tuple(tuple(row) for row in found),
    )  # fmt: skip


def _flags(con: duckdb.DuckDBPyConnection, periods: int) -> Table:
    counts: Counter[str] = Counter()
    for codes, count in con.execute("SELECT flags, count(*) FROM checked GROUP BY ALL ORDER BY ALL").fetchall():
        counts.update(dict.fromkeys((codes or "").split(), count))
    known = [(flag.code, flag.meaning) for flag in flags.FLAGS]
    known += [(code, "") for code in sorted(counts) if code not in flags.BY_CODE]
    return Table(
        "flags", "Flags", "Company-periods with each flag, and their share of all.",
        ("flag", "periods", "share", "meaning"), ("text", "count", "ratio", "text"),
        tuple((code, counts[code], _share(counts[code], periods), meaning) for code, meaning in known),
    )  # fmt: skip


def _debt(con: duckdb.DuckDBPyConnection, periods: int) -> Table:
    counts = dict(con.execute("SELECT coalesce(debt_evidence, 'unknown'), count(*) FROM checked GROUP BY 1").fetchall())
    states = (*EVIDENCE, *sorted(set(counts) - set(EVIDENCE)))
    return Table(
        "debt", "Evidence of debt", "How total debt is known, or not, for each company-period.",
        ("state", "periods", "share"), ("text", "count", "ratio"),
        tuple((state, counts.get(state, 0), _share(counts.get(state, 0), periods)) for state in states),
    )  # fmt: skip


def _market(con: duckdb.DuckDBPyConnection) -> Table:
    total, *missing = _one(
        con,
        "SELECT count(*), count(*) FILTER (price IS NULL), count(*) FILTER (shares_outstanding IS NULL), "
        "count(*) FILTER (market_cap IS NULL), count(*) FILTER (period_end IS NULL) FROM in_use",
    )
    labels = ("without a recent price", "without a share count", "without a market value", "without a usable filing")
    return Table(
        "market", "Companies in use",
        f"Of the {total:,} companies with a usable filing or a recent price, how many lack the other.",
        ("what", "companies", "share"), ("text", "count", "ratio"),
        tuple((label, count, _share(count, total)) for label, count in zip(labels, missing, strict=True)),
    )  # fmt: skip
