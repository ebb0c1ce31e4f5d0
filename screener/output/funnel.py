"""What the rules of a screen cost, for the terminal and as CSV, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from screener.engine.funnel import Funnel, RuleCost
from screener.engine.result import Value
from screener.output import shape
from screener.output.cells import cell_text, cut, joined, wrap
from screener.output.layout import paint
from screener.output.text import markdown_text, strict_json, table_csv, table_markdown, table_text

PAIRS = 8
_HEADERS = (
    "#", "Rule", "passed in order", "failed in order", "unknown in order", "left", "passed alone", "failed alone",
    "unknown alone", "kept out", "only this",
)  # fmt: skip
_UNITS = ("text", "text", *("count",) * 9)


def funnel_output(found: Funnel, fmt: str, *, width: int = 100, color: bool = False) -> str:
    """Return the funnel as ``table``, ``csv``, ``json`` or ``markdown``."""
    if fmt == "csv":
        return _csv(found)
    if fmt == "json":
        return _json(found)
    return _markdown(found) if fmt == "markdown" else _text(found, width, color)


def _rows(found: Funnel) -> list[tuple[Value, ...]]:
    rows: list[tuple[Value, ...]] = []
    number = 0
    for cost in found.costs:
        number += cost.kind == "rule"
        label = str(number) if cost.kind == "rule" else "u"
        rows.append((label, cost.text, *_counts(cost)))
    return rows


def _counts(cost: RuleCost) -> tuple[int | None, ...]:
    return (*cost.in_order, cost.remaining, *(cost.alone or (None,) * 3), cost.kept_out, cost.sole)


def _summary(found: Funnel) -> list[str]:
    result = found.result
    said = [f"{result.funnel[0].passed:,} candidates, {result.population:,} in the universe, {result.passed:,} pass."]
    costliest = found.costliest
    if costliest is not None:
        said.append(
            f"Costliest by itself: {costliest.text}, which alone keeps out {_names(costliest.sole or 0)} "
            "that pass all else."
        )
    if found.kept_out:
        parts = (f"{number} rule{'s' * (number > 1)}: {names:,}" for number, names in found.kept_out)
        said.append(f"Names kept out by exactly {', '.join(parts)}.")
    return said


def _names(count: int) -> str:
    return f"{count:,} name{'s' * (count != 1)}"


def _pairs(found: Funnel) -> list[str]:
    rules = found.rules
    return [
        f"{_names(pair.names)} fail both {pair.first} ({rules[pair.first - 1].text}) and {pair.second} "
        f"({rules[pair.second - 1].text}): {pair.share:.0%} of the fewer failures"
        for pair in found.pairs[:PAIRS]
    ]


def _matrix(found: Funnel) -> tuple[Sequence[str], list[tuple[Value, ...]], Sequence[str]]:
    numbers = [str(number) for number in range(1, len(found.rules) + 1)]
    rows: list[tuple[Value, ...]] = [(number, *row) for number, row in zip(numbers, found.overlap, strict=True)]
    return ("fails", *numbers), rows, ("text", *("count" for _ in numbers))


def _text(found: Funnel, width: int, color: bool) -> str:
    run = found.result.run
    title = joined([cell_text(run.title), f"funnel as of {run.as_of}"], width)
    blocks = ["\n".join(paint(line, "title", color) for line in title)]
    if run.demo:
        blocks[0] += "\n" + paint(cut(shape.DEMO_BANNER, width), "demo", color)
    if found.costs:
        blocks.append(table_text(_HEADERS, _rows(found), _UNITS, width=width, color=color).rstrip("\n"))
    blocks.append("\n".join(line for said in _summary(found) for line in wrap(cell_text(said), width)))
    if found.pairs:
        headers, rows, units = _matrix(found)
        table = table_text(headers, rows, units, width=width, color=color).rstrip("\n")
        blocks.append(paint("Names of the universe that fail both", "bold", color) + "\n" + table)
        pairs = [line for said in _pairs(found) for line in wrap(cell_text(said), width, rest="  ")]
        blocks.append("\n".join(pairs))
    identity = joined(shape.identity(found.result).split(" · "), width)
    blocks.append("\n".join(paint(line, "dim", color) for line in identity))
    return "\n\n".join(blocks) + "\n"


def _csv(found: Funnel) -> str:
    records = found.records()
    numbers = range(1, len(found.rules) + 1)
    headers = [*(records[0] if records else ()), *(f"fails_with_rule_{number}" for number in numbers)]
    overlaps = [()] * (len(records) - len(found.rules)) + list(found.overlap)
    rows = [
        (*record.values(), *(overlap or (None,) * len(numbers)))
        for record, overlap in zip(records, overlaps, strict=True)
    ]
    return table_csv(headers, rows)


def _json(found: Funnel) -> str:
    result = found.result
    content: dict[str, Any] = {
        "run": {**result.run.as_dict(), "population": result.population, "passed": result.passed},
        "conditions": found.records(),
        "overlap": {"rules": [rule.text for rule in found.rules], "failed": found.overlap},
        "pairs": [
            {"first": pair.first, "second": pair.second, "names": pair.names, "share": pair.share}
            for pair in found.pairs
        ],
        "kept_out_by": [{"rules": number, "names": names} for number, names in found.kept_out],
        "costliest": found.costliest.text if found.costliest else None,
    }
    return strict_json(content)


def _markdown(found: Funnel) -> str:
    run = found.result.run
    parts = [f"# {markdown_text(run.title)}: funnel", f"As of {run.as_of}. " + markdown_text(" ".join(_summary(found)))]
    if run.demo:
        parts.insert(1, f"> **{shape.DEMO_BANNER}**")
    parts.append(table_markdown(_HEADERS, _rows(found), _UNITS).rstrip("\n"))
    if found.pairs:
        headers, rows, units = _matrix(found)
        parts += ["Names of the universe that fail both:", table_markdown(headers, rows, units).rstrip("\n")]
        parts.append("\n".join(f"- {markdown_text(said)}" for said in _pairs(found)))
    parts.append(markdown_text(shape.identity(found.result)))
    return "\n\n".join(parts) + "\n"
