"""What changed since the last run, as a person reads it below the list."""

from __future__ import annotations

from screener.engine.changes import Changes
from screener.engine.result import Row
from screener.output.cells import cell_text, wrap

MOST = 20


def render_changes(found: Changes, width: int = 100) -> str:
    """Return who entered (with the new rank), left (with the old one) and moved; lines of at most ``width`` cells."""
    counts = {"entered": len(found.entered), "left": len(found.left), "moved": len(found.moved)}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    before, now = found.passed
    passed = f"; {now} names passed, {before} before" if before != now else ""
    lines = [f"Since the last run: {said or 'the same names in the same order'}{passed}"]
    named = {
        "entered": [f"{_called(row)} ({row.rank})" for row in found.entered],
        "left": [f"{_called(row)} ({row.rank})" for row in found.left],
        "moved": [f"{_called(row)} {old.rank}→{row.rank}" for old, row in found.moved],
    }
    for word, texts in named.items():
        if texts:
            more = [f"and {len(texts) - MOST} more"] if len(texts) > MOST else []
            lines += wrap(", ".join([*texts[:MOST], *more]), width, first=f"  {word:<8} ", rest=" " * 11)
    return "\n".join(lines)


def _called(row: Row) -> str:
    return cell_text(row.ticker or row.name)
