"""How well the numbers of the SEC companies fit together: the targets for the identities, counted two ways."""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.quality import check
from screener.lake.connect import Lake
from tests.real.conftest import SEC_DAY

ITEMS = ("revenue", "operating_income", "net_income", "cfo", "capex")
# What no selection can mend, because the filings themselves do not add up: issuer, last day of the fiscal year.
EXPLAINED = {
    # The 10-K of 2019 tags the second quarter with the first day of the year: the filer's start date is wrong.
    (1757898, date(2018, 3, 31)),
    (1757898, date(2018, 6, 30)),
    # The 10-K of 2016 tags quarters of continuing operations and a year of all operations with the same tag.
    (1657853, date(2015, 12, 31)),
    (1657853, date(2017, 6, 30)),
    # The year was recast for operations that ended, quarter by quarter without a restated quarter of its own.
    (1731289, date(2023, 6, 30)),
    (1731289, date(2023, 9, 30)),
    (1731289, date(2023, 12, 31)),
    (1731289, date(2024, 3, 31)),
}


@pytest.mark.parametrize(("identity", "target"), [("bs1", 0.999), ("cf1", 0.99)])
@pytest.mark.parametrize("day", [date(2017, 6, 30), date(2020, 6, 30), SEC_DAY, None])
def test_statements_add_up(sec: Lake, identity: str, target: float, day: date | None) -> None:
    """Balance sheets balance and cash flows add up, as known on each day, for nearly every company-period."""
    rows = {row[0]: row for row in check(sec, day).tables[0].rows}
    held, failed = int(str(rows[identity][2])), int(str(rows[identity][3]))
    assert held > 300
    assert held / (held + failed) >= target


def sums(sec: Lake, identity: str, item: str) -> tuple[int, list[tuple[int, date]]]:
    """Return how many periods of ``item`` could be compared, and those that differ, from the stored quarters alone."""
    rows = sec.con.execute(
        f"""WITH f AS (SELECT issuer_id, period_end, quarter_index, {item} AS v, {item}_q AS q,
            list_contains(string_split(holds, ' '), '{identity}') AS held,
            list_contains(string_split(fails, ' '), '{identity}') AS failed
          FROM fundamentals WHERE known_until = DATE '9999-12-31')
        SELECT a.issuer_id, a.period_end, a.failed, abs(a.v - (a.q + b.q + c.q + d.q)), abs(a.v) FROM f a
        JOIN f b ON b.issuer_id = a.issuer_id AND b.quarter_index = a.quarter_index - 1
        JOIN f c ON c.issuer_id = a.issuer_id AND c.quarter_index = a.quarter_index - 2
        JOIN f d ON d.issuer_id = a.issuer_id AND d.quarter_index = a.quarter_index - 3
        WHERE (a.held OR a.failed) AND a.v + a.q + b.q + c.q + d.q IS NOT NULL
        ORDER BY 1, 2"""
    ).fetchall()
    # In a period that holds, an item that differs is one that could not be tested: it was recast in part.
    off = [(row[0], row[1]) for row in rows if row[2] and row[3] > max(0.005 * row[4], 2e6)]
    kept = sum(1 for row in rows if row[2] or row[3] <= max(0.005 * row[4], 2e6))
    return kept, off


@pytest.mark.parametrize(("identity", "least"), [("quarters_sum", 1500), ("ttm_two_ways", 4500)])
def test_quarters_and_twelve_months_agree(sec: Lake, identity: str, least: int) -> None:
    """Of the items of all periods, at least 99.8 % agree, those aside that the filings themselves get wrong."""
    found = [sums(sec, identity, item) for item in ITEMS]
    compared = sum(kept for kept, _ in found)
    off = [key for _, keys in found for key in keys if key not in EXPLAINED]
    assert compared >= least
    assert len(off) <= 0.002 * compared, off
