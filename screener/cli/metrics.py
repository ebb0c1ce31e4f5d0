"""``screener metrics``: the catalogue, or one entry of it."""

from __future__ import annotations

import click

from screener.cli.options import format_option, terminal


@click.command("metrics")
@click.argument("name", required=False)
@format_option
def command(name: str | None, fmt: str | None) -> None:
    """List every metric, line item and field; with NAME, one entry: formula, unit, direction, source, when undefined."""
    from screener.catalogue.describe import HEADERS, catalogue_rows, entry
    from screener.output.text import record, table

    width, color = terminal()
    if name:
        click.echo(record(entry(name), fmt or "table", width=width, color=color), nl=False)
        return
    rows = [tuple(row[header] for header in HEADERS) for row in catalogue_rows()]
    shown = fmt or "table"
    kept = [HEADERS.index(header) for header in (("name", "label", "unit", "direction", "group") if shown == "table" else HEADERS)]
    headers = tuple(HEADERS[k] for k in kept)
    body = [tuple(row[k] for k in kept) for row in rows]
    click.echo(table(headers, body, ("text",) * len(headers), shown, width=width, color=color), nl=False)
