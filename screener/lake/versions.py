"""New versions of a data set appear whole or not at all: one writer, an atomic rename, readers never blocked."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from screener.errors import DataError
from screener.lake.files import check_columns, quoted, sha256_of
from screener.lake.manifest import MANIFEST_NAME, VERSIONS_NAME, Manifest, TableFile, read_manifest
from screener.lake.memory import FOLDER
from screener.lake.remote import refuse_address
from screener.lake.schema import FAR_DATE, TABLE_NAMES, columns_of

LOCK_NAME = ".lock"
STAGE_NAME = ".stage"
FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
_INCOMING = ".incoming-"
# Where the days are that tell how new a data set is.
NEWEST = {"filing": (("facts", "filed"), ("events", "filed")), "price": (("prices", "date"),)}

# Locks that this process holds: a build holds the lock from its first file on and publishes inside it.
_held: set[Path] = set()


@contextmanager
def writer_lock(out: Path) -> Iterator[None]:
    """Hold the data set's writer lock (an OS lock: it ends with the process); ``DataError`` when another has it."""
    refuse_address(out)
    key = out.resolve()
    if key in _held:
        yield
        return
    with _disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(out / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DataError(
                f"another sync or build is writing the data set at {out}",
                hint="wait until it has ended",
            ) from error
        _held.add(key)
        try:
            yield
        finally:
            _held.discard(key)
    finally:
        os.close(descriptor)


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give an empty folder inside ``out`` to build in, under the writer lock; it is gone afterwards.

    It lies on the file system of the data set, so publishing moves files instead of copying them.
    """
    with writer_lock(out):
        clean(out)
        stage = out / STAGE_NAME
        with _disk_errors(out):
            stage.mkdir()
        try:
            with _full_disk(out):
                yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def publish(out: Path, stage: Path, manifest: Manifest) -> Path:
    """Make the tables in ``stage`` the data set at ``out`` and return the folder of the new version.

    ``stage`` holds ``<table>.parquet`` for every table; they are moved away. They are verified against the schema,
    counted and hashed here: ``manifest.tables`` is filled in. ``DataError`` when a table is wrong, the disk is full
    or another sync or build is running; the old data set stays as it was.
    """
    with writer_lock(out), _disk_errors(out):
        tables = measure(stage)
        manifest = replace(manifest, newest={} if manifest.demo else newest_days(stage, manifest.created))
        old = _current(out)
        sealed = manifest.sealed(tables, "")
        if old:
            sealed = manifest.sealed(tables, old.previous if old.version == sealed.version else old.version)
        target = _move_in(out, stage, sealed)
        _replace_manifest(out, sealed)
        clean(out)
        return target


def measure(folder: Path) -> tuple[TableFile, ...]:
    """Return rows, size and hash of the tables in ``folder``; ``DataError`` when one does not fit the schema."""
    import duckdb

    found = []
    with duckdb.connect() as con:
        for table in TABLE_NAMES:
            path = folder / f"{table}.parquet"
            rows = check_columns(con, path, table, columns_of(table))
            found.append(TableFile(table, rows, path.stat().st_size, sha256_of(path)))
    return tuple(found)


def newest_days(folder: Path, created: str) -> dict[str, str]:
    """Return the last day of a ``filing`` and of a ``price`` in the tables of ``folder``, as ISO text, if there is one.

    A day after ``created``, the day of the build, is an error of the source and says nothing.
    """
    import duckdb

    try:
        last = date.fromisoformat(created).isoformat()
    except ValueError:
        last = FAR_DATE
    found = {}
    with duckdb.connect() as con:
        for what, columns in NEWEST.items():
            days = " UNION ALL ".join(
                f"SELECT max({column}) FILTER ({column} <= DATE '{last}') AS day "
                f"FROM read_parquet({quoted(folder / f'{table}.parquet')})"
                for table, column in columns
            )
            row = con.execute(f"SELECT max(day) FROM ({days})").fetchone()
            if row and row[0]:
                found[what] = row[0].isoformat()
    return found


def clean(out: Path) -> None:
    """Remove what nobody names: older versions, and what a killed build left behind (stage, half-moved tables)."""
    with writer_lock(out):
        shutil.rmtree(out / STAGE_NAME, ignore_errors=True)
        (out / f"{MANIFEST_NAME}.new").unlink(missing_ok=True)
        current = _current(out)
        named = {current.version, current.previous} if current else set()
        versions = out / VERSIONS_NAME
        for path in sorted(versions.iterdir()) if versions.is_dir() else []:
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)


def _current(out: Path) -> Manifest | None:
    try:
        return read_manifest(out)
    except DataError:
        return None


def _move_in(out: Path, stage: Path, manifest: Manifest) -> Path:
    target = out / VERSIONS_NAME / manifest.version
    remembered = stage / FOLDER
    if _holds(target, manifest):
        # The same tables from other files: what the last build remembers of them gives way.
        if remembered.is_dir():
            shutil.rmtree(target / FOLDER, ignore_errors=True)
            shutil.move(remembered, target / FOLDER)
        return target
    incoming = out / VERSIONS_NAME / (_INCOMING + manifest.version)
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True)
    for table in manifest.tables:
        path = incoming / f"{table.name}.parquet"
        shutil.move(stage / path.name, path)
        path.chmod(0o444)
        _sync(path)
    if remembered.is_dir():
        shutil.move(remembered, incoming / FOLDER)
    _sync(incoming)
    shutil.rmtree(target, ignore_errors=True)
    incoming.replace(target)
    _sync(target.parent)
    return target


def _holds(target: Path, manifest: Manifest) -> bool:
    for table in manifest.tables:
        path = target / f"{table.name}.parquet"
        if not path.is_file() or path.stat().st_size != table.size or sha256_of(path) != table.sha256:
            return False
    return True


def _replace_manifest(out: Path, manifest: Manifest) -> None:
    fresh = out / f"{MANIFEST_NAME}.new"
    fresh.write_text(manifest.dumps(), encoding="utf-8")
    _sync(fresh)
    fresh.replace(out / MANIFEST_NAME)
    _sync(out)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _full_disk(out: Path) -> Iterator[None]:
    """Say that the disk is full, whoever found out: Python or DuckDB, or that a file is closed to us."""
    import duckdb

    try:
        yield
    except PermissionError as error:
        raise DataError(f"{error.filename or out} cannot be opened: {error.strerror}") from error
    except OSError as error:
        if error.errno not in FULL_DISK:
            raise
        raise _full(out) from error
    except duckdb.Error as error:
        if "No space left" not in str(error):
            raise
        raise _full(out) from error


def _full(out: Path) -> DataError:
    return DataError(
        f"the disk is full: the data set at {out} was not changed", hint="free some space, then build again"
    )


@contextmanager
def _disk_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            raise _full(out) from error
        raise DataError(f"the data set at {out} cannot be written: {error}") from error
