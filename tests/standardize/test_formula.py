"""Formulas: which part of an SQL expression gave its value in a row, worked by hand for small rows."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from screener.standardize.formula import Used, combine, parse, pattern

Row = dict[str, float | None]


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection in memory."""
    with duckdb.connect() as connection:
        yield connection


def used(con: duckdb.DuckDBPyConnection, sql: str, row: Row) -> Used:
    """Return what ``sql`` uses in ``row``."""
    formula = parse(con, sql)
    if not formula.probes:
        return formula.used(())
    known = {name: "NULL" if value is None else repr(value) for name, value in row.items()}
    listed = ", ".join(f"CAST({value} AS DOUBLE) AS {name}" for name, value in known.items())
    decided = con.execute(f"SELECT {formula.probes} FROM (SELECT {listed})").fetchone()
    assert decided is not None
    return formula.used(decided)


@pytest.mark.parametrize(
    ("sql", "row", "text"),
    [
        ("coalesce(a, b, c)", {"a": None, "b": 0.0, "c": 3.0}, "b"),
        ("coalesce(a, b)", {"a": None, "b": None}, "None"),
        ("CASE WHEN a > b THEN a - b WHEN b > 0 THEN b END", {"a": 1.0, "b": 2.0}, "b"),
        ("CASE WHEN a > b THEN a - b ELSE a END", {"a": 3.0, "b": 2.0}, "a - b"),
        ("CASE WHEN a > 9 THEN 1 ELSE coalesce(a, 0) + coalesce(b, 0) END", {"a": 1.0, "b": None}, "a"),
        ("coalesce(a, 0) + coalesce(b, 0)", {"a": None, "b": None}, "0.0"),
        ("greatest(a, b, c)", {"a": 1.0, "b": 5.0, "c": None}, "b"),
        ("least(a, b)", {"a": 1.0, "b": 5.0}, "a"),
        ("a / nullif(b, 0)", {"a": 1.0, "b": 2.0}, "a / b"),
        ("a - (b - c)", {"a": 1.0, "b": 2.0, "c": 3.0}, "a - (b - c)"),
        ("(a - b) - c", {"a": 1.0, "b": 2.0, "c": 3.0}, "a - b - c"),
        ("0 - a", {"a": 1.0}, "-a"),
        ("(a + b) * 1e-3", {"a": 1.0, "b": 2.0}, "(a + b) * 0.001"),
        ("list_sum(list_sort(list_distinct([a, b, c, d])))", {"a": 2.0, "b": 2.0, "c": 1.0, "d": None}, "c + a"),
        ("CAST(abs(a) AS DOUBLE)", {"a": -1.0}, "abs(a)"),
    ],
)
def test_what_was_used(con: duckdb.DuckDBPyConnection, sql: str, row: Row, text: str) -> None:
    """Only the branch that was taken, the argument that won and the addends that are there remain."""
    found = used(con, sql, row)
    assert pattern(found, lambda part: part.name if part.op == "ref" else repr(part.value)) == text


def test_choice_is_the_number_of_the_fallback(con: duckdb.DuckDBPyConnection) -> None:
    """The second fallback of an item is the third argument of its coalesce."""
    assert used(con, "coalesce(d_x, (a + b), (c))", {"d_x": None, "a": None, "b": 1.0, "c": 4.0}).choice == 2


def test_a_split_factor_is_a_number_of_its_own_kind(con: duckdb.DuckDBPyConnection) -> None:
    """The product of the splits is one constant, told apart from a plain factor."""
    sql = "a * coalesce(list_product(list_transform([a], lambda m: m * 2)), 1.0)"
    found = used(con, sql, {"a": 4.0})
    assert (found.op, found.args[1].name, found.args[1].value) == ("*", "splits", 8.0)


def test_what_changes_nothing_is_left_out() -> None:
    """A zero that is added and a factor of one leave the rest as it is."""
    ref, zero, one = Used("ref", name="x"), Used("const", value=0.0), Used("const", value=1.0)
    assert [combine("+", (ref, zero)), combine("+", (zero, ref)), combine("-", (ref, zero))] == [ref] * 3
    assert [combine("*", (ref, one)), combine("*", (one, ref)), combine("/", (ref, one))] == [ref] * 3
    assert combine("-", (zero, ref)) == Used("neg", (ref,))
