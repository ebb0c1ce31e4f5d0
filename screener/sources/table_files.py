"""A vendor's table as a file: CSV (plain, gzip, in a zip) or Parquet, its header, and its columns as texts."""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from screener.errors import DataError
from screener.lake.files import first_line, identifier, quoted
from screener.sources.archive import MemberError, open_archive
from screener.sources.csv_members import unpack_csv
from screener.sources.report import EXAMPLES, BuildReport

if TYPE_CHECKING:
    import duckdb

DELIMITERS = (",", ";", "\t", "|")
# A header has to end within so many bytes.
HEAD_BYTES = 4 << 20
_CHUNK = 1 << 20
_LONGEST_LINE = 16 << 20
# What stands for nothing in a cell, in small letters.
BLANKS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", ".")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table as its file has them; ``delimiter`` is empty for Parquet."""

    columns: tuple[str, ...]
    delimiter: str = ""
    encoding: str = "utf-8"


def read_header(path: Path, encoding: str = "") -> Header:
    """Return the header of a table; ``DataError`` when the file is not there, is empty or is no table.

    ``encoding`` is that of a CSV file; without one it is UTF-8, or UTF-16 where the file begins with its mark.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty")
    if is_parquet(path):
        return Header(_parquet_columns(path))
    head = _head(path)
    marked = head.startswith(_WIDE_MARKS)
    # Without its mark, UTF-16 is what Windows writes.
    used = "utf-16" if marked else {"": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    text = _decoded(path, head, used)
    if "\0" in text[:4096]:
        raise DataError(
            f"{path.name} is not a text in {used.upper()}",
            hint="a file in UTF-16 needs `encoding: utf-16` in the mapping; else save it as UTF-8",
        )
    line = text.lstrip("\ufeff")
    delimiter = _delimiter(line)
    try:
        columns = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise DataError(f"{path.name} has no header that can be read: {error}") from error
    if not any(name.strip() for name in columns):
        raise DataError(f"{path.name} has no header: its first line is empty")
    return Header(tuple(columns), delimiter, used)


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, by its first bytes."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def load_table(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    header: Header,
    columns: Sequence[tuple[str, str]],
    *,
    work: Path,
    report: BuildReport,
) -> tuple[Path, int]:
    """Return a Parquet file in ``work`` with the ``columns`` (name in the header, name here) of a table, and its rows.

    All columns are texts: blank cells are NULL, others are trimmed. Malformed lines count as read and dropped.
    """
    import duckdb

    target = work / f"{len(list(work.iterdir()))}-texts.parquet"
    source = _parquet_source(path) if not header.delimiter else _csv_source(_plain(path, header, work), header)
    # The texts of a Parquet file have its names, those of a CSV file the numbers of their columns.
    names = {name: name if not header.delimiter else f"c{place}" for place, name in enumerate(header.columns)}
    cells = ", ".join(f"{_cell(identifier(names[name]))} AS {identifier(own)}" for name, own in columns)
    con.execute("DROP TABLE IF EXISTS csv_errors")
    con.execute("DROP TABLE IF EXISTS csv_scans")
    try:
        con.execute(f"COPY (SELECT {cells} FROM {source}) TO {quoted(target)} (FORMAT parquet)")
    except duckdb.Error as error:
        hint = "a file that is not UTF-8 needs `encoding: latin-1` in the mapping" if "nicode" in str(error) else ""
        raise DataError(f"{path.name} cannot be read: {first_line(error)}", hint=hint) from error
    lines = []
    if header.delimiter:
        lines = con.execute("SELECT line, min(error_message) FROM csv_errors GROUP BY line ORDER BY line").fetchall()
    good = con.execute(f"SELECT count(*) FROM read_parquet({quoted(target)})").fetchall()[0][0]
    if not good:
        raise DataError(f"{path.name} has a header and no row that can be read")
    report.read(path.name, "rows", len(lines))
    examples = [f"{path.name}:{line}: {str(message).splitlines()[0]}" for line, message in lines[:EXAMPLES]]
    report.dropped(path.name, "rows", "malformed line", len(lines), examples)
    return target, good


def first_rows(con: duckdb.DuckDBPyConnection, path: Path, header: Header, work: Path, most: int) -> list[list[str]]:
    """Return up to ``most`` rows of a table as texts, ``""`` for blank cells; ``DataError`` when it can't be read."""
    import duckdb

    source = _parquet_source(path) if not header.delimiter else _csv_source(_plain(path, header, work), header)
    names = header.columns if not header.delimiter else [f"c{place}" for place in range(len(header.columns))]
    cells = ", ".join(f"coalesce({_cell(identifier(name))}, '')" for name in names)
    try:
        return [list(row) for row in con.execute(f"SELECT {cells} FROM {source} LIMIT {most}").fetchall()]
    except duckdb.Error as error:
        raise DataError(f"{path.name} cannot be read: {first_line(error)}") from error


def _cell(column: str) -> str:
    text = f"trim({column}::VARCHAR)"
    listed = ", ".join(quoted(blank) for blank in BLANKS)
    return f"CASE WHEN lower({text}) NOT IN ({listed}) THEN {text} END"


def _parquet_source(path: Path) -> str:
    return f"read_parquet({quoted(path)})"


def _csv_source(path: Path, header: Header) -> str:
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header.columns)))
    return (
        f"read_csv({quoted(path)}, auto_detect = false, columns = {{{columns}}}, header = true, "
        f"delim = {quoted(header.delimiter)}, quote = '\"', escape = '\"', max_line_size = {_LONGEST_LINE}, "
        "store_rejects = true, rejects_table = 'csv_errors', rejects_scan = 'csv_scans', rejects_limit = 0)"
    )


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import duckdb

    with duckdb.connect() as con:
        try:
            rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall()
        except duckdb.Error as error:
            raise DataError(f"{path.name} cannot be read as Parquet: {first_line(error)}") from error
    return tuple(str(row[0]) for row in rows)


def _head(path: Path) -> bytes:
    """Return the first bytes of a CSV file, unpacked."""
    try:
        if path.suffix.lower() == ".zip":
            with open_archive(path, ".csv") as archive:
                if len(archive.members) != 1:
                    raise DataError(f"{path} holds {len(archive.members)} CSV files, expected one")
                return archive.head(archive.members[0], HEAD_BYTES)
        with _opened(path) as file:
            return file.read(HEAD_BYTES)
    except (MemberError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked: {error}", hint="download it again") from error


def _opened(path: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")


def _decoded(path: Path, head: bytes, encoding: str) -> str:
    """Return the first bytes as text; a character that is cut at their end is left out."""
    cut = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1] or head[:-4]
    try:
        return cut.decode(encoding)
    except UnicodeDecodeError as error:
        line = cut[: error.start].count(b"\n") + 1
        raise DataError(
            f"{path.name}:{line}: the byte 0x{cut[error.start]:02x} is not {encoding.upper()}",
            hint="save the file as UTF-8, or write `encoding: latin-1` in the mapping",
        ) from error


def _delimiter(text: str) -> str:
    """Return the delimiter that is found most often in the first line, outside quotes; a comma for one column."""
    end = next((place for place, char in enumerate(text) if char in "\r\n"), len(text))
    plain = "".join(text[:end].split('"')[::2])
    return max(DELIMITERS, key=plain.count)


def _plain(path: Path, header: Header, work: Path) -> Path:
    """Return a plain CSV file in UTF-8: the file itself, or its content in ``work``."""
    found = unpack_csv(path, work)
    if header.encoding == "utf-8" and path.suffix.lower() != ".gz":
        return found
    target = work / f"{path.stem}-plain.csv"
    try:
        with _opened(found) as packed, target.open("wb") as out:
            if header.encoding == "utf-8":
                shutil.copyfileobj(packed, out, _CHUNK)
            else:
                with (
                    io.TextIOWrapper(packed, header.encoding, newline="") as text,
                    io.TextIOWrapper(out, "utf-8", newline="") as plain,
                ):
                    shutil.copyfileobj(text, plain, _CHUNK)
    except (UnicodeError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} cannot be read: {error}") from error
    return target
