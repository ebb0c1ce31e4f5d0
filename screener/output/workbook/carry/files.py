"""The old workbook put aside and the new one in its place: at no moment is there neither."""

from __future__ import annotations

import contextlib
import os
import shutil
from datetime import date
from pathlib import Path

from screener.errors import OutputError

OPEN = "is it open in Excel or LibreOffice? close it there and run again"
LARGEST = 500_000_000  # bytes of a workbook that is read


def read_file(path: Path) -> bytes:
    """Return the bytes of the old workbook; OutputError when it is open elsewhere, too large or cannot be read."""
    target = path.resolve()
    if not target.is_file():
        raise OutputError(f"cannot update {path}: it is not a file")
    owner = owner_file(target)
    if owner is not None:
        raise OutputError(f"cannot update {path}: {owner.name} says that it is open", hint=OPEN)
    try:
        if target.stat().st_size > LARGEST:
            raise OutputError(f"cannot update {path}: it is larger than any workbook of a shortlist")
        return target.read_bytes()
    except PermissionError as error:
        raise OutputError(f"cannot read {path}: {error.strerror}", hint=OPEN) from error
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from error


def owner_file(target: Path) -> Path | None:
    """Return the file by which Excel (``~$name``) or LibreOffice (``.~lock.name#``) says that it is open."""
    for name in (f"~${target.name}", f".~lock.{target.name}#"):
        found = target.with_name(name)
        if found.exists():
            return found
    return None


def backup_name(path: Path, day: date) -> Path:
    """Return a free name beside ``path`` with the day of the list in it, numbered when there is one of that day."""
    number, found = 1, path.with_name(f"{path.stem} ({day.isoformat()}){path.suffix}")
    while found.exists() or found.is_symlink():
        number += 1
        found = path.with_name(f"{path.stem} ({day.isoformat()} {number}){path.suffix}")
    return found


def replace_file(path: Path, content: bytes, old: bytes, day: date) -> Path:
    """Write ``content`` under the name ``path``; return the name under which the old file stands beside it.

    Either both are done or the old file is where it was. OutputError when the folder cannot be written to, when the
    file is open elsewhere, or when it is no longer what was read (``old``).
    """
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    backup = None
    try:
        _write(part, content)
        shutil.copymode(target, part)
        if target.read_bytes() != old:
            raise OutputError(f"{path} was changed while the new list was made", hint="run again")
        backup = _aside(target, day)
        part.replace(target)
    except PermissionError as error:
        _drop(backup)
        raise OutputError(f"cannot write {path}: {error.strerror}", hint=OPEN) from error
    except OSError as error:
        _drop(backup)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        _drop(part)
    # Behind a link the old file stays where it was.
    return backup if path.is_symlink() else path.with_name(backup.name)


def write_fresh(path: Path, content: bytes) -> None:
    """Write a workbook where there was none; OutputError when the folder cannot be written to."""
    target = path.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _write(part, content)
        part.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        _drop(part)


def _write(part: Path, content: bytes) -> None:
    with part.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _aside(target: Path, day: date) -> Path:
    """Give the old file a second name, a copy where the file system has no links; never over another file."""
    while True:
        backup = backup_name(target, day)
        try:
            os.link(target, backup)
        except FileExistsError:
            continue
        except OSError:
            with backup.open("xb") as handle:
                handle.write(target.read_bytes())
                handle.flush()
                os.fsync(handle.fileno())
            shutil.copystat(target, backup)
        return backup


def _drop(path: Path | None) -> None:
    """Remove a file of ours; a folder that is read-only refuses that even for one that is not there."""
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink()
