"""Three names of quality-value on SimFin, 2024-03-08, followed by hand from the filed figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.engine.company import find_company
from screener.engine.explain import Explanation, explain_company
from screener.engine.funnel import run_funnel
from screener.engine.near import run_near
from screener.engine.unknown import run_unknown
from screener.lake.connect import Lake
from screener.language.resolve import load_screen
from tests.real.conftest import SIMFIN_DAY

SCREEN = Path(__file__).resolve().parents[2] / "screens" / "quality-value.yaml"

pytestmark = pytest.mark.real


def explained(lake: Lake, ticker: str) -> Explanation:
    """Explain a name without its filings."""
    return explain_company(lake, load_screen(SCREEN), find_company(lake.con, ticker), SIMFIN_DAY, filings=False)


def test_interface_misses_by_its_coverage(simfin: Lake) -> None:
    """Interface, 2023: operating income of 102.020 million over 31.787 million of interest is 3.2095 times.

    That is 0.7905 short of 4, or 19.8 %; all else passes, so it is a near miss and would enter at the rank foretold.
    """
    found = explained(simfin, "TILE")
    (missed,) = found.missed
    assert missed.text == "interest_coverage >= 4"
    assert missed.distance is not None
    assert missed.distance.value == pytest.approx(102.020 / 31.787)
    assert missed.distance.slack == pytest.approx(102.020 / 31.787 - 4)
    assert missed.distance.relative == pytest.approx(-0.1976, abs=1e-4)
    near = run_near(simfin, load_screen(SCREEN), SIMFIN_DAY)
    (miss,) = (miss for miss in near.rows if miss.ticker == "TILE")
    assert found.place is not None
    assert (miss.place, miss.distance) == (found.place, missed.distance)


def test_amc_networks_has_too_much_debt(simfin: Lake) -> None:
    """AMC Networks, 2023: 2,696.629 - 570.576 of net debt over 512.888 + 107.402 of EBITDA is 3.4275 times, not 2.5."""
    found = explained(simfin, "AMCX")
    (missed,) = found.missed
    assert missed.text == "net_debt / ebitda <= 2.5"
    (change,) = missed.change
    multiple = (2696.629 - 570.576) / (512.888 + 107.402)
    assert (change.value, change.threshold) == (pytest.approx(multiple), 2.5)
    assert change.slack == pytest.approx(2.5 - multiple)
    assert change.relative == pytest.approx(-0.371, abs=1e-3)


def test_smith_and_wesson_is_not_judged(simfin: Lake) -> None:
    """Smith & Wesson: SimFin has only what the sale of assets brought in, so capital spending and fcf are unknown.

    Nothing fails: it is not rejected. Its operating cash flow of four quarters, 37.980 + 40.630 - 2.874 + 25.247, is an
    input of the rule, from the quarter to 2024-01-31 that was filed the day before.
    """
    unknown = run_unknown(simfin, load_screen(SCREEN), SIMFIN_DAY)
    (row,) = (row for row in unknown.rows if row.ticker == "SWBI")
    assert row.reasons == (("fcf > 0", "capex is not reported"),)
    found = explained(simfin, "SWBI")
    rule = next(judgement for judgement in found.judgements if judgement.text == "fcf > 0")
    cfo = next(one for one in rule.inputs if one.name == "cfo")
    assert cfo.value == pytest.approx(100.983e6)
    assert (str(cfo.period_end), str(cfo.filed)) == ("2024-01-31", "2024-03-07")
    assert "SWBI" not in {miss.ticker for miss in run_near(simfin, load_screen(SCREEN), SIMFIN_DAY).rows}


def test_everyone_is_accounted_for(simfin: Lake) -> None:
    """Who passes, is rejected or is not judged is the whole universe; near misses are among the rejected."""
    screen = load_screen(SCREEN)
    unknown, near, funnel = (run(simfin, screen, SIMFIN_DAY) for run in (run_unknown, run_near, run_funnel))
    result = funnel.result
    assert result.passed + unknown.rejected + len(unknown.rows) == result.population
    assert sum(names for _, names in funnel.kept_out) == result.population - result.passed
    assert near.total <= unknown.rejected
    sole = sum(cost.sole or 0 for cost in funnel.rules)
    assert sole == funnel.kept_out[0][1]
