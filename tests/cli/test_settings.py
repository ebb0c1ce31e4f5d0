"""Parameters and watchlists on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.test_commands import screener

SCREEN = "params: {least: {default: 5%, min: 0%, max: 50%}}\nrules: [roic >= $least]\nrank: [roic]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a screen that has a parameter."""
    (tmp_path / "mine.yaml").write_text(SCREEN, encoding="utf-8")
    return tmp_path


def test_set_and_watchlist(folder: Path) -> None:
    """Both narrow the list; the notes and the hash say so."""
    plain = json.loads(screener("run", "mine.yaml", "--format", "json", cwd=folder).stdout)
    strict = json.loads(screener("run", "mine.yaml", "--set", "least=20%", "--format", "json", cwd=folder).stdout)
    assert 0 < strict["funnel"][-1]["remaining"] < plain["funnel"][-1]["remaining"]
    assert "set: least = 20% (default 5%)" in strict["run"]["notes"]
    assert strict["run"]["hashes"]["screen"] != plain["run"]["hashes"]["screen"]
    tickers = [row["ticker"] for row in plain["rows"][:3]]
    (folder / "mine.txt").write_text("\n".join([*tickers, "NOBODY"]), encoding="utf-8")
    done = screener("run", "mine.yaml", "--watchlist", "mine.txt", "--format", "csv", cwd=folder)
    assert [row["ticker"] for row in csv.DictReader(io.StringIO(done.stdout))] == tickers
    told = screener("run", "mine.yaml", "--watchlist", "mine.txt", cwd=folder).stdout
    assert "NOBODY" in told


@pytest.mark.parametrize("verb", [("run",), ("check", "--no-data"), ("sql",)])
def test_a_value_out_of_its_limits(folder: Path, verb: tuple[str, ...]) -> None:
    """All verbs refuse it with the place of the parameter and the limit."""
    done = screener(*verb, "mine.yaml", "--set", "least=60%", cwd=folder)
    assert done.returncode == 2
    assert "mine.yaml:1:10" in done.stdout + done.stderr
    assert "at most 50%" in done.stdout + done.stderr


def test_what_is_no_setting(folder: Path) -> None:
    """A setting without = is a usage error, an unknown name has a suggestion, a file that is not there is named."""
    assert "NAME=VALUE" in screener("run", "mine.yaml", "--set", "least", cwd=folder).stderr
    assert "did you mean 'least'?" in screener("sql", "mine.yaml", "--set", "leest=3%", cwd=folder).stderr
    assert "no.txt" in screener("run", "mine.yaml", "--watchlist", "no.txt", cwd=folder).stderr


def test_explain_and_sql(folder: Path) -> None:
    """The explanation and the query are those of the value that is set."""
    assert "0.2" in screener("sql", "mine.yaml", "--set", "least=20%", cwd=folder).stdout
    listed = json.loads(screener("run", "mine.yaml", "--format", "json", cwd=folder).stdout)["rows"][-1]["ticker"]
    done = screener("explain", "mine.yaml", listed, "--set", "least=50%", cwd=folder)
    assert "Not on the list: 1 rule not met" in done.stdout
