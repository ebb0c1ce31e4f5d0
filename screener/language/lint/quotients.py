"""Quotients whose denominator may be negative, and undefined values that are let through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from screener.language.ast import Between, Binary, Call, Compare, Expr, Logic, Name, Not, Span
from screener.language.definitions import find
from screener.language.lint.bounds import Known
from screener.language.lint.conditions import both
from screener.language.lint.finding import Context, Finding, names_of
from screener.language.lint.subject import constant, key, linear
from screener.language.lint.values import LOWEST, Values

# Functions of which the first argument is as good as the value: what is wrong with it is wrong with them.
_LIKE_THEIR_ARGUMENT = {"avg", "lag", "quarter", "min", "max", "median", "percentile", "zscore", "winsorize", "clip"}
_OF_NOW = {"clip", "percentile", "zscore", "winsorize"}


@dataclass(frozen=True, slots=True)
class _Quotient:
    """A division that is written out; ``known`` is what its author has said of the parts."""

    top: Expr
    bottom: Expr
    known: Known
    span: Span


def check_quotients(context: Context) -> Iterator[Finding]:
    """Yield quotients that small or large values of the wrong sign get through, in rules and in ranks."""
    known = both([demand for rule, demand in context.conditions if not rule.lets_unknown_in]).parts
    for rule, _ in context.conditions:
        yield from _in_condition(context, rule.expr, known)
    for factor in context.screen.factors():
        small, large = factor.direction == "lower", factor.direction == "higher"
        yield from _judged(context, factor.expr, known, small=small, large=large)


def _in_condition(context: Context, expr: Expr, known: Known) -> Iterator[Finding]:
    match expr:
        case Logic():
            inner = known
            if expr.op == "and":
                said = context.demands.of(expr).parts
                inner = {**known, **{name: values & known.get(name, values) for name, values in said.items()}}
            for part in expr.operands:
                yield from _in_condition(context, part, inner)
        case Name() if context.demands.opens(expr):
            own = context.screen.definitions[expr.name]
            if not own.file:
                yield from _in_condition(context, own.expr, known)
        case Not():
            yield from _in_comparison(context, expr.operand, known, opposite=True)
        case _:
            yield from _in_comparison(context, expr, known)


def _in_comparison(context: Context, expr: Expr, known: Known, *, opposite: bool = False) -> Iterator[Finding]:
    if not isinstance(expr, Compare | Between):
        return
    said = context.demands.of(expr, opposite=opposite).parts
    for side in (expr.left, expr.right) if isinstance(expr, Compare) else (expr.operand,):
        subject, scale, _ = linear(side)
        if constant(side) is not None:
            continue
        values = said.get(key(subject))
        if values is not None:
            values &= known.get(key(subject), values)
            yield from _judged(context, subject, known, small=values.low() == LOWEST, large=values.high()[0] > 0)
        elif isinstance(expr, Compare) and expr.op[0] in "<>":
            # Against another quantity: the smaller side may be small, the larger one large.
            small = (expr.op[0] == "<") == (side is expr.left)
            if opposite != (scale < 0):
                small = not small
            yield from _judged(context, subject, known, small=small, large=not small)


def _judged(context: Context, expr: Expr, known: Known, *, small: bool, large: bool) -> Iterator[Finding]:
    for found in _quotients(context, expr, known):
        bounds = context.demands.bounds
        top, bottom = bounds.of(found.top, found.known), bounds.of(found.bottom, found.known)
        if bottom.low()[0] >= 0 or bottom.high()[0] <= 0 or not bottom.spans:
            continue
        written = key(expr) if isinstance(expr, Name) else _written(context, found.span)
        dividend, divisor = _said(found.top, "its numerator"), _said(found.bottom, "its denominator")
        if small:
            message = f"'{written}' is small, too, where {divisor} is negative"
            yield Finding("S001", found.span, message, _advice(found, divisor))
        elif large and _both_negative(top, found, known):
            message = f"'{written}' is large, too, where {dividend} and {divisor} are both negative"
            yield Finding("S002", found.span, message, _advice(found, divisor))


def _both_negative(top: Values, found: _Quotient, known: Known) -> bool:
    said = known.get(key(found.top))
    return top.low()[0] < 0 and (said is None or said.low()[0] < 0)


def _quotients(context: Context, expr: Expr, known: Known) -> Iterator[_Quotient]:
    """Yield the division that decides the size of ``expr``, if one does."""
    node: Expr = expr
    for _ in range(50):
        inner, scale, _ = linear(node)
        if scale < 0:
            return
        if isinstance(inner, Call) and inner.function in _LIKE_THEIR_ARGUMENT:
            # What is said of today does not hold in other years.
            known = known if inner.function in _OF_NOW else {}
            node = inner.args[0]
        elif isinstance(inner, Name) and inner.name in context.screen.definitions:
            own = context.screen.definitions[inner.name]
            known = {**known, **context.demands.defined(own)}
            node = own.expr
        elif isinstance(inner, Binary) and inner.op == "/" and constant(inner.right) is None:
            yield _Quotient(inner.left, inner.right, known, expr.span)
            return
        else:
            return


def _written(context: Context, span: Span) -> str:
    if span.file and span.file != context.screen.path:
        return "this quotient"
    lines = context.screen.source.removeprefix("\ufeff").splitlines()
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    return line[span.column - 1 : span.column - 1 + span.length].strip() or "this quotient"


def _said(expr: Expr, otherwise: str) -> str:
    return expr.name if isinstance(expr, Name) else otherwise


def _advice(found: _Quotient, divisor: str) -> str:
    if isinstance(found.bottom, Name):
        return f"add the rule: {divisor} > 0; or use a metric of the catalogue, which is undefined there"
    return "demand a positive denominator, or use a metric of the catalogue, which is undefined there"


def check_let_through(context: Context) -> Iterator[Finding]:
    """Yield rules that pass where unknown, on metrics that are undefined just where a name is at its worst."""
    for rule, _ in context.conditions:
        if not rule.lets_unknown_in:
            continue
        for name in names_of(rule.expr):
            row = find(name.name, context.screen.definitions)
            reasons = [case.reason for case in row.undefined if case.rank == "worst"] if row else []
            if reasons:
                message = f"'{name.name}' is undefined at its worst ({'; '.join(reasons)}), and unknown passes here"
                yield Finding("S003", name.span, message, "leave if_unknown out, or keep those names out")
                break
