"""What falls due within one, two and three years: the maturity ladder as one cumulative curve, aged to the row.

Buckets are principal of long-term debt. In an annual report they begin at the period end; in an interim report the
first is the rest of the fiscal year, and "year one" is the whole fiscal year after it; filers that leave out year one
there call that fiscal year "year two".
"""

from __future__ import annotations

Column = tuple[str, str]

YEARS = (1, 2, 3, 4, 5)
HORIZONS = (12, 24, 36)
DAYS_A_MONTH = 30.4375
# Helpers that count months, not amounts.
MONTHS = ("ladder_months", "ladder_quarter", "ladder_first", "ladder_shift", "ladder_reach")
# A ladder that is this far from the debt that it should add up to is flagged.
FIT = (0.8, 1.2)


def _year(year: int) -> str:
    return f"v_debt_mat_y{year}"


def _cumulative(month: str) -> str:
    """Return the amount due by ``month`` of the ladder's own calendar, linear inside the buckets."""
    steps = [f"ladder_rest * least(1, ({month}) / nullif(ladder_first, 0))"]
    for year in YEARS:
        share = f"least(1, greatest(0, (({month}) - ladder_shift - {12 * (year - 1)}) / 12))"
        steps.append(f"coalesce({_year(year)}, 0) * {share}")
    return " + ".join(f"coalesce({step}, 0)" for step in steps)


def maturities() -> tuple[Column, ...]:
    """Return the columns ``due_12m``, ``due_24m``, ``due_36m``, ``debt_mat_after5`` and two flags of the ladder.

    They need the finished debt items, ``no_debt`` and ``fiscal_quarter``. NULL where no ladder reaches that far; what
    is due within a year is then the current debt of the balance sheet (``mat_fallback``), never less than it anyway.
    """
    every = " + ".join(f"coalesce({_year(year)}, 0)" for year in YEARS)
    columns: list[Column] = [
        ("ladder_months", f"round(v_f_ladder_age / {DAYS_A_MONTH})"),
        ("ladder_quarter", "(fiscal_quarter - 1 - round(ladder_months / 3)::INTEGER % 4 + 4) % 4 + 1"),
        # A rest of the fiscal year in an annual report is the year that begins; an empty one says nothing.
        (
            "ladder_first",
            "CASE WHEN v_debt_mat_remainder_fy IS NULL OR (ladder_quarter = 4 AND v_debt_mat_remainder_fy = 0) THEN 0 "
            "WHEN ladder_quarter = 4 THEN 12 ELSE 12 - 3 * ladder_quarter END",
        ),
        ("ladder_rest", "CASE WHEN ladder_first > 0 THEN v_debt_mat_remainder_fy ELSE 0 END"),
        (
            "ladder_shift",
            f"CASE WHEN ladder_first > 0 AND {_year(1)} IS NULL THEN ladder_first - 12 ELSE ladder_first END",
        ),
        # How many months the buckets cover, from the ladder's date.
        (
            "ladder_reach",
            f"ladder_shift + CASE WHEN {_year(2)} IS NOT NULL AND ({_year(1)} IS NOT NULL OR ladder_first > 0) THEN 60 "
            f"WHEN {_year(1)} IS NOT NULL OR ladder_first > 0 THEN 12 END",
        ),
    ]
    columns += [
        (
            f"curve_{month}",
            f"CASE WHEN ladder_months + {month} <= ladder_reach THEN "
            f"({_cumulative(f'ladder_months + {month}')}) - ({_cumulative('ladder_months')}) END",
        )
        for month in HORIZONS
    ]
    columns += [
        # Paper and bank loans are in no ladder, unless its first year is all that is due anyway.
        (
            "beside_ladder",
            "CASE WHEN curve_12 >= 0.95 * debt_current THEN 0 ELSE coalesce(v_f_short_instruments, 0) END",
        ),
        ("owes_nothing", "total_debt = 0 OR no_debt"),
        ("financial", "model IN ('bank', 'insurer')"),
        (
            "due_12m",
            "CASE WHEN financial THEN NULL WHEN owes_nothing THEN 0 "
            "WHEN curve_12 IS NULL THEN debt_current "
            "ELSE greatest(curve_12 + beside_ladder, coalesce(debt_current, 0)) END",
        ),
    ]
    columns += [
        (
            f"due_{month}m",
            "CASE WHEN financial THEN NULL WHEN owes_nothing THEN 0 "
            f"WHEN curve_{month} IS NOT NULL AND curve_12 IS NOT NULL "
            f"THEN greatest(curve_{month} + beside_ladder, due_12m) END",
        )
        for month in HORIZONS[1:]
    ]
    columns += [
        (
            "debt_mat_after5",
            "coalesce(v_debt_mat_after5, CASE WHEN ladder_reach >= 48 "
            f"AND total_debt IS NOT NULL THEN greatest(0, total_debt - ladder_rest - ({every})) END)",
        ),
        ("mat_fallback", "due_12m IS NOT NULL AND curve_12 IS NULL AND NOT coalesce(owes_nothing, false)"),
        (
            "ladder_mismatch",
            "v_debt_mat_after5 IS NOT NULL AND ladder_reach >= 48 AND total_debt > 0 AND "
            f"NOT (ladder_rest + {every} + v_debt_mat_after5) BETWEEN "
            f"{FIT[0]} * (total_debt - coalesce(v_finance_leases, 0) - coalesce(v_f_short_instruments, 0)) AND "
            f"{FIT[1]} * (total_debt - coalesce(v_f_short_instruments, 0))",
        ),
    ]
    return tuple(columns)
