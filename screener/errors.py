"""The one error root: every problem a person can cause, with path, line, column and a hint; imports nothing of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A rule of lint: S012.
LINT_CODE = re.compile(r"S\d{3}")

EXIT_OK = 0
EXIT_EMPTY = 1
EXIT_USAGE = 2
EXIT_DATA = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    Lines and columns are 1-based; ``column`` counts characters. ``length`` is how many
    characters the caret underlines. ``source_line`` is the text of the line as written.
    ``path``, ``line`` and ``source_line`` are empty for problems that have no place in a file.
    ``severity`` is ``error`` or ``warning``; ``code`` is that of the rule of lint which tells it, else a short name of
    the kind of problem, for machines.
    """

    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    length: int = 1
    source_line: str = ""
    hint: str = ""
    severity: str = "error"
    code: str = ""

    def render(self) -> str:
        """Return ``path:line:column: severity: message`` with the line, a caret and the hint below it.

        The code is shown where it names a rule of lint, which a person consents to by its code.
        """
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        kind = f"{self.severity} {self.code}" if LINT_CODE.fullmatch(self.code) else self.severity
        head = f"{place}: {kind}: {self.message}" if place else f"{kind}: {self.message}"
        lines = [head]
        if self.source_line:
            gutter = f"{self.line:>5} | "
            shown, column, length = _cut(self.source_line, self.column, max(1, self.length))
            lines.append(gutter + shown)
            lines.append(" " * (len(gutter) - 2) + "| " + _under(shown, column, length))
        if self.hint:
            lines.append(f"      hint: {self.hint}")
        return "\n".join(lines)


# Of longer lines so much is shown before the caret, and so much in all.
_BEFORE, _WIDTH = 40, 110


def _cut(line: str, column: int, length: int) -> tuple[str, int, int]:
    """Return the stretch of a long line that is shown, with the column and length of what is underlined in it."""
    if len(line) <= _WIDTH + 20:
        return line, column, length
    start = max(0, min(column - 1 - _BEFORE, len(line) - _WIDTH))
    shown = line[start : start + _WIDTH]
    left, right = "… " if start else "", " …" if start + _WIDTH < len(line) else ""
    return left + shown + right, column - start + len(left), max(1, min(length, start + _WIDTH + 1 - column))


def _under(line: str, column: int, length: int) -> str:
    """Return the carets below ``line``, where a character may take two cells (CJK, emoji) or none (accents)."""
    indent = "".join("\t" if char == "\t" else " " * _cells(char) for char in line[: column - 1])
    return indent + "^" * max(1, sum(map(_cells, line[column - 1 : column - 1 + length])))


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    import unicodedata

    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


class ScreenerError(Exception):
    """Root of everything that a person, not a programmer, has to mend; ``exit_code`` is what the CLI ends with."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, *, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        """Carry one message, or several problems found together."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = problems

    def render(self) -> str:
        """Return the text that is shown to a person."""
        if self.problems:
            body = "\n\n".join(problem.render() for problem in self.problems)
            return f"{body}\n\n{self.message}" if self.message else body
        return f"error: {self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")


class ScreenError(ScreenerError):
    """The screen (or the command line) is wrong."""


class DataError(ScreenerError):
    """A source file or a data set is missing, unreadable or damaged."""

    exit_code = EXIT_DATA


class OutputError(ScreenerError):
    """A result cannot be written where it should go."""
