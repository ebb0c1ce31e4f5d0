"""Options and small helpers that several commands share."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from screener.cli.pager import SWITCHED_OFF

FORMATS = ("table", "csv", "json", "markdown")

F = TypeVar("F", bound=Callable[..., Any])


class RunOptions(TypedDict):
    """What :func:`run_options` hands on: arguments that every verb of the API takes that runs a screen."""

    data: str | None
    as_of: date | None
    metrics: tuple[str, ...] | None
    params: dict[str, object]
    watchlist: str | None


class Day(click.ParamType[date]):
    """A calendar date, YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date; a usage error says what is expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as YYYY-MM-DD, like 2024-03-08", param, ctx)


def data_option(command: F) -> F:
    """Add ``--data``."""
    return click.option(
        "--data",
        metavar="DIR",
        help="Data set to read: a folder, or an address (https://, s3://). Default: the environment variable"
        " SCREENER_DATA, else the one that `data sync` keeps, else the shipped demo.",
    )(command)


def own_data_option(purpose: str) -> Callable[[F], F]:
    """Return what adds ``--data`` to a command that writes into a data set: ``None`` is the person's own."""
    return click.option(
        "--data",
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        help=f"Data set to {purpose}. Default: your own, in the folder that this system has for such data.",
    )


def as_of_option(command: F) -> F:
    """Add ``--as-of``."""
    return click.option(
        "--as-of", type=Day(), help="See only what was public on this day. Default: the newest day of the data."
    )(command)


def metrics_option(command: F) -> F:
    """Add ``--metrics``; its value is ``None`` where it is not given, so that the environment variable counts."""
    return click.option(
        "--metrics",
        metavar="FILE",
        multiple=True,
        type=click.Path(),
        callback=lambda _ctx, _param, given: given or None,
        help="A file of metrics of your own. Repeatable. Default: the files that SCREENER_METRICS lists.",
    )(command)


def settings_options(command: F) -> F:
    """Add ``--set`` and ``--watchlist``; ``settings`` is a mapping of names to values as written."""
    command = click.option(
        "--watchlist",
        metavar="FILE",
        type=click.Path(),
        help="Look only at the tickers of this file: one a line, or a CSV file with a column Ticker.",
    )(command)
    return click.option(
        "--set",
        "params",
        metavar="NAME=VALUE",
        multiple=True,
        callback=_settings,
        help="Set a parameter of the screen. Repeatable.",
    )(command)


def run_options(command: F) -> F:
    """Add ``--data``, ``--as-of``, ``--metrics``, ``--set`` and ``--watchlist``."""
    return data_option(as_of_option(metrics_option(settings_options(command))))


def _settings(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, object]:
    found: dict[str, object] = {}
    for entry in given:
        name, sign, value = entry.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"{entry!r} is not NAME=VALUE, like max_debt=3")
        found[name.strip().removeprefix("$")] = value.strip()
    return found


def format_option(command: F) -> F:
    """Add ``--format`` and ``--no-pager``."""
    return format_choice(FORMATS)(command)


def format_choice(names: Sequence[str]) -> Callable[[F], F]:
    """Return what adds ``--format`` with these choices, and ``--no-pager``, to a command."""
    choice = click.option(
        "--format",
        "fmt",
        type=click.Choice(names),
        help="What is printed to stdout. Default: table on a terminal and in a pipe.",
    )
    return lambda command: choice(pager_option(command))


def pager_option(command: F) -> F:
    """Add ``--no-pager``, which needs no parameter of the function: :mod:`screener.cli.pager` looks it up."""
    return click.option(
        "--no-pager",
        is_flag=True,
        expose_value=False,
        callback=_without_pager,
        help="Print all at once, also what is longer than the terminal.",
    )(command)


def _without_pager(context: click.Context, _param: click.Parameter, given: bool) -> None:
    if given:
        context.meta[SWITCHED_OFF] = True


def terminal() -> tuple[int, bool]:
    """Return the width to lay out for, and whether colour is wanted."""
    from screener.output.terminal import use_color

    # A process that was started without a stdout has none to ask.
    color = sys.stdout is not None and use_color(sys.stdout, os.environ)
    return shutil.get_terminal_size((120, 40)).columns, color


def say(message: str) -> None:
    """Print a message for people: stderr, so that stdout carries nothing but the result."""
    click.echo(message, err=True)
