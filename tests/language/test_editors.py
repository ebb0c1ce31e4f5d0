"""How the author's editor is found and called."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.errors import Problem, ScreenError
from screener.language.editors import USUAL, command, find_editor

WRONG = Problem("wrong", "s.yaml", 12, 7)


@pytest.mark.parametrize(
    ("variables", "installed", "expected"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, (), ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "'/opt/my editor/ed' -x"}, (), ["/opt/my editor/ed", "-x"]),
        ({}, ("emacs", "vim"), ["vim"]),
        ({"EDITOR": ""}, USUAL, ["nano"]),
    ],
)
def test_which_editor(variables: dict[str, str], installed: tuple[str, ...], expected: list[str]) -> None:
    """VISUAL goes before EDITOR and both before what is installed; quotes hold words together."""
    assert find_editor(variables, lambda name: name if name in installed else None) == expected


@pytest.mark.parametrize(
    ("variables", "message"), [({}, "no editor is named"), ({"EDITOR": "vim '"}, "EDITOR cannot be read as a command")]
)
def test_no_editor(variables: dict[str, str], message: str) -> None:
    """It is said what to set."""
    with pytest.raises(ScreenError, match=message) as caught:
        find_editor(variables, lambda _name: None)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("editor", "opened", "reopened"),
    [
        ("vim", "vim s.yaml", "vim +12 s.yaml"),
        ("/usr/bin/vim.basic -u NONE", "/usr/bin/vim.basic -u NONE s.yaml", "/usr/bin/vim.basic -u NONE +12 s.yaml"),
        ("nano", "nano s.yaml", "nano +12,7 s.yaml"),
        ("emacs -nw", "emacs -nw s.yaml", "emacs -nw +12:7 s.yaml"),
        ("code", "code --wait s.yaml", "code --wait --goto s.yaml:12:7"),
        ("code --wait", "code --wait s.yaml", "code --wait --goto s.yaml:12:7"),
        ("subl", "subl --wait s.yaml", "subl --wait s.yaml:12:7"),
        ("hx", "hx s.yaml", "hx s.yaml:12:7"),
        ("kate", "kate --block s.yaml", "kate --block --line 12 s.yaml"),
        ("my-editor", "my-editor s.yaml", "my-editor s.yaml"),
    ],
)
def test_how_it_is_called(editor: str, opened: str, reopened: str) -> None:
    """An editor of the table opens at the line and is told to wait; any other gets the file alone."""
    words = editor.split()
    assert command(words, Path("s.yaml")) == opened.split()
    assert command(words, Path("s.yaml"), WRONG) == reopened.split()


def test_a_problem_without_a_place() -> None:
    """A file that cannot be read at all is opened at its beginning."""
    assert command(["vim"], Path("s.yaml"), Problem("wrong", "s.yaml")) == ["vim", "s.yaml"]
