"""How well the numbers of the SEC companies fit together: the targets for the identities, counted two ways."""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.quality import check
from screener.lake.connect import Lake
from tests.real.conftest import SEC_DAY

ITEMS = ("revenue", "operating_income", "net_income", "cfo", "capex")


@pytest.mark.parametrize(
    ("identity", "target"), [("bs1", 0.999), ("cf1", 0.99), ("quarters_sum", 0.998), ("ttm_two_ways", 0.998)]
)
@pytest.mark.parametrize("day", [date(2017, 6, 30), date(2020, 6, 30), SEC_DAY, None])
def test_statements_add_up(sec: Lake, identity: str, target: float, day: date | None) -> None:
    """Balance sheets, cash flows and twelve months add up, as known on each day, for nearly every company-period."""
    rows = {row[0]: row for row in check(sec, day).tables[0].rows}
    held, failed = int(str(rows[identity][2])), int(str(rows[identity][3]))
    assert held > (100 if identity == "quarters_sum" else 300)
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
    """Of the items of all periods that could be compared at least 99.8 % agree, by the stored quarters alone."""
    found = [sums(sec, identity, item) for item in ITEMS]
    compared = sum(kept for kept, _ in found)
    off = [key for _, keys in found for key in keys]
    assert compared >= least
    assert len(off) <= 0.002 * compared, off


def test_recast_years_are_told_apart(sec: Lake) -> None:
    """Sums on two bases are no failures but flagged; they are few, and each of them was restated in part."""
    rows = sec.con.execute(
        "SELECT c.name, f.period_end FROM fundamentals f JOIN companies c USING (issuer_id) "
        "WHERE f.known_until = DATE '9999-12-31' AND list_contains(string_split(f.flags, ' '), 'recast')"
    ).fetchall()
    (every,) = sec.con.execute("SELECT count(*) FROM fundamentals WHERE known_until = DATE '9999-12-31'").fetchone()
    assert 0 < len(rows) < 0.1 * every
    # The first quarter was recast for discontinued operations with the half year, not by itself.
    assert ("Ingersoll Rand Inc.", date(2020, 12, 31)) in rows
