"""docs/editor.md and the pre-commit hook are true: commands run, patterns match what check prints, tickers complete."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.test_commands import ROOT, screener
from tests.cli.test_names import completed

PAGE = (ROOT / "docs" / "editor.md").read_text(encoding="utf-8")
TOLD = "unknown name 'roicc' (did you mean 'roic'?) [unknown-name]"
COMMANDS = re.findall(r"^\$ screener (.*)$", PAGE, re.MULTILINE)


def blocks(language: str) -> list[str]:
    """Return the page's fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A folder with a wrong screen in it."""
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "mine.yaml").write_text("name: Mine\nrules:\n  - roicc > 5%\n")
    return tmp_path


def test_commands_run_one_after_the_other(tmp_path: Path) -> None:
    """What the page tells to type ends with exit code 0, and the new screen has the line that the page shows."""
    for command in COMMANDS:
        done = screener(*command.split(), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert COMMANDS[0].startswith("new mine")
    modeline = blocks("yaml")[0].strip()
    assert (tmp_path / "screens" / "mine.yaml").read_text().splitlines()[0] == modeline
    assert (tmp_path / "screens" / modeline.split("=")[1]).read_text() == screener("schema", cwd=tmp_path).stdout


def test_vs_code_finds_the_problems(wrong: Path) -> None:
    """The task's command prints lines that its problem matcher takes apart."""
    _, tasks = (json.loads(text) for text in blocks("json"))
    (task,) = tasks["tasks"]
    assert task["command"] == "screener"
    arguments = [word.replace("${relativeFile}", "screens/mine.yaml") for word in task["args"]]
    pattern = task["problemMatcher"]["pattern"]
    (match,) = [re.search(pattern["regexp"], line) for line in screener(*arguments, cwd=wrong).stdout.splitlines()]
    assert match is not None
    assert {key: match[pattern[key]] for key in ("file", "line", "column", "severity", "message")} == {
        "file": "screens/mine.yaml", "line": "3", "column": "5", "severity": "error", "message": TOLD,
    }  # fmt: skip
    # Warnings of lint have a code, which must not hide them from the editor.
    (wrong / "screens" / "mine.yaml").write_text("name: Mine\nrules:\n  - price / eps_diluted < 15\n")
    warned = [re.search(pattern["regexp"], line) for line in screener(*arguments, cwd=wrong).stdout.splitlines()]
    places = {tuple(found[pattern[key]] for key in ("line", "column", "severity")) for found in warned if found}
    assert ("3", "5", "warning") in places
    assert all(warned)


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
def test_vim_finds_the_problems(wrong: Path) -> None:
    """With the page's settings, the quickfix list has the place, the kind and the message of the problem alone."""
    (settings,) = blocks("vim")
    (wrong / "vimrc").write_text(settings)
    (wrong / "out").write_text(
        screener("check", "--no-data", "--format", "editor", "screens/mine.yaml", cwd=wrong).stdout
    )
    script = (
        "call writefile([&makeprg], 'make') | cgetfile out | call writefile(map(filter(getqflist(), 'v:val.valid'),"
        " {_, v -> json_encode([bufname(v.bufnr), v.lnum, v.col, v.type, v.text])}), 'found') | qall!"
    )
    command = ["vim", "-N", "-es", "-u", "vimrc", "screens/mine.yaml", "-c", script]
    subprocess.run(command, cwd=wrong, check=False, timeout=20, stdin=subprocess.DEVNULL)
    assert (wrong / "make").read_text() == "screener check --no-data --format editor %:S\n"
    (line,) = (wrong / "found").read_text().splitlines()
    assert json.loads(line) == ["screens/mine.yaml", 3, 5, "e", TOLD]


def test_the_hook_finds_the_problems(wrong: Path) -> None:
    """The hook takes the YAML files of screens/ and its entry fails on a wrong one, passes on a right one."""
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    used = yaml.safe_load(blocks("yaml")[1])["repos"][0]["hooks"]
    assert [entry["id"] for entry in used] == [hook["id"]] == ["screener-check"]
    taken = [path for path in ("screens/a.yaml", "screens/deep/b.yml", "docs/c.yaml", "screens/screen.schema.json")
             if re.search(hook["files"], path)]  # fmt: skip
    assert taken == ["screens/a.yaml", "screens/deep/b.yml"]
    program, *arguments = shlex.split(hook["entry"])
    assert program == "screener"
    done = screener(*arguments, "screens/mine.yaml", cwd=wrong)
    assert (done.returncode, done.stdout.split(": ")[0]) == (2, "screens/mine.yaml:3:5")
    (wrong / "screens" / "mine.yaml").write_text("rules: [roic > 5%]\n")
    assert screener(*arguments, "screens/mine.yaml", cwd=wrong, SCREENER_DATA="/nowhere").returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_as_the_page_says(shell: str, tmp_path: Path) -> None:
    """The page's line asks for the script of the shell, and there is one."""
    (line,) = blocks(shell)
    assert f"_SCREENER_COMPLETE={shell}_source screener" in line
    assert "screener" in screener(cwd=tmp_path, _SCREENER_COMPLETE=f"{shell}_source").stdout


def test_bash_completes(tmp_path: Path) -> None:
    """After the page's line, bash offers the saved screens that begin with the word."""
    program = tmp_path / "screener"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m screener "$@"\n')
    program.chmod(0o755)
    script = (
        f'PATH="{tmp_path}:$PATH"; {blocks("bash")[0]}'
        "COMP_WORDS=(screener run quality-v); COMP_CWORD=2; _screener_completion screener quality-v run; "
        'echo "${COMPREPLY[0]}"'
    )
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "quality-value\n", done.stderr


def test_tickers_are_completed(tmp_path: Path) -> None:
    """Tickers of the data set that begin with the letters, in any case, and none without a data set; never an error."""
    assert "ZJARG" in completed("screener explain quality-value ZJ", tmp_path)
    assert "ZJARG" in completed("screener show zja", tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    for data in ("nowhere", "."):
        words = {"COMP_WORDS": f"screener show --data {data} ZJ", "COMP_CWORD": "4"}
        done = screener(cwd=tmp_path, _SCREENER_COMPLETE="bash_complete", **words)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


def test_completion_is_quick(tmp_path: Path) -> None:
    """A ticker is completed within 0.4 s of processor time, whatever else the machine does."""
    before = os.times()
    completed("screener show Z", tmp_path)
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert 0 < spent < 0.4
