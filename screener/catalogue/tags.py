"""Which source tags are kept when facts are read: the tags of the line items and a few that the rules need besides."""

from __future__ import annotations

import re
from functools import cache

from screener.catalogue.identities import IDENTITY_TAGS
from screener.catalogue.items import ITEMS

# Tags that no line item lists but that derivations, evidence of debt and cross-checks read.
EXTRA_TAGS: tuple[str, ...] = (
    "AmortizationOfIntangibleAssets",
    "AssetImpairmentCharges",
    "AssetsNoncurrent",
    "AvailableForSaleSecuritiesDebtSecurities",
    "CapitalLeaseObligations",
    "CapitalLeaseObligationsCurrent",
    "CapitalLeaseObligationsNoncurrent",
    "CashCashEquivalentsAndShortTermInvestments",
    "CashProvidedByUsedInOperatingActivitiesDiscontinuedOperations",
    "CommonStockSharesIssued",
    "ContractWithCustomerLiability",
    "DeferredRevenue",
    "DeferredRevenueCurrent",
    "DeferredRevenueNoncurrent",
    "Depreciation",
    "Dividends",
    "DividendsCash",
    "DividendsCommonStockCash",
    "FinanceLeaseLiabilityCurrent",
    "FinanceLeaseLiabilityNoncurrent",
    "GainLossOnDispositionOfAssets1",
    "GainLossOnSaleOfBusiness",
    "GoodwillAndIntangibleAssetImpairment",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesDomestic",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesForeign",
    "IndefiniteLivedIntangibleAssetsExcludingGoodwill",
    "IntangibleAssetsNetIncludingGoodwill",
    "InterestIncomeExpenseNonoperatingNet",
    "LiabilitiesNoncurrent",
    "LineOfCredit",
    "LineOfCreditFacilityMaximumBorrowingCapacity",
    "NetIncomeLossAttributableToRedeemableNoncontrollingInterest",
    "NetInvestmentIncome",
    "OtherDepreciationAndAmortization",
    "OtherLoansPayableCurrent",
    "PaymentsOfDividendsCommonStock",
    "PaymentsOfDividendsMinorityInterest",
    "PaymentsOfDividendsPreferredStockAndPreferenceStock",
    "PreferredStockLiquidationPreferenceValue",
    "PreferredStockSharesOutstanding",
    "ProfitLoss",
    "RestrictedCash",
    "RestrictedCashAndCashEquivalentsAtCarryingValue",
    "RestructuringSettlementAndImpairmentProvisions",
    "RevenuesExcludingInterestAndDividends",
    "RevenuesNetOfInterestExpense",
    "StockRepurchasedAndRetiredDuringPeriodValue",
    "StockRepurchasedDuringPeriodValue",
    "TreasuryStockCommonShares",
    "TreasuryStockShares",
    "WeightedAverageNumberDilutedSharesOutstandingAdjustment",
    *IDENTITY_TAGS,
)

# Read, but in no column of a statement: the ratio confirms a split, its date says nothing of the day of the split.
SPLIT_RATIO = "StockholdersEquityNoteStockSplitConversionRatio1"

# A raw tag inside a fallback expression; item names are snake_case.
_TAG = re.compile(r"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b")


@cache
def mapped_tags() -> frozenset[str]:
    """Return every source tag worth keeping; us-gaap and dei stand bare, IFRS tags as ``ifrs:Tag``."""
    found: set[str] = {*EXTRA_TAGS, SPLIT_RATIO}
    for item in ITEMS:
        found.update((*item.tags, *item.fill, *item.parts))
        found.update(f"ifrs:{tag}" for tag in item.ifrs)
        for expression in item.fallback:
            found.update(_TAG.findall(expression))
    return frozenset(found)
