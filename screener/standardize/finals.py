"""The finished items: what fallbacks, other items and the reporting model make of the values from own tags.

Names as in ``trees``; besides, ``x`` is the finished item, ``f_x`` a flag of the balance sheet (0 or 1) and ``g_x``
one of the periods.
"""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.standardize.columns import raw as t
from screener.standardize.trees import at_least_zero, first, tags_of

_VENDOR_INTEREST = t("simfin:Interest Expense, Net")
_WHOLE_INTEREST = [
    t(tag) for tag in BY_NAME["interest_expense"].tags if tag not in ("InterestExpenseDebt", "FinancingInterestExpense")
]
_SOME_INTEREST = [t("InterestExpenseDebt"), *tags_of("interest_expense", "parts")]

_OTHER_DA, _AMORTIZATION = t("OtherDepreciationAndAmortization"), t("AmortizationOfIntangibleAssets")
_LIQUIDATION = t("PreferredStockLiquidationPreferenceValue")
_GROSS = "coalesce(d_gross_profit, revenue - cost_of_revenue)"
_LSE = first(t("LiabilitiesAndStockholdersEquity"), t("ifrs:EquityAndLiabilities"))
# Derived from gross profit, unless "operating expenses" hold the cost of revenue too: pretax income is the referee.
_EBIT_FROM_GROSS = (
    "CASE WHEN cost_of_revenue IS NOT NULL AND d_pretax_income IS NOT NULL "
    "AND abs(revenue - d_operating_expenses - d_pretax_income) "
    f"< abs({_GROSS} - d_operating_expenses - d_pretax_income) "
    f"THEN revenue - d_operating_expenses ELSE {_GROSS} - d_operating_expenses END"
)
_NET_NONOPERATING = f"nullif({t('NonoperatingIncomeExpense')}, 0)"
_EBIT_FROM_PRETAX = (
    f"CASE WHEN {_NET_NONOPERATING} IS NOT NULL THEN pretax_income - {_NET_NONOPERATING} "
    "WHEN interest_expense IS NOT NULL "
    "THEN pretax_income + interest_expense - coalesce(d_nonoperating_other, 0) END"
)
# All costs that leave the pretax income hold the interest too.
_EBIT_FROM_COSTS = (
    "CASE WHEN interest_expense > 0 AND abs(revenue - d_total_costs - pretax_income) <= 0.005 * abs(pretax_income) "
    "THEN pretax_income + interest_expense ELSE revenue - d_total_costs END"
)
_NOT_FINANCIAL = "coalesce(model, 'standard') NOT IN ('bank', 'insurer')"
_NET_INTEREST = t("InterestIncomeExpenseNonoperatingNet")
_BANK_STYLE_INTEREST = t("InterestIncomeExpenseNet")
_ALL_COSTS = (
    "cost_of_revenue > 0 AND abs(revenue - d_operating_expenses - d_operating_income) <= 0.01 * abs(d_operating_income)"
)
# A cost of revenue that is a small part of all costs, most of which no other line explains: one of many lines.
_EVERY_COST = (
    "coalesce(d_total_costs, CASE WHEN abs(revenue - d_operating_expenses - d_operating_income) "
    "<= 0.01 * abs(d_operating_income) THEN d_operating_expenses END)"
)
_SELLING = "coalesce(d_sga, coalesce(d_selling_marketing, 0) + coalesce(d_general_admin, 0))"
_COST_IS_A_PART = (
    f"d_gross_profit IS NULL AND d_cost_of_revenue < 0.1 * {_EVERY_COST} "
    f"AND d_cost_of_revenue + coalesce(d_research_development, 0) + {_SELLING} < 0.5 * {_EVERY_COST}"
)
_CASH_TOTAL = t("CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents")

FINAL: dict[str, str] = {
    # Net figures stand in where no gross one is tagged and more is paid than earned; a bank's is its margin.
    "interest_expense": first(
        # Gross interest is never below the net expense: it is then that of some part.
        f"CASE WHEN d_interest_expense >= 0.995 * (0 - least({_NET_INTEREST}, {_BANK_STYLE_INTEREST}, 0)) "
        "THEN d_interest_expense END",
        f"CASE WHEN {_NET_INTEREST} < 0 THEN 0 - {_NET_INTEREST} END",
        f"CASE WHEN {_NOT_FINANCIAL} AND {_BANK_STYLE_INTEREST} < 0 THEN 0 - {_BANK_STYLE_INTEREST} END",
        "d_interest_expense",
    ),
    "cost_of_revenue": (
        f"CASE WHEN {_COST_IS_A_PART} THEN NULL ELSE coalesce(d_cost_of_revenue, revenue - d_gross_profit) END"
    ),
    "gross_profit": (f"CASE WHEN coalesce(model, 'standard') NOT IN ('bank', 'insurer', 'reit') THEN {_GROSS} END"),
    # Some filers tag the cost of sales inside their operating expenses: those are all costs.
    "operating_expenses": first(
        f"CASE WHEN {_ALL_COSTS} THEN {_GROSS} - d_operating_income ELSE d_operating_expenses END",
        "gross_profit - d_operating_income",
    ),
    "total_costs": first(
        "d_total_costs", f"CASE WHEN {_ALL_COSTS} THEN d_operating_expenses END", "revenue - d_operating_income"
    ),
    "operating_income": (
        f"CASE WHEN {_NOT_FINANCIAL} THEN "
        f"coalesce(d_operating_income, {_EBIT_FROM_GROSS}, {_EBIT_FROM_COSTS}, {_EBIT_FROM_PRETAX}) END"
    ),
    "preferred_dividends": (
        "coalesce(d_preferred_dividends, CASE WHEN d_net_income >= d_net_income_to_common "
        "THEN d_net_income - d_net_income_to_common END)"
    ),
    # Some filers tag the earnings a share so.
    "net_income_to_common": first(
        "CASE WHEN abs(d_net_income_to_common) <= 1e-6 * abs(net_income) AND net_income <> 0 THEN NULL "
        "ELSE d_net_income_to_common END",
        "net_income - coalesce(d_preferred_dividends, 0)",
    ),
    "capitalized_software": (
        f"CASE WHEN {t('PaymentsToAcquirePropertyPlantAndEquipment')} IS NULL "
        f"AND {t('PaymentsToAcquireProductiveAssets')} IS NOT NULL THEN NULL ELSE d_capitalized_software END"
    ),
    "dividends_paid_common": first(
        "d_dividends_paid_common",
        f"dividends_paid - coalesce({t('PaymentsOfDividendsPreferredStockAndPreferenceStock')}, 0) "
        f"- coalesce({t('PaymentsOfDividendsMinorityInterest')}, 0)",
        t("DividendsCommonStockCash"),
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
        f"CASE WHEN d_preferred > 0 AND d_preferred < 0.01 * {_LIQUIDATION} THEN {_LIQUIDATION} "
        "ELSE coalesce(d_preferred_temp, d_preferred) END"
    ),
    # Construction in progress is in the net amount, not always in what is tagged as gross.
    "ppe_gross": first(
        f"{t('PropertyPlantAndEquipmentNet')} "
        f"+ {t('AccumulatedDepreciationDepletionAndAmortizationPropertyPlantAndEquipment')}",
        "d_ppe_gross",
        "ppe_net + d_accumulated_depreciation",
    ),
    "prepaid_other_current": first(
        "d_prepaid_other_current",
        at_least_zero(
            "(d_current_assets - cash - coalesce(short_term_investments, 0) - receivables - coalesce(inventory, 0))"
        ),
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
            f"coalesce(d_debt_mat_y{year}, CASE WHEN coalesce(d_debt_mat_y1, d_debt_mat_remainder_fy) IS NOT NULL "
            "AND coalesce(d_debt_mat_y2, d_debt_mat_y3, d_debt_mat_y4, d_debt_mat_y5, d_debt_mat_after5) "
            "IS NOT NULL THEN 0 END)"
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
        f"CASE WHEN coalesce(h_rev_model, h_rev_high, {t(BY_NAME['revenue'].tags[3])}) IS NULL "
        f"AND h_rev_gross IS NULL AND h_rev_costs IS NULL AND {first(*tags_of('revenue', 'fill'))} IS NOT NULL "
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
        "AND h_rev_model IS NULL AND h_rev_gross IS NULL AND h_rev_costs IS NULL AND h_rev_face IS NULL "
        "THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_interest_net",
        "CASE WHEN interest_expense IS NOT NULL "
        f"AND (d_interest_expense IS DISTINCT FROM interest_expense OR {_VENDOR_INTEREST} IS NOT NULL) "
        "THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_interest_partial",
        f"CASE WHEN coalesce({', '.join(_WHOLE_INTEREST)}) IS NULL AND coalesce({', '.join(_SOME_INTEREST)}) "
        "IS NOT NULL THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_capex_partial",
        f"CASE WHEN {t('PaymentsToAcquireProductiveAssets')} > 2 * {t('PaymentsToAcquirePropertyPlantAndEquipment')} "
        "THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_cogs_ex_da",
        f"CASE WHEN coalesce({', '.join(tags_of('cost_of_revenue')[:2])}) IS NULL "
        f"AND coalesce({', '.join(tags_of('cost_of_revenue')[2:])}) IS NOT NULL THEN 1.0 ELSE 0.0 END",
    ),
    ("g_cost_partial", f"CASE WHEN {_COST_IS_A_PART} THEN 1.0 ELSE 0.0 END"),
    (
        "g_sga_partial",
        "CASE WHEN d_sga IS NULL AND (selling_marketing IS NULL) <> (general_admin IS NULL) THEN 1.0 ELSE 0.0 END",
    ),
    (
        "g_accrual",
        "CASE WHEN (d_buybacks IS NULL AND buybacks IS NOT NULL) "
        f"OR (d_dividends_paid IS NULL AND {t('PaymentsOfDividendsCommonStock')} IS NULL "
        "AND coalesce(dividends_paid, dividends_paid_common) IS NOT NULL) THEN 1.0 ELSE 0.0 END",
    ),
)

BALANCE_FLAGS: tuple[tuple[str, str], ...] = (
    (
        "f_payables_accrued",
        f"CASE WHEN coalesce({', '.join(tags_of('accounts_payable')[:2])}) IS NULL AND accounts_payable IS NOT NULL "
        "THEN 1.0 ELSE 0.0 END",
    ),
    (
        "f_cash_restricted",
        f"CASE WHEN d_cash IS NULL AND d_restricted_cash IS NULL AND {_CASH_TOTAL} IS NOT NULL THEN 1.0 ELSE 0.0 END",
    ),
    (
        "f_securities_unplaced",
        f"CASE WHEN short_term_investments IS NULL AND {t('AvailableForSaleSecuritiesDebtSecurities')} > 0 "
        "THEN 1.0 ELSE 0.0 END",
    ),
    (
        "f_revolver_derived",
        "CASE WHEN d_revolver_capacity IS NULL AND revolver_capacity IS NOT NULL THEN 1.0 ELSE 0.0 END",
    ),
)
