"""What commands print to stdout: through a pager where it is a terminal that the text does not fit into."""

from __future__ import annotations

import os
import shlex
import shutil
import sys

import click

DEFAULT = "less -FRX"
# Where ``--no-pager`` leaves its word: what a context knows, its inner ones know as well.
SWITCHED_OFF = "screener.no_pager"


def show_text(text: str, *, paged: bool = True) -> None:
    """Print ``text`` to stdout as it is, colours included; through a pager where one is wanted (see :func:`pager`).

    ``paged=False``: never through one.
    """
    command = pager(text) if paged else ""
    if not command:
        click.echo(text, nl=False, color="\x1b[" in text)
        return
    before = os.environ.get("PAGER")
    os.environ["PAGER"] = command
    try:
        click.echo_via_pager(text.removesuffix("\n"), color="\x1b[" in text)
    except KeyboardInterrupt:
        # The reader has had enough: everything was computed, nothing is lost.
        pass
    finally:
        if before is None:
            del os.environ["PAGER"]
        else:
            os.environ["PAGER"] = before


def pager(text: str) -> str:
    """Return the command that ``text`` is to be read in; ``""`` for none.

    There is one where stdin and stdout are a terminal that is not dumb and has fewer lines than the text, and neither
    ``--no-pager`` nor an empty variable says otherwise: that of ``SCREENER_PAGER``, of ``PAGER``, else ``less``.
    A program that does not exist counts as none.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(SWITCHED_OFF):
        return ""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return ""
    if os.environ.get("TERM") == "dumb" or text.count("\n") < shutil.get_terminal_size((120, 40)).lines:
        return ""
    command = os.environ.get("SCREENER_PAGER", os.environ.get("PAGER", DEFAULT))
    try:
        program = shlex.split(command)[:1]
    except ValueError:
        return ""
    return command if program and program != ["cat"] and shutil.which(program[0]) else ""
