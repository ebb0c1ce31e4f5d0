"""What trickles in counts as broken off: no server holds a sync for days with a byte now and then."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from screener.errors import DataError
from screener.sync.client import ATTEMPTS, Client
from screener.sync.download import FRUITLESS, Wanted, download
from screener.sync.pace import Pace
from screener.sync.rate import USUAL, Least, Measured, SlowError
from screener.sync.verify import check_text
from tests.sync.server import Handler, Site, serving

PATH = "/files/text"
TEXT = bytes(range(65, 91)) * 2_000
GAP = 0.01


@pytest.fixture
def site() -> Iterator[Site]:
    """A server with one file."""
    with serving(Site({PATH: TEXT})) as found:
        yield found


def patient(site: Site, folder: Path) -> tuple[Client, Wanted]:
    """Return a client that waits a twentieth of a second where others wait a minute, and the file."""
    client = Client("Test test@example.com", Pace(1e6), timeouts=(2, 2), least=Least(1_000, 0.05), sleep=lambda _: None)
    return client, Wanted(site.url + PATH, folder / "text", check_text, 1_000_000)


def test_a_byte_now_and_then_ends(site: Site, tmp_path: Path) -> None:
    """The time-out between two bytes never comes; after so many attempts in a row a message says what to do."""
    site.tricks.append(lambda handler, body: handler.trickle(body, GAP, 100))
    client, wanted = patient(site, tmp_path)
    began = time.monotonic()
    with pytest.raises(DataError, match=r"breaks off again and again: only .* bytes a second arrive") as caught:
        download(client, wanted, None)
    assert "run again to go on" in caught.value.hint
    assert time.monotonic() - began < 2
    assert len(site.asked) == FRUITLESS


def test_what_came_before_the_trickle_is_kept(site: Site, tmp_path: Path) -> None:
    """A server that falls asleep in the middle is asked for the rest, not for the whole."""

    def asleep(handler: Handler, body: bytes) -> bool:
        return len(site.asked) == 1 and handler.trickle(body, GAP, 40_000)

    site.tricks.append(asleep)
    client, wanted = patient(site, tmp_path)
    download(client, wanted, None)
    assert wanted.path.read_bytes() == TEXT
    assert len(site.asked) == 2
    assert int(site.asked[1].headers["Range"].removeprefix("bytes=").rstrip("-")) >= 32_768


def test_headers_that_trickle_end_too(site: Site, tmp_path: Path) -> None:
    """Before the body there are the headers: they are measured as well."""
    site.tricks.append(lambda handler, body: handler.trickle(body, GAP, 0))
    client, wanted = patient(site, tmp_path)
    began = time.monotonic()
    with pytest.raises(DataError, match=r"cannot reach .*: only .* bytes a second arrive"):
        download(client, wanted, None)
    assert time.monotonic() - began < 2
    assert len(site.asked) == ATTEMPTS


class Source(io.RawIOBase):
    """Gives some bytes each time, after as many seconds of a clock that stands still otherwise."""

    def __init__(self, *steps: tuple[float, int]) -> None:
        self.steps, self.now = list(steps), 0.0

    def readinto(self, buffer: bytearray, /) -> int:
        """Give the bytes of the next step."""
        seconds, size = self.steps.pop(0) if self.steps else (0.0, 0)
        self.now += seconds
        buffer[:size] = b"x" * size
        return size


def read_all(source: Source, busy: float = 0.0) -> int:
    """Read to the end with ``busy`` seconds of other work after each piece; return the bytes."""
    measured, size = Measured(source, USUAL, lambda: source.now), 0
    while found := measured.read(10_000):
        size += len(found)
        source.now += busy
    return size


def test_a_minute_at_a_thousand_bytes_a_second() -> None:
    """Over a minute of waiting, 60 kB are enough and a byte less is not."""
    assert read_all(Source((0, 1), *[(10, 10_000)] * 6)) == 60_001
    with pytest.raises(SlowError):
        read_all(Source((0, 1), *[(10, 10_000)] * 5, (10, 9_999)))


def test_a_server_that_thinks_before_it_answers_is_not_slow() -> None:
    """Before the first byte the time-out between two bytes holds."""
    assert read_all(Source((59, 10), (2, 10_000))) == 10_010


def test_only_waiting_counts() -> None:
    """A reader that is busy for an hour between two pieces has no slow server."""
    assert read_all(Source((0, 10), *[(1, 10)] * 50), busy=3_600) == 510
