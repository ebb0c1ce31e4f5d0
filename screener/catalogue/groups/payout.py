"""Shareholder yield: dividends, buybacks and debt repaid."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined

_GROUP = "payout"
_LONGEST_STREAK = 10
_STREAK = " + ".join(["dividend_kept", *(f"if_known(min(dividend_kept, {years}y), 0)" for years in range(2, _LONGEST_STREAK + 1))])
_NO_EARNINGS = "net_income_to_common <= 0"

ROWS: tuple[Metric, ...] = (
    Metric("dividend_yield", "Dividend yield", "dividends_paid_common / market_cap", "ratio", "higher", _GROUP, aliases=("div_yield", "trailing_dividend_yield"), note="cash paid in twelve months, specials included"),
    Metric("buyback_yield", "Buyback yield", "buybacks / market_cap", "ratio", "higher", _GROUP, aliases=("repurchase_yield",), note="before shares issued: net_buyback_yield takes them off"),
    Metric("net_buyback_yield", "Net buyback yield", "(buybacks - if_known(stock_issued, 0)) / market_cap", "ratio", "higher", _GROUP, source="Boudoukh et al. 2007", note="shares given as pay bring in no cash and are not deducted: compare share_growth_1y"),
    Metric("payout_yield", "Net payout yield", "dividend_yield + net_buyback_yield", "ratio", "higher", _GROUP, aliases=("shareholder_payout", "net_payout_yield"), source="Boudoukh et al. 2007"),
    Metric("net_debt_issued", "Net debt issued", "when(debt_issued is unknown and debt_repaid is unknown, net_short_term_debt, debt_issued - debt_repaid + if_known(net_short_term_debt, 0))", "usd", "neutral", _GROUP, refused=NOT_BANKS, aliases=("net_borrowing",), note="from the cash flow statement; negative: debt was repaid"),
    Metric("debt_paydown_yield", "Debt paydown yield", "(0 - coalesce(net_debt_issued, total_debt - lag(total_debt, 1y))) / market_cap", "ratio", "higher", _GROUP, refused=NOT_BANKS, note="negative: borrowing; from the balance sheets where the cash flow statement does not tell"),
    Metric("shareholder_yield", "Shareholder yield", "dividend_yield + net_buyback_yield + debt_paydown_yield", "ratio", "higher", _GROUP, refused=NOT_BANKS, aliases=("total_shareholder_yield", "total_yield"), source="Faber: Shareholder Yield, 2013"),
    Metric("shareholder_yield_shares", "Shareholder yield by the share count", "dividend_yield - share_growth_1y + debt_paydown_yield", "ratio", "higher", _GROUP, refused=NOT_BANKS, note="the fall of the share count stands for net buybacks, so that shares given as pay count"),
    Metric("payout_ratio", "Payout ratio", "dividends_paid_common / net_income_to_common", "ratio", "neutral", _GROUP, undefined=(Undefined(f"{_NO_EARNINGS} and dividends_paid_common > 0", "dividends are paid without earnings"), Undefined(_NO_EARNINGS, "no earnings")), aliases=("dividend_payout_ratio", "dividend_payout")),
    Metric("dividend_growth_5y", "Growth of the dividend a share a year, 5 years", "clip(cagr(dividends_per_share, 5y), -5, 5)", "ratio", "higher", _GROUP, undefined=(Undefined("lag(dividends_per_share, 5y) <= 0", "paid no dividend five years ago"), Undefined("dividends_per_share <= 0", "the dividend was dropped", "worst")), aliases=("dividend_cagr_5y", "dps_growth_5y")),
    Metric("dividend_kept", "Dividend not cut in a year", "when(lag(dividends_per_share, 1y) > 0 and dividends_per_share >= 0.99 * lag(dividends_per_share, 1y), 1, 0)", "count", "higher", _GROUP, note="1 for yes, 0 for no and where nothing was paid; a fall under 1 % is rounding"),
    Metric("dividend_streak", "Years without a cut of the dividend", _STREAK, "years", "higher", _GROUP, aliases=("dividend_years", "years_of_dividends"), note="consecutive years back from now, at most 10 and no more than the data reach; a fall after a special dividend counts as a cut"),
    Metric("sbc_adjusted_buyback", "Buyback yield after share-based pay", "(buybacks + if_known(tax_withholding_shares, 0) - sbc) / market_cap", "ratio", "higher", _GROUP, note="shares withheld for taxes count as bought back; what only makes up for shares given as pay does not count"),
)
