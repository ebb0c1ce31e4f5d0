"""Profitability: margins and returns on assets, equity and capital."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NO_AVERAGE_ASSETS, NO_EV, NO_REVENUE, NOT_BANKS, Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("gross_margin", "Gross margin", "gross_profit / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("operating_margin", "Operating margin", "ebit / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS, aliases=("ebit_margin",)),
    Metric("ebitda_margin", "EBITDA margin", "ebitda / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("net_margin", "Net margin", "net_income / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), aliases=("profit_margin",)),
    Metric("fcf_margin", "Free-cash-flow margin", "fcf / revenue", "ratio", "higher", "profitability", undefined=(NO_REVENUE,), refused=NOT_BANKS),
    Metric("roa", "Return on assets", "net_income / avg_assets", "ratio", "higher", "profitability", undefined=(NO_AVERAGE_ASSETS,), aliases=("return_on_assets",), source="DuPont analysis"),
    Metric("roe", "Return on equity", "net_income_to_common / avg(common_equity)", "ratio", "higher", "profitability", undefined=(Undefined("common_equity <= 0 or lag(common_equity, 1y) <= 0", "negative equity", "worst"), Undefined("common_equity < 0.02 * total_assets", "equity under 2 % of assets", "worst")), aliases=("return_on_equity",)),
    Metric("roic", "Return on invested capital", "nopat / avg_invested_capital", "ratio", "higher", "profitability", undefined=(Undefined("avg_invested_capital <= 0", "invested capital is zero or negative"), Undefined("avg_invested_capital < 0.05 * total_assets", "invested capital under 5 % of assets")), refused=NOT_BANKS, aliases=("return_on_invested_capital",), source="Koller, Goedhart, Wessels: Valuation (McKinsey)"),
    Metric("roce", "Return on capital employed", "ebit / (total_assets - current_liabilities)", "ratio", "higher", "profitability", undefined=(Undefined("total_assets - current_liabilities <= 0", "capital employed is zero or negative"),), refused=NOT_BANKS),
    Metric("gp_assets", "Gross profitability", "gross_profit / total_assets", "ratio", "higher", "profitability", undefined=(NO_ASSETS,), refused=(*NOT_BANKS, "reit"), aliases=("gross_profitability",), source="Novy-Marx 2013"),
    Metric("greenblatt_roc", "Return on capital (Greenblatt)", "ebit / (max(nwc_operating, 0) + ppe_net)", "ratio", "higher", "profitability", undefined=(Undefined("max(nwc_operating, 0) + ppe_net <= 0", "no tangible capital"),), refused=(*NO_EV, "utility", "reit"), source="Greenblatt 2006"),
    Metric("cfroa", "Cash return on assets", "cfo / avg_assets", "ratio", "higher", "profitability", undefined=(NO_AVERAGE_ASSETS,), refused=NOT_BANKS),
)
