"""Consents: what the author of a screen has looked at and wants no more warnings of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from screener.errors import ScreenError
from screener.language.ast import Span
from screener.language.document import Mapping, Node, Scalar, Sequence, Source
from screener.language.lint.finding import Context

# `# ok: S012, S013 - why`; what follows the codes after a dash is the author's reason.
_COMMENT = re.compile(r"#[ \t]*ok:[ \t]*(S\d+(?:[ \t]*,[ \t]*S\d+)*)(?=[ \t]*(?:$|[-–—:(#]))", re.IGNORECASE)
_CODE = re.compile(r"S\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Consent:
    """One code that is consented to: where that is written, and on which lines it holds (``None``: on all)."""

    code: str
    span: Span
    lines: range | None = None

    def covers(self, code: str, line: int) -> bool:
        """Return whether a finding of this code in this line is consented to."""
        return code == self.code and (self.lines is None or line in self.lines)


def consents(context: Context) -> tuple[Consent, ...]:
    """Return the consents of a screen: comments in the order of the lines, then those of the key ``lint``."""
    return (*_comments(context.screen.source.removeprefix("\ufeff")), *_of_key(context.root.get("lint")))


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
            if any(low <= (number, match.start()) < high for low, high in texts):
                continue
            held = _lines(lines, number, texts, alone=not line[: match.start()].strip())
            for code in _CODE.finditer(line, match.start(1), match.end(1)):
                yield Consent(code[0].upper(), Span(number, code.start() + 1, len(code[0])), held)


_Place = tuple[int, int]


def _scalars(text: str) -> list[tuple[_Place, _Place]]:
    """Return where the texts of a document begin and end: a # inside one is no comment."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tokens = [token for token in yaml.scan(text, Loader=loader) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError as error:
        raise ScreenError(f"this is no YAML: {error}") from None
    return [
        ((token.start_mark.line + 1, token.start_mark.column), (token.end_mark.line + 1, token.end_mark.column))
        for token in tokens
    ]


def _lines(lines: list[str], number: int, texts: list[tuple[_Place, _Place]], *, alone: bool) -> range:
    """Return the lines of a consent: its own or, where it stands alone, the next one that is no comment.

    A text that begins there is covered to its end.
    """
    first = number
    if alone:
        first += 1
        while first <= len(lines) and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
            first += 1
    last = max((high[0] for low, high in texts if low[0] == first), default=first)
    return range(first, last + 1)
