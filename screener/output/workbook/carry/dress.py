"""What of the user's on the Shortlist is not a cell: comments, links, lists to choose from, conditional formats."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.output.workbook.carry.formulas import Mover
from screener.output.workbook.carry.inject import Skeleton
from screener.output.workbook.carry.own import Own
from screener.output.workbook.carry.package import RELATED, lxml_etree
from screener.output.workbook.carry.parts import Link
from screener.output.workbook.carry.sheets import areas_of, elements, letters, place_of, text_of_item
from screener.output.workbook.carry.styles import q

if TYPE_CHECKING:
    from lxml.etree import _Element

# The kinds that we write ourselves: on our columns they are ours.
OUR_RULES = ("colorScale", "dataBar")
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_DRESS = (
    q("conditionalFormatting"), q("dataValidation"), q("hyperlink"), q("col"), q("sheetProtection"),
    f"{_X14}dataValidation", f"{_X14}conditionalFormatting",
)  # fmt: skip


@dataclass(frozen=True)
class Worn:
    """What the old Shortlist has besides cells: conditional formats, lists to choose from, links and widths.

    targets: where links lead, by relationship id. newer: areas of conditional formats that only newer Excels store.
    """

    formats: tuple[_Element, ...]
    choices: tuple[_Element, ...]
    links: tuple[_Element, ...]
    targets: Mapping[str, str]
    widths: Mapping[int, float]
    newer: tuple[str, ...]
    protected: bool


def read_worn(own: Own) -> Worn:
    """Read what the old Shortlist has besides cells."""
    package, sheet = own.package, own.shortlist.sheet
    found: dict[str, list[_Element]] = {tag: [] for tag in _DRESS}
    for item in elements(package.parts[sheet.part], _DRESS):
        found[item.tag].append(copy.deepcopy(item))
    newer = (item.findtext(f"{_XM}sqref") or "" for item in found[f"{_X14}conditionalFormatting"])
    return Worn(
        tuple(found[q("conditionalFormatting")]),
        (*found[q("dataValidation")], *map(_plain, found[f"{_X14}dataValidation"])),
        tuple(found[q("hyperlink")]),
        {rel.id: rel.target for rel in package.rels(sheet.part) if not rel.part},
        _widths(found[q("col")]),
        tuple(newer),
        bool(found[q("sheetProtection")]),
    )


@dataclass
class Dress:
    """The things of the old Shortlist that are carried, and where.

    columns: the new place of each old column (None: gone). mine: old columns that are the user's, Notes included.
    rows: the new row of each old one that is still on the list.
    """

    worn: Worn
    mover: Mover
    columns: Mapping[int, int | None]
    mine: frozenset[int]
    rows: Mapping[int, int]

    @property
    def lost(self) -> list[str]:
        """Return sentences on what is not carried."""
        said = ["the protection of the sheet"] if self.worn.protected else []
        for areas in self.worn.newer:
            if any(self.mine & set(range(area[1], area[3] + 1)) for area in areas_of(areas)):
                said.append(f"the bars or icons of your columns ({areas})")
        return said

    def onto(self, sheet: Skeleton) -> list[Link]:
        """Put everything onto the new sheet; return the relationships to add to it."""
        self._put_formats(sheet)
        self._put_choices(sheet)
        return self._put_links(sheet)

    def _put_formats(self, sheet: Skeleton) -> None:
        priority = max((int(rule.get("priority", "0")) for rule in sheet.root.iter(q("cfRule"))), default=0)
        for item in self.worn.formats:
            rules = [rule for rule in item.iter(q("cfRule")) if rule.find(q("extLst")) is None]
            kinds = [rule for rule in rules if rule.get("type") not in OUR_RULES]
            areas = areas_of(item.get("sqref", ""))
            # Colour scales and bars on our columns are ours, and are made anew.
            mine = all(self.mine >= set(range(area[1], area[3] + 1)) for area in areas)
            chosen = rules if mine else kinds
            made = self._moved(item, areas, chosen, ("formula",))
            if made is not None:
                for rule in made.iter(q("cfRule")):
                    priority += 1
                    rule.set("priority", str(priority))
                sheet.put(made)

    def _put_choices(self, sheet: Skeleton) -> None:
        made = []
        for item in self.worn.choices:
            moved = self._moved(item, areas_of(item.get("sqref", "")), list(item), ("formula1", "formula2"))
            if moved is not None:
                made.append(moved)
        if made:
            section = lxml_etree().Element(q("dataValidations"), count=str(len(made)))
            section.extend(made)
            sheet.put(section)

    def _moved(
        self,
        item: _Element,
        areas: Sequence[tuple[int, int, int, int]],
        children: list[_Element],
        tags: tuple[str, ...],
    ) -> _Element | None:
        """Return an element with ``sqref`` as it reads on the new list, None when none of its cells is there."""
        placed = [area for old in areas for area in self._areas(old)]
        if not placed or not children:
            return None
        origin = f"{letters(min(area[1] for area in areas))}{min(area[0] for area in areas)}"
        rows = (min(area[0] for area in areas), min(area[0] for area in placed))
        made = copy.deepcopy(item)
        for child in list(made):
            made.remove(child)
        made.extend(copy.deepcopy(child) for child in children)
        made.set("sqref", " ".join(_written(area) for area in placed))
        for formula in made.iter(*(q(tag) for tag in tags)):
            formula.text = self.mover.move(formula.text or "", origin, rows)
        return made

    def _areas(self, area: tuple[int, int, int, int]) -> list[tuple[int, int, int, int]]:
        """Return an area of the old list on the new one: all names where it had all, else the same names."""
        (first, last), (top, end) = self.mover.old, self.mover.new
        columns = _runs(filter(None, (self.columns.get(column) for column in range(area[1], min(area[3], 16384) + 1))))
        if area[0] <= first and area[2] >= last:
            start = min(area[0], top)
            return [(start, left, max(end, start), right) for left, right in columns]
        rows = _runs(self.rows[row] for row in range(max(area[0], first), min(area[2], last) + 1) if row in self.rows)
        return [(start, left, stop, right) for start, stop in rows for left, right in columns]

    def _put_links(self, sheet: Skeleton) -> list[Link]:
        section = sheet.root.find(q("hyperlinks"))
        outside: list[Link] = []
        for item in self.worn.links:
            row, column = place_of(item.get("ref", "").partition(":")[0])
            to = self.columns.get(column) if column in self.mine else None
            rid = item.get(f"{{{RELATED}}}id")
            if not to or row not in self.rows or (rid and rid not in self.worn.targets):
                continue
            if section is None:
                section = lxml_etree().Element(q("hyperlinks"))
                sheet.put(section)
            made = copy.deepcopy(item)
            made.set("ref", f"{letters(to)}{self.rows[row]}")
            if rid:
                made.set(f"{{{RELATED}}}id", f"own{len(outside) + 1}")
                outside.append(
                    Link(f"own{len(outside) + 1}", f"{RELATED}/hyperlink", self.worn.targets[rid], external=True)
                )
            section.append(made)
        return outside


def _written(area: tuple[int, int, int, int]) -> str:
    first, last = f"{letters(area[1])}{area[0]}", f"{letters(area[3])}{area[2]}"
    return first if first == last else f"{first}:{last}"


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the stretches of numbers that follow each other, as first and last."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _plain(item: _Element) -> _Element:
    """Return a list to choose from as Excel stored it before it had one for other sheets: all readers know that."""
    made = lxml_etree().Element(q("dataValidation"))
    for name, value in item.attrib.items():
        if not name.startswith("{"):
            made.set(name, value)
    made.set("sqref", item.findtext(f"{_XM}sqref") or "")
    for tag in ("formula1", "formula2"):
        text = item.findtext(f"{_X14}{tag}/{_XM}f")
        if text:
            lxml_etree().SubElement(made, q(tag)).text = text
    return made


def _widths(columns: Iterable[_Element]) -> dict[int, float]:
    found = {}
    for item in columns:
        first, last = int(item.get("min", "1")), int(item.get("max", "1"))
        for column in range(first, min(last, first + 500) + 1):
            # The file counts the margins of a cell, five of the seven pixels of a character.
            found[column] = max(0.0, round(float(item.get("width", "0")) - 5 / 7, 2))
    return found


def read_comments(own: Own) -> list[tuple[int, int, str, str]]:
    """Return the comments of the old Shortlist: row, column, author, text."""
    found = []
    for rel in own.package.rels(own.shortlist.sheet.part):
        if rel.name == "comments" and rel.part:
            root = own.package.tree(rel.part)
            authors = [item.text or "" for item in root.iter(q("author"))]
            for item in root.iter(q("comment")):
                author = int(item.get("authorId", "0"))
                said = item.find(q("text"))
                text = text_of_item(said) if said is not None else ""
                found.append((*place_of(item.get("ref", "")), authors[author] if author < len(authors) else "", text))
    return found
