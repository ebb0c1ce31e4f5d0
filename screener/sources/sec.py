"""SEC bulk files (companyfacts, submissions, ticker list) to staged facts, companies, events and listings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.catalogue.sectors import classify, model
from screener.errors import DataError
from screener.sources import filing_events
from screener.sources.archive import first_existing
from screener.sources.filing_list import write_departures
from screener.sources.listing import Line, lines, normal_ticker, receipts
from screener.sources.report import BuildReport, Progress
from screener.sources.sec_facts import Issuers, fact_ranges, read_companyfacts
from screener.sources.sec_filers import Profile, read_tickers
from screener.sources.sec_members import Record
from screener.sources.sec_submissions import FILERS_FILE, read_submissions, write_filers
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


@dataclass(slots=True)
class Trail:
    """What reading companyfacts and submissions leaves for the next time, and what was left the last time.

    known: records by member, old_facts, the table with their facts, and old_filers, what submissions said, of an
    earlier build. records: those of this reading. unchanged: the issuers whose facts are the same as then.
    """

    known: dict[str, Record] = field(default_factory=dict)
    old_facts: Path | None = None
    old_filers: Path | None = None
    records: list[Record] = field(default_factory=list)
    unchanged: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, left: list[dict[str, Any]], find: Callable[[str], Path]) -> Trail:
        """Return the trail that begins with what an earlier build left: records as plain values, and files by name."""
        records = [Record(**content) for content in left]
        if not records:
            return cls()
        try:
            filers = find(FILERS_FILE)
        except KeyError:
            filers = None
        return cls({record.name: record for record in records}, find(FACTS_FILE), filers)


def read_sec(
    folder: Path, stage: Path, report: BuildReport, progress: Progress | None = None, trail: Trail | None = None
) -> list[Path]:
    """Read SEC's bulk files from ``folder`` into ``stage`` and return the files that were read.

    ``folder`` holds ``companyfacts.zip`` (or a folder ``companyfacts``, or ``CIK*.json`` itself), and, where there
    are any, ``submissions.zip`` (or a folder) and ``company_tickers_exchange.zip`` (or ``.json``).
    Members that ``trail`` knows are not read again; the tables are the same as if they were.
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
            filers = read_submissions(
                con, submissions, work, set(issuers.names), report=report, progress=progress, old=trail.old_filers
            )
            write_filers(con, stage / FILERS_FILE, filers)
            profiles = {cik: filer.profile for cik, filer in filers.items()}
        listed = read_tickers(tickers, work, report, issuers.names.keys()) if tickers else {}
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
