"""Events in the filing lists of submissions, the newest page and the older ones, and how far back a list is whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from screener.catalogue.events import EDGAR_BEGAN, EVENTS
from screener.lake.files import quoted
from screener.sources.archive import Archive
from screener.sources.json_members import TABLE, batches, load_batch
from screener.sources.report import BuildReport
from screener.sources.staged import load_rows

if TYPE_CHECKING:
    import duckdb

# Columns of a list that are read, in ``filings.recent`` and at the top of an older page.
COLUMNS = ("form", "filingDate", "accessionNumber", "items", "fileNumber")
PAGE_COLUMNS = dict.fromkeys(COLUMNS, "VARCHAR[]")

_PAGE = re.compile(r"CIK\d{10}-submissions-\d+")

# Facts begin in 2009: older pages are of no use.
FIRST_PAGE_DAY = date(2006, 1, 1)

# A filing with one of these states a balance sheet; amendments without statements tag their cover alone.
_BALANCE_SHEET = ("Assets", "LiabilitiesAndStockholdersEquity")


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a member's own list goes: its oldest day, and the older pages (stem, last day), newest first.

    ``pages`` is ``None`` where the member does not say which there are.
    """

    oldest: date | None
    pages: tuple[tuple[str, date | None], ...] | None


@dataclass(frozen=True, slots=True)
class Pages:
    """What the older pages gave, by issuer: since when its list is whole, the pages read; and whose pages failed."""

    since: dict[int, date]
    read: dict[int, list[str]]
    failed: set[int]


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``event_kinds``, a row a form and item, and the empty ``event_rows``."""
    rows = [
        (kind.name, form, item, kind.subject) for kind in EVENTS for form in kind.forms for item in kind.items or ("",)
    ]
    columns = (("kind", "VARCHAR", ""), ("form", "VARCHAR", ""), ("item", "VARCHAR", ""), ("subject", "BOOLEAN", ""))
    load_rows(con, "event_kinds", columns, rows)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE event_rows (issuer_id BIGINT, filed DATE, kind VARCHAR, accession VARCHAR)"
    )


def take(con: duckdb.DuckDBPyConnection, owners: Mapping[int, int], prefix: str = "") -> None:
    """Add the events of the batch in ``json_rows`` to ``event_rows``; ``owners`` are the issuers by member.

    ``prefix`` leads to the lists: ``filings.recent.`` or, in an older page, nothing.
    """
    if not owners:
        return
    lists = ", ".join(f"unnest({prefix}{name}) AS {name}" for name in COLUMNS)
    owned = ", ".join(f"({member}, {issuer})" for member, issuer in sorted(owners.items()))
    con.execute(
        f"""INSERT INTO event_rows
        SELECT o.issuer_id, try_cast(r.filingDate AS DATE), k.kind, r.accessionNumber
        FROM (SELECT member, {lists} FROM {TABLE}) r
        JOIN (VALUES {owned}) o(member, issuer_id) USING (member)
        JOIN event_kinds k ON k.form = r.form
          AND (k.item = '' OR list_contains(string_split(coalesce(r.items, ''), ','), k.item))
          AND (NOT k.subject OR r.fileNumber LIKE '005-%')
        WHERE try_cast(r.filingDate AS DATE) IS NOT NULL"""
    )


def reaches(con: duckdb.DuckDBPyConnection, owners: Mapping[int, int]) -> dict[int, Reach]:
    """Return how far the lists of the batch in ``json_rows`` go, by issuer; members without a list are left out."""
    rows = con.execute(
        f"""SELECT member, list_min(list_transform(filings.recent.filingDate, lambda d: try_cast(d AS DATE))),
          list_transform(filings.files, lambda f: [f.name, try_cast(f.filingTo AS DATE)::VARCHAR])
        FROM {TABLE} WHERE filings.recent IS NOT NULL ORDER BY member"""
    ).fetchall()
    found = {}
    for member, oldest, files in rows:
        if member in owners:
            pages = None if files is None else tuple(_page(name, last) for name, last in files)
            found[owners[member]] = Reach(oldest, pages)
    return found


def _page(name: str | None, last: str | None) -> tuple[str, date | None]:
    return PurePosixPath(name or "").stem, date.fromisoformat(last) if last else None


def read_pages(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    work: Path,
    found: Mapping[int, Reach],
    *,
    taken: Set[str],
    report: BuildReport,
) -> Pages:
    """Take the events of the older pages that ``archive`` has and the lists of ``found`` name.

    ``taken``: pages of other filers, whose events are known; they count as read.
    """
    wanted = {
        stem: issuer
        for issuer, reach in sorted(found.items())
        for stem, last in reach.pages or ()
        if last is not None and last >= FIRST_PAGE_DAY
    }
    pages = [member for member in archive.members if _PAGE.fullmatch(member.stem)]
    unneeded = [member.name for member in pages if member.stem not in wanted and member.stem not in taken]
    report.skipped(archive.path.name, "members", "older filings of a company (overflow)", len(unneeded), unneeded)
    known = sum(member.stem in taken and member.stem not in wanted for member in pages)
    for verb in (report.read, report.kept):
        verb(archive.path.name, "members", known)
    read: set[str] = set()
    needed = [member for member in pages if member.stem in wanted]
    for batch in batches(needed):
        numbered = load_batch(con, archive, batch, work=work, columns=PAGE_COLUMNS, report=report)
        take(con, {number: wanted[member.stem] for number, member in numbered.items()})
        report.kept(archive.path.name, "members", len(numbered))
        read |= {member.stem for member in numbered.values()}
    starts = {issuer: _since(reach, read) for issuer, reach in found.items()}
    by_issuer: dict[int, list[str]] = {}
    for stem in sorted(read):
        by_issuer.setdefault(wanted[stem], []).append(stem)
    return Pages(
        since={issuer: day for issuer, day in starts.items() if day is not None},
        read=by_issuer,
        failed={wanted[member.stem] for member in needed if member.stem not in read},
    )


def _since(reach: Reach, read: set[str]) -> date | None:
    """Return the first day from which nothing is missing: the day after the newest page that was not read."""
    if reach.pages is None or any(last is None for _, last in reach.pages):
        return reach.oldest
    missing = [last for stem, last in reach.pages if last is not None and stem not in read]
    return max(missing) + timedelta(days=1) if missing else EDGAR_BEGAN


def select(facts: Path) -> str:
    """Return the query of ``events``: an amended report is one where a balance sheet in ``facts`` comes from it."""
    stated = [kind for kind in EVENTS if kind.stated]
    kinds = ", ".join(quoted(kind.name) for kind in stated)
    forms = ", ".join(quoted(form) for kind in stated for form in kind.forms)
    tags = ", ".join(quoted(tag) for tag in _BALANCE_SHEET)
    return (
        f"SELECT DISTINCT * FROM event_rows WHERE kind NOT IN ({kinds}) OR accession IN "
        f"(SELECT accession FROM read_parquet({quoted(facts)}) WHERE form IN ({forms}) AND tag IN ({tags}))"
    )
