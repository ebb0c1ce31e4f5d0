"""What of a workbook is ours and what is its user's: names of sheets, headings and keys, and what is carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

SHORTLIST = "Shortlist"
SHEETS = (SHORTLIST, "Factors", "Rules", "Left out", "Funnel", "Definitions", "Run")
# Written by an update alone, after the Shortlist: the names that are no longer on the list.
LEFT_SHEET = "Left since"
# The last sheet, very hidden: rows (kind, and up to four values) of the kinds below.
HIDDEN = "_screener"

# Every sheet of ours but Run and the hidden one is one Excel table; names of tables and of ranges share one space.
TABLES = {
    SHORTLIST: "ShortlistTable",
    LEFT_SHEET: "LeftSinceTable",
    "Factors": "FactorsTable",
    "Rules": "RulesTable",
    "Left out": "LeftOutTable",
    "Funnel": "FunnelTable",
    "Definitions": "DefinitionsTable",
}

# Headings of the Shortlist. CHANGE is written by an update alone; KEY is a hidden column: cik:910329, or
# id:9000000542 for an issuer without a CIK. NOTES and the user's own columns are the last ones of the table.
KEY_HEADING = "Issuer"
STATUS_HEADING = "Change"
ENTERED = "entered"
NOTES_HEADING = "Notes"
# Headings of LEFT_SHEET before NOTES and the user's own columns; LEFT_HEADING is the day of the first list without it.
LEFT_HEADING = "Left"
LEFT_HEADINGS = (LEFT_HEADING, KEY_HEADING, "Ticker", "Name", NOTES_HEADING)

# Kinds of the rows of HIDDEN, in this order. Dates and hashes are texts.
#   (FACT, key, value): layout, screen, title, as_of, previous (as-of of the list before, on update), screen_hash,
#       data_hash, version
#   (SHEET, name): a sheet of ours, the hidden one included
#   (NAME, name): a defined name of ours
#   (HEADING, text): a heading of the Shortlist that is ours, KEY, STATUS and NOTES included, in order
#   (OWN, text): a heading of the user's, carried over by an update
#   (ISSUER, key, ticker, name, rank): a name on the list, in its order
FACT, SHEET, NAME, HEADING, OWN, ISSUER = "fact", "sheet", "name", "heading", "own", "issuer"
LAYOUT_VERSION = "1"

CellValue: TypeAlias = "str | float | bool | date | Formula"


def issuer_key(cik: int | None, issuer_id: int) -> str:
    """Return the key of an issuer that lasts from one data set to the next."""
    return f"id:{issuer_id}" if cik is None else f"cik:{cik}"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of the user's, with ``=``, as it stood in the cell ``origin`` (such as ``H5``) of the Shortlist.

    value: what it gave when it was last computed.
    """

    text: str
    origin: str
    value: str | float | bool | None = None

    def at(self, cell: str) -> str:
        """Return the formula as it reads in ``cell``: relative references move with it."""
        from openpyxl.formula.translate import Translator

        moved: str = Translator(self.text, origin=self.origin).translate_formula(cell)
        return moved


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that the user added to the Shortlist: ``cells`` by issuer key, blank where there is none.

    width: in characters, 0 for the usual one. number_format: of Excel, ``General`` for none.
    """

    heading: str
    width: float = 0
    number_format: str = "General"
    cells: Mapping[str, CellValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """A name that was on an earlier list: its notes and the user's own values by heading. ``day``: since when."""

    day: date
    key: str
    ticker: str
    name: str
    notes: str = ""
    own: Mapping[str, CellValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Carried:
    """What an update takes over from the workbook before.

    notes: by issuer key. entered: keys of the names that were not on the list of ``previous``. comments: the user's
    own, by issuer key and heading; on the Notes and the own columns alone.
    """

    previous: date
    notes: Mapping[str, CellValue] = field(default_factory=dict)
    own_columns: tuple[OwnColumn, ...] = ()
    entered: frozenset[str] = frozenset()
    left: tuple[Left, ...] = ()
    comments: Mapping[tuple[str, str], str] = field(default_factory=dict)
