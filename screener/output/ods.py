"""A result as an OpenDocument spreadsheet: the shortlist in typed cells with formats by unit, and what was run."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue.units import BY_NAME
from screener.engine.result import Result, Value
from screener.errors import OutputError
from screener.output import ods_parts, shape
from screener.output.cells import clean, width_of
from screener.output.values import format_value

if TYPE_CHECKING:
    from odfdo import Document

CELL_CHARACTERS = 32_767
SHEET_ROWS = 1_048_576
SAMPLED_ROWS = 500
NARROWEST, WIDEST = 6, 44
FROZEN_COLUMNS = 2
# The zip format begins with this day; the clock would make two equal runs differ.
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
# A member of two gigabytes needs a form of zip that not every reader knows; a cell takes some hundred bytes.
LARGE_CELLS = 10_000_000
_CONTENT, _THUMBNAIL = "content.xml", "Thumbnails/thumbnail.png"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, (heading, unit) of each column, its rows, and how many columns stay in view."""

    name: str
    headings: tuple[tuple[str, str], ...]
    rows: Sequence[Sequence[Value]]
    frozen: int = 0


def need_library() -> None:
    """Raise OutputError, with what to install, where odfdo is missing."""
    try:
        import odfdo  # noqa: F401 - asked for before any work is done
    except ImportError:
        hint = "pip install 'screener[spreadsheets]'"
        raise OutputError("an .ods file needs the library odfdo, which is not installed", hint=hint) from None


def to_ods(result: Result) -> bytes:
    """Return the sheets Shortlist and Run as an OpenDocument spreadsheet.

    The same result gives the same bytes. Text is never a formula or a link; unknown values are empty cells. Raises
    OutputError without the library odfdo, and when a sheet cannot hold the rows.
    """
    need_library()
    from odfdo import Document, Element

    if len(result.rows) >= SHEET_ROWS:
        raise OutputError(
            f"{len(result.rows):,} rows are more than a spreadsheet holds ({SHEET_ROWS - 1:,})",
            hint="write .csv or .parquet, or set a limit in the screen",
        )
    sheets = (_shortlist(result), _run(result))
    document = Document("spreadsheet")
    document.body.clear()
    styles = document.content.get_element("//office:automatic-styles")
    assert styles is not None, "the library's empty document has them"  # noqa: S101 - a bug, not an input
    for style in ods_parts.styles(range(NARROWEST, WIDEST + 1)):
        styles.append(Element.from_tag(style))
    for number, sheet in enumerate(sheets):
        widths = [_width(sheet, column) for column in range(len(sheet.headings))]
        document.body.append(Element.from_tag(ods_parts.table(sheet.name, widths, number)))
    document.set_part("settings.xml", ods_parts.settings([(sheet.name, sheet.frozen) for sheet in sheets]))
    _describe(document, result)
    buffer = io.BytesIO()
    document.save(buffer)
    return _filled(buffer.getvalue(), sheets)


def _describe(document: Document, result: Result) -> None:
    meta = document.meta
    meta.clear_user_defined_metadata()
    meta.title = _text(shape.title(result))
    meta.subject = f"As of {result.run.as_of.isoformat()}"
    meta.description = _text(shape.identity(result))
    meta.language = "en-US"
    meta.creation_date = result.run.as_of
    # A picture of the empty sheet that the library begins with.
    document.manifest.del_full_path(_THUMBNAIL)
    document.del_part(_THUMBNAIL)


def _filled(content: bytes, sheets: Sequence[Sheet]) -> bytes:
    """Return the document with its rows, and no member of the zip file dated.

    The library keeps more than a kilobyte for every cell and takes a quarter of a millisecond to make it: the rows are
    written straight into the file.
    """
    buffer = io.BytesIO()
    large = sum(len(sheet.rows) * len(sheet.headings) for sheet in sheets) > LARGE_CELLS
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for member in source.infolist():
            undated = zipfile.ZipInfo(member.filename, ZIP_DAY)
            undated.compress_type = member.compress_type
            if member.filename != _CONTENT:
                target.writestr(undated, source.read(member))
                continue
            with target.open(undated, "w", force_zip64=large) as handle:
                for place, part in enumerate(re.split(ods_parts.MARK, source.read(member).decode())):
                    # Between the parts of the frame stand the numbers of the sheets.
                    for text in _rows(sheets[int(part)]) if place % 2 else [part]:
                        handle.write(text.encode())
    return buffer.getvalue()


def _rows(sheet: Sheet) -> Iterator[str]:
    """Yield the rows as XML; the headings are repeated on every page that is printed."""
    headings = "".join(ods_parts.text_cell(_text(text), ods_parts.HEADING) for text, _ in sheet.headings)
    yield f"<table:table-header-rows>{ods_parts.row(headings)}</table:table-header-rows>"
    units = [unit for _, unit in sheet.headings]
    for values in sheet.rows:
        yield ods_parts.row("".join(map(_cell, values, units)))


def _cell(value: Value, unit: str) -> str:
    """Return one cell, typed by its value; a value that does not suit its unit is shown as what it is."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ods_parts.EMPTY_CELL
    if isinstance(value, str):
        return ods_parts.text_cell(_text(value))
    shown = format_value(value, unit)
    if isinstance(value, bool):
        return ods_parts.cell("boolean", "boolean-value", str(value).lower(), "bool", shown)
    if isinstance(value, date):
        return ods_parts.cell("date", "date-value", shown, "date", shown)
    style = BY_NAME[unit].style if unit in BY_NAME else "decimal"
    style = style if style in ods_parts.NUMBERS else "integer"
    return ods_parts.cell("percentage" if style == "percent" else "float", "value", repr(value), style, shown)


def _text(text: str) -> str:
    """Return ``text`` as one clean line that a cell can hold."""
    return clean(text)[:CELL_CHARACTERS]


def _width(sheet: Sheet, column: int) -> int:
    """Return the width of a column in characters, as the values of the first rows need it."""
    heading, unit = sheet.headings[column]
    shown = (width_of(format_value(row[column], unit)) for row in sheet.rows[:SAMPLED_ROWS])
    longest = max((len(word) for word in heading.split()), default=0)
    return min(WIDEST, max(NARROWEST, longest + 2, *(width + 1 for width in shown), NARROWEST))


def _shortlist(result: Result) -> Sheet:
    columns = shape.chosen(result)
    names = {column.name for _, column in columns}
    dates = (("Newest period", "period_end"), ("Public since", "known_from"))
    own = [(heading, name) for heading, name in dates if name not in names]
    headings = (
        *(("Rank", "count"), ("Ticker", "text"), ("Name", "text"), ("Sector", "text"), ("Score", "score")),
        *((column.label or column.name, column.unit) for _, column in columns),
        *((heading, "date") for heading, _ in own),
        *(("Factors known", "ratio"), ("Flags", "text")),
    )
    rows: list[tuple[Value, ...]] = [
        (
            *(row.rank, row.ticker, row.name, row.sector, row.score),
            *(row.values[place] for place, _ in columns),
            *(getattr(row, name) for _, name in own),
            *(shape.coverage(row), "; ".join(row.flags)),
        )
        for row in result.rows
    ]
    return Sheet("Shortlist", headings, rows, frozen=FROZEN_COLUMNS)


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
    return Sheet("Run", (("What", "text"), ("Value", "count")), [*facts, *listing])
