"""``screener sql``: the one query that a screen becomes."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.complete import complete_screen
from screener.cli.options import as_of_option, data_option, metrics_option, settings_options


@click.command("sql")
@click.argument("screen", shell_complete=complete_screen)
@data_option
@as_of_option
@metrics_option
@settings_options
def command(
    screen: str,
    data: str | None,
    as_of: date | None,
    metrics: tuple[str, ...] | None,
    params: dict[str, object],
    watchlist: str | None,
) -> None:
    """Print the SQL that `screener run SCREEN` executes: one row per candidate, with verdicts, factors and score."""
    from screener import api

    click.echo(api.sql(screen, data=data, as_of=as_of, metrics=metrics, params=params, watchlist=watchlist))
