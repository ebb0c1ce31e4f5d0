"""Near misses and names that could not be judged, for the terminal and as CSV, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from screener.engine import near as nearness
from screener.engine import unknown as unjudged
from screener.engine.near import Miss, Near
from screener.engine.result import Result, Value
from screener.engine.unknown import Unknown
from screener.output import shape
from screener.output.cells import cell_text, cut, joined, wrap
from screener.output.distances import gap, limit, share, value
from screener.output.layout import paint
from screener.output.text import markdown_text, strict_json, table_csv, table_markdown, table_text

NEAR_HEADERS = ("Ticker", "Fails", "Value", "Needs", "Short by", "%", "Score", "Rank", "Name", "Also unknown")
NEAR_UNITS = ("text", "text", "text", "text", "text", "text", "score", "count", "text", "text")
# What is measured is made of texts with units: as numbers, they are shown whole or not at all.
WHOLE = ("Ticker", "Value", "Needs", "Short by", "%")
UNKNOWN_HEADERS = ("Ticker", "Rule", "Unknown because", "Score", "Rank", "Name")
UNKNOWN_UNITS = ("text", "text", "text", "score", "count", "text")


def near_output(found: Near, fmt: str, *, width: int = 100, color: bool = False) -> str:
    """Return near misses as ``table``, ``csv``, ``json`` or ``markdown``; CSV and JSON have unrounded values."""
    if fmt == "csv":
        return table_csv(nearness.FIELDS, [tuple(record.values()) for record in found.records()])
    if fmt == "json":
        run = {**found.result.run.as_dict(), "population": found.result.population, "near": found.total}
        return strict_json({"run": run, "rows": found.records()})
    said = [f"{found.total:,} of {found.result.population:,} names of the universe fail exactly one rule."]
    if len(found.rows) < found.total:
        said.append(f"The nearest {len(found.rows):,} are shown.")
    if any(miss.unknown for miss in found.rows):
        said.append("What is also unknown keeps a name out even when the rule is met.")
    rows = [_near_row(miss) for miss in found.rows]
    return _report(
        found.result, "near misses", said, (NEAR_HEADERS, rows, NEAR_UNITS), fmt=fmt, width=width, color=color
    )


def _near_row(miss: Miss) -> tuple[Value, ...]:
    found = miss.distance
    sides: tuple[Value, ...] = (None,) * 4
    if found is not None:
        sides = (value(found), f"{found.op} {limit(found)}", gap(found), share(found))
    unknown = "; ".join(miss.unknown) or None
    return (miss.ticker, miss.rule, *sides, miss.place.score, miss.place.rank, miss.name, unknown)


def unknown_output(found: Unknown, fmt: str, *, width: int = 100, color: bool = False) -> str:
    """Return names that could not be judged as ``table``, ``csv``, ``json`` or ``markdown``."""
    if fmt == "csv":
        return table_csv(unjudged.FIELDS, [tuple(record.values()) for record in found.records()])
    if fmt == "json":
        run = {**found.result.run.as_dict(), "population": found.result.population, "rejected": found.rejected}
        reasons = [{"reason": reason, "names": names} for reason, names in found.reasons]
        return strict_json({"run": {**run, "unknown": len(found.rows)}, "rows": found.records(), "reasons": reasons})
    said = [
        f"{len(found.rows):,} of {found.result.population:,} names of the universe could not be judged; "
        f"{found.result.passed:,} pass and {found.rejected:,} are rejected."
    ]
    rows: list[tuple[Value, ...]] = [
        (row.ticker, rule, reason, row.place.score, row.place.rank, row.name)
        for row in found.rows
        for rule, reason in row.reasons
    ]
    counts = [f"{names:,}  {reason}" for reason, names in found.reasons]
    table = (UNKNOWN_HEADERS, rows, UNKNOWN_UNITS)
    return _report(
        found.result, "not judged", said, table, fmt=fmt, width=width, color=color, below=("Names by reason", counts)
    )


Table = tuple[Sequence[str], Sequence[Sequence[Value]], Sequence[str]]


def _report(
    result: Result,
    what: str,
    said: Sequence[str],
    table: Table,
    *,
    fmt: str,
    width: int,
    color: bool,
    below: tuple[str, Sequence[str]] = ("", ()),
) -> str:
    run, (headers, rows, units) = result.run, table
    if fmt == "markdown":
        parts = [f"# {markdown_text(run.title)}: {what}", f"As of {run.as_of}. {markdown_text(' '.join(said))}"]
        parts += [f"> **{shape.DEMO_BANNER}**"] if run.demo else []
        parts += [table_markdown(headers, rows, units).rstrip("\n")] if rows else []
        parts += [f"{below[0]}:", "\n".join(f"- {markdown_text(line)}" for line in below[1])] if below[1] else []
        return "\n\n".join([*parts, markdown_text(shape.identity(result))]) + "\n"
    title = joined([cell_text(run.title), f"{what} as of {run.as_of}"], width)
    blocks = ["\n".join(paint(line, "title", color) for line in title)]
    if run.demo:
        blocks[0] += "\n" + paint(cut(shape.DEMO_BANNER, width), "demo", color)
    blocks.append("\n".join(line for sentence in said for line in wrap(sentence, width)))
    if rows:
        blocks.append(table_text(headers, rows, units, width=width, color=color, whole=WHOLE).rstrip("\n"))
    if below[1]:
        lines = [part for line in below[1] for part in wrap(cell_text(line), width, first="  ", rest="      ")]
        blocks.append("\n".join([paint(below[0], "bold", color), *lines]))
    identity = joined(shape.identity(result).split(" · "), width)
    blocks.append("\n".join(paint(line, "dim", color) for line in identity))
    return "\n\n".join(blocks) + "\n"
