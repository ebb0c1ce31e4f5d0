"""Liquidity: what can be paid at short notice."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, Metric

ROWS: tuple[Metric, ...] = (
    Metric("current_ratio", "Current ratio", "current_assets / current_liabilities", "multiple", "higher", "liquidity"),
    Metric("quick_ratio", "Quick ratio", "(liquid_assets + if_known(receivables, 0)) / current_liabilities", "multiple", "higher", "liquidity"),
    Metric("cash_assets", "Cash to assets", "liquid_assets / total_assets", "ratio", "neutral", "liquidity", undefined=(NO_ASSETS,)),
)
