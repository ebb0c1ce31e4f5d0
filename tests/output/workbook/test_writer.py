"""The file as a whole: nothing hostile is obeyed, equal reports give equal bytes, streamed rows are the same cells."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
import subprocess
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from screener.engine.report import Report
from screener.engine.result import Result
from screener.errors import OutputError
from screener.output.workbook import layout, writer
from screener.output.workbook.writer import to_xlsx
from tests.output.workbook.reports import cells, empty_report, opened, parts, report_of

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

HOSTILE = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "@SUM(1)",
    "+1",
    "-1",
    "http://example.com",
    "internal:Run!A1",
    "a\tb\nc",
    "]]></t></si>",
    "</script>",
    "<r><t>x</t></r>",
    "<r></broken></r>",
    "_x0041_",
    "\u202eRTL",
    "x" * 300,
    "{=1+1}",
    "&G & &[Picture]",
)


def hostile_report(result: Result, name: str) -> Report:
    """Return a report in which every word that comes from outside is ``name``."""
    rows = tuple(
        dataclasses.replace(row, name=name, ticker=name, sector=name, flags=(name,), values=(name, *row.values[1:]))
        for row in result.rows[:2]
    )
    steps = tuple(dataclasses.replace(step, text=name, group=name) for step in result.funnel)
    columns = tuple(dataclasses.replace(column, label=name, unit="text") for column in result.columns)
    run = dataclasses.replace(result.run, title=name, notes=(name,), data=name, screen=name)
    screen = dataclasses.replace(result.screen, source=name, description=name, title=name)
    found = report_of(dataclasses.replace(result, rows=rows, funnel=steps, columns=columns, run=run, screen=screen))
    words = {"name": name, "label": name, "formula": name, "undefined": (name,), "source": name, "note": name}
    return dataclasses.replace(
        found,
        meanings=tuple(dataclasses.replace(row, **words) for row in found.meanings),  # type: ignore[arg-type] # the fields are those of a meaning
        sources=((name, 1, name),),
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_stay_text_on_every_sheet(result: Result, name: str) -> None:
    """No formula, no link but those of the SEC, no broken part: two readers see text."""
    content = to_xlsx(hostile_report(result, name))
    found = parts(content)
    assert not [part for part, text in found.items() if "<f>" in text and "worksheets" in part]
    links = {link for text in found.values() for link in re.findall(r'Target="(http[^"]*)"', text)}
    assert {link for link in links if not link.startswith("https://www.sec.gov/edgar/browse/?CIK=")} == set()
    assert not [part for part, text in found.items() if "externalLink" in text or "location=" in text]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= set("snbd")
    shown = cells(content)
    assert [*shown] == [*layout.SHEETS, layout.HIDDEN]
    # Control characters are spaces, overrides are gone; an invisible character may follow what looks like markup.
    plain = name.replace("\t", " ").replace("\n", " ").replace("\u202e", "")
    words = [str(row[k]).rstrip("\u200b") for row in shown["Shortlist"][1:] for k in (1, 2, 3, 5)]
    assert words == [plain] * 8


def test_text_longer_than_a_cell_is_cut(result: Result) -> None:
    """A cell holds 32,767 UTF-16 units; an emoji takes two, and none is cut in half."""
    rows = tuple(dataclasses.replace(row, name=char * 40_000) for row, char in zip(result.rows[:2], "x🚀", strict=True))
    found = cells(to_xlsx(report_of(dataclasses.replace(result, rows=rows))))["Shortlist"]
    assert [row[2] for row in found[1:]] == ["x" * 32_767, "🚀" * 16_383]


def test_a_date_that_excel_cannot_count_stays_text(result: Result) -> None:
    """Before March 1900 Excel's calendar is wrong."""
    row = dataclasses.replace(result.rows[0], period_end=date(1850, 1, 1))
    found = cells(to_xlsx(report_of(dataclasses.replace(result, rows=(row,)))))
    assert found["Shortlist"][1][12] == "1850-01-01"


def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    """The clock does not show: the file is dated by the as-of date."""
    first = to_xlsx(report)
    time.sleep(1.1)
    assert to_xlsx(report) == first
    assert "2024-03-08T00:00:00Z" in parts(first)["docProps/core.xml"]


def test_an_empty_list_is_a_valid_workbook(empty_result: Result) -> None:
    """No names: every sheet has its headings, tables one blank row, and range names still lead somewhere."""
    found = report_of(empty_result)
    assert len(cells(to_xlsx(found))["Shortlist"]) == 1
    book = opened(found)
    assert book["Shortlist"].tables["ShortlistTable"].ref == "A1:S2"
    assert book.defined_names["sl_roic"].attr_text == "Shortlist!$F$2"


def test_a_screen_without_rules_rank_or_meanings(result: Result) -> None:
    """Nothing to tell leaves headings, the candidates of the funnel, and no chart."""
    content = to_xlsx(empty_report(result))
    found = cells(content)
    assert [len(found[name]) for name in ("Factors", "Rules", "Left out", "Funnel", "Definitions")] == [1, 1, 1, 2, 1]
    assert not [name for name in parts(content) if name.startswith("xl/charts")]


def test_streamed_rows_are_the_same_cells(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit rows go through temporary files: filters, no tables; the same cells, links and colours."""
    whole = cells(to_xlsx(report))
    monkeypatch.setattr(writer, "CELLS_IN_MEMORY", 2)
    content = to_xlsx(report)
    assert cells(content) == whole
    assert to_xlsx(report) == content
    sheet = opened(report)["Shortlist"]
    assert not sheet.tables
    assert sheet.auto_filter.ref == "A1:S11"
    assert "debt due" in sheet["B4"].comment.text
    assert sheet["B3"].hyperlink is not None
    assert {rule.type for found in sheet.conditional_formatting for rule in found.rules} == {"colorScale", "dataBar"}


def test_thousands_of_names_are_streamed_whole(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name of a long list is there, in order, on the Shortlist and behind it."""
    rows = tuple(dataclasses.replace(result.rows[k % 10], rank=k + 1, cik=k + 1) for k in range(2_000))
    monkeypatch.setattr(writer, "CELLS_IN_MEMORY", 100_000)
    found = cells(to_xlsx(report_of(dataclasses.replace(result, rows=rows))))
    assert [row[0] for row in found["Shortlist"][1:]] == [*range(1, 2_001)]
    assert [len(found[name]) - 1 for name in ("Factors", "Rules")] == [4_000, 6_000]
    assert found["Shortlist"][2_000][16] == "cik:2000"


def test_comments_have_an_end_but_for_the_users(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours stop at the limit; a user's own are carried whatever their number."""
    monkeypatch.setattr(writer, "COMMENTS", 1)
    mine = layout.Carried(date(2024, 2, 1), comments={(f"cik:{1000 + k}", "Notes"): "mine" for k in (9, 10)})
    sheet = opened(report_of(result), mine)["Shortlist"]
    told = [cell.comment.text for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment]
    assert [text for text in told if text == "mine"] == ["mine"] * 2
    assert len(told) == 3


def test_more_names_than_a_sheet_holds_are_refused(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list is never cut in silence."""
    monkeypatch.setattr(writer, "SHEET_ROWS", 11)
    assert to_xlsx(report)
    monkeypatch.setattr(writer, "SHEET_ROWS", 10)
    with pytest.raises(OutputError, match="10 rows are more than a spreadsheet holds"):
        to_xlsx(report)


@pytest.fixture(scope="module")
def soffice() -> str:
    """Return the program of LibreOffice."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    return found


def test_libreoffice_reads_the_same(report: Report, soffice: str, tmp_path: Path) -> None:
    """LibreOffice opens the file, and what it writes again has the same values on every sheet."""
    content = to_xlsx(report)
    (tmp_path / "list.xlsx").write_bytes(content)
    made = tmp_path / "made"
    subprocess.run(
        [
            soffice, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx",
            "--outdir", str(made), str(tmp_path / "list.xlsx"),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    again = cells((made / "list.xlsx").read_bytes())
    assert [*again] == [*layout.SHEETS, layout.HIDDEN]
    assert again["Shortlist"] == cells(content)["Shortlist"]
    assert [row[:6] for row in again["Rules"]] == [row[:6] for row in cells(content)["Rules"]]
