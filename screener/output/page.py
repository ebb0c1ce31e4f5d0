"""The page of a metric, line item or field: as text for the terminal, as JSON, and as one flat row."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from screener.output.cells import cell_text, cut, pad, wrap
from screener.output.layout import SMALLEST_WIDTH, paint

if TYPE_CHECKING:
    from screener.language.pages import Page

RANKS = {"worst": "ranks worst", "best": "ranks best", "none": "counts as missing in a rank"}
BETTER = {"higher": "higher is better", "lower": "lower is better", "neutral": "neither is better"}
UNDEFINED = "an input is unknown, or a denominator is zero"
_NAME_WIDTH = 22


def render_page(page: Page, *, width: int = 100, color: bool = False) -> str:
    """Return the page as lines of at most ``width`` cells (taken as 40 when smaller)."""
    width = max(width, SMALLEST_WIDTH)
    heading = paint(page.name, "bold", color) + (f"  {cut(cell_text(page.label), width)}" if page.label else "")
    place = page.group if page.group.startswith(page.kind) else f"{page.kind}, group {page.group}"
    lines = [heading, *wrap(f"{place}; unit {page.unit}; {BETTER[page.direction]}", width)]
    if page.formula:
        lines += ["", *wrap(cell_text(f"= {page.formula}"), width, first="  ", rest="    ")]
    lines += _parts(page, width, color)
    for title, text in _facts(page):
        if text:
            lines += wrap(cell_text(text), width, first=f"{title:<15}", rest=" " * 15)
    return "\n".join(lines) + "\n"


def _parts(page: Page, width: int, color: bool) -> list[str]:
    if not page.parts:
        return [""]
    lines = ["", paint("Its parts", "bold", color)]
    for part in page.parts:
        said = cell_text(" = ".join(filter(None, (part.label, part.formula))) or part.kind)
        name = pad(part.name, _NAME_WIDTH) if len(part.name) <= _NAME_WIDTH else part.name
        lines += wrap(f"{said} ({part.unit})", width, first=f"  {name}  ", rest=" " * (_NAME_WIDTH + 6))
    return [*lines, ""]


def _facts(page: Page) -> list[tuple[str, str]]:
    cases = [(condition, f"{reason}; {RANKS[rank]}") for condition, reason, rank in page.undefined]
    facts = [("Undefined", f"where {condition}: {said}") for condition, said in cases]
    if page.kind == "metric":
        facts.append(("Unknown", f"where {UNDEFINED}"))
    return [
        ("Line items", ", ".join(page.line_items)),
        ("Fields", ", ".join(page.fields)),
        *facts,
        ("Not for", ", ".join(page.refused)),
        ("Only for", ", ".join(page.only)),
        ("Ranked by", page.rank_by),
        ("Also called", ", ".join(page.aliases)),
        ("Used by", ", ".join(page.used_by)),
        ("Source", page.source),
        ("Note", page.note),
        ("Defined in", page.file),
    ]


def page_json(page: Page) -> str:
    """Return the page as one JSON object; lists are lists, also empty ones."""
    content = asdict(page)
    content["undefined"] = [
        {"when": condition, "reason": reason, "rank": rank} for condition, reason, rank in page.undefined
    ]
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def page_record(page: Page) -> dict[str, str]:
    """Return the page as one row of texts, for CSV and Markdown; every page has the same keys."""
    return {
        "name": page.name,
        "label": page.label,
        "formula": page.formula,
        "unit": page.unit,
        "direction": page.direction,
        "group": page.group,
        "source": page.source,
        "undefined": "; ".join(f"{condition} ({reason}; {RANKS[rank]})" for condition, reason, rank in page.undefined),
        "refused": ", ".join(page.refused),
        "only": ", ".join(page.only),
        "rank_by": page.rank_by,
        "aliases": ", ".join(page.aliases),
        "line_items": ", ".join(page.line_items),
        "fields": ", ".join(page.fields),
        "used_by": ", ".join(page.used_by),
        "note": page.note,
    }
