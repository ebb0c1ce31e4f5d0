"""The debt tree: current and noncurrent debt, converts, finance leases and totals, without counting anything twice."""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.catalogue.vendor_items import PREFIX, TOTAL_DEBT
from screener.standardize.columns import LADDER_AGE, closure, face, own_tags
from screener.standardize.columns import raw as t
from screener.standardize.trees import at_least_zero, first, present_sum

_PARTS = {name: [t(tag) for tag in BY_NAME[name].parts] for name in ("short_term_borrowings", "long_term_debt")}
_CONVERT_NONCURRENT = first(t("ConvertibleLongTermNotesPayable"), t("ConvertibleDebtNoncurrent"))
_NONCURRENT_PARTS = [
    part
    for part in _PARTS["long_term_debt"]
    if part not in (t("ConvertibleLongTermNotesPayable"), t("ConvertibleDebtNoncurrent"))
]
_TOTAL_WITH_LEASES = t("LongTermDebtAndCapitalLeaseObligationsIncludingCurrentMaturities")
_INSTRUMENTS = [
    t(tag)
    for tag in BY_NAME["total_debt"].parts
    if tag not in ("NotesPayable", "ConvertibleNotesPayable", "ConvertibleDebt")
]


def _unit(column: str) -> str:
    """Return the rounding unit of a whole number: the largest power of ten that divides it."""
    digits = f"CAST(CAST(abs({column}) AS HUGEINT) AS VARCHAR)"
    return f"pow(10, length({digits}) - length(rtrim({digits}, '0')))"


_FIRST_YEAR = t("LongTermDebtMaturitiesRepaymentsOfPrincipalInNextTwelveMonths")
_CURRENT_BY_DIFFERENCE = f"({t('LongTermDebt')} - {t('LongTermDebtNoncurrent')})"

# One line of the face tagged both as short-term borrowings and as the current part of long-term debt. Commercial
# paper that merely happens to be as large as the current part is another debt: only ShortTermBorrowings is tested.
_SAME_LINE = (
    f"{t('ShortTermBorrowings')} IS NOT NULL AND h_clt > 0 AND abs(h_stb - h_clt) <= 0.001 * h_clt "
    f"AND abs(h_stb - h_clt) <= least({_unit('h_stb')}, {_unit('h_clt')}) "
    "AND (h_ltd_total IS NULL OR h_nc IS NULL OR abs(h_ltd_total - h_nc - h_clt) <= 0.01 * h_ltd_total)"
)
# All that is due within the year under one tag, its long-term part once more under another: the total says so.
_HOLDS_CURRENT_PART = (
    f"{t('ShortTermBorrowings')} IS NOT NULL AND h_stb > h_clt AND abs({t('LongTermDebt')} - h_nc - h_stb) "
    f"<= 0.01 * {t('LongTermDebt')} "
    f"AND abs({t('LongTermDebt')} - h_nc - h_stb) < abs({t('LongTermDebt')} - h_nc - h_clt)"
)

DEBT_HELPERS: tuple[tuple[str, str], ...] = (
    ("h_cp", present_sum(_PARTS["short_term_borrowings"])),
    ("h_stb", first(t("ShortTermBorrowings"), "h_cp", t("ifrs:ShorttermBorrowings"))),
    (
        "h_clt_parts",
        present_sum(
            [
                t("SecuredDebtCurrent"),
                t("SeniorNotesCurrent"),
                t("OtherLongTermDebtCurrent"),
                t("LoansPayableToBankCurrent"),
                first(t("ConvertibleDebtCurrent"), t("ConvertibleNotesPayableCurrent")),
            ]
        ),
    ),
    (
        "h_clt",
        first(
            t("LongTermDebtCurrent"),
            t("LongTermDebtAndCapitalLeaseObligationsCurrent"),
            "h_clt_parts",
            t("ifrs:CurrentPortionOfLongtermBorrowings"),
        ),
    ),
    (
        "h_nested_c",
        f"({t('LongTermDebtCurrent')} IS NULL AND {t('LongTermDebtAndCapitalLeaseObligationsCurrent')} IS NOT NULL)",
    ),
    ("h_ltd_total", first(t("LongTermDebt"), _TOTAL_WITH_LEASES)),
    ("h_convert", _CONVERT_NONCURRENT),
    ("h_nc_parts", present_sum([*_NONCURRENT_PARTS, _CONVERT_NONCURRENT])),
    (
        "h_nc_base",
        first(
            t("LongTermDebtNoncurrent"),
            t("LongTermDebtAndCapitalLeaseObligations"),
            "h_nc_parts",
            at_least_zero(f"({t('LongTermDebt')} - coalesce(h_clt, 0))"),
            at_least_zero(f"({_TOTAL_WITH_LEASES} - coalesce(h_clt, 0))"),
            t("ifrs:LongtermBorrowings"),
            t("simfin:Long Term Debt"),
        ),
    ),
    (
        "h_nested_n",
        f"({t('LongTermDebtNoncurrent')} IS NULL AND ({t('LongTermDebtAndCapitalLeaseObligations')} IS NOT NULL "
        f"OR (h_nc_parts IS NULL AND {t('LongTermDebt')} IS NULL AND {_TOTAL_WITH_LEASES} IS NOT NULL)))",
    ),
    (
        "h_convert_beside",
        f"coalesce({face('LongTermDebtNoncurrent')} = 1 AND h_convert < 0.98 * h_nc_base AND h_convert > 0 "
        f"AND CASE WHEN {t('ConvertibleLongTermNotesPayable')} IS NOT NULL "
        f"THEN {face('ConvertibleLongTermNotesPayable')} ELSE {face('ConvertibleDebtNoncurrent')} END = 1, false)",
    ),
    # A convert far above the noncurrent line can't be inside it, nor can one with a line of its own beside it.
    (
        "h_nc",
        f"CASE WHEN {t('LongTermDebtNoncurrent')} IS NOT NULL AND (h_convert > 1.02 * h_nc_base OR h_convert_beside) "
        "THEN h_nc_base + h_convert ELSE h_nc_base END",
    ),
    (
        "h_debt_current",
        f"CASE WHEN {t('DebtCurrent')} >= 0 THEN {t('DebtCurrent')} "
        f"WHEN h_stb IS NOT NULL AND h_clt IS NOT NULL THEN CASE WHEN {_SAME_LINE} THEN h_clt "
        f"WHEN {_HOLDS_CURRENT_PART} THEN h_stb ELSE h_stb + h_clt END "
        f"ELSE coalesce(h_stb, h_clt, {t('ifrs:CurrentBorrowingsAndCurrentPortionOfNoncurrentBorrowings')}, "
        f"{t('simfin:Short Term Debt')}) END",
    ),
    ("h_lease_c0", first(t("FinanceLeaseLiabilityCurrent"), t("CapitalLeaseObligationsCurrent"))),
    ("h_lease_n0", first(t("FinanceLeaseLiabilityNoncurrent"), t("CapitalLeaseObligationsNoncurrent"))),
    ("h_lease_t0", first(t("FinanceLeaseLiability"), t("CapitalLeaseObligations"))),
    ("h_lease", first("h_lease_t0", present_sum(["h_lease_c0", "h_lease_n0"]))),
    ("h_lease_c", at_least_zero("coalesce(h_lease_c0, h_lease_t0 - h_lease_n0)")),
    ("h_lease_n", at_least_zero("coalesce(h_lease_n0, h_lease_t0 - h_lease_c0)")),
    # With the total alone the split is unknown: it counts in full only where the noncurrent line excludes leases.
    (
        "h_lease_add",
        "CASE WHEN h_lease_c IS NULL AND h_lease_n IS NULL "
        "THEN CASE WHEN h_nested_n THEN 0 ELSE coalesce(h_lease, 0) END "
        "ELSE CASE WHEN h_nested_c THEN 0 ELSE coalesce(h_lease_c, 0) END "
        "+ CASE WHEN h_nested_n THEN 0 ELSE coalesce(h_lease_n, 0) END END",
    ),
    ("h_notes_convert", first(t("ConvertibleNotesPayable"), t("ConvertibleDebt"))),
    ("h_instruments", present_sum([*_INSTRUMENTS, "h_notes_convert", t("CommercialPaper")])),
    (
        "h_all_instruments",
        f"CASE WHEN {t('NotesPayable')} IS NULL THEN h_instruments "
        f"WHEN {t('NotesPayable')} >= 0.98 * coalesce(h_instruments, 0) THEN {t('NotesPayable')} "
        f"ELSE {t('NotesPayable')} + h_instruments END",
    ),
    (
        "h_unclassified",
        "greatest("
        + first(
            t("DebtLongtermAndShorttermCombinedAmount"),
            "h_ltd_total",
            t("DebtAndCapitalLeaseObligations"),
            t("ifrs:Borrowings"),
        )
        + ", h_all_instruments)",
    ),
)

_FHLB = first(
    t("AdvancesFromFederalHomeLoanBanks"),
    present_sum([t("FederalHomeLoanBankAdvancesShortTerm"), t("FederalHomeLoanBankAdvancesLongTerm")]),
)
_SUBORDINATED = first(t("SubordinatedDebt"), t("SubordinatedLongTermDebt"))
_JUNIOR = first(
    t("JuniorSubordinatedNotes"), t("JuniorSubordinatedDebentureOwedToUnconsolidatedSubsidiaryTrustNoncurrent")
)
_BANK_OWN = (
    "FederalHomeLoanBankAdvancesShortTerm", "FederalHomeLoanBankAdvancesLongTerm", "SubordinatedLongTermDebt",
    "JuniorSubordinatedDebentureOwedToUnconsolidatedSubsidiaryTrustNoncurrent",
)  # fmt: skip


def _without(name: str, tags: tuple[str, ...]) -> str:
    """Return the sum of the parts of ``name`` that are not in ``tags``."""
    return present_sum([t(tag) for tag in BY_NAME[name].parts if tag not in tags])


# A bank borrows short, from the home loan banks, long and subordinated; its deposits are no debt.
BANK_HELPERS: tuple[tuple[str, str], ...] = (
    (
        "h_bank_short",
        first(t("ShortTermBorrowings"), t("DebtCurrent"), _without("short_term_borrowings", _BANK_OWN)),
    ),
    (
        "h_bank_long",
        first(
            "h_ltd_total",
            present_sum([t("LongTermDebtNoncurrent"), t("LongTermDebtCurrent")]),
            t("LongTermDebtAndCapitalLeaseObligations"),
            _without("long_term_debt", _BANK_OWN),
        ),
    ),
    ("h_bank_more", present_sum([_FHLB, _SUBORDINATED, _JUNIOR])),
    ("h_bank_debt", f"CASE WHEN model = 'bank' THEN {present_sum(['h_bank_short', 'h_bank_long', 'h_bank_more'])} END"),
    # The long-term line may well be the total of which these are parts.
    ("h_bank_overlap", "h_bank_debt IS NOT NULL AND h_bank_more > 0 AND h_bank_long >= 0.999 * h_bank_more"),
)

_CONVERT_MAY_BE_INSIDE = (
    f"({t('LongTermDebtNoncurrent')} IS NOT NULL AND h_convert < 0.98 * h_nc_base AND h_convert > 0)"
)
_AMBIGUOUS = f"(h_bank_overlap OR (h_bank_debt IS NULL AND NOT h_convert_beside AND {_CONVERT_MAY_BE_INSIDE}))"

DEBT_DIRECT: dict[str, str] = {
    "short_term_borrowings": "h_stb",
    "current_ltd": "h_clt",
    "debt_current": "h_debt_current",
    "long_term_debt": "h_nc",
    "finance_leases": first("h_lease", t("ifrs:LeaseLiabilities")),
    "total_debt": (
        f"CASE WHEN {t(TOTAL_DEBT)} IS NOT NULL THEN {t(TOTAL_DEBT)} WHEN h_bank_debt IS NOT NULL THEN h_bank_debt "
        "WHEN h_nc IS NOT NULL THEN coalesce(h_debt_current, 0) + h_nc + h_lease_add "
        "WHEN h_debt_current IS NOT NULL THEN greatest(h_debt_current + h_lease_add, h_unclassified) "
        "ELSE h_unclassified END"
    ),
}

DEBT_FINAL: dict[str, str] = {
    **{name: f"d_{name}" for name in DEBT_DIRECT},
    "current_ltd": f"coalesce(d_current_ltd, {at_least_zero(_CURRENT_BY_DIFFERENCE)})",
    "total_debt_lo": "CASE WHEN h_bank_overlap THEN total_debt - h_bank_more ELSE total_debt END",
    "total_debt_hi": f"CASE WHEN h_bank_debt IS NULL AND {_AMBIGUOUS} THEN total_debt + h_convert ELSE total_debt END",
}

DEBT_FLAGS: tuple[tuple[str, str], ...] = (
    (
        "f_debt_ambiguous",
        f"CASE WHEN {_AMBIGUOUS} THEN 1.0 ELSE 0.0 END",
    ),
    (
        "f_debt_double_tag",
        f"CASE WHEN coalesce({t('DebtCurrent')}, -1) < 0 AND h_clt IS NOT NULL AND ({_SAME_LINE}) "
        "THEN 1.0 ELSE 0.0 END",
    ),
    # Amounts, not marks: what the maturity ladder has to be measured against.
    # Two lines that add up to the current debt stand beside one another, so that short-term borrowings are in no
    # ladder, unless its first year is as large as they: then they are that year's bucket.
    (
        "f_short_instruments",
        "CASE WHEN h_stb > 0 AND h_clt > 0 AND abs(h_stb + h_clt - h_debt_current) <= 0.005 * h_debt_current "
        f"AND NOT coalesce(abs(h_stb - {_FIRST_YEAR}) <= 0.1 * {_FIRST_YEAR}, false) "
        "THEN greatest(h_stb, coalesce(h_cp, 0)) ELSE h_cp END",
    ),
    ("f_ladder_age", f"coalesce({t(LADDER_AGE)}, 0)"),
)


def debt_tags() -> tuple[str, ...]:
    """Return the tags that are evidence of borrowing when a filing gives one of them a value, leases aside, sorted.

    Balances, maturities, borrowings and repayments, and the interest on them.
    """
    names = ("short_term_borrowings", "current_ltd", "debt_current", "long_term_debt", "total_debt")
    ladder = tuple(f"debt_mat_{year}" for year in ("y1", "y2", "y3", "y4", "y5", "after5"))
    flows = ("debt_issued", "debt_repaid", "net_short_term_debt", "interest_expense")
    found = {tag for name in names for tag in closure(name)} | {
        tag for name in (*ladder, *flows) for tag in own_tags(name)
    }
    leases = closure("finance_leases") | {
        "FinanceLeasePrincipalPayments",
        "RepaymentsOfLongTermCapitalLeaseObligations",
        "InterestIncomeExpenseNonoperatingNet",
    }
    return tuple(sorted(tag for tag in found if tag not in leases and not tag.startswith(("simfin:", PREFIX))))
