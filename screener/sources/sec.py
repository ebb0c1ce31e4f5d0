"""SEC bulk files (companyfacts, submissions, ticker list) to staged facts, companies, events and listings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.catalogue.sectors import classify, model
from screener.errors import DataError
from screener.sources import filing_events, filing_list
from screener.sources.archive import Archive, Member, MemberError, first_existing, newer_beside, open_archive
from screener.sources.filing_list import NO_FILINGS, FilingList, write_departures
from screener.sources.json_members import TABLE, batches, load_batch
from screener.sources.listing import Line, clean_name, lines, normal_ticker, receipts
from screener.sources.report import BuildReport, Progress
from screener.sources.sec_facts import Issuers, fact_ranges, read_companyfacts
from screener.sources.sec_members import Record
from screener.sources.staged import (
    FACTS_FILE,
    company_row,
    workroom,
    write_classifications,
    write_companies,
    write_events,
    write_fact_ranges,
    write_listings,
)
from screener.sources.ticker_claims import settled

if TYPE_CHECKING:
    import duckdb

SUBMISSION_COLUMNS: dict[str, str] = {
    "cik": "VARCHAR",
    "name": "VARCHAR",
    "sic": "VARCHAR",
    "fiscalYearEnd": "VARCHAR",
    "stateOfIncorporation": "VARCHAR",
    "tickers": "VARCHAR[]",
    "exchanges": "VARCHAR[]",
    filing_list.COLUMN[0]: filing_list.COLUMN[1],
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a source says about an issuer besides facts; ``tickers`` are (ticker, exchange) in the source's order.

    ``filings_since``: first day from which its list of filings lacks none; ``None`` where there is no list.
    """

    name: str = ""
    sic: int | None = None
    fiscal_year_end: str | None = None
    state: str | None = None
    tickers: tuple[tuple[str, str | None], ...] = ()
    filings: FilingList = NO_FILINGS
    filings_since: date | None = None


@dataclass(slots=True)
class Trail:
    """What reading companyfacts leaves for the next time, and what was left the last time.

    known: records by member, and old_facts, the table with their facts, of an earlier build. records: those of this
    reading. unchanged: the issuers whose facts are the same as then.
    """

    known: dict[str, Record] = field(default_factory=dict)
    old_facts: Path | None = None
    records: list[Record] = field(default_factory=list)
    unchanged: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, left: list[dict[str, Any]], find: Callable[[str], Path]) -> Trail:
        """Return the trail that begins with what an earlier build left: records as plain values, and files by name."""
        records = [Record(**content) for content in left]
        return cls({record.name: record for record in records}, find(FACTS_FILE) if records else None)


def read_sec(
    folder: Path, stage: Path, report: BuildReport, progress: Progress | None = None, trail: Trail | None = None
) -> list[Path]:
    """Read SEC's bulk files from ``folder`` into ``stage`` and return the files that were read.

    ``folder`` holds ``companyfacts.zip`` (or a folder ``companyfacts``, or ``CIK*.json`` itself), and, where there
    are any, ``submissions.zip`` (or a folder) and ``company_tickers_exchange.zip`` (or ``.json``).
    Members of companyfacts that ``trail`` knows are not read again; the tables are the same as if they were.
    ``DataError`` when companyfacts are missing, nothing in them can be read, or a zip file can't be opened.
    """
    facts, submissions, tickers = _inputs(folder, report)
    trail = trail or Trail()
    with workroom(stage, "sec") as (con, work):
        issuers = read_companyfacts(facts, work, report, progress, trail.known)
        if not issuers.names:
            raise DataError(
                f"no company could be read from {facts}",
                hint=report.first_drop(facts.name) or "download it again",
            )
        profiles: dict[int, Profile] = {}
        if submissions:
            wanted = set(issuers.names)
            profiles = read_submissions(con, submissions, work, wanted, report=report, progress=progress)
        listed = read_tickers(tickers, work, report) if tickers else {}
        _write_issuers(con, stage, issuers, (profiles, listed), report)
        if progress:
            progress("sorting facts")
        write_fact_ranges(stage, fact_ranges(issuers, trail.old_facts), work / "spill")
        write_events(con, stage, filing_events.select(stage / FACTS_FILE) if submissions else "")
        trail.records, trail.unchanged = issuers.records, issuers.unchanged
    return [path for path in (facts, submissions, tickers) if path]


def _inputs(folder: Path, report: BuildReport) -> tuple[Path, Path | None, Path | None]:
    if not folder.is_dir():
        raise DataError(f"there is no folder {folder}", hint="name the folder that holds companyfacts.zip")
    facts = first_existing(folder, ("companyfacts.zip", "companyfacts"))
    if facts is None and any(folder.glob("CIK*.json")):
        facts = folder
    if facts is None:
        raise DataError(
            f"{folder} has no companyfacts.zip, no folder companyfacts and no CIK*.json",
            hint="SEC publishes it as Archives/edgar/daily-index/xbrl/companyfacts.zip",
        )
    submissions = first_existing(folder, ("submissions.zip", "submissions"))
    if submissions is None:
        report.note("no submissions.zip: sectors, fiscal year ends and most listings are unknown")
    tickers = first_existing(folder, ("company_tickers_exchange.json", "company_tickers_exchange.zip"))
    if tickers is None:
        report.note("no company_tickers_exchange.json: issuers without a submissions member have no listing")
    return facts, submissions, tickers


def read_submissions(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    work: Path,
    wanted: set[int],
    *,
    report: BuildReport,
    progress: Progress | None = None,
) -> dict[int, Profile]:
    """Return the profiles of the ``wanted`` issuers, and leave their events in the table ``event_rows``.

    Members of others, and older pages of a list that are not needed, are skipped and counted.
    """
    found: dict[int, Profile] = {}
    reaches: dict[int, filing_events.Reach] = {}
    filing_events.prepare(con)
    with open_archive(path, ".json", newer_beside(path)) as archive:
        members = _wanted_members(archive, wanted, report)
        total = sum(member.size for member in members)
        done = 0
        for batch in batches(members):
            numbered = load_batch(con, archive, batch, work=work, columns=SUBMISSION_COLUMNS, report=report)
            names = ", ".join(f'"{name}"' for name in SUBMISSION_COLUMNS if name != filing_list.COLUMN[0])
            lists = {
                row[0]: filing_list.filing_list(row[1], row[2])
                for row in con.execute(filing_list.select(TABLE)).fetchall()
            }
            owners: dict[int, int] = {}
            for row in con.execute(f"SELECT member, {names} FROM {TABLE} ORDER BY member").fetchall():
                filings = lists.get(row[0], NO_FILINGS)
                cik = _take_profile((*row, filings), numbered[row[0]], archive.path.name, found, report)
                if cik in wanted:
                    owners[row[0]] = cik
            filing_events.take(con, owners, "filings.recent.")
            reaches |= filing_events.reaches(con, owners)
            done += sum(member.size for member in batch)
            if progress:
                progress("reading submissions", done, total)
        since = filing_events.read_pages(con, archive, work, reaches, report)
    return {cik: replace(profile, filings_since=since.get(cik)) for cik, profile in found.items()}


def _wanted_members(archive: Archive, wanted: set[int], report: BuildReport) -> list[Member]:
    members: list[Member] = []
    others: list[str] = []
    for member in archive.members:
        match = re.fullmatch(r"CIK(\d{10})(-submissions-\d+)?", member.stem)
        if match and not match.group(2) and int(match.group(1)) not in wanted:
            others.append(member.name)
        elif not (match and match.group(2)):
            members.append(member)
    report.skipped(archive.path.name, "members", "no companyfacts for this filer", len(others), others)
    return members


def _take_profile(
    row: tuple[Any, ...], member: Member, source: str, found: dict[int, Profile], report: BuildReport
) -> int:
    """Add the profile to ``found`` and return its CIK, or 0 where it is not taken."""
    _, cik_text, name, sic, year_end, state, tickers, exchanges, filings = row
    match = re.match(r"CIK(\d{10})", member.stem)
    cik = int(cik_text) if cik_text and cik_text.strip().isdigit() else int(match.group(1)) if match else 0
    if not cik:
        report.dropped(source, "members", "no CIK in its content or its name", 1, [member.name])
        return 0
    if cik in found:
        report.dropped(source, "members", "its CIK was given by an earlier member", 1, [member.name])
        return 0
    report.kept(source, "members", 1)
    places = list(exchanges or [])
    paired = tuple(
        (str(ticker), places[index] if index < len(places) else None)
        for index, ticker in enumerate(tickers or [])
        if ticker
    )
    sic_code = int(sic) if sic and sic.strip().isdigit() and int(sic) > 0 else None
    found[cik] = Profile(clean_name(name), sic_code, year_end, state, paired, filings)
    return cik


def read_tickers(path: Path, work: Path, report: BuildReport) -> dict[int, Profile]:
    """Return names and tickers by CIK from SEC's ticker list; a list that can't be read is counted, not fatal."""
    source = path.name
    found: dict[int, Profile] = {}
    try:
        rows = _ticker_rows(path, work)
    except (MemberError, ValueError, KeyError, TypeError) as error:
        report.read(source, "members", 1)
        report.dropped(source, "members", "malformed", 1, [f"{source}: {error!r}"[:300]])
        return found
    report.read(source, "tickers", len(rows))
    for row in rows:
        cik, name, ticker, exchange = row
        if not isinstance(cik, int) or not isinstance(ticker, str) or not ticker.strip():
            report.dropped(source, "tickers", "no CIK or no ticker", 1, [str(row)])
            continue
        report.kept(source, "tickers", 1)
        old = found.get(cik, Profile(clean_name(str(name or ""))))
        place = exchange if isinstance(exchange, str) else None
        found[cik] = Profile(old.name, tickers=(*old.tickers, (ticker, place)))
    return found


def _ticker_rows(path: Path, work: Path) -> list[tuple[Any, Any, Any, Any]]:
    with open_archive(path, ".json") as archive:
        if not archive.members:
            raise MemberError("no .json member")
        target = work / "tickers.json"
        archive.extract(archive.members[0], target)
    content = json.loads(target.read_text(encoding="utf-8"))
    places = [content["fields"].index(name) for name in ("cik", "name", "ticker", "exchange")]
    rows: list[tuple[Any, Any, Any, Any]] = []
    for row in content["data"]:
        cells = [row[place] if place < len(row) else None for place in places]
        rows.append((cells[0], cells[1], cells[2], cells[3]))
    return rows


def _company(cik: int, name: str, chosen: Profile) -> tuple[Any, ...]:
    return company_row(
        cik,
        cik=cik,
        name=name,
        sic=chosen.sic,
        sectors=classify(chosen.sic),
        model=model(chosen.sic),
        country=chosen.state,
        fiscal_year_end=chosen.fiscal_year_end,
        source="sec",
        filings_since=chosen.filings_since,
    )


def _old_tickers(
    issuers: Issuers, profiles: dict[int, Profile], listed: dict[int, Profile]
) -> dict[int, tuple[tuple[str, None], ...]]:
    """Return the tickers of issuers that left an exchange and have none in any list, from their reports' names.

    Subsidiaries report in one document with their parent: a ticker that an issuer of the time has, or that two
    names give, is left alone.
    """
    owners: dict[str, list[int]] = {}
    found: dict[str, list[int]] = {}
    for cik in issuers.names:
        profile = profiles.get(cik, Profile())
        tickers = profile.tickers or listed.get(cik, Profile()).tickers
        for ticker, _ in tickers:
            owners.setdefault(normal_ticker(ticker), []).append(cik)
        left = any(form.startswith("25") for _, form in profile.filings.departures)
        if not tickers and profile.filings.ticker and left:
            found.setdefault(profile.filings.ticker, []).append(cik)
    return {
        ciks[0]: ((ticker, None),)
        for ticker, ciks in found.items()
        if len(ciks) == 1
        and all(issuers.first_filed[owner] > issuers.last_filed[ciks[0]] for owner in owners.get(ticker, []))
    }


def _write_issuers(
    con: duckdb.DuckDBPyConnection,
    stage: Path,
    issuers: Issuers,
    sources: tuple[dict[int, Profile], dict[int, Profile]],
    report: BuildReport,
) -> None:
    profiles, listed = sources
    companies = []
    listings: dict[int, list[Line]] = {}
    old = _old_tickers(issuers, profiles, listed)
    for cik in sorted(issuers.names):
        profile = profiles.get(cik)
        fallback = listed.get(cik, Profile())
        name = (profile.name if profile else "") or fallback.name or issuers.names[cik] or f"CIK {cik}"
        chosen = profile or fallback
        companies.append(_company(cik, name, chosen))
        # Submissions know today's tickers only; the list of tickers, or the name of the last report, an older one.
        tickers = chosen.tickers or fallback.tickers or old.get(cik, ())
        listings[cik] = lines(tickers, foreign=receipts(issuers.annual_form.get(cik), chosen.state))
    write_companies(con, stage, companies)
    write_classifications(con, stage)
    report.read("companies", "issuers", len(companies))
    report.kept("companies", "issuers", len(companies))
    bare = [f"CIK {cik} {issuers.names[cik]}" for cik in sorted(listings) if not listings[cik]]
    report.changed("companies", "issuers", "no ticker (delisted, or never listed)", len(bare), bare)
    unknown = [f"CIK {cik} {issuers.names[cik]}" for cik in sorted(issuers.names) if cik not in profiles]
    report.changed("companies", "issuers", "no submissions member: sector unknown", len(unknown), unknown)
    renamed = [f"CIK {cik} {issuers.names[cik]}: {tickers[0][0]}" for cik, tickers in sorted(old.items())]
    report.changed("companies", "issuers", "old ticker from the name of its last report", len(renamed), renamed)
    departures = {cik: profile.filings for cik, profile in profiles.items()}
    write_departures(con, stage, departures)
    write_listings(con, stage, settled(con, stage, listings, (issuers, departures), report))
