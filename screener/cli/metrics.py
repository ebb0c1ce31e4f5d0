"""``screener metrics``: the catalogue and the author's own metrics, what a search finds in them, or one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from screener.cli.complete import complete_group, complete_name
from screener.cli.options import format_option, metrics_option, say, terminal
from screener.cli.tables import print_record, print_table

if TYPE_CHECKING:
    from screener.language.pages import Page


@click.command("metrics")
@click.argument("name", required=False, shell_complete=complete_name)
@click.option("--search", metavar="WORDS", default="", help="Only entries with these words; those in the name first.")
@click.option(
    "--group", metavar="GROUP", default="", shell_complete=complete_group, help="Only the entries of this group."
)
@metrics_option
@format_option
def command(name: str | None, search: str, group: str, metrics: tuple[str, ...] | None, fmt: str | None) -> None:
    """List every metric, line item and field; with NAME, all about one: formula, parts, line items, when undefined.

    --search looks into names, other names, labels, formulas, sources and notes.
    """
    from screener.language.metric_files import load_metrics

    own = load_metrics(metrics)
    if name:
        if search or group:
            raise click.UsageError("--search and --group list entries: leave NAME out")
        from screener.language.pages import page

        _print_page(page(name, own), fmt)
        return
    from screener.catalogue.describe import BRIEF, HEADERS
    from screener.language.pages import rows

    listed = rows(own, group=group, search=search)
    if search and not listed:
        say(f"nothing has {search!r} in it")
    headers = BRIEF if fmt in (None, "table") else HEADERS
    print_table(headers, [tuple(row[header] for header in headers) for row in listed], ("text",) * len(headers), fmt)


def _print_page(found: Page, fmt: str | None) -> None:
    from screener.output.page import page_json, page_record, render_page

    if fmt in (None, "table"):
        width, color = terminal()
        click.echo(render_page(found, width=width, color=color), nl=False)
    elif fmt == "json":
        click.echo(page_json(found), nl=False)
    else:
        print_record(page_record(found), fmt)
