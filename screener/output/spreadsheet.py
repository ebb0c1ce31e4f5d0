"""A result as an Excel workbook: typed cells, number formats by unit, rules, factors and what was run."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from screener.catalogue.units import BY_NAME
from screener.engine.result import Result, Value
from screener.errors import OutputError
from screener.output import shape
from screener.output.cells import clean, width_of
from screener.output.values import format_value, is_numeric

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# Limits of the file format.
CELL_CHARACTERS = 32_767
SHEET_ROWS = 1_048_576
FIRST_DATE = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was

STREAM_ABOVE_ROWS = 20_000
SAMPLED_ROWS = 500
NARROWEST, WIDEST = 6, 44
TICKER_COLUMN, SCORE_COLUMN = 1, 4


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet: its heading and the name of its unit; ``width`` in characters (0: as its cells need).

    ``unit_from`` is the column that holds the unit of each value, where the rows differ.
    """

    text: str
    unit: str = "text"
    width: int = 0
    unit_from: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: headings, rows of values, how many columns stay in view, whether it can be filtered, and notes.

    ``notes`` are texts attached to the cell in (row, column), where row 0 is the headings.
    """

    name: str
    headings: tuple[Heading, ...]
    rows: Sequence[Sequence[Value]]
    frozen: int = 0
    filtered: bool = True
    notes: dict[tuple[int, int], str] = field(default_factory=dict)


def write_xlsx(result: Result, target: BinaryIO) -> None:
    """Write the workbook to an open binary file: sheets Shortlist, Rules, Factors, Run.

    The same result gives the same bytes. Text is never a formula or a link, unknown values are blank and grey.
    Raises OutputError when a sheet cannot hold the rows, OSError when the file cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    sheets = (_shortlist(result), _rules(result), _factors(result), _run(result))
    longest = max(len(sheet.rows) for sheet in sheets)
    if longest >= SHEET_ROWS:
        raise OutputError(
            f"{longest:,} rows are more than a spreadsheet holds ({SHEET_ROWS - 1:,})",
            hint="write .csv or .json, or set a limit in the screen",
        )
    # Above some 20,000 rows a whole workbook in memory costs a gigabyte: rows then go through temporary files.
    streamed = longest > STREAM_ABOVE_ROWS
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": streamed,
        "in_memory": not streamed,
    }
    try:
        with Workbook(target, options) as book:
            _describe(book, result)
            formats = _formats(book)
            made = [_write_sheet(book, sheet, formats) for sheet in sheets]
            _dress_shortlist(made[0], result)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def to_xlsx(result: Result) -> bytes:
    """Return the workbook of :func:`write_xlsx` as bytes."""
    buffer = io.BytesIO()
    write_xlsx(result, buffer)
    return buffer.getvalue()


def _describe(book: Workbook, result: Result) -> None:
    run = result.run
    book.set_properties(
        {
            "title": _text(shape.title(result)),
            "subject": f"As of {run.as_of.isoformat()}",
            "comments": _text(shape.identity(result)),
            # The clock would make two equal runs differ.
            "created": datetime(run.as_of.year, run.as_of.month, run.as_of.day),
        }
    )


def _formats(book: Workbook) -> dict[str, Any]:
    """Return the cell formats: one a unit, and those of headings and unknown values."""
    formats = {
        unit.name: book.add_format({"num_format": unit.excel, "valign": "top", "align": _align(unit.name)})
        for unit in BY_NAME.values()
    }
    heading = {"bold": True, "bottom": 1, "bg_color": "#E8EEF4", "text_wrap": True, "valign": "top"}
    formats["heading"] = book.add_format(heading)
    formats["unknown"] = book.add_format({"bg_color": "#EDEDED"})
    return formats


def _align(unit: str) -> str:
    return "right" if is_numeric(unit) or unit == "bool" else "left"


def _write_sheet(book: Workbook, sheet: Sheet, formats: dict[str, Any]) -> Worksheet:
    made = book.add_worksheet(sheet.name)
    for column, heading in enumerate(sheet.headings):
        made.set_column(column, column, heading.width or _fitting_width(sheet, column))
        made.write_string(0, column, _text(heading.text), formats["heading"])
        _write_note(made, sheet, (0, column))
    for row, values in enumerate(sheet.rows, start=1):
        for column, value in enumerate(values):
            heading = sheet.headings[column]
            unit = heading.unit if heading.unit_from is None else str(values[heading.unit_from])
            _write_cell(made, (row, column), value, unit, formats)
            _write_note(made, sheet, (row, column))
    made.freeze_panes(1, sheet.frozen)
    if sheet.filtered and sheet.rows:
        made.autofilter(0, 0, len(sheet.rows), len(sheet.headings) - 1)
    made.set_landscape()
    made.fit_to_pages(1, 0)
    made.repeat_rows(0)
    return made


def _write_cell(sheet: Worksheet, place: tuple[int, int], value: Value, unit: str, formats: dict[str, Any]) -> None:
    """Write one value by its type; a date that Excel cannot count is written as text."""
    shown = formats.get(unit, formats["number"])
    if unit == "text" and isinstance(value, (int, float)):
        shown = formats["count"]
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(*place, None, formats["unknown"])
    elif isinstance(value, bool):
        sheet.write_boolean(*place, value, shown)
    elif isinstance(value, (int, float)):
        sheet.write_number(*place, value, shown)
    elif isinstance(value, date) and value >= FIRST_DATE:
        sheet.write_datetime(*place, value, formats["date"])
    else:
        sheet.write_string(*place, _text(str(value)), shown)


def _write_note(made: Worksheet, sheet: Sheet, place: tuple[int, int]) -> None:
    # Streamed sheets take a note only while its row is the newest.
    if place in sheet.notes:
        made.write_comment(*place, _text(sheet.notes[place]), {"x_scale": 2})


def _text(text: str) -> str:
    """Return ``text`` as one clean line that a cell can hold; the format counts UTF-16 units."""
    units = clean(text).encode("utf-16-le")[: CELL_CHARACTERS * 2]
    return units.decode("utf-16-le", "ignore")


def _fitting_width(sheet: Sheet, column: int) -> int:
    unit = sheet.headings[column].unit
    shown = (format_value(row[column], unit) for row in sheet.rows[:SAMPLED_ROWS])
    heading = max((len(word) for word in sheet.headings[column].text.split()), default=0)
    # Excel's filter button hides two characters of the heading.
    return min(WIDEST, max(NARROWEST, heading + 3, *(width_of(text) + 2 for text in shown), NARROWEST))


def _dress_shortlist(sheet: Worksheet, result: Result) -> None:
    """Add what is not a cell: the bar behind the score, the colour and the page header of a demo."""
    if result.rows:
        bar = {"type": "data_bar", "bar_color": "#9BC2E6", "bar_solid": True, "min_type": "num", "max_type": "num"}
        sheet.conditional_format(
            1, SCORE_COLUMN, len(result.rows), SCORE_COLUMN, {**bar, "min_value": 0, "max_value": 100}
        )
    if result.run.demo:
        sheet.set_tab_color("#FFC000")
        sheet.set_header(f"&C&B{shape.DEMO_BANNER}")


def _shortlist(result: Result) -> Sheet:
    columns = shape.chosen(result)
    names = {column.name for _, column in columns}
    dates = tuple(
        (heading, name)
        for heading, name in (("Newest period", "period_end"), ("Public since", "known_from"))
        if name not in names
    )
    headings = (
        Heading("Rank", "count"),
        Heading("Ticker"),
        Heading("Name"),
        Heading("Sector"),
        Heading("Score", "score", width=10),
        *(Heading(column.label or column.name, column.unit) for _, column in columns),
        *(Heading(heading, "date") for heading, _ in dates),
        Heading("Factors known", "ratio"),
        Heading("Flags"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            *(row.rank, row.ticker, row.name, row.sector, row.score),
            *(row.values[place] for place, _ in columns),
            *(getattr(row, name) for _, name in dates),
            shape.coverage(row),
            # An empty text, not None: a name without flags is not unknown.
            "; ".join(row.flags),
        )
        for row in result.rows
    ]
    notes = {
        (place, TICKER_COLUMN): "; ".join(row.flags) for place, row in enumerate(result.rows, start=1) if row.flags
    }
    if result.run.demo:
        notes[0, 0] = shape.DEMO_BANNER
    return Sheet("Shortlist", headings, rows, frozen=TICKER_COLUMN + 1, notes=notes)


def _rules(result: Result) -> Sheet:
    """Return every condition with its counts; a screen whose funnel is empty lists its rules without counts."""
    screen = result.screen
    policies = {("universe", "", rule.text): rule.if_unknown for rule in screen.universe}
    policies |= {("rule", rule.group, rule.text): rule.if_unknown for rule in screen.rules}
    rows: list[tuple[Value, ...]] = []
    for step in result.funnel:
        key = (step.kind, step.group if step.kind == "rule" else "", step.text)
        tested = (None,) * 4 if step.kind == "start" else (step.passed, step.failed, step.unknown, step.admitted)
        rows.append((shape.heading_of(step), step.text, policies.get(key, ""), *tested, step.remaining))
    if not rows:
        listed = ((rule, "Universe") for rule in screen.universe), ((rule, rule.group) for rule in screen.rules)
        rows = [(group, rule.text, rule.if_unknown, *(None,) * 5) for pairs in listed for rule, group in pairs]
    headings = (
        Heading("Group"),
        Heading("Rule", width=60),
        Heading("If unknown"),
        *(Heading(text, "count") for text in ("Passed", "Failed", "Unknown", "Let in", "Remaining")),
    )
    return Sheet("Rules", headings, rows)


def _factors(result: Result) -> Sheet:
    headings = (
        Heading("Rank", "count"),
        Heading("Ticker"),
        Heading("Name"),
        Heading("Group"),
        Heading("Factor"),
        Heading("Value", "number", width=14, unit_from=6),
        Heading("Unit"),
        Heading("Percentile", "score"),
        Heading("Peers"),
        Heading("Weight", "ratio"),
    )
    rows: list[tuple[Value, ...]] = [
        (
            *(row.rank, row.ticker, row.name, factor.group, factor.name, factor.value),
            *(factor.unit, factor.percentile, factor.peers, factor.weight),
        )
        for row in result.rows
        for factor in row.factors
    ]
    return Sheet("Factors", headings, rows, frozen=TICKER_COLUMN + 1)


def _run(result: Result) -> Sheet:
    run = result.run
    facts: Iterable[tuple[str, Value]] = (
        *((("Demo", shape.DEMO_BANNER),) if run.demo else ()),
        ("Title", shape.title(result)),
        ("Screen", run.screen),
        ("Description", result.screen.description),
        ("As of", run.as_of),
        ("Data date", run.data_date),
        ("Data set", run.data),
        ("Data hash", run.data_hash),
        ("Screen hash", run.screen_hash),
        ("Version", run.version),
        ("Names in the universe", result.population),
        ("Names that passed", result.passed),
        ("Names shown", len(result.rows)),
        *(("Note", note) for note in run.notes),
    )
    lines = result.screen.source.expandtabs(2).splitlines()
    listing = [(f"Screen file, line {number}", line) for number, line in enumerate(lines, start=1)]
    own = [
        (f"Metric of {Path(row.file).name}", f"{row.name}: {row.text}")
        for row in result.screen.definitions.values()
        if row.file
    ]
    return Sheet("Run", (Heading("What"), Heading("Value", width=100)), [*facts, *listing, *own], filtered=False)
