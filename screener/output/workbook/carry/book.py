"""The workbook's own part: its list of sheets, names and views, edited so that everything else in it stays."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.output.workbook.carry.package import RELATED, lxml_etree, put_in_order
from screener.output.workbook.carry.styles import q

if TYPE_CHECKING:
    from lxml.etree import _Element

# The order of a workbook's children, as the schema of the format wants it.
ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
    "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
_CELL_LIKE = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*|[RrCc]")


@dataclass(frozen=True, slots=True)
class Tab:
    """A sheet of the joined workbook. ``old``, ``new``: its place in either workbook before, -1 for none."""

    name: str
    rid: str
    state: str
    old: int
    new: int


def quoted(sheet: str) -> str:
    """Return the name of a sheet as a formula writes it."""
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", sheet) and not _CELL_LIKE.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


def renamed(formula: str, names: Mapping[str, str]) -> str:
    """Return a formula of ours with the names that the user gave to our sheets; ``names``: theirs by ours."""
    for ours, theirs in names.items():
        if ours != theirs:
            for written in {quoted(ours), ours, "'" + ours + "'"}:
                # A backslash in a name must not be taken for an escape.
                to = quoted(theirs).replace("\\", r"\\")
                formula = re.sub(rf"(?<![\w'.]){re.escape(written)}!", f"{to}!", formula)
    return formula


def set_sheets(root: _Element, tabs: Sequence[Tab]) -> None:
    """Write the list of sheets: those of the user keep their numbers, ours get theirs back or new ones."""
    sheets = root.find(q("sheets"))
    assert sheets is not None  # noqa: S101 - read before: the sheets came from it
    items = [item for item in sheets if isinstance(item.tag, str)]
    numbers = {int(item.get("sheetId", "0")) for item in items}
    made = []
    for tab in tabs:
        item = copy.deepcopy(items[tab.old]) if tab.old >= 0 else lxml_etree().Element(q("sheet"))
        if tab.old < 0:
            numbers.add(max(numbers) + 1)
            item.set("sheetId", str(max(numbers)))
        item.set("name", tab.name)
        item.attrib.pop("state", None)
        if tab.state:
            item.set("state", tab.state)
        item.set(f"{{{RELATED}}}id", tab.rid)
        made.append(item)
    for child in list(sheets):
        sheets.remove(child)
    sheets.extend(made)


def set_names(root: _Element, new: _Element, tabs: Sequence[Tab], kept: frozenset[int], ours: frozenset[str]) -> None:
    """Write the defined names: the user's with their sheets' new places, then those of ``new`` that the user lacks.

    kept: places of the user's sheets in the old workbook. ours: our names in the old one, in lower case.
    """
    by_old = {tab.old: place for place, tab in enumerate(tabs) if tab.old in kept}
    by_new = {tab.new: place for place, tab in enumerate(tabs) if tab.new >= 0}
    names = {tab.new: tab.name for tab in tabs if tab.new >= 0}
    before = {place: item.get("name", "") for place, item in enumerate(new.iter(q("sheet")))}
    rename = {before[place]: name for place, name in names.items()}
    found: list[_Element] = []
    for item in root.iter(q("definedName")):
        scope = item.get("localSheetId")
        if scope is None:
            if item.get("name", "").lower() not in ours:
                found.append(copy.deepcopy(item))
        elif int(scope) in by_old:
            found.append(copy.deepcopy(item))
            found[-1].set("localSheetId", str(by_old[int(scope)]))
    taken = {item.get("name", "").lower() for item in found if item.get("localSheetId") is None}
    for item in new.iter(q("definedName")):
        made = copy.deepcopy(item)
        made.text = renamed(item.text or "", rename)
        if item.get("localSheetId") is not None:
            made.set("localSheetId", str(by_new[int(item.get("localSheetId", "0"))]))
        elif item.get("name", "").lower() in taken:
            continue
        found.append(made)
    section = root.find(q("definedNames"))
    if section is not None:
        root.remove(section)
    if found:
        section = lxml_etree().Element(q("definedNames"))
        section.extend(found)
        _put(root, section)


def _put(root: _Element, element: _Element) -> None:
    # What newer Excels put between (mc:AlternateContent, xr:revisionPtr) stands before the views.
    put_in_order(root, element, ORDER, ORDER.index("workbookProtection"))


def set_views(root: _Element, active: int) -> None:
    """Show the sheet at ``active`` when the workbook is opened, in every window that it has."""
    views = root.find(q("bookViews"))
    if views is None:
        views = lxml_etree().Element(q("bookViews"))
        lxml_etree().SubElement(views, q("workbookView"))
        _put(root, views)
    for view in views.iter(q("workbookView")):
        view.set("activeTab", str(active))
        view.attrib.pop("firstSheet", None)


def compute_on_load(root: _Element) -> None:
    """Have Excel compute all formulas anew when the workbook is opened."""
    section = root.find(q("calcPr"))
    if section is None:
        section = lxml_etree().Element(q("calcPr"))
        _put(root, section)
    section.set("fullCalcOnLoad", "1")


def active_of(root: _Element) -> int:
    """Return the place of the sheet that the workbook shows when it is opened."""
    view = next(root.iter(q("workbookView")), None)
    return int(view.get("activeTab", "0")) if view is not None else 0


def counts_from_1904(root: _Element) -> bool:
    """Return whether the workbook counts its days from 1904, as old Excels on a Mac did."""
    section = root.find(q("workbookPr"))
    return section is not None and section.get("date1904", "0") in ("1", "true", "on")
