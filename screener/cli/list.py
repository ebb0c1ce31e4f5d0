"""``screener list``: the saved screens, one line each."""

from __future__ import annotations

import click

from screener.cli.options import format_option, say
from screener.cli.tables import print_table
from screener.errors import ScreenError


@click.command("list")
@format_option
def command(fmt: str | None) -> None:
    """List the saved screens: those in ./screens, then those that come with screener.

    A screen with errors is named on stderr and left out.
    """
    from screener.language.library import saved_screens
    from screener.language.metric_files import load_metrics
    from screener.language.resolve import load_screen

    own = load_metrics()
    rows: list[tuple[str, str, str]] = []
    for path in saved_screens():
        try:
            screen = load_screen(path, own)
        except ScreenError as error:
            say(error.render())
            continue
        rows.append((screen.name, screen.title, screen.description))
    print_table(("screen", "title", "description"), rows, ("text",) * 3, fmt)
