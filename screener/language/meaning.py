"""What an expression means: names looked up, functions and kinds checked, units inferred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.catalogue import functions, names
from screener.language import calls, units
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
    Param,
    Period,
    Span,
    Text,
    Unary,
    walk,
)
from screener.language.kinds import A_KIND, Typed
from screener.language.own import Own, OwnNames

if TYPE_CHECKING:
    from screener.language.document import Source

_NOT_NAMES = {
    "true": "conditions stand alone: is_shell, not is_shell",
    "false": "conditions stand alone: is_shell, not is_shell",
    "null": "a missing value is tested with: x is unknown",
    "none": "a missing value is tested with: x is unknown",
    "nan": "a missing value is tested with: x is unknown",
}


class Checker:
    """Resolves the expressions of one screen and notes every problem in its source."""

    def __init__(self, source: Source, own: OwnNames | None = None) -> None:
        """Start with the author's own metrics; the reader of definitions adds to them."""
        self.source = source
        self.own = OwnNames() if own is None else own
        self.params: dict[str, Typed] = {}

    def problem(
        self, span: Span, message: str, hint: str = "", *, code: str = "expression", severity: str = "error"
    ) -> None:
        """Note a problem of an expression."""
        self.source.problem(span, message, hint, code=code, severity=severity)

    def resolve(self, expr: Expr) -> Typed:
        """Return ``expr`` with canonical names, its kind and its unit; problems are noted, never raised."""
        match expr:
            case Number():
                return Typed(expr, "number", "ratio" if units.is_percent(expr) else "number")
            case Text():
                return Typed(expr, "text", "text")
            case Date():
                return Typed(expr, "date", "date")
            case Period():
                hint = "a period is the second argument of a function: avg(roic, 5y)"
                self.problem(expr.span, "a period cannot stand here", hint)
                return Typed(expr, "", "number")
            case Name():
                return self._name(expr)
            case Param():
                return self._param(expr)
            case Unary():
                operand = self._number(expr.operand)
                return Typed(replace(expr, operand=operand.expr), "number", operand.unit)
            case Binary():
                return self._binary(expr)
            case Call():
                return calls.resolve_call(self, expr)
            case Logic():
                operands = tuple(self.condition(operand).expr for operand in expr.operands)
                return Typed(replace(expr, operands=operands), "bool", "bool")
            case Not():
                return Typed(replace(expr, operand=self.condition(expr.operand).expr), "bool", "bool")
            case IsKnown():
                return Typed(replace(expr, operand=self.resolve(expr.operand).expr), "bool", "bool")
            case _:
                return self._comparison(expr)

    def condition(self, expr: Expr) -> Typed:
        """Resolve what must be a condition."""
        typed = self.resolve(expr)
        if typed.kind not in {"bool", ""}:
            hint = _as_condition(expr, typed.kind)
            self.problem(expr.span, f"this is {A_KIND[typed.kind]}, not a condition", hint)
        return typed

    def _number(self, expr: Expr) -> Typed:
        typed = self.resolve(expr)
        if typed.kind not in {"number", ""}:
            hint = "1 where it holds, 0 where not: when(condition, 1, 0)" if typed.kind == "bool" else ""
            self.problem(expr.span, f"{A_KIND[typed.kind]} cannot be computed with", hint)
            return Typed(typed.expr, "", typed.unit)
        return typed

    def _name(self, expr: Name) -> Typed:
        own = self.own.find(expr.name)
        if own is not None:
            return self._own(expr, own)
        entry = names.lookup(expr.name)
        if entry is None:
            self._unknown_name(expr)
            return Typed(expr, "", "number")
        return Typed(replace(expr, name=entry.name), entry.value, entry.unit)

    def _param(self, expr: Param) -> Typed:
        typed = self.params.get(expr.name)
        if typed is not None:
            return replace(typed, expr=replace(typed.expr, span=expr.span))
        meant = names.suggest(expr.name, self.params)
        hint = f"did you mean '${meant}'?" if meant else f"declare it: params: {{{expr.name}: 2.5}}"
        self.source.problem(expr.span, f"unknown parameter '${expr.name}'", hint)
        return Typed(expr, "", "number")

    def _own(self, expr: Name, own: Own) -> Typed:
        expr = replace(expr, name=own.name)
        if own.definition is not None:
            return Typed(expr, own.definition.kind, own.definition.unit)
        if own.name in self.own.open:
            path = " → ".join([*self.own.open[self.own.open.index(own.name) :], own.name])
            self.problem(
                expr.span, f"this definition needs itself: {path}", "definitions may use others, not in a circle"
            )
        return Typed(expr, "", "number")

    def _unknown_name(self, expr: Name) -> None:
        function = functions.BY_NAME.get(expr.name.lower())
        meant = names.suggest(expr.name, self.own.by_name) or names.suggest(expr.name)
        if function is not None:
            hint = f"it is a function: {function.usage}"
        elif expr.name.lower() in _NOT_NAMES:
            hint = _NOT_NAMES[expr.name.lower()]
        elif meant:
            hint = f"did you mean '{meant}'?"
        else:
            hint = names.absent(expr.name) or "'screener metrics' lists the names"
        self.problem(expr.span, f"unknown name '{expr.written or expr.name}'", hint, code="unknown-name")

    def _binary(self, expr: Binary) -> Typed:
        joined = _joined(expr)
        meant = names.known_as(joined) if joined else None
        absent = names.absent(joined) if joined else ""
        if (meant or absent) and not all(self._knows(node) for node in walk(expr) if isinstance(node, Name)):
            self.problem(
                expr.span, f"'{joined}' is not a name", absent or f"did you mean '{meant}'?", code="unknown-name"
            )
            return Typed(expr, "", "number")
        left, right = self._number(expr.left), self._number(expr.right)
        metric = _named_ratio(expr.op, left.expr, right.expr)
        if metric is not None:
            return self._name(replace(metric, span=expr.span))
        complaint = units.mixed(left.unit, right.unit) if expr.op in "+-" else None
        if complaint is not None and left.kind and right.kind:
            self.problem(expr.span, f"{complaint} cannot be added or subtracted", code="unit")
        unit = units.combine(expr.op, left.unit, right.unit, expr.left, expr.right)
        kind = "number" if left.kind and right.kind else ""
        return Typed(replace(expr, left=left.expr, right=right.expr), kind, unit)

    def _knows(self, name: Name) -> bool:
        return self.own.find(name.name) is not None or names.lookup(name.name) is not None

    def _comparison(self, expr: Compare | Between | In) -> Typed:
        subject = expr.left if isinstance(expr, Compare) else expr.operand
        left = self.resolve(subject)
        if left.kind == "bool":
            hint = "a condition stands alone; join several with 'and' and 'or'"
            if isinstance(subject, Name):
                hint = f"write: {subject.written}, or: not {subject.written}"
            self.problem(subject.span, "this is a condition already and cannot be compared", hint)
            return Typed(expr, "bool", "bool")
        others = _others(expr)
        resolved = [self._compared(left, subject, other) for other in others]
        if left.kind == "text" and (isinstance(expr, Between) or (isinstance(expr, Compare) and expr.op[0] in "<>")):
            self.problem(expr.span, "a text can only be compared with =, != and in")
        match expr:
            case Compare():
                return Typed(replace(expr, left=left.expr, right=resolved[0]), "bool", "bool")
            case Between():
                return Typed(replace(expr, operand=left.expr, low=resolved[0], high=resolved[1]), "bool", "bool")
            case In():
                return Typed(replace(expr, operand=left.expr, choices=tuple(resolved)), "bool", "bool")

    def _compared(self, left: Typed, subject: Expr, other: Expr) -> Expr:
        """Resolve ``other`` and note why it cannot be compared with ``left``."""
        if left.kind == "text" and isinstance(other, Name) and not self._knows(other):
            return Text(other.written, other.span)
        right = self.resolve(other)
        if units.literal(subject) is not None and units.literal(other) is not None:
            self.problem(other.span, "this compares two numbers and is always the same", "compare a name")
        if not left.kind or not right.kind:
            return right.expr
        if left.kind != right.kind:
            hint = "a text with digits needs quotes" if left.kind == "text" and right.kind == "number" else ""
            if "date" in {left.kind, right.kind}:
                hint = "a date is written 2024-12-31"
            message = f"cannot compare {A_KIND[left.kind]} with {A_KIND[right.kind]}"
            self.problem(other.span, message, hint)
            return right.expr
        for unit, literal, written in ((left.unit, right.expr, other), (right.unit, left.expr, subject)):
            complaint = units.complaint(unit, literal)
            if complaint is not None:
                message, hint, severity = complaint
                self.problem(written.span, message, hint, code="unit", severity=severity)
        mixed = units.mixed(left.unit, right.unit)
        if mixed is not None:
            self.problem(other.span, f"{mixed} cannot be compared", units.HINTS.get(mixed, ""), code="unit")
        return right.expr

    def names_below(self, expr: Expr) -> Iterator[tuple[Name, str]]:
        """Yield every name in a resolved ``expr`` as (name as it stands there, canonical name that it comes to)."""
        seen: set[str] = set()
        pending = [(node, node) for node in walk(expr) if isinstance(node, Name)]
        while pending:
            stands, name = pending.pop()
            own = self.own.find(name.name)
            if own is None:
                yield stands, name.name
            elif own.definition is not None and own.name not in seen:
                seen.add(own.name)
                below = (node for expr in own.definition.expressions() for node in walk(expr))
                pending.extend((stands, node) for node in below if isinstance(node, Name))


def _others(expr: Compare | Between | In) -> tuple[Expr, ...]:
    match expr:
        case Compare():
            return (expr.right,)
        case Between():
            return (expr.low, expr.high)
        case In():
            return expr.choices


def _named_ratio(op: str, left: Expr, right: Expr) -> Name | None:
    """Return the metric that this division is, so that it is undefined where the metric is."""
    if op != "/" or not isinstance(left, Name) or not isinstance(right, Name):
        return None
    name = names.ratio_metric(left.name, right.name)
    return None if name is None else Name(name, f"{left.written} / {right.written}")


def _joined(expr: Expr) -> str:
    """Return ``p/e`` for the division of p by e, and ``a-b-c`` likewise; ``""`` for anything else."""
    if isinstance(expr, Name):
        return expr.written
    if isinstance(expr, Binary) and expr.op in "/-":
        left, right = _joined(expr.left), _joined(expr.right)
        return f"{left}{expr.op}{right}" if left and right else ""
    return ""


def _as_condition(expr: Expr, kind: str) -> str:
    """Return how to make a condition of a value."""
    if isinstance(expr, Number):
        return "a condition is a whole comparison: roic > 10%"
    written = expr.written if isinstance(expr, Name) else "..."
    return {
        "number": f"compare it: {written} > 0",
        "text": f"compare it: {written} = Energy",
        "date": f"compare it: {written} > 2024-12-31",
    }.get(kind, "")
