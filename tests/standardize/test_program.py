"""Programs of columns as SQL: stages, what they hand on, and expressions in common."""

from __future__ import annotations

import duckdb

from screener.standardize.program import staged
from screener.standardize.shared import shared, with_shared

COLUMNS = (("twice", "2 * a"), ("more", "twice + b"), ("less", 'twice - "t:C"'))
SOURCE = '(SELECT 3 AS a, 4 AS b, 1 AS "t:C", 9 AS unread)'
GIVEN = ("a", "b", "t:C", "unread")


def rows(sql: str) -> list[dict[str, object]]:
    """Return the rows of a SELECT as dicts."""
    with duckdb.connect() as con:
        result = con.execute(f"SELECT * FROM {sql}")
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def test_without_a_wish_every_column_is_there() -> None:
    """All columns of the source and of the program come out: 2 * 3 = 6, 6 + 4 = 10, 6 - 1 = 5."""
    assert rows(staged(COLUMNS, SOURCE)) == [{"a": 3, "b": 4, "t:C": 1, "unread": 9, "twice": 6, "more": 10, "less": 5}]


def test_only_what_is_wanted_comes_out() -> None:
    """Helpers and unread columns are dropped; a wanted column of the source is handed on through every stage."""
    assert rows(staged(COLUMNS, SOURCE, GIVEN, ("less", "b", "more"))) == [{"b": 4, "more": 10, "less": 5}]


def test_columns_share_a_stage_unless_one_reads_the_other() -> None:
    """Two stages, not three: both sums read the first column, and neither the other."""
    assert staged(COLUMNS, SOURCE).count("SELECT *") == 2


def test_an_expression_in_common_is_one_column() -> None:
    """The same text has one name; it comes before its first reader, and what it reads itself comes before it."""
    inner = shared("(a + b)")
    outer = shared(f"abs({inner})")
    assert (shared("(a + b)"), shared("a")) == (inner, "a")
    assert with_shared((("x", f"{outer} + 1"), ("y", f"{outer} + {inner}"))) == (
        (inner, "(a + b)"),
        (outer, f"abs({inner})"),
        ("x", f"{outer} + 1"),
        ("y", f"{outer} + {inner}"),
    )
