"""A screen's YAML → a small tree of texts, lists and mappings, each with its place in the file to the character."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from screener.errors import Problem
from screener.language.ast import Span
from screener.language.places import LINE_BREAK, Places, aligned

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_PROBLEMS = 200
# Keys and values: ten times the largest screen that a person would write.
MAX_ENTRIES = 4_000
# Characters of all expressions of a file; a list of 5,000 tickers has 30 KB.
MAX_EXPRESSIONS = 48 * 1024

METRICS = "a file of metrics"
# What a file needs, by what it is called.
MAPPING = "a mapping"
EMPTY = {
    "a screen": "a screen needs universe, rules or rank",
    METRICS: "write names with formulas: my_yield: fcf / ev",
    MAPPING: "`screener data mapping FILE` drafts one",
}

IN_FLOW = "inside [ ] and { } a text with a comma or brackets needs quotes"

# What the YAML reader says → what a person needs to hear.
_YAML_MESSAGES: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a second ':' in this line", "put the text in quotes, or check the indentation"),
    ("did not find expected ',' or '}'", "'{' is not closed here", IN_FLOW),
    ("did not find expected ',' or ']'", "'[' is not closed here", IN_FLOW),
    ("did not find expected key", "this does not belong to the lines above it", "check the indentation and the quotes"),
    ("did not find expected '-' indicator", "expected '- ' as in the lines above", "check the indentation"),
    ("could not find expected ':'", "expected ':' after the key", "check the indentation"),
    ("found unexpected end of stream", "this quoted text has no end", "close it with the same quote"),
    ("did not find expected comment or line break", "a text cannot begin with > or |", "a rule has no ':': roic > 5%"),
    ("did not find expected node content", "expected a value here", ""),
    ("found a tab character", "a tab stands where spaces belong", "indent with spaces"),
    ("did not find expected alphabetic", "a text cannot begin with '*' or '&'", "a list is written with '- '"),
    ("invalid Unicode character escape", "this escape is no character", "write the character itself"),
    ("unknown directive", "a text cannot begin with '%'", "put it in quotes"),
    ("found unknown escape character", "unknown escape in a quoted text", "use single quotes"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text exactly as written (``ON`` and ``1e6`` stay text).

    places: (offset in ``text``, line, column) wherever the text does not simply run on in the file.
    flow: stands inside ``{ }`` or ``[ ]``, where YAML cuts plain texts at commas.
    """

    text: str
    places: Places
    span: Span
    flow: bool = False

    def at(self, start: int, end: int) -> Span:
        """Return the place in the file of ``text[start:end]``; a stretch over several lines ends with its first."""
        index = bisect_right(self.places, start, key=lambda place: place[0]) - 1
        offset, line, column = self.places[index]
        stop = end
        for later_offset, later_line, _ in self.places[index + 1 :]:
            if later_line != line:
                stop = min(end, later_offset)
                break
        return Span(line, column + start - offset, max(1, stop - start), self.span.file)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; a key that stands twice is a problem and its first value stays."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """Return the value of ``key``, or ``None``."""
        return next((node for name, node in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


class TooManyProblemsError(Exception):
    """The file is not looked at any further; what was found is in its source."""


@dataclass(slots=True)
class Source:
    """The text of a file and the problems found in it so far; ``noun`` is what messages call such a file.

    others: the files that it builds on, by path; a problem in one of them is noted there.
    stage: the code of a problem that is given none: ``yaml`` while the tree is read, then ``screen``.
    """

    text: str
    path: str = ""
    noun: str = "a screen"
    problems: list[Problem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    others: dict[str, Source] = field(default_factory=dict)
    stage: str = "screen"
    errors: int = 0
    read: int = 0

    def __post_init__(self) -> None:
        self.lines = LINE_BREAK.split(self.text)

    @property
    def wrong(self) -> bool:
        """Return whether an error has been found; warnings leave a screen as it is."""
        return self.errors > 0 or any(other.wrong for other in self.others.values())

    def expression(self, span: Span, length: int) -> None:
        """Count an expression that is about to be read; raises ``TooManyProblemsError`` where they are too many."""
        self.read += length
        if self.read > MAX_EXPRESSIONS:
            kilobytes = MAX_EXPRESSIONS // 1024
            self.problem(span, f"the expressions up to here are more than {kilobytes} KB", "shorten lists", code="size")
            raise TooManyProblemsError

    def warn(self, span: Span, message: str, hint: str = "", *, code: str = "") -> None:
        """Note what is probably not meant."""
        self.problem(span, message, hint, code=code, severity="warning")

    def problem(self, span: Span, message: str, hint: str = "", *, code: str = "", severity: str = "error") -> None:
        """Note a problem at ``span``; raises ``TooManyProblemsError`` at the 201st error."""
        if span.file in self.others:
            self.others[span.file].problem(replace(span, file=""), message, hint, code=code, severity=severity)
            return
        line = self.lines[span.line - 1] if 0 < span.line <= len(self.lines) else ""
        length = max(1, min(span.length, len(line) - span.column + 1))
        code = code or self.stage
        self.errors += severity == "error"
        if self.errors > MAX_PROBLEMS:
            raise TooManyProblemsError
        if len(self.problems) >= 2 * MAX_PROBLEMS:
            return
        self.problems.append(Problem(message, self.path, span.line, span.column, length, line, hint, severity, code))

    def sorted_problems(self) -> tuple[Problem, ...]:
        """Return the problems in the order of the file, each once, and then those of the files it builds on."""
        found = sorted(dict.fromkeys(self.problems), key=lambda problem: (problem.line, problem.column))
        return (*found, *(problem for other in self.others.values() for problem in other.sorted_problems()))

    def home(self, span: Span) -> Path | None:
        """Return the file in which ``span`` stands, with all links followed; ``None`` for a text without a file."""
        path = span.file or self.path
        return Path(path).resolve() if path else None


class _GiveUp(Exception):  # noqa: N818  # control flow inside this module, never an error that someone sees
    """Reading on would only add noise; the problem has been noted."""


def read_document(source: Source) -> Node | None:
    """Return the tree of ``source.text``, or ``None`` when it is no YAML that a screen may be; problems are noted.

    Refused: more than 256 KB, 20 levels or 4,000 keys and values, several documents, anchors, aliases and tags.
    """
    source.stage = "yaml"
    try:
        _refuse_text(source)
        return _Reader(source).document()
    except _GiveUp:
        return None
    finally:
        source.stage = "screen"


def _refuse_text(source: Source) -> None:
    if len(source.text) > MAX_BYTES or len(source.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        source.problem(
            Span(1, 1), f"the file is larger than {MAX_BYTES // 1024} KB", f"{source.noun} is a small text file"
        )
        raise _GiveUp
    bad = [source.text.index(char) for char in set(source.text) if not _printable(ord(char))]
    if bad:
        before = LINE_BREAK.split(source.text[: min(bad)])
        message = f"the character U+{ord(source.text[min(bad)]):04X} cannot stand in {source.noun}"
        source.problem(Span(len(before), len(before[-1]) + 1), message, "save the file as plain UTF-8 text")
        raise _GiveUp


def _printable(code: int) -> bool:
    """Return whether YAML allows the character (a pattern of these ranges costs 5 ms to compile at every start)."""
    if code < 0xA0:
        return 0x20 <= code <= 0x7E or code in {0x09, 0x0A, 0x0D, 0x85}
    return code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


class _Reader:
    """Builds the tree from YAML events, so that nothing is interpreted, merged or expanded on the way."""

    def __init__(self, source: Source) -> None:
        import yaml

        self.source = source
        self.yaml: Any = yaml
        self.refused = False
        self.entries = 0
        self.events: Any = yaml.parse(source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def next(self) -> Any:
        try:
            return next(self.events)
        except self.yaml.MarkedYAMLError as error:
            self._syntax_problem(error)
            raise _GiveUp from None

    def document(self) -> Node | None:
        self.next()
        if isinstance(self.next(), self.yaml.StreamEndEvent):
            self.source.problem(Span(1, 1), "the file is empty", EMPTY[self.source.noun])
            return None
        node = self.node(self.next(), 1, flow=False)
        self.next()
        rest = self.next()
        if not isinstance(rest, self.yaml.StreamEndEvent):
            self.source.problem(
                _span(rest),
                "a second document begins here",
                f"one file holds {self.source.noun.replace('a ', 'one ', 1)}: remove the '---'",
            )
            return None
        return None if self.refused else node

    def refuse(self, span: Span, what: str, mark: str) -> None:
        self.refused = True
        hint = f"a text that begins with {mark} needs quotes"
        self.source.problem(span, f"{what} ({mark}) are not part of {self.source.noun}", hint)

    def node(self, event: Any, depth: int, *, flow: bool) -> Node:
        span = _span(event)
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            message = f"{self.source.noun} has at most {MAX_ENTRIES:,} keys and values"
            self.source.problem(span, message, "split the file", code="size")
            raise _GiveUp
        if isinstance(event, self.yaml.AliasEvent):
            self.refuse(span, "aliases", "*")
            return Scalar("", ((0, span.line, span.column),), span)
        if event.anchor is not None:
            self.refuse(span, "anchors", "&")
        if event.tag is not None and event.tag not in {"!", "tag:yaml.org,2002:str"}:
            self.refuse(span, "tags", "!")
        if isinstance(event, self.yaml.ScalarEvent):
            scalar = _scalar(event, self.source.text, flow)
            self.refuse_characters(scalar)
            return scalar
        if depth > MAX_DEPTH:
            self.source.problem(span, f"nested more than {MAX_DEPTH} levels deep")
            raise _GiveUp
        flow = bool(event.flow_style)
        if isinstance(event, self.yaml.SequenceStartEvent):
            return self.sequence(span, depth, flow=flow)
        return self.mapping(span, depth, flow=flow)

    def refuse_characters(self, scalar: Scalar) -> None:
        """Note a character that only an escape in quotes can bring into a text."""
        if not scalar.text.isascii() or not scalar.text.isprintable():
            bad = next((place for place, char in enumerate(scalar.text) if not _printable(ord(char))), None)
            if bad is not None:
                message = f"the character U+{ord(scalar.text[bad]):04X} cannot stand in {self.source.noun}"
                self.source.problem(scalar.at(bad, bad + 1), message, "remove it")
                self.refused = True

    def sequence(self, span: Span, depth: int, *, flow: bool) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := self.next(), self.yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1, flow=flow))
        return Sequence(tuple(items), span)

    def mapping(self, span: Span, depth: int, *, flow: bool) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        first_lines: dict[str, int] = {}
        while not isinstance(event := self.next(), self.yaml.MappingEndEvent):
            key = self.node(event, depth + 1, flow=flow)
            value = self.node(self.next(), depth + 1, flow=flow)
            if not isinstance(key, Scalar):
                self.source.problem(key.span, "a key must be a text", "a text with brackets or braces needs quotes")
            elif key.text in first_lines:
                place = f"it already stands in line {first_lines[key.text]}"
                self.source.problem(key.span, f"the key '{key.text}' stands twice", place)
            else:
                first_lines[key.text] = key.span.line
                entries.append((key, value))
        return Mapping(tuple(entries), span)

    def _syntax_problem(self, error: Any) -> None:
        mark = error.problem_mark or error.context_mark
        said = error.problem or "this is not YAML"
        message, hint = next(((text, hint) for key, text, hint in _YAML_MESSAGES if key in said), (f"YAML: {said}", ""))
        line, column = mark.line + 1, mark.column + 1
        if ("has no end" in message or "directive" in said) and error.context_mark is not None:
            line, column = error.context_mark.line + 1, error.context_mark.column + 1
        text = self.source.lines[line - 1] if line <= len(self.source.lines) else ""
        char = text[column - 1 : column]
        if "cannot start any token" in said or not text.strip(" \t"):
            message, hint = _bad_start(char) if char else (message, hint)
        if not text and line > 1:
            line, column = line - 1, len(self.source.lines[line - 2]) + 1
        self.source.problem(Span(line, column), message, hint)


def _bad_start(char: str) -> tuple[str, str]:
    if char == "\t":
        return "a tab stands where spaces belong", "indent with spaces"
    return f"a text cannot begin with '{char}'", "put it in quotes"


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    length = end.column - start.column if end.line == start.line else 1
    return Span(start.line + 1, start.column + 1, max(1, length))


def _scalar(event: Any, text: str, flow: bool) -> Scalar:
    start, end = event.start_mark, event.end_mark
    line, column = start.line + 1, start.column + 1
    raw = text[start.index : end.index]
    value: str = event.value
    quoted = event.style in {"'", '"'}
    simple = raw[1:-1] if quoted else raw
    if simple == value:
        places: Places = ((0, line, column + quoted),)
    else:
        places = aligned(raw, value, event.style, line, column)
    if event.style in {"|", ">"}:
        length = places[1][0] if len(places) > 1 else len(value)
        return Scalar(value, places, Span(places[0][1], places[0][2], max(1, length)), flow)
    breaks = LINE_BREAK.search(raw)
    length = len(raw) if breaks is None else breaks.start()
    return Scalar(value, places, Span(line, column, max(1, length)), flow)
