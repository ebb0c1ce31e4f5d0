"""Takeover features, tax-loss measures and the January candidate, on a few companies worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from screener.engine.run import run_screen
from screener.engine.trace import Tracer
from screener.lake.connect import Lake
from screener.language.ast import Name
from tests.catalogue.test_peer_scores import history
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen

Values = dict[str, dict[str, object]]


def values(lake: Lake, *names: str, day: date = AS_OF) -> Values:
    """Return name → ticker → value, groups of any size compared."""
    result = run_screen(lake, screen(columns=names, min_group=1), day)
    return {name: {str(row.ticker): row.values[k] for row in result.rows} for k, name in enumerate(names)}


# A is small, cheap and slow, with cash and plant; C is large, quick and in debt; of D nothing is known.
NOW: dict[str, dict[str, float]] = {
    "A": {"revenue": 100.0, "operating_income": 10.0, "net_income_to_common": 5.0, "sga": 30.0, "cash": 40.0,
          "total_debt": 0.0, "ppe_net": 100.0},
    "B": {"revenue": 133.1, "operating_income": 26.62, "net_income_to_common": 10.0, "sga": 26.62, "cash": 20.0,
          "total_debt": 10.0, "ppe_net": 60.0},
    "C": {"revenue": 172.8, "operating_income": 51.84, "net_income_to_common": 15.0, "sga": 17.28, "cash": 10.0,
          "total_debt": 50.0, "ppe_net": 20.0},
}  # fmt: skip
CLOSES = {"A": (10.0, 20.0), "B": (20.0, 20.0), "C": (30.0, 20.0)}
SAME = {"da": 10.0, "total_assets": 200.0, "equity": 100.0, "shares_outstanding": 10.0}


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Values:
    """What the takeover metrics make of A to D."""
    companies, rows, prices = [company(4, "D", sector="Energy")], history(4, {0: {}}), [price(4, 5.0)]
    for number, (ticker, items) in enumerate(NOW.items(), 1):
        companies.append(company(number, ticker))
        rows += history(number, {0: items | SAME, 4: {"equity": 100.0}, 12: {"revenue": 100.0}})
        close, then = CLOSES[ticker]
        prices.append(price(number, close, adj_close_24m=then))
    names = (
        "low_q", "return_2y_to_sector", "inefficient_mgmt", "growth_resource_mismatch", "margin_gap", "sga_gap",
        "takeover_terms", "takeover_score",
    )  # fmt: skip
    with make_lake(tmp_path_factory.mktemp("targets"), companies, rows, prices) as lake:
        return values(lake, *names)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("low_q", (1.0, 0.0, 0.0)),  # q 100 / 200, 210 / 200, 350 / 200: the median is B's
        ("return_2y_to_sector", (-0.5, 0.0, 0.5)),  # returns -50 %, 0, 50 %
        ("inefficient_mgmt", (1.0, 0.0, 0.0)),  # and return on equity 5, 10, 15 %
        # Growth 0, 10, 20 % a year; cash 20, 10, 5 % of assets; debt 0, 10, 50 % of equity.
        ("growth_resource_mismatch", (1.0, 0.0, 1.0)),
        ("margin_gap", (0.15, 0.05, -0.05)),  # margins 10, 20, 30 %: three quarters of the way is 25 %
        ("sga_gap", (0.15, 0.05, -0.05)),  # overhead 30, 20, 10 % of revenue: one quarter of the way is 15 %
        ("takeover_terms", (9.0, 9.0, 9.0)),  # all but the deals of the industry
        # A is first in all nine; B second but for no mismatch (1 of 3) and the lowest EBIT yield: 26.62 / 190 = 14.0 %
        # after 51.84 / 340 = 15.2 % and 10 / 60 = 16.7 %; C last but for its mismatch and its EBIT yield.
        ("takeover_score", (100.0, (7 * 200 / 3 + 2 * 100 / 3) / 9, (7 * 100 / 3 + 100 + 200 / 3) / 9)),
    ],
)
def test_takeover_features(targets: Values, name: str, expected: tuple[float, ...]) -> None:
    """Each feature is as on paper, and the score is the mean percentile of those that are known."""
    assert [targets[name][ticker] for ticker in "ABC"] == [pytest.approx(value) for value in expected]


def test_a_target_of_which_little_is_known_has_no_score(targets: Values) -> None:
    """Fewer than five features make no score."""
    assert targets["takeover_score"]["D"] is None
    assert targets["takeover_terms"]["D"] < 5  # type: ignore[operator] # a count


def test_the_reason_for_no_score(tmp_path: Path) -> None:
    """The reason says how many features are needed."""
    with make_lake(tmp_path, [company(1, "D")], history(1, {0: {}}), [price(1, 5.0)]) as lake:
        tracer = Tracer({})
        tracer.add(Name("takeover_score"))
        trace = tracer.read(lake.con, AS_OF, [1])[1]
    assert "fewer than 5 of 10 features are known" in trace.reason(Name("takeover_score"))


def test_a_deal_in_the_industry(tmp_path: Path) -> None:
    """A peer's completed acquisition disturbs the industry; one's own does not."""
    companies = [company(k, t, sic=3674, filings_since=date(2015, 1, 1)) for k, t in ((1, "A"), (2, "B"))]
    rows = [*history(1, {0: {}}), *history(2, {0: {}})]
    events = [
        {"issuer_id": 1, "filed": date(2016, 5, 2), "kind": "late_filing", "accession": "1"},
        {"issuer_id": 2, "filed": date(2023, 11, 1), "kind": "acquisition_completed", "accession": "2"},
    ]
    with make_lake(tmp_path, companies, rows, [], events=events) as lake:
        assert values(lake, "industry_disturbance") == {"industry_disturbance": {"A": 1.0, "B": 0.0}}


def test_the_fall_that_fundamentals_do_not_explain(tmp_path: Path) -> None:
    """Eight names with every combination of profit up or down, sales up or down, sector up or down.

    The three are orthogonal, and so is their product, so that what a regression leaves of a drawdown of
    -30 % + 5 % a + 4 % b + 3 % c + 2 % abc is 2 % abc.
    """
    companies, rows, prices, expected = [], [], [], {}
    for number, (a, b, c) in enumerate(product((-1, 1), repeat=3), 1):
        ticker = f"T{number}"
        companies.append(company(number, ticker, sector="Industrials" if c > 0 else "Energy"))
        now = {"operating_income": 20.0 + 10 * a, "revenue": 100.0 + 20 * b, "total_assets": 100.0}
        before = {"operating_income": 20.0, "revenue": 100.0, "total_assets": 100.0}
        rows += history(number, {0: now, 4: before})
        fall = -0.30 + 0.05 * a + 0.04 * b + 0.03 * c + 0.02 * a * b * c
        prices.append(price(number, 50.0, adj_close_12m=50 / (1 + 0.1 * c), adj_high_52w=50 / (1 + fall)))
        expected[ticker] = pytest.approx(0.02 * a * b * c, abs=1e-9)
    with make_lake(tmp_path, companies, rows, prices) as lake:
        assert values(lake, "drawdown_residual")["drawdown_residual"] == expected


def test_steps_of_the_regression(tmp_path: Path) -> None:
    """Each step removes one influence: profit, then sales; what the others owe to themselves is left."""
    companies, rows, prices, sales, sector = [], [], [], {}, {}
    for number, (a, b, c) in enumerate(product((-1, 1), repeat=3), 1):
        ticker = f"T{number}"
        companies.append(company(number, ticker, sector="Industrials" if c > 0 else "Energy"))
        now = {"operating_income": 20.0 + 10 * a, "revenue": 100.0 + 20 * b, "total_assets": 100.0}
        before = {"operating_income": 20.0, "revenue": 100.0, "total_assets": 100.0}
        rows += history(number, {0: now, 4: before})
        prices.append(price(number, 50.0, adj_close_12m=50 / (1 + 0.1 * c), adj_high_52w=50 / (0.7 + 0.05 * a)))
        sales[ticker], sector[ticker] = pytest.approx(0.2 * b), pytest.approx(0.1 * c)
    names = ("drawdown_on_profit", "sales_on_profit", "sector_on_profit", "sector_on_sales", "sector_return_12m")
    with make_lake(tmp_path, companies, rows, prices) as lake:
        found = values(lake, *names)
    assert found["drawdown_on_profit"] == dict.fromkeys(sales, pytest.approx(0.0, abs=1e-9))
    assert found["sales_on_profit"] == sales
    for name in ("sector_on_profit", "sector_on_sales", "sector_return_12m"):
        assert found[name] == sector


def test_a_good_company_that_fell_far_stands_first(tmp_path: Path) -> None:
    """A has the best figures and the deepest fall: both percentiles are 100, and 100 % + 100 % - 1 is 1."""
    companies, rows, prices = [], [], []
    for number, (ticker, good, high) in enumerate((("A", 3.0, 100.0), ("B", 2.0, 55.0), ("C", 1.0, 71.0)), 1):
        companies.append(company(number, ticker))
        items = {
            "gross_profit": 20 * good, "operating_income": 10 * good, "net_income": 5 * good, "cfo": 12 * good,
            "total_assets": 100.0, "equity_incl_nci": 60.0, "total_debt": 10.0, "cash": 5.0, "da": 5.0, "revenue": 80.0,
        }  # fmt: skip
        rows += history(number, {0: items, 4: items})
        prices.append(price(number, 50.0, adj_high_52w=high))
    with make_lake(tmp_path, companies, rows, prices) as lake:
        found = values(lake, "quality_drawdown_divergence")["quality_drawdown_divergence"]
    assert found["A"] == pytest.approx(1.0)
    # B: 2 of 3 in quality, 1 of 3 in its fall; C the reverse.
    assert found["B"] == found["C"] == pytest.approx(0.0, abs=1e-12)


DECEMBER = date(2023, 12, 20)
# Nine signs of health of which all hold but the margin's; Z'' is 6.56 x 0.3 + 3.26 x 0.2 + 6.72 x 0.15 + 1.05 x 1.5.
SOUND = {
    "net_income": 80e6, "cfo": 110e6, "capex": 10e6, "revenue": 900e6, "gross_profit": 300e6, "operating_income": 150e6,
    "current_assets": 500e6, "current_liabilities": 200e6, "total_assets": 1000e6, "total_liabilities": 400e6,
    "equity": 600e6, "retained_earnings": 200e6, "total_debt": 0.0, "cash": 100e6, "long_term_debt": 0.0,
    "shares_outstanding": 20e6, "dq_score": 1.0,
}  # fmt: skip
BEFORE = {
    "net_income": 50e6, "revenue": 800e6, "gross_profit": 270e6, "current_assets": 450e6,
    "current_liabilities": 200e6, "total_assets": 1000e6, "total_debt": 0.0, "long_term_debt": 0.0, "cfo": 70e6,
    "shares_outstanding": 20e6,
}  # fmt: skip


def january(tmp_path: Path, day: date = DECEMBER, **changes: Any) -> object:
    """Return the flag of a company that qualifies but for the changes: 50 x 20 million is a billion, down 40 %."""
    items: Mapping[str, Any] = {**SOUND, **{k: v for k, v in changes.items() if k in SOUND}}
    rows = [
        quarter(1, date(2023, 9, 30), date(2023, 11, 1), 40, **items),
        quarter(1, date(2022, 9, 30), date(2022, 11, 1), 36, latest_until=date(2023, 2, 1), **BEFORE),
        quarter(1, date(2021, 9, 30), date(2021, 11, 1), 32, latest_until=date(2022, 2, 1), **BEFORE),
    ]
    quote = price(1, 50.0, day, adj_high_ytd=changes.get("high", 50 / 0.6))
    listed = company(1, "A", first_date=changes.get("first_date", date(2015, 1, 5)))
    with make_lake(tmp_path, [listed], rows, [quote]) as lake:
        return values(lake, "january_candidate", day=day)["january_candidate"]["A"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 1.0),
        ({"high": 55.0}, 0.0),  # down 9 %
        ({"first_date": date(2020, 1, 6)}, 0.0),  # four years
        ({"shares_outstanding": 2e6}, 0.0),  # 100 million
        ({"dq_score": 0.5}, 0.0),
        ({"net_income": -300e6, "cfo": -300e6, "current_assets": 210e6, "revenue": 500e6, "gross_profit": 50e6}, 0.0),
        ({"total_debt": None}, None),  # whether what is due can be paid is not known
    ],
)
def test_a_candidate_for_january(tmp_path: Path, changes: dict[str, Any], expected: float | None) -> None:
    """All conditions must hold; one that fails decides, and an unknown one leaves the flag unknown."""
    assert january(tmp_path, **changes) == expected


def test_only_at_the_end_of_the_year(tmp_path: Path) -> None:
    """In November there are candidates, in January there are none any more."""
    assert january(tmp_path, day=date(2023, 11, 1)) == 1.0
    assert january(tmp_path / "later", day=date(2024, 1, 10)) == 0.0
