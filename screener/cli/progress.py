"""Progress on stderr: of a build, a line that moves or a line a stage; of a query, a clock on terminals alone."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

# A stage may count in its text, "3 of 44"; without that it is the same stage. Other numbers are names: 2020q1.zip.
_COUNTED = re.compile(r"[\d,]+ of [\d,]+")
REDRAW_SECONDS = 0.1
# What is done sooner than this shows nothing: a line that only flashes says nothing.
PATIENCE_SECONDS = 1.0
FRAMES = "|/-\\"


class ProgressLine:
    """Shows stage, part done, rate and remaining time; ``clear`` takes the line away."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.quiet = quiet
        self.moving = self.stream.isatty()
        self.stage = ""
        self.began = self.drawn = 0.0
        self.start = 0

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Take note of one step; ``done`` and ``total`` are bytes, or things that ``stage`` counts itself."""
        if self.quiet:
            return
        now = time.monotonic()
        name = _COUNTED.sub("", stage)
        fresh = name != self.stage
        if fresh:
            # What an earlier run fetched is there from the start, and says nothing of the rate.
            self.stage, self.began, self.start = name, now, done
        if not self.moving:
            if fresh:
                self.stream.write(f"{stage}\n")
                self.stream.flush()
            return
        if fresh or now - self.drawn >= REDRAW_SECONDS or done == total:
            self.drawn = now
            self.stream.write(f"\r\x1b[K{describe(stage, done, total, now - self.began, self.start)[:110]}")
            self.stream.flush()

    def clear(self) -> None:
        """Take the moving line away."""
        if self.moving and not self.quiet:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def describe(stage: str, done: int, total: int, seconds: float, start: int = 0) -> str:
    """Return the text of a step: stage, MB done with their rate (unless the stage counts itself), remaining time.

    start: what was done already when the ``seconds`` began. total: 0 where nobody knows it.
    """
    if not total and not done:
        return stage
    parts, rate = [stage], (done - start) / seconds if seconds > 0 else 0.0
    if not _COUNTED.search(stage):
        parts.append(f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if total else f"{done / 1e6:,.0f} MB")
        if rate:
            parts.append(f"{rate / 1e6:,.1f} MB/s" if rate < 1e7 else f"{rate / 1e6:,.0f} MB/s")
    elif total:
        parts.append(f"{100 * done // total} %")
    if rate and total and seconds > 1:
        left = round((total - done) / rate)
        parts.append(f"{left // 60}:{left % 60:02d} left")
    return ", ".join(parts)


@contextmanager
def working(what: str, *, stream: TextIO | None = None, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Show ``what`` and the seconds gone on stderr while the block runs, if that is a terminal; erased at the end.

    Nothing is shown before ``patience`` seconds. A query leaves Python free, so that the clock moves.
    """
    stream = stream or sys.stderr
    if stream is None or not stream.isatty():
        yield
        return
    ended = threading.Event()
    clock = threading.Thread(target=_tick, args=(what, stream, patience, ended), daemon=True)
    clock.start()
    try:
        yield
    finally:
        ended.set()
        clock.join()


def _tick(what: str, stream: TextIO, patience: float, ended: threading.Event) -> None:
    began, frame = time.monotonic(), 0
    if ended.wait(patience):
        return
    while True:
        stream.write(f"\r\x1b[K{FRAMES[frame % len(FRAMES)]} {what}, {time.monotonic() - began:,.0f} s"[:110])
        stream.flush()
        frame += 1
        if ended.wait(REDRAW_SECONDS):
            break
    stream.write("\r\x1b[K")
    stream.flush()
