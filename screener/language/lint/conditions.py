"""Conditions as demands: which values each quantity must have, and whether that is all that is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite

from screener.catalogue import fields
from screener.catalogue.names import lookup
from screener.language.ast import Between, Compare, Expr, In, IsKnown, Logic, Name, Not, Text
from screener.language.definitions import find
from screener.language.lint.bounds import Bounds, Known, of_catalogue
from screener.language.lint.subject import constant, key, linear
from screener.language.lint.values import KNOWN, NUMBERS, UNKNOWN, WORDS, Values, between, compared, union, words
from screener.language.screen import Definition

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "==": "!=", "!=": "="}
_YES, _NO = words(["true"]), words(["false"])

# Conditions behind conditions of the author's own may grow as 2^n: beyond this many, one counts as a word.
_MOST_OPENED = 2000


@dataclass(frozen=True, slots=True)
class Demand:
    """What holds where a condition passes: values by key.

    loose: keys of which less may be true than the values say (alternatives). more: the condition says more than this.
    """

    parts: Mapping[str, Values] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    more: bool = False

    @property
    def exact(self) -> bool:
        """Return whether the condition passes wherever the values are these."""
        return not self.more and not self.loose


class Demands:
    """Reads conditions of one screen; ``domain`` finds, by key, the values that a quantity can have at all."""

    def __init__(self, definitions: Mapping[str, Definition]) -> None:
        """Start with the author's own metrics."""
        self.definitions = definitions
        self.bounds = Bounds(_Domain(self))
        self.domain: dict[str, Values] = {}
        self.subjects: dict[str, Expr] = {}
        self._names: dict[str, Values] = {}
        self._opened = 0

    def of(self, expr: Expr, *, opposite: bool = False) -> Demand:
        """Return what ``expr`` demands to pass, or with ``opposite`` to fail."""
        match expr:
            case Logic():
                found = [self.of(part, opposite=opposite) for part in expr.operands]
                return both(found) if (expr.op == "and") != opposite else either(found)
            case Not():
                return self.of(expr.operand, opposite=not opposite)
            case Compare():
                return self._compared(_OPPOSITE[expr.op] if opposite else expr.op, expr.left, expr.right)
            case Between():
                sides = [self.of(Compare(">=", expr.operand, expr.low), opposite=opposite)]
                sides.append(self.of(Compare("<=", expr.operand, expr.high), opposite=opposite))
                return either(sides) if opposite else both(sides)
            case In():
                return self._in(expr, outside=expr.negated != opposite)
            case IsKnown():
                return self._part(expr.operand, UNKNOWN if expr.negated != opposite else KNOWN)
            case Name() if self.opens(expr):
                return self.of(self.definitions[expr.name].expr, opposite=opposite)
            case _:
                return self._part(expr, _NO if opposite else _YES)

    def named(self, name: str) -> Values:
        """Return the values that a name can have."""
        if name not in self._names:
            found = of_catalogue(name) if name not in self.definitions else None
            self._names[name] = NUMBERS
            definition = find(name, self.definitions)
            if found is None and definition is not None:
                found = self.bounds.of(definition.expr, self.defined(definition))
            self._names[name] = NUMBERS if found is None or not found.spans else found
        return self._names[name]

    def defined(self, definition: Definition) -> Known:
        """Return what is known of the inputs of a metric where it is not undefined."""
        return both([self.of(row.when, opposite=True) for row in definition.undefined]).parts

    def opens(self, name: Name) -> bool:
        """Return whether a name stands for a condition of the author's own that says no more than its formula."""
        own = self.definitions.get(name.name)
        if own is None or own.kind != "bool" or own.undefined or own.refused or own.only:
            return False
        self._opened += 1
        return self._opened <= _MOST_OPENED

    def _part(self, subject: Expr, values: Values) -> Demand:
        name = key(subject)
        if name not in self.domain:
            self.subjects[name] = subject
            if values in (_YES, _NO):
                self.domain[name] = _YES | _NO
            elif _is_text(subject):
                self.domain[name] = WORDS
            else:
                self.domain[name] = _numbers(self.bounds.of(subject, {}))
        return Demand({name: values})

    def _compared(self, op: str, left: Expr, right: Expr) -> Demand:
        if isinstance(right, Text) or isinstance(left, Text):
            subject, text = (left, right) if isinstance(right, Text) else (right, left)
            chosen = words([text.value]) if isinstance(text, Text) else WORDS
            return self._part(subject, ~chosen if op == "!=" else chosen)
        bound = constant(right)
        if bound is None:
            left, right, op = right, left, _FLIPPED.get(op, op)
            bound = constant(right)
        if bound is None:
            return self._two_sides(op, left, right)
        subject, scale, offset = linear(left)
        bound = (bound - offset) / scale
        if not isfinite(bound) or not isfinite(offset):
            return self._part(Compare(op, left, right), _YES)
        return self._part(subject, compared(_FLIPPED.get(op, op) if scale < 0 else op, bound))

    def _two_sides(self, op: str, left: Expr, right: Expr) -> Demand:
        """Compare two quantities: their order is the subject, -1, 0 or 1."""
        if _is_text(left) or _is_text(right):
            return self._part(Compare("=", left, right), _NO if op == "!=" else _YES)
        first, second = key(left), key(right)
        if first > second:
            left, right, op = right, left, _FLIPPED.get(op, op)
        demand = self._part(Compare("-", left, right), compared(op, 0))
        [name] = demand.parts
        a, b = self.bounds.of(left, {}), self.bounds.of(right, {})
        if a.spans and b.spans and (a.high() <= b.low() or b.high() <= a.low()):
            self.domain[name] = between(-1, -1) if a.high() <= b.low() else between(1, 1)
        return demand

    def _in(self, expr: In, *, outside: bool) -> Demand:
        numbers = [constant(choice) for choice in expr.choices]
        texts = [choice.value for choice in expr.choices if isinstance(choice, Text)]
        if len(texts) == len(numbers):
            chosen = words(texts)
        elif all(number is not None for number in numbers):
            chosen = union([between(number, number) for number in numbers if number is not None])
        else:
            return self._part(expr, _NO if outside != expr.negated else _YES)
        return self._part(expr.operand, ~chosen if outside else chosen)


class _Domain(Mapping[str, Values]):
    """The values of a name, found when they are asked for."""

    def __init__(self, demands: Demands) -> None:
        self._demands = demands

    def __getitem__(self, name: str) -> Values:
        return self._demands.named(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def both(demands: list[Demand]) -> Demand:
    """Return the demand of conditions that must all pass."""
    parts: dict[str, Values] = {}
    for demand in demands:
        for name, values in demand.parts.items():
            parts[name] = parts[name] & values if name in parts else values
    loose = frozenset[str]().union(*(demand.loose for demand in demands))
    return Demand(parts, loose, any(demand.more for demand in demands))


def either(demands: list[Demand]) -> Demand:
    """Return the demand of conditions of which one must pass: what is said of a quantity in every one of them."""
    shared = [name for name in demands[0].parts if all(name in demand.parts for demand in demands)]
    parts = {name: union([demand.parts[name] for demand in demands]) for name in shared}
    if all(demand.exact and len(demand.parts) == 1 for demand in demands) and len(parts) == 1:
        return Demand(parts)
    return Demand(parts, frozenset(parts), more=True)


def _numbers(values: Values) -> Values:
    return values if values.spans else NUMBERS


def _is_text(expr: Expr) -> bool:
    if isinstance(expr, Text):
        return True
    row = lookup(expr.name) if isinstance(expr, Name) else None
    if isinstance(expr, Name) and expr.name in fields.BY_NAME:
        return fields.BY_NAME[expr.name].kind in {"text", "bool"}
    return row is not None and row.value in {"text", "bool"}
