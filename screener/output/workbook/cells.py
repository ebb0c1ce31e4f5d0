"""Values into cells: one writer a column, chosen once by what the column holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from screener.output.cells import clean
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
FIRST_DATE = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was

_INFINITY = float("inf")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

Write = Callable[[int, int], None]


def text(value: str, *, lines: bool = False) -> str:
    """Return ``value`` as clean text that a cell can hold; ``lines`` keeps its line ends.

    The format counts UTF-16 units. xlsxwriter takes ``<r>…</r>`` for markup of its own: a space keeps it text.
    """
    found = "\n".join(clean(line) for line in value.splitlines()) if lines else clean(value)
    if len(found) > CELL_CHARACTERS // 2:
        found = found.encode("utf-16-le")[: CELL_CHARACTERS * 2].decode("utf-16-le", "ignore")
    if found.startswith("<r>") and found.endswith("</r>"):
        found = f" {found[: CELL_CHARACTERS - 1]}"
    return found


def heading_text(value: str, taken: set[str]) -> str:
    """Return a heading that a table can have: one line, at most 255 characters, unlike those ``taken`` in any case.

    ``_x0041_`` is how the file format writes a character, and would be read as one in a table's list of headings.
    """
    found = _ESCAPE.sub("-", text(value, lines=True)).strip() or "Column"
    shown, number = found[:200], 1
    while shown.lower() in taken:
        number += 1
        shown = f"{found[:200]} ({number})"
    taken.add(shown.lower())
    return shown


def comment(made: Worksheet, row: int, column: int, said: str) -> None:
    """Attach ``said`` to a cell, in a box that is large enough to read it."""
    shown = text(said[:COMMENT_CHARACTERS], lines=True)
    lines = sum(len(line) // 44 + 1 for line in shown.split("\n"))
    made.write_comment(row, column, shown, {"width": 290, "height": min(400, 16 * lines + 14), "font_size": 9})


def writer(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    """Return the function (index of the row, row of the sheet) that writes the cells of a column."""
    plain = _any(made, column, number, styles)
    if not (column.links or column.looks or column.units or column.number_format):
        plain = _alike(made, column, number, styles)
    if column.links:
        plain = _linked(made, column, number, styles, plain)
    return plain


def _alike(made: Worksheet, column: Column, number: int, styles: Styles) -> Write:
    """Write a column of one unit: the way of each type of value is looked up, not asked for."""
    values, unit = column.values, column.unit
    blank = styles.unknown if column.gaps else styles.get(unit, wrap=column.wrap)
    shown = styles.get(unit, wrap=column.wrap, align=column.align)
    sizes = styles.sizes("count" if unit == "text" else unit, column.align or "right")
    write_number, write_string, write_blank = made.write_number, made.write_string, made.write_blank
    one = sizes[0][1] if len(sizes) == 1 else None

    def numeric(row: int, value: Any) -> None:
        if not -_INFINITY < value < _INFINITY:
            empty(row, value)
        else:
            write_number(row, number, value, one or _sized(sizes, value))

    def string(row: int, value: Any) -> None:
        if value:
            write_string(row, number, text(value), shown)
        else:
            write_blank(row, number, None, shown)

    def empty(row: int, _: Any) -> None:
        write_blank(row, number, None, blank)

    ways: dict[type, Callable[[int, Any], Any]] = {
        float: numeric,
        int: numeric,
        str: string,
        type(None): empty,
        bool: lambda row, value: made.write_boolean(row, number, value, shown),
        date: lambda row, value: _date(made, row, number, value, styles),
    }

    def other(row: int, value: Any) -> None:
        cell(made, (row, number), value, styles, column=column, unit=unit)

    def write(index: int, row: int) -> None:
        value = values[index]
        ways.get(type(value), other)(row, value)

    return write


def _sized(sizes: tuple[tuple[float, Format], ...], value: float) -> Format:
    size = abs(value)
    for limit, found in sizes:
        if size >= limit:
            return found
    return sizes[-1][1]


def _date(made: Worksheet, row: int, number: int, value: date, styles: Styles) -> None:
    """Write a date as one; a day that Excel cannot count is written as text."""
    if value >= FIRST_DATE:
        made.write_datetime(row, number, datetime(value.year, value.month, value.day), styles.get("date"))
    else:
        made.write_string(row, number, value.isoformat(), styles.get("date"))


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
    own = column.number_format
    shown = (
        styles.custom(own, look, wrap=column.wrap)
        if own
        else styles.get(unit, look, wrap=column.wrap, align=column.align)
    )
    if value is None or value == "" or (isinstance(value, float) and not -_INFINITY < value < _INFINITY):
        made.write_blank(*place, None, styles.unknown if value != "" and column.gaps and not look else shown)
    elif isinstance(value, bool):
        made.write_boolean(*place, value, shown)
    elif isinstance(value, Formula):
        _formula(made, place, value, shown)
    elif isinstance(value, (int, float, Decimal)):
        sized = (
            shown
            if own or look
            else _sized(styles.sizes("count" if unit == "text" else unit, column.align or "right"), float(value))
        )
        made.write_number(*place, value, sized)
    elif isinstance(value, date):
        _date(made, *place, value, styles) if not own or own == "General" else made.write_datetime(*place, value, shown)
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
