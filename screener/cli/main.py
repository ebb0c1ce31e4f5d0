"""The root command: loads a subcommand only when it is called, and turns every ScreenerError into its exit code."""

from __future__ import annotations

import importlib
import os
import sys

import click

from screener.errors import ScreenerError
from screener.version import __version__

# Subcommand -> module with a click command of the same name (dashes become underscores).
COMMANDS: dict[str, str] = {
    "run": "screener.cli.run",
    "list": "screener.cli.list",
    "check": "screener.cli.check",
    "explain": "screener.cli.explain",
    "show": "screener.cli.show",
    "metrics": "screener.cli.metrics",
    "sql": "screener.cli.sql",
    "data": "screener.cli.data",
}

EPILOG = """\b
Exit codes: 0 done; 1 nothing passed (run --fail-empty); 2 wrong usage or
wrong screen; 3 data problem; 130 interrupted."""


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
        click.echo(error.render(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has gone; a second error at interpreter exit would only be noise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
