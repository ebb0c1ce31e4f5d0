"""Tax-loss selling and the January effect: sold off for tax, with fundamentals intact."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined

OWN = "own definition"
_NOT_FALLEN = Undefined("drawdown_52w > -30%", "the price is less than 30 % below its high")
# A regressor counts only where all of them and the drawdown are known: one sample for every step.
_ALL = "0 * (drawdown_52w + ebit_growth_scaled + revenue_growth_ttm + sector_return_12m)"

ROWS: tuple[Metric, ...] = (
    Metric("quality_drawdown_divergence", "Quality against the fall from the high", "(percentile(quality_composite) + percentile(abs(drawdown_52w))) / 100 - 1", "number", "higher", "tax_loss", refused=NOT_BANKS, source=OWN, note="-1 to 1; high: a good company whose price fell far"),
    Metric("sector_return_12m", "Return of the sector, 12 months", "median(price_change_12m) within sector", "ratio", "neutral", "tax_loss", note="median of its names in the universe"),
    Metric("drawdown_on_profit", "Fall that the change of profit does not explain", f"residual(drawdown_52w + {_ALL}, winsorize(ebit_growth_scaled) + {_ALL})", "ratio", "lower", "tax_loss", refused=NOT_BANKS, source=OWN),
    Metric("sales_on_profit", "Revenue growth that the change of profit does not explain", f"residual(winsorize(revenue_growth_ttm) + {_ALL}, winsorize(ebit_growth_scaled) + {_ALL})", "ratio", "neutral", "tax_loss", refused=NOT_BANKS, source=OWN),
    Metric("sector_on_profit", "Return of the sector that the change of profit does not explain", f"residual(sector_return_12m + {_ALL}, winsorize(ebit_growth_scaled) + {_ALL})", "ratio", "neutral", "tax_loss", refused=NOT_BANKS, source=OWN),
    Metric("sector_on_sales", "Return of the sector that neither profit nor sales explain", "residual(sector_on_profit, sales_on_profit)", "ratio", "neutral", "tax_loss", refused=NOT_BANKS, source=OWN),
    Metric("drawdown_residual", "Fall beyond fundamentals", "residual(residual(drawdown_on_profit, sales_on_profit), sector_on_sales)", "ratio", "lower", "tax_loss", refused=NOT_BANKS, source="own definition; least squares step by step, Frisch-Waugh 1933, Lovell 1963", note="what a regression of the drawdown on the change of EBIT to assets, revenue growth and the sector's return leaves; negative: the price fell more than these say"),
    Metric("fundamentals_vs_price", "Fundamentals that rose while the price fell", "when(revenue_growth_ttm > 0, 1, 0) + when(gross_profit > lag(gross_profit, 1y), 1, 0) + when(cfo > lag(cfo, 1y), 1, 0)", "count", "higher", "tax_loss", undefined=(_NOT_FALLEN,), refused=NOT_BANKS, source=OWN, note="0 to 3: revenue, gross profit, operating cash flow"),
    Metric("january_candidate", "Candidate for a rebound in January",
           "when(as_of_month in [11, 12] and potential_tax_loss <= -30% and years_listed >= 5 and market_cap between 300M and 3B and price >= 1 and dq_score >= 80% and piotroski_f >= 5 and wall_12m < 1 and altman_z2 > 1.1, 1, 0)",
           "flag", "higher", "tax_loss", refused=(*NOT_BANKS, "reit", "utility"), source="Reinganum 1983, Journal of Financial Economics 12; Roll 1983; with tests of quality of our own", note="November and December only; 300M to 3B, five years listed, down 30 % in the year, F-score at least 5, debt due in 12 months covered, Z'' out of the zone of distress"),
)
