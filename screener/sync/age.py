"""One line for whoever runs a screen on old data: how old, and what brings them up to date."""

from __future__ import annotations

import shlex
from datetime import date
from pathlib import Path

from screener.lake.manifest import Manifest
from screener.lake.remote import Url
from screener.settings import data_home
from screener.sync.places import SOURCES, STATE_NAME
from screener.sync.price_store import PriceStore


def age_line(path: Path | Url, manifest: Manifest, today: date, most: int) -> str:
    """Return what to say of data that are more than ``most`` days old; ``""`` of newer ones and of a demo.

    Filings count until the day up to which a sync has all of them, else until the newest inside; prices until the
    newest inside. The files of a sync are looked at only where the filings inside are old.
    """
    days = {what: date.fromisoformat(day) for what, day in manifest.newest.items()}
    if manifest.demo or not _old(days, today, most):
        return ""
    kept, synced = _synced(path, manifest) if isinstance(path, Path) else (False, None)
    if synced is not None:
        days["filing"] = max(synced, days.get("filing", synced))
    old = _old(days, today, most)
    if not old:
        return ""
    told = ", ".join(f"{what}s until {days[what].isoformat()}" for what in old)
    age = max((today - days[what]).days for what in old)
    return f"the data are {age:,} days old ({told}): {_remedy(path, old, kept=kept)}"


def _old(days: dict[str, date], today: date, most: int) -> list[str]:
    return [what for what in ("filing", "price") if what in days and (today - days[what]).days > most]


def _synced(path: Path, manifest: Manifest) -> tuple[bool, date | None]:
    """Tell whether a sync keeps this data set, and the day until which it has all filings."""
    if not (path / SOURCES / STATE_NAME).is_file():
        return False, None
    from screener.sync.freshness import synced_until, unbuilt
    from screener.sync.state import read_state

    state = read_state(path / SOURCES)
    waiting = unbuilt(state, manifest)
    return waiting is not None, synced_until(state, waiting)


def _remedy(path: Path | Url, old: list[str], *, kept: bool) -> str:
    if isinstance(path, Url):
        return f"look for a newer version than that at {path}"
    named = "" if path == data_home() else f" --data {shlex.quote(str(path))}"
    if "filing" not in old:
        state = PriceStore(path / SOURCES).state
        again = f"screener data prices --provider {state.provider}{' --from NEWER_FILE' if state.path else ''}{named}"
        return again if state.provider else "build them again with newer prices"
    return f"screener data sync{named}" if kept else "build them again from newer files"
