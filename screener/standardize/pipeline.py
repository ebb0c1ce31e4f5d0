"""The whole way from staged facts and prices to the tables of a data set, in batches of issuers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.schema import Columns, fundamentals
from screener.standardize import counts, final, periods, pivot, rows, shares, splits, versions
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
    prepare(con)
    _issuers(con, stage)
    issuers = [row[0] for row in con.execute("SELECT issuer_id FROM issuers ORDER BY issuer_id").fetchall()]
    width = len(str(max(1, len(issuers))))
    for start in range(0, len(issuers), size):
        batch = issuers[start : start + size]
        if progress:
            progress(f"standardizing issuers {start + 1} to {start + len(batch)} of {len(issuers)}")
        run_batch(con, stage / "facts.parquet", batch)
        write_table(
            con, "SELECT * FROM versions", work / f"part-{start:0{width}}.parquet", fundamentals(),
            "issuer_id, period_end, known_from",
        )  # fmt: skip
    parts = str(work / "part-*.parquet")
    select = f"SELECT * FROM read_parquet({text(parts)})" if issuers else _empty(fundamentals())
    write_table(con, select, stage / "fundamentals.parquet", fundamentals(), "issuer_id, period_end, known_from")
    write_table(con, "SELECT * FROM all_splits", stage / "splits.parquet", SPLITS, "issuer_id, switch_date, ratio")
    return _counts(con, stage)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make what every batch reads: the macros, ``item_map``, ``debt_tags`` and the empty ``all_splits``."""
    con.execute(versions.MACROS)
    con.execute(pivot.item_map())
    tags = ", ".join(f"({text(tag)})" for tag in debt_tags())
    con.execute(f"CREATE OR REPLACE TEMP TABLE debt_tags AS SELECT * FROM (VALUES {tags}) v(tag)")
    con.execute("CREATE OR REPLACE TEMP TABLE all_splits (issuer_id BIGINT, switch_date DATE, ratio DOUBLE)")


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


def run_batch(con: duckdb.DuckDBPyConnection, facts: Path, batch: list[int], *, keep: bool = False) -> None:
    """Make ``versions`` for the issuers of ``batch`` (a range of sorted ids) and add their splits to ``all_splits``.

    ``keep`` stops before ``versions`` and leaves all that a value's way leads through: the wide tables with every
    column of their programs, a copy (``kept_x``) of every table ``x`` that is dropped or replaced, and the finished
    items with their helpers (``kept_finished``).
    """

    def save(table: str, name: str) -> None:
        if keep:
            con.execute(f"CREATE OR REPLACE TEMP TABLE kept_{name} AS FROM {table}")

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
    save("known", "known_instants")
    con.execute(pivot.wide(instants=True, every=keep))
    con.execute(pivot.known(instants=False))
    con.execute(pivot.DROP_OLD_REVENUE)
    save("known", "known_periods")
    con.execute(pivot.wide(instants=False, every=keep))
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
    save("counted", "counted")
    con.execute(counts.mended())
    save("counted", "mended")
    con.execute(shares.priors())
    if keep:
        save(staged(final.values(), "averaged"), "finished")
    else:
        con.execute(final.versions())


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
