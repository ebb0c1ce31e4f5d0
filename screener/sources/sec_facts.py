"""SEC companyfacts: every version of every mapped fact, read in batches of members by a few threads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import quoted
from screener.lake.parallel import cut, in_order, workers
from screener.sources.archive import Archive, Member, MemberError, newer_beside, open_archive
from screener.sources.json_members import batches
from screener.sources.listing import clean_name
from screener.sources.report import BuildReport, Progress
from screener.sources.sec_members import Record, prepare, read_batch

if TYPE_CHECKING:
    import duckdb

# Shared out among the threads; text, JSON trees and facts of a batch take some four times as much.
BATCH_BYTES = 64_000_000
SMALLEST_BATCH = 4_000_000
# Sorted at once by each thread.
RANGE_FACTS = 500_000
_DUPLICATE = "its CIK was given by an earlier member"


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of facts in the order in which they came; its first column is the number of the member."""

    path: Path
    first: int
    last: int
    left_out: tuple[int, ...]

    def select(self) -> str:
        """Return the query of the part's facts that count."""
        out = f" WHERE member NOT IN ({', '.join(map(str, self.left_out))})" if self.left_out else ""
        return f"SELECT * EXCLUDE (member) FROM read_parquet({quoted(self.path)}){out}"


@dataclass(slots=True)
class Issuers:
    """What companyfacts say about the issuers: names, days of the first and newest filing, newest annual form.

    ``records`` has one row a member, in the order of their names. ``parts`` hold the facts of the members that were
    read; the facts of ``unchanged`` issuers are the same as in the data set that the build could reuse.
    """

    names: dict[int, str] = field(default_factory=dict)
    first_filed: dict[int, date] = field(default_factory=dict)
    last_filed: dict[int, date] = field(default_factory=dict)
    annual_form: dict[int, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unchanged: set[int] = field(default_factory=set)


def read_companyfacts(
    path: Path,
    work: Path,
    report: BuildReport,
    progress: Progress | None = None,
    known: Mapping[str, Record] | None = None,
) -> Issuers:
    """Read the members of ``path`` (zip or folder) into Parquet parts in ``work``; return the issuers.

    A member whose record in ``known`` (by name) has the same size and stamp is not read again.
    ``DataError`` when ``path`` can't be opened; whatever is wrong with a member or a fact is counted in ``report``.
    """
    with open_archive(path, ".json", newer_beside(path)) as archive:
        kept = {name: record for name, record in (known or {}).items() if record.used}
        fresh = [member for member in archive.members if not _same(kept.get(member.name), member)]
        found = {member.name: kept[member.name] for member in archive.members if member.name in kept}
        pieces = []
        for part, records in _read(archive, fresh, work, progress):
            found |= {record.name: record for record in records}
            pieces.append((part, records))
        issuers = Issuers(records=[found[member.name] for member in archive.members])
        _claim(issuers, {member.name for member in fresh}, archive.path.name, report)
    for path_, records in pieces:
        numbers = {record.issuer_id for record in records if record.used and record.issuer_id is not None}
        left_out = tuple(n for n, record in enumerate(records) if not record.used and record.issuer_id is not None)
        if numbers:
            issuers.parts.append(Part(path_, min(numbers), max(numbers), left_out))
    return issuers


def _same(record: Record | None, member: Member) -> bool:
    return record is not None and (record.size, record.stamp) == (member.size, member.stamp)


def _read(
    archive: Archive, members: Sequence[Member], work: Path, progress: Progress | None
) -> Iterator[tuple[Path, list[Record]]]:
    total = sum(member.size for member in members)
    limit = min(BATCH_BYTES // workers(), max(SMALLEST_BATCH, total // (4 * workers())))

    def one(con: duckdb.DuckDBPyConnection, task: tuple[int, list[Member]]) -> tuple[Path, list[Record]]:
        index, batch = task
        records = [Record(member.name, member.size, member.stamp) for member in batch]
        part = work / f"part-{index:05d}.parquet"
        read_batch(con, records, lambda number: _content(archive, batch[number], records[number]), part)
        return part, records

    done = 0
    for part, records in in_order(enumerate(batches(members, limit)), prepare, one, work / "spill"):
        done += sum(record.size for record in records)
        if progress:
            progress("reading companyfacts", done, total)
        yield part, records


def _content(archive: Archive, member: Member, record: Record) -> bytes | None:
    try:
        return archive.content(member)
    except MemberError as error:
        record.refused = ("cannot be unpacked", str(error))
        return None


def _claim(issuers: Issuers, fresh: set[str], source: str, report: BuildReport) -> None:
    """Give each CIK to the first member that names it, and count all members and their facts."""
    report.read(source, "members", len(issuers.records))
    for record in issuers.records:
        issuer, refused = record.issuer_id, record.refused
        if refused is None and issuer in issuers.names:
            refused = (_DUPLICATE, record.name)
        record.used = refused is None
        if refused is not None or issuer is None:
            if refused is not None:
                report.dropped(source, "members", refused[0], 1, [refused[1]])
            continue
        report.kept(source, "members", 1)
        issuers.names[issuer] = clean_name(record.entity)
        if record.first_filed is not None:
            issuers.first_filed[issuer] = date.fromisoformat(record.first_filed)
        if record.last_filed is not None:
            issuers.last_filed[issuer] = date.fromisoformat(record.last_filed)
        if record.annual_form is not None:
            issuers.annual_form[issuer] = record.annual_form
        if record.name not in fresh:
            issuers.unchanged.add(issuer)
        report.read(source, "facts", record.read)
        report.kept(source, "facts", record.kept)
        for reason, (number, examples) in record.dropped.items():
            report.dropped(source, "facts", reason, number, examples)


def fact_ranges(issuers: Issuers, old: Path | None = None) -> list[str]:
    """Return queries of all facts, each of a range of issuers; the ranges ascend.

    The facts of unchanged issuers come from ``old``, the facts of the data set that is reused.
    """
    sizes = sorted((r.issuer_id, r.kept) for r in issuers.records if r.used and r.issuer_id is not None)
    return [_range(issuers, old, first, last) for first, last in cut(sizes, RANGE_FACTS)]


def _range(issuers: Issuers, old: Path | None, first: int, last: int) -> str:
    between = f"issuer_id BETWEEN {first} AND {last}"
    sources = [part.select() for part in issuers.parts if part.first <= last and part.last >= first]
    kept = sorted(issuer for issuer in issuers.unchanged if first <= issuer <= last)
    if old is not None and kept:
        sources.append(
            f"SELECT * FROM read_parquet({quoted(old)}) WHERE {between} AND issuer_id IN ({', '.join(map(str, kept))})"
        )
    return f"SELECT * FROM ({' UNION ALL '.join(sources)}) WHERE {between}"
