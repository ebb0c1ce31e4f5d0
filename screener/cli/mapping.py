"""``screener data mapping``: draft the mapping of a vendor's table, list and show those that are ready."""

from __future__ import annotations

from pathlib import Path

import click

from screener.cli.options import say
from screener.errors import OutputError, ScreenError


@click.command("mapping")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the draft to this file.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--list", "listed", is_flag=True, help="List the mappings that come with the package.")
@click.option("--show", metavar="NAME", help="Print a mapping that comes with the package.")
def command(file: Path | None, output: Path | None, force: bool, listed: bool, show: str | None) -> None:
    """Draft a mapping for the table FILE: which of its columns is which line item, and what is uncertain.

    A vendor whose columns are known gets its ready mapping. `data build --table FILE --mapping DRAFT` reads the draft.
    """
    from screener.mapping.ready import READY, ready_text

    if (file is not None) + listed + (show is not None) != 1:
        raise ScreenError("name a FILE to draft a mapping for, or give --list or --show NAME")
    if listed:
        width = max(len(row.name) for row in READY)
        click.echo("\n".join(f"{row.name:<{width}}  {row.label}" for row in READY))
        return
    if file is not None:
        from screener.mapping.draft import draft

        text = draft(file)
    else:
        text = ready_text(str(show))
    if output is None:
        click.echo(text, nl=False)
        return
    _write(output, text, force=force)
    say(f"wrote {output}")


def _write(path: Path, text: str, *, force: bool) -> None:
    """Write a mapping; ``OutputError`` where a file is already there, or the place cannot be written to."""
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError(f"{path} is already there", hint="--force writes over it") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
