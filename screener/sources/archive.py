"""Zip files and folders read alike: the names of the members, and one member at a time as a file or as lines."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from screener.errors import DataError
from screener.lake.versions import FULL_DISK

# RuntimeError: encrypted; NotImplementedError: an unknown compression.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class MemberError(Exception):
    """One member can't be read; the reader counts it and goes on."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member: its name (path inside the archive) and its size in bytes when unpacked.

    stamp: differs when the content does: the checksum in a zip file, the time of the last change of a plain file.
    """

    name: str
    size: int
    stamp: str = ""

    @property
    def stem(self) -> str:
        """File name without folder and suffix."""
        return PurePosixPath(self.name).stem


@dataclass(frozen=True, slots=True)
class Archive:
    """An open zip file or a folder; ``members`` are sorted by name, folders left out.

    newer: a folder whose files go before the members of the same names; ``replaced`` has those names.
    """

    path: Path
    members: tuple[Member, ...]
    file: zipfile.ZipFile | None
    newer: Path | None = None
    replaced: frozenset[str] = frozenset()

    def _opened(self, member: Member) -> IO[bytes]:
        if self.newer is not None and member.name in self.replaced:
            return (self.newer / member.name).open("rb")
        if self.file is None:
            return (self.path / member.name).open("rb")
        return self.file.open(member.name)

    def extract(self, member: Member, target: Path) -> None:
        """Write the member's content to ``target``; ``MemberError`` when it can't be unpacked."""
        with target.open("wb") as out:
            try:
                with self._opened(member) as content:
                    shutil.copyfileobj(content, out, 1 << 20)
            except _BROKEN as error:
                raise MemberError(f"{member.name}: {error}") from error
            except OSError as error:
                if error.errno in FULL_DISK:
                    raise
                raise MemberError(f"{member.name}: {error}") from error

    def content(self, member: Member) -> bytes:
        """Return the member's content; ``MemberError`` when it can't be unpacked. Threads may call it together."""
        try:
            with self._opened(member) as content:
                return content.read()
        except (*_BROKEN, OSError) as error:
            raise MemberError(f"{member.name}: {error}") from error

    def head(self, member: Member, size: int) -> bytes:
        """Return the first ``size`` bytes of a member; ``MemberError`` when it can't be unpacked."""
        try:
            with self._opened(member) as content:
                return content.read(size)
        except (*_BROKEN, OSError) as error:
            raise MemberError(f"{member.name}: {error}") from error


@contextmanager
def open_archive(path: Path, suffix: str, newer: Path | None = None) -> Iterator[Archive]:
    """Open a zip file, a folder or a single file; members whose name does not end in ``suffix`` are left out.

    newer: a folder, if it is there, with members that go before those of the same name and stand beside all others.
    ``DataError`` when ``path`` is not there or is not a zip file.
    """
    with _opened(path, suffix) as found:
        if newer is None or not newer.is_dir():
            yield found
            return
        own = _of_folder(newer, suffix)
        names = frozenset(member.name for member in own)
        members = [*own, *(member for member in found.members if member.name not in names)]
        ordered = tuple(sorted(members, key=lambda member: member.name))
        yield replace(found, members=ordered, newer=newer, replaced=names)


@contextmanager
def _opened(path: Path, suffix: str) -> Iterator[Archive]:
    if path.is_dir():
        yield Archive(path, _of_folder(path, suffix), None)
        return
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    if path.suffix.lower() != ".zip":
        yield Archive(path.parent, (_plain(path.parent, path.name),), None)
        return
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise DataError(f"{path} is not a readable zip file: {error}", hint="download it again") from error
    with opened:
        infos = sorted((i for i in opened.infolist() if not i.is_dir()), key=lambda i: i.filename)
        members = tuple(
            Member(i.filename, i.file_size, f"{i.CRC:08x}") for i in infos if i.filename.lower().endswith(suffix)
        )
        yield Archive(path, members, opened)


def _of_folder(folder: Path, suffix: str) -> tuple[Member, ...]:
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return tuple(_plain(folder, name) for name in names if name.lower().endswith(suffix))


def newer_beside(path: Path) -> Path:
    """Return the folder of files that are newer than those in a zip file or folder: ``companyfacts.newer``."""
    return path.with_suffix(".newer")


def _plain(folder: Path, name: str) -> Member:
    about = (folder / name).stat()
    return Member(name, about.st_size, str(about.st_mtime_ns))


def first_existing(folder: Path, names: tuple[str, ...]) -> Path | None:
    """Return the first of ``names`` that is in ``folder``."""
    return next((folder / name for name in names if (folder / name).exists()), None)
