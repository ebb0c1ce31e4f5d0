"""``screener data prices``: fetch or read the prices of a data set, keep them beside it, and build it with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.built import say_built, shown
from screener.cli.options import Day, own_data_option, say
from screener.errors import ScreenError

if TYPE_CHECKING:
    from screener.sync.price_fetch import Priced

# Tickers that a line names before it breaks off.
NAMED = 5


@click.command("prices")
@own_data_option("fetch prices for")
@click.option("--provider", metavar="NAME", help="Where from: see --list.")
@click.option("--from", "source", metavar="PATH", type=click.Path(path_type=Path), help="Your own file or folder.")
@click.option("--tickers", metavar="A,B", default="", help="These tickers alone. Default: those of the data set.")
@click.option("--since", type=Day(), help="First day that is wanted. Default: all that the provider has.")
@click.option("--list", "listed", is_flag=True, help="Print the providers: what they need, allow and give.")
@click.option("--no-build", is_flag=True, help="Fetch only.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--today", type=Day(), hidden=True)
def command(
    data: Path | None,
    provider: str | None,
    source: Path | None,
    tickers: str,
    since: date | None,
    listed: bool,
    no_build: bool,
    quiet: bool,
    today: date | None,
) -> None:
    """Fetch daily prices for a data set, or take those of your own files, and build it with them.

    Later runs fetch only what is new; `data sync` uses what is stored. Ctrl-C keeps what has come, and the next run
    goes on from there. A file or folder given with --from is read where it lies.
    """
    from screener.mapping.load import load_mapping
    from screener.settings import data_home
    from screener.sync.prices import sync_prices
    from screener.sync.providers import PROVIDERS, provider_lines, provider_named

    if listed:
        click.echo("\n".join(provider_lines()))
        return
    if not provider:
        raise ScreenError(f"name a provider: --provider {' | '.join(row.name for row in PROVIDERS)}")
    row = provider_named(provider)
    out = data or data_home()
    with shown(quiet=quiet) as progress:
        found = sync_prices(
            out, row, today or date.today(), source=source, tickers=tickers.split(",") if tickers else (), since=since,
            build=not no_build, progress=progress, read_tables=load_mapping,
        )  # fmt: skip
    if source is None:
        _say_fetched(found)
    if found.note:
        say(f"note: {found.note}")
    if found.report is not None:
        say_built(out, found.report, f"nothing has changed in {out}")


def _say_fetched(found: Priced) -> None:
    """Say what came, and what did not and why."""
    say(f"{found.days:,} new days of {found.came:,} tickers; {found.quiet:,} had nothing new to expect")
    for what, tickers in (
        ("fetched whole again after a split or dividend", found.again),
        ("unknown to the provider", found.absent),
        ("refused by the provider", found.refused),
        ("without a readable answer", found.unreadable),
    ):
        if tickers:
            named = ", ".join(tickers[:NAMED]) + (", …" if len(tickers) > NAMED else "")
            say(f"{len(tickers):,} {what}: {named}")
    if found.unusable:
        say(f"{found.unusable:,} rows without a day or a sound close were left out")
    if found.stopped:
        say(f"stopped with {found.left:,} tickers to go: {found.stopped}; run the same command later to go on")
