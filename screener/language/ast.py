"""The syntax tree of the expression language: frozen nodes that carry where they stand in the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands: 1-based line and column of its first character, and its length in characters.

    file: the path, where it is not the file that is being read but one that it builds on.
    """

    line: int = 0
    column: int = 0
    length: int = 1
    file: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in full units: ``15%`` is 0.15, ``300M`` is 3e8; ``text`` is how it was written."""

    value: float
    text: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text, or a bare word on the right of ``=``, ``!=`` or ``in`` against a text field."""

    value: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date, ``2024-12-31``."""

    value: date
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Period:
    """A length of history: ``5y`` or ``8q``; only ever the argument of a history function."""

    count: int
    unit: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Name:
    """A line item, metric or field by its canonical name; ``written`` is what the author typed."""

    name: str
    written: str = ""
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Param:
    """``$name``, a parameter of the screen; what it stands for takes its place when names are looked up."""

    name: str
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``."""

    op: str
    operand: Expr
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Binary:
    """``+ - * / ^`` between two numbers."""

    op: str
    left: Expr
    right: Expr
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Compare:
    """``< <= > >= = !=``."""

    op: str
    left: Expr
    right: Expr
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Between:
    """``x between a and b``, both ends included."""

    operand: Expr
    low: Expr
    high: Expr
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class In:
    """``x in [a, b]``; ``negated`` for ``not in``. Texts compare without regard to case."""

    operand: Expr
    choices: tuple[Expr, ...]
    negated: bool = False
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Logic:
    """``and`` / ``or`` over two or more conditions, three-valued (Kleene)."""

    op: str
    operands: tuple[Expr, ...]
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Not:
    """``not condition``."""

    operand: Expr
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class IsKnown:
    """``x is known`` / ``x is unknown``: never itself unknown."""

    operand: Expr
    negated: bool = False
    span: Span = Span()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of :data:`screener.catalogue.functions.FUNCTIONS` and its arguments; ``within``: its peer group."""

    function: str
    args: tuple[Expr, ...]
    span: Span = Span()
    within: str = ""


Leaf = Number | Text | Date | Period | Name | Param
Expr = Leaf | Unary | Binary | Compare | Between | In | Logic | Not | IsKnown | Call


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly below ``expr``, in the order written; ``()`` for a leaf."""
    match expr:
        case Unary() | Not() | IsKnown():
            return (expr.operand,)
        case Binary() | Compare():
            return (expr.left, expr.right)
        case Between():
            return (expr.operand, expr.low, expr.high)
        case In():
            return (expr.operand, *expr.choices)
        case Logic():
            return expr.operands
        case Call():
            return expr.args
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield ``expr`` and every expression below it, parents first; does not recurse."""
    pending = [expr]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(children(node)))
