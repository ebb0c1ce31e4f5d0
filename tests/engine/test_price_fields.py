"""Fields of prices and risk in a run: their numbers, their age, and the days of the year."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen
from tests.engine.test_run import END, FILED, value

RISK = ("vol_252", "beta_252", "idio_vol", "max_ret_21", "amihud_252", "adv_usd_63d")


def lake_of(path: Path, day: date = AS_OF, **columns: Any) -> Lake:
    """Return a data set of one company with one price."""
    listed = company(1, "AAA", first_date=date(2019, 3, 9))
    rows = [{"listing_id": 1, "date": seen, **dict.fromkeys(RISK, number)} for seen, number in (
        (date(2024, 1, 31), 0.1), (date(2024, 2, 29), 0.2), (date(2024, 3, 29), 0.3))]  # fmt: skip
    return make_lake(
        path, [listed], [quarter(1, END, FILED, 40)], [price(1, 30.0, day, **columns)], risk=rows
    )  # fmt: skip


def test_fields_of_the_price(tmp_path: Path) -> None:
    """30 against 40 at the year's high, 25 at the end of last year and 20 at the end of the year before."""
    with lake_of(tmp_path, adj_high_ytd=40.0, adj_close_y1=25.0, adj_close_y2=20.0, tls_volume=3.1) as lake:
        assert value(lake, "potential_tax_loss") == -0.25
        assert value(lake, "ytd_return") == pytest.approx(0.2)
        assert value(lake, "prev_calendar_year_return") == pytest.approx(0.25)
        assert value(lake, "tls_volume") == 3.1
        assert value(lake, "years_listed") == pytest.approx(5.0, abs=0.01)
        assert value(lake, "as_of_month") == 3


def test_aliases(tmp_path: Path) -> None:
    """The literature's names of returns are the fields' own."""
    with lake_of(tmp_path, adj_close_1m=25.0, adj_close_3m=20.0, adj_close_6m=15.0, adj_close_12m=10.0) as lake:
        names = ("ret_1m", "ret_3m", "ret_6m", "mom_12_1")
        assert run_screen(lake, screen(columns=names), AS_OF).rows[0].values == pytest.approx((0.2, 0.5, 1.0, 1.5))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 1, 30), None),
        (date(2024, 1, 31), 0.1),
        (date(2024, 2, 28), 0.1),
        (date(2024, 3, 8), 0.2),
        (date(2024, 3, 31), 0.3),
        (date(2024, 5, 13), 0.3),
        (date(2024, 5, 14), None),
    ],
)
def test_risk_of_the_day(day: date, expected: float | None, tmp_path: Path) -> None:
    """The newest row that counts on the day, at most 45 days old; a stored 0.1 is 0.1 and no longer number."""
    with lake_of(tmp_path, day) as lake:
        assert run_screen(lake, screen(columns=RISK), day).rows[0].values == (expected,) * len(RISK)


# By the calendar: 2020 ends on a Thursday, 2021 on a Friday, 2022 on a Saturday, 2023 on a Sunday, 2024 on a Tuesday.
@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (date(2020, 12, 24), True),  # 24, 28, 29, 30, 31
        (date(2021, 12, 27), True),  # 27 to 31
        (date(2022, 12, 26), True),  # 26 to 30
        (date(2023, 12, 22), True),  # 22, 26, 27, 28, 29
        (date(2024, 12, 24), True),  # 24, 26, 27, 30, 31
        (date(2025, 1, 31), True),
        (date(2020, 12, 23), False),
        (date(2021, 12, 26), False),
        (date(2022, 12, 25), False),
        (date(2023, 12, 21), False),
        (date(2024, 12, 23), False),
        (date(2025, 2, 1), False),
    ],
)
def test_rebound_window(first: date, expected: bool, tmp_path: Path) -> None:
    """It opens with the fifth last weekday of December, the 25th not counted, and closes with January."""
    with lake_of(tmp_path, first) as lake:
        passed = run_screen(lake, screen("rebound_window"), first).passed
        assert bool(passed) is expected


def test_a_later_first_price_says_nothing(tmp_path: Path) -> None:
    """Before a line's first price it is not known since when it is listed."""
    rows = [quarter(1, END, FILED, 40)]
    with make_lake(tmp_path, [company(1, "AAA", first_date=date(2024, 6, 1))], rows, []) as lake:
        assert value(lake, "years_listed") is None


def test_period_price_on_one_basis(tmp_path: Path) -> None:
    """After a 2:1 split, 1 dollar on 20 a share a year ago is 0.50 on 10: the price moves with the earnings."""
    rows = [
        quarter(1, END.replace(year=END.year - 1), FILED.replace(year=FILED.year - 1), 36, period_price=20.0,
                eps_diluted_q=1.0, share_basis=2.0, latest_until=FILED),
        quarter(1, END, FILED, 40, period_price=15.0, eps_diluted_q=0.75),
    ]  # fmt: skip
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 15.0)]) as lake:
        assert value(lake, "lag(period_price, 1y)") == 10.0
        assert value(lake, "(quarter(eps_diluted) - lag(quarter(eps_diluted), 1y)) / lag(period_price, 1y)") == 0.025
