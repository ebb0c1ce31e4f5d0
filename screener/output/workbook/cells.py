"""Values into cells: one writer a column, chosen once by what the column holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from screener.output.cells import clean
from screener.output.values import is_numeric
from screener.output.workbook.layout import Formula
from screener.output.workbook.styles import Styles
from screener.output.workbook.table import Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Limits of the file format, and of Excel for the links of a sheet and a readable comment.
CELL_CHARACTERS = 32_767
SHEET_LINKS = 65_530
COMMENT_CHARACTERS = 2_000
# Of 255, with room for what tells two of them apart; each may be two UTF-16 units.
HEADING_CHARACTERS = 120
FIRST_DATE = datetime(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was

_INFINITY = float("inf")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Write = Callable[[int, int], None]


def text(value: str, *, lines: bool = False) -> str:
    """Return ``value`` as clean text that a cell can hold; ``lines`` keeps its line ends.

    The format counts UTF-16 units.
    """
    found = "\n".join(clean(line) for line in value.splitlines()) if lines else clean(value)
    if len(found) > CELL_CHARACTERS // 2:
        found = found.encode("utf-16-le")[: CELL_CHARACTERS * 2].decode("utf-16-le", "ignore")
    return _unmarked(found)


def _unmarked(found: str) -> str:
    # xlsxwriter copies <r>…</r> into the file as markup: an invisible character after it keeps it text.
    return f"{found[: CELL_CHARACTERS - 1]}\u200b" if found.startswith("<r>") and found.endswith("</r>") else found


def heading_text(value: str, taken: set[str]) -> str:
    """Return a heading that a table can have: at most 255 characters, unlike those ``taken`` in any case.

    ``_x0041_`` is how the file format writes a character, and would be read as one in a table's list of headings.
    """
    found = (_ESCAPE.sub("-", text(value, lines=True)).strip() or "Column")[:HEADING_CHARACTERS]
    shown, number = _unmarked(found), 1
    while shown.lower() in taken:
        number += 1
        shown = f"{found} ({number})"
    taken.add(shown.lower())
    return shown


def comment(made: Worksheet, row: int, column: int, said: str) -> None:
    """Attach ``said`` to a cell, in a box that is large enough to read it."""
    shown = text(said[:COMMENT_CHARACTERS], lines=True)
    lines = sum(len(line) // 44 + 1 for line in shown.split("\n"))
    made.write_comment(row, column, shown, {"width": 290, "height": min(400, 16 * lines + 14), "font_size": 9})


def writer(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    """Return the function (index of the row, row of the sheet) that writes the cells of a column."""
    alike = not (column.looks or column.units or column.number_format)
    if alike and is_numeric(column.unit):
        plain = _numbers(made, column, number, styles)
    elif alike and column.unit == "text":
        plain = _texts(made, column, number, styles)
    else:
        plain = _any(made, column, number, styles)
    return _linked(made, column, number, styles, plain) if column.links else plain


def _numbers(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    values, unit = column.values, column.unit
    sizes = styles.sizes(unit, column.align or "right")
    blank = styles.unknown if column.gaps else styles.get(unit, align=column.align)
    # With one format for all sizes there is nothing to choose.
    only = sizes[0][1] if len(sizes) == 1 else None
    write_number, write_blank = made.write_number, made.write_blank

    def write(index: int, row: int) -> None:
        value = values[index]
        if value is None:
            write_blank(row, number, None, blank)
        elif (type(value) is float or type(value) is int) and -_INFINITY < value < _INFINITY:
            write_number(row, number, value, only or _sized(sizes, value))
        else:
            cell(made, (row, number), value, styles, column=column, unit=unit)

    return write


def _texts(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    values = column.values
    shown = styles.get("text", wrap=column.wrap, align=column.align)
    blank = styles.unknown if column.gaps else shown
    write_string, write_blank = made.write_string, made.write_blank

    def write(index: int, row: int) -> None:
        value = values[index]
        if type(value) is str and value:
            write_string(row, number, text(value), shown)
        elif value is None or value == "":
            write_blank(row, number, None, blank if value is None else shown)
        else:
            cell(made, (row, number), value, styles, column=column, unit="text")

    return write


def _sized(sizes: tuple[tuple[float, Format], ...], value: float) -> Format:
    size = abs(value)
    for limit, found in sizes:
        if size >= limit:
            return found
    return sizes[-1][1]


def _date(made: Worksheet, place: tuple[int, int], value: date, shown: Format) -> None:
    """Write a date as one; a day that Excel cannot count is written as text."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    if moment >= FIRST_DATE:
        made.write_datetime(*place, moment, shown)
    else:
        made.write_string(*place, value.isoformat(), shown)


def _any(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    """Write a column whose rows differ in unit or look, or are a user's own."""

    def write(index: int, row: int) -> None:
        unit = column.units[index] if column.units else column.unit
        look = column.looks[index] if column.looks else ""
        cell(made, (row, number), column.values[index], styles, column=column, unit=unit, look=look)

    return write


def cell(
    made: Worksheet, place: tuple[int, int], value: Any, styles: Styles, *, column: Column, unit: str, look: str = ""
) -> None:
    """Write one value of any type in the style of its unit or the number format of its column."""
    own, align = column.number_format, column.align
    shown = styles.custom(own, look, wrap=column.wrap) if own else styles.get(unit, look, wrap=column.wrap, align=align)
    if value is None or value == "" or (isinstance(value, float) and not -_INFINITY < value < _INFINITY):
        made.write_blank(*place, None, styles.unknown if value != "" and column.gaps and not look else shown)
    elif isinstance(value, bool):
        made.write_boolean(*place, value, shown)
    elif isinstance(value, Formula):
        _formula(made, place, value, shown)
    elif isinstance(value, (int, float, Decimal)):
        sizes = styles.sizes("count" if unit == "text" else unit, align or "right")
        made.write_number(*place, value, shown if own or look else _sized(sizes, float(value)))
    elif isinstance(value, date):
        _date(made, place, value, shown if own not in ("", "General") else styles.get("date", look, align=align))
    else:
        made.write_string(*place, text(str(value), lines=bool(own)), shown)


def _formula(made: Worksheet, place: tuple[int, int], value: Formula, shown: Format) -> None:
    from xlsxwriter.utility import xl_rowcol_to_cell

    place_name: str = xl_rowcol_to_cell(*place)
    result = "" if value.value is None else value.value
    made.write_formula(*place, value.at(place_name), shown, result)


def _linked(made: Worksheet, column: Column, number: int, styles: Styles, plain: Write) -> Write:
    links = column.links

    def write(index: int, row: int) -> None:
        shown = text(str(column.values[index] or ""))
        # Beyond its limit Excel refuses the file.
        if shown and links[index] and index < SHEET_LINKS:
            made.write_url(row, number, links[index], styles.link, shown, "Filings at the SEC")
        else:
            plain(index, row)

    return write
