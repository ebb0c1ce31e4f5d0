"""The whole way from staged facts and prices to the tables of a data set, in batches of issuers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.schema import Columns, fundamentals
from screener.standardize import (
    basis,
    counts,
    final,
    identities,
    models,
    periods,
    pivot,
    rows,
    scales,
    shares,
    splits,
    versions,
)
from screener.standardize.columns import text
from screener.standardize.debt import debt_tags
from screener.standardize.prices import market_data
from screener.standardize.program import staged

if TYPE_CHECKING:
    import duckdb

__all__ = ["market_data", "standardize"]

SPLITS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("switch_date", "DATE", "day of the first filing on the new share basis"),
    ("ratio", "DOUBLE", "new shares for an old one; below 1 for a reverse split"),
)
WORK = ".work-standardize"


def standardize(
    stage: Path,
    progress: Callable[[str], None] | None = None,
    batch_issuers: int = 500,
    memory_limit: str = "4GB",
) -> dict[str, int]:
    """Write ``fundamentals.parquet`` and ``splits.parquet`` into ``stage`` from its facts; return counts.

    Reads ``facts.parquet`` and, where they are there, ``companies.parquet`` (reporting model, fiscal year end) and
    ``listings_raw.parquet`` with ``prices_raw.parquet`` (last day with a price).
    """
    import duckdb

    work = stage / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        with duckdb.connect() as con:
            con.execute(f"SET memory_limit = {text(memory_limit)}")
            con.execute(f"SET temp_directory = {text(str(work / 'spill'))}")
            con.execute("SET enable_progress_bar = false")
            return _build(con, stage, work, progress, batch_issuers)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _build(
    con: duckdb.DuckDBPyConnection, stage: Path, work: Path, progress: Callable[[str], None] | None, size: int
) -> dict[str, int]:
    con.execute(versions.MACROS)
    con.execute(identities.MACROS)
    con.execute(pivot.item_map())
    _issuers(con, stage)
    tags = ", ".join(f"({text(tag)})" for tag in debt_tags())
    con.execute(f"CREATE OR REPLACE TEMP TABLE debt_tags AS SELECT * FROM (VALUES {tags}) v(tag)")
    con.execute("CREATE OR REPLACE TEMP TABLE all_splits (issuer_id BIGINT, switch_date DATE, ratio DOUBLE)")
    issuers = [row[0] for row in con.execute("SELECT issuer_id FROM issuers ORDER BY issuer_id").fetchall()]
    width = len(str(max(1, len(issuers))))
    for start in range(0, len(issuers), size):
        batch = issuers[start : start + size]
        if progress:
            progress(f"standardizing issuers {start + 1} to {start + len(batch)} of {len(issuers)}")
        _batch(con, stage / "facts.parquet", batch)
        write_table(
            con, "SELECT * FROM versions", work / f"part-{start:0{width}}.parquet", fundamentals(),
            "issuer_id, period_end, known_from",
        )  # fmt: skip
    parts = str(work / "part-*.parquet")
    select = f"SELECT * FROM read_parquet({text(parts)})" if issuers else _empty(fundamentals())
    write_table(con, select, stage / "fundamentals.parquet", fundamentals(), "issuer_id, period_end, known_from")
    write_table(con, "SELECT * FROM all_splits", stage / "splits.parquet", SPLITS, "issuer_id, switch_date, ratio")
    return _counts(con, stage)


def _empty(columns: Columns) -> str:
    return f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind, _ in columns)} WHERE false"


def _issuers(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Make ``issuers``: every issuer of the facts with its reporting model, fiscal year end and last price day."""
    companies, listings, prices = (stage / f"{name}.parquet" for name in ("companies", "listings_raw", "prices_raw"))
    known: set[str] = set()
    if companies.is_file():
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(companies))})").fetchall()
        known = {row[0] for row in described}
    model = "any_value(c.model)" if "model" in known else "'standard'"
    sic = "any_value(c.sic)" if "sic" in known else "NULL::INTEGER"
    year_end = "any_value(c.fiscal_year_end)" if "fiscal_year_end" in known else "NULL::VARCHAR"
    company_join = f"LEFT JOIN read_parquet({text(str(companies))}) c USING (issuer_id)" if known else ""
    basis.read_prices(con, listings, prices)
    con.execute(departures(stage / "departures_raw.parquet"))
    several = "0"
    if listings.is_file():
        several = f"""(SELECT count(*) FROM read_parquet({text(str(listings))}) k
          WHERE k.issuer_id = f.issuer_id AND k.security_type = 'common')"""
    last, price_join = "NULL::DATE", ""
    if listings.is_file() and prices.is_file():
        last = "any_value(d.last_price)"
        price_join = f"""LEFT JOIN (
          SELECT l.issuer_id, max(p.date) AS last_price FROM read_parquet({text(str(listings))}) l
          JOIN read_parquet({text(str(prices))}) p USING (ticker) GROUP BY l.issuer_id) d USING (issuer_id)"""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE issuers AS
        SELECT f.issuer_id, {model} AS model, {sic} AS sic, {year_end} AS fiscal_year_end, {last} AS last_price,
          {several} > 1 AS several_lines
        FROM (SELECT DISTINCT issuer_id FROM read_parquet({text(str(stage / "facts.parquet"))})) f
        {company_join} {price_join} GROUP BY f.issuer_id"""
    )


def departures(path: Path) -> str:
    """Return SQL that makes ``exits``: the days on which issuers gave up reporting, by Form 15.

    A Form 25, and a 15-12B, may be for one of many classes: there the end of the prices tells.
    """
    source = f"(SELECT * FROM read_parquet({text(str(path))}))" if path.is_file() else (
        "(SELECT NULL::BIGINT AS issuer_id, NULL::DATE AS filed, '' AS form WHERE false)"
    )  # fmt: skip
    return f"""CREATE OR REPLACE TEMP TABLE exits AS
    SELECT DISTINCT issuer_id, filed FROM {source} WHERE form LIKE '15%' AND form <> '15-12B'"""


def _batch(con: duckdb.DuckDBPyConnection, facts: Path, batch: list[int]) -> None:
    """Make ``versions`` for the issuers of ``batch`` (a range of sorted ids) and add their splits to ``all_splits``."""
    con.execute(versions.load_facts(str(facts), batch[0], batch[-1]))
    con.execute(versions.ENTITIES)
    con.execute(scales.MENDED)
    con.execute(versions.MENTIONS)
    con.execute(versions.SIGN_FIXES)
    con.execute(versions.PERIODS)
    con.execute(models.models())
    con.execute(pivot.known(instants=True))
    con.execute(pivot.carry_notes())
    con.execute(pivot.wide(instants=True))
    con.execute(identities.REJECT_UNBALANCED)
    con.execute(pivot.known(instants=False))
    con.execute(pivot.DROP_OLD_REVENUE)
    con.execute(pivot.wide(instants=False))
    con.execute(identities.roll_forward())
    con.execute(pivot.long_periods())
    con.execute(periods.quarters())
    con.execute(periods.LINKS)
    con.execute(periods.twelve_months())
    con.execute(periods.points())
    splits.store(con)
    con.execute("INSERT INTO all_splits SELECT DISTINCT e.issuer_id, s.switch_date, s.ratio "
                "FROM splits s JOIN entities e USING (eid)")  # fmt: skip
    con.execute(rows.PERIOD_LIST)
    con.execute(rows.COVERS)
    con.execute(rows.changes())
    con.execute(rows.as_known())
    con.execute(rows.context())
    con.execute(f"CREATE OR REPLACE TEMP TABLE counted AS SELECT * FROM {staged(shares.counted(), 'context')}")
    con.execute(counts.mended())
    con.execute(shares.priors())
    con.execute(final.versions())
    con.execute(basis.settled())


def _counts(con: duckdb.DuckDBPyConnection, stage: Path) -> dict[str, int]:
    row = con.execute(
        f"""SELECT count(*), count(DISTINCT issuer_id), count(DISTINCT (issuer_id, period_end)),
          count(*) FILTER (WHERE flags LIKE '%restated%')
        FROM read_parquet({text(str(stage / "fundamentals.parquet"))})"""
    ).fetchone()
    found = con.execute("SELECT count(*) FROM all_splits").fetchone()
    without = con.execute(
        f"""SELECT count(*) FROM issuers ANTI JOIN read_parquet({text(str(stage / "fundamentals.parquet"))})
        USING (issuer_id)"""
    ).fetchone()
    assert row is not None, "an aggregate has one row"  # noqa: S101 - an aggregate always gives a row
    assert found is not None, "an aggregate has one row"  # noqa: S101 - an aggregate always gives a row
    assert without is not None, "an aggregate has one row"  # noqa: S101 - an aggregate always gives a row
    return {
        "rows": row[0],
        "issuers": row[1],
        "quarters": row[2],
        "rows_restated": row[3],
        "splits_inferred": found[0],
        "issuers_without_rows": without[0],
    }
