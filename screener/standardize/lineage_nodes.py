"""What the lineage of a value is made of: a tree of nodes down to the facts of the filings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as filed: ``value`` in full units with the filing's sign; ``accession`` is ``""`` for vendor rows."""

    tag: str
    unit: str
    start: date | None
    end: date
    value: float
    filed: date
    form: str
    accession: str


@dataclass(frozen=True, slots=True)
class Node:
    """A value and what it was made of.

    name: a line item, or the source tag of a leaf. method: ``direct``, ``fallback:n``, ``sum``, ``max``,
    ``tree:<item>``, ``ytd_diff``, ``derived_q4``, ``ttm:fy``, ``ttm:fy+ytd-prior``, ``ttm:four_quarters``,
    ``carried``, ``zero_imputed``, ``inferred_zero``, ``scale_fixed``, ``split_adjusted``; of a leaf ``reported``,
    ``sign_fixed`` or ``carried``; ``unexplained`` where nothing more is known.
    pattern: the arithmetic over ``operands``, written ``{0} + {1}``; its value is ``value``.
    start, end: the period; ``start`` is ``None`` for balances. fact: set for leaves only.
    """

    name: str
    value: float | None
    method: str
    pattern: str = ""
    operands: tuple[Node, ...] = ()
    start: date | None = None
    end: date | None = None
    notes: tuple[str, ...] = ()
    fact: Fact | None = None

    @property
    def formula(self) -> str:
        """The pattern in words: operands by their names, those of other periods by their periods."""
        names = [operand.name if operand.name != self.name else span(operand) for operand in self.operands]
        if len(set(names)) < len(names):
            names = [f"{operand.name} {span(operand)}" for operand in self.operands]
        return self.pattern.format(*names)

    @property
    def filed(self) -> date | None:
        """The newest filing day among the leaves: the day on which the value could be known."""
        return max((leaf.fact.filed for leaf in leaves(self) if leaf.fact), default=None)


def leaves(node: Node) -> Iterator[Node]:
    """Give every leaf with a fact, in the order in which they stand, repeats included."""
    if node.fact is not None:
        yield node
    for operand in node.operands:
        yield from leaves(operand)


def span(node: Node) -> str:
    """Return the period of a node in words: ``9M to 2024-09-30``, or ``at 2024-09-30`` for a balance."""
    if node.start is None or node.end is None:
        return f"at {node.end}" if node.end else ""
    months = round((node.end - node.start).days / 30.4375)
    return f"{months}M to {node.end}"


def marked(node: Node) -> Node:
    """Return an item's node as ``carried`` where all of its facts are: the mark belongs to the value."""
    facts = list(leaves(node))
    if facts and node.fact is None and all(leaf.method == "carried" for leaf in facts):
        return replace(node, method="carried")
    return node
