"""Greenblatt's magic formula: the place by earnings yield plus the place by return on capital."""

from __future__ import annotations

from screener.catalogue.metric import NO_EV, Metric, Undefined

REFUSED = (*NO_EV, "reit", "utility")
SOURCE = "Greenblatt 2006, The Little Book That Beats the Market"
EXCLUDED = (
    Undefined("security_type = 'adr'", "a foreign company's receipt"),
    Undefined("ebit <= 0", "EBIT is zero or negative", "worst"),
    Undefined("ebit_ev is unknown or greenblatt_roc is unknown", "no earnings yield or no return on capital"),
)

ROWS: tuple[Metric, ...] = (
    Metric("magic_member", "In the magic formula's universe", "when(ebit_ev is known and greenblatt_roc is known, 1, 0)", "flag", "neutral", "magic", undefined=EXCLUDED, refused=REFUSED, source=SOURCE, note="only names with both numbers take part, so that a place is one among the same names; the least size is left to the screen"),
    Metric("magic_rank_yield", "Magic formula: place by EBIT to enterprise value", "rank(ebit_ev * magic_member)", "count", "lower", "magic", refused=REFUSED, source=SOURCE),
    Metric("magic_rank_roc", "Magic formula: place by return on capital", "rank(greenblatt_roc * magic_member)", "count", "lower", "magic", refused=REFUSED, source=SOURCE),
    Metric("magic_formula", "Magic formula", "magic_rank_yield + magic_rank_roc", "count", "lower", "magic", undefined=EXCLUDED, refused=REFUSED, aliases=("greenblatt", "magic_formula_rank"), source=SOURCE, note="2 would be the best of the universe by both; places, not numbers, so it changes with the universe"),
)  # fmt: skip
