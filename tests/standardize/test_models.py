"""Reporting models: found in the tags of the last five filings, with the industry as referee, and what follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.catalogue.sectors import MODEL_NAMES
from tests.standardize.stages import Fact, M, as_of, rows_of

END, START, FILED = "2025-12-31", "2025-01-01", "2026-02-10"
INSTANTS = frozenset(
    {"Assets", "Deposits", "AssetsCurrent", "LiabilityForFuturePolicyBenefits", "RealEstateInvestmentPropertyNet",
     "ShortTermBorrowings", "LongTermDebt", "AdvancesFromFederalHomeLoanBanks", "SubordinatedDebt", "Liabilities",
     "ifrs:Assets"}
)  # fmt: skip
BANK = {"InterestIncomeExpenseNet": 60, "NoninterestIncome": 30, "Deposits": 900, "ProvisionForLoanLossesExpensed": 5}


def filing(values: dict[str, float], year: int = 2025, form: str = "10-K", end: str | None = None) -> list[Fact]:
    """Return an annual report in millions, with total assets of 1,000 and a net income of 1."""
    end = end or f"{year}-12-31"
    assets = {} if "ifrs:Assets" in values else {"Assets": 1000.0, "NetIncomeLoss": 1.0}
    return [
        (tag, None if tag in INSTANTS else f"{year}-01-01", end, value * M, f"{year + 1}-02-10", form)
        for tag, value in (assets | values).items()
    ]


CASES: dict[str, tuple[str, dict[str, float], str]] = {
    # what the industry code says, what the filing shows, the model
    "a card bank under another code (Synchrony, SIC 6199)": ("standard", BANK, "bank"),
    "interest is the business, without deposits": (
        "standard", {"InterestIncomeExpenseNet": 60, "NoninterestIncome": 30, "Revenues": 95}, "bank"),
    "interest is a side line": (
        "standard", {"InterestIncomeExpenseNet": 6, "NoninterestIncome": 3, "Revenues": 950}, "standard"),
    "a manufacturer with a captive bank": (
        "standard", BANK | {"AssetsCurrent": 300, "CostOfRevenue": 400, "Revenues": 700}, "standard"),
    "a broker that owns a bank": ("broker", BANK | {"RevenuesNetOfInterestExpense": 90}, "broker"),
    "an asset manager under the brokers' code (BlackRock)": ("broker", {"Revenues": 900}, "standard"),
    "a bank by code alone": ("bank", {}, "bank"),
    "a payment firm under the banks' code": ("bank", {"AssetsCurrent": 300, "CostOfRevenue": 40}, "standard"),
    "an insurer under another code": (
        "standard", {"PremiumsEarnedNet": 50, "LiabilityForFuturePolicyBenefits": 500}, "insurer"),
    "a REIT by code": ("reit", {"Revenues": 90}, "reit"),
    "a mortgage REIT": ("reit", {"InterestAndDividendIncomeOperating": 80, "Revenues": 90}, "bank"),
    "half of the assets are property": ("standard", {"RealEstateInvestmentPropertyNet": 500}, "reit"),
    "a third of the assets is property": ("standard", {"RealEstateInvestmentPropertyNet": 333}, "standard"),
    "a utility by its revenue": ("standard", {"RegulatedAndUnregulatedOperatingRevenue": 90}, "utility"),
    "research and no sales": ("standard", {"ResearchAndDevelopmentExpense": 30, "Revenues": 0.4}, "pre_revenue"),
    "research and sales": ("standard", {"ResearchAndDevelopmentExpense": 30, "Revenues": 4}, "standard"),
    "a shell": ("shell", {}, "shell"),
    "a shell no more": ("shell", {"Revenues": 40}, "standard"),
    "a foreign filer": ("standard", {"ifrs:Assets": 1000, "ifrs:ProfitLoss": 5, "ifrs:Revenue": 90}, "ifrs"),
}  # fmt: skip


def test_every_model_is_in_the_table() -> None:
    """What the cases expect are models that a screen can name, those among them that the filings alone show."""
    expected = {model for _, _, model in CASES.values()}
    assert expected <= set(MODEL_NAMES)
    assert {"pre_revenue", "ifrs"} <= expected


@pytest.mark.parametrize("case", CASES)
def test_model(case: str, tmp_path: Path) -> None:
    """The tags say what a company is; its industry only decides between what they allow."""
    industry, values, expected = CASES[case]
    form = "20-F" if expected == "ifrs" else "10-K"
    row = as_of(rows_of(tmp_path, filing(values, form=form), model=industry), "2026-03-01")
    assert row["model"] == expected


def test_model_as_of_the_day(tmp_path: Path) -> None:
    """A company becomes a bank with the filing that shows one, and stays one for five filings after the last."""
    facts = filing({}, 2015) + filing(BANK, 2016)
    for year in range(2017, 2023):
        facts += filing({"AssetsCurrent": 100}, year)
    rows = rows_of(tmp_path, facts)
    found = {year: as_of(rows, f"{year + 1}-03-01", f"{year}-12-31")["model"] for year in (2015, 2016, 2020, 2021)}
    assert found[2015] == "standard"
    assert found[2016] == "bank"
    # a classified balance sheet ends it sooner: it is no bank's
    assert found[2020] == "standard"


REVENUES: dict[str, tuple[str, dict[str, float], float | None]] = {
    "a bank's is net of interest": ("bank", BANK | {"Revenues": 130}, 90),
    "a bank that tags the gross interest": (
        "bank", {"InterestAndDividendIncomeOperating": 100, "InterestExpense": 40, "NoninterestIncome": 30,
                 "Deposits": 900}, 90),
    "a broker's is net of interest": (
        "broker", {"Revenues": 130, "RevenuesNetOfInterestExpense": 90}, 90),
    "an insurer without a total": (
        "insurer", {"PremiumsEarnedNet": 50, "NetInvestmentIncome": 20, "LiabilityForFuturePolicyBenefits": 1}, 70),
    "an insurer with a total": (
        "insurer", {"PremiumsEarnedNet": 50, "NetInvestmentIncome": 20, "LiabilityForFuturePolicyBenefits": 1,
                    "Revenues": 77}, 77),
    "a utility's own line first": (
        "utility", {"RegulatedAndUnregulatedOperatingRevenue": 90, "Revenues": 95}, 90),
}  # fmt: skip


@pytest.mark.parametrize("case", REVENUES)
def test_revenue_of_an_industry(case: str, tmp_path: Path) -> None:
    """Each industry has its own line for revenue."""
    industry, values, expected = REVENUES[case]
    row = as_of(rows_of(tmp_path, filing(values), model=industry), "2026-03-01")
    assert row["revenue"] == pytest.approx(expected * M)


def test_a_bank_has_no_operating_income(tmp_path: Path) -> None:
    """Gross profit and operating income mean nothing for a bank, whatever it tags."""
    facts = filing(BANK | {"OperatingIncomeLoss": 20, "GrossProfit": 50})
    row = as_of(rows_of(tmp_path, facts, model="bank"), "2026-03-01")
    assert (row["operating_income"], row["gross_profit"]) == (None, None)


def test_a_banks_debt(tmp_path: Path) -> None:
    """Short, home-loan, long and subordinated debt add up; where the long line may hold others, both readings."""
    debt = {"ShortTermBorrowings": 10, "AdvancesFromFederalHomeLoanBanks": 20, "SubordinatedDebt": 5}
    clear = as_of(rows_of(tmp_path / "a", filing(BANK | debt | {"LongTermDebt": 12})), "2026-03-01")
    assert [clear[name] / M for name in ("total_debt", "total_debt_lo", "total_debt_hi")] == [47, 47, 47]
    nested = as_of(rows_of(tmp_path / "b", filing(BANK | debt | {"LongTermDebt": 40})), "2026-03-01")
    assert [nested[name] / M for name in ("total_debt", "total_debt_lo", "total_debt_hi")] == [75, 50, 75]
    assert "debt_ambiguous" in nested["flags"].split()
