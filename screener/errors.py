"""The one error root: every problem a person can cause, with path, line, column and a hint; imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass

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
    ``code`` is that of the rule of lint which tells it, ``""`` for errors.
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
        """Return ``path:line:column: severity code: message`` with the line, a caret and the hint below it."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        kind = f"{self.severity} {self.code}" if self.code else self.severity
        head = f"{place}: {kind}: {self.message}" if place else f"{kind}: {self.message}"
        lines = [head]
        if self.source_line:
            gutter = f"{self.line:>5} | "
            indent = "".join("\t" if char == "\t" else " " for char in self.source_line[: self.column - 1])
            lines.append(gutter + self.source_line)
            lines.append(" " * (len(gutter) - 2) + "| " + indent + "^" * max(1, self.length))
        if self.hint:
            lines.append(f"      hint: {self.hint}")
        return "\n".join(lines)


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
