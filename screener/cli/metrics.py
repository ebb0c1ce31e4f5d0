"""``screener metrics``: the catalogue, one entry of it, or for how many names of a data set each metric is known."""

from __future__ import annotations

from datetime import date

import click

from screener.cli.options import as_of_option, data_option, format_option, terminal
from screener.cli.tables import print_record, print_table


@click.command("metrics")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--group", metavar="GROUP", default="", help="Only the metrics of this group.")
@click.option("--coverage", is_flag=True, help="For how many names of a data set the metrics are known, and why not.")
@data_option
@as_of_option
@format_option
def command(
    names: tuple[str, ...], group: str, coverage: bool, data: str | None, as_of: date | None, fmt: str | None
) -> None:
    """List every metric, line item and field; with NAME, one entry: formula, unit, source, when undefined.

    With --coverage: how many names of the data set, and how many of its small caps, have a value of each metric (or
    of NAMEs), how many are refused by industry, undefined or miss an input, and the quantiles of the values.
    """
    from screener.catalogue.describe import BRIEF, HEADERS, catalogue_rows, entry

    if coverage:
        _coverage(names, group, data, as_of, fmt)
        return
    if data is not None or as_of is not None:
        raise click.UsageError("--data and --as-of go with --coverage")
    if len(names) > 1:
        raise click.UsageError("several names go with --coverage")
    if names:
        print_record(entry(names[0]), fmt)
        return
    listed = catalogue_rows()
    if group:
        from screener.engine.coverage import chosen

        inside = {row.name for row in chosen(group=group)}
        listed = [row for row in listed if row["name"] in inside]
    headers = BRIEF if fmt in (None, "table") else HEADERS
    print_table(headers, [tuple(row[header] for header in headers) for row in listed], ("text",) * len(headers), fmt)


def _coverage(names: tuple[str, ...], group: str, data: str | None, as_of: date | None, fmt: str | None) -> None:
    from screener import api
    from screener.output import coverage

    found = api.coverage(*names, group=group, data=data, as_of=as_of)
    if fmt in (None, "table"):
        width, color = terminal()
        click.echo(coverage.render(found, width=width, color=color), nl=False)
    else:
        made = {"csv": coverage.to_csv, "json": coverage.to_json, "markdown": coverage.to_markdown}
        click.echo(made[fmt](found), nl=False)
