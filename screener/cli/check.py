"""``screener check``: every problem of some screen files, with its place and a hint."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from screener.cli.complete import complete_screen
from screener.cli.options import data_option, metrics_option, say
from screener.errors import EXIT_USAGE, DataError, Problem, ScreenError
from screener.output.problems import FORMATS, problems_text

if TYPE_CHECKING:
    from screener.language.own import OwnMetrics
    from screener.language.screen import Screen


@click.command("check")
@click.argument("screens", nargs=-1, required=True, shell_complete=complete_screen)
@data_option
@metrics_option
@click.option("--no-data", is_flag=True, help="Do not look at a data set: no warnings of metrics that few names have.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(FORMATS),
    default="text",
    help="text: with the line and a caret; editor: file:line:column: severity: message, one line each; json: a list.",
)
def command(
    screens: tuple[str, ...], data: str | None, metrics: tuple[str, ...] | None, no_data: bool, fmt: str
) -> None:
    """Check SCREENS (files or saved names): every problem with file:line:column, the line, a caret and a hint.

    Warns of metrics in rules and ranks that are known for under 60 % of the small caps of the data set (market
    capitalization 300M to 3B); metrics that are refused by industry, or rank worst or best by definition, are not
    unknown. Warnings leave the exit code as it is.
    """
    from screener.language.metric_files import load_metrics

    if no_data and data is not None:
        raise click.UsageError("--data and --no-data exclude each other")
    own = load_metrics(metrics)
    found = [_problems(name, own) for name in screens]
    warned = iter(() if no_data else _warnings([screen for _, screen in found if screen is not None], data))
    wrong = 0
    told = list(own.warnings)
    for problems, screen in found:
        wrong += any(problem.severity == "error" for problem in problems)
        told += [*problems, *(next(warned, ()) if screen is not None else ())]
    click.echo(problems_text(told, fmt), nl=False)
    checked = f"{len(screens)} screen{'s' if len(screens) != 1 else ''} checked"
    say(f"{checked}, {wrong} with errors" if wrong else f"{checked}, no errors")
    if wrong:
        sys.exit(EXIT_USAGE)


def _problems(name: str, own: OwnMetrics) -> tuple[tuple[Problem, ...], Screen | None]:
    """Return what is wrong with a screen, and the screen where that is no more than warnings."""
    from screener.language.library import find_screen
    from screener.language.resolve import load_screen

    try:
        screen = load_screen(find_screen(name), own)
    except ScreenError as error:
        return error.problems or (Problem(error.message, hint=error.hint, code="screen"),), None
    return screen.warnings, screen


def _warnings(screens: Sequence[Screen], data: str | None) -> Sequence[tuple[Problem, ...]]:
    """Return the warnings of each screen; none, and a word on stderr, where no data set can be read."""
    from screener import api

    try:
        return api.coverage_warnings(screens, data=data)
    except DataError as error:
        say(f"coverage of metrics not checked: {error.message}")
        return ()
