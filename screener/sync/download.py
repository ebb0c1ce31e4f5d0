"""One file, fetched whole and verified or not at all: what broke off goes on, what changed meanwhile starts over."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import DataError
from screener.sync.client import Client, CutError, TrickleError
from screener.sync.pace import BACK_OFF
from screener.sync.verify import Check, DamagedError

if TYPE_CHECKING:
    import requests

    from screener.sources.report import Progress

# What is under way when a connection breaks is lost: small pieces lose little.
_CHUNK = 1 << 14
# Attempts in a row that bring nothing new; one that brings some begins to count again.
FRUITLESS = len(BACK_OFF)
# Whole downloads that turn out damaged.
DAMAGED = 2
# Room that a disk must keep beside what is fetched.
SPARE_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is known of a file that was fetched: the server's marks, size in bytes, SHA-256, and the day in ISO form.

    new: it changed. changed_ns: the time of change that the file got here.
    """

    url: str
    etag: str
    modified: str
    size: int
    sha256: str
    new: bool = True
    fetched: str = ""
    changed_ns: int = 0

    @property
    def mark(self) -> str:
        """Return what a range may be asked against: a strong entity tag, or a time of change (RFC 9110, 13.1.5)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    @property
    def changed(self) -> date | None:
        """Return the day of the file's last change, ``None`` where the server gives none."""
        try:
            return parsedate_to_datetime(self.modified).date()
        except ValueError:
            return None

    def lies_at(self, path: Path) -> bool:
        """Tell whether this is the file at ``path``, which a killed run may have put there without saying so."""
        try:
            about = path.stat()
        except OSError:
            return False
        same = about.st_size == self.size
        return same and (about.st_mtime_ns == self.changed_ns or sha256_of(path) == self.sha256)


class ArrivesDamagedError(DataError):
    """A file that comes whole and is of no use, again and again: the server has it so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched: its address and place, how it is verified, and how many bytes it may have."""

    url: str
    path: Path
    check: Check
    most: int
    label: str = ""


def download(client: Client, wanted: Wanted, known: Fetched | None, progress: Progress | None = None) -> Fetched | None:
    """Fetch a file to its place if it has changed; return what is known of it, ``None`` where there is none (404).

    ``known``: what an earlier call returned, for the file that lies there. The place has the old file until the new one
    is whole and verified. What a broken attempt brought lies beside it as ``NAME.part`` and is gone on with, also by a
    later call. ``DataError`` when the file cannot be had, ``ArrivesDamagedError`` when it is damaged on the server.
    """
    part = Part(wanted.path)
    damage = ""
    for _ in range(DAMAGED):
        try:
            fetched = _whole(client, wanted, part, known, progress)
            if fetched is None or not fetched.new:
                return fetched
            if progress is not None:
                progress(f"checking {wanted.path.name}")
            wanted.check(part.path)
        except DamagedError as error:
            # Bytes that do not fit together are no beginning of anything.
            damage = str(error)
            part.drop()
            continue
        return replace(fetched, changed_ns=part.place(wanted.path))
    message = f"{wanted.url} arrives damaged: {damage}"
    raise ArrivesDamagedError(message, hint="what was there is still in use; try again later")


class Part:
    """What has arrived of a file, and of which version of it: ``NAME.part`` and ``NAME.part.json`` beside its place."""

    def __init__(self, place: Path) -> None:
        """Take up what an earlier attempt left, if it says of which version it is."""
        self.path = place.with_name(f"{place.name}.part")
        self.about = place.with_name(f"{place.name}.part.json")

    def begun(self, url: str) -> Fetched:
        """Return the marks and the bytes of what is there; nothing where it is of another address or has no mark."""
        try:
            found = json.loads(self.about.read_text(encoding="utf-8"))
            there = Fetched(url, str(found["etag"]), str(found["modified"]), self.path.stat().st_size, "")
        except (OSError, ValueError, KeyError, TypeError):
            return Fetched(url, "", "", 0, "")
        return there if there.mark and found.get("url") == url else Fetched(url, "", "", 0, "")

    def note(self, about: Fetched) -> None:
        """Write down of which version the bytes are that come next."""
        found = {"url": about.url, "etag": about.etag, "modified": about.modified}
        self.about.write_text(json.dumps(found), encoding="utf-8")

    def drop(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)

    def place(self, target: Path) -> int:
        """Give the file its name, on disk before the old one is gone; return its time of change in nanoseconds."""
        with self.path.open("rb") as handle:
            os.fsync(handle.fileno())
        self.path.replace(target)
        self.about.unlink(missing_ok=True)
        return target.stat().st_mtime_ns


def _whole(
    client: Client, wanted: Wanted, part: Part, known: Fetched | None, progress: Progress | None
) -> Fetched | None:
    """Fetch until the file is whole, beginning again where it changes on the way."""
    fruitless = 0
    while True:
        before = part.begun(wanted.url)
        try:
            found = _attempt(client, wanted, part, known, progress)
        except CutError as error:
            arrived = part.begun(wanted.url)
            fruitful = arrived.mark == before.mark and arrived.size > before.size
            # What trickles in is more than nothing, and would never come to an end.
            fruitless = 0 if fruitful and not isinstance(error, TrickleError) else fruitless + 1
            if fruitless >= FRUITLESS:
                message = f"{wanted.url} breaks off again and again: {error}"
                raise DataError(message, hint=f"{arrived.size:,} bytes are kept; run again to go on") from error
            client.rest(BACK_OFF[min(fruitless, len(BACK_OFF) - 1)])
        else:
            return found


def _attempt(
    client: Client, wanted: Wanted, part: Part, known: Fetched | None, progress: Progress | None
) -> Fetched | None:
    """Ask once, for the rest of what has arrived or for the whole; ``CutError`` when less came than was promised."""
    begun = part.begun(wanted.url)
    headers: dict[str, str] = {}
    if begun.size:
        headers = {"Range": f"bytes={begun.size}-", "If-Range": begun.mark}
    elif known is not None and known.url == wanted.url and known.lies_at(wanted.path):
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.modified:
            headers["If-Modified-Since"] = known.modified
    with client.get(wanted.url, headers) as answer:
        if answer.status_code == 304 and known is not None:
            # The same content may have been put there again: it is as new as that.
            modified = answer.headers.get("Last-Modified", known.modified)
            return replace(known, modified=modified, new=False)
        if answer.status_code == 404:
            return None
        about, start, expected = _begin(answer, wanted, part, begun)
        _room(wanted, max(expected - start, 0), expected)
        size = start
        for size in _append(answer.iter_content(_CHUNK), part.path, start, expected or wanted.most):
            if progress is not None:
                progress(wanted.label or wanted.path.name, size, expected)
    if expected and size < expected:
        raise CutError(f"{size:,} of {expected:,} bytes arrived")
    return replace(about, size=size, sha256=sha256_of(part.path), fetched=date.today().isoformat())


def _begin(answer: requests.Response, wanted: Wanted, part: Part, begun: Fetched) -> tuple[Fetched, int, int]:
    """Return the marks of what comes, the bytes that are there before it, and all bytes (0: not said)."""
    got = answer.headers
    about = Fetched(wanted.url, got.get("ETag", ""), got.get("Last-Modified", ""), 0, "")
    span = got.get("Content-Range", "")
    if answer.status_code == 200:
        part.drop()
        part.note(about)
        total = got.get("Content-Length", "")
        return about, 0, int(total) if total.isdecimal() else 0
    # A server that knows no conditions sends the rest of whatever is there now.
    if begun.size and about.mark in ("", begun.etag, begun.modified):
        total = span.rpartition("/")[2]
        if answer.status_code == 206 and span.startswith(f"bytes {begun.size}-"):
            return begun, begun.size, int(total) if total.isdecimal() else 0
        if answer.status_code == 416 and span == f"bytes */{begun.size}":
            # There is no rest: what has arrived is all.
            answer.close()
            return begun, begun.size, begun.size
    part.drop()
    raise CutError(f"the server answered {answer.status_code} to a request for the rest")


def _room(wanted: Wanted, missing: int, expected: int) -> None:
    if expected > wanted.most:
        raise DataError(f"{wanted.url} has {expected:,} bytes, more than the {wanted.most:,} that it may have")
    free = shutil.disk_usage(wanted.path.parent).free
    if missing + SPARE_BYTES > free:
        need = f"{(missing + SPARE_BYTES) / 1e9:,.1f} GB are needed, {free / 1e9:,.1f} GB are free"
        raise DataError(f"no room for {wanted.path.name} in {wanted.path.parent}: {need}", hint="make room, or --data")


def _append(chunks: Iterable[bytes], path: Path, start: int, most: int) -> Iterator[int]:
    """Write what arrives behind the first ``start`` bytes and yield the size each time; too much is refused at once."""
    size = start
    with path.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise DamagedError(f"longer than the {most:,} bytes that it may have")
            out.write(chunk)
            yield size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
