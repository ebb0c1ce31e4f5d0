"""The author's own metrics while they are read: what is known by which name, and resolving them in order of need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from screener.catalogue import metrics, names
from screener.errors import Problem
from screener.language.ast import Expr, Name, children, walk
from screener.language.expressions import parse_formula
from screener.language.screen import Definition

# Trees are walked by recursion: formulas that build on each other, and on metrics, may not be deeper than this in all.
MAX_HEIGHT = 120


@lru_cache(maxsize=2048)
def catalogue_height(name: str) -> int:
    """Return how many levels deep the formula of a metric is with all that is below it; 0 for what is stored."""
    entry = names.lookup(name)
    metric = metrics.BY_NAME.get(entry.name) if entry is not None else None
    if metric is None:
        return 0
    formulas = (metric.formula, *(case.when for case in metric.undefined))
    return max(_height(parse_formula(formula)) for formula in formulas)


def _height(expr: Expr) -> int:
    below = catalogue_height(expr.name) if isinstance(expr, Name) else 0
    return 1 + max((_height(child) for child in children(expr)), default=below)


@dataclass(slots=True)
class Own:
    """One metric of the author's own.

    path, line: where its name stands. needs: the names in its formula and conditions, as written. resolve: looks them
    up; called once, when everything that it needs has been resolved. height: of its formula with all that is below it.
    """

    name: str
    path: str = ""
    line: int = 0
    needs: tuple[str, ...] = ()
    resolve: Callable[[], Definition] | None = None
    definition: Definition | None = None
    height: int = 0

    def place(self, path: str) -> str:
        """Return where the name stands, for a message in the file ``path``."""
        return f"line {self.line}" if self.path == path else f"{self.path}:{self.line}"


@dataclass(slots=True)
class OwnNames:
    """The author's own metrics by name and alias; ``open`` are those that are being resolved, outermost first."""

    by_name: dict[str, Own] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)

    def find(self, name: str) -> Own | None:
        """Return the metric of that name or alias, in any case."""
        return self.by_name.get(name) or self.by_name.get(name.lower())

    def settle(self, own: Own) -> None:
        """Resolve ``own`` and, before it, what it needs; in a circle the innermost is resolved without its need."""
        pending = [own]
        while pending:
            current = pending[-1]
            if current.definition is not None or current.resolve is None:
                pending.pop()
                continue
            self.open = [entry.name for entry in pending]
            found = [needed for needed in map(self.find, current.needs) if needed is not None]
            missing = [needed for needed in found if needed.definition is None and needed.name not in self.open]
            if missing:
                pending.append(missing[0])
                continue
            current.definition = current.resolve()
            current.height = self._height(current.definition)
            pending.pop()
        self.open = []

    def _height(self, definition: Definition) -> int:
        return max(self.height(expr) for expr in definition.expressions())

    def height(self, expr: Expr) -> int:
        """Return how many levels deep ``expr`` is, with the formulas of the metrics in it."""
        deepest, level = 0, [(expr, 1)]
        while level:
            node, depth = level.pop()
            below = 0
            if isinstance(node, Name):
                own = self.find(node.name)
                below = own.height if own is not None else catalogue_height(node.name)
            deepest = max(deepest, depth + below)
            level.extend((child, depth + 1) for child in children(node))
        return deepest


@dataclass(frozen=True, slots=True)
class OwnMetrics:
    """What the author's files of metrics define: by name and alias, and the SHA-256 of each file by its path.

    warnings: what was found in the files and is probably not meant.
    """

    names: Mapping[str, Own] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def definitions(self) -> dict[str, Definition]:
        """Return the metrics by name, in the order of the files."""
        return {own.name: own.definition for own in self.names.values() if own.definition is not None}

    def copy_names(self) -> OwnNames:
        """Return the names for reading one screen, which may add its own."""
        return OwnNames(dict(self.names))


def names_in(*expressions: Expr | None) -> tuple[str, ...]:
    """Return the names in some expressions, in the order written, each once."""
    found = (node.name for expr in expressions if expr is not None for node in walk(expr) if isinstance(node, Name))
    return tuple(dict.fromkeys(found))
