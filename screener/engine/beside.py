"""Steps that only a few fields need: events, deals in the industry, restatements, share classes, risk."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from screener.catalogue import events, fields

RESTATED_QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Beside:
    """A step with a row per date and issuer, joined under ``alias`` when the SQL of a field names that alias.

    body: the SQL of the step, from the dates and a filter on issuers (a function from an alias to SQL).
    """

    alias: str
    step: str
    body: Callable[[Sequence[date], Callable[[str], str]], str]


def needed(sqls: Sequence[str]) -> tuple[Beside, ...]:
    """Return the steps that the SQL of some fields needs, in the order of their table."""
    return tuple(row for row in BESIDE if any(re.search(rf"\b{row.alias}\.", sql) for sql in sqls))


def join(row: Beside) -> str:
    """Return the join of a step to ``c`` and ``d``."""
    a = row.alias
    return f"LEFT JOIN {row.step} AS {a} ON {a}.as_of = d.as_of AND {a}.issuer_id = c.issuer_id"


def _names(kinds: Sequence[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _within(dates: Sequence[date], months: int) -> str:
    """Return the join of ``dates`` and ``events`` over the months up to each date, and bounds for the reader."""
    return (
        f"FROM dates AS d JOIN events AS e ON e.filed <= d.as_of AND e.filed >= {events.window_start(months)}\n"
        f"  WHERE e.filed <= DATE '{max(dates)}'"
        f" AND e.filed > CAST(DATE '{min(dates)}' - INTERVAL {months} MONTH AS DATE)"
    )


def _events(dates: Sequence[date], only: Callable[[str], str]) -> str:
    """Count the events of each issuer by what the fields ask."""
    year = f"e.filed >= {events.window_start(events.MONTHS)}"
    kinds = (*events.RED_FLAGS, "activist_13d", *events.BIDS, "rights_modified")
    return (
        "SELECT d.as_of, e.issuer_id,\n"
        f"    count(*) FILTER (e.kind IN ({_names(events.RED_FLAGS)})) AS red_flags,\n"
        f"    bool_or(e.kind = 'activist_13d' AND {year}) AS activist,\n"
        f"    bool_or(e.kind IN ({_names(events.BIDS)}) AND {year}) AS bid,\n"
        f"    bool_or(e.kind = 'rights_modified' AND {year}) AS rights\n"
        f"  {_within(dates, events.RED_FLAG_MONTHS)} AND e.kind IN ({_names(kinds)}){only('e')}\n"
        "  GROUP BY d.as_of, e.issuer_id"
    )


def _deals(dates: Sequence[date], _: Callable[[str], str]) -> str:
    """Count the deals of the others with an issuer's industry code of the day, and how many others are covered.

    A bid is one deal however many filings tell of it. An issuer that has no event by the day may not exist yet: what
    is known of an industry must not depend on those that come later.
    """
    own = (
        f"SELECT d.as_of, e.issuer_id, count(*) FILTER (e.kind = '{events.DEALS}')"
        f" + bool_or(e.kind IN ({_names(events.BIDS)}))::INT AS deals\n"
        f"  {_within(dates, events.MONTHS)} AND e.kind IN ({_names((events.DEALS, *events.BIDS))})\n"
        "  GROUP BY d.as_of, e.issuer_id"
    )
    coded = (
        "SELECT d.as_of, c.issuer_id, coalesce(k.sic, c.sic) AS sic,"
        f" coalesce({events.covered(events.MONTHS)} AND b.first <= d.as_of, false)::INT AS covered\n"
        "  FROM dates AS d CROSS JOIN companies AS c\n"
        "  LEFT JOIN (SELECT issuer_id, min(filed) AS first FROM events GROUP BY issuer_id) AS b"
        " ON b.issuer_id = c.issuer_id\n"
        "  ASOF LEFT JOIN classifications AS k ON k.issuer_id = c.issuer_id AND k.known_from <= d.as_of"
    )
    same = "PARTITION BY m.as_of, m.sic"
    return (
        "SELECT m.as_of, m.issuer_id,\n"
        f"    sum(coalesce(o.deals, 0)) OVER ({same}) - coalesce(o.deals, 0) AS deals,\n"
        f"    sum(m.covered) OVER ({same}) - m.covered AS covered\n"
        f"  FROM ({coded}) AS m\n"
        f"  LEFT JOIN ({own}) AS o ON o.as_of = m.as_of AND o.issuer_id = m.issuer_id\n"
        "  WHERE m.sic IS NOT NULL"
    )


def _restated(dates: Sequence[date], _: Callable[[str], str]) -> str:
    """Tell whether a version of one of the last quarters, as known on the day, was restated."""
    return (
        "SELECT l.as_of, l.issuer_id, bool_or(contains(concat(' ', h.flags, ' '), ' restated ')) AS restated\n"
        "  FROM latest AS l JOIN fundamentals AS h ON h.issuer_id = l.issuer_id"
        f" AND l.quarter_index - h.quarter_index BETWEEN 0 AND {RESTATED_QUARTERS - 1}"
        " AND h.known_from <= l.as_of AND h.known_until > l.as_of\n"
        f"  WHERE h.currency = 'USD' AND h.known_from <= DATE '{max(dates)}' AND h.known_until > DATE '{min(dates)}'\n"
        "  GROUP BY l.as_of, l.issuer_id"
    )


def _classes(_: Sequence[date], only: Callable[[str], str]) -> str:
    """Count the common lines that trade on the day, and those without prices, of which nobody knows."""
    trading = (
        "(j.security_type = 'common' AND j.first_date <= d.as_of"
        f" AND j.last_date >= least(d.as_of, (SELECT max(last_date) FROM listings)) - {fields.PRICE_MAX_AGE_DAYS})"
    )
    return (
        f"SELECT d.as_of, j.issuer_id, count(*) FILTER {trading} AS trading,\n"
        "    count(*) FILTER (j.security_type = 'common' AND j.first_date IS NULL"
        " AND coalesce(j.last_date >= d.as_of, true)) AS unpriced\n"
        f"  FROM dates AS d CROSS JOIN listings AS j WHERE true{only('j')}\n"
        "  GROUP BY d.as_of, j.issuer_id"
    )


def _risks(dates: Sequence[date], only: Callable[[str], str]) -> str:
    """Select the last row of ``risk`` of the issuer's primary listing, if it is recent."""
    earliest = date.fromordinal(max(1, min(dates).toordinal() - fields.RISK_MAX_AGE_DAYS))
    return (
        "SELECT k.as_of, k.issuer_id, s.*\n"
        "  FROM (SELECT d.as_of, l.issuer_id, l.listing_id FROM dates AS d CROSS JOIN listings AS l"
        f" WHERE l.is_primary{only('l')}) AS k\n"
        f"  ASOF JOIN (SELECT * FROM risk WHERE date BETWEEN DATE '{earliest}' AND DATE '{max(dates)}') AS s"
        " ON s.listing_id = k.listing_id AND s.date <= k.as_of\n"
        f"  WHERE s.date >= k.as_of - {fields.RISK_MAX_AGE_DAYS}"
    )


BESIDE: tuple[Beside, ...] = (
    Beside("e", "filed_events", _events),
    Beside("i", "industry_deals", _deals),
    Beside("r", "restatements", _restated),
    Beside("j", "share_classes", _classes),
    Beside("s", "risks", _risks),
)
