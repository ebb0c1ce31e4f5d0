"""``screener near``: the names that miss by one rule."""

from __future__ import annotations

from typing import Unpack

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_screen
from screener.cli.options import RunOptions, format_option, run_options, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("near")
@click.argument("screen", shell_complete=complete_screen)
@run_options
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="At most so many; 0: all.")
@format_option
def command(screen: str, limit: int, fmt: str | None, **given: Unpack[RunOptions]) -> None:
    """List the names that fail exactly one rule of SCREEN, nearest first, with the rank that they would have."""
    from screener import api
    from screener.output.near import near_output

    with working(f"looking for near misses of {screen}"):
        found = api.near(screen, limit=limit, **given)
    say_age(given["data"], given["as_of"])
    width, color = terminal()
    show_text(near_output(found, fmt or "table", width=width, color=color))
