"""Where each character of a text in YAML stands in its file, however it is folded, indented or escaped there."""

from __future__ import annotations

import re

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPES = {"x": 4, "u": 6, "U": 10}

# (offset in the text, line, column) wherever the text does not simply run on in the file.
Places = tuple[tuple[int, int, int], ...]


def aligned(raw: str, value: str, style: str | None, line: int, column: int) -> Places:
    """Return where each stretch of ``value`` stands, walking the raw text (folds, indents, escapes) beside it."""
    position = _Walk(raw, line, column)
    if style in {"|", ">"}:
        position.skip_line()
    elif style in {"'", '"'}:
        position.step(1)
    places: list[tuple[int, int, int]] = []
    for offset, char in enumerate(value):
        escaped = position.escape(style)
        if not escaped and not char.isspace():
            position.skip_space()
            escaped = position.escape(style)
        last = places[-1] if places else None
        if last is None or last[1] != position.line or last[2] + offset - last[0] != position.column:
            places.append((offset, position.line, position.column))
        if escaped or not char.isspace() or position.at_space():
            position.step(escaped or 1)
    return tuple(places) or ((0, line, column),)


class _Walk:
    """A cursor over raw text that knows its line and column."""

    def __init__(self, raw: str, line: int, column: int) -> None:
        self.raw = raw
        self.index = 0
        self.line = line
        self.column = column

    def step(self, count: int) -> None:
        for char in self.raw[self.index : self.index + count]:
            follows = self.raw[self.index + 1 : self.index + 2]
            self.index += 1
            self.column += 1
            if LINE_BREAK.fullmatch(char) and not (char == "\r" and follows == "\n"):
                self.line += 1
                self.column = 1

    def at_space(self) -> bool:
        return self.raw[self.index : self.index + 1].isspace()

    def skip_space(self) -> None:
        while self.at_space():
            self.step(1)

    def skip_line(self) -> None:
        line = self.line
        while self.line == line and self.index < len(self.raw):
            self.step(1)

    def escape(self, style: str | None) -> int:
        """Return the length of the escape at the cursor, 0 without one; an escaped line break is stepped over."""
        if style == "'" and self.raw[self.index : self.index + 2] == "''":
            return 2
        if style != '"':
            return 0
        while re.match(r"\\[\r\n]", self.raw[self.index : self.index + 2]):
            self.step(1)
            self.skip_space()
        if self.raw[self.index : self.index + 1] != "\\":
            return 0
        return _ESCAPES.get(self.raw[self.index + 1 : self.index + 2], 2)
