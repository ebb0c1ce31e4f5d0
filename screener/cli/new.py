"""``screener new``: write a new screen, commented, that editors can complete and check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from screener.cli.complete import complete_screen
from screener.cli.options import metrics_option, say

if TYPE_CHECKING:
    from screener.language.new import Written


@click.command("new")
@click.argument("name")
@click.option("--from", "parent", metavar="SCREEN", shell_complete=complete_screen,
              help="Begin with this screen, its comments too. Default: a short template.")  # fmt: skip
@click.option("--dir", "folder", type=click.Path(path_type=Path), default="screens", show_default=True,
              help="The folder to write into.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a screen of that name.")
@metrics_option
def command(name: str, parent: str | None, folder: Path, force: bool, metrics: tuple[str, ...] | None) -> None:
    """Write the screen NAME into ./screens, to be edited and run by its name.

    Its first line names a JSON Schema, with which editors complete and check it; the schema is written beside it,
    as screen.schema.json, where there is none.
    """
    from screener.language.library import find_screen
    from screener.language.metric_files import load_metrics
    from screener.language.new import new_screen

    origin = find_screen(parent) if parent is not None else None
    say_written(new_screen(name, origin, folder=folder, force=force, metrics=load_metrics(metrics)))


def say_written(written: Written) -> None:
    """Say what was written, and what its author should know of it."""
    say(f"wrote {written.path}" + (f" and, for editors, {written.schema}" if written.schema else ""))
    if written.old_schema:
        schema = written.path.with_name("screen.schema.json")
        say(f"{schema} is of another version of screener; renew it with: screener schema > {schema}")
    if written.hides:
        say(f"'{written.path.stem}' comes with screener, too: in this folder, the name now stands for your screen")
