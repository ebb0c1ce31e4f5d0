"""A resolved screen: what the file means once every name has been looked up; frozen, ready for the engine."""

from __future__ import annotations

from dataclasses import dataclass, field

from screener.language.ast import Expr, Span

NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. ``group`` is the heading it stands under (``universe`` for universe conditions).

    ``text`` is the condition as written; ``if_unknown`` is ``fail`` (the default), ``pass`` or ``flag``
    (passes, and the name carries a flag with the reason).
    """

    text: str
    expr: Expr
    group: str
    if_unknown: str = "fail"
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Factor:
    """A ranked expression: ``direction`` (``higher`` or ``lower``) is better; ``within`` is a peer field or ``""``."""

    text: str
    expr: Expr
    direction: str
    weight: float = 1.0
    within: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class RankGroup:
    """Factors and groups that are averaged by weight; the root group is named ``""``."""

    name: str
    members: tuple[Factor | RankGroup, ...]
    weight: float = 1.0
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the shortlist: its heading and what it shows; ``unit`` is a row name of the unit table."""

    name: str
    expr: Expr
    unit: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Screen:
    """A whole screen. ``sha256`` is the hash of the file's bytes; ``source`` its text; ``path`` where it was read.

    ``missing`` is what a missing factor does in a rank: ``worst`` (percentile 0) or ``neutral`` (50).
    ``min_group`` is the smallest peer group that is ranked within; below it the whole universe is used.
    """

    name: str
    title: str
    description: str
    universe: tuple[Rule, ...]
    rules: tuple[Rule, ...]
    rank: RankGroup | None
    columns: tuple[Column, ...]
    limit: int | None
    missing: str = "worst"
    min_group: int = 10
    definitions: dict[str, Expr] = field(default_factory=dict)
    source: str = ""
    path: str = ""
    sha256: str = ""

    def factors(self) -> tuple[Factor, ...]:
        """Return every factor of the rank, in the order written."""
        found: list[Factor] = []

        def walk(group: RankGroup) -> None:
            for member in group.members:
                if isinstance(member, Factor):
                    found.append(member)
                else:
                    walk(member)

        if self.rank is not None:
            walk(self.rank)
        return tuple(found)
