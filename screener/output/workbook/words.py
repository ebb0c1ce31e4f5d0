"""The sheets Definitions and Run: what the words of the screen mean, and what was run on which data."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.units import BY_NAME
from screener.engine.report import Report
from screener.engine.result import Value
from screener.output import shape
from screener.output.workbook import cells
from screener.output.workbook.page import set_page
from screener.output.workbook.styles import Styles
from screener.output.workbook.table import Column, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET = "Run"
# Range names of the run: its title, as-of date and hashes, by the line in which they stand.
NAMES = {
    "Title": "screener_title",
    "As of": "screener_as_of",
    "Screen hash": "screener_screen_hash",
    "Data hash": "screener_data_hash",
}
LABEL_WIDTH, VALUE_WIDTH = 26, 16
LAST_COLUMN = 6
LINE_CHARACTERS = 110


def definitions(report: Report) -> Sheet:
    """Return a row for each metric, field and line item that the screen rests on, its own words first."""
    rows = report.meanings
    units = [BY_NAME[row.unit].label if row.unit in BY_NAME else row.unit for row in rows]
    return Sheet(
        "Definitions",
        (
            Column("Word", [row.name for row in rows], width=26),
            Column("Label", [row.label for row in rows], width=28, wrap=True),
            Column("Kind", [row.kind for row in rows], width=12),
            Column("Formula", [row.formula for row in rows], width=46, wrap=True),
            Column("Unit", units, width=26, wrap=True),
            Column("Better", [row.direction for row in rows], width=10),
            Column("Undefined when", ["; ".join(row.undefined) for row in rows], width=40, wrap=True),
            Column("Source", [row.source for row in rows], width=30, wrap=True),
            Column("Note", [row.note for row in rows], width=46, wrap=True),
            Column("In the screen", ["yes" if row.direct else "" for row in rows], width=10, note=_DIRECT),
        ),
        frozen=1,
    )


_DIRECT = "yes: the screen itself names it; the others stand behind the formulas."


def write_run(book: Workbook, report: Report, styles: Styles) -> list[str]:
    """Write the sheet Run: identity, counts, coverage, sources, and the screen; return the range names given."""
    made = book.add_worksheet(SHEET)
    made.set_column(0, 0, LABEL_WIDTH)
    made.set_column(1, LAST_COLUMN, VALUE_WIDTH)
    names = []
    made.write_string(0, 0, "What", styles.heading)
    made.merge_range(0, 1, 0, LAST_COLUMN, "Value", styles.heading)
    row = 1
    for label, value in _facts(report):
        _write_fact(made, row, label, value, styles)
        name = NAMES.get(label)
        if name is not None:
            book.define_name(name, f"={SHEET}!$B${row + 1}")
            names.append(name)
        row += 1
    for title, headings, rows in _blocks(report):
        row = _write_block(made, row + 1, (title, headings, rows), styles)
    _write_listing(made, row + 1, report, styles)
    set_page(made, report, headed=False)
    return names


def _facts(report: Report) -> Iterator[tuple[str, Value]]:
    result, run = report.result, report.result.run
    if run.demo:
        yield "Demo", shape.DEMO_BANNER
    yield "Title", shape.title(result)
    yield "Screen", run.screen
    if result.screen.description:
        yield "Description", result.screen.description
    yield "As of", run.as_of
    yield "Data date", run.data_date
    yield "Data set", run.data
    yield "Built from", report.kind
    yield "Data hash", run.data_hash
    yield "Screen hash", run.screen_hash
    yield "Version", f"screener {run.version}"
    yield "Names in the universe", result.population
    yield "Names that passed", result.passed
    yield "Names shown", len(result.rows)
    yield from (("Note", note) for note in run.notes)
    yield from ((f"Set: {row.name}", row.value) for row in result.screen.params)
    yield "Run again", command(report)


def command(report: Report) -> str:
    """Return the command line that gives this list again, from the same screen and data."""
    run, screen = report.result.run, report.result.screen
    files = dict.fromkeys(row.file for row in screen.definitions.values() if row.file)
    words = ["screener", "run", screen.path or run.screen, "--as-of", run.as_of.isoformat()]
    words += [] if run.demo else ["--data", run.data]
    words += [word for file in files for word in ("--metrics", file)]
    words += [word for row in screen.params if row.given for word in ("--set", f"{row.name}={row.value}")]
    words += ["--limit", str(screen.limit or 0)]
    return " ".join(shlex.quote(word) for word in words)


def _write_fact(made: Worksheet, row: int, label: str, value: Value, styles: Styles) -> None:
    made.write_string(row, 0, label, styles.get("text"))
    shown = value if isinstance(value, str) else None
    if shown is not None and len(shown) > LINE_CHARACTERS:
        wrapped = styles.get("text", wrap=True)
        made.merge_range(row, 1, row, LAST_COLUMN, "", wrapped)
        made.write_string(row, 1, cells.text(shown), wrapped)
        made.set_row(row, 15 * (len(shown) // LINE_CHARACTERS + 1))
        return
    unit = "count" if isinstance(value, int) else "text"
    cells.cell(made, (row, 1), value, styles, column=_LEFT, unit=unit)


_LEFT, _PLAIN = Column("Value", (), align="left"), Column("Value", ())

Block = tuple[str, Sequence[tuple[str, str]], Sequence[Sequence[Value]]]


def _blocks(report: Report) -> Iterator[Block]:
    """Yield the tables below the facts: title, (heading, unit) of each column, rows."""
    coverage = [
        (str(row["factor"]), row["known"], row["of"], row["known"] / row["of"] if row["of"] else None)
        for row in report.coverage
    ]
    if coverage:
        headings = (("Factor", "text"), ("Known", "count"), ("Of", "count"), ("Share", "ratio"))
        yield "Coverage of the factors in the universe", headings, coverage
    if report.sources:
        yield "Data files", (("File", "text"), ("Bytes", "count"), ("SHA-256", "text")), report.sources
    own = [(row.name, row.text, Path(row.file).name) for row in report.result.screen.definitions.values() if row.file]
    if own:
        yield "Metrics of the author's files", (("Metric", "text"), ("Formula", "text"), ("File", "text")), own


def _write_block(made: Worksheet, row: int, block: Block, styles: Styles) -> int:
    title, headings, rows = block
    made.write_string(row, 0, title, styles.section)
    for column, (heading, unit) in enumerate(headings):
        made.write_string(row + 1, column, heading, styles.heading_of(unit))
    for values in rows:
        for column, value in enumerate(values):
            cells.cell(made, (row + 2, column), value, styles, column=_PLAIN, unit=headings[column][1])
        row += 1
    return row + 2


def _write_listing(made: Worksheet, row: int, report: Report, styles: Styles) -> None:
    lines = report.result.screen.source.expandtabs(2).splitlines()
    if not lines:
        return
    made.write_string(row, 0, "Screen file", styles.section)
    code = styles.get("text", "code")
    for number, line in enumerate(lines, start=1):
        made.write_string(row + number, 0, cells.text(line), code)
