"""The whole way from staged facts and prices to the tables of a data set, in batches of issuers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.parallel import connection
from screener.sources.report import Progress
from screener.standardize import counts, final, periods, pivot, rows, shares, splits, versions
from screener.standardize.batches import (
    ISSUERS,
    ISSUERS_FILE,
    SPLITS,
    SPLITS_FILE,
    Reuse,
    assemble,
    leave_out,
    plan,
    run,
    unchanged,
)
from screener.standardize.columns import text
from screener.standardize.debt import debt_tags
from screener.standardize.prices import market_data
from screener.standardize.program import staged

if TYPE_CHECKING:
    import duckdb

__all__ = ["SPLITS", "market_data", "standardize"]

WORK = ".work-standardize"


def standardize(
    stage: Path,
    progress: Progress | None = None,
    batch_issuers: int = 500,
    reuse: Reuse | None = None,
) -> dict[str, int]:
    """Write ``fundamentals.parquet`` and ``splits.parquet`` into ``stage`` from its facts; return counts.

    Reads ``facts.parquet`` and, where they are there, ``companies.parquet`` (reporting model, fiscal year end) and
    ``listings_raw.parquet`` with ``prices_raw.parquet`` (last day with a price), and says in ``issuers.parquet`` what
    it found there. Batches of issuers are shared out among threads; no row depends on the batch of its issuer.
    Rows of issuers of which nothing has changed since ``reuse`` are copied from there.
    """
    work = stage / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    facts = stage / "facts.parquet"
    try:
        with connection(work / "spill") as con:
            _issuers(con, stage)
            write_table(con, "SELECT * FROM issuers", stage / ISSUERS_FILE, ISSUERS, "issuer_id")
            kept = unchanged(con, reuse) if reuse else set()
            if kept:
                facts = work / "facts.parquet"
                leave_out(con, stage / "facts.parquet", kept, facts)
            batches = plan(con, facts, batch_issuers)
        run(
            batches,
            lambda con: _prepare(con, stage / ISSUERS_FILE),
            lambda con, batch: _batch(con, facts, batch),
            work,
            progress,
        )
        if progress:
            progress("sorting fundamentals")
        assemble(stage, work, batches, kept, reuse)
        with connection(work / "spill") as con:
            return _counts(con, stage)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prepare(con: duckdb.DuckDBPyConnection, issuers: Path) -> None:
    """Make what every batch reads on its connection."""
    con.execute(versions.MACROS)
    con.execute(pivot.item_map())
    con.execute(f"CREATE OR REPLACE TEMP TABLE issuers AS SELECT * FROM read_parquet({text(str(issuers))})")
    tags = ", ".join(f"({text(tag)})" for tag in debt_tags())
    con.execute(f"CREATE OR REPLACE TEMP TABLE debt_tags AS SELECT * FROM (VALUES {tags}) v(tag)")


def _issuers(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Make ``issuers``: every issuer of the facts with its reporting model, fiscal year end and last price day."""
    companies, listings, prices = (stage / f"{name}.parquet" for name in ("companies", "listings_raw", "prices_raw"))
    known: set[str] = set()
    if companies.is_file():
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(companies))})").fetchall()
        known = {row[0] for row in described}
    model = "any_value(c.model)" if "model" in known else "'standard'"
    year_end = "any_value(c.fiscal_year_end)" if "fiscal_year_end" in known else "NULL::VARCHAR"
    company_join = f"LEFT JOIN read_parquet({text(str(companies))}) c USING (issuer_id)" if known else ""
    last, price_join = "NULL::DATE", ""
    if listings.is_file() and prices.is_file():
        last = "any_value(d.last_price)"
        price_join = f"""LEFT JOIN (
          SELECT l.issuer_id, max(p.date) AS last_price FROM read_parquet({text(str(listings))}) l
          JOIN read_parquet({text(str(prices))}) p USING (ticker) GROUP BY l.issuer_id) d USING (issuer_id)"""
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE issuers AS
        SELECT f.issuer_id, {model} AS model, {year_end} AS fiscal_year_end, {last} AS last_price
        FROM (SELECT DISTINCT issuer_id FROM read_parquet({text(str(stage / "facts.parquet"))})) f
        {company_join} {price_join} GROUP BY f.issuer_id"""
    )


def _batch(con: duckdb.DuckDBPyConnection, facts: Path, batch: list[int]) -> None:
    """Make ``versions`` and ``all_splits`` for the issuers of ``batch`` (a range of sorted ids)."""
    con.execute(versions.load_facts(str(facts), batch[0], batch[-1]))
    con.execute(versions.ENTITIES)
    con.execute(versions.MENTIONS)
    con.execute(versions.SIGN_FIXES)
    con.execute(versions.PERIODS)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE entity_model AS
        SELECT e.eid, i.model, i.fiscal_year_end, i.last_price,
          CASE WHEN bool_or(m.tag LIKE 'simfin:%') THEN 'simfin'
               WHEN bool_or(m.tag = 'ifrs:Assets') THEN 'ifrs' ELSE 'gaap' END AS taxonomy
        FROM entities e JOIN issuers i USING (issuer_id) LEFT JOIN mentions m ON m.eid = e.eid GROUP BY ALL"""
    )
    con.execute(pivot.known(instants=True))
    con.execute(pivot.carry_notes())
    con.execute(pivot.wide(instants=True))
    con.execute(pivot.known(instants=False))
    con.execute(pivot.DROP_OLD_REVENUE)
    con.execute(pivot.wide(instants=False))
    con.execute(pivot.long_periods())
    con.execute(periods.quarters())
    con.execute(periods.LINKS)
    con.execute(periods.twelve_months())
    con.execute(periods.points())
    splits.store(con)
    con.execute("CREATE OR REPLACE TEMP TABLE all_splits AS SELECT DISTINCT e.issuer_id, s.switch_date, s.ratio "
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


def _counts(con: duckdb.DuckDBPyConnection, stage: Path) -> dict[str, int]:
    row = con.execute(
        f"""SELECT count(*), count(DISTINCT issuer_id), count(DISTINCT (issuer_id, period_end)),
          count(*) FILTER (WHERE flags LIKE '%restated%')
        FROM read_parquet({text(str(stage / "fundamentals.parquet"))})"""
    ).fetchone()
    found = con.execute(f"SELECT count(*) FROM read_parquet({text(str(stage / SPLITS_FILE))})").fetchone()
    without = con.execute(
        f"""SELECT count(*) FROM read_parquet({text(str(stage / ISSUERS_FILE))})
        ANTI JOIN read_parquet({text(str(stage / "fundamentals.parquet"))})
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
