"""Sets of values, ranges of expressions, and that lint raises nothing whatever the screen."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.language.lint.bounds import Bounds
from screener.language.lint.check import lint_screen
from screener.language.lint.conditions import Demands
from screener.language.lint.table import BY_CODE
from screener.language.lint.values import Values, between, compared, words
from screener.language.resolve import check_screen, parse_screen


class TestValues:
    """Sets of values."""

    NUMBERS = st.integers(-3, 3).map(float)
    SETS = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), NUMBERS)

    @settings(max_examples=200, deadline=None)
    @given(SETS, SETS, NUMBERS)
    def test_they_are_sets(self, one: tuple[str, float], other: tuple[str, float], x: float) -> None:
        """Union, intersection, complement and inclusion agree with membership of a number between and at the ends."""
        a, b = compared(*one), compared(*other)
        for number in (x, x + 0.5):
            inside = [_holds(number, *pair) for pair in (one, other)]
            point = between(number, number)
            assert (point <= (a | b)) == any(inside)
            assert (point <= (a & b)) == all(inside)
            assert (point <= ~a) == (not inside[0])
            assert not a <= b or not inside[0] or inside[1]

    def test_words(self) -> None:
        """All but some words, and some words, in every combination."""
        some, others = words(["A", "b"]), ~words(["B", "c"])
        assert some & others == words(["a"])
        assert some | others == ~words(["c"])
        assert not (some & ~some).has_known()
        assert words(["a"]) <= others
        assert not some <= others


def _holds(x: float, op: str, bound: float) -> bool:
    found = {"<": x < bound, "<=": x <= bound, ">": x > bound, ">=": x >= bound, "=": x == bound, "!=": x != bound}
    return found[op]


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        ("abs(roic)", 0, inf), ("clip(roic, -1, 2)", -1, 2), ("min(roic, 5)", -inf, 5), ("max(roic, 5)", 5, inf),
        ("2 * piotroski_f - 1", -1, 17), ("sqrt(piotroski_f)", 0, 3), ("exp(dq_score - 1)", 0.36, 1),
        ("when(is_shell, 3, -2)", -2, 3), ("coalesce(dq_score, 7)", 0, 7), ("stdev(roic, 5y)", 0, inf),
        ("sum(dq_score, 1y)", None, None), ("growth(revenue, 1y)", -1, inf), ("growth(net_income, 1y)", -inf, inf),
        ("total_debt / total_assets", 0, inf), ("cash / (1 + positive_ni_years)", 0, inf),
        ("net_income / revenue", -inf, inf), ("revenue / net_income", -inf, inf), ("-dq_score", -1, 0),
        ("positive_ni_years / 5", 0, 1), ("percentile(roic)", 0, 100), ("rank(roic)", 1, inf),
        ("zscore(pe)", -inf, inf),
        ("mean_known(dq_score, piotroski_f)", 0, 9), ("sum_known(dq_score, piotroski_f)", 0, 10),
        ("high_52w_ratio", -inf, inf), ("roic ^ 2", -inf, inf), ("log(piotroski_f + 1)", 0, 2.31), ("peg", 0, inf),
    ],
)  # fmt: skip
def test_ranges(expression: str, low: float | None, high: float | None) -> None:
    """Ranges by interval arithmetic, worked by hand: from below and from above, never narrower than the truth."""
    if low is None or high is None:
        assert check_screen(f"columns: [{expression}]\nrules: [roic > 0]\n")
        return
    screen = parse_screen(f"columns:\n  - {expression}\nrules: [roic > 0]\n")
    demands = Demands(screen.definitions)
    found = demands.bounds.of(screen.columns[0].expr, {})
    assert isinstance(demands.bounds, Bounds)
    assert isinstance(found, Values)
    assert (found.low()[0], found.high()[0]) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))


PIECES = st.sampled_from(
    ["roic", "pe", "market_cap", "price / eps_diluted", "sector = Energy", "is_shell", "mine", "good", "5%", "-1", "0",
     "1e300", "1e308 * 10", "2024-12-31", "period_end", "avg(roic, 5y)", "count(net_income > 0, 5y)", "percentile(pe)",
     "when(is_shell, pe, 1)", "min(roic, 1)", ">", "<=", "=", "!=", "+", "-", "*", "/", "^", "and", "or", "not", "(",
     ")", "between", "in", "[1, 2]", "['a', Energy]", "is known", "is unknown", "clip(pe, 5, 1)", "log(-1)", "/ 0"]
)  # fmt: skip
EXPRESSION = st.lists(PIECES, min_size=1, max_size=9).map(" ".join)
SIMPLE = st.builds(
    "{} {} {} {}".format,
    st.sampled_from(["", "not", "-"]),
    st.sampled_from(["roic", "pe * -1e308", "mine", "price / eps_diluted", "1e308 * roic", "cash - da", "0 * pe"]),
    st.sampled_from([">", "<=", "=", "!="]),
    st.sampled_from(["5%", "-1e308", "0", "cfo", "mine", "pe / net_income", "1 / 0", "-(1e308 * 1e10)"]),
)
ALTERNATIVES = st.lists(SIMPLE, min_size=2, max_size=4).map(" or ".join)
RULE = st.builds(
    "  - {{rule: '{}', if_unknown: {}}}{}\n".format,
    (EXPRESSION | SIMPLE | ALTERNATIVES).map(lambda text: text.replace("'", "''")),
    st.sampled_from(["fail", "pass", "flag"]),
    st.sampled_from(["", "  # ok: S012", "  # ok: S010, S999 - x"]),
)
DEFINE = "define:\n  mine: roic / net_income\n  good: mine > 1 or roic < mine\n"


def right(head: str, entries: list[str]) -> str:
    """Return ``head`` with those of the entries that are no errors, nothing where all are."""
    kept = [entry for entry in entries if not check_screen(DEFINE + head + entry)]
    return "".join((head, *kept)) if kept else ""


@settings(max_examples=200, deadline=None)
@given(st.lists(RULE, max_size=5), st.lists(RULE, max_size=2), EXPRESSION, st.sampled_from(["lower", "higher"]))
def test_lint_never_raises(rules: list[str], universe: list[str], factor: str, direction: str) -> None:
    """Of any screen that resolves, lint tells something or nothing, with places in the file; it raises nothing."""
    quoted = factor.replace("'", "''")
    rank = right("rank:\n", [f"  - {{metric: '{quoted}', direction: {direction}, weight: 3}}\n"])
    parts = (right("universe:\n", universe), right("rules:\n", rules), rank)
    text = DEFINE + ("".join(parts) or "rules: [roic > 1%]\n")
    for problem in lint_screen(parse_screen(text, "x.yaml")):
        assert problem.code in BY_CODE
        assert problem.severity == "warning"
        assert problem.line >= 1
        assert problem.length >= 1


def test_definitions_that_grow_without_end() -> None:
    """Conditions that grow at each level are looked into only so far, and rules beyond some hundreds not at all."""
    doubled = "".join(f"  c{n}: c{n - 1} and not c{n - 1} or c{n - 1}\n" for n in range(1, 7))
    text = f"define:\n  c0: roic > 1%\n{doubled}rules:\n  - c6\n" + "".join(f"  - roic > {n}%\n" for n in range(400))
    assert "S012" in {problem.code for problem in lint_screen(parse_screen(text))}
