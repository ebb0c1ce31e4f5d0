"""A copy of the SEC's public files that is kept current: whole files first, then only what was filed since."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from screener.errors import DataError
from screener.sync import sec
from screener.sync.client import FORBIDDEN, Client, RefusedError
from screener.sync.download import ArrivesDamagedError, Fetched, Wanted, download
from screener.sync.state import State
from screener.sync.verify import Check, check_index, check_json, check_zip

if TYPE_CHECKING:
    from screener.sources.report import Progress

# Files of single companies are in folders beside the zip files, which they go before.
NEWER_FACTS, NEWER_SUBMISSIONS = "sec/companyfacts.newer", "sec/submissions.newer"
WORKERS = 4
# Beyond so many filers the zip files are quicker: two requests each at eight a second, against some 3 GB.
MOST_FILERS = 3_000
# A zip file that is older is fetched again, so that single files do not pile up for ever.
OLDEST_ZIP = timedelta(days=45)
INDEX_MOST, COMPANY_MOST = 50_000_000, 500_000_000
# The zip files are made at night of what was filed until the day before.
ZIP_LAG = timedelta(days=1)
SAVE_EVERY = 50
# Files of so many companies may be damaged on the server; when it is more, the server is.
MOST_DAMAGED = 5
UNDATED_ZIP = timedelta(days=7)
# So long after its first day a quarter has a folder of indexes, and a Financial Statement Data Set.
FOLDER_DUE, QUARTER_DUE = timedelta(days=7), timedelta(days=200)

T = TypeVar("T")


@dataclass
class Synced:
    """What a sync brought.

    fetched: files that are new, by place; bytes in all. filers: companies that filed since the last time;
    without_facts: those of them that the SEC has no numbers of. damaged: companies with a file that the server has
    damaged, which an older one stands in for. filed_until: the last day whose filings are all there.
    """

    fetched: list[str] = field(default_factory=list)
    size: int = 0
    filers: int = 0
    without_facts: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    filed_until: date | None = None


@dataclass
class Copy:
    """A copy of the SEC's files that is being brought up to date: who asks, where it lies, and what has come so far."""

    client: Client
    folder: Path
    state: State
    progress: Progress | None = None
    found: Synced = field(default_factory=Synced)

    def save(self) -> None:
        """Write down what is there."""
        self.state.save(self.folder)

    def note(self, place: str, known: Fetched) -> None:
        """Count a file that has come."""
        if known.new:
            self.found.fetched.append(place)
            self.found.size += known.size


def sync_filings(copy: Copy, today: date, *, whole: bool = False) -> None:
    """Bring the SEC's files of companies up to date; the state is saved as files come in.

    ``whole`` fetches the zip files however little was filed. ``DataError`` when something cannot be had; what is there
    then is what was there before, or newer, and each file whole.
    """
    state = copy.state
    _fetch(copy, sec.TICKERS)
    until = state.filed_until
    filers: dict[date, set[int]] = {}
    stale = whole or state.zips_until is None or today - state.zips_until > OLDEST_ZIP
    if until is not None and not stale:
        filers = _filers(copy, until, today)
        stale = len(set().union(*filers.values())) > MOST_FILERS
    if stale:
        filers = _filers(copy, _zips(copy, today), today)
    _companies(copy, filers)
    _tidy(copy.folder / "sec")
    copy.found.filed_until = state.filed_until


def oldest_quarter(folder: Path) -> tuple[int, int] | None:
    """Return the (year, quarter) of the oldest Financial Statement Data Set among the sources; ``None`` without one."""
    found = [re.fullmatch(r"(\d{4})q([1-4])", path.stem) for path in (folder / "fsds").glob("*.zip")]
    return min(((int(match[1]), int(match[2])) for match in found if match), default=None)


def sync_quarters(copy: Copy, first: tuple[int, int], today: date) -> None:
    """Fetch the Financial Statement Data Sets from the (year, quarter) ``first`` on that are not there yet.

    What is published does not change; a quarter that has just ended is published weeks later.
    """
    (copy.folder / "fsds").mkdir(exist_ok=True)
    for year, quarter in sec.quarters(first, today):
        place = f"fsds/{year}q{quarter}.zip"
        if place in copy.state.files and (copy.folder / place).is_file():
            continue
        url = sec.site() + sec.FSDS_ADDRESS.format(year=year, quarter=quarter)
        wanted = Wanted(url, copy.folder / place, check_zip, sec.FSDS_MOST, f"fetching {year}q{quarter}.zip")
        due = date(year, quarter * 3 - 2, 1) + QUARTER_DUE
        known = _if_there(copy.client, wanted, copy.progress, late=today > due)
        if known is not None:
            copy.note(place, known)
            copy.state.files[place] = known
            copy.save()
    _tidy(copy.folder / "fsds")


def _if_there(client: Client, wanted: Wanted, progress: Progress | None, *, late: bool) -> Fetched | None:
    """Fetch a file, ``None`` where there is none; unless it is ``late``, being forbidden means that as well.

    The SEC forbids what is not there yet: on its first day a quarter has no folder. Whether it forbids us is known from
    the files before.
    """
    try:
        return download(client, wanted, None, progress)
    except RefusedError as error:
        if late or error.status != FORBIDDEN:
            raise
        return None


def _tidy(folder: Path) -> None:
    """Remove what broke off and was not gone on with: all that is wanted of this folder is there."""
    for path in folder.rglob("*.part*"):
        path.unlink(missing_ok=True)


def _fetch(copy: Copy, name: str) -> None:
    """Fetch a file that is fetched whole, if it has changed."""
    row = sec.BULK_BY_NAME[name]
    target = copy.folder / row.place
    target.parent.mkdir(parents=True, exist_ok=True)
    wanted = Wanted(sec.site() + row.address, target, row.check, row.most, f"fetching {target.name}")
    known = download(copy.client, wanted, copy.state.files.get(row.place), copy.progress)
    if known is None:
        raise DataError(f"{wanted.url} is not there", hint="has the SEC moved it? is there a newer screener?")
    copy.note(row.place, known)
    copy.state.files[row.place] = known
    copy.save()


def _zips(copy: Copy, today: date) -> date:
    """Fetch the zip files and return the last day whose filings they have.

    Files of single companies that are not newer go: the zip files have all that is in them.
    """
    for name in (sec.SUBMISSIONS, sec.FACTS):
        _fetch(copy, name)
    state = copy.state
    made = [state.files[sec.BULK_BY_NAME[name].place].changed for name in (sec.SUBMISSIONS, sec.FACTS)]
    # A server that gives no day has files of the last days: what was filed in them is asked for once more.
    day = min(known or today - UNDATED_ZIP for known in made) - ZIP_LAG
    current = {place for place, known in state.companies.items() if (known.changed or day) > day}
    # Also those that a killed sync has put there and not noted: they would go before what is newer.
    for path in (path for name in (NEWER_FACTS, NEWER_SUBMISSIONS) for path in (copy.folder / name).glob("*.json")):
        if path.relative_to(copy.folder).as_posix() not in current:
            path.unlink()
    state.companies = {place: known for place, known in state.companies.items() if place in current}
    state.damaged = set()
    state.filed_until = state.zips_until = day
    copy.save()
    return day


def _filers(copy: Copy, since: date, today: date) -> dict[date, set[int]]:
    """Return, for each day after ``since`` that has an index, the companies that filed what matters."""
    with _scratch(copy.folder) as scratch:
        return {day: {cik for cik, _ in found} for day, found in indexed(copy.client, scratch, since, today)}


def indexed(client: Client, scratch: Path, since: date, today: date) -> Iterator[tuple[date, list[tuple[int, str]]]]:
    """Yield each day after ``since`` that has an index, with the (CIK, form) of what was filed and matters.

    scratch: a folder for the files of the index. ``DataError`` when the index cannot be had.
    """
    for day in sec.folders(since + timedelta(days=1), today):
        late = today > day + FOLDER_DUE
        listing = _text(client, f"{sec.index_folder(day)}/index.json", scratch, check_json, late=late)
        if listing is None:
            # The first day of a quarter has no folder until its first index.
            continue
        try:
            days = sec.index_days(listing, since, today)
        except ValueError as error:
            raise DataError(f"{sec.index_folder(day)}/index.json: {error}") from error
        for filed, name in days:
            index = _text(client, f"{sec.index_folder(day)}/{name}", scratch, check_index)
            if index is None:
                # Listed, and not there yet: this day and those after it stay open.
                return
            yield filed, sec.filings(index)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give a folder for files that are read once; what a killed sync left there goes, too."""
    path = folder / ".index"
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _text(client: Client, url: str, folder: Path, check: Check, *, late: bool = True) -> bytes | None:
    path = folder / url.rpartition("/")[2]
    if _if_there(client, Wanted(url, path, check, INDEX_MOST), None, late=late) is None:
        return None
    return path.read_bytes()


def _companies(copy: Copy, filers: dict[date, set[int]]) -> None:
    """Fetch the files of the companies that filed; the day of the last index is then that until which all is there.

    Companies whose files the server has damaged are noted, and asked for again by every sync until they are sound.
    """
    state = copy.state
    ciks = sorted(state.damaged.union(*filers.values()))
    if not ciks and not filers:
        return
    copy.found.filers = len(set().union(*filers.values()))
    for place in (NEWER_FACTS, NEWER_SUBMISSIONS):
        (copy.folder / place).mkdir(parents=True, exist_ok=True)

    companies = _in_parallel(lambda cik: _company(copy, cik), ciks, copy.client.stop)
    for number, (cik, files, damaged) in enumerate(companies, start=1):
        for place, known in files.items():
            if known is not None:
                copy.note(place, known)
                state.companies[place] = known
            elif place.startswith(NEWER_FACTS):
                copy.found.without_facts.append(cik)
        state.damaged.discard(cik)
        if damaged is not None:
            copy.found.damaged.append(cik)
            state.damaged.add(cik)
            if len(copy.found.damaged) > MOST_DAMAGED:
                raise damaged
        if copy.progress is not None:
            copy.progress(f"fetching {number:,} of {len(ciks):,} companies that filed", number, len(ciks))
        if number % SAVE_EVERY == 0:
            copy.save()
    if filers:
        state.filed_until = max(filers)
    copy.save()


def _company(copy: Copy, cik: int) -> tuple[int, dict[str, Fetched | None], DataError | None]:
    """Fetch the two files of a company; ``None`` for one that there is not; and what is wrong with one, if anything."""
    addresses = {
        f"{NEWER_FACTS}/CIK{cik:010d}.json": sec.facts_address(cik),
        f"{NEWER_SUBMISSIONS}/CIK{cik:010d}.json": sec.submissions_address(cik),
    }
    found, wrong = {}, None
    for place, url in addresses.items():
        wanted = Wanted(url, copy.folder / place, check_json, COMPANY_MOST)
        try:
            found[place] = download(copy.client, wanted, copy.state.companies.get(place))
        except ArrivesDamagedError as error:
            wrong = error
    return cik, found, wrong


def _in_parallel(work: Callable[[int], T], ciks: list[int], stop: Callable[[], None]) -> Iterator[T]:
    """Yield what ``work`` gives for each company, in order; the first failure ends the rest, and so does Ctrl-C.

    ``stop`` ends what the others wait for.
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        try:
            yield from pool.map(work, ciks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
