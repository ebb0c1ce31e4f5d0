"""Values by unit, and text from outside as terminal cells."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.catalogue.units import UNITS
from screener.engine.result import Value
from screener.output.cells import bar, cell_text, clean, cut, pad, split_bar, width_of, wrap
from screener.output.values import NUMBER_STYLES, format_value, is_numeric

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1523, "ratio", "15.2%"),
        (-0.0001, "ratio", "0.0%"),
        (12.5, "ratio", "1,250.0%"),
        (8.1, "multiple", "8.1×"),
        (-3.25, "multiple", "-3.2×"),
        (1.2345e9, "usd", "1.2B"),
        (-1.2e9, "usd", "-1.2B"),
        (345.6e6, "usd", "345.6M"),
        (12_300, "usd", "12.3k"),
        (999_950, "usd", "1.0M"),
        (999.6, "usd", "1.0k"),
        (950, "usd", "950"),
        (0, "usd", "0"),
        (0.5, "usd", "0.50"),
        (4.2e12, "usd", "4.2T"),
        (48.3e6, "shares", "48.3M"),
        (12.34, "usd_per_share", "12.34"),
        (0.0012, "usd_per_share", "0.0012"),
        (1234.5, "usd_per_share", "1,234.50"),
        (45, "days", "45"),
        (-0.2, "days", "0"),
        (3.46, "years", "3.5"),
        (83.4, "score", "83.4"),
        (1.23, "number", "1.23"),
        (1e300, "number", "1.0e+300"),
        (7, "no such unit", "7.00"),
        ("Industrials", "text", "Industrials"),
        ("", "text", "–"),
        (date(2024, 3, 8), "date", "2024-03-08"),
        (True, "bool", "yes"),
        (False, "bool", "no"),
    ],
)
def test_a_value_is_shown_in_the_style_of_its_unit(value: Value, unit: str, text: str) -> None:
    """Each unit has one style; rounding carries into the next suffix, and zero has no sign."""
    assert format_value(value, unit) == text


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), float("-inf")])
def test_unknown_is_a_dash_in_every_unit(value: Value, unit: str) -> None:
    """None and non-finite numbers are never shown as a number."""
    assert format_value(value, unit) == "–"


@given(ANY_NUMBER, st.sampled_from(UNITS))
def test_no_number_makes_a_column_wide(value: float, unit: object) -> None:
    """However absurd the number, its text keeps to 22 characters."""
    assert len(format_value(value, unit.name)) <= 22  # type: ignore[attr-defined] # hypothesis draws a Unit


def test_every_style_of_the_unit_table_is_known() -> None:
    """A unit whose style nobody formats would fall back to a plain number unseen."""
    known = {*NUMBER_STYLES, "text", "date", "bool"}
    assert {unit.style for unit in UNITS} <= known
    assert is_numeric("usd")
    assert not is_numeric("text")


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("\x1b[31mRed\x1b[0m", "Red"),
        ("\x1b]0;owned\x07Corp", "Corp"),
        ("\x1b]8;;http://x\x1b\\link", "link"),
        ("\x9b31mC1", "C1"),
        ("a\nb\tc\x00d", "a b c d"),
        ("left\u202eright", "leftright"),
        ("bad\ud800half", "bad\ufffdhalf"),
        ("plain ASCII & more", "plain ASCII & more"),
        ("Société Générale 株", "Société Générale 株"),
    ],
)
def test_clean_removes_what_a_terminal_would_obey(dirty: str, expected: str) -> None:
    """Escape sequences go as a whole, control characters become spaces, letters stay."""
    assert clean(dirty) == expected


@given(st.text())
def test_cleaned_text_is_one_harmless_line(text: str) -> None:
    """No input leaves a control character, a line end or something that UTF-8 cannot carry."""
    for result in (clean(text), cell_text(text)):
        assert all(char >= " " and not "\x7f" <= char <= "\x9f" for char in result)
        assert len(result.splitlines()) <= 1
        assert result.encode("utf-8").decode("utf-8") == result


@given(st.text(), st.integers(min_value=0, max_value=30))
def test_pad_gives_exactly_the_width(text: str, width: int) -> None:
    """Wide characters that do not fit are cut, and the rest is filled with spaces."""
    assert width_of(pad(cell_text(text), width)) == width


def test_width_counts_terminal_cells() -> None:
    """CJK and emoji take two cells, combining marks none."""
    assert width_of("株式") == 4
    assert width_of("🚀") == 2
    assert width_of("e\u0301") == 1
    assert cut("株式会社", 5) == "株式…"
    assert cut("abcdef", 4) == "abc…"
    assert pad("7", 3, right=True) == "  7"


def test_wrap_keeps_to_the_width() -> None:
    """Words move to the next line, and a word longer than the line is cut."""
    assert wrap("one two three", 8, first="- ", rest="  ") == ["- one", "  two", "  three"]
    assert wrap("abcdefghij", 5) == ["abcd…"]


def test_bars_show_shares_in_eighths() -> None:
    """A bar is clamped to its width; an unknown share is blank."""
    assert bar(0.5, 4) == "██  "
    assert bar(0.53125, 4) == "██▏ "
    assert bar(7, 2) == "██"
    assert bar(-1, 2) == bar(None, 2) == bar(float("nan"), 2) == "  "


def test_a_split_bar_shows_even_one_unknown_name() -> None:
    """Each count above zero has a cell of its own, and the cells add up to the width."""
    assert split_bar((50, 0, 50), 10) == "█████░░░░░"
    assert split_bar((9998, 1, 1), 10) == "████████▒░"
    assert split_bar((0, 0, 0), 3) == "   "


@given(st.tuples(*[st.integers(min_value=0, max_value=10_000)] * 3))
def test_a_split_bar_always_fills_its_width(parts: tuple[int, int, int]) -> None:
    """Rounding three shares never makes the bar longer or shorter."""
    assert len(split_bar(parts, 10)) == 10
