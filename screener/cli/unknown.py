"""``screener unknown``: the names that a screen could not judge."""

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


@click.command("unknown")
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
    """List the names that SCREEN could not judge: no rule fails, but one is unknown; with the missing input."""
    from screener import api
    from screener.output.near import unknown_output

    with working(f"running {screen}"):
        found = api.unknown(screen, data=data, as_of=as_of, metrics=metrics, params=params, watchlist=watchlist)
    width, color = terminal()
    show_text(unknown_output(found, fmt or "table", width=width, color=color))
