"""The whole way from staged facts and prices to the tables of a data set, in batches of issuers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.parallel import connection
from screener.sources.report import Progress
from screener.standardize import (
    basis,
    counts,
    final,
    gaps,
    identities,
    issuers,
    models,
    period_prices,
    periods,
    pivot,
    rows,
    scales,
    shares,
    splits,
    stretches,
    versions,
)
from screener.standardize.batches import (
    FOUND_SPLITS,
    FUNDAMENTALS,
    SPLITS,
    SPLITS_FILE,
    Reuse,
    Rows,
    assemble,
    leave_out,
    plan,
    run,
    unchanged,
)
from screener.standardize.columns import text
from screener.standardize.debt import debt_tags
from screener.standardize.issuers import ISSUERS_FILE
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
    market: Callable[[], object] | None = None,
) -> dict[str, int]:
    """Write ``fundamentals.parquet`` and ``splits.parquet`` into ``stage`` from its facts; return counts.

    Reads ``facts.parquet`` and, where they are there, ``companies.parquet`` (reporting model, fiscal year end) and
    ``listings_raw.parquet`` with ``prices_raw.parquet`` (last day with a price), and says in ``issuers.parquet`` what
    it found there. Batches of issuers are shared out among threads; no row depends on the batch of its issuer.
    Rows of issuers of which nothing has changed since ``reuse`` are copied from there. ``market`` is called once
    ``splits.parquet`` is there: the prices and listings that it writes into ``stage`` give every row, copied or not,
    its ``period_price``.
    """
    work = stage / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    facts = stage / "facts.parquet"
    try:
        with connection(work / "spill") as con:
            issuers.gather(con, stage, work)
            kept = unchanged(con, reuse) if reuse else set()
            if kept:
                facts = work / "facts.parquet"
                leave_out(con, stage / "facts.parquet", kept, facts)
            batches = plan(con, facts, batch_issuers)
        run(
            batches,
            lambda con: _prepare(con, stage / ISSUERS_FILE),
            lambda con, batch: _batch(con, facts, work, batch),
            work,
            progress,
        )
        if progress:
            progress("sorting fundamentals")
        rows = Rows(work, batches, kept, reuse)
        assemble(stage, rows, FOUND_SPLITS)
        if market:
            market()
        with connection(work / "spill") as con:
            priced = period_prices.write(con, stage, rows.files(FUNDAMENTALS), work / "period_prices.parquet")
        assemble(stage, rows, FUNDAMENTALS, lambda query: period_prices.joined(query, priced))
        with connection(work / "spill") as con:
            return _counts(con, stage)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make what every batch reads: the macros, ``item_map`` and ``debt_tags``."""
    # Of no use to our statements, but slow where they have hundreds of columns.
    con.execute("SET disabled_optimizers = 'projection_placement,common_subplan'")
    con.execute(versions.MACROS)
    con.execute(gaps.MACROS)
    con.execute(pivot.item_map())
    tags = ", ".join(f"({text(tag)})" for tag in debt_tags())
    con.execute(f"CREATE OR REPLACE TEMP TABLE debt_tags AS SELECT * FROM (VALUES {tags}) v(tag)")


def _prepare(con: duckdb.DuckDBPyConnection, known: Path) -> None:
    prepare(con)
    con.execute(f"CREATE OR REPLACE TEMP TABLE issuers AS SELECT * FROM read_parquet({text(str(known))})")


def _batch(con: duckdb.DuckDBPyConnection, facts: Path, work: Path, batch: list[int]) -> None:
    issuers.load(con, work, batch[0], batch[-1])
    run_batch(con, facts, batch)


def run_batch(con: duckdb.DuckDBPyConnection, facts: Path, batch: list[int], *, keep: bool = False) -> None:
    """Make ``versions`` and ``all_splits`` for the issuers of ``batch`` (a range of sorted ids).

    Reads the tables ``issuers`` and ``issuers.BESIDE``. ``keep`` stops before ``versions`` and leaves all that a
    value's way leads through: the wide tables with every column of their programs, a copy (``kept_x``) of every table
    ``x`` that is dropped or replaced, and the finished items with their helpers (``kept_finished``).
    """

    def save(table: str, name: str) -> None:
        if keep:
            con.execute(f"CREATE OR REPLACE TEMP TABLE kept_{name} AS FROM {table}")

    con.execute(versions.load_facts(str(facts), batch[0], batch[-1]))
    con.execute(versions.ENTITIES)
    con.execute(scales.MENDED)
    con.execute(stretches.MENDED)
    con.execute(versions.MENTIONS)
    con.execute(versions.SIGN_FIXES)
    con.execute(versions.PERIODS)
    con.execute(models.models())
    con.execute(pivot.known(instants=True))
    con.execute(pivot.carry_notes())
    save("known", "known_instants")
    con.execute(pivot.wide(instants=True, every=keep))
    con.execute(identities.REJECT_UNBALANCED)
    con.execute(pivot.known(instants=False))
    con.execute(pivot.DROP_OLD_REVENUE)
    save("known", "known_periods")
    con.execute(pivot.wide(instants=False, every=keep))
    con.execute(identities.roll_forward())
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
    there = con.execute("SELECT DISTINCT col FROM changes WHERE value IS NOT NULL").fetchall()
    con.execute(rows.as_known({row[0] for row in there}))
    con.execute(rows.context())
    con.execute(shares.store(_columns(con, rows.WITH_CONTEXT)))
    save(staged(shares.counted(), rows.WITH_CONTEXT), "counted")
    con.execute(counts.mended())
    save("counted", "mended")
    con.execute(shares.priors())
    if keep:
        save(staged(final.values(), shares.COMPLETE), "finished")
        return
    con.execute(final.versions(_columns(con, shares.COMPLETE)))
    con.execute(basis.settled())


def _columns(con: duckdb.DuckDBPyConnection, source: str) -> frozenset[str]:
    return frozenset(row[0] for row in con.execute(f"DESCRIBE FROM {source}").fetchall())


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
