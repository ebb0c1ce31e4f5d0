"""The author's editor: which one it is, and how it is told to open a file at a line and to stay until it is closed."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from screener.errors import Problem, ScreenError

VARIABLES = ("VISUAL", "EDITOR")


@dataclass(frozen=True, slots=True)
class Editor:
    """How editors are called. at: the words that open ``{file}`` at ``{line}`` (and ``{column}``).

    wait: the word without which the command comes back before the file is closed.
    """

    names: tuple[str, ...]
    at: tuple[str, ...]
    wait: str = ""


EDITORS = (
    Editor(("vi", "vim", "nvim", "view", "kak", "joe", "jed", "mg", "ne"), ("+{line}", "{file}")),
    Editor(("gvim", "mvim"), ("+{line}", "{file}"), "--nofork"),
    Editor(("nano", "pico"), ("+{line},{column}", "{file}")),
    Editor(("emacs", "emacsclient", "micro"), ("+{line}:{column}", "{file}")),
    Editor(("hx", "helix"), ("{file}:{line}:{column}",)),
    Editor(
        ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"),
        ("--goto", "{file}:{line}:{column}"),
        "--wait",
    ),
    Editor(("subl", "sublime_text", "zed", "zeditor"), ("{file}:{line}:{column}",), "--wait"),
    Editor(("gedit", "gnome-text-editor"), ("+{line}:{column}", "{file}"), "--wait"),
    Editor(("kate",), ("--line", "{line}", "{file}"), "--block"),
    Editor(("mate",), ("--line", "{line}", "{file}"), "--wait"),
)
BY_NAME = {name: editor for editor in EDITORS for name in editor.names}

# Where no variable names one: the first of these that is installed.
USUAL = ("nano", "vim", "vi", "emacs", "micro", "notepad")


def find_editor(
    environ: Mapping[str, str] = os.environ, which: Callable[[str], str | None] = shutil.which
) -> list[str]:
    """Return the words with which the author's editor starts: of ``VISUAL``, ``EDITOR``, else a usual one.

    ``ScreenError`` when a variable cannot be read, or none is set and no usual editor is installed.
    """
    for variable in VARIABLES:
        try:
            words = shlex.split(environ.get(variable, ""), posix=os.name != "nt")
        except ValueError as error:
            raise ScreenError(f"{variable} cannot be read as a command: {error}", hint="look at its quotes") from None
        if words:
            return words
    found = next((name for name in USUAL if which(name)), None)
    if found is None:
        hint = f"name one: export EDITOR='code --wait' (looked for {', '.join(USUAL)})"
        raise ScreenError("no editor is named by VISUAL or EDITOR, and none is installed", hint=hint)
    return [found]


def command(words: Sequence[str], path: Path, problem: Problem | None = None) -> list[str]:
    """Return the command that opens ``path``, at a problem's place where it has one and the editor takes it."""
    row = _row(words[0])
    if row is None:
        return [*words, str(path)]
    wait = [row.wait] if row.wait and row.wait not in words[1:] else []
    if problem is None or not problem.line:
        return [*words, *wait, str(path)]
    place = {"file": str(path), "line": problem.line, "column": problem.column or 1}
    return [*words, *wait, *(word.format(**place) for word in row.at)]


def _row(word: str) -> Editor | None:
    """Return how an editor is called by its command: ``/usr/bin/vim.basic`` is vim, ``code.cmd`` is code."""
    name = Path(word).name.lower()
    return BY_NAME.get(name) or BY_NAME.get(name.split(".")[0])
