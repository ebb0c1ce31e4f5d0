"""Beneish's M-score: eight indices of how likely earnings were manipulated."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric, Undefined
from screener.catalogue.scores.terms import counts, known

SOURCE = "Beneish 1999, Financial Analysts Journal 55(5)"
# An index of these five that can't be computed counts 1, as if nothing had changed; of two of them at the most.
NEUTRAL = ("beneish_dsri", "beneish_gmi", "beneish_aqi", "beneish_depi", "beneish_sgai")
TERMS = (*NEUTRAL, "beneish_sgi", "beneish_tata", "beneish_lvgi")
TOO_FEW = Undefined(f"{known(NEUTRAL)} < 3", "more than two of its indices are missing")
TOO_FEW_OF_5 = Undefined(f"{known(NEUTRAL[:4])} < 2", "more than two of its indices are missing")
NO_REVENUE_THEN = Undefined("revenue <= 0 or lag(revenue, 1y) <= 0", "no revenue now or a year ago")


def _index(name: str, label: str, formula: str, undefined: tuple[Undefined, ...], note: str = "") -> Metric:
    return Metric(name, label, formula, "number", "lower", "beneish", undefined=undefined, refused=NOT_BANKS, source=SOURCE, note=note)


def _part(name: str, label: str, formula: str, note: str = "") -> Metric:
    return Metric(name, label, formula, "ratio", "neutral", "beneish", refused=NOT_BANKS, source=SOURCE, note=note)


ROWS: tuple[Metric, ...] = (
    _part("beneish_soft_assets", "Assets that are neither current nor plant, to all", "1 - (current_assets + ppe_net) / total_assets"),
    _part("beneish_depreciation_rate", "Depreciation to depreciation and plant", "depreciation / (depreciation + ppe_net)"),
    _part("beneish_da_rate", "Depreciation and amortization to the same and plant", "da / (da + ppe_net)"),
    _part("beneish_leverage", "Current liabilities and long-term debt to assets", "(current_liabilities + debt_long_term) / total_assets"),
    _index("beneish_dsri", "M: days' sales in receivables index", "(receivables / revenue) / lag(receivables / revenue, 1y)", (NO_REVENUE_THEN, Undefined("lag(receivables, 1y) <= 0", "no receivables a year ago"))),
    _index("beneish_gmi", "M: gross margin index", "lag(gross_margin, 1y) / gross_margin", (NO_REVENUE_THEN, Undefined("gross_margin <= 0 or lag(gross_margin, 1y) <= 0", "gross margin is zero or negative")), "the margin a year ago over the margin now: above 1 it got worse"),
    _index("beneish_aqi", "M: asset quality index", "beneish_soft_assets / lag(beneish_soft_assets, 1y)", (Undefined("lag(beneish_soft_assets, 1y) <= 0", "no other assets a year ago"),)),
    _index("beneish_sgi", "M: sales growth index", "revenue / lag(revenue, 1y)", (NO_REVENUE_THEN,)),
    _index("beneish_depi", "M: depreciation index", "coalesce(lag(beneish_depreciation_rate, 1y) / beneish_depreciation_rate, lag(beneish_da_rate, 1y) / beneish_da_rate)", (), "the rate a year ago over the rate now; with amortization where depreciation alone is not reported in both years"),
    _index("beneish_sgai", "M: overhead index", "(sga / revenue) / lag(sga / revenue, 1y)", (NO_REVENUE_THEN, Undefined("lag(sga, 1y) <= 0", "no overhead a year ago"))),
    _index("beneish_tata", "M: accruals to assets", "(income_before_extra - cfo) / total_assets", (), "from the cash-flow statement; the paper of 1999 took it from balance sheets"),
    _index("beneish_lvgi", "M: leverage index", "beneish_leverage / lag(beneish_leverage, 1y)", (Undefined("lag(beneish_leverage, 1y) <= 0", "no liabilities a year ago"),)),
    Metric("beneish_m", "Beneish M-score", "-4.84 + 0.920 * if_known(beneish_dsri, 1) + 0.528 * if_known(beneish_gmi, 1) + 0.404 * if_known(beneish_aqi, 1) + 0.892 * beneish_sgi + 0.115 * if_known(beneish_depi, 1) - 0.172 * if_known(beneish_sgai, 1) + 4.679 * beneish_tata - 0.327 * beneish_lvgi", "number", "lower", "beneish", undefined=(TOO_FEW,), refused=NOT_BANKS, aliases=("m_score", "mscore", "beneish", "beneish_m_score", "beneish_score"), source=SOURCE, note="suspicious above -1.78 (cautious users: -2.22); fast growth alone can do it; up to two missing indices count 1, as if nothing had changed"),
    Metric("beneish_density", "Normal density at the M-score", "exp(-0.5 * beneish_m * beneish_m) * 0.39894228", "ratio", "neutral", "beneish", refused=NOT_BANKS),
    Metric("beneish_step", "Variable of the approximation to the normal distribution", "1 / (1 + 0.2316419 * abs(beneish_m))", "ratio", "neutral", "beneish", refused=NOT_BANKS, source="Abramowitz, Stegun 1964, 26.2.17"),
    Metric("beneish_tail", "Normal distribution beyond the M-score, on its own side", "beneish_density * beneish_step * (0.319381530 + beneish_step * (-0.356563782 + beneish_step * (1.781477937 + beneish_step * (-1.821255978 + beneish_step * 1.330274429))))", "ratio", "neutral", "beneish", refused=NOT_BANKS, source="Abramowitz, Stegun 1964, 26.2.17", note="exact to 0.0000001"),
    Metric("beneish_p", "Probability of manipulation by the M-score", "when(beneish_m < 0, beneish_tail, 1 - beneish_tail)", "ratio", "lower", "beneish", refused=NOT_BANKS, source=SOURCE, note="the normal distribution up to M; 3.8 % at -1.78"),
    counts("beneish_m", "Beneish M-score", "beneish", TERMS, NOT_BANKS),
    Metric("beneish_m5", "Beneish M-score, five variables", "-6.065 + 0.823 * if_known(beneish_dsri, 1) + 0.906 * if_known(beneish_gmi, 1) + 0.593 * if_known(beneish_aqi, 1) + 0.717 * beneish_sgi + 0.107 * if_known(beneish_depi, 1)", "number", "lower", "beneish", undefined=(TOO_FEW_OF_5,), refused=NOT_BANKS, source="Beneish 1997, Journal of Accounting and Public Policy 16"),
)  # fmt: skip
