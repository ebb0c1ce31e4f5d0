"""Shareholder yield: dividends, buybacks and debt repaid."""

from __future__ import annotations

from screener.catalogue.metric import Metric, Undefined

ROWS: tuple[Metric, ...] = (
    Metric("dividend_yield", "Dividend yield", "dividends_paid_common / market_cap", "ratio", "higher", "payout"),
    Metric("net_buyback_yield", "Net buyback yield", "(buybacks - if_known(stock_issued, 0)) / market_cap", "ratio", "higher", "payout", source="Boudoukh et al. 2007"),
    Metric("payout_yield", "Net payout yield", "dividend_yield + net_buyback_yield", "ratio", "higher", "payout", aliases=("shareholder_payout",)),
    Metric("payout_ratio", "Payout ratio", "dividends_paid_common / net_income_to_common", "ratio", "neutral", "payout", undefined=(Undefined("net_income_to_common <= 0", "no earnings"),)),
)
