"""Joins two workbooks: our sheets of the new one into the old one, whose other sheets stay, byte for byte."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from screener.output.workbook.carry import book, charts, parts
from screener.output.workbook.carry.inject import Numbers, Placed, Skeleton, renumber, skeleton
from screener.output.workbook.carry.package import RELATED, Package, content_type, serialize
from screener.output.workbook.carry.sheets import SheetRef, elements, sheets_of
from screener.output.workbook.carry.strings import Strings, read_strings, strings_part
from screener.output.workbook.carry.styles import join_styles, q, styles_part

_DC = "{http://purl.org/dc/elements/1.1/}"
_SUBJECT = "As of "  # of the properties that we write


@dataclass(frozen=True)
class Joint:
    """What is joined. ``ours``: the old sheets of ours by the name that we gave them, to be replaced.

    placed: cells of the user's by name of the new sheet, row and column. names: our defined names in the old workbook.
    dress: called with each new sheet by name, to add to it what of the user's is not a cell; it returns its
    relationships to the outside.
    """

    old: Package
    new: Package
    ours: Mapping[str, SheetRef]
    placed: Mapping[str, Placed] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    dress: Callable[[str, Skeleton], list[parts.Link]] = lambda _name, _sheet: []


def join(joint: Joint) -> Package:
    """Return the joined workbook; neither of the two is changed."""
    old, new = Package(dict(joint.old.parts)), joint.new
    used = _used(old, {sheet.part for sheet in joint.ours.values()}, joint.placed)
    parts.remove(old, [sheet.part for sheet in joint.ours.values()])
    styles = join_styles(old.tree(styles_part(old)), new.tree(styles_part(new)))
    old.put(styles_part(old), styles.content)
    strings, items = Strings(read_strings(old), used.places), read_strings(new)
    numbers = Numbers(styles.cells, styles.dxfs, lambda place: strings.place(items[place]))
    tabs = _tabs(joint, old)
    _join_book(joint, old, tabs)
    count = used.count + sum(_bring(joint, old, sheet, tabs, numbers) for sheet in sheets_of(new))
    part = strings_part(old) or parts.add_strings(old)
    old.put(part, strings.part(count))
    _forget_titles(old)
    _describe(old, new)
    return old


@dataclass
class _Used:
    places: set[int] = field(default_factory=set)
    count: int = 0


def _used(old: Package, removed: set[str], placed: Mapping[str, Placed]) -> _Used:
    """Return the shared texts that the user's sheets and the user's cells on ours refer to."""
    used = _Used()
    for sheet in sheets_of(old):
        if sheet.part in removed or sheet.kind != "worksheet":
            continue
        for cell in elements(old.parts[sheet.part], (q("c"),)):
            value = cell.findtext(q("v")) if cell.get("t") == "s" else None
            if value:
                used.places.add(int(value))
                used.count += 1
    for rows in placed.values():
        for cells in rows.values():
            for held in cells.values():
                if held.kind == "s" and held.value:
                    used.places.add(int(held.value))
    return used


def _tabs(joint: Joint, old: Package) -> list[book.Tab]:
    """Return the sheets in their order: ours where the user has them, those that were not there after the others."""
    before, after = sheets_of(joint.old), sheets_of(joint.new)
    places = {sheet.part: place for place, sheet in enumerate(before)}
    replaced = {places[sheet.part]: name for name, sheet in joint.ours.items()}
    rids = iter(parts.free_ids(old, old.workbook, len(after)))
    taken = {sheet.name.lower() for place, sheet in enumerate(before) if place not in replaced}
    made: dict[str, book.Tab] = {}
    for place, sheet in enumerate(after):
        held = joint.ours.get(sheet.name)
        name = held.name if held else _free_name(sheet.name, taken)
        state = sheet.state or (held.state if held else "")
        made[sheet.name] = book.Tab(name, next(rids), state, places[held.part] if held else -1, place)
        taken.add(name.lower())
    tabs = [
        made[replaced[place]] if place in replaced else book.Tab(sheet.name, sheet.rid, sheet.state, place, -1)
        for place, sheet in enumerate(before)
        if place not in replaced or replaced[place] in made
    ]
    for place, sheet in enumerate(after):
        tab = made[sheet.name]
        if tab not in tabs:
            ahead = [made[other.name] for other in after[:place]]
            tabs.insert(max((tabs.index(other) for other in ahead), default=-1) + 1, tab)
    return tabs


def _free_name(name: str, taken: set[str]) -> str:
    found, number = name, 1
    while found.lower() in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def _join_book(joint: Joint, old: Package, tabs: list[book.Tab]) -> None:
    root, new = old.tree(old.workbook), joint.new.tree(joint.new.workbook)
    active = book.active_of(root)
    replaced = {sheet.rid for sheet in joint.ours.values()}
    kept = frozenset(place for place, sheet in enumerate(sheets_of(joint.old)) if sheet.rid not in replaced)
    book.set_sheets(root, tabs)
    book.set_names(root, new, tabs, kept, joint.names)
    book.set_views(root, shown(tabs, active))
    book.compute_on_load(root)
    old.put(old.workbook, serialize(root))


def shown(tabs: list[book.Tab], active: int) -> int:
    """Return the place of the sheet that was shown before, else of the first that can be seen."""
    for place, tab in enumerate(tabs):
        if tab.old == active and not tab.state:
            return place
    return next((place for place, tab in enumerate(tabs) if not tab.state), 0)


def _bring(joint: Joint, old: Package, sheet: SheetRef, tabs: list[book.Tab], numbers: Numbers) -> int:
    """Put a sheet of the new workbook, with its parts, into the old one; return how many cells share texts."""
    new = joint.new
    tab = next(tab for tab in tabs if tab.new >= 0 and sheets_of(new)[tab.new].part == sheet.part)
    root = old.tree(old.workbook)
    selected = tabs[book.active_of(root)] == tab
    rename = {other.name: held.name for other, held in zip(sheets_of(new), _by_new(tabs), strict=True)}
    made = skeleton(new.parts[sheet.part], sheet.part)
    texts = renumber(made, numbers, joint.placed.get(sheet.name, {}), selected=selected)
    outside = joint.dress(sheet.name, made)
    names: dict[str, str] = {}
    for part in sorted(new.reach([sheet.part])):
        names[part] = old.free(part)
        old.put(names[part], b"")
        parts.declare(old, names[part], content_type(new, part))
    for part, name in names.items():
        old.put(name, made.content() if part == sheet.part else _moved(old, new.parts[part], part, rename, numbers))
        _relate(old, new, part, names, outside if part == sheet.part else [])
    parts.relate(old, old.workbook, [parts.Link(tab.rid, f"{RELATED}/worksheet", names[sheet.part])])
    return texts


def _by_new(tabs: list[book.Tab]) -> list[book.Tab]:
    return sorted((tab for tab in tabs if tab.new >= 0), key=lambda tab: tab.new)


def _moved(old: Package, content: bytes, part: str, rename: Mapping[str, str], numbers: Numbers) -> bytes:
    """Return a part of ours as it must read beside the user's: tables numbered anew, sheets by the user's names."""
    folder = posixpath.basename(posixpath.dirname(part))
    if folder == "tables":
        return parts.table_beside(old, content, part, numbers)
    return charts.beside(content, part, rename) if folder == "charts" else content


def _relate(old: Package, new: Package, part: str, names: Mapping[str, str], outside: list[parts.Link]) -> None:
    links = []
    for rel in new.rels(part):
        target = names.get(rel.part, "") if rel.part else ""
        links.append(parts.Link(rel.id, rel.kind, target or rel.target, external=not target))
    parts.relate(old, names[part], [*links, *outside])


def _describe(old: Package, new: Package) -> None:
    """Tell the day of the new list in the file's properties, unless the user wrote something else there."""
    core = [next((rel.part for rel in book.rels("") if rel.name == "core-properties"), "") for book in (old, new)]
    if not all(core):
        return
    root, fresh = old.tree(core[0]), new.tree(core[1])
    if (root.findtext(f"{_DC}subject") or "").startswith(_SUBJECT):
        for name in ("title", "subject", "description"):
            held, said = root.find(f"{_DC}{name}"), fresh.findtext(f"{_DC}{name}")
            if held is not None and said:
                held.text = said
        old.put(core[0], serialize(root))


def _forget_titles(old: Package) -> None:
    """Take the list of sheets out of the file's properties, where it is a copy that would be wrong."""
    for rel in old.rels(""):
        if rel.name == "extended-properties" and rel.part:
            root = old.tree(rel.part)
            for item in list(root):
                if isinstance(item.tag, str) and item.tag.rpartition("}")[2] in ("HeadingPairs", "TitlesOfParts"):
                    root.remove(item)
            old.put(rel.part, serialize(root))
