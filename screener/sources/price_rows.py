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
