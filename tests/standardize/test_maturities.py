"""Debt due within one, two and three years: the published ladders of Apple and Marvell, and hand-worked curves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.standardize.stages import Fact, M, as_of, rows_of

LADDER = "LongTermDebtMaturitiesRepaymentsOfPrincipal"
BUCKETS = ("InNextTwelveMonths", "InYearTwo", "InYearThree", "InYearFour", "InYearFive", "AfterYearFive")
YEAR_2024 = ("NetIncomeLoss", "2024-01-01", "2024-12-31", M, "2025-02-10", "10-K")


def ladder(*amounts: float | None, rest: float | None = None) -> dict[str, float]:
    """Return the tags of a ladder: years one to five, then after; ``rest`` is the rest of the fiscal year."""
    found = {LADDER + name: amount for name, amount in zip(BUCKETS, amounts, strict=False) if amount is not None}
    return found if rest is None else found | {LADDER + "RemainderOfFiscalYear": rest}


def balance(end: str, filed: str, values: dict[str, float], form: str = "10-K") -> list[Fact]:
    """Return a balance sheet in millions."""
    return [(tag, None, end, value * M, filed, form) for tag, value in ({"Assets": 99999.0} | values).items()]


def due(row: dict[str, Any]) -> tuple[float | None, ...]:
    """Return what is due in one, two and three years, in millions to one decimal."""
    return tuple(None if row[name] is None else round(row[name] / M, 1) for name in ("due_12m", "due_24m", "due_36m"))


def test_apple_adds_commercial_paper(tmp_path: Path) -> None:
    """Commercial paper of 7,979 is in no bucket: 12,393 + 7,979 = 20,372 within a year, 30,450 within two."""
    facts = balance("2025-09-27", "2025-10-31", {
        "LongTermDebtCurrent": 12350, "CommercialPaper": 7979, "LongTermDebtNoncurrent": 78328, "LongTermDebt": 90678,
        "FinanceLeaseLiability": 1230, **ladder(12393, 10078, 9300, 5235, 4972, 49303)})  # fmt: skip
    row = as_of(rows_of(tmp_path, facts), "2025-12-01")
    assert due(row) == (20372, 30450, 39750)
    assert not {"mat_fallback", "ladder_mismatch"} & set(row["flags"].split())


def test_marvell_adds_nothing_twice(tmp_path: Path) -> None:
    """Short-term borrowings of 499.8 are the note that is in the first bucket: 500 within one and two years."""
    facts = balance("2026-01-31", "2026-03-11", {
        "ShortTermBorrowings": 499.8, "LongTermDebtCurrent": 499.8, "LongTermDebtNoncurrent": 3970.8,
        "LongTermDebt": 4470.6, **ladder(500, 0, 1249.9, 500, 500, 1750)})  # fmt: skip
    row = as_of(rows_of(tmp_path, facts), "2026-04-01")
    assert due(row) == (500, 500, 1749.9)
    assert "debt_double_tag" in row["flags"].split()


def test_bunge_adds_short_term_borrowings(tmp_path: Path) -> None:
    """Current debt of 1,544 is 875 of short-term borrowings and 669 of the ladder: 690 + 720 + 875 within two years."""
    facts = balance("2024-12-31", "2025-02-20", {
        "DebtCurrent": 1544, "ShortTermBorrowings": 875, "LongTermDebtCurrent": 669, "LongTermDebtNoncurrent": 4694,
        "LongTermDebt": 5363, **ladder(690, 720, 907, 659, 805, 1882)})  # fmt: skip
    row = as_of(rows_of(tmp_path, facts), "2025-04-01")
    assert due(row) == (1565, 2285, 3192)
    assert not {"mat_fallback", "ladder_mismatch"} & set(row["flags"].split())


def test_short_term_borrowings_that_are_the_first_bucket(tmp_path: Path) -> None:
    """Steris: 142.875 tagged as short-term borrowings is the ladder's first year; 233.875 falls due, and no more."""
    facts = balance("2022-03-31", "2022-05-31", {
        "DebtCurrent": 233.875, "ShortTermBorrowings": 142.875, "LongTermDebtCurrent": 91,
        "LongTermDebtNoncurrent": 2945, **ladder(142.875, 60, 60, 638, 0, 2100)})  # fmt: skip
    row = as_of(rows_of(tmp_path, facts), "2022-07-01")
    assert due(row) == (233.9, 233.9, 262.9)


def test_marvell_in_its_first_quarter(tmp_path: Path) -> None:
    """In May "year one" is the year to come: 298.4 + 959.4 / 4 = 538.3, less than the current debt of 1,255.2."""
    facts = balance("2025-05-03", "2025-05-30", {
        "LongTermDebtCurrent": 1255.2, "LongTermDebtNoncurrent": 2974.4,
        **ladder(959.4, 0, 1249.9, 500, 500, 750, rest=298.4)}, "10-Q")  # fmt: skip
    facts.append(("NetIncomeLoss", "2024-02-04", "2025-02-01", M, "2025-03-12", "10-K"))
    row = as_of(rows_of(tmp_path, facts), "2025-06-15", "2025-05-03")
    assert row["fiscal_quarter"] == 1
    # the second year ends nine months after the fiscal year to come began: all of 298.4 + 959.4, then nothing
    assert due(row) == (1255.2, 1257.8, 1570.3)  # 1,257.8 + 1,249.9 / 4


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        # first quarter: nine months of rest, then whole years
        (ladder(400, 800, 0, 0, 0, 0, rest=300), (400, 900, 1500)),
        # a filer that leaves out year one calls the fiscal year to come "year two"
        (ladder(None, 400, 800, 0, 0, 0, rest=300), (400, 900, 1500)),
    ],
)
def test_curve_of_an_interim_report(tags: dict[str, float], expected: tuple[float, ...], tmp_path: Path) -> None:
    """300 + 400 / 4; then 300 + 400 + 800 / 4; then all."""
    facts = [YEAR_2024, *balance("2025-03-31", "2025-05-05", {"LongTermDebtNoncurrent": 1500, **tags}, "10-Q")]
    assert due(as_of(rows_of(tmp_path, facts), "2025-06-01")) == expected


def test_ladder_ages(tmp_path: Path) -> None:
    """Half a year on, half of the first bucket is behind and half of the second within the year; then it is too old."""
    facts = [YEAR_2024]
    facts += balance("2024-12-31", "2025-02-10", {"LongTermDebtNoncurrent": 600, **ladder(100, 200, 300, 0, 0, 0)})
    facts += balance("2025-06-30", "2025-08-05", {"LongTermDebtNoncurrent": 550}, "10-Q")
    facts += balance("2026-06-30", "2026-08-05", {"LongTermDebtCurrent": 40, "LongTermDebtNoncurrent": 350}, "10-Q")
    rows = rows_of(tmp_path, facts)
    assert due(as_of(rows, "2025-03-01")) == (100, 300, 600)
    assert due(as_of(rows, "2025-09-01")) == (150, 400, 550)  # 50 + 100; + 100 + 150; + 150
    last = as_of(rows, "2026-09-01")
    assert due(last) == (40, None, None)
    assert "mat_fallback" in last["flags"].split()


def test_without_debt_nothing_is_due(tmp_path: Path) -> None:
    """Who owes nothing has nothing to repay, ladder or not; with debt and no ladder the second year is unknown."""
    silent = balance("2023-12-31", "2024-02-10", {"Liabilities": 4})
    silent += balance("2024-12-31", "2025-02-10", {"Liabilities": 5})
    assert due(as_of(rows_of(tmp_path / "none", silent), "2025-03-01")) == (0, 0, 0)
    facts = balance("2024-12-31", "2025-02-10", {"LongTermDebtCurrent": 7, "LongTermDebtNoncurrent": 50})
    assert due(as_of(rows_of(tmp_path / "some", facts), "2025-03-01")) == (7, None, None)


def test_ladder_that_does_not_add_up(tmp_path: Path) -> None:
    """A ladder of 300 beside a debt of 1,000 is flagged and not scaled."""
    facts = balance("2024-12-31", "2025-02-10", {"LongTermDebtNoncurrent": 1000, **ladder(100, 0, 0, 0, 0, 200)})
    row = as_of(rows_of(tmp_path, facts), "2025-03-01")
    assert "ladder_mismatch" in row["flags"].split()
    assert due(row) == (100, 100, 100)


def test_rest_of_the_ladder(tmp_path: Path) -> None:
    """What the five years leave of the debt falls due after them, where the filing does not say."""
    facts = balance("2024-12-31", "2025-02-10", {"LongTermDebtNoncurrent": 1000, **ladder(100, 50, 50, 50, 50)})
    assert as_of(rows_of(tmp_path, facts), "2025-03-01")["debt_mat_after5"] == 700 * M
