"""Shell completion of screens, metrics, line items and tickers: what a word can become."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem


def complete_screen(_ctx: click.Context, _param: click.Parameter, word: str) -> list[CompletionItem]:
    """Return the saved screens that begin with ``word``; where there is none, let the shell complete files."""
    from click.shell_completion import CompletionItem

    from screener.language.library import saved_screens

    found = [CompletionItem(path.stem) for path in saved_screens() if path.stem.startswith(word)]
    # Not both: for files, bash forgets what was offered before.
    return found or [CompletionItem(word, type="file")]


def complete_name(_ctx: click.Context, _param: click.Parameter, word: str) -> list[CompletionItem]:
    """Return the metrics, line items and fields that begin with ``word``; other names only where there is none."""
    from click.shell_completion import CompletionItem

    from screener.catalogue.names import entries, every_name, lookup

    found = [CompletionItem(entry.name, help=entry.label) for entry in entries() if entry.name.startswith(word)]
    if found:
        return found
    labels = [(name, lookup(name)) for name in every_name() if name.startswith(word)]
    return [CompletionItem(name, help=entry.label) for name, entry in labels if entry is not None]


def complete_items(_ctx: click.Context, _param: click.Parameter, word: str) -> list[CompletionItem]:
    """Return the line items that the last of some names between commas can become."""
    from click.shell_completion import CompletionItem

    from screener.catalogue.items import ITEMS

    before, comma, last = word.rpartition(",")
    return [CompletionItem(before + comma + item.name, help=item.label) for item in ITEMS if item.name.startswith(last)]


def complete_group(_ctx: click.Context, _param: click.Parameter, word: str) -> list[CompletionItem]:
    """Return the groups of metrics that begin with ``word``."""
    from click.shell_completion import CompletionItem

    from screener.catalogue.metrics import GROUPS

    return [CompletionItem(group.name, help=group.title) for group in GROUPS if group.name.startswith(word)]


def complete_ticker(ctx: click.Context, _param: click.Parameter, word: str) -> list[CompletionItem]:
    """Return the tickers that begin with ``word``, of the data set that the command would read."""
    from click.shell_completion import CompletionItem

    from screener.lake.tickers import tickers

    return [CompletionItem(ticker, help=name) for ticker, name in tickers(word, ctx.params.get("data"))]
