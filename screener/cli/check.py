"""``screener check``: every problem of some screen files, with its place and a hint."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from screener.cli.complete import complete_screen
from screener.cli.options import data_option, metrics_option, say, settings_options
from screener.cli.progress import working
from screener.errors import EXIT_EMPTY, EXIT_USAGE, DataError, Problem, ScreenError
from screener.output.problems import FORMATS, problems_text

if TYPE_CHECKING:
    from screener.language.own import OwnMetrics
    from screener.language.resolve import Given
    from screener.language.screen import Screen


@click.command("check")
@click.argument("screens", nargs=-1, required=True, shell_complete=complete_screen)
@data_option
@metrics_option
@settings_options
@click.option("--no-data", is_flag=True, help="Do not look at a data set: warn of what the screens alone tell.")
@click.option("--strict", is_flag=True, help="End with 1 when there are warnings.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(FORMATS),
    default="text",
    help="text: with the line and a caret; editor: file:line:column: severity: message, one line each; json: a list.",
)
def command(
    screens: tuple[str, ...],
    data: str | None,
    metrics: tuple[str, ...] | None,
    params: dict[str, object],
    watchlist: str | None,
    no_data: bool,
    strict: bool,
    fmt: str,
) -> None:
    """Check SCREENS (files or saved names): every problem with file:line:column, the line, a caret and a hint.

    Warns of what is allowed but hardly meant (docs/lint.md has the codes), and of rules and factors that decide
    nothing in the data set. `# ok: S012 - why` in the line or in the line above consents, `lint: {ignore: [S012]}` for
    the whole screen. Warnings leave the exit code as it is, unless --strict.
    """
    from screener.language.metric_files import load_metrics
    from screener.language.resolve import Given
    from screener.language.tickers import given_tickers

    if no_data and data is not None:
        raise click.UsageError("--data and --no-data exclude each other")
    own = load_metrics(metrics)
    given = Given(params, None if watchlist is None else given_tickers(watchlist))
    found = [_problems(name, own, given) for name in screens]
    linted = iter(_warnings([screen for _, screen in found if screen is not None], data, no_data=no_data))
    wrong = 0
    problems = list(own.warnings)
    for read, screen in found:
        wrong += any(problem.severity == "error" for problem in read)
        problems += [*read, *(next(linted, ()) if screen is not None else ())]
    click.echo(problems_text(problems, fmt), nl=False)
    told = sum(problem.severity == "warning" for problem in problems)
    checked = f"{len(screens)} screen{'s' if len(screens) != 1 else ''} checked"
    counted = f", {told} warning{'s' if told != 1 else ''}" if told else ""
    say((f"{checked}, {wrong} with errors" if wrong else f"{checked}, no errors") + counted)
    if wrong:
        sys.exit(EXIT_USAGE)
    if told and strict:
        sys.exit(EXIT_EMPTY)


def _problems(name: str, own: OwnMetrics, given: Given) -> tuple[tuple[Problem, ...], Screen | None]:
    """Return what is wrong with a screen, and the screen where that is no more than warnings."""
    from screener.language.library import find_screen
    from screener.language.resolve import load_screen

    try:
        screen = load_screen(find_screen(name), own, given)
    except ScreenError as error:
        return error.problems or (Problem(error.message, hint=error.hint, code="screen"),), None
    return screen.warnings, screen


def _warnings(screens: Sequence[Screen], data: str | None, *, no_data: bool) -> Sequence[tuple[Problem, ...]]:
    """Return the warnings of each screen; a word on stderr where no data set can be read."""
    from screener import api

    if not no_data:
        try:
            with working("checking against the data"):
                return api.lint(screens, data=data)
        except DataError as error:
            say(f"not checked against data: {error.message}")
    return api.lint(screens, static=True)
