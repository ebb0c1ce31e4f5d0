"""JSON members of an archive, in small batches of temporary files, as rows of a DuckDB table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import first_line, quoted
from screener.sources.archive import Archive, Member, MemberError
from screener.sources.report import BuildReport

if TYPE_CHECKING:
    import duckdb

BATCH_BYTES = 64_000_000
BATCH_MEMBERS = 2_000
_OBJECT_FLOOR = 16_777_216

TABLE = "json_rows"


def batches(members: Sequence[Member], limit: int = BATCH_BYTES) -> Iterator[list[Member]]:
    """Cut ``members`` into runs of at most ``limit`` bytes (a larger member stands alone)."""
    batch: list[Member] = []
    size = 0
    for member in members:
        if batch and (size + member.size > limit or len(batch) >= BATCH_MEMBERS):
            yield batch
            batch, size = [], 0
        batch.append(member)
        size += member.size
    if batch:
        yield batch


def load_batch(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    batch: Sequence[Member],
    *,
    work: Path,
    columns: dict[str, str],
    report: BuildReport,
) -> dict[int, Member]:
    """Read a batch into the temporary table ``json_rows`` (``member`` INTEGER, then ``columns``: name to type).

    Members that can't be unpacked, are empty, or are not one JSON object are dropped in ``report`` and left out.
    Returns the members that are in the table by their number.
    """
    source = archive.path.name
    report.read(source, "members", len(batch))
    files: dict[int, Path] = {}
    for number, member in enumerate(batch):
        target = work / f"{number}.json"
        try:
            archive.extract(member, target)
        except MemberError as error:
            report.dropped(source, "members", "cannot be unpacked", 1, [str(error)])
            continue
        if target.stat().st_size == 0:
            report.dropped(source, "members", "empty", 1, [member.name])
            continue
        files[number] = target
    failed = _read_files(con, files, batch, columns, source=source, report=report)
    for path in work.glob("*.json"):
        path.unlink()
    return _single_rows(con, set(files) - failed, batch, source, report)


def _read_files(
    con: duckdb.DuckDBPyConnection,
    files: dict[int, Path],
    batch: Sequence[Member],
    columns: dict[str, str],
    *,
    source: str,
    report: BuildReport,
) -> set[int]:
    import duckdb

    names = ", ".join(["member INTEGER", *(f'"{name}" {kind}' for name, kind in columns.items())])
    con.execute(f"CREATE OR REPLACE TEMP TABLE {TABLE} ({names})")
    failed: set[int] = set()
    if not files:
        return failed
    try:
        con.execute(_insert(list(files.values()), columns))
    except (duckdb.ProgrammingError, duckdb.DataError):
        # One bad member fails the whole statement: find it by reading them one by one.
        con.execute(f"DELETE FROM {TABLE}")
    else:
        return failed
    for number, path in files.items():
        try:
            con.execute(_insert([path], columns))
        except (duckdb.ProgrammingError, duckdb.DataError) as error:
            failed.add(number)
            text = first_line(error).replace(str(path), batch[number].name)
            report.dropped(source, "members", "malformed", 1, [f"{batch[number].name}: {text}"[:300]])
    return failed


def _insert(paths: Sequence[Path], columns: dict[str, str]) -> str:
    largest = max(path.stat().st_size for path in paths)
    listed = ", ".join(quoted(path) for path in paths)
    typed = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in columns.items())
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {TABLE} SELECT CAST(regexp_extract(filename, '(\\d+)\\.json$', 1) AS INTEGER), {names} "
        f"FROM read_json([{listed}], columns = {{{typed}}}, filename = true, format = 'unstructured', "
        f"records = true, maximum_object_size = {max(_OBJECT_FLOOR, largest + 1024)})"
    )


def _single_rows(
    con: duckdb.DuckDBPyConnection,
    expected: set[int],
    batch: Sequence[Member],
    source: str,
    report: BuildReport,
) -> dict[int, Member]:
    found = con.execute(f"SELECT member, count(*) FROM {TABLE} GROUP BY member ORDER BY member").fetchall()
    several = [number for number, count in found if count > 1]
    if several:
        con.execute(f"DELETE FROM {TABLE} WHERE member IN ({', '.join(map(str, several))})")
        report.dropped(
            source, "members", "more than one JSON object", len(several), [batch[number].name for number in several]
        )
    present = {number for number, _ in found}
    silent = sorted(expected - present)
    report.dropped(source, "members", "no JSON object", len(silent), [batch[number].name for number in silent])
    return {number: batch[number] for number in sorted(present - set(several))}
