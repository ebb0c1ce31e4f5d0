"""What an update leaves and needs: the names that left the list, and the hidden sheet that says what is ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screener.engine.report import Report
from screener.output import shape
from screener.output.workbook import layout
from screener.output.workbook.layout import Carried
from screener.output.workbook.table import Column, Sheet


def left_since(carried: Carried) -> Sheet:
    """Return the names that were on an earlier list, with their notes and the user's own values."""
    rows = carried.left
    headings = dict.fromkeys([column.heading for column in carried.own_columns])
    headings |= dict.fromkeys(heading for row in rows for heading in row.own)
    formats = {column.heading: column.number_format for column in carried.own_columns}
    return Sheet(
        layout.LEFT_SHEET,
        (
            Column(layout.LEFT_HEADING, [row.day for row in rows], "date", width=12),
            Column(layout.KEY_HEADING, [row.key for row in rows], hidden=True, width=18),
            Column("Ticker", [row.ticker or None for row in rows]),
            Column("Name", [row.name for row in rows]),
            Column(layout.NOTES_HEADING, [row.notes for row in rows], width=36, wrap=True, number_format="General"),
            *(
                Column(
                    heading, [row.own.get(heading) for row in rows], width=14,
                    number_format=formats.get(heading, "General"),
                )
                for heading in headings
            ),
        ),
        frozen=3,
    )  # fmt: skip


HiddenRow = tuple[str | int, ...]


def hidden_rows(
    report: Report, carried: Carried | None, headings: Sequence[str], names: Sequence[str]
) -> Iterator[HiddenRow]:
    """Yield the rows of the hidden sheet (see ``layout.py``) for these headings of the Shortlist and range names."""
    run = report.result.run
    facts = {
        "layout": layout.LAYOUT_VERSION,
        "screen": run.screen,
        "title": shape.title(report.result),
        "as_of": run.as_of.isoformat(),
        "previous": "" if carried is None else carried.previous.isoformat(),
        "screen_hash": run.screen_hash,
        "data_hash": run.data_hash,
        "version": run.version,
    }
    yield from ((layout.FACT, key, value) for key, value in facts.items())
    left = () if carried is None else (layout.LEFT_SHEET,)
    for sheet in (layout.SHORTLIST, *left, *layout.SHEETS[1:], layout.HIDDEN):
        yield layout.SHEET, sheet
    yield from ((layout.NAME, name) for name in names)
    ours = len(headings) - (0 if carried is None else len(carried.own_columns))
    yield from ((layout.HEADING, heading) for heading in headings[:ours])
    yield from ((layout.OWN, heading) for heading in headings[ours:])
    for entry in report.entries:
        row = entry.row
        key = layout.issuer_key(row.cik, row.issuer_id)
        yield layout.ISSUER, key, row.ticker or "", row.name, row.rank
