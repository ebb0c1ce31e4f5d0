"""``screener data sync``: fetch the SEC's files, keep them current, and build the data set from them."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

import click

from screener.cli.built import say_built, shown
from screener.cli.options import Day, own_data_option, say
from screener.errors import ScreenerError


class Quarter(click.ParamType[tuple[int, int]]):
    """A quarter of the calendar, 2020q1."""

    name = "quarter"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Return (year, quarter); a usage error says what is expected."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"(20\d\d)[qQ]([1-4])", str(value))
        if found is None or (int(found[1]), int(found[2])) < (2009, 2):
            self.fail(f"{value!r} is not a quarter from 2009q2 on; write it like 2020q1", param, ctx)
        return int(found[1]), int(found[2])


@click.command("sync")
@own_data_option("keep current")
@click.option("--contact", metavar="TEXT", help="Your name and e-mail address, which the SEC asks for; kept.")
@click.option("--fsds", metavar="QUARTER", type=Quarter(), help="Also the Financial Statement Data Sets from here on.")
@click.option(
    "--prices",
    type=click.Path(path_type=Path),
    help="Price file or folder, as for `data build`. Default: those of `data prices`.",
)
@click.option("--whole", is_flag=True, help="Fetch the bulk files again, also when little was filed.")
@click.option("--no-build", is_flag=True, help="Fetch only.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--today", type=Day(), hidden=True)
def command(
    data: Path | None,
    contact: str | None,
    fsds: tuple[int, int] | None,
    prices: Path | None,
    whole: bool,
    no_build: bool,
    quiet: bool,
    today: date | None,
) -> None:
    """Fetch what the SEC has published since the last time, and build the data set from it.

    The first time the bulk files come, some 3 GB; later only the companies that have filed. What breaks off is gone on
    with by the next sync; until all is there and whole, the data set stays as it was.
    """
    from screener.settings import data_home
    from screener.sync.client import Client
    from screener.sync.dataset import sync_data

    out = data or data_home()
    client = Client(asked_contact(contact))
    with shown(quiet=quiet) as progress:
        found = sync_data(
            out, client, today or date.today(), fsds=fsds, prices=prices, whole=whole, build=not no_build,
            progress=progress,
        )  # fmt: skip
    synced, report = found.synced, found.report
    say(f"fetched {len(synced.fetched):,} files, {synced.size / 1e6:,.1f} MB; {synced.filers:,} companies filed")
    if synced.without_facts:
        say(f"{len(synced.without_facts):,} of them without numbers")
    if synced.damaged:
        named = ", ".join(f"CIK {cik}" for cik in synced.damaged)
        say(f"damaged at the SEC, older files stand in and the next sync asks again: {named}")
    if synced.filed_until:
        say(f"all that was filed until {synced.filed_until.isoformat()} is there")
    if found.note:
        say(f"note: {found.note}")
    if report is not None:
        say_built(out, report, f"nothing has changed in {out}")


def asked_contact(given: str | None) -> str:
    """Return the contact: as given (and kept), as kept before, or as typed now; an error where nobody can type."""
    from screener.settings import CONTACT_VARIABLE, read_contact, save_contact

    if given:
        say(f"contact kept in {save_contact(given)}")
    found = read_contact()
    if found:
        return found
    hint = f"--contact 'Jane Doe jane@example.com', or the environment variable {CONTACT_VARIABLE}"
    if not sys.stdin.isatty():
        raise ScreenerError("the SEC asks who fetches its files: name and e-mail address are missing", hint=hint)
    say("The SEC asks every program to say who fetches its files. This is sent to the SEC alone, and kept:")
    typed = click.prompt("your name and e-mail address", err=True)
    say(f"kept in {save_contact(typed)}")
    return read_contact()
