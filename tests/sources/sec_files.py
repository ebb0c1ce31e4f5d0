"""Small files in the form of SEC's bulk downloads."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb

ACCN = "0000000001-24-000001"


def fact(end: str, val: Any, filed: str, *, start: str | None = None, form: str = "10-K") -> dict[str, Any]:
    """One fact as companyfacts have it, with the misleading fy, fp and frame."""
    cells = {"end": end, "val": val, "accn": ACCN, "fy": 1999, "fp": "Q3", "form": form, "filed": filed, "frame": "CY1"}
    return {"start": start, **cells} if start else cells


ASSETS = [fact("2023-12-31", 1000, "2024-02-01")]


def company(cik: int | str, facts: dict[str, Any], name: str = "Test Co") -> str:
    """A member of companyfacts; ``facts`` maps ``taxonomy:Tag:unit`` to lists of facts."""
    nested: dict[str, Any] = {}
    for key, rows in facts.items():
        taxonomy, tag, unit = key.split(":")
        units = nested.setdefault(taxonomy, {}).setdefault(tag, {"label": "L", "description": None, "units": {}})[
            "units"
        ]
        units[unit] = rows
    return json.dumps({"cik": cik, "entityName": name, "facts": nested})


def submission(cik: int, tickers: list[str], exchanges: list[str | None], **more: Any) -> str:
    """A member of submissions."""
    base = {
        "cik": f"{cik:010d}",
        "name": "Test Co",
        "sic": "3674",
        "tickers": tickers,
        "exchanges": exchanges,
        "fiscalYearEnd": "1231",
        "stateOfIncorporation": "DE",
        "filings": {"recent": {"form": ["10-K"]}},
    }
    return json.dumps(base | more)


def member(cik: int) -> str:
    """The member's name for a CIK."""
    return f"CIK{cik:010d}.json"


def write_zip(path: Path, members: dict[str, str | bytes]) -> Path:
    """Write a zip file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def table(stage: Path, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """Rows of a staged table in its own order."""
    with duckdb.connect() as con:
        return con.execute(f"SELECT {columns} FROM read_parquet('{stage / name}.parquet')").fetchall()
