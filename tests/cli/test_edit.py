"""``new`` and ``edit`` on the command line, with editors that are small scripts."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli import edit, new
from screener.errors import ScreenError
from screener.language.library import shipped_folder

GOOD, WRONG = "rules: [roic > 5%]\n", "name: S\nrules:\n  - roicc > 5%\n"


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCREENER_METRICS", raising=False)
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "mine.yaml").write_text(GOOD)


def editor(monkeypatch: pytest.MonkeyPatch, *texts: str | None, name: str = "vim", code: int = 0) -> Path:
    """Make an editor that saves one text after the other (None: nothing), and notes how it was called."""
    calls, script = Path("calls").resolve(), Path(name).resolve()
    script.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        f"calls = pathlib.Path({str(calls)!r})\n"
        "before = calls.read_text() if calls.exists() else ''\n"
        "calls.write_text(before + ' '.join(sys.argv[1:]) + '\\n')\n"
        f"text = {texts!r}[before.count('\\n')]\n"
        "if text is not None:\n"
        "    pathlib.Path(sys.argv[-1]).write_text(text)\n"
        f"sys.exit({code})\n"
    )
    script.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", shlex.quote(str(script)))
    return calls


def edited(*arguments: str, keys: str = "") -> Result:
    """Run ``screener edit``; a ScreenError is raised."""
    done = CliRunner().invoke(edit.command, list(arguments), input=keys)
    if isinstance(done.exception, ScreenError):
        raise done.exception
    return done


def test_a_right_screen_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor gets the file, and when it is closed the check is said."""
    calls = editor(monkeypatch, "rules: [roic > 6%]\n")
    done = edited("mine")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "screens/mine.yaml checked, no errors\n")
    assert calls.read_text() == "screens/mine.yaml\n"


def test_without_a_terminal_problems_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are printed as by check, nobody is asked, and the exit code is 2."""
    calls = editor(monkeypatch, WRONG)
    done = edited("mine", keys="y\n")
    assert done.exit_code == 2
    assert done.stdout.startswith("screens/mine.yaml:3:5: error: unknown name 'roicc'")
    assert done.stderr == "screens/mine.yaml checked, 1 problem\n"
    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize("answer", ["\n", "y\n"])
def test_a_terminal_is_asked_and_the_editor_opens_at_the_problem(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Enter and y open it again, at the line of the first problem, until it is right."""
    monkeypatch.setattr(edit, "_asked", lambda: True)
    calls = editor(monkeypatch, WRONG, None, GOOD)
    done = edited("mine", keys=answer * 2)
    assert done.exit_code == 0
    assert "Open it again at line 3? [Y/n]" in done.stderr
    assert calls.read_text().splitlines() == ["screens/mine.yaml", *["+3 screens/mine.yaml"] * 2]


def test_no_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer of n leaves the screen as it is, with exit code 2."""
    monkeypatch.setattr(edit, "_asked", lambda: True)
    editor(monkeypatch, WRONG)
    assert edited("mine", keys="n\n").exit_code == 2
    assert Path("screens/mine.yaml").read_text() == WRONG


def test_a_screen_that_is_wrong_already_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be mended can be edited."""
    Path("screens/mine.yaml").write_text("rules: [")
    editor(monkeypatch, GOOD)
    assert edited("mine").exit_code == 0


def test_a_shipped_screen_is_copied_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is edited, its text is the shipped one after the line for editors, and it is said."""
    calls = editor(monkeypatch, None)
    done = edited("low-debt")
    assert done.exit_code == 0
    assert "'low-debt' comes with screener and stays as it is" in done.stderr
    assert calls.read_text() == "screens/low-debt.yaml\n"
    modeline, rest = Path("screens/low-debt.yaml").read_text().split("\n", 1)
    assert modeline.startswith("# yaml-language-server:")
    assert rest == (shipped_folder("screens") / "low-debt.yaml").read_text()
    assert Path("screens/screen.schema.json").is_file()


def test_own_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check knows the metrics of a file."""
    Path("m.yaml").write_text("mine_yield: fcf / ev\n")
    editor(monkeypatch, "rules: [mine_yield > 5%]\n")
    assert edited("mine", "--metrics", "m.yaml").exit_code == 0


def test_what_goes_wrong_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """No such screen, no such editor, an editor that fails."""
    editor(monkeypatch, None, code=3)
    with pytest.raises(ScreenError, match="ended with code 3"):
        edited("mine")
    with pytest.raises(ScreenError, match="there is no screen 'mien'") as caught:
        edited("mien")
    assert "did you mean 'mine'?" in caught.value.hint
    assert "screener new NAME" in caught.value.hint
    monkeypatch.setenv("VISUAL", "/nowhere/vim")
    with pytest.raises(ScreenError, match="the editor '/nowhere/vim' cannot be started: No such file"):
        edited("mine")


def test_new_says_what_it_wrote() -> None:
    """The screen and the schema, an old schema, a hidden name."""
    done = CliRunner().invoke(new.command, ["low-debt", "--from", "deep-value"])
    assert done.exit_code == 0
    assert "wrote screens/low-debt.yaml and, for editors, screens/screen.schema.json\n" in done.stderr
    assert "'low-debt' comes with screener, too" in done.stderr
    Path("screens/screen.schema.json").write_text("{}")
    done = CliRunner().invoke(new.command, ["other", "--dir", "screens"])
    assert "renew it with: screener schema > screens/screen.schema.json" in done.stderr
    done = CliRunner().invoke(new.command, ["other", "--dir", "elsewhere"])
    assert "# `screener run other.yaml`" in Path("elsewhere/other.yaml").read_text()
