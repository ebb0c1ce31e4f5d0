"""``screener metrics``: the catalogue, or one entry of it."""

from __future__ import annotations

import click

from screener.cli.options import format_option
from screener.cli.tables import print_record, print_table


@click.command("metrics")
@click.argument("name", required=False)
@format_option
def command(name: str | None, fmt: str | None) -> None:
    """List every metric, line item and field; with NAME, one entry: formula, unit, source, when undefined."""
    from screener.catalogue.describe import BRIEF, HEADERS, catalogue_rows, entry

    if name:
        print_record(entry(name), fmt)
        return
    headers = BRIEF if fmt in (None, "table") else HEADERS
    rows = [tuple(row[header] for header in headers) for row in catalogue_rows()]
    print_table(headers, rows, ("text",) * len(headers), fmt)
