"""``screener run``: run a screen and print or write its shortlist."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from screener.cli.complete import complete_screen
from screener.cli.options import (
    RunOptions,
    format_option,
    run_options,
    say,
    terminal,
)
from screener.errors import EXIT_EMPTY

if TYPE_CHECKING:
    from screener.engine.result import Result


@click.command("run")
@click.argument("screen", shell_complete=complete_screen)
@run_options
@format_option
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the shortlist; the suffix chooses the format (.xlsx .csv .tsv .json .md). May repeat.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), help="At most this many names instead of the screen's limit; 0: all."
)
@click.option("--fail-empty", is_flag=True, help="Exit with 1 when nothing passed.")
@click.option("--watch", is_flag=True, help="Run again whenever the screen is saved, until Ctrl-C.")
def command(
    screen: str,
    fmt: str | None,
    outputs: tuple[Path, ...],
    limit: int | None,
    fail_empty: bool,
    watch: bool,
    **given: Unpack[RunOptions],
) -> None:
    """Run SCREEN (a saved screen's name, or a YAML file) and print the ranked shortlist.

    With --watch, what entered, left or changed its rank since the last run is told below each list, and problems of
    the screen are shown in its place. Files of metrics are watched, too.
    """
    from screener import api
    from screener.output.writers import check_target

    if watch and fail_empty:
        raise click.UsageError("--watch and --fail-empty exclude each other")
    for path in outputs:
        check_target(path)
    if watch:
        from screener.cli.watch import watch_screen

        watch_screen(screen, lambda result: _show(result, fmt, outputs), limit=limit, **given)
        return
    result = api.run(screen, limit=limit, **given)
    _show(result, fmt, outputs)
    if fail_empty and not result.rows:
        sys.exit(EXIT_EMPTY)


def _show(result: Result, fmt: str | None, outputs: Sequence[Path]) -> None:
    from screener.output.writers import text_of, write

    for problem in result.screen.warnings:
        say(problem.render())
    for path in outputs:
        write(result, path)
        say(f"wrote {path}")
    if fmt in (None, "table"):
        from screener.output.terminal import render

        width, color = terminal()
        click.echo(render(result, width=width, color=color), nl=False)
    else:
        click.echo(text_of(result, fmt), nl=False)
