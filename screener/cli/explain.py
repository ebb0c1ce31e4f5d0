"""``screener explain``: why a name is on the list or not."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.complete import complete_screen
from screener.cli.options import as_of_option, data_option, metrics_option, settings_options, terminal


@click.command("explain")
@click.argument("screen", shell_complete=complete_screen)
@click.argument("ticker")
@data_option
@as_of_option
@metrics_option
@settings_options
@click.option("--format", "fmt", type=click.Choice(("table", "json")), default="table", show_default=True,
              help="Text for people, or JSON.")  # fmt: skip
def command(
    screen: str,
    ticker: str,
    data: str | None,
    as_of: date | None,
    metrics: tuple[str, ...] | None,
    params: dict[str, object],
    watchlist: str | None,
    fmt: str,
) -> None:
    """Explain TICKER in SCREEN: each rule's verdict with its parts, each factor, the filings behind the line items."""
    from screener import api
    from screener.output.explain import explanation_json, render_explanation

    found = api.explain(screen, ticker, data=data, as_of=as_of, metrics=metrics, params=params, watchlist=watchlist)
    width, color = terminal()
    text = explanation_json(found) if fmt == "json" else render_explanation(found, width=width, color=color)
    click.echo(text, nl=False)
