"""Formats on the command line: `--format`, `-o FORMAT=FILE`, `--sidecar`, `schema --of`."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from screener import api
from screener.cli.main import main, root
from screener.output import writers
from screener.output.result_schema import result_schema, sidecar_schema
from screener.output.writers import TEXT_NAMES

RUN = ("run", "quality-value", "--limit", "3")


def call(*arguments: str) -> tuple[str, str]:
    """Return stdout and stderr of a command that succeeds."""
    done = CliRunner().invoke(root, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout, done.stderr


def test_every_text_format_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output takes each of them, and has all three names in it."""
    result = api.run("quality-value", limit=3)
    monkeypatch.setattr(api, "run", lambda *_given, **_named: result)
    texts = {name: call(*RUN, "--format", name)[0] for name in TEXT_NAMES}
    tickers = texts["tickers"].split()
    assert len(tickers) == 3
    assert [(name, ticker) for name, text in texts.items() for ticker in tickers if ticker not in text] == []


def test_a_name_without_a_ticker_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A watchlist cannot hold it, in a file or on standard output; other formats can."""
    result = api.run("quality-value", limit=3)
    rows = (dataclasses.replace(result.rows[0], ticker=None, name="Nameless \x1b[31mCorp"), *result.rows[1:])
    monkeypatch.setattr(api, "run", lambda *_given, **_named: dataclasses.replace(result, rows=rows))
    _, told = call(*RUN, "--format", "yahoo", "-o", f"tickers={tmp_path / 'a.txt'}", "-o", str(tmp_path / "a.csv"))
    lines = [line for line in told.splitlines() if line.startswith("left out")]
    assert lines == [f"left out of {name}, as they have no ticker: Nameless Corp" for name in ("tickers", "yahoo")]


def test_a_watchlist_and_its_sidecar(tmp_path: Path) -> None:
    """`-o tradingview=FILE` writes one line with exchanges; the sidecar has its hash."""
    target = tmp_path / "picks.txt"
    _, told = call(*RUN, "-o", f"tradingview={target}", "--sidecar")
    symbols = target.read_text(encoding="utf-8").strip().split(",")
    assert [symbol.partition(":")[0] in {"NYSE", "NASDAQ", "AMEX", "OTC"} for symbol in symbols] == [True] * 3
    beside = json.loads((tmp_path / "picks.txt.run.json").read_bytes())
    assert beside["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert f"wrote {target}" in told


def test_a_sidecar_needs_a_file() -> None:
    """Without -o there is nothing that it could stand beside."""
    done = CliRunner().invoke(root, [*RUN, "--sidecar"])
    assert done.exit_code == 2
    assert "name one with -o" in done.stderr


@pytest.mark.parametrize(("target", "hint"), [("csv=", "csv=FILE"), ("out.doc", ".parquet")])
def test_a_target_is_refused_before_the_run(target: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A format without a file, and a suffix of no format, end with 2 and the hint."""
    with pytest.raises(SystemExit) as caught:
        main([*RUN, "-o", target])
    shown = capsys.readouterr()
    assert (caught.value.code, shown.out) == (2, "")
    assert hint in shown.err


def test_the_schemas_of_outputs_are_printed() -> None:
    """`--of` names what the schema is of; `--metrics` is the short form of one."""
    assert json.loads(call("schema", "--of", "result")[0]) == result_schema()
    assert json.loads(call("schema", "--of", "sidecar")[0]) == sidecar_schema()
    assert call("schema", "--of", "metrics") == call("schema", "--metrics")
    assert call("schema", "--of", "screen") == call("schema")


@pytest.mark.parametrize("ending", [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_an_interrupted_write_leaves_the_old_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ending: tuple[signal.Signals, int, str],
) -> None:
    """Ctrl-C and SIGTERM while a file is written: its exit code, the old file whole, no part of the new one."""
    number, code, word = ending
    result = api.run("quality-value", limit=3)
    monkeypatch.setattr(api, "run", lambda *_given, **_named: result)
    monkeypatch.setattr(writers.os, "fsync", lambda _handle: os.kill(os.getpid(), number))
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(SystemExit) as caught:
        main([*RUN, "-o", str(target)])
    assert (caught.value.code, capsys.readouterr().err.strip()) == (code, word)
    assert (target.read_text(), [path.name for path in tmp_path.iterdir()]) == ("old", ["a.csv"])
