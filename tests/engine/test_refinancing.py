"""Refinancing pressure: places among the names of the universe, worked on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, quarter
from tests.engine.screens import factor, screen

# Every company earns 100 before interest and 125 before depreciation, and has 100 of cash and 100 of free cash flow,
# unless it says otherwise.
USUAL = {"operating_income": 100.0, "da": 25.0, "cash": 100.0, "cfo": 150.0, "capex": 50.0}
NAMES: dict[str, dict[str, float | None]] = {
    # Walls 20 / 200 and 60 / 300, half due within a year, net debt -60 to 125, cover of 50.
    "CALM": {"total_debt": 40.0, "due_12m": 20.0, "due_24m": 60.0, "interest_to_cover": 2.0},
    # Walls 300 / 200 and 600 / 300, three quarters due, net debt 300 to 125, cover of 2.
    "TIGHT": {"total_debt": 400.0, "due_12m": 300.0, "due_24m": 600.0, "interest_to_cover": 50.0},
    # Nothing is owed.
    "FREE": {"total_debt": 0.0, "interest_to_cover": 0.0},
    # Burns cash, earns nothing: walls of 99, all due, net debt without EBITDA, interest not earned.
    "GONE": {
        "total_debt": 400.0, "due_12m": 400.0, "due_24m": 400.0, "interest_to_cover": 40.0, "operating_income": -80.0,
        "cfo": -150.0,
    },
    # No ladder, interest not reported: three terms are known, walls of 10 / 200, a tenth due, net debt 0.
    "PART": {"total_debt": 100.0, "due_12m": 10.0},
    # Debt is unknown: no term is known but none of them either.
    "DARK": {"interest_to_cover": 5.0},
}  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Six companies of one universe."""
    companies, rows = [], []
    for number, (ticker, items) in enumerate(NAMES.items(), 1):
        companies.append(company(number, ticker))
        rows.append(quarter(number, date(2023, 12, 31), date(2024, 2, 20), 40, **{**USUAL, **items}))
    with make_lake(tmp_path_factory.mktemp("pressure"), companies, rows, []) as opened:
        yield opened


def test_pressure_is_the_mean_place(lake: Lake) -> None:
    """Each term counts the share of names at or below; what is undefined for a bad reason is the highest place.

    wall_12m: FREE 0, PART .05, CALM .1, TIGHT 1.5, GONE 99: fifths. wall_24m without PART: quarters.
    Short-term share: FREE 0, PART .1, CALM .5, TIGHT .75, GONE 1. Net debt to EBITDA: FREE -100 / 125, CALM -60 / 125,
    PART 0, TIGHT 2.4, GONE none. Cover of interest: FREE nothing to cover, CALM 50, TIGHT 2, GONE -2; DARK is known
    here alone, 100 / 5 = 20, so that the places are FREE 1/5, CALM 2/5, DARK 3/5, TIGHT 4/5, GONE 5/5.
    """
    result = run_screen(lake, screen(columns=("refi_pressure",)), AS_OF)
    found = {row.ticker: row.values[0] for row in result.rows}
    assert found.pop("DARK") is None
    assert found == pytest.approx({
        "FREE": (1 / 5 + 1 / 4 + 1 / 5 + 1 / 5 + 1 / 5) / 5,
        "PART": (2 / 5 + 2 / 5 + 3 / 5) / 3,
        "CALM": (3 / 5 + 2 / 4 + 3 / 5 + 2 / 5 + 2 / 5) / 5,
        "TIGHT": (4 / 5 + 3 / 4 + 4 / 5 + 4 / 5 + 4 / 5) / 5,
        "GONE": (5 / 5 + 4 / 4 + 5 / 5 + 5 / 5 + 5 / 5) / 5,
    })  # fmt: skip


def test_a_name_with_two_terms_says_so(lake: Lake) -> None:
    """One known term of five is no score, and the reason is given."""
    result = run_screen(lake, screen("refi_pressure < 50%"), AS_OF)
    told = explain_name(lake, result, find_company(lake.con, "DARK"))
    assert "fewer than three of its five terms are known" in str(told)


def test_least_pressed_ranks_first(lake: Lake) -> None:
    """Lower is better, and the name without debt is the best of all."""
    result = run_screen(lake, screen(rank=(factor("refi_pressure", "lower"),)), AS_OF)
    assert [row.ticker for row in result.rows] == ["FREE", "PART", "CALM", "TIGHT", "GONE", "DARK"]
