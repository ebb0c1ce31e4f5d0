"""Size and float: how large a company is, and how much of it can be traded."""

from __future__ import annotations

from screener.catalogue.metric import Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("log_mcap", "Logarithm of market value", "log(market_cap)", "number", "neutral", "size", aliases=("log_market_cap",), source="Banz 1981, Journal of Financial Economics 9", note="natural logarithm of dollars"),
    Metric("float_share_fy", "Free float at the second quarter's end", "public_float / (lag(period_price, 2q) * lag(shares_outstanding, 2q))", "ratio", "neutral", "size", undefined=(Undefined("lag(period_price, 2q) * lag(shares_outstanding, 2q) <= 0", "no market value then"),), note="annual reports state the float as of the end of their second quarter: it is compared with the market value of that day"),
    Metric("float_pct", "Free float", "clip(coalesce(float_share_fy, lag(float_share_fy, 1q), lag(float_share_fy, 2q), lag(float_share_fy, 3q)), 0, 1)", "ratio", "neutral", "size", aliases=("float_share", "free_float"), note="of the newest annual report; kept at 100 % where the float's share count is another than the balance sheet's"),
)
