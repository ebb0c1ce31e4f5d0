"""A resolved screen: what the file means once every name has been looked up; frozen, ready for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screener.errors import Problem
from screener.language.ast import Expr, Name, Span

NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class UndefinedWhen:
    """When a metric has no meaning: the resolved condition, the reason shown, and its rank (worst, best, none).

    ``text`` is the condition as written.
    """

    when: Expr
    reason: str
    rank: str = "none"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric as the engine computes it: a row of the catalogue or of the author's own, names looked up.

    The keys are those of :class:`screener.catalogue.metric.Metric`; ``text`` is the formula as written, ``expr`` what
    it means. kind: ``number`` or ``bool`` (``""`` after a problem). file: the file of own metrics that it stands in;
    ``""`` for the screen's own ``define`` and for the catalogue.
    """

    name: str
    expr: Expr
    text: str = ""
    label: str = ""
    unit: str = "number"
    direction: str = "neutral"
    undefined: tuple[UndefinedWhen, ...] = ()
    refused: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    rank_by: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""
    note: str = ""
    kind: str = "number"
    file: str = ""

    def expressions(self) -> tuple[Expr, ...]:
        """Return the formula and every condition."""
        return (self.expr, *(row.when for row in self.undefined))

    def only_renames(self) -> bool:
        """Return whether this is another metric by another name, to be ranked as that one is."""
        return isinstance(self.expr, Name) and not (self.undefined or self.refused or self.only or self.rank_by)


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. ``group`` is the heading it stands under (``universe`` for universe conditions).

    ``text`` is the condition as written; ``if_unknown`` is ``fail`` (the default), ``pass`` or ``flag``
    (passes, and the name carries a flag with the reason). ``parts`` are the members of a group (``any``, ``all``, ...).
    """

    text: str
    expr: Expr
    group: str
    if_unknown: str = "fail"
    span: Span = NOWHERE
    parts: tuple[Rule, ...] = ()

    @property
    def lets_unknown_in(self) -> bool:
        """Whether a name for which the verdict is unknown gets through."""
        return self.if_unknown != "fail"


@dataclass(frozen=True, slots=True)
class Factor:
    """A ranked expression: ``direction`` (``higher`` or ``lower``) is better; ``within`` is a peer field or ``""``.

    ``missing`` is what this factor does where it is missing; ``""`` for what the screen says.
    """

    text: str
    expr: Expr
    direction: str
    weight: float = 1.0
    within: str = ""
    span: Span = NOWHERE
    missing: str = ""


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
class Sort:
    """What the list is sorted by; names for which it is unknown come last either way."""

    text: str
    expr: Expr
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a screen: its type, the value in effect and the default as written; ``given``: it was set."""

    name: str
    type: str
    value: str
    default: str
    label: str = ""
    given: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A whole screen. ``source`` is the file's text; ``path`` where it was read.

    ``sha256`` is the hash of the file's bytes, or of its hash and those of the metric files that it uses.
    ``definitions``: its own ``define``, and before them what it uses of the author's metric files.

    ``warnings``: what was found while it was read and is probably not meant.

    ``missing`` is what a missing factor does in a rank: ``worst`` (percentile 0), ``neutral`` (50), ``drop`` (no score)
    or ``reweight`` (the known factors count for it). ``ties``: equal values share the ``best`` place or the ``average``
    of theirs, or stand in ``order``. ``normalise``: the score is a percentile again.
    ``min_group`` is the smallest peer group that is ranked within; below it the whole universe is used.
    ``max_per``: (peer group, the most names of it on the list). ``watchlist``, ``exclude``: tickers as written, in
    capitals; the conditions that they are stand first in ``universe``. ``parents``: the files that it extends.
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
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    source: str = ""
    path: str = ""
    sha256: str = ""
    ties: str = "best"
    normalise: bool = False
    sort: tuple[Sort, ...] = ()
    max_per: tuple[tuple[str, int], ...] = ()
    watchlist: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    params: tuple[Parameter, ...] = ()
    parents: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

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
