"""The accounting identities that every period is tested against: one row each, after Hoffman's BS, IS and CF rules.

Source: C. Hoffman, Fundamental Accounting Concepts (BS1-5, IS1-11, CF1-6). A gap is measured against the larger of the
row's share of the larger side and two rounding units of the finest operand.
"""

from __future__ import annotations

from dataclasses import dataclass

TOLERANCE = 0.005
UNCLASSIFIED = ("bank", "insurer")
NO_GROSS_PROFIT = ("bank", "insurer", "broker", "reit", "fund")


@dataclass(frozen=True, slots=True)
class Identity:
    """An equation, or a bound, between line items as the filing reports them.

    refused: reporting models for which it says nothing. tolerance: share of the larger side. action: what
    standardization does when it fails. failed: the sentence that a reader of the flag gets. essential: a company-period
    that fails it is not to be trusted. notable: its failure is shown with every name on a shortlist.
    """

    id: str
    label: str
    formula: str
    action: str
    failed: str
    refused: tuple[str, ...] = ()
    tolerance: float = TOLERANCE
    essential: bool = False
    notable: bool = True

    @property
    def flag(self) -> str:
        """The flag code of a failure."""
        return f"fails_{self.id}"


IDENTITIES: tuple[Identity, ...] = (
    Identity(
        "bs1", "Assets equal liabilities and equity", "total_assets = liabilities_and_equity",
        "the balance sheet of that filing is left out where an earlier one of the same day is known",
        "the balance sheet does not balance", essential=True,
    ),
    Identity(
        "bs2", "Liabilities and equity add up", "liabilities_and_equity = total_liabilities + temp_equity + equity_incl_nci",
        "another tag of equity or of mezzanine equity is taken where that one adds up; else flagged",
        "liabilities and equity do not add up to their total", essential=True,
    ),
    Identity(
        "bs3", "Parts within totals", "total_assets >= current_assets and total_liabilities >= current_liabilities",
        "liabilities below their current part are derived from the other side; else flagged",
        "a current part is larger than its total", refused=UNCLASSIFIED,
    ),
    Identity(
        "bs4", "Equity and noncontrolling interest", "equity_incl_nci = equity + minority_interest",
        "noncontrolling interest is taken as the difference of the two equities",
        "equity and noncontrolling interest do not add up; the difference is used", notable=False,
    ),
    Identity(
        "bs5", "Cash within current assets",
        "cash + short_term_investments <= current_assets (total_assets where they are not classified)",
        "short-term investments are dropped", "cash and short-term investments exceed current assets",
        refused=UNCLASSIFIED,
    ),
    Identity(
        "is1", "Gross profit", "revenue - cost_of_revenue = gross_profit",
        "flagged; the revenue that satisfies it is preferred where several are tagged",
        "revenue less its cost is not the gross profit", refused=NO_GROSS_PROFIT,
    ),
    Identity(
        "is2", "Operating income",
        "gross_profit - operating_expenses (+ other operating income) = operating_income (revenue, where the expenses hold its cost)",
        "flagged", "operating expenses do not lead from gross profit to operating income", refused=NO_GROSS_PROFIT,
        notable=False,
    ),
    Identity(
        "is3", "Income after tax", "pretax_income - income_tax = income_continuing (+ equity_method_income)",
        "flagged; a pretax income, or a tax, that fits with the opposite sign is turned", "pretax income less tax is not the income from continuing operations", notable=False,
    ),
    Identity(
        "is4", "Net income and noncontrolling interest", "net_income_incl_nci = net_income + nci_income",
        "the tag that satisfies it is chosen where the filing has several", "net income and the share of others do not add up",
        notable=False,
    ),
    Identity(
        "is5", "Earnings per share", "eps_diluted * shares_diluted = net_income_to_common",
        "counts that are off by a power of ten are mended; else flagged",
        "earnings per share times shares is not the net income", tolerance=0.05, notable=False,
    ),
    Identity(
        "cf1", "Cash flows", "cfo + cfi + cff + fx_cash (+ discontinued operations) = net_change_cash",
        "flagged", "the cash flows do not add up to the change in cash", essential=True,
    ),
    Identity(
        "cf2", "Cash roll-forward", "cash at the end - cash at the start = net_change_cash",
        "flagged", "the change in cash is not the difference of the balances", notable=False,
    ),
    Identity(
        "cf3", "Net income of both statements", "net_income_incl_nci of the cash flow = that of the income statement (vendors; XBRL has one fact for both)",
        "flagged", "the cash flow statement starts from another net income", notable=False,
    ),
    Identity(
        "quarters_sum", "Quarters make the year", "q1 + q2 + q3 + q4 = fiscal year",
        "flagged; not tested where a later filing recast the year or some of its quarters alone (flag recast)", "the four quarters do not add up to the fiscal year",
    ),
    Identity(
        "ttm_two_ways", "Twelve months two ways", "fiscal year + year to date - the same stretch a year earlier = four quarters",
        "flagged; not tested where a later filing recast the year or some of its quarters alone (flag recast)", "twelve months differ between the two ways of adding them up",
    ),
)  # fmt: skip

BY_ID: dict[str, Identity] = {row.id: row for row in IDENTITIES}
ESSENTIAL: tuple[str, ...] = tuple(row.id for row in IDENTITIES if row.essential)

# The change in cash before the effect of exchange rates; some filers tag the whole change so.
BEFORE_FX_TAGS: tuple[str, ...] = (
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsPeriodIncreaseDecreaseExcludingExchangeRateEffect",
    "CashAndCashEquivalentsPeriodIncreaseDecreaseExcludingExchangeRateEffect",
    "ifrs:IncreaseDecreaseInCashAndCashEquivalentsBeforeEffectOfExchangeRateChanges",
)
# Source tags that only the identities read.
IDENTITY_TAGS: tuple[str, ...] = (
    "CashAndCashEquivalentsAtCarryingValueIncludingDiscontinuedOperations",
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsIncludingDisposalGroupAndDiscontinuedOperations",
    "CashProvidedByUsedInFinancingActivitiesDiscontinuedOperations",
    "CashProvidedByUsedInInvestingActivitiesDiscontinuedOperations",
    "EffectOfExchangeRateOnCashAndCashEquivalents",
    "EffectOfExchangeRateOnCashAndCashEquivalentsContinuingOperations",
    "EffectOfExchangeRateOnCashCashEquivalentsRestrictedCashAndRestrictedCashEquivalentsIncludingDisposalGroupAndDiscontinuedOperations",
    "NetCashProvidedByUsedInDiscontinuedOperations",
    "OtherOperatingIncomeExpenseNet",
    "TemporaryEquityCarryingAmount",
    "ifrs:EffectOfExchangeRateChangesOnCashAndCashEquivalents",
    "ifrs:IncreaseDecreaseInCashAndCashEquivalents",
    *BEFORE_FX_TAGS,
    "simfin:Net Income/Starting Line",
)
