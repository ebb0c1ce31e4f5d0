"""``run --watch``: the list again after each change, what changed in it, problems in its place, Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from screener import api
from screener.cli import run, watch
from screener.engine.changes import Changes, changes_between
from screener.engine.result import Row
from screener.errors import OutputError, ScreenError
from screener.output.changes import MOST, render_changes
from tests.engine.lakes import company, make_lake, price, quarter

SCREEN = "rules: [revenue > 150M]\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A of 100M revenue, B of 200M, C of 300M; A has the largest market value, C the smallest. s.yaml takes B and C."""
    rows = [
        quarter(n, date(2023, 12, 31), date(2024, 2, 15), 200, shares_outstanding=10e6, revenue=n * 100e6)
        for n in (1, 2, 3)
    ]
    prices = [price(1, 50.0), price(2, 40.0), price(3, 30.0)]
    make_lake(tmp_path, [company(1, "A"), company(2, "B"), company(3, "C")], rows, prices).close()
    (tmp_path / "s.yaml").write_text(SCREEN)
    (tmp_path / "m.yaml").write_text("mine: revenue / 2\n")
    monkeypatch.chdir(tmp_path)
    return str(tmp_path / "data")


def watched(data: str, *steps: Callable[[], object], show: Callable[[api.Result], None] | None = None) -> list[str]:
    """Watch s.yaml while the steps are taken, three looks apart, then Ctrl-C; return the tickers of each list."""
    lists: list[str] = []
    left = [look for step in steps for look in (step, None, None)]

    def pause(_seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        if (step := left.pop(0)) is not None:
            step()

    def listed(result: api.Result) -> None:
        lists.append("".join(str(row.ticker) for row in result.rows))

    watch.watch_screen("s.yaml", show or listed, data, None, None, ["m.yaml"], pause=pause)
    return lists


def writes(text: str, name: str = "s.yaml") -> Callable[[], object]:
    """Return a step that saves a file."""
    return lambda: Path(name).write_text(text)


def test_a_changed_screen_runs_again(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each save gives a list and what became of whom; the same content again gives nothing."""
    lists = watched(data, writes("rules: [revenue < 250M]\n"), writes("rules: [revenue  <  250M]\n"), writes(SCREEN))
    assert lists == ["BC", "AB", "AB", "BC"]
    said = capsys.readouterr().err
    assert "watching s.yaml, m.yaml; Ctrl-C ends" in said
    assert (
        "Since the last run: 1 entered, 1 left, 1 moved\n  entered  A (1)\n  left     C (2)\n  moved    B 1→2\n" in said
    )
    assert "Since the last run: the same names in the same order\n" in said


def test_the_same_content_is_not_run_again(data: str) -> None:
    """A save without a change, and a file of metrics that the screen does not use, give nothing."""
    assert watched(data, writes(SCREEN), writes("mine: revenue / 4\n", "m.yaml")) == ["BC"]


def test_metrics_of_the_author_are_watched(data: str) -> None:
    """A change in a file of metrics that the screen uses runs it again."""
    steps = [writes("rules: [mine > 100M]\n"), writes("mine: revenue * 2\n", "m.yaml")]
    assert watched(data, *steps) == ["BC", "C", "ABC"]


def test_problems_are_shown_and_the_next_save_awaited(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong screen and a missing one show what is wrong; the first good one its list, compared with the last."""
    steps = [writes("rules: [revenu > 1]\n"), writes(SCREEN)]
    assert watched(data, *steps) == ["BC", "BC"]
    said = capsys.readouterr().err
    assert "s.yaml:1:9: error: unknown name 'revenu'" in said
    assert "the same names in the same order" in said


def test_it_begins_with_a_wrong_screen_but_not_without_one(data: str) -> None:
    """A wrong screen is there to be mended; a wrong name is an error at once."""
    Path("s.yaml").write_text("rules: [revenu > 1]\n")
    assert watched(data, writes(SCREEN)) == ["BC"]
    with pytest.raises(ScreenError, match="there is no screen 'nowhere'"):
        watch.watch_screen("nowhere", lambda _result: None, data, None, None, None)


def test_a_list_that_cannot_be_written(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said, and the next change awaited."""
    shown = 0

    def show(_result: api.Result) -> None:
        nonlocal shown
        shown += 1
        raise OutputError("list.xlsx is open elsewhere")

    watched(data, writes("rules: [revenue < 250M]\n"), show=show)
    assert shown == 2
    assert capsys.readouterr().err.count("list.xlsx is open elsewhere") == 2


def test_the_command_ends_with_zero(data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option prints the list in its format; Ctrl-C is the way to end it."""

    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(watch.watch_screen.__kwdefaults__, "pause", interrupted)
    done = CliRunner().invoke(run.command, ["s.yaml", "--data", data, "--watch", "--format", "csv"])
    assert done.exit_code == 0
    assert [line[:3] for line in done.stdout.splitlines()] == ["ran", "1,B", "2,C"]
    refused = CliRunner().invoke(run.command, ["s.yaml", "--watch", "--fail-empty"])
    assert (refused.exit_code, "exclude each other" in refused.stderr) == (2, True)


def test_the_largest_move_comes_first(data: str) -> None:
    """Moves are sorted by how far they went; names beyond the limit have left the list."""
    before = api.run("s.yaml", data=data)
    Path("s.yaml").write_text("rules: [revenue > 50M]\nlimit: 2\n")
    found = changes_between(before, api.run("s.yaml", data=data))
    assert [row.ticker for row in found.entered] == ["A"]
    assert [row.ticker for row in found.left] == ["C"]
    assert [(old.rank, row.rank) for old, row in found.moved] == [(1, 2)]
    assert found.passed == (2, 3)
    assert "; 3 names passed, 2 before" in render_changes(found)


def test_long_changes_are_cut() -> None:
    """At most twenty names stand in a line of names, which breaks at the width; a name without a ticker has its own."""
    rows = tuple(Row(k, k, None, None, f"N{k}", "", None, ()) for k in range(1, MOST + 4))
    text = render_changes(Changes(rows, (), (), (5, 5)), width=40)
    assert text.startswith(f"Since the last run: {MOST + 3} entered\n  entered  N1 (1), N2 (2)")
    assert " ".join(text.split()).endswith(f"N{MOST} ({MOST}), and 3 more")
    assert max(map(len, text.splitlines())) <= 40
