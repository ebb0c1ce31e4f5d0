"""What every command that builds a data set shows: its progress, and afterwards what was read, dropped and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli.options import say
from screener.cli.progress import ProgressLine
from screener.cli.signals import Stoppable

if TYPE_CHECKING:
    from screener.sources.report import BuildReport, Progress


@contextmanager
def shown(*, quiet: bool) -> Iterator[Progress]:
    """Show progress while a data set is made; SIGTERM ends it as Ctrl-C does, with an exit code of its own."""
    line = ProgressLine(quiet=quiet)
    try:
        with Stoppable() as asked:

            def step(stage: str, done: int = 0, total: int = 0, /) -> None:
                asked.check()
                line(stage, done, total)

            yield step
    finally:
        line.clear()


def say_built(out: Path, report: BuildReport, unchanged: str) -> None:
    """Say what a build of ``out`` read, kept and dropped; ``unchanged`` where nothing had to be done."""
    if report.unchanged:
        say(unchanged)
        return
    for line in (*report.summary_lines(), *_unpriced(out)):
        say(line)
    say(f"built {out}")


def _unpriced(out: Path) -> list[str]:
    from screener.lake.connect import reading
    from screener.lake.unpriced import unpriced
    from screener.output.unpriced import unpriced_lines

    with reading(out) as lake:
        return unpriced_lines(unpriced(lake))
