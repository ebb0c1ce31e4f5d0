"""Printing tables that are not runs: the same four formats as a run's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from screener.cli.options import terminal
from screener.cli.pager import show_text


def print_table(headers: Sequence[str], rows: Sequence[Sequence[Any]], units: Sequence[str], fmt: str | None) -> None:
    """Print a table to stdout in ``table``, ``csv``, ``json`` or ``markdown``."""
    from screener.output import text

    if fmt == "csv":
        content = text.table_csv(headers, rows)
    elif fmt == "json":
        content = text.table_json(headers, rows)
    elif fmt == "markdown":
        content = text.table_markdown(headers, rows, units)
    else:
        width, color = terminal()
        content = text.table_text(headers, rows, units, width=width, color=color)
    show_text(content)


def print_record(record: Mapping[str, str], fmt: str | None) -> None:
    """Print one entry: ``name  value`` lines for people, else a table of one row."""
    if fmt in (None, "table"):
        width = max(len(name) for name in record)
        show_text("".join(f"{name:<{width}}  {value}\n" for name, value in record.items()))
    else:
        print_table(tuple(record), [tuple(record.values())], ("text",) * len(record), fmt)
