"""The sheet Left out: names that miss by one rule, and names that could not be judged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from screener.engine.near import Miss
from screener.engine.report import Report
from screener.engine.result import Value
from screener.output.distances import needed
from screener.output.workbook.standings import columns_of, measured
from screener.output.workbook.table import SHEET_ROWS, Column, Sheet, cut_note

FROZEN = 2
COLUMNS = 16
NEAR_MISS, NOT_JUDGED = "near miss", "not judged"


def left_out(report: Report) -> Sheet:
    """Return near misses, nearest first, and then names that no rule rejects, a row for each rule that is unknown."""
    total = len(report.near.rows) + sum(len(row.reasons) for row in report.unknown.rows)
    rows = list(islice(_rows(report), SHEET_ROWS - 3))
    cells = columns_of(rows, COLUMNS)
    kinds, units = [str(kind) for kind in cells[0]], [str(unit or "text") for unit in cells[10]]
    looks = ["fail" if kind == NEAR_MISS else "unknown" for kind in kinds]
    return Sheet(
        "Left out",
        (
            Column("Kind", kinds, looks=looks, note=_KIND),
            Column("Ticker", cells[1]),
            Column("Name", cells[2]),
            Column("Sector", cells[3]),
            Column("Group", cells[4]),
            Column("Rule", cells[5], width=36, wrap=True),
            Column("What", cells[6]),
            Column("Value", cells[7], "number", units=units, width=12),
            Column("Op", cells[8]),
            Column("Threshold", cells[9], "number", units=units, width=12),
            Column("Unit", cells[10]),
            Column("Distance", cells[11], "number", units=units, width=12, note=_DISTANCE),
            Column("Distance %", cells[12], "ratio", width=11, note="The distance in per cent of the threshold."),
            Column("Reason", cells[13], width=48, wrap=True, note=_REASON),
            Column("Would-be rank", cells[14], "count", note=_PLACE),
            Column("Score", cells[15], "score", width=10, bar=(0, 100)),
        ),
        frozen=FROZEN,
        footnote=cut_note(len(rows), total),
    )


_KIND = "near miss: fails this rule alone. not judged: fails none, and this rule is unknown and keeps it out."
_DISTANCE = "From the threshold, in the unit of the row; negative by how much it falls short."
_REASON = "Why the rule is unknown; for a near miss what would have to change, and which other rules are unknown."
_PLACE = "The rank that the name would have if the rule were met and its factors stayed as they are."


def _rows(report: Report) -> Iterator[tuple[Value, ...]]:
    for miss in report.near.rows:
        yield (
            *(NEAR_MISS, miss.ticker, miss.name, miss.sector, miss.group, miss.rule, *measured(miss.distance)),
            *(_said(miss), miss.place.rank, miss.place.score),
        )
    for row in report.unknown.rows:
        for rule, reason in row.reasons:
            yield (
                *(NOT_JUDGED, row.ticker, row.name, row.sector, "", rule, *measured(None)),
                *(reason, row.place.rank, row.place.score),
            )


def _said(miss: Miss) -> str:
    """Return what would have to change where one comparison alone does not tell, and what else is unknown."""
    parts = [" and ".join(needed(one) for one in miss.change)] if len(miss.change) > 1 else []
    parts += [f"also unknown: {rule}" for rule in miss.unknown]
    return "; ".join(parts)
