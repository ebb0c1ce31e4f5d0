"""Leverage and solvency: debt against equity, assets and earnings, and cover of its interest."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NO_INTEREST, NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("net_debt", "Net debt", "total_debt - liquid_assets", "usd", "lower", "leverage", refused=NOT_BANKS),
    Metric("debt_equity", "Debt to equity", "total_debt / equity", "multiple", "lower", "leverage", undefined=(Undefined("equity <= 0", "negative equity", "worst"),), refused=NOT_BANKS, aliases=("debt_to_equity", "de_ratio")),
    Metric("debt_assets", "Debt to assets", "total_debt / total_assets", "ratio", "lower", "leverage", undefined=(NO_ASSETS,), refused=NOT_BANKS, aliases=("debt_to_assets",)),
    Metric("liabilities_assets", "Liabilities to assets", "total_liabilities / total_assets", "ratio", "lower", "leverage", undefined=(NO_ASSETS,)),
    Metric("net_debt_ebitda", "Net debt to EBITDA", "net_debt / ebitda", "multiple", "lower", "leverage", undefined=(Undefined("ebitda <= 0 and net_debt > 0", "EBITDA is zero or negative", "worst"), Undefined("ebitda <= 0", "EBITDA is zero or negative")), refused=NOT_BANKS, aliases=("net_debt_to_ebitda",)),
    Metric("debt_ebitda", "Debt to EBITDA", "total_debt / ebitda", "multiple", "lower", "leverage", undefined=(Undefined("ebitda <= 0 and total_debt > 0", "EBITDA is zero or negative", "worst"), Undefined("ebitda <= 0", "EBITDA is zero or negative")), refused=NOT_BANKS, aliases=("debt_to_ebitda",)),
    Metric("interest_coverage", "Interest coverage", "clip(ebit / interest_to_cover, -100, 100)", "multiple", "higher", "leverage", undefined=NO_INTEREST, refused=NOT_BANKS),
    Metric("cfo_debt", "Operating cash flow to debt", "cfo / total_debt", "ratio", "higher", "leverage", undefined=(Undefined("total_debt = 0", "no debt", "best"),), refused=NOT_BANKS),
    Metric("equity_assets", "Equity to assets", "equity / total_assets", "ratio", "higher", "leverage", undefined=(NO_ASSETS,), aliases=("equity_to_assets",)),
)
