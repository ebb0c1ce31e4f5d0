"""Everything that a reader of a shortlist may ask: verdicts, factors, who was left out and why, what the words mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.engine.factors import Standing, read_standings
from screener.engine.funnel import Funnel, funnel_of
from screener.engine.histories import NO_PAGES, Pages, make_pages
from screener.engine.near import Near, near_of
from screener.engine.parts import Parts, run_with_parts
from screener.engine.result import Result, Row
from screener.engine.universe import Universe, read_universe
from screener.engine.unknown import Unknown, unknown_of
from screener.engine.verdicts import Verdict, judge
from screener.lake.filings import company_url
from screener.language.glossary import Meaning, glossary

if TYPE_CHECKING:
    from screener.engine.trace import Trace
    from screener.lake.connect import Lake
    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class Entry:
    """A name on the list with all that was found about it.

    verdicts: of every condition of the universe and every rule, in written order. factors: in the order of
    ``Screen.factors()``. reasons: for each of ``Result.columns`` why its value is unknown, ``""`` for a known one.
    url: the page of the company's filings at the SEC, ``""`` without a CIK.
    """

    row: Row
    verdicts: tuple[Verdict, ...]
    factors: tuple[Standing, ...]
    reasons: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class Report:
    """A run with what its outputs for people show: ``entries`` are the rows of ``result``, in their order.

    near, unknown: the names left out by one rule, and those that could not be judged. meanings: every word that the
    screen rests on. kind: what the data set was built from (``sec``, ``fsds``, ``simfin``, ``demo``), and sources: the
    name, size in bytes and SHA-256 of each of those files. pages: five years of what is behind the first names.
    """

    result: Result
    entries: tuple[Entry, ...]
    near: Near
    unknown: Unknown
    funnel: Funnel
    universe: Universe
    meanings: tuple[Meaning, ...]
    kind: str
    sources: tuple[tuple[str, int, str], ...]
    pages: Pages = NO_PAGES

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """Return, for each factor, for how many names of the universe it is ``known``, and ``of`` how many."""
        found: list[dict[str, Any]] = self.result.extra.get("coverage", [])
        return found


def make_report(lake: Lake, screen: Screen, as_of: date | None = None) -> Report:
    """Run ``screen`` once and return its report; errors as in :func:`screener.engine.run.run_screen`."""
    parts = run_with_parts(lake, screen, as_of, columns=True)
    con, result = lake.con, parts.result
    return Report(
        result=result,
        entries=_entries(parts),
        near=near_of(parts),
        unknown=unknown_of(parts),
        funnel=funnel_of(con, result),
        universe=read_universe(con, result.screen),
        meanings=glossary(result.screen),
        kind=lake.manifest.kind,
        sources=tuple((source.name, source.size, source.sha256) for source in lake.manifest.sources),
        pages=make_pages(con, result),
    )


def _entries(parts: Parts) -> tuple[Entry, ...]:
    result = parts.result
    issuers = [row.issuer_id for row in result.rows]
    if not issuers:
        return ()
    traces = parts.traces(issuers)
    standings = read_standings(parts.lake.con, result.screen, issuers)
    return tuple(_entry(result, row, traces[row.issuer_id], standings.get(row.issuer_id, ())) for row in result.rows)


def _entry(result: Result, row: Row, trace: Trace, factors: tuple[Standing, ...]) -> Entry:
    screen = result.screen
    reasons = tuple(
        trace.reason(column.expr) if value is None else ""
        for column, value in zip(screen.columns, row.values, strict=True)
    )
    verdicts = tuple(judge(rule, trace) for rule in (*screen.universe, *screen.rules))
    return Entry(row, verdicts, factors, reasons, company_url(row.cik))
