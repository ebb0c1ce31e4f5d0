"""Refinancing risk: what falls due, and whether cash and cash flow can pay it."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined

_GROUP = "refinancing"
_NO_DEBT = Undefined("total_debt = 0", "no debt", "best")
_LADDER = "unknown without a maturity ladder; 0 when total debt is 0"
_WALL = "0 when nothing falls due; 99 (the most) when debt falls due and nothing is there to pay it"
# Year one with what an interim report calls the rest of the fiscal year; then the other five buckets.
_FIRST = "coalesce(debt_mat_y1 + if_known(debt_mat_remainder_fy, 0), debt_mat_remainder_fy)"
_BUCKETS = (_FIRST, "debt_mat_y2", "debt_mat_y3", "debt_mat_y4", "debt_mat_y5", "debt_mat_after5")
_YEARS = (0.5, 1.5, 2.5, 3.5, 4.5, 8)
_WEIGHTED = " + ".join(f"{years} * {bucket}" for years, bucket in zip(_YEARS, _BUCKETS, strict=True))
_SQUARES = " + ".join(f"{bucket} * {bucket}" for bucket in _BUCKETS)
_NO_LADDER_DEBT = (_NO_DEBT, Undefined("debt_ladder <= 0", "the maturity ladder is empty"))
_SHOCK = "when(debt_due_24m = 0, 0, debt_due_24m * max(0, 0.08 - implied_rate))"
# What a term of refi_pressure is where it is undefined for a good or a bad reason.
_PRESSURES = (
    "percentile(wall_12m)",
    "percentile(wall_24m)",
    "percentile(when(total_debt = 0, 0, short_term_debt_share))",
    "percentile(when(ebitda <= 0 and net_debt > 0, 1000, net_debt_ebitda))",
    "percentile(0 - when(total_debt = 0 and interest_to_cover is unknown, 100, when(interest_to_cover = 0, 100, interest_coverage)))",
)


def _wall(due: str, means: str) -> str:
    """Return the formula of debt due to what can pay it, from 0 to 99."""
    return f"when({due} = 0, 0, when({means} <= 0, 99, clip({due} / ({means}), 0, 99)))"


ROWS: tuple[Metric, ...] = (
    Metric("debt_due_12m", "Debt due within 12 months", "when(total_debt = 0, 0, due_12m)", "usd", "lower", _GROUP, refused=NOT_BANKS, note="the maturity ladder aged to the newest balance sheet, with paper and bank loans; without a ladder the current debt"),
    Metric("debt_due_24m", "Debt due within 24 months", "when(total_debt = 0, 0, due_24m)", "usd", "lower", _GROUP, refused=NOT_BANKS, note=_LADDER),
    Metric("debt_due_36m", "Debt due within 36 months", "when(total_debt = 0, 0, due_36m)", "usd", "lower", _GROUP, refused=NOT_BANKS, note=_LADDER),
    Metric("wall_12m_cash", "Debt due in 12 months to cash", _wall("debt_due_12m", "liquid_assets"), "multiple", "lower", _GROUP, refused=NOT_BANKS, note=_WALL),
    Metric("wall_12m", "Debt due in 12 months to cash and a year of free cash flow", _wall("debt_due_12m", "liquid_assets + fcf"), "multiple", "lower", _GROUP, refused=NOT_BANKS, aliases=("refinancing_wall",), note=_WALL),
    Metric("wall_24m", "Debt due in 24 months to cash and two years of free cash flow", _wall("debt_due_24m", "liquid_assets + 2 * fcf"), "multiple", "lower", _GROUP, refused=NOT_BANKS, note=f"{_WALL}; unknown without a maturity ladder"),
    Metric("wall_24m_1y", "Debt due in 24 months to cash and a year of free cash flow", _wall("debt_due_24m", "liquid_assets + fcf"), "multiple", "lower", _GROUP, refused=NOT_BANKS, note=f"{_WALL}; unknown without a maturity ladder"),
    Metric("wall_36m", "Debt due in 36 months to cash and three years of free cash flow", _wall("debt_due_36m", "liquid_assets + 3 * fcf"), "multiple", "lower", _GROUP, refused=NOT_BANKS, note=f"{_WALL}; unknown without a maturity ladder"),
    Metric("short_term_debt_share", "Share of debt due within 12 months", "due_12m / total_debt", "ratio", "lower", _GROUP, undefined=(_NO_DEBT,), refused=NOT_BANKS, aliases=("short_term_debt_to_total_debt",), note="current debt where there is no maturity ladder; principal against carrying value, so it may pass 100 %"),
    Metric("near_debt_share_24m", "Share of debt due within 24 months", "min(due_24m / total_debt, 1)", "ratio", "lower", _GROUP, undefined=(_NO_DEBT,), refused=NOT_BANKS, note="of all debt of the newest balance sheet, so that it holds between annual reports too; unknown without a maturity ladder"),
    Metric("debt_ladder", "Debt in the maturity ladder", " + ".join(_BUCKETS), "usd", "neutral", _GROUP, refused=NOT_BANKS, note="principal by year in the last report that states it; bank loans, paper and finance leases are mostly not in it"),
    Metric("avg_maturity_years", "Average maturity of the debt", f"({_WEIGHTED}) / debt_ladder", "years", "higher", _GROUP, undefined=_NO_LADDER_DEBT, refused=NOT_BANKS, aliases=("average_maturity", "debt_maturity"), note="from the ladder's own date; each bucket at its middle and what is due after five years at 8, by convention"),
    Metric("maturity_hhi", "Concentration of the maturities", f"({_SQUARES}) / (debt_ladder * debt_ladder)", "number", "lower", _GROUP, undefined=_NO_LADDER_DEBT, refused=NOT_BANKS, note="Herfindahl index of the six buckets: 1 when all falls due in one, a sixth when evenly spread"),
    Metric("implied_rate", "Interest rate paid on debt", "clip(interest_expense / avg(total_debt), 0, 0.5)", "ratio", "neutral", _GROUP, undefined=(Undefined("avg(total_debt) < 0.01 * total_assets", "average debt is under 1 % of assets"),), refused=NOT_BANKS, aliases=("cost_of_debt", "implied_interest_rate"), note="kept between 0 and 50 %; too low where interest is capitalized or debt was raised late in the year"),
    Metric("shock_coverage", "Interest coverage after refinancing at 8 %", f"clip(ebit / (interest_to_cover + {_SHOCK}), -100, 100)", "multiple", "higher", _GROUP, undefined=(Undefined("(interest_to_cover = 0 and debt_due_24m = 0) or (interest_to_cover is unknown and total_debt = 0)", "no interest to cover", "best"), Undefined("interest_to_cover is unknown and total_debt > 0", "interest expense is not reported although there is debt")), refused=NOT_BANKS, note="debt due within 24 months is refinanced at 8 %, a constant near the yield of B bonds; for another rate write under define: coverage_at_11: clip(ebit / (interest_to_cover + debt_due_24m * max(0, 11% - implied_rate)), -100, 100)"),
    Metric("net_debt_to_mcap", "Net debt to market value", "net_debt / market_cap", "ratio", "lower", _GROUP, refused=NOT_BANKS, aliases=("net_debt_market_cap", "net_debt_to_market_cap")),
    Metric("cash_runway_months", "Cash runway", "min(12 * liquid_assets / (0 - fcf), 120)", "months", "higher", _GROUP, undefined=(Undefined("fcf >= 0", "burns no cash", "best"),), refused=NOT_BANKS, aliases=("cash_runway",), note="months until cash and short-term investments are gone at the last year's pace; at most 120"),
    Metric("liquidity_gap_12m", "Money to be raised within 12 months", "debt_due_12m + max(0 - fcf, 0) - liquid_assets - if_known(revolver_capacity, 0)", "usd", "lower", _GROUP, refused=NOT_BANKS, note="above zero: debt due and cash burn exceed cash and undrawn credit; an undrawn line that is not tagged counts as none"),
    Metric("refi_pressure", "Refinancing pressure", f"mean_known({', '.join(_PRESSURES)}) / 100", "ratio", "lower", _GROUP, undefined=(Undefined(f"count_known({', '.join(_PRESSURES)}) < 3", "fewer than three of its five terms are known"),), refused=NOT_BANKS, note="mean place in the universe, 0 to 100 % (most pressed), in wall_12m, wall_24m, short_term_debt_share, net_debt_ebitda and interest_coverage; at least three must be known; debt without EBITDA counts as most pressed, nothing owed as least"),
)
