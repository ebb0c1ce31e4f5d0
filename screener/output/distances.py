"""Distances as people read them: both sides of a comparison, the gap in units and in per cent, and what would turn it."""

from __future__ import annotations

from datetime import date

from screener.engine.distance import Distance
from screener.output.values import UNKNOWN, decimal1, format_value, percent, short

_VERBS = {
    ">": "must rise above {}",
    ">=": "must rise to {}",
    "<": "must fall below {}",
    "<=": "must fall to {}",
    "=": "must be {}",
}


def side(value: float | date, unit: str) -> str:
    """Return one side of a comparison in its unit."""
    return value.isoformat() if isinstance(value, date) else format_value(value, unit)


def gap(found: Distance) -> str:
    """Return the size of the distance in units: percentage points (pp) for ratios, days for dates."""
    size = abs(found.slack)
    if found.unit == "ratio":
        return f"{short(size * 100) if size >= 1000 else decimal1(size * 100)} pp"
    return f"{size:,.0f} days" if found.unit == "days" else format_value(size, found.unit)


def share(found: Distance) -> str:
    """Return the distance in per cent of the threshold, ``–`` where there is none."""
    return UNKNOWN if found.relative is None else percent(abs(found.relative))


def limit(found: Distance) -> str:
    """Return the threshold; what it is made of stands before its value where it is not a plain number."""
    value = side(found.threshold, found.unit)
    return value if found.limit[:1].isdigit() or found.limit[:1] == "-" else f"{found.limit} ({value})"


def measured(found: Distance) -> str:
    """Return value, threshold and distance as a phrase: ``4.2× against <= 2.5×: short by 1.7× (69.2%)``."""
    room = "room of" if found.passes else "short by"
    per_cent = "" if found.relative is None else f" ({share(found)})"
    return f"{side(found.value, found.unit)} against {found.op} {limit(found)}: {room} {gap(found)}{per_cent}"


def needed(found: Distance) -> str:
    """Return what must happen for a comparison that fails to pass: ``roic must rise to 8.0% (now 6.1%)``."""
    verb = _VERBS[found.op].format(limit(found))
    return f"{found.what} {verb} (now {side(found.value, found.unit)})"
