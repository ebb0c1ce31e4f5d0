"""Values as people read them: one formatter per style of the unit table."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

from screener.catalogue.units import BY_NAME
from screener.engine.result import Value
from screener.output.cells import cell_text

UNKNOWN = "–"

_SCALES = ((1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T"))
_BEYOND = 1e15
# Above it a per cent, a multiple or a decimal is shortened like money: a column must not grow by one absurd ratio.
_LONG = 1e5


def format_value(value: Value, unit: str) -> str:
    """Return ``value`` in the style of ``unit``: 15.2%, 8.1×, 1.2B, 2024-03-08, yes.

    None, NaN and infinity are ``–``; text is cleaned for the terminal; a value whose type does not suit the unit is
    shown by its type; an unknown unit counts as ``number``.
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return cell_text(value) or UNKNOWN
    if isinstance(value, date):
        return value.isoformat()[:10]
    if not math.isfinite(value):
        return UNKNOWN
    style = BY_NAME[unit].style if unit in BY_NAME else "decimal"
    return NUMBER_STYLES.get(style, decimal)(value)


def is_numeric(unit: str) -> bool:
    """Return whether values of ``unit`` are numbers, which tables align to the right."""
    return unit not in BY_NAME or BY_NAME[unit].style in NUMBER_STYLES


def percent(value: float) -> str:
    """Return a fraction as per cent with one decimal."""
    return short(value * 100) + "%" if abs(value) * 100 >= _LONG else _unsigned_zero(f"{value * 100:,.1f}") + "%"


def multiple(value: float) -> str:
    """Return a multiple with one decimal and the times sign."""
    return (short(value) if abs(value) >= _LONG else _unsigned_zero(f"{value:,.1f}")) + "×"


def short(value: float) -> str:
    """Return an amount with one decimal and k, M, B or T; below a thousand in full, at most two decimals."""
    size = abs(value)
    if size < 999.5:
        return _unsigned_zero(f"{value:.0f}" if size >= 100 or float(value).is_integer() else f"{value:.2f}")
    if size >= _BEYOND:
        return f"{value:.1e}"
    for scale, suffix in _SCALES:
        # 999.95k would be rounded up to 1000.0k: it is 1.0M.
        if size / scale < 999.95 or suffix == "T":
            return f"{value / scale:.1f}{suffix}"
    raise AssertionError("the last scale always answers")


def decimal(value: float) -> str:
    """Return a plain number with two decimals, two significant digits when it is smaller than that."""
    if abs(value) >= _LONG:
        return short(value)
    return f"{value:.2g}" if 0 < abs(value) < 0.005 else f"{value:,.2f}"


def decimal1(value: float) -> str:
    """Return a plain number with one decimal."""
    return short(value) if abs(value) >= _LONG else _unsigned_zero(f"{value:,.1f}")


def integer(value: float) -> str:
    """Return a count, with thousands separators."""
    return short(value) if abs(value) >= _BEYOND else _unsigned_zero(f"{value:,.0f}")


def _unsigned_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


NUMBER_STYLES: dict[str, Callable[[float], str]] = {
    "percent": percent,
    "multiple": multiple,
    "money": short,
    "decimal": decimal,
    "decimal1": decimal1,
    "integer": integer,
}
