"""New screens: names, templates, copies with their comments, and what is never overwritten."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from screener.errors import OutputError, ScreenError
from screener.language import new
from screener.language.library import shipped_folder
from screener.language.resolve import KEYS, check_screen, parse_screen
from screener.language.schema import KEY_HELP
from screener.language.template import template

SHIPPED = sorted(shipped_folder("screens").glob("*.yaml"))


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_template_passes_and_speaks_of_every_key() -> None:
    """As it is and with everything that it only speaks of, it is a right screen; no key of the language is missing."""
    text = template("mine", "Mine")
    assert [problem.render() for problem in check_screen(text)] == []
    head, more = text.split("\n## ", 1)
    used = head + "\n## " + re.sub(r"^# ", "", more, flags=re.MULTILINE)
    assert [problem.render() for problem in check_screen(used)] == []
    for key in KEYS:
        assert re.search(rf"^{key}:", used, re.MULTILINE), key
        assert KEY_HELP[key] in used
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_copy_is_its_parent_but_for_its_name(path: Path) -> None:
    """Name, description and the line for editors differ; every other line, comments too, is the parent's."""
    written = new.new_screen("my-own", path)
    lines, parents = written.path.read_text().splitlines(), path.read_text().splitlines()
    assert lines[0] == "# yaml-language-server: $schema=screen.schema.json"
    differing = [(old, now) for old, now in zip(parents, lines[1:], strict=True) if old != now]
    assert [now.split(":")[0] for _, now in differing] == ["name", "description"]
    screen, parent = parse_screen(written.path.read_text()), parse_screen(path.read_text())
    assert screen.title == "My own"
    assert screen.description == f"From {path.stem}. {parent.description}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name:  'A: b'   # why\nrules: [roic > 1%]\n", "description: D. e\nname:  T   # why\nrules: [roic > 1%]\n"),
        ("# head\nrules: [roic > 1%]\n", "# head\nname: T\ndescription: D. e\nrules: [roic > 1%]\n"),
        ("{rules: [roic > 1%]}", "{name: T, description: D. e, rules: [roic > 1%]}"),
        ("name:\ndescription:\nrank: [roic]\n", "name: T\ndescription: D. e\nrank: [roic]\n"),
        (
            "description: >-\n  a\n  b\n\n# after\nname: |\n  x\nrank: [roic]\n",
            "description: D. e\n\n# after\nname: T\nrank: [roic]\n",
        ),
        (
            "rules:\r\n  name: [roic > 1%]\r\n",
            "name: T\r\ndescription: D. e\r\nrules:\r\n  name: [roic > 1%]\r\n",
        ),
    ],
)
def test_only_the_two_texts_are_changed(text: str, expected: str) -> None:
    """Quoted, empty and folded texts are replaced where they stand; where there is none, one is put first."""
    assert new.adapted(text, "T", "D. e") == expected
    assert check_screen(expected) == ()


def test_a_text_is_quoted_where_it_must_be() -> None:
    """A description with ': ', ' #', commas or braces is still one text, also in a screen within { }."""
    for parent in ("rank: [roic]\n", "{rank: [roic]}", "{name: x, description: y, rank: [roic]}"):
        text = new.adapted(parent, "T", "a: b, c} #d 'e'")
        assert parse_screen(text).description == "a: b, c} #d 'e'"


def test_the_line_for_editors_stands_once() -> None:
    """A parent's own line is replaced, whatever stands before it."""
    text = "# why\n\n#yaml-language-server: $schema=http://x\nrank: [roic]\n"
    assert new.with_modeline(text) == f"{new.MODELINE}\n# why\n\nrank: [roic]\n"


@pytest.mark.parametrize(
    "name", ["", "../x", "a/b", "a\\b", ".hidden", "-x", "a b", "x" * 81, "a\0b", "a\n", "ä", ".."]
)
def test_what_is_no_name(name: str, tmp_path: Path) -> None:
    """Paths, hidden files, options and blanks are refused, and nothing is written."""
    with pytest.raises(ScreenError, match="cannot be the name of a screen"):
        new.new_screen(name)
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_is_no_part_of_the_name() -> None:
    """NAME.yaml means NAME."""
    assert new.checked_name("mine.yaml") == new.checked_name("mine.yml") == "mine"


def test_nothing_is_overwritten_without_force(tmp_path: Path) -> None:
    """Neither a screen, with either suffix, nor what a link points to; --force replaces, the link itself."""
    (tmp_path / "screens").mkdir()
    (tmp_path / "secret").write_text("keep")
    old, link = tmp_path / "screens" / "old.yml", tmp_path / "screens" / "link.yaml"
    old.write_text("mine")
    link.symlink_to(tmp_path / "secret")
    (tmp_path / "screens" / "nowhere.yaml").symlink_to(tmp_path / "not-there")
    for name in ("old", "link", "nowhere"):
        with pytest.raises(ScreenError, match="is there already"):
            new.new_screen(name)
    assert old.read_text() == "mine"
    assert new.new_screen("old", force=True).path.name == "old.yml"
    new.new_screen("link", force=True)
    assert "universe:" in old.read_text()
    assert (tmp_path / "secret").read_text() == "keep"
    assert not (tmp_path / "not-there").exists()
    assert sorted(path.name for path in old.parent.iterdir()) == [
        "link.yaml", "nowhere.yaml", "old.yml", "screen.schema.json",
    ]  # fmt: skip


def test_the_schema_is_written_once(tmp_path: Path) -> None:
    """It is beside the first screen; one that says something else is left and told of."""
    first = new.new_screen("one")
    assert first.schema == Path("screens/screen.schema.json")
    assert json.loads(first.schema.read_text())["title"] == "A screen"
    assert new.new_screen("two").schema is None
    first.schema.write_text("{}")
    third = new.new_screen("three")
    assert (third.schema, third.old_schema, first.schema.read_text()) == (None, True, "{}")


def test_a_shipped_name_is_told_of() -> None:
    """In ./screens it hides the shipped screen; in another folder it does not."""
    assert new.new_screen("quality-value").hides
    assert not new.new_screen("quality-value", folder=Path("elsewhere")).hides
    assert not new.new_screen("mine").hides


def test_a_wrong_parent_is_not_copied(tmp_path: Path) -> None:
    """Its problems are told, and nothing is written."""
    (tmp_path / "wrong.yaml").write_text("rules: [roicc > 5%]")
    with pytest.raises(ScreenError) as caught:
        new.new_screen("mine", Path("wrong.yaml"))
    assert caught.value.problems[0].path == "wrong.yaml"
    assert not (tmp_path / "screens").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """It is told which."""
    (tmp_path / "screens").write_text("a file")
    with pytest.raises(OutputError, match="screens cannot be written"):
        new.new_screen("mine")
