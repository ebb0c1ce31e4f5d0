"""``screener show``: a company's line items by period, as they were known on a day."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.options import as_of_option, data_option, format_option, say, terminal
from screener.cli.tables import print_table


@click.command("show")
@click.argument("ticker")
@data_option
@as_of_option
@click.option("--period", type=click.Choice(("ttm", "quarter", "annual")), default="ttm", show_default=True,
              help="Trailing twelve months, discrete quarters, or fiscal years.")  # fmt: skip
@click.option("--items", metavar="A,B", help="Line items, or metrics made of line items alone, separated by commas.")
@format_option
def command(ticker: str, data: str | None, as_of: date | None, period: str, items: str | None, fmt: str | None) -> None:
    """Show the line items of TICKER (or a CIK) by period, each in the version that was public on the day.

    The flags of each period stand beside it: as numbers explained below the table, as codes in the other formats.
    """
    from screener import api

    names = tuple(part.strip() for part in (items or "").split(",") if part.strip())
    found = api.show(ticker, data=data, as_of=as_of, period=period, items=names)
    if fmt in (None, "table"):
        from screener.output.statement import statement_text

        say(f"{found.company.name} ({found.company.ticker}), {found.company.sector}, {period}")
        width, color = terminal()
        click.echo(statement_text(found, width=width, color=color), nl=False)
        return
    print_table(found.headers, found.rows, found.units, fmt)
