"""How far two sides of an equation are apart, in units of what rounding and immaterial differences may leave."""

from __future__ import annotations

from collections.abc import Callable

from screener.catalogue.identities import TOLERANCE
from screener.standardize.shared import shared

# Filings round to units, thousands, hundred thousands or millions: more zeros at the end of a number are chance.
MACROS = """
CREATE OR REPLACE TEMP MACRO grain(v) AS (
  CASE WHEN v = 0 THEN NULL WHEN v % 1e6 = 0 THEN 1e6 WHEN v % 1e5 = 0 THEN 1e5 WHEN v % 1e3 = 0 THEN 1e3
       WHEN v % 1 = 0 THEN 1.0 ELSE 0.0 END);
"""


def gap(
    left: str,
    right: str,
    operands: tuple[str, ...],
    share: float = TOLERANCE,
    unit: str = "",
    *,
    column: Callable[[str], str] = shared,
) -> str:
    """Return SQL of |left - right| in units of the tolerance: the share of the larger side, or two rounding units.

    The rounding unit is that of the finest operand, or ``unit`` where it is known. ``column`` names what is used
    several times; outside of a program of columns ``str`` leaves it in place.
    """
    left, right = column(left), column(right)
    off = column(f"abs(({left}) - ({right}))")
    allowed = column(f"({share} * greatest(abs({left}), abs({right})))")
    grains = ", ".join(column(f"grain({name})") for name in operands)
    finest = column(f"(2 * {unit or f'coalesce(least({grains}), 0)'})")
    return (
        f"CASE WHEN {off} = 0 THEN 0.0 WHEN {off} <= {allowed} THEN {off} / {allowed} "
        f"WHEN {off} IS NOT NULL THEN {off} / greatest({allowed}, {finest}) END"
    )


def excess(part: str, total: str) -> str:
    """Return SQL of how far a part exceeds its total, in units of the tolerance; 0 where it does not."""
    over = gap(part, total, (part, total))
    return f"CASE WHEN ({part}) <= ({total}) THEN 0.0 ELSE {over} END"


def nearest(*gaps: str) -> str:
    """Return the smallest of the gaps that can be tested: one reading of the statement that adds up is enough."""
    return f"least({', '.join(gaps)})"
