"""The ``rank`` key: groups of factors with weights, directions and peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.catalogue import names, peers
from screener.language.ast import Call, Expr, Name, Unary
from screener.language.document import Mapping, Node, Scalar, Sequence
from screener.language.kinds import A_KIND
from screener.language.reading import Reading, one_line
from screener.language.screen import Definition, Factor, RankGroup

if TYPE_CHECKING:
    from screener.language.ast import Span

PEERS = (*peers.BY_NAME, peers.EVERYONE)
DIRECTIONS = ("higher", "lower")
GROUP_KEYS = ("weight", "within", "by")
FACTOR_KEYS = ("metric", "weight", "direction", "within", "missing")
MISSING = ("worst", "neutral", "drop", "reweight")
TIES = ("best", "average", "order")

# Functions whose value is better in the same direction as their first argument.
_SAME_DIRECTION = frozenset(
    {
        "avg",
        "lag",
        "sum",
        "min",
        "max",
        "quarter",
        "if_known",
        "coalesce",
        "clip",
        "percentile",
        "zscore",
        "winsorize",
        "annual",
        "trend",
        "own_percentile",
        "own_median",
    }
)
_TURNED = {"higher": "lower", "lower": "higher"}

Member = Factor | RankGroup


def read_rank(reading: Reading, node: Node | None) -> RankGroup | None:
    """Return the root group of ``rank``, or ``None`` where there is none.

    ``rank`` is a mapping of group names to groups, or a list of factors and groups.
    """
    if node is None:
        return None
    members: list[Member] = []
    if isinstance(node, Mapping):
        for key, value in node.entries:
            members.extend(_entry(reading, key, value, ""))
    else:
        for item in reading.items(node, "rank"):
            members.extend(_member(reading, item, ""))
    return RankGroup("", tuple(members), 1.0, node.span) if members else None


def _entry(reading: Reading, key: Scalar, value: Node, within: str) -> list[Member]:
    """Read ``Quality: {weight: 50, by: [...]}``, ``Quality: [...]``, ``roic: 2`` or ``roic: {direction: lower}``."""
    if isinstance(value, Scalar):
        return _factor(reading, key, within, weight=reading.weight(value))
    if isinstance(value, Sequence):
        return [_group(reading, key.text, value.span, {"by": value}, within)]
    if value.get("by") is not None or (names.lookup(key.text) is None and not _is_formula(reading, key.text)):
        return [
            _group(reading, key.text, value.span, reading.keys(value, GROUP_KEYS, f"the group '{key.text}'"), within)
        ]
    return _long_factor(reading, key, reading.keys(value, FACTOR_KEYS[1:], f"the factor '{key.text}'"), within)


def _is_formula(reading: Reading, text: str) -> bool:
    return reading.checker.own.find(text) is not None or any(char in text for char in "()+-*/^")


def _member(reading: Reading, node: Node, within: str) -> list[Member]:
    """Read one entry of ``by``: a factor, or a group within the group."""
    if isinstance(node, Scalar):
        return _factor(reading, node, within)
    if isinstance(node, Sequence):
        reading.problem(
            node.span, "a list cannot stand here", "a group is a name with 'by': Quality: {by: [roic, roe]}"
        )
        return []
    if node.get("by") is not None:
        return [_group(reading, "", node.span, reading.keys(node, GROUP_KEYS, "a group"), within)]
    metric = node.get("metric")
    if metric is not None:
        found = reading.keys(node, FACTOR_KEYS, "a factor")
        if isinstance(metric, Scalar):
            return _long_factor(reading, metric, found, within)
        reading.problem(metric.span, "metric must be an expression")
        return []
    return [member for key, value in node.entries for member in _entry(reading, key, value, within)]


def _group(reading: Reading, name: str, span: Span, found: dict[str, Node], within: str) -> RankGroup:
    within = _within(reading, found.get("within"), within)
    members: list[Member] = []
    by = found.get("by")
    if by is None:
        reading.problem(span, f"the group '{name}' has no factors", "list them: {by: [roic, roe]}")
    else:
        for item in reading.items(by, "by"):
            members.extend(_member(reading, item, within))
    return RankGroup(name, tuple(members), reading.weight(found.get("weight")), span)


def _within(reading: Reading, node: Node | None, inherited: str) -> str:
    written = reading.choice(node, "within", PEERS, "")
    if not written:
        return inherited
    return "" if written == peers.EVERYONE else written


def _long_factor(reading: Reading, scalar: Scalar, found: dict[str, Node], within: str) -> list[Member]:
    direction = reading.choice(found.get("direction"), "direction", DIRECTIONS, "")
    peers = _within(reading, found.get("within"), within)
    missing = reading.choice(found.get("missing"), "missing", MISSING, "")
    weight = reading.weight(found.get("weight"))
    return _factor(reading, scalar, peers, weight=weight, direction=direction, missing=missing)


def _factor(
    reading: Reading, scalar: Scalar, within: str, *, weight: float = 1.0, direction: str = "", missing: str = ""
) -> list[Member]:
    typed = reading.value(scalar)
    if typed is None or not typed.kind:
        return []
    if typed.kind != "number":
        reading.problem(scalar.span, f"{A_KIND[typed.kind]} cannot be ranked", "a factor is a number")
        return []
    text = one_line(scalar.text)
    expr, own = _oriented(reading, typed.expr)
    chosen = direction or own
    if not chosen:
        hint = f"say which is better: {{metric: {text}, direction: higher}}"
        reading.problem(scalar.span, f"whether more or less of '{text}' is better is not known", hint)
        return []
    expr, chosen = _as_yield(reading, expr, chosen)
    return [Factor(text, expr, chosen, weight, within, scalar.span, missing)]


def _oriented(reading: Reading, expr: Expr) -> tuple[Expr, str]:
    """Return the expression without a leading minus, and the direction that it has (``""`` for none)."""
    if isinstance(expr, Unary):
        inner, direction = _oriented(reading, expr.operand)
        # A leading minus on a formula without a direction of its own says that less is better.
        return inner, _TURNED.get(direction, "lower")
    return expr, direction_of(reading, expr)


def direction_of(reading: Reading, expr: Expr) -> str:
    """Return which direction of a resolved expression is better, ``""`` where the names in it do not tell."""
    if isinstance(expr, Call) and expr.function in _SAME_DIRECTION:
        return direction_of(reading, expr.args[0])
    if isinstance(expr, Unary):
        return _TURNED.get(direction_of(reading, expr.operand), "")
    row = metric_row(reading, expr.name) if isinstance(expr, Name) else None
    return row.direction if row is not None and row.direction in DIRECTIONS else ""


def metric_row(reading: Reading, name: str) -> Definition | names.Entry | None:
    """Return what is known of a name: the author's own metric, else the entry of the catalogue."""
    own = reading.checker.own.find(name)
    return names.lookup(name) if own is None else own.definition


def _as_yield(reading: Reading, expr: Expr, direction: str) -> tuple[Expr, str]:
    """Return the yield in place of a multiple: a P/E of -135 would otherwise rank as the cheapest.

    The direction turns with it, unless what ranks points the same way (growth, ranked by the change to assets).
    """
    if not isinstance(expr, Name):
        return expr, direction
    row = metric_row(reading, expr.name)
    while isinstance(row, Definition) and isinstance(row.expr, Name) and row.only_renames():
        row = metric_row(reading, row.expr.name)
    if row is None or not row.rank_by:
        return expr, direction
    ranks = metric_row(reading, row.rank_by)
    same = ranks is not None and ranks.direction == row.direction
    return Name(row.rank_by, expr.written, expr.span), direction if same else _TURNED[direction]
