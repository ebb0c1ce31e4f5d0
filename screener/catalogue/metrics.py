"""The metrics: one row each, with a formula in the screen language over line items, fields and other metrics."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undefined:
    """When a metric has no meaning: the condition, the reason shown, and what a rank does (worst, best, none)."""

    when: str
    reason: str
    rank: str = "none"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    formula: in the screen language; flows are trailing twelve months, balances the newest quarter.
    direction: ``higher`` / ``lower`` is better, or ``neutral``. undefined: checked in order before the formula.
    refused: reporting models for which the metric is not defined. rank_by: the yield that ranks for a multiple.
    aliases: other names that people type. source: paper or standard.
    """

    name: str
    label: str
    formula: str
    unit: str
    direction: str
    group: str
    undefined: tuple[Undefined, ...] = ()
    refused: tuple[str, ...] = ()
    rank_by: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


NOT_BANKS = ("bank", "insurer")
NO_EV = ("bank", "insurer", "broker")
NO_REVENUE = Undefined("revenue <= 0", "no revenue", "worst")
NO_EV_VALUE = Undefined("ev <= 0", "enterprise value is zero or negative", "none")
NO_INTEREST = (
    Undefined("interest_to_cover = 0 or (interest_to_cover is unknown and total_debt = 0)", "no interest to cover", "best"),
    Undefined("interest_to_cover is unknown and total_debt > 0", "interest expense is not reported although there is debt", "none"),
)

METRICS: tuple[Metric, ...] = (
    # ---------------------------------------------------------------- statement: derived line items
    Metric("ebit", "Operating income (EBIT)", "operating_income", "usd", "higher", "statement", refused=NOT_BANKS),
    Metric("ebitda", "EBITDA", "ebit + da", "usd", "higher", "statement", refused=NOT_BANKS),
    Metric("fcf", "Free cash flow", "cfo - capex - if_known(capitalized_software, 0)", "usd", "higher", "statement", refused=NOT_BANKS, aliases=("free_cash_flow",)),
    Metric("liquid_assets", "Cash and short-term investments", "cash + if_known(short_term_investments, 0)", "usd", "higher", "statement"),
    Metric("net_debt", "Net debt", "total_debt - liquid_assets", "usd", "lower", "leverage", refused=NOT_BANKS),
    Metric("working_capital", "Working capital", "current_assets - current_liabilities", "usd", "higher", "statement"),
    Metric("nwc_operating", "Operating working capital", "(current_assets - liquid_assets) - (current_liabilities - if_known(debt_current, 0))", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("invested_capital", "Invested capital", "equity_incl_nci + if_known(temp_equity, 0) + total_debt - liquid_assets", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("avg_invested_capital", "Invested capital, mean of now and a year ago", "avg(invested_capital)", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("avg_assets", "Total assets, mean of now and a year ago", "avg(total_assets)", "usd", "neutral", "statement"),
    Metric("common_equity", "Common equity", "equity - if_known(preferred, 0) + if_known(preferred_temp, 0)", "usd", "higher", "statement"),
    Metric("tangible_equity", "Tangible common equity", "common_equity - if_known(goodwill, 0) - if_known(intangibles, 0)", "usd", "higher", "statement"),
    Metric("tax_rate", "Tax rate for NOPAT", "if_known(clip(income_tax / pretax_income, 0, 0.35), 0.21)", "ratio", "neutral", "statement", undefined=(), note="21 % where pretax income is zero or missing"),
    Metric("nopat", "Net operating profit after tax", "ebit * (1 - tax_rate)", "usd", "higher", "statement", refused=NOT_BANKS),
    # ---------------------------------------------------------------- profitability
    Metric("gross_margin", "Gross margin", "gross_profit / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("operating_margin", "Operating margin", "ebit / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS, aliases=("ebit_margin",)),
    Metric("ebitda_margin", "EBITDA margin", "ebitda / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("net_margin", "Net margin", "net_income / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), aliases=("profit_margin",)),
    Metric("fcf_margin", "Free-cash-flow margin", "fcf / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("roa", "Return on assets", "net_income / avg_assets", "ratio", "higher", "profitability", undefined=(Undefined("avg_assets <= 0", "no assets"),), aliases=("return_on_assets",), source="DuPont analysis"),
    Metric("roe", "Return on equity", "net_income_to_common / avg(common_equity)", "ratio", "higher", "profitability",
           undefined=(Undefined("common_equity <= 0 or lag(common_equity, 1y) <= 0", "negative equity", "worst"), Undefined("common_equity < 0.02 * total_assets", "equity under 2 % of assets", "worst")), aliases=("return_on_equity",)),
    Metric("roic", "Return on invested capital", "nopat / avg_invested_capital", "ratio", "higher", "profitability",
           undefined=(Undefined("avg_invested_capital <= 0", "invested capital is zero or negative"), Undefined("avg_invested_capital < 0.05 * total_assets", "invested capital under 5 % of assets")), refused=NOT_BANKS, aliases=("return_on_invested_capital",), source="Koller, Goedhart, Wessels: Valuation (McKinsey)"),
    Metric("roce", "Return on capital employed", "ebit / (total_assets - current_liabilities)", "ratio", "higher", "profitability", undefined=(Undefined("total_assets - current_liabilities <= 0", "capital employed is zero or negative"),), refused=NOT_BANKS),
    Metric("gp_assets", "Gross profitability", "gross_profit / total_assets", "ratio", "higher", "profitability", undefined=(Undefined("total_assets <= 0", "no assets"),), refused=(*NOT_BANKS, "reit"), aliases=("gross_profitability",), source="Novy-Marx 2013"),
    Metric("greenblatt_roc", "Return on capital (Greenblatt)", "ebit / (max(nwc_operating, 0) + ppe_net)", "ratio", "higher", "profitability", undefined=(Undefined("max(nwc_operating, 0) + ppe_net <= 0", "no tangible capital"),), refused=(*NO_EV, "utility", "reit"), source="Greenblatt 2006"),
    Metric("cfroa", "Cash return on assets", "cfo / avg_assets", "ratio", "higher", "profitability", undefined=(Undefined("avg_assets <= 0", "no assets"),), refused=NOT_BANKS),
    # ---------------------------------------------------------------- quality and stability
    Metric("accruals_cf", "Accruals (cash-flow form)", "(net_income - cfo) / avg_assets", "ratio", "lower", "quality", undefined=(Undefined("avg_assets <= 0", "no assets"),), refused=NOT_BANKS, aliases=("accruals",), source="Sloan 1996, measured as in Hribar-Collins 2002"),
    Metric("cash_conversion", "Cash conversion", "cfo / net_income", "multiple", "higher", "quality", undefined=(Undefined("net_income <= 0", "no profit to convert", "worst"),), refused=NOT_BANKS),
    Metric("fcf_conversion", "Free-cash-flow conversion", "fcf / net_income", "multiple", "higher", "quality", undefined=(Undefined("net_income <= 0", "no profit to convert", "worst"),), refused=NOT_BANKS),
    Metric("sbc_revenue", "Stock compensation to revenue", "sbc / revenue", "ratio", "lower", "quality", undefined=(NO_REVENUE,)),
    Metric("operating_margin_sd", "Variability of the operating margin", "stdev(operating_margin, 5y, 4)", "ratio", "lower", "quality", refused=NOT_BANKS),
    Metric("positive_ni_years", "Profitable years of five", "count(net_income > 0, 5y)", "count", "higher", "quality", source="after Graham"),
    Metric("asset_growth", "Asset growth", "growth(total_assets, 1y)", "ratio", "lower", "quality", source="Cooper-Gulen-Schill 2008"),
    Metric("goodwill_share", "Goodwill and intangibles to assets", "(if_known(goodwill, 0) + if_known(intangibles, 0)) / total_assets", "ratio", "lower", "quality", undefined=(Undefined("total_assets <= 0", "no assets"),)),
    # ---------------------------------------------------------------- leverage
    Metric("debt_equity", "Debt to equity", "total_debt / equity", "multiple", "lower", "leverage", undefined=(Undefined("equity <= 0", "negative equity", "worst"),), refused=NOT_BANKS, aliases=("debt_to_equity", "de_ratio")),
    Metric("debt_assets", "Debt to assets", "total_debt / total_assets", "ratio", "lower", "leverage", undefined=(Undefined("total_assets <= 0", "no assets"),), refused=NOT_BANKS, aliases=("debt_to_assets",)),
    Metric("liabilities_assets", "Liabilities to assets", "total_liabilities / total_assets", "ratio", "lower", "leverage", undefined=(Undefined("total_assets <= 0", "no assets"),)),
    Metric("net_debt_ebitda", "Net debt to EBITDA", "net_debt / ebitda", "multiple", "lower", "leverage",
           undefined=(Undefined("ebitda <= 0 and net_debt > 0", "EBITDA is zero or negative", "worst"), Undefined("ebitda <= 0", "EBITDA is zero or negative")), refused=NOT_BANKS, aliases=("net_debt_to_ebitda",)),
    Metric("debt_ebitda", "Debt to EBITDA", "total_debt / ebitda", "multiple", "lower", "leverage", undefined=(Undefined("ebitda <= 0 and total_debt > 0", "EBITDA is zero or negative", "worst"), Undefined("ebitda <= 0", "EBITDA is zero or negative")), refused=NOT_BANKS, aliases=("debt_to_ebitda",)),
    Metric("interest_coverage", "Interest coverage", "clip(ebit / interest_to_cover, -100, 100)", "multiple", "higher", "leverage", undefined=NO_INTEREST, refused=NOT_BANKS),
    Metric("cfo_debt", "Operating cash flow to debt", "cfo / total_debt", "ratio", "higher", "leverage", undefined=(Undefined("total_debt = 0", "no debt", "best"),), refused=NOT_BANKS),
    Metric("equity_assets", "Equity to assets", "equity / total_assets", "ratio", "higher", "leverage", undefined=(Undefined("total_assets <= 0", "no assets"),), aliases=("equity_to_assets",)),
    # ---------------------------------------------------------------- refinancing
    Metric("debt_due_12m", "Debt due within 12 months", "when(total_debt = 0, 0, due_12m)", "usd", "lower", "refinancing", refused=NOT_BANKS),
    Metric("debt_due_24m", "Debt due within 24 months", "when(total_debt = 0, 0, due_24m)", "usd", "lower", "refinancing", refused=NOT_BANKS, note="unknown without a maturity ladder; 0 when total debt is 0"),
    Metric("wall_12m_cash", "Debt due in 12 months to cash", "due_12m / liquid_assets", "multiple", "lower", "refinancing", undefined=(Undefined("liquid_assets <= 0 and due_12m > 0", "no cash against debt due", "worst"), Undefined("liquid_assets <= 0", "no cash")), refused=NOT_BANKS),
    Metric("cash_runway_months", "Cash runway", "min(12 * liquid_assets / (0 - fcf), 120)", "months", "higher", "refinancing", undefined=(Undefined("fcf >= 0", "burns no cash", "best"),), refused=NOT_BANKS),
    # ---------------------------------------------------------------- liquidity and efficiency
    Metric("current_ratio", "Current ratio", "current_assets / current_liabilities", "multiple", "higher", "liquidity"),
    Metric("quick_ratio", "Quick ratio", "(liquid_assets + if_known(receivables, 0)) / current_liabilities", "multiple", "higher", "liquidity"),
    Metric("cash_assets", "Cash to assets", "liquid_assets / total_assets", "ratio", "neutral", "liquidity", undefined=(Undefined("total_assets <= 0", "no assets"),)),
    Metric("asset_turnover", "Asset turnover", "revenue / avg_assets", "multiple", "higher", "efficiency", undefined=(Undefined("avg_assets <= 0", "no assets"),), refused=NOT_BANKS),
    Metric("dso", "Days sales outstanding", "365 * avg(receivables) / revenue", "days", "lower", "efficiency", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    # ---------------------------------------------------------------- growth
    Metric("revenue_growth_ttm", "Revenue growth", "growth(revenue, 1y)", "ratio", "higher", "growth", aliases=("revenue_growth",)),
    Metric("revenue_growth_q", "Revenue growth, quarter on year", "growth(quarter(revenue), 1y)", "ratio", "higher", "growth"),
    Metric("revenue_cagr_3y", "Revenue growth a year, 3 years", "cagr(revenue, 3y)", "ratio", "higher", "growth"),
    Metric("ni_growth_scaled", "Change of net income to assets", "(net_income - lag(net_income, 1y)) / lag(total_assets, 1y)", "ratio", "higher", "growth", undefined=(Undefined("lag(total_assets, 1y) <= 0", "no assets"),), note="scaled by assets, so that it is defined for losses too"),
    Metric("gross_margin_change", "Change of gross margin", "gross_margin - lag(gross_margin, 1y)", "ratio", "higher", "growth", refused=NOT_BANKS),
    Metric("share_growth_1y", "Growth of the share count", "growth(shares_outstanding, 1y)", "ratio", "lower", "growth", source="Pontiff-Woodgate 2008", aliases=("dilution_1y",)),
    # ---------------------------------------------------------------- valuation
    Metric("ev", "Enterprise value", "market_cap + total_debt + if_known(preferred, 0) + if_known(minority_interest, 0) + if_known(redeemable_nci, 0) - liquid_assets", "usd", "neutral", "valuation", refused=NO_EV, aliases=("enterprise_value",), note="refused while debt or cash is unknown; a debt of zero is valid"),
    Metric("ev_lease_adj", "Enterprise value with operating leases", "ev + operating_leases", "usd", "neutral", "valuation", refused=NO_EV, note="for comparison with EBITDA before rent; unknown where operating leases are"),
    Metric("ev_ex_lt_inv", "Enterprise value without long-term investments", "ev - long_term_investments", "usd", "neutral", "valuation", refused=NO_EV),
    Metric("ev_assoc", "Enterprise value without equity-method investments", "ev - equity_method_investments", "usd", "neutral", "valuation", refused=NO_EV),
    Metric("earnings_yield", "Earnings yield", "net_income_to_common / market_cap", "ratio", "higher", "valuation", undefined=(Undefined("market_cap <= 0", "no market value"),)),
    Metric("pe", "Price to earnings", "market_cap / net_income_to_common", "multiple", "lower", "valuation", undefined=(Undefined("net_income_to_common <= 0", "no earnings", "worst"),), rank_by="earnings_yield", aliases=("p_e", "price_earnings", "pe_ratio")),
    Metric("book_yield", "Book to market", "common_equity / market_cap", "ratio", "higher", "valuation", undefined=(Undefined("market_cap <= 0", "no market value"),), aliases=("book_to_market",), source="Fama-French 1992"),
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
    Metric("ncav_yield", "Net current assets to market value", "(current_assets - total_liabilities - if_known(preferred, 0)) / market_cap", "ratio", "higher", "valuation", undefined=(Undefined("market_cap <= 0", "no market value"),), refused=NOT_BANKS, source="Graham; total liabilities, not current"),
    # ---------------------------------------------------------------- payout
    Metric("dividend_yield", "Dividend yield", "dividends_paid_common / market_cap", "ratio", "higher", "payout"),
    Metric("net_buyback_yield", "Net buyback yield", "(buybacks - if_known(stock_issued, 0)) / market_cap", "ratio", "higher", "payout", source="Boudoukh et al. 2007"),
    Metric("payout_yield", "Net payout yield", "dividend_yield + net_buyback_yield", "ratio", "higher", "payout", aliases=("shareholder_payout",)),
    Metric("payout_ratio", "Payout ratio", "dividends_paid_common / net_income_to_common", "ratio", "neutral", "payout", undefined=(Undefined("net_income_to_common <= 0", "no earnings"),)),
)

BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}
ALIASES: dict[str, str] = {alias: metric.name for metric in METRICS for alias in metric.aliases}
