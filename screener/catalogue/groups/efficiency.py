"""Efficiency: turnover of assets, receivables, inventory and payables."""

from __future__ import annotations

from screener.catalogue.metric import NO_AVERAGE_ASSETS, NO_REVENUE, NOT_BANKS, Metric, Undefined

_NO_COST = Undefined("cost_of_revenue <= 0", "no cost of revenue")
_NO_LAG_REVENUE = Undefined("lag(revenue, 1y) <= 0", "no revenue a year ago")
_NO_LAG_COST = Undefined("lag(cost_of_revenue, 1y) <= 0", "no cost of revenue a year ago")

ROWS: tuple[Metric, ...] = (
    Metric("asset_turnover", "Asset turnover", "revenue / avg_assets", "multiple", "higher", "efficiency", undefined=(NO_AVERAGE_ASSETS,), refused=NOT_BANKS),
    Metric("fixed_asset_turnover", "Fixed asset turnover", "revenue / avg(ppe_net)", "multiple", "higher", "efficiency", undefined=(Undefined("avg(ppe_net) <= 0", "no property or plant"),), refused=NOT_BANKS, aliases=("ppe_turnover",)),
    Metric("dso", "Days sales outstanding", "365 * avg(receivables) / revenue", "days", "lower", "efficiency", undefined=(NO_REVENUE,), refused=NOT_BANKS, aliases=("days_sales_outstanding", "receivable_days")),
    Metric("dio", "Days inventory outstanding", "when(avg(inventory) = 0, 0, 365 * avg(inventory) / cost_of_revenue)", "days", "lower", "efficiency", undefined=(Undefined("cost_of_revenue <= 0 and avg(inventory) > 0", "no cost of revenue"),), refused=NOT_BANKS, aliases=("days_inventory_outstanding", "inventory_days", "dsi"), note="0 without inventory; unknown where inventory is not reported"),
    Metric("dpo", "Days payables outstanding", "365 * avg(accounts_payable) / cost_of_revenue", "days", "neutral", "efficiency", undefined=(_NO_COST, Undefined("avg(accounts_payable) > 2 * cost_of_revenue", "payables of over two years of its cost of revenue")), refused=NOT_BANKS, aliases=("days_payables_outstanding", "days_payable_outstanding", "payable_days"), note="too long where a filer reports payables only with accrued liabilities, as SimFin does for all; over two years they are owed for something else, such as research"),
    Metric("ccc", "Cash conversion cycle", "dso + dio - dpo", "days", "lower", "efficiency", refused=NOT_BANKS, aliases=("cash_conversion_cycle",), note="days from paying suppliers to being paid; negative where customers pay first"),
    Metric("dso_change", "Change of days sales outstanding", "365 * (receivables / revenue - lag(receivables / revenue, 1y))", "days", "lower", "efficiency", undefined=(NO_REVENUE, _NO_LAG_REVENUE), refused=NOT_BANKS, source="Montier 2008", note="from the balances at the two period ends, not their means"),
    Metric("dio_change", "Change of days inventory outstanding", "365 * (inventory / cost_of_revenue - lag(inventory / cost_of_revenue, 1y))", "days", "lower", "efficiency", undefined=(_NO_COST, _NO_LAG_COST), refused=NOT_BANKS, source="Montier 2008", note="from the balances at the two period ends, not their means"),
    Metric("sga_revenue", "Selling and administration to revenue", "sga / revenue", "ratio", "lower", "efficiency", undefined=(NO_REVENUE,), aliases=("sga_to_revenue",)),
    Metric("turnover_change", "Change of asset turnover", "asset_turnover - lag(asset_turnover, 1y)", "multiple", "higher", "efficiency", refused=NOT_BANKS, aliases=("asset_turnover_change",)),
)
