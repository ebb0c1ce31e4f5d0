"""Consents: what the author of a screen has looked at and wants no more warnings of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from screener.errors import ScreenError
from screener.language.ast import Span
from screener.language.document import Mapping, Node, Scalar, Sequence, Source
from screener.language.lint.finding import Context

# `# ok: S012, S013 - why`; what follows the codes after a dash is the author's reason.
_COMMENT = re.compile(r"#[ \t]*ok:[ \t]*(S\d+(?:[ \t]*,[ \t]*S\d+)*)(?=[ \t]*(?:$|[-–—:(#]))", re.IGNORECASE)
_CODE = re.compile(r"S\d+", re.IGNORECASE)
# Nobody writes more of them by hand.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Consent:
    """One code that is consented to: where that is written, and on which lines it holds (``None``: on all)."""

    code: str
    span: Span
    lines: range | None = None

    def covers(self, line: int) -> bool:
        """Return whether a finding of its code in this line is consented to."""
        return self.lines is None or line in self.lines


def consents(context: Context) -> tuple[Consent, ...]:
    """Return the consents of a screen: comments in the order of the lines, then those of the key ``lint``."""
    comments = islice(_comments(context.screen.source.removeprefix("\ufeff")), _MOST)
    return (*comments, *_of_key(context.root.get("lint")))


def _of_key(node: Node | None) -> Iterator[Consent]:
    ignored = node.get("ignore") if isinstance(node, Mapping) else None
    for item in ignored.items if isinstance(ignored, Sequence) else (ignored,):
        if isinstance(item, Scalar) and item.text.strip():
            yield Consent(item.text.strip().upper(), item.span)


def _comments(text: str) -> Iterator[Consent]:
    lines = Source(text).lines
    if not any(_COMMENT.search(line) for line in lines):
        return
    texts = _scalars(text)
    for number, line in enumerate(lines, 1):
        for match in _COMMENT.finditer(line):
            if match.start() and not line[match.start() - 1].isspace():
                continue
            before = bisect_right(texts, (number, match.start()), key=lambda text: text.start) - 1
            if before >= 0 and texts[before].inside <= (number, match.start()) < texts[before].end:
                continue
            held = _lines(lines, number, texts, alone=not line[: match.start()].strip())
            for code in _CODE.finditer(line, match.start(1), match.end(1)):
                yield Consent(code[0].upper(), Span(number, code.start() + 1, len(code[0])), held)


_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Text:
    """Line and column where a text begins, where nothing but it can stand, and where it ends."""

    start: _Place
    inside: _Place
    end: _Place


def _scalars(text: str) -> list[_Text]:
    """Return the texts of a document in the order of the lines: a # inside one is no comment."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tokens = [token for token in yaml.scan(text, Loader=loader) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError as error:
        raise ScreenError(f"this is no YAML: {error}") from None
    found = []
    for token in tokens:
        start, end = token.start_mark, token.end_mark
        # Behind the > or | of a text of several lines there may be a comment.
        inside = (start.line + 2, 0) if token.style in {"|", ">"} else (start.line + 1, start.column)
        found.append(_Text((start.line + 1, start.column), inside, (end.line + 1, end.column)))
    return found


def _lines(lines: list[str], number: int, texts: list[_Text], *, alone: bool) -> range:
    """Return the lines of a consent: its own or, where it stands alone, the next one that is no comment.

    A text that begins there is covered to its end.
    """
    first = number
    if alone:
        first += 1
        while first <= len(lines) and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
            first += 1
    width = len(lines[first - 1]) if first <= len(lines) else 0
    before = bisect_right(texts, (first, width), key=lambda text: text.start) - 1
    begins = before >= 0 and texts[before].start[0] == first
    return range(first, max(first, texts[before].end[0] if begins else first) + 1)
