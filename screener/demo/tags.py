"""Which tag each company files a figure under: one row a tag, with the condition under which it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

CLASSIFIED = ("standard", "biotech", "utility", "shell")


def income_tags() -> dict[str, pl.Expr]:
    """Return tag -> expression over the simulated flows; null where the company does not use the tag. Units."""
    import polars as pl

    c, kind = pl.col, pl.col("kind")
    plain = ~kind.is_in(["bank", "insurer"])
    margin = plain & ~kind.is_in(["reit", "utility", "biotech", "shell"])
    late_interest = (c("interest_style") == "migrating") & (c("filed").dt.year() - c("end_year") >= -1)
    has_interest = plain & ~c("no_interest_tag") & (c("debt_style") != "none")
    operating = c("revenue") - c("cogs") - c("rnd") - c("sga_cost") - c("impairment")
    return {
        **_revenue_tags(),
        "CostOfRevenue": only(margin & (c("cost_style") == "cost"), c("cogs")),
        "CostOfGoodsAndServicesSold": only(margin & (c("cost_style") == "goods"), c("cogs")),
        "GrossProfit": only(margin & c("tags_gross_profit"), c("revenue") - c("cogs")),
        "ResearchAndDevelopmentExpense": only(plain & (c("rd") > 0.004), c("rnd")),
        "SellingGeneralAndAdministrativeExpense": only(
            margin & (c("rd") > 0.004), c("sga_cost"), ~margin & plain & (kind != "reit"), c("sga_cost"),
            margin, c("sga_cost") + c("rnd"),
        ),
        "GoodwillImpairmentLoss": only(plain & (c("impairment") != 0), c("impairment")),
        "OperatingIncomeLoss": only(plain, operating),
        "InterestExpense": only(has_interest & ~late_interest, c("interest")),
        "InterestExpenseNonoperating": only(has_interest & late_interest, c("interest")),
        "InvestmentIncomeInterest": only(plain & (c("interest_income") != 0), c("interest_income")),
        **_lender_tags(),
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest": c("pretax"),
        "IncomeTaxExpenseBenefit": c("tax_cost"),
        "ProfitLoss": only(c("nci_share") > 0, c("profit")),
        "NetIncomeLossAttributableToNoncontrollingInterest": only(c("nci_share") > 0, c("nci_profit")),
        "NetIncomeLoss": c("net_income"),
    }  # fmt: skip


def _revenue_tags() -> dict[str, pl.Expr]:
    """Return the revenue tags by the company's kind and style; the migrating style changes with the filing year."""
    import polars as pl

    c, kind = pl.col, pl.col("kind")
    style, year = c("revenue_style"), c("filed").dt.year() - c("end_year")
    migrating = style == "migrating"
    contract = kind.is_in(["standard", "biotech"]) & c("has_revenue")
    return {
        "SalesRevenueNet": only(contract & migrating & (year < -3), c("revenue")),
        "RevenueFromContractWithCustomerExcludingAssessedTax": only(
            contract & ((style == "contract") | (migrating & year.is_between(-3, -2))), c("revenue")
        ),
        "Revenues": only(
            (kind == "insurer") | (kind == "reit") | (contract & ((style == "total") | (migrating & (year > -2)))),
            c("revenue"),
        ),
        "RegulatedAndUnregulatedOperatingRevenue": only(kind == "utility", c("revenue")),
    }


def _lender_tags() -> dict[str, pl.Expr]:
    """Return the lines of banks and insurers: the parts that their revenue is made of, and their own costs."""
    import polars as pl

    c = pl.col
    bank, insurer = c("kind") == "bank", c("kind") == "insurer"
    interest_income = (c("revenue") * 0.78).round(0).cast(pl.Int64)
    premiums = (c("revenue") * 0.88).round(0).cast(pl.Int64)
    return {
        "InterestIncomeExpenseNet": only(bank, interest_income),
        "NoninterestIncome": only(bank, c("revenue") - interest_income),
        "ProvisionForLoanLeaseAndOtherLosses": only(bank, c("cogs")),
        "NoninterestExpense": only(bank, c("sga_cost") + c("impairment")),
        "PremiumsEarnedNet": only(insurer, premiums),
        "PolicyholderBenefitsAndClaimsIncurredNet": only(insurer, c("cogs")),
    }


def cash_flow_tags() -> dict[str, pl.Expr]:
    """Return tag -> expression over the simulated cash flows; a line that stays at zero is not reported. Units."""
    import polars as pl

    c = pl.col
    plain = c("kind").is_in(["standard", "utility", "biotech"])
    lines: dict[str, tuple[str, pl.Expr]] = {
        "DepreciationDepletionAndAmortization": ("depreciation_cost", c("kind") != "shell"),
        "ShareBasedCompensation": ("sbc_cost", c("sbc") > 0),
        "IncreaseDecreaseInAccountsReceivable": ("d_receivables", plain & (c("dso") > 0)),
        "IncreaseDecreaseInInventories": ("d_inventory", plain & (c("dio") > 5)),
        "NetCashProvidedByUsedInOperatingActivities": ("cfo", pl.lit(True)),
        "PaymentsToAcquirePropertyPlantAndEquipment": ("capex", c("kind") != "shell"),
        "NetCashProvidedByUsedInInvestingActivities": ("cfi", pl.lit(True)),
        "PaymentsOfDividends": ("dividends", c("payout") > 0),
        "PaymentsForRepurchaseOfCommonStock": ("buyback", c("buyback") != 0),
        "ProceedsFromIssuanceOfCommonStock": ("issued", c("issued") != 0),
        "ProceedsFromIssuanceOfLongTermDebt": ("borrowed", c("borrowed") != 0),
        "RepaymentsOfLongTermDebt": ("repaid", c("repaid") != 0),
        "NetCashProvidedByUsedInFinancingActivities": ("cff", pl.lit(True)),
    }
    return {tag: only(condition, c(name)) for tag, (name, condition) in lines.items()}


def balance_tags() -> dict[str, pl.Expr]:
    """Return tag -> expression over the simulated balances. Units."""
    import polars as pl

    c, kind = pl.col, pl.col("kind")
    classified = kind.is_in(list(CLASSIFIED))
    liquid = c("cash") + c("investments") + c("receivables") + c("inventory") + c("other_current")
    return {
        "CashAndCashEquivalentsAtCarryingValue": only(~c("no_cash_tag"), c("cash")),
        "ShortTermInvestments": only(classified & c("invests"), c("investments")),
        "AccountsReceivableNetCurrent": only(classified & (c("dso") > 0), c("receivables")),
        "InventoryNet": only(classified & (c("dio") > 5), c("inventory")),
        "AssetsCurrent": only(classified, liquid),
        "PropertyPlantAndEquipmentNet": only(classified & (kind != "shell"), c("ppe")),
        "RealEstateInvestmentPropertyNet": only(kind == "reit", c("ppe")),
        "Goodwill": only(c("goodwill_years") > 0, c("goodwill")),
        "FiniteLivedIntangibleAssetsNet": only(c("goodwill_years") > 0, c("intangibles")),
        "FinancingReceivableExcludingAccruedInterestAfterAllowanceForCreditLoss": only(kind == "bank", c("loans")),
        "Assets": c("assets"),
        "AccountsPayableCurrent": only(classified & (kind != "shell"), c("payables")),
        "LiabilitiesCurrent": only(classified, c("payables") + c("accrued") + current_debt()),
        **debt_tags(),
        "Deposits": only(kind == "bank", c("deposits")),
        "LiabilityForClaimsAndClaimsAdjustmentExpense": only(kind == "insurer", c("deposits")),
        "Liabilities": only(c("tags_liabilities"), c("debts")),
        "MinorityInterest": only(c("nci_share") > 0, c("nci")),
        "StockholdersEquity": c("equity"),
        "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest": only(
            c("nci_share") > 0, c("equity") + c("nci")
        ),
        "RetainedEarningsAccumulatedDeficit": c("retained"),
        "LiabilitiesAndStockholdersEquity": only(~c("tags_liabilities"), c("assets")),
    }


def current_debt() -> pl.Expr:
    """Return the part of the debt due within a year. Units."""
    import polars as pl

    return (pl.col("debt") * pl.col("current_share")).round(0).cast(pl.Int64)


def debt_tags() -> dict[str, pl.Expr]:
    """Return the debt tags by the company's style; styles ``none`` and ``hidden`` have none. Units."""
    import polars as pl

    c = pl.col
    style, current = c("debt_style"), current_debt()
    return {
        "ShortTermBorrowings": only(style == "doubled", current),
        "DebtCurrent": only(style == "current-total", current),
        "LongTermDebtCurrent": only(style.is_in(["split", "doubled"]), current),
        "LongTermDebtNoncurrent": only(
            style.is_in(["split", "current-total", "doubled"]), c("debt") - current, style == "noncurrent", c("debt")
        ),
        "LongTermDebt": only(style == "combined", c("debt")),
    }


def ladder_tags() -> dict[str, pl.Expr]:
    """Return the maturity ladder of a 10-K: six buckets that add up to the debt. Units."""
    import polars as pl

    c = pl.col
    current = current_debt()
    rest = c("debt") - current
    shape = c("ladder_shape")
    cuts = [(rest * (shape * k).clip(0, 1)).floor().cast(pl.Int64) for k in range(5)] + [rest]
    names = ("InYearTwo", "InYearThree", "InYearFour", "InYearFive", "AfterYearFive")
    prefix = "LongTermDebtMaturitiesRepaymentsOfPrincipal"
    used = (
        c("annual")
        & c("has_ladder")
        & (c("debt") > 0)
        & c("debt_style").is_in(["split", "current-total", "combined", "noncurrent", "doubled"])
    )
    found = {f"{prefix}InNextTwelveMonths": only(used, current)}
    for k, name in enumerate(names):
        found[prefix + name] = only(used, cuts[k + 1] - cuts[k])
    return found


def only(*pairs: pl.Expr) -> pl.Expr:
    """Return the second of the first pair whose condition holds; null when none does."""
    import polars as pl

    found: pl.Expr = pl.lit(None, dtype=pl.Int64)
    for k in range(len(pairs) - 2, -1, -2):
        found = pl.when(pairs[k]).then(pairs[k + 1]).otherwise(found)
    return found


GROUPS: dict[str, Callable[[], dict[str, pl.Expr]]] = {
    "income": income_tags,
    "cash": cash_flow_tags,
    "balance": balance_tags,
    "ladder": ladder_tags,
}
