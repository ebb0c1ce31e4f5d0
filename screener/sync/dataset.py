"""A data set kept current from the SEC's files: fetch what is new, then build what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.sync.client import Client
from screener.sync.filings import Copy, Synced, oldest_quarter, sync_filings, sync_quarters
from screener.sync.places import SOURCES
from screener.sync.price_store import PriceStore, Stored
from screener.sync.state import read_state

if TYPE_CHECKING:
    from screener.sources.report import BuildReport, Progress


@dataclass(frozen=True)
class Current:
    """A data set after a sync: what was fetched, and the report of the build (``unchanged``: nothing had to be).

    note: what a person should know of the prices that were stored before.
    """

    synced: Synced
    report: BuildReport | None
    note: str = ""


def sync_data(
    out: Path,
    client: Client,
    today: date,
    *,
    fsds: tuple[int, int] | None = None,
    prices: Path | None = None,
    whole: bool = False,
    build: bool = True,
    progress: Progress | None = None,
) -> Current:
    """Fetch the SEC's files into ``out/sources`` and build the data set ``out`` from them.

    fsds: the first (year, quarter) of the Financial Statement Data Sets that are wanted, ``None`` for those after what
    is there, if any are. prices: a price file or folder, also for later calls; without one, what is stored. whole:
    fetch the zip files however little was filed.
    Another sync or build of the same data set is a ``DataError``. Whatever fails, the data set stays as it was.
    """
    from screener.build import build_data
    from screener.lake.versions import clean, writer_lock

    folder = out / SOURCES
    with writer_lock(out):
        with _disk_errors(folder):
            folder.mkdir(exist_ok=True)
            copy = Copy(client, folder, read_state(folder), progress)
            sync_filings(copy, today, whole=whole)
            quarters = [first for first in (fsds, oldest_quarter(folder)) if first is not None]
            if quarters:
                sync_quarters(copy, min(quarters), today)
        zips = tuple(sorted((folder / "fsds").glob("*.zip")))
        if not build:
            return Current(copy.found, None)
        store = PriceStore(folder)
        stored = Stored(prices) if prices else store.stored(out)
        report = build_data(out, sec=folder / "sec", fsds=zips, prices=stored.path, progress=progress)
        if report.unchanged:
            # Nobody came after a build that was killed before its end.
            clean(out)
        if prices:
            store.point("local", prices)
    return Current(copy.found, report, stored.note)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Say that the disk is full, or that the folder is closed to us; connections have errors of their own."""
    from screener.lake.versions import FULL_DISK

    try:
        yield
    except OSError as error:
        if error.errno in FULL_DISK:
            message = f"the disk is full: nothing more can be fetched to {folder}, and the data set was not changed"
            raise DataError(message, hint="free some space, then sync again: it goes on where it broke off") from error
        raise DataError(
            f"cannot write below {folder}: {error}", hint="make it writable, or name another folder"
        ) from error
