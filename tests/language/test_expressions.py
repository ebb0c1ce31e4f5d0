"""Expressions: literals, precedence, forms and places."""

from __future__ import annotations

from datetime import date

import pytest

from screener.catalogue.metrics import METRICS
from screener.language.ast import (
    Between,
    Binary,
    Call,
    Compare,
    Date,
    Expr,
    In,
    IsKnown,
    Logic,
    Name,
    Not,
    Number,
    Period,
    Span,
    Text,
    Unary,
    walk,
)
from screener.language.expressions import parse_expression, parse_formula
from screener.language.tokens import ExpressionError, number_value


def shape(expr: Expr) -> str:
    """Return the tree with every grouping in parentheses."""
    match expr:
        case Number():
            return expr.text
        case Text():
            return repr(expr.value)
        case Name():
            return expr.name
        case Period():
            return f"{expr.count}{expr.unit}"
        case Date():
            return expr.value.isoformat()
        case Unary():
            return f"(-{shape(expr.operand)})"
        case Binary() | Compare():
            return f"({shape(expr.left)} {expr.op} {shape(expr.right)})"
        case Logic():
            return "(" + f" {expr.op} ".join(map(shape, expr.operands)) + ")"
        case Not():
            return f"(not {shape(expr.operand)})"
        case Between():
            return f"({shape(expr.operand)} between {shape(expr.low)} and {shape(expr.high)})"
        case In():
            word = "not in" if expr.negated else "in"
            return f"({shape(expr.operand)} {word} [{', '.join(map(shape, expr.choices))}])"
        case IsKnown():
            return f"({shape(expr.operand)} is {'unknown' if expr.negated else 'known'})"
        case Call():
            return f"{expr.function}({', '.join(map(shape, expr.args))})"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15%", 0.15), ("1.1%", 0.011), ("15 %", 0.15), ("50bps", 0.005), ("500k", 500_000.0), ("300M", 300e6),
        ("300m", 300e6), ("2.5B", 2.5e9), ("1T", 1e12), ("1_000", 1000.0), ("1e6", 1e6),
        ("1.5e-3", 0.0015), (".5", 0.5),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    """A literal is the double nearest to what it says, in full units."""
    assert number_value(text) == value
    expr = parse_expression(text)
    assert isinstance(expr, Number)
    assert (expr.value, expr.text) == (value, text)


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "5x", "_", "1e9999", "--1", "0x10", "١٥"])
def test_what_is_no_number(text: str) -> None:
    """Whatever is no finite decimal number has no value."""
    assert number_value(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b * c", "((a / b) * c)"),
        ("a ^ b ^ c", "(a ^ (b ^ c))"),
        ("-a ^ 2", "(-(a ^ 2))"),
        ("a ^ -b", "(a ^ (-b))"),
        ("-a * b", "((-a) * b)"),
        ("a - -b", "(a - (-b))"),
        ("+a", "a"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a + 1 > b * 2", "((a + 1) > (b * 2))"),
        ("a >= 1 and b < 2 or c == 3", "(((a >= 1) and (b < 2)) or (c = 3))"),
        ("a > 1 or b > 1 and c > 1", "((a > 1) or ((b > 1) and (c > 1)))"),
        ("a > 1 and b > 1 and c > 1", "((a > 1) and (b > 1) and (c > 1))"),
        ("not a > 1 and b > 1", "((not (a > 1)) and (b > 1))"),
        ("not not a", "(not (not a))"),
        ("a > 1 and not b", "((a > 1) and (not b))"),
        ("5% <= a < 50%", "((5% <= a) and (a < 50%))"),
        ("1 < a < b < c", "((1 < a) and (a < b) and (b < c))"),
        ("a ≥ 1 and b ≠ 2", "((a >= 1) and (b != 2))"),
        ("a between 1 and 2 and b > 3", "((a between 1 and 2) and (b > 3))"),
        ("a + 1 between b and c * 2", "((a + 1) between b and (c * 2))"),
        ("a not between 1 and 2", "(not (a between 1 and 2))"),
        ("a is known or b is unknown", "((a is known) or (b is unknown))"),
        ("a is not known", "(a is unknown)"),
        ("a is not unknown", "(a is known)"),
        ("avg(a / b, 5y) > 1", "(avg((a / b), 5y) > 1)"),
        ("COUNT(a > 0, 8Q) >= 6 AND B > 1", "((count((a > 0), 8q) >= 6) and (B > 1))"),
        ("f(g(a, 1y), 2)", "f(g(a, 1y), 2)"),
        ("period_end > 2023-12-31", "(period_end > 2023-12-31)"),
        ("sector in [Energy, Real Estate, 'A, B']", "(sector in ['Energy', 'Real Estate', 'A, B'])"),
        ("sector not in [Oil & Gas (E and P), McDonald's]", "(sector not in ['Oil & Gas (E and P)', \"McDonald's\"])"),
        ("ticker in [ON, NO, OR, TRUE, 3M Co]", "(ticker in ['ON', 'NO', 'OR', 'TRUE', '3M Co'])"),
        ("a in [1, 2%, -3, 2024-01-02]", "(a in [1, 2%, (-3), 2024-01-02])"),
        ("sector in [Energy] and a > 1", "((sector in ['Energy']) and (a > 1))"),
        ("sector = Real Estate and a > 1", "((sector = 'Real Estate') and (a > 1))"),
        ("sector != Food and Drink", "((sector != 'Food') and Drink)"),
        ('sector = "Food and Drink"', "(sector = 'Food and Drink')"),
        ("name = 'O''Neill'", '(name = "O\'Neill")'),
        ("(sector = Energy)", "(sector = 'Energy')"),
    ],
)
def test_precedence_and_forms(text: str, expected: str) -> None:
    """Every form of the language groups as a reader expects."""
    assert shape(parse_expression(text)) == expected


def test_dates_and_periods_are_values() -> None:
    """A date is a calendar day; a period keeps its count and unit."""
    assert parse_expression("2024-02-29") == Date(date(2024, 2, 29), Span(1, 1, 10))
    assert parse_expression("8q") == Period(8, "q", Span(1, 1, 2))


def test_places() -> None:
    """Every node knows its column and length, whatever parentheses are around it."""
    expr = parse_expression("(roic + 5%) >= avg(roe, 5y)")
    places = {shape(node): (node.span.column, node.span.length) for node in walk(expr)}
    assert places["roic"] == (2, 4)
    assert places["(roic + 5%)"] == (2, 9)
    assert places["avg(roe, 5y)"] == (16, 12)
    assert places["5y"] == (25, 2)
    assert (expr.span.column, expr.span.length) == (1, 27)


@pytest.mark.parametrize(
    ("text", "message", "offset", "length"),
    [
        ("roic >", "expected a value but found end of expression", 6, 1),
        ("", "there is no expression here", 0, 1),
        ("roic > 5% roe", "expected an operator but found 'roe'", 10, 3),
        ("avg(roic", "expected ',' or ')' but found end of expression", 8, 1),
        ("roic > 2024-13-01", "'2024-13-01' is not a day of the calendar", 7, 10),
        ("sector in [a", "this list has no end", 10, 1),
        ("roic # 5", "unexpected '#'", 5, 1),
    ],
)
def test_errors_have_a_place(text: str, message: str, offset: int, length: int) -> None:
    """What is wrong is said with the place where reading stopped."""
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert (caught.value.message, caught.value.offset, caught.value.length) == (message, offset, length)


@pytest.mark.parametrize("text", ["(" * 500 + "a" + ")" * 500, "-" * 500 + "a", "not " * 500 + "a", "a^" * 500 + "a"])
def test_deep_nesting_is_refused(text: str) -> None:
    """Nesting that would exhaust the stack is a problem of the screen."""
    with pytest.raises(ExpressionError, match="nested too deeply"):
        parse_expression(text)


def test_long_sums_are_refused_and_long_ands_are_not() -> None:
    """A sum of hundreds is too deep a tree; an `and` of hundreds is one node."""
    with pytest.raises(ExpressionError, match="too long"):
        parse_expression(" + ".join(["a"] * 300))
    expr = parse_expression(" and ".join(["a > 1"] * 300))
    assert isinstance(expr, Logic)
    assert len(expr.operands) == 300


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_catalogue_formulas_parse(metric: object) -> None:
    """Every formula and condition of the catalogue is an expression; the second reading is the same object."""
    formula = metric.formula  # type: ignore[attr-defined]  # parametrized over metrics
    assert parse_formula(formula) is parse_formula(formula)
    for row in metric.undefined:  # type: ignore[attr-defined]  # parametrized over metrics
        assert isinstance(parse_formula(row.when), Compare | IsKnown | Logic)
