"""Ctrl-C and SIGTERM while data or files are made: both end it and are named as the reason, whatever was running."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


class TerminatedError(BaseException):
    """The process was asked to end; not an ``Exception``, so that nobody takes it for a failure of their own."""


# What a signal raises, once it has been asked for.
_RAISED: dict[int, type[BaseException]] = {signal.SIGINT: KeyboardInterrupt, signal.SIGTERM: TerminatedError}


class Stoppable:
    """A context in which SIGINT raises ``KeyboardInterrupt`` and SIGTERM raises :class:`TerminatedError`.

    They are raised where the signal comes in, and again in place of whatever error leaves the context: DuckDB and
    pyarrow make errors of their own of what is raised while they compute or read our rows. What is raised where
    Python can raise nothing (a destructor, a generator that is thrown away) is lost: ``check`` raises it then.
    """

    def __init__(self) -> None:
        self.asked: int | None = None
        self._before: dict[int, Callable[[int, FrameType | None], Any] | int | None] = {}

    def check(self) -> None:
        """Raise what was asked for, if anything was."""
        if self.asked is not None:
            raise _RAISED[self.asked]

    def __enter__(self) -> Stoppable:
        """Begin to listen; signals that whoever started us has switched off stay off."""
        if threading.current_thread() is threading.main_thread():
            for number in _RAISED:
                if signal.getsignal(number) != signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._ask)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more, and raise what was asked for in place of ``error``."""
        for number, before in self._before.items():
            signal.signal(number, before)
        if self.asked is not None and error is not None and kind is not _RAISED[self.asked]:
            raise _RAISED[self.asked] from error

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        self.asked = number
        raise _RAISED[number]
