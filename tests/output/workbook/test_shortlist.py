"""The Shortlist, read back: typed cells, formats by unit, colours, comments, links, range names, the user's columns."""

from __future__ import annotations

import dataclasses
import html
from datetime import date, datetime
from typing import Any

import pytest

from screener.engine.report import Report
from screener.engine.result import Result, ResultColumn
from screener.language.ast import Call, Name, Span
from screener.language.screen import Factor, RankGroup
from screener.output.workbook import layout
from screener.output.workbook.layout import Carried, Formula, Left, OwnColumn
from screener.output.workbook.shortlist import range_name, shortlist
from screener.output.workbook.styles import number_format
from screener.output.workbook.writer import to_xlsx
from tests.output.workbook.reports import cells, column, opened, parts, report_of

# openpyxl does not know the 2010 data bar and says so.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

HEADINGS = [
    "Rank", "Ticker", "Name", "Sector", "Score", "Return on invested capital", "Net debt / EBITDA",
    "Market capitalization", "Price", "Industry group", "Price date", "Shell company", "Newest period", "Public since",
    "Factors known", "Flags", "Issuer", "Change", "Notes",
]  # fmt: skip


def test_headings_and_the_table_that_covers_all_rows(report: Report) -> None:
    """One Excel table over the headings and ten names; header and ticker stay in view."""
    sheet = opened(report)["Shortlist"]
    assert [cell.value for cell in sheet[1]] == HEADINGS
    (table,) = sheet.tables.values()
    assert (table.name, table.ref, table.autoFilter.ref) == ("ShortlistTable", "A1:S11", "A1:S11")
    assert [one.name for one in table.tableColumns] == HEADINGS
    assert table.tableStyleInfo.showRowStripes
    assert sheet.freeze_panes == "C2"
    assert sheet.column_dimensions["Q"].hidden


def test_numbers_dates_and_booleans_are_typed(report: Report) -> None:
    """Cells hold unrounded numbers with the format of their unit and size, real dates and real booleans."""
    row = opened(report)["Shortlist"][2]
    assert [cell.value for cell in row[4:9]] == [92.75, 0.1523, 8.1, 1.2345e9, 12.34]
    assert [cell.number_format for cell in row[4:9]] == ["0.0", "0.0%", '0.0"×"', '#,##0.0,,,"B"', "#,##0.00"]
    assert row[10].value == datetime(2024, 3, 7)
    assert row[10].number_format == "yyyy-mm-dd"
    assert row[11].value is False
    assert cells(to_xlsx(report))["Shortlist"][1][10] == date(2024, 3, 7)


@pytest.mark.parametrize(
    ("unit", "value", "wanted"),
    [
        ("usd", 350e6, '#,##0.0,,"M"'),
        ("usd", -1.2e9, '#,##0.0,,,"B"'),
        ("usd", 999_960_000.0, '#,##0.0,,,"B"'),
        ("usd", 12_300.0, "#,##0"),
        ("ratio", -0.05, "0.0%"),
        ("ratio", 123.45, "#,##0.0%"),
        ("multiple", 8.1, '0.0"×"'),
        ("nonsense", 1.0, "#,##0.00"),
    ],
)
def test_formats_by_size(unit: str, value: float, wanted: str) -> None:
    """Money is shown in thousands, millions or billions by its size; no format has a section for negative values."""
    assert number_format(unit, value) == wanted
    assert ";" not in wanted


def test_unknown_values_are_grey_and_say_why(report: Report) -> None:
    """None, NaN and infinity leave an empty cell, coloured; a comment has the reason."""
    sheet = opened(report)["Shortlist"]
    for place in ("F4", "G4", "G5", "G3"):
        assert sheet[place].value is None
        assert sheet[place].fill.fgColor.rgb == "FFE6E6E6"
    assert sheet["G3"].comment.text == "Unknown: <script>alert(1)</script> is not reported"
    assert sheet["G2"].comment is None
    assert sheet["P2"].value is None
    assert sheet["P2"].fill.fgColor.rgb != "FFE6E6E6"


def test_colour_scales_follow_the_direction(report: Report) -> None:
    """More is greener for roic, less is for net debt to EBITDA, neither for market value; outliers do not flatten."""
    sheet = opened(report)["Shortlist"]
    scales = {
        str(found.sqref): [color.rgb for color in rule.colorScale.color]
        for found in sheet.conditional_formatting
        for rule in found.rules
        if rule.type == "colorScale"
    }
    assert scales == {"F2:F11": ["FFFFFFFF", "FF8FCB9B"], "G2:G11": ["FF8FCB9B", "FFFFFFFF"]}
    ends = [
        (end.type, end.val)
        for found in sheet.conditional_formatting
        for rule in found.rules
        if rule.type == "colorScale"
        for end in rule.colorScale.cfvo
    ]
    assert ends == [("percentile", 10), ("percentile", 90)] * 2


def test_the_rank_decides_what_is_better(report: Report) -> None:
    """A factor is the column's wherever either stands in the screen; its direction comes before that of the metric."""
    spoken, again = (Call("stdev", (Name("roic", "roic", Span(line, 7)),), Span(line, 1)) for line in (7, 9))
    rank = RankGroup("", (Factor("-roic", Name("roic", "roic", Span(8, 3)), "lower"), Factor("x", spoken, "lower")))
    columns = list(report.result.screen.columns)
    columns[2] = dataclasses.replace(columns[2], expr=again)
    screen = dataclasses.replace(report.result.screen, rank=rank, columns=tuple(columns))
    sheet = shortlist(dataclasses.replace(report, result=dataclasses.replace(report.result, screen=screen)))
    assert [column.scale for column in sheet.columns[5:8]] == ["lower", "lower", "lower"]
    assert "Lower is better." in sheet.columns[5].note


def test_the_score_has_bars_from_0_to_100(report: Report) -> None:
    """The bar of a score is as long as the score, whatever the others are."""
    sheet = opened(report)["Shortlist"]
    (bar,) = [rule for found in sheet.conditional_formatting for rule in found.rules if rule.type == "dataBar"]
    assert [(end.type, end.val) for end in bar.dataBar.cfvo] == [("num", 0), ("num", 100)]


def test_tickers_lead_to_the_filings(report: Report) -> None:
    """The link is the company's page at the SEC; a name without a CIK has none, one without a ticker has it itself."""
    sheet = opened(report)["Shortlist"]
    assert sheet["B2"].hyperlink is None
    assert sheet["B3"].hyperlink.target == "https://www.sec.gov/edgar/browse/?CIK=1002"
    assert (sheet["B3"].value, sheet["B3"].data_type) == ("T2", "s")
    assert sheet["B5"].value is None
    assert sheet["C5"].hyperlink.target.endswith("CIK=1004")


def test_comments_of_headings_and_tickers(report: Report) -> None:
    """A heading says the metric, its formula, unit and direction; a ticker the flags of its name."""
    sheet = opened(report)["Shortlist"]
    assert sheet["F1"].comment.text == (
        "roic = nopat / avg_invested_capital\nUnit: fraction, shown as per cent.\nHigher is better."
    )
    assert sheet["B4"].comment.text == "debt due within 24 months is unknown\nthe newest quarter is [old] | stale"
    assert sheet["B2"].comment is None


def test_a_column_without_a_heading_has_the_label_of_its_metric(result: Result) -> None:
    """``roic`` as written is headed by what people call it."""
    bare = dataclasses.replace(result, columns=(ResultColumn("roic", "roic", "ratio"), *result.columns[1:]))
    assert opened(report_of(bare))["Shortlist"]["F1"].value == "Return on invested capital"


def test_headings_are_unlike_each_other_and_none_is_a_formula(result: Result) -> None:
    """Headings of a table differ in more than case, are one line of at most 255 characters, and never ours."""
    labels = ("=1+1", "ROE", "roe", "Notes", "x" * 300, "_x0041_", " \n ")
    columns = tuple(ResultColumn(row.name, label, row.unit) for row, label in zip(result.columns, labels, strict=True))
    found = report_of(dataclasses.replace(result, columns=columns))
    book = opened(found)
    headings = [cell.value for cell in book["Shortlist"][1]][5:12]
    assert headings == ["=1+1", "ROE", "roe (2)", "Notes (column)", "x" * 120, "-x0041_", "Column"]
    (table,) = book["Shortlist"].tables.values()
    assert [one.name for one in table.tableColumns][5:12] == headings
    assert book["Shortlist"]["F1"].data_type == "s"


def test_range_names_cover_the_columns(report: Report) -> None:
    """A user's own sheet can say sl_roic, screener_tickers, screener_as_of."""
    book = opened(report)
    names = {name: found.attr_text for name, found in book.defined_names.items()}
    assert names["sl_roic"] == "Shortlist!$F$2:$F$11"
    assert names["screener_tickers"] == "Shortlist!$B$2:$B$11"
    assert names["screener_scores"] == "Shortlist!$E$2:$E$11"
    sheet, place = names["screener_as_of"].split("!")
    assert book[sheet][place.replace("$", "")].value == datetime(2024, 3, 8)
    sheet, place = names["screener_title"].split("!")
    assert book[sheet][place.replace("$", "")].value == "Quality value"


def test_range_names_are_never_cells_and_never_twice() -> None:
    """Whatever a column is called, its range name has letters, digits and underscores alone."""
    taken: set[str] = set()
    names = [range_name(name, taken) for name in ("ROA1", "R1C1", "ev / ebit", "EV/EBIT", "株式", "=1+1", "roa1")]
    assert names == ["sl_ROA1", "sl_R1C1", "sl_ev_ebit", "sl_EV_EBIT_2", "sl_column", "sl_1_1", "sl_roa1_2"]


def test_pages_to_print(result: Result) -> None:
    """Landscape, as wide as a page, headings on each, title and day above, and & is an & there."""
    run = dataclasses.replace(result.run, title="R&D & G&G &[Picture] " + "x" * 300)
    found = report_of(dataclasses.replace(result, run=run))
    sheet = opened(found)["Shortlist"]
    # As wide as one page is what the format says where it says nothing; 0: as high as it gets.
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape", None, 0,
    )  # fmt: skip
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    page = parts(to_xlsx(found))["xl/worksheets/sheet1.xml"]
    header = html.unescape(page.split("<oddHeader>")[1].split("</oddHeader>")[0])
    assert header.startswith("&LR&&D && G&& G && [Picture] xxx")
    assert header.endswith("xxx&RAs of 2024-03-08")
    assert len(header) < 255
    assert "&RPage &amp;P of" in page.replace("&amp;R", "&R")


def carried() -> Carried:
    """Return notes and two own columns of a list on which T3 was not, and a name that left."""
    price = OwnColumn("Target price", 12, "0.00", {"cik:1002": 42.5, "cik:1003": Formula("=H4*2", "S4", 7.0)})
    seen = OwnColumn("Seen", 0, "yyyy-mm-dd", {"cik:1002": date(2024, 1, 2), "id:1001": True, "cik:1005": "=1+1"})
    left = Left(date(2024, 3, 8), "cik:77", "GONE", '=HYPERLINK("http://x")', "sold", {"Target price": 3.5, "Old": "x"})
    return Carried(
        date(2024, 2, 1), {"cik:1002": "buy\nmore", "id:1001": "=1+1"}, (price, seen), frozenset({"cik:1003"}), (left,),
        {("cik:1002", "Notes"): "mine"},
    )  # fmt: skip


def test_notes_and_own_columns_stand_beside_their_names(report: Report) -> None:
    """Notes are carried by issuer; a formula is moved to the row of its name; a text that looks like one stays text."""
    sheet = opened(report, carried())["Shortlist"]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [*HEADINGS, "Target price", "Seen"]
    notes = column(sheet, "Notes")
    assert [cell.value for cell in notes[:3]] == ["=1+1", "buy\nmore", None]
    assert {cell.data_type for cell in notes[:2]} == {"s"}
    assert notes[1].comment.text == "mine"
    target = column(sheet, "Target price")
    # The formula stood in S4 and stands in T4 now: what it points at moves by one column.
    assert [cell.value for cell in target[:3]] == [None, 42.5, "=I4*2"]
    assert target[2].data_type == "f"
    assert target[1].number_format == "0.00"
    seen = column(sheet, "Seen")
    assert [cell.value for cell in seen[:5]] == [True, datetime(2024, 1, 2), None, None, "=1+1"]
    assert seen[4].data_type == "s"
    assert [cell.value for cell in column(sheet, "Change")[:4]] == [None, None, "entered", None]
    (table,) = sheet.tables.values()
    assert table.ref == "A1:U11"


def test_names_that_left_keep_their_notes(report: Report) -> None:
    """They stand on a sheet of their own, with all that the user wrote."""
    found = cells(to_xlsx(report, carried()))
    assert list(found)[:2] == ["Shortlist", "Left since"]
    assert found["Left since"] == [
        ["Left", "Issuer", "Ticker", "Name", "Notes", "Target price", "Seen", "Old"],
        [date(2024, 3, 8), "cik:77", "GONE", '=HYPERLINK("http://x")', "sold", 3.5, "", "x"],
    ]


def hidden(content: bytes) -> list[tuple[Any, ...]]:
    """Return the rows of the hidden sheet without the cells that they do not have."""
    return [tuple(value for value in row if value != "") for row in cells(content)[layout.HIDDEN]]


def test_the_hidden_sheet_says_what_is_ours(report: Report) -> None:
    """Sheets, range names, headings and names of the list; the user's headings apart."""
    content = to_xlsx(report, carried())
    rows = hidden(content)
    assert rows[0] == ("fact", "layout", "1")
    assert ("fact", "as_of", "2024-03-08") in rows
    assert ("fact", "previous", "2024-02-01") in rows
    assert [row[1] for row in rows if row[0] == layout.SHEET] == [*cells(content)]
    assert [row[1] for row in rows if row[0] == layout.HEADING] == HEADINGS
    assert [row[1] for row in rows if row[0] == layout.OWN] == ["Target price", "Seen"]
    issuers = [row[1:] for row in rows if row[0] == layout.ISSUER]
    assert issuers[0] == ("id:1001", "T1", '=HYPERLINK("http://x")', 1)
    assert [row[0] for row in issuers] == [cell.value for cell in column(opened(report)["Shortlist"], "Issuer")]
    assert {row[1] for row in rows if row[0] == layout.NAME} == set(opened(report).defined_names)
    assert 'state="veryHidden"' in parts(content)["xl/workbook.xml"]
