"""Reading the files that people write: bounded in size, plain UTF-8, and every complaint with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from screener.errors import Problem, ScreenError
from screener.language.document import MAX_BYTES


def is_inside(path: Path, folders: Sequence[Path]) -> bool:
    """Return whether a file lies in or below one of some folders, all links followed."""
    try:
        real = path.resolve()
        return any(real.is_relative_to(folder.resolve()) for folder in folders)
    except (OSError, ValueError, RuntimeError):  # a name too long, a NUL in it, links in a circle
        return False


def read_file(path: Path, noun: str = "a screen", most: int = MAX_BYTES) -> tuple[str, str]:
    """Return text and SHA-256 of a file of at most ``most`` bytes; ``ScreenError`` with a problem otherwise."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise _unreadable(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > most:
        raise _unreadable(path, f"the file is larger than {most // 1024} KB", hint=f"{noun} is a small text file")
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
    return problems_error((problem,))


def problems_error(problems: Sequence[Problem]) -> ScreenError:
    """Return the one error that carries all ``problems``."""
    paths = {problem.path for problem in problems if problem.path}
    where = f" in {len(paths)} files" if len(paths) > 1 else "".join(f" in {path}" for path in paths)
    message = f"{len(problems)} problem{'s' if len(problems) != 1 else ''}{where}"
    return ScreenError(message, problems=tuple(problems))
