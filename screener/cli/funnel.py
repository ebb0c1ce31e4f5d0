"""``screener funnel``: what each rule of a screen costs."""

from __future__ import annotations

from typing import Unpack

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_screen
from screener.cli.options import RunOptions, format_option, run_options, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("funnel")
@click.argument("screen", shell_complete=complete_screen)
@run_options
@format_option
def command(screen: str, fmt: str | None, **given: Unpack[RunOptions]) -> None:
    """Count what the rules of SCREEN cost: each in order and alone, which keeps out most by itself, which overlap."""
    from screener import api
    from screener.output.funnel import funnel_output

    with working(f"counting what the rules of {screen} cost"):
        found = api.funnel(screen, **given)
    say_age(given["data"], given["as_of"])
    width, color = terminal()
    show_text(funnel_output(found, fmt or "table", width=width, color=color))
