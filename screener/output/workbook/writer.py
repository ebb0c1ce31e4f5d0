"""The workbook of a report: its sheets in order, their tables, range names and pages to print."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from screener.engine.report import Report
from screener.errors import OutputError
from screener.output import shape
from screener.output.cells import width_of, wrap
from screener.output.values import format_value, is_numeric
from screener.output.workbook import cells, left_out, standings, steps, words
from screener.output.workbook.layout import HIDDEN, TABLES, Carried, Formula
from screener.output.workbook.own import hidden_rows, left_since
from screener.output.workbook.page import set_page
from screener.output.workbook.shortlist import shortlist
from screener.output.workbook.styles import BAR, GOOD, PLAIN, TABLE_STYLE, Styles
from screener.output.workbook.table import SHEET_ROWS, Column, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# A cell in memory costs some 330 bytes: beyond so many, rows go through temporary files instead, and no sheet is a
# table (xlsxwriter cannot do both).
CELLS_IN_MEMORY = 3_000_000
# Excel draws each comment as a shape of its own: with more of them in a sheet it takes minutes to open.
COMMENTS = 10_000
SAMPLED_ROWS = 500
TALLEST = 400
# Of a text, so many go into the width of a digit.
CHARACTERS = 1.05
NARROWEST, WIDEST, WRAPPED = 6, 42, 60


def to_xlsx(report: Report, carried: Carried | None = None) -> bytes:
    """Return the workbook of :func:`write_xlsx` as bytes."""
    buffer = io.BytesIO()
    write_xlsx(report, buffer, carried)
    return buffer.getvalue()


def write_xlsx(report: Report, target: BinaryIO, carried: Carried | None = None) -> None:
    """Write the workbook of a report to an open binary file; ``carried``: what an update takes over from the last one.

    The same report gives the same bytes. No text is a formula or a link: links are the pages of filings at the SEC
    alone, formulas those of the user's own columns in ``carried`` alone. Up to ``CELLS_IN_MEMORY`` cells every sheet is
    an Excel table; a larger workbook is streamed, with filters on plain ranges instead, so that 50,000 names stay
    below 1.5 GB of memory. A sheet has at most ``COMMENTS`` comments of ours, those of the first rows. Rows beyond what
    a sheet holds are left out of every sheet but the Shortlist, with a line that says so. Raises OutputError when the
    Shortlist has more names than that, OSError when the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    if len(report.entries) >= SHEET_ROWS:
        raise OutputError(
            f"{len(report.entries):,} rows are more than a spreadsheet holds ({SHEET_ROWS - 1:,})",
            hint="write .csv or .json, or set a limit in the screen",
        )
    streamed = _cells(report) > CELLS_IN_MEMORY
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": streamed,
        "in_memory": not streamed,
    }
    try:
        with Workbook(target, options) as book:
            _describe(book, report)
            styles, names = Styles(book), []
            for sheet in _sheets(report, carried):
                names += _write_sheet(book, sheet, styles, report)
            names += words.write_run(book, report, styles)
            _write_hidden(book, report, carried, names)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _sheets(report: Report, carried: Carried | None) -> Iterator[Sheet]:
    """Yield the sheets that are one table, each made when the one before it is written."""
    yield shortlist(report, carried)
    if carried is not None:
        yield left_since(carried)
    yield standings.factors(report)
    yield standings.rules(report)
    yield left_out.left_out(report)
    yield steps.funnel(report)
    yield words.definitions(report)


def _cells(report: Report) -> int:
    """Return about how many cells the sheets that grow with the list will have."""
    per_name = len(report.result.columns) + 11
    if report.entries:
        first = report.entries[0]
        per_name += standings.FACTOR_COLUMNS * len(first.factors) + standings.RULE_COLUMNS * len(first.verdicts)
    left = len(report.near.rows) + sum(len(row.reasons) for row in report.unknown.rows)
    return per_name * len(report.entries) + left_out.COLUMNS * left


def _describe(book: Workbook, report: Report) -> None:
    result = report.result
    day = result.run.as_of
    book.set_properties(
        {
            "title": cells.text(shape.title(result))[:255],
            "subject": f"As of {day.isoformat()}",
            "comments": cells.text(shape.identity(result)),
            # The clock would make two equal runs differ.
            "created": datetime(day.year, day.month, day.day),
        }
    )


def _write_sheet(book: Workbook, sheet: Sheet, styles: Styles, report: Report) -> list[str]:
    """Write a sheet; return the range names that were given to its columns."""
    made = book.add_worksheet(sheet.name)
    taken: set[str] = set()
    headings = [cells.heading_text(column.heading, taken) for column in sheet.columns]
    _write_headings(made, sheet, headings, styles)
    writers = [
        (cells.writer(made, column, number, styles), column, number) for number, column in enumerate(sheet.columns)
    ]
    wrapped = [(column.values, column.width) for column in sheet.columns if column.wrap]
    comments = 0
    for index in range(sheet.rows):
        row = index + 1
        if wrapped:
            _fit_height(made, row, [(values[index], width) for values, width in wrapped])
        for write, column, number in writers:
            write(index, row)
            # Streamed sheets take a comment only while its row is the newest; a user's own are all kept.
            if column.notes and index in column.notes and (comments < COMMENTS or column.number_format):
                cells.comment(made, row, number, column.notes[index])
                comments += 1
    if sheet.footnote:
        made.write_string(sheet.rows + 2, 0, sheet.footnote, styles.footnote)
    _dress(made, sheet, headings, styles)
    set_page(made, report, frozen=sheet.frozen)
    if sheet.after is not None:
        sheet.after(book, made, styles)
    return _name_ranges(book, sheet)


def _write_headings(made: Worksheet, sheet: Sheet, headings: list[str], styles: Styles) -> None:
    widths = [
        column.width or _fitting_width(column, heading) for column, heading in zip(sheet.columns, headings, strict=True)
    ]
    for number, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
        made.set_column(number, number, width, None, {"hidden": True} if column.hidden else {})
    lines = max(_lines(heading, width) for heading, width in zip(headings, widths, strict=True))
    made.set_row(0, 15 * min(lines, 6) + 4)
    for number, (column, heading) in enumerate(zip(sheet.columns, headings, strict=True)):
        made.write_string(0, number, heading, styles.heading_of(column.unit, column.align))
        if column.note:
            cells.comment(made, 0, number, column.note)


def _fit_height(made: Worksheet, row: int, texts: list[tuple[object, float]]) -> None:
    """Make a row as high as its longest text: not every program does so by itself."""
    lines = 1
    for text, width in texts:
        if isinstance(text, str) and (len(text) > width or "\n" in text):
            lines = max(lines, sum(len(wrap(line, int(width * CHARACTERS))) for line in text.split("\n")))
    if lines > 1:
        made.set_row(row, min(TALLEST, 15 * lines))


def _lines(heading: str, width: float) -> int:
    """Return how many lines a heading takes, beside the filter button that hides two characters of each."""
    lines, used = 1, 0
    for word in heading.split():
        if used and used + 1 + len(word) > width - 4:
            lines, used = lines + 1, 0
        used += len(word) + bool(used)
    return lines


def _fitting_width(column: Column, heading: str) -> float:
    unit = column.unit
    shown = (
        format_value(value, column.units[index] if column.units else unit)
        for index, value in enumerate(column.values[:SAMPLED_ROWS])
        if value is not None and not isinstance(value, Formula)
    )
    longest = max((len(word) for word in heading.split()), default=0)
    widest = WRAPPED if column.wrap else WIDEST
    # Excel's filter button hides two characters of the heading; numbers stand off the right edge.
    room = 5 if is_numeric(unit) else 3
    return min(widest, max(NARROWEST, longest + room, *(width_of(text) + room - 1 for text in shown), NARROWEST))


def _dress(made: Worksheet, sheet: Sheet, headings: list[str], styles: Styles) -> None:
    """Make the cells a table that can be filtered, and colour what is better than the rest."""
    last = max(1, sheet.rows)
    if made.constant_memory:
        made.autofilter(0, 0, last, len(headings) - 1)
    else:
        columns = [
            {"header": heading, "header_format": styles.heading_of(column.unit, column.align)}
            for heading, column in zip(headings, sheet.columns, strict=True)
        ]
        made.add_table(
            0, 0, last, len(headings) - 1, {"name": TABLES[sheet.name], "style": TABLE_STYLE, "columns": columns}
        )
    for number, column in enumerate(sheet.columns):
        if column.scale:
            made.conditional_format(1, number, last, number, _scale(column.scale))
        if column.bar is not None:
            made.conditional_format(1, number, last, number, _bar(*column.bar))


def _scale(direction: str) -> dict[str, Any]:
    """Return a colour scale from white to green for the better end; the outer tenths are of one colour each."""
    low, high = (PLAIN, GOOD) if direction == "higher" else (GOOD, PLAIN)
    ends = {"min_type": "percentile", "min_value": 10, "max_type": "percentile", "max_value": 90}
    return {"type": "2_color_scale", "min_color": low, "max_color": high, **ends}


def _bar(low: float, high: float) -> dict[str, Any]:
    ends = {"min_type": "num", "max_type": "num", "min_value": low, "max_value": high}
    return {"type": "data_bar", "bar_color": BAR, "bar_solid": True, **ends}


def _name_ranges(book: Workbook, sheet: Sheet) -> list[str]:
    from xlsxwriter.utility import quote_sheetname, xl_range_abs

    names = []
    for number, column in enumerate(sheet.columns):
        if column.named:
            # An empty list keeps its names: formulas that use them must not break.
            cells_of = xl_range_abs(1, number, max(1, sheet.rows), number)
            book.define_name(column.named, f"={quote_sheetname(sheet.name)}!{cells_of}")
            names.append(column.named)
    return names


def _write_hidden(book: Workbook, report: Report, carried: Carried | None, names: list[str]) -> None:
    made = book.add_worksheet(HIDDEN)
    taken: set[str] = set()
    sheet = shortlist(report, carried)
    headings = [cells.heading_text(column.heading, taken) for column in sheet.columns]
    for row, values in enumerate(hidden_rows(report, carried, headings, names)):
        for column, value in enumerate(values):
            if isinstance(value, int):
                made.write_number(row, column, value)
            else:
                made.write_string(row, column, cells.text(value, lines=True))
    made.very_hidden()
