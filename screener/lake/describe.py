"""What ``screener data info`` says: the tables of a data set, their dates, their coverage, and how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from screener.lake.connect import Lake, reading
from screener.lake.remote import Url
from screener.lake.unpriced import unpriced

_DATES = {
    "facts_filed": "SELECT min(filed), max(filed) FROM facts",
    "period_end": "SELECT min(period_end), max(period_end) FROM fundamentals",
    "known_from": "SELECT min(known_from), max(known_from) FROM fundamentals",
    "prices": "SELECT min(date), max(date) FROM prices",
    "events": "SELECT min(filed), max(filed) FROM events",
}

_COVERAGE = {
    "companies": "SELECT count(*) FROM companies",
    "companies_with_facts": "SELECT count(DISTINCT issuer_id) FROM facts",
    "companies_with_fundamentals": "SELECT count(DISTINCT issuer_id) FROM fundamentals",
    "companies_with_listing": "SELECT count(DISTINCT issuer_id) FROM listings",
    "companies_with_prices": "SELECT count(DISTINCT issuer_id) FROM listings WHERE first_date IS NOT NULL",
    "listings": "SELECT count(*) FROM listings",
    "listings_with_prices": "SELECT count(*) FROM listings WHERE first_date IS NOT NULL",
    "companies_with_classification": "SELECT count(DISTINCT issuer_id) FROM classifications",
    "companies_reclassified": (
        "SELECT count(*) FROM (SELECT issuer_id FROM classifications GROUP BY issuer_id HAVING count(*) > 1)"
    ),
    "facts_with_statement": "SELECT count(statement) FROM facts",
    "companies_with_filing_list": "SELECT count(filings_since) FROM companies",
    "events": "SELECT count(*) FROM events",
    "unclassified": "SELECT count(*) FROM companies WHERE sector = 'Unclassified'",
}


def describe(path: Path | Url) -> dict[str, Any]:
    """Return the content of the data set at ``path`` as plain values; ``DataError`` when it can't be opened."""
    with reading(path) as lake:
        return description(lake)


def description(lake: Lake) -> dict[str, Any]:
    """Return the content of an open data set as plain values.

    ``dates`` are [first, last] as ISO text or None; ``coverage`` are counts; the rest is the manifest's.
    """
    return {
        "path": str(lake.path),
        **lake.manifest.as_dict(),
        "dates": {name: _range(lake, sql) for name, sql in _DATES.items()},
        "coverage": {name: _count(lake, sql) for name, sql in _COVERAGE.items()},
        "unpriced": unpriced(lake),
    }


def _range(lake: Lake, sql: str) -> list[str | None]:
    row = lake.con.execute(sql).fetchone() or (None, None)
    return [day.isoformat() if day else None for day in row]


def _count(lake: Lake, sql: str) -> int:
    row = lake.con.execute(sql).fetchone()
    return int(row[0]) if row else 0
