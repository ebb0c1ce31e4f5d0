"""Wrong screens and what is said about them: every file of bad/ has its messages beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screener.errors import ScreenError
from screener.language.resolve import check_file, load_screen

BAD = Path(__file__).parent / "bad"
FILES = sorted(BAD.rglob("*.yaml"))
# File, first and last of the lines that are all wrong.
WRONG_LINES = (
    ("kinds", 2, 18), ("units", 2, 8), ("history", 2, 19), ("syntax", 2, 22), ("history_new", 2, 17), ("params", 2, 15),
    ("params", 19, 23), ("groups", 2, 15),
)  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_messages(path: Path, golden: Callable[[str, Path], None]) -> None:
    """Every problem of a wrong screen is told at once, with its place, the line, a caret and a hint."""
    problems = check_file(path)
    assert problems
    rendered = "\n\n".join(replace(problem, path=Path(problem.path).name).render() for problem in problems) + "\n"
    golden(rendered, path.with_suffix(".expected.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_loading_raises_the_same_problems(path: Path) -> None:
    """Loading a wrong screen raises one error that carries what checking lists, in the order of the lines."""
    problems = check_file(path)
    places = [(problem.path != str(path), problem.line, problem.column) for problem in problems]
    assert places == sorted(places)
    if all(problem.severity == "warning" for problem in problems):
        assert load_screen(path).warnings == problems
        return
    with pytest.raises(ScreenError) as caught:
        load_screen(path)
    assert caught.value.problems == problems


def test_mistakes_one_by_one() -> None:
    """Sixty files and more hold one mistake each; it is told once (twice where YAML cuts it in two), with a place."""
    files = [path for path in FILES if path.parent.name == "one"]
    assert len(files) >= 60
    found = {path.stem: check_file(path) for path in files}
    several = {stem for stem, problems in found.items() if len(problems) != 1}
    assert several == {"alias_bomb", "key_misspelt", "unquoted_flow"}
    for stem, problems in found.items():
        for problem in problems:
            assert problem.line, stem
            assert problem.column, stem
            assert problem.code, stem
    speechless = {stem for stem, problems in found.items() if not all(problem.hint for problem in problems)}
    assert len(speechless) <= 12, speechless


def test_every_rule_of_a_wrong_file_is_wrong() -> None:
    """Each line of the wrong expressions has its own problem: none hides behind another."""
    for stem, first, last in WRONG_LINES:
        lines = {problem.line for problem in check_file(BAD / f"{stem}.yaml")}
        assert set(range(first, last + 1)) <= lines, f"{stem}: {sorted(set(range(first, last + 1)) - lines)}"


def test_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is a problem with its path, not a Python error."""
    with pytest.raises(ScreenError) as caught:
        load_screen(tmp_path / "none.yaml")
    assert "none.yaml" in caught.value.render()


def test_large_file_is_refused_unread(tmp_path: Path) -> None:
    """A file above 256 KB is refused by its size."""
    path = tmp_path / "large.yaml"
    path.write_bytes(b"rules: [roic > 5%]\n" + b"#" * 256 * 1024)
    (problem,) = check_file(path)
    assert problem.message == "the file is larger than 256 KB"
