"""What the writer of the new workbook is told of the old one: the columns to make room for, and who left or came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from screener.output.workbook import layout
from screener.output.workbook.carry.dress import Worn, read_comments
from screener.output.workbook.carry.formulas import normal
from screener.output.workbook.carry.match import NOTES, Matched
from screener.output.workbook.carry.own import Line, Own
from screener.output.workbook.carry.sheets import Cell
from screener.output.workbook.carry.styles import FIRST_CUSTOM, q, styles_part
from screener.output.workbook.layout import Carried, CellValue, Left, OwnColumn


def carried_of(own: Own, matched: Matched, worn: Worn) -> Carried:
    """Return it. Formulas are not in it: they are put into place when both workbooks are joined."""
    formats = _number_formats(own)
    columns = []
    for heading in own.own:
        key, column = normal(heading), own.shortlist.column(normal(heading))
        lines = {to: line for to, line in matched.listed.items() if key in line.cells}
        columns.append(
            OwnColumn(
                heading,
                worn.widths.get(column, 0),
                _usual(formats.get(line.cells[key].style, "General") for line in lines.values()),
                {to: value for to, line in lines.items() if (value := value_of(own, line.cells[key])) is not None},
            )
        )
    notes = {
        to: value
        for to, line in matched.listed.items()
        if NOTES in line.cells and (value := value_of(own, line.cells[NOTES])) is not None
    }
    return Carried(
        own.hidden.as_of,
        notes,
        tuple(columns),
        matched.entered,
        tuple(_left(own, line) for line in matched.left),
        _comments(own, matched),
    )


def _left(own: Own, line: Line) -> Left:
    note = line.cells.get(NOTES)
    values: dict[str, CellValue] = {}
    for heading in own.own:
        cell = line.cells.get(normal(heading))
        if cell is not None and (value := value_of(own, cell.still())) is not None:
            values[heading] = value
    day = line.day or own.hidden.as_of
    return Left(day, line.key, line.ticker, line.name, own.text(note), values)


def value_of(own: Own, cell: Cell) -> CellValue | None:
    """Return a cell as the value that the writer sees, None for a formula and for nothing."""
    if cell.formula is not None or cell.empty:
        return None
    if cell.kind == "b":
        return cell.value == "1"
    if cell.kind == "n" and cell.value is not None:
        try:
            return float(cell.value)
        except ValueError:
            return cell.value
    return own.text(cell)


def _comments(own: Own, matched: Matched) -> dict[tuple[str, str], str]:
    """Return the user's comments on the notes and own columns, by key and heading."""
    keys = {line.row: key for key, line in matched.listed.items() if line.row and line.day is None}
    wanted = {NOTES: layout.NOTES_HEADING} | {normal(text): text for text in own.own}
    found = {}
    for row, column, _, text in read_comments(own):
        heading = wanted.get(normal(own.shortlist.headings.get(column, "")), "")
        if row in keys and heading and text.strip():
            found[keys[row], heading] = text
    return found


def _usual(formats: Iterable[str]) -> str:
    return max(Counter(formats).items(), key=lambda item: (item[1], item[0]), default=("General", 0))[0]


def _number_formats(own: Own) -> dict[int, str]:
    """Return the number format of each cell format of the old workbook."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    root = own.package.tree(styles_part(own.package))
    codes: dict[int, str] = {int(place): str(code) for place, code in BUILTIN_FORMATS.items() if place < FIRST_CUSTOM}
    codes |= {int(item.get("numFmtId", "0")): item.get("formatCode", "General") for item in root.iter(q("numFmt"))}
    section = root.find(q("cellXfs"))
    items = [] if section is None else list(section.iter(q("xf")))
    return {place: codes.get(int(item.get("numFmtId", "0")), "General") for place, item in enumerate(items)}
