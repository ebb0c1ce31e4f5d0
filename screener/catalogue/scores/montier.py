"""Montier's C-score: six signs that the books are being cooked, each 0 or 1."""

from __future__ import annotations

from screener.catalogue.metric import NO_REVENUE, NOT_BANKS, Metric, Undefined
from screener.catalogue.scores.terms import added, additive, flag, too_few

TERMS = (
    "montier_gap", "montier_receivables", "montier_inventory", "montier_other", "montier_depreciation",
    "montier_growth",
)  # fmt: skip
MIN_TERMS = 5
SOURCE = "Montier 2008, Cooking the Books, or, More Sailing Under the Black Flag"
NO_PLANT = Undefined("ppe_gross <= 0", "no plant")


def _part(name: str, label: str, formula: str, unit: str, undefined: tuple[Undefined, ...] = ()) -> Metric:
    return Metric(name, label, formula, unit, "lower", "montier", undefined=undefined, refused=NOT_BANKS)


def _term(name: str, label: str, condition: str, note: str = "") -> Metric:
    return Metric(name, label, flag(condition), "flag", "lower", "montier", refused=NOT_BANKS, source=SOURCE, note=note)


ROWS: tuple[Metric, ...] = (
    _part("montier_accruals", "Income less cash flow, to assets", "(net_income - cfo) / total_assets", "ratio"),
    _part("dso_end", "Days of sales in receivables at the end", "365 * receivables / revenue", "days", (NO_REVENUE,)),
    _part("dio_end", "Days of cost in inventory at the end", "365 * inventory / cost_of_revenue", "days", (Undefined("cost_of_revenue <= 0", "no cost of revenue"),)),
    _part("other_current_revenue", "Other current assets to revenue", "prepaid_other_current / revenue", "ratio", (NO_REVENUE,)),
    _part("depreciation_gross_ppe", "Depreciation to gross plant", "depreciation / ppe_gross", "ratio", (NO_PLANT,)),
    _part("da_gross_ppe", "Depreciation and amortization to gross plant", "da / ppe_gross", "ratio", (NO_PLANT,)),
    _term("montier_gap", "C: income runs further ahead of cash flow", "montier_accruals > lag(montier_accruals, 1y)"),
    _term("montier_receivables", "C: days of receivables rose", "dso_end > lag(dso_end, 1y)"),
    _term("montier_inventory", "C: days of inventory rose", "dio_end > lag(dio_end, 1y)"),
    _term("montier_other", "C: other current assets rose against revenue", "other_current_revenue > lag(other_current_revenue, 1y)"),
    _term("montier_depreciation", "C: depreciation fell against gross plant", "when(depreciation_gross_ppe is known and lag(depreciation_gross_ppe, 1y) is known, depreciation_gross_ppe - lag(depreciation_gross_ppe, 1y), da_gross_ppe - lag(da_gross_ppe, 1y)) < 0", "with amortization where depreciation alone is not reported in both years"),
    _term("montier_growth", "C: assets grew by more than 10 %", "total_assets > 1.1 * lag(total_assets, 1y)", "the 10 % come from secondary descriptions"),
    *additive(
        Metric("montier_c", "Montier C-score", added(TERMS), "count", "lower", "montier", undefined=(too_few("montier_c", MIN_TERMS, TERMS),), refused=NOT_BANKS, rank_by="montier_clear", aliases=("c_score", "cscore", "montier", "montier_c_score"), source=SOURCE, note="0 clean, 6 worst; most telling for short candidates that are dear"),
        MIN_TERMS, TERMS,
    ),
    Metric("montier_clear", "Montier C-score: signs known to be absent", "montier_c_terms - montier_c", "count", "higher", "montier", refused=NOT_BANKS, note="ranks for the C-score, so that a sign that can't be judged does not count as absent"),
)  # fmt: skip
