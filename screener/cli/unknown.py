"""``screener unknown``: the names that a screen could not judge."""

from __future__ import annotations

from typing import Unpack

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_screen
from screener.cli.options import RunOptions, format_option, run_options, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("unknown")
@click.argument("screen", shell_complete=complete_screen)
@run_options
@format_option
def command(screen: str, fmt: str | None, **given: Unpack[RunOptions]) -> None:
    """List the names that SCREEN could not judge: no rule fails, but one is unknown; with the missing input."""
    from screener import api
    from screener.output.near import unknown_output

    with working(f"running {screen}"):
        found = api.unknown(screen, **given)
    say_age(given["data"], given["as_of"])
    width, color = terminal()
    show_text(unknown_output(found, fmt or "table", width=width, color=color))
