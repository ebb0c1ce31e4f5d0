"""``screener metrics``: the catalogue and the author's own metrics: a list, a search, one of them, or coverage."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from screener.cli.complete import complete_group, complete_name
from screener.cli.options import as_of_option, data_option, format_option, metrics_option, say, terminal
from screener.cli.pager import show_text
from screener.cli.progress import working
from screener.cli.tables import print_record, print_table

if TYPE_CHECKING:
    from screener.language.pages import Page


@click.command("metrics")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete_name)
@click.option("--search", metavar="WORDS", default="", help="Only entries with these words; those in the name first.")
@click.option("--group", metavar="GROUP", default="", shell_complete=complete_group,
              help="Only the entries of this group.")  # fmt: skip
@click.option("--coverage", is_flag=True, help="For how many names of a data set the metrics are known, and why not.")
@metrics_option
@data_option
@as_of_option
@format_option
def command(
    names: tuple[str, ...],
    search: str,
    group: str,
    coverage: bool,
    metrics: tuple[str, ...] | None,
    data: str | None,
    as_of: date | None,
    fmt: str | None,
) -> None:
    """List every metric, line item and field; with NAME, all about one: formula, parts, line items, when undefined.

    --search looks into names, other names, labels, formulas, sources and notes.

    With --coverage: how many names of the data set, and how many of its small caps, have a value of each metric (or
    of NAMEs), how many are refused by industry, undefined or miss an input, and the quantiles of the values.
    """
    if coverage:
        _coverage(names, group, data, as_of, fmt)
        return
    if data is not None or as_of is not None:
        raise click.UsageError("--data and --as-of go with --coverage")
    if len(names) > 1:
        raise click.UsageError("several names go with --coverage")
    if names and (search or group):
        raise click.UsageError("--search and --group list entries: leave NAME out")
    from screener.language.metric_files import load_metrics
    from screener.language.pages import page, rows

    own = load_metrics(metrics)
    if names:
        _print_page(page(names[0], own), fmt)
        return
    from screener.catalogue.describe import BRIEF, HEADERS

    listed = rows(own, group=group, search=search)
    if search and not listed:
        say(f"nothing has {search!r} in it")
    headers = BRIEF if fmt in (None, "table") else HEADERS
    print_table(headers, [tuple(row[header] for header in headers) for row in listed], ("text",) * len(headers), fmt)


def _print_page(found: Page, fmt: str | None) -> None:
    from screener.output.page import page_json, page_record, render_page

    if fmt in (None, "table"):
        width, color = terminal()
        show_text(render_page(found, width=width, color=color))
    elif fmt == "json":
        show_text(page_json(found))
    else:
        print_record(page_record(found), fmt)


def _coverage(names: tuple[str, ...], group: str, data: str | None, as_of: date | None, fmt: str | None) -> None:
    from screener import api
    from screener.output import coverage

    with working("measuring coverage"):
        found = api.coverage(*names, group=group, data=data, as_of=as_of)
    if fmt in (None, "table"):
        width, color = terminal()
        show_text(coverage.render(found, width=width, color=color))
    else:
        made = {"csv": coverage.to_csv, "json": coverage.to_json, "markdown": coverage.to_markdown}
        show_text(made[fmt](found))
