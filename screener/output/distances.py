"""Distances as people read them: both sides of a comparison, the gap in units and in per cent, what would turn it."""

from __future__ import annotations

from datetime import date

from screener.engine.distance import Distance
from screener.output.values import UNKNOWN, decimal1, format_value, percent

_VERBS = {
    ">": "must rise above {}",
    ">=": "must rise to {}",
    "<": "must fall below {}",
    "<=": "must fall to {}",
    "=": "must be {}",
}


def value(found: Distance) -> str:
    """Return the value in its unit, with more digits where it would look like a threshold that it is not."""
    shown = _side(found.value, found.unit)
    if shown != _side(found.threshold, found.unit) or isinstance(found.value, date) or found.value == found.threshold:
        return shown
    return f"{found.value * 100:.6g}%" if found.unit == "ratio" else f"{found.value:.6g}"


def _side(one: float | date, unit: str) -> str:
    return one.isoformat() if isinstance(one, date) else format_value(one, unit)


def gap(found: Distance) -> str:
    """Return the size of the distance in units: percentage points (pp) for ratios, days for dates."""
    size = abs(found.slack)
    if found.unit == "ratio":
        return f"{f'{size * 100:.2g}' if 0 < size < 0.0005 else decimal1(size * 100)} pp"
    return f"{size:,.0f} days" if found.unit == "days" else format_value(size, found.unit)


def share(found: Distance) -> str:
    """Return the distance in per cent of the threshold, ``–`` where there is none."""
    return UNKNOWN if found.relative is None else percent(abs(found.relative))


def limit(found: Distance) -> str:
    """Return the threshold, after what it is computed from where it is no plain number."""
    shown = _side(found.threshold, found.unit)
    return f"{found.limit} ({shown})" if found.limit else shown


def measured(found: Distance) -> str:
    """Return value, threshold and distance as a phrase: ``4.2× against <= 2.5×: short by 1.7× (69.2%)``."""
    room = "room of" if found.passes else "short by"
    per_cent = "" if found.relative is None else f" ({share(found)})"
    return f"{value(found)} against {found.op} {limit(found)}: {room} {gap(found)}{per_cent}"


def needed(found: Distance) -> str:
    """Return what must happen for a comparison that fails to pass: ``roic must rise to 8.0% (now 6.1%)``."""
    verb = _VERBS[found.op].format(limit(found))
    return f"{found.what} {verb} (now {value(found)})"
