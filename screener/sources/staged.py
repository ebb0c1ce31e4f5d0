"""The staged tables that every source writes: facts, companies, classifications, events, listings_raw, prices_raw."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.catalogue.sectors import Sectors, is_shell
from screener.lake.files import write_table
from screener.lake.parallel import connection, write_ranges
from screener.lake.schema import CLASSIFICATIONS, COMPANIES, EVENTS, FACTS, LISTINGS, Columns
from screener.sources.listing import Line

if TYPE_CHECKING:
    import duckdb

FACTS_FILE = "facts.parquet"
COMPANIES_FILE = "companies.parquet"
CLASSIFICATIONS_FILE = "classifications.parquet"
EVENTS_FILE = "events.parquet"
LISTINGS_FILE = "listings_raw.parquet"
PRICES_FILE = "prices_raw.parquet"
DEPARTURES_FILE = "departures_raw.parquet"
SPANS_FILE = "ticker_spans.parquet"

# Without the dates, which come from the prices.
LISTINGS_RAW: Columns = LISTINGS[:-2]

PRICES_RAW: Columns = (
    ("ticker", "VARCHAR", "ticker in normal form"),
    ("date", "DATE", "the day"),
    ("close", "DOUBLE", "close, adjusted for splits"),
    ("adj_close", "DOUBLE", "close adjusted for splits and dividends"),
    ("volume", "DOUBLE", "shares traded"),
)

# Forms 15 and 25 of an issuer. Optional, as the spans are.
DEPARTURES: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("filed", "DATE", "the day on which the form was filed"),
    ("form", "VARCHAR", "25, 25-NSE, 15-12B, 15-12G, 15-15D, 15F-..."),
)

# Only for a ticker that several issuers claim: whose the prices of a day are.
SPANS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("ticker", "VARCHAR", "ticker in normal form"),
    ("from_date", "DATE", "first day on which the ticker is the issuer's"),
    ("until_date", "DATE", "first day on which it no longer is"),
)

# value and form last: two facts that agree on everything before still get one order.
FACTS_ORDER = 'issuer_id, tag, unit, "start" NULLS FIRST, "end", filed, accession NULLS FIRST, "value", form'


@contextmanager
def workroom(stage: Path, name: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """Give a connection that spills to disk and an empty folder in ``stage``; both are gone afterwards."""
    work = stage / f".work-{name}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with connection(work / "spill") as con:
            yield con, work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def load_rows(con: duckdb.DuckDBPyConnection, table: str, columns: Columns, rows: Sequence[Sequence[Any]]) -> None:
    """Create the temporary ``table`` with ``columns`` from rows of plain values."""
    import pyarrow as pa

    kinds = {
        "BIGINT": pa.int64(), "INTEGER": pa.int32(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(),
        "VARCHAR[]": pa.list_(pa.string()),
    }  # fmt: skip
    arrays = [
        pa.array([row[index] for row in rows], type=kinds[kind]) for index, (_, kind, _meaning) in enumerate(columns)
    ]
    con.register("loaded_rows", pa.Table.from_arrays(arrays, names=[name for name, _, _ in columns]))
    con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM loaded_rows")
    con.unregister("loaded_rows")


def company_row(
    issuer_id: int,
    *,
    cik: int | None,
    name: str,
    sic: int | None,
    sectors: Sectors,
    model: str,
    country: str | None,
    fiscal_year_end: str | None,
    source: str,
    filings_since: date | None = None,
) -> tuple[Any, ...]:
    """Return a row of ``companies`` in the order of the schema."""
    return (
        issuer_id,
        cik,
        name,
        sic,
        sectors.sector,
        sectors.industry,
        sectors.ff12,
        sectors.ff49,
        model,
        country or None,
        fiscal_year_end or None,
        is_shell(sic),
        source,
        filings_since,
    )


def write_companies(con: duckdb.DuckDBPyConnection, stage: Path, rows: Sequence[Sequence[Any]]) -> None:
    """Write ``companies.parquet`` from rows of :func:`company_row`."""
    load_rows(con, "companies_rows", COMPANIES, rows)
    write_table(con, "SELECT * FROM companies_rows", stage / COMPANIES_FILE, COMPANIES, "issuer_id")


def write_classifications(con: duckdb.DuckDBPyConnection, stage: Path, select: str = "") -> None:
    """Write ``classifications.parquet`` from a query that gives its columns; without one, a table without rows."""
    nothing = ", ".join(f"NULL AS {name}" for name, _, _ in CLASSIFICATIONS)
    rows = select or f"SELECT {nothing} WHERE false"
    write_table(con, rows, stage / CLASSIFICATIONS_FILE, CLASSIFICATIONS, "issuer_id, known_from")


def write_events(con: duckdb.DuckDBPyConnection, stage: Path, select: str = "") -> None:
    """Write ``events.parquet`` from a query that gives its columns; without one, a table without rows."""
    nothing = ", ".join(f"NULL AS {name}" for name, _, _ in EVENTS)
    rows = select or f"SELECT {nothing} WHERE false"
    write_table(con, rows, stage / EVENTS_FILE, EVENTS, "issuer_id, filed, kind, accession NULLS FIRST")


def write_listings(con: duckdb.DuckDBPyConnection, stage: Path, listings: Iterable[tuple[int, Line]]) -> int:
    """Write ``listings_raw.parquet`` from (issuer, line) pairs, numbered from 1; return how many there are."""
    ordered = sorted(listings, key=lambda pair: (pair[0], pair[1].ticker))
    rows = [
        (number, issuer, line.ticker, line.exchange, line.security_type, line.is_primary)
        for number, (issuer, line) in enumerate(ordered, start=1)
    ]
    load_rows(con, "listings_rows", LISTINGS_RAW, rows)
    write_table(con, "SELECT * FROM listings_rows", stage / LISTINGS_FILE, LISTINGS_RAW, "listing_id")
    return len(rows)


def write_facts(con: duckdb.DuckDBPyConnection, stage: Path, select: str) -> None:
    """Write ``facts.parquet`` from a query that gives the columns of ``facts``."""
    write_table(con, select, stage / FACTS_FILE, FACTS, FACTS_ORDER)


def write_fact_ranges(stage: Path, selects: Sequence[str], spill: Path) -> None:
    """Write ``facts.parquet`` from queries over successive ranges of issuers."""
    write_ranges(selects, stage / FACTS_FILE, FACTS, FACTS_ORDER, spill)
