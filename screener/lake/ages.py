"""How old what is inside a data set is: the newest days, reports that are due since, and prices that have stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue.deadlines import due, on_a_working_day
from screener.catalogue.fields import PRICE_MAX_AGE_DAYS
from screener.lake.versions import NEWEST

if TYPE_CHECKING:
    from screener.lake.connect import Lake

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Due:
    """Living issuers whose next report should have been filed by a day.

    examples are (ticker or name, due until), the longest due first.
    """

    issuers: int
    living: int
    examples: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Primary lines of living issuers: all, those without any price, and those whose prices have stopped.

    newest: the last session of the data set. examples are (ticker, last day with a price), the longest gone first.
    """

    newest: date | None
    lines: int
    without: int
    stopped: int
    examples: tuple[tuple[str, date], ...]


def newest(lake: Lake, what: str, until: date) -> date | None:
    """Return the last day up to ``until`` of a ``filing`` or a ``price``; ``None`` where there is none."""
    days = " UNION ALL ".join(
        f"SELECT max({column}) FILTER ({column} <= DATE '{until}') AS day FROM {table}"
        for table, column in NEWEST[what]
    )
    row = lake.con.execute(f"SELECT max(day) FROM ({days})").fetchone()
    found = row[0] if row else None
    assert found is None or isinstance(found, date), "the columns are dates"  # noqa: S101 - the schema is verified
    return found


def due_reports(lake: Lake, day: date, today: date) -> Due:
    """Return who, of the issuers that live on ``day``, should have reported again before ``today``."""
    rows = lake.con.execute(
        f"""WITH living AS ({_living(day)}),
        dated AS (SELECT f.issuer_id, {due()} AS until FROM living AS f)
        SELECT coalesce(l.ticker, c.name), {on_a_working_day("d.until")} AS until
        FROM dated AS d JOIN companies AS c USING (issuer_id)
        LEFT JOIN listings AS l ON l.issuer_id = d.issuer_id AND l.is_primary
        ORDER BY until, 1"""
    ).fetchall()
    found = [(str(name), until) for name, until in rows if until is not None and until < today]
    return Due(len(found), len(rows), tuple(found[:EXAMPLES]))


def stopped_prices(lake: Lake, day: date, last: date | None) -> Stopped:
    """Return whose prices ended more than ten days (``PRICE_MAX_AGE_DAYS``) before ``last``, the newest session."""
    rows = lake.con.execute(
        f"""WITH living AS ({_living(day)})
        SELECT l.ticker, CASE WHEN l.first_date IS NOT NULL THEN l.last_date END AS ended
        FROM living AS f JOIN listings AS l ON l.issuer_id = f.issuer_id AND l.is_primary
        ORDER BY ended, l.ticker"""
    ).fetchall()
    priced = [(str(ticker), ended) for ticker, ended in rows if ended is not None]
    gone = [(name, ended) for name, ended in priced if last is not None and (last - ended).days > PRICE_MAX_AGE_DAYS]
    return Stopped(last, len(rows), len(rows) - len(priced), len(gone), tuple(gone[:EXAMPLES]))


def _living(day: date) -> str:
    """Select the newest quarter of each issuer, if it is not too old on ``day``; one that had left has none."""
    return (
        "SELECT issuer_id, period_end, fiscal_quarter, form, year_end FROM (SELECT *,"
        " max(period_end) FILTER (fiscal_quarter = 4) OVER (PARTITION BY issuer_id) AS year_end FROM fundamentals"
        " QUALIFY row_number() OVER (PARTITION BY issuer_id ORDER BY period_end DESC, known_from DESC) = 1)"
        f" WHERE stale_from > DATE '{day}'"
    )
