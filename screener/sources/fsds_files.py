"""SEC's Financial Statement Data Sets on disk: which zip files and folders hold them, and their members as tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.lake.files import first_line, identifier, quoted
from screener.sources.archive import Archive, MemberError
from screener.sources.report import EXAMPLES, BuildReport

if TYPE_CHECKING:
    import duckdb

# A quarter (2010q2) or a day (20250701), as SEC names them or with a prefix of one's own.
_NAME = re.compile(r"(fsds[-_ ]?)?(\d{4}q[1-4]|\d{8})(\.zip)?", re.IGNORECASE)

# Columns that a member must have, and those that only some years have; both are read as text.
REQUIRED: dict[str, tuple[str, ...]] = {
    "sub": ("adsh", "cik", "name", "form", "period", "filed"),
    "num": ("adsh", "tag", "version", "ddate", "qtrs", "uom", "value"),
    "pre": ("adsh", "stmt", "tag", "version"),
}
OPTIONAL: dict[str, tuple[str, ...]] = {
    "sub": ("sic", "fye", "accepted", "countryinc", "stprinc"),
    "num": ("segments", "coreg"),
    "pre": ("inpth",),
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A readable member: ``sql`` is a table expression of its columns, those that it lacks as NULL."""

    sql: str
    path: Path
    name: str


def fsds_archives(paths: Sequence[Path]) -> list[Path]:
    """Return the zip files and unpacked folders that ``paths`` name or hold, in the order of their names, each once.

    ``DataError`` when a path is not there or holds no Financial Statement Data Set.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for archive in _archives(path):
            found.setdefault(archive.resolve(), archive)
    return sorted(found.values(), key=lambda archive: (archive.name, str(archive)))


def _archives(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"there is no file or folder {path}", hint="name a zip of SEC's Financial Statement Data Sets")
    if (path / "sub.txt").is_file():
        return [path]
    inside = [
        entry
        for entry in path.iterdir()
        if _NAME.fullmatch(entry.name) and (entry.suffix == ".zip" or (entry / "sub.txt").is_file())
    ]
    if not inside:
        raise DataError(
            f"{path} holds no Financial Statement Data Set",
            hint="name zips like 2010q2.zip, a folder of them, or a folder with sub.txt, num.txt and pre.txt",
        )
    return inside


def open_member(archive: Archive, stem: str, work: Path, report: BuildReport) -> Scan | None:
    """Unpack ``sub``, ``num`` or ``pre`` into ``work`` and return how to read it.

    None, and counted in ``report``, when the member is missing, can't be unpacked or lacks a column.
    """
    source = archive.path.name
    report.read(source, "members", 1)
    member = next((m for m in archive.members if PurePosixPath(m.name).name.lower() == f"{stem}.txt"), None)
    if member is None:
        report.dropped(source, "members", "missing", 1, [f"{stem}.txt"])
        return None
    target = work / f"{stem}.txt"
    try:
        archive.extract(member, target)
    except MemberError as error:
        report.dropped(source, "members", "cannot be unpacked", 1, [str(error)])
        return None
    there = _header(target)
    lacking = [name for name in REQUIRED[stem] if name not in there]
    if lacking:
        report.dropped(source, "members", "lacks a column", 1, [f"{member.name}: {', '.join(lacking)}"])
        return None
    report.kept(source, "members", 1)
    columns = [
        identifier(name) if name in there else f"NULL::VARCHAR AS {identifier(name)}"
        for name in (*REQUIRED[stem], *OPTIONAL[stem])
    ]
    return Scan(f"(SELECT {', '.join(columns)} FROM {_read_csv(target, there)})", target, member.name)


def _header(path: Path) -> list[str]:
    """Return the names of the columns; a name that is empty or repeated gives way to its number."""
    with path.open("rb") as file:
        line = file.readline(100_000)
    names = line.decode("utf-8-sig", "replace").rstrip("\r\n").split("\t")
    return [name if name and names.index(name) == k else f"#{k}" for k, name in enumerate(names)]


def _read_csv(path: Path, header: list[str]) -> str:
    """Return the reader: fields are never quoted, names hold quotes and apostrophes as they are."""
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    return (
        f"read_csv({quoted(path)}, delim = '\t', quote = '', escape = '', header = true, skip = 0, "
        f"auto_detect = false, columns = {{{columns}}}, nullstr = '', store_rejects = true, "
        "rejects_table = 'fsds_errors', rejects_scan = 'fsds_scans', rejects_limit = 0)"
    )


def load_member(con: duckdb.DuckDBPyConnection, scan: Scan, statement: str, source: str, report: BuildReport) -> int:
    """Run ``statement``, which reads ``scan``, and return how many lines did not fit its header, counted as dropped.

    ``MemberError`` when the member can't be read as lines of text.
    """
    import duckdb

    con.execute("DROP TABLE IF EXISTS fsds_errors")
    con.execute("DROP TABLE IF EXISTS fsds_scans")
    try:
        con.execute(statement)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise MemberError(f"{scan.name}: {first_line(error)}") from error
    lines = con.execute("SELECT line, min(error_message) FROM fsds_errors GROUP BY line ORDER BY line").fetchall()
    if not lines:
        return 0
    kind = f"rows of {scan.path.name}"
    report.read(source, kind, len(lines))
    examples = [f"{scan.name}:{line}: {str(message).splitlines()[0]}" for line, message in lines[:EXAMPLES]]
    report.dropped(source, kind, "malformed line", len(lines), examples)
    return len(lines)
