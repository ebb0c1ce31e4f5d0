"""Which parts of a column's SQL gave its value in a row: read by DuckDB's own parser, decided by DuckDB itself.

A traced value follows the SQL that computed it, so that it can't disagree with it: the parser gives the tree of the
expression, and wherever the tree branches (``CASE``, ``coalesce``, ``greatest``, ...) the branches themselves are
evaluated in the row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

ARITHMETIC = frozenset({"+", "-", "*", "/"})
# Product of the split ratios between two days (screener.standardize.splits.factor).
SPLITS = "splits"
# A part with an operation that is not followed: its value is taken as it is.
COMPUTED = "computed"
_PRODUCT = "list_product"


@dataclass(frozen=True, slots=True)
class Used:
    """The part of an expression that gave its value.

    op: ``ref`` (a column: ``name``), ``const`` (``value``; ``name`` says what it stands for), ``neg``, ``abs`` or one
    of ``+ - * /`` over ``args``. choice: number of the argument that a ``coalesce`` on top took, else 0.
    """

    op: str
    args: tuple[Used, ...] = ()
    name: str = ""
    value: float | None = None
    choice: int = 0


@dataclass(frozen=True)
class Formula:
    """A parsed column: ``probes`` is SQL of the values (``;``-free select list) that decide about its branches."""

    tree: dict[str, Any]
    probes: str
    number: dict[int, int]

    def used(self, decided: Sequence[Any]) -> Used:
        """Return what was used in a row, given the values of ``probes`` there."""
        return _Reader(self.number, decided).read(self.tree)


def parse(con: duckdb.DuckDBPyConnection, sql: str) -> Formula:
    """Return the formula of an expression in DuckDB's SQL."""
    row = con.execute("SELECT json_serialize_sql(?)", [f"SELECT {sql}"]).fetchone()
    assert row is not None, "a scalar query has one row"  # noqa: S101 - always so
    statement = json.loads(row[0])
    tree = statement["statements"][0]["node"]["select_list"][0]
    deciding: list[dict[str, Any]] = []
    _branches(tree, deciding.append)
    probes = ""
    if deciding:
        statement["statements"][0]["node"]["select_list"] = deciding
        row = con.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(statement)]).fetchone()
        assert row is not None, "a scalar query has one row"  # noqa: S101 - always so
        probes = str(row[0]).removeprefix("SELECT ")
    return Formula(tree, probes, {id(node): number for number, node in enumerate(deciding)})


def _arguments(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [argument["expression"] for argument in node["arguments"]]


def _candidates(node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the listed values of ``list_sum(list_sort(list_distinct([...])))``, innermost first argument."""
    inner = node
    while inner.get("class") == "FUNCTION" and inner["function_name"] != "list_value":
        inner = _arguments(inner)[0]
    return _arguments(inner) if inner.get("class") == "FUNCTION" else []


def _branches(node: dict[str, Any], decide: Callable[[dict[str, Any]], None]) -> None:
    """Call ``decide`` for every part of ``node`` whose value decides what is used, or stands for itself."""
    kind, function = node["type"], node.get("function_name")
    if kind == "OPERATOR_COALESCE":
        for child in node["children"]:
            decide(child)
            _branches(child, decide)
    elif kind == "CASE_EXPR":
        for check in node["case_checks"]:
            decide(check["when_expr"])
            _branches(check["then_expr"], decide)
        _branches(node["else_expr"], decide)
    elif kind == "OPERATOR_CAST":
        _branches(node["child"], decide)
    elif kind == "FUNCTION" and function in {"greatest", "least", "list_sum"}:
        for child in _candidates(node) if function == "list_sum" else _arguments(node):
            decide(child)
            _branches(child, decide)
    elif kind == "FUNCTION" and (function in ARITHMETIC or function in {"abs", "nullif"}):
        for child in _arguments(node)[: 1 if function == "nullif" else None]:
            _branches(child, decide)
    elif kind not in {"COLUMN_REF", "VALUE_CONSTANT"}:
        decide(node)


@dataclass(frozen=True)
class _Reader:
    """Reads the used part of a tree, given the values that decide."""

    number: dict[int, int]
    decided: Sequence[Any]

    def value(self, node: dict[str, Any]) -> Any:
        return self.decided[self.number[id(node)]]

    def read(self, node: dict[str, Any]) -> Used:
        kind = node["type"]
        if kind == "COLUMN_REF":
            return Used("ref", name=node["column_names"][-1])
        if kind == "VALUE_CONSTANT":
            return Used("const", value=_number(node["literal"]))
        if kind == "OPERATOR_CAST":
            return self.read(node["child"])
        if kind == "OPERATOR_COALESCE":
            return self._first(node["children"])
        if kind == "CASE_EXPR":
            taken = next((check["then_expr"] for check in node["case_checks"] if self.value(check["when_expr"])), None)
            return self.read(node["else_expr"] if taken is None else taken)
        return self._function(node)

    def _first(self, children: list[dict[str, Any]]) -> Used:
        for choice, child in enumerate(children):
            if self.value(child) is not None:
                used = self.read(child)
                return Used(used.op, used.args, used.name, used.value, choice)
        return Used("const")

    def _function(self, node: dict[str, Any]) -> Used:
        function = node.get("function_name")
        if function in {"greatest", "least"}:
            present = [child for child in _arguments(node) if self.value(child) is not None]
            best = (max if function == "greatest" else min)((self.value(child) for child in present), default=None)
            return next((self.read(child) for child in present if self.value(child) == best), Used("const"))
        if function == "list_sum":
            different = {self.value(c): c for c in reversed(_candidates(node)) if self.value(c) is not None}
            parts = [self.read(different[value]) for value in sorted(different)]
            total = parts[0] if parts else Used("const")
            for part in parts[1:]:
                total = combine("+", (total, part))
            return total
        if function == "nullif":
            return self.read(_arguments(node)[0])
        if function == "abs":
            return Used("abs", (self.read(_arguments(node)[0]),))
        if function in ARITHMETIC:
            return combine(str(function), tuple(self.read(child) for child in _arguments(node)))
        found = self.value(node)
        known = float(found) if isinstance(found, bool | int | float) else None
        return Used("const", name=SPLITS if function == _PRODUCT else COMPUTED, value=known)


def _number(literal: dict[str, Any]) -> float | None:
    try:
        return float(literal["text"])
    except (KeyError, ValueError):
        return None


def _is(part: Used, value: float) -> bool:
    return part.op == "const" and part.value == value


def combine(op: str, args: tuple[Used, ...]) -> Used:
    """Return the operation without what changes nothing: a zero that is added, a factor of one, zero times a part."""
    if len(args) == 1:
        return Used("neg", args) if op == "-" else args[0]
    left, right = args
    if (op in {"*", "/"} and _is(left, 0)) or (op == "*" and _is(right, 0)):
        return Used("const", value=0.0)
    if op in {"+", "-"} and _is(right, 0):
        return left
    if op == "+" and _is(left, 0):
        return right
    if op == "-" and _is(left, 0):
        return Used("neg", (right,))
    if op in {"*", "/"} and _is(right, 1):
        return left
    return right if op == "*" and _is(left, 1) else Used(op, args)


def parts(used: Used, op: str) -> list[Used]:
    """Return every part of ``used`` with that operation, in the order in which they stand."""
    return ([used] if used.op == op else []) + [found for arg in used.args for found in parts(arg, op)]


_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3}


def pattern(used: Used, place: Callable[[Used], str], above: int = 0) -> str:
    """Return the expression as text; ``place`` writes each ``ref`` and ``const``."""
    if used.op in {"ref", "const"}:
        return place(used)
    if used.op == "abs":
        return f"abs({pattern(used.args[0], place)})"
    binds = _BINDS[used.op]
    if used.op == "neg":
        text = "-" + pattern(used.args[0], place, binds)
    else:
        right = binds if used.op in {"-", "/"} else binds - 1
        text = f"{pattern(used.args[0], place, binds - 1)} {used.op} {pattern(used.args[1], place, right)}"
    return f"({text})" if binds <= above else text
