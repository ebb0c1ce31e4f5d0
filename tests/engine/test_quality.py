"""The quality report on a small data set by hand: counts, offenders, coverage, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.engine.company import find_company, statement
from screener.engine.quality import Quality, check
from screener.engine.run import run_screen
from screener.errors import DataError, ScreenError
from screener.lake.connect import Lake
from screener.language.resolve import load_screen
from screener.output import quality
from screener.output.statement import statement_text
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

ENDS = (date(2023, 9, 30), date(2023, 12, 31))
KNOWN = (date(2023, 11, 1), date(2024, 2, 15))


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Three companies with two quarters each: AAA is micro and sound, BBB large with failures, CCC a bank unpriced."""
    companies = [company(1, "AAA"), company(2, "BBB", sector="Energy"), company(3, "CCC", model="bank")]
    filed = {"accession": "0000000002-24-000007", "shares_outstanding": 1e9}
    fundamentals = []
    for place, (end, known) in enumerate(zip(ENDS, KNOWN, strict=True)):
        newest = {} if place else {"latest_until": KNOWN[1]}
        fundamentals += [
            quarter(1, end, known, place + 3, holds="bs1 bs2 cf1", fails="", gaps="", dq_score=1.0, revenue=5e6,
                    shares_outstanding=1e6, **newest),
            quarter(2, end, known, place + 3, holds="bs1", fails="bs2 cf1", gaps=f"{2 + place}.5 7.0", dq_score=1 / 3,
                    flags="restated fails_bs2 fails_cf1", debt_evidence="unknown", **filed, **newest),
            quarter(3, end, known, place + 3, holds="bs1", fails="", gaps="", dq_score=1.0, revenue=1e6, **newest),
        ]  # fmt: skip
    with make_lake(tmp_path, companies, fundamentals, [price(1, 10.0), price(2, 20.0)]) as opened:
        yield opened


def table(found: Quality, key: str) -> dict[Any, dict[str, Any]]:
    """Return the rows of a table by their first cell."""
    part = next(part for part in found.tables if part.key == key)
    return {row[0]: dict(zip(part.headers, row, strict=True)) for row in part.rows}


def test_identities_are_counted_by_company_period(lake: Lake) -> None:
    """Three companies with two quarters each are six: bs2 holds for two, fails for two, and says nothing of two."""
    found = check(lake, AS_OF)
    assert (found.companies, found.company_periods) == (3, 6)
    rows = table(found, "identities")
    assert (rows["bs1"]["hold"], rows["bs1"]["fail"], rows["bs1"]["untestable"], rows["bs1"]["share"]) == (6, 0, 0, 1.0)
    assert (rows["bs2"]["hold"], rows["bs2"]["fail"], rows["bs2"]["untestable"], rows["bs2"]["share"]) == (2, 2, 2, 0.5)
    assert (rows["is1"]["untestable"], rows["is1"]["not_applicable"], rows["is1"]["share"]) == (4, 2, None)
    assert found.broken == ("bs2", "cf1")


def test_the_report_sees_what_was_public(lake: Lake) -> None:
    """The day before the second quarter is filed there are three company-periods; before the first, nothing."""
    assert check(lake, date(2024, 2, 14)).company_periods == 3
    with pytest.raises(DataError, match="public on 2023-10-31"):
        check(lake, date(2023, 10, 31))


def test_offenders_come_with_their_worst_period_and_filing(lake: Lake) -> None:
    """Of two periods that fail the worse is shown, with the address of its filing."""
    part = next(part for part in check(lake, AS_OF).tables if part.key == "offenders")
    assert part.rows[0] == (
        "bs2", "BBB", "BBB Inc", ENDS[1], 3.5, 2,
        "https://www.sec.gov/Archives/edgar/data/2/000000000224000007/0000000002-24-000007-index.htm",
    )  # fmt: skip
    assert [row[0] for row in part.rows] == ["bs2", "cf1"]


def test_coverage_by_sector_and_size(lake: Lake) -> None:
    """Revenue is there for both industrials and not for the energy company; by size the unpriced bank is unknown."""
    found = check(lake, AS_OF)
    by_sector, by_size = table(found, "coverage_by_sector"), table(found, "coverage_by_size")
    assert by_sector["(companies)"] == {"item": "(companies)", "all": 3, "Energy": 1, "Industrials": 2}
    assert by_sector["revenue"] == {"item": "revenue", "all": 2 / 3, "Energy": 0.0, "Industrials": 1.0}
    # 10 x 1M shares are 10M, 20 x 1B are 20B.
    assert by_size["revenue"] == {
        "item": "revenue", "all": 2 / 3, "micro": 1.0, "small": None, "mid": None, "large": 0.0, "unknown": 1.0,
    }  # fmt: skip


def test_flags_debt_and_market(lake: Lake) -> None:
    """Shares of flags and of the evidence of debt are of company-periods, those of prices and shares of companies."""
    found = check(lake, AS_OF)
    assert table(found, "flags")["restated"]["share"] == pytest.approx(2 / 6)
    assert table(found, "debt")["unknown"]["periods"] == 2
    market = table(found, "market")
    assert market["without a recent price"]["companies"] == 1
    assert market["without a share count"]["companies"] == 1


def test_one_item(lake: Lake) -> None:
    """For one item the report has its coverage and who lacks it; what is no line item is refused with a hint."""
    found = check(lake, AS_OF, "revenue")
    assert [part.key for part in found.tables] == ["coverage_by_sector", "coverage_by_size", "missing"]
    assert found.tables[-1].rows == (("BBB", "BBB Inc", "Energy", "large", 20e9, ENDS[1]),)
    with pytest.raises(ScreenError, match="unknown item 'revenu'"):
        check(lake, AS_OF, "revenu")
    with pytest.raises(ScreenError, match="roe is a metric, not a line item"):
        check(lake, AS_OF, "roe")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(lake: Lake, width: int) -> None:
    """Only an address may stand out: cut, it would lead nowhere."""
    lines = quality.render(check(lake, AS_OF), width=width).splitlines()
    assert [line for line in lines if len(line) > width and "https://" not in line] == []
    assert any(line.startswith("Accounting identities") for line in lines)


def test_formats_carry_every_value(lake: Lake) -> None:
    """JSON has each table as a list of objects, CSV a line a cell, Markdown a heading a table."""
    found = check(lake, AS_OF)
    content = json.loads(quality.to_json(found))
    assert content["identities"][0] == {
        "id": "bs1", "identity": "Assets equal liabilities and equity", "hold": 6, "fail": 0, "untestable": 0,
        "not_applicable": 0, "share": 1.0, "essential": True, "formula": "total_assets = liabilities_and_equity",
    }  # fmt: skip
    assert (content["company_periods"], content["as_of"], content["broken"]) == (6, "2024-03-08", ["bs2", "cf1"])
    assert set(content) >= {"offenders", "coverage_by_sector", "coverage_by_size", "flags", "debt", "market"}
    lines = quality.to_csv(found).splitlines()
    assert lines[0] == "table,row,column,value"
    assert "identities,1,hold,6" in lines
    assert "## Worst offenders" in quality.to_markdown(found)


def test_the_score_is_a_field_of_screens(lake: Lake, tmp_path: Path) -> None:
    """A screen keeps out the company whose numbers do not fit together."""
    path = tmp_path / "fits.yaml"
    path.write_text("name: Fits\nuniverse:\n  - dq_score >= 80%\ncolumns: [dq_score]\n")
    result = run_screen(lake, load_screen(path), AS_OF)
    assert {(row.ticker, row.values[0]) for row in result.rows} == {("AAA", 1.0), ("CCC", 1.0)}


def test_show_carries_the_flags_of_each_period(lake: Lake) -> None:
    """Codes stand in the last column; for the terminal they are numbers behind the dates, explained below."""
    found = statement(lake.con, find_company(lake.con, "BBB"), AS_OF, "ttm", ("shares_outstanding",))
    assert found.headers[-1] == "flags"
    assert [row[-1] for row in found.rows] == ["restated fails_bs2 fails_cf1"] * 2
    lines = statement_text(found, width=80).splitlines()
    assert any(line.split()[:4] == ["BBB", "2023-09-30", "2023-11-01", "1,2,3"] for line in lines)
    assert "  2 fails_bs2: liabilities and equity do not add up to their total" in lines
