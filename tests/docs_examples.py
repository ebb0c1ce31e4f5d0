"""Worked examples for the pages of metrics: what a company reports, the arithmetic on paper and the result."""

from __future__ import annotations

import re
from typing import Any

from screener.catalogue import fields, items
from screener.catalogue.metric import Metric
from screener.engine.causes import reads
from screener.output.values import format_value
from tests.catalogue.vectors import Vector, vectors

# An example with more numbers than this is no help; where there is none with fewer, the shortest is shown.
FEW = 8
_BACK = re.compile(r"(\d+)([qy])")


def example(metric: Metric) -> str:
    """Return one paragraph: the inputs given, the calculation and the value; ``""`` where no case has a number."""
    cases = [case for case in vectors() if case.metric == metric.name and case.expect is not None]
    if not cases:
        return ""
    given = [_given(metric, case) for case in cases]
    sizes = [sum(len(values) for _, values in found) for found in given]
    place = next((k for k, size in enumerate(sizes) if 0 < size <= FEW), sizes.index(min(sizes)))
    case = cases[place]
    inputs = "; ".join(
        f"{when}{', '.join(f'`{name}` {_number(value)}' for name, value in values)}" for when, values in given[place]
    )
    worked = " ".join(case.worked.split())
    steps = f"{_code(worked)} = {_value(case, metric)}" if worked else _value(case, metric)
    source = f" ({case.source})" if case.source else ""
    return f"Example{source}: {inputs + ' give ' if inputs else ''}{steps}."


def _value(case: Vector, metric: Metric) -> str:
    """Return the number, and beside it how it is shown where that says something else."""
    assert case.expect is not None, "only cases with a number are shown"
    plain = f"{case.expect:,.0f}" if abs(case.expect) >= 1e6 else f"{case.expect:,.6g}"
    shown = format_value(case.expect, metric.unit)
    return plain if plain in {shown, shown.rstrip("×%")} else f"{plain} ({shown})"


def _code(worked: str) -> str:
    return f"`{worked}`" if re.fullmatch(r"[-+*/(), .\dA-Za-z_]+", worked) and len(worked) < 80 else worked.rstrip(".")


def _given(metric: Metric, case: Vector) -> list[tuple[str, list[tuple[str, Any]]]]:
    """Return (when, [(name, value)]) of what the metric reads from the case, the newest first, the price at last."""
    wanted = {(name, at.lag, at.quarter and items.BY_NAME[name].kind != "instant")
              for name, at in reads(metric) if name in items.BY_NAME}  # fmt: skip
    read = {name for name, _ in reads(metric)}
    if read & {"market_cap", "market_cap_diluted"}:
        wanted.add(("shares_outstanding", 0, False))
    moments = {0: case.given.get("now") or {}}
    for key, values in case.given.items():
        if found := _BACK.fullmatch(key):
            moments[int(found[1]) * (4 if found[2] == "y" else 1)] = values or {}
    lines: list[tuple[str, list[tuple[str, Any]]]] = []
    for back, values in sorted(moments.items()):
        picked = [
            (name, value) for name, value in values.items()
            if (name, back, False) in wanted or (name.endswith("_q") and (name[:-2], back, True) in wanted)
        ]  # fmt: skip
        if picked:
            lines.append((_ago(back), picked))
    quote = case.given.get("price")
    if quote is not None and any(name in fields.BY_NAME and fields.BY_NAME[name].market for name in read):
        columns = quote if isinstance(quote, dict) else {"close": quote}
        lines.append(("last price: ", list(columns.items())))
    return lines


def _ago(back: int) -> str:
    if not back:
        return ""
    return f"{back // 4} year{'s' if back > 4 else ''} ago " if back % 4 == 0 else f"{back} quarters ago "


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:,.10g}"
