"""docs/workbook.md names the sheets, tables, headings and range names that the code writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screener.engine.report import Report
from screener.engine.result import Result
from screener.output.workbook import layout, writer
from screener.output.workbook.cells import SHEET_LINKS
from tests.output.workbook.reports import opened

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "workbook.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading of the page, without backticks."""
    text = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_the_page_has_every_sheet_and_table() -> None:
    """In the order of the workbook, with the name of the table."""
    rows = rows_under("Sheets")
    assert tuple(row[0] for row in rows) == layout.SHEETS
    assert {row[0]: row[1] for row in rows if row[1]} == {
        sheet: layout.TABLES[sheet] for sheet in layout.SHEETS if sheet in layout.TABLES
    }


@pytest.mark.parametrize("sheet", [sheet for sheet in layout.SHEETS if sheet != "Run"])
def test_the_page_has_every_heading(report: Report, sheet: str) -> None:
    """The line of headings is that of the sheet; the screen's own columns stand for themselves."""
    said = re.sub(r"\s+", " ", PAGE.split(f"### {sheet}\n\n", 1)[1].split("\n\n")[0]).strip().split(" · ")
    written = [str(cell.value) for cell in opened(report)[sheet][1]]
    if sheet == "Shortlist":
        place = said.index("*the columns of the screen*")
        count = len(report.result.columns)
        assert said[:place] + said[place + 1 :] == written[:place] + written[place + count :]
    else:
        assert said == written


def test_the_page_has_every_range_name(report: Report, result: Result) -> None:
    """Those of every list in the table; each other one is made of the name of a column."""
    written = set(opened(report).defined_names)
    said = {row[0] for row in rows_under("Range names")}
    assert written - said == {f"sl_{column.name}" for column in result.columns}
    assert said <= written


def test_the_page_has_the_limits() -> None:
    """The numbers of the last section are those of the code."""
    assert writer.CELLS_IN_MEMORY == 3_000_000
    assert f"{writer.COMMENTS:,} comments" in PAGE
    assert f"{SHEET_LINKS:,} links" in PAGE
