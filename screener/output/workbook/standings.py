"""The sheets Factors and Rules: a row for each name and factor, and for each name and condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from screener.engine.distance import Distance
from screener.engine.report import Entry, Report
from screener.engine.result import Value
from screener.output.workbook.table import SHEET_ROWS, Column, Sheet, cut_note

FROZEN = 2
FACTOR_COLUMNS, RULE_COLUMNS = 15, 15

_BETTER = {"higher": "higher is better", "lower": "lower is better"}


def factors(report: Report) -> Sheet:
    """Return the sheet of every factor of every name: value, percentile, peers, weight and what it adds."""
    total = sum(len(entry.factors) for entry in report.entries)
    rows = list(islice(_factor_rows(report.entries), SHEET_ROWS - 3))
    cells = columns_of(rows, FACTOR_COLUMNS)
    units = [str(unit) for unit in cells[6]]
    looks = ["wide" if asked != used else "" for asked, used in zip(cells[9], cells[10], strict=True)]
    return Sheet(
        "Factors",
        (
            Column("Rank", cells[0], "count", align="center"),
            Column("Ticker", cells[1]),
            Column("Name", cells[2]),
            Column("Group", cells[3]),
            Column("Factor", cells[4]),
            Column("Value", cells[5], "number", units=units, width=12, gaps=True),
            Column("Unit", cells[6]),
            Column("Direction", cells[7]),
            Column("Percentile", cells[8], "score", bar=(0, 100), width=12, gaps=True, note=_PERCENTILE),
            Column("Peers asked", cells[9]),
            Column("Peers used", cells[10], looks=looks, note=_WIDER),
            Column("Peer group", cells[11]),
            Column("Names in it", cells[12], "count"),
            Column("Weight", cells[13], "ratio", note="Share of the score."),
            Column("Contribution", cells[14], "score", note=_POINTS, gaps=True),
        ),
        frozen=FROZEN,
        footnote=cut_note(len(rows), total),
    )


_PERCENTILE = "0 to 100 among the peers; 100 is the best, whichever direction is better."
_POINTS = "Points of the score: percentile times weight. Those of all factors add up to the score."
_WIDER = "Not the group that was asked for where that one has too few names."


def _factor_rows(entries: Sequence[Entry]) -> Iterator[tuple[Value, ...]]:
    for entry in entries:
        row = entry.row
        for one in entry.factors:
            yield (
                *(row.rank, row.ticker, row.name, one.group, one.name, one.value, one.unit),
                *(_BETTER.get(one.direction, one.direction), one.percentile, one.asked, one.within),
                *(one.peers, one.size, one.weight, one.contribution),
            )


def rules(report: Report) -> Sheet:
    """Return the sheet of every verdict on every name, with the comparison that decides it."""
    total = sum(len(entry.verdicts) for entry in report.entries)
    rows = list(islice(_rule_rows(report.entries), SHEET_ROWS - 3))
    cells = columns_of(rows, RULE_COLUMNS)
    verdicts, units = [str(value) for value in cells[5]], [str(unit or "text") for unit in cells[10]]
    return Sheet(
        "Rules",
        (
            Column("Rank", cells[0], "count", align="center"),
            Column("Ticker", cells[1]),
            Column("Name", cells[2]),
            Column("Group", cells[3]),
            Column("Rule", cells[4], width=42, wrap=True),
            Column("Verdict", verdicts, looks=verdicts),
            Column("What", cells[6], note=_DECIDES),
            Column("Value", cells[7], "number", units=units, width=12),
            Column("Op", cells[8]),
            Column("Threshold", cells[9], "number", units=units, width=12),
            Column("Unit", cells[10]),
            Column("Slack", cells[11], "number", units=units, width=12, note=_SLACK),
            Column("Slack %", cells[12], "ratio", width=10, note="The slack in per cent of the threshold."),
            Column("Unknown because", cells[13], width=48, wrap=True),
            Column("Let in", cells[14], note="An unknown verdict that the rule lets through (if_unknown)."),
        ),
        frozen=FROZEN,
        footnote=cut_note(len(rows), total),
    )


_DECIDES = "The comparison that decides the verdict; nothing is said of conditions that are not made of numbers."
_SLACK = "By how much the value is on the passing side; negative by how much it falls short."


def _rule_rows(entries: Sequence[Entry]) -> Iterator[tuple[Value, ...]]:
    for entry in entries:
        row = entry.row
        for one in entry.verdicts:
            let_in = "yes" if one.admitted and one.verdict == "unknown" else ""
            group = "Universe" if one.group == "universe" else one.group
            yield (
                *(row.rank, row.ticker, row.name, group, one.text, one.verdict),
                *(*measured(one.distance), one.reason, let_in),
            )


def measured(found: Distance | None) -> tuple[str | None, Value, str | None, Value, str | None, Value, Value]:
    """Return what is compared, its value, how, the threshold, the unit, the slack and its share of the threshold."""
    if found is None:
        return (None,) * 7
    return (found.what, found.value, found.op, found.threshold, found.unit, found.slack, found.relative)


def columns_of(rows: Sequence[Sequence[Value]], width: int) -> list[Sequence[Value]]:
    """Return rows of ``width`` values turned into columns."""
    return [[row[k] for row in rows] for k in range(width)]
