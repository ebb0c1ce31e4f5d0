"""``screener show``: the page of a company, its line items by period, and where a value comes from."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from screener.cli.age import say_age
from screener.cli.complete import complete_items, complete_ticker
from screener.cli.options import Day, as_of_option, data_option, format_option, say, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working
from screener.cli.tables import print_table


@click.command("show")
@click.argument("ticker", shell_complete=complete_ticker)
@data_option
@as_of_option
@click.option("--period", type=click.Choice(("ttm", "quarter", "annual")),
              help="All periods in one table: trailing twelve months (the default of --items), discrete quarters, "
              "or fiscal years.")  # fmt: skip
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
    """Show the page of TICKER (or a CIK): metrics with their place in the sector, years, quarters, flags, events.

    With --period or --items: these line items in all periods, each in the version that was public on the day, with
    the flags of each period: as numbers explained below the table, as codes in the other formats.
    With --item, --trace prints what one value was made of, down to the facts of the filings; --versions prints how
    it changed from filing to filing.
    """
    from screener import api

    fmt, period = shared.pop("fmt"), shared.pop("period")
    chosen = {**shared, "period": period or "ttm"}
    if trace or versions:
        if item is None or items is not None or (trace and versions):
            raise click.UsageError("name one line item with --item, and either --trace or --versions")
        (_trace if trace else _versions)(ticker, item, fmt, period_end=period_end, **chosen)
        return
    if period_end is not None:
        raise click.UsageError("--period-end goes with --trace or --versions")
    if period is None and items is None and item is None:
        _page(ticker, fmt, **shared)
        return
    found = api.show(ticker, items=split_items(items or item or ""), **chosen)
    if fmt in (None, "table"):
        from screener.output.statement import statement_text

        say(f"{found.company.name} ({found.company.ticker}), {found.company.sector}, {found.period}")
        width, color = terminal()
        show_text(statement_text(found, width=width, color=color))
        return
    print_table(found.headers, found.rows, found.units, fmt)


def _page(ticker: str, fmt: str | None, **options: Any) -> None:
    from screener import api
    from screener.output.profile import render_profile
    from screener.output.profile_formats import profile_csv, profile_json, profile_markdown

    with working(f"looking up {ticker}"):
        found = api.profile(ticker, **options)
    say_age(options["data"], options["as_of"])
    makers = {"json": profile_json, "csv": profile_csv, "markdown": profile_markdown}
    width, color = terminal()
    show_text(makers[fmt](found) if fmt in makers else render_profile(found, width=width, color=color))


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
