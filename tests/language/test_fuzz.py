"""Screens are untrusted: whatever stands in them, there are only problems, or one harmless query, within a second."""

from __future__ import annotations

import time

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.engine.query import build_query
from screener.engine.trace import Tracer
from screener.lake.connect import reading
from screener.language.library import shipped_folder
from screener.language.resolve import check_screen, parse_screen
from tests.language.fuzzing import DAY, NASTY, harmless, inputs, judge

KB = 1024


@pytest.mark.parametrize("seed", range(4))
def test_inputs_changed_at_random(seed: int) -> None:
    """Two thousand screens, examples and mistakes, changed at random: problems or a harmless query, nothing else."""
    found = [judge(text) for text in inputs(seed, 500)]
    assert {"problems", "query"} == set(found)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(
        st.one_of(st.text(max_size=12), st.sampled_from(NASTY)),
        lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        max_leaves=12,
    )
)
def test_any_nesting(text: str) -> None:  # fmt: skip
    """Any nesting of any texts under each key that takes an expression has problems or a harmless query."""
    judge(f"rules: {text}\nrank: {text}\ncolumns: {text}\ndefine: {text}\n")


@pytest.mark.parametrize(
    "text", [text for text in NASTY if text.isprintable() and "\\" not in text and '"' not in text]
)
def test_texts_stay_texts(text: str) -> None:
    """What an author writes between quotes comes out between quotes, as one literal, and nowhere else."""
    quoted = text.replace("'", "''")
    sql, other = (
        build_query(parse_screen(f'rules:\n  - "name = \'{value}\'"\ncolumns: [{{"{text} x": roic}}]\n'), [DAY]).sql
        for value in (quoted, "other")
    )
    harmless(sql)
    assert sql.replace("'" + quoted.lower() + "'", "'other'") == other


def test_a_judge_that_sees() -> None:
    """The judge of queries refuses two statements, other statements, files, functions and words that are not ours."""
    good = build_query(parse_screen("rules: [roic > 5%]"), [DAY]).sql
    harmless(good)
    for bad in (
        good + "; SELECT 1", "DELETE FROM prices", good.replace("FROM judged", "FROM 'x.parquet'"),
        good.replace("FROM judged", "FROM read_csv('/etc/passwd')"), good.replace("FROM judged", 'FROM "x.parquet"'),
        good.replace("FROM judged", "FROM duckdb_settings"),
    ):  # fmt: skip
        assert bad != good
        with pytest.raises((AssertionError, ValueError)):
            harmless(bad)


def _defined(last: int, formula: str, first: str = "revenue") -> str:
    rows = "".join(f"  d{k}: {formula.format(f'd{k - 1}', f'd{max(0, k - 2)}')}\n" for k in range(1, last + 1))
    return f"define:\n  d0: {first}\n{rows}rules: [d{last} > 5]\n"


LARGE = {
    "definitions that use one twice": _defined(50, "{0} + {0}"),
    "definitions that use two": _defined(40, "{0} + {1}"),
    "sixty such levels": _defined(60, "{0} * {0}"),
    "definitions in history": _defined(6, "sum({0}, 8q)"),
    "roots": f"rules: ['{'sqrt(' * 25}roic{')' * 25} > 5%']\n",
    "logarithms": f"rules: ['{'log(' * 25}roic{')' * 25} > 5%']\n",
    "bounds": f"rules: ['{'clip(' * 25}roic{', 0, 1)' * 25} > 5%']\n",
    "smaller": f"rules: ['{'min(' * 25}roic{', roe)' * 25} > 5%']\n",
    "conditions": f"rules: ['{'when(' * 25}roic > 1%{', roe, 1) > 0' * 24}, roe, 1) > 0']\n",
    "alternatives": f"rules: ['{'when(roic > 0, ' * 25}roic{', 0)' * 25} > 5%']\n",
    "means": f"rules: ['{'mean_known(' * 25}roic{', roe)' * 25} > 5%']\n",
    "counts": "rules: ['count(count(net_income > 0, 10q) > 5, 10q) > 5', 'count(net_income > 0, 40q) > 3']\n",
    "powers": f"rules: ['{' + '.join(['roic ^ 2'] * 30)} > 5%']\n",
    "powers of powers": f"rules: ['{' ^ '.join(['roic'] * 20)} > 5%']\n",
    "comparisons": f"rules: ['{'percentile(zscore(' * 5}roic{'))' * 5} > 5']\n",
    "choices": f"rules: ['cash in [{', '.join(map(str, range(5000)))}]']\n",
    "fallbacks": f"rules: ['coalesce({', '.join(['roic'] * 3000)}) > 5%']\n",
    "long sum": f"rules: ['{' + '.join(['roic'] * 95)} > 5%']\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_small_queries_of_large_formulas(name: str) -> None:
    """What doubles at each level in the reader's head does not in the query: small SQL, planned in two seconds."""
    text = LARGE[name]
    problems = check_screen(text)
    if problems:
        assert {problem.code for problem in problems} == {"size"}
        return
    assert judge(text) == "query"
    sql = build_query(parse_screen(text), [DAY]).sql
    assert len(sql) < 200_000
    with reading(shipped_folder("demo")) as lake:
        start = time.perf_counter()
        lake.con.execute(f"EXPLAIN {sql}")
        assert time.perf_counter() - start < 2


def test_explaining_definitions_that_use_two() -> None:
    """To explain a formula, each definition in it is traced once."""
    screen = parse_screen(LARGE["definitions that use two"])
    tracer = Tracer(screen.definitions)
    start = time.perf_counter()
    tracer.add(screen.rules[0].expr)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_defined(100, "{0} + {0}"), "with all that it needs, this formula is more than 120 levels deep"),
        (_defined(8, "sum({0}, 40q)"), "this needs quarters that lie more than 20 years back"),
        ("rules:\n" + "".join(f"  - avg(revenue + {k}, 40q) > 5\n" for k in range(1000)),
         "up to here this screen computes more than 20,000 values for each name"),
        ("rules:\n" + "  - roic > 5%\n" * 5000, "a screen has at most 4,000 keys and values"),
        (f"rules: ['sector in [{'a, ' * 20000}a]']", "the expressions up to here are more than 48 KB"),
        ("rules: [roic > 5%]\nnotes: |\n" + "  text\n" * 40 * KB, "the file is larger than 256 KB"),
        ("rules: " + "[" * 30 + "]" * 30, "nested more than 20 levels deep"),
        ("name: &a [x, x]\nnotes: [*a, *a]\nrules: [roic > 5%]", "anchors (&) are not part of a screen"),
        ('name: "a\\0b"\nrules: [roic > 5%]', "the character U+0000 cannot stand in a screen"),
        ('name: "\\uD800"\nrules: [roic > 5%]', "this escape is no character"),
        ("name: \ud800\nrules: [roic > 5%]", "the character U+D800 cannot stand in a screen"),
        (f"rules: [roic > {'9' * 400}]", f"'{'9' * 400}' is not a number that can be computed with"),
    ],
)  # fmt: skip
def test_limits(text: str, message: str) -> None:
    """Each limit has its message, and is met before anything takes long."""
    start = time.perf_counter()
    assert message in [problem.message for problem in check_screen(text)]
    assert time.perf_counter() - start < 1


def test_byte_order_mark() -> None:
    """A mark at the beginning, which some editors write, changes neither meaning nor places."""
    (problem,) = check_screen("\ufeffrules: [roicc > 5%]")
    assert (problem.line, problem.column) == (1, 9)


def test_no_more_than_two_hundred_problems() -> None:
    """A file full of mistakes is not looked at to its end."""
    problems = check_screen("rules:\n" + "".join(f"  - qq{k}zz > 5\n" for k in range(3000)))
    assert len(problems) == 200


def test_arithmetic_of_literals_and_counts() -> None:
    """Products of long literals and of counts, beyond the range of decimals and integers, are computed as doubles."""
    rules = (
        " * ".join(["9999999999999.5"] * 6) + " > roic", " * ".join(["1.5"] * 60) + " > roic",
        " * ".join(["count(revenue > 0, 40q)"] * 9) + " > 1", "min(99999999999999.5, 8) * 99999999999999.5 ^ 3 > roic",
    )  # fmt: skip
    screen = parse_screen("rules:\n" + "".join(f"  - {rule}\n" for rule in rules))
    with reading(shipped_folder("demo")) as lake:
        sql = build_query(screen, [DAY]).sql
        row = lake.con.execute(f"SELECT count(*), bool_and(r2) FILTER (r2 IS NOT NULL) FROM ({sql})").fetchone()
    assert row is not None
    assert row[0] > 0
    assert row[1] is True  # 1.5 ^ 60 is 3.7e10, and no return on capital is


def test_statements_are_counted_by_the_database() -> None:
    """The judge asks DuckDB's own reader of statements, which sees what a pattern would not."""
    assert len(duckdb.extract_statements("SELECT ';'")) == 1
    assert len(duckdb.extract_statements("SELECT 1; SELECT 2")) == 2
