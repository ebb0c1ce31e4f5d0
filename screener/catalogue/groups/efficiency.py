"""Efficiency: turnover of assets, receivables, inventory and payables."""

from __future__ import annotations

from screener.catalogue.metric import NO_AVERAGE_ASSETS, NO_REVENUE, NOT_BANKS, Metric

ROWS: tuple[Metric, ...] = (
    Metric("asset_turnover", "Asset turnover", "revenue / avg_assets", "multiple", "higher", "efficiency", undefined=(NO_AVERAGE_ASSETS,), refused=NOT_BANKS),
    Metric("dso", "Days sales outstanding", "365 * avg(receivables) / revenue", "days", "lower", "efficiency", undefined=(NO_REVENUE,), refused=NOT_BANKS),
)
