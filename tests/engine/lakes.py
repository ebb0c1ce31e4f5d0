"""Small data sets for engine tests: companies given as dicts, everything not given is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from screener.lake.connect import Lake, open_lake
from screener.lake.files import quoted
from screener.lake.manifest import Manifest
from screener.lake.schema import FAR_DATE, TABLE_NAMES, columns_of
from screener.lake.versions import publish

AS_OF = date(2024, 3, 8)
FAR = date.fromisoformat(FAR_DATE)


def company(number: int, ticker: str, **columns: Any) -> dict[str, Any]:
    """Return a company row and its listing's ticker and exchange."""
    return {
        "issuer_id": number, "cik": number, "name": f"{ticker} Inc", "sector": "Industrials", "model": "standard",
        "industry": "Capital Goods", "is_shell": False, "source": "test",
        "ticker": ticker, "exchange": "NYSE", **columns,
    }  # fmt: skip


def quarter(number: int, end: date, known_from: date, index: int, **columns: Any) -> dict[str, Any]:
    """Return a fundamentals row that is the newest until told otherwise."""
    return {
        "issuer_id": number, "period_end": end, "known_from": known_from, "known_until": FAR, "latest_until": FAR,
        "quarter_index": index, "stale_from": end + timedelta(days=201), "currency": "USD", "share_basis": 1.0,
        "debt_evidence": "reported", "flags": "", "fiscal_quarter": index % 4 or 4, **columns,
    }  # fmt: skip


def price(number: int, close: float, day: date = AS_OF, **columns: Any) -> dict[str, Any]:
    """Return a price row of listing ``number``."""
    return {"listing_id": number, "date": day, "close": close, "adj_close": close, "split_factor": 1.0, **columns}


def make_lake(
    path: Path,
    companies: Iterable[Mapping[str, Any]],
    fundamentals: Iterable[Mapping[str, Any]],
    prices: Iterable[Mapping[str, Any]],
    facts: Iterable[Mapping[str, Any]] = (),
    *,
    classifications: Iterable[Mapping[str, Any]] = (),
    events: Iterable[Mapping[str, Any]] = (),
    lines: Iterable[Mapping[str, Any]] = (),
    risk: Iterable[Mapping[str, Any]] = (),
) -> Lake:
    """Publish a data set of these rows in ``path`` and open it; listing numbers are the issuer numbers.

    ``lines`` are listings besides those of the companies.
    """
    people = list(companies)
    tables = {
        "companies": people,
        "classifications": list(classifications),
        "listings": [
            {"listing_id": row["issuer_id"], "issuer_id": row["issuer_id"], "ticker": row["ticker"],
             "exchange": row["exchange"], "security_type": row.get("security_type", "common"), "is_primary": True,
             "first_date": row.get("first_date"), "last_date": row.get("last_date")}
            for row in people
        ]
        + list(lines),
        "facts": list(facts),
        "fundamentals": list(fundamentals),
        "prices": list(prices),
        "events": list(events),
        "risk": list(risk),
    }  # fmt: skip
    stage = path / "stage"
    stage.mkdir(parents=True)
    con = duckdb.connect()
    for table in TABLE_NAMES:
        columns = columns_of(table)
        typed = ", ".join(f'"{name}" {kind}' for name, kind, _ in columns)
        con.execute(f"CREATE TABLE {table} ({typed})")
        names = [name for name, _, _ in columns]
        given = [name for name in names if any(name in row for row in tables[table])]
        if given:
            picked = [{name: row.get(name) for name in given} for row in tables[table]]
            frame = pl.DataFrame(picked, infer_schema_length=None, strict=False)
            con.register("frame", frame)
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM frame")
            con.unregister("frame")
        con.execute(f"COPY {table} TO {quoted(stage / f'{table}.parquet')} (FORMAT parquet)")
    con.close()
    publish(path / "data", stage, Manifest(created="2024-03-08", kind="test"))
    return open_lake(path / "data")
