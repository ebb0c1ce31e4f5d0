"""A document → a screen: every key read, every name looked up, every problem collected before anything is refused."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue import names
from screener.catalogue.peers import MIN_GROUP
from screener.errors import Problem, ScreenError
from screener.language.define import SHOWN, read_definitions
from screener.language.definitions import used
from screener.language.document import Mapping, Node, Scalar, Sequence, Source, TooManyProblemsError, read_document
from screener.language.files import problems_error, read_file
from screener.language.own import OwnMetrics
from screener.language.peer_calls import comparisons
from screener.language.rank import read_rank
from screener.language.reading import Reading, one_line
from screener.language.screen import Column, Rule, Screen
from screener.language.size import refuse_size

if TYPE_CHECKING:
    from collections.abc import Sequence as Problems

    from screener.language.ast import Span

KEYS = (
    "name", "description", "universe", "rules", "rank", "columns", "define", "limit",
    "missing", "min_group", "if_unknown", "tags", "notes",
)  # fmt: skip
IF_UNKNOWN = ("fail", "pass", "flag")
MISSING = ("worst", "neutral")
NO_METRICS = OwnMetrics()


def load_screen(path: str | Path, metrics: OwnMetrics = NO_METRICS) -> Screen:
    """Return the screen in the file ``path``; ``ScreenError`` with every problem, or when it cannot be read.

    metrics: what the author's files of metrics define, beside the catalogue.
    """
    text, digest = read_file(Path(path))
    return _finish(*_resolve(text, str(path), digest, metrics))


def parse_screen(text: str, path: str = "", metrics: OwnMetrics = NO_METRICS) -> Screen:
    """Return the screen that ``text`` is; ``path`` is named in problems and gives the screen's name."""
    return _finish(*_resolve(text, path, _digest(text), metrics))


def check_screen(text: str, path: str = "", metrics: OwnMetrics = NO_METRICS) -> tuple[Problem, ...]:
    """Return every problem of ``text`` in the order of the lines; it is a screen when none of them is an error."""
    return _resolve(text, path, "", metrics)[1]


def check_file(path: str | Path, metrics: OwnMetrics = NO_METRICS) -> tuple[Problem, ...]:
    """Return every problem of the file ``path``, also that it cannot be read."""
    try:
        text, digest = read_file(Path(path))
    except ScreenError as error:
        return error.problems
    return _resolve(text, str(path), digest, metrics)[1]


def _finish(screen: Screen | None, problems: Problems[Problem]) -> Screen:
    if screen is None or any(problem.severity == "error" for problem in problems):
        raise problems_error(problems)
    return replace(screen, warnings=tuple(problems))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _resolve(text: str, path: str, digest: str, metrics: OwnMetrics) -> tuple[Screen | None, tuple[Problem, ...]]:
    source = Source(text.removeprefix("\ufeff"), path)
    screen: Screen | None = None
    with suppress(TooManyProblemsError):
        screen = _read(source, text, digest, metrics)
    return screen, source.sorted_problems()


def _read(source: Source, text: str, digest: str, metrics: OwnMetrics) -> Screen | None:
    screen: Screen | None = None
    root = read_document(source)
    if isinstance(root, Mapping):
        reading = Reading(source, metrics.copy_names())
        screen = _with_metrics(_screen(reading, root, text, digest), metrics)
        if not source.wrong:
            refuse_size(reading, screen)
    elif root is not None:
        source.problem(root.span, "a screen is a list of keys", "begin with: rules:")
    return screen


def _screen(reading: Reading, root: Mapping, text: str, digest: str) -> Screen:
    found = reading.keys(root, KEYS, "a screen")
    definitions = read_definitions(reading, found.get("define"), "define")
    default = reading.choice(found.get("if_unknown"), "if_unknown", IF_UNKNOWN, "fail")
    title = reading.text(found.get("name"), "name")
    _accept_notes(reading, found)
    if not {"universe", "rules", "rank"} & found.keys():
        reading.problem(root.span, "this screen has no universe, no rules and no rank", "begin with: rules:")
    name = Path(reading.source.path).stem or _slug(title)
    return Screen(
        name=name,
        title=title or name,
        description=one_line(reading.text(found.get("description"), "description")),
        # A default for unknowns speaks of the rules: who belongs to the universe has to be known.
        universe=_universe(reading, found.get("universe")),
        rules=_rule_groups(reading, found.get("rules"), default),
        rank=read_rank(reading, found.get("rank")),
        columns=_columns(reading, found.get("columns")),
        limit=reading.whole(found.get("limit"), "limit", None),
        missing=reading.choice(found.get("missing"), "missing", MISSING, "worst"),
        min_group=reading.whole(found.get("min_group"), "min_group", MIN_GROUP) or MIN_GROUP,
        definitions=definitions,
        source=text,
        path=reading.source.path,
        sha256=digest,
    )


def _with_metrics(screen: Screen, metrics: OwnMetrics) -> Screen:
    """Add what the screen uses of the author's files to it, and those files to its hash."""
    own = screen.definitions
    expressions = [rule.expr for rule in (*screen.universe, *screen.rules)]
    expressions += [factor.expr for factor in screen.factors()] + [column.expr for column in screen.columns]
    expressions += [expr for definition in own.values() for expr in definition.expressions()]
    taken = used(expressions, metrics.definitions())
    files = sorted({metrics.files[definition.file] for definition in taken.values()})
    digest = _digest("\n".join((screen.sha256, *files))) if files else screen.sha256
    return replace(screen, definitions={**taken, **own}, sha256=digest)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "screen"


def _accept_notes(reading: Reading, found: dict[str, Node]) -> None:
    reading.text(found.get("notes"), "notes")
    tags = found.get("tags")
    for tag in tags.items if isinstance(tags, Sequence) else (tags,):
        reading.text(tag, "a tag")


def _universe(reading: Reading, node: Node | None) -> tuple[Rule, ...]:
    found = _rules(reading, node, "universe", "fail")
    for rule in found:
        for span, written in comparisons(reading.checker, rule.expr):
            message = f"'{written}' compares the names of the universe, which must be known first"
            reading.problem(span, message, "move this condition to 'rules'")
    return found


def _rule_groups(reading: Reading, node: Node | None, default: str) -> tuple[Rule, ...]:
    if not isinstance(node, Mapping) or node.get("rule") is not None:
        return _rules(reading, node, "rules", default)
    found: list[Rule] = []
    for key, value in node.entries:
        found.extend(_rules(reading, value, key.text, default))
    return tuple(found)


def _rules(reading: Reading, node: Node | None, group: str, default: str) -> tuple[Rule, ...]:
    if node is None:
        return ()
    found = (_rule(reading, item, group, default) for item in reading.items(node, f"'{group}'"))
    return tuple(rule for rule in found if rule is not None)


def _rule(reading: Reading, node: Node, group: str, default: str) -> Rule | None:
    if_unknown = default
    if isinstance(node, Mapping):
        if len(node.entries) == 1 and names.lookup(node.entries[0][0].text) is not None:
            name = node.entries[0][0].text
            reading.problem(node.span, "a rule is a condition, without ':'", f"for example: {name} > 0")
            return None
        keys = reading.keys(node, ("rule", "if_unknown"), "a rule")
        if_unknown = reading.choice(keys.get("if_unknown"), "if_unknown", IF_UNKNOWN, default)
        rule = keys.get("rule")
        if rule is None:
            reading.problem(node.span, "a rule needs the key 'rule'", "{rule: roic > 10%, if_unknown: flag}")
            return None
        node = rule
    if not isinstance(node, Scalar):
        reading.problem(
            node.span, "a rule is a condition such as roic > 10%", "a text with brackets or braces needs quotes"
        )
        return None
    expr = reading.condition(node)
    return None if expr is None else Rule(one_line(node.text), expr, group, if_unknown, node.span)


def _columns(reading: Reading, node: Node | None) -> tuple[Column, ...]:
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
