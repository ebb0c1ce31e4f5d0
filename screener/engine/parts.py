"""A run that keeps what its verdicts were made of, so that any name can be explained without a second query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.engine.run import run_screen
from screener.engine.tickers import bind_tickers
from screener.engine.trace import Trace, Tracer
from screener.language.ast import Name

if TYPE_CHECKING:
    from screener.engine.result import Result
    from screener.lake.connect import Lake
    from screener.language.screen import Screen


@dataclass(frozen=True)
class Parts:
    """A run and the way to the values behind it; good until the next run on the same data set replaces its table."""

    lake: Lake
    result: Result
    tracer: Tracer

    def traces(self, issuers: Sequence[int]) -> dict[int, Trace]:
        """Return the values of all parts of the rules for names of the universe and those that were followed."""
        return self.tracer.read_kept(self.lake.con, self.result.run.as_of, issuers)


def run_with_parts(
    lake: Lake, screen: Screen, as_of: date | None = None, followed: Sequence[int] = (), *, columns: bool = False
) -> Parts:
    """Run ``screen`` with the query of :func:`run_screen` and more columns; see there for the day and the errors.

    ``followed`` are issuers whose parts are wanted although they may be outside the universe. ``columns``: the parts of
    the chosen columns are wanted, too, so that it can be said why one of them is unknown.
    """
    screen, _ = bind_tickers(lake.con, screen)
    tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
    tracer.add(Name("price_date"))
    for rule in (*screen.universe, *screen.rules):
        tracer.add(rule.expr)
    for factor in screen.factors():
        tracer.add(factor.expr)
    for column in screen.columns if columns else ():
        tracer.add(column.expr)
    return Parts(lake, run_screen(lake, screen, as_of, tracer=tracer, followed=followed), tracer)
