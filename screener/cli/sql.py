"""``screener sql``: the one query that a screen becomes."""

from __future__ import annotations

from typing import Unpack

import click

from screener.cli.complete import complete_screen
from screener.cli.options import RunOptions, run_options


@click.command("sql")
@click.argument("screen", shell_complete=complete_screen)
@run_options
def command(screen: str, **given: Unpack[RunOptions]) -> None:
    """Print the SQL that `screener run SCREEN` executes: one row per candidate, with verdicts, factors and score."""
    from screener import api

    click.echo(api.sql(screen, **given))
