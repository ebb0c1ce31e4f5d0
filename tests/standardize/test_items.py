"""Line items from tags: the published cases of debt, revenue, depreciation and the other trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standardize.stages import Fact, Filer, M, Row, as_of, rows_of, rows_of_each

END, START, FILED = "2025-12-31", "2025-01-01", "2026-02-10"


def balance(values: dict[str, float], end: str = END, filed: str = FILED, form: str = "10-K") -> list[Fact]:
    """Return a balance sheet in millions, with total assets unless they are given."""
    return [(tag, None, end, value * M, filed, form) for tag, value in ({"Assets": 99999.0} | values).items()]


def year(values: dict[str, float], start: str = START, end: str = END, filed: str = FILED) -> list[Fact]:
    """Return the flows of a fiscal year in millions."""
    return [(tag, start, end, value * M, filed, "10-K") for tag, value in ({"NetIncomeLoss": 1.0} | values).items()]


DEBT: dict[str, tuple[dict[str, float], float]] = {
    "Apple 2025-09-27": (
        {"LongTermDebtCurrent": 12350, "CommercialPaper": 7979, "LongTermDebtNoncurrent": 78328, "LongTermDebt": 90678,
         "FinanceLeaseLiability": 1230}, 99887),
    "Alphabet 2024-03-31, leases nested in the noncurrent line": (
        {"LongTermDebtCurrent": 0, "CommercialPaper": 0, "LongTermDebtAndCapitalLeaseObligations": 13228,
         "FinanceLeaseLiabilityCurrent": 317}, 13545),
    "Alphabet 2024-09-30, paper as large as the current part": (
        {"LongTermDebtCurrent": 999, "CommercialPaper": 1000, "LongTermDebtAndCapitalLeaseObligations": 12297,
         "FinanceLeaseLiabilityCurrent": 1368}, 15664),
    "Alphabet 2024-12-31, both noncurrent tags": (
        {"LongTermDebtCurrent": 999, "CommercialPaper": 2300, "LongTermDebtNoncurrent": 10883,
         "LongTermDebtAndCapitalLeaseObligations": 10883, "FinanceLeaseLiability": 1677}, 15859),
    "Marvell 2026-01-31, one line tagged twice": (
        {"ShortTermBorrowings": 499.8, "LongTermDebtCurrent": 499.8, "LongTermDebtNoncurrent": 3970.8,
         "LongTermDebt": 4470.6}, 4470.6),
    "GE HealthCare 2025-03-31, the current part inside short-term borrowings": (
        {"ShortTermBorrowings": 2002, "LongTermDebtCurrent": 2000, "LongTermDebtNoncurrent": 6757,
         "LongTermDebt": 8759, "FinanceLeaseLiability": 40}, 8799),
    "a negative total of the current debt is not believed": (
        {"DebtCurrent": -86, "LongTermDebtCurrent": 40, "LongTermDebtNoncurrent": 600}, 640),
    "Nvidia 2026-01-25, a total next to its part": (
        {"DebtCurrent": 999, "LongTermDebtCurrent": 999, "LongTermDebtNoncurrent": 7469}, 8468),
    "Snowflake 2025-01-31, converts alone": ({"ConvertibleDebtNoncurrent": 2271.529}, 2271.529),
    "unclassified: notes are the total of the instruments": (
        {"NotesPayable": 500, "SecuredDebt": 300, "UnsecuredDebt": 200}, 500),
    "unclassified: notes are one more instrument": ({"NotesPayable": 100, "SecuredDebt": 300, "LineOfCredit": 50}, 450),
    "converts far above the noncurrent line are added": (
        {"LongTermDebtNoncurrent": 100, "ConvertibleLongTermNotesPayable": 400}, 500),
    "pre-2019 capital leases": (
        {"LongTermDebtNoncurrent": 100, "CapitalLeaseObligationsCurrent": 3, "CapitalLeaseObligationsNoncurrent": 7},
        110),
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """The rows of each case of ``DEBT`` and ``FLOWS``."""
    cases = {case: Filer(balance(values)) for case, (values, _) in DEBT.items()}
    cases |= {case: Filer(flows(values)) for case, (_, values, _) in FLOWS.items()}
    return rows_of_each(tmp_path_factory.mktemp("items"), cases)


@pytest.mark.parametrize("case", DEBT)
def test_total_debt(case: str, rows: dict[str, list[Row]]) -> None:
    """Total debt adds what is different and nothing twice."""
    row = as_of(rows[case], "2026-03-01")
    assert row["total_debt"] == pytest.approx(DEBT[case][1] * M, abs=1)
    assert row["debt_evidence"] == "reported"


FLOWS = {
    "Marvell FY2026 depreciation over three tags": (
        "da",
        {"Depreciation": 221.7, "OtherDepreciationAndAmortization": 348.6, "AmortizationOfIntangibleAssets": 942.0},
        1290.6),
    "a depreciation total below its part": (
        "da", {"DepreciationAndAmortization": 40, "Depreciation": 50, "AmortizationOfIntangibleAssets": 5}, 55),
    "Nvidia capex under the wider tag": ("capex", {"PaymentsToAcquireProductiveAssets": 6042}, 6042),
    "Nvidia interest under the new tag": ("interest_expense", {"InterestExpenseNonoperating": 259}, 259),
    "Alphabet gross profit is derived": ("gross_profit", {"Revenues": 402836, "CostOfRevenue": 162535}, 240301),
    "Procter: Revenues is a slice": ("revenue", {"Revenues": 29400, "SalesRevenueNet": 83060}, 83060),
    "the candidate that adds up": (
        "revenue", {"Revenues": 110, "SalesRevenueNet": 100, "CostOfRevenue": 60, "GrossProfit": 40}, 100),
    "Under Armour 2009: sales of goods are all of it": (
        "revenue", {"SalesRevenueNet": 823.08, "SalesRevenueGoodsNet": 856.411, "CostOfGoodsSold": 446.286,
                    "GrossProfit": 410.125}, 856.411),
    "operating expenses hold the cost of revenue": (
        "operating_income", {"Revenues": 100, "CostOfRevenue": 60, "OperatingExpenses": 90,
                             "IncomeLossFromContinuingOperationsBeforeIncomeTaxes": 9}, 10),
    "Apple CFO under the continuing tag": (
        "cfo", {"NetCashProvidedByUsedInOperatingActivitiesContinuingOperations": 59713}, 59713),
    "plan proceeds that are the common line": (
        "stock_issued", {"ProceedsFromIssuanceOfCommonStock": 5, "ProceedsFromStockPlans": 5}, 5),
    "net income from profit less minority": (
        "net_income",
        {"NetIncomeLoss": None, "ProfitLoss": 10, "NetIncomeLossAttributableToNoncontrollingInterest": 2}, 8),
}  # fmt: skip


def flows(values: dict[str, float | None]) -> list[Fact]:
    """Return the year's facts, without those that are ``None``."""
    return balance({}) + [fact for fact in year({k: v for k, v in values.items() if v is not None})
                          if not (fact[0] == "NetIncomeLoss" and values.get("NetIncomeLoss", 0) is None)]  # fmt: skip


@pytest.mark.parametrize("case", FLOWS)
def test_flows(case: str, rows: dict[str, list[Row]]) -> None:
    """Each tree finds the figure that the company itself reports."""
    name, _, expected = FLOWS[case]
    assert as_of(rows[case], "2026-03-01")[name] == pytest.approx(expected * M, abs=1)


def test_liabilities_tagged_as_both_sides(tmp_path: Path) -> None:
    """Liabilities that equal liabilities and equity are derived instead."""
    facts = balance(
        {"Assets": 100, "Liabilities": 100, "LiabilitiesAndStockholdersEquity": 100, "StockholdersEquity": 40}
    )
    assert as_of(rows_of(tmp_path, facts), "2026-03-01")["total_liabilities"] == 60 * M


def test_equity_of_a_roll_forward_does_not_replace_the_balance_sheet(tmp_path: Path) -> None:
    """A later filing that restates equity alone leaves the balance sheet as its own filing shows it."""
    facts = balance({"Assets": 100, "Liabilities": 60, "StockholdersEquity": 40})
    facts += [("StockholdersEquity", None, END, 37 * M, "2026-08-01", "10-Q")]
    assert as_of(rows_of(tmp_path, facts), "2026-09-01", END)["equity"] == 40 * M


def test_annual_note_is_carried(tmp_path: Path) -> None:
    """Finance leases that only the annual report has stay in debt for the quarters after it, for 400 days."""
    facts = balance({"LongTermDebtNoncurrent": 100, "FinanceLeaseLiability": 12})
    facts += balance({"LongTermDebtNoncurrent": 90}, "2026-03-31", "2026-05-05", "10-Q")
    facts += balance({"LongTermDebtNoncurrent": 80}, "2027-03-31", "2027-05-05", "10-Q")
    rows = rows_of(tmp_path, facts)
    assert as_of(rows, "2026-06-01")["total_debt"] == 102 * M
    assert "carried" in as_of(rows, "2026-06-01")["flags"].split()
    assert as_of(rows, "2027-06-01")["total_debt"] == 80 * M


def test_evidence_of_no_debt(tmp_path: Path) -> None:
    """No debt tag, no interest and no maturities in eight quarters: nothing is owed, and the row says how it knows.

    The first report alone proves nothing: Caterpillar's debt is under tags of its own there.
    """
    first = balance({"Liabilities": 10}, end="2025-09-30", filed="2025-11-05", form="10-Q")
    rows = rows_of(tmp_path, first + balance({"Liabilities": 10}))
    row = as_of(rows, "2025-12-01")
    assert (row["total_debt"], row["debt_evidence"]) == (None, "unknown")
    row = as_of(rows, "2026-03-01")
    assert (row["total_debt"], row["debt_evidence"]) == (0, "inferred_zero")
    assert "debt_inferred_zero" in row["flags"].split()


@pytest.mark.parametrize(
    "tag", ["RepaymentsOfSeniorDebt", "InterestExpense", "ProceedsFromIssuanceOfSeniorLongTermDebt"]
)
def test_borrowing_elsewhere_leaves_debt_unknown(tag: str, tmp_path: Path) -> None:
    """A repayment, a borrowing or interest without any balance of debt is no proof of zero (Lennar, NVR)."""
    row = as_of(rows_of(tmp_path, balance({"Liabilities": 10}) + year({tag: 5})), "2026-03-01")
    assert (row["total_debt"], row["debt_evidence"]) == (None, "unknown")


def test_reported_zero_is_kept(tmp_path: Path) -> None:
    """A tagged zero is a reported zero."""
    row = as_of(rows_of(tmp_path, balance({"LongTermDebtNoncurrent": 0})), "2026-03-01")
    assert (row["total_debt"], row["debt_evidence"]) == (0, "reported_zero")


@pytest.mark.parametrize(
    ("debt", "expected", "evidence"),
    [
        ({}, 0, "inferred_zero"),
        ({"simfin:Long Term Debt": 7}, 7 * M, "reported"),
        ({"simfin:Short Term Debt": 2, "simfin:Long Term Debt": 7}, 9 * M, "reported"),
    ],
)
def test_vendor_debt(debt: dict[str, float], expected: float, evidence: str, tmp_path: Path) -> None:
    """A vendor row without either debt column but with liabilities owes nothing; one column alone is the whole."""
    facts = balance({"simfin:Total Assets": 100, "simfin:Total Liabilities": 30} | debt, form="simfin")
    row = as_of(rows_of(tmp_path, [fact for fact in facts if fact[0] != "Assets"]), "2026-03-01")
    assert (row["total_debt"], row["debt_evidence"]) == (expected, evidence)


def test_sign_error_is_mended(tmp_path: Path) -> None:
    """A cost that is positive in three of four facts is negative by mistake in the fourth (Disney FY2024 interest)."""
    facts = balance({}) + year({"InterestExpense": -2070})
    for end, value, filed in (("2025-03-31", 542, "2025-05-05"), ("2025-06-30", 1029, "2025-08-05"),
                              ("2025-09-30", 1538, "2025-11-05")):  # fmt: skip
        facts.append(("InterestExpense", START, end, value * M, filed, "10-Q"))
    row = as_of(rows_of(tmp_path, facts), "2026-03-01")
    assert row["interest_expense"] == 2070 * M
    assert row["interest_expense_q"] == 532 * M
    assert "sign_fixed" in row["flags"].split()


def test_other_currency_is_kept_apart(tmp_path: Path) -> None:
    """The currency of most amounts is the filing's; a column for convenience in dollars is not mixed in."""
    import duckdb

    from screener.standardize.pipeline import standardize
    from tests.standardize.stages import read, write_stage

    write_stage(tmp_path, balance({"Assets": 700, "Liabilities": 300, "StockholdersEquity": 400}, form="20-F"))
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT * REPLACE ('CNY' AS unit) FROM '{tmp_path}/facts.parquet'")
        con.execute("INSERT INTO t SELECT * REPLACE ('USD' AS unit, value / 7 AS value) FROM t WHERE tag = 'Assets'")
        con.execute(f"COPY t TO '{tmp_path}/facts.parquet' (FORMAT parquet)")
    standardize(tmp_path)
    (row,) = read(tmp_path / "fundamentals.parquet")
    assert (row["currency"], row["total_assets"], row["flags"].split()[-1]) == ("CNY", 700 * M, "fx")


def test_signs_of_the_filer(tmp_path: Path) -> None:
    """Outflows that a filer always states with a minus are outflows; sales with a minus, once, are sales."""
    facts = year(
        {"PaymentsToAcquirePropertyPlantAndEquipment": -1447, "InterestExpense": -558, "SalesRevenueNet": 9041}
    )
    facts += year({"SalesRevenueNet": 8000}, "2023-01-01", "2023-12-31", "2024-02-10")
    facts += year({"SalesRevenueNet": 8500}, "2024-01-01", "2024-12-31", "2025-02-10")
    facts.append(("SalesRevenueNet", "2025-10-01", END, -2300 * M, FILED, "10-K"))
    row = as_of(rows_of(tmp_path, facts), "2026-03-01")
    assert [row[name] / M for name in ("capex", "interest_expense", "revenue_q")] == [1447, 558, 2300]
