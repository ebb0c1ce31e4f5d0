"""What of an old workbook is its user's: notes and own columns by issuer, names that had left, and what is odd."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from screener.output.workbook import layout
from screener.output.workbook.carry import parts
from screener.output.workbook.carry.formulas import normal, split_sheet
from screener.output.workbook.carry.package import Package, UnreadableError
from screener.output.workbook.carry.sheets import Cell, Grid, SheetRef, letters, place_of, read_grid, sheets_of
from screener.output.workbook.carry.strings import read_strings, text_of
from screener.output.workbook.carry.styles import q

if TYPE_CHECKING:
    from lxml.etree import _Element

KEY = re.compile(r"(cik|id):\d+")
HEADING_ROWS = 200  # headings are looked for so far down: users put lines of their own above a table
_FIRST_DAY = date(1899, 12, 30)
_NOTES, _KEY, _TICKER, _NAME, _LEFT = (
    normal(text) for text in (layout.NOTES_HEADING, layout.KEY_HEADING, "Ticker", "Name", layout.LEFT_HEADING)
)
NOT_OURS = "the file is not a workbook of a shortlist, or it has lost its hidden sheet"


@dataclass(frozen=True)
class Hidden:
    """What the hidden sheet tells: facts by name, our sheets, range names and headings, the user's carried headings.

    issuers: (key, ticker, name) of the list, in its order.
    """

    facts: Mapping[str, str]
    sheets: tuple[str, ...]
    names: frozenset[str]
    headings: tuple[str, ...]
    own: tuple[str, ...]
    issuers: tuple[tuple[str, str, str], ...]

    @property
    def as_of(self) -> date:
        """Return the day of the list."""
        try:
            return date.fromisoformat(self.facts.get("as_of", ""))
        except ValueError as error:
            raise UnreadableError(NOT_OURS, hint="write the list under another name") from error


@dataclass(frozen=True)
class Line:
    """A row of the user's things: of a name by key (``""`` for one added by hand), cells by heading in lower case."""

    key: str
    ticker: str
    name: str
    row: int
    cells: Mapping[str, Cell]
    day: date | None = None


@dataclass
class Table:
    """A sheet of ours as it was found: its row of headings, headings by column, and its rows of names."""

    sheet: SheetRef
    heading_row: int
    headings: dict[int, str]
    lines: list[Line] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)  # cells that belong to no heading or name
    passed: set[int] = field(default_factory=set)  # rows with values in columns of ours
    styles: Mapping[int, list[tuple[int, int]]] = field(default_factory=dict)  # places of their cells by format

    def column(self, heading: str) -> int:
        """Return the column of a heading in lower case, 0 for none."""
        return next((column for column, text in self.headings.items() if normal(text) == heading), 0)


@dataclass
class Own:
    """All that was read. ``own``: the user's headings, those of the list first; ``lost``: what cannot be carried."""

    package: Package
    sheets: dict[str, SheetRef]
    hidden: Hidden
    shortlist: Table
    left: Table | None
    strings: list[_Element]
    own: tuple[str, ...] = ()
    lost: list[str] = field(default_factory=list)

    def text(self, cell: Cell | None) -> str:
        """Return what a cell says."""
        return text_of(cell, self.strings)


def read_own(package: Package) -> Own:
    """Return what is the user's; UnreadableError when the workbook is not one of ours."""
    strings = read_strings(package)
    sheets = {sheet.name.lower(): sheet for sheet in sheets_of(package)}
    if layout.HIDDEN not in sheets:
        raise UnreadableError(NOT_OURS, hint="write the list under another name")
    hidden = _read_hidden(read_grid(package, sheets[layout.HIDDEN].part), strings)
    ours = _ours(package, hidden)
    hidden = replace(hidden, names=hidden.names - _names_elsewhere(package, ours))
    if layout.SHORTLIST not in ours:
        raise UnreadableError("the workbook has no sheet Shortlist any more", hint="write the list under another name")
    lost: list[str] = []
    shortlist = _read_table(package, ours[layout.SHORTLIST], strings, hidden, lost)
    left = None
    if layout.LEFT_SHEET in ours:
        left = _read_table(package, ours[layout.LEFT_SHEET], strings, hidden, lost)
    found = Own(package, ours, hidden, shortlist, left, strings, lost=lost)
    found.own = _own_headings(found)
    return found


def _read_hidden(grid: Grid, strings: list[_Element]) -> Hidden:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for _, cells in sorted(grid.rows.items()):
        kind, *values = (text_of(cells.get(column), strings) for column in range(1, 6))
        rows.setdefault(kind, []).append(tuple(values))
    return Hidden(
        {values[0]: values[1] for values in rows.get(layout.FACT, ())},
        tuple(values[0] for values in rows.get(layout.SHEET, ())),
        frozenset(values[0].lower() for values in rows.get(layout.NAME, ())),
        tuple(values[0] for values in rows.get(layout.HEADING, ())),
        tuple(values[0] for values in rows.get(layout.OWN, ())),
        tuple((values[0], values[1], values[2]) for values in rows.get(layout.ISSUER, ())),
    )


def _ours(package: Package, hidden: Hidden) -> dict[str, SheetRef]:
    """Return our sheets by the name that we gave them: known by their table, for users rename sheets, or by name."""
    sheets = sheets_of(package)
    tables = {part: root.get("displayName", "").lower() for part, root in parts.tables_of(package).items()}
    # A second one of the name was made beside a table of the user's (ShortlistTable_2).
    known = {table.lower(): name for name, table in layout.TABLES.items()}
    found: dict[str, SheetRef] = {}
    for sheet in sheets:
        for rel in package.rels(sheet.part):
            name = known.get(re.sub(r"_\d+$", "", tables.get(rel.part, "")), "")
            if name in hidden.sheets:
                found.setdefault(name, sheet)
    taken = {sheet.part for sheet in found.values()}
    by_name = {sheet.name.lower(): sheet for sheet in sheets if sheet.part not in taken}
    for name in hidden.sheets:
        if name not in found and name.lower() in by_name:
            found[name] = by_name[name.lower()]
    return found


def _names_elsewhere(package: Package, ours: Mapping[str, SheetRef]) -> frozenset[str]:
    """Return the names that lead to other sheets than ours: the user's, whatever they are called."""
    sheets = {sheet.name.lower() for sheet in ours.values()} | {"#ref"}  # a sheet of ours that was deleted
    names = package.tree(package.workbook).iter(q("definedName"))
    led = {item.get("name", "").lower(): split_sheet(item.text or "")[0].lower() for item in names}
    return frozenset(name for name, sheet in led.items() if sheet and sheet not in sheets)


def _read_table(package: Package, sheet: SheetRef, strings: list[_Element], hidden: Hidden, lost: list[str]) -> Table:
    wanted = {normal(text) for text in (*hidden.headings, *layout.LEFT_HEADINGS)}
    top = read_grid(package, sheet.part, rows=HEADING_ROWS)
    heading_row = _heading_row(top, strings, wanted)
    if not heading_row:
        raise UnreadableError(
            f"the sheet {sheet.name} has lost its headings: names and notes can't be told apart",
            hint="put the headings Ticker, Issuer and Notes back, or write the list under another name",
        )
    headings = {
        column: " ".join(text_of(cell, strings).split())
        for column, cell in sorted(top.rows[heading_row].items())
        if text_of(cell, strings).strip()
    }
    table = Table(sheet, heading_row, headings)
    ours = {normal(text) for text in hidden.headings} - {_KEY, _TICKER, _NAME, _NOTES}
    grid = read_grid(
        package, sheet.part, skip=frozenset(column for column, text in headings.items() if normal(text) in ours)
    )
    table.passed, table.styles = grid.passed, grid.styles
    total = _total_row(package, sheet)
    for row, cells in sorted(grid.rows.items()):
        if row == total:
            lost.append(f"the total row of {sheet.name}")
        elif row > heading_row:
            _read_line(table, row, cells, strings)
        elif row < heading_row:
            table.loose += [f"{letters(column)}{row}" for column, cell in cells.items() if not cell.empty]
    named = {line.row for line in table.lines if line.key or line.ticker or line.name}
    table.loose += [f"row {row}" for row in sorted(table.passed - named) if row > heading_row and row != total]
    if grid.odd:
        lost.append(
            f"{grid.odd} formulas of {sheet.name} that fill several cells at once: their values are kept, if they are"
            " in a column of yours"
        )
    return table


def _heading_row(grid: Grid, strings: list[_Element], wanted: set[str]) -> int:
    best, most = 0, 1
    for row in sorted(grid.rows)[:HEADING_ROWS]:
        found = {normal(text_of(cell, strings)) for cell in grid.rows[row].values()}
        if len(found & wanted) > most and found & {_KEY, _TICKER}:
            best, most = row, len(found & wanted)
    return best


def _total_row(package: Package, sheet: SheetRef) -> int:
    for rel in package.rels(sheet.part):
        if rel.name == "table" and rel.part:
            root = package.tree(rel.part)
            if root.tag == q("table") and int(root.get("totalsRowCount", "0")):
                return place_of(root.get("ref", "").rpartition(":")[2])[0]
    return 0


def _read_line(table: Table, row: int, cells: Mapping[int, Cell], strings: list[_Element]) -> None:
    said = {column: cell for column, cell in cells.items() if not cell.empty}
    free = [column for column in said if column not in table.headings]
    table.loose += [f"{letters(column)}{row}" for column in free]
    named = {normal(table.headings[column]): cell for column, cell in cells.items() if column in table.headings}
    key, ticker, name = (text_of(named.get(heading), strings).strip() for heading in (_KEY, _TICKER, _NAME))
    if not KEY.fullmatch(key):
        key = ""
    if key or any(column in table.headings for column in said):
        day = _day(named.get(_LEFT), strings)
        table.lines.append(Line(key, ticker, name, row, named, day))


def _day(cell: Cell | None, strings: list[_Element]) -> date | None:
    text = text_of(cell, strings)
    try:
        return date.fromisoformat(text) if "-" in text[1:] else _FIRST_DAY + timedelta(days=int(float(text)))
    except (ValueError, OverflowError):
        return None


def _own_headings(found: Own) -> tuple[str, ...]:
    """Return the user's headings: whatever we did not write, and on the sheet of those that left what has content."""
    ours = {normal(text) for text in found.hidden.headings}
    own = {normal(text): text for text in found.shortlist.headings.values() if normal(text) not in ours}
    if found.left is not None:
        known = {normal(text) for text in (*layout.LEFT_HEADINGS, *found.hidden.own)}
        for text in found.left.headings.values():
            heading = normal(text)
            # One that was carried before and is gone from the list was deleted there.
            filled = any(heading in line.cells and not line.cells[heading].empty for line in found.left.lines)
            if heading not in known and heading not in own and heading not in ours and filled:
                own[heading] = text
    return tuple(own.values())
