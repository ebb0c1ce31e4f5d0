"""Which screens hold a name, for the terminal and as CSV, JSON and Markdown."""

from __future__ import annotations

from screener.engine.holds import Holding, Holdings
from screener.engine.result import Value
from screener.output import shape
from screener.output.cells import cell_text, cut, wrap
from screener.output.layout import paint
from screener.output.text import markdown_text, strict_json, table_csv, table_markdown, table_text

HEADERS = ("Screen", "", "Rank", "Of", "Score", "Kept out by")
UNITS = ("text", "text", "count", "count", "score", "text")


def holds_output(found: Holdings, fmt: str, *, width: int = 100, color: bool = False) -> str:
    """Return the screens of a name as ``table``, ``csv``, ``json`` or ``markdown``."""
    company = found.company
    if fmt == "csv":
        return table_csv(Holding.__slots__, [tuple(record.values()) for record in found.records()])
    if fmt == "json":
        who = {"ticker": company.ticker, "name": company.name, "cik": company.cik, "issuer_id": company.issuer_id}
        return strict_json({"company": who, "as_of": found.as_of, "demo": found.demo, "screens": found.records()})
    held = sum(row.state == "held" for row in found.rows)
    said = f"{held} of {len(found.rows)} screens hold {company.ticker} ({company.name}) as of {found.as_of}."
    rows = [_row(row) for row in found.rows]
    if fmt == "markdown":
        parts = [f"# {markdown_text(company.ticker)}", markdown_text(said)]
        parts += [f"> **{shape.DEMO_BANNER}**"] if found.demo else []
        return "\n\n".join([*parts, table_markdown(HEADERS, rows, UNITS)])
    lines = [paint(line, "title", color) for line in wrap(cell_text(said), width)]
    if found.demo:
        lines.append(paint(cut(shape.DEMO_BANNER, width), "demo", color))
    table = table_text(HEADERS, rows, UNITS, width=width, color=color, whole=("Screen",)) if rows else ""
    return "\n".join(lines) + "\n" + (f"\n{table}" if table else "")


def _row(row: Holding) -> tuple[Value, ...]:
    universe = "universe: " if row.kind == "universe" else ""
    cause = universe + row.rule + (f": {row.reason}" if row.reason else "") if row.rule else None
    return row.screen, row.state, row.rank, row.passing, row.score, cause
