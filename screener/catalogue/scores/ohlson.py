"""Ohlson's O-score of bankruptcy within a year, and Zmijewski's."""

from __future__ import annotations

from typing import Any

from screener.catalogue.metric import NO_ASSETS, NOT_BANKS, Metric, Undefined
from screener.catalogue.scores.terms import counts, flag

SOURCE = "Ohlson 1980, Journal of Accounting Research 18, model 1"
TERMS = (
    "ohlson_size", "ohlson_tlta", "ohlson_wcta", "ohlson_clca", "ohlson_oeneg", "ohlson_nita", "ohlson_futl",
    "ohlson_intwo", "ohlson_chin",
)  # fmt: skip


def _term(name: str, label: str, formula: str, unit: str, direction: str, **more: Any) -> Metric:
    return Metric(name, label, formula, unit, direction, "ohlson", refused=NOT_BANKS, source=SOURCE, **more)


ROWS: tuple[Metric, ...] = (
    _term("ohlson_size", "O: log of assets at prices of 1968", "log(total_assets / gnp_price_index)", "number", "higher", undefined=(NO_ASSETS,), note="assets in full dollars: in thousands the score would be 2.81 too high"),
    _term("ohlson_tlta", "O: liabilities to assets", "total_liabilities / total_assets", "ratio", "lower"),
    _term("ohlson_wcta", "O: working capital to assets", "working_capital / total_assets", "ratio", "higher"),
    _term("ohlson_clca", "O: current liabilities to current assets", "current_liabilities / current_assets", "ratio", "lower"),
    _term("ohlson_oeneg", "O: liabilities exceed assets", flag("total_liabilities > total_assets"), "flag", "lower"),
    _term("ohlson_nita", "O: income to assets", "net_income / total_assets", "ratio", "higher"),
    _term("ohlson_futl", "O: funds from operations to liabilities", "when(total_liabilities <= 0, 0, (pretax_income + da) / total_liabilities)", "ratio", "higher", note="pretax income and depreciation; 0 where there are no liabilities"),
    _term("ohlson_intwo", "O: a loss in each of two years", flag("net_income < 0 and lag(net_income, 1y) < 0"), "flag", "lower", note="each year, not their sum"),
    _term("ohlson_chin", "O: change of income", "(net_income - lag(net_income, 1y)) / (abs(net_income) + abs(lag(net_income, 1y)))", "ratio", "higher", undefined=(Undefined("net_income = 0 and lag(net_income, 1y) = 0", "no income in either year"),), note="between -1 and 1"),
    Metric("ohlson_o", "Ohlson O-score", "-1.32 - 0.407 * ohlson_size + 6.03 * ohlson_tlta - 1.43 * ohlson_wcta + 0.0757 * ohlson_clca - 1.72 * ohlson_oeneg - 2.37 * ohlson_nita - 1.83 * ohlson_futl + 0.285 * ohlson_intwo - 0.521 * ohlson_chin", "number", "lower", "ohlson", refused=NOT_BANKS, aliases=("o_score", "oscore", "ohlson", "ohlson_o_score", "ohlson_score"), source=SOURCE, note="the higher the nearer to bankruptcy; the level rests on the price index, the order of names does not"),
    Metric("ohlson_p", "Probability of bankruptcy by the O-score", "1 / (1 + exp(-ohlson_o))", "ratio", "lower", "ohlson", refused=NOT_BANKS, source=SOURCE, note="within a year; Ohlson's own cut-off is 3.8 %"),
    counts("ohlson_o", "Ohlson O-score", "ohlson", TERMS, NOT_BANKS),
    Metric("zmijewski_x", "Zmijewski score", "-4.336 - 4.513 * ohlson_nita + 5.679 * ohlson_tlta + 0.004 / ohlson_clca", "number", "lower", "ohlson", refused=NOT_BANKS, aliases=("zmijewski", "zmijewski_score"), source="Zmijewski 1984, Journal of Accounting Research 22", note="distress above 0; the sign of the last term as commonly printed"),
)  # fmt: skip
