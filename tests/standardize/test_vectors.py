"""The published vectors of items and of points in time, from the filings of Apple, Alphabet, Nvidia and Marvell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standardize.stages import Fact, M, as_of, rows_of

FY2009 = ("2008-09-28", "2009-09-26")


def apple_2009() -> list[Fact]:
    """Return Apple's fiscal 2009 as in the 10-K of October and as in the 10-K/A of January, new rules for revenue."""
    facts: list[Fact] = []
    for income, sales, assets, filed, form in (
        (5704, 36537, 53851, "2009-10-27", "10-K"),
        (8235, 42905, 47501, "2010-01-25", "10-K/A"),
    ):
        facts += [
            ("NetIncomeLoss", *FY2009, income * M, filed, form),
            ("SalesRevenueNet", *FY2009, sales * M, filed, form),
            ("Assets", None, FY2009[1], assets * M, filed, form),
        ]
    return facts


@pytest.mark.parametrize(
    ("day", "expected"), [("2010-01-24", (5704, 36537, 53851)), ("2010-01-25", (8235, 42905, 47501))]
)
def test_apple_before_and_on_the_day_of_its_amendment(
    day: str, expected: tuple[float, float, float], tmp_path: Path
) -> None:
    """The amended year counts from the day of the amendment, not before."""
    row = as_of(rows_of(tmp_path, apple_2009()), day, FY2009[1])
    assert tuple(row[name] / M for name in ("net_income", "revenue", "total_assets")) == expected


def test_a_rounding_of_apples_debt_replaces_nothing(tmp_path: Path) -> None:
    """90,700 in a later filing is 90,678 rounded."""
    end = "2025-09-27"
    facts: list[Fact] = [
        ("Assets", None, end, 359241 * M, "2025-10-31", "10-K"),
        ("LongTermDebt", None, end, 90678 * M, "2025-10-31", "10-K"),
        ("LongTermDebt", None, end, 90700 * M, "2026-01-30", "10-Q"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2026-03-01", end)["total_debt"] == 90678 * M


VECTORS: dict[str, tuple[str, str, dict[str, float], float]] = {
    # company and end: item, first day of the year, its facts, what it must be
    "Alphabet 2025-12-31 revenue": ("revenue", "2025-01-01", {"Revenues": 402836}, 402836),
    "Alphabet 2025-12-31 gross_profit": (
        "gross_profit", "2025-01-01", {"Revenues": 402836, "CostOfRevenue": 162535}, 240301),
    "Alphabet 2025-12-31 ppe_net": (
        "ppe_net", "2025-01-01",
        {"PropertyPlantAndEquipmentAndFinanceLeaseRightOfUseAssetAfterAccumulatedDepreciationAndAmortization": 246597},
        246597),
    "Nvidia 2026-01-25 capex": (
        "capex", "2025-01-27", {"PaymentsToAcquireProductiveAssets": 6042}, 6042),
    "Nvidia 2026-01-25 interest_expense": (
        "interest_expense", "2025-01-27", {"InterestExpenseNonoperating": 259}, 259),
    "Marvell 2026-01-31 da": (
        "da", "2025-02-02",
        {"Depreciation": 221.7, "OtherDepreciationAndAmortization": 348.6, "AmortizationOfIntangibleAssets": 942.0},
        1290.6),
    "Apple 2014-09-27 cfo": (
        "cfo", "2013-09-29", {"NetCashProvidedByUsedInOperatingActivitiesContinuingOperations": 59713}, 59713),
}  # fmt: skip


@pytest.mark.parametrize("case", VECTORS)
def test_item(case: str, tmp_path: Path) -> None:
    """The item of the fiscal year is the figure of the filing."""
    item, start, values, expected = VECTORS[case]
    end = case.split()[1]
    filed = f"{int(end[:4]) + 1}-03-01"
    facts: list[Fact] = [
        ("Assets", None, end, 9e5 * M, filed, "10-K"),
        ("NetIncomeLoss", start, end, 1 * M, filed, "10-K"),
    ]
    for tag, value in values.items():
        facts.append((tag, None if item == "ppe_net" else start, end, value * M, filed, "10-K"))
    row = as_of(rows_of(tmp_path, facts), f"{filed[:4]}-03-15", end)
    assert row[item] == pytest.approx(expected * M, abs=1)
