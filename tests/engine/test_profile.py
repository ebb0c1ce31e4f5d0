"""The page of a company on a small data set worked by hand: places among peers, periods, flags, events, the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.catalogue import profile as table
from screener.catalogue.names import lookup
from screener.engine.company import find_company
from screener.engine.profile import KeyMetric, Profile, company_profile
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, FAR, company, make_lake, price, quarter

END, FILED = date(2023, 12, 31), date(2024, 2, 15)
EARLIER = date(2023, 6, 30)
# Quarter: (its end, the day on which it was filed).
DAYS = {
    33: (date(2022, 3, 31), date(2022, 5, 10)),
    34: (date(2022, 6, 30), date(2022, 8, 10)),
    35: (date(2022, 9, 30), date(2022, 11, 10)),
    36: (date(2022, 12, 31), date(2023, 2, 15)),
    37: (date(2023, 3, 31), date(2023, 5, 10)),
    39: (date(2023, 9, 30), date(2023, 11, 10)),
    40: (END, FILED),
}
# Debt over assets of 100: B and C share the second place, L's debt is unknown.
DEBTS = dict(zip("ABCDEFGHIJKL", (5, 10, 10, 20, 30, 40, 50, 60, 70, 80, 90, None), strict=True))


def row(index: int, *, known_from: date | None = None, **columns: Any) -> dict[str, Any]:
    """Return a quarter of company A; until the end of 2022 its shares had twice the value."""
    end, filed = DAYS[index]
    later = min((day for other, (_, day) in DAYS.items() if other > index), default=FAR)
    shares = {"shares_diluted": 10.0, "eps_diluted": 2.0}
    if index <= 36:
        shares = {"share_basis": 2.0, "shares_diluted": 5.0, "eps_diluted": 4.0}
    keys = {"fiscal_year": (index - 33) // 4 + 2022, "latest_until": later}
    return quarter(1, end, known_from or filed, index, **{**keys, **shares, **columns})


def history() -> list[dict[str, Any]]:
    """Return company A's quarters: 2023Q2 was never filed, FY2022 was restated a year later."""
    return [
        row(33, revenue_q=10.0),
        row(34, revenue_q=20.0),
        row(35, revenue_q=-5.0),
        row(36, revenue=100.0, revenue_q=30.0, known_until=FILED),
        row(36, known_from=FILED, revenue=90.0, revenue_q=25.0, flags="restated ebit_derived"),
        row(37, revenue=110.0, revenue_q=40.0, flags="ebit_derived"),
        row(39, revenue_q=50.0),
        row(40, revenue=150.0, revenue_q=60.0, cfo=30.0, capex=12.0, total_assets=100.0, total_debt=5.0,
            net_income_to_common=20.0, shares_outstanding=10.0, flags="restated", debt_evidence="inferred_zero"),
    ]  # fmt: skip


def peers() -> list[dict[str, Any]]:
    """Return the newest quarter of everybody else: B to L, two in Energy, and a shell without any debt."""
    rows = [
        quarter(number, END, FILED, 40, fiscal_year=2023, total_assets=100.0, total_debt=debt)
        for number, debt in enumerate(list(DEBTS.values())[1:], 2)
    ]
    more = {21: 1.0, 22: 85.0, 31: 0.0}
    return rows + [
        quarter(n, END, FILED, 40, fiscal_year=2023, total_assets=100.0, total_debt=d) for n, d in more.items()
    ]


def people() -> list[dict[str, Any]]:
    """Return twelve companies in Industrials, two in Energy and a shell."""
    listed = [company(n, f"{letter}{letter}", fiscal_year_end="1231") for n, letter in enumerate(DEBTS, 1)]
    listed[0] |= {"filings_since": date(1993, 1, 1)}
    listed += [company(n, name, sector="Energy") for n, name in ((21, "EN"), (22, "ER"))]
    return [*listed, company(31, "SHEL", is_shell=True)]


EVENTS = [
    {"issuer_id": 1, "kind": "late_filing", "filed": date(2023, 3, 8), "accession": "a-0"},  # a day too early
    {"issuer_id": 1, "kind": "auditor_change", "filed": date(2023, 5, 1), "accession": "0001-23-1"},
    {"issuer_id": 1, "kind": "non_reliance", "filed": date(2024, 3, 8), "accession": "0001-24-1"},
    {"issuer_id": 1, "kind": "bankruptcy", "filed": date(2024, 3, 9), "accession": "a-9"},  # a day too late
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The data set of all tests here."""
    path = tmp_path_factory.mktemp("profile")
    with make_lake(path, people(), [*history(), *peers()], [price(1, 30.0)], events=EVENTS) as made:
        yield made


def page(lake: Lake, ticker: str, day: date = AS_OF) -> Profile:
    """Return a company's page."""
    return company_profile(lake, find_company(lake.con, ticker, day), day)


def metric(found: Profile, name: str) -> KeyMetric:
    """Return a metric of the page."""
    return next(row for row in found.metrics if row.name == name)


def test_place_and_percentile_within_the_sector(lake: Lake) -> None:
    """Less debt is better: A is first of twelve, B and C share the second place, D is fourth; L cannot be ranked."""
    expected = {
        "AA": (0.05, 100.0, 1),
        "BB": (0.1, 100 * 11 / 12, 2),
        "CC": (0.1, 100 * 11 / 12, 2),
        "DD": (0.2, 75.0, 4),
    }
    for ticker, (value, percentile, place) in expected.items():
        found = metric(page(lake, ticker), "debt_assets")
        assert found.value == pytest.approx(value)
        assert found.percentile == pytest.approx(percentile)
        assert (found.place, found.size, found.within, found.peers) == (place, 12, "sector", "Industrials")
    last = metric(page(lake, "LL"), "debt_assets")
    assert (last.value, last.percentile, last.place, last.size) == (None, None, None, None)
    assert "total_debt" in last.reason


def test_a_small_sector_falls_back(lake: Lake) -> None:
    """Two companies are no group: EN is first of all fourteen that are no shells, and the page says so."""
    found = metric(page(lake, "EN"), "debt_assets")
    assert (found.place, found.size, found.asked, found.within) == (1, 14, "sector", "universe")
    assert page(lake, "EN").population == 14


def test_a_shell_is_not_ranked(lake: Lake) -> None:
    """A shell has its values, no places, and a note."""
    found = page(lake, "SHEL")
    assert not found.ranked
    assert metric(found, "debt_assets").value == 0
    assert {row.percentile for row in found.metrics} == {None}
    assert any("shell" in note for note in found.notes)


def test_a_multiple_is_ranked_by_its_yield(lake: Lake) -> None:
    """300 of market value for 20 of income is a P/E of 15, ranked by the earnings yield."""
    found = page(lake, "AA")
    assert found.about["market_cap"] == pytest.approx(300.0)
    assert metric(found, "pe").value == pytest.approx(15.0)
    assert metric(found, "pe").ranked_by == "earnings_yield"
    assert metric(found, "pe").place == 1


def test_years_and_quarters(lake: Lake) -> None:
    """Fiscal years and quarters in the version of the day, what was not filed as a gap, nothing before the first."""
    found = page(lake, "AA")
    place = found.items.index("revenue")
    assert [(period.label, period.values[place]) for period in found.years] == [("FY2022", 90.0), ("FY2023", 150.0)]
    assert [(period.label, period.values[place]) for period in found.quarters] == [
        ("2022Q1", 10.0), ("2022Q2", 20.0), ("2022Q3", -5.0), ("2022Q4", 25.0),
        ("2023Q1", 40.0), ("2023Q2", None), ("2023Q3", 50.0), ("2023Q4", 60.0),
    ]  # fmt: skip
    assert found.quarters[5].period_end is None
    assert found.ttm is not None
    assert dict(zip(found.items, found.ttm.values, strict=True))["fcf"] == 18.0
    assert (found.about["period_end"], found.about["known_from"]) == (END, FILED)


def test_counts_are_on_the_newest_split_basis(lake: Lake) -> None:
    """Five shares that have become ten are ten in all periods, and earnings of four a share are two."""
    found = page(lake, "AA")
    for name, value in (("shares_diluted", 10.0), ("eps_diluted", 2.0)):
        assert {period.values[found.items.index(name)] for period in found.years} == {value}


def test_flags_name_their_periods(lake: Lake) -> None:
    """What a reader must see comes first, each with the periods that it concerns."""
    flags = [(flag.code, flag.notable, flag.periods) for flag in page(lake, "AA").flags]
    assert flags == [
        ("restated", True, ("FY2022", "FY2023", "2022Q4", "2023Q4")),
        ("ebit_derived", False, ("FY2022", "2022Q4", "2023Q1")),
    ]
    assert page(lake, "AA").evidence == (("debt", "inferred_zero"),)


def test_events_of_the_last_year(lake: Lake) -> None:
    """Twelve months to the day, newest first; no list of filings is not the same as no event."""
    found = page(lake, "AA").events
    assert found is not None
    assert [(event.kind, event.filed) for event in found] == [
        ("non_reliance", date(2024, 3, 8)), ("auditor_change", date(2023, 5, 1)),
    ]  # fmt: skip
    assert found[1].url == "https://www.sec.gov/Archives/edgar/data/1/0001231/0001-23-1-index.htm"
    assert page(lake, "BB").events is None


def test_as_of_a_day(lake: Lake) -> None:
    """In the middle of 2023 the restatement is not known, the newest quarter is the first of 2023, B is not there."""
    found = page(lake, "AA", EARLIER)
    assert [(period.label, period.values[0]) for period in found.years] == [("FY2022", 100.0)]
    assert [period.label for period in found.quarters][-1] == "2023Q1"
    assert found.ttm is not None
    assert found.ttm.values[0] == 110.0
    assert "restated" not in {flag.code for flag in found.flags}
    assert [event.kind for event in found.events or ()] == ["auditor_change", "late_filing"]
    assert found.about["price"] is None


def test_nothing_of_later_days_is_on_the_page(lake: Lake, tmp_path: Path) -> None:
    """The page as of a day is the one of a data set that ends on that day."""
    known = [dict(row) for row in [*history(), *peers()] if row["known_from"] <= EARLIER]
    for entry in known:
        for until in ("known_until", "latest_until"):
            entry[until] = entry[until] if entry[until] <= EARLIER else FAR
    events = [event for event in EVENTS if event["filed"] <= EARLIER]
    with make_lake(tmp_path, people(), known, [], events=events) as cut:
        then, whole = page(cut, "AA", EARLIER), page(lake, "AA", EARLIER)
    assert replace(then, run=whole.run, notes=()) == replace(whole, notes=())


def test_a_data_set_without_prices(tmp_path: Path) -> None:
    """The statements are there; what needs a price is unknown and says so."""
    with make_lake(tmp_path, people(), [*history(), *peers()], []) as bare:
        found = page(bare, "AA")
    assert found.about["market_cap"] is None
    assert metric(found, "pe").reason
    assert metric(found, "debt_assets").place == 1
    assert any("no prices" in note for note in found.notes)


def test_a_company_of_which_nothing_was_public(lake: Lake) -> None:
    """B had filed nothing in the middle of 2023: a page with its name, no periods, and why its metrics are unknown."""
    found = page(lake, "BB", EARLIER)
    assert (found.years, found.quarters, found.ttm) == ((), (), None)
    assert {row.value for row in found.metrics} == {None}
    assert all(row.reason for row in found.metrics)


def test_the_table_of_the_page_is_in_the_catalogue() -> None:
    """Every metric has a direction of its own, between 16 and 24 of them; every item is known."""
    assert 16 <= len(table.METRICS) <= 24
    for name in table.METRICS:
        entry = lookup(name)
        assert entry is not None
        assert entry.direction in {"higher", "lower"}
    assert all(lookup(name) is not None for name in table.STATEMENT)
