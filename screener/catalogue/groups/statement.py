"""Derived line items: sums and differences that other metrics are made of."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric

ROWS: tuple[Metric, ...] = (
    Metric("ebit", "Operating income (EBIT)", "operating_income", "usd", "higher", "statement", refused=NOT_BANKS),
    Metric("ebitda", "EBITDA", "ebit + da", "usd", "higher", "statement", refused=NOT_BANKS),
    Metric("fcf", "Free cash flow", "cfo - capex - if_known(capitalized_software, 0)", "usd", "higher", "statement", refused=NOT_BANKS, aliases=("free_cash_flow",), note="capitalized software counts as capital expenditure where it is a line of its own"),
    Metric("liquid_assets", "Cash and short-term investments", "cash + if_known(short_term_investments, 0)", "usd", "higher", "statement"),
    Metric("working_capital", "Working capital", "current_assets - current_liabilities", "usd", "higher", "statement", refused=NOT_BANKS, aliases=("net_working_capital",), note="unknown where the balance sheet does not tell current from long-term"),
    Metric("nwc_operating", "Operating working capital", "(current_assets - liquid_assets) - (current_liabilities - if_known(debt_current, 0))", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("invested_capital", "Invested capital", "equity_incl_nci + if_known(temp_equity, 0) + total_debt - liquid_assets", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("noa", "Net operating assets", "(total_assets - liquid_assets) - (total_liabilities - total_debt)", "usd", "neutral", "statement", refused=NOT_BANKS, aliases=("net_operating_assets",), source="Hirshleifer, Hou, Teoh, Zhang 2004, J. of Accounting and Economics 38"),
    Metric("avg_invested_capital", "Invested capital, mean of now and a year ago", "avg(invested_capital)", "usd", "neutral", "statement", refused=NOT_BANKS),
    Metric("avg_assets", "Total assets, mean of now and a year ago", "avg(total_assets)", "usd", "neutral", "statement"),
    Metric("common_equity", "Common equity", "equity - if_known(preferred, 0) + if_known(preferred_temp, 0)", "usd", "higher", "statement"),
    Metric("goodwill_and_intangibles", "Goodwill and intangibles", "when(has_goodwill_lines or goodwill is known or intangibles is known, if_known(goodwill, 0) + if_known(intangibles, 0), goodwill)", "usd", "lower", "statement", note="a filing that tags neither has none; a vendor's table without such columns does not say"),
    Metric("tangible_equity", "Tangible common equity", "common_equity - goodwill_and_intangibles", "usd", "higher", "statement"),
    Metric("tax_rate", "Tax rate for NOPAT", "if_known(when(pretax_income > 0, clip(income_tax / pretax_income, 0, 0.35), 0.21), 0.21)", "ratio", "neutral", "statement", note="between 0 and 35 %; the federal rate of 21 % for a loss and where pretax income or the tax is missing"),
    Metric("nopat", "Net operating profit after tax", "ebit * (1 - tax_rate)", "usd", "higher", "statement", refused=NOT_BANKS),
)
