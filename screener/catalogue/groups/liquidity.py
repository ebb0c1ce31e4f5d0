"""Liquidity: what can be paid at short notice."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NOT_BANKS, Metric, Undefined

_NO_DUE = Undefined("current_liabilities <= 0", "no current liabilities")

ROWS: tuple[Metric, ...] = (
    Metric("current_ratio", "Current ratio", "current_assets / current_liabilities", "multiple", "higher", "liquidity", undefined=(_NO_DUE,), refused=NOT_BANKS, rank_by="current_ratio_capped", aliases=("working_capital_ratio",), note="unknown where the balance sheet does not tell current from long-term"),
    Metric("current_ratio_capped", "Current ratio, at most 5", "min(current_ratio, 5)", "multiple", "higher", "liquidity", undefined=(_NO_DUE,), refused=NOT_BANKS, note="what ranks for the current ratio: over 5 times is not safer"),
    Metric("quick_ratio", "Quick ratio", "(liquid_assets + if_known(receivables, 0)) / current_liabilities", "multiple", "higher", "liquidity", undefined=(_NO_DUE,), refused=NOT_BANKS, aliases=("acid_test",), note="receivables that are not reported count as none"),
    Metric("cash_ratio", "Cash ratio", "liquid_assets / current_liabilities", "multiple", "higher", "liquidity", undefined=(_NO_DUE,), refused=NOT_BANKS),
    Metric("wc_assets", "Working capital to assets", "working_capital / total_assets", "ratio", "higher", "liquidity", undefined=(NO_ASSETS,), refused=NOT_BANKS, aliases=("working_capital_to_assets",), source="Altman 1968, J. of Finance 23 (X1)"),
    Metric("cash_assets", "Cash to assets", "liquid_assets / total_assets", "ratio", "neutral", "liquidity", undefined=(NO_ASSETS,), aliases=("cash_to_assets",)),
    Metric("net_cash_to_mcap", "Net cash to market value", "-net_debt / market_cap", "ratio", "higher", "liquidity", refused=NOT_BANKS, aliases=("net_cash_to_market_cap",), note="over 100 %: the market pays less than the cash left after all debt"),
    Metric("defensive_interval", "Defensive interval", "365 * (liquid_assets + if_known(receivables, 0)) / (cost_of_revenue + sga + if_known(research_development, 0) - da)", "days", "higher", "liquidity", undefined=(Undefined("cost_of_revenue + sga + if_known(research_development, 0) - da <= 0", "no cash costs"),), refused=NOT_BANKS, aliases=("defensive_interval_ratio",), source="Sorter, Benston 1960, The Accounting Review 35", note="days of cash costs that liquid assets pay for; research that is not reported counts as none"),
)
