"""What filers got wrong, with the numbers of their filings in millions: mended where the filing itself tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standardize.stages import Fact, M, as_of, rows_of

START, END, FILED = "2025-01-01", "2025-12-31", "2026-02-20"


def year(
    values: dict[str, float], start: str = START, end: str = END, filed: str = FILED, form: str = "10-K"
) -> list[Fact]:
    """Return the flows of a stretch in millions."""
    return [(tag, start, end, value * M, filed, form) for tag, value in values.items()]


def assets(end: str = END, filed: str = FILED, form: str = "10-K") -> list[Fact]:
    """Return a balance sheet that makes the period one."""
    return [("Assets", None, end, 9000 * M, filed, form)]


CSX = {
    "OperatingIncomeLoss": 2285, "InterestExpense": -558, "OtherNonoperatingIncomeExpense": 34,
    "IncomeLossFromContinuingOperations": 1137, "IncomeTaxExpenseBenefit": -624, "NetIncomeLoss": 1152,
    "IncomeLossFromDiscontinuedOperationsNetOfTaxAttributableToReportingEntity": 15,
}  # fmt: skip


def test_a_tax_with_the_wrong_sign(tmp_path: Path) -> None:
    """CSX FY2009: 2,285 less interest of 558 and 34 besides lead to 1,761 before and 1,137 after a tax of 624."""
    row = as_of(rows_of(tmp_path, assets() + year(CSX)), "2026-03-01")
    assert (row["income_tax"], row["pretax_income"]) == (624 * M, 1761 * M)


def test_a_tax_credit_stays(tmp_path: Path) -> None:
    """The same lines with an income of 2,385: the tax is a credit, as stated."""
    income = {"IncomeLossFromContinuingOperations": 2385, "NetIncomeLoss": 2400}
    row = as_of(rows_of(tmp_path, assets() + year(CSX | income)), "2026-03-01")
    assert (row["income_tax"], row["pretax_income"]) == (-624 * M, 1761 * M)


def test_earnings_a_share_as_income(tmp_path: Path) -> None:
    """Corteva tags 1.58 dollars a share as the income of common holders: net income, 1,182 million, is that."""
    facts = [*assets(), *year({"NetIncomeLoss": 1182})]
    facts.append(("NetIncomeLossAvailableToCommonStockholdersBasic", START, END, 1.58, FILED, "10-K"))
    row = as_of(rows_of(tmp_path, facts), "2026-03-01")
    assert row["net_income_to_common"] == 1182 * M


COSTS = {"Revenues": 528.6, "CostOfGoodsAndServicesSold": 5.9, "OperatingExpenses": 508.8, "OperatingIncomeLoss": 19.8}


@pytest.mark.parametrize(("besides", "gross"), [({}, None), ({"ResearchAndDevelopmentExpense": 300}, 522.7 * M)])
def test_a_small_part_of_the_costs(besides: dict[str, float], gross: float | None, tmp_path: Path) -> None:
    """Celadon's 5.9 of 508.8 million are one of many costs; where research explains the rest they are the cost."""
    row = as_of(rows_of(tmp_path, assets() + year({"NetIncomeLoss": 9} | COSTS | besides)), "2026-03-01")
    assert row["gross_profit"] == (None if gross is None else pytest.approx(gross))
    assert ("cost_partial" in row["flags"].split()) == (gross is None)


def test_net_interest_turned(tmp_path: Path) -> None:
    """Hertz turned the sign of its net interest in 2020: 805 + 351 - 382 are 774 million of twelve months."""
    tag = "InterestIncomeExpenseNet"
    facts = [
        *year({tag: -382, "NetIncomeLoss": 1}, "2019-01-01", "2019-06-30", "2019-08-07", "10-Q"),
        *year({tag: -805, "NetIncomeLoss": 1}, "2019-01-01", "2019-12-31", "2020-02-25"),
        *year({tag: 382, "NetIncomeLoss": 1}, "2019-01-01", "2019-06-30", "2020-08-10", "10-Q"),
        *year({tag: 351, "NetIncomeLoss": 1}, "2020-01-01", "2020-06-30", "2020-08-10", "10-Q"),
        *assets("2019-06-30", "2019-08-07", "10-Q"), *assets("2019-12-31", "2020-02-25"),
        *assets("2020-06-30", "2020-08-10", "10-Q"),
    ]  # fmt: skip
    row = as_of(rows_of(tmp_path, facts), "2020-09-01")
    assert (row["interest_expense"], row["interest_evidence"]) == (774 * M, "net")
    assert "sign_fixed" in row["flags"].split()


def test_a_quarter_with_the_first_day_of_the_year(tmp_path: Path) -> None:
    """STERIS tags 634.2 as the half year: the year of 2,620 less 608, 661.9 and 715.9 leaves it to the quarter."""
    facts: list[Fact] = []
    for start, end, value in (
        ("2017-04-01", "2017-06-30", 608.0), ("2017-04-01", "2017-09-30", 634.2), ("2017-10-01", "2017-12-31", 661.9),
        ("2018-01-01", "2018-03-31", 715.9), ("2017-04-01", "2018-03-31", 2620.0),
    ):  # fmt: skip
        facts += [*year({"Revenues": value}, start, end, "2019-05-30"), *assets(end, "2019-05-30")]
    rows = {str(row["period_end"]): row for row in rows_of(tmp_path, facts)}
    assert rows["2017-09-30"]["revenue_q"] == pytest.approx(634.2 * M)
    assert "period_fixed" in rows["2017-09-30"]["flags"].split()
    assert "quarters_sum" in rows["2018-03-31"]["holds"].split()


def test_a_year_recast_alone(tmp_path: Path) -> None:
    """A report that recasts the half year and its second quarter leaves the first on the old basis: no failure.

    Ingersoll Rand 2020: 703.5 + 1,025.4 are not the 1,642.2 of the half year; the year is 3,973.2.
    """
    facts: list[Fact] = []
    for start, end, value, filed, form in (
        ("2020-01-01", "2020-03-31", 703.5, "2021-04-30", "10-Q"),
        ("2020-01-01", "2020-06-30", 1642.2, "2021-07-30", "10-Q"),
        ("2020-04-01", "2020-06-30", 1025.4, "2021-07-30", "10-Q"),
        ("2020-01-01", "2020-09-30", 2754.7, "2021-11-05", "10-Q"),
        ("2020-07-01", "2020-09-30", 1112.5, "2021-11-05", "10-Q"),
        ("2020-01-01", "2020-12-31", 3973.2, "2022-02-25", "10-K"),
    ):
        facts += [*year({"Revenues": value}, start, end, filed, form), *assets(end, filed, form)]
    rows = {str(row["period_end"]): row for row in rows_of(tmp_path, facts)}
    row = rows["2020-12-31"]
    assert "quarters_sum" not in (row["fails"] + " " + row["holds"]).split()
    assert "recast" in row["flags"].split()
