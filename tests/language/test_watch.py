"""Watching files, without waiting: the pauses do what a person does meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from screener.language.watch import SETTLED_MISSING, changes, stamps


class DoneError(Exception):
    """The script of a test has ended."""


def script(*steps: Callable[[], object] | None) -> Callable[[float], None]:
    """Return a pause that takes one step each time, and ends with the last."""
    left = list(steps)

    def pause(_seconds: float) -> None:
        if not left:
            raise DoneError
        step = left.pop(0)
        if step is not None:
            step()

    return pause


def counted(path: Path, pause: Callable[[float], None]) -> list[str]:
    """Return the content of the file at each word of a change; '' where it is missing."""
    seen = []
    try:
        for _ in changes(lambda: stamps([path]), pause):
            seen.append(path.read_text() if path.exists() else "")
    except DoneError:
        return seen
    raise AssertionError("watching never ends by itself")


def test_the_first_word_comes_at_once_and_others_after_changes(tmp_path: Path) -> None:
    """Nothing is said while nothing changes; a change is said once."""
    path = tmp_path / "s.yaml"
    path.write_text("1")
    assert counted(path, script(None, None, lambda: path.write_text("22"), None, None, None)) == ["1", "22"]


def test_a_change_in_steps_is_one(tmp_path: Path) -> None:
    """While the file still grows, it is awaited."""
    path = tmp_path / "s.yaml"
    path.write_text("1")
    grow = [lambda size=size: path.write_text("2" * size) for size in (2, 3, 4)]
    assert counted(path, script(*grow, None, None)) == ["1", "2222"]


def test_a_file_that_is_replaced_by_rename(tmp_path: Path) -> None:
    """An editor that moves the file away and another into its place has made one change, also of equal size."""
    path, fresh = tmp_path / "s.yaml", tmp_path / "fresh"
    path.write_text("1")
    fresh.write_text("2")

    def away() -> None:
        path.rename(tmp_path / "s.yaml~")

    assert counted(path, script(away, None, lambda: fresh.rename(path), None, None)) == ["1", "2"]


def test_a_file_that_stays_away(tmp_path: Path) -> None:
    """It is a change after a while, and its return is another."""
    path = tmp_path / "s.yaml"
    path.write_text("1")
    quiet = [None] * SETTLED_MISSING
    assert counted(path, script(path.unlink, *quiet, lambda: path.write_text("2"), None)) == ["1", "", "2"]


def test_a_change_that_is_taken_back_at_once(tmp_path: Path) -> None:
    """What looks as before when it has come to rest is none."""
    path, aside = tmp_path / "s.yaml", tmp_path / "aside"
    path.write_text("1")
    steps = script(lambda: path.rename(aside), lambda: aside.rename(path), None, None)
    assert counted(path, steps) == ["1"]


def test_a_change_while_the_caller_works(tmp_path: Path) -> None:
    """It is said afterwards."""
    path = tmp_path / "s.yaml"
    path.write_text("1")
    seen = 0
    try:
        for _ in changes(lambda: stamps([path]), script(None, None, None)):
            seen += 1
            if seen == 1:
                path.write_text("22")
    except DoneError:
        assert seen == 2
