"""Growth and acceleration: of sales, profits, shares; earnings surprises."""

from __future__ import annotations

from screener.catalogue.metric import NO_REVENUE, NOT_BANKS, Metric, Undefined

_GROUP = "growth"
_NO_BASE = "was zero or negative at the start"
_CHANGE = "; any base but zero, so a smaller loss is a rise: shown, while a rank takes the change to assets"
_SCALED = "scaled by assets, so that it is defined for losses too"
_NO_ASSETS_THEN = Undefined("lag(total_assets, 1y) <= 0", "no assets a year ago")
_NO_ASSETS_5Y = Undefined("lag(total_assets, 5y) <= 0", "no assets five years ago")
_QMJ = "Asness-Frazzini-Pedersen 2019 (growth)"
# Surprises are measured against the eight seasonal changes before the newest.
_DRIFT = "lag(avg({0}, 8q, 6), 1q)"
_SPREAD = "lag(stdev({0}, 8q, 6), 1q)"
_PER_SHARE = "lag(total_assets / shares_outstanding, {0}q)"


def _growth(item: str, period: str) -> str:
    return f"clip(growth({item}, {period}), -5, 5)"


def _cagr(item: str, period: str) -> str:
    return f"clip(cagr({item}, {period}), -5, 5)"


def _no_base(item: str, period: str, label: str) -> Undefined:
    return Undefined(f"lag({item}, {period}) <= 0", f"{label} {_NO_BASE}")


def _change(item: str) -> str:
    return f"clip(({item} - lag({item}, 1y)) / abs(lag({item}, 1y)), -5, 5)"


def _was_zero(item: str, label: str) -> Undefined:
    return Undefined(f"lag({item}, 1y) = 0", f"{label} was zero a year ago")


def _scaled(item: str) -> str:
    return f"clip(({item} - lag({item}, 1y)) / lag(total_assets, 1y), -5, 5)"


def _five_years(item: str, base: str) -> str:
    return f"({item} - lag({item}, 5y)) / lag({base}, 5y)"


def _surprise(change: str) -> str:
    return f"clip(({change} - {_DRIFT.format(change)}) / {_SPREAD.format(change)}, -10, 10)"


ROWS: tuple[Metric, ...] = (
    Metric("revenue_growth_ttm", "Revenue growth", _growth("revenue", "1y"), "ratio", "higher", _GROUP, undefined=(_no_base("revenue", "1y", "revenue"),), aliases=("revenue_growth", "sales_growth", "revenue_growth_1y"), note="twelve months against the twelve before; at most 500 %"),
    Metric("revenue_growth_q", "Revenue growth, quarter on year", _growth("quarter(revenue)", "1y"), "ratio", "higher", _GROUP, undefined=(_no_base("quarter(revenue)", "1y", "revenue"),), aliases=("sales_growth_q", "quarterly_revenue_growth"), note="the newest quarter against the same quarter a year ago; at most 500 %"),
    Metric("revenue_cagr_3y", "Revenue growth a year, 3 years", _cagr("revenue", "3y"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(revenue, 3y) <= 0 or revenue <= 0", "revenue is or was zero or negative"),), aliases=("revenue_growth_3y", "sales_growth_3y")),
    Metric("revenue_cagr_5y", "Revenue growth a year, 5 years", _cagr("revenue", "5y"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(revenue, 5y) <= 0 or revenue <= 0", "revenue is or was zero or negative"),), aliases=("revenue_growth_5y", "sales_growth_5y")),
    Metric("gp_growth", "Growth of gross profit", _change("gross_profit"), "ratio", "higher", _GROUP, undefined=(_was_zero("gross_profit", "gross profit"),), refused=NOT_BANKS, rank_by="gp_growth_scaled", aliases=("gross_profit_growth",), note=f"to the size of last year's{_CHANGE}"),
    Metric("gp_growth_scaled", "Change of gross profit to assets", _scaled("gross_profit"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_THEN,), refused=NOT_BANKS, note=_SCALED),
    Metric("ebit_growth", "Growth of EBIT", _change("ebit"), "ratio", "higher", _GROUP, undefined=(_was_zero("ebit", "EBIT"),), refused=NOT_BANKS, rank_by="ebit_growth_scaled", aliases=("operating_income_growth",), note=f"to the size of last year's{_CHANGE}"),
    Metric("ebit_growth_scaled", "Change of EBIT to assets", _scaled("ebit"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_THEN,), refused=NOT_BANKS, note=_SCALED),
    Metric("ni_growth", "Growth of net income", _change("net_income"), "ratio", "higher", _GROUP, undefined=(_was_zero("net_income", "net income"),), rank_by="ni_growth_scaled", aliases=("net_income_growth", "earnings_growth", "profit_growth"), note=f"to the size of last year's{_CHANGE}"),
    Metric("ni_growth_scaled", "Change of net income to assets", _scaled("net_income"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_THEN,), note=_SCALED),
    Metric("fcf_growth", "Growth of free cash flow", _change("fcf"), "ratio", "higher", _GROUP, undefined=(_was_zero("fcf", "free cash flow"),), refused=NOT_BANKS, rank_by="fcf_growth_scaled", aliases=("free_cash_flow_growth",), note=f"to the size of last year's{_CHANGE}"),
    Metric("fcf_growth_scaled", "Change of free cash flow to assets", _scaled("fcf"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_THEN,), refused=NOT_BANKS, note=_SCALED),
    Metric("eps_change_q", "Change of earnings a share, quarter on year", "quarter(eps_diluted) - lag(quarter(eps_diluted), 4q)", "usd_per_share", "higher", _GROUP, note="dollars, on one split basis"),
    Metric("eps_growth_q", "Growth of earnings a share, quarter on year", "clip(eps_change_q / abs(lag(quarter(eps_diluted), 4q)), -5, 5)", "ratio", "higher", _GROUP, undefined=(Undefined("abs(lag(quarter(eps_diluted), 4q)) < 0.02", "earnings a share were under 2 cents a year ago"),), aliases=("eps_growth", "quarterly_eps_growth"), note="to the size of last year's; from a loss to a profit counts as a rise"),
    Metric("eps_cagr_3y", "Growth of earnings a share a year, 3 years", _cagr("eps_diluted", "3y"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(eps_diluted, 3y) <= 0", "earnings a share were zero or negative three years ago"), Undefined("eps_diluted <= 0", "no earnings", "worst")), aliases=("eps_growth_3y",)),
    Metric("revenue_acceleration", "Acceleration of revenue", "revenue_growth_q - lag(revenue_growth_q, 1q)", "ratio", "higher", _GROUP, aliases=("sales_acceleration",), note="growth of the newest quarter on its year-ago quarter less the same growth one quarter before"),
    Metric("earnings_acceleration", "Acceleration of earnings to price", "eps_change_q / lag(period_price, 1q) - lag(eps_change_q, 1q) / lag(period_price, 2q)", "ratio", "higher", _GROUP, undefined=(Undefined("lag(period_price, 1q) <= 0 or lag(period_price, 2q) <= 0", "no price at a quarter's end"),), source="He-Narayanamoorthy 2020", note="the year-on-year change of quarterly earnings a share to the price a quarter before, less the same one quarter earlier; earnings_acceleration_assets needs no price"),
    Metric("earnings_acceleration_assets", "Acceleration of earnings to assets", f"eps_change_q / {_PER_SHARE.format(1)} - lag(eps_change_q, 1q) / {_PER_SHARE.format(2)}", "ratio", "higher", _GROUP, undefined=(Undefined("lag(total_assets, 1q) <= 0 or lag(total_assets, 2q) <= 0", "no assets"),), source="He-Narayanamoorthy 2020, scaled by assets a share instead of the price", note="the year-on-year change of quarterly earnings a share, less the same change one quarter before"),
    Metric("sue", "Earnings surprise (SUE)", _surprise("eps_change_q"), "number", "higher", _GROUP, undefined=(Undefined(f"{_SPREAD.format('eps_change_q')} < 0.001", "the change of earnings a share has hardly varied"),), aliases=("standardized_unexpected_earnings", "earnings_surprise"), source="Foster-Olsen-Shevlin 1984", note="against the same quarter a year ago, not against analysts; standard deviations, kept between -10 and 10"),
    Metric("revenue_change_q", "Change of revenue, quarter on year", "quarter(revenue) - lag(quarter(revenue), 4q)", "usd", "higher", _GROUP),
    Metric("sur", "Revenue surprise (SUR)", _surprise("revenue_change_q"), "number", "higher", _GROUP, undefined=(Undefined(f"{_SPREAD.format('revenue_change_q')} <= 0.0001 * abs(quarter(revenue))", "the change of revenue has hardly varied"),), aliases=("standardized_unexpected_revenue", "revenue_surprise"), source="Jegadeesh-Livnat 2006", note="as sue, of revenue; standard deviations, kept between -10 and 10"),
    Metric("gross_margin_change", "Change of gross margin", "gross_margin - lag(gross_margin, 1y)", "ratio", "higher", _GROUP, refused=NOT_BANKS),
    Metric("operating_margin_change", "Change of operating margin", "operating_margin - lag(operating_margin, 1y)", "ratio", "higher", _GROUP, refused=NOT_BANKS),
    Metric("bvps_growth_5y", "Growth of book value a share a year, 5 years", _cagr("bvps", "5y"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(bvps, 5y) <= 0", "book value was zero or negative five years ago"), Undefined("bvps <= 0", "negative equity", "worst")), aliases=("book_value_growth_5y",)),
    Metric("share_growth_1y", "Growth of the share count", "log(shares_outstanding / lag(shares_outstanding, 1y))", "ratio", "lower", _GROUP, source="Pontiff-Woodgate 2008", aliases=("dilution_1y", "net_issuance_1y"), note="logarithm, on one split basis; negative: shares were bought back"),
    Metric("share_growth_3y", "Growth of the share count, 3 years", "log(shares_outstanding / lag(shares_outstanding, 3y))", "ratio", "lower", _GROUP, source="Pontiff-Woodgate 2008", aliases=("dilution_3y", "net_issuance_3y"), note="logarithm over the three years, on one split basis"),
    Metric("deferred_revenue_excess", "Growth of deferred revenue above that of revenue", f"{_growth('deferred_revenue', '1y')} - {_growth('revenue', '1y')}", "ratio", "higher", _GROUP, undefined=(NO_REVENUE, Undefined("deferred_revenue < 0.01 * revenue", "deferred revenue is under 1 % of revenue"), Undefined("lag(deferred_revenue, 1y) <= 0 or lag(revenue, 1y) <= 0", "no deferred revenue or no revenue a year ago")), refused=NOT_BANKS, note="cash collected ahead of sales"),
    Metric("sustainable_growth", "Sustainable growth", "roe * (1 - payout_ratio)", "ratio", "neutral", _GROUP, undefined=(Undefined("net_income_to_common <= 0", "no earnings"),), aliases=("sustainable_growth_rate",), source="Higgins 1977", note="growth that retained earnings can pay for at the present return on equity"),
    Metric("gpoa_5y", "Five-year change of gross profit to assets", _five_years("gross_profit", "total_assets"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_5Y,), refused=(*NOT_BANKS, "reit"), source=_QMJ),
    Metric("roe_5y", "Five-year change of earnings to equity", _five_years("net_income_to_common", "common_equity"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(common_equity, 5y) <= 0", "negative equity five years ago"),), source=_QMJ, note="common equity of five years ago, as in roe"),
    Metric("roa_5y", "Five-year change of net income to assets", _five_years("net_income", "total_assets"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_5Y,), source=_QMJ),
    Metric("cfoa_5y", "Five-year change of operating cash flow to assets", _five_years("cfo", "total_assets"), "ratio", "higher", _GROUP, undefined=(_NO_ASSETS_5Y,), refused=NOT_BANKS, source=_QMJ),
    Metric("gmar_5y", "Five-year change of gross profit to sales", _five_years("gross_profit", "revenue"), "ratio", "higher", _GROUP, undefined=(Undefined("lag(revenue, 5y) <= 0", "no revenue five years ago"),), refused=NOT_BANKS, source=_QMJ, note="to the sales of five years ago; to assets it would be gpoa_5y again"),
)
