"""What people type, and what other screeners call it, leads to the name that is meant, or to nothing."""

from __future__ import annotations

import pytest

from screener.catalogue import names
from screener.catalogue.spelling import typing_errors
from screener.catalogue.synonyms import ABSENT, SYNONYMS

MEANT = {
    # typing errors
    "roicc": "roic", "fcf_yeild": "fcf_yield", "gross_margn": "gross_margin", "net_det_ebitda": "net_debt_ebitda",
    "revenu_growth": "revenue_growth", "market_cpa": "market_cap", "sectr": "sector", "industy": "industry",
    "goodwil": "goodwill", "retained_earning": "retained_earnings", "earning_yield": "earnings_yield",
    "intangible": "intangibles", "accrual": "accruals", "price_to_earning": "price_to_earnings",
    "interst_coverage": "interest_coverage", "curent_ratio": "current_ratio", "divident_yield": "dividend_yield",
    # Yahoo
    "priceToBook": "price_to_book", "profitMargins": "net_margin", "returnOnEquity": "return_on_equity",
    "totalCash": "liquid_assets", "freeCashflow": "fcf", "operatingCashflow": "cfo", "trailingEps": "eps_diluted",
    "trailingPE": "trailing_pe", "bookValue": "common_equity", "averageVolume": "avg_dollar_volume_3m",
    "beta": "beta_252", "sharesOutstanding": "shares_outstanding", "floatShares": "float_pct",
    "earningsQuarterlyGrowth": "eps_growth_q",
    # Finviz
    "P/E": "pe", "P/S": "ps", "P/FCF": "p_fcf", "Debt/Eq": "debt_equity", "Oper. Margin": "operating_margin",
    "Curr R": "current_ratio", "Perf Half Y": "price_change_6m", "Perf YTD": "ytd_return",
    "Sales Q/Q": "revenue_growth_q", "EPS Q/Q": "eps_growth_q", "Shs Float": "float_pct",
    "Dividend %": "dividend_yield", "52W High": "high_52w_ratio", "EPS (ttm)": "eps_diluted",
    # Portfolio123
    "PEExclXorTTM": "pe", "Pr2BookQ": "pb", "Pr2SalesTTM": "ps", "MktCap": "market_cap",
    "OpMgn%TTM": "operating_margin",
    "DbtTot2EqQ": "debt_equity", "AstTotQ": "total_assets", "Sales%ChgTTM": "revenue_growth_ttm",
    "NetIncCXorTTM": "net_income_to_common",
    # Screener.in
    "stock_pe": "pe", "sales growth 3years": "sales_growth_3y", "borrowings": "total_debt",
    "reserves": "retained_earnings",
    # Bloomberg
    "PX_TO_BOOK_RATIO": "pb", "EV_TO_T12M_EBITDA": "ev_ebitda", "CUR_MKT_CAP": "market_cap", "RETURN_COM_EQY": "roe",
    "CF_FREE_CASH_FLOW": "fcf", "SALES_REV_TURN": "revenue", "PX_LAST": "price", "GICS_SECTOR_NAME": "sector",
    "IS_EPS": "eps_basic",
    # in general
    "Return on Equity": "return_on_equity", "net-net": "ncav", "tangible book": "tangible_equity",
    "margins": "net_margin", "sloan": "accruals_bs",
}  # fmt: skip


def test_sixty_are_looked_at() -> None:
    """The table above is as long as it should be."""
    assert len(MEANT) >= 60


@pytest.mark.parametrize("word", MEANT)
def test_meant(word: str) -> None:
    """Each leads to its name."""
    assert names.lookup(word) is None
    assert names.suggest(word) == MEANT[word]


@pytest.mark.parametrize("word", [
    "xyzzy", "foo", "analyst", "cash_per_share", "revenue_per_share", "short_interest", "stock_split", "net_cash",
    "rsi",
    "forward_pe", "employees", "dividend_aristocrat", "moat", "management", "total_return", "sma_200", "sales_person",
    "LT Debt/Eq",
])  # fmt: skip
def test_nothing_rather_than_something_else(word: str) -> None:
    """A name that only looks alike is not offered: ``short_interest`` is no ``minority_interest``."""
    assert names.suggest(word) is None


def test_tables_lead_somewhere() -> None:
    """What people call something exists here, by another name; what does not exist has an answer and no name."""
    for word, name in SYNONYMS.items():
        assert names.lookup(name) is not None, word
        assert names.lookup(word) is None, word
    assert not set(SYNONYMS) & set(ABSENT)
    assert not [word for word in ABSENT if names.lookup(word)]


@pytest.mark.parametrize(
    ("one", "other", "errors"), [("roic", "roic", 0), ("roic", "rioc", 1), ("roic", "roi", 1), ("roic", "rice", 2)]
)
def test_typing_errors(one: str, other: str, errors: int) -> None:
    """A letter wrong, missing or added and two exchanged are an error each."""
    assert typing_errors(one, other, 3) == errors
    assert typing_errors(one, other, errors - 1) is None
