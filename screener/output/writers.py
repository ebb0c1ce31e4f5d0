"""The table of output formats, and writing a result to a file that is whole or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from screener.engine.result import Result
from screener.errors import OutputError


def _table(result: Result) -> str:
    from screener.output import terminal

    return terminal.render(result, width=FILE_WIDTH, color=False)


def _csv(result: Result) -> str:
    from screener.output import text

    return text.to_csv(result)


def _tsv(result: Result) -> str:
    from screener.output import text

    return text.to_tsv(result)


def _json(result: Result) -> str:
    from screener.output import text

    return text.to_json(result)


def _markdown(result: Result) -> str:
    from screener.output import text

    return text.to_markdown(result)


def _xlsx(result: Result) -> bytes:
    from screener.output import spreadsheet

    return spreadsheet.to_xlsx(result)


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: its name on the command line, the suffixes that choose it, and how it is made.

    ``make`` gives text, or bytes for a format that goes to a file only; ``file_only`` says which.
    """

    name: str
    suffixes: tuple[str, ...]
    label: str
    make: Callable[[Result], str | bytes]
    file_only: bool = False


FILE_WIDTH = 120

FORMATS: tuple[Format, ...] = (
    Format("table", (".txt",), "ranked table for reading", _table),
    Format("csv", (".csv",), "comma-separated values, unrounded", _csv),
    Format("tsv", (".tsv",), "tab-separated values, unrounded", _tsv),
    Format("json", (".json",), "JSON: run, funnel and rows with their factors", _json),
    Format("markdown", (".md", ".markdown"), "Markdown tables", _markdown),
    Format("xlsx", (".xlsx",), "Excel workbook: shortlist, rules, factors, run", _xlsx, file_only=True),
)

BY_NAME: dict[str, Format] = {row.name: row for row in FORMATS}
BY_SUFFIX: dict[str, Format] = {suffix: row for row in FORMATS for suffix in row.suffixes}
# What --format takes: the formats that may go to standard output.
TEXT_NAMES: tuple[str, ...] = tuple(row.name for row in FORMATS if not row.file_only)


def text_of(result: Result, name: str) -> str:
    """Return ``result`` in the text format ``name``; OutputError when there is none of that name."""
    content = BY_NAME[name].make(result) if name in TEXT_NAMES else None
    if not isinstance(content, str):
        raise OutputError(f"no text format {name!r}", hint=f"known formats: {', '.join(TEXT_NAMES)}")
    return content


def format_for(path: Path) -> Format:
    """Return the format that the suffix of ``path`` chooses; OutputError, listing the known ones, for any other."""
    row = BY_SUFFIX.get(path.suffix.lower())
    if row is None:
        suffix = f"the suffix {path.suffix!r}" if path.suffix else "a name without a suffix"
        raise OutputError(f"cannot write {path}: {suffix} names no format", hint=f"known: {', '.join(BY_SUFFIX)}")
    return row


def check_target(path: Path) -> None:
    """Raise OutputError when ``path`` cannot be a target, so that a run fails before its work and not after it."""
    format_for(path)
    target = path.resolve()
    if not target.parent.is_dir():
        raise OutputError(f"cannot write {path}: the folder {target.parent} does not exist", hint="create it first")
    if target.exists() and not target.is_file():
        raise OutputError(f"cannot write {path}: it is not a file")


def write(result: Result, path: Path) -> None:
    """Write ``result`` to ``path`` in the format of its suffix, as UTF-8 where it is text; an old file is replaced.

    The file appears under its name only when it is complete. OutputError for an unknown suffix, a missing folder, a
    folder that may not be written to, or a full disk.
    """
    check_target(path)
    try:
        content = format_for(path).make(result)
        _replace(path.resolve(), content.encode("utf-8", "replace") if isinstance(content, str) else content)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _replace(target: Path, content: bytes) -> None:
    """Write beside ``target`` and rename: within one folder the rename is atomic."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
