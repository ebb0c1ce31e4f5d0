"""The laws of tables: nothing is wider than the terminal, no number is cut, what has no room is named."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.output.cells import joined, sparkline, width_of
from screener.output.layout import Column, lay_out
from screener.output.text import table_text

WIDTHS = (40, 47, 60, 80, 100, 120, 200)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9).map(lambda value: f"{value:,}"),
    st.floats(-1e4, 1e4).map(lambda value: f"{value:,.1f}%"),
    st.just("–"),
)
WORDS = st.text(alphabet="abc_/(, éß漢", min_size=0, max_size=40).map(lambda text: " ".join(text.split()))


@st.composite
def tables(draw: st.DrawFn) -> list[Column]:
    """Return a table as outputs make them: texts that may be cut, numbers that may not, some never to be dropped."""
    rows = draw(st.integers(0, 3))
    columns = []
    for number in range(draw(st.integers(1, 12))):
        right = number > 0 and draw(st.booleans())
        cells = draw(st.lists(NUMBERS if right else WORDS, min_size=rows, max_size=rows))
        # Distinct headings: the number tells them apart.
        heading = draw(st.sampled_from(("market_cap", "piotroski_f", "Return on capital", "growth(revenue, 3y)", "x")))
        least = 0 if right else draw(st.integers(4, 16))
        drop = draw(st.integers(0, 30))
        columns.append(Column(f"{heading} {number}", cells, right=right, least=least, drop=drop))
    return columns


@settings(max_examples=200, deadline=None)
@given(tables(), st.sampled_from(WIDTHS))
def test_laws_of_a_table(columns: list[Column], width: int) -> None:
    """No line is too wide; numbers of columns that are kept stand whole in their row; the others are named."""
    lines, dropped = lay_out(columns, width, color=False)
    assert all(width_of(line) <= width for line in lines)
    assert len(dropped) < len(columns)
    rows = len(columns[0].cells)
    body = lines[len(lines) - rows :]
    for column in columns:
        if column.heading in dropped or not column.right:
            continue
        for cell, line in zip(column.cells, body, strict=True):
            assert re.search(rf"(^|\s){re.escape(cell)}(\s|$)", line)


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from(WIDTHS))
def test_the_highest_drop_goes_first(columns: list[Column], width: int) -> None:
    """While columns that may be dropped are kept, none with a lower number is dropped."""
    _, dropped = lay_out(columns, width, color=False)
    gone = [column.drop for column in columns if column.heading in dropped]
    kept = [column.drop for column in columns if column.heading not in dropped]
    assert not gone or max(kept) <= max(gone)


def test_short_ends_are_not_broken_off() -> None:
    """piotroski_f is not broken before its last letter; net_debt_ebitda is, after its joints, where room is scarce."""
    narrow = [Column(name, ["9.0"], right=True) for name in ("piotroski_f", "net_debt_ebitda", "ev_ebit_5y")]
    filler = Column("Name", ["x" * 16], least=0)
    lines, dropped = lay_out([filler, *narrow], 16 + 11 + 6 + 10 + 3 * 2, color=False)
    assert not dropped
    assert [line.split() for line in lines[:-1]] == [
        ["net_"], ["debt_"], ["Name", "piotroski_f", "ebitda", "ev_ebit_5y"],
    ]  # fmt: skip


def test_room_that_is_left_mends_headings() -> None:
    """On a wide terminal no heading is broken inside a word."""
    columns = [Column(name, ["1.0%"], right=True) for name in ("market_cap", "net_debt_ebitda", "price_change_12m")]
    wide, _ = lay_out(columns, 100, color=False)
    assert wide[0].split() == ["market_cap", "net_debt_ebitda", "price_change_12m"]
    narrow, _ = lay_out(columns, 40, color=False)
    assert "market_cap" in narrow[-2]


@pytest.mark.parametrize("width", WIDTHS)
def test_dropped_columns_are_named_below_a_table(width: int) -> None:
    """Of twenty columns, each stands above the table or in the note; the texts named as last go before others."""
    headers = [f"column{number}" for number in range(20)]
    rows = [(f"name {number}", *(number * 1e6 + place for place in range(18)), "a remark") for number in range(3)]
    text = table_text(headers, rows, ["text", *["count"] * 18, "text"], width=width, last=["column1"])
    table, _, note = text.partition("Not shown at this width: ")
    assert all(width_of(line) <= width for line in text.splitlines())
    for header in headers:
        assert (header in table.split()) != (header in re.split(r"[;\s]+", note))
    assert "column1" in note.replace("\n", " ").replace(";", "").split() or not note


def test_parts_break_between_them() -> None:
    """Phrases with dots between them end lines; only one that is wider than a line is cut."""
    assert joined(["abc", "def", "ghijklmnopqrst"], 10) == ["abc · def", "ghijklmno…"]
    assert joined([], 10) == []


def test_sparklines() -> None:
    """Sevenths of the greatest size, a space for unknown; losses hang from the top, the greater half thicker."""
    assert sparkline([0.0, 50.0, 100.0]) == "▁▄▇"
    assert sparkline([None, 7.0, float("nan")]) == " ▇ "
    assert sparkline([10.0, -4.0, -5.0, -10.0]) == "▇▔▀▀"
    assert sparkline([0.0, None]) == "▁ "
    assert sparkline([]) == ""
