"""``screener holds``: which saved screens hold a name."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_ticker
from screener.cli.options import as_of_option, data_option, format_option, metrics_option, say, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("holds")
@click.argument("ticker", shell_complete=complete_ticker)
@data_option
@as_of_option
@metrics_option
@format_option
def command(
    ticker: str, data: str | None, as_of: date | None, metrics: tuple[str, ...] | None, fmt: str | None
) -> None:
    """Run all saved screens and say which hold TICKER (or a CIK), at which rank, and what keeps it out of the others.

    A screen with errors is named on stderr and left out.
    """
    from screener import api
    from screener.output.holds import holds_output

    with working("running all saved screens"):
        found = api.holds(ticker, data=data, as_of=as_of, metrics=metrics)
    say_age(data, as_of)
    for _, message in found.problems:
        say(message)
    width, color = terminal()
    show_text(holds_output(found, fmt or "table", width=width, color=color))
