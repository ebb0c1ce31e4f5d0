"""The page of real companies: revenue as in their annual reports, places that can be counted, nothing of later days."""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.company import find_company
from screener.engine.profile import Profile, company_profile
from screener.lake.connect import Lake
from tests.real.conftest import SEC_DAY, SIMFIN_DAY

pytestmark = pytest.mark.real

# CSX, 10-K for 2024 and for 2022, consolidated income statements: revenue, operating income, net earnings, in millions.
CSX = {
    "FY2020": (10_583, 4_362, 2_765),
    "FY2021": (12_522, 5_594, 3_781),
    "FY2022": (14_853, 5_954, 4_114),
    "FY2023": (14_657, 5_499, 3_668),
    "FY2024": (14_540, 5_245, 3_470),
}


def page(lake: Lake, ticker: str, day: date) -> Profile:
    """Return a company's page."""
    return company_profile(lake, find_company(lake.con, ticker, day), day)


def test_years_are_those_of_the_annual_report(sec: Lake) -> None:
    """Five fiscal years of CSX, as its annual reports state them after the correction of 2024."""
    found = page(sec, "CSX", SEC_DAY)
    places = [found.items.index(name) for name in ("revenue", "operating_income", "net_income")]
    shown = {row.label: tuple(row.values[place] for place in places) for row in found.years}
    assert shown == {label: tuple(value * 1e6 for value in values) for label, values in CSX.items()}
    assert found.about["cik"] == 277948
    assert found.about["filings_url"] == "https://www.sec.gov/edgar/browse/?CIK=277948"


def test_places_can_be_counted(simfin: Lake) -> None:
    """The place of a company's debt to assets is one more than the names of its sector that have less."""
    found = page(simfin, "ADUS", SIMFIN_DAY)
    metric = next(row for row in found.metrics if row.name == "debt_assets")
    less, size = simfin.con.execute(
        "SELECT count(*) FILTER (f.total_debt / f.total_assets < ? AND f.total_assets > 0 "
        "AND coalesce(f.model, c.model) NOT IN ('bank', 'insurer')), count(*) "
        "FROM companies AS c JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary "
        "LEFT JOIN fundamentals AS f ON f.issuer_id = c.issuer_id AND f.known_from <= ? AND f.latest_until > ? "
        "AND f.stale_from > ? AND f.currency = 'USD' "
        "WHERE c.sector = 'Health Care' AND NOT c.is_shell "
        "AND (f.issuer_id IS NOT NULL OR EXISTS (SELECT 1 FROM prices AS p WHERE p.listing_id = l.listing_id "
        "AND p.date BETWEEN ?::DATE - 10 AND ?))",
        [metric.value, *[SIMFIN_DAY] * 5],
    ).fetchone() or (None, None)
    assert (metric.place, metric.size) == (less + 1, size)


@pytest.mark.parametrize("day", [date(2016, 5, 2), date(2021, 3, 1), date(2023, 6, 30)])
def test_nothing_of_later_days(sec: Lake, day: date) -> None:
    """No period, price or event of the page is of a later day, and the newest year is the last that was filed."""
    found = page(sec, "CSX", day)
    days = [row.known_from for row in (*found.years, *found.quarters) if row.known_from is not None]
    days += [row.filed for row in found.events or ()]
    price_date = found.about["price_date"]
    days += [price_date] if isinstance(price_date, date) else []
    assert days
    assert max(days) <= day
    assert found.years[-1].label == f"FY{day.year - 1}"
