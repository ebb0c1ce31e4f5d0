"""The lineage of an item within one statement: the way through its decision tree to the source tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screener.catalogue.items import BY_NAME
from screener.standardize.debt import DEBT_FINAL
from screener.standardize.finals import FINAL
from screener.standardize.formula import COMPUTED, Used, parts, pattern
from screener.standardize.lineage_facts import NO_START, Facts
from screener.standardize.lineage_nodes import Node, marked
from screener.standardize.lineage_tables import WIDE, Key, Layer, substitute
from screener.standardize.program import direct, program

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

_TABLES = {True: "wide_instants", False: "wide_periods"}


def constant(value: float | None) -> str:
    """Return a constant of a pattern, without a needless fraction."""
    return str(int(value)) if value is not None and value.is_integer() and abs(value) < 1e15 else repr(value)


def arithmetic(used: Used, node: Callable[[str], Node]) -> tuple[str, tuple[Node, ...]]:
    """Return the pattern of an expression and its operands; ``node`` gives the node of a reference."""
    names = list(dict.fromkeys(ref.name for ref in parts(used, "ref")))
    place = {name: f"{{{number}}}" for number, name in enumerate(names)}
    text = pattern(used, lambda part: place[part.name] if part.op == "ref" else constant(part.value))
    return text, tuple(node(name) for name in names)


def unfollowed(used: Used) -> tuple[str, ...]:
    """Return a note when a part of the expression is an operation that a lineage does not follow."""
    found = [constant(part.value) for part in parts(used, "const") if part.name == COMPUTED]
    return tuple(f"{value} in it is computed from parts that are not followed" for value in found)


class Statements:
    """The items of every balance sheet and period of one issuer, as each filing day knew them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, facts: Facts) -> None:
        """Read the wide tables with all columns of their programs."""
        self._facts = facts
        self._layers = {
            instants: Layer(con, table, WIDE, dict(program(instants=instants))) for instants, table in _TABLES.items()
        }
        # A helper that is all that an item has of its own goes by the item's name.
        self._owners = {
            instants: {sql: name.removeprefix("d_") for name, sql in layer.columns.items() if name.startswith("d_")}
            for instants, layer in self._layers.items()
        }
        self._nodes: dict[tuple[bool, str, Key], Node] = {}

    def item(self, name: str, key: Key, *, instants: bool) -> Node:
        """Return the node of an item in the wide row ``key``: (entity, start, end, filing day)."""
        return self._column(name, name, key, instants)

    def _owner(self, column: str, instants: bool) -> str:
        plain = column.removeprefix("d_")
        return plain if plain in BY_NAME else self._owners[instants].get(column, "")

    def _column(self, column: str, item: str, key: Key, instants: bool) -> Node:
        if (instants, column, key) in self._nodes:
            return self._nodes[instants, column, key]
        layer = self._layers[instants]

        def inside(ref: Used) -> Used:
            if ref.name in layer.columns and self._owner(ref.name, instants) in {"", item}:
                return substitute(layer.used(ref.name, key), inside)
            return ref if self._is_amount(ref.name, layer) else Used("const", value=layer.value(ref.name, key))

        def node(name: str) -> Node:
            if name.startswith("t:"):
                return self._facts.tag(key, name.removeprefix("t:"), instants=instants)
            return self._column(name, self._owner(name, instants), key, instants)

        used = substitute(layer.used(column, key), inside)
        text, operands = arithmetic(used, node)
        start = None if key[1] == NO_START else key[1]
        value = layer.value(column, key)
        method = self._method(column, item, key, layer)
        found = marked(Node(item, value, method, text, operands, start, key[2], unfollowed(used)))
        self._nodes[instants, column, key] = found
        return found

    @staticmethod
    def _is_amount(name: str, layer: Layer) -> bool:
        return name.startswith("t:") or name in layer.columns

    @staticmethod
    def _method(column: str, item: str, key: Key, layer: Layer) -> str:
        own = f"d_{item}"
        used = layer.used(column, key)
        if column == item and not (used.op == "ref" and used.name == own):
            return f"tree:{item}" if item in FINAL or item in DEBT_FINAL else f"fallback:{used.choice}"
        if layer.columns[own] != direct(BY_NAME[item]):
            return f"tree:{item}"
        how: Any = BY_NAME[item].how
        used = layer.used(own, key)
        if how == "max":
            return "max"
        return "direct" if used.op == "ref" else "sum"
