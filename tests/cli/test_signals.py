"""A build that is asked to end says so with its exit code, whatever was running when the signal came."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import screener.build
from screener.cli.main import main
from screener.cli.signals import Stoppable, TerminatedError
from screener.errors import DataError
from screener.lake.files import write_ordered

SCHEMA = pa.schema([("number", pa.int64())])
SIGNALS = [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]


def _ordinary(number: int, _: Path) -> None:
    signal.raise_signal(number)


def _while_duckdb_reads_our_rows(number: int, folder: Path) -> None:
    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch([pa.array([1])], schema=SCHEMA)
        signal.raise_signal(number)

    write_ordered(SCHEMA, batches(), folder / "rows.parquet")


def _while_duckdb_computes(number: int, _: Path) -> None:
    later = threading.Timer(0.2, os.kill, (os.getpid(), number))
    with duckdb.connect() as con:
        con.execute("SET threads = 1")  # with more, the main thread may only wait, and Python hears no signal
        later.start()
        con.execute("SELECT sum(hash(range)) FROM range(1_000_000_000_000)")


def _while_another_error_is_handled(number: int, _: Path) -> None:
    try:
        signal.raise_signal(number)
    finally:
        raise DataError("a file that is only half there")


def _where_nothing_can_be_raised(number: int, _: Path) -> None:
    class Thrown:
        def __del__(self) -> None:
            signal.raise_signal(number)

    Thrown()


MOMENTS = [
    _ordinary,
    _while_duckdb_reads_our_rows,
    _while_duckdb_computes,
    _while_another_error_is_handled,
    _where_nothing_can_be_raised,
]


@pytest.mark.parametrize("ending", SIGNALS)
@pytest.mark.parametrize("moment", MOMENTS, ids=[moment.__name__[1:] for moment in MOMENTS])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_ends_a_build_at_any_moment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    moment: Callable[[int, Path], None],
    ending: tuple[int, int, str],
) -> None:
    """The exit code is that of the signal and one word says it, also where a library makes another error of it."""
    number, code, said = ending
    published = False

    def build(*_: Any, progress: Callable[[str], None], **__: Any) -> None:
        nonlocal published
        moment(number, tmp_path)
        progress("verifying and publishing")
        published = True

    monkeypatch.setattr(screener.build, "build_data", build)
    before = signal.getsignal(number)
    with pytest.raises(SystemExit) as ended:
        main(["data", "build", str(tmp_path / "out"), "--sec", str(tmp_path)])
    assert ended.value.code == code
    assert capsys.readouterr().err.splitlines()[-1] == said
    assert not published
    assert signal.getsignal(number) is before


def test_errors_without_a_signal_stay_what_they_are() -> None:
    """Nobody asked: an error is an error, and an end is an end."""
    with pytest.raises(DataError, match="half there"), Stoppable():
        raise DataError("a file that is only half there")
    with Stoppable() as asked:
        asked.check()
    with pytest.raises(TerminatedError), Stoppable():
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_that_is_switched_off_stays_off() -> None:
    """Under ``nohup`` and in the background of a script Ctrl-C is switched off: a build does not switch it on."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Stoppable() as asked:
            signal.raise_signal(signal.SIGINT)
            asked.check()
        assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
