"""CSV files, plain or zipped, as DuckDB tables of text: lines that don't fit the header are counted and named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.lake.files import first_line, quoted
from screener.sources.archive import MemberError, open_archive
from screener.sources.report import EXAMPLES, BuildReport

if TYPE_CHECKING:
    import duckdb


def unpack_csv(path: Path, work: Path) -> Path:
    """Return a plain CSV file: ``path`` itself, or the one ``.csv`` member of the zip file, unpacked into ``work``.

    ``DataError`` when the zip file can't be read or does not hold exactly one CSV file.
    """
    if path.suffix.lower() != ".zip":
        return path
    with open_archive(path, ".csv") as archive:
        if len(archive.members) != 1:
            raise DataError(f"{path} holds {len(archive.members)} CSV files, expected one")
        target = work / f"{path.stem}.csv"
        try:
            archive.extract(archive.members[0], target)
        except MemberError as error:
            raise DataError(f"{path} cannot be unpacked: {error}", hint="download it again") from error
    return target


def load_csv(
    con: duckdb.DuckDBPyConnection, path: Path, table: str, *, delimiter: str, source: str, report: BuildReport
) -> list[str]:
    """Read a CSV file into the temporary ``table``, all columns as text; return the names of its columns.

    Rows are counted as ``rows`` of ``source``; malformed lines are dropped in ``report``.
    ``DataError`` when the file is empty or can't be read as CSV.
    """
    import duckdb

    if path.stat().st_size == 0:
        raise DataError(f"{source} is empty")
    con.execute("DROP TABLE IF EXISTS csv_errors")
    con.execute("DROP TABLE IF EXISTS csv_scans")
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM read_csv({quoted(path)}, "
            f"delim = {quoted(delimiter)}, quote = '\"', escape = '\"', header = true, skip = 0, all_varchar = true, "
            "store_rejects = true, rejects_table = 'csv_errors', rejects_scan = 'csv_scans', rejects_limit = 0)"
        )
    except duckdb.Error as error:
        raise DataError(f"{source} cannot be read as CSV: {first_line(error)}") from error
    lines = con.execute("SELECT line, min(error_message) FROM csv_errors GROUP BY line ORDER BY line").fetchall()
    good = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    report.read(source, "rows", good + len(lines))
    examples = [f"{source}:{line}: {str(message).splitlines()[0]}" for line, message in lines[:EXAMPLES]]
    report.dropped(source, "rows", "malformed line", len(lines), examples)
    return [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()]
