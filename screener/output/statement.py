"""The items of one company for the terminal, with the flags of each period as numbers that are explained below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.catalogue.flags import BY_CODE
from screener.output.cells import wrap
from screener.output.text import table_text

if TYPE_CHECKING:
    from screener.engine.company import Statement

# The flags stand behind ticker, period_end and known_from: the last columns are the first to go on a narrow terminal.
FLAGS_AT = 3
LAST = ("known_from",)
WHOLE = ("period_end", "known_from", "flags")


def statement_text(found: Statement, *, width: int = 100, color: bool = False) -> str:
    """Return the table of a statement and its legend, lines of at most ``width`` cells."""
    codes = sorted({code for row in found.rows for code in str(row[-1] or "").split()}, key=_place)
    numbers = {code: str(number) for number, code in enumerate(codes, 1)}
    marks = [",".join(numbers[code] for code in str(row[-1] or "").split()) or None for row in found.rows]
    rows = [(*row[:FLAGS_AT], mark, *row[FLAGS_AT:-1]) for row, mark in zip(found.rows, marks, strict=True)]

    def moved(names: tuple[str, ...]) -> tuple[str, ...]:
        return (*names[:FLAGS_AT], names[-1], *names[FLAGS_AT:-1])

    text = table_text(moved(found.headers), rows, moved(found.units), width=width, color=color, whole=WHOLE, last=LAST)
    legend = [
        line
        for code in codes
        for line in wrap(f"{code}: {BY_CODE[code].meaning if code in BY_CODE else 'not explained'}", width,
                         first=f"  {numbers[code]} ", rest="      ")
    ]  # fmt: skip
    return text + "".join(f"{line}\n" for line in (["", "Flags", *legend] if legend else []))


def _place(code: str) -> tuple[int, str]:
    order = list(BY_CODE)
    return (order.index(code) if code in BY_CODE else len(order), code)
