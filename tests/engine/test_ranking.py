"""The arithmetic of ranks: Portfolio123's worked examples, ties, missing factors, and the page that explains them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.resolve import check_screen
from screener.language.screen import Factor, RankGroup
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, screen

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ranking.md").read_text(encoding="utf-8")

# Price over earnings of one dollar a share; earnings yield and growth as places would have it.
PE = {"A": 5.0, "B": 15.0, "C": 30.0, "D": 30.0, "E": 120.0}


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Five companies: P/E 5, 15, 30, 30, 120; capex falls and revenue rises from A to E; C is larger than D."""
    people, rows, prices = [], [], []
    for number, (ticker, pe) in enumerate(PE.items(), 1):
        people.append(company(number, ticker))
        shares = 1e6 + (5 - number)
        rows.append(
            quarter(number, AS_OF.replace(year=2023, month=12, day=31), AS_OF, 40, shares_outstanding=shares,
                    net_income=shares, net_income_to_common=shares, capex=6.0 - number, revenue=float(number),
                    total_assets=3.0 if ticker == "A" else 1.0 if ticker == "B" else 2.0 if ticker == "C" else None,
                    cash=2.0 if ticker == "A" else 3.0 if ticker == "B" else None)
        )  # fmt: skip
        prices.append(price(number, pe))
    return make_lake(tmp_path_factory.mktemp("five"), people, rows, prices)


def percentiles(lake: Lake, ranked: Factor, ties: str = "best") -> list[float | None]:
    """Return the percentile of one factor, by ticker."""
    result = run_screen(lake, screen(rank=(ranked,), ties=ties), AS_OF)
    return [row.factors[0].percentile for row in sorted(result.rows, key=lambda row: row.ticker or "")]


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("best", [100, 80, 60, 60, 20]), ("average", [100, 80, 50, 50, 20]), ("order", [100, 80, 60, 40, 20])],
)
def test_portfolio123_one_factor(five: Lake, ties: str, expected: list[float]) -> None:
    """P/E 5, 15, 30, 30, 120, less is better: 100, 80, 60, 60, 20 as there; other ties share otherwise."""
    assert percentiles(five, factor("pe", "lower"), ties) == expected
    assert percentiles(five, factor("earnings_yield"), ties) == expected


TWO = (factor("capex", weight=75.0), factor("revenue", weight=25.0))


def test_portfolio123_two_factors(five: Lake) -> None:
    """100 to 20 at 75 % and 20 to 100 at 25 % average to 80, 70, 60, 50, 40, and are normalised to 100 to 20."""
    plain = run_screen(five, screen(rank=TWO), AS_OF)
    assert [(row.ticker, row.score) for row in plain.rows] == [("A", 80), ("B", 70), ("C", 60), ("D", 50), ("E", 40)]
    again = run_screen(five, screen(rank=TWO, normalise=True), AS_OF)
    assert [(row.ticker, row.score) for row in again.rows] == [("A", 100), ("B", 80), ("C", 60), ("D", 40), ("E", 20)]
    assert [row.factors for row in again.rows] == [row.factors for row in plain.rows]


@pytest.mark.parametrize(("ties", "score"), [("best", 100), ("average", 60), ("order", 100)])
def test_normalised_scores_tie_on_paper(five: Lake, ties: str, score: float) -> None:
    """Scores that are equal on paper share a place, whatever the order in which their parts were added."""
    equal = (factor("capex", weight=0.1), factor("revenue", weight=0.1))
    result = run_screen(five, screen(rank=equal, normalise=True, ties=ties), AS_OF)
    assert result.rows[0].score == score
    assert len({row.score for row in result.rows}) == (5 if ties == "order" else 1)


def scores(lake: Lake, *members: Factor | RankGroup, missing: str = "worst", **more: object) -> dict[str, float | None]:
    """Return ticker → score of A, B and C, which are alone in the universe; C has no cash."""
    one = screen(rank=RankGroup("", members), missing=missing, universe=("ticker in [A, B, C]",), **more)
    return {row.ticker or "": row.score for row in run_screen(lake, one, AS_OF).rows}


@pytest.mark.parametrize(
    ("missing", "third"), [("worst", 100 / 3), ("neutral", (200 / 3 + 50) / 2), ("drop", None), ("reweight", 200 / 3)]
)
def test_missing(five: Lake, missing: str, third: float | None) -> None:
    """The table of the page: assets 100, 33, 67 and cash 67, 100, none; the others are the same in every policy."""
    found = scores(five, factor("total_assets"), factor("cash"), missing=missing)
    expected = {"A": (100 + 200 / 3) / 2, "B": (100 / 3 + 100) / 2}
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert found["C"] == (None if third is None else pytest.approx(third))
    assert next(iter(found)) == "A"
    own = factor("cash", missing=missing)
    assert scores(five, factor("total_assets"), own) == found


def test_reweight_by_groups(five: Lake) -> None:
    """A group of which nothing is known is left out as well; without anything known there is no score."""
    cash = factor("cash", missing="reweight")
    inner = RankGroup("Cash", (cash, factor("cash", weight=3.0, missing="reweight")), 9.0)
    assert scores(five, factor("total_assets"), inner)["C"] == pytest.approx(200 / 3)
    assert scores(five, inner)["C"] is None
    mixed = RankGroup("Mixed", (cash, factor("total_assets", weight=2.0)), 1.0)
    assert scores(five, mixed)["C"] == pytest.approx(200 / 3)
    assert scores(five, mixed)["A"] == pytest.approx((200 / 3 + 2 * 100) / 3)


def test_a_dropped_name_has_no_score_in_any_group(five: Lake) -> None:
    """What is dropped by one factor is not ranked by the others, and its score is not normalised either."""
    inner = RankGroup("Cash", (factor("cash", missing="drop"),), 1.0)
    known = factor("total_assets", missing="reweight")
    assert scores(five, known, inner)["C"] is None
    assert scores(five, known, inner, normalise=True) == {"A": 100, "B": 50, "C": None}


def test_the_page_has_these_numbers() -> None:
    """The worked examples of the page are those of the tests, and its screen is accepted."""
    for text in ("100 | 100 | 100", "60 | 50 | 40", "0.75 × 100 + 0.25 × 20 = 80", "33.3 | 58.3 | no score | 66.7"):
        assert text in PAGE
    (example,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert check_screen(example) == ()
