"""The smaller trees: overlapping lines, totals beside parts, what stands in for what, and the flags that say so."""

from __future__ import annotations

import pytest

from tests.standardize.stages import Fact, Filer, M, Row, as_of, rows_of_each

END, START, FILED = "2025-12-31", "2025-01-01", "2026-02-10"
GOODS_EX_DA = "CostOfGoodsAndServiceExcludingDepreciationDepletionAndAmortization"
PRETAX = "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"
CONTINUING_WITH_NCI = "IncomeLossFromContinuingOperationsIncludingPortionAttributableToNoncontrollingInterest"
ACCUMULATED = "AccumulatedDepreciationDepletionAndAmortizationPropertyPlantAndEquipment"
SECURITIES = "AvailableForSaleSecuritiesDebtSecurities"


def report(balances: dict[str, float], flows: dict[str, float]) -> list[Fact]:
    """Return an annual report in millions."""
    facts: list[Fact] = [(tag, None, END, v * M, FILED, "10-K") for tag, v in ({"Assets": 999.0} | balances).items()]
    return facts + [(tag, START, END, v * M, FILED, "10-K") for tag, v in ({"NetIncomeLoss": 1.0} | flows).items()]


BALANCES: dict[str, tuple[dict[str, float], dict[str, float | None], str]] = {
    # balances, what the items must be, the flag
    "securities for sale and held to maturity add up": (
        {f"{SECURITIES}Current": 30, "HeldToMaturitySecuritiesCurrent": 12}, {"short_term_investments": 42}, ""),
    "a total of the securities comes first": (
        {"ShortTermInvestments": 40, f"{SECURITIES}Current": 30, "HeldToMaturitySecuritiesCurrent": 12},
        {"short_term_investments": 40}, ""),
    "securities of which nobody says how many are current (Nvidia FY2026)": (
        {SECURITIES: 39520, "AssetsCurrent": 500}, {"short_term_investments": None}, "securities_unplaced"),
    "gross property holds the construction in progress (Alphabet FY2024)": (
        {"PropertyPlantAndEquipmentNet": 171036, ACCUMULATED: 79390, "PropertyPlantAndEquipmentGross": 199829},
        {"ppe_gross": 250426}, ""),
    "other current assets are the rest": (
        {"AssetsCurrent": 100, "Cash": 20, "AccountsReceivableNetCurrent": 50, "InventoryNet": 25},
        {"prepaid_other_current": 5}, ""),
    "payables with accruals": (
        {"AccountsPayableAndAccruedLiabilitiesCurrent": 9}, {"accounts_payable": 9}, "payables_accrued"),
    "assets from the other side": (
        {"Assets": 0, "LiabilitiesAndStockholdersEquity": 70, "Liabilities": 40}, {"liabilities_and_equity": 70}, ""),
    "preferred stock outside equity": (
        {"PreferredStockSharesOutstanding": 3, "TemporaryEquityCarryingAmountAttributableToParent": 80},
        {"preferred": 80, "preferred_temp": 80, "temp_equity": 80}, ""),
    "undrawn credit by difference": (
        {"LineOfCreditFacilityMaximumBorrowingCapacity": 300, "LineOfCredit": 120},
        {"revolver_capacity": 180}, "revolver_derived"),
    "the current part is the total less the rest": (
        {"LongTermDebt": 100, "LongTermDebtNoncurrent": 88}, {"current_ltd": 12}, ""),
    "restricted cash is the total less the cash": (
        {"Cash": 40, "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": 50},
        {"cash": 40, "restricted_cash": 10}, ""),
    "converts that may be inside the noncurrent line": (
        {"LongTermDebtNoncurrent": 100, "ConvertibleDebtNoncurrent": 60},
        {"total_debt": 100, "total_debt_lo": 100, "total_debt_hi": 160}, "debt_ambiguous"),
    "nothing ambiguous": (
        {"LongTermDebtNoncurrent": 100}, {"total_debt": 100, "total_debt_lo": 100, "total_debt_hi": 100}, ""),
}  # fmt: skip

FLOWS: dict[str, tuple[dict[str, float], dict[str, float | None], str]] = {
    "cost without depreciation": (
        {"Revenues": 100, GOODS_EX_DA: 60}, {"cost_of_revenue": 60, "gross_profit": 40}, "cogs_ex_da"),
    "administration alone": ({"GeneralAndAdministrativeExpense": 7}, {"sga": 7}, "sga_partial"),
    "both halves": (
        {"GeneralAndAdministrativeExpense": 7, "SellingAndMarketingExpense": 5}, {"sga": 12}, ""),
    "operating expenses that are all costs": (
        {"Revenues": 100, "CostOfRevenue": 60, "OperatingExpenses": 90, "OperatingIncomeLoss": 10},
        {"total_costs": 90, "operating_expenses": 30}, ""),
    "costs that hold the interest": (
        {"Revenues": 100, "CostsAndExpenses": 95, "InterestExpense": 8, PRETAX: 5}, {"operating_income": 13},
        "ebit_derived"),
    "costs without the interest": (
        {"Revenues": 100, "CostsAndExpenses": 87, "InterestExpense": 8, PRETAX: 5}, {"operating_income": 13},
        "ebit_derived"),
    "pretax plus interest (NVR 2019)": (
        {"NetIncomeLoss": 878.539, "IncomeTaxExpenseBenefit": 147.256, "InterestExpense": 25.38, "Revenues": 7388},
        {"pretax_income": 1025.795, "operating_income": 1051.175}, "ebit_derived"),
    "pretax from continuing income before minorities": (
        {CONTINUING_WITH_NCI: 50, "IncomeTaxExpenseBenefit": 10,
         "NetIncomeLossAttributableToNoncontrollingInterest": 4},
        {"pretax_income": 60, "income_continuing": 46}, ""),
    "capex under both tags": (
        {"PaymentsToAcquirePropertyPlantAndEquipment": 100, "PaymentsToAcquireProductiveAssets": 130},
        {"capex": 100, "purchase_intangibles": 30}, ""),
    "a rental fleet is no intangible": (
        {"PaymentsToAcquirePropertyPlantAndEquipment": 218, "PaymentsToAcquireProductiveAssets": 2132},
        {"capex": 218, "purchase_intangibles": None}, "capex_partial"),
    "capex under the other tag (Incyte 2023)": (
        {"PaymentsToAcquireOtherProductiveAssets": 32.486}, {"capex": 32.486}, ""),
    "oil and gas": (
        {"PaymentsToExploreAndDevelopOilAndGasProperties": 70, "PaymentsToAcquireOtherPropertyPlantAndEquipment": 5},
        {"capex": 75}, ""),
    "impairment total beside a part": (
        {"RestructuringCharges": 10, "AssetImpairmentCharges": 30, "GoodwillImpairmentLoss": 25,
         "GainLossOnSaleOfBusiness": 100}, {"special_items": -60}, ""),
    "cash flow of what continues, as the filing shows it": (
        {"NetCashProvidedByUsedInOperatingActivitiesContinuingOperations": 90,
         "CashProvidedByUsedInOperatingActivitiesDiscontinuedOperations": -15}, {"cfo": 90}, ""),
    "dividends as declared": ({"DividendsCash": 9}, {"dividends_paid": 9}, "accrual"),
    "shares bought back as recorded": (
        {"StockRepurchasedDuringPeriodValue": 6, "StockRepurchasedAndRetiredDuringPeriodValue": 2}, {"buybacks": 8},
        "accrual"),
    "interest on a part of the debt": (
        {"InterestExpenseLongTermDebt": 5}, {"interest_expense": 5}, "interest_partial"),
    "never a flow of that kind": (
        {"NetCashProvidedByUsedInFinancingActivities": -3},
        {"buybacks": 0, "preferred_issued": 0, "tax_withholding_shares": 0, "fx_cash": 0}, "zero_imputed"),
}  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """The rows of each case."""
    cases = {case: Filer(report(values, {})) for case, (values, _, _) in BALANCES.items()}
    cases |= {case: Filer(report({}, values)) for case, (values, _, _) in FLOWS.items()}
    return rows_of_each(tmp_path_factory.mktemp("trees"), cases)


@pytest.mark.parametrize("case", [*BALANCES, *FLOWS])
def test_tree(case: str, rows: dict[str, list[Row]]) -> None:
    """Each branch gives the hand-worked amounts, and the flag that says how sure they are."""
    _, expected, flag = BALANCES.get(case) or FLOWS[case]
    row = as_of(rows[case], "2026-03-01")
    found = {name: None if row[name] is None else round(row[name] / M, 3) for name in expected}
    assert found == expected
    told = {"securities_unplaced", "payables_accrued", "revolver_derived", "debt_ambiguous", "cogs_ex_da", "accrual",
            "sga_partial", "ebit_derived", "capex_partial", "interest_partial"}  # fmt: skip
    assert set(row["flags"].split()) & told == ({flag} & told)
    assert not flag or flag in row["flags"].split()
