"""Companies without prices, by size, as a small table for people."""

from __future__ import annotations

from typing import Any

_HEADINGS = ("total assets", "report", "no price", "old price", "largest of them")


def unpriced_lines(found: dict[str, Any] | None) -> list[str]:
    """Return the lines of what :func:`screener.lake.unpriced.unpriced` found; none where nobody lacks a price."""
    if found is None or not any(band["without"] or band["old"] for band in found["bands"]):
        return []
    rows = [
        (band["assets"], *(f"{band[name]:,}" for name in ("companies", "without", "old")), ", ".join(band["examples"]))
        for band in found["bands"]
    ]
    widths = [max(len(row[place]) for row in (_HEADINGS, *rows)) for place in range(len(_HEADINGS) - 1)]
    lines = [
        f"Companies that report, without a price or with none in the {found['old_days']} days to {found['session']}"
    ]
    for first, *numbers, last in (_HEADINGS, *rows):
        cells = [f"{number:>{width}}" for number, width in zip(numbers, widths[1:], strict=True)]
        lines.append("  ".join(["", f"{first:<{widths[0]}}", *cells, last]).rstrip())
    return lines
