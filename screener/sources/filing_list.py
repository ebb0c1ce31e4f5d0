"""What the filing lists of submissions tell: when an issuer left its exchange or stopped reporting, its old ticker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.sources.staged import DEPARTURES, DEPARTURES_FILE

if TYPE_CHECKING:
    import duckdb

# The column of a submissions member that is read, and its type.
COLUMN = (
    "filings",
    "STRUCT(recent STRUCT(form VARCHAR[], filingDate VARCHAR[], primaryDocument VARCHAR[], accessionNumber VARCHAR[], "
    "items VARCHAR[], fileNumber VARCHAR[]), files STRUCT(name VARCHAR, filingTo VARCHAR)[])",
)

# A class leaves its exchange (25), or the duty to report ends (15). 15-12B and 15F are for classes on an exchange.
DEPARTURE_FORMS = ("25", "25-NSE", "15-12B", "15-12G", "15-15D", "15F-12B", "15F-12G", "15F-15D")
_PERIODIC = ("10-K", "10-Q", "10-KT", "20-F")

_FILED = """list_filter(list_transform(range(1, len(filings.recent.form) + 1), lambda i: {
    'form': filings.recent.form[i], 'day': try_cast(filings.recent.filingDate[i] AS DATE),
    'doc': coalesce(filings.recent.primaryDocument[i], '')}), lambda r: r.day IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class FilingList:
    """Days on which Forms 15 and 25 were filed, and the ticker in the name of the newest report's document."""

    departures: tuple[tuple[date, str], ...] = ()
    ticker: str = ""


NO_FILINGS = FilingList()


def select(table: str) -> str:
    """Return the query of (member, departures, document names of reports, newest first) over a batch of members."""
    forms, reports = (", ".join(f"'{form}'" for form in group) for group in (DEPARTURE_FORMS, _PERIODIC))
    return f"""SELECT member,
      list_sort(list_transform(list_filter(f, lambda r: r.form IN ({forms})), lambda r: [r.day::VARCHAR, r.form])),
      list_reverse_sort(
        list_transform(list_filter(f, lambda r: r.form IN ({reports})), lambda r: [r.day::VARCHAR, r.doc]))
    FROM (SELECT member, {_FILED} AS f FROM {table} WHERE filings IS NOT NULL) ORDER BY member"""


def filing_list(departures: list[list[str]] | None, documents: list[list[str]] | None) -> FilingList:
    """Return the filing list of one row of :func:`select`.

    Reports in inline XBRL are named after the ticker by custom (``nkla-20231231.htm``); only the newest counts.
    """
    import re

    left = tuple((date.fromisoformat(day), form) for day, form in departures or [])
    newest = documents[0][1] if documents else ""
    match = re.fullmatch(r"([a-z]{1,5})-\d{8}\.htm", newest)
    return FilingList(left, match.group(1).upper() if match else "")


def write_departures(con: duckdb.DuckDBPyConnection, stage: Path, lists: Mapping[int, FilingList]) -> None:
    """Write ``departures_raw.parquet``: a row a Form 15 or 25, sorted by issuer and day."""
    rows = sorted((cik, day, form) for cik, found in lists.items() for day, form in found.departures)
    con.execute("CREATE OR REPLACE TEMP TABLE departure_rows (issuer_id BIGINT, filed DATE, form VARCHAR)")
    if rows:
        values = ", ".join(f"({cik}, DATE '{day}', '{form}')" for cik, day, form in rows)
        con.execute(f"INSERT INTO departure_rows VALUES {values}")
    write_table(con, "SELECT DISTINCT * FROM departure_rows", stage / DEPARTURES_FILE, DEPARTURES,
                "issuer_id, filed, form")  # fmt: skip
