"""Small tables that fit the schema, for the tests of the data set."""

from __future__ import annotations

from pathlib import Path

import duckdb

from screener.lake.files import identifier, write_table
from screener.lake.schema import TABLE_NAMES, columns_of

ORDERS = {
    "companies": "issuer_id",
    "classifications": "issuer_id, known_from",
    "listings": "listing_id",
    "facts": 'issuer_id, tag, "end"',
    "fundamentals": "issuer_id, period_end",
    "prices": "listing_id, date",
    "events": "issuer_id, filed",
    "risk": "listing_id, date",
}

# The cells that the tests look at; all others are NULL.
CELLS = {
    "companies": {"issuer_id": "i", "name": "'Company ' || i", "sector": "'Energy'"},
    "classifications": {"issuer_id": "i", "known_from": "DATE '2024-02-01'", "sic": "1311", "sector": "'Energy'"},
    "listings": {"listing_id": "i", "issuer_id": "i", "ticker": "'T' || i", "first_date": "DATE '2024-01-02'"},
    "facts": {"issuer_id": "i", "tag": "'Assets'", "end": "DATE '2023-12-31'", "filed": "DATE '2024-02-01'"},
    "fundamentals": {"issuer_id": "i", "period_end": "DATE '2023-12-31'", "known_from": "DATE '2024-02-01'"},
    "events": {"issuer_id": "i", "filed": "DATE '2024-02-01'", "kind": "'late_filing'"},
    "prices": {"listing_id": "i", "date": "DATE '2024-01-02'", "close": "10 + i"},
    "risk": {"listing_id": "i", "date": "DATE '2024-01-31'"},
}


def write_stage(stage: Path, rows: int = 3, *, without: str = "") -> Path:
    """Write every table but ``without`` into ``stage`` with ``rows`` rows, numbered from 1."""
    stage.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        for table in TABLE_NAMES:
            if table == without:
                continue
            cells = CELLS.get(table, {})
            listed = ", ".join(
                f"{cells.get(name, 'NULL')}::{kind} AS {identifier(name)}" for name, kind, _ in columns_of(table)
            )
            select = f"SELECT {listed} FROM range(1, {rows + 1}) t(i)"
            write_table(con, select, stage / f"{table}.parquet", columns_of(table), ORDERS.get(table, "ALL"))
    return stage
