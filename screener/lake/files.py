"""Parquet files of a data set: written the same way each time, checked against the schema, hashed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from screener.lake.schema import Columns

# Small enough that a company's facts are found in a few groups, large enough that zstd works well.
ROW_GROUP_SIZE = 122_880
# Level 9 packs some 4 % better, and takes half as long again for a whole table, which each build writes anew.
COMPRESSION_LEVEL = 3
WRITER_MEMORY = "500MB"
_CHUNK = 1 << 20


def quoted(text: str | os.PathLike[str]) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + os.fspath(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def write_parquet(con: duckdb.DuckDBPyConnection, select: str, path: Path, order_by: str) -> None:
    """Write the rows of ``select`` in ``order_by`` to ``path``; the same rows give the same bytes.

    ``order_by`` must order rows that differ completely. The encoding of a row group depends on how its rows arrive;
    a sort hands them on in pieces that depend on threads and on its input, so they are cut into equal pieces first.
    """
    reader = con.sql(f"SELECT * FROM ({select}) ORDER BY {order_by}").to_arrow_reader(ROW_GROUP_SIZE)
    write_ordered(reader.schema, reader, path)


def write_ordered(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path, level: int = COMPRESSION_LEVEL
) -> None:
    """Write Arrow batches in the order in which they come to ``path``; however they are cut, the bytes are the same."""
    import pyarrow as pa

    with _writer().cursor() as writer:
        writer.register("ordered_rows", pa.RecordBatchReader.from_batches(schema, _equal_batches(batches)))
        writer.execute(
            f"COPY (SELECT * FROM ordered_rows) TO {quoted(path)} "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level}, ROW_GROUP_SIZE {ROW_GROUP_SIZE})"
        )


@cache
def _writer() -> duckdb.DuckDBPyConnection:
    """Return the database in memory that writes all files: opening one takes longer than writing a small file."""
    import duckdb

    writer = duckdb.connect()
    writer.execute(f"SET memory_limit = '{WRITER_MEMORY}'")
    return writer


def repack(path: Path, level: int) -> None:
    """Write a Parquet file again with another zstd level: slower and smaller, for what is shipped."""
    import duckdb

    target = path.with_suffix(".packed")
    with duckdb.connect() as con:
        reader = con.sql(f"SELECT * FROM read_parquet({quoted(path)})").to_arrow_reader(ROW_GROUP_SIZE)
        write_ordered(reader.schema, reader, target, level)
    target.replace(path)


def _equal_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``batches`` in pieces of exactly a row group, the last one shorter."""
    import pyarrow as pa

    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        while rows >= ROW_GROUP_SIZE:
            table = pa.Table.from_batches(waiting)
            yield from table.slice(0, ROW_GROUP_SIZE).combine_chunks().to_batches()
            waiting = table.slice(ROW_GROUP_SIZE).to_batches()
            rows -= ROW_GROUP_SIZE
    if rows:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def write_table(con: duckdb.DuckDBPyConnection, select: str, path: Path, columns: Columns, order_by: str) -> None:
    """Write ``select`` cast to exactly ``columns`` (names, types, order) as a Parquet file sorted by ``order_by``."""
    write_parquet(con, exactly(select, columns), path, order_by)


def exactly(select: str, columns: Columns) -> str:
    """Return ``select`` cast to exactly ``columns``: names, types, order."""
    casts = ", ".join(f"CAST({identifier(name)} AS {kind}) AS {identifier(name)}" for name, kind, _ in columns)
    return f"SELECT {casts} FROM ({select})"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 hex digest of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_columns(con: duckdb.DuckDBPyConnection, path: Path, table: str, columns: Columns) -> int:
    """Return the number of rows of a Parquet file; ``DataError`` when it is unreadable or its columns differ."""
    import duckdb

    if not path.is_file():
        raise DataError(f"table {table} is missing: {path}")
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall()
        counted = con.execute(f"SELECT count(*) FROM read_parquet({quoted(path)})").fetchone()
    except duckdb.Error as error:
        raise DataError(f"table {table} cannot be read: {path}: {first_line(error)}") from error
    found = [(str(row[0]), str(row[1])) for row in described]
    wanted = [(name, kind) for name, kind, _ in columns]
    if found != wanted:
        raise DataError(f"table {table} does not have the columns of the schema: {_difference(found, wanted)}")
    return int(counted[0]) if counted else 0


def first_line(error: Exception) -> str:
    """Return the first line of an error's text: the rest of a database error is for programmers."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def _difference(found: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> str:
    missing = [f"{name} {kind}" for name, kind in wanted if (name, kind) not in found]
    extra = [f"{name} {kind}" for name, kind in found if (name, kind) not in wanted]
    parts = []
    if missing:
        parts.append("missing " + ", ".join(missing))
    if extra:
        parts.append("unexpected " + ", ".join(extra))
    return "; ".join(parts) or "the columns are in another order"
