"""``screener funnel``: what each rule of a screen costs."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.complete import complete_screen
from screener.cli.options import (
    as_of_option,
    data_option,
    format_option,
    metrics_option,
    settings_options,
    terminal,
)
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("funnel")
@click.argument("screen", shell_complete=complete_screen)
@data_option
@as_of_option
@metrics_option
@settings_options
@format_option
def command(
    screen: str,
    data: str | None,
    as_of: date | None,
    metrics: tuple[str, ...] | None,
    params: dict[str, object],
    watchlist: str | None,
    fmt: str | None,
) -> None:
    """Count what the rules of SCREEN cost: each in order and alone, which keeps out most by itself, which overlap."""
    from screener import api
    from screener.output.funnel import funnel_output

    with working(f"counting what the rules of {screen} cost"):
        found = api.funnel(screen, data=data, as_of=as_of, metrics=metrics, params=params, watchlist=watchlist)
    width, color = terminal()
    show_text(funnel_output(found, fmt or "table", width=width, color=color))
