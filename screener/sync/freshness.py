"""How old a data set is: its sources, what has been filed since, and prices that have stopped."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.lake.ages import EXAMPLES, Due, Stopped, due_reports, newest, stopped_prices
from screener.lake.connect import Lake
from screener.lake.manifest import Manifest
from screener.lake.memory import read_from
from screener.lake.remote import Url
from screener.sync import sec
from screener.sync.filings import NEWER_FACTS, NEWER_SUBMISSIONS, indexed
from screener.sync.places import SOURCES
from screener.sync.state import State, read_state

if TYPE_CHECKING:
    from screener.sync.client import Client

# The index of more days is not asked for: everybody has reported in four months, and it is a file a day.
MOST_DAYS = 120


@dataclass(frozen=True, slots=True)
class Source:
    """Files that a data set was made from: how many, the last change of the newest, and when they were fetched.

    days: since that change. fetched: ``None`` for files that were not fetched by a sync.
    """

    name: str
    files: int
    changed: date | None
    days: int | None
    fetched: date | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a sync has fetched and no build has read: companies with newer files of their own; whether bulk files."""

    companies: int
    bulk: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """Issuers of the data set that have filed what matters after ``since``, by the SEC's index up to ``until``.

    all_days: the index was asked for all days since the newest filing of the data set. examples: (name, form, day).
    """

    since: date
    until: date | None
    issuers: int
    all_days: bool
    examples: tuple[tuple[str, str, date], ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """The age of a data set on ``today``; days are since the day beside them.

    filed_until: all that was filed until then is inside; for a data set that no sync keeps, its newest filing.
    waiting: ``None`` without a sync. filed: ``None`` where nobody was asked.
    """

    today: date
    filed_until: date | None
    filed_days: int | None
    price_until: date | None
    price_days: int | None
    sources: tuple[Source, ...]
    due: Due
    prices: Stopped
    waiting: Waiting | None = None
    filed: Filed | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the same as plain values, days as ISO text."""
        found: dict[str, Any] = _plain(self)
        return found


def freshness(lake: Lake, today: date, client: Client | None = None) -> Freshness | None:
    """Return how old an open data set is; ``None`` for a demo, which has no age.

    Only with a ``client`` is the SEC asked: its daily index is read. ``DataError`` when that cannot be had.
    """
    if lake.manifest.demo:
        return None
    filed, priced = (newest(lake, what, today) for what in ("filing", "price"))
    # Of a data set elsewhere it is not known what it was made from.
    state = read_state(lake.path / SOURCES) if isinstance(lake.path, Path) else State()
    waiting = unbuilt(state, lake.manifest)
    until = synced_until(state, waiting) or filed
    # The last day of which both are known: where one ends early, nobody has died since.
    last = min((day for day in (filed, priced) if day is not None), default=today)
    return Freshness(
        today=today,
        filed_until=until,
        filed_days=_since(until, today),
        price_until=priced,
        price_days=_since(priced, today),
        sources=_sources(lake.path, lake.manifest, state if waiting else State(), today),
        due=due_reports(lake, last, today),
        prices=stopped_prices(lake, last, priced),
        waiting=waiting,
        filed=_filed_since(lake, client, until, today) if client and until else None,
    )


def unbuilt(state: State, manifest: Manifest) -> Waiting | None:
    """Return what was fetched and is not in the data set; ``None`` where no sync made it."""
    inside = {source.name: source.sha256 for source in manifest.sources}
    bulk = [sec.BULK_BY_NAME[name].place for name in (sec.FACTS, sec.SUBMISSIONS)]
    if not all(place in inside and place in state.files for place in bulk):
        return None
    newer = {Path(place).name for place, known in state.companies.items() if inside.get(place) != known.sha256}
    return Waiting(len(newer), any(state.files[place].sha256 != inside[place] for place in bulk))


def synced_until(state: State, waiting: Waiting | None) -> date | None:
    """Return the day until which all filings are in the data set; ``None`` where the state does not tell."""
    return state.filed_until if waiting == Waiting(0, bulk=False) else None


def _sources(path: Path | Url, manifest: Manifest, state: State, today: date) -> tuple[Source, ...]:
    """Return a row for each bulk file of a sync, one for the companies' own files, and one for each other source."""
    if isinstance(path, Url):
        return ()
    found = []
    groups = {place: [known] for place, known in state.files.items() if not place.startswith("fsds/")}
    groups["fsds"] = [known for place, known in state.files.items() if place.startswith("fsds/")]
    groups[f"{NEWER_FACTS}, {Path(NEWER_SUBMISSIONS).name}"] = list(state.companies.values())
    for name, files in groups.items():
        changed = max((known.changed for known in files if known.changed), default=None)
        fetched = max((known.fetched for known in files), default="")
        day = date.fromisoformat(fetched) if fetched else None
        found += [Source(name, len(files), changed, _since(changed, today), day)] if files else []
    own = (path / SOURCES).resolve()
    for name, inputs in read_from(path, manifest).items():
        # What a sync fetched has its rows already.
        times = [file.changed_ns for file in inputs if not (state.files and Path(file.path).is_relative_to(own))]
        if times:
            changed = datetime.fromtimestamp(max(times) / 1e9, UTC).date()
            found.append(Source(name, len(times), changed, _since(changed, today)))
    return tuple(found)


def _filed_since(lake: Lake, client: Client, since: date, today: date) -> Filed | None:
    """Ask the SEC's daily index who of the data set has filed after ``since``; ``None`` where no CIK is known."""
    first = max(since, today - timedelta(days=MOST_DAYS))
    names = dict(lake.con.execute("SELECT cik, name FROM companies WHERE cik IS NOT NULL").fetchall())
    if not names:
        return None
    filers: dict[int, tuple[str, date]] = {}
    until = None
    with tempfile.TemporaryDirectory() as scratch:
        for day, found in indexed(client, Path(scratch), first, today):
            until = max(until or day, day)
            filers |= {cik: (form, day) for cik, form in found if cik in names}
    newest_first = sorted(filers.items(), key=lambda entry: (-entry[1][1].toordinal(), str(names[entry[0]])))
    examples = tuple((str(names[cik]), form, day) for cik, (form, day) in newest_first[:EXAMPLES])
    return Filed(first, until, len(filers), first == since, examples)


def _since(day: date | None, today: date) -> int | None:
    return None if day is None else (today - day).days


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value
