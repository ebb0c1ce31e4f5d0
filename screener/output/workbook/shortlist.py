"""The sheet Shortlist: a name a row, and the columns of the user's own that an update carries over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from screener.catalogue.units import BY_NAME
from screener.engine.report import Entry, Report
from screener.engine.result import ResultColumn, Value
from screener.language.ast import Expr, Name
from screener.language.glossary import Meaning
from screener.language.wording import wording
from screener.output import shape
from screener.output.workbook import layout
from screener.output.workbook.layout import Carried
from screener.output.workbook.table import Column, Sheet

FROZEN = 2
NOTES_WIDTH = 36
OWN_WIDTH = 14

# Range names of what every list has; those of the screen's columns are RANGE and the name of the column.
RANKS, TICKERS, NAMES, SCORES, ISSUERS = (
    "screener_ranks",
    "screener_tickers",
    "screener_names",
    "screener_scores",
    "screener_issuers",
)
RANGE = "sl_"

# Headings that a column of the screen cannot have: an update finds its way by them.
_RESERVED = frozenset(
    heading.lower()
    for heading in (
        *("Rank", "Ticker", "Name", "Sector", "Score", "Newest period", "Public since", "Factors known", "Flags"),
        *(layout.STATUS_HEADING, layout.KEY_HEADING, layout.NOTES_HEADING),
    )
)
_BETTER = {"higher": "Higher is better.", "lower": "Lower is better."}
_NO_SCALE = ("text", "date", "bool", "flag")


def shortlist(report: Report, carried: Carried | None = None) -> Sheet:
    """Return the sheet: rank, ticker, name, sector, score, the screen's columns, what is known, flags, and notes.

    With ``carried`` the user's notes and own columns stand beside the names that they belong to.
    """
    entries = report.entries
    keys = [layout.issuer_key(entry.row.cik, entry.row.issuer_id) for entry in entries]
    columns = (
        *_fixed(report),
        *_chosen(report),
        *_known(report),
        Column(layout.KEY_HEADING, keys, hidden=True, named=ISSUERS, width=18),
        # There from the first list on, so that an update moves no column that a user's own sheets may point to.
        _change(keys, carried),
        *_own(keys, carried),
    )
    return Sheet(layout.SHORTLIST, columns, frozen=FROZEN)


def _fixed(report: Report) -> tuple[Column, ...]:
    rows = [entry.row for entry in report.entries]
    quality = {place: "\n".join(row.flags) for place, row in enumerate(rows) if row.flags}
    # A name without a ticker has its link at the name.
    by_name = [entry.url if entry.row.ticker is None else "" for entry in report.entries]
    demo = shape.DEMO_BANNER if report.result.run.demo else ""
    return (
        Column("Rank", [row.rank for row in rows], "count", named=RANKS, note=demo, align="center"),
        Column(
            "Ticker", [row.ticker for row in rows], links=[entry.url for entry in report.entries], notes=quality,
            named=TICKERS, gaps=True,
        ),
        Column("Name", [row.name for row in rows], links=by_name if any(by_name) else (), named=NAMES),
        Column("Sector", [row.sector or None for row in rows], gaps=True),
        Column(
            "Score", [row.score for row in rows], "score", width=10, bar=(0, 100), named=SCORES, gaps=True,
            note="The weighted mean of the percentiles of its factors, 0 to 100 (sheet Factors).",
        ),
    )  # fmt: skip


def _chosen(report: Report) -> tuple[Column, ...]:
    """Return the columns that the screen chose, each with its meaning, colours by direction and unknowns in grey."""
    expressions: dict[int, Expr] = {place: row.expr for place, row in enumerate(report.result.screen.columns)}
    directions = {_spoken(factor.expr): factor.direction for factor in report.result.screen.factors()}
    taken: set[str] = set()
    found = []
    for place, column in shape.chosen(report.result):
        expr = expressions.get(place)
        meaning = shape.meaning_of(expr, report.meanings)
        direction = "" if meaning is None else meaning.direction
        # The screen may rank against the catalogue.
        direction = directions.get(_spoken(expr), direction) if expr is not None else direction
        found.append(
            Column(
                _heading(shape.heading(column.label or column.name, expr, report.meanings)),
                [entry.row.values[place] for entry in report.entries],
                column.unit,
                note=_note(column, meaning, expr, direction),
                notes=_reasons(report.entries, place),
                scale="" if column.unit in _NO_SCALE or direction not in _BETTER else direction,
                named=range_name(column.name, taken),
                gaps=True,
            )
        )
    return tuple(found)


def _spoken(expr: Expr) -> str:
    """Return an expression as text, by which it is the same wherever it stands in the screen."""
    return expr.name if isinstance(expr, Name) else wording(expr)


def _heading(found: str) -> str:
    return f"{found} (column)" if found.strip().lower() in _RESERVED else found


def _note(column: ResultColumn, meaning: Meaning | None, expr: Expr | None, direction: str) -> str:
    if meaning is not None:
        said = f"{meaning.name} = {meaning.formula}" if meaning.formula else meaning.name
    else:
        said = column.name if expr is None else wording(expr)
    unit = BY_NAME[column.unit].label if column.unit in BY_NAME else column.unit
    return "\n".join(line for line in (said, f"Unit: {unit}.", _BETTER.get(direction, "")) if line)


def _reasons(entries: Sequence[Entry], place: int) -> Mapping[int, str]:
    return {
        row: f"Unknown: {entry.reasons[place]}"
        for row, entry in enumerate(entries)
        if place < len(entry.reasons) and entry.reasons[place]
    }


def range_name(name: str, taken: set[str]) -> str:
    """Return the range name of a column: ``sl_`` and its name, with ``_`` for what a range name cannot have.

    A name with an underscore is never taken for a cell. A second one of the same letters gets ``_2``.
    """
    plain = RANGE + (re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[:200] or "column")
    found, number = plain, 1
    while found.lower() in taken:
        number += 1
        found = f"{plain}_{number}"
    taken.add(found.lower())
    return found


def _known(report: Report) -> tuple[Column, ...]:
    names = {column.name for _, column in shape.chosen(report.result)}
    rows = [entry.row for entry in report.entries]
    dates = (("Newest period", "period_end"), ("Public since", "known_from"))
    shares: list[Value] = [shape.coverage(row) for row in rows]
    return (
        *(
            Column(heading, [getattr(row, name) for row in rows], "date", width=12, gaps=True)
            for heading, name in dates
            if name not in names
        ),
        Column("Factors known", shares, "ratio", note="The share of the score whose factors have a value.", gaps=True),
        Column("Flags", ["; ".join(row.flags) for row in rows]),
    )


def _change(keys: Sequence[str], carried: Carried | None) -> Column:
    """Return the column that marks the names that have entered."""
    if carried is None:
        note = "An update of this workbook marks here the names that have entered since."
        return Column(layout.STATUS_HEADING, [""] * len(keys), note=note)
    marks = [layout.ENTERED if key in carried.entered else "" for key in keys]
    note = f"Names that were not on the list of {carried.previous.isoformat()}."
    return Column(layout.STATUS_HEADING, marks, looks=marks, note=note)


def _own(keys: Sequence[str], carried: Carried | None) -> tuple[Column, ...]:
    """Return the Notes, which are the user's, and the columns that the user added."""
    notes = {} if carried is None else carried.notes
    comments = {} if carried is None else carried.comments
    own = () if carried is None else carried.own_columns
    return (
        Column(
            layout.NOTES_HEADING, [notes.get(key) for key in keys], width=NOTES_WIDTH, wrap=True,
            number_format="General", note="Yours: an update of this workbook keeps it, with any column that you add.",
            notes=_comments(keys, comments, layout.NOTES_HEADING),
        ),
        *(
            Column(
                column.heading, [column.cells.get(key) for key in keys], width=column.width or OWN_WIDTH,
                number_format=column.number_format, notes=_comments(keys, comments, column.heading),
            )
            for column in own
        ),
    )  # fmt: skip


def _comments(keys: Sequence[str], comments: Mapping[tuple[str, str], str], heading: str) -> dict[int, str]:
    return {row: comments[key, heading] for row, key in enumerate(keys) if (key, heading) in comments}
