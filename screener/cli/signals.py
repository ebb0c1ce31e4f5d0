"""SIGTERM while a data set or a file is being made: it ends like Ctrl-C, and says that it was asked to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TerminatedError(BaseException):
    """The process was asked to end; not an ``Exception``, so that nobody takes it for a failure of their own."""


@contextmanager
def terminable() -> Iterator[None]:
    """Raise :class:`TerminatedError` where SIGTERM comes in, also out of a running query."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def end(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except RuntimeError as error:
        # What DuckDB makes of an exception that is raised while it computes.
        if asked and str(error) == "Query interrupted":
            raise TerminatedError from error
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
