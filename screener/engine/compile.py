"""Expressions to SQL: every node has one translation, and unknown (NULL) travels through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from screener.catalogue.fields import BY_NAME as FIELDS
from screener.catalogue.functions import FUNCTIONS as FUNCTION_ROWS
from screener.engine import observed
from screener.engine.observed import QUARTERS_PER_YEAR
from screener.engine.overflow import can_overflow, is_double
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
    Text,
    Unary,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """At what an expression is evaluated: ``quarter`` (discrete quarter, else TTM) and ``lag`` in quarters.

    annual: the lag counts from the end of the last full fiscal year, not from the newest quarter.
    """

    quarter: bool = False
    lag: int = 0
    annual: bool = False

    def earlier(self, quarters: int) -> Moment:
        """Return the moment that many quarters before this one."""
        return replace(self, lag=self.lag + quarters)


class Resolver(Protocol):
    """Gives the SQL column of a name at a moment, and remembers that it is needed."""

    def column(self, name: str, at: Moment) -> str:
        """Return a quoted column reference."""

    def compared(self, call: Call, at: Moment) -> str:
        """Return a quoted column reference of a comparison with peers."""

    def bounded(self, compiled: Callable[[], str]) -> str:
        """Return the SQL that ``compiled`` gives, or a quoted reference to a column that holds it when it is long."""


def quote(text: str) -> str:
    """Return ``text`` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def lags(period: Period) -> list[int]:
    """Return the lags, in quarters, of the observations in ``period``: yearly steps for years, else quarterly."""
    step = QUARTERS_PER_YEAR if period.unit == "y" else 1
    return [step * k for k in range(period.count)]


def span(period: Period) -> int:
    """Return the length of ``period`` in quarters."""
    return period.count * (QUARTERS_PER_YEAR if period.unit == "y" else 1)


def compile_expr(expr: Expr, names: Resolver, at: Moment = Moment()) -> str:
    """Return the SQL of ``expr`` at a moment.

    Numbers become DOUBLE, conditions BOOLEAN; an unknown input, a zero denominator and an undefined
    function value become NULL, and comparisons and ``and``/``or``/``not`` are three-valued as in SQL.
    """
    compiler = _COMPILERS[type(expr)]
    if isinstance(expr, Number | Text | Date | Name):
        return compiler(expr, names, at)
    # Many translations repeat what they are given: nested, they would double it at every level.
    return names.bounded(lambda: compiler(expr, names, at))


def _number(expr: Number, _names: Resolver, _at: Moment) -> str:
    return f"{expr.value!r}::DOUBLE" if "e" in repr(expr.value) else repr(float(expr.value))


def _text(expr: Text, _names: Resolver, _at: Moment) -> str:
    return quote(expr.value.lower())


def _date(expr: Date, _names: Resolver, _at: Moment) -> str:
    return f"DATE {quote(expr.value.isoformat())}"


def _name(expr: Name, names: Resolver, at: Moment) -> str:
    return names.column(expr.name, at)


def _unary(expr: Unary, names: Resolver, at: Moment) -> str:
    return f"(-{compile_expr(expr.operand, names, at)})"


def _binary(expr: Binary, names: Resolver, at: Moment) -> str:
    sql = _arithmetic(expr, names, at)
    if can_overflow(expr):
        # Neither infinite nor NaN (a root of a negative number) is a number that compares: they are unknown.
        for value in ("nan", "inf", "-inf"):
            sql = f"nullif({sql}, '{value}'::DOUBLE)"
    return sql


def _arithmetic(expr: Binary, names: Resolver, at: Moment) -> str:
    """Return a sum, product, quotient or power that may not be finite.

    What is not finite stays so through sums, products and numerators: one check at the end of a chain says as much as
    one at each step, each of which doubles the SQL of what it checks.
    """
    checked = can_overflow(expr)
    left = _operand(expr.left, names, at, finite=expr.op == "^" or not checked)
    right = _operand(expr.right, names, at, finite=expr.op in "/^" or not checked)
    if expr.op in "+-*" and not (is_double(expr.left) or is_double(expr.right)):
        # Literals are DECIMAL and counts are integers, whose arithmetic is refused where it leaves their range.
        left = f"{left}::DOUBLE"
    plain = {"/": f"{left} / nullif({right}, 0)", "^": f"pow({left}, {right})"}
    return f"({plain.get(expr.op, f'{left} {expr.op} {right}')})"


def _operand(expr: Expr, names: Resolver, at: Moment, *, finite: bool) -> str:
    if isinstance(expr, Binary) and not finite:
        return _arithmetic(expr, names, at)
    return compile_expr(expr, names, at)


def _is_text(expr: Expr) -> bool:
    if isinstance(expr, Name):
        return expr.name in FIELDS and FIELDS[expr.name].kind == "text"
    return isinstance(expr, Text)


def _side(expr: Expr, names: Resolver, at: Moment) -> str:
    sql = compile_expr(expr, names, at)
    return f"lower({sql})" if isinstance(expr, Name) and _is_text(expr) else sql


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def _compare(expr: Compare, names: Resolver, at: Moment) -> str:
    op = "=" if expr.op == "==" else expr.op
    if _is_count(expr.left):
        return _compare_count(expr.left, op, compile_expr(expr.right, names, at), names, at)
    if _is_count(expr.right):
        return _compare_count(expr.right, _FLIPPED[op], compile_expr(expr.left, names, at), names, at)
    return f"({_side(expr.left, names, at)} {'<>' if op == '!=' else op} {_side(expr.right, names, at)})"


def _between(expr: Between, names: Resolver, at: Moment) -> str:
    if _is_count(expr.operand):
        low = _compare(Compare(">=", expr.operand, expr.low), names, at)
        return f"({low} AND {_compare(Compare('<=', expr.operand, expr.high), names, at)})"
    parts = [compile_expr(part, names, at) for part in (expr.operand, expr.low, expr.high)]
    return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"


def _in(expr: In, names: Resolver, at: Moment) -> str:
    choices = ", ".join(_side(choice, names, at) for choice in expr.choices)
    return f"({_side(expr.operand, names, at)} {'NOT IN' if expr.negated else 'IN'} ({choices}))"


def _logic(expr: Logic, names: Resolver, at: Moment) -> str:
    return "(" + f" {expr.op.upper()} ".join(compile_expr(part, names, at) for part in expr.operands) + ")"


def _not(expr: Not, names: Resolver, at: Moment) -> str:
    return f"(NOT {compile_expr(expr.operand, names, at)})"


def _is_known(expr: IsKnown, names: Resolver, at: Moment) -> str:
    return f"({compile_expr(expr.operand, names, at)} IS {'' if expr.negated else 'NOT '}NULL)"


def _call(expr: Call, names: Resolver, at: Moment) -> str:
    if expr.function in ("min", "max") and not any(isinstance(arg, Period) for arg in expr.args):
        return _smaller_or_larger(expr, names, at)
    return _FUNCTIONS[expr.function](expr, names, at)


# ---------------------------------------------------------------- scalar functions


def _smaller_or_larger(expr: Call, names: Resolver, at: Moment) -> str:
    # least() and greatest() skip NULL; an unknown argument must leave the result unknown.
    parts = [compile_expr(arg, names, at) for arg in expr.args]
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    pick = "least" if expr.function == "min" else "greatest"
    return f"(CASE WHEN {known} THEN {pick}({', '.join(parts)}) END)"


def _scalar(template: str) -> Callable[[Call, Resolver, Moment], str]:
    def compiled(expr: Call, names: Resolver, at: Moment) -> str:
        return template.format(*(compile_expr(arg, names, at) for arg in expr.args))

    return compiled


def _coalesce(expr: Call, names: Resolver, at: Moment) -> str:
    return "coalesce(" + ", ".join(compile_expr(arg, names, at) for arg in expr.args) + ")"


def _quarter(expr: Call, names: Resolver, at: Moment) -> str:
    return compile_expr(expr.args[0], names, replace(at, quarter=True))


def _annual(expr: Call, names: Resolver, at: Moment) -> str:
    return compile_expr(expr.args[0], names, replace(at, annual=True))


# ---------------------------------------------------------------- history functions


def _period(expr: Call) -> Period:
    period = expr.args[1]
    assert isinstance(period, Period), "the resolver lets only a period stand here"  # noqa: S101 - a bug, not an input
    return period


def _lag(expr: Call, names: Resolver, at: Moment) -> str:
    return compile_expr(expr.args[0], names, at.earlier(span(_period(expr))))


def _growth(expr: Call, names: Resolver, at: Moment) -> str:
    now, then = compile_expr(expr.args[0], names, at), _lag(expr, names, at)
    return f"(CASE WHEN {then} > 0 THEN {now} / {then} - 1 END)"


def _cagr(expr: Call, names: Resolver, at: Moment) -> str:
    now, then = compile_expr(expr.args[0], names, at), _lag(expr, names, at)
    power = QUARTERS_PER_YEAR / span(_period(expr))
    return f"(CASE WHEN {then} > 0 AND {now} > 0 THEN pow({now} / {then}, {power!r}) - 1 END)"


def _observations(expr: Call, names: Resolver, at: Moment) -> list[str]:
    return [compile_expr(expr.args[0], names, at.earlier(lag)) for lag in lags(_period(expr))]


def _needed(expr: Call, seen: list[str]) -> int:
    least = expr.args[2] if len(expr.args) > 2 else None
    return int(least.value) if isinstance(least, Number) else len(seen)


def _trend(expr: Call, names: Resolver, at: Moment) -> str:
    seen = _observations(expr, names, at)
    return observed.trend(seen, _needed(expr, seen), yearly=_period(expr).unit == "y")


def _own_percentile(expr: Call, names: Resolver, at: Moment) -> str:
    seen = _observations(expr, names, at)
    return observed.own_percentile(seen, _needed(expr, seen))


def _aggregate(function: str) -> Callable[[Call, Resolver, Moment], str]:
    def compiled(expr: Call, names: Resolver, at: Moment) -> str:
        if len(expr.args) == 1:
            now = compile_expr(expr.args[0], names, at)
            then = compile_expr(expr.args[0], names, at.earlier(QUARTERS_PER_YEAR))
            return f"coalesce(({now} + {then}) / 2, {now})"
        seen = _observations(expr, names, at)
        return observed.aggregate(function, seen, _needed(expr, seen))

    return compiled


def _is_count(expr: Expr) -> bool:
    return isinstance(expr, Call) and expr.function in {"count", "count_true"}


def _count_bounds(expr: Expr, names: Resolver, at: Moment) -> tuple[str, str]:
    assert isinstance(expr, Call), "asked only for counts"  # noqa: S101 - a bug, not an input
    if expr.function == "count_true":
        seen = [compile_expr(arg, names, at) for arg in expr.args]
    else:
        seen = _observations(expr, names, at)
    return observed.count_bounds(seen)


def _count(expr: Call, names: Resolver, at: Moment) -> str:
    return observed.count(*_count_bounds(expr, names, at))


def _compare_count(count: Expr, op: str, value: str, names: Resolver, at: Moment) -> str:
    return observed.compare_count(*_count_bounds(count, names, at), op, value)


# ---------------------------------------------------------------- known values and peers


def _known_of(function: str) -> Callable[[Call, Resolver, Moment], str]:
    def compiled(expr: Call, names: Resolver, at: Moment) -> str:
        parts = [compile_expr(arg, names, at) for arg in expr.args]
        return observed.known_of(function, parts)

    return compiled


def _compared(expr: Call, names: Resolver, at: Moment) -> str:
    return names.compared(expr, at)


_FUNCTIONS: dict[str, Callable[[Call, Resolver, Moment], str]] = {
    "lag": _lag,
    "growth": _growth,
    "cagr": _cagr,
    "avg": _aggregate("list_avg"),
    "sum": _aggregate("list_sum"),
    "min": _aggregate("list_min"),
    "max": _aggregate("list_max"),
    "stdev": _aggregate("list_stddev_samp"),
    "trend": _trend,
    "own_percentile": _own_percentile,
    "own_median": _aggregate("list_median"),
    "count": _count,
    "count_true": _count,
    "annual": _annual,
    "quarter": _quarter,
    "if_known": _coalesce,
    "coalesce": _coalesce,
    # DOUBLE: of two literals it would be a DECIMAL.
    "when": _scalar("(CASE WHEN {0} THEN {1} WHEN NOT {0} THEN {2} END)::DOUBLE"),
    "abs": _scalar("abs({0})"),
    "log": _scalar("(CASE WHEN {0} > 0 THEN ln({0}) END)"),
    "count_known": _known_of("count"),
    "sum_known": _known_of("sum"),
    "mean_known": _known_of("mean"),
    # Beyond 700 a double has no e to that power.
    "exp": _scalar("(CASE WHEN {0} < 700 THEN exp({0}) END)"),
    **dict.fromkeys((row.name for row in FUNCTION_ROWS if row.kind == "peers"), _compared),
    "sqrt": _scalar("(CASE WHEN {0} >= 0 THEN sqrt({0}) END)"),
    "clip": _scalar("(CASE WHEN {0} IS NOT NULL THEN least(greatest({0}, {1}), {2}) END)"),
}

_COMPILERS: dict[type, Callable[..., str]] = {
    Number: _number,
    Text: _text,
    Date: _date,
    Name: _name,
    Unary: _unary,
    Binary: _binary,
    Compare: _compare,
    Between: _between,
    In: _in,
    Logic: _logic,
    Not: _not,
    IsKnown: _is_known,
    Call: _call,
}
