"""Values of a screen's keys: texts, whole numbers, choices and expressions, with a problem where they are none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from screener.catalogue import names
from screener.language.document import IN_FLOW, Mapping, Node, Scalar, Sequence, Source
from screener.language.expressions import parse_expression
from screener.language.meaning import Checker
from screener.language.own import MAX_HEIGHT
from screener.language.tokens import ExpressionError, number_value

if TYPE_CHECKING:
    from screener.language.ast import Expr, Span
    from screener.language.kinds import Typed
    from screener.language.own import OwnNames

# Beyond it, and below its inverse, a weighted mean is no longer exact (and overflows at last).
MAX_WEIGHT = 1e6


class Reading:
    """The source and the checker of one screen, and the ways in which its values are read."""

    def __init__(self, source: Source, own: OwnNames | None = None) -> None:
        """Start on a source whose tree has been read, with the author's own metrics that are known so far."""
        self.source = source
        self.checker = Checker(source, own)
        # The parameters of the screen as texts, for the keys that are no expressions.
        self.values: dict[str, str] = {}

    def problem(self, span: Span, message: str, hint: str = "", *, code: str = "") -> None:
        """Note a problem; ``code`` is the kind that machines read."""
        self.source.problem(span, message, hint, code=code)

    def keys(self, mapping: Mapping, allowed: Iterable[str], where: str) -> dict[str, Node]:
        """Return the known keys of ``mapping`` with their values; unknown keys are problems with a suggestion."""
        found: dict[str, Node] = {}
        known = tuple(allowed)
        for key, node in mapping.entries:
            if key.text in known:
                found[key.text] = node
                continue
            meant = names.suggest(key.text, known)
            hint = f"did you mean '{meant}'?" if meant else "known keys: " + ", ".join(known)
            self.problem(key.span, f"unknown key '{key.text}' in {where}", hint, code="unknown-key")
        return found

    def text(self, node: Node | None, what: str) -> str:
        """Return a text without outer white space; ``""`` where there is none."""
        if node is None:
            return ""
        if isinstance(node, Scalar):
            written = node.text.strip()
            return self.values.get(written[1:], written) if written.startswith("$") else written
        self.problem(node.span, f"{what} must be a text", "a text with brackets or braces needs quotes")
        return ""

    def whole(self, node: Node | None, what: str, default: int | None) -> int | None:
        """Return a whole number of at least 1."""
        if node is None:
            return default
        written = self.text(node, what)
        value = int(written.replace("_", "")) if re.fullmatch(r"[0-9][0-9_]{0,11}", written) else 0
        if value < 1 and isinstance(node, Scalar):
            hint = f"without {what} there is none" if what == "limit" else ""
            self.problem(node.span, f"{what} must be a whole number above 0, not '{written}'", hint)
        return value if value >= 1 else default

    def weight(self, node: Node | None) -> float:
        """Return a weight, 1 where none is written."""
        if node is None:
            return 1.0
        written = self.text(node, "weight")
        value = number_value(written)
        if value is None or value <= 0:
            if isinstance(node, Scalar):
                hint = "which is better is said by: {metric: roic, direction: higher}"
                self.problem(node.span, f"a weight must be a number above 0, not '{written}'", hint)
            return 1.0
        if not 1 / MAX_WEIGHT <= value <= MAX_WEIGHT:
            self.problem(node.span, f"the weight '{written}' is out of all proportion", "for example 1, 0.5 or 50")
            return 1.0
        return value

    def choice(self, node: Node | None, what: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one word of ``allowed``."""
        if node is None:
            return default
        written = self.text(node, what)
        if written in allowed:
            return written
        if isinstance(node, Scalar):
            meant = names.suggest(written, allowed)
            hint = f"did you mean '{meant}'?" if meant else ""
            self.problem(node.span, f"{what} must be {_one_of(allowed)}, not '{written}'", hint)
        return default

    def items(self, node: Node, what: str) -> tuple[Node, ...]:
        """Return the entries of a list; a single text stands for a list of one."""
        if isinstance(node, Sequence):
            if not node.items:
                self.problem(node.span, f"{what} is empty", "remove the key, or fill the list")
            return node.items
        if isinstance(node, Scalar) and not node.text.strip():
            self.problem(node.span, f"{what} is empty", "remove the key, or fill the list")
            return ()
        return (node,)

    def parse(self, scalar: Scalar) -> Expr | None:
        """Return the tree of an expression, names as written, or ``None`` after noting what is wrong."""
        self.source.expression(scalar.span, len(scalar.text))
        try:
            return parse_expression(scalar.text, scalar.at)
        except ExpressionError as error:
            length = max(1, error.length)
            hint = error.hint or (IN_FLOW if scalar.flow and not _balanced(scalar.text) else "")
            self.problem(scalar.at(error.offset, error.offset + length), error.message, hint, code="syntax")
            return None

    def value(self, scalar: Scalar) -> Typed | None:
        """Return a resolved expression of any kind, or ``None`` where it could not be parsed."""
        expr = self.parse(scalar)
        return None if expr is None else self._not_too_deep(self.checker.resolve(expr))

    def condition(self, scalar: Scalar) -> Expr | None:
        """Return a resolved condition, or ``None`` where it could not be parsed."""
        expr = self.parse(scalar)
        return None if expr is None else self._not_too_deep(self.checker.condition(expr)).expr

    def _not_too_deep(self, typed: Typed) -> Typed:
        if self.checker.own.height(typed.expr) > MAX_HEIGHT:
            message = f"with all that it needs, this formula is more than {MAX_HEIGHT} levels deep"
            self.problem(typed.expr.span, message, "use fewer definitions that need each other", code="size")
        return typed


def one_line(text: str) -> str:
    """Return ``text`` with every stretch of white space as one space."""
    return " ".join(text.split())


def _one_of(allowed: tuple[str, ...]) -> str:
    return ", ".join(allowed[:-1]) + " or " + allowed[-1]


def _balanced(text: str) -> bool:
    return text.count("(") == text.count(")") and text.count("[") == text.count("]")
