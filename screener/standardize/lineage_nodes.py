"""What the lineage of a value is made of: a tree of nodes down to the facts of the filings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

# Method (what stands before a colon), and what it says of a value.
METHODS: tuple[tuple[str, str], ...] = (
    ("direct", "the item's own tag (the first that is there), or a line as it stands"),
    ("sum", "the sum of several tags of the item"),
    ("max", "the largest of the item's tags"),
    ("fallback:n", "the n-th replacement of the item table: its own tags are missing"),
    ("tree:item", "the item's decision tree; the formula is the branch that was taken"),
    ("ytd_diff", "a quarter as the difference of two year-to-date figures"),
    ("derived_q4", "a fourth quarter as the year less its first nine months"),
    ("ttm:fy", "twelve months that are a fiscal year"),
    ("ttm:fy+ytd-prior", "the year, plus the year to date, less the same stretch of the year before"),
    ("ttm:four_quarters", "the sum of four quarters"),
    ("carried", "an amount of annual notes, carried from the last report that has it"),
    ("zero_imputed", "zero: no filing of two years gives the item an amount, though its statement is there"),
    ("inferred_zero", "a debt of nothing (or of leases alone): no filing of two years hints at any"),
    ("sign_fixed", "a fact whose sign was turned: the filer's error"),
    ("scale_fixed", "a share count off by a power of ten, mended"),
    ("split_adjusted", "a count or a per-share figure brought to the share basis of the row"),
    ("reported", "a fact as filed"),
    ("missing", "no value"),
    ("unexplained", "the facts do not give the value: the data set was built by another version"),
)


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

    name: a line item, or the source tag of a leaf. method: a row of ``METHODS``.
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
