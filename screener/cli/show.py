"""``screener show``: a company's line items by period, as they were known on a day, and where a value comes from."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from screener.cli.complete import complete_items, complete_ticker
from screener.cli.options import Day, as_of_option, data_option, format_option, say, terminal
from screener.cli.pager import show_text
from screener.cli.tables import print_table


@click.command("show")
@click.argument("ticker", shell_complete=complete_ticker)
@data_option
@as_of_option
@click.option("--period", type=click.Choice(("ttm", "quarter", "annual")), default="ttm", show_default=True,
              help="Trailing twelve months, discrete quarters, or fiscal years.")  # fmt: skip
@click.option(
    "--items",
    metavar="A,B",
    shell_complete=complete_items,
    help="Line items, or metrics made of line items alone, separated by commas.",
)
@click.option("--item", metavar="A", shell_complete=complete_items,
              help="One line item; with --trace or --versions.")  # fmt: skip
@click.option("--trace", is_flag=True, help="Follow the item's value to its tags, filings and their addresses.")
@click.option("--versions", is_flag=True, help="List every version of the item by period, with its filing.")
@click.option("--period-end", type=Day(), help="The period for --trace and --versions. Default: the newest; all.")
@format_option
def command(
    ticker: str,
    items: str | None,
    item: str | None,
    trace: bool,
    versions: bool,
    period_end: date | None,
    **shared: Any,
) -> None:
    """Show the line items of TICKER (or a CIK) by period, each in the version that was public on the day.

    The flags of each period stand beside it: as numbers explained below the table, as codes in the other formats.
    With --item, --trace prints what one value was made of, down to the facts of the filings; --versions prints how
    it changed from filing to filing.
    """
    from screener import api

    fmt = shared.pop("fmt")
    if trace or versions:
        if item is None or items is not None or (trace and versions):
            raise click.UsageError("name one line item with --item, and either --trace or --versions")
        (_trace if trace else _versions)(ticker, item, fmt, period_end=period_end, **shared)
        return
    if period_end is not None:
        raise click.UsageError("--period-end goes with --trace or --versions")
    names = split_items(items or item or "")
    found = api.show(ticker, items=names, **shared)
    if fmt in (None, "table"):
        from screener.output.statement import statement_text

        say(f"{found.company.name} ({found.company.ticker}), {found.company.sector}, {found.period}")
        width, color = terminal()
        show_text(statement_text(found, width=width, color=color))
        return
    print_table(found.headers, found.rows, found.units, fmt)


def split_items(text: str) -> tuple[str, ...]:
    """Return the names between the commas of ``text``; a comma inside parentheses is part of a formula."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth <= 0:
            parts.append(text[start:place])
            start = place + 1
    return tuple(part.strip() for part in [*parts, text[start:]] if part.strip())


def _trace(ticker: str, item: str, fmt: str | None, **options: Any) -> None:
    from screener import api
    from screener.output.trace import HEADERS, UNITS, render_trace, trace_json, trace_rows

    found = api.trace(ticker, item, **options)
    if fmt == "json":
        show_text(trace_json(found))
    elif fmt in {"csv", "markdown"}:
        print_table(HEADERS, trace_rows(found), UNITS, fmt)
    else:
        width, color = terminal()
        show_text(render_trace(found, width=width, color=color))


def _versions(ticker: str, item: str, fmt: str | None, **options: Any) -> None:
    from screener import api
    from screener.output.trace import render_versions

    found = api.versions(ticker, item, **options)
    if fmt in (None, "table"):
        width, color = terminal()
        show_text(render_versions(found, width=width, color=color))
    else:
        print_table(found.headers, found.rows, found.units, fmt)
