"""Prices fetched from a provider ticker by ticker: only what is new, all again where the past has changed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.sync.askers import Asked, UnreadableError
from screener.sync.client import Client, RefusedError
from screener.sync.download import SPARE_BYTES
from screener.sync.price_store import PriceStore
from screener.sync.providers import Provider
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
    _room(store)
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


def _room(store: PriceStore) -> None:
    """Raise ``DataError`` where the disk has no room for the file that is written beside the old one."""
    size = store.daily.stat().st_size if store.daily.is_file() else 0
    store.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(store.folder).free
    if free < 2 * size + SPARE_BYTES:
        message = f"the disk has {free / 1e6:,.0f} MB left: too little to keep prices in {store.folder}"
        raise DataError(message, hint="free some space; what is there stays as it was")


def _begin(store: PriceStore, provider: Provider, since: date | None) -> None:
    """Turn the store to a provider: another one, or an earlier first day, has every ticker fetched whole."""
    state = store.state
    if not store.daily.is_file():
        state.asked = {}
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

    def write() -> None:
        # First the days, then that they were asked for: what is lost between is asked for once more.
        store.add([entry for entry in waiting if entry[1]])
        store.save()
        waiting.clear()

    def keep(ticker: str, came: _Came) -> None:
        # Also those without a day count: many that are gone must not be asked for again after a power cut.
        waiting.append((ticker, came.new, came.whole))
        store.state.asked[ticker] = until.isoformat()
        if len(waiting) >= SAVE_EVERY:
            write()

    try:
        yield keep
    finally:
        if waiting:
            write()
    store.merge()


def _no_access(provider: Provider, error: RefusedError) -> DataError:
    what = f"the key in {provider.key}" if provider.key else "the request"
    hint = "is it the one from your account, and does your plan have end-of-day prices?"
    return DataError(f"{provider.name} refuses {what} ({error.status})", hint=hint)


def _no_prices(provider: Provider, error: UnreadableError) -> DataError:
    hint = "what came before is kept; run the same command again to go on"
    return DataError(f"{provider.name} gives no prices {FRUITLESS} times in a row: {error}", hint=hint)
