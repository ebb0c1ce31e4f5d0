"""A sheet as data: columns of values with their unit, look and comments, before any of it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screener.engine.result import Value
from screener.output.workbook.layout import CellValue

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from screener.output.workbook.styles import Styles

# The file format holds so many rows, the headings among them.
SHEET_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its heading, a value for each row and the name of their unit.

    units: the unit of each row where they differ. width: in characters, 0 for what the cells need. note: the comment
    of the heading; ``notes``: of cells, by row from 0. links: an address for each row, ``""`` for none. scale: the
    direction of a colour scale (``higher`` or ``lower`` is better), ``""`` for none. bar: the ends of a data bar.
    looks: names of styles for rows that differ from their unit's (see ``styles.py``), ``""`` for none. named: the range
    name of the cells. gaps: whether a value that is not there is unknown, and grey. wrap: long texts take several
    lines. number_format: of a user's own column. align: where it differs from the unit's.
    """

    heading: str
    values: Sequence[Value] | Sequence[CellValue | None]
    unit: str = "text"
    units: Sequence[str] = ()
    width: float = 0
    note: str = ""
    notes: Mapping[int, str] = field(default_factory=dict)
    links: Sequence[str] = ()
    scale: str = ""
    bar: tuple[float, float] | None = None
    looks: Sequence[str] = ()
    named: str = ""
    gaps: bool = False
    wrap: bool = False
    hidden: bool = False
    number_format: str = ""
    align: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that is one table. ``frozen``: so many columns stay in view. ``footnote`` stands below the table.

    after: adds what is not a cell of the table, such as a chart.
    """

    name: str
    columns: tuple[Column, ...]
    frozen: int = 0
    footnote: str = ""
    after: Callable[[Workbook, Worksheet, Styles], None] | None = None

    @property
    def rows(self) -> int:
        """Return how many rows of values the sheet has."""
        return len(self.columns[0].values)


def cut_note(shown: int, total: int) -> str:
    """Return the line below a table that a sheet cannot hold whole; ``""`` for one that it can."""
    if shown >= total:
        return ""
    return f"Only the first {shown:,} of {total:,} rows fit into a sheet; the JSON output has all of them."
