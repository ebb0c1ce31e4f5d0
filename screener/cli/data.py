"""``screener data``: build a data set from bulk files, say what is in one, generate the demo."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from screener.cli.built import say_built, shown
from screener.cli.mapping import command as mapping_command
from screener.cli.options import Day, as_of_option, data_option, format_option, pager_option, say, terminal
from screener.cli.pager import show_text
from screener.cli.prices import command as prices_command
from screener.cli.progress import working
from screener.cli.sync import asked_contact
from screener.cli.sync import command as sync
from screener.errors import EXIT_EMPTY, ScreenError


@click.group("data")
def command() -> None:
    """Build and inspect data sets."""


command.add_command(sync)
command.add_command(prices_command)
command.add_command(mapping_command)


@command.command("build")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--sec",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with SEC's companyfacts.zip, submissions.zip, company_tickers_exchange.json (or unpacked).",
)
@click.option(
    "--fsds",
    type=click.Path(path_type=Path),
    multiple=True,
    help="SEC's Financial Statement Data Sets, alone or beside --sec: a zip, or a folder of zips. Repeatable.",
)
@click.option("--simfin", type=click.Path(path_type=Path, file_okay=False), help="Folder with SimFin's bulk files.")
@click.option(
    "--table",
    "tables",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    help="A vendor's table of fundamentals (CSV, also packed, or Parquet), with --mapping. Repeatable.",
)
@click.option("--mapping", help="What the columns of --table are: a YAML file, or a name of `data mapping --list`.")
@click.option("--prices", type=click.Path(path_type=Path), help="Price file or folder.")
@click.option("--prices-format", help="Name the price format instead of recognising it.")
@click.option("--force", is_flag=True, help="Build everything again, also what has not changed.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def build(
    out: Path,
    sec: Path | None,
    fsds: tuple[Path, ...],
    simfin: Path | None,
    tables: tuple[Path, ...],
    mapping: str | None,
    prices: Path | None,
    prices_format: str | None,
    force: bool,
    quiet: bool,
) -> None:
    """Build the data set OUT from SEC's or SimFin's bulk files, or a vendor's tables, and a price file.

    What has not changed since OUT was built is not read again.
    """
    from screener.build import build_data
    from screener.mapping.load import map_tables

    if (simfin is not None) + bool(tables) + (sec is not None or bool(fsds)) != 1:
        raise ScreenError("name one source: --sec DIR, --fsds PATH (or both), --simfin DIR, or --table FILE")
    with shown(quiet=quiet) as progress:
        report = build_data(
            out,
            sec=sec,
            fsds=fsds,
            simfin=simfin,
            tables=map_tables(mapping, tables),
            prices=prices,
            prices_format=prices_format,
            progress=progress,
            force=force,
        )
    say_built(out, report, f"nothing has changed since {out} was built (--force builds it again)")


@command.command("demo")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--companies", type=click.IntRange(50, 20_000), default=800, show_default=True)
@click.option("--years", type=click.IntRange(2, 20), default=6, show_default=True)
@click.option("--seed", type=int, default=20240308, show_default=True)
def demo(out: Path, companies: int, years: int, seed: int) -> None:
    """Generate a data set of companies that do not exist, for trying out and for benchmarks."""
    from screener.build import build_demo

    with shown(quiet=not sys.stderr.isatty()) as progress:
        build_demo(out, companies=companies, years=years, seed=seed, progress=progress)
    say(f"built {out}")


@command.command("info")
@data_option
@click.option("--online", is_flag=True, help="Ask the SEC's daily index which companies have filed since.")
@click.option("--format", "fmt", type=click.Choice(("table", "json")), default="table", show_default=True)
@click.option("--today", type=Day(), hidden=True)
@pager_option
def info(data: str | None, online: bool, fmt: str, today: date | None) -> None:
    """Say what a data set holds, how old that is, how it was made, and what was dropped and why.

    Without --online nothing is asked of the network; what is due by the rules of the SEC is told.
    """
    from screener.lake.connect import find_data, reading
    from screener.lake.describe import description
    from screener.output.info import info_json, info_text
    from screener.sync.client import Client
    from screener.sync.freshness import freshness

    path = find_data(data)
    with reading(path) as lake:
        found = description(lake)
        client = Client(asked_contact(None)) if online and not found["demo"] else None
        with working("asking the SEC who has filed" if client else f"reading {path}"):
            age = freshness(lake, today or date.today(), client)
    found["age"] = None if age is None else age.as_dict()
    show_text(info_json(found) if fmt == "json" else info_text(found))


@command.command("check")
@data_option
@as_of_option
@click.option("--item", metavar="NAME", default="", help="Only the coverage of this line item, and who lacks it.")
@click.option(
    "--strict", is_flag=True, help="End with 1 when an essential identity fails for more than 0.1 % of periods."
)
@format_option
def check(data: str | None, as_of: date | None, item: str, strict: bool, fmt: str | None) -> None:
    """Say how good the numbers of a data set are: identities, worst offenders, coverage, flags, evidence of debt."""
    from screener import api
    from screener.output import quality

    with working("checking the data set"):
        found = api.check_data(data=data, as_of=as_of, item=item)
    if fmt in (None, "table"):
        width, color = terminal()
        show_text(quality.render(found, width=width, color=color))
    else:
        made = {"csv": quality.to_csv, "json": quality.to_json, "markdown": quality.to_markdown}
        show_text(made[fmt](found))
    if strict and found.broken:
        sys.exit(EXIT_EMPTY)
