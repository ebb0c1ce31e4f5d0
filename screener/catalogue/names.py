"""The one registry of every name that a screen can use: line items, metrics with their aliases, and fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from screener.catalogue import fields, functions, items, metrics
from screener.catalogue.spelling import nearest
from screener.catalogue.synonyms import ABSENT, SYNONYMS

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = ("and", "or", "not", "in", "is", "between", "known", "unknown")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for.

    kind: ``item``, ``metric`` or ``field``. name: the canonical name. value: ``number``, ``text``, ``bool`` or
    ``date``. unit: a row name of the unit table. direction: ``higher``, ``lower`` or ``neutral``.
    rank_by: the yield that ranks in place of a multiple, or ``""``.
    """

    name: str
    kind: str
    label: str
    unit: str
    direction: str
    value: str = "number"
    rank_by: str = ""


class CatalogueClashError(AssertionError):
    """Two rows of the catalogue claim one name: a mistake of ours, found when the registry is built."""


def build(rows: Iterable[tuple[str, Entry]], taken: Iterable[str] = ()) -> dict[str, Entry]:
    """Return name or alias → entry; names claimed twice, or in ``taken``, raise a ``CatalogueClashError``."""
    found: dict[str, Entry] = {}
    blocked = set(taken)
    clashes: list[str] = []
    for name, entry in rows:
        if name in blocked:
            clashes.append(f"{name} ({entry.kind} {entry.name}, and a word of the language)")
        elif name in found:
            other = found[name]
            clashes.append(f"{name} ({other.kind} {other.name} and {entry.kind} {entry.name})")
        else:
            found[name] = entry
    if clashes:
        raise CatalogueClashError("names used twice in the catalogue: " + "; ".join(clashes))
    return found


def _rows() -> Iterable[tuple[str, Entry]]:
    for item in items.ITEMS:
        yield item.name, Entry(item.name, "item", item.label, item.unit, items.DIRECTIONS.get(item.name, "neutral"))
    for metric in metrics.METRICS:
        entry = Entry(metric.name, "metric", metric.label, metric.unit, metric.direction, rank_by=metric.rank_by)
        for name in (metric.name, *metric.aliases):
            yield name, entry
    for row in fields.FIELDS:
        direction = fields.DIRECTIONS.get(row.name, "neutral")
        entry = Entry(row.name, "field", row.label, row.unit, direction, row.kind)
        for name in (row.name, *row.aliases):
            yield name, entry


_REGISTRY: dict[str, Entry] = build(_rows(), (*functions.BY_NAME, *RESERVED))


def lookup(name: str) -> Entry | None:
    """Return what ``name`` (canonical or alias, in any case) stands for, or ``None``."""
    return _REGISTRY.get(name) or _REGISTRY.get(name.lower())


def every_name() -> tuple[str, ...]:
    """Return all names and aliases, in catalogue order."""
    return tuple(_REGISTRY)


def entries() -> tuple[Entry, ...]:
    """Return every entry once, in catalogue order."""
    return tuple(dict.fromkeys(_REGISTRY.values()))


_PLAIN_RATIO = re.compile(r"(?:when\([^,()]*, \d+, )?([a-z_][a-z0-9_]*) / ([a-z_][a-z0-9_]*)\)?")
# Of several metrics that are one quotient the first stands for it; the terms of scores are written for their scores.
_RATIOS: dict[tuple[str, str], str] = {
    (match[1], match[2]): metric.name
    for group in reversed(metrics.GROUPS)
    for metric in reversed(group.rows)
    if not group.score
    if (match := _PLAIN_RATIO.fullmatch(metric.formula)) is not None
}


def ratio_metric(numerator: str, denominator: str) -> str | None:
    """Return the metric that is ``numerator / denominator`` (canonical names), or ``None``.

    Written out, such a ratio has none of the metric's protection: a negative EBITDA makes
    ``net_debt / ebitda`` look small.
    """
    return _RATIOS.get((numerator, denominator))


_WORD = re.compile(r"[a-z_][a-z0-9_]*")


_PEER_CALL = re.compile(
    r"\b(?:" + "|".join(row.name for row in functions.FUNCTIONS if row.kind == "peers") + r")\s*\(", re.IGNORECASE
)


@lru_cache(maxsize=1024)
def needs_peers(name: str) -> bool:
    """Return whether ``name`` (canonical) compares names with each other, directly or through its formula."""
    metric = metrics.BY_NAME.get(name)
    if metric is None:
        return False
    if _PEER_CALL.search(metric.formula):
        return True
    found = (lookup(word) for word in _WORD.findall(metric.formula))
    return any(needs_peers(entry.name) for entry in found if entry is not None and entry.name != name)


@lru_cache(maxsize=1024)
def needs_market(name: str) -> bool:
    """Return whether ``name`` (canonical) is read, directly or through its formula, from prices."""
    field = fields.BY_NAME.get(name)
    if field is not None:
        return field.market
    metric = metrics.BY_NAME.get(name)
    if metric is None:
        return False
    found = (lookup(word) for word in _WORD.findall(metric.formula))
    return any(needs_market(entry.name) for entry in found if entry is not None and entry.name != name)


@lru_cache(maxsize=1024)
def reads_field(name: str) -> bool:
    """Return whether ``name`` (canonical) is a field, or is read through its formula from one: it has no history."""
    metric = metrics.BY_NAME.get(name)
    if metric is None:
        return name in fields.BY_NAME and not fields.BY_NAME[name].lasting
    found = (lookup(word) for word in _WORD.findall(metric.formula))
    return any(reads_field(entry.name) for entry in found if entry is not None and entry.name != name)


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def plain(word: str) -> str:
    """Return how a name is looked up: ``Free-Cash Flow``, ``freeCashFlow`` are ``free_cash_flow``."""
    spaced = word if "_" in word or word.isupper() else _HUMP.sub("_", word)
    text = re.sub(r"[\s_-]+", "_", re.sub(r"[.%()]+", " ", spaced).strip().lower())
    return re.sub(r"(\d+)_?(?:years?|yrs?)\b", r"\1y", text).strip("_")


def known_as(word: str) -> str | None:
    """Return the name for a way of writing it that needs no guessing (``p/e`` is ``pe``), or ``None``."""
    for written in (plain(word), re.sub(r"[\s_-]+", "_", word.strip().lower())):
        found = written if written in _REGISTRY else SYNONYMS.get(written)
        if found is not None:
            return found
    return _squashed().get(plain(word).replace("_", ""))


def absent(word: str) -> str:
    """Return what to say of a name that other screeners have and this one cannot; ``""`` for others."""
    return ABSENT.get(plain(word), "")


@lru_cache(maxsize=1)
def _squashed() -> dict[str, str]:
    """Return every known way of writing without its ``_``; those that leave two letters say nothing."""
    found = {**SYNONYMS, **{name: name for name in _REGISTRY}}
    return {name.replace("_", ""): meant for name, meant in found.items() if len(name.replace("_", "")) > 3}


def suggest(word: str, candidates: Iterable[str] | None = None) -> str | None:
    """Return the name that ``word`` was probably meant to be, or ``None``.

    Without ``candidates`` all names of the catalogue are tried, after a table of what people and other screeners call
    them (``p/e`` is ``pe``, ``net income`` is ``net_income``); with them, spelling alone decides. A name is near when
    a typing error in every fifth letter leads to it: nothing is better than a name of something else.
    """
    if candidates is None:
        if absent(word):
            return None
        return known_as(word) or _near(plain(word))
    candidates = tuple(candidates)
    written = plain(word)
    begun = [name for name in candidates if len(written) > 2 and (name.startswith(written) or written.startswith(name))]
    return nearest(written, candidates) or (begun[0] if len(begun) == 1 else None)


@lru_cache(maxsize=512)
def _near(text: str) -> str | None:
    found = nearest(text, _REGISTRY)
    return found or (SYNONYMS.get(nearest(text, SYNONYMS) or "") if len(text) > 4 else None)
