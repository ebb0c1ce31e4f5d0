"""Growth and acceleration: of sales, profits, shares; earnings surprises."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("revenue_growth_ttm", "Revenue growth", "growth(revenue, 1y)", "ratio", "higher", "growth", aliases=("revenue_growth",)),
    Metric("revenue_growth_q", "Revenue growth, quarter on year", "growth(quarter(revenue), 1y)", "ratio", "higher", "growth"),
    Metric("revenue_cagr_3y", "Revenue growth a year, 3 years", "cagr(revenue, 3y)", "ratio", "higher", "growth"),
    Metric("ni_growth_scaled", "Change of net income to assets", "(net_income - lag(net_income, 1y)) / lag(total_assets, 1y)", "ratio", "higher", "growth", undefined=(Undefined("lag(total_assets, 1y) <= 0", "no assets"),), note="scaled by assets, so that it is defined for losses too"),
    Metric("gross_margin_change", "Change of gross margin", "gross_margin - lag(gross_margin, 1y)", "ratio", "higher", "growth", refused=NOT_BANKS),
    Metric("share_growth_1y", "Growth of the share count", "growth(shares_outstanding, 1y)", "ratio", "lower", "growth", source="Pontiff-Woodgate 2008", aliases=("dilution_1y",)),
)
