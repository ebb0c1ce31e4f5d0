"""Distances to thresholds: sign, units and per cents, which comparison decides, and that a change does turn it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.engine.distance import Distance, deciding, turning
from screener.engine.parts import run_with_parts
from screener.engine.trace import Trace
from screener.language.expressions import parse_formula
from screener.language.screen import Screen
from screener.language.wording import wording
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen

END = date(2023, 12, 31)
FILED = date(2024, 2, 20)
ITEMS = {"revenue": 50.0, "net_income": -5.0, "equity": 20.0}
DEFINE = {"big": "revenue > 100"}

# Rule → (what is measured, its value, threshold, slack in units, slack as a share of the threshold, unit).
MEASURED: dict[str, tuple[Any, ...]] = {
    "revenue >= 40": ("revenue", 50.0, 40.0, 10.0, 0.25, "usd"),
    "revenue >= 80": ("revenue", 50.0, 80.0, -30.0, -0.375, "usd"),
    "revenue <= 40": ("revenue", 50.0, 40.0, -10.0, -0.25, "usd"),
    "revenue < 50": ("revenue", 50.0, 50.0, 0.0, 0.0, "usd"),
    "revenue <= 50": ("revenue", 50.0, 50.0, 0.0, 0.0, "usd"),
    "net_income > 0": ("net_income", -5.0, 0.0, -5.0, None, "usd"),
    "net_income > -10": ("net_income", -5.0, -10.0, 5.0, 0.5, "usd"),
    "net_income <= -10": ("net_income", -5.0, -10.0, -5.0, -0.5, "usd"),
    "40 <= revenue": ("revenue", 50.0, 40.0, 10.0, 0.25, "usd"),
    "60 < revenue <= 90": ("revenue", 50.0, 60.0, -10.0, -1 / 6, "usd"),
    "revenue between 45 and 52": ("revenue", 50.0, 52.0, 2.0, 2 / 52, "usd"),
    "revenue between 0 and 200": ("revenue", 50.0, 0.0, 50.0, None, "usd"),
    "not revenue between 45 and 60": ("revenue", 50.0, 45.0, -5.0, -5 / 45, "usd"),
    "revenue > 100 or net_income > -4": ("net_income", -5.0, -4.0, -1.0, -0.25, "usd"),
    "revenue > 100 and net_income > -4": ("revenue", 50.0, 100.0, -50.0, -0.5, "usd"),
    "revenue > 40 or equity > 10": ("equity", 20.0, 10.0, 10.0, 1.0, "usd"),
    "revenue > 40 and equity > 10": ("revenue", 50.0, 40.0, 10.0, 0.25, "usd"),
    "revenue > 40 or inventory > 1": ("revenue", 50.0, 40.0, 10.0, 0.25, "usd"),
    "revenue = 55": ("revenue", 50.0, 55.0, -5.0, -5 / 55, "usd"),
    "period_end >= 2024-03-31": ("period_end", END, date(2024, 3, 31), -91.0, None, "days"),
    "revenue / equity > 2": ("revenue / equity", 2.5, 2.0, 0.5, 0.25, "multiple"),
    "revenue > 2 * equity": ("revenue", 50.0, 40.0, 10.0, 0.25, "usd"),
    "net_margin >= 5%": ("net_margin", -0.1, 0.05, -0.15, -3.0, "ratio"),
    "big": ("revenue", 50.0, 100.0, -50.0, -0.5, "usd"),
    "not big": ("revenue", 50.0, 100.0, 50.0, 0.5, "usd"),
}  # fmt: skip

# Nothing is said: unknown, an undecided rest, no numbers, an equality that holds, a count that only its bounds decide.
UNMEASURED = (
    "inventory > 1",
    "revenue > 100 and inventory > 1",
    "sector = Industrials",
    "revenue is known",
    "revenue = 50",
    "revenue != 50",
    "count(net_income < 0, 2y) >= 1",
    "is_shell",
)


def wanted(*rules: str) -> Screen:
    """Return a screen of these rules with the definition that they use."""
    return screen(*rules, define=DEFINE)


def traced(path: Path, rules: Screen, rows: list[dict[str, float]]) -> dict[int, Trace]:
    """Return the traces of companies 1, 2, ... with these items."""
    numbers = range(1, len(rows) + 1)
    people = [company(number, f"C{number}") for number in numbers]
    quarters = [
        quarter(number, END, FILED, 40, shares_outstanding=100.0, **row)
        for number, row in zip(numbers, rows, strict=True)
    ]
    with make_lake(path, people, quarters, [price(number, 10.0) for number in numbers]) as lake:
        return run_with_parts(lake, rules, AS_OF).traces(list(numbers))


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    """All rules of this page on one company, from one query."""
    return traced(tmp_path_factory.mktemp("lake"), wanted(*MEASURED, *UNMEASURED), [ITEMS])[1]


def expr_of(text: str) -> Any:
    """Return the tree of a rule."""
    return parse_formula(text)


@pytest.mark.parametrize("text", MEASURED)
def test_distance(trace: Trace, text: str) -> None:
    """Value, threshold and slack are those worked out by hand; the slack is negative where the rule fails."""
    found = deciding(expr_of(text), trace)
    assert found is not None
    what, value, threshold, slack, relative, unit = MEASURED[text]
    assert (found.what, found.value, found.threshold, found.unit) == (what, pytest.approx(value), threshold, unit)
    assert found.slack == pytest.approx(slack)
    assert found.relative == (None if relative is None else pytest.approx(relative))
    passes = trace.value(expr_of(text))
    assert found.passes == passes
    assert slack == 0 or (slack > 0) == passes


@pytest.mark.parametrize("text", UNMEASURED)
def test_nothing_is_said(trace: Trace, text: str) -> None:
    """A rule that is unknown, not made of numbers, or undecided after any change has no distance."""
    assert deciding(expr_of(text), trace) is None


def test_and_needs_all_that_fails(trace: Trace) -> None:
    """A failing `and` names both sides, a failing `or` the nearer one alone."""
    both = turning(expr_of("revenue > 100 and net_income > -4"), trace)
    assert [(one.what, one.threshold) for one in both] == [("revenue", 100.0), ("net_income", -4.0)]
    assert [one.what for one in turning(expr_of("revenue > 100 or net_income > -4"), trace)] == ["net_income"]


def turned(found: tuple[Distance, ...]) -> dict[str, float]:
    """Return the company's items after the change that is said to turn a verdict: on the threshold, or past it."""
    items = dict(ITEMS)
    for one in found:
        assert isinstance(one.threshold, float)
        past = {">": 1.0, "<": -1.0}[one.op[0]] if one.op != "=" else 0.0
        inclusive = one.op.endswith("=")
        # To pass, an inclusive threshold is enough; to fail, an exclusive one is.
        step = past * (not inclusive) if not one.passes else -past * inclusive
        items[one.what] = one.threshold + step
    return items


SETTABLE = [text for text, row in MEASURED.items() if row[0] in ITEMS and "2 * equity" not in text]


def test_the_stated_change_turns_the_verdict(trace: Trace, tmp_path: Path) -> None:
    """After exactly the change that is stated, a rule that failed passes, and one that passed no longer does."""
    changed = [turned(turning(expr_of(text), trace)) for text in SETTABLE]
    after = traced(tmp_path, wanted(*SETTABLE), changed)
    for number, text in enumerate(SETTABLE, 1):
        passes = after[number].value(expr_of(text)) is True
        assert passes is (trace.value(expr_of(text)) is False), (text, changed[number - 1])


@pytest.mark.parametrize(
    "text",
    [
        *MEASURED, *UNMEASURED, "-(revenue + 2) ^ 2 > 1", "(a or b) and not (c and d)", "a - (b - c) > a / (b / c)",
        "percentile(roic) within sector >= 70", "x not in [Energy, 'Real Estate']", "2 ^ (3 ^ 4) > (2 ^ 3) ^ 4",
        "avg(roic, 5y, 3) >= 8%", "(a is known) and x is unknown", "-a ^ 2 > (-a) ^ 2",
    ],
)  # fmt: skip
def test_wording_is_the_same_expression(text: str) -> None:
    """The words of a tree give the same tree when they are parsed again."""
    words = wording(parse_formula(text))
    assert wording(parse_formula(words)) == words
    assert plain(parse_formula(words)) == plain(parse_formula(text))


def plain(expr: Any) -> Any:
    """Return a tree without places in the text; chains of operators as they group."""
    name = type(expr).__name__
    parts = {key: getattr(expr, key) for key in expr.__slots__ if key not in {"span", "written"}}
    if name == "Number":
        return name, expr.value
    return name, tuple((key, tree(value)) for key, value in parts.items())


def tree(value: Any) -> Any:
    """Return an operand, a tuple of operands or a plain value."""
    if isinstance(value, tuple):
        return tuple(map(tree, value))
    return plain(value) if hasattr(value, "span") else value
