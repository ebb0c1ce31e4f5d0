"""Progress of a build on stderr: one moving line on a terminal, a line a stage elsewhere, nothing when quiet."""

from __future__ import annotations

import re
import sys
import time
from typing import TextIO

# A stage may count in its text; without the numbers it is the same stage.
_NUMBERS = re.compile(r"[\d,]+")
REDRAW_SECONDS = 0.1


class ProgressLine:
    """Shows stage, part done, rate and remaining time; ``clear`` takes the line away."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.quiet = quiet
        self.moving = self.stream.isatty()
        self.stage = ""
        self.began = self.drawn = 0.0

    def __call__(self, stage: str, done: int = 0, total: int = 0, /) -> None:
        """Take note of one step; ``done`` and ``total`` are bytes, or things that ``stage`` counts itself."""
        if self.quiet:
            return
        now = time.monotonic()
        name = _NUMBERS.sub("", stage)
        fresh = name != self.stage
        if fresh:
            self.stage, self.began = name, now
        if not self.moving:
            if fresh:
                self.stream.write(f"{stage}\n")
                self.stream.flush()
            return
        if fresh or now - self.drawn >= REDRAW_SECONDS or done == total:
            self.drawn = now
            self.stream.write(f"\r\x1b[K{describe(stage, done, total, now - self.began)[:110]}")
            self.stream.flush()

    def clear(self) -> None:
        """Take the moving line away."""
        if self.moving and not self.quiet:
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def describe(stage: str, done: int, total: int, seconds: float) -> str:
    """Return the text of a step: stage, MB done with their rate (unless the stage counts itself), remaining time."""
    if not total:
        return stage
    parts = [stage]
    if not _NUMBERS.search(stage):
        parts.append(f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
        if seconds > 0:
            parts.append(f"{done / 1e6 / seconds:,.0f} MB/s")
    else:
        parts.append(f"{100 * done // total} %")
    if done and seconds > 1:
        left = round(seconds * (total - done) / done)
        parts.append(f"{left // 60}:{left % 60:02d} left")
    return ", ".join(parts)
