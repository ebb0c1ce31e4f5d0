"""Quality and stability: accruals, cash conversion, steadiness, intensity and growth of the balance sheet."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NO_AVERAGE_ASSETS, NO_REVENUE, NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("accruals_cf", "Accruals (cash-flow form)", "(net_income - cfo) / avg_assets", "ratio", "lower", "quality", undefined=(NO_AVERAGE_ASSETS,), refused=NOT_BANKS, aliases=("accruals",), source="Sloan 1996, measured as in Hribar-Collins 2002"),
    Metric("cash_conversion", "Cash conversion", "cfo / net_income", "multiple", "higher", "quality", undefined=(Undefined("net_income <= 0", "no profit to convert", "worst"),), refused=NOT_BANKS),
    Metric("fcf_conversion", "Free-cash-flow conversion", "fcf / net_income", "multiple", "higher", "quality", undefined=(Undefined("net_income <= 0", "no profit to convert", "worst"),), refused=NOT_BANKS),
    Metric("sbc_revenue", "Stock compensation to revenue", "sbc / revenue", "ratio", "lower", "quality", undefined=(NO_REVENUE,)),
    Metric("operating_margin_sd", "Variability of the operating margin", "stdev(operating_margin, 5y, 4)", "ratio", "lower", "quality", refused=NOT_BANKS),
    Metric("positive_ni_years", "Profitable years of five", "count(net_income > 0, 5y)", "count", "higher", "quality", source="after Graham"),
    Metric("asset_growth", "Asset growth", "growth(total_assets, 1y)", "ratio", "lower", "quality", source="Cooper-Gulen-Schill 2008"),
    Metric("goodwill_share", "Goodwill and intangibles to assets", "(if_known(goodwill, 0) + if_known(intangibles, 0)) / total_assets", "ratio", "lower", "quality", undefined=(NO_ASSETS,)),
)
