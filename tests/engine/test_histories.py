"""Histories of names: what was known on the day, on one split basis, over five years, unknown where it is unknown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.engine.histories import ALWAYS, make_pages, read_histories
from screener.engine.report import make_report
from screener.lake.connect import Lake
from screener.lake.schema import FAR_DATE
from screener.language.resolve import parse_screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

END = date(2023, 12, 31)
LATER = date(2024, 6, 1)
SCREEN = """
name: Two
universe: [net_income > 0]
rules: [net_income > 0]
rank: [{metric: net_income, direction: higher}, gross_profitability]
"""
FAR = date.fromisoformat(FAR_DATE)


def lake_of(path: Path, *rows: dict[str, Any], companies: int = 1) -> Lake:
    """Return a data set of these quarters."""
    people = [company(number, f"A{number}") for number in range(1, companies + 1)]
    return make_lake(path, people, rows, [price(number, 10.0) for number in range(1, companies + 1)])


def end_of(index: int) -> date:
    """Return the end of quarter ``index`` of a calendar year; 40 is the last of 2023."""
    year, number = divmod(index - 41, 4)
    return date(2024 + year, (3, 6, 9, 12)[number], (31, 30, 30, 31)[number])


def test_what_was_filed_after_the_day_is_not_seen(tmp_path: Path) -> None:
    """A quarter restated after the day has its old value, and one that was filed after it is not there."""
    filed = date(2024, 2, 1)
    lake = lake_of(
        tmp_path,
        quarter(1, END, filed, 40, revenue=100.0, known_until=LATER, latest_until=LATER, accession="0000-24-01"),
        quarter(1, END, LATER, 40, revenue=90.0, latest_until=LATER),
        quarter(1, end_of(41), LATER, 41, revenue=120.0),
    )
    found = read_histories(lake.con, [1], AS_OF, ["revenue"])[1]
    assert (found.ends, found.values) == ((END,), {"revenue": (100.0,)})
    assert (found.newest.period_end, found.newest.known_from) == (END, filed)
    assert found.newest.url == "https://www.sec.gov/Archives/edgar/data/1/00002401/0000-24-01-index.htm"
    later = read_histories(lake.con, [1], LATER, ["revenue"])[1]
    assert later.values["revenue"] == (90.0, 120.0)


def test_five_years_of_quarters(tmp_path: Path) -> None:
    """Twenty quarters before the newest are followed, none before; a missing one is left out, an unknown value kept."""
    rows = [
        quarter(1, end_of(index), AS_OF, index, latest_until=FAR if index == 40 else AS_OF, revenue=float(index))
        for index in range(15, 41)
        if index != 30
    ]
    rows[-2]["revenue"] = None
    found = read_histories(lake_of(tmp_path, *rows).con, [1], AS_OF, ["revenue"])[1]
    assert found.ends[0] == end_of(20) == date(2018, 12, 31)
    assert len(found.ends) == 20
    assert end_of(30) not in found.ends
    assert found.values["revenue"][-2:] == (None, 40.0)


def test_share_counts_are_on_the_basis_of_the_newest_quarter(tmp_path: Path) -> None:
    """A split of two for one between the quarters: 10 million shares before it are 20 million after it."""
    lake = lake_of(
        tmp_path,
        quarter(1, end_of(39), AS_OF, 39, shares_outstanding=10e6, share_basis=2.0, latest_until=AS_OF),
        quarter(1, END, AS_OF, 40, shares_outstanding=20e6, share_basis=1.0),
    )
    assert read_histories(lake.con, [1], AS_OF, ["shares_outstanding"])[1].values["shares_outstanding"] == (20e6, 20e6)


def test_metrics_of_line_items(tmp_path: Path) -> None:
    """Free cash flow is operating cash flow less capital expenditure; banks have none."""
    lake = lake_of(
        tmp_path,
        quarter(1, END, AS_OF, 40, cfo=50.0, capex=20.0),
        quarter(2, END, AS_OF, 40, cfo=50.0, capex=20.0, model="bank"),
        companies=2,
    )
    found = read_histories(lake.con, [1, 2], AS_OF, ["fcf"])
    assert [found[issuer].values["fcf"] for issuer in (1, 2)] == [(30.0,), (None,)]


def test_other_currencies_have_no_history(tmp_path: Path) -> None:
    """Amounts in another currency are not drawn as dollars; no names, no query."""
    lake = lake_of(tmp_path, quarter(1, END, AS_OF, 40, revenue=1.0, currency="CAD"))
    assert read_histories(lake.con, [1], AS_OF, ["revenue"]) == {}
    assert read_histories(lake.con, [], AS_OF, ["revenue"]) == {}


@pytest.mark.parametrize(("most", "expected"), [(100, {1, 2}), (1, {2})])
def test_pages_of_the_first_names(tmp_path: Path, most: int, expected: set[int]) -> None:
    """The first names of the list are followed, with the line items that their factors rest on."""
    rows = [
        quarter(number, END, AS_OF, 40, net_income=1.0 * number, gross_profit=2.0, total_assets=4.0)
        for number in (1, 2)
    ]
    with lake_of(tmp_path, *rows, companies=2) as lake:
        report = make_report(lake, parse_screen(SCREEN, "two.yaml"), AS_OF)
        pages = make_pages(lake.con, report.result, most)
    assert set(pages.histories) == expected
    names = [line.name for line in pages.lines]
    assert tuple(names[: len(ALWAYS)]) == ALWAYS
    assert {"gross_profit", "total_assets"} <= set(names[len(ALWAYS) :])
    assert [line.further for line in pages.lines] == [name not in ALWAYS for name in names]
    assert pages.histories[2].last("gross_profit") == 2.0
