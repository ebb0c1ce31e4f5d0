"""When the next report of a company is due: the SEC's deadlines, one row a kind of filer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when filers of these forms report.

    months: from one report to the next. interim_days, annual_days: after the end of a quarter, of a fiscal year; those
    of the filers that are given the longest. source: where it is said.
    """

    forms: tuple[str, ...]
    months: int
    interim_days: int
    annual_days: int
    source: str


# The last row is that of forms that no row names: a vendor's, which follows domestic companies.
DEADLINES: tuple[Deadline, ...] = (
    Deadline(("20-F", "6-K"), 12, 0, 123, "Form 20-F, General Instruction A(b): four months"),
    Deadline(
        ("40-F",), 12, 0, 92, "Form 40-F, General Instruction D(3): the day of the report in Canada; three months"
    ),
    Deadline((), 3, 45, 90, "Form 10-Q, General Instruction A.1; Form 10-K, General Instruction A(2)"),
)

# Where a deadline falls on a weekend, it is the Monday after (Exchange Act Rule 0-3).
_WEEKEND = "CASE isodow({0}) WHEN 6 THEN 2 WHEN 7 THEN 1 ELSE 0 END"


def due() -> str:
    """Return SQL of the day until which the next report is due, over the newest quarter of an issuer as ``f``.

    It reads ``period_end``, ``fiscal_quarter``, ``form`` and ``year_end``, the newest end of a fiscal year. Filers of
    annual reports alone are due by that; NULL where there is none.
    """
    cases = ""
    for row in DEADLINES:
        start = "f.period_end" if row.interim_days else "f.year_end"
        # A quarter that ends with a month is followed by one that does, too.
        end = f"{start} + INTERVAL {row.months} MONTH"
        end = f"CASE WHEN {start} = last_day({start}) THEN last_day({end}) ELSE CAST({end} AS DATE) END"
        days = f"CASE WHEN f.fiscal_quarter = 3 THEN {row.annual_days} ELSE {row.interim_days} END"
        day = f"{end} + {days if row.interim_days else row.annual_days}"
        forms = ", ".join(f"'{form}'" for form in row.forms)
        cases += f" WHEN replace(f.form, '/A', '') IN ({forms}) THEN {day}" if forms else f" ELSE {day}"
    return f"CASE{cases} END"


def on_a_working_day(day: str) -> str:
    """Return SQL of the day itself, or of the Monday after where it is on a weekend."""
    return f"({day} + {_WEEKEND.format(day)})"
