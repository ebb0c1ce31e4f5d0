"""SEC submissions: profiles and events of filers; members that an earlier build has read are not read again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.lake.files import quoted, write_table
from screener.sources import filing_events, filing_list
from screener.sources.archive import Archive, Member, newer_beside, open_archive
from screener.sources.filing_list import NO_FILINGS, FilingList
from screener.sources.json_members import TABLE, batches, load_batch
from screener.sources.listing import clean_name
from screener.sources.report import BuildReport, Progress
from screener.sources.sec_filers import Profile
from screener.sources.staged import load_rows

if TYPE_CHECKING:
    import duckdb

    from screener.lake.schema import Columns

COLUMNS: dict[str, str] = {
    "cik": "VARCHAR",
    "name": "VARCHAR",
    "sic": "VARCHAR",
    "fiscalYearEnd": "VARCHAR",
    "stateOfIncorporation": "VARCHAR",
    "tickers": "VARCHAR[]",
    "exchanges": "VARCHAR[]",
    filing_list.COLUMN[0]: filing_list.COLUMN[1],
}

# Left for the next build: what each sound member gave, and of which content.
FILERS_FILE = "filers.parquet"
FILERS: Columns = (
    ("issuer_id", "BIGINT", "the filer"),
    ("stamp", "VARCHAR", "differs when the member or an older page of it does"),
    ("name", "VARCHAR", "its name"),
    ("sic", "INTEGER", "its industry code"),
    ("fiscal_year_end", "VARCHAR", "month and day, MMDD"),
    ("state", "VARCHAR", "state or country of incorporation"),
    ("tickers", "VARCHAR[]", "its tickers"),
    ("exchanges", "VARCHAR[]", "their exchanges"),
    ("departures", "VARCHAR[]", "day and form of each departure"),
    ("ticker", "VARCHAR", "the ticker in the name of the newest report"),
    ("filings_since", "DATE", "first day from which its list of filings lacks none"),
    ("pages", "VARCHAR[]", "the older pages that were read"),
    ("events", "STRUCT(filed DATE, kind VARCHAR, accession VARCHAR)[]", "its events"),
)
_MEMBER = re.compile(r"CIK(\d{10})(-submissions-\d+)?")


@dataclass(frozen=True, slots=True)
class Filer:
    """What one filer's member gave, the older pages that were read with it, and the stamp of all of them."""

    profile: Profile
    stamp: str = ""
    pages: tuple[str, ...] = ()


class _TwiceError(Exception):
    """A member names a filer of whom another one is remembered: which one is first must be found out anew."""


def read_submissions(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    work: Path,
    wanted: set[int],
    *,
    report: BuildReport,
    progress: Progress | None = None,
    old: Path | None = None,
) -> dict[int, Filer]:
    """Return the ``wanted`` filers, and leave their events in the table ``event_rows``.

    Members of others, and older pages of a list that are not needed, are skipped and counted. ``old``: what
    :func:`write_filers` left; a member that has not changed since is not read again.
    """
    with open_archive(path, ".json", newer_beside(path)) as archive:
        stamps = _stamps(archive, wanted)
        known = {
            cik: filer for cik, filer in _left(con, old).items() if cik in wanted and stamps.get(cik) == filer.stamp
        }
        try:
            own = BuildReport()
            found = _read(con, archive, work, stamps, known=known, wanted=wanted, report=own, progress=progress)
        except _TwiceError:
            known, own = {}, BuildReport()
            found = _read(con, archive, work, stamps, known=known, wanted=wanted, report=own, progress=progress)
        _take_events(con, old, known)
        report.merge(own)
        return found


def write_filers(con: duckdb.DuckDBPyConnection, target: Path, found: Mapping[int, Filer]) -> None:
    """Write what is remembered of ``found`` and their ``event_rows``: all whose member and pages were sound."""
    rows = [_plain(cik, filer) for cik, filer in sorted(found.items()) if filer.stamp]
    load_rows(con, "filer_rows", FILERS[:-1], rows)
    event = "{'filed': filed, 'kind': kind, 'accession': accession}"
    select = f"""SELECT f.*, e.events FROM filer_rows f LEFT JOIN (
        SELECT issuer_id, list({event} ORDER BY filed, kind, accession) AS events
        FROM event_rows GROUP BY issuer_id) e USING (issuer_id)"""
    write_table(con, select, target, FILERS, "issuer_id")


def _plain(cik: int, filer: Filer) -> tuple[Any, ...]:
    about = filer.profile
    left = [f"{day.isoformat()} {form}" for day, form in about.filings.departures]
    tickers, exchanges = [ticker for ticker, _ in about.tickers], [place for _, place in about.tickers]
    return (
        cik, filer.stamp, about.name, about.sic, about.fiscal_year_end, about.state, tickers, exchanges, left,
        about.filings.ticker, about.filings_since, list(filer.pages),
    )  # fmt: skip


def _left(con: duckdb.DuckDBPyConnection, old: Path | None) -> dict[int, Filer]:
    """Return the filers that an earlier build has left, without their events."""
    if old is None:
        return {}
    names = ", ".join(f'"{name}"' for name, _, _ in FILERS if name != "events")
    found = {}
    for row in con.execute(f"SELECT {names} FROM read_parquet({quoted(old)})").fetchall():
        cik, stamp, name, sic, year_end, state, tickers, exchanges, departures, ticker, since, pages = row
        days = tuple((date.fromisoformat(text[:10]), text[11:]) for text in departures)
        listed = tuple(zip(tickers, exchanges, strict=True))
        about = Profile(name, sic, year_end, state, listed, FilingList(days, ticker), since)
        found[cik] = Filer(about, stamp, tuple(pages))
    return found


def _take_events(con: duckdb.DuckDBPyConnection, old: Path | None, known: Mapping[int, Filer]) -> None:
    if old is not None and known:
        con.execute(
            f"INSERT INTO event_rows SELECT issuer_id, e.filed, e.kind, e.accession FROM "
            f"(SELECT issuer_id, unnest(events) AS e FROM read_parquet({quoted(old)}) "
            "WHERE list_contains(?::BIGINT[], issuer_id))",
            [sorted(known)],
        )


def _stamps(archive: Archive, wanted: set[int]) -> dict[int, str]:
    """Return, by the CIK in their names, the sizes and stamps of each wanted filer's members."""
    parts: dict[int, list[str]] = defaultdict(list)
    for member in archive.members:
        match = _MEMBER.fullmatch(member.stem)
        if match and int(match[1]) in wanted:
            parts[int(match[1])].append(f"{member.name} {member.size} {member.stamp}")
    return {cik: "; ".join(found) for cik, found in parts.items()}


def _read(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    work: Path,
    stamps: Mapping[int, str],
    *,
    known: Mapping[int, Filer],
    wanted: set[int],
    report: BuildReport,
    progress: Progress | None,
) -> dict[int, Filer]:
    """Read the members of all filers but the ``known``; a filer has its stamp only if its member may be remembered."""
    members = _wanted_members(archive, wanted, report)
    fresh = [member for member in members if _named(member) not in known]
    for verb in (report.read, report.kept):
        verb(archive.path.name, "members", len(members) - len(fresh))
    found: dict[int, Profile] = {}
    sound: set[int] = set()
    reaches: dict[int, filing_events.Reach] = {}
    filing_events.prepare(con)
    total, done = sum(member.size for member in fresh), 0
    for batch in batches(fresh):
        numbered = load_batch(con, archive, batch, work=work, columns=COLUMNS, report=report)
        owners = {}
        for number, row in _rows(con):
            cik = _take_profile(row, numbered[number], archive.path.name, found, report)
            if cik in known:
                raise _TwiceError
            if cik in wanted:
                owners[number] = cik
        sound |= {cik for number, cik in owners.items() if _named(numbered[number]) == cik}
        filing_events.take(con, owners, "filings.recent.")
        reaches |= filing_events.reaches(con, owners)
        done += sum(member.size for member in batch)
        if progress:
            progress("reading submissions", done, total)
    taken = {page for filer in known.values() for page in filer.pages}
    pages = filing_events.read_pages(con, archive, work, reaches, taken=taken, report=report)
    kept = {cik: stamps[cik] for cik in sound - pages.failed}
    return dict(known) | {cik: _filer(cik, about, kept.get(cik, ""), pages) for cik, about in found.items()}


def _filer(cik: int, about: Profile, stamp: str, pages: filing_events.Pages) -> Filer:
    return Filer(replace(about, filings_since=pages.since.get(cik)), stamp, tuple(pages.read.get(cik, ())))


def _rows(con: duckdb.DuckDBPyConnection) -> list[tuple[int, tuple[Any, ...]]]:
    """Return (number of the member, its columns with its filing list at the end) of the batch in ``json_rows``."""
    names = ", ".join(f'"{name}"' for name in COLUMNS if name != filing_list.COLUMN[0])
    lists = {
        row[0]: filing_list.filing_list(row[1], row[2]) for row in con.execute(filing_list.select(TABLE)).fetchall()
    }
    rows: Sequence[tuple[Any, ...]] = con.execute(f"SELECT member, {names} FROM {TABLE} ORDER BY member").fetchall()
    return [(row[0], (*row[1:], lists.get(row[0], NO_FILINGS))) for row in rows]


def _named(member: Member) -> int:
    """Return the CIK that a member's name has, 0 where it is another name or an older page's."""
    match = _MEMBER.fullmatch(member.stem)
    return int(match[1]) if match and not match[2] else 0


def _wanted_members(archive: Archive, wanted: set[int], report: BuildReport) -> list[Member]:
    members: list[Member] = []
    others: list[str] = []
    for member in archive.members:
        match = _MEMBER.fullmatch(member.stem)
        if match and not match[2] and int(match[1]) not in wanted:
            others.append(member.name)
        elif not (match and match[2]):
            members.append(member)
    report.skipped(archive.path.name, "members", "no companyfacts for this filer", len(others), others)
    return members


def _take_profile(
    row: tuple[Any, ...], member: Member, source: str, found: dict[int, Profile], report: BuildReport
) -> int:
    """Add the profile to ``found`` and return its CIK, or 0 where it is not taken."""
    cik_text, name, sic, year_end, state, tickers, exchanges, filings = row
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
