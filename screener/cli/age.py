"""The line that says how old the data are, where a command lists companies as of today."""

from __future__ import annotations

from datetime import date

from screener.cli.options import say


def say_age(data: str | None, as_of: date | None) -> None:
    """Say on stderr that the data are old, once a command has answered; nothing where a day was named."""
    if as_of is not None:
        return
    from screener.lake.connect import find_data, manifest_of
    from screener.output.cells import cell_text
    from screener.settings import max_age_days
    from screener.sync.age import age_line

    most = max_age_days()
    if most is None:
        return
    path = find_data(data)
    line = age_line(path, manifest_of(path), date.today(), most)
    if line:
        say(cell_text(line))
