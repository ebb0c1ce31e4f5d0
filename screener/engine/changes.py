"""What differs between two runs' lists: names that entered, left or changed their rank."""

from __future__ import annotations

from dataclasses import dataclass

from screener.engine.result import Result, Row


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows by what became of them. entered: of the new list; left: of the old one; moved: (old, new), largest first.

    passed: how many names passed all rules, beyond the limit too: (old, new).
    """

    entered: tuple[Row, ...]
    left: tuple[Row, ...]
    moved: tuple[tuple[Row, Row], ...]
    passed: tuple[int, int]


def changes_between(before: Result, after: Result) -> Changes:
    """Return what differs between the shown lists of two runs, by issuer; both lists as they are limited."""
    old = {row.issuer_id: row for row in before.rows}
    new = {row.issuer_id: row for row in after.rows}
    moved = [(old[issuer], row) for issuer, row in new.items() if issuer in old and old[issuer].rank != row.rank]
    moved.sort(key=lambda pair: (-abs(pair[0].rank - pair[1].rank), pair[1].rank))
    return Changes(
        entered=tuple(row for issuer, row in new.items() if issuer not in old),
        left=tuple(row for issuer, row in old.items() if issuer not in new),
        moved=tuple(moved),
        passed=(before.passed, after.passed),
    )
