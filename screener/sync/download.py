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
from screener.sync.client import Client, CutError
from screener.sync.pace import BACK_OFF
from screener.sync.verify import Check, DamagedError

if TYPE_CHECKING:
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

    ``new``: it changed.
    """

    url: str
    etag: str
    modified: str
    size: int
    sha256: str
    new: bool = True
    fetched: str = ""

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
    later call. ``DataError`` when the file cannot be had.
    """
    part = Part(wanted.path)
    damage = ""
    for _ in range(DAMAGED):
        try:
            fetched = _whole(client, wanted, part, known, progress)
            if fetched is None or not fetched.new:
                return fetched
            wanted.check(part.path)
        except DamagedError as error:
            # Bytes that do not fit together are no beginning of anything.
            damage = str(error)
            part.drop()
            continue
        part.place(wanted.path)
        return fetched
    raise DataError(f"{wanted.url} arrives damaged: {damage}", hint="what was there is still in use; try again later")


class Part:
    """What has arrived of a file, and of which version of it: ``NAME.part`` and ``NAME.part.json`` beside its place."""

    def __init__(self, place: Path) -> None:
        """Take up what an earlier attempt left, if it says of which version it is."""
        self.path = place.with_name(f"{place.name}.part")
        self.about = place.with_name(f"{place.name}.part.json")

    def begun(self, url: str) -> tuple[str, int]:
        """Return the mark and the bytes of what is there; nothing where it is of another address or has no mark."""
        try:
            found = json.loads(self.about.read_text(encoding="utf-8"))
            mark, size = str(found["mark"]), self.path.stat().st_size
        except (OSError, ValueError, KeyError, TypeError):
            return "", 0
        return (mark, size) if mark and found.get("url") == url else ("", 0)

    def note(self, url: str, mark: str) -> None:
        """Write down of which version the bytes are that come next."""
        self.about.write_text(json.dumps({"url": url, "mark": mark}), encoding="utf-8")

    def drop(self) -> None:
        """Forget what is there."""
        self.path.unlink(missing_ok=True)
        self.about.unlink(missing_ok=True)

    def place(self, target: Path) -> None:
        """Give the file its name, on disk before the old one is gone."""
        with self.path.open("rb") as handle:
            os.fsync(handle.fileno())
        self.path.replace(target)
        self.about.unlink(missing_ok=True)


def _whole(
    client: Client, wanted: Wanted, part: Part, known: Fetched | None, progress: Progress | None
) -> Fetched | None:
    """Fetch until the file is whole, beginning again where it changes on the way."""
    fruitless = 0
    while True:
        mark, size = part.begun(wanted.url)
        try:
            found = _attempt(client, wanted, part, known, progress)
        except CutError as error:
            arrived = part.begun(wanted.url)
            fruitless = 0 if arrived[0] == mark and arrived[1] > size else fruitless + 1
            if fruitless >= FRUITLESS:
                message = f"{wanted.url} breaks off again and again: {error}"
                raise DataError(message, hint=f"{arrived[1]:,} bytes are kept; run again to go on") from error
            client.sleep(BACK_OFF[min(fruitless, len(BACK_OFF) - 1)])
        else:
            return found


def _attempt(
    client: Client, wanted: Wanted, part: Part, known: Fetched | None, progress: Progress | None
) -> Fetched | None:
    """Ask once, for the rest of what has arrived or for the whole; ``CutError`` when less came than was promised."""
    mark, start = part.begun(wanted.url)
    headers: dict[str, str] = {}
    if start:
        headers = {"Range": f"bytes={start}-", "If-Range": mark}
    elif known is not None and known.url == wanted.url and wanted.path.is_file():
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
        got = answer.headers
        about = Fetched(wanted.url, got.get("ETag", ""), got.get("Last-Modified", ""), 0, "")
        if answer.status_code == 206 and got.get("Content-Range", "").startswith(f"bytes {start}-"):
            total = got["Content-Range"].rpartition("/")[2]
        elif answer.status_code == 200:
            start, total = 0, got.get("Content-Length", "")
            part.drop()
            part.note(wanted.url, about.mark)
        else:
            # 416, or a range that was not asked for: what has arrived is of no use.
            part.drop()
            raise CutError(f"the server answered {answer.status_code} to a request for the rest")
        expected = int(total) if total.isdecimal() else 0
        _room(wanted, max(expected - start, 0), expected)
        size = start
        for size in _append(answer.iter_content(_CHUNK), part.path, start, expected or wanted.most):
            if progress is not None:
                progress(wanted.label or wanted.path.name, size, expected)
    if expected and size < expected:
        raise CutError(f"{size:,} of {expected:,} bytes arrived")
    today = date.today().isoformat()
    return Fetched(wanted.url, about.etag, about.modified, size, sha256_of(part.path), fetched=today)


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
