"""The way of a value back to the filings: as text for the terminal, as JSON, and as a table with one row a node."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.catalogue.flags import explained
from screener.catalogue.items import BY_NAME
from screener.lake.filings import filing_url
from screener.output.cells import cell_text, cut, wrap
from screener.output.layout import paint

if TYPE_CHECKING:
    from screener.engine.lineage import Trace, Versions
    from screener.engine.result import Value
    from screener.standardize.lineage_nodes import Fact, Node

HEADERS = (
    "depth", "name", "value", "unit", "method", "formula", "start", "end", "filed",
    "form", "accession", "url", "notes",
)  # fmt: skip
UNITS = ("count", "text", "number", "text", "text", "text", "date", "date", "date", "text", "text", "text", "text")


def render_trace(found: Trace, *, width: int = 100, color: bool = False) -> str:
    """Return the trace as lines of at most ``width`` cells: the tree down to the facts, then each filing's address."""
    company, node = found.company, found.node
    lines = [
        paint(cell_text(company.ticker), "bold", color) + "  " + cell_text(company.name),
        f"{found.item} ({_basis(found)}) of the period to {found.period_end}, as known on {found.as_of}",
        f"This version is public since {found.known_from}",
    ]
    if found.flags:
        lines += wrap("Flags of the row: " + "; ".join(meaning for _, meaning in explained(found.flags)), width)
    if not same_value(found):
        lines += wrap(f"The data set has {amount(found.stored)}: another version of this software built it.", width)
    lines.append("")
    lines += [line for at, inner in walk(node) for line in _node_lines(inner, at, width)]
    facts = [inner.fact for _, inner in walk(node) if inner.fact is not None]
    lines += _addresses(
        {(fact.filed, fact.form, fact.accession, filing_url(company.cik, fact.accession)) for fact in facts}
    )
    return "\n".join(cut(line, width) if "://" not in line else line for line in lines) + "\n"


def _basis(found: Trace) -> str:
    if BY_NAME[found.item].kind == "instant":
        return "balance"
    return {"ttm": "twelve months", "quarter": "quarter", "annual": "fiscal year"}[found.period]


def same_value(found: Trace) -> bool:
    """Tell whether the data set holds the very value that was traced."""
    stored, value = found.stored, found.node.value
    if stored is None or value is None:
        return stored is value
    return abs(stored - value) <= 1e-9 * max(abs(stored), abs(value))


def walk(node: Node, depth: int = 0) -> Iterator[tuple[int, Node]]:
    """Give every node with its depth, parents first."""
    yield depth, node
    for operand in node.operands:
        yield from walk(operand, depth + 1)


def unit_of(node: Node) -> str:
    """Return the unit in words: the facts' own, or what an item's kind makes of their currency."""
    if node.fact is not None:
        return node.fact.unit
    kind = BY_NAME[node.name].unit if node.name in BY_NAME else "usd"
    money = (inner.fact.unit for _, inner in walk(node) if inner.fact is not None)
    currency = next((unit[:3] for unit in money if unit != "shares"), "USD")
    return {"shares": "shares", "usd_per_share": f"{currency}/shares"}.get(kind, currency)


def amount(value: float | None) -> str:
    """Return a value in full, with thousands separators; ``unknown`` for none."""
    if value is None:
        return "unknown"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0")


def _period(node: Node) -> str:
    if node.end is None:
        return ""
    return f"{node.start} to {node.end}" if node.start else f"at {node.end}"


def _node_lines(node: Node, depth: int, width: int) -> list[str]:
    space = "  " * depth
    shown = f"{amount(node.value)} {unit_of(node)}" if node.value is not None else "unknown"
    said = ", ".join(part for part in (shown, _period(node), "" if node.fact else node.method) if part)
    head = cut(f"{space}{cell_text(node.name)}", width)
    lines = wrap(said, width, first=head + "  ", rest=space + "    ")
    if len(lines) > 1:
        lines = [head, *wrap(said, width, first=space + "    ", rest=space + "    ")]
    # Without operands the formula is only the number itself.
    if node.operands:
        lines += wrap(node.formula, width, first=space + "    = ", rest=space + "      ")
    if node.fact is not None:
        lines += wrap(_source(node.fact, node.method), width, first=space + "    ", rest=space + "    ")
    for note in node.notes:
        lines += wrap(cell_text(note), width, first=space + "    note: ", rest=space + "    ")
    return lines


def _source(fact: Fact, method: str) -> str:
    said = "" if method == "reported" else f", {method}"
    return cell_text(f"{fact.form} filed {fact.filed} {fact.accession}").rstrip() + said


def _addresses(filings: set[tuple[date, str, str, str]]) -> list[str]:
    """Return the lines of (day, form, accession, address); an address has a line of its own, as it may not be cut."""
    lines = []
    for day, form, accession, url in sorted(filings):
        lines += [f"  {form} of {day} {accession}", url] if url else []
    return ["", "Filings", *lines] if lines else []


def trace_rows(found: Trace) -> tuple[tuple[Value, ...], ...]:
    """Return one row a node under :data:`HEADERS`, parents before their parts."""
    rows: list[tuple[Value, ...]] = []
    for depth, node in walk(found.node):
        fact = node.fact
        rows.append((
            depth, node.name, node.value, unit_of(node), node.method, node.formula, node.start, node.end, node.filed,
            fact.form if fact else "", fact.accession if fact else "",
            filing_url(found.company.cik, fact.accession) if fact else "", "; ".join(node.notes),
        ))  # fmt: skip
    return tuple(rows)


def trace_json(found: Trace) -> str:
    """Return the trace as strict JSON: ``company``, the row's keys, and ``value`` as a tree of ``operands``."""
    content: dict[str, Any] = {
        "company": asdict(found.company),
        "item": found.item,
        "period": found.period,
        "as_of": found.as_of,
        "period_end": found.period_end,
        "known_from": found.known_from,
        "flags": found.flags.split(),
        "stored": found.stored,
        "value": _object(found.node, found.company.cik),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, default=date.isoformat, allow_nan=False) + "\n"


def _object(node: Node, cik: int | None) -> dict[str, Any]:
    fact = node.fact
    return {
        "name": node.name,
        "value": node.value,
        "unit": unit_of(node),
        "method": node.method,
        "formula": node.formula,
        "start": node.start,
        "end": node.end,
        "filed": node.filed,
        "notes": list(node.notes),
        "operands": [_object(operand, cik) for operand in node.operands],
        "fact": {**asdict(fact), "url": filing_url(cik, fact.accession)} if fact else None,
    }


def render_versions(found: Versions, *, width: int = 100, color: bool = False) -> str:
    """Return every version by period, one line each, then the address of each filing once."""
    kind = "balance" if BY_NAME[found.item].kind == "instant" else found.period
    lines = [
        paint(cell_text(found.company.ticker), "bold", color) + "  " + cell_text(found.company.name),
        f"{found.item} ({kind}): every version by period, with the filing that made it",
    ]
    filings: set[tuple[date, str, str, str]] = set()
    last = None
    for end, known_from, value, change, form, accession, url, flags in found.rows:
        if end != last:
            lines += ["", f"Period to {end}"]
            last = end
        shown = amount(value) if isinstance(value, int | float) else "unknown"
        head = f"  {known_from}  {shown:>20}  {change:<10} {form or ''} {accession or ''}".rstrip()
        lines += wrap(str(flags or ""), width, first=head + "  ", rest="      ") if flags else [head]
        if isinstance(known_from, date):
            filings.add((known_from, str(form), str(accession), str(url)))
    lines += _addresses(filings)
    return "\n".join(cut(line, width) if "://" not in line else line for line in lines) + "\n"
