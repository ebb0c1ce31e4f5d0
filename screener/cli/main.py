"""The root command: loads a subcommand only when it is called, and turns every ScreenerError into its exit code."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from typing import TextIO

import click

from screener.cli.signals import TerminatedError
from screener.errors import EXIT_USAGE, ScreenerError
from screener.version import __version__

# Subcommand -> module with a click command of the same name (dashes become underscores).
COMMANDS: dict[str, str] = {
    "run": "screener.cli.run",
    "list": "screener.cli.list",
    "new": "screener.cli.new",
    "edit": "screener.cli.edit",
    "check": "screener.cli.check",
    "explain": "screener.cli.explain",
    "funnel": "screener.cli.funnel",
    "near": "screener.cli.near",
    "unknown": "screener.cli.unknown",
    "holds": "screener.cli.holds",
    "show": "screener.cli.show",
    "metrics": "screener.cli.metrics",
    "sql": "screener.cli.sql",
    "schema": "screener.cli.schema",
    "data": "screener.cli.data",
}

INTERRUPTED = 130
TERMINATED = 143
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})

EPILOG = """\b
Exit codes: 0 done; 1 nothing passed (run --fail-empty), warnings
(check --strict) or identities fail (data check --strict); 2 wrong usage or wrong screen; 3 data problem;
130 interrupted; 143 terminated."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called or when help lists them."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the command names in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return the command, ``None`` for an unknown name."""
        if name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[name]).command
        assert isinstance(command, click.Command), "each module has a click command"  # noqa: S101 - a bug, not an input
        return command


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="screener")
def root() -> None:
    """Screen small caps for quality and value: YAML screens in, ranked and explained shortlists out."""


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit with a documented code."""
    try:
        root.main(args=args, prog_name="screener", standalone_mode=False)
    except ScreenerError as error:
        _complain(error.render())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _complain(_usage(error))
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted")
        sys.exit(INTERRUPTED)
    except TerminatedError:
        _complain("terminated")
        sys.exit(TERMINATED)
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C while it computes.
        if str(error) != "Query interrupted":
            raise
        _complain("interrupted")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _hush(sys.stdout)
        sys.exit(0)
    except OSError as error:
        # Files say their names: without one it is stdout that is full.
        if error.filename is not None or error.errno not in FULL:
            raise
        _hush(sys.stdout)
        _complain(f"error: the result cannot be printed: {error.strerror}")
        sys.exit(EXIT_USAGE)


def _usage(error: click.ClickException) -> str:
    said = io.StringIO()
    error.show(said)
    return said.getvalue().rstrip("\n")


def _complain(message: str) -> None:
    """Print a message to stderr; the exit code counts even where nobody reads it any more."""
    try:
        click.echo(message, err=True)
    except BrokenPipeError:
        _hush(sys.stderr)


def _hush(stream: TextIO) -> None:
    # The reader (head, less) has gone; a second error at interpreter exit would only be noise.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
