"""Zip files and folders read alike: the names of the members, and one member at a time as a file or as lines."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

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
    """An open zip file or a folder; ``members`` are sorted by name, folders left out."""

    path: Path
    members: tuple[Member, ...]
    file: zipfile.ZipFile | None

    def extract(self, member: Member, target: Path) -> None:
        """Write the member's content to ``target``; ``MemberError`` when it can't be unpacked."""
        with target.open("wb") as out:
            try:
                if self.file is None:
                    with (self.path / member.name).open("rb") as plain:
                        shutil.copyfileobj(plain, out, 1 << 20)
                else:
                    with self.file.open(member.name) as packed:
                        shutil.copyfileobj(packed, out, 1 << 20)
            except _BROKEN as error:
                raise MemberError(f"{member.name}: {error}") from error
            except OSError as error:
                if error.errno in FULL_DISK:
                    raise
                raise MemberError(f"{member.name}: {error}") from error

    def content(self, member: Member) -> bytes:
        """Return the member's content; ``MemberError`` when it can't be unpacked. Threads may call it together."""
        try:
            if self.file is None:
                return (self.path / member.name).read_bytes()
            return self.file.read(member.name)
        except (*_BROKEN, OSError) as error:
            raise MemberError(f"{member.name}: {error}") from error

    def head(self, member: Member, size: int) -> bytes:
        """Return the first ``size`` bytes of a member; ``MemberError`` when it can't be unpacked."""
        try:
            if self.file is None:
                with (self.path / member.name).open("rb") as plain:
                    return plain.read(size)
            with self.file.open(member.name) as packed:
                return packed.read(size)
        except (*_BROKEN, OSError) as error:
            raise MemberError(f"{member.name}: {error}") from error


@contextmanager
def open_archive(path: Path, suffix: str) -> Iterator[Archive]:
    """Open a zip file, a folder or a single file; members whose name does not end in ``suffix`` are left out.

    ``DataError`` when ``path`` is not there or is not a zip file.
    """
    if path.is_dir():
        names = sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
        members = tuple(_plain(path, name) for name in names if name.lower().endswith(suffix))
        yield Archive(path, members, None)
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


def _plain(folder: Path, name: str) -> Member:
    about = (folder / name).stat()
    return Member(name, about.st_size, str(about.st_mtime_ns))


def first_existing(folder: Path, names: tuple[str, ...]) -> Path | None:
    """Return the first of ``names`` that is in ``folder``."""
    return next((folder / name for name in names if (folder / name).exists()), None)
