"""A sheet of the new list as it is stored in the joined workbook: its formats, texts and the user's cells in place.

The sheets that are read here are written by xlsxwriter a moment before, so that the shape of their XML is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.output.workbook.carry.package import lxml_etree, parse, put_in_order, serialize
from screener.output.workbook.carry.sheets import Cell, number
from screener.output.workbook.carry.styles import q

if TYPE_CHECKING:
    from lxml.etree import _Element

# Text is escaped, so that these are never found in it.
_CELL = re.compile(rb'<c r="([A-Z]+)([0-9]+)"(?: s="([0-9]+)")?(?: t="s"><v>([0-9]+)</v>)?')
_ROW = re.compile(rb'<row r="([0-9]+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_ROW_STYLE = re.compile(rb'( s=")([0-9]+)(")')
_WHOLE_CELL = re.compile(rb'<c r="([A-Z]+)[0-9]+"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_SHARED = re.compile(rb'<c [^>]*t="s"')
_DXF = ("dxfId", "headerRowDxfId", "dataDxfId", "totalsRowDxfId", "headerRowBorderDxfId", "tableBorderDxfId")

# The order of a sheet's children, as the schema of the format wants it.
SHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip

Placed = Mapping[int, Mapping[int, Cell]]


@dataclass(frozen=True)
class Numbers:
    """The numbers that the joined workbook gives to the formats and texts of the new one."""

    cells: Sequence[int]
    dxfs: Sequence[int]
    text: Callable[[int], int]


@dataclass
class Skeleton:
    """A sheet without its rows, as a tree, and its rows as they are stored."""

    root: _Element
    rows: bytes

    def put(self, element: _Element) -> None:
        """Put an element after those that the schema has before it, and after its like."""
        put_in_order(self.root, element, SHEET_ORDER, len(SHEET_ORDER))

    def content(self) -> bytes:
        """Return the sheet as it is stored."""
        whole = serialize(self.root)
        for empty in (b"<sheetData/>", b"<sheetData></sheetData>"):
            head, found, tail = whole.partition(empty)
            if found:
                return head + b"<sheetData>" + self.rows + b"</sheetData>" + tail
        raise AssertionError("a sheet without a place for rows")


def skeleton(content: bytes, name: str) -> Skeleton:
    """Return a sheet of ours as tree and rows."""
    head, found, rest = content.partition(b"<sheetData>")
    if not found:
        return Skeleton(parse(content, name), b"")
    rows, _, tail = rest.rpartition(b"</sheetData>")
    return Skeleton(parse(head + b"<sheetData/>" + tail, name), rows)


def renumber(sheet: Skeleton, numbers: Numbers, placed: Placed, *, selected: bool) -> int:
    """Give the sheet the numbers of the joined workbook, put ``placed`` into its rows, select its tab or not.

    Return how many of its cells refer to shared texts.
    """
    plain = numbers.cells[0] if numbers.cells else 0
    mapped = {str(place).encode(): str(made).encode() for place, made in enumerate(numbers.cells)}
    texts: dict[bytes, bytes] = {}

    def cell(match: re.Match[bytes]) -> bytes:
        column, row, style, text = match.groups()
        number_of = mapped[style] if style else str(plain).encode()
        made = b'<c r="' + column + row + b'"' + (b' s="' + number_of + b'"' if number_of != b"0" else b"")
        if text is None:
            return made
        if text not in texts:
            texts[text] = str(numbers.text(int(text))).encode()
        return made + b' t="s"><v>' + texts[text] + b"</v>"

    def row(match: re.Match[bytes]) -> bytes:
        attributes = _ROW_STYLE.sub(lambda found: found[1] + mapped[found[2]] + found[3], match[2])
        inside = _with_taken(match[3] or b"", int(match[1]), placed.get(int(match[1]), {}), cell)
        return b'<row r="' + match[1] + b'"' + attributes + b">" + inside + b"</row>"

    # Row by row: all cells of a large sheet at once take several times its memory.
    sheet.rows = _ROW.sub(row, sheet.rows)
    for item in sheet.root.iter(q("col")):
        if item.get("style"):
            item.set("style", str(numbers.cells[int(item.get("style"))]))
    set_dxfs(sheet.root, numbers.dxfs)
    for view in sheet.root.iter(q("sheetView")):
        view.attrib.pop("tabSelected", None)
        if selected:
            view.set("tabSelected", "1")
    return len(_SHARED.findall(sheet.rows))


def set_dxfs(root: _Element, dxfs: Sequence[int]) -> None:
    """Give the conditional formats in a sheet or table the numbers of the joined workbook."""
    for item in root.iter():
        if isinstance(item.tag, str):
            for name in _DXF:
                if item.get(name) is not None:
                    item.set(name, str(dxfs[int(item.get(name, "0"))]))


def _with_taken(inside: bytes, row: int, taken: Mapping[int, Cell], cell: Callable[[re.Match[bytes]], bytes]) -> bytes:
    """Return the cells of a row renumbered by ``cell``, with the user's among them in the order of the columns."""
    if not taken:
        return _CELL.sub(cell, inside)
    cells = {number(held[1].decode()): held[0] for held in _WHOLE_CELL.finditer(inside)}
    cells = {column: _CELL.sub(cell, held) for column, held in cells.items() if column not in taken}
    cells |= {column: held.xml(row, column).encode() for column, held in taken.items()}
    return b"".join(cells[column] for column in sorted(cells))


def first_row(content: bytes, texts: Sequence[str]) -> dict[int, str]:
    """Return the headings of a sheet of ours by column: the texts of its first row."""
    match = _ROW.search(content)
    found: dict[int, str] = {}
    if match is None or match[1] != b"1":
        return found
    for cell in _WHOLE_CELL.finditer(match[3] or b""):
        stored = lxml_etree().fromstring(cell[0])
        value = stored.findtext("v") or "".join(stored.itertext("t"))
        found[number(cell[1].decode())] = texts[int(value)] if stored.get("t") == "s" else value
    return found
