"""The sheet Funnel: what each condition passes, fails and leaves, as a table and a native chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.engine.report import Report
from screener.engine.result import Value
from screener.output import shape
from screener.output.cells import cut
from screener.output.workbook.standings import columns_of
from screener.output.workbook.styles import Styles
from screener.output.workbook.table import Column, Sheet

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = 14
LABEL_WIDTH = 34
# Pixels of the chart: its width, that of its frame, and of each bar.
CHART_WIDTH, CHART_FRAME, CHART_BAR = 880, 110, 26
LABELS, REMAINING = 13, 7
BAR_COLOR, LABEL_COLOR = "#5B9BD5", "#404040"


def funnel(report: Report) -> Sheet:
    """Return a row for each condition in written order, in order and alone, with a chart of what remains."""
    rows = _rows(report)
    cells = columns_of(rows, COLUMNS)
    counts = (
        ("Passed", "Names that reached this condition and meet it."),
        ("Failed", ""),
        ("Unknown", "Names that reached it and for which it is unknown."),
        ("Let in", "Those of them that the condition lets through (if_unknown)."),
        ("Remaining", "Names still in after this condition and all before it."),
        ("Passed alone", "Of all names of the universe, whatever the other rules say."),
        ("Failed alone", ""),
        ("Unknown alone", ""),
        ("Kept out", "Names of the universe that this rule keeps out, whatever the others do."),
        ("Only this", "Names that this rule keeps out and no other."),
    )

    def chart(book: Workbook, made: Worksheet, styles: Styles) -> None:
        del styles
        if len(rows) > 1:
            _chart(book, made, len(rows))

    return Sheet(
        "Funnel",
        (
            Column("Step", cells[0], "count", align="center"),
            Column("Group", cells[1]),
            Column("Condition", cells[2], width=52, wrap=True),
            *(
                Column(heading, cells[3 + place], "count", width=13, note=note)
                for place, (heading, note) in enumerate(counts)
            ),
            Column("Label", cells[LABELS], hidden=True, width=LABEL_WIDTH),
        ),
        after=chart,
    )


def _rows(report: Report) -> list[tuple[Value, ...]]:
    costs = iter(report.funnel.costs)
    rows: list[tuple[Value, ...]] = []
    for number, step in enumerate(report.result.funnel):
        label = f"{number}. {cut(step.text, LABEL_WIDTH - 4)}" if number else cut(step.text, LABEL_WIDTH)
        if step.kind == "start":
            rows.append((number, "", step.text, *(None,) * 4, step.remaining, *(None,) * 5, label))
            continue
        cost = next(costs, None)
        alone = (None,) * 3 if cost is None or cost.alone is None else cost.alone
        ends = (None, None) if cost is None else (cost.kept_out, cost.sole)
        order = cost.in_order if cost is not None else (step.passed, step.failed, step.unknown)
        rows.append(
            (
                # The unknowns that a step counts as let in are those of the whole universe.
                *(number, shape.heading_of(step), step.text, *order, step.remaining - order[0], step.remaining),
                *(*alone, *ends, label),
            )
        )
    return rows


def _chart(book: Workbook, made: Worksheet, rows: int) -> None:
    """Add bars of the names that remain, the first condition on top; the labels are cells, so that no text is code."""
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "Names remaining",
            "categories": [made.name, 1, LABELS, rows, LABELS],
            "values": [made.name, 1, REMAINING, rows, REMAINING],
            "fill": {"color": BAR_COLOR},
            "gap": 45,
            "data_labels": {"value": True, "num_format": "#,##0", "font": {"color": LABEL_COLOR, "size": 9}},
        }
    )
    chart.set_title({"name": "Names remaining after each condition", "name_font": {"size": 12, "bold": False}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "num_font": {"size": 9}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_FRAME + CHART_BAR * rows})
    # A hidden column has the labels.
    chart.show_hidden_data()
    made.insert_chart(
        rows + 3, 0, chart, {"description": "Bars: names remaining after each condition, as in the table"}
    )
