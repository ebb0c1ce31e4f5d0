"""The conservative formula of low volatility, payout and momentum, and places by shareholder yield."""

from __future__ import annotations

from screener.catalogue.metric import Metric, Undefined

SOURCE = "van Vliet, Blitz 2018, Journal of Portfolio Management 44(7)"
EXCLUDED = (
    Undefined("vol_252 is unknown or payout_yield is unknown or momentum_12_1 is unknown", "volatility, payout or momentum is unknown"),
    Undefined("vol_252 > median(vol_252)", "in the more volatile half", "worst"),
)

ROWS: tuple[Metric, ...] = (
    Metric("conservative_member", "In the calmer half by volatility, with payout and momentum known", "when(vol_252 <= median(vol_252), 1, 0)", "flag", "neutral", "conservative", undefined=EXCLUDED, source=SOURCE, note="one year of daily volatility stands for the paper's three years; the paper's thousand largest names are left to the screen"),
    Metric("conservative_rank_payout", "Conservative formula: place by net payout yield", "rank(payout_yield * conservative_member)", "count", "lower", "conservative", source=SOURCE),
    Metric("conservative_rank_momentum", "Conservative formula: place by momentum", "rank(momentum_12_1 * conservative_member)", "count", "lower", "conservative", source=SOURCE),
    Metric("conservative_formula", "Conservative formula", "(conservative_rank_payout + conservative_rank_momentum) / 2", "number", "lower", "conservative", undefined=EXCLUDED, aliases=("conservative",), source=SOURCE, note="mean of two places among the calmer half: small is good"),
    Metric("shareholder_yield_rank", "Place by shareholder yield", "rank(shareholder_yield)", "count", "lower", "conservative", source="Faber 2013, Shareholder Yield"),
    Metric("shareholder_yield_percentile", "Shareholder yield, percentile", "percentile(shareholder_yield)", "score", "higher", "conservative", source="Faber 2013, Shareholder Yield"),
    Metric("payout_yield_percentile", "Net payout yield, percentile", "percentile(payout_yield)", "score", "higher", "conservative", source="Boudoukh et al. 2007"),
)  # fmt: skip
