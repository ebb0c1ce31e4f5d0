"""The shared texts of a workbook: those that its kept sheets use stay in their places, the others make room."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.output.workbook.carry.package import MAIN, Package, canonical, lxml_etree, parse, serialize
from screener.output.workbook.carry.sheets import Cell, text_of_item

if TYPE_CHECKING:
    from lxml.etree import _Element

_SI = f"{{{MAIN}}}si"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def strings_part(package: Package) -> str:
    """Return the part of the shared texts, ``""`` for a workbook without."""
    return next((rel.part for rel in package.rels(package.workbook) if rel.name == "sharedStrings"), "")


def read_strings(package: Package) -> list[_Element]:
    """Return the shared texts as elements."""
    part = strings_part(package)
    return list(package.tree(part).iterchildren(_SI)) if part else []


def unescaped(text: str) -> str:
    """Return a stored text as it is shown: ``_x000D_`` stands for a character that XML cannot hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def text_of(cell: Cell | None, strings: list[_Element]) -> str:
    """Return what a cell shows without its number format, ``""`` for none."""
    if cell is None:
        return ""
    if cell.inline:
        return unescaped(text_of_item(parse(f'<a xmlns="{MAIN}">{cell.inline}</a>'.encode(), "text")))
    if cell.value is None:
        return ""
    if cell.kind == "s":
        place = int(cell.value)
        return unescaped(text_of_item(strings[place])) if 0 <= place < len(strings) else ""
    return {"1": "TRUE", "0": "FALSE"}.get(cell.value, cell.value) if cell.kind == "b" else unescaped(cell.value)


class Strings:
    """The texts of the joined workbook: an old text keeps its place as long as a cell that is kept refers to it."""

    def __init__(self, old: list[_Element], used: set[int]) -> None:
        self._items: list[_Element | None] = [item if place in used else None for place, item in enumerate(old)]
        self._free = [place for place in reversed(range(len(old))) if place not in used]
        self._known = {canonical(item): place for place, item in enumerate(self._items) if item is not None}

    def place(self, item: _Element) -> int:
        """Return the place of a text, which is added when it is not there."""
        key = canonical(item)
        if key not in self._known:
            if self._free:
                place = self._free.pop()
                self._items[place] = item
            else:
                place = len(self._items)
                self._items.append(item)
            self._known[key] = place
        return self._known[key]

    def part(self, count: int) -> bytes:
        """Return the part; ``count`` is how many cells refer to it. Places that are free at the end are cut off."""
        etree = lxml_etree()
        items = self._items
        while items and items[-1] is None:
            items.pop()
        root = etree.Element(f"{{{MAIN}}}sst", nsmap={None: MAIN}, count=str(count), uniqueCount=str(len(items)))
        for item in items:
            if item is None:
                etree.SubElement(etree.SubElement(root, _SI), f"{{{MAIN}}}t")
            else:
                root.append(item)
        return serialize(root)
