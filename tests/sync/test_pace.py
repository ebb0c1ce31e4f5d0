"""How often one may ask, and how long one waits when refused."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest

from screener.sync.pace import BACK_OFF, Pace, wait_for


def test_turns_are_apart_over_all_threads() -> None:
    """Sixteen calls of four threads at a hundred a second take at least fifteen hundredths."""
    pace = Pace(100.0)
    began = time.monotonic()
    threads = [threading.Thread(target=lambda: [pace.wait() for _ in range(4)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began >= 0.149


def test_a_refusal_holds_all_back() -> None:
    """After a hold the next turn comes at its end, whoever asks."""
    now, slept = [10.0], list[float]()
    pace = Pace(10.0, clock=lambda: now[0], sleep=slept.append)
    pace.wait()
    pace.hold(5.0)
    pace.wait()
    assert slept == [5.0]


@pytest.mark.parametrize(
    ("header", "attempt", "seconds"),
    [
        (None, 0, 1.0),
        (None, 3, 8.0),
        (None, 99, BACK_OFF[-1]),
        ("7", 0, 7.0),
        ("0", 2, 4.0),
        ("soon", 1, 2.0),
        ("-5", 0, 1.0),
        ("Fri, 08 Mar 2024 12:00:30 GMT", 0, 30.0),
        ("Fri, 08 Mar 2024 11:00:00 GMT", 1, 2.0),
    ],
)
def test_how_long_to_wait(header: str | None, attempt: int, seconds: float) -> None:
    """As long as the server says, never less than usual; nonsense counts as absent."""
    assert wait_for(header, attempt, datetime(2024, 3, 8, 12, tzinfo=UTC)) == seconds
