"""What the names of a list reported over the last years, quarter by quarter, each as it was known on the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from screener.catalogue import items, metrics
from screener.catalogue.names import lookup
from screener.engine.columns import Columns
from screener.engine.compile import Moment, identifier
from screener.engine.steps import metric_steps, on_one_basis, with_clause
from screener.lake.filings import filing_url
from screener.language.definitions import find
from screener.language.own import names_in

if TYPE_CHECKING:
    import duckdb

    from screener.engine.result import Result
    from screener.language.screen import Screen

YEARS = 5
# Names that have a page; a list may be longer.
MOST_PAGES = 100
# Line items and metrics made of line items alone, twelve months to each quarter's end or at it.
ALWAYS = (
    "revenue", "operating_income", "net_income", "fcf", "total_debt", "cash", "shares_outstanding", "shares_diluted",
    "due_12m", "due_24m", "due_36m",
)  # fmt: skip
# Further line items that the factors of a screen rest on.
MOST_FURTHER = 8


@dataclass(frozen=True, slots=True)
class Line:
    """An item that is followed; ``unit`` is a row of the unit table. further: the screen's factors ask for it."""

    name: str
    label: str
    unit: str
    further: bool = False


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest quarter of a name as known on the day: its filing, and what is known of the quality of its numbers.

    url: the filing that made this version, ``""`` for vendor rows. flags: space-separated codes; fails: ids of the
    accounting identities that fail; dq_score: share of the tested ones that hold, 0 to 1.
    """

    period_end: date
    known_from: date
    form: str
    url: str
    flags: str
    fails: str
    dq_score: float | None


@dataclass(frozen=True, slots=True)
class History:
    """The quarters of a name, oldest first: their ends, and the values of each of ``Pages.lines``.

    Flows are of the twelve months to that end, in full units; share counts are on the newest quarter's split basis.
    ``None`` for what is unknown; a quarter that was never reported is not there.
    """

    newest: Newest
    ends: tuple[date, ...]
    values: Mapping[str, tuple[float | None, ...]]

    def last(self, name: str) -> float | None:
        """Return the value of a line in the newest quarter."""
        return self.values[name][-1]


@dataclass(frozen=True)
class Pages:
    """The lines that are followed, and by issuer the history of each of the first names on a list."""

    lines: tuple[Line, ...]
    histories: Mapping[int, History]


NO_PAGES = Pages((), {})


def make_pages(con: duckdb.DuckDBPyConnection, result: Result, most: int = MOST_PAGES) -> Pages:
    """Return the histories of the first ``most`` names on the list of a run, as known on its day."""
    further = _further(result.screen)
    lines = (*(_line(name) for name in ALWAYS), *(_line(name, further=True) for name in further))
    issuers = [row.issuer_id for row in result.rows[:most]]
    names = [line.name for line in lines]
    return Pages(lines, read_histories(con, issuers, result.run.as_of, names))


def _line(name: str, *, further: bool = False) -> Line:
    if name in items.BY_NAME:
        return Line(name, items.BY_NAME[name].label, items.BY_NAME[name].unit, further)
    return Line(name, metrics.BY_NAME[name].label, metrics.BY_NAME[name].unit, further)


def _further(screen: Screen) -> tuple[str, ...]:
    """Return line items behind the factors that are not followed anyway, in the order in which formulas name them."""
    pending = list(names_in(*(factor.expr for factor in screen.factors())))
    seen: dict[str, None] = {}
    for name in pending:
        if name not in seen:
            seen[name] = None
            metric = find(name, screen.definitions)
            pending += names_in(*metric.expressions()) if metric is not None else ()
    found = [lookup(name) for name in seen if name not in screen.definitions]
    named = dict.fromkeys(entry.name for entry in found if entry is not None and entry.kind == "item")
    return tuple(name for name in named if name not in ALWAYS)[:MOST_FURTHER]


def read_histories(
    con: duckdb.DuckDBPyConnection, issuers: Sequence[int], as_of: date, names: Sequence[str], years: int = YEARS
) -> dict[int, History]:
    """Return the last ``years`` of each issuer that reports in US dollars, by one query; none for the others.

    names: line items, or metrics that need neither prices nor earlier quarters. Every quarter is in the version that
    was public on ``as_of``.
    """
    if not issuers:
        return {}
    columns = Columns({})
    keys = [columns.column(name, Moment()) for name in names]
    steps = [("latest", _latest(issuers, as_of)), ("stored", _stored(columns, as_of, 4 * years))]
    levels = metric_steps(columns, "stored")
    source = levels[-1][0] if levels else "stored"
    known = ", ".join(("issuer_id", "period_end", *_NEWEST, *keys))
    rows = con.execute(
        f"{with_clause([*steps, *levels])}SELECT {known} FROM {source} ORDER BY issuer_id, period_end"
    ).fetchall()
    by_issuer: dict[int, list[tuple[Any, ...]]] = {}
    for issuer, *row in rows:
        by_issuer.setdefault(issuer, []).append(tuple(row))
    return {issuer: _history(names, found) for issuer, found in by_issuer.items()}


_NEWEST = ("known_from", "form", "cik", "accession", "flags", "fails", "dq_score")


def _history(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> History:
    end, known_from, form, cik, accession, flags, fails, score = rows[-1][: len(_NEWEST) + 1]
    newest = Newest(end, known_from, form or "", filing_url(cik, accession), flags or "", fails or "", score)
    first = len(_NEWEST) + 1
    values = {name: tuple(row[first + place] for row in rows) for place, name in enumerate(names)}
    return History(newest, tuple(row[0] for row in rows), values)


def _latest(issuers: Sequence[int], as_of: date) -> str:
    return (
        "SELECT f.*, c.cik FROM fundamentals AS f JOIN companies AS c USING (issuer_id)\n"
        f"  WHERE f.known_from <= DATE '{as_of}' AND f.latest_until > DATE '{as_of}' AND f.currency = 'USD'"
        f" AND f.issuer_id IN ({', '.join(str(int(issuer)) for issuer in issuers)})"
    )


def _stored(columns: Columns, as_of: date, back: int) -> str:
    """Select the quarters, with the stored columns that the wanted ones are made of."""
    assert not columns.history, "no line needs earlier quarters"  # noqa: S101 - a bug, not an input
    assert set(columns.fields) <= {"model"}, "no line needs prices"  # noqa: S101 - a bug, not an input
    wanted = ", ".join(f"{on_one_basis(stored)} AS {identifier(key)}" for key, stored in columns.latest.items())
    newest = ", ".join("l.cik" if name == "cik" else f"h.{name}" for name in _NEWEST)
    return (
        f"SELECT h.issuer_id, h.period_end, {newest}, coalesce(h.model, l.model) AS model, {wanted}\n"
        "  FROM latest AS l JOIN fundamentals AS h ON h.issuer_id = l.issuer_id AND h.currency = 'USD'"
        f" AND l.quarter_index - h.quarter_index BETWEEN 0 AND {back}\n"
        f"  WHERE h.known_from <= DATE '{as_of}' AND h.known_until > DATE '{as_of}'"
    )
