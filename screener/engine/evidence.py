"""The filings behind the line items that a rule read: which facts each value was made of, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.engine.company import Company
from screener.engine.compile import Moment
from screener.engine.lineage import column_of, lineage_of
from screener.engine.steps import YEAR_BEFORE
from screener.lake.filings import filing_url
from screener.standardize.lineage_nodes import leaves

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.standardize.lineage_nodes import Node


@dataclass(frozen=True, slots=True)
class Filing:
    """A reported fact that a line item's value was made of; ``when`` is the moment of that value."""

    item: str
    tag: str
    start: date | None
    end: date
    value: float
    unit: str
    filed: date
    form: str
    accession: str | None
    url: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """How a line item's value was made: method, formula and notes as in a :class:`Node` of its lineage.

    when: ``""`` for the newest twelve months or balance, else ``quarter``, ``4q earlier``, ``quarter 1q earlier``.
    """

    item: str
    when: str
    value: float | None
    method: str
    formula: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """The row of a quarter as known on a day: its period, the day since which it is public, and its flags.

    evidence: (``debt``, ``interest`` or ``cash``, state) where there is one.
    """

    period_end: date
    known_from: date
    flags: str
    evidence: tuple[tuple[str, str], ...] = ()
    closes_year: bool = False


def read_filings(
    lake: Lake, company: Company, periods: Mapping[int, Version], used: Sequence[tuple[str, Moment]]
) -> tuple[tuple[Filing, ...], tuple[Source, ...]]:
    """Return the facts that the values of the used line items were made of, and how each value was made of them."""
    year_end = min((lag for lag, row in periods.items() if row.closes_year and lag in YEAR_BEFORE), default=None)
    wanted = []
    for name, at in used:
        back = at.lag if not at.annual else None if year_end is None else at.lag + year_end
        if back is not None and back in periods:
            wanted.append((name, at, periods[back]))
    if not wanted:
        return (), ()
    found: dict[Filing, None] = {}
    sources = []
    with lineage_of(lake, company) as ways:
        for name, at, row in wanted:
            node = ways.value(column_of(name, quarter=at.quarter), row.period_end, row.known_from)
            if node is not None and node.value is not None:
                found.update(dict.fromkeys(_behind(name, node, company, words(at))))
                sources.append(Source(name, words(at), node.value, node.method, node.formula, node.notes))
    return tuple(found), tuple(sources)


def words(at: Moment) -> str:
    """Return a moment in words: ``""`` for the newest twelve months or balance, else ``quarter 4q earlier``."""
    basis = ("fiscal year " if at.annual else "") + ("quarter" if at.quarter else "")
    return (basis.strip() + (f" {at.lag}q earlier" if at.lag else "")).strip()


def _behind(item: str, node: Node, company: Company, when: str) -> Iterator[Filing]:
    for leaf in leaves(node):
        fact = leaf.fact
        assert fact is not None, "a leaf has a fact"  # noqa: S101 - that is what makes it one
        yield Filing(
            item, fact.tag, fact.start, fact.end, fact.value, fact.unit, fact.filed, fact.form, fact.accession or None,
            filing_url(company.cik, fact.accession), when,
        )  # fmt: skip


def read_versions(lake: Lake, company: Company, day: date) -> dict[int, Version]:
    """Return the newest period (0) and those so many quarters earlier, each as it was known on ``day``."""
    rows = lake.con.execute(
        "SELECT max(quarter_index) FILTER (WHERE latest_until > ?) OVER () - quarter_index, period_end, known_from, "
        "flags, fiscal_quarter = 4, debt_evidence, interest_evidence, cash_evidence FROM fundamentals "
        "WHERE issuer_id = ? AND known_from <= ? AND known_until > ? ORDER BY period_end",
        [day, company.issuer_id, day, day],
    ).fetchall()
    found = {}
    for lag, end, known_from, flags, closes, *states in rows:
        if lag is not None:
            named = zip(("debt", "interest", "cash"), states, strict=True)
            evidence = tuple((name, state) for name, state in named if state)
            found[lag] = Version(end, known_from, flags or "", evidence, bool(closes))
    return found
