"""Where a company's value comes from, and every version of it that was ever public."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from screener.catalogue import fields, items, metrics
from screener.engine.company import Company
from screener.engine.display import Shown
from screener.engine.result import Value
from screener.errors import DataError, ScreenError
from screener.lake.filings import filing_url

if TYPE_CHECKING:
    from screener.lake.connect import Lake
    from screener.standardize.lineage import Lineage
    from screener.standardize.lineage_nodes import Node

RESTATED = 0.005


@dataclass(frozen=True, slots=True, repr=False)
class Trace(Shown):
    """One value of one company and its way to the filings.

    ``known_from`` is the day from which this version was public; ``stored`` is the value in the data set, which is
    ``node.value`` unless another version of this software built it.
    """

    company: Company
    item: str
    period: str
    as_of: date
    period_end: date
    known_from: date
    flags: str
    stored: float | None
    node: Node


@dataclass(frozen=True, slots=True, repr=False)
class Versions(Shown):
    """Every version of one item by period: ``rows`` follow ``headers``, oldest period and oldest version first."""

    company: Company
    item: str
    period: str
    headers: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@contextmanager
def lineage_of(lake: Lake, company: Company) -> Iterator[Lineage]:
    """Give the lineage of a company of the data set: its facts are standardized once more, in memory."""
    from screener.lake.connect import facts_of
    from screener.standardize.lineage import Issuer, lineage

    row = lake.con.execute(
        "SELECT c.model, c.sic, c.fiscal_year_end, "
        "(SELECT max(l.last_date) FROM listings l WHERE l.issuer_id = c.issuer_id) "
        "FROM companies c WHERE c.issuer_id = ?",
        [company.issuer_id],
    ).fetchone()
    model, sic, year_end, last = row or (None, None, None, None)
    issuer = Issuer(company.issuer_id, model, sic, year_end, last)
    with facts_of(lake, company.issuer_id) as facts, lineage(facts, issuer) as found:
        yield found


def trace_item(
    lake: Lake, company: Company, name: str, as_of: date, *, period: str = "ttm", end: date | None = None
) -> Trace:
    """Return the way of a line item's value as it was known on ``as_of``.

    ``period``: ``ttm``, ``quarter`` or ``annual``; balances have one value in each. ``end`` (of the period) defaults
    to the newest one with a value. ``ScreenError`` for a name that is no line item, and without such a period.
    """
    item = _item(name)
    column = column_of(item, quarter=period == "quarter")
    found = lake.con.execute(
        f'SELECT period_end, known_from, flags, "{column}" FROM fundamentals '
        f"WHERE issuer_id = ? AND known_from <= ? AND known_until > ?{_year_end(period)} ORDER BY period_end DESC",
        [company.issuer_id, as_of, as_of],
    ).fetchall()
    wanted = [row for row in found if (row[0] == end if end else row[3] is not None)]
    if not wanted:
        raise _no_period(company, item, as_of, end, [row[0] for row in found])
    period_end, known_from, flags, stored = wanted[0]
    with lineage_of(lake, company) as ways:
        node = ways.value(column, period_end, known_from)
    if node is None:
        raise DataError(
            f"the facts of this data set give no row of {company.ticker} for {period_end} known from {known_from}",
            hint="another version built it: build it again with `screener data build`",
        )
    return Trace(company, item, period, as_of, period_end, known_from, flags, stored, node)


def column_of(item: str, *, quarter: bool) -> str:
    """Return the column of ``fundamentals`` that has an item's quarter, or its twelve months or balance."""
    return f"{item}_q" if quarter and items.BY_NAME[item].kind != "instant" else item


def _item(name: str) -> str:
    canonical = metrics.ALIASES.get(name) or fields.ALIASES.get(name, name)
    if canonical in items.OF_PRICES:
        raise ScreenError(f"{name} comes from the price file: no filing says it")
    if canonical in items.BY_NAME:
        return canonical
    if canonical in metrics.BY_NAME:
        raise ScreenError(
            f"{name} is a metric: {metrics.BY_NAME[canonical].formula}", hint="name one of its line items instead"
        )
    if canonical in fields.BY_NAME:
        raise ScreenError(f"{name} is not a line item: it is not made of reported facts alone")
    near = get_close_matches(name, items.BY_NAME, n=1)
    raise ScreenError(f"unknown item {name!r}", hint=f"did you mean {near[0]!r}?" if near else "see `screener metrics`")


def _year_end(period: str) -> str:
    return " AND fiscal_quarter = 4" if period == "annual" else ""


def _no_period(company: Company, item: str, as_of: date, end: date | None, ends: list[date]) -> ScreenError:
    if end is None:
        return ScreenError(f"{company.ticker} has no value of {item} that was public on {as_of}")
    near = sorted(ends, key=lambda other: abs((other - end).days))[:3]
    listed = ", ".join(str(other) for other in sorted(near))
    return ScreenError(
        f"{company.ticker} has no period that ended on {end} and was public on {as_of}",
        hint=f"the nearest ended on {listed}" if near else "",
    )


def versions_of(
    lake: Lake, company: Company, name: str, as_of: date, *, period: str = "ttm", end: date | None = None
) -> Versions:
    """Return every version of a line item that was public by ``as_of``, for all periods or the one given.

    A version is a filing that changed the item's value; ``change`` says how: ``first``, ``restated`` (by more than
    0.5 %), ``revised`` (by less), ``rounded`` (one of the two is the other's rounding), ``split`` (another share
    basis), ``withdrawn``.
    """
    item = _item(name)
    column = column_of(item, quarter=period == "quarter")
    one = " AND period_end = ?" if end else ""
    found = lake.con.execute(
        f'SELECT period_end, known_from, "{column}", share_basis, form, accession, flags FROM fundamentals '
        f"WHERE issuer_id = ? AND known_from <= ?{_year_end(period)}{one} ORDER BY period_end, known_from",
        [company.issuer_id, as_of, *([end] if end else [])],
    ).fetchall()
    rows: list[tuple[Value, ...]] = []
    last: dict[date, tuple[float | None, float]] = {}
    unit = items.BY_NAME[item].unit
    for period_end, known_from, value, basis, form, accession, flags in found:
        before, before_basis = last.get(period_end, (None, basis))
        if value == before:
            continue
        rebased = {"shares": before_basis / basis, "usd_per_share": basis / before_basis}.get(unit, 1.0)
        change = _change(before, value, rebased) if period_end in last else "first"
        last[period_end] = (value, basis)
        rows.append((period_end, known_from, value, change, form, accession, filing_url(company.cik, accession), flags))
    headers = ("period_end", "known_from", item, "change", "form", "accession", "url", "flags")
    units = ("date", "date", unit, "text", "text", "text", "text", "text")
    return Versions(company, item, period, headers, units, tuple(rows))


def _change(before: float | None, value: float | None, rebased: float) -> str:
    """Return how a value changed; ``rebased`` is what a change of the share basis alone would multiply it by."""
    if value is None:
        return "withdrawn"
    if before is None:
        return "restated"
    if rebased != 1 and abs(before * rebased - value) <= RESTATED * abs(value):
        return "split"
    apart = abs(value - before)
    if apart > RESTATED * max(abs(before), abs(value)):
        return "restated"
    return "rounded" if apart <= 0.5 * max(_grain(before), _grain(value)) else "revised"


def _grain(value: float) -> float:
    """Return the rounding unit of a whole number: the largest power of ten that divides it; 0 for fractions."""
    if value == 0 or not value.is_integer():
        return 0.0
    digits = str(abs(int(value)))
    return 10.0 ** (len(digits) - len(digits.rstrip("0")))
