"""``screener near``: the names that miss by one rule."""

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


@click.command("near")
@click.argument("screen", shell_complete=complete_screen)
@data_option
@as_of_option
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="At most so many; 0: all.")
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
    limit: int,
    fmt: str | None,
) -> None:
    """List the names that fail exactly one rule of SCREEN, nearest first, with the rank that they would have."""
    from screener import api
    from screener.output.near import near_output

    with working(f"looking for near misses of {screen}"):
        found = api.near(
            screen, data=data, as_of=as_of, metrics=metrics, params=params, watchlist=watchlist, limit=limit
        )
    width, color = terminal()
    show_text(near_output(found, fmt or "table", width=width, color=color))
