"""The workbook, read back with two readers: typed cells, no formulas, equal bytes."""

from __future__ import annotations

import dataclasses
import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
import python_calamine

from screener.engine.result import Result
from screener.errors import OutputError
from screener.output import spreadsheet
from screener.output.spreadsheet import to_xlsx

# openpyxl does not know the 2010 data bar and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

LINKS = ("hyperlink", "externalLink")


def opened(result: Result) -> Any:
    """Return the workbook of ``result`` as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(result)))


def cells(result: Result) -> dict[str, list[list[Any]]]:
    """Return the values of every sheet as calamine reads them."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(result)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_sheets_and_their_headers(result: Result) -> None:
    """Four sheets; the shortlist's header is frozen with the ticker and can be filtered."""
    book = opened(result)
    assert book.sheetnames == ["Shortlist", "Rules", "Factors", "Run"]
    sheet = book["Shortlist"]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:P11"
    assert [cell.value for cell in sheet[1]][:6] == [
        "Rank", "Ticker", "Name", "Sector", "Score", "Return on invested capital",
    ]  # fmt: skip


def test_numbers_dates_and_booleans_are_typed(result: Result) -> None:
    """Cells hold unrounded numbers with the format of their unit, real dates and real booleans."""
    row = opened(result)["Shortlist"][2]
    assert [cell.value for cell in row[4:9]] == [92.75, 0.1523, 8.1, 1.2345e9, 12.34]
    assert [cell.number_format for cell in row[4:7]] == ["0.0", "0.0%", '0.0"×"']
    assert row[10].value == datetime(2024, 3, 7)
    assert row[10].number_format == "yyyy-mm-dd"
    assert row[11].value is False
    assert cells(result)["Shortlist"][1][10] == date(2024, 3, 7)


def test_unknown_values_are_blank_and_grey(result: Result) -> None:
    """None, NaN and infinity leave an empty cell, coloured so that it is seen."""
    sheet = opened(result)["Shortlist"]
    for place in ("F4", "G4", "G5", "G3"):
        assert sheet[place].value is None
        assert sheet[place].fill.fgColor.rgb == "FFEDEDED"
    assert sheet["P2"].value in (None, "")
    assert sheet["P2"].fill.fgColor.rgb != "FFEDEDED"


def test_no_cell_is_a_formula_or_a_link(result: Result) -> None:
    """Names that begin with = + - @ or http stay text, in the file as well as in two readers."""
    named = dataclasses.replace(result.rows[0], name="http://example.com")
    result = dataclasses.replace(result, rows=(*result.rows, named))
    with zipfile.ZipFile(io.BytesIO(to_xlsx(result))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert not [name for name, part in parts.items() if "<f>" in part or any(link in part for link in LINKS)]
    names = [row[2] for row in cells(result)["Shortlist"][1:]]
    assert names[0] == '=HYPERLINK("http://x")'
    assert names[1] == "<script>alert(1)</script>"
    assert names[2] == "Red Corp"
    assert names[6:9] == ["株式会社日本電気機械製作所東京本社工場", "@SUM(A1:A9)", "-2+3 cmd"]
    assert {cell.data_type for row in opened(result) for line in row.iter_rows() for cell in line} <= set("snbd")


def test_flags_are_a_column_and_a_note(result: Result) -> None:
    """The flags of a name can be filtered, and show at its ticker."""
    sheet = opened(result)["Shortlist"]
    assert sheet["P4"].value == "debt due within 24 months is unknown; the newest quarter is [old] | stale"
    assert "debt due" in sheet["B4"].comment.text
    assert sheet["B2"].comment is None


def test_the_rules_sheet_has_each_condition_with_its_counts(result: Result) -> None:
    """Group, rule, policy for unknown, counts and what remains."""
    rows = cells(result)["Rules"]
    assert rows[0] == ["Group", "Rule", "If unknown", "Passed", "Failed", "Unknown", "Let in", "Remaining"]
    assert rows[1][1:] == ["names in the data set", "", "", "", "", "", 5000]
    assert rows[2] == ["Universe", "market_cap between 300M and 3B", "fail", 1200, 3700, 100, 0, 1200]
    assert rows[3] == ["Positive earnings", "net_income > 0", "flag", 700, 450, 50, 20, 720]


def test_the_rules_are_listed_without_a_funnel(result: Result) -> None:
    """A result that has no counts still says what was asked."""
    rows = cells(dataclasses.replace(result, funnel=()))["Rules"]
    assert [row[:3] for row in rows[1:]] == [
        ["Universe", "market_cap between 300M and 3B", "fail"],
        ["Positive earnings", "net_income > 0", "flag"],
    ]


def test_the_factors_sheet_explains_each_score(result: Result) -> None:
    """One line a factor and name; the value has the format of the factor's own unit."""
    sheet = opened(result)["Factors"]
    values = [cell.value for cell in sheet[2]]
    assert values[:2] == [1, "T1"]
    assert values[3:] == ["Quality", "roic", 0.1523, "ratio", 91.5, "universe", 0.75]
    assert sheet["F2"].number_format == "0.0%"
    assert sheet["F5"].value is None
    assert sheet.max_row == 21


def test_the_run_sheet_repeats_the_screen(result: Result, demo_result: Result) -> None:
    """Hashes, dates, version, notes, and the file of the screen line by line."""
    rows = cells(result)["Run"]
    facts = {row[0]: row[1] for row in rows}
    assert facts["As of"] == date(2024, 3, 8)
    assert facts["Screen hash"] == "ab" * 32
    assert facts["Version"] == "0.1.0"
    assert facts["Names that passed"] == 10
    assert facts["Note"] == "two names share a ticker "
    listing = [row[1] for row in rows if row[0].startswith("Screen file")]
    assert listing == result.screen.source.splitlines()
    assert "Demo" not in facts
    assert cells(demo_result)["Run"][1] == ["Demo", "Demo data: these companies do not exist."]
    assert opened(demo_result)["Shortlist"]["A1"].comment.text.endswith("do not exist.")


def test_the_same_result_gives_the_same_bytes(result: Result) -> None:
    """The clock does not show: the file is dated by the as-of date."""
    first = to_xlsx(result)
    time.sleep(1.1)
    assert to_xlsx(result) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert "2024-03-08T00:00:00Z" in archive.read("docProps/core.xml").decode()


def test_streamed_rows_are_the_same_cells(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit rows go through temporary files; what a reader sees does not change, and bytes repeat."""
    whole = cells(result)
    monkeypatch.setattr(spreadsheet, "STREAM_ABOVE_ROWS", 2)
    assert cells(result) == whole
    assert opened(result)["Shortlist"]["B4"].comment is not None
    assert to_xlsx(result) == to_xlsx(result)


def test_more_rows_than_a_sheet_holds_are_refused(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is never cut in silence."""
    monkeypatch.setattr(spreadsheet, "SHEET_ROWS", 21)
    assert to_xlsx(dataclasses.replace(result, rows=result.rows[:9]))
    monkeypatch.setattr(spreadsheet, "SHEET_ROWS", 20)
    with pytest.raises(OutputError, match="20 rows are more than a spreadsheet holds"):
        to_xlsx(result)


def test_text_longer_than_a_cell_is_cut(result: Result) -> None:
    """A cell holds 32,767 UTF-16 units; an emoji takes two, and none is cut in half."""
    rows = tuple(dataclasses.replace(row, name=char * 40_000) for row, char in zip(result.rows[:2], "x🚀", strict=True))
    names = [row[2] for row in cells(dataclasses.replace(result, rows=rows))["Shortlist"][1:]]
    assert names == ["x" * 32_767, "🚀" * 16_383]


def test_a_date_that_excel_cannot_count_stays_text(result: Result) -> None:
    """Before March 1900 Excel's calendar is wrong."""
    row = dataclasses.replace(result.rows[0], period_end=date(1850, 1, 1))
    assert cells(dataclasses.replace(result, rows=(row,)))["Shortlist"][1][12] == "1850-01-01"


def test_an_empty_result_is_a_valid_workbook(empty_result: Result) -> None:
    """No rows: the header stands alone."""
    assert len(cells(empty_result)["Shortlist"]) == 1
