"""``screener list``: the saved screens, one line each."""

from __future__ import annotations

import click

from screener.cli.options import format_option
from screener.cli.tables import print_table


@click.command("list")
@format_option
def command(fmt: str | None) -> None:
    """List the saved screens: those in ./screens, then those that come with screener."""
    from screener.language.library import saved_screens
    from screener.language.resolve import load_screen

    rows: list[tuple[str, str, str]] = []
    for path in saved_screens():
        screen = load_screen(path)
        rows.append((screen.name, screen.title, screen.description))
    print_table(("screen", "title", "description"), rows, ("text",) * 3, fmt)
