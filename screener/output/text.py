"""The text formats: CSV, TSV, JSON, Markdown, and the same for any table of headers and rows."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from screener.engine.result import FIXED_COLUMNS, Result, Row, Value
from screener.output import shape
from screener.output.cells import cell_text, clean, cut, wrap
from screener.output.layout import Column, lay_out, not_shown, paint
from screener.output.values import UNKNOWN, format_value, is_numeric

# A spreadsheet that opens a CSV runs a text cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TEXT_WIDTH, TEXT_LEAST, FIRST_LEAST = 60, 12, 24

Rows = Iterable[Sequence[Value]]


def to_csv(result: Result) -> str:
    """Return ``rank,ticker,name,sector,score`` and the chosen columns, one line a name; see :func:`table_csv`."""
    return table_csv(_headers(result), _rows(result))


def to_tsv(result: Result) -> str:
    """Return what :func:`to_csv` returns, with tabs between the cells."""
    return _delimited(_headers(result), _rows(result), "\t")


def to_json(result: Result) -> str:
    """Return ``{"run": ..., "funnel": [...], "rows": [...]}`` as strict JSON, full units, unrounded, null for unknown.

    A row has the chosen columns under their names beside ``rank``, ``ticker``, ``name``, ``sector``, ``score``, and
    ``issuer_id``, ``cik``, ``exchange``, ``period_end``, ``known_from``, ``coverage``, ``flags`` and ``factors``; the
    whole is described by :func:`screener.output.result_schema.result_schema`.
    """
    keys = [(key, place) for key, place, _ in shape.keyed(result)]
    return strict_json(
        {
            "run": shape.run_object(result),
            "funnel": [step.as_dict() for step in result.funnel],
            "rows": [_row_object(row, keys) for row in result.rows],
        }
    )


def _row_object(row: Row, keys: Sequence[tuple[str, int]]) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in FIXED_COLUMNS},
        **{key: row.values[place] for key, place in keys},
        **{name: getattr(row, name) for name in shape.IDENTITY_KEYS},
        "coverage": shape.coverage(row),
        "flags": list(row.flags),
        "factors": [{name: getattr(factor, name) for name in factor.__slots__} for factor in row.factors],
    }


def to_markdown(result: Result) -> str:
    """Return the report as Markdown: heading, ranked pipe table formatted by unit, funnel, counts and identity."""
    columns = shape.chosen(result)
    headers = ["#", "Ticker", "Name", "Sector", "Score", *(column.label or column.name for _, column in columns)]
    units = ["count", "text", "text", "text", "score", *(column.unit for _, column in columns)]
    parts = [f"# {markdown_text(shape.title(result))}", markdown_text(" · ".join(shape.headline(result)))]
    if result.run.demo:
        parts.append(f"> **{shape.DEMO_BANNER}**")
    parts.append(table_markdown(headers, _rows(result), units).rstrip("\n"))
    flagged = [(row.ticker or row.name, flag) for row in result.rows for flag in row.flags]
    if flagged:
        parts.append("\n".join(f"- {markdown_text(name)}: {markdown_text(flag)}" for name, flag in flagged))
    parts.append(_funnel_markdown(result))
    parts.append(shape.counts(result) + ".")
    parts.extend(f"Note: {markdown_text(note)}" for note in result.run.notes)
    parts.append(markdown_text(shape.identity(result)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _funnel_markdown(result: Result) -> str:
    rows: list[tuple[Value, ...]] = []
    for step in result.funnel:
        tested = (None,) * 3 if step.kind == "start" else (step.passed, step.failed, step.unknown)
        rows.append((shape.heading_of(step), step.text, *tested, step.remaining))
    units = ("text", "text", "count", "count", "count", "count")
    headers = ("Group", "Rule", "Passed", "Failed", "Unknown", "Left")
    return table_markdown(headers, rows, units).rstrip("\n") if rows else ""


def table_csv(headers: Sequence[str], rows: Rows) -> str:
    """Return RFC 4180 CSV with a header line and LF line ends.

    Numbers in full precision, dates as YYYY-MM-DD, true/false, empty for None and non-finite numbers. Text is one
    line without control characters, and begins with an apostrophe where a spreadsheet would run it as a formula.
    """
    return _delimited(headers, rows, ",")


def _delimited(headers: Sequence[str], rows: Rows, delimiter: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow([_plain_cell(header) for header in headers])
    writer.writerows([_plain_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _plain_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = clean(value).strip()
        return "'" + text if text.startswith(FORMULA_STARTS) else text
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if math.isfinite(value) else ""


def table_json(headers: Sequence[str], rows: Rows) -> str:
    """Return a strict JSON list of one object a row, keyed by the headers; null for None and non-finite numbers."""
    return strict_json([dict(zip(headers, row, strict=True)) for row in rows])


# Characters that JSON leaves as they are but a terminal, an encoder or JavaScript does not.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def strict_json(value: Any) -> str:
    """Return ``value`` as JSON that any reader takes: dates as text, null for what is not finite, nothing unsafe."""
    text = json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _finite(value: Any) -> Any:
    """Return ``value`` with dates as ISO text and non-finite numbers as None, through lists and objects."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def table_markdown(headers: Sequence[str], rows: Rows, units: Sequence[str] | None = None) -> str:
    """Return a Markdown pipe table; with ``units`` (one a column) values are formatted by unit and numbers right."""
    numeric = [bool(units) and is_numeric(unit) for unit in units or [""] * len(headers)]
    lines = [
        _pipe_line(markdown_text(header) for header in headers),
        _pipe_line("---:" if right else "---" for right in numeric),
    ]
    for row in rows:
        cells = _texts(row, units) if units else [_plain_value(value) for value in row]
        lines.append(_pipe_line(markdown_text(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _pipe_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _texts(row: Sequence[Value], units: Sequence[str]) -> list[str]:
    return [format_value(value, unit) for value, unit in zip(row, units, strict=True)]


def _plain_value(value: Value) -> str:
    """Return a value without a unit for people: text as it is, all else as in CSV, a dash for what is unknown."""
    return value if isinstance(value, str) else _plain_cell(value) or UNKNOWN


_MARKDOWN_MARKS = re.compile(r"([\\`*_\[\]|~#])")


def markdown_text(text: str) -> str:
    """Return ``text`` as one line that Markdown shows as it is."""
    text = cell_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN_MARKS.sub(r"\\\1", text)


def table_text(
    headers: Sequence[str],
    rows: Rows,
    units: Sequence[str] | None = None,
    *,
    width: int = 100,
    color: bool = False,
    whole: Sequence[str] = (),
    last: Sequence[str] = (),
) -> str:
    """Return a table for the terminal, lines of at most ``width`` cells (taken as 40 when smaller).

    Long texts are cut, then columns dropped and named below the table: those named in ``last``, then the others, each
    time from the last. Without ``units`` values are shown unrounded, and columns of numbers are recognised by their
    values. The columns named in ``whole``, and numbers, are never cut.
    """
    table = [list(row) for row in rows]
    columns = []
    for place, header in enumerate(headers):
        values = [row[place] for row in table]
        right = is_numeric(units[place]) if units else _all_numbers(values)
        texts = [format_value(value, units[place]) if units else cell_text(_plain_value(value)) for value in values]
        columns.append(
            Column(
                cell_text(header),
                texts if right else [cut(text, TEXT_WIDTH) for text in texts],
                right=right,
                least=0 if right or header in whole else TEXT_LEAST if place else FIRST_LEAST,
                drop=place + len(headers) * (header in last),
                styles="bold" if place == 0 else "",
            )
        )
    lines, dropped = lay_out(columns, width, color=color)
    if dropped:
        lines += ["", *(paint(line, "dim", color) for line in wrap(not_shown(dropped), width, rest="  "))]
    return "\n".join(lines) + "\n"


def _all_numbers(values: Sequence[Value]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known)


def _headers(result: Result) -> list[str]:
    return [*FIXED_COLUMNS, *(column.name for _, column in shape.chosen(result))]


def _rows(result: Result) -> Iterable[tuple[Value, ...]]:
    places = [place for place, _ in shape.chosen(result)]
    for row in result.rows:
        chosen = (row.values[place] for place in places)
        yield (row.rank, row.ticker, row.name, row.sector, row.score, *chosen)
