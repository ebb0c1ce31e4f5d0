"""Filings of the demo companies that are events: drawn at the rates of small caps, late where reports are late."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from screener.demo.calendar import weekday_at_or_after

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

# How often in a quarter a company files such an event; what is not named here happens in no demo company by chance.
RATES: tuple[tuple[str, float], ...] = (
    ("management_change", 0.15),
    ("acquisition_completed", 0.02),
    ("activist_13d", 0.012),
    ("delisting_notice", 0.008),
    ("auditor_change", 0.006),
    ("rights_modified", 0.006),
    ("material_impairment", 0.006),
    ("non_reliance", 0.002),
    ("merger_proxy", 0.002),
    ("tender_offer", 0.001),
    ("debt_acceleration", 0.001),
)
# After these days a quarter's report, and a year's, is late for the smallest companies.
DUE_DAYS, ANNUAL_DUE_DAYS = 45, 90
# Some of those that take longer than larger companies may have to say so.
SLOW_DAYS, ANNUAL_SLOW_DAYS, SLOW_RATE = 40, 75, 0.1
# Numbers of the filings of events follow those of the reports.
FIRST_NUMBER = 500_001


def event_table(ledger: pl.DataFrame, filed: pl.DataFrame, facts: Path, end: date, seed: int) -> pl.DataFrame:
    """Return the ``events`` by ``end``, sorted by issuer, day and kind.

    ``ledger`` are all quarters, ``filed`` those that were filed, ``facts`` the file with the facts of their filings:
    its amended reports are events, with their own accession numbers.
    """
    import polars as pl

    c = pl.col
    frame = pl.concat([_drawn(filed, seed), _late(ledger, filed, end, seed + 1)]).filter(c("filed") <= end)
    frame = frame.sort("issuer_id", "filed", "kind", "part").with_columns(
        number=c("kind").cum_count().over("issuer_id") + (FIRST_NUMBER - 1)
    )
    frame = frame.select(
        "issuer_id",
        "filed",
        "kind",
        accession=pl.concat_str(
            c("issuer_id").cast(pl.String).str.zfill(10),
            (c("filed").dt.year() % 100).cast(pl.String).str.zfill(2),
            c("number").cast(pl.String).str.zfill(6),
            separator="-",
        ),
    )
    amended = pl.scan_parquet(facts).filter(c("form") == "10-K/A", c("tag") == "Assets")
    amended = amended.select("issuer_id", "filed", "accession", kind=pl.lit("amended_report")).unique()
    return pl.concat([frame, amended.select(frame.columns).collect()]).sort("issuer_id", "filed", "kind", "accession")


def _drawn(filed: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Draw events in the three months before each report of a domestic filer."""
    import polars as pl

    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    found: list[tuple[int, date, str, int]] = []
    rows = filed.filter(pl.col("form") != "20-F").sort("n", "t").select("issuer_id", "filed")
    for issuer, day in rows.iter_rows():
        for part, (kind, rate) in enumerate(RATES):
            if rng.random() < rate:
                found.append((issuer, day - timedelta(days=rng.randrange(1, 85)), kind, part))
    return _frame(found)


def _late(ledger: pl.DataFrame, filed: pl.DataFrame, end: date, seed: int) -> pl.DataFrame:
    """Return the notices of late filings: of reports that never came while the company lives, and of some slow ones."""
    import polars as pl

    c = pl.col
    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    last = filed.group_by("n").agg(last=c("t").max())
    silent = filed.filter(c("silent_months") > 0).select("n").unique()
    owed = ledger.join(silent, on="n").join(last, on="n").filter(c("t") > c("last"))
    due = pl.when(c("annual")).then(ANNUAL_DUE_DAYS).otherwise(DUE_DAYS)
    missed = owed.select("issuer_id", "n", "t", day=c("end") + pl.duration(days=due + 1)).filter(c("day") <= end)
    slow_due = pl.when(c("annual")).then(ANNUAL_SLOW_DAYS).otherwise(SLOW_DAYS)
    slow = filed.filter(c("form") != "20-F").select(
        "issuer_id", "n", "t", "filed", day=c("end") + pl.duration(days=slow_due + 1)
    )
    slow = slow.filter(weekday_at_or_after(c("day")) < c("filed")).sort("n", "t")
    drawn = [rng.random() < SLOW_RATE for _ in range(slow.height)]
    every = pl.concat([missed, slow.filter(pl.Series(drawn, dtype=pl.Boolean)).drop("filed")])
    return _frame([(issuer, day, "late_filing", len(RATES)) for issuer, day in every.select("issuer_id", "day").rows()])


def _frame(rows: list[tuple[int, date, str, int]]) -> pl.DataFrame:
    """Return rows of (issuer, day, kind, part) with days moved to weekdays."""
    import polars as pl

    schema = {"issuer_id": pl.Int64, "filed": pl.Date, "kind": pl.String, "part": pl.Int64}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(filed=weekday_at_or_after(pl.col("filed")))
