"""Connections that end when the other side is too slow: a byte now and then would keep them open for days."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter


@dataclass(frozen=True, slots=True)
class Least:
    """The least mean rate of an answer: bytes a second, over so many seconds of waiting for bytes."""

    rate: float = 1_000.0
    seconds: float = 60.0


USUAL = Least()


class SlowError(OSError):
    """Headers or body come more slowly than at the least rate."""


class Opened:
    """The connections that are open, so that others can end them."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = Lock()
        self._sockets: WeakSet[socket.socket] = WeakSet()

    def add(self, connection: socket.socket) -> None:
        """Take note of a connection, as long as it is in use."""
        with self._lock:
            self._sockets.add(connection)

    def end(self) -> None:
        """End all of them: whoever waits for bytes gets none."""
        with self._lock:
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Measured(io.RawIOBase):
    """Reads what ``raw`` gives, and ends with :class:`SlowError` when that is too little.

    Only waiting counts, from the first byte on: before it the time-out between two bytes holds, and while the reader is
    busy with something else nobody is slow.
    """

    def __init__(self, raw: io.RawIOBase, least: Least, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to measure at the first byte."""
        super().__init__()
        self.raw, self.least, self.clock = raw, least, clock
        self.begun = False
        self.waited, self.size = 0.0, 0

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what has arrived, at most one buffer."""
        began = self.clock()
        size = self.raw.readinto(buffer)
        if not size or not self.begun:
            self.begun = True
            return size
        self.waited += self.clock() - began
        self.size += size
        if self.waited >= self.least.seconds:
            rate = self.size / self.waited
            if rate < self.least.rate:
                raise SlowError(f"only {rate:,.0f} bytes a second arrive")
            self.waited, self.size = 0.0, 0
        return size

    def close(self) -> None:
        """Close what is read."""
        self.raw.close()
        super().close()


def measured_adapter(least: Least, opened: Opened) -> HTTPAdapter:
    """Return an adapter for a session of ``requests`` whose answers are measured from their first header on."""
    from http.client import HTTPResponse

    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Answer(HTTPResponse):
        def __init__(self, sock: socket.socket, *rest: Any, **named: Any) -> None:
            super().__init__(sock, *rest, **named)
            opened.add(sock)
            self.fp = io.BufferedReader(Measured(self.fp.detach(), least))

    class Plain(HTTPConnection):
        response_class = Answer

    class Encrypted(HTTPSConnection):
        response_class = Answer

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    pools = {"http": PlainPool, "https": EncryptedPool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *rest: Any, **named: Any) -> None:
            super().init_poolmanager(*rest, **named)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *rest: Any, **named: Any) -> Any:
            manager = super().proxy_manager_for(*rest, **named)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter()
