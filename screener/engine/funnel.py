"""What the rules of a screen cost: each in order and alone, their overlap, and by how many names are kept out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.engine.display import Shown
from screener.engine.result import FunnelStep, Result
from screener.engine.run import keyed, run_screen
from screener.engine.steps import let_in

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from screener.lake.connect import Lake
    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class RuleCost:
    """One rule over the names that reach it in order, and over the whole universe alone. All are counts of names.

    in_order: passed, failed and unknown among the names that everything before it lets through; ``alone``: among all
    names of the universe (``None`` for a condition of the universe itself: what is out is not followed any further).
    remaining: names that are still in after it. kept_out: names of the universe that it keeps out: those that fail it,
    and those for which it is unknown unless its ``if_unknown`` lets them in. sole: those that nothing else keeps out.
    """

    kind: str
    group: str
    text: str
    in_order: tuple[int, int, int]
    alone: tuple[int, int, int] | None
    remaining: int
    kept_out: int | None
    sole: int | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules, by their place among the rules (from 1), and how many names of the universe fail both.

    share: of the names that fail the one with fewer failures, 0 to 1; 1 says that it fails nobody whom the other lets
    through.
    """

    first: int
    second: int
    names: int
    share: float


@dataclass(frozen=True, repr=False)
class Funnel(Shown):
    """The rules of a screen over its universe.

    costs: one row a condition, universe first. overlap: a square of counts over the rules: names of the universe that
    fail both; the diagonal has the failures of each. pairs: rules that fail together, most names first. kept_out:
    (number of rules, names that so many keep out), from 1 upwards.
    """

    result: Result
    costs: tuple[RuleCost, ...]
    overlap: tuple[tuple[int, ...], ...]
    pairs: tuple[Overlap, ...]
    kept_out: tuple[tuple[int, int], ...]

    @property
    def rules(self) -> tuple[RuleCost, ...]:
        """Return the rules without the conditions of the universe, in the order of :attr:`overlap`."""
        return tuple(cost for cost in self.costs if cost.kind == "rule")

    @property
    def costliest(self) -> RuleCost | None:
        """Return the rule that by itself keeps out the most names, ``None`` where none does."""
        found = max(self.rules, key=lambda cost: cost.sole or 0, default=None)
        return found if found is not None and found.sole else None

    def records(self) -> list[dict[str, Any]]:
        """Return one flat dict a condition; counts of names, ``None`` where a count is not taken."""
        return [
            {
                "kind": cost.kind,
                "group": cost.group,
                "rule": cost.text,
                **dict(zip(("passed", "failed", "unknown"), cost.in_order, strict=True)),
                "remaining": cost.remaining,
                **dict(zip(("passed_alone", "failed_alone", "unknown_alone"), cost.alone or (None,) * 3, strict=True)),
                "kept_out": cost.kept_out,
                "only_this": cost.sole,
            }
            for cost in self.costs
        ]

    @property
    def frame(self) -> pl.DataFrame:
        """Return :meth:`records` as a polars frame; one row a condition in written order."""
        import polars as pl

        return pl.DataFrame(self.records(), infer_schema_length=None)


def run_funnel(lake: Lake, screen: Screen, as_of: date | None = None) -> Funnel:
    """Run ``screen`` and count what its rules cost; errors as in :func:`screener.engine.run.run_screen`."""
    return funnel_of(lake.con, run_screen(lake, screen, as_of))


def funnel_of(con: duckdb.DuckDBPyConnection, result: Result) -> Funnel:
    """Return what the rules of a run cost whose table ``evaluated`` is on the connection, as :func:`run_funnel`."""
    screen = result.screen
    orders = _in_order(con, screen)
    count = len(screen.rules)
    overlap, sole, kept_out, misses = _of_rules(con, screen)
    costs = []
    for number, (step, order) in enumerate(zip(result.funnel[1:], orders, strict=True)):
        rule = number - len(screen.universe)
        costs.append(_cost(step, order, None if rule < 0 else (kept_out[rule], sole[rule])))
    pairs = [
        Overlap(a + 1, b + 1, overlap[a][b], overlap[a][b] / min(overlap[a][a], overlap[b][b]))
        for a in range(count)
        for b in range(a + 1, count)
        if overlap[a][b]
    ]
    pairs.sort(key=lambda pair: (-pair.names, -pair.share, pair.first, pair.second))
    return Funnel(result, tuple(costs), overlap, tuple(pairs), misses)


def _cost(step: FunnelStep, order: tuple[int, int, int], own: tuple[int, int] | None) -> RuleCost:
    alone = None if own is None else (step.passed, step.failed, step.unknown)
    kept_out, sole = own or (None, None)
    return RuleCost(step.kind, step.group, step.text, order, alone, step.remaining, kept_out, sole)


def _in_order(con: duckdb.DuckDBPyConnection, screen: Screen) -> list[tuple[int, int, int]]:
    """Count, at every condition, the verdicts of the names that all before it let through."""
    counts, alive = ["count(*)"], "true"
    for key, rule in keyed(screen):
        counts += [f"count(*) FILTER ({alive} AND {test})" for test in (key, f"NOT {key}", f"{key} IS NULL")]
        alive += f" AND {let_in(key, rule)}"
    found = con.execute(f"SELECT {', '.join(counts)} FROM evaluated").fetchone() or (0,)
    return [tuple(found[k : k + 3]) for k in range(1, len(found), 3)]


Counts = tuple[int, ...]


def _of_rules(
    con: duckdb.DuckDBPyConnection, screen: Screen
) -> tuple[tuple[Counts, ...], Counts, Counts, tuple[tuple[int, int], ...]]:
    """Return the overlap of failures, the names kept out by each rule alone and in all, and by how many rules."""
    rules = range(1, len(screen.rules) + 1)
    if not rules:
        return (), (), (), ()
    out = [f"(NOT {let_in(f'r{k}', screen.rules[k - 1])})" for k in rules]
    misses = f"({' + '.join(f'{test}::INT' for test in out)})"
    both = [f"count(*) FILTER (NOT r{a} AND NOT r{b})" for a in rules for b in rules]
    sole = [f"count(*) FILTER ({misses} = 1 AND {test})" for test in out]
    kept_out = [f"count(*) FILTER ({test})" for test in out]
    by_number = [f"count(*) FILTER ({misses} = {number})" for number in rules]
    found = con.execute(
        f"SELECT {', '.join([*both, *sole, *kept_out, *by_number])} FROM evaluated WHERE in_universe"
    ).fetchone()
    assert found is not None, "an aggregate always has one row"  # noqa: S101 - a bug, not an input
    count = len(rules)
    rows = [found[k * count : (k + 1) * count] for k in range(count + 3)]
    numbered = [(number, names) for number, names in zip(rules, rows[-1], strict=True)]
    while numbered and not numbered[-1][1]:
        numbered.pop()
    return tuple(map(tuple, rows[:count])), tuple(rows[count]), tuple(rows[count + 1]), tuple(numbered)
