"""Functions of time on small data sets worked by hand: earlier values, trends, fiscal years, own history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, quarter
from tests.engine.screens import screen

# Twelve-month revenue at the newest quarter and 1, 2, 3 ... years before it.
YEARLY = {1: (130.0, 110.0, 120.0, 90.0, 100.0), 2: (50.0, None, 30.0, 20.0, None)}


def year_ends() -> list[dict[str, object]]:
    """Return the yearly observations of ``YEARLY``; all quarters end a fiscal year."""
    rows = []
    for number, values in YEARLY.items():
        for back, value in enumerate(values):
            end = date(2023 - back, 12, 31)
            known = date(2024 - back, 2, 15)
            later = {} if not back else {"latest_until": date(2025 - back, 2, 15)}
            rows.append(quarter(number, end, known, 40 - 4 * back, revenue=value, **later))
    return rows


@pytest.fixture(scope="module")
def yearly(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Two companies with five yearly observations, one of them with gaps."""
    people = [company(1, "AAA"), company(2, "GAP")]
    return make_lake(tmp_path_factory.mktemp("yearly"), people, year_ends(), [])


def values(lake: Lake, text: str, day: date = AS_OF) -> dict[str | None, object]:
    """Return ticker → value of an expression."""
    return {row.ticker: row.values[0] for row in run_screen(lake, screen(columns=(text,)), day).rows}


ON_PAPER = {
    # x = 130 110 120 90 100 at t = 0 -1 -2 -3 -4: sum of (t + 2)(x) = 260 + 110 - 90 - 200 = 80, over 10.
    "trend(revenue, 5y)": (8.0, None),
    # Of the known three, x = 50 30 20 at t = 0 -2 -3: sum of (t + 5/3)(x - 100/3) = 420/9, over 42/9.
    "trend(revenue, 5y, 3)": (8.0, 10.0),
    "trend(revenue, 5y) / avg(revenue, 5y)": (8.0 / 110.0, None),
    # 130 is the highest of five; of the known values of GAP, 50 is the highest of three.
    "own_percentile(revenue, 5y)": (100.0, None),
    "own_percentile(revenue, 5y, 3)": (100.0, 100.0),
    # One of five is at or below -130, the newest -revenue.
    "own_percentile(-revenue, 5y)": (20.0, None),
    "own_median(revenue, 5y)": (110.0, None),
    "own_median(revenue, 5y, 3)": (110.0, 30.0),
}


@pytest.mark.parametrize("text", ON_PAPER)
def test_on_paper(yearly: Lake, text: str) -> None:
    """The functions give what is worked out by hand; without all observations, or the least number, nothing."""
    first, second = ON_PAPER[text]
    found = values(yearly, text)
    assert found["AAA"] == pytest.approx(first)
    assert found["GAP"] == (None if second is None else pytest.approx(second))


def test_today_must_be_known(tmp_path: Path) -> None:
    """Where today's value is unknown, it has no place in its own history."""
    rows = [row | {"revenue": None} if row["quarter_index"] == 40 else row for row in year_ends()]
    lake = make_lake(tmp_path, [company(1, "AAA"), company(2, "GAP")], rows, [])
    assert values(lake, "own_percentile(revenue, 5y, 2)") == {"AAA": None, "GAP": None}
    # x = 110 120 90 100 at t = -1 -2 -3 -4: 165 + 60 - 45 - 150 = 30, over 5.
    assert values(lake, "trend(revenue, 5y, 4)")["AAA"] == pytest.approx(6.0)


def fiscal_rows() -> list[dict[str, object]]:
    """Return quarters whose fiscal year ends in June, with twelve-month revenue 100 + quarter number."""
    ends = [date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31), date(2023, 3, 31), date(2023, 6, 30),
            date(2023, 9, 30), date(2023, 12, 31)]  # fmt: skip
    known = [date(2022, 8, 20), date(2022, 11, 9), date(2023, 2, 9), date(2023, 5, 9), date(2023, 8, 20),
             date(2023, 11, 9), date(2024, 2, 9)]  # fmt: skip
    rows = []
    for k, (end, day) in enumerate(zip(ends, known, strict=True)):
        later = {"latest_until": known[k + 1]} if k + 1 < len(ends) else {}
        columns = {"revenue": 100.0 + k, "revenue_q": 10.0 + k, "total_assets": 1000.0 + k}
        rows.append(quarter(1, end, day, 38 + k, **(columns | {"fiscal_quarter": (4, 1, 2, 3)[k % 4]} | later)))
    return rows


@pytest.fixture(scope="module")
def fiscal(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One company whose fiscal year ends in June."""
    return make_lake(tmp_path_factory.mktemp("fiscal"), [company(1, "JUN")], fiscal_rows(), [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("annual(revenue)", 104.0),
        ("annual(total_assets)", 1004.0),
        ("annual(revenue / total_assets)", 104.0 / 1004.0),
        ("annual(asset_turnover)", 104.0 / ((1004.0 + 1000.0) / 2)),
        ("annual(quarter(revenue))", 14.0),
        ("quarter(annual(revenue))", 14.0),
        ("annual(revenue)[-1y]", 100.0),
        ("annual(lag(revenue, 1y))", 100.0),
        ("growth(annual(revenue), 1y)", 0.04),
        ("annual(revenue[-1q])", 103.0),
        ("revenue", 106.0),
        ("revenue[-1q]", 105.0),
        ("revenue[-1y]", 102.0),
        ("revenue[-1y][-2q] ^ 2", 10_000.0),
        ("-revenue[-4q]", -102.0),
        ("annual(avg(revenue, 4q))", (104 + 103 + 102 + 101) / 4),
    ],
)
def test_fiscal_years(fiscal: Lake, text: str, value: float) -> None:
    """`annual` is taken at the end of the last full fiscal year, `[-1y]` a year before whatever it stands behind."""
    assert values(fiscal, text) == {"JUN": pytest.approx(value)}


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2022, 8, 20), 100.0),
        (date(2023, 8, 19), 100.0),
        (date(2023, 8, 20), 104.0),
        (date(2024, 2, 8), 104.0),
    ],
)
def test_a_fiscal_year_counts_from_its_report(fiscal: Lake, day: date, value: float) -> None:
    """Until the annual report is public, the last full fiscal year is the one before."""
    assert values(fiscal, "annual(revenue)", day) == {"JUN": value}


def test_a_year_whose_report_is_missing_is_unknown(tmp_path: Path) -> None:
    """An older year does not stand in for the last one."""
    rows = [row for row in fiscal_rows() if row["quarter_index"] != 42]
    lake = make_lake(tmp_path, [company(1, "JUN")], rows, [])
    assert values(lake, "annual(revenue)") == {"JUN": None}


def test_annual_in_a_rule_that_narrows_the_universe(fiscal: Lake) -> None:
    """A universe condition on a fiscal year is judged with its history, and explained with its period."""
    one = screen("annual(revenue) > 103", universe=("total_assets > 0", "annual(revenue) > 1"))
    result = run_screen(fiscal, one, AS_OF)
    assert [row.ticker for row in result.rows] == ["JUN"]
    found = explain_name(fiscal, result, find_company(fiscal.con, "JUN"), filings=False)
    (term,) = found.judgements[-1].terms
    assert (term.name, term.value, term.when) == ("revenue", 104.0, "fiscal year")
