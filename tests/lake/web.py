"""A web server for data sets, and a file system that reads from it in the place of DuckDB's extension."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from fsspec.spec import AbstractFileSystem

if TYPE_CHECKING:
    import duckdb

    from screener.lake.remote import Url


@dataclass
class Web:
    """What the server has below its address, and what was asked of it.

    statuses: answers other than the file, by the end of a path. cut: ends of paths whose answers break off half-way.
    asked: (method, path with query) of each request. sent: bytes of files.
    """

    folder: Path
    statuses: dict[str, int] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    sent: int = 0
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer with the length."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Answer with the file, or the stretch of it that is asked for."""
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        web, path = self.web, urlsplit(self.path).path
        web.asked.append((self.command, self.path))
        file = web.folder / path.lstrip("/")
        status = next(
            (code for end, code in web.statuses.items() if path.endswith(end)), 200 if file.is_file() else 404
        )
        content = file.read_bytes() if status == 200 else b""
        if status == 200 and "Range" in self.headers:
            first, last = self.headers["Range"].removeprefix("bytes=").split("-")
            content, status = content[int(first) : int(last) + 1], 206
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            broken = any(path.endswith(end) for end in web.cut)
            self.close_connection = self.close_connection or broken
            web.sent += len(content)
            self.wfile.write(content[: len(content) // 2] if broken else content)


@contextmanager
def serving(folder: Path) -> Iterator[Web]:
    """Serve a folder on a free port while the block runs."""
    web = Web(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"web": web}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _File(io.RawIOBase):
    """A file of the server, read in stretches."""

    def __init__(self, files: Files, path: str) -> None:
        super().__init__()
        self.files, self.path, self.place = files, path, 0
        self.length = files.length(path)

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def tell(self) -> int:
        """Return the place in the file."""
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place in the file."""
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.length}[whence]
        return self.place

    def read(self, size: int = -1) -> bytes:
        """Read a stretch, one request."""
        end = self.length if size < 0 else min(self.place + size, self.length)
        found = self.files.stretch(self.path, self.place, end) if end > self.place else b""
        self.place += len(found)
        return found


class Files(AbstractFileSystem):
    """Reads addresses of any scheme from the server: ``s3://bucket/x`` is ``/bucket/x`` there.

    Failures are worded as the extension words them.
    """

    protocol = ("http", "https", "s3", "gs", "r2")
    cachable = False

    def __init__(self, web: Web) -> None:
        """Read from this server."""
        super().__init__()
        self.web = web

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Return the length of a file."""
        return {"name": path, "size": self.length(path), "type": "file"}

    def modified(self, path: str) -> datetime:  # noqa: ARG002 - fsspec's signature
        """Return a time that never changes."""
        return datetime(2024, 3, 8, tzinfo=UTC)

    def glob(self, path: str, **_: Any) -> list[str]:
        """Return the address itself: there is no listing."""
        return [path]

    def open(self, path: str, *_: Any, **__: Any) -> Any:
        """Open a file."""
        return _File(self, path)

    def length(self, path: str) -> int:
        """Return the bytes of a file, one request."""
        return int(self._ask("HEAD", path, {}).headers["Content-Length"])

    def stretch(self, path: str, start: int, end: int) -> bytes:
        """Return the bytes from ``start`` to before ``end``."""
        return bytes(self._ask("GET", path, {"Range": f"bytes={start}-{end - 1}"}).content)

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> requests.Response:
        parts = urlsplit(path)
        host = "" if parts.scheme == "http" else f"/{parts.netloc}"
        address = self.web.url + host + parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            answer = requests.request(method, address, headers=headers, timeout=5)
        except requests.RequestException as error:
            raise OSError(f"HTTP Error: HTTP {method} error on '{path}': the connection was cut") from error
        if not answer.ok:
            raise OSError(f"HTTP Error: HTTP {method} error on '{path}' (HTTP {answer.status_code} {answer.reason})")
        return answer


def in_place_of_the_extension(web: Web) -> Callable[[duckdb.DuckDBPyConnection, Url], None]:
    """Return what a test puts in the place of ``screener.lake.remote.load_extension``."""
    return lambda con, _: con.register_filesystem(Files(web))
