"""Scores computed by the whole pipeline from real filings, against figures read in the annual reports.

The companies of the published examples (Apple, Marvell, Nvidia, Snowflake) are not among the real files; their figures
are worked in ``tests/catalogue/vectors/scores_companies.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import exp, log

import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.screens import screen


@dataclass(frozen=True)
class Year:
    """Figures of an annual report in millions; shares as on the cover."""

    income: float
    cash_flow: float
    assets: float
    long_debt: float
    current_assets: float
    current_liabilities: float
    gross_profit: float
    revenue: float
    shares: float
    retained: float
    operating: float
    equity: float
    liabilities: float
    receivables: float
    plant: float
    plant_gross: float
    overhead: float
    depreciation: float
    amortized: float
    inventory: float
    other_current: float
    pretax: float


# Ticker, day on which the newest report is the annual one: the year, the year before, assets at the start of that.
LULULEMON = (
    Year(1814.616, 2272.713, 7603.292, 0, 3980.302, 1839.630, 6270.811, 10588.126, 115.521, 4109.717, 2505.697,
         4324.047, 3279.245, 120.173, 1780.617, 3241.666, 3762.379, 443.3, 446.524, 1442.081, 251.459, 2576.077),
    Year(1550.190, 2296.164, 7091.941, 0, 4060.577, 1631.261, 5609.405, 9619.278, 120.892, 3920.362, 2132.676,
         4232.081, 2859.860, 124.769, 1545.811, 2763.236, 3397.218, 374.0, 379.384, 1323.602, 184.502, 2175.735),
    5607.038,
)  # fmt: skip
ALLEGION = (
    Year(597.5, 675.0, 4487.8, 1977.6, 1422.3, 696.9, 1668.5, 3772.2, 86.290, 1831.4, 780.7, 1500.7, 2987.1, 418.9,
         385.3, 1011.6, 887.8, 52.2, 119.0, 423.0, 46.8, 698.8),
    Year(540.4, 600.6, 4311.5, 1602.4, 1360.9, 1079.7, 1581.5, 3650.8, 87.554, 1578.9, 708.4, 1318.3, 2993.2, 412.8,
         358.1, 961.4, 865.6, 47.3, 111.6, 438.5, 32.6, 617.2),
    3991.2,
)  # fmt: skip
NAMES = {"LULU": (LULULEMON, date(2025, 3, 31)), "ALLE": (ALLEGION, date(2025, 3, 31))}


def piotroski(now: Year, then: Year, first_assets: float) -> dict[str, float]:
    """Return the nine terms and their sum, by the definitions of the paper."""
    roa, roa_then = now.income / then.assets, then.income / first_assets
    debt, debt_then = now.long_debt / (now.assets + then.assets), then.long_debt / (then.assets + first_assets)
    terms = {
        "roa": roa > 0,
        "cfo": now.cash_flow > 0,
        "droa": roa > roa_then,
        "accrual": now.cash_flow > now.income,
        "dlever": debt < debt_then or now.long_debt == then.long_debt == 0,
        "dliquid": now.current_assets / now.current_liabilities > then.current_assets / then.current_liabilities,
        "offer": now.shares <= 1.005 * then.shares,
        "dmargin": now.gross_profit / now.revenue > then.gross_profit / then.revenue,
        "dturn": now.revenue / then.assets > then.revenue / first_assets,
    }
    return {f"piotroski_{name}": float(met) for name, met in terms.items()} | {
        "piotroski_f": float(sum(terms.values()))
    }


def altman(now: Year) -> dict[str, float]:
    """Return Z' and Z''."""
    x1, x2 = (now.current_assets - now.current_liabilities) / now.assets, now.retained / now.assets
    x3, x4, x5 = now.operating / now.assets, now.equity / now.liabilities, now.revenue / now.assets
    return {
        "altman_z1": 0.717 * x1 + 0.847 * x2 + 3.107 * x3 + 0.42 * x4 + 0.998 * x5,
        "altman_z2": 6.56 * x1 + 3.26 * x2 + 6.72 * x3 + 1.05 * x4,
    }


def beneish(now: Year, then: Year) -> dict[str, float]:
    """Return the M-score with depreciation apart from amortization, as both reports give it."""

    def soft(year: Year) -> float:
        return 1 - (year.current_assets + year.plant) / year.assets

    def rate(year: Year) -> float:
        return year.depreciation / (year.depreciation + year.plant)

    def owed(year: Year) -> float:
        return (year.current_liabilities + year.long_debt) / year.assets

    growth = now.revenue / then.revenue
    score = (
        -4.84
        + 0.920 * now.receivables / then.receivables / growth
        + 0.528 * (then.gross_profit / then.revenue) / (now.gross_profit / now.revenue)
        + 0.404 * soft(now) / soft(then)
        + 0.892 * growth
        + 0.115 * rate(then) / rate(now)
        - 0.172 * now.overhead / then.overhead / growth
        + 4.679 * (now.income - now.cash_flow) / now.assets
        - 0.327 * owed(now) / owed(then)
    )
    return {"beneish_m": score}


def ohlson(now: Year, then: Year, index: float) -> dict[str, float]:
    """Return the O-score and its probability; ``index`` is the price level of the year before, 1968 = 100."""
    score = (
        -1.32
        - 0.407 * log(now.assets * 1e6 / index)
        + 6.03 * now.liabilities / now.assets
        - 1.43 * (now.current_assets - now.current_liabilities) / now.assets
        + 0.0757 * now.current_liabilities / now.current_assets
        - 2.37 * now.income / now.assets
        - 1.83 * (now.pretax + now.amortized) / now.liabilities
        - 0.521 * (now.income - then.income) / (abs(now.income) + abs(then.income))
    )
    return {"ohlson_o": score, "ohlson_p": 1 / (1 + exp(-score))}


def montier(now: Year, then: Year) -> dict[str, float]:
    """Return the six flags and their sum."""

    def cost(year: Year) -> float:
        return year.revenue - year.gross_profit

    flags = {
        "gap": (now.income - now.cash_flow) / now.assets > (then.income - then.cash_flow) / then.assets,
        "receivables": now.receivables / now.revenue > then.receivables / then.revenue,
        "inventory": now.inventory / cost(now) > then.inventory / cost(then),
        "other": now.other_current / now.revenue > then.other_current / then.revenue,
        "depreciation": now.depreciation / now.plant_gross < then.depreciation / then.plant_gross,
        "growth": now.assets > 1.1 * then.assets,
    }  # fmt: skip
    return {f"montier_{name}": float(met) for name, met in flags.items()} | {"montier_c": float(sum(flags.values()))}


@pytest.mark.parametrize("ticker", NAMES)
def test_scores_from_the_filings(sec: Lake, ticker: str) -> None:
    """Every term that the reports decide comes out as the reports' own figures say."""
    (now, then, first_assets), day = NAMES[ticker]
    # The year before the balance sheet: 2023 for Allegion, 2024 for a year that ended in February 2025.
    index = 100 * {"LULU": 125.428, "ALLE": 122.390}[ticker] / 18.280
    expected = piotroski(now, then, first_assets) | altman(now) | beneish(now, then) | ohlson(now, then, index)
    expected |= montier(now, then)
    result = run_screen(sec, screen(columns=tuple(expected)), day)
    row = next(row for row in result.rows if row.ticker == ticker)
    assert dict(zip(expected, row.values, strict=True)) == {
        name: pytest.approx(value, rel=1e-4) for name, value in expected.items()
    }
