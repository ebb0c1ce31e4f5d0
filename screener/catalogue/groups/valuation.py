"""Valuation: enterprise value, multiples for display and yields for ranking."""

from __future__ import annotations

from screener.catalogue.metric import NO_EV, NO_EV_VALUE, NO_MARKET_VALUE, NO_REVENUE, NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("ev", "Enterprise value", "market_cap + total_debt + if_known(preferred, 0) + if_known(minority_interest, 0) + if_known(redeemable_nci, 0) - liquid_assets", "usd", "neutral", "valuation", refused=NO_EV, aliases=("enterprise_value",), note="refused while debt or cash is unknown; a debt of zero is valid"),
    Metric("ev_lease_adj", "Enterprise value with operating leases", "ev + operating_leases", "usd", "neutral", "valuation", refused=NO_EV, note="for comparison with EBITDA before rent; unknown where operating leases are"),
    Metric("ev_ex_lt_inv", "Enterprise value without long-term investments", "ev - long_term_investments", "usd", "neutral", "valuation", refused=NO_EV),
    Metric("ev_assoc", "Enterprise value without equity-method investments", "ev - equity_method_investments", "usd", "neutral", "valuation", refused=NO_EV),
    Metric("earnings_yield", "Earnings yield", "net_income_to_common / market_cap", "ratio", "higher", "valuation", undefined=(NO_MARKET_VALUE,)),
    Metric("pe", "Price to earnings", "market_cap / net_income_to_common", "multiple", "lower", "valuation", undefined=(Undefined("net_income_to_common <= 0", "no earnings", "worst"),), rank_by="earnings_yield", aliases=("p_e", "price_earnings", "pe_ratio")),
    Metric("book_yield", "Book to market", "common_equity / market_cap", "ratio", "higher", "valuation", undefined=(NO_MARKET_VALUE,), aliases=("book_to_market",), source="Fama-French 1992"),
    Metric("pb", "Price to book", "market_cap / common_equity", "multiple", "lower", "valuation", undefined=(Undefined("common_equity <= 0", "negative equity", "worst"),), rank_by="book_yield", aliases=("p_b", "price_to_book", "price_book")),
    Metric("sales_yield", "Sales yield", "revenue / market_cap", "ratio", "higher", "valuation", undefined=(Undefined("revenue <= 0", "no revenue", "worst"),)),
    Metric("ps", "Price to sales", "market_cap / revenue", "multiple", "lower", "valuation", undefined=(NO_REVENUE,), rank_by="sales_yield", aliases=("p_s", "price_to_sales")),
    Metric("fcf_yield", "Free-cash-flow yield", "fcf / market_cap", "ratio", "higher", "valuation", refused=NOT_BANKS),
    Metric("p_fcf", "Price to free cash flow", "market_cap / fcf", "multiple", "lower", "valuation", undefined=(Undefined("fcf <= 0", "no free cash flow", "worst"),), refused=NOT_BANKS, rank_by="fcf_yield", aliases=("pfcf", "price_to_fcf")),
    Metric("ebit_ev", "EBIT yield", "ebit / ev", "ratio", "higher", "valuation", undefined=(NO_EV_VALUE,), refused=NO_EV, aliases=("ebit_yield",), source="Greenblatt 2006"),
    Metric("ev_ebit", "EV to EBIT", "ev / ebit", "multiple", "lower", "valuation", undefined=(NO_EV_VALUE, Undefined("ebit <= 0", "EBIT is zero or negative", "worst")), refused=NO_EV, rank_by="ebit_ev", source="acquirer's multiple, Carlisle 2014"),
    Metric("ebitda_ev", "EBITDA yield", "ebitda / ev", "ratio", "higher", "valuation", undefined=(NO_EV_VALUE,), refused=NO_EV, aliases=("ebitda_yield",)),
    Metric("ev_ebitda", "EV to EBITDA", "ev / ebitda", "multiple", "lower", "valuation", undefined=(NO_EV_VALUE, Undefined("ebitda <= 0", "EBITDA is zero or negative", "worst")), refused=NO_EV, rank_by="ebitda_ev"),
    Metric("ev_sales", "EV to sales", "ev / revenue", "multiple", "lower", "valuation", undefined=(NO_EV_VALUE, NO_REVENUE), refused=NO_EV),
    Metric("ncav_yield", "Net current assets to market value", "(current_assets - total_liabilities - if_known(preferred, 0)) / market_cap", "ratio", "higher", "valuation", undefined=(NO_MARKET_VALUE,), refused=NOT_BANKS, source="Graham; total liabilities, not current"),
)
