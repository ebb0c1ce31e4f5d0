"""Graham's number, net current asset value and the checklist of the defensive investor."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined
from screener.catalogue.scores.terms import added, additive, flag, too_few

TERMS = ("graham_liquid", "graham_debt", "graham_earnings", "graham_dividends", "graham_growth", "graham_pe", "graham_pb")
MIN_TERMS = 5
SOURCE = "Graham 1973, The Intelligent Investor, chapter 14"


def _term(name: str, label: str, condition: str, note: str = "") -> Metric:
    return Metric(name, label, flag(condition), "flag", "higher", "graham", refused=NOT_BANKS, source=SOURCE, note=note)


ROWS: tuple[Metric, ...] = (
    Metric("graham_number", "Graham number", "sqrt(22.5 * eps_diluted * bvps)", "usd_per_share", "higher", "graham", undefined=(Undefined("eps_diluted <= 0", "no earnings", "worst"), Undefined("bvps <= 0", "negative equity", "worst")), source=SOURCE, note="the price at which P/E times P/B is 22.5; a price above it is dear by Graham's rule"),
    Metric("ncav", "Net current asset value", "current_assets - total_liabilities - if_known(preferred, 0)", "usd", "higher", "graham", refused=NOT_BANKS, aliases=("net_current_asset_value",), source="Graham, Dodd 1934, Security Analysis", note="all liabilities are deducted, not the current ones alone"),
    Metric("ncav_per_share", "Net current asset value a share", "ncav / shares_outstanding", "usd_per_share", "higher", "graham", refused=NOT_BANKS, aliases=("ncavps",), source="Graham, Dodd 1934, Security Analysis"),
    Metric("graham_net_net", "Sells below two thirds of net current assets", flag("market_cap < ncav * 2 / 3"), "flag", "higher", "graham", refused=NOT_BANKS, source="Graham, Dodd 1934, Security Analysis"),
    _term("graham_liquid", "Graham: current assets are twice current liabilities", "current_ratio >= 2"),
    _term("graham_debt", "Graham: long-term debt is under working capital", "debt_long_term < working_capital"),
    _term("graham_earnings", "Graham: earnings in each of five years", "count(eps_diluted > 0, 5y) >= 5", "Graham asks for ten years"),
    _term("graham_dividends", "Graham: dividends in each of five years", "count(dividends_paid_common > 0, 5y) >= 5", "Graham asks for twenty years"),
    _term("graham_growth", "Graham: earnings a share grew by a third in ten years", "eps_diluted >= 1.33 * lag(eps_diluted, 10y) and lag(eps_diluted, 10y) > 0", "single years; Graham compares means of three"),
    _term("graham_pe", "Graham: at most 15 times earnings", "net_income_to_common > 0 and market_cap <= 15 * net_income_to_common"),
    _term("graham_pb", "Graham: at most 1.5 times book, or P/E times P/B at most 22.5", "common_equity > 0 and (market_cap <= 1.5 * common_equity or (net_income_to_common > 0 and market_cap / common_equity * market_cap / net_income_to_common <= 22.5))"),
    *additive(
        Metric("graham_defensive", "Graham's checklist for the defensive investor", added(TERMS), "count", "higher", "graham", undefined=(too_few("graham_defensive", MIN_TERMS, TERMS),), refused=NOT_BANKS, aliases=("graham_score",), source=SOURCE, note="the test of size is left to the screen; a missing term counts 0"),
        MIN_TERMS, TERMS,
    ),
)  # fmt: skip
