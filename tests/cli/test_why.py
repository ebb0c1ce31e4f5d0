"""The commands that ask why, as processes: their formats, their errors, and Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.test_commands import ROOT, screener


@pytest.mark.parametrize("command", ["funnel", "near", "unknown"])
def test_a_wrong_screen_is_exit_code_two(tmp_path: Path, command: str) -> None:
    """A screen that is not there is named, with a suggestion; nothing is printed to stdout."""
    done = screener(command, "quality-valu", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "quality-value" in done.stderr


def test_near_limit_and_json(tmp_path: Path) -> None:
    """`--limit` shows so many and says how many there are."""
    done = screener("near", "quality-value", "--limit", "3", "--format", "json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert len(found["rows"]) == 3 < found["run"]["near"]
    shares = [-row["distance_pct"] for row in found["rows"]]
    assert shares == sorted(shares)


def test_explain_formats(tmp_path: Path) -> None:
    """CSV and Markdown of an explanation begin as tables do."""
    ticker = json.loads(screener("near", "quality-value", "--limit", "1", "--format", "json", cwd=tmp_path).stdout)
    name = ticker["rows"][0]["ticker"]
    assert screener("explain", "quality-value", name, "--format", "csv", cwd=tmp_path).stdout.startswith("kind,group,")
    assert screener("explain", "quality-value", name, "--format", "markdown", cwd=tmp_path).stdout.startswith("# ")


def test_holds_names_broken_screens(tmp_path: Path) -> None:
    """A saved screen with errors is named on stderr and left out; the others are run."""
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "bad.yaml").write_text("rules:\n  - net_incme > 0\n")
    (tmp_path / "screens" / "mine.yaml").write_text("name: Mine\nrules:\n  - market_cap > 0\n")
    done = screener("holds", "ZJARG", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0
    assert "net_income" in done.stderr
    assert "bad" not in done.stdout
    assert "\nmine,Mine,held," in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
def test_interrupted(tmp_path: Path) -> None:
    """Ctrl-C while the screens are run ends with 130, prints nothing to stdout and no traceback."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    environment.pop("SCREENER_DATA", None)
    # It says when the first screen is about to run: a fixed wait would be too early or too late.
    code = (
        "import sys, screener.engine.holds as holds\n"
        "from screener.cli.main import main\n"
        "run = holds.run_screen\n"
        "def slow(*given):\n"
        "    print('running', file=sys.stderr, flush=True)\n"
        "    while True:\n"
        "        run(*given)\n"
        "holds.run_screen = slow\n"
        "main(['holds', 'ZJARG'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == "running\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    said, complaint = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert "Traceback" not in complaint
    assert "interrupted" in complaint
