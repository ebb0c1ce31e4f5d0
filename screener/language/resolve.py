"""A document → a screen: every key read, every name looked up, every problem collected before anything is refused."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue import functions, items, names
from screener.catalogue.peers import MIN_GROUP
from screener.errors import Problem, ScreenError
from screener.language.ast import Expr, Span
from screener.language.document import MAX_BYTES, Mapping, Node, Scalar, Sequence, Source, read_document
from screener.language.meaning import Definition
from screener.language.peer_calls import comparisons
from screener.language.rank import read_rank
from screener.language.reading import Reading, one_line
from screener.language.screen import Column, Rule, Screen

if TYPE_CHECKING:
    from collections.abc import Sequence as Problems

KEYS = (
    "name", "description", "universe", "rules", "rank", "columns", "define", "limit",
    "missing", "min_group", "if_unknown", "tags", "notes",
)  # fmt: skip
IF_UNKNOWN = ("fail", "pass", "flag")
MISSING = ("worst", "neutral")

# Always shown, so that a column of this name would stand twice.
SHOWN = ("rank", "ticker", "name", "sector", "score")

# Columns that every step of the query carries: a definition of this name would be overridden without a word.
CARRIED = ("as_of", "issuer_id", "cik")


def load_screen(path: str | Path) -> Screen:
    """Return the screen in the file ``path``; ``ScreenError`` with every problem, or when it cannot be read."""
    text, digest = _read(Path(path))
    return _finish(*_resolve(text, str(path), digest))


def parse_screen(text: str, path: str = "") -> Screen:
    """Return the screen that ``text`` is; ``path`` is named in problems and gives the screen's name."""
    return _finish(*_resolve(text, path, _digest(text)))


def check_screen(text: str, path: str = "") -> tuple[Problem, ...]:
    """Return every problem of ``text`` in the order of the lines; empty when it is a screen."""
    return _resolve(text, path, "")[1]


def check_file(path: str | Path) -> tuple[Problem, ...]:
    """Return every problem of the file ``path``, also that it cannot be read."""
    try:
        text, digest = _read(Path(path))
    except ScreenError as error:
        return error.problems
    return _resolve(text, str(path), digest)[1]


def _finish(screen: Screen | None, problems: Problems[Problem]) -> Screen:
    if problems or screen is None:
        raise ScreenError(_summary(problems), problems=tuple(problems))
    return screen


def _summary(problems: Problems[Problem]) -> str:
    where = f" in {problems[0].path}" if problems and problems[0].path else ""
    return f"{len(problems)} problem{'s' if len(problems) != 1 else ''}{where}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> tuple[str, str]:
    """Return text and SHA-256 of a file of a bounded size; ``ScreenError`` with a problem otherwise."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > MAX_BYTES:
        raise _unreadable(path, f"the file is larger than {MAX_BYTES // 1024} KB", hint="a screen is a small text file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").splitlines() or [""]
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
        raise _unreadable(
            path, message, len(before), len(before[-1]) + 1, "save the file as plain UTF-8 text"
        ) from None
    return text, hashlib.sha256(data).hexdigest()


def _unreadable(path: Path, message: str, line: int = 0, column: int = 0, hint: str = "") -> ScreenError:
    problem = Problem(message, str(path), line, column, hint=hint)
    return ScreenError(_summary((problem,)), problems=(problem,))


def _resolve(text: str, path: str, digest: str) -> tuple[Screen | None, tuple[Problem, ...]]:
    source = Source(text.removeprefix("\ufeff"), path)
    root = read_document(source)
    screen: Screen | None = None
    if isinstance(root, Mapping):
        screen = _screen(Reading(source), root, text, digest)
    elif root is not None:
        source.problem(root.span, "a screen is a list of keys", "begin with: rules:")
    return screen, source.sorted_problems()


def _screen(reading: Reading, root: Mapping, text: str, digest: str) -> Screen:
    found = reading.keys(root, KEYS, "a screen")
    definitions = _definitions(reading, found.get("define"))
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


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "screen"


def _accept_notes(reading: Reading, found: dict[str, Node]) -> None:
    reading.text(found.get("notes"), "notes")
    tags = found.get("tags")
    for tag in tags.items if isinstance(tags, Sequence) else (tags,):
        reading.text(tag, "a tag")


def _definitions(reading: Reading, node: Node | None) -> dict[str, Expr]:
    """Read ``define``; definitions may use each other in any order, but not in a circle."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        reading.problem(node.span, "define must be names with formulas", "for example: {owner_earnings: cfo - capex}")
        return {}
    own = reading.checker.definitions
    for key, value in node.entries:
        if not _name_is_free(reading, key):
            continue
        if isinstance(value, Scalar):
            own[key.text] = Definition(key.text, reading.parse(value))
        else:
            reading.problem(value.span, f"the definition of '{key.text}' must be an expression", "put it in quotes")
    return {name: reading.checker.define(definition).expr for name, definition in own.items()}


def _name_is_free(reading: Reading, key: Scalar) -> bool:
    name = key.text
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in names.RESERVED:
        hint = "small letters, digits and _, beginning with a letter"
        reading.problem(key.span, f"'{name}' cannot be the name of a definition", hint)
        return False
    taken = names.lookup(name)
    stored = name in SHOWN or name in CARRIED or name.removesuffix("_q") in items.BY_NAME
    if taken is not None or name in functions.BY_NAME or stored:
        what = f"{taken.kind} ({taken.label})" if taken else "word of the language or of the data set"
        reading.problem(key.span, f"'{name}' is already a {what}", "choose another name")
        return False
    return True


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
