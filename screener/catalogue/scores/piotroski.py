"""Piotroski's F-score: nine signs of financial health, each 0 or 1."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric
from screener.catalogue.scores.terms import added, additive, flag, too_few

TERMS = (
    "piotroski_roa", "piotroski_cfo", "piotroski_droa", "piotroski_accrual", "piotroski_dlever", "piotroski_dliquid",
    "piotroski_offer", "piotroski_dmargin", "piotroski_dturn",
)  # fmt: skip
MIN_TERMS = 8
SOURCE = "Piotroski 2000, Journal of Accounting Research 38"


def _term(name: str, label: str, condition: str, note: str = "") -> Metric:
    return Metric(name, label, flag(condition), "flag", "higher", "piotroski", refused=NOT_BANKS, source=SOURCE, note=note)


ROWS: tuple[Metric, ...] = (
    Metric("income_before_extra", "Income before discontinued and extraordinary items", "net_income - if_known(discontinued, 0)", "usd", "higher", "piotroski"),
    Metric("piotroski_return", "Income to assets at the start of the year", "income_before_extra / lag(total_assets, 1y)", "ratio", "higher", "piotroski", refused=NOT_BANKS, source=SOURCE, note="assets at the beginning of the year, not their mean"),
    Metric("piotroski_cash_return", "Operating cash flow to assets at the start of the year", "cfo / lag(total_assets, 1y)", "ratio", "higher", "piotroski", refused=NOT_BANKS, source=SOURCE),
    Metric("debt_long_term", "Long-term debt without the current portion", "coalesce(long_term_debt, when(total_debt = 0, 0, long_term_debt))", "usd", "lower", "piotroski", refused=NOT_BANKS, note="zero where there is no debt at all"),
    Metric("piotroski_leverage", "Long-term debt to mean assets", "debt_long_term / ((total_assets + lag(total_assets, 1y)) / 2)", "ratio", "lower", "piotroski", refused=NOT_BANKS, source=SOURCE),
    Metric("piotroski_turnover", "Revenue to assets at the start of the year", "revenue / lag(total_assets, 1y)", "multiple", "higher", "piotroski", refused=NOT_BANKS, source=SOURCE),
    _term("piotroski_roa", "F: income is positive", "piotroski_return > 0"),
    _term("piotroski_cfo", "F: operating cash flow is positive", "piotroski_cash_return > 0"),
    _term("piotroski_droa", "F: return on assets rose", "piotroski_return > lag(piotroski_return, 1y)"),
    _term("piotroski_accrual", "F: cash flow exceeds income", "piotroski_cash_return > piotroski_return", "1 is good: earnings came in as cash"),
    _term("piotroski_dlever", "F: long-term debt fell against assets", "piotroski_leverage < lag(piotroski_leverage, 1y) or (debt_long_term = 0 and lag(debt_long_term, 1y) = 0)", "1 as well where there was no long-term debt in either year, of which the paper is silent"),
    _term("piotroski_dliquid", "F: current ratio rose", "current_ratio > lag(current_ratio, 1y)", "missing where the balance sheet is not classified"),
    _term("piotroski_offer", "F: no common equity was sold", "shares_outstanding <= 1.005 * lag(shares_outstanding, 1y) or stock_issued <= 0.005 * total_assets", "half a per cent of shares or of assets is let through: nearly every company has an option plan; plan proceeds are not told apart"),
    _term("piotroski_dmargin", "F: gross margin rose", "gross_margin > lag(gross_margin, 1y)"),
    _term("piotroski_dturn", "F: assets turned over faster", "piotroski_turnover > lag(piotroski_turnover, 1y)"),
    *additive(
        Metric("piotroski_f", "Piotroski F-score", added(TERMS), "count", "higher", "piotroski", undefined=(too_few("piotroski_f", MIN_TERMS, TERMS),), refused=NOT_BANKS, aliases=("f_score", "fscore", "piotroski", "piotroski_score", "piotroski_f_score"), source=SOURCE, note="8 or 9 strong, 0 to 2 weak; a missing term counts 0; growth costs points, and a gain from a disposal earns some"),
        MIN_TERMS, TERMS,
    ),
)  # fmt: skip
