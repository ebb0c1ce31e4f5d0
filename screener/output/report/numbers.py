"""The numbers behind the charts of a report: the two axes, distributions and their quantiles, sectors, the ladder."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from screener.engine.ranks import factor_weights, unit_of
from screener.output import shape

if TYPE_CHECKING:
    from screener.engine.histories import History
    from screener.engine.report import Report

# Distributions are drawn between these quantiles: one absurd ratio would press all others into one bar.
LOWEST, HIGHEST = 0.02, 0.98
# The axes of the scatter where the rank has groups of these names.
UP, ACROSS = "quality", "value"
# Quarters are 92 days long; a longer way between two of them is a gap.
GAP_DAYS = 140


@dataclass(frozen=True, slots=True)
class Axes:
    """The axes of the scatter, 0 to 100: titles, and (across, up) of each member of the universe, in its order."""

    across: str
    up: str
    points: tuple[tuple[float | None, float | None], ...]

    @property
    def known(self) -> int:
        """Return for how many names both are known."""
        return sum(None not in point for point in self.points)


@dataclass(frozen=True, slots=True)
class Spread:
    """A ranked metric over the universe: known values in order, and (issuer, value) of the names on the list.

    label: what people call it. low, high: the quantiles between which it is drawn; ``None`` where no value is known.
    """

    name: str
    label: str
    unit: str
    direction: str
    values: tuple[float, ...]
    of: int
    listed: tuple[tuple[int, float], ...]
    low: float | None
    high: float | None

    @property
    def outside(self) -> int:
        """Return how many values of the universe lie beyond what is drawn."""
        if self.low is None or self.high is None:
            return 0
        return sum(not self.low <= value <= self.high for value in self.values)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the charts of the universe draw; sectors: (name, names on the list, names of the universe)."""

    axes: Axes | None
    spreads: tuple[Spread, ...]
    sectors: tuple[tuple[str, int, int], ...]


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which ``share`` of sorted values lie, linear between two; ``None`` without values."""
    if not values:
        return None
    place = share * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    if values[below] == values[above]:
        return values[below]
    return values[below] + (values[above] - values[below]) * (place - below)


def spreads(report: Report) -> tuple[Spread, ...]:
    """Return the distribution of each factor, in written order."""
    screen, members = report.result.screen, report.universe.members
    listed = {entry.row.issuer_id for entry in report.entries}
    found = []
    for place, factor in enumerate(screen.factors()):
        known = [(one.issuer_id, value) for one in members if (value := _number(one.values[place])) is not None]
        values = tuple(sorted(value for _, value in known))
        on_list = tuple((issuer, value) for issuer, value in known if issuer in listed)
        unit = unit_of(factor.expr, screen.definitions)
        low, high = quantile(values, LOWEST), quantile(values, HIGHEST)
        label = shape.heading(factor.text, factor.expr, report.meanings)
        found.append(Spread(factor.text, label, unit, factor.direction, values, len(members), on_list, low, high))
    return tuple(found)


def _number(value: float | None) -> float | None:
    """Return a value as a number, ``None`` for NaN and infinity too."""
    return None if value is None or value - value != 0 else float(value)


def axes(report: Report) -> Axes | None:
    """Return the groups named quality and value, else the two heaviest, else two factors; ``None`` with fewer."""
    universe = report.universe
    if len(universe.groups) >= 2:
        by_name = {name.casefold(): place for place, name in enumerate(universe.groups)}
        if UP in by_name and ACROSS in by_name:
            up, across = by_name[UP], by_name[ACROSS]
        else:
            up, across = sorted(range(len(universe.groups)), key=lambda place: -universe.weights[place])[:2]
        points = tuple((member.groups[across], member.groups[up]) for member in universe.members)
        return Axes(universe.groups[across], universe.groups[up], points)
    weights = factor_weights(report.result.screen)
    if len(weights) < 2:
        return None
    up, across = sorted(range(len(weights)), key=lambda place: -weights[place][2])[:2]
    sides = [_percentiles(report, place) for place in (across, up)]
    titles = [shape.heading(one.text, one.expr, report.meanings) for one in (weights[across][1], weights[up][1])]
    return Axes(titles[0], titles[1], tuple(zip(*sides, strict=True)))


def _percentiles(report: Report, place: int) -> list[float | None]:
    """Return the share of known names, 0 to 100, that each is at least as good as by one factor."""
    factor = report.result.screen.factors()[place]
    sign = 1 if factor.direction == "higher" else -1
    values = [_number(member.values[place]) for member in report.universe.members]
    known = sorted(sign * value for value in values if value is not None)
    return [None if value is None else 100 * bisect_right(known, sign * value) / len(known) for value in values]


def sectors(report: Report) -> tuple[tuple[str, int, int], ...]:
    """Return (sector, names on the list, names of the universe), most names on the list first."""
    universe = Counter(member.sector or "Unclassified" for member in report.universe.members)
    listed = Counter(entry.row.sector or "Unclassified" for entry in report.entries)
    found = [(name, listed[name], universe[name]) for name in {**universe, **listed}]
    return tuple(sorted(found, key=lambda row: (-row[1], -row[2], row[0])))


def ladder(history: History) -> tuple[tuple[str, float], ...]:
    """Return the steps of debt by when it falls due, in US dollars; ``()`` where not even the first is known.

    What falls due after the last known step is the rest of total debt, as far as that is known and larger.
    """
    found: list[tuple[str, float]] = []
    before = 0.0
    for name, label in (("due_12m", "0–12 months"), ("due_24m", "12–24 months"), ("due_36m", "24–36 months")):
        due = history.last(name)
        if due is None or due < before:
            break
        found.append((label, due - before))
        before = due
    debt = history.last("total_debt")
    if found and debt is not None and debt > before:
        found.append((f"after {12 * len(found)} months", debt - before))
    return tuple(found)


def points(history: History) -> dict[str, list[date | float | None]]:
    """Return the ends and values of a history for drawing, with an empty point where quarters are missing between."""
    ends: list[date | float | None] = []
    values: dict[str, list[date | float | None]] = {name: [] for name in history.values}
    last: date | None = None
    for place, end in enumerate(history.ends):
        if last is not None and (end - last).days > GAP_DAYS:
            ends.append(last + timedelta(days=(end - last).days // 2))
            for series in values.values():
                series.append(None)
        ends.append(end)
        for name, series in values.items():
            series.append(history.values[name][place])
        last = end
    return {"ends": ends, **values}
