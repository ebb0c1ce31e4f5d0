"""The formats of two workbooks in one list: the old keep their numbers, the new are found among them or added."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.output.workbook.carry.package import MAIN, Package, canonical, lxml_etree, put_in_order, serialize

if TYPE_CHECKING:
    from lxml.etree import _Element

# The order of a style sheet's children, as the schema of the format wants it.
ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip
FIRST_CUSTOM = 164


def styles_part(package: Package) -> str:
    """Return the part of the formats, ``""`` for a workbook without."""
    return next((rel.part for rel in package.rels(package.workbook) if rel.name == "styles"), "")


def q(tag: str) -> str:
    """Return a tag of the main namespace as lxml names it."""
    return f"{{{MAIN}}}{tag}"


@dataclass(frozen=True)
class Joined:
    """The joined style sheet; ``cells`` and ``dxfs`` give the number in it for each number of the new workbook."""

    content: bytes
    cells: tuple[int, ...]
    dxfs: tuple[int, ...]


def join_styles(old: _Element, new: _Element) -> Joined:
    """Return the formats of ``old`` with those of ``new`` that it lacks; ``old`` is changed."""
    formats = _number_formats(old, new)
    fonts, fills, borders, dxfs = (_join(old, new, tag) for tag in ("fonts", "fills", "borders", "dxfs"))
    # Formats of a condition name number formats too, but by number and code, so that they stand for themselves.
    parents = _named_styles(old, new, fonts)
    cells = _section(old, "cellXfs")
    known = _known(cells)
    places = []
    for item in _children(new, "cellXfs"):
        made = copy.deepcopy(item)
        made.set("numFmtId", str(formats.get(int(made.get("numFmtId", "0")), int(made.get("numFmtId", "0")))))
        for name, table in (("fontId", fonts), ("fillId", fills), ("borderId", borders), ("xfId", parents)):
            place = int(made.get(name, "0"))
            made.set(name, str(table[place] if place < len(table) else 0))
        places.append(_place(cells, known, made))
    for tag in ORDER[:-2]:
        section = old.find(q(tag))
        if section is not None and section.get("count") is not None:
            section.set("count", str(len(section)))
    return Joined(serialize(old), tuple(places), tuple(dxfs))


def _children(root: _Element, tag: str) -> list[_Element]:
    section = root.find(q(tag))
    return [] if section is None else [item for item in section if isinstance(item.tag, str)]


def _section(root: _Element, tag: str) -> _Element:
    """Return a list of the style sheet, made in its place when there is none."""
    found = root.find(q(tag))
    if found is not None:
        return found
    made = lxml_etree().Element(q(tag), count="0")
    put_in_order(root, made, ORDER, len(ORDER))
    return made


def _known(section: _Element) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for place, item in enumerate(item for item in section if isinstance(item.tag, str)):
        found.setdefault(canonical(item), place)
    return found


def _place(section: _Element, known: dict[bytes, int], item: _Element) -> int:
    key = canonical(item)
    if key not in known:
        known[key] = len([child for child in section if isinstance(child.tag, str)])
        section.append(item)
    return known[key]


def _join(old: _Element, new: _Element, tag: str) -> list[int]:
    items = _children(new, tag)
    if not items:
        return []
    section = _section(old, tag)
    known = _known(section)
    return [_place(section, known, copy.deepcopy(item)) for item in items]


def _number_formats(old: _Element, new: _Element) -> dict[int, int]:
    codes = {item.get("formatCode"): int(item.get("numFmtId", "0")) for item in _children(old, "numFmts")}
    taken = max([FIRST_CUSTOM - 1, *codes.values()])
    found = {}
    for item in _children(new, "numFmts"):
        code = item.get("formatCode")
        if code not in codes:
            taken += 1
            codes[code] = taken
            lxml_etree().SubElement(_section(old, "numFmts"), q("numFmt"), numFmtId=str(taken), formatCode=code)
        found[int(item.get("numFmtId", "0"))] = codes[code]
    return found


def _named_styles(old: _Element, new: _Element, fonts: list[int]) -> list[int]:
    """Return, for each named style's format of ``new``, its place in ``old``: the same built-in style, or a new one."""
    names = {item.get("builtinId") or item.get("name"): item for item in _children(old, "cellStyles")}
    # A style that is given for one level of an outline is another one each time.
    found = []
    styles = {int(item.get("xfId", "0")): item for item in _children(new, "cellStyles")}
    for place, item in enumerate(_children(new, "cellStyleXfs")):
        style = styles.get(place)
        key = style.get("builtinId") or style.get("name") if style is not None else "0"
        if key in names:
            found.append(int(names[key].get("xfId", "0")))
            continue
        section = _section(old, "cellStyleXfs")
        made = copy.deepcopy(item)
        font = int(made.get("fontId", "0"))
        made.set("fontId", str(fonts[font] if font < len(fonts) else 0))
        made.set("fillId", "0")
        made.set("borderId", "0")
        found.append(len(section))
        section.append(made)
        if style is not None:
            named = copy.deepcopy(style)
            named.set("xfId", str(found[-1]))
            _section(old, "cellStyles").append(named)
            names[key] = named
    return found
