"""The keys that shape the list: ``columns``, ``sort``, ``max_per`` and ``max_per_sector``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.catalogue import peers
from screener.language.ast import Unary
from screener.language.define import SHOWN
from screener.language.document import Mapping, Node, Scalar
from screener.language.reading import Reading, one_line
from screener.language.screen import Column, Sort

if TYPE_CHECKING:
    from screener.language.ast import Span


def read_columns(reading: Reading, node: Node | None) -> tuple[Column, ...]:
    """Return the columns, no heading twice."""
    if node is None:
        return ()
    found: dict[str, Column] = {}
    for item in reading.items(node, "columns"):
        for heading, scalar in _headed(reading, item):
            name, typed = one_line(heading.text), reading.value(scalar)
            if typed is None:
                continue
            # Spreadsheets and frames tell headings apart without regard to case.
            key = name.casefold()
            if not name:
                reading.problem(heading.span, "this column has an empty heading", _column_hint(key))
            elif key in SHOWN or key in found:
                why = "is always shown" if key in SHOWN else "stands twice"
                reading.problem(heading.span, f"the column '{name}' {why}", _column_hint(key))
            found.setdefault(key, Column(name, typed.expr, typed.unit, scalar.span))
    return tuple(found.values())


def _column_hint(name: str) -> str:
    return "leave it out" if name in SHOWN else "give it a heading of its own: {Heading: expression}"


def _headed(reading: Reading, node: Node) -> list[tuple[Scalar, Scalar]]:
    """Return (heading, expression) of one entry: ``roic``, or ``{Return: roic}``."""
    if isinstance(node, Scalar):
        return [(node, node)]
    entries: list[tuple[Scalar, Node]] = list(node.entries) if isinstance(node, Mapping) else []
    if not entries:
        reading.problem(node.span, "a column is an expression, or {heading: expression}")
    found: list[tuple[Scalar, Scalar]] = []
    for key, value in entries:
        if isinstance(value, Scalar):
            found.append((key, value))
        else:
            reading.problem(_span(value), "a column is an expression, or {heading: expression}")
    return found


def _span(node: Node) -> Span:
    return node.span


def read_sort(reading: Reading, node: Node | None) -> tuple[Sort, ...]:
    """Return by what the list is sorted, the first first; a leading minus begins with the largest."""
    found: list[Sort] = []
    for item in reading.items(node, "sort") if node is not None else ():
        if not isinstance(item, Scalar):
            reading.problem(item.span, "the list is sorted by expressions", "for example: sort: [sector, -market_cap]")
            continue
        expr = reading.parse(item)
        if expr is None:
            continue
        descending = isinstance(expr, Unary)
        typed = reading.checker.resolve(expr.operand if isinstance(expr, Unary) else expr)
        if typed.kind:
            found.append(Sort(one_line(item.text), typed.expr, descending))
    return tuple(found)


def read_max_per(reading: Reading, node: Node | None, per_sector: Node | None) -> tuple[tuple[str, int], ...]:
    """Return (group of peers, the most names of it on the list), in the order written."""
    found: dict[str, int] = {}
    if per_sector is not None:
        most = reading.whole(per_sector, "max_per_sector", None)
        if most is not None:
            found["sector"] = most
    if node is None:
        return tuple(found.items())
    if not isinstance(node, Mapping):
        reading.problem(node.span, "max_per is groups with numbers", "for example: max_per: {sector: 3}")
        return tuple(found.items())
    for name, value in reading.keys(node, peers.BY_NAME, "max_per").items():
        if name in found:
            reading.problem(value.span, "the limit of a sector stands twice", "remove max_per_sector")
        most = reading.whole(value, name, None)
        if most is not None:
            found[name] = most
    return tuple(found.items())
