"""``screener run --watch``: the screen again whenever its file, or a file of metrics, is saved."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from screener.cli.options import say, terminal
from screener.errors import OutputError, ScreenError

if TYPE_CHECKING:
    from screener.engine.result import Result
    from screener.lake.connect import Lake


class _Watched:
    """The runs of one screen: what was shown last, and the files that the next run depends on."""

    def __init__(
        self,
        name: str,
        limit: int | None,
        metrics: Sequence[str] | None,
        params: Mapping[str, object],
        watchlist: str | None,
    ) -> None:
        self.name = name
        self.limit = limit
        self.metrics = metrics
        self.params = params
        self.watchlist = watchlist
        self.files: tuple[str, ...] = ()
        self.result: Result | None = None
        self.shown = ""

    def paths(self) -> list[str | Path]:
        """Return the screen's file, as its name is understood now, and all files of metrics."""
        from screener.language.library import find_screen
        from screener.language.metric_files import VARIABLE

        try:
            screen = find_screen(self.name)
        except ScreenError:
            screen = Path(self.name)
        listed = self.metrics if self.metrics is not None else os.environ.get(VARIABLE, "").split(os.pathsep)
        given = [self.watchlist] if self.watchlist else []
        return [screen, *(path for path in listed if path), *given, *self.files]

    def run(self, lake: Lake, as_of: date | None, show: Callable[[Result], None]) -> None:
        """Run the screen and show its list and what changed, or its problems; nothing when it is what was shown."""
        from screener import api
        from screener.engine.changes import changes_between
        from screener.engine.run import run_screen
        from screener.output.changes import render_changes

        again = bool(self.shown)
        try:
            loaded = api.load(self.name, metrics=self.metrics, params=self.params, watchlist=self.watchlist)
            self.files = loaded.parents
            screen = api.with_limit(loaded, self.limit)
            if screen.sha256 == self.shown:
                return
            result = run_screen(lake, screen, as_of)
        except ScreenError as error:
            self.shown = "problems"
            _say_time("the screen is wrong" if again else "")
            say(error.render())
            return
        self.shown = screen.sha256
        _say_time("run again" if again else "")
        try:
            show(result)
        except OutputError as error:
            say(error.render())
        if self.result is not None:
            say("\n" + render_changes(changes_between(self.result, result), terminal()[0]))
        self.result = result


def watch_screen(
    name: str,
    show: Callable[[Result], None],
    data: str | None,
    as_of: date | None,
    limit: int | None,
    metrics: Sequence[str] | None,
    params: Mapping[str, object] | None = None,
    watchlist: str | None = None,
    *,
    pause: Callable[[float], object] = time.sleep,
) -> None:
    """Run a screen now and whenever it changes, on a data set that stays open, until it is interrupted.

    ``ScreenError`` when there is no such screen to begin with; later problems are shown and the next change awaited.
    """
    from screener import api
    from screener.language.library import find_screen
    from screener.language.watch import changes, stamps

    find_screen(name)
    watched = _Watched(name, limit, metrics, params or {}, watchlist)
    try:
        with api.open_data(data) as lake:
            for number, _ in enumerate(changes(lambda: stamps(watched.paths()), pause)):
                watched.run(lake, as_of, show)
                if not number:
                    say(f"\nwatching {', '.join(map(str, watched.paths()))}; Ctrl-C ends")
    except KeyboardInterrupt:
        return
    except RuntimeError as error:
        # What DuckDB makes of Ctrl-C while it computes.
        if str(error) != "Query interrupted":
            raise


def _say_time(what: str) -> None:
    """Set a run apart from the one before it; nothing before the first."""
    if what:
        now = datetime.now().astimezone()
        say(f"\n──── {now:%H:%M:%S}  {what} " + "─" * 40 + "\n")
