"""What is behind an amount that is missing or zero: interest and cash, as for debt."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standardize.stages import Fact, Filer, M, Row, as_of, rows_of, rows_of_each

END, START, FILED = "2025-12-31", "2025-01-01", "2026-02-10"


def report(balances: dict[str, float], flows: dict[str, float]) -> list[Fact]:
    """Return an annual report in millions."""
    facts: list[Fact] = [(tag, None, END, v * M, FILED, "10-K") for tag, v in ({"Assets": 999.0} | balances).items()]
    return facts + [(tag, START, END, v * M, FILED, "10-K") for tag, v in ({"NetIncomeLoss": 1.0} | flows).items()]


OWES, FREE = {"LongTermDebtNoncurrent": 100.0}, {"LongTermDebtNoncurrent": 0.0}
INTEREST: dict[str, tuple[dict[str, float], dict[str, float], str, float | None, float | None]] = {
    # balances, flows: the evidence, the interest expense, what coverage has to cover
    "reported": (OWES, {"InterestExpense": 5}, "reported", 5, 5),
    "a reported zero": (OWES, {"InterestExpense": 0}, "reported_zero", 0, 0),
    "the two halves": (OWES, {"InterestExpenseOperating": 2, "InterestExpenseNonoperating": 3}, "reported", 5, 5),
    "net of income": (OWES, {"InterestIncomeExpenseNonoperatingNet": -4}, "net", 4, 4),
    "net of income under the banks' tag (Hertz)": (OWES, {"InterestIncomeExpenseNet": -739}, "net", 739, 739),
    "a zero beside a net expense is that of a part": (
        OWES, {"InterestExpense": 0, "InterestIncomeExpenseNet": -793}, "net", 793, 793),
    "a gross expense below the net one, too (Hertz 2020)": (
        OWES, {"InterestExpense": 70, "InterestIncomeExpenseNet": -608}, "net", 608, 608),
    "the gross expense, where it is above the net one": (
        OWES, {"InterestExpense": 70, "InterestIncomeExpenseNonoperatingNet": -60}, "reported", 70, 70),
    "a net income is no expense": (OWES, {"InterestIncomeExpenseNonoperatingNet": 4}, "unknown", None, None),
    "paid": (OWES, {"InterestPaidNet": 6}, "accrual_proxy", None, 6),
    "nothing owed": (FREE, {}, "inferred_zero", None, 0),
    "owed, nothing said": (OWES, {}, "unknown", None, None),
    "owed, none paid": (OWES, {"InterestPaidNet": 0}, "unknown", None, None),
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Row]]:
    """The rows of each case of ``INTEREST`` and ``CASH``."""
    cases = {("interest", case): Filer(report(*row[:2])) for case, row in INTEREST.items()}
    cases |= {("cash", case): Filer(report(row[0], {})) for case, row in CASH.items()}
    return rows_of_each(tmp_path_factory.mktemp("evidence"), cases)


@pytest.mark.parametrize("case", INTEREST)
def test_interest(case: str, rows: dict[tuple[str, str], list[Row]]) -> None:
    """Interest paid stands for a missing expense in coverage alone; no debt, no interest; else it is unknown."""
    _, _, evidence, expense, cover = INTEREST[case]
    row = as_of(rows["interest", case], "2026-03-01")
    assert row["interest_evidence"] == evidence
    assert [row["interest_expense"], row["interest_to_cover"]] == [
        None if value is None else value * M for value in (expense, cover)
    ]


CASH: dict[str, tuple[dict[str, float], str, float | None]] = {
    "reported": ({"CashAndCashEquivalentsAtCarryingValue": 5}, "reported", 5),
    "a reported zero": ({"Cash": 0}, "reported_zero", 0),
    "nothing said": ({"AssetsCurrent": 100}, "unknown", None),
    "the others are all": (
        {"AssetsCurrent": 100, "AccountsReceivableNetCurrent": 60, "InventoryNet": 25, "OtherAssetsCurrent": 15},
        "inferred_zero", 0),
    "the others leave room": (
        {"AssetsCurrent": 100, "AccountsReceivableNetCurrent": 60, "InventoryNet": 25, "OtherAssetsCurrent": 5},
        "unknown", None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASH)
def test_cash(case: str, rows: dict[tuple[str, str], list[Row]]) -> None:
    """No cash is inferred only where the other current assets leave no room for any."""
    _, evidence, expected = CASH[case]
    row = as_of(rows["cash", case], "2026-03-01")
    assert (row["cash_evidence"], row["cash"]) == (evidence, None if expected is None else expected * M)


def test_restricted_cash_inside_the_total(tmp_path: Path) -> None:
    """The total of the cash-flow statement stands for cash, less what is known to be restricted, and says so."""
    total = "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents"
    row = as_of(rows_of(tmp_path / "a", report({total: 50}, {})), "2026-03-01")
    assert row["cash"] == 50 * M
    assert "cash_restricted" in row["flags"].split()
    row = as_of(rows_of(tmp_path / "b", report({total: 50, "RestrictedCashCurrent": 8}, {})), "2026-03-01")
    assert row["cash"] == 42 * M
    assert "cash_restricted" not in row["flags"].split()


def test_financing_that_is_not_explained(tmp_path: Path) -> None:
    """Flows that leave more than a quarter of the largest one open are flagged."""
    known = {"ProceedsFromIssuanceOfDebt": 100, "RepaymentsOfDebt": 40, "PaymentsOfDividends": 20}
    flagged = {40: False, 30: False, 10: True}
    cases = {cff: Filer(report({}, known | {"NetCashProvidedByUsedInFinancingActivities": cff})) for cff in flagged}
    rows = rows_of_each(tmp_path, cases)
    found = {cff: "financing_residual" in as_of(rows[cff], "2026-03-01")["flags"].split() for cff in flagged}
    assert found == flagged
