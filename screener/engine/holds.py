"""Which screens hold a name: its rank on each list, or the first condition that keeps it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.engine.company import Company
from screener.engine.display import Shown
from screener.engine.run import keyed, newest_date, run_screen
from screener.engine.trace import Tracer

if TYPE_CHECKING:
    import polars as pl

    from screener.lake.connect import Lake
    from screener.language.screen import Rule, Screen


@dataclass(frozen=True, slots=True)
class Holding:
    """What one screen says of the name.

    state: ``held``; ``below limit`` (it passes, but the list ends before it); ``fails``
    (``rule`` is the first condition that fails, ``kind`` of it ``universe`` or ``rule``); ``unknown`` (none fails,
    ``rule`` is the first that could not be judged, and ``reason`` why); or ``no candidate`` (no usable filing and no
    recent price on the day).
    rank: among the ``passing`` names, ``None`` for one that does not pass. score: 0 to 100.
    """

    screen: str
    title: str
    state: str
    rank: int | None
    passing: int
    score: float | None
    kind: str = ""
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True, repr=False)
class Holdings(Shown):
    """What every screen says of a company as of a day; screens that hold it come first, the best rank before others.

    problems: (file, message) of saved screens that could not be read.
    """

    company: Company
    as_of: date
    rows: tuple[Holding, ...]
    demo: bool = False
    problems: tuple[tuple[str, str], ...] = ()

    def records(self) -> list[dict[str, Any]]:
        """Return one flat dict a screen."""
        return [{name: getattr(row, name) for name in row.__slots__} for row in self.rows]

    @property
    def frame(self) -> pl.DataFrame:
        """Return :meth:`records` as a polars frame; one row a screen."""
        import polars as pl

        if not self.rows:
            return pl.DataFrame(schema=dict.fromkeys(Holding.__slots__, pl.Null))
        return pl.DataFrame(self.records(), infer_schema_length=None)


_STATES = ("held", "below limit", "unknown", "fails", "no candidate")


def find_holdings(lake: Lake, screens: Sequence[Screen], company: Company, as_of: date | None = None) -> Holdings:
    """Run every screen on one open data set and say what it makes of ``company``.

    Errors as in :func:`screener.engine.run.run_screen`.
    """
    day = as_of or newest_date(lake.con)
    found = [_holding(lake, screen, company, day) for screen in screens]
    found.sort(key=lambda row: (_STATES.index(row.state), row.rank or 0, row.screen))
    return Holdings(company, day, tuple(found), lake.manifest.demo)


def _holding(lake: Lake, screen: Screen, company: Company, day: date) -> Holding:
    result = run_screen(lake, screen, day)
    conditions = keyed(screen)
    wanted = ", ".join(["passed", "rank", "score", *(key for key, _ in conditions)])
    row = lake.con.execute(f"SELECT {wanted} FROM evaluated WHERE issuer_id = ?", [company.issuer_id]).fetchone()
    if row is None:
        return Holding(screen.name, screen.title, "no candidate", None, result.passed, None)
    passed, rank, score, *verdicts = row
    if passed:
        state = "below limit" if screen.limit and rank > screen.limit else "held"
        return Holding(screen.name, screen.title, state, rank, result.passed, score)
    judged = [(key, rule, verdict) for (key, rule), verdict in zip(conditions, verdicts, strict=True)]
    failed = next((one for one in judged if one[2] is False), None)
    # What follows a condition that keeps it out of the universe may not have been looked at: the first is the cause.
    key, rule, _ = failed or next(one for one in judged if one[2] is None and not one[1].lets_unknown_in)
    kind = "universe" if key.startswith("u") else "rule"
    reason = "" if failed else _reason(lake, screen, rule, company, day)
    state = "fails" if failed else "unknown"
    return Holding(screen.name, screen.title, state, None, result.passed, score, kind, rule.text, reason)


def _reason(lake: Lake, screen: Screen, rule: Rule, company: Company, day: date) -> str:
    tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
    tracer.add(rule.expr)
    return tracer.read(lake.con, day, [company.issuer_id])[company.issuer_id].reason(rule.expr)
