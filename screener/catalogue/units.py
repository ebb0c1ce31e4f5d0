"""The units: one row each, with the format that every output uses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """How a value is shown. ``style`` names the formatter of text outputs; ``excel`` is the number format.

    ``example`` is what 0.1523, 8.1, 1.2345e9 ... look like in the terminal.
    """

    name: str
    label: str
    style: str
    excel: str
    example: str


UNITS: tuple[Unit, ...] = (
    Unit("ratio", "fraction, shown as per cent", "percent", "0.0%", "15.2%"),
    Unit("multiple", "times", "multiple", '0.0"×"', "8.1×"),
    Unit("usd", "US dollars, full units", "money", '[>=1000000000]#,##0.0,,,"B";[>=1000000]#,##0.0,,"M";#,##0', "1.2B"),
    Unit("usd_per_share", "US dollars a share", "decimal", "#,##0.00", "12.34"),
    Unit("shares", "shares", "money", '[>=1000000000]#,##0.0,,,"B";[>=1000000]#,##0.0,,"M";#,##0', "48.3M"),
    Unit("days", "days", "integer", "#,##0", "45"),
    Unit("months", "months", "integer", "#,##0", "18"),
    Unit("years", "years", "decimal1", "0.0", "3.5"),
    Unit("score", "score, 0 to 100", "decimal1", "0.0", "83.4"),
    Unit("flag", "1 for yes, 0 for no", "integer", "0", "1"),
    Unit("count", "count", "integer", "#,##0", "4"),
    Unit("number", "plain number", "decimal", "#,##0.00", "1.23"),
    Unit("text", "text", "text", "@", "Industrials"),
    Unit("date", "date", "date", "yyyy-mm-dd", "2024-03-08"),
    Unit("bool", "yes or no", "bool", "General", "yes"),
)

BY_NAME: dict[str, Unit] = {unit.name: unit for unit in UNITS}
