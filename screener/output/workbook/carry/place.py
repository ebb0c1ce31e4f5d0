"""The user's cells at their places on the new list: each note beside its name, each formula as it must read there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from screener.output.workbook import layout
from screener.output.workbook.carry.formulas import Mover, normal
from screener.output.workbook.carry.match import NOTES, Issuer, Matched
from screener.output.workbook.carry.own import Line, Own
from screener.output.workbook.carry.sheets import Cell, letters

FIRST_ROW = 2  # of names, on every sheet of ours
LEFT_FIXED = len(layout.LEFT_HEADINGS)


@dataclass(frozen=True)
class Layout:
    """The new Shortlist: headings by column, the columns of the user's by heading in lower case, and how many names."""

    headings: Mapping[int, str]
    own: Mapping[str, int]
    names: int

    @classmethod
    def of(cls, headings: Mapping[int, str], own: Sequence[str], names: int) -> Layout:
        """Return the layout; the Notes and then the own columns are the last ones."""
        start = max(headings) - len(own)
        return cls(headings, {NOTES: start} | {normal(text): start + 1 + at for at, text in enumerate(own)}, names)

    @property
    def ours(self) -> dict[str, int]:
        """Return the columns of ours by heading in lower case."""
        taken = set(self.own.values())
        return {normal(text): column for column, text in self.headings.items() if column not in taken}


def columns_moved(own: Own, new: Layout) -> dict[int, int | None]:
    """Return the new place of each column of the old Shortlist, None for one that is gone."""
    ours = new.ours
    return {
        column: new.own.get(normal(text)) or ours.get(normal(text)) for column, text in own.shortlist.headings.items()
    }


def mover_of(own: Own, new: Layout, tables: Mapping[str, frozenset[str]]) -> Mover:
    """Return what moves the formulas of the Shortlist."""
    rows = [line.row for line in own.shortlist.lines if line.key or line.ticker]
    first = own.shortlist.heading_row + 1
    old = (first, max(rows, default=first))
    last = max(FIRST_ROW, FIRST_ROW + new.names - 1)
    return Mover(own.shortlist.sheet.name, columns_moved(own, new), old, (FIRST_ROW, last), tables)


def place_listed(matched: Matched, issuers: Sequence[Issuer], new: Layout, mover: Mover) -> dict[int, dict[int, Cell]]:
    """Return the user's cells on the new Shortlist by row and column.

    A column that holds one formula for all names, as Excel fills it, has it for those that entered as well. Those that
    came back have it in place of what it gave when they left: that would stand unmarked among computed values.
    """
    placed: dict[int, dict[int, Cell]] = {}
    everywhere = _everywhere(matched, new, mover)
    for at, issuer in enumerate(issuers):
        row = FIRST_ROW + at
        line = matched.listed.get(issuer.key)
        cells = {} if line is None else _cells(line, row, new, mover)
        if issuer.key in matched.entered:
            for heading, (cell, origin) in everywhere.items():
                if new.own[heading] not in cells or (line is not None and line.day is not None):
                    cells[new.own[heading]] = _moved(cell, origin, row, mover)
        if cells:
            placed[row] = cells
    return placed


def _cells(line: Line, row: int, new: Layout, mover: Mover) -> dict[int, Cell]:
    # What comes back from the names that had left stood on another sheet: it comes as values.
    back = line.day is not None
    return {
        new.own[heading]: cell.still() if back else _moved(cell, f"{letters(cell.column)}{cell.row}", row, mover)
        for heading, cell in line.cells.items()
    }


def _moved(cell: Cell, origin: str, row: int, mover: Mover) -> Cell:
    if cell.formula is None:
        return cell
    # What it gave before may be wrong now: without a value every program computes it, with one some show it.
    formula = mover.move(cell.formula, origin, (cell.row, row))
    return replace(cell, formula=formula, value=None, kind="n", inline="")


def _everywhere(matched: Matched, new: Layout, mover: Mover) -> dict[str, tuple[Cell, str]]:
    """Return the own columns of which every name of the old list has the same formula, with one of its cells."""
    lines = [line for line in (*matched.listed.values(), *matched.left) if line.row and line.day is None]
    lines += [line for line in matched.left if line.row and line.key in matched.gone]
    found = {}
    for heading in new.own:
        cells = [line.cells[heading] for line in lines if heading in line.cells]
        if len(cells) < max(2, len(lines)) or any(cell.formula is None or cell.array for cell in cells):
            continue
        trial = replace(mover, gone=set(), elsewhere=set())
        texts = {_moved(cell, f"{letters(cell.column)}{cell.row}", FIRST_ROW, trial).formula for cell in cells}
        if len(texts) == 1:
            found[heading] = cells[0], f"{letters(cells[0].column)}{cells[0].row}"
    return found


def place_left(matched: Matched, own: Sequence[str]) -> dict[int, dict[int, Cell]]:
    """Return the user's cells on the sheet of the names that left: values, for their formulas spoke of the list."""
    places = {NOTES: LEFT_FIXED} | {normal(text): LEFT_FIXED + 1 + at for at, text in enumerate(own)}
    return {
        FIRST_ROW + at: {places[heading]: cell.still() for heading, cell in line.cells.items()}
        for at, line in enumerate(matched.left)
        if line.cells
    }


def rows_moved(matched: Matched, issuers: Sequence[Issuer]) -> dict[int, int]:
    """Return the new row of each row of the old Shortlist whose name is still on the list."""
    listed = {issuer.key: FIRST_ROW + at for at, issuer in enumerate(issuers)}
    return {line.row: listed[key] for key, line in matched.listed.items() if line.row and line.day is None}
