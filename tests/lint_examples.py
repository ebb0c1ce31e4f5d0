"""An example of each code of lint: a screen that is told of, and the same one mended. Shown in docs/lint.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """The screen that the code is told of, and one that it is not told of."""

    wrong: str
    right: str


def _rules(*rules: str) -> str:
    return "rules:\n" + "".join(f"  - {rule}\n" for rule in rules)


EXAMPLES: dict[str, Example] = {
    "S001": Example(_rules("price / eps_diluted < 15"), _rules("pe < 15")),
    "S002": Example(
        _rules("net_income / common_equity > 15%"), _rules("common_equity > 0", "net_income / common_equity > 15%")
    ),
    "S003": Example(_rules("{rule: pe < 15, if_unknown: pass}"), _rules("{rule: dilution_1y < 5%, if_unknown: pass}")),
    "S010": Example(
        _rules("positive_ni_years >= 6", "pe < 10 or pb < -1"), _rules("positive_ni_years >= 5", "pe < 10 or pb < 1")
    ),
    "S011": Example(_rules("pe > 0", "percentile(roic) >= 0"), _rules("pe is known", "percentile(roic) >= 50")),
    "S012": Example(_rules("roic > 5%", "roic > 10%"), _rules("roic > 10%")),
    "S013": Example(_rules("roic > 10%", "roic < 5%"), _rules("roic > 10%", "roic < 50%")),
    "S014": Example(_rules("net_income > 0", "cfo > 0", "net_income > 0"), _rules("net_income > 0", "cfo > 0")),
    "S015": Example(_rules("roe = 15%"), _rules("roe between 15% and 20%", "total_debt = 0")),
    "S016": Example(_rules("sector not in [Finance]"), _rules("sector not in [Financials]")),
    "S020": Example(_rules("cash_coverage > 4"), _rules("interest_coverage > 4")),
    "S021": Example(
        "universe:\n  - market_cap between 300M and 3B\n" + _rules("stdev(gross_margin, 5y) <= 20%"),
        "universe:\n  - market_cap between 300M and 3B\n"
        + _rules("{rule: 'stdev(gross_margin, 5y) <= 20%', if_unknown: flag}"),
    ),
    "S022": Example("rank: [roic, {metric: float_pct, direction: higher}]\n", "rank: [roic, piotroski_f]\n"),
    "S023": Example("rank: [roa, {metric: net_income / total_assets, direction: higher}]\n", "rank: [roa, ebit_ev]\n"),
    "S024": Example(_rules("net_margin > 4.5"), _rules("net_margin > 4.5%")),
    "S030": Example("name: Small caps\nuniverse: [market_cap >= 300M]\n",
                    "name: Small caps\nuniverse: [market_cap between 300M and 3B]\n"),
    "S031": Example("universe: [market_cap between 300M and 3B]\n",
                    "universe: [market_cap between 300M and 3B, avg_dollar_volume_3m >= 500k]\n"),
    "S032": Example(_rules("gross_margin > 30%", "ev_ebit < 10"),
                    "universe: ['sector not in [Financials]']\n" + _rules("gross_margin > 30%", "ev_ebit < 10")),
    "S040": Example("rank:\n  Quality: {weight: 40, by: [roic]}\n  Value: {weight: 50, by: [pe]}\n",
                    "rank:\n  Quality: {weight: 50, by: [roic]}\n  Value: {weight: 50, by: [pe]}\n"),
    "S041": Example("rank:\n  Quality: [{roic: 2}]\n  Value: [pe, pb]\n",
                    "rank:\n  Quality: {weight: 2, by: [roic]}\n  Value: [pe, pb]\n"),
    "S042": Example("rank: [roic, {metric: market_cap, direction: higher}]\n", "rank: [roic, market_cap]\n"),
    "S043": Example("rank: [pe, roic, earnings_yield]\n", "rank: [pe, roic]\n"),
    "S050": Example("define:\n  cash_return: fcf / total_assets\n" + _rules("roic > 5%"),
                    "define:\n  cash_return: fcf / total_assets\n" + _rules("cash_return > 5%")),
    "S051": Example("columns: [roic, Return: roic]\n" + _rules("roic > 5%"),
                    "columns: [roic, Return: roe]\n" + _rules("roic > 5%")),
    "S052": Example(_rules("roic > 5%   # ok: S012 - once there was a stricter rule"), _rules("roic > 5%")),
}  # fmt: skip
