"""Valuation: enterprise value, multiples for display and yields for ranking."""

from __future__ import annotations

from screener.catalogue.metric import NO_EV, NO_EV_VALUE, NO_REVENUE, NOT_BANKS, Metric, Undefined

_GROUP = "valuation"
_NO_EARNINGS = Undefined("net_income_to_common <= 0", "no earnings", "worst")
_NO_IC = Undefined("invested_capital <= 0", "invested capital is zero or negative")
_NO_EBIT = Undefined("ebit <= 0", "EBIT is zero or negative", "worst")
_NO_EBITDA = Undefined("ebitda <= 0", "EBITDA is zero or negative", "worst")
_YEARS_OF_EARNINGS = "mean of the twelve-month net incomes now and of the years before, all of which must be known"

ROWS: tuple[Metric, ...] = (
    Metric("ev", "Enterprise value", "market_cap + total_debt + if_known(preferred, 0) + if_known(minority_interest, 0) + if_known(redeemable_nci, 0) - liquid_assets", "usd", "neutral", _GROUP, refused=NO_EV, aliases=("enterprise_value",), note="refused while debt or cash is unknown; a debt of zero is valid"),
    Metric("ev_lease_adj", "Enterprise value with operating leases", "ev + operating_leases", "usd", "neutral", _GROUP, refused=NO_EV, note="for comparison with EBITDA before rent; unknown where operating leases are"),
    Metric("ev_ex_lt_inv", "Enterprise value without long-term investments", "ev - long_term_investments", "usd", "neutral", _GROUP, refused=NO_EV),
    Metric("ev_assoc", "Enterprise value without equity-method investments", "ev - equity_method_investments", "usd", "neutral", _GROUP, refused=NO_EV),
    Metric("bvps", "Book value a share", "common_equity / shares_outstanding", "usd_per_share", "higher", _GROUP, aliases=("book_value_per_share",), note="on the share basis of the newest filing"),
    Metric("earnings_yield", "Earnings yield", "net_income_to_common / market_cap", "ratio", "higher", _GROUP, note="negative for a loss, so that it ranks through zero"),
    Metric("pe", "Price to earnings", "market_cap / net_income_to_common", "multiple", "lower", _GROUP, undefined=(_NO_EARNINGS,), rank_by="earnings_yield", aliases=("p_e", "price_earnings", "pe_ratio", "trailing_pe", "price_to_earnings", "pe_ttm")),
    Metric("earnings_yield_adj", "Earnings yield before special items", "(net_income_to_common + if_known(special_items, 0) * (1 - tax_rate)) / market_cap", "ratio", "higher", _GROUP, note="restructuring, impairments, deal costs and gains on sales, after tax, are taken out; a company that reports none is taken to have none"),
    Metric("book_yield", "Book to market", "common_equity / market_cap", "ratio", "higher", _GROUP, aliases=("book_to_market",), source="Fama-French 1992"),
    Metric("pb", "Price to book", "market_cap / common_equity", "multiple", "lower", _GROUP, undefined=(Undefined("common_equity <= 0", "negative equity", "worst"),), rank_by="book_yield", aliases=("p_b", "price_to_book", "price_book", "pb_ratio")),
    Metric("tangible_book_yield", "Tangible book to market", "tangible_equity / market_cap", "ratio", "higher", _GROUP, note="common equity without goodwill and intangibles"),
    Metric("p_tbv", "Price to tangible book", "market_cap / tangible_equity", "multiple", "lower", _GROUP, undefined=(Undefined("tangible_equity <= 0", "negative tangible equity", "worst"),), rank_by="tangible_book_yield", aliases=("ptbv", "price_to_tangible_book")),
    Metric("sales_yield", "Sales yield", "revenue / market_cap", "ratio", "higher", _GROUP, undefined=(NO_REVENUE,)),
    Metric("ps", "Price to sales", "market_cap / revenue", "multiple", "lower", _GROUP, undefined=(NO_REVENUE,), rank_by="sales_yield", aliases=("p_s", "price_to_sales", "ps_ratio", "price_sales", "market_cap_to_sales")),
    Metric("cfo_yield", "Operating cash flow yield", "cfo / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, aliases=("cash_flow_yield", "operating_cash_flow_yield"), source="Lakonishok-Shleifer-Vishny 1994"),
    Metric("p_cfo", "Price to operating cash flow", "market_cap / cfo", "multiple", "lower", _GROUP, undefined=(Undefined("cfo <= 0", "no operating cash flow", "worst"),), refused=NOT_BANKS, rank_by="cfo_yield", aliases=("p_cf", "pcf", "price_to_cash_flow", "price_cash_flow")),
    Metric("fcf_yield", "Free-cash-flow yield", "fcf / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, aliases=("free_cash_flow_yield",)),
    Metric("p_fcf", "Price to free cash flow", "market_cap / fcf", "multiple", "lower", _GROUP, undefined=(Undefined("fcf <= 0", "no free cash flow", "worst"),), refused=NOT_BANKS, rank_by="fcf_yield", aliases=("pfcf", "price_to_fcf", "price_to_free_cash_flow")),
    Metric("fcf_sbc_yield", "Free-cash-flow yield after share-based pay", "(fcf - sbc) / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, note="pay in shares is a cost that free cash flow leaves out"),
    Metric("ebit_ev", "EBIT yield", "ebit / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE,), refused=NO_EV, aliases=("ebit_yield", "greenblatt_earnings_yield"), source="Greenblatt 2006"),
    Metric("ev_ebit", "EV to EBIT", "ev / ebit", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, _NO_EBIT), refused=NO_EV, rank_by="ebit_ev", aliases=("ev_to_ebit",), source="acquirer's multiple, Carlisle 2014"),
    Metric("ebitda_ev", "EBITDA yield", "ebitda / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE,), refused=NO_EV, aliases=("ebitda_yield",), source="Loughran-Wellman 2011"),
    Metric("ev_ebitda", "EV to EBITDA", "ev / ebitda", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, _NO_EBITDA), refused=NO_EV, rank_by="ebitda_ev", aliases=("ev_to_ebitda", "enterprise_to_ebitda", "entmult"), source="Loughran-Wellman 2011"),
    Metric("fcf_ev", "Free cash flow before interest to EV", "(fcf + interest_to_cover * (1 - tax_rate)) / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE,), refused=NO_EV, aliases=("fcf_to_ev", "unlevered_fcf_yield"), note="what all owners of capital get: interest after tax is added back"),
    Metric("ev_fcf", "EV to free cash flow before interest", "ev / (fcf + interest_to_cover * (1 - tax_rate))", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, Undefined("fcf + interest_to_cover * (1 - tax_rate) <= 0", "no free cash flow", "worst")), refused=NO_EV, rank_by="fcf_ev", aliases=("ev_to_fcf",)),
    Metric("sales_ev", "Sales to EV", "revenue / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE, NO_REVENUE), refused=NO_EV, aliases=("sales_to_ev",)),
    Metric("ev_sales", "EV to sales", "ev / revenue", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, NO_REVENUE), refused=NO_EV, rank_by="sales_ev", aliases=("ev_revenue", "ev_to_sales", "ev_to_revenue", "enterprise_to_revenue")),
    Metric("gp_ev", "Gross profit to EV", "gross_profit / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE,), refused=NO_EV),
    Metric("ev_gp", "EV to gross profit", "ev / gross_profit", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, Undefined("gross_profit <= 0", "no gross profit", "worst")), refused=NO_EV, rank_by="gp_ev", aliases=("ev_gross_profit", "ev_to_gross_profit")),
    Metric("ncav_yield", "Net current assets to market value", "(current_assets - total_liabilities - if_known(preferred, 0)) / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, aliases=("ncav_to_market",), source="Graham-Dodd 1934; Oppenheimer 1986", note="all liabilities are deducted, not the current ones alone; above 1.5 the price is under two thirds of net current assets (a net-net)"),
    Metric("graham_number_ratio", "Graham number to price", "sqrt(22.5 * eps_diluted * bvps) * shares_outstanding / market_cap", "multiple", "higher", _GROUP, undefined=(Undefined("eps_diluted <= 0", "no earnings", "worst"), Undefined("bvps <= 0", "negative equity", "worst")), aliases=("graham_ratio", "graham_number_to_price"), source="Graham: The Intelligent Investor, 1973, ch. 14 (15 times earnings, 1.5 times book)", note="above 1 the price is under the number"),
    Metric("cape_yield_5y", "Five-year earnings yield", "avg(net_income, 5y) / market_cap", "ratio", "higher", _GROUP, source="Graham-Dodd 1934; Campbell-Shiller 1988", note=f"{_YEARS_OF_EARNINGS}; not adjusted for inflation"),
    Metric("cape_yield_7y", "Seven-year earnings yield", "avg(net_income, 7y) / market_cap", "ratio", "higher", _GROUP, source="Graham-Dodd 1934; Campbell-Shiller 1988", note=f"{_YEARS_OF_EARNINGS}; not adjusted for inflation"),
    Metric("cape_yield_10y", "Ten-year earnings yield", "avg(net_income, 10y) / market_cap", "ratio", "higher", _GROUP, aliases=("cape_yield", "shiller_yield"), source="Campbell-Shiller 1988", note=f"{_YEARS_OF_EARNINGS}; not adjusted for inflation"),
    Metric("owner_yield", "Owner earnings yield", "(net_income + da - min(capex, da)) / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, aliases=("owner_earnings_yield",), source="Buffett: letter to shareholders 1986", note="capital spending up to depreciation counts as upkeep; share-based pay is not added back"),
    Metric("peg", "Price to earnings to growth", "pe / (100 * eps_cagr_3y)", "multiple", "lower", _GROUP, undefined=(_NO_EARNINGS, Undefined("eps_cagr_3y <= 0", "earnings a share have not grown", "worst")), aliases=("peg_ratio",), source="Lynch: One Up on Wall Street, 1989", note="past growth of three years, not a forecast; for display: as a factor it counts growth from a low base as cheapness"),
    Metric("ic_ev", "Invested capital to EV", "invested_capital / ev", "ratio", "higher", _GROUP, undefined=(NO_EV_VALUE, _NO_IC), refused=NO_EV),
    Metric("ev_ic", "EV to invested capital", "ev / invested_capital", "multiple", "lower", _GROUP, undefined=(NO_EV_VALUE, _NO_IC), refused=NO_EV, rank_by="ic_ev", aliases=("ev_to_invested_capital", "ev_invested_capital")),
    Metric("q_proxy", "Tobin's q, approximately", "(market_cap + total_debt + if_known(preferred, 0)) / total_assets", "multiple", "lower", _GROUP, refused=NOT_BANKS, aliases=("tobins_q", "tobin_q"), source="Chung-Pruitt 1994", note="no value of it is negative: it ranks as it stands"),
)
