"""Mohanram's G-score: eight signs that a growth company will earn its price, each against the industry's median."""

from __future__ import annotations

from screener.catalogue.metric import NO_MARKET_VALUE, NOT_BANKS, Metric
from screener.catalogue.scores.terms import added, additive, flag, too_few

TERMS = (
    "mohanram_roa", "mohanram_cfo", "mohanram_accrual", "mohanram_steady_roa", "mohanram_steady_growth",
    "mohanram_rd", "mohanram_capex", "mohanram_advertising",
)  # fmt: skip
MIN_TERMS = 6
SOURCE = "Mohanram 2005, Review of Accounting Studies 10"
_QUINTILE = "when(bm_percentile <= 20, 1, when(bm_percentile <= 40, 2, when(bm_percentile <= 60, 3, when(bm_percentile <= 80, 4, 5))))"


def _part(name: str, label: str, formula: str, direction: str) -> Metric:
    return Metric(name, label, formula, "ratio", direction, "mohanram", refused=NOT_BANKS, source=SOURCE)


def _term(name: str, label: str, of: str, sign: str = ">") -> Metric:
    condition = f"{of} {sign} median({of}) within sic2"
    return Metric(name, label, flag(condition), "flag", "higher", "mohanram", refused=NOT_BANKS, source=SOURCE)


ROWS: tuple[Metric, ...] = (
    _part("mohanram_roa_variance", "Variance of quarterly income to assets", "stdev(quarter(net_income) / total_assets, 16q, 6) ^ 2", "lower"),
    _part("mohanram_growth_variance", "Variance of quarterly revenue growth", "stdev(growth(quarter(revenue), 4q), 16q, 6) ^ 2", "lower"),
    _part("rd_assets", "Research and development to assets a year ago", "if_known(research_development, 0) / lag(total_assets, 1y)", "higher"),
    _part("capex_assets", "Capital expenditure to assets a year ago", "if_known(capex, 0) / lag(total_assets, 1y)", "neutral"),
    _part("advertising_assets", "Advertising to assets a year ago", "if_known(advertising, 0) / lag(total_assets, 1y)", "neutral"),
    Metric("bm_percentile", "Book to market, percentile", "percentile(book_yield)", "score", "higher", "mohanram", undefined=(NO_MARKET_VALUE,)),
    Metric("bm_quintile", "Book to market, fifth of the universe", _QUINTILE, "count", "neutral", "mohanram", source="Mohanram 2005: the score is meant for 1, the dearest fifth"),
    _term("mohanram_roa", "G: return on assets above the industry's median", "roa"),
    _term("mohanram_cfo", "G: cash return on assets above the median", "cfroa"),
    Metric("mohanram_accrual", "G: cash flow exceeds income", flag("cfo > net_income"), "flag", "higher", "mohanram", refused=NOT_BANKS, source=SOURCE),
    _term("mohanram_steady_roa", "G: income steadier than the median", "mohanram_roa_variance", "<"),
    _term("mohanram_steady_growth", "G: revenue growth steadier than the median", "mohanram_growth_variance", "<"),
    _term("mohanram_rd", "G: more research than the median", "rd_assets"),
    _term("mohanram_capex", "G: more capital expenditure than the median", "capex_assets"),
    _term("mohanram_advertising", "G: more advertising than the median", "advertising_assets"),
    *additive(
        Metric("mohanram_g", "Mohanram G-score", added(TERMS), "count", "higher", "mohanram", undefined=(too_few("mohanram_g", MIN_TERMS, TERMS),), refused=NOT_BANKS, aliases=("g_score", "gscore", "mohanram", "mohanram_g_score"), source=SOURCE, note="6 to 8 strong, 0 to 1 weak; made for the dearest fifth by book to market (bm_quintile 1); research, capital expenditure and advertising that are not reported count as none"),
        MIN_TERMS, TERMS,
    ),
)  # fmt: skip
