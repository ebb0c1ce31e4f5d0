"""Versions of an item: what a later filing did to it, in words, and the errors that a person can cause."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener import api
from screener.engine.company import find_company
from screener.engine.lineage import trace_item, versions_of
from screener.errors import DataError, ScreenError
from screener.lake.connect import Lake
from tests.engine.lakes import company, make_lake, price, quarter
from tests.standardize.laws import law

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
END = date(2023, 12, 31)
DAYS = (date(2024, 2, 20), date(2024, 5, 2), date(2024, 8, 1))
NOW = date(2024, 12, 31)


def lake_of(tmp_path: Path, *versions: dict[str, Any]) -> Lake:
    """Return one company whose fourth quarter of 2023 has these versions, one on each of ``DAYS``."""
    rows = []
    for number, version in enumerate(versions):
        ends = {"known_until": DAYS[number + 1]} if number + 1 < len(versions) else {}
        rows.append(quarter(1, END, DAYS[number], 40, **ends, **version))
    return make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)])


def changes(lake: Lake, item: str, as_of: date = NOW) -> list[tuple[object, object, object]]:
    """Return (known_from, value, change) of each version."""
    found = versions_of(lake, find_company(lake.con, "AAA"), item, as_of)
    assert found.headers[:4] == ("period_end", "known_from", item, "change")
    return [(row[1], row[2], row[3]) for row in found.rows]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (1000.0, 1006.0, "restated"),  # 0.6 %
        (1004.0, 1001.0, "revised"),  # 0.3 %, to the dollar both
        (100_400_000.0, 100_000_000.0, "rounded"),  # to the nearest hundred million
        (1000.0, None, "withdrawn"),
        (1000.0, -1000.0, "restated"),
    ],
)
def test_what_changed(tmp_path: Path, before: float, after: float | None, change: str) -> None:
    """More than half a per cent is a restatement; less is a revision, or a rounding where the digits say so."""
    with lake_of(tmp_path, {"capex": before}, {"capex": after}) as lake:
        assert changes(lake, "capex") == [(DAYS[0], before, "first"), (DAYS[1], after, change)]


def test_a_row_that_changed_elsewhere_is_no_version(tmp_path: Path) -> None:
    """Only what moved the item is listed, and only what was public on the day."""
    with lake_of(tmp_path, {"capex": 5.0}, {"capex": 5.0, "cfo": 1.0}, {"capex": 6.0}) as lake:
        assert changes(lake, "capex") == [(DAYS[0], 5.0, "first"), (DAYS[2], 6.0, "restated")]
        assert changes(lake, "capex", DAYS[1]) == [(DAYS[0], 5.0, "first")]


def test_first_seen_later(tmp_path: Path) -> None:
    """A value that a later filing brings is the item's first."""
    with lake_of(tmp_path, {"cfo": 1.0}, {"cfo": 1.0, "capex": 6.0}) as lake:
        assert changes(lake, "capex") == [(DAYS[1], 6.0, "first")]


def test_a_split_is_no_restatement(tmp_path: Path) -> None:
    """Twice the shares on half the factor, and half the earnings a share, are the same on another basis."""
    old = {"shares_basic": 50.0, "eps_basic": 4.0, "share_basis": 2.0}
    new = {"shares_basic": 100.0, "eps_basic": 2.0, "share_basis": 1.0}
    with lake_of(tmp_path, old, new) as lake:
        assert [row[2] for row in changes(lake, "shares_basic")] == ["first", "split"]
        assert [row[2] for row in changes(lake, "eps_basic")] == ["first", "split"]


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    """A name that is no item, a day too early, a period that is none, and facts that are not there."""
    with lake_of(tmp_path, {"capex": 5.0}) as lake:
        found = find_company(lake.con, "AAA")
        with pytest.raises(ScreenError, match="metric: operating_income"):
            trace_item(lake, found, "ebit", NOW)
        with pytest.raises(ScreenError, match="public on 2024-01-01"):
            trace_item(lake, found, "capex", date(2024, 1, 1))
        with pytest.raises(ScreenError, match="no period that ended on 2023-12-30") as raised:
            trace_item(lake, found, "capex", NOW, end=date(2023, 12, 30))
        assert "2023-12-31" in raised.value.hint
        with pytest.raises(DataError, match="give no row"):
            trace_item(lake, found, "capex", NOW)


def test_law_on_the_demo() -> None:
    """On random rows of the demo's first names every item is its traced parts, none of them filed later."""
    with api.open_data(DEMO) as lake:
        tickers = lake.con.execute(
            "SELECT ticker FROM listings WHERE is_primary ORDER BY listing_id LIMIT 3"
        ).fetchall()
        law(lake, [ticker for (ticker,) in tickers], rows=3, seed=20240308)
