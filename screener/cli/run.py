"""``screener run``: run a screen and print or write its shortlist."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_screen
from screener.cli.options import RunOptions, format_choice, run_options, say, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working
from screener.cli.signals import Stoppable
from screener.errors import EXIT_EMPTY
from screener.output.writers import BY_NAME, BY_SUFFIX, TEXT_NAMES

if TYPE_CHECKING:
    from screener.engine.result import Result
    from screener.output.writers import Format, Target
    from screener.shortlist import Shortlist


OUTPUT_HELP = (
    f"Also write the shortlist. The suffix chooses the format ({' '.join(BY_SUFFIX)}), or its name does, as in"
    f" tradingview=picks.txt ({' '.join(BY_NAME)}). May repeat."
)


@click.command("run")
@click.argument("screen", shell_complete=complete_screen)
@run_options
@format_choice(TEXT_NAMES)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(),
    metavar="[FORMAT=]FILE",
    help=OUTPUT_HELP,
)
@click.option(
    "--sidecar",
    is_flag=True,
    help="Beside each file, write FILE.run.json: identity of the run, counts, columns with units, hash of the file.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), help="At most this many names instead of the screen's limit; 0: all."
)
@click.option(
    "--update",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the list into this workbook (.xlsx) of an earlier run: your notes, own columns and sheets stay. What"
    " can't stay is named first; the old file is kept beside the new one.",
)
@click.option("--fail-empty", is_flag=True, help="Exit with 1 when nothing passed.")
@click.option("--watch", is_flag=True, help="Run again whenever the screen is saved, until Ctrl-C.")
def command(
    screen: str,
    fmt: str | None,
    outputs: tuple[str, ...],
    sidecar: bool,
    limit: int | None,
    update: Path | None,
    fail_empty: bool,
    watch: bool,
    **given: Unpack[RunOptions],
) -> None:
    """Run SCREEN (a saved screen's name, or a YAML file) and print the ranked shortlist.

    With --watch, what entered, left or changed its rank since the last run is told below each list, and problems of
    the screen are shown in its place. Files of metrics are watched, too.
    """
    from screener import api
    from screener.output.writers import check_targets, parse_target
    from screener.shortlist import Shortlist

    if watch and fail_empty:
        raise click.UsageError("--watch and --fail-empty exclude each other")
    if watch and update is not None:
        raise click.UsageError("--watch and --update exclude each other: each update keeps the file before it")
    if sidecar and not outputs:
        raise click.UsageError("--sidecar stands beside a file: name one with -o")
    targets = [parse_target(text) for text in outputs]
    check_targets(targets, sidecar=sidecar, update=update)
    show = partial(_show, fmt=fmt, targets=targets, sidecar=sidecar)
    if watch:
        from screener.cli.watch import watch_screen

        say_age(given["data"], given["as_of"])
        watch_screen(screen, partial(show, paged=False), limit=limit, **given)
        return
    # Where a file needs the report, it is one query for both.
    rich = update is not None or any(target.fmt.rich for target in targets)
    with working(f"running {screen}"):
        result = Shortlist.of((api.report if rich else api.run)(screen, limit=limit, **given))
    say_age(given["data"], given["as_of"])
    if update is not None:
        with Stoppable():
            _update(result, update)
    show(result)
    if fail_empty and not result.rows:
        sys.exit(EXIT_EMPTY)


def _update(shortlist: Shortlist, path: Path) -> None:
    """Update a workbook, and name what it loses before it is written."""
    from screener.engine.tickers import named
    from screener.output.cells import cell_text
    from screener.output.workbook.update import plan_file, update_file

    planned = plan_file(path, shortlist.report)
    for sentence in planned[0].lost:
        say(f"not carried over: {cell_text(sentence)}")
    for sentence in planned[0].notices:
        say(f"note: {cell_text(sentence)}")
    done = update_file(path, shortlist.report, planned=planned)
    for word, names in (("entered", done.entered), ("left", done.left)):
        if names:
            say(f"{word}: {named([cell_text(name) for name in names])}")
    say(f"wrote {path}" + (f"; the old list is in {done.backup}" if done.backup else ""))


def _show(result: Result, fmt: str | None, targets: Sequence[Target], *, sidecar: bool, paged: bool = True) -> None:
    from screener.output.writers import text_of, write
    from screener.shortlist import Shortlist

    shortlist = Shortlist.of(result)
    for problem in result.screen.warnings:
        say(problem.render())
    for target in targets:
        with Stoppable():
            write(shortlist, target.path, target.fmt, sidecar=sidecar, report=lambda: shortlist.report)
        say(f"wrote {target.path}")
        _tell_left_out(target.fmt, result)
    if fmt in (None, "table"):
        from screener.output.terminal import render

        width, color = terminal()
        show_text(render(result, width=width, color=color), paged=paged)
    else:
        show_text(text_of(result, fmt), paged=paged)
        _tell_left_out(BY_NAME[fmt], result)


def _tell_left_out(fmt: Format, result: Result) -> None:
    """Name the companies that the format cannot hold."""
    names = fmt.left_out(result)
    if names:
        from screener.engine.tickers import named
        from screener.output.cells import cell_text

        say(f"left out of {fmt.name}, as they have no ticker: {named([cell_text(name) for name in names])}")
