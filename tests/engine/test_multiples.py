"""Every multiple ranks by its yield: through zero, and the same whichever of the two is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from screener.catalogue import metrics
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.resolve import parse_screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

# Display-only quotients that cannot turn negative, or are undefined and worst where they would.
STAND_ALONE = {"peg", "q_proxy"}
MULTIPLES = [
    row for row in metrics.METRICS if row.group == "valuation" and row.unit == "multiple" and row.direction == "lower"
]
GROWTH = [row for row in metrics.METRICS if row.group == "growth" and row.rank_by]
# Market value 1,000 for all. CHEAP earns most, DEAR less, SLIM next to nothing; LOSS loses and owes.
NAMES = {"CHEAP": 200.0, "DEAR": 50.0, "SLIM": 1.0, "LOSS": -100.0}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Four companies whose every figure is the one number given, and a year ago was 10."""
    companies, rows, prices = [], [], []
    for number, (ticker, size) in enumerate(NAMES.items(), 1):
        companies.append(company(number, ticker))
        now = {
            "shares_outstanding": 20.0, "total_debt": 300.0, "cash": 100.0, "interest_to_cover": 0.0, "da": 0.0,
            "net_income_to_common": size, "net_income": size, "equity": size, "revenue": max(size, 0.0), "cfo": size,
            "capex": 0.0, "operating_income": size, "gross_profit": size, "equity_incl_nci": size,
            "total_assets": 1000.0,
        }  # fmt: skip
        past = {
            "net_income": 10.0,
            "gross_profit": 10.0,
            "operating_income": 10.0,
            "cfo": 10.0,
            "capex": 0.0,
            "total_assets": 900.0,
        }
        rows.append(quarter(number, date(2023, 12, 31), date(2024, 2, 20), 40, **now))
        rows.append(quarter(number, date(2022, 12, 31), date(2023, 2, 20), 36, latest_until=date(2023, 5, 1), **past))
        prices.append(price(number, 50.0))
    with make_lake(tmp_path_factory.mktemp("multiples"), companies, rows, prices) as opened:
        yield opened


def scores(lake: Lake, name: str) -> dict[str, float | None]:
    """Return ticker → score of a screen that ranks by the name alone."""
    parsed = parse_screen(f"rank: [{name}]", "test.yaml")
    return {str(row.ticker): row.score for row in run_screen(lake, parsed, AS_OF).rows}


def test_every_multiple_names_its_yield() -> None:
    """A multiple of a value that can be negative has a yield that ranks for it, turned to higher is better."""
    without = {row.name for row in MULTIPLES if not row.rank_by}
    assert without == STAND_ALONE
    assert {metrics.BY_NAME[row.rank_by].direction for row in MULTIPLES if row.rank_by} == {"higher"}


@pytest.mark.parametrize("row", [row for row in MULTIPLES if row.rank_by], ids=lambda row: row.name)
def test_a_multiple_ranks_by_its_yield(lake: Lake, row: metrics.Metric) -> None:
    """The cheapest is first, a value next to nothing is dear, and a negative one is never the cheapest."""
    found = scores(lake, row.name)
    assert found == scores(lake, row.rank_by)
    assert sorted(found, key=lambda name: -(found[name] or 0))[:3] == ["CHEAP", "DEAR", "SLIM"]
    assert found["CHEAP"] == 100
    assert (found["LOSS"] or 0) < (found["SLIM"] or 0)


@pytest.mark.parametrize("row", GROWTH, ids=lambda row: row.name)
def test_growth_of_profits_ranks_by_the_change_to_assets(lake: Lake, row: metrics.Metric) -> None:
    """What ranks for growth points the same way: the largest rise is first, the fall into a loss last."""
    found = scores(lake, row.name)
    assert found == scores(lake, row.rank_by) == {"CHEAP": 100, "DEAR": 75, "SLIM": 50, "LOSS": 25}
