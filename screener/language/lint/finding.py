"""What a check of a screen finds, and what all checks look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from screener.language.ast import Expr, Name, Span, walk
from screener.language.document import Mapping, Node, Scalar, Sequence, Source, read_document
from screener.language.lint.conditions import Demand, Demands
from screener.language.screen import Definition, Rule, Screen

# Rules are compared with each other: beyond this many, which nobody writes by hand, they are left alone.
MOST_RULES = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a screen hardly means: the code of its rule, where it stands, and what is wrong."""

    code: str
    span: Span
    message: str
    hint: str = ""


@dataclass
class Context:
    """A resolved screen with its document, and its conditions as demands in the order of the screen."""

    screen: Screen
    demands: Demands = field(init=False)
    refused: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read nothing yet but the author's own metrics."""
        self.demands = Demands(self.screen.definitions)

    @cached_property
    def conditions(self) -> tuple[tuple[Rule, Demand], ...]:
        """Return the rules of the universe and the others, each with what it demands where it is known."""
        rules = (*self.screen.universe, *self.screen.rules)[:MOST_RULES]
        return tuple((rule, self.demands.of(rule.expr)) for rule in rules)

    @cached_property
    def root(self) -> Mapping:
        """Return the screen's document; empty where there is none."""
        root = read_document(Source(self.screen.source.removeprefix("\ufeff"), self.screen.path))
        return root if isinstance(root, Mapping) else Mapping((), Span(1, 1))

    def place(self, *keys: str) -> Span:
        """Return where the first of these keys of the screen stands, else its first line."""
        found = {name.text: name.span for name, _ in reversed(self.root.entries)}
        return next((found[name] for name in (*keys, *reversed(found)) if name in found), Span(1, 1))

    def key_span(self, key: str, name: str) -> Span:
        """Return where ``name`` stands below the key ``key``, else the key itself."""
        node = self.root.get(key)
        entries = node.entries if isinstance(node, Mapping) else ()
        return next((scalar.span for scalar, _ in entries if scalar.text == name), self.place(key))

    def words(self) -> str:
        """Return what the author says of the screen, in small letters: names, description and tags."""
        tags = " ".join(_texts(self.root.get("tags")))
        return f"{self.screen.name} {self.screen.title} {self.screen.description} {tags}".lower().replace("-", " ")

    def own(self) -> Iterator[Definition]:
        """Yield the definitions of the screen itself, not those of files of metrics."""
        yield from (row for row in self.screen.definitions.values() if not row.file)

    def conditions_written(self) -> Iterator[Expr]:
        """Yield every expression of the file in which comparisons may stand."""
        yield from (rule.expr for rule in (*self.screen.universe, *self.screen.rules))
        yield from (expr for row in self.own() for expr in row.expressions())


def _texts(node: Node | None) -> Iterator[str]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar):
            yield item.text


def names_of(expr: Expr) -> Iterator[Name]:
    """Yield the names in an expression, in the order written."""
    yield from (node for node in walk(expr) if isinstance(node, Name))


def listed(found: list[str]) -> str:
    """Return ``a, b and c``; of more than four the first three and how many others."""
    if len(found) > 4:
        return f"{', '.join(found[:3])} and {len(found) - 3} others"
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1])))
