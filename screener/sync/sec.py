"""The SEC's public files: one row each, and which of them say what has been filed since."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from screener.catalogue.events import EVENTS
from screener.sources.filing_list import DEPARTURE_FORMS
from screener.sources.sec_members import FORMS as REPORTS
from screener.sync.verify import Check, check_json, check_zip

# Where the files are; tests and mirrors put another place in front.
SITE_VARIABLE, API_VARIABLE = "SCREENER_SEC_SITE", "SCREENER_SEC_API"
SITE, API = "https://www.sec.gov", "https://data.sec.gov"


def site() -> str:
    """Return the address of the SEC's files."""
    return os.environ.get(SITE_VARIABLE, SITE).rstrip("/")


def api() -> str:
    """Return the address of the SEC's answers about one company."""
    return os.environ.get(API_VARIABLE, API).rstrip("/")


@dataclass(frozen=True, slots=True)
class BulkFile:
    """A file that is fetched whole: its address below the site, its place below the sources, its check and its limit.

    most: bytes; several times what the file has today. about: what is in it, for people.
    """

    name: str
    address: str
    place: str
    check: Check
    most: int
    about: str


FACTS, SUBMISSIONS, TICKERS = "companyfacts", "submissions", "tickers"

BULK: tuple[BulkFile, ...] = (
    BulkFile(
        FACTS, "/Archives/edgar/daily-index/xbrl/companyfacts.zip", "sec/companyfacts.zip", check_zip,
        10_000_000_000, "every reported number of every company",
    ),
    BulkFile(
        SUBMISSIONS, "/Archives/edgar/daily-index/bulkdata/submissions.zip", "sec/submissions.zip", check_zip,
        10_000_000_000, "names, industries, tickers and lists of filings",
    ),
    BulkFile(
        TICKERS, "/files/company_tickers_exchange.json", "sec/company_tickers_exchange.json", check_json,
        200_000_000, "tickers with their exchanges",
    ),
)  # fmt: skip

BULK_BY_NAME: dict[str, BulkFile] = {row.name: row for row in BULK}

FSDS_ADDRESS = "/files/dera/data/financial-statement-data-sets/{year}q{quarter}.zip"
FSDS_FIRST = (2009, 2)
FSDS_MOST = 2_000_000_000

# Forms that change a data set: reports, events, and departures; a report's amendment has "/A" behind it.
FORMS = frozenset({*REPORTS, *(form for row in EVENTS for form in row.forms), *DEPARTURE_FORMS})


def quarters(first: tuple[int, int], last: date) -> Iterator[tuple[int, int]]:
    """Yield (year, quarter) from ``first`` to the last quarter that has ended before ``last``."""
    year, quarter = first
    while date(year + quarter // 4, quarter % 4 * 3 + 1, 1) <= last:
        yield year, quarter
        year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)


def index_folder(day: date) -> str:
    """Return the address of the folder that has the daily index of a day's quarter."""
    return f"{site()}/Archives/edgar/daily-index/{day.year}/QTR{(day.month + 2) // 3}"


def index_days(listing: bytes, since: date, until: date) -> list[tuple[date, str]]:
    """Return the days after ``since``, up to ``until``, that have an index, with its name, from ``index.json``.

    A listing that is not what it should be gives ``ValueError``.
    """
    try:
        names = [str(entry["name"]) for entry in json.loads(listing)["directory"]["item"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not the listing of a folder: {error}") from error
    found = []
    for name in names:
        parts = name.split(".")
        if len(parts) == 3 and parts[0] == "master" and parts[2] == "idx" and len(parts[1]) == 8:
            try:
                day = date.fromisoformat(f"{parts[1][:4]}-{parts[1][4:6]}-{parts[1][6:]}")
            except ValueError:
                continue
            if since < day <= until:
                found.append((day, name))
    return sorted(found)


def filings(index: bytes) -> list[tuple[int, str]]:
    """Return (CIK, form) of one of ``FORMS`` from a daily index (``CIK|Company Name|Form Type|Date Filed|File``)."""
    found = []
    for line in index.decode("latin-1").splitlines():
        parts = line.split("|")
        if len(parts) == 5 and parts[0].strip().isdecimal() and parts[2].strip().removesuffix("/A") in FORMS:
            found.append((int(parts[0]), parts[2].strip()))
    return found


def folders(since: date, until: date) -> list[date]:
    """Return a day of each quarter from that of ``since`` to that of ``until``: their folders have the index of all."""
    day = date(since.year, (since.month - 1) // 3 * 3 + 1, 1)
    found = []
    while day <= until:
        found.append(day)
        day = (day + timedelta(days=95)).replace(day=1)
    return found


def facts_address(cik: int) -> str:
    """Return the address of one company's facts."""
    return f"{api()}/api/xbrl/companyfacts/CIK{cik:010d}.json"


def submissions_address(cik: int) -> str:
    """Return the address of one company's name, industry and list of filings."""
    return f"{api()}/submissions/CIK{cik:010d}.json"
