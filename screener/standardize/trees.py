"""The items from their own tags: the decision trees of all statements but debt, as SQL over source tags.

Names: ``t:X`` is the value of a source tag, ``on:X`` whether it is on its statement's face, ``d_x`` an item from
its own tags, ``x`` the finished item, ``h_x`` a helper.
"""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.standardize.columns import face
from screener.standardize.columns import raw as t
from screener.standardize.shared import shared


def present_sum(columns: list[str]) -> str:
    """Return the sum of the columns that are there; NULL when none is."""
    if len(columns) == 1:
        return columns[0]
    total = " + ".join(f"coalesce({column}, 0)" for column in columns)
    return f"CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL THEN {total} END"


def distinct_sum(columns: list[str]) -> str:
    """Return the sum of the different values among the columns: a line that is tagged twice counts once."""
    listed = f"list_sort(list_distinct([{', '.join(columns)}]))"
    return f"CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL THEN list_sum({listed}) END"


def at_least_zero(value: str) -> str:
    """Return the value, not below zero; NULL stays NULL (``greatest`` would make it zero)."""
    return f"CASE WHEN {value} > 0 THEN {value} WHEN {value} <= 0 THEN 0 END"


def first(*columns: str) -> str:
    """Return the first of the columns that is there."""
    return f"coalesce({', '.join(columns)})"


def tags_of(name: str, which: str = "tags") -> list[str]:
    """Return the columns of a list of the item's row: ``tags``, ``fill`` or ``parts``."""
    return [t(tag) for tag in getattr(BY_NAME[name], which)]


_CANDIDATES = BY_NAME["revenue"].tags[:3]
_A, _B, _C = (t(tag) for tag in BY_NAME["revenue"].tags[:3])
_GOODS = t(BY_NAME["revenue"].parts[0])
_REVENUE_PARTS = present_sum(tags_of("revenue", "parts"))
_COST = first(*tags_of("cost_of_revenue"), present_sum(tags_of("cost_of_revenue", "parts")))


def _nearest(target: str) -> str:
    """Return the candidate for revenue that lies within 0.5 % of ``target``, in table order."""
    wanted = shared(target)
    cases = " ".join(
        f"WHEN abs({x} - {wanted}) <= 0.005 * abs({x}) THEN {x}" for x in (_A, _B, _C, _GOODS, "h_rev_parts")
    )
    return f"CASE {cases} END"


def _on_face() -> str:
    """Return the largest candidate for revenue on the income statement's face; NULL where one's face is unknown."""
    told = " AND ".join(f"({t(tag)} IS NULL OR {face(tag)} IS NOT NULL)" for tag in _CANDIDATES)
    values = ", ".join(f"CASE WHEN {face(tag)} = 1 THEN {t(tag)} END" for tag in _CANDIDATES)
    return f"CASE WHEN {told} THEN greatest({values}) END"


_NET_OF_INTEREST = t("RevenuesNetOfInterestExpense")
_BANK_INTEREST = first(
    t("InterestIncomeExpenseNet"), f"({t('InterestAndDividendIncomeOperating')} - {t('InterestExpense')})"
)
# What an industry calls its revenue: a bank's and a broker's are net of the interest that they pay. A utility's
# contracts with customers, before the results of hedging, may well be larger than its operating revenues.
_BY_MODEL = f"""CASE model
  WHEN 'bank' THEN coalesce({_BANK_INTEREST} + {t("NoninterestIncome")}, {_NET_OF_INTEREST})
  WHEN 'broker' THEN coalesce({_NET_OF_INTEREST},
    {t("RevenuesExcludingInterestAndDividends")} + {t("InterestIncomeExpenseNet")})
  WHEN 'insurer' THEN CASE WHEN {_A} IS NULL THEN {t("PremiumsEarnedNet")} + coalesce({t("NetInvestmentIncome")}, 0) END
  WHEN 'utility' THEN coalesce({t("RegulatedAndUnregulatedOperatingRevenue")}, nullif({_A}, 0)) END"""

HELPERS: tuple[tuple[str, str], ...] = (
    ("h_rev_parts", _REVENUE_PARTS),
    ("h_rev_high", f"greatest({_A}, {_B}, {_C})"),
    ("h_rev_low", f"least({_A}, {_B}, {_C})"),
    ("h_rev_gross", _nearest(f"{_COST} + {t('GrossProfit')}")),
    ("h_rev_costs", _nearest(f"{first(*tags_of('total_costs'))} + {t('OperatingIncomeLoss')}")),
    ("h_rev_face", _on_face()),
    ("h_rev_model", _BY_MODEL),
    ("h_da_total", f"greatest({', '.join(tags_of('da'))})"),
    ("h_da_parts", present_sum([t("Depreciation"), t("AmortizationOfIntangibleAssets")])),
    (
        "h_plans",
        first(
            t("ProceedsFromIssuanceOfSharesUnderIncentiveAndShareBasedCompensationPlansIncludingStockOptions"),
            t("ProceedsFromStockPlans"),
            t("ProceedsFromStockOptionsExercised"),
        ),
    ),
    ("h_net_repurchase", t("simfin:Cash from (Repurchase of) Equity")),
)

# The largest candidate is right when the others are slices (leases, one segment, related parties) of the total.
_REVENUE = first(
    "h_rev_model",
    "h_rev_gross",
    "CASE WHEN h_rev_high - h_rev_low <= 0.005 * greatest(abs(h_rev_high), abs(h_rev_low)) "
    f"THEN {first(_A, _B, _C)} END",
    "h_rev_costs",
    "h_rev_face",
    "h_rev_high",
    t(BY_NAME["revenue"].tags[3]),
    *tags_of("revenue", "fill"),
    "h_rev_parts",
    *(t(f"ifrs:{tag}") for tag in BY_NAME["revenue"].ifrs),
    t("simfin:Revenue"),
)

# A net figure of the vendor that is an income is no expense: the gross expense is then unknown.
_VENDOR_INTEREST = t("simfin:Interest Expense, Net")
_INTEREST = first(
    t("InterestExpense"),
    present_sum([t("InterestExpenseOperating"), t("InterestExpenseNonoperating")]),
    t("InterestAndDebtExpense"),
    t("InterestExpenseBorrowings"),
    t("InterestExpenseDebt"),
    t("FinancingInterestExpense"),
    present_sum(tags_of("interest_expense", "parts")),
    *(t(f"ifrs:{tag}") for tag in BY_NAME["interest_expense"].ifrs),
    f"CASE WHEN {_VENDOR_INTEREST} >= 0 THEN {_VENDOR_INTEREST} END",
)

_OTHER_DA, _AMORTIZATION = t("OtherDepreciationAndAmortization"), t("AmortizationOfIntangibleAssets")
_DA = first(
    f"CASE WHEN h_da_total < greatest({t('Depreciation')}, {_AMORTIZATION}) THEN h_da_parts ELSE h_da_total END",
    f"CASE WHEN {_OTHER_DA} IS NOT NULL THEN {_OTHER_DA} + coalesce({_AMORTIZATION}, 0) END",
    "h_da_parts",
    *(t(f"ifrs:{tag}") for tag in BY_NAME["da"].ifrs),
    t("simfin:Depreciation & Amortization"),
)

_PPE, _PRODUCTIVE = t("PaymentsToAcquirePropertyPlantAndEquipment"), t("PaymentsToAcquireProductiveAssets")
_CAPEX_PARTS = tags_of("capex", "parts")
_CAPEX = first(
    *tags_of("capex"),
    present_sum([first(_CAPEX_PARTS[0], _CAPEX_PARTS[1]), *_CAPEX_PARTS[2:]]),
    *(t(f"ifrs:{tag}") for tag in BY_NAME["capex"].ifrs),
    t("simfin:Change in Fixed Assets & Intangibles"),
)

_COMMON_ISSUED = t("ProceedsFromIssuanceOfCommonStock")
_STOCK_ISSUED = first(
    t("ProceedsFromIssuanceOrSaleOfEquity"),
    present_sum(
        [
            _COMMON_ISSUED,
            t("ProceedsFromIssuanceInitialPublicOffering"),
            t("ProceedsFromIssuanceOfPrivatePlacement"),
            t("ProceedsFromWarrantExercises"),
            f"CASE WHEN h_plans IS DISTINCT FROM {_COMMON_ISSUED} THEN h_plans END",
        ]
    ),
    *(t(f"ifrs:{tag}") for tag in BY_NAME["stock_issued"].ifrs),
    at_least_zero("(0 - h_net_repurchase)"),
)


def _flows(name: str) -> str:
    """Return a financing flow: the total tag, else the sum of its different parts."""
    return first(
        *tags_of(name), distinct_sum(tags_of(name, "parts")), *(t(f"ifrs:{tag}") for tag in BY_NAME[name].ifrs)
    )


_CURRENT_SECURITIES = present_sum(
    [
        first(
            t("AvailableForSaleSecuritiesDebtSecuritiesCurrent"),
            t("DebtSecuritiesAvailableForSaleExcludingAccruedInterestCurrent"),
            t("AvailableForSaleSecuritiesCurrent"),
        ),
        first(
            t("HeldToMaturitySecuritiesCurrent"),
            t("DebtSecuritiesHeldToMaturityAmortizedCostAfterAllowanceForCreditLossCurrent"),
        ),
    ]
)
_IMPAIRMENTS = first(
    t("AssetImpairmentCharges"),
    present_sum(
        [
            first(
                t("GoodwillAndIntangibleAssetImpairment"),
                present_sum([t("GoodwillImpairmentLoss"), t("ImpairmentOfIntangibleAssetsExcludingGoodwill")]),
            ),
            t("ImpairmentOfLongLivedAssetsHeldForUse"),
        ]
    ),
)
# A total stands for its parts; gains on sales are special items with the other sign.
_SPECIAL = present_sum(
    [
        first(
            t("RestructuringSettlementAndImpairmentProvisions"),
            present_sum([t("RestructuringCharges"), _IMPAIRMENTS]),
        ),
        t("BusinessCombinationAcquisitionRelatedCosts"),
        f"(0 - {t('GainLossOnSaleOfBusiness')})",
        f"(0 - {t('GainLossOnDispositionOfAssets1')})",
    ]
)
_CONTINUING = t("IncomeLossFromContinuingOperationsIncludingPortionAttributableToNoncontrollingInterest")

_FINITE, _INDEFINITE = t("FiniteLivedIntangibleAssetsNet"), t("IndefiniteLivedIntangibleAssetsExcludingGoodwill")

DIRECT: dict[str, str] = {
    "revenue": _REVENUE,
    "interest_expense": _INTEREST,
    "da": _DA,
    "capex": _CAPEX,
    "stock_issued": _STOCK_ISSUED,
    "debt_issued": _flows("debt_issued"),
    "debt_repaid": _flows("debt_repaid"),
    "buybacks": first(
        *tags_of("buybacks"),
        *(t(f"ifrs:{tag}") for tag in BY_NAME["buybacks"].ifrs),
        at_least_zero("h_net_repurchase"),
    ),
    "intangibles": first(
        t("IntangibleAssetsNetExcludingGoodwill"), f"{_FINITE} + {_INDEFINITE}", _FINITE, t("OtherIntangibleAssetsNet")
    ),
    "preferred": first(*tags_of("preferred")),
    "preferred_temp": (
        f"CASE WHEN {t('PreferredStockSharesOutstanding')} > 0 AND coalesce({first(*tags_of('preferred'))}, 0) = 0 "
        f"THEN {t('TemporaryEquityCarryingAmountAttributableToParent')} END"
    ),
    "special_items": _SPECIAL,
    "short_term_investments": first(
        t("MarketableSecuritiesCurrent"),
        t("ShortTermInvestments"),
        _CURRENT_SECURITIES,
        t("OtherShortTermInvestments"),
        t("TimeDepositsAtCarryingValue"),
        t("CertificatesOfDepositAtCarryingValue"),
        *(t(f"ifrs:{tag}") for tag in BY_NAME["short_term_investments"].ifrs),
    ),
    "income_continuing": first(
        t("IncomeLossFromContinuingOperations"),
        f"({_CONTINUING} - coalesce({t('NetIncomeLossAttributableToNoncontrollingInterest')}, 0))",
        t("simfin:Income (Loss) from Continuing Operations"),
    ),
    # The wider tag holds the intangibles that the narrower one leaves out; a much larger one is another line (rental
    # fleets), which no one may call intangibles.
    "purchase_intangibles": first(
        t("PaymentsToAcquireIntangibleAssets"),
        *(t(f"ifrs:{tag}") for tag in BY_NAME["purchase_intangibles"].ifrs),
        f"CASE WHEN {_PRODUCTIVE} - {_PPE} BETWEEN 0.005 * {_PPE} AND {_PPE} THEN {_PRODUCTIVE} - {_PPE} END",
    ),
    "deferred_revenue": f"greatest({present_sum(tags_of('deferred_revenue'))}, {t('ContractWithCustomerLiability')})",
}
