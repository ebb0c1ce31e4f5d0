"""``screener explain``: why a name is on the list or not."""

from __future__ import annotations

from typing import Unpack

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_screen, complete_ticker
from screener.cli.options import RunOptions, format_option, run_options, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working


@click.command("explain")
@click.argument("screen", shell_complete=complete_screen)
@click.argument("ticker", shell_complete=complete_ticker)
@run_options
@format_option
def command(screen: str, ticker: str, fmt: str | None, **given: Unpack[RunOptions]) -> None:
    """Explain TICKER in SCREEN: verdicts with distances and parts, factors, what would change it, the filings behind.

    CSV has a line for each rule and factor; JSON has everything.
    """
    from screener import api
    from screener.output.explain import explanation_json, render_explanation
    from screener.output.explain_tables import explanation_csv, explanation_markdown

    with working(f"explaining {ticker} in {screen}"):
        found = api.explain(screen, ticker, **given)
    say_age(given["data"], given["as_of"])
    width, color = terminal()
    makers = {"json": explanation_json, "csv": explanation_csv, "markdown": explanation_markdown}
    text = makers[fmt](found) if fmt in makers else render_explanation(found, width=width, color=color)
    show_text(text)
