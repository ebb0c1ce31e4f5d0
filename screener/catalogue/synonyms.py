"""What people and other screeners call our names, and what they have that no filing and no price can tell."""

from __future__ import annotations

# What people type, and what it is called here. Keys as :func:`screener.catalogue.names.plain` writes them.
SYNONYMS: dict[str, str] = {
    "p/e": "pe", "price/earnings": "pe", "per": "pe", "p/b": "pb", "price/book": "pb", "p/s": "ps", "price/sales": "ps",
    "p/fcf": "p_fcf", "d/e": "debt_equity", "debt/equity": "debt_equity", "debt_equity_ratio": "debt_equity",
    "leverage": "debt_equity",
    "p/cf": "p_cfo", "p/cfo": "p_cfo", "price/cash_flow": "p_cfo", "p/tbv": "p_tbv", "price/tangible_book": "p_tbv",
    "price/fcf": "p_fcf", "ev/fcf": "ev_fcf", "ev/revenue": "ev_sales", "ev/gp": "ev_gp", "ev/gross_profit": "ev_gp",
    "ev/ic": "ev_ic", "ev/invested_capital": "ev_ic", "tobin's_q": "q_proxy", "debt/assets": "debt_assets",
    "debt/ebitda": "debt_ebitda", "net_debt/ebitda": "net_debt_ebitda", "net_debt/equity": "net_debt_equity",
    "ev/ebit": "ev_ebit", "ev/ebitda": "ev_ebitda", "ev/sales": "ev_sales", "ebit/ev": "ebit_ev",
    "net_profit": "net_income", "profit": "net_income", "earnings": "net_income", "income": "net_income",
    "sales": "revenue", "revenues": "revenue", "cogs": "cost_of_revenue", "cost_of_sales": "cost_of_revenue",
    "operating_profit": "operating_income", "cash_flow": "cfo", "operating_cash_flow": "cfo", "ocf": "cfo",
    "cash_from_operations": "cfo", "capital_expenditure": "capex", "capital_expenditures": "capex",
    "amortization": "da", "rd": "research_development", "r&d": "research_development",
    "tax": "income_tax", "taxes": "income_tax", "interest": "interest_expense", "eps": "eps_diluted",
    "assets": "total_assets", "liabilities": "total_liabilities", "debt": "total_debt", "book_value": "common_equity",
    "shareholders_equity": "equity", "stockholders_equity": "equity", "total_equity": "equity",
    "stock_based_compensation": "sbc", "share_based_compensation": "sbc", "shares": "shares_outstanding",
    "inventories": "inventory", "payables": "accounts_payable", "dividends": "dividends_paid",
    "repurchases": "buybacks", "marketcap": "market_cap", "mcap": "market_cap", "mkt_cap": "market_cap",
    "market_capitalization": "market_cap", "market_value": "market_cap", "close": "price", "last_price": "price",
    "volume": "avg_dollar_volume_3m", "dollar_volume": "avg_dollar_volume_3m", "momentum": "momentum_12_1",
    "shell": "is_shell",
    "spac": "is_shell", "roi": "roic", "return_on_capital": "roce", "coverage": "interest_coverage",
    "dilution": "share_growth_1y", "turnover": "asset_turnover", "days_sales": "dso", "company": "name",
    "symbol": "ticker",
    # Yahoo
    "total_cash": "liquid_assets", "operating_cashflow": "cfo", "free_cashflow": "fcf", "profit_margins": "net_margin",
    "trailing_eps": "eps_diluted", "price_to_sales_trailing_12_months": "ps", "average_volume": "avg_dollar_volume_3m",
    "avg_volume": "avg_dollar_volume_3m", "beta": "beta_252", "volatility": "vol_252",
    "fifty_two_week_high": "high_52w_ratio",
    "earnings_quarterly_growth": "eps_growth_q", "cash_flow_from_operations": "cfo", "basic_eps": "eps_basic",
    "diluted_eps": "eps_diluted", "float_shares": "float_pct",
    # Finviz
    "eps_ttm": "eps_diluted",
    "debt/eq": "debt_equity", "oper_margin": "operating_margin", "curr_r": "current_ratio", "quick_r": "quick_ratio",
    "perf_year": "price_change_12m", "perf_half_y": "price_change_6m", "perf_quarter": "price_change_3m",
    "perf_month": "price_change_1m", "perf_ytd": "ytd_return", "sales_q/q": "revenue_growth_q",
    "eps_q/q": "eps_growth_q",
    "dividend": "dividend_yield", "shs_outstand": "shares_outstanding", "shs_float": "float_pct",
    "52w_high": "high_52w_ratio",
    "book/sh": "bvps", "sales_past_5y": "revenue_cagr_5y", "change_52w": "price_change_12m",
    # Portfolio123
    "peexcl_xor_ttm": "pe", "peexclxorttm": "pe", "pr2bookq": "pb", "pr2sales_ttm": "ps", "pr2salesttm": "ps",
    "gmgn_ttm": "gross_margin", "opmgn_ttm": "operating_margin", "op_mgn": "operating_margin",
    "cur_ratio_q": "current_ratio", "dbt_tot2eq_q": "debt_equity", "dbttot2eqq": "debt_equity", "ebitdattm": "ebitda",
    "op_inc_ttm": "operating_income", "opincttm": "operating_income", "net_inc": "net_income", "fcfttm": "fcf",
    "netinccxorttm": "net_income_to_common", "salesttm": "revenue", "sales_chg_ttm": "revenue_growth_ttm",
    "avg_daily_tot": "avg_dollar_volume_3m", "yield": "dividend_yield", "pay_ratio_ttm": "payout_ratio",
    "shs_out_avg": "shares_diluted", "ast_tot_q": "total_assets", "asttotq": "total_assets", "opercashflttm": "cfo",
    # Screener.in
    "stock_pe": "pe", "stock_p/e": "pe", "book_value_share": "bvps", "sales_growth_3years": "revenue_cagr_3y",
    "sales_growth_5years": "revenue_cagr_5y", "opm_margin": "operating_margin", "current_price": "price",
    "return_over_1year": "price_change_12m", "reserves": "retained_earnings",
    "borrowings": "total_debt", "net_block": "ppe_net", "cmp": "price", "net_profit_margins": "net_margin",
    # Bloomberg
    "px_to_book_ratio": "pb", "px_to_sales_ratio": "ps", "ev_to_t12m_ebitda": "ev_ebitda", "cur_mkt_cap": "market_cap",
    "return_com_eqy": "roe", "return_on_asset": "roa", "return_on_inv_capital": "roic",
    "tot_debt_to_tot_eqy": "debt_equity",
    "cf_free_cash_flow": "fcf", "cf_cash_from_oper": "cfo", "sales_rev_turn": "revenue", "px_last": "price",
    "gics_sector_name": "sector", "is_eps": "eps_basic", "short_and_long_term_debt": "total_debt",
    "bs_tot_asset": "total_assets", "tot_debt_to_ebitda": "debt_ebitda", "eqy_dvd_yld_12m": "dividend_yield",
    # in general
    "margin": "net_margin", "margins": "net_margin", "short_term_debt": "debt_current", "net_net": "ncav",
    "tangible_book": "tangible_equity", "tangible_book_value": "tangible_equity",
    "sloan": "accruals_bs", "beta_1y": "beta_252", "momentum_6m": "price_change_6m",
    "pct_from_high": "drawdown_52w", "drawdown": "drawdown_52w", "price_52w_high": "high_52w_ratio",
    "country_code": "country",
    "gics_sector": "sector", "sic_code": "sic2", "industry_group": "industry", "exchange_code": "exchange",
    "ipo_date": "listed_since", "age": "years_listed", "fcf_to_sales": "fcf_margin",
    "enterprise_multiple": "ev_ebitda", "acquirer's_multiple": "acquirers_multiple", "magic": "magic_formula",
    "gearing": "debt_equity",
    "solvency": "equity_assets", "interest_cover": "interest_coverage", "icr": "interest_coverage",
    "bv": "common_equity",
    "buyback": "buyback_yield", "operating_profit_growth": "ebit_growth",
    "return_1y": "price_change_12m", "return_12m": "price_change_12m", "return_6m": "price_change_6m",
    "return_3m": "price_change_3m", "return_1m": "price_change_1m", "ret_1y": "price_change_12m",
}  # fmt: skip

_ESTIMATES = "estimates of analysts are not part of the data; trailing figures are: pe, eps_growth, revenue_growth"
_HOLDERS = "who holds the shares is not part of the data"
_CHARTS = "there are no chart indicators; of prices there are price_change_6m, momentum_12_1 and high_52w_ratio"

# What people look for and will not find by a name, and what to say: one that only looks like it would mislead.
ABSENT: dict[str, str] = {
    **dict.fromkeys(
        ("forward_pe", "fwd_p/e", "forward_p/e", "best_eps", "eps_next_y", "eps_next_5y", "target_price",
         "analyst_rating", "recom", "price_target", "estimates", "consensus"), _ESTIMATES),
    **dict.fromkeys(
        ("insider_own", "insider_ownership", "inst_own", "short_float", "short_ratio", "short_interest",
         "promoter_holding", "institutional_ownership"), _HOLDERS),
    **dict.fromkeys(("rsi", "sma_20", "sma_50", "sma_200", "sma20", "sma50", "sma200", "atr", "macd", "rel_volume"),
    _CHARTS),
    "wacc": "the cost of equity is an opinion; cost_of_debt is what the filings tell",
    **dict.fromkeys(
        ("lt_debt/eq", "ltdebt/eq", "lt_debt_equity", "lt_debt_to_equity"), "write: debt_long_term / equity"),
    "cash_per_share": "write: cash / shares_outstanding",
    "cash/sh": "write: cash / shares_outstanding",
    "p/c": "write: market_cap / cash",
    "sales_per_share": "write: revenue / shares_outstanding; ps is the price to sales",
    "revenue_per_share": "write: revenue / shares_outstanding; ps is the price to sales",
    "net_cash": "write: -net_debt",
    "employees": "the number of employees is not part of the data",
    "esg": "ratings are not part of the data",
    "isin": "a name is known by ticker and cik",
    "cusip": "a name is known by ticker and cik",
    "open": "of prices only the close is kept: price",
    "ath": "of prices a year is looked at: high_52w_ratio, drawdown_52w",
}  # fmt: skip
