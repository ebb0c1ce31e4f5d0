"""``screener check``: every problem of some screen files, with its place and a hint."""

from __future__ import annotations

import sys

import click

from screener.cli.complete import complete_screen
from screener.cli.options import metrics_option, say
from screener.errors import EXIT_USAGE, Problem, ScreenError


@click.command("check")
@click.argument("screens", nargs=-1, required=True, shell_complete=complete_screen)
@metrics_option
def command(screens: tuple[str, ...], metrics: tuple[str, ...] | None) -> None:
    """Check SCREENS (files or saved names): every problem with file:line:column, the line, a caret and a hint."""
    from screener.language.library import find_screen
    from screener.language.metric_files import load_metrics
    from screener.language.resolve import check_file

    own = load_metrics(metrics)
    wrong = 0
    for name in screens:
        try:
            problems = check_file(find_screen(name), own)
        except ScreenError as error:
            problems = (Problem(error.message, hint=error.hint),)
        wrong += any(problem.severity == "error" for problem in problems)
        for problem in problems:
            click.echo(problem.render() + "\n")
    checked = f"{len(screens)} screen{'s' if len(screens) != 1 else ''} checked"
    say(f"{checked}, {wrong} with errors" if wrong else f"{checked}, no errors")
    if wrong:
        sys.exit(EXIT_USAGE)
