"""Price rows made sound: impossible rows dropped, impossible cells emptied, one row a ticker and day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.sources.report import EXAMPLES, BuildReport
from screener.sources.staged import PRICES_FILE, PRICES_RAW

if TYPE_CHECKING:
    import duckdb

# What the readers fill; ``line`` is the order in the source: of two rows for one day the later one counts.
RAW_COLUMNS: tuple[tuple[str, str], ...] = (
    ("ticker", "VARCHAR"),
    ("date", "DATE"),
    ("close", "DOUBLE"),
    ("adj_close", "DOUBLE"),
    ("volume", "DOUBLE"),
    ("line", "BIGINT"),
)

FIRST_DAY = "1900-01-01"

# Ratios by which a raw close falls on the day of a split while the adjusted close goes on; 3:2 is left out because a
# special dividend of a third looks the same.
RAW_SPLITS = (2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 75, 80, 100)
SPLIT_TOLERANCE = 0.005


def _reasons(today: date) -> tuple[tuple[str, str], ...]:
    return (
        ("no ticker", "coalesce(name, '') = ''"),
        ("date is missing or not a date", f"NOT coalesce(date >= DATE '{FIRST_DAY}', false)"),
        ("date in the future", f"date > DATE '{today.isoformat()}'"),
        ("close is missing or not a finite number", "NOT coalesce(isfinite(close), false)"),
        ("close is zero or negative", "close <= 0"),
    )


def clean_prices(con: duckdb.DuckDBPyConnection, source: str, report: BuildReport, *, today: date) -> None:
    """Make the table ``clean_prices`` (columns of ``prices_raw``) from ``raw_prices``; count what is dropped."""
    reasons = _reasons(today)
    cases = " ".join(f"WHEN {condition} THEN {number}" for number, (_, condition) in enumerate(reasons))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged_prices AS
        SELECT *, CASE {cases} END AS reason FROM (
            SELECT *, trim(regexp_replace(upper(trim(ticker)), '[./ ]+', '-', 'g'), '-') AS name FROM raw_prices)"""
    )
    for reason, number, examples in con.execute(
        f"""SELECT reason, count(*),
            list(concat_ws(' ', ticker, date, close) ORDER BY ticker, date, line)[:{EXAMPLES}]
        FROM judged_prices WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"""
    ).fetchall():
        report.dropped(source, "rows", reasons[reason][0], number, examples)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE clean_prices AS SELECT name AS ticker, date, close,
            CASE WHEN isfinite(adj_close) AND adj_close > 0 THEN adj_close END AS adj_close,
            CASE WHEN isfinite(volume) AND volume >= 0 THEN volume END AS volume
        FROM judged_prices WHERE reason IS NULL
        QUALIFY row_number() OVER (PARTITION BY name, date ORDER BY line DESC) = 1"""
    )
    _unadjusted(con, source, report)
    _count_cells(con, source, report)
    sound, kept = con.execute(
        "SELECT (SELECT count(*) FROM judged_prices WHERE reason IS NULL), (SELECT count(*) FROM clean_prices)"
    ).fetchall()[0]
    repeated = con.execute(
        f"""SELECT concat_ws(' ', name, date) FROM judged_prices WHERE reason IS NULL
        GROUP BY name, date HAVING count(*) > 1 ORDER BY name, date LIMIT {EXAMPLES}"""
        if sound > kept
        else "SELECT '' LIMIT 0"
    ).fetchall()
    report.kept(source, "rows", kept)
    report.dropped(
        source, "rows", "another row for the same day comes later", sound - kept, [row[0] for row in repeated]
    )


def _unadjusted(con: duckdb.DuckDBPyConnection, source: str, report: BuildReport) -> None:
    """Bring raw closes to the basis that all prices have: adjusted for the splits up to the file's last day.

    Yahoo's and SimFin's closes are adjusted for splits, Stooq's for dividends too. Where a file has raw closes next
    to adjusted ones, close / adj_close steps by a plain ratio on the ex-date, and the close moves with it.
    """
    ratios = ", ".join(f"({ratio!r})" for ratio in sorted({float(r) for r in RAW_SPLITS} | {1 / r for r in RAW_SPLITS}))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE raw_splits AS
        SELECT ticker, date, ratio FROM (
          SELECT ticker, date, lag(close) OVER w / close AS fell,
            (lag(close) OVER w / lag(adj_close) OVER w) / (close / adj_close) AS step
          FROM clean_prices WHERE adj_close IS NOT NULL WINDOW w AS (PARTITION BY ticker ORDER BY date)) s
        JOIN (SELECT ratio FROM (VALUES {ratios}) t(ratio)) r
          ON abs(s.step / r.ratio - 1) <= {SPLIT_TOLERANCE} AND s.fell / r.ratio BETWEEN 0.6 AND 1.67"""
    )
    found = con.execute("SELECT ticker || ' ' || date || ' ' || ratio FROM raw_splits ORDER BY ticker, date").fetchall()
    if not found:
        return
    con.execute(
        """CREATE OR REPLACE TEMP TABLE clean_prices AS
        WITH factors AS (
          SELECT ticker, date, product(ratio) OVER (PARTITION BY ticker ORDER BY date DESC) AS factor
          FROM raw_splits)
        SELECT p.ticker, p.date, p.close / coalesce(f.factor, 1) AS close, p.adj_close,
          p.volume * coalesce(f.factor, 1) AS volume
        FROM clean_prices p ASOF LEFT JOIN factors f ON f.ticker = p.ticker AND p.date < f.date"""
    )
    report.changed(source, "splits", "closes were raw: adjusted for the split", len(found), [row[0] for row in found])


def _count_cells(con: duckdb.DuckDBPyConnection, source: str, report: BuildReport) -> None:
    for reason, condition in (
        ("adjusted close is zero, negative or not finite: missing", "NOT (isfinite(adj_close) AND adj_close > 0)"),
        ("volume is negative or not finite: missing", "NOT (isfinite(volume) AND volume >= 0)"),
    ):
        number, examples = con.execute(
            f"""SELECT count(*), list(DISTINCT name ORDER BY name)[:{EXAMPLES}]
            FROM judged_prices WHERE reason IS NULL AND {condition}"""
        ).fetchall()[0]
        report.changed(source, "rows", reason, number, examples or [])


def write_prices(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Write ``prices_raw.parquet``, sorted by ticker and date."""
    write_table(con, "SELECT * FROM clean_prices", stage / PRICES_FILE, PRICES_RAW, "ticker, date")
