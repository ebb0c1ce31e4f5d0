"""What is known of a name, for people: a metric with its parts, the line items under it and the metrics above it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from screener.catalogue import describe, fields, items, metrics, names
from screener.catalogue.metrics import GROUPS
from screener.errors import ScreenError
from screener.language.ast import Expr
from screener.language.definitions import find
from screener.language.own import OwnMetrics, names_in
from screener.language.screen import Definition

OWN_GROUP = "own"
# The words of a search must all stand in one entry; an entry counts by the best place of any of them.
SEARCHED = ("name", "also called", "label", "formula", "source", "note")


@dataclass(frozen=True, slots=True)
class Part:
    """A name that a formula uses. kind: ``metric``, ``line item`` or ``field``; formula: ``""`` but for metrics."""

    name: str
    label: str
    kind: str
    unit: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything about one name.

    parts: the names in its formula. line_items, fields: what it comes to in the end, through all formulas and the
    conditions under which it is undefined. undefined: (condition, reason, worst, best or none). used_by: the metrics
    whose formula or conditions name it. source: paper or standard; the tags of a line item.
    """

    name: str
    kind: str
    label: str
    group: str
    formula: str
    unit: str
    direction: str
    parts: tuple[Part, ...] = ()
    line_items: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    undefined: tuple[tuple[str, str, str], ...] = ()
    refused: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    rank_by: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    used_by: tuple[str, ...] = ()
    file: str = ""


def page(name: str, own: OwnMetrics) -> Page:
    """Return what is known of a name or alias, in any case; ``ScreenError`` with a suggestion for an unknown one."""
    mine = own.definitions()
    entry = names.lookup(name)
    taken = own.names.get(name) or own.names.get(name.lower())
    if taken is None and entry is None:
        near = names.suggest(name, [*own.names, *names.every_name()]) or names.known_as(name)
        hint = f"did you mean {near!r}?" if near else "`screener metrics` lists them all"
        raise ScreenError(f"unknown metric {name!r}", hint=hint)
    canonical = taken.name if taken is not None else entry.name if entry is not None else name
    metric = find(canonical, mine)
    users = _users(canonical, mine)
    if metric is None:
        return _stored(canonical, users)
    found_items, found_fields = leaves(metric.expressions(), mine)
    return Page(
        name=metric.name,
        kind="metric",
        label=metric.label,
        group=_group(metric, mine),
        formula=metric.text,
        unit=metric.unit,
        direction=metric.direction,
        parts=tuple(_part(part, mine) for part in dict.fromkeys(map(canonical_name, names_in(metric.expr)))),
        line_items=found_items,
        fields=found_fields,
        undefined=tuple((case.text, case.reason, case.rank) for case in metric.undefined),
        refused=metric.refused,
        only=metric.only,
        rank_by=metric.rank_by,
        aliases=metric.aliases,
        source=metric.source,
        note=metric.note,
        used_by=users,
        file=metric.file,
    )


def canonical_name(name: str) -> str:
    """Return the name itself for an alias of the catalogue; formulas of the catalogue may use either."""
    return metrics.ALIASES.get(name, name)


def leaves(expressions: Iterable[Expr], own: Mapping[str, Definition]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the line items and the fields that some expressions rest on, through the formulas of all metrics."""
    found: dict[str, None] = {}
    pending = [canonical_name(name) for name in names_in(*expressions)][::-1]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found[name] = None
        metric = find(name, own)
        if metric is not None:
            pending.extend([canonical_name(part) for part in names_in(*metric.expressions())][::-1])
    return (
        tuple(name for name in found if name in items.BY_NAME),
        tuple(name for name in found if name in fields.BY_NAME),
    )


def _group(metric: Definition, own: Mapping[str, Definition]) -> str:
    return OWN_GROUP if metric.name in own else metrics.BY_NAME[metric.name].group


def _part(name: str, own: Mapping[str, Definition]) -> Part:
    metric = find(name, own)
    if metric is not None:
        return Part(name, metric.label, "metric", metric.unit, metric.text)
    entry = names.lookup(name)
    assert entry is not None, "every name of a formula is one"  # noqa: S101 - formulas are resolved or tested
    return Part(name, entry.label, "line item" if entry.kind == "item" else entry.kind, entry.unit)


def _users(name: str, own: Mapping[str, Definition]) -> tuple[str, ...]:
    found = []
    for row in (*own, *metrics.BY_NAME):
        metric = find(row, own)
        if metric is not None and name in map(canonical_name, names_in(*metric.expressions())):
            found.append(row)
    return tuple(found)


def _stored(name: str, users: tuple[str, ...]) -> Page:
    """Return the page of a line item or a field."""
    row = next(row for row in describe.catalogue_rows() if row["name"] == name)
    kind, note = ("line item", items.BY_NAME[name].note) if name in items.BY_NAME else ("field", "")
    help_text = row["source"] if kind == "field" else note
    source = "" if kind == "field" else row["source"]
    return Page(name, kind, row["label"], row["group"], "", row["unit"], row["direction"], source=source,
                note=help_text, used_by=users)  # fmt: skip


def rows(own: OwnMetrics, *, group: str = "", search: str = "") -> list[dict[str, str]]:
    """Return the entries of the catalogue after those of ``own``, each with the keys of ``describe.HEADERS``.

    group: only this group; ``ScreenError`` with a suggestion for an unknown one. search: only entries with every one
    of its words, those that have it in their name first.
    """
    found = [_own_row(definition) for definition in own.definitions().values()] + describe.catalogue_rows()
    if group:
        known = list(dict.fromkeys([*(row.name for row in GROUPS), *(row["group"] for row in found)]))
        found = [row for row in found if row["group"] == group]
        if group not in known:
            near = names.suggest(group, known)
            hint = f"did you mean {near!r}?" if near else "groups: " + ", ".join(known)
            raise ScreenError(f"unknown group {group!r}", hint=hint)
    return _ranked(found, search, own) if search.strip() else found


def _own_row(row: Definition) -> dict[str, str]:
    return {"name": row.name, "label": row.label, "formula": row.text, "unit": row.unit, "direction": row.direction,
            "group": OWN_GROUP, "source": row.source}  # fmt: skip


def _ranked(found: list[dict[str, str]], search: str, own: OwnMetrics) -> list[dict[str, str]]:
    words = search.lower().split()
    meant = names.known_as(search)
    named = names.lookup(meant) if meant else None
    mine = own.definitions()
    scored = []
    for row in found:
        metric = find(row["name"], mine)
        item = items.BY_NAME.get(row["name"])
        texts = {**row, "also called": " ".join(metric.aliases) if metric else "",
                 "note": metric.note if metric else item.note if item else ""}  # fmt: skip
        place = _place(texts, words)
        if named is not None and row["name"] == named.name:
            place = -1
        if place is not None:
            scored.append((place, row))
    return [row for _, row in sorted(scored, key=lambda entry: entry[0])]


def _place(texts: Mapping[str, str], words: list[str]) -> int | None:
    """Return how good a match is, 0 the best: the whole name, a word of it, a part of it, then the other texts."""
    name = texts["name"]
    if words == [name] or words == name.split("_"):
        return 0
    if not all(any(word in texts[key].lower() for key in SEARCHED) for word in words):
        return None
    if all(word in name.split("_") for word in words):
        return 1
    return 2 + min(place for place, key in enumerate(SEARCHED) if any(word in texts[key].lower() for word in words))
