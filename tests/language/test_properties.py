"""Whatever the text, only problems come out; numbers survive being written down."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.errors import Problem, ScreenError
from screener.language.resolve import KEYS, check_screen, parse_screen
from screener.language.tokens import number_value

PIECES = st.sampled_from(
    ["roic", "sector", "is_shell", "period_end", "pe", "avg(", "count(", "min(", "when(", ")", "(", "[", "]", ",", "5y",
     "8q", "15%", "300M", "2024-12-31", "'a'", '"', "'", ">", "<=", "=", "!=", "and", "or", "not", "in", "between",
     "is", "known", "+", "-", "*", "/", "^", "Real", "\u00a0", "é", "$", ":", "#", "{", "}", "\n  ",
     "|", ">-", "&a", "*a", "!t", "%"]
)  # fmt: skip
EXPRESSIONS = st.lists(PIECES, max_size=14).map(" ".join)
KEY = st.sampled_from([*KEYS, "by", "weight", "rule", "metric", "nothing", "? x"])


def only_problems(text: str) -> None:
    """Check ``text`` and fail on anything but well-placed problems."""
    problems = check_screen(text, "x.yaml")
    for problem in problems:
        assert isinstance(problem, Problem)
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.length >= 1
        assert problem.message in problem.render()
    if problems:
        with pytest.raises(ScreenError):
            parse_screen(text, "x.yaml")
    else:
        assert parse_screen(text, "x.yaml").source == text


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Any text at all is a screen or has problems; nothing else is ever raised."""
    only_problems(text)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_any_expression(expression: str) -> None:
    """Any mixture of the language's own pieces is a rule, a column and a factor, or has problems."""
    only_problems(f"rules:\n  - {expression}\ncolumns:\n  - {expression}\nrank:\n  - {expression}\n")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(KEY, EXPRESSIONS, st.integers(0, 4)), max_size=6))
def test_any_keys(rows: list[tuple[str, str, int]]) -> None:
    """Any keys at any depth with any values are a screen or have problems."""
    only_problems("".join(f"{'  ' * depth}{key}: {value}\n" for key, value, depth in rows))


@settings(max_examples=200, deadline=None)
@given(st.floats(min_value=0, allow_nan=False, allow_infinity=False, max_value=1e300))
def test_numbers_round_trip(value: float) -> None:
    """The shortest text of a number, alone and with a suffix, is read as the double nearest to what it says."""
    assert number_value(repr(value)) == value
    mantissa, _, exponent = repr(value).partition("e")
    assert number_value(f"{value!r}M") == float(f"{mantissa}e{int(exponent or 0) + 6}")
    assert number_value(f"{value!r}%") == float(f"{mantissa}e{int(exponent or 0) - 2}")
    assert number_value(f"{value!r}bps") == float(f"{mantissa}e{int(exponent or 0) - 4}")
