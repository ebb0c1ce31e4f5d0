"""An explanation as CSV, a line for each rule and factor, and as Markdown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from screener.output import shape
from screener.output.distances import gap, limit, share, value
from screener.output.explain import changes, peers
from screener.output.text import markdown_text, table_csv, table_markdown
from screener.output.values import format_value

if TYPE_CHECKING:
    from screener.engine.explain import Explanation, Judgement
    from screener.engine.result import Value

HEADERS = (
    "kind", "group", "text", "verdict", "admitted", "reason", "value", "op", "threshold", "distance", "distance_pct",
    "unit", "percentile", "within", "peers", "peers_size", "weight", "contribution",
)  # fmt: skip


def explanation_csv(found: Explanation) -> str:
    """Return one line a condition, rule and factor, values unrounded; a distance is negative for a rule that fails."""
    rows: list[tuple[Value, ...]] = []
    universe = len(found.result.screen.universe)
    for number, judgement in enumerate(found.judgements):
        kind = "universe" if number < universe else "rule"
        said = (kind, judgement.group, judgement.text, judgement.verdict, judgement.admitted, judgement.reason or None)
        rows.append((*said, *_measured(judgement), *(None,) * 6))
    for factor in found.factors:
        peer = (factor.within, factor.peers, factor.size, factor.weight, factor.contribution)
        row = ("factor", factor.group, factor.name, None, None, None, factor.value, factor.direction, *(None,) * 3)
        rows.append((*row, factor.unit, factor.percentile, *peer))
    return table_csv(HEADERS, rows)


def _measured(judgement: Judgement) -> tuple[Value, ...]:
    one = judgement.distance
    if one is None:
        return (None,) * 6
    sides = [side.isoformat() if isinstance(side, date) else side for side in (one.value, one.threshold)]
    return sides[0], one.op, sides[1], one.slack, one.relative, one.unit


def explanation_markdown(found: Explanation) -> str:
    """Return headings and pipe tables: rules with their distances, what would change the verdict, factors."""
    run, company = found.result.run, found.company
    title = f"# {markdown_text(company.ticker)} in {markdown_text(run.title)}"
    parts = [title, markdown_text(f"{company.name} · {company.sector} · as of {run.as_of}")]
    parts += [f"> **{shape.DEMO_BANNER}**"] if run.demo else []
    rows: list[tuple[Value, ...]] = []
    for judgement in found.judgements:
        one = judgement.distance
        sides = (None,) * 4 if one is None else (value(one), f"{one.op} {limit(one)}", gap(one), share(one))
        rows.append((judgement.group, judgement.text, judgement.verdict, *sides, judgement.reason or None))
    columns = ("Group", "Rule", "Verdict", "Value", "Threshold", "Distance", "%", "Unknown because")
    parts.append(table_markdown(columns, rows, ("text",) * len(columns)).rstrip("\n"))
    said = changes(found)
    if said:
        heading = "To leave the list:" if found.passed else "To enter the list:"
        parts += [heading, "\n".join(f"- {markdown_text(line)}" for line in said)]
    if found.factors:
        headers = ("Group", "Factor", "Value", "Percentile", "Peers", "Weight", "Points")
        factors = [
            (factor.group or None, factor.name, format_value(factor.value, factor.unit), factor.percentile,
             peers(factor), factor.weight, factor.contribution)
            for factor in found.factors
        ]  # fmt: skip
        units = ("text", "text", "text", "score", "text", "ratio", "score")
        parts.append(table_markdown(headers, factors, units).rstrip("\n"))
    parts.append(markdown_text(shape.identity(found.result)))
    return "\n\n".join(parts) + "\n"
