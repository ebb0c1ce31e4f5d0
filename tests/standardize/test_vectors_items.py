"""The published vectors of items, from the filings of Apple, Alphabet, Nvidia, Marvell and Snowflake."""

from __future__ import annotations

import pytest

from tests.standardize.stages import Fact, Filer, M, Row, as_of, rows_of_each

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


def facts_of(case: str) -> list[Fact]:
    """Return the facts of a case, filed on the first of March of the next year."""
    item, start, values, _ = VECTORS[case]
    end = case.split()[1]
    filed = f"{int(end[:4]) + 1}-03-01"
    facts: list[Fact] = [
        ("Assets", None, end, 9e5 * M, filed, "10-K"),
        ("NetIncomeLoss", start, end, 1 * M, filed, "10-K"),
    ]
    for tag, value in values.items():
        facts.append((tag, None if item == "ppe_net" else start, end, value * M, filed, "10-K"))
    return facts


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """The rows of each case."""
    return rows_of_each(tmp_path_factory.mktemp("items"), {case: Filer(facts_of(case)) for case in VECTORS})


@pytest.mark.parametrize("case", VECTORS)
def test_item(case: str, rows: dict[str, list[Row]]) -> None:
    """The item of the fiscal year is the figure of the filing."""
    item, _, _, expected = VECTORS[case]
    end = case.split()[1]
    row = as_of(rows[case], f"{int(end[:4]) + 1}-03-15", end)
    assert row[item] == pytest.approx(expected * M, abs=1)
