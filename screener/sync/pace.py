"""How often one may ask: at most so many requests a second over all threads, and how long to wait when refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The SEC allows ten requests a second. Eight leave room for what the network does to their distances on the way.
PER_SECOND = 8.0
# Seconds before the second, third, ... attempt, where the server does not say.
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)
# A server that wants a longer pause is not waited for.
LONGEST_WAIT = 600.0


class Pace:
    """Lets callers through one by one, ``1 / per_second`` seconds apart, whichever thread they come from."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Start with the first request free."""
        self.gap = 1 / per_second
        self.clock, self.sleep = clock, sleep
        self._lock = threading.Lock()
        self._next = float("-inf")

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._next)
            self._next = turn + self.gap
        if turn > now:
            self.sleep(turn - now)

    def hold(self, seconds: float) -> None:
        """Let nobody through for so many seconds: the server has refused one of us, and means all."""
        with self._lock:
            self._next = max(self._next, self.clock() + seconds)


def wait_for(retry_after: str | None, attempt: int, now: datetime | None = None) -> float:
    """Return the seconds to wait after a refused attempt (from 0): what ``Retry-After`` says, else longer each time.

    ``retry_after`` is a number of seconds or an HTTP date (RFC 9110, 10.2.3); nonsense counts as absent.
    """
    usual = BACK_OFF[min(attempt, len(BACK_OFF) - 1)]
    if not retry_after:
        return usual
    text = retry_after.strip()
    if text.isdecimal():
        return max(usual, float(text))
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return usual
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(usual, (until - (now or datetime.now(UTC))).total_seconds())
