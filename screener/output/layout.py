"""Columns laid out by hand for a terminal: cut and dropped by priority until they fit, never wrapped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from screener.output.cells import cut, pad, width_of

GAP = 2
HEADING_LINES = 3
LONGEST_WORD = 16
# A heading is not broken so that fewer characters than these stand in a line of their own: piotroski_f stays whole.
SHORTEST_PART = 3
SMALLEST_WIDTH = 40
# Where nothing more may be dropped, texts are cut down to this at last.
LAST_CELLS = 4

# ANSI "select graphic rendition" codes.
STYLES: dict[str, str] = {
    "bold": "1",
    "dim": "2",
    "title": "1;36",
    "heading": "2",
    "bar": "36",
    "negative": "31",
    "flag": "33",
    "green": "32",
    "red": "31",
    "yellow": "33",
    "demo": "1;30;43",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of finished texts.

    right: aligned to the right. least: the width in cells down to which it may be cut (0: never cut).
    drop: when the table is too wide, columns go by the highest ``drop`` first (0: only when all others have gone, and
    the last before the first).
    styles: a style name per cell, one for all cells, or ``""``.
    """

    heading: str
    cells: Sequence[str]
    right: bool = False
    least: int = 0
    drop: int = 0
    styles: Sequence[str] | str = ""

    def style(self, row: int) -> str:
        """Return the style name of the cell in ``row``."""
        return self.styles if isinstance(self.styles, str) else self.styles[row]


def paint(text: str, style: str, color: bool) -> str:
    """Return ``text`` in ``style`` (a row of STYLES), or as it is without colour or style."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if color and style and text.strip() else text


def lay_out(columns: Sequence[Column], width: int, *, color: bool, indent: int = 0) -> tuple[list[str], list[str]]:
    """Return the lines of the table (headings, then one line a row) and the headings that had no room.

    No line is wider than ``width`` cells (taken as 40 when it is smaller). What is not to be cut (``least`` 0: numbers)
    is whole or dropped. Headings are broken inside long words only where the columns would have no room otherwise.
    """
    width = max(width, SMALLEST_WIDTH) - indent
    headings = {id(column): _wrapped_heading(column, broken=True) for column in columns}
    natural = {id(column): _natural_width(column, headings[id(column)]) for column in columns}
    kept, dropped = _dropped_to_fit(columns, natural, width)
    widths = _cut_to_fit(kept, natural, width)
    _mend_headings(kept, widths, headings, width)
    margin = " " * indent
    lines = [margin + line for line in _heading_lines(kept, widths, headings, color)]
    for row in range(len(kept[0].cells)):
        cells = [pad(column.cells[row], size, right=column.right) for column, size in zip(kept, widths, strict=True)]
        lines.append(margin + _painted(cells, [column.style(row) for column in kept], color))
    return lines, [column.heading for column in columns if column.heading and id(column) in dropped]


def not_shown(dropped: Sequence[str]) -> str:
    """Return the note that names the columns for which there was no room."""
    return f"Not shown at this width: {'; '.join(dropped)}"


def _painted(cells: list[str], styles: list[str], color: bool) -> str:
    # Trailing spaces go before painting: a style code behind them would keep them.
    while cells and not cells[-1].strip():
        cells.pop()
    if cells:
        cells[-1] = cells[-1].rstrip()
    return (" " * GAP).join(paint(cell, style, color) for cell, style in zip(cells, styles, strict=False))


def _natural_width(column: Column, heading: list[str]) -> int:
    return max([*map(width_of, column.cells), *map(width_of, heading), 1])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _least(column: Column, natural: dict[int, int]) -> int:
    own = natural[id(column)]
    return min(own, column.least) if column.least else own


def _last(column: Column, natural: dict[int, int]) -> int:
    """Return the width below which a column is not cut even where nothing more may be dropped."""
    return min(_least(column, natural), LAST_CELLS) if column.least else natural[id(column)]


def _dropped_to_fit(columns: Sequence[Column], natural: dict[int, int], width: int) -> tuple[list[Column], set[int]]:
    kept, dropped = list(columns), set()

    def drop(column: Column) -> None:
        kept[:] = [other for other in kept if other is not column]
        dropped.add(id(column))

    while len(kept) > 1 and _total([_least(column, natural) for column in kept]) > width:
        candidate = max(kept, key=lambda column: column.drop)
        if candidate.drop == 0:
            break
        drop(candidate)
    # Only here are columns cut that ask for more; what may not be cut at all goes.
    while len(kept) > 1 and _total([_last(column, natural) for column in kept]) > width:
        drop(kept[-1])
    return kept, dropped


def _cut_to_fit(columns: Sequence[Column], natural: dict[int, int], width: int) -> list[int]:
    widths = [natural[id(column)] for column in columns]
    least = [_least(column, natural) for column in columns]
    if _total(least) > width:
        least = [_last(column, natural) for column in columns]
    while _total(widths) > width:
        room = [size - floor for size, floor in zip(widths, least, strict=True)]
        if max(room) <= 0:
            # One column alone, wider than all there is.
            return [min(size, width) for size in widths]
        widest = max(range(len(widths)), key=lambda place: widths[place] if room[place] > 0 else -1)
        widths[widest] -= 1
    return widths


def _mend_headings(columns: Sequence[Column], widths: list[int], headings: dict[int, list[str]], width: int) -> None:
    """Give columns whose headings are broken inside a word the room that is left, from the first on."""
    for place, column in enumerate(columns):
        whole = _wrapped_heading(column, broken=False)
        needed = max([0, *map(width_of, whole)]) - widths[place]
        if whole != headings[id(column)] and needed <= width - _total(widths):
            widths[place] += max(0, needed)
            headings[id(column)] = whole


def _heading_lines(
    columns: Sequence[Column], widths: Sequence[int], headings: dict[int, list[str]], color: bool
) -> list[str]:
    wrapped = [headings[id(column)] for column in columns]
    height = max(len(lines) for lines in wrapped)
    found = []
    for line in range(height):
        cells = []
        for column, lines, cells_wide in zip(columns, wrapped, widths, strict=True):
            place = line - (height - len(lines))
            text = lines[place] if place >= 0 else ""
            cells.append(pad(text, cells_wide, right=column.right))
        found.append(paint((" " * GAP).join(cells).rstrip(), "heading", color))
    return found if any(line.strip() for line in found) else []


def _wrapped_heading(column: Column, *, broken: bool) -> list[str]:
    """Set a heading in at most three lines, no wider than its cells need where its words allow.

    broken: long words are broken after ``_``, ``/``, ``(`` and commas as well.
    """
    words = _words(column.heading, broken=broken)
    if not words:
        return []
    room = max([*map(width_of, column.cells), *(width_of(word) for word, _ in words)])
    while len(lines := _greedy(words, room)) > HEADING_LINES:
        room += 1
    return lines


def _words(heading: str, *, broken: bool) -> list[tuple[str, str]]:
    """Return the words of a heading with what stands before each: a space, or nothing inside a broken long word.

    A no-break space keeps two words together.
    """
    found: list[tuple[str, str]] = []
    for word in heading.split(" "):
        longest = LONGEST_WORD // 2 if broken else LONGEST_WORD
        parts = _parts(word) if len(word) > longest else [word]
        found.extend((cut(part, LONGEST_WORD), "" if place else " ") for place, part in enumerate(parts))
    return found


def _parts(word: str) -> list[str]:
    """Break a long word after its joints, so that no part but the whole is shorter than three characters."""
    found: list[str] = []
    for part in re.findall(r"[^_/(,]*[_/(,]|[^_/(,]+", word):
        if found and (len(part.rstrip("_/(,")) < SHORTEST_PART or len(found[-1].rstrip("_/(,")) < SHORTEST_PART):
            found[-1] += part
        else:
            found.append(part)
    return found


def _greedy(words: Sequence[tuple[str, str]], room: int) -> list[str]:
    lines = [words[0][0]]
    for word, glue in words[1:]:
        candidate = lines[-1] + glue + word
        if width_of(candidate) > room:
            lines.append(word)
        else:
            lines[-1] = candidate
    return lines
