"""The sheets behind the Shortlist: Factors, Rules, Left out, Funnel with its chart, Definitions, Run."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from screener.engine.funnel import RuleCost
from screener.engine.report import Report
from screener.engine.result import FunnelStep, Result, Steps
from screener.language.screen import Definition, Parameter
from screener.output.workbook import standings, table
from screener.output.workbook.words import command
from screener.output.workbook.writer import to_xlsx
from tests.output.workbook.reports import FORMULA, SCRIPT, cells, opened, parts, report_of

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def test_factors_explain_each_score(report: Report) -> None:
    """A row a name and factor; the value has the format of the factor's own unit, a wider peer group is marked."""
    rows = cells(to_xlsx(report))["Factors"]
    assert rows[0] == [
        "Rank", "Ticker", "Name", "Group", "Factor", "Value", "Unit", "Direction", "Percentile", "Peers asked",
        "Peers used", "Peer group", "Names in it", "Weight", "Contribution",
    ]  # fmt: skip
    assert rows[1] == [
        1, "T1", FORMULA, "Quality", "roic", 0.1523, "ratio", "higher is better", 91.5, "universe", "universe",
        "universe", 242, 0.75, 68.625,
    ]  # fmt: skip
    assert len(rows) == 21
    sheet = opened(report)["Factors"]
    assert sheet["F2"].number_format == "0.0%"
    assert sheet["F3"].number_format == '0.0"×"'
    assert sheet["F5"].value is None
    assert sheet["F5"].fill.fgColor.rgb == "FFE6E6E6"
    assert sheet["K3"].font.color.rgb == "FF8A5A00"
    assert sheet.tables["FactorsTable"].ref == "A1:O21"
    (bar,) = [rule for found in sheet.conditional_formatting for rule in found.rules]
    assert bar.type == "dataBar"


def test_rules_have_every_verdict_with_its_distance(report: Report) -> None:
    """Value, threshold and slack in the unit of the row; verdicts are coloured; an unknown has its reason."""
    rows = cells(to_xlsx(report))["Rules"]
    assert rows[1][3:13] == ["Universe", "roic >= 8%", "pass", "roic", 0.145, ">=", 0.08, "ratio", 0.145 - 0.08,
                             (0.145 - 0.08) / 0.08]  # fmt: skip
    assert rows[2][4:13] == [FORMULA, "fail", "roic", 4, "<=", 2.5, "multiple", -1.5, -0.6]
    assert rows[3][4:] == [SCRIPT, "unknown", "", "", "", "", "", "", "", "@SUM(1) is not reported", "yes"]
    sheet = opened(report)["Rules"]
    assert [sheet[place].number_format for place in ("H2", "H3", "J3", "L3")] == ["0.0%", *['0.0"×"'] * 3]
    fills = [sheet[place].fill.fgColor.rgb for place in ("F2", "F3", "F4")]
    assert fills == ["FFE2F0E5", "FFF8E0DE", "FFE6E6E6"]


def test_left_out_has_near_misses_and_names_not_judged(report: Report) -> None:
    """One table: what a near miss lacks, and each rule that is unknown for a name with its reason."""
    rows = cells(to_xlsx(report))["Left out"]
    assert rows[1][:11] == [
        "near miss", "=1+1", FORMULA, "Energy", "Debt", "roic >= 8%", "roic", 0.075, ">=", 0.08, "ratio",
    ]  # fmt: skip
    assert rows[1][11:] == [pytest.approx(-0.005), pytest.approx(-0.0625), "also unknown: -1", 12, 79.67]
    assert [[row[0], row[2], row[5], row[13]] for row in rows[2:]] == [
        ["not judged", SCRIPT, "roic >= 8%", "roic is unknown"],
        ["not judged", SCRIPT, "@SUM(1)", "+1"],
    ]


def test_the_funnel_is_a_table_and_a_chart(report: Report) -> None:
    """The bars are the cells of the column Remaining, the first condition on top, labels short."""
    rows = cells(to_xlsx(report))["Funnel"]
    assert rows[1][2:8] == ["names in the data set", "", "", "", "", 5000]
    assert rows[2] == [
        1, "Universe", "market_cap between 300M and 3B", 1200, 3700, 100, 0, 1200, "", "", "", 15, 3,
        "1. market_cap between 300M and 3B",
    ]  # fmt: skip
    assert rows[3][1:8] == ["Positive earnings", "net_income > 0", 700, 450, 50, 20, 720]
    assert rows[3][8:13] == [9, 8, 7, 15, 3]
    assert max(len(str(row[13])) for row in rows) <= 34
    (chart,) = [text for name, text in parts(to_xlsx(report)).items() if name.startswith("xl/charts/chart")]
    assert "<c:f>Funnel!$H$2:$H$5</c:f>" in chart
    assert "<c:f>Funnel!$N$2:$N$5</c:f>" in chart
    assert '<c:orientation val="maxMin"/>' in chart
    assert '<c:plotVisOnly val="1"/>' not in chart


def test_passed_and_let_in_are_what_remains(report: Report) -> None:
    """Let in are names that reached the condition, as Passed is: of 107 unknown names of the universe 23 did."""
    start, *_ = report.result.funnel
    step = FunnelStep("rule", "Debt", "interest_coverage >= 4", 34, 101, 107, 50, 107)
    cost = RuleCost("rule", "Debt", "interest_coverage >= 4", (27, 5, 23), (34, 101, 107), 50, 101, 1)
    result = dataclasses.replace(report.result, funnel=Steps((start, step)))
    found = dataclasses.replace(report, result=result, funnel=dataclasses.replace(report.funnel, costs=(cost,)))
    row = cells(to_xlsx(found))["Funnel"][2]
    assert row[3:13] == [27, 5, 23, 23, 50, 34, 101, 107, 101, 1]


def test_definitions_have_formula_unit_and_source(report: Report) -> None:
    """A row a word, texts as they are."""
    rows = cells(to_xlsx(report))["Definitions"]
    assert rows[1] == [
        "roic", "Return on invested capital", "metric", "nopat / avg_invested_capital", "fraction, shown as per cent",
        "higher", "avg_invested_capital <= 0: invested capital is zero or negative", "Koller 2020", FORMULA, "yes",
    ]  # fmt: skip
    assert rows[4] == [
        "own_yield", SCRIPT, "own metric", "=1+1", "fraction, shown as per cent", "higher", "", "@SUM(1)", "+1", "",
    ]  # fmt: skip


def run_rows(report: Report) -> list[list[Any]]:
    """Return the sheet Run."""
    return cells(to_xlsx(report))["Run"]


def test_run_repeats_what_was_run(report: Report) -> None:
    """Hashes, dates, version, notes, coverage, files, and the screen line by line in a monospace font."""
    rows = run_rows(report)
    facts = {row[0]: row[1] for row in rows}
    assert facts["As of"] == date(2024, 3, 8)
    assert facts["Screen hash"] == "ab" * 32
    assert facts["Version"] == "screener 0.1.0"
    assert facts["Names that passed"] == 10
    assert facts["Built from"] == "simfin"
    assert facts["Note"] == "two names share a ticker "
    assert ["roic", 190, 240, 190 / 240] in [row[:4] for row in rows]
    assert ["us-income.zip", 1234, "ef" * 32] in [row[:3] for row in rows]
    assert ["=1+1", 5, "@SUM(1)"] in [row[:3] for row in rows]
    listing = report.result.screen.source.splitlines()
    assert [row[0] for row in rows[-len(listing) :]] == listing
    sheet = opened(report)["Run"]
    assert sheet.cell(sheet.max_row, 1).font.name == "Consolas"
    assert "Demo" not in facts


def test_the_command_runs_it_again(report: Report) -> None:
    """Screen, day, data, metric files, what was set and the limit, quoted for a shell."""
    screen = dataclasses.replace(
        report.result.screen,
        path="my screen.yaml",
        params=(Parameter("debt", "number", "3; rm", "2", given=True), Parameter("roe", "number", "1", "1")),
        definitions={"a": Definition("a", report.result.screen.columns[0].expr, file="own.yaml")},
    )
    found = dataclasses.replace(report, result=dataclasses.replace(report.result, screen=screen))
    assert command(found) == (
        "screener run 'my screen.yaml' --as-of 2024-03-08 --data lake --metrics own.yaml --set 'debt=3; rm' --limit 40"
    )
    assert ["a", "", "own.yaml"] in [row[:3] for row in run_rows(found)]


def test_demo_data_is_said_on_every_sheet(demo_result: Result) -> None:
    """No sheet of invented companies can be printed or read without saying so."""
    content = to_xlsx(report_of(demo_result))
    assert cells(content)["Run"][1][:2] == ["Demo", "Demo data: these companies do not exist."]
    pages = [text for name, text in parts(content).items() if name.startswith("xl/worksheets/sheet")]
    assert [page.count("these companies do not exist") for page in pages] == [1] * 7 + [0]


def test_rows_that_do_not_fit_are_counted_below_the_table(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet holds 1,048,576 rows: what is cut is said, on the sheet that is cut."""
    monkeypatch.setattr(standings, "SHEET_ROWS", 18)
    found = cells(to_xlsx(report))
    assert len(found["Factors"]) == 18
    assert found["Factors"][17][0] == (
        "Only the first 15 of 20 rows fit into a sheet; the JSON output has all of them."
    )
    assert found["Rules"][17][0].startswith("Only the first 15 of 30 rows")
    assert table.cut_note(20, 20) == ""
