"""``screener run``: run a screen and print or write its shortlist."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from screener.cli.complete import complete_screen
from screener.cli.options import as_of_option, data_option, format_option, metrics_option, say, terminal
from screener.errors import EXIT_EMPTY


@click.command("run")
@click.argument("screen", shell_complete=complete_screen)
@data_option
@as_of_option
@metrics_option
@format_option
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write the shortlist; the suffix chooses the format (.xlsx .csv .tsv .json .md). May repeat.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), help="At most this many names instead of the screen's limit; 0: all."
)
@click.option("--fail-empty", is_flag=True, help="Exit with 1 when nothing passed.")
def command(
    screen: str,
    data: str | None,
    as_of: date | None,
    metrics: tuple[str, ...] | None,
    fmt: str | None,
    outputs: tuple[Path, ...],
    limit: int | None,
    fail_empty: bool,
) -> None:
    """Run SCREEN (a saved screen's name, or a YAML file) and print the ranked shortlist."""
    from screener import api
    from screener.output.writers import check_target, text_of, write

    for path in outputs:
        check_target(path)
    result = api.run(screen, data=data, as_of=as_of, limit=limit, metrics=metrics)
    for problem in result.screen.warnings:
        say(problem.render())
    for path in outputs:
        write(result, path)
        say(f"wrote {path}")
    if fmt in (None, "table"):
        from screener.output.terminal import render

        width, color = terminal()
        click.echo(render(result, width=width, color=color), nl=False)
    else:
        click.echo(text_of(result, fmt), nl=False)
    if fail_empty and not result.rows:
        sys.exit(EXIT_EMPTY)
