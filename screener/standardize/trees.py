"""The decision trees of the income statement, the cash flow and the equity side, as SQL over source tags.

Names: ``t:X`` is the value of a source tag, ``d_x`` an item from its own tags, ``x`` the finished item,
``h_x`` a helper, ``f_x`` a flag of the balance sheet (0 or 1), ``g_x`` one of the periods.
"""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.standardize.columns import raw as t


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


def _tags(name: str, which: str = "tags") -> list[str]:
    return [t(tag) for tag in getattr(BY_NAME[name], which)]


_A, _B, _C = (t(tag) for tag in BY_NAME["revenue"].tags[:3])
_GOODS = t(BY_NAME["revenue"].parts[0])
_REVENUE_PARTS = present_sum(_tags("revenue", "parts"))
_COST = first(*_tags("cost_of_revenue"), present_sum(_tags("cost_of_revenue", "parts")))


def _nearest(target: str) -> str:
    """Return the candidate for revenue that lies within 0.5 % of ``target``, in table order."""
    cases = " ".join(
        f"WHEN abs({x} - ({target})) <= 0.005 * abs({x}) THEN {x}" for x in (_A, _B, _C, _GOODS, "h_rev_parts")
    )
    return f"CASE {cases} END"


HELPERS: tuple[tuple[str, str], ...] = (
    ("h_rev_parts", _REVENUE_PARTS),
    ("h_rev_high", f"greatest({_A}, {_B}, {_C})"),
    ("h_rev_low", f"least({_A}, {_B}, {_C})"),
    ("h_rev_gross", _nearest(f"{_COST} + {t('GrossProfit')}")),
    ("h_rev_costs", _nearest(f"{first(*_tags('total_costs'))} + {t('OperatingIncomeLoss')}")),
    ("h_rev_bank", f"CASE WHEN model = 'bank' THEN {t('InterestIncomeExpenseNet')} + {t('NoninterestIncome')} END"),
    # Contracts with customers before the results of hedging may well be larger than a utility's operating revenues.
    ("h_rev_utility", f"CASE WHEN model = 'utility' THEN nullif({_A}, 0) END"),
    ("h_da_total", f"greatest({', '.join(_tags('da'))})"),
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
    "h_rev_bank",
    "h_rev_utility",
    "h_rev_gross",
    "CASE WHEN h_rev_high - h_rev_low <= 0.005 * greatest(abs(h_rev_high), abs(h_rev_low)) "
    f"THEN {first(_A, _B, _C)} END",
    "h_rev_costs",
    "h_rev_high",
    t(BY_NAME["revenue"].tags[3]),
    *_tags("revenue", "fill"),
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
    present_sum(_tags("interest_expense", "parts")),
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

_CAPEX_PARTS = _tags("capex", "parts")
_CAPEX = first(
    *_tags("capex"),
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
    return first(*_tags(name), distinct_sum(_tags(name, "parts")), *(t(f"ifrs:{tag}") for tag in BY_NAME[name].ifrs))


_FINITE, _INDEFINITE = t("FiniteLivedIntangibleAssetsNet"), t("IndefiniteLivedIntangibleAssetsExcludingGoodwill")
_LIQUIDATION = t("PreferredStockLiquidationPreferenceValue")

DIRECT: dict[str, str] = {
    "revenue": _REVENUE,
    "interest_expense": _INTEREST,
    "da": _DA,
    "capex": _CAPEX,
    "stock_issued": _STOCK_ISSUED,
    "debt_issued": _flows("debt_issued"),
    "debt_repaid": _flows("debt_repaid"),
    "buybacks": first(
        *_tags("buybacks"),
        *(t(f"ifrs:{tag}") for tag in BY_NAME["buybacks"].ifrs),
        at_least_zero("h_net_repurchase"),
    ),
    "intangibles": first(
        t("IntangibleAssetsNetExcludingGoodwill"), f"{_FINITE} + {_INDEFINITE}", _FINITE, t("OtherIntangibleAssetsNet")
    ),
    "preferred": first(*_tags("preferred")),
    "deferred_revenue": f"greatest({present_sum(_tags('deferred_revenue'))}, {t('ContractWithCustomerLiability')})",
}

_LSE = first(t("LiabilitiesAndStockholdersEquity"), t("ifrs:EquityAndLiabilities"))
# Derived from gross profit, unless "operating expenses" hold the cost of revenue too: pretax income is the referee.
_EBIT_FROM_GROSS = (
    "CASE WHEN cost_of_revenue IS NOT NULL AND d_pretax_income IS NOT NULL "
    "AND abs(revenue - d_operating_expenses - d_pretax_income) "
    "< abs(gross_profit - d_operating_expenses - d_pretax_income) "
    "THEN revenue - d_operating_expenses ELSE gross_profit - d_operating_expenses END"
)
_NET_NONOPERATING = t("NonoperatingIncomeExpense")
_EBIT_FROM_PRETAX = (
    f"CASE WHEN {_NET_NONOPERATING} IS NOT NULL THEN d_pretax_income - {_NET_NONOPERATING} "
    "WHEN d_interest_expense IS NOT NULL "
    "THEN d_pretax_income + d_interest_expense - coalesce(d_nonoperating_other, 0) END"
)
_NOT_FINANCIAL = "coalesce(model, 'standard') NOT IN ('bank', 'insurer')"
_NET_INTEREST = t("InterestIncomeExpenseNonoperatingNet")
_CASH_TOTAL = t("CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents")

FINAL: dict[str, str] = {
    "interest_expense": f"coalesce(d_interest_expense, CASE WHEN {_NET_INTEREST} < 0 THEN 0 - {_NET_INTEREST} END)",
    "operating_income": first(
        "d_operating_income",
        f"CASE WHEN {_NOT_FINANCIAL} "
        f"THEN coalesce({_EBIT_FROM_GROSS}, revenue - d_total_costs, {_EBIT_FROM_PRETAX}) END",
    ),
    "preferred_dividends": (
        "coalesce(d_preferred_dividends, CASE WHEN d_net_income >= d_net_income_to_common "
        "THEN d_net_income - d_net_income_to_common END)"
    ),
    "net_income_to_common": "coalesce(d_net_income_to_common, net_income - coalesce(d_preferred_dividends, 0))",
    "capitalized_software": (
        f"CASE WHEN {t('PaymentsToAcquirePropertyPlantAndEquipment')} IS NULL "
        f"AND {t('PaymentsToAcquireProductiveAssets')} IS NOT NULL THEN NULL ELSE d_capitalized_software END"
    ),
    "dividends_paid_common": first(
        "d_dividends_paid_common",
        f"dividends_paid - coalesce({t('PaymentsOfDividendsPreferredStockAndPreferenceStock')}, 0) "
        f"- coalesce({t('PaymentsOfDividendsMinorityInterest')}, 0)",
    ),
    "cash": first(
        "d_cash", f"{_CASH_TOTAL} - coalesce(restricted_cash, 0)", t("CashCashEquivalentsAndShortTermInvestments")
    ),
    # The only face line holds both: the investments are inside cash.
    "short_term_investments": (
        f"CASE WHEN d_cash IS NULL AND {_CASH_TOTAL} IS NULL "
        f"AND {t('CashCashEquivalentsAndShortTermInvestments')} IS NOT NULL THEN NULL ELSE d_short_term_investments END"
    ),
    "intangibles": f"coalesce(d_intangibles, {t('IntangibleAssetsNetIncludingGoodwill')} - d_goodwill)",
    # Carried at par: what the holders are owed stands for it.
    "preferred": (
        f"CASE WHEN d_preferred > 0 AND d_preferred < 0.01 * {_LIQUIDATION} THEN {_LIQUIDATION} ELSE d_preferred END"
    ),
    # Some filers tag the sum of both sides as their liabilities.
    "total_liabilities": first(
        f"CASE WHEN abs(d_total_liabilities - {_LSE}) <= 0.001 * {_LSE} AND abs(equity_incl_nci) > 0.002 * {_LSE} "
        "THEN NULL ELSE d_total_liabilities END",
        f"{_LSE} - equity_incl_nci - coalesce(temp_equity, 0)",
        f"{t('LiabilitiesCurrent')} + {t('LiabilitiesNoncurrent')}",
        "total_assets - equity_incl_nci - coalesce(temp_equity, 0)",
    ),
    "equity": first(
        "d_equity",
        "d_equity_incl_nci - coalesce(minority_interest, 0)",
        "d_total_assets - d_total_liabilities - coalesce(d_temp_equity, 0) - coalesce(minority_interest, 0)",
    ),
    "equity_incl_nci": "coalesce(d_equity_incl_nci, equity + coalesce(minority_interest, 0))",
    "current_liabilities": f"coalesce(d_current_liabilities, total_liabilities - {t('LiabilitiesNoncurrent')})",
    **{
        f"debt_mat_y{year}": (
            f"coalesce(d_debt_mat_y{year}, CASE WHEN d_debt_mat_y1 IS NOT NULL AND coalesce("
            "d_debt_mat_y2, d_debt_mat_y3, d_debt_mat_y4, d_debt_mat_y5, d_debt_mat_after5) IS NOT NULL THEN 0 END)"
        )
        for year in (2, 3, 4, 5)
    },
}

PERIOD_FLAGS: tuple[tuple[str, str], ...] = (
    (
        "g_da_partial",
        f"CASE WHEN h_da_total IS NULL AND {_OTHER_DA} IS NULL AND ({t('Depreciation')} IS NULL) "
        f"<> ({_AMORTIZATION} IS NULL) THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_revenue_fill",
        f"CASE WHEN coalesce(h_rev_bank, h_rev_high, {t(BY_NAME['revenue'].tags[3])}) IS NULL "
        f"AND h_rev_gross IS NULL AND h_rev_costs IS NULL AND {first(*_tags('revenue', 'fill'))} IS NOT NULL "
        "THEN 1.0 ELSE 0.0 END",
    ),
    # The income of all owners (1) or of common holders (2) stands for the parent's, the difference being unknown.
    (
        "g_income_weak",
        f"CASE WHEN d_net_income IS NOT NULL THEN 0.0 WHEN {t('ProfitLoss')} IS NULL THEN 2.0 "
        "WHEN d_nci_income IS NULL THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_ebit_derived",
        "CASE WHEN d_operating_income IS NULL AND operating_income IS NOT NULL THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_conflict",
        "CASE WHEN h_rev_high - h_rev_low > 0.005 * greatest(abs(h_rev_high), abs(h_rev_low)) "
        "AND h_rev_bank IS NULL AND h_rev_utility IS NULL AND h_rev_gross IS NULL AND h_rev_costs IS NULL "
        "THEN 1.0 ELSE 0.0 END",
    ),
)
