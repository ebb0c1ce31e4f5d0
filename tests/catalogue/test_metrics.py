"""Every metric against numbers worked by hand, and the laws that all rows of the table obey."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.catalogue import items, metrics, units
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen

# One company, worked on paper: market cap 50 x 20 = 1,000.
NOW = {
    "revenue": 800.0, "gross_profit": 320.0, "operating_income": 120.0, "da": 40.0, "net_income": 80.0,
    "net_income_to_common": 78.0, "income_tax": 20.0, "pretax_income": 100.0, "interest_to_cover": 20.0,
    "cfo": 110.0, "capex": 45.0, "capitalized_software": 5.0, "sbc": 16.0,
    "cash": 90.0, "short_term_investments": 10.0, "receivables": 120.0, "current_assets": 400.0,
    "current_liabilities": 200.0, "debt_current": 25.0, "due_12m": 30.0, "due_24m": 80.0,
    "total_assets": 1000.0, "total_liabilities": 500.0, "total_debt": 300.0, "equity": 480.0,
    "equity_incl_nci": 500.0, "minority_interest": 20.0, "preferred": 30.0, "goodwill": 100.0, "intangibles": 50.0,
    "ppe_net": 300.0, "dividends_paid_common": 15.0, "buybacks": 25.0, "stock_issued": 5.0,
    "shares_outstanding": 20.0, "revenue_q": 210.0,
    "operating_leases": 60.0, "long_term_investments": 35.0, "equity_method_investments": 15.0,
}  # fmt: skip
YEAR_AGO = {
    "revenue": 640.0, "gross_profit": 240.0, "net_income": 50.0, "total_assets": 900.0, "total_debt": 280.0,
    "equity": 440.0, "equity_incl_nci": 460.0, "preferred": 30.0, "cash": 80.0, "short_term_investments": 0.0,
    "receivables": 80.0, "operating_income": 80.0, "shares_outstanding": 19.0, "revenue_q": 200.0,
}  # fmt: skip
# Two and more years ago, only what the longer metrics read: (revenue, operating income, net income).
EARLIER = [(500.0, 60.0, 20.0), (400.0, 20.0, -10.0), (400.0, 40.0, 5.0)]

WORKED = {
    "ebit": 120.0,
    "ebitda": 160.0,  # 120 + 40
    "fcf": 60.0,  # 110 - 45 - 5
    "liquid_assets": 100.0,
    "net_debt": 200.0,  # 300 - 100
    "working_capital": 200.0,
    "nwc_operating": 125.0,  # (400 - 100) - (200 - 25)
    "invested_capital": 700.0,  # 500 + 300 - 100
    "avg_invested_capital": 680.0,  # (700 + 660) / 2
    "avg_assets": 950.0,
    "common_equity": 450.0,
    "tangible_equity": 300.0,  # 450 - 100 - 50
    "tax_rate": 0.2,
    "nopat": 96.0,  # 120 x 0.8
    "gross_margin": 0.4,
    "operating_margin": 0.15,
    "ebitda_margin": 0.2,
    "net_margin": 0.1,
    "fcf_margin": 0.075,
    "roa": 80 / 950,
    "roe": 78 / 430,  # (450 + 410) / 2
    "roic": 96 / 680,  # (700 + 660) / 2; a year ago 460 + 280 - 80
    "roce": 0.15,  # 120 / (1,000 - 200)
    "gp_assets": 0.32,
    "greenblatt_roc": 120 / 425,  # 125 + 300
    "cfroa": 110 / 950,
    "accruals_cf": -30 / 950,
    "cash_conversion": 1.375,
    "fcf_conversion": 0.75,
    "sbc_revenue": 0.02,
    # margins 15 %, 12.5 %, 12 %, 5 %, 10 %: mean 10.9 %, squared deviations 0.00562
    "operating_margin_sd": (0.00562 / 4) ** 0.5,
    "positive_ni_years": 4.0,
    "asset_growth": 1 / 9,
    "goodwill_share": 0.15,
    "debt_equity": 0.625,
    "debt_assets": 0.3,
    "liabilities_assets": 0.5,
    "net_debt_ebitda": 1.25,
    "debt_ebitda": 1.875,
    "interest_coverage": 6.0,
    "cfo_debt": 110 / 300,
    "equity_assets": 0.48,
    "debt_due_12m": 30.0,
    "debt_due_24m": 80.0,
    "wall_12m_cash": 0.3,
    "current_ratio": 2.0,
    "quick_ratio": 1.1,
    "cash_assets": 0.1,
    "asset_turnover": 800 / 950,
    "dso": 45.625,  # 365 x 100 / 800
    "revenue_growth_ttm": 0.25,
    "revenue_growth_q": 0.05,
    "revenue_cagr_3y": 2 ** (1 / 3) - 1,  # 400 to 800
    "ni_growth_scaled": 30 / 900,
    "gross_margin_change": 0.025,  # 40 % after 37.5 %
    "share_growth_1y": 1 / 19,
    "ev": 1250.0,  # 1,000 + 300 + 30 + 20 - 100
    "ev_lease_adj": 1310.0,  # 1,250 + 60
    "ev_ex_lt_inv": 1215.0,  # 1,250 - 35
    "ev_assoc": 1235.0,  # 1,250 - 15
    "earnings_yield": 0.078,
    "pe": 1000 / 78,
    "book_yield": 0.45,
    "pb": 1000 / 450,
    "sales_yield": 0.8,
    "ps": 1.25,
    "fcf_yield": 0.06,
    "p_fcf": 1000 / 60,
    "ebit_ev": 0.096,
    "ev_ebit": 1250 / 120,
    "ebitda_ev": 0.128,
    "ev_ebitda": 7.8125,
    "ev_sales": 1.5625,
    "ncav_yield": -0.13,  # (400 - 500 - 30) / 1,000
    "dividend_yield": 0.015,
    "net_buyback_yield": 0.02,
    "payout_yield": 0.035,
    "payout_ratio": 15 / 78,
}
# Undefined for this company: it burns no cash.
UNDEFINED_HERE = {"cash_runway_months"}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float | None]:
    """Every metric of the worked company."""
    rows = [quarter(1, date(2023, 12, 31), date(2024, 2, 20), 40, **NOW)]
    past = [YEAR_AGO, *({"revenue": r, "operating_income": o, "net_income": n} for r, o, n in EARLIER)]
    for back, columns in enumerate(past, 1):
        end = date(2023 - back, 12, 31)
        until = date(2024 - back, 5, 1)
        rows.append(quarter(1, end, date(2024 - back, 2, 20), 40 - 4 * back, latest_until=until, **columns))
    names = tuple(row.name for row in metrics.METRICS)
    with make_lake(tmp_path_factory.mktemp("worked"), [company(1, "AAA")], rows, [price(1, 50.0)]) as lake:
        result = run_screen(lake, screen(columns=names), AS_OF)
    return dict(zip(names, result.rows[0].values, strict=True))  # type: ignore[arg-type] # metrics are numbers


@pytest.mark.parametrize("name", [row.name for row in metrics.METRICS])
def test_worked_numbers(worked: dict[str, float | None], name: str) -> None:
    """The metric gives the number worked on paper."""
    if name in UNDEFINED_HERE:
        assert worked[name] is None
    else:
        assert worked[name] == pytest.approx(WORKED[name], rel=1e-12)


def one(tmp_path: Path, model: str = "standard", **columns: float) -> Lake:
    """Return a data set of one company with market cap 1,000 and these items."""
    rows = [quarter(1, date(2023, 12, 31), date(2024, 2, 20), 40, shares_outstanding=20.0, **columns)]
    return make_lake(tmp_path, [company(1, "AAA", model=model)], rows, [price(1, 50.0)])


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("gross_margin", {"gross_profit": 1.0, "revenue": 0.0}),
        ("operating_margin", {"operating_income": 1.0, "revenue": -5.0}),
        ("roe", {"net_income_to_common": -5.0, "equity": -50.0, "total_assets": 100.0}),
        ("roe", {"net_income_to_common": 5.0, "equity": 1.0, "total_assets": 100.0}),
        (
            "roic",
            {"operating_income": 5.0, "equity_incl_nci": 10.0, "total_debt": 0.0, "cash": 20.0, "total_assets": 50.0},
        ),
        ("debt_equity", {"total_debt": 5.0, "equity": -1.0}),
        ("net_debt_ebitda", {"total_debt": 5.0, "cash": 1.0, "operating_income": -5.0, "da": 1.0}),
        ("cash_conversion", {"cfo": -5.0, "net_income": -1.0}),
        ("pb", {"equity": -1.0}),
        ("p_fcf", {"cfo": 1.0, "capex": 5.0}),
        ("ev_ebit", {"total_debt": 5.0, "cash": 1.0, "operating_income": -5.0}),
        ("ev_ebitda", {"total_debt": 5.0, "cash": 1.0, "operating_income": -5.0, "da": 1.0}),
        ("payout_ratio", {"dividends_paid_common": 5.0, "net_income_to_common": -1.0}),
        ("interest_coverage", {"operating_income": 5.0, "total_debt": 10.0}),
        ("asset_growth", {"total_assets": 5.0}),
        ("current_ratio", {"current_assets": 5.0, "current_liabilities": 0.0}),
        ("debt_due_24m", {"total_debt": 10.0, "due_12m": 2.0}),
    ],
)
def test_undefined_cases(tmp_path: Path, name: str, columns: dict[str, float]) -> None:
    """Where a ratio has no meaning there is no number."""
    with one(tmp_path, **columns) as lake:
        assert run_screen(lake, screen(columns=(name,)), AS_OF).rows[0].values == (None,)


def test_no_debt_means_none_falls_due(tmp_path: Path) -> None:
    """A company without debt has nothing to refinance, with or without a maturity ladder."""
    with one(tmp_path, total_debt=0.0) as lake:
        assert run_screen(lake, screen(columns=("debt_due_12m", "debt_due_24m")), AS_OF).rows[0].values == (0.0, 0.0)


@pytest.mark.parametrize("row", [row for row in metrics.METRICS if row.refused], ids=lambda row: row.name)
def test_refused_by_industry(tmp_path: Path, row: metrics.Metric) -> None:
    """A metric that has no meaning for a bank is refused for a bank, whatever it reports."""
    columns = {key: value for key, value in NOW.items() if key != "shares_outstanding"}
    with one(tmp_path, model=row.refused[0], **columns) as lake:
        assert run_screen(lake, screen(columns=(row.name,)), AS_OF).rows[0].values == (None,)


def test_rows_are_well_formed() -> None:
    """Units, directions, rank classes and yields of all rows are known ones."""
    for row in metrics.METRICS:
        assert row.unit in units.BY_NAME, row.name
        assert row.direction in {"higher", "lower", "neutral"}, row.name
        assert {entry.rank for entry in row.undefined} <= {"worst", "best", "none"}, row.name
        assert not row.rank_by or row.rank_by in metrics.BY_NAME, row.name
    for item in items.ITEMS:
        assert item.unit in units.BY_NAME, item.name


def test_every_price_multiple_names_the_yield_that_ranks_for_it() -> None:
    """P/E and its kin are shown; their yields, monotone through zero, are ranked."""
    for name in ("pe", "pb", "ps", "p_fcf", "ev_ebit", "ev_ebitda"):
        assert metrics.BY_NAME[metrics.BY_NAME[name].rank_by].direction == "higher"
