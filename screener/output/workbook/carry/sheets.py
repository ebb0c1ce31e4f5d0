"""The cells of a sheet as they are stored, whatever program stored them, and as they are stored anew elsewhere."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from screener.output.workbook.carry.package import MAIN, RELATED, Package, UnreadableError, lxml_etree

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_ROW, _CELL, _F, _V, _IS, _T, _PHONETIC = (f"{{{MAIN}}}{tag}" for tag in ("row", "c", "f", "v", "is", "t", "rPh"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stored: ``kind`` is its type attribute (``s`` a shared string, ``n`` a number ...), ``value`` its text.

    formula is without ``=``; ``array`` when it is one of an array that fills this cell alone. extra: attributes of
    newer Excels (``cm``, ``vm``). inline: the XML of an inline text.
    """

    row: int
    column: int
    kind: str = "n"
    value: str | None = None
    style: int = 0
    formula: str | None = None
    array: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    inline: str = ""

    @property
    def empty(self) -> bool:
        """Return whether the cell holds nothing but a format."""
        return self.value is None and self.formula is None and not self.inline

    def still(self) -> Cell:
        """Return the cell with what its formula last gave in place of the formula."""
        return replace(self, formula=None, array=False, extra=()) if self.formula is not None else self

    def xml(self, row: int, column: int) -> str:
        """Return the cell as it is stored in another place; its formula must have been moved before."""
        place = f"{letters(column)}{row}"
        kind = f' t="{self.kind}"' if self.kind != "n" else ""
        style = f' s="{self.style}"' if self.style else ""
        extra = "".join(f" {name}={quoteattr(value)}" for name, value in self.extra)
        array = f' t="array" ref="{place}"' if self.array else ""
        formula = f"<f{array}>{escape(self.formula)}</f>" if self.formula is not None else ""
        value = f"<v>{escape(self.value)}</v>" if self.value is not None else ""
        return f'<c r="{place}"{style}{kind}{extra}>{formula}{value}{self.inline}</c>'


@dataclass(frozen=True, slots=True)
class SheetRef:
    """A sheet of a workbook: its name, part, relationship id, and its state (``""`` for a visible one)."""

    name: str
    part: str
    rid: str
    kind: str
    state: str = ""


@dataclass
class Grid:
    """The cells of a sheet by row (1-based) and column (1-based), empty ones left out."""

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    passed: set[int] = field(default_factory=set)  # rows with values in columns that were not read
    styles: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))  # places of such cells
    odd: int = 0  # formulas that could not be taken apart: their values alone are known


def sheets_of(package: Package) -> list[SheetRef]:
    """Return the sheets of the workbook, in their order."""
    book = package.workbook
    rels = {rel.id: rel for rel in package.rels(book)}
    found = []
    for item in package.tree(book).iter(f"{{{MAIN}}}sheet"):
        rid = item.get(f"{{{RELATED}}}id", "")
        rel = rels.get(rid)
        if rel is None or not rel.part:
            raise UnreadableError(f"the sheet {item.get('name')!r} of the workbook has no content")
        state = item.get("state", "visible")
        found.append(SheetRef(item.get("name", ""), rel.part, rid, rel.name, "" if state == "visible" else state))
    return found


def letters(column: int) -> str:
    """Return the letters of a column, 1 for ``A``."""
    made = ""
    while column:
        column, rest = divmod(column - 1, 26)
        made = chr(65 + rest) + made
    return made


def number(text: str) -> int:
    """Return the number of a column by its letters."""
    made = 0
    for char in text.upper():
        made = made * 26 + ord(char) - 64
    return made


def place_of(text: str) -> tuple[int, int]:
    """Return row and column of a reference such as ``$B$7``; (0, 0) for anything else."""
    match = _PLACE.fullmatch(text)
    return (int(match[2]), number(match[1])) if match else (0, 0)


def areas_of(text: str) -> list[tuple[int, int, int, int]]:
    """Return the areas of a list such as ``A1:B3 D5``, each as first row, first column, last row, last column."""
    found = []
    for part in text.split():
        first, _, last = part.partition(":")
        top, end = place_of(first), place_of(last or first)
        if top != (0, 0) and end != (0, 0):
            found.append((*top, *end))
    return found


def elements(content: bytes, tags: tuple[str, ...]) -> Iterator[_Element]:
    """Yield the elements of a part with these tags as they end, and forget them; UnreadableError for broken XML."""
    etree = lxml_etree()
    try:
        for _, element in etree.iterparse(
            io.BytesIO(content), tag=tags, resolve_entities=False, no_network=True, load_dtd=False
        ):
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"a sheet of the workbook is damaged: {error}") from error


def read_grid(package: Package, part: str, *, skip: frozenset[int] = frozenset(), rows: int = 0) -> Grid:
    """Return the cells of a sheet; formulas shared by several cells are given to each.

    skip: columns that are not read. rows: so many are read, all for 0.
    """
    known: dict[str, int] = {}
    grid = Grid()
    shared: dict[str, tuple[str, str]] = {}
    last = 0
    for item in elements(package.parts[part], (_ROW,)):
        last = int(item.get("r") or last + 1)
        cells: dict[int, Cell] = {}
        column = 0
        for child in item.iter(_CELL):
            name = child.get("r", "").rstrip("0123456789")
            column = known.get(name) or known.setdefault(name, number(name)) or column + 1
            if column in skip:
                if len(child):
                    grid.passed.add(last)
                grid.styles[int(child.get("s") or 0)].append((last, column))
                continue
            cell = _read_cell(child, last, column, shared, grid)
            if not cell.empty or cell.style:
                cells[column] = cell
        if cells:
            grid.rows[last] = cells
        if rows and last >= rows:
            break
    return grid


def filled(package: Package, part: str) -> Iterator[tuple[int, int]]:
    """Yield row and column of each cell of a sheet that holds more than a format, without keeping any."""
    row = 0
    for item in elements(package.parts[part], (_ROW,)):
        row = int(item.get("r") or row + 1)
        column = 0
        for child in item.iter(_CELL):
            column = place_of(child.get("r", ""))[1] or column + 1
            if any(found.tag != _V or found.text for found in child):
                yield row, column


def _read_cell(item: _Element, row: int, column: int, shared: dict[str, tuple[str, str]], grid: Grid) -> Cell:
    value, inline = item.findtext(_V), item.find(_IS)
    if value == "" and item.get("t") != "str":
        value = None
    formula, array = _read_formula(item.find(_F), f"{letters(column)}{row}", shared, grid)
    return Cell(
        row,
        column,
        item.get("t", "n"),
        value,
        int(item.get("s") or 0),
        formula,
        array,
        tuple((name, item.get(name, "")) for name in ("cm", "vm") if item.get(name)),
        "" if inline is None else lxml_etree().tostring(inline, with_tail=False).decode(),
    )


def text_of_item(item: _Element) -> str:
    """Return the text of a string item, its runs joined, its phonetic hints left out."""
    return "".join(part.text or "" for part in item.iter(_T) if part.getparent().tag != _PHONETIC)


def _read_formula(
    item: _Element | None, place: str, shared: dict[str, tuple[str, str]], grid: Grid
) -> tuple[str | None, bool]:
    if item is None:
        return None, False
    kind, text = item.get("t", "normal"), item.text or ""
    if kind == "array":
        alone = item.get("ref", place) in (place, f"{place}:{place}")
        grid.odd += not alone
        return (text, True) if alone and text else (None, False)
    if kind == "shared" and text:
        shared[item.get("si", "")] = (text, place)
    elif kind == "shared" and item.get("si", "") in shared:
        text = _translated(*shared[item.get("si", "")], place)
    if kind == "dataTable" or not text:
        grid.odd += 1
        return None, False
    return text, False


def _translated(text: str, origin: str, place: str) -> str:
    from openpyxl.formula.translate import Translator, TranslatorError

    try:
        return str(Translator(f"={text}", origin=origin).translate_formula(place))[1:]
    except TranslatorError:
        return ""
