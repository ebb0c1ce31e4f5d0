"""A web server on this machine that serves files with ranges and conditions, and misbehaves as it is told."""

from __future__ import annotations

import hashlib
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# 2024-03-08, the time of change of every file; a new version is a day younger.
BORN = 1_709_856_000


def etag_of(content: bytes) -> str:
    """Return the strong entity tag of a file."""
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


@dataclass
class Asked:
    """A request as it came: monotonic seconds, path, headers."""

    at: float
    path: str
    headers: dict[str, str]


@dataclass
class Site:
    """What the server has and how it behaves; tests change it while it runs.

    files: content by path. tricks: called with the handler and the content before a file is sent; one that returns true
    has answered. asked: every request in order.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    tricks: list[Callable[[Handler, bytes], bool]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    url: str = ""

    def change(self, path: str, content: bytes) -> None:
        """Put a new version of a file in place."""
        self.files[path] = content
        self.versions[path] = self.versions.get(path, 0) + 1

    def busiest_second(self) -> int:
        """Return the most requests that came within any one second."""
        times = sorted(entry.at for entry in self.asked)
        return max((sum(1 for other in times if at <= other < at + 1) for at in times), default=0)


class Handler(BaseHTTPRequestHandler):
    """Answers GET with 200, 206, 304, 404 or 416 as RFC 9110 says, unless a trick answers first."""

    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve a file."""
        site = self.site
        site.asked.append(Asked(time.monotonic(), self.path, dict(self.headers.items())))
        content = site.files.get(self.path)
        for trick in list(site.tricks):
            if trick(self, content or b""):
                return
        if content is None:
            self.answer(404, b"none")
            return
        etag = etag_of(content)
        modified = formatdate(BORN + 86_400 * site.versions.get(self.path, 0), usegmt=True)
        marks = {"ETag": etag, "Last-Modified": modified, "Accept-Ranges": "bytes"}
        if etag in self.headers.get("If-None-Match", ""):
            self.answer(304, b"", marks)
            return
        wanted = self.headers.get("Range", "")
        if wanted and self.headers.get("If-Range", etag) in (etag, modified):
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            if start >= len(content):
                self.answer(416, b"", {"Content-Range": f"bytes */{len(content)}"})
                return
            marks["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.answer(206, content[start:], marks)
            return
        self.answer(200, content, marks)

    def do_CONNECT(self) -> None:
        """Hand on what both sides say, as a proxy does."""
        self.site.asked.append(Asked(time.monotonic(), self.path, dict(self.headers.items())))
        host, _, port = self.path.partition(":")
        self.close_connection = True
        with socket.create_connection((host, int(port)), 5) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_relay, args=(there, self.connection), daemon=True)
            back.start()
            _relay(self.connection, there)
            back.join(5)

    def trickle(self, content: bytes, gap: float, at_once: int) -> bool:
        """Answer ``at_once`` bytes of headers and body, then a byte every ``gap`` seconds as long as one listens."""
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\nETag: {etag_of(content)}\r\n\r\n".encode()
        self.close_connection = True
        with suppress(OSError):
            self.wfile.write((head + content)[:at_once])
            for number in (head + content)[at_once:]:
                self.wfile.write(bytes([number]))
                time.sleep(gap)
        return True

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, *, send: int = -1) -> None:
        """Send an answer; ``send`` bytes of the body, then cut the connection (-1: all of it)."""
        self.send_response(status)
        found = {"Content-Length": str(len(body)), **(headers or {})}
        for name, value in found.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if send < 0 else body[:send])
        self.wfile.flush()
        if 0 <= send < len(body):
            self.close_connection = True


def _relay(source: socket.socket, target: socket.socket) -> None:
    """Hand on what comes until one side ends."""
    with suppress(OSError):
        while content := source.recv(1 << 16):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the other side has closed."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving(site: Site, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run the server on a free port while the block runs, encrypted with ``tls``; ``site.url`` has its address."""
    handler = type("Bound", (Handler,), {"site": site})
    server = _Server(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    site.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
