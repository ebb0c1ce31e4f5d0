"""Opening a data set: found, checked, and behind a DuckDB connection that can read its tables and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.lake import remote
from screener.lake.files import first_line, quoted, sha256_of
from screener.lake.manifest import MANIFEST_NAME, VERSIONS_NAME, Manifest, fetch_manifest, read_manifest
from screener.lake.remote import Url, place_of
from screener.settings import data_home

if TYPE_CHECKING:
    import duckdb

DATA_VARIABLE = "SCREENER_DATA"
_REBUILD = "build it again with `screener data build`"

# Set in this order: once the configuration is locked, no query can widen what it may read.
_SETTINGS = (
    "SET preserve_insertion_order = true",
    "SET default_null_order = 'nulls_last'",
    "SET default_order = 'ascending'",
    "SET TimeZone = 'UTC'",
    "SET parquet_metadata_cache = true",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET python_enable_replacements = false",
)


# Manifests of data sets at addresses that this process has opened: a question about one needs no request.
_seen: dict[Url, Manifest] = {}


@dataclass(frozen=True, slots=True)
class Lake:
    """An open data set: ``con`` has a view of each of its tables, by the names of ``schema.TABLE_NAMES``."""

    path: Path | Url
    directory: Path | Url
    manifest: Manifest
    con: duckdb.DuckDBPyConnection

    def close(self) -> None:
        """Close the connection."""
        self.con.close()

    def __enter__(self) -> Lake:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_data(option: str | None = None) -> Path | Url:
    """Return the place of the data set: the option, else ``SCREENER_DATA``, else the person's own, else the demo.

    The person's own is the one that ``screener data sync`` keeps, once it is there.
    ``DataError`` when the folder that is named, or the demo, is not there.
    """
    named = option or os.environ.get(DATA_VARIABLE)
    if named:
        place = place_of(named)
        if isinstance(place, Url):
            return place
        path = place.expanduser()
        try:
            found = path.is_dir()
        except OSError as error:
            raise DataError(f"the data set at {path} cannot be read: {error.strerror}") from error
        if not found:
            origin = "--data" if option else DATA_VARIABLE
            raise DataError(
                f"there is no data set at {path} (named by {origin})", hint="make one with `screener data build`"
            )
        return path
    own = data_home()
    if (own / MANIFEST_NAME).is_file():
        return own
    package = Path(__file__).resolve().parents[1]
    for demo in (package / "_shipped" / "demo", package.parent / "data" / "demo"):
        if (demo / MANIFEST_NAME).is_file():
            return demo
    raise DataError(
        "no data set is named and the demo data is not there",
        hint=f"name one with --data or {DATA_VARIABLE}, or make the demo with `screener data demo data/demo`",
    )


def open_lake(path: Path | Url) -> Lake:
    """Open the data set at ``path``; ``DataError`` when it is missing, damaged or of another schema.

    The connection is in memory, reads the tables of this version alone, and can't be reconfigured.
    """
    import duckdb

    if isinstance(path, Url):
        return _open_remote(path)
    manifest = read_manifest(path)
    directory = table_directory(path, manifest)
    con = duckdb.connect()
    try:
        files = {table.name: str(directory / f"{table.name}.parquet") for table in manifest.tables}
        _lock(con, files.values())
        for name, file in files.items():
            _view(con, name, file)
    except duckdb.Error as error:
        con.close()
        raise DataError(f"the data set at {path} cannot be opened: {first_line(error)}") from error
    return Lake(path, directory, manifest, con)


def _open_remote(url: Url) -> Lake:
    """Open a data set at an address: the extension reads the manifest first, then the tables of its version alone."""
    import duckdb

    with ExitStack() as unfinished:
        con = unfinished.enter_context(duckdb.connect())
        remote.load_extension(con, url)
        manifest = fetch_manifest(con, url)
        # Otherwise a file is asked for its length each time that it is opened.
        con.execute("SET enable_http_metadata_cache = true")
        directory = url.below(f"{VERSIONS_NAME}/{manifest.version}")
        files = {table.name: directory.file(f"{table.name}.parquet") for table in manifest.tables}
        _lock(con, files.values())
        for name, file in files.items():
            try:
                _view(con, name, file)
            except duckdb.Error as error:
                raise remote.failed(url, f"table {name}", error) from None
        unfinished.pop_all()
    _seen[url] = manifest
    return Lake(url, directory, manifest, con)


def _lock(con: duckdb.DuckDBPyConnection, files: Iterable[str]) -> None:
    """Let the connection read these files and nothing else, for good."""
    for setting in _SETTINGS:
        con.execute(setting)
    con.execute(f"SET allowed_paths = [{', '.join(map(quoted, files))}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def _view(con: duckdb.DuckDBPyConnection, name: str, file: str) -> None:
    con.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quoted(file)})")


def manifest_of(path: Path | Url) -> Manifest:
    """Return the manifest of a data set, of one at an address as it was when it was opened last."""
    return (_seen.get(path) if isinstance(path, Url) else None) or read_manifest(path)


@contextmanager
def facts_of(lake: Lake, issuer: int) -> Iterator[Path]:
    """Give a file that has the facts of an issuer: the table itself, or a copy of its rows from an address."""
    if isinstance(lake.directory, Path):
        yield lake.directory / "facts.parquet"
        return
    import tempfile

    import pyarrow.parquet as pq

    # A cursor of its own: somebody may still be reading what the connection was asked for.
    with tempfile.TemporaryDirectory() as folder, lake.con.cursor() as con:
        path = Path(folder) / "facts.parquet"
        pq.write_table(con.sql(f"SELECT * FROM facts WHERE issuer_id = {int(issuer)}").to_arrow_table(), path)
        yield path


@contextmanager
def reading(path: Path | Url) -> Iterator[Lake]:
    """Open the data set at ``path`` and close it afterwards; a query that stumbles over damage is a ``DataError``.

    Tables are checked by size when they are opened and by content only when a query fails: hashing takes longer
    than most runs.
    """
    import duckdb

    with open_lake(path) as lake:
        try:
            yield lake
        except duckdb.Error as error:
            if isinstance(path, Url):
                # What a query of ours does wrong stays what it is: a bug.
                if not (isinstance(error, duckdb.IOException) or type(error) is duckdb.Error):
                    raise
                raise remote.failed(path, "a table", error) from None
            damage = _damage(lake)
            if not damage:
                raise
            raise DataError(f"the data set at {path} is damaged: {damage}", hint=_REBUILD) from error


def _damage(lake: Lake) -> str:
    assert isinstance(lake.directory, Path), "what is elsewhere is not hashed"  # noqa: S101 - a bug, not an input
    for table in lake.manifest.tables:
        file = lake.directory / f"{table.name}.parquet"
        if not file.is_file():
            return f"table {table.name} was removed while it was read"
        if sha256_of(file) != table.sha256:
            return f"table {table.name} has another content than its manifest says"
    return ""


def table_directory(path: Path, manifest: Manifest) -> Path:
    """Return the folder of the manifest's tables; ``DataError`` when a table is missing or has another size."""
    directory = (path / VERSIONS_NAME / manifest.version).resolve()
    for table in manifest.tables:
        file = directory / f"{table.name}.parquet"
        size = file.stat().st_size if file.is_file() else None
        if size != table.size:
            state = "is missing" if size is None else "has another size than its manifest says"
            raise DataError(
                f"the data set at {path} is damaged: table {table.name} {state}",
                hint=_REBUILD,
            )
    return directory
