"""Prices for a data set: fetched from a provider or read from one's own files, stored beside it, then built in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError, ScreenerError
from screener.sync.askers import Asked, UnreadableError
from screener.sync.client import Client, RefusedError
from screener.sync.dataset import SOURCES
from screener.sync.pace import Pace
from screener.sync.price_store import PriceStore
from screener.sync.providers import Provider, ready
from screener.sync.quotes import Answer, Quote, agrees

if TYPE_CHECKING:
    from screener.sources.report import BuildReport, Progress

SAVE_EVERY = 25
# Answers in a row that are no prices: then it is not the tickers, but the network or the account.
FRUITLESS = 5
# A ticker that has had no new day for so long, or never had one, is asked for again after as many days.
QUIET_DAYS = 30
# Before the first of the days that are compared, for holidays.
BEFORE = timedelta(days=1)
# What a ticker may be: nothing else is put into an address.
_TICKER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")
LIMITS = frozenset({402, 429})
NO_ACCESS = frozenset({401, 403})


@dataclass
class Priced:
    """What a fetch of prices brought.

    came: tickers with new days; days in all. again: tickers of which all was fetched again, because of a split or a
    dividend. absent: tickers that the provider does not know. refused, unreadable: tickers without a sound answer.
    unusable: rows without a day or a sound close. quiet: tickers not asked for, since nothing new is to be expected.
    left: tickers that are still to be asked for, stopped: why, ``""`` where it came to its end. answered: tickers with
    an answer, fruitless: those without in a row. note, report: of the build, if there was one.
    """

    came: int = 0
    days: int = 0
    again: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    unusable: int = 0
    quiet: int = 0
    left: int = 0
    stopped: str = ""
    answered: int = 0
    fruitless: int = 0
    note: str = ""
    report: BuildReport | None = None


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
) -> Priced:
    """Bring the prices of the data set ``out`` up to date and build it again from the fundamentals of its last build.

    source: a file or folder of one's own, read where it lies by every build. tickers: these alone; without any, those
    of all common lines and receipts of the data set. since: the first day that is wanted of a ticker that is new.
    client: makes another client, for tests. ``ScreenerError`` for wrong usage; ``DataError`` when the data set, the
    file or the provider is of no use. What came is kept, whatever fails; the data set stays as it was until a build
    has ended.
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
            found.report, found.note = _build_again(out, store, progress)
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
    store.state.provider, store.state.path = provider.name, str(source.resolve())
    store.save()


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


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is asked, by which client and with which key, for the days up to ``until``."""

    provider: Provider
    client: Client
    key: str
    until: date

    def ask(self, ticker: str, since: date | None) -> Answer | None:
        """Return the provider's answer; ``None`` for a ticker that it does not know or that is none."""
        if self.provider.ask is None or not _TICKER.fullmatch(ticker):
            return None
        return self.provider.ask(self.client, self.key, Asked(ticker, since, self.until))


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of a ticker: the new days, or, where it stands for all that is there, all; ``None`` if unknown."""

    answer: Answer | None
    new: tuple[Quote, ...] = ()
    whole: bool = False


def fetch(
    store: PriceStore,
    desk: Desk,
    tickers: Sequence[str],
    *,
    since: date | None,
    found: Priced,
    progress: Progress | None = None,
) -> None:
    """Ask for each ticker what is new and put it into the store; ``found`` tells what came.

    A ticker whose last days are not the same any more (a split, a dividend) is asked for whole. What came is written
    down every few tickers, and however this ends.
    """
    store.merge()
    _begin(store, desk.provider, since)
    ends, state = store.ends(), store.state
    first = date.fromisoformat(state.since) if state.since else None
    with _kept(store, desk.until) as keep:
        for number, ticker in enumerate(tickers):
            if progress is not None:
                progress(f"fetching prices of {number + 1:,} of {len(tickers):,} tickers", number, len(tickers))
            there = ends.get(ticker, []) if ticker in state.asked else []
            if not _due(state.asked.get(ticker), there, desk.until):
                found.quiet += 1
                continue
            try:
                came = _settled(desk, ticker, there, first, found)
            except RefusedError as error:
                if error.status not in LIMITS:
                    raise
                found.stopped, found.left = error.message, len(tickers) - number
                break
            if came is not None:
                _count(found, ticker, came, there)
                keep(ticker, came)


def _settled(desk: Desk, ticker: str, there: Sequence[Quote], since: date | None, found: Priced) -> _Came | None:
    """Ask for a ticker; ``None`` where the answer is of no use. Too many of these in a row are a ``DataError``."""
    try:
        came = _one(desk, ticker, there, since)
    except RefusedError as error:
        if error.status not in NO_ACCESS:
            raise
        found.refused.append(ticker)
        found.fruitless += 1
        if not found.answered or found.fruitless >= FRUITLESS:
            raise _no_access(desk.provider, error) from error
    except UnreadableError as error:
        found.unreadable.append(ticker)
        found.fruitless += 1
        if found.fruitless >= FRUITLESS:
            raise _no_prices(desk.provider, error) from error
    else:
        found.answered += 1
        found.fruitless = 0
        return came
    return None


def _one(desk: Desk, ticker: str, there: Sequence[Quote], since: date | None) -> _Came:
    """Ask for what goes on where the stored days end; for everything, where there are none or they do not fit."""
    if there:
        answer = desk.ask(ticker, there[0].day - BEFORE)
        if answer is None or not answer.quotes:
            return _Came(answer)
        if agrees(there, answer):
            return _Came(answer, tuple(row for row in answer.quotes if row.day > there[-1].day))
    answer = desk.ask(ticker, since)
    return _Came(answer, answer.quotes if answer else (), whole=True)


def _due(asked: str | None, there: Sequence[Quote], until: date) -> bool:
    """Tell whether something new is to be expected of a ticker."""
    if asked is None:
        return True
    before = date.fromisoformat(asked)
    quiet = not there or there[-1].day < before - timedelta(days=QUIET_DAYS)
    return before + timedelta(days=QUIET_DAYS if quiet else 0) < until


def _count(found: Priced, ticker: str, came: _Came, there: Sequence[Quote]) -> None:
    if came.answer is None and not there:
        found.absent.append(ticker)
    if came.answer is not None:
        found.unusable += came.answer.unusable
    found.came += bool(came.new)
    found.days += len(came.new)
    if came.whole and came.new and there:
        found.again.append(ticker)


def _begin(store: PriceStore, provider: Provider, since: date | None) -> None:
    """Turn the store to a provider: another one, or an earlier first day, has every ticker fetched whole."""
    state = store.state
    earlier = bool(since and state.since and since.isoformat() < state.since)
    if state.fetched_by != provider.name or earlier:
        state.asked = {}
        state.since = since.isoformat() if since else ""
    elif since and not state.asked:
        state.since = since.isoformat()
    state.provider = state.fetched_by = provider.name
    state.path = ""
    store.save()


@contextmanager
def _kept(store: PriceStore, until: date) -> Iterator[Callable[[str, _Came], None]]:
    """Give a function that keeps what came of a ticker; all is written down when the block ends, whatever ends it."""
    waiting: list[tuple[str, Sequence[Quote], bool]] = []
    changed = False

    def write() -> None:
        # First the days, then that they were asked for: what is lost between is asked for once more.
        store.add(waiting)
        store.save()
        waiting.clear()

    def keep(ticker: str, came: _Came) -> None:
        nonlocal changed
        changed = True
        if came.new:
            waiting.append((ticker, came.new, came.whole))
        store.state.asked[ticker] = until.isoformat()
        if len(waiting) >= SAVE_EVERY:
            write()

    try:
        yield keep
    finally:
        if changed:
            write()
    store.merge()


def _no_access(provider: Provider, error: RefusedError) -> DataError:
    what = f"the key in {provider.key}" if provider.key else "the request"
    hint = "is it the one from your account, and does your plan have end-of-day prices?"
    return DataError(f"{provider.name} refuses {what} ({error.status})", hint=hint)


def _no_prices(provider: Provider, error: UnreadableError) -> DataError:
    hint = "what came before is kept; run the same command again to go on"
    return DataError(f"{provider.name} gives no prices {FRUITLESS} times in a row: {error}", hint=hint)


def _build_again(out: Path, store: PriceStore, progress: Progress | None) -> tuple[BuildReport, str]:
    """Build from the fundamentals of the last build and the stored prices; return the report, and what to know."""
    from screener.build import build_data

    stored = store.stored(out)
    if stored.path is None:
        raise DataError(f"there are no prices to build {out} with", hint=stored.note)
    sec, fsds, simfin = _fundamentals(out, stored.path)
    report = build_data(out, sec=sec, fsds=fsds, simfin=simfin, prices=stored.path, progress=progress)
    return report, stored.note


def _fundamentals(out: Path, prices: Path) -> tuple[Path | None, tuple[Path, ...], Path | None]:
    """Return the folder of the SEC, the data sets of statements and the folder of SimFin that the last build read.

    Before the first build, and where they lay elsewhere and are gone, what a sync has fetched.
    """
    from screener.lake.memory import asked_for

    asked = {name: tuple(map(Path, paths)) for name, paths in asked_for(out).items()}
    gone = [path for paths in asked.values() for path in paths if not path.exists()]
    fetched = out / SOURCES / "sec"
    if asked and not gone:
        sec, simfin = (asked.get(name, (None,))[0] for name in ("sec", "simfin"))
        return sec, asked.get("fsds", ()), simfin
    if fetched.is_dir():
        return fetched, tuple(sorted((out / SOURCES / "fsds").glob("*.zip"))), None
    options = " ".join(f"--{name} PATH" for name in asked or ("sec",))
    command = f"`screener data build {out} {options} --prices {prices}`"
    hint = f"the prices are kept: {command} builds with the sources where they are now"
    if gone:
        raise DataError(f"{gone[0]}, from which {out} was built, is gone", hint=hint)
    raise DataError(f"what {out} was built from is not known", hint=f"{hint}; or `screener data sync` fetches some")
