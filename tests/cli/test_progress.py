"""Progress of downloads and builds: how much, how fast, how long still; on terminals a line that moves."""

from __future__ import annotations

import io

import pytest

from screener.cli import progress
from screener.cli.progress import ProgressLine, describe


class Tty(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("fetching companyfacts.zip", 300_000_000, 1_500_000_000, 60.0),
         "fetching companyfacts.zip, 300 of 1,500 MB, 5.0 MB/s, 4:00 left"),
        (("fetching companyfacts.zip", 300_000_000, 1_500_000_000, 60.0, 60_000_000),
         "fetching companyfacts.zip, 300 of 1,500 MB, 4.0 MB/s, 5:00 left"),
        (("fetching companyfacts.zip", 60_000_000, 1_500_000_000, 0.0, 60_000_000),
         "fetching companyfacts.zip, 60 of 1,500 MB"),
        (("fetching 2020q1.zip", 30_000_000, 60_000_000, 2.0), "fetching 2020q1.zip, 30 of 60 MB, 15 MB/s, 0:02 left"),
        (("fetching submissions.zip", 40_000_000, 0, 10.0), "fetching submissions.zip, 40 MB, 4.0 MB/s"),
        (("fetching 25 of 100 companies that filed", 25, 100, 30.0),
         "fetching 25 of 100 companies that filed, 25 %, 1:30 left"),
        (("sorting facts", 0, 0, 9.0), "sorting facts"),
    ],
)  # fmt: skip
def test_how_much_how_fast_how_long(arguments: tuple[str, int, int, float], text: str) -> None:
    """300 of 1,500 MB in a minute are 5 MB/s and four more minutes; what was there before does not count as speed."""
    assert describe(*arguments) == text


def test_each_file_has_a_rate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is gone on with starts where it broke off, and the next file at nothing."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    stream = Tty()
    line = ProgressLine(stream=stream)
    for seconds, stage, done in (
        (0, "fetching 2020q1.zip", 50_000_000), (2, "fetching 2020q1.zip", 54_000_000),
        (3, "fetching 2020q2.zip", 0), (5, "fetching 2020q2.zip", 20_000_000),
    ):  # fmt: skip
        now[0] = seconds
        line(stage, done, 100_000_000)
    assert stream.getvalue().split("\r\x1b[K")[1:] == [
        "fetching 2020q1.zip, 50 of 100 MB",
        "fetching 2020q1.zip, 54 of 100 MB, 2.0 MB/s, 0:23 left",
        "fetching 2020q2.zip, 0 of 100 MB",
        "fetching 2020q2.zip, 20 of 100 MB, 10 MB/s, 0:08 left",
    ]


def test_in_a_pipe_a_line_a_stage() -> None:
    """Without a terminal each stage is said once, however often it counts."""
    stream = io.StringIO()
    line = ProgressLine(stream=stream)
    for number in range(1, 4):
        line(f"fetching {number} of 3 companies that filed", number, 3)
    line("fetching 2020q1.zip", 1, 2)
    line("fetching 2020q2.zip", 1, 2)
    assert stream.getvalue().splitlines() == [
        "fetching 1 of 3 companies that filed", "fetching 2020q1.zip", "fetching 2020q2.zip",
    ]  # fmt: skip
