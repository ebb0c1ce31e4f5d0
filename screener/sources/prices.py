"""Daily prices: long tables, Yahoo's CSVs, Stooq's bulk files and SimFin's, recognised and read into one form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from screener.errors import DataError, ScreenerError
from screener.lake.files import first_line, identifier, quoted
from screener.sources.archive import Archive, Member, MemberError, open_archive
from screener.sources.csv_members import load_csv, unpack_csv
from screener.sources.price_rows import RAW_COLUMNS, clean_prices, write_prices
from screener.sources.report import BuildReport, Progress
from screener.sources.staged import workroom

if TYPE_CHECKING:
    import duckdb

# Column names that mean the same, lower case with spaces and underscores removed.
LONG_NAMES: dict[str, tuple[str, ...]] = {
    "ticker": ("ticker", "symbol"),
    "date": ("date", "day"),
    "close": ("close",),
    "adj_close": ("adjclose", "adj.close", "adjustedclose"),
    "volume": ("volume", "vol"),
}
STOOQ_HEADER = "<TICKER>,<PER>,<DATE>"
# What Stooq calls the file of one US ticker: aapl_us_d.csv.
STOOQ_CSV = "_us_d.csv"
STOOQ_REFUSAL = "exceeded the daily hits limit"
BATCH_FILES = 500

Reader = Callable[["duckdb.DuckDBPyConnection", Path, Path, BuildReport, Progress | None], None]
Recognise = Callable[[Path, list[str], str], bool]


@dataclass(frozen=True, slots=True)
class PriceFormat:
    """A form in which prices come. ``recognise`` gets the path, member names and the first line of the first one."""

    name: str
    label: str
    recognise: Recognise
    read: Reader


def read_prices(
    path: Path, stage: Path, report: BuildReport, fmt: str | None = None, progress: Progress | None = None
) -> list[Path]:
    """Read prices in any known form into ``stage/prices_raw.parquet``; return the files read (``path`` itself).

    ``fmt`` names a row of :data:`FORMATS`; without it the form is recognised from names and the first line.
    ``ScreenerError`` (wrong usage) for a name that is none; ``DataError`` when nothing fits, the file can't be read,
    or not one usable row is in it.
    """
    named = _named(fmt) if fmt else None
    if not path.exists():
        raise DataError(f"there is no price file {path}")
    chosen = named or _recognised(path)
    with workroom(stage, "prices") as (con, work):
        columns = ", ".join(f"{name} {kind}" for name, kind in RAW_COLUMNS)
        con.execute(f"CREATE TEMP TABLE raw_prices ({columns})")
        chosen.read(con, path, work, report, progress)
        clean_prices(con, path.name, report, today=datetime.now(UTC).date())
        write_prices(con, stage)
        rows = con.execute("SELECT count(*) FROM clean_prices").fetchall()[0][0]
    if not rows:
        raise DataError(f"{path} has no usable price row", hint=report.first_drop(path.name) or _known())
    return [path]


def format_of(path: Path) -> str:
    """Return the name of the form that the prices in ``path`` have; ``DataError`` where there are none, or unknown."""
    if not path.exists():
        raise DataError(f"there is no price file {path}")
    return _recognised(path).name


def _named(fmt: str) -> PriceFormat:
    for row in FORMATS:
        if row.name == fmt:
            return row
    raise ScreenerError(f"unknown price format {fmt}", hint=_known())


def _recognised(path: Path) -> PriceFormat:
    names, line = _look(path)
    for row in FORMATS:
        if row.recognise(path, names, line):
            return row
    raise DataError(f"the form of the prices in {path} is not known", hint=_known())


def _known() -> str:
    return "known forms: " + "; ".join(f"{row.name} ({row.label})" for row in FORMATS)


def _look(path: Path) -> tuple[list[str], str]:
    """Return the names of the files in ``path`` and the first line of the first text file."""
    if path.is_file() and path.suffix.lower() == ".parquet":
        return [path.name], ""
    with open_archive(path, "") as archive:
        members = [member for member in archive.members if member.name.lower().endswith((".csv", ".txt"))]
        for member in members:
            if member.size:
                return [m.name for m in members], _first_line(archive, member)
        return [member.name for member in archive.members], ""


def _first_line(archive: Archive, member: Member) -> str:
    try:
        return archive.head(member, 4096).decode("utf-8-sig", "replace").splitlines()[0]
    except (MemberError, IndexError):
        return ""


def _plain(name: str) -> str:
    return name.lower().replace(" ", "").replace("_", "").replace("<", "").replace(">", "")


def _is_parquet(path: Path, names: list[str], line: str) -> bool:
    del line
    return path.is_file() and names[0].lower().endswith(".parquet")


def _is_stooq(path: Path, names: list[str], line: str) -> bool:
    del path, names
    return line.upper().replace(" ", "").startswith(STOOQ_HEADER)


def _is_stooq_csv(path: Path, names: list[str], line: str) -> bool:
    del path, line
    return any(name.lower().endswith(STOOQ_CSV) for name in names)


def _is_simfin(path: Path, names: list[str], line: str) -> bool:
    del path
    return len(names) == 1 and line.count(";") > 3 and {"ticker", "date", "close"} <= set(map(_plain, line.split(";")))


def _is_long(path: Path, names: list[str], line: str) -> bool:
    del path
    found = set(map(_plain, line.split(",")))
    return len(names) == 1 and bool(found & set(LONG_NAMES["ticker"])) and {"date", "close"} <= found


def _is_yahoo(path: Path, names: list[str], line: str) -> bool:
    del path, names
    found = list(map(_plain, line.split(",")))
    return found[:1] == ["date"] and {"close", "adjclose"} <= set(found)


def _mapping(columns: Sequence[str], source: str) -> dict[str, str]:
    """Return our column name to the file's; ``DataError`` when ticker, date or close is missing."""
    plain = {_plain(name): name for name in columns}
    found = {
        ours: next((plain[_plain(theirs)] for theirs in names if _plain(theirs) in plain), "")
        for ours, names in LONG_NAMES.items()
    }
    missing = [name for name in ("ticker", "date", "close") if not found[name]]
    if missing:
        raise DataError(
            f"{source} has no column {', '.join(missing)}", hint="expected ticker,date,close,adj_close,volume"
        )
    return found


def _insert_long(
    con: duckdb.DuckDBPyConnection, relation: str, columns: dict[str, str], line: str = "row_number() OVER ()"
) -> None:
    numbers = ", ".join(
        f"try_cast({identifier(columns[name])} AS DOUBLE)" if columns[name] else "NULL"
        for name in ("close", "adj_close", "volume")
    )
    con.execute(
        f"INSERT INTO raw_prices SELECT CAST({identifier(columns['ticker'])} AS VARCHAR), "
        f"{_day(identifier(columns['date']))}, {numbers}, {line} FROM {relation}"
    )


def _day(cell: str) -> str:
    """Return the SQL of a day, from a date, a timestamp or text that begins with one."""
    return f"try_cast(CAST({cell} AS VARCHAR)[1:10] AS DATE)"


def _read_parquet(
    con: duckdb.DuckDBPyConnection, path: Path, work: Path, report: BuildReport, progress: Progress | None
) -> None:
    import duckdb

    del work
    if progress:
        progress(f"reading {path.name}")
    relation = f"read_parquet({quoted(path)}, file_row_number = true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall()
        columns = _mapping([str(row[0]) for row in described], path.name)
        _insert_long(con, relation, columns, "file_row_number")
        count = con.execute("SELECT count(*) FROM raw_prices").fetchall()[0][0]
    except duckdb.Error as error:
        raise DataError(f"{path} cannot be read as Parquet: {first_line(error)}") from error
    report.read(path.name, "rows", count)


def _read_csv(delimiter: str) -> Reader:
    def read(
        con: duckdb.DuckDBPyConnection, path: Path, work: Path, report: BuildReport, progress: Progress | None
    ) -> None:
        if progress:
            progress(f"reading {path.name}")
        file = _single_csv(path) if path.is_dir() else unpack_csv(path, work)
        columns = load_csv(con, file, "price_csv", delimiter=delimiter, source=path.name, report=report)
        _insert_long(con, "price_csv", _mapping(columns, path.name))
        if delimiter == ";":
            _strip_suffixes(con)

    return read


def _strip_suffixes(con: duckdb.DuckDBPyConnection) -> None:
    """Take SimFin's suffix for companies that are gone off the ticker, where nobody else uses the bare one."""
    con.execute(
        """UPDATE raw_prices SET ticker = regexp_replace(ticker, '_.*$', '') WHERE contains(ticker, '_')
        AND regexp_replace(ticker, '_.*$', '') NOT IN (SELECT ticker FROM raw_prices WHERE ticker IS NOT NULL)"""
    )


def _single_csv(folder: Path) -> Path:
    return next(file for file in sorted(folder.rglob("*")) if file.suffix.lower() in {".csv", ".txt"})


def _members_reader(suffix: str, select: Callable[[str, int], str], note: str = "") -> Reader:
    """Make the reader of one file a ticker; ``select`` gives the query over a list of files and their first line."""

    def read(
        con: duckdb.DuckDBPyConnection, path: Path, work: Path, report: BuildReport, progress: Progress | None
    ) -> None:
        if note:
            report.note(note)
        with open_archive(path, suffix) as archive:
            report.read(path.name, "members", len(archive.members))
            for start in range(0, len(archive.members), BATCH_FILES):
                batch = archive.members[start : start + BATCH_FILES]
                files = _extract(archive, batch, work, report)
                _load_members(con, files, select, path.name, report)
                for file in files.values():
                    file.unlink()
                if progress:
                    progress(f"{path.name}: {start + len(batch):,} of {len(archive.members):,} files")

    return read


def _extract(archive: Archive, batch: Sequence[Member], work: Path, report: BuildReport) -> dict[int, Path]:
    """Unpack a batch, each member into a folder of its own: two folders may hold files of one name."""
    files: dict[int, Path] = {}
    for number, member in enumerate(batch):
        target = work / f"{number:04d}" / PurePosixPath(member.name).name
        target.parent.mkdir(exist_ok=True)
        try:
            archive.extract(member, target)
        except MemberError as error:
            report.dropped(archive.path.name, "members", "cannot be unpacked", 1, [str(error)])
            continue
        if target.stat().st_size == 0:
            report.dropped(archive.path.name, "members", "empty", 1, [member.name])
            continue
        files[number] = target
    return files


def _load_members(
    con: duckdb.DuckDBPyConnection,
    files: dict[int, Path],
    select: Callable[[str, int], str],
    source: str,
    report: BuildReport,
) -> None:
    if not files:
        return
    base = con.execute("SELECT coalesce(max(line), 0) FROM raw_prices").fetchall()[0][0]
    listed = "[" + ", ".join(quoted(file) for file in files.values()) + "]"
    if not _insert_members(con, select(listed, base), source, report):
        report.kept(source, "members", len(files))
        return
    # One file without the right header fails the whole statement: find it by reading them one by one.
    for file in files.values():
        base = con.execute("SELECT coalesce(max(line), 0) FROM raw_prices").fetchall()[0][0]
        problem = _insert_members(con, select(quoted(file), base), source, report)
        if problem:
            text = _refusal(file) or problem.replace(str(file), file.name)
            report.dropped(source, "members", "malformed", 1, [f"{file.name}: {text}"[:300]])
        else:
            report.kept(source, "members", 1)


def _refusal(file: Path) -> str:
    """Return the sentence that Stooq gives in place of prices, ``""`` for a file that has none."""
    with file.open("rb") as handle:
        head = handle.read(200).decode("utf-8", "replace").strip()
    return head if head.lower().startswith(STOOQ_REFUSAL) else ""


def _insert_members(con: duckdb.DuckDBPyConnection, query: str, source: str, report: BuildReport) -> str:
    """Run the query of some members into ``raw_prices``; return what is wrong, or an empty text."""
    import duckdb

    before = con.execute("SELECT count(*) FROM raw_prices").fetchall()[0][0]
    con.execute("DROP TABLE IF EXISTS csv_errors")
    con.execute("DROP TABLE IF EXISTS csv_scans")
    try:
        con.execute(f"INSERT INTO raw_prices {query}")
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        return first_line(error)
    after = con.execute("SELECT count(*) FROM raw_prices").fetchall()[0][0]
    lines = con.execute(
        """SELECT DISTINCT regexp_extract(file_path, '([^/]+)$', 1) || ':' || line
        FROM csv_errors JOIN csv_scans USING (scan_id, file_id) ORDER BY ALL"""
    ).fetchall()
    report.read(source, "rows", after - before + len(lines))
    report.dropped(source, "rows", "malformed line", len(lines), [row[0] for row in lines])
    return ""


_MEMBER_CSV = (
    "delim = ',', header = true, all_varchar = true, skip = 0, filename = true, "
    "store_rejects = true, rejects_table = 'csv_errors', rejects_scan = 'csv_scans', rejects_limit = 0"
)


def _yahoo_query(files: str, base: int) -> str:
    return (
        f"""SELECT regexp_extract(filename, '([^/]+)\\.[^.]+$', 1), {_day('"Date"')}, try_cast("Close" AS DOUBLE), """
        f"""try_cast("Adj Close" AS DOUBLE), try_cast("Volume" AS DOUBLE), {base} + row_number() OVER () """
        f"FROM read_csv({files}, {_MEMBER_CSV})"
    )


def _stooq_query(files: str, base: int) -> str:
    # An underscore is Stooq's way to write a preferred series.
    return (
        """SELECT replace(regexp_replace("<TICKER>", '\\.US$', '', 'i'), '_', '-P'), """
        """try_cast(try_strptime("<DATE>", '%Y%m%d') AS DATE), try_cast("<CLOSE>" AS DOUBLE), """
        f"""try_cast("<CLOSE>" AS DOUBLE), try_cast("<VOL>" AS DOUBLE), {base} + row_number() OVER () """
        f"FROM read_csv({files}, {_MEMBER_CSV})"
    )


def _stooq_csv_query(files: str, base: int) -> str:
    return (
        f"""SELECT replace(regexp_extract(filename, '([^/]+){STOOQ_CSV}$', 1, 'i'), '_', '-P'), {_day('"Date"')}, """
        """try_cast("Close" AS DOUBLE), try_cast("Close" AS DOUBLE), try_cast("Volume" AS DOUBLE), """
        f"{base} + row_number() OVER () FROM read_csv({files}, {_MEMBER_CSV})"
    )


STOOQ_NOTE = "Stooq's closes are adjusted for dividends too: market values of the past are a little too low"

FORMATS: tuple[PriceFormat, ...] = (
    PriceFormat("parquet", "one Parquet file: ticker,date,close,adj_close,volume", _is_parquet, _read_parquet),
    PriceFormat(
        "stooq",
        "Stooq's bulk zip or folder, <TICKER>.us.txt",
        _is_stooq,
        _members_reader(".txt", _stooq_query, STOOQ_NOTE),
    ),
    PriceFormat(
        "stooq-csv",
        "Stooq's files of single tickers, aapl_us_d.csv, in a folder or a zip",
        _is_stooq_csv,
        _members_reader(STOOQ_CSV, _stooq_csv_query, STOOQ_NOTE),
    ),
    PriceFormat("simfin", "SimFin's us-shareprices-daily, separated by semicolons", _is_simfin, _read_csv(";")),
    PriceFormat("csv", "one CSV file: ticker,date,open,high,low,close,adj_close,volume", _is_long, _read_csv(",")),
    PriceFormat(
        "yahoo", "a folder of Yahoo's CSV files, <TICKER>.csv", _is_yahoo, _members_reader(".csv", _yahoo_query)
    ),
)
