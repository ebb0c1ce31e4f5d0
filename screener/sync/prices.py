"""Prices for a data set: fetched from a provider or read from one's own files, stored beside it, then built in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError, ScreenerError
from screener.sync.client import Client
from screener.sync.pace import Pace
from screener.sync.places import SOURCES
from screener.sync.price_fetch import Desk, Priced, fetch
from screener.sync.price_store import PriceStore
from screener.sync.providers import Provider, ready

if TYPE_CHECKING:
    from screener.sources.report import BuildReport, Progress
    from screener.sources.table_mapping import MappedTables

    # Given a mapping, by its path or name, and files.
    ReadTables = Callable[[str, Sequence[Path]], MappedTables]


def sync_prices(
    out: Path,
    provider: Provider,
    today: date,
    *,
    source: Path | None = None,
    tickers: Sequence[str] = (),
    since: date | None = None,
    build: bool = True,
    progress: Progress | None = None,
    client: Callable[[Provider, str], Client] | None = None,
    read_tables: ReadTables | None = None,
) -> Priced:
    """Bring the prices of the data set ``out`` up to date and build it again from the fundamentals of its last build.

    source: a file or folder of one's own, read where it lies by every build. tickers: these alone; without any, those
    of all common lines and receipts of the data set. since: the first day that is wanted of a ticker that is new.
    client: makes another client, for tests. read_tables: reads the mapping of a data set that was built from a vendor's
    tables; without it such a one is not built again. ``ScreenerError`` for wrong usage; ``DataError`` when the data
    set, the file or the provider is of no use. What came is kept, whatever fails; the data set stays as it was until a
    build has ended.
    """
    from screener.lake.versions import writer_lock

    _usable(provider, source, tickers=tickers, since=since)
    _no_demo(out)
    key = ready(provider) if source is None else ""
    with writer_lock(out):
        store = PriceStore(out / SOURCES)
        found = Priced()
        if source is not None:
            _point(store, provider, source)
        else:
            wanted = _tickers(out, tickers)
            desk = Desk(provider, (client or _client)(provider, key), key, last_session(today))
            fetch(store, desk, wanted, since=since, found=found, progress=progress)
        if build:
            found.report, found.note = _build_again(out, store, progress, read_tables)
    return found


def last_session(today: date) -> date:
    """Return the last weekday before ``today``: a day that still runs has no close."""
    day = today - timedelta(days=1)
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def _usable(provider: Provider, source: Path | None, *, tickers: Sequence[str], since: date | None) -> None:
    if source is None and provider.ask is None:
        raise ScreenerError(f"the provider {provider.name} reads a file or folder: --from PATH", hint=provider.label)
    if source is None:
        return
    if not provider.formats:
        raise ScreenerError(f"the provider {provider.name} is asked over the network: --from is not for it")
    if tickers or since:
        raise ScreenerError("a file is read whole: --tickers and --since are not for --from")


def _no_demo(out: Path) -> None:
    from screener.lake.manifest import MANIFEST_NAME, read_manifest

    if (out / MANIFEST_NAME).is_file() and read_manifest(out).demo:
        message = "the companies of the demo do not exist: nobody has their prices"
        raise ScreenerError(message, hint="name a data set of your own with --data")


def _point(store: PriceStore, provider: Provider, source: Path) -> None:
    """Remember where a file or folder of one's own is, if it has prices of this provider."""
    from screener.sources.prices import format_of

    form = format_of(source)
    if "" not in provider.formats and form not in provider.formats:
        hint = f"--provider local reads it; forms of {provider.name}: {', '.join(provider.formats)}"
        raise DataError(f"{source} has the form {form}, which is not one of {provider.name}", hint=hint)
    store.point(provider.name, source)


def _client(provider: Provider, key: str) -> Client:
    """Return a client that keeps the provider's pace; the contact is the SEC's alone."""
    return Client("", Pace(provider.per_second), secrets=(key,) if key else ())


def _tickers(out: Path, given: Sequence[str]) -> list[str]:
    """Return the tickers to ask for, in order: those given, else the lines of the data set that may have a price."""
    from screener.lake.connect import reading
    from screener.lake.manifest import MANIFEST_NAME

    if given:
        return sorted({ticker.strip().upper().replace(".", "-") for ticker in given if ticker.strip()})
    if not (out / MANIFEST_NAME).is_file():
        hint = "`screener data sync` or `screener data build` makes one; --tickers names some without"
        raise DataError(f"there is no data set at {out} to take tickers from", hint=hint)
    with reading(out) as lake:
        rows = lake.con.execute(
            "SELECT DISTINCT ticker FROM listings WHERE security_type IN ('common', 'adr') ORDER BY ticker"
        ).fetchall()
    return [str(row[0]) for row in rows]


def _build_again(
    out: Path, store: PriceStore, progress: Progress | None, read_tables: ReadTables | None
) -> tuple[BuildReport, str]:
    """Build from the fundamentals of the last build and the stored prices; return the report, and what to know."""
    from screener.build import build_data

    stored = store.stored(out)
    if stored.path is None:
        raise DataError(f"there are no prices to build {out} with", hint=stored.note)
    found = _fundamentals(out, stored.path)
    tables = read_tables(found.mapping, found.tables) if found.mapping and read_tables else None
    report = build_data(
        out, sec=found.sec, fsds=found.fsds, simfin=found.simfin, tables=tables, prices=stored.path, progress=progress
    )
    return report, stored.note


@dataclass(frozen=True, slots=True)
class Fundamentals:
    """What a data set was built from, by the arguments of a build; ``mapping`` is that of ``tables``."""

    sec: Path | None = None
    fsds: tuple[Path, ...] = ()
    simfin: Path | None = None
    tables: tuple[Path, ...] = ()
    mapping: str = ""


def _fundamentals(out: Path, prices: Path) -> Fundamentals:
    """Return what the last build read besides prices.

    Before the first build, and where that lay elsewhere and is gone, what a sync has fetched.
    """
    from screener.lake.memory import asked_for

    found = asked_for(out)
    asked = {name: tuple(map(Path, paths)) for name, paths in found.items() if name != "mapping"}
    mapping = next(iter(found.get("mapping", ())), "")
    own = (Path(mapping),) if Path(mapping).is_absolute() else ()
    gone = [path for paths in (*asked.values(), own) for path in paths if not path.exists()]
    if asked and not gone:
        sec, simfin = (asked.get(name, (None,))[0] for name in ("sec", "simfin"))
        return Fundamentals(sec, asked.get("fsds", ()), simfin, asked.get("table", ()), mapping)
    fetched = out / SOURCES / "sec"
    if fetched.is_dir() and _kind(out) in {"", "sec"}:
        return Fundamentals(fetched, tuple(sorted((out / SOURCES / "fsds").glob("*.zip"))))
    options = " ".join(f"--{name} PATH" for name in found) or "..."
    command = f"`screener data build {out} {options} --prices {prices}`"
    if gone:
        hint = f"the prices are kept: {command} builds with the sources where they are now"
        raise DataError(f"{gone[0]}, from which {out} was built, is gone", hint=hint)
    hint = f"the prices are kept: {command} builds with the options that it was built with"
    raise DataError(f"what {out} was built from is not known", hint=hint)


def _kind(out: Path) -> str:
    """Return the kind of a data set; ``""`` where there is none yet."""
    from screener.lake.manifest import MANIFEST_NAME, read_manifest

    return read_manifest(out).kind if (out / MANIFEST_NAME).is_file() else ""
