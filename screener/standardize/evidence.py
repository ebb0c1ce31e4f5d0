"""What a missing amount means: the evidence behind cash and interest, as there is one behind debt."""

from __future__ import annotations

Column = tuple[str, str]

# Current assets that are made up of the other lines leave no room for cash.
NO_ROOM = 0.005
# Share of the largest financing flow that the known flows may leave unexplained.
UNEXPLAINED = 0.25


def cash_values() -> tuple[Column, ...]:
    """Return ``cash`` and ``cash_evidence``: reported, reported_zero, inferred_zero or unknown.

    No cash is inferred only where the other current assets add up to all of them.
    """
    others = " + ".join(
        f"coalesce(v_{name}, 0)"
        for name in ("short_term_investments", "receivables", "inventory", "prepaid_other_current")
    )
    return (
        (
            "no_cash",
            "coalesce(v_cash IS NULL AND v_current_assets > 0 AND v_receivables IS NOT NULL "
            f"AND abs(v_current_assets - ({others})) <= {NO_ROOM} * v_current_assets, false)",
        ),
        ("cash", "CASE WHEN no_cash THEN 0 ELSE v_cash END"),
        (
            "cash_evidence",
            "CASE WHEN no_cash THEN 'inferred_zero' WHEN v_cash IS NULL THEN 'unknown' "
            "WHEN v_cash = 0 THEN 'reported_zero' ELSE 'reported' END",
        ),
    )


def interest_values() -> tuple[Column, ...]:
    """Return ``interest_to_cover``, its quarter and ``interest_evidence``; they need the finished ``total_debt``.

    Where no expense is reported, the interest paid stands for it (accrual_proxy), and none where nothing is owed
    (inferred_zero): for coverage alone, ``interest_expense`` stays unknown. ``net``: wholly or partly net of income.
    """
    columns = [
        (
            f"interest_to_cover{suffix}",
            f"CASE WHEN interest_expense{suffix} IS NOT NULL THEN interest_expense{suffix} "
            f"WHEN interest_paid{suffix} > 0 THEN interest_paid{suffix} WHEN total_debt = 0 THEN 0 END",
        )
        for suffix in ("", "_q")
    ]
    return (
        *columns,
        (
            "interest_evidence",
            "CASE WHEN interest_expense IS NOT NULL THEN CASE WHEN interest_expense = 0 THEN 'reported_zero' "
            "WHEN v_kt_interest_expense > 0 THEN 'net' ELSE 'reported' END "
            "WHEN interest_paid > 0 THEN 'accrual_proxy' WHEN total_debt = 0 THEN 'inferred_zero' ELSE 'unknown' END",
        ),
    )


def financing_residual() -> str:
    """Return the test whether the known financing flows leave more than a quarter of the largest one unexplained."""
    known = {
        name: f"coalesce({name}, 0)"
        for name in (
            "debt_issued", "debt_repaid", "net_short_term_debt", "stock_issued", "preferred_issued", "buybacks",
            "tax_withholding_shares", "dividends_paid",
        )
    }  # fmt: skip
    borrowed = f"({known['debt_issued']} - {known['debt_repaid']} + {known['net_short_term_debt']})"
    terms = [f"abs({borrowed})", *(f"abs({term})" for name, term in known.items() if "debt" not in name)]
    explained = (
        f"{borrowed} + {known['stock_issued']} + {known['preferred_issued']} - {known['buybacks']} "
        f"- {known['tax_withholding_shares']} - {known['dividends_paid']}"
    )
    vendors = "taxonomy NOT IN ('simfin', 'vendor')"
    return f"{vendors} AND abs(cff - ({explained})) > {UNEXPLAINED} * greatest({', '.join(terms)})"
