"""Daily closes as providers give them, brought to one basis: adjusted for the splits up to their own last day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

# One close given twice by the same provider differs by its rounding alone; the smallest dividends are larger.
SAME = 1e-5


@dataclass(frozen=True, slots=True)
class Quote:
    """A day of a listing: dollars for ``close`` and ``adj_close``, shares for ``volume``; ``None`` where unknown."""

    day: date
    close: float
    adj_close: float | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider says of a ticker: its days, oldest first, all on the basis of the last one, and its splits.

    splits: (ex-date, new shares for an old one). unusable: rows without a day or a sound close.
    """

    quotes: tuple[Quote, ...]
    splits: tuple[tuple[date, float], ...] = ()
    unusable: int = 0


def number(value: object) -> float | None:
    """Return a cell as a finite number; ``None`` for anything else (NaN, text, true, a number beyond all bounds)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def day_of(value: object) -> date | None:
    """Return the day that text begins with (2024-06-10, 2024-06-10T00:00:00.000Z); ``None`` for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def quote(row: Mapping[str, object], names: tuple[str, str, str, str]) -> Quote | None:
    """Return a provider's row under its ``names`` of day, close, adjusted close and volume; ``None`` if unusable."""
    day, close, adjusted, volume = (row.get(name) for name in names)
    when, price = day_of(day), number(close)
    if when is None or price is None or price <= 0:
        return None
    total, shares = number(adjusted), number(volume)
    return Quote(
        when, price, total if total and total > 0 else None, shares if shares is not None and shares >= 0 else None
    )


def in_order(quotes: Iterable[Quote], until: date) -> tuple[Quote, ...]:
    """Return the days up to ``until``, oldest first, each once: of two rows for a day the later one counts."""
    return tuple(sorted({q.day: q for q in quotes if q.day <= until}.values(), key=lambda q: q.day))


def adjusted(quotes: Sequence[Quote], splits: Sequence[tuple[date, float]], *, volume: bool) -> tuple[Quote, ...]:
    """Bring raw closes to the basis of the last day: over the ratios of all splits after their day, up to the last.

    ``volume``: shares traded come raw as well, and are multiplied. Adjusted closes stay. A split that is announced for
    a day after the last quote is not in the prices yet. A 10:1 split has the ratio 10, a 1:30 reverse split 1/30.
    """
    if not quotes:
        return ()
    waiting = sorted((day, ratio) for day, ratio in splits if day <= quotes[-1].day)
    factor = 1.0
    found: list[Quote] = []
    for row in reversed(quotes):
        while waiting and waiting[-1][0] > row.day:
            factor *= waiting.pop()[1]
        shares = row.volume * factor if volume and row.volume is not None else row.volume
        found.append(Quote(row.day, row.close / factor, row.adj_close, shares))
    return tuple(reversed(found))


def agrees(stored: Sequence[Quote], answer: Answer) -> bool:
    """Tell whether an answer goes on where ``stored`` (the last days that are there) ends, on the same basis.

    It does if they have days in common, all with the same close and adjusted close, and no split comes after them. A
    dividend moves the adjusted closes, a split the closes too: then what is stored is on a basis of the past.
    """
    last = stored[-1].day
    if any(day > last for day, _ in answer.splits):
        return False
    before = {row.day: row for row in stored}
    common = [(before[row.day], row) for row in answer.quotes if row.day in before]
    return bool(common) and all(
        _same(old.close, new.close) and _same(old.adj_close, new.adj_close) for old, new in common
    )


def _same(old: float | None, new: float | None) -> bool:
    if old is None or new is None:
        return old is new
    return abs(new / old - 1) <= SAME
