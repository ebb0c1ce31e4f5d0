"""The table of output formats, and writing a result to files that are whole or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import OutputError

if TYPE_CHECKING:
    from screener.engine.report import Report
    from screener.engine.result import Result


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


def _xlsx(report: Report) -> bytes:
    from screener.output.workbook import writer

    return writer.to_xlsx(report)


def _html(report: Report) -> str:
    from screener.output.report import document

    return document.to_html(report, report.pages)


def _parquet(result: Result) -> bytes:
    from screener.output import parquet

    return parquet.to_parquet(result)


def _ods(result: Result) -> bytes:
    from screener.output import ods

    return ods.to_ods(result)


def _tradingview(result: Result) -> str:
    from screener.output import watchlists

    return watchlists.to_tradingview(result)


def _yahoo(result: Result) -> str:
    from screener.output import watchlists

    return watchlists.to_yahoo(result)


def _tickers(result: Result) -> str:
    from screener.output import watchlists

    return watchlists.to_tickers(result)


def _without_ticker(result: Result) -> tuple[str, ...]:
    from screener.output import watchlists

    return watchlists.without_ticker(result)


def _nobody(_result: Result) -> tuple[str, ...]:
    return ()


def _need_ods() -> None:
    from screener.output import ods

    ods.need_library()


def _need_nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: its name on the command line, the suffixes that choose it, and how it is made.

    ``make`` gives text, or bytes for a format that goes to a file only; ``file_only`` says which. ``left_out`` names
    the companies of a result that the format cannot hold. A format without suffixes is chosen by its name.
    ``carries`` says, for the page of formats, what is in it and of which types. A format with ``rich`` is made of the
    report of the run instead. ``need`` raises OutputError, with what to install, where a library is missing.
    """

    name: str
    suffixes: tuple[str, ...]
    label: str
    carries: str
    make: Callable[[Result], str | bytes] | None = None
    file_only: bool = False
    left_out: Callable[[Result], tuple[str, ...]] = _nobody
    rich: Callable[[Report], str | bytes] | None = None
    need: Callable[[], None] = _need_nothing

    def content(self, result: Result, report: Callable[[], Report] | None = None) -> str | bytes:
        """Return the file's content; ``report`` is called by a format that needs one, and must be given then."""
        if self.rich is not None and report is not None:
            return self.rich(report())
        assert self.make is not None, f"{self.name} is made of a report"  # noqa: S101 - a bug, not an input
        return self.make(result)


FILE_WIDTH = 120

FORMATS: tuple[Format, ...] = (
    Format(
        "table",
        (".txt",),
        "ranked table for reading",
        "what the terminal shows, 120 columns wide, without colour",
        _table,
    ),
    Format(
        "csv",
        (".csv",),
        "comma-separated values, unrounded",
        "rank, ticker, name, sector, score and the chosen columns; full units, empty where unknown, dates as "
        "YYYY-MM-DD, true and false; text that a spreadsheet would run begins with an apostrophe",
        _csv,
    ),
    Format("tsv", (".tsv",), "tab-separated values, unrounded", "the cells of the CSV", _tsv),
    Format(
        "json",
        (".json",),
        "JSON: run, funnel and rows with their factors",
        "everything: see [the schema](#json)",
        _json,
    ),
    Format(
        "markdown",
        (".md", ".markdown"),
        "Markdown tables",
        "headings, table formatted by unit, flags, funnel and identity of the run",
        _markdown,
    ),
    Format(
        "parquet",
        (".parquet",),
        "Parquet, typed, with the run in its metadata",
        "the columns of the CSV, and those [below](#parquet), typed",
        _parquet,
        file_only=True,
    ),
    Format(
        "xlsx",
        (".xlsx",),
        "Excel workbook: shortlist, factors, rules, left out, funnel, definitions, run",
        "numbers with formats by unit, dates, true and false, text that is never a formula; see [the "
        "workbook](workbook.md)",
        file_only=True,
        rich=_xlsx,
    ),
    Format(
        "html",
        (".html", ".htm"),
        "report as one HTML page: list, charts, a page a name",
        "a page for people that needs nothing else; see [the report](report.md)",
        file_only=True,
        rich=_html,
    ),
    Format(
        "ods",
        (".ods",),
        "OpenDocument spreadsheet: shortlist and run",
        "numbers with formats by unit, dates, true and false, text that is never a formula; needs "
        "`pip install 'screener[spreadsheets]'`",
        _ods,
        file_only=True,
        need=_need_ods,
    ),
    Format(
        "tradingview",
        (),
        "watchlist for TradingView, one line NASDAQ:ABC,NYSE:DEF",
        "tickers with TradingView's exchange, classes after a dot (`NYSE:BRK.B`); a name whose exchange the data "
        "set does not know has no prefix",
        _tradingview,
        left_out=_without_ticker,
    ),
    Format(
        "yahoo",
        (),
        "watchlist in Yahoo's spelling, one ticker a line",
        "tickers, classes after a dash (`BRK-B`)",
        _yahoo,
        left_out=_without_ticker,
    ),
    Format(
        "tickers",
        (),
        "plain tickers, one a line",
        "tickers as the data set has them, which `--watchlist` reads",
        _tickers,
        left_out=_without_ticker,
    ),
)
BY_NAME: dict[str, Format] = {row.name: row for row in FORMATS}
BY_SUFFIX: dict[str, Format] = {suffix: row for row in FORMATS for suffix in row.suffixes}
# What --format takes: the formats that may go to standard output.
TEXT_NAMES: tuple[str, ...] = tuple(row.name for row in FORMATS if not row.file_only)


def text_of(result: Result, name: str) -> str:
    """Return ``result`` in the text format ``name``; OutputError when there is none of that name."""
    content = BY_NAME[name].content(result) if name in TEXT_NAMES else None
    if not isinstance(content, str):
        raise OutputError(f"no text format {name!r}", hint=f"known formats: {', '.join(TEXT_NAMES)}")
    return content


def format_for(path: Path) -> Format:
    """Return the format that the suffix of ``path`` chooses; OutputError, listing the known ones, for any other."""
    row = BY_SUFFIX.get(path.suffix.lower())
    if row is None:
        suffix = f"the suffix {path.suffix!r}" if path.suffix else "a name without a suffix"
        hint = f"known: {', '.join(BY_SUFFIX)}; or name the format: {'|'.join(BY_NAME)}={path}"
        raise OutputError(f"cannot write {path}: {suffix} names no format", hint=hint)
    return row


@dataclass(frozen=True, slots=True)
class Target:
    """A file that is to be written, and its format."""

    path: Path
    fmt: Format


def parse_target(text: str) -> Target:
    """Return the target that ``FILE`` or ``FORMAT=FILE`` names; OutputError when no format is known by it.

    What stands before ``=`` and is no format is a part of the file's name.
    """
    name, sign, rest = text.partition("=")
    if not sign or name not in BY_NAME:
        return Target(Path(text), format_for(Path(text)))
    if not rest:
        raise OutputError(f"{text!r} names no file", hint=f"{name}=FILE")
    return Target(Path(rest), BY_NAME[name])


def check_target(path: Path, fmt: Format | None = None) -> None:
    """Raise OutputError when ``path`` cannot be a target, so that a run fails before its work and not after it."""
    (fmt or format_for(path)).need()
    try:
        target = path.resolve()
        folder, other = target.parent.is_dir(), target.exists() and not target.is_file()
    except (OSError, RuntimeError, ValueError) as error:
        # A name that is too long, a link that leads to itself, a null character.
        reason = error.strerror if isinstance(error, OSError) else error
        raise OutputError(f"cannot write {path}: {reason}") from error
    if not folder:
        raise OutputError(f"cannot write {path}: the folder {target.parent} does not exist", hint="create it first")
    if other:
        raise OutputError(f"cannot write {path}: it is not a file")


def check_targets(targets: Sequence[Target], *, sidecar: bool = False, update: Path | None = None) -> None:
    """Raise OutputError when one of the files of a run cannot be written, or would take the place of another."""
    for target in targets:
        check_target(target.path, target.fmt)
    paths = [target.path for target in targets]
    if sidecar:
        from screener.output.sidecar import sidecar_path

        paths = [*paths, *map(sidecar_path, paths)]
    if update is not None:
        check_update(update)
        paths.append(update)
    places = [path.resolve() for path in paths]
    for number, path in enumerate(paths):
        if places[number] in places[:number]:
            raise OutputError(f"two outputs would be written to {path}", hint="give each a name of its own")


def check_update(path: Path) -> None:
    """Raise OutputError when ``path`` cannot be updated, or be the workbook that is made where there is none."""
    from screener.output.workbook.carry.package import need_libraries

    check_target(path, BY_NAME["xlsx"])
    if path.exists():
        need_libraries()
    elif path.suffix.lower() not in BY_NAME["xlsx"].suffixes:
        raise OutputError(f"cannot write {path}: a workbook's name ends in .xlsx")


def write(
    result: Result,
    path: Path,
    fmt: Format | None = None,
    *,
    sidecar: bool = False,
    report: Callable[[], Report] | None = None,
) -> None:
    """Write ``result`` to ``path`` in ``fmt`` (default: that of the suffix), text as UTF-8; an old file is replaced.

    The file appears under its name only when it is complete; with ``sidecar`` so does ``NAME.run.json``, after it, with
    its hash. OutputError for an unknown suffix, a missing folder, a folder that may not be written to, or a full disk.
    """
    check_target(path, fmt)
    row = fmt or format_for(path)
    try:
        made = row.content(result, report)
        content = made.encode("utf-8", "replace") if isinstance(made, str) else made
        _replace(path.resolve(), content)
        if sidecar:
            _write_sidecar(result, path, row, content)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _write_sidecar(result: Result, path: Path, row: Format, content: bytes) -> None:
    from screener.output.sidecar import sidecar_path, to_sidecar

    _replace(sidecar_path(path).resolve(), to_sidecar(result, path.name, row.name, content).encode("utf-8", "replace"))


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
