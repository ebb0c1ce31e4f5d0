"""The command line on a terminal, a real one: pager, colours, the clock of long work; and in a pipe, none of these."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from fcntl import ioctl
from pathlib import Path

import pytest

from screener.cli.progress import working

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LISTED = ("metrics", "--group", "valuation")
# A pager that says that it was there, and hands on what it was given.
MARK = f'{sys.executable} -c "import sys; print(chr(60) + chr(62)); print(sys.stdin.read())"'
NEEDS_LESS = pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")


class Terminal:
    """A program on a pseudo-terminal of so many lines and columns, for stdin, stdout and stderr."""

    def __init__(self, *arguments: str, lines: int = 24, columns: int = 100, **variables: str) -> None:
        """Start ``screener`` with these arguments and variables of the environment."""
        ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        unset = ("SCREENER_DATA", "COLUMNS", "LINES", "PAGER", "SCREENER_PAGER", "NO_COLOR", "FORCE_COLOR", "LESS")
        environment = {name: value for name, value in os.environ.items() if name not in unset}
        environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm", **variables}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "screener", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - the tests have no threads here
        )  # fmt: skip
        os.close(theirs)
        self.handle = ours
        self.text = ""

    def read_until(self, seen: Callable[[str], bool]) -> str:
        """Read until ``seen`` is true of all text so far, or the program closes the terminal."""
        began = time.monotonic()
        while not seen(self.text):
            assert time.monotonic() - began < PATIENCE, self.text
            if not select.select([self.handle], [], [], 0.1)[0]:
                continue
            try:
                found = os.read(self.handle, 65536)
            except OSError:  # what Linux says where nobody has the other end open any more
                break
            if not found:
                break
            self.text += found.decode("utf-8", "replace")
        return self.text

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.handle, keys.encode())

    def end(self) -> tuple[int, str]:
        """Wait for the end; return exit code and all that was printed."""
        text = self.read_until(lambda _: False)
        code = self.process.wait(PATIENCE)
        os.close(self.handle)
        return code, text.replace("\r\n", "\n")


def test_what_is_longer_than_the_terminal_is_paged() -> None:
    """The pager that SCREENER_PAGER names gets the text, before that of PAGER; what fits is printed as it is."""
    code, text = Terminal(*LISTED, SCREENER_PAGER=MARK, PAGER="false").end()
    assert code == 0
    assert text.count("<>") == 1
    assert "ev_ebit" in text
    code, text = Terminal(*LISTED, PAGER=MARK).end()
    assert "<>" in text
    code, text = Terminal(*LISTED, lines=400, PAGER=MARK).end()
    assert code == 0
    assert "<>" not in text


@pytest.mark.parametrize(
    ("more", "variables"),
    [
        (("--no-pager",), {"PAGER": MARK}),
        ((), {"SCREENER_PAGER": "", "PAGER": MARK}),
        ((), {"SCREENER_PAGER": "cat"}),
        ((), {"PAGER": "no-such-program -x"}),
        ((), {"PAGER": "it's"}),
        ((), {"TERM": "dumb", "PAGER": MARK}),
    ],
)
def test_no_pager(more: tuple[str, ...], variables: dict[str, str]) -> None:
    """--no-pager, an empty variable, cat, a program that is not there and a dumb terminal print all at once."""
    code, text = Terminal(*LISTED, *more, **variables).end()
    assert code == 0
    assert "<>" not in text
    assert "ev_ebit" in text
    assert "Traceback" not in text


@NEEDS_LESS
def test_q_in_less_ends_well() -> None:
    """Less shows the first screen; q leaves it, with exit code 0 and the colours of the page."""
    terminal = Terminal("run", "quality-value")
    terminal.read_until(lambda text: "Quality small-cap value" in text)
    assert COLOUR.search(terminal.text)
    terminal.type("q")
    code, text = terminal.end()
    assert code == 0
    assert "Traceback" not in text
    assert "screener 0" not in text.split("Quality small-cap value")[-1]


@NEEDS_LESS
def test_ctrl_c_in_less_does_no_harm() -> None:
    """Ctrl-C is less's own business: it goes on, and q ends it with exit code 0."""
    terminal = Terminal(*LISTED)
    terminal.read_until(lambda text: "valuation" in text)
    time.sleep(0.3)
    terminal.type("\x03")
    time.sleep(0.3)
    terminal.type("q")
    code, text = terminal.end()
    assert code == 0
    assert "Traceback" not in text
    assert "interrupted" not in text


def test_a_pager_that_dies_at_once_is_no_error() -> None:
    """A pager that reads nothing, or is interrupted with us, leaves no traceback and exit code 0."""
    code, text = Terminal(*LISTED, PAGER="true").end()
    assert code == 0
    assert "Traceback" not in text
    terminal = Terminal(*LISTED, PAGER="sh -c 'echo up; exec sleep 30'")
    terminal.read_until(lambda text: "up" in text)
    os.killpg(terminal.process.pid, signal.SIGINT)
    code, text = terminal.end()
    assert code == 0
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": "0"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_on_a_terminal(variables: dict[str, str], colours: bool) -> None:
    """NO_COLOR counts whatever it says, unless it is empty; a dumb terminal has no colours, unless they are forced."""
    code, text = Terminal("metrics", "roic", "--no-pager", **variables).end()
    assert code == 0
    assert bool(COLOUR.search(text)) == colours


def piped(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run with pipes for all streams."""
    unset = ("SCREENER_DATA", "COLUMNS", "NO_COLOR", "FORCE_COLOR")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PYTHONPATH": str(ROOT), "TERM": "xterm", **variables}
    command = [sys.executable, "-m", "screener", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_pipe_gets_neither_pager_nor_colours() -> None:
    """In a pipe: no pager, no escape codes, 120 columns; COLUMNS and FORCE_COLOR say otherwise."""
    plain = piped("run", "quality-value", PAGER=MARK)
    assert plain.returncode == 0
    assert "<>" not in plain.stdout
    assert "\x1b" not in plain.stdout + plain.stderr
    assert 100 < max(map(len, plain.stdout.splitlines())) <= 120
    narrow = piped("run", "quality-value", COLUMNS="70", FORCE_COLOR="1")
    assert COLOUR.search(narrow.stdout)
    assert max(map(len, COLOUR.sub("", narrow.stdout).splitlines())) <= 70


class Tty(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def test_the_clock_of_long_work() -> None:
    """On a terminal a line tells what is done and is taken away again; what is quick and what is piped says nothing."""
    slow, quick, piped_away = Tty(), Tty(), io.StringIO()
    with working("running screen", stream=slow, patience=0.01):
        time.sleep(0.1)
    with working("running screen", stream=quick, patience=10):
        pass
    with working("running screen", stream=piped_away, patience=0.0):
        time.sleep(0.05)
    assert "running screen, 0 s" in slow.getvalue()
    assert slow.getvalue().endswith("\r\x1b[K")
    assert (quick.getvalue(), piped_away.getvalue()) == ("", "")


def test_the_clock_ends_with_an_error() -> None:
    """What breaks off takes its line away as well."""
    stream = Tty()

    def broken_off() -> None:
        with working("running", stream=stream, patience=0.0):
            time.sleep(0.05)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert stream.getvalue().endswith("\r\x1b[K")
