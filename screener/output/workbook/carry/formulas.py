"""Formulas of the user's: what of our sheets they point at, and how they read in another row of another table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from screener.output.workbook.carry.sheets import letters, number

BROKEN = "#REF!"
_AREA = re.compile(
    r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?::(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7}))?"
    r"|(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})"
    r"|(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})"
)
_TABLE = re.compile(r"([A-Za-z_\\][\w.\\]*)(\[.*\])", re.DOTALL)
_COLUMN = re.compile(r"\[((?:[^\[\]'#@]|'.)(?:[^\[\]']|'.)*)\]")
_WHOLE_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
# A table's part in words ([#All], [#This Row]) is no column.


def tokens(formula: str) -> list[tuple[str, bool]]:
    """Return the pieces of a formula (without ``=``), each with whether it is a reference or a name."""
    from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError

    try:
        items = Tokenizer(f"={formula}").items
    except (TokenizerError, IndexError):
        return [(formula, False)]
    return [(item.value, item.type == Token.OPERAND and item.subtype == Token.RANGE) for item in items]


def split_sheet(reference: str) -> tuple[str, str]:
    """Return the sheet of a reference, ``""`` for none, and the reference in it; another workbook's keeps its [1]."""
    sheet, mark, area = reference.rpartition("!")
    if not mark:
        return "", reference
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, area


def table_columns(reference: str) -> tuple[str, tuple[str, ...]]:
    """Return the table of a structured reference and the columns that it names; ``("", ())`` for any other."""
    match = _TABLE.fullmatch(reference)
    if match is None:
        return "", ()
    inside = match[2]
    if not inside.startswith("[["):
        word = inside[1:-1].strip()
        alone = word and not word.startswith(("#", "@"))
        return match[1], (_unquoted(word),) if alone else ()
    return match[1], tuple(_unquoted(found) for found in _COLUMN.findall(inside[1:-1]))


def _unquoted(text: str) -> str:
    return re.sub(r"'(.)", r"\1", text)


@dataclass(frozen=True)
class Pointing:
    """What a formula has of our sheets: references by address, and structured ones to columns that are gone.

    addresses: (sheet, area) of each reference by address. broken: (table, column) of each that leads nowhere.
    """

    addresses: tuple[tuple[str, str], ...] = ()
    broken: tuple[tuple[str, str], ...] = ()


def pointing(formula: str, sheets: frozenset[str], tables: Mapping[str, frozenset[str]]) -> Pointing:
    """Return what ``formula`` has of ``sheets`` (in lower case) and ``tables`` (their columns of the new list)."""
    lower = formula.lower()
    if not any(name.replace("'", "''") in lower for name in sheets) and not any(name in lower for name in tables):
        return Pointing()
    addresses, broken = [], []
    for text, refers in tokens(formula):
        if not refers:
            continue
        sheet, area = split_sheet(text)
        if sheet.lower() in sheets:
            addresses.append((sheet, area))
        broken += _gone(text, tables)
    return Pointing(tuple(addresses), tuple(broken))


def _gone(reference: str, tables: Mapping[str, frozenset[str]]) -> list[tuple[str, str]]:
    table, columns = table_columns(reference)
    known = tables.get(table.lower())
    if known is None:
        return []
    return [(table, column) for column in columns if normal(column) not in known]


def without_broken(formula: str, tables: Mapping[str, frozenset[str]]) -> str:
    """Return ``formula`` with ``#REF!`` for what leads to a column that is gone, as Excel writes it."""
    return "".join(BROKEN if refers and _gone(text, tables) else text for text, refers in tokens(formula))


def normal(heading: str) -> str:
    """Return a heading as headings are compared: without case and line breaks."""
    return " ".join(heading.split()).lower()


def whole_columns(area: str) -> tuple[int, int] | None:
    """Return first and last column of a reference to whole columns, None for any other."""
    match = _WHOLE_COLUMNS.fullmatch(area)
    return (number(match[1]), number(match[2])) if match else None


@dataclass
class Mover:
    """Moves formulas of the Shortlist's own columns to where their names stand on the new list.

    columns: the new place of each old column, None for one that is gone. first, last: rows of names of the old list
    and of the new. What could not be moved as it was meant is counted in ``gone`` and ``elsewhere``.
    """

    sheet: str
    columns: Mapping[int, int | None]
    old: tuple[int, int]
    new: tuple[int, int]
    tables: Mapping[str, frozenset[str]]
    gone: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def move(self, formula: str, origin: str, rows: tuple[int, int]) -> str:
        """Return a formula (without ``=``) of the cell ``origin`` for a name that moved from one row to another.

        References to the name's own row follow the name, those to columns follow the heading, those to all names
        cover all names of the new list, those to other sheets stay.
        """
        made = []
        for text, refers in tokens(formula):
            sheet, area = split_sheet(text)
            broken = _gone(text, self.tables) if refers else []
            if broken:
                self.gone.add(origin)
                made.append(BROKEN)
            elif refers and sheet.lower() in ("", self.sheet.lower()):
                moved = self._area(area, origin, rows)
                made.append(moved if moved == BROKEN else text[: len(text) - len(area)] + moved)
            else:
                made.append(text)
        return "".join(made)

    def _area(self, area: str, origin: str, rows: tuple[int, int]) -> str:
        match = _AREA.fullmatch(area)
        if match is None:
            return area
        if match[2]:
            return self._cells(match, origin, rows)
        if match[10]:
            first, last = self._column(match[10]), self._column(match[12])
            return self._lost(origin) if not (first and last) else f"{match[9]}{first}:{match[11]}{last}"
        first_row, last_row = (self._row(int(match[place]), origin, rows) for place in (14, 16))
        return f"{match[13]}{first_row}:{match[15]}{last_row}"

    def _cells(self, match: re.Match[str], origin: str, rows: tuple[int, int]) -> str:
        first = self._column(match[2])
        last = self._column(match[6]) if match[6] else first
        if not (first and last):
            return self._lost(origin)
        top = int(match[4])
        end = int(match[8]) if match[8] else top
        if match[8] and top <= self.old[0] and end >= self.old[1] and top != end:
            # All names, with or without the heading.
            moved = (top if top < self.old[0] else self.new[0], self.new[1])
        else:
            moved = (self._row(top, origin, rows), self._row(end, origin, rows))
        start = f"{match[1]}{first}{match[3]}{moved[0]}"
        return f"{start}:{match[5]}{last}{match[7]}{moved[1]}" if match[8] else start

    def _column(self, text: str) -> str:
        column = number(text)
        moved = self.columns.get(column, column)
        return letters(moved) if moved else ""

    def _row(self, row: int, origin: str, rows: tuple[int, int]) -> int:
        if row == rows[0]:
            return rows[1]
        if row >= self.old[0]:
            self.elsewhere.add(origin)
        return row

    def _lost(self, origin: str) -> str:
        self.gone.add(origin)
        return BROKEN
