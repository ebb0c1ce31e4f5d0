"""Whether a fetched file is what it should be, looked at before anything uses it; sizes and names are not trusted."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_CHUNK = 1 << 20
# Text packs about ten to one, JSON of one company up to forty to one.
MOST_RATIO = 200

Check = Callable[[Path], None]


class DamagedError(Exception):
    """A file is not what it should be; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a zip file may hold at most: bytes unpacked in all, bytes of one member, members."""

    unpacked: int = 60_000_000_000
    member: int = 2_000_000_000
    members: int = 2_000_000


def check_zip(path: Path, limits: Limits = Limits()) -> None:
    """Raise ``DamagedError`` unless every member can be unpacked to the size and checksum that it promises.

    Members that would lie outside the folder that they are unpacked into, bombs and encrypted members are damage.
    Nothing is kept in memory but a megabyte of each member.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            infos = packed.infolist()
            _check_directory(path, infos, limits)
            for info in infos:
                if not info.is_dir():
                    _read_through(packed, info)
    except _BROKEN as error:
        raise DamagedError(f"not a whole zip file: {error}") from error


def _check_directory(path: Path, infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not infos:
        raise DamagedError("the zip file is empty")
    if len(infos) > limits.members:
        raise DamagedError(f"{len(infos):,} members are more than {limits.members:,}")
    total = sum(info.file_size for info in infos)
    if total > limits.unpacked or total > MOST_RATIO * max(path.stat().st_size, 1_000_000):
        raise DamagedError(f"it would unpack to {total:,} bytes")
    for info in infos:
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise DamagedError(f"a member would leave its folder: {info.filename[:80]!r}")
        if info.file_size > limits.member:
            raise DamagedError(f"{info.filename[:80]!r} would unpack to {info.file_size:,} bytes")


def _read_through(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Unpack a member to nowhere; the library compares the checksum at its end, and never gives more than promised."""
    size = 0
    with packed.open(info) as member:
        while part := member.read(_CHUNK):
            size += len(part)
    if size != info.file_size:
        raise DamagedError(f"{info.filename[:80]!r} has {size:,} of {info.file_size:,} bytes")


def check_json(path: Path) -> None:
    """Raise ``DamagedError`` unless the file is one JSON object or list."""
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"not JSON: {error}") from error
    if not isinstance(found, (dict, list)) or not found:
        raise DamagedError("JSON without content")


def check_text(path: Path) -> None:
    """Raise ``DamagedError`` for an empty file and for a page of HTML, which servers give in place of a file."""
    with path.open("rb") as handle:
        head = handle.read(512).lstrip().lower()
    if not head:
        raise DamagedError("the file is empty")
    if head.startswith((b"<!doctype html", b"<html")):
        raise DamagedError("a web page stands in its place")


def check_index(path: Path) -> None:
    """Raise ``DamagedError`` unless the file is a daily index: its head is there, and its last line is whole.

    A list without a mark of its end looks whole wherever it is cut, but for the line that is cut.
    """
    check_text(path)
    lines = path.read_bytes().splitlines()
    heads = [number for number, line in enumerate(lines) if line.startswith(b"CIK|")]
    if not heads:
        raise DamagedError("not a daily index")
    filings = [line for line in lines[heads[0] + 1 :] if line.strip() and line.strip(b"-")]
    if filings and not (filings[-1].count(b"|") == 4 and filings[-1].rstrip().endswith(b".txt")):
        raise DamagedError("the last line of the index breaks off")
