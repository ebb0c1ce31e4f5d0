"""Risk of the listings: numbers worked by hand, what is undefined, weekly prices, no look-ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from screener.lake.schema import LISTINGS
from screener.standardize.pipeline import SPLITS, market_data
from tests.standardize.stages import read, write_table
from tests.standardize.test_prices import PRICES_RAW

# Ends with a whole month: the last session, 31 January 2024, is its last weekday.
LAST = date(2024, 1, 31)
Series = list[tuple[date, float, float | None]]


def weekdays(last: date, count: int) -> list[date]:
    """Return so many weekdays to ``last``, oldest first."""
    days = [last - timedelta(back) for back in range(count * 2)]
    return sorted(day for day in days if day.weekday() < 5)[-count:]


def path(days: Sequence[date], moves: Callable[[int], float], volume: float | None = 1000.0) -> Series:
    """Return day, price and volume: 100 on the first day, then moved by ``moves`` of the day's number."""
    found, price = [], 100.0
    for number, day in enumerate(days):
        price *= 1 + (moves(number) if number else 0.0)
        found.append((day, price, volume))
    return found


def risks(stage: Path, **lines: Series) -> dict[str, dict[date, dict[str, Any]]]:
    """Build the market data of these common lines; return the rows of ``risk`` by ticker and day."""
    stage.mkdir(parents=True, exist_ok=True)
    listed = [(n, n, ticker, "NYSE", "common", True) for n, ticker in enumerate(sorted(lines), 1)]
    write_table(stage / "listings_raw.parquet", LISTINGS[:-2], listed)
    prices = [(ticker, day, close, close, volume) for ticker, rows in lines.items() for day, close, volume in rows]
    write_table(stage / "prices_raw.parquet", PRICES_RAW, prices)
    write_table(stage / "splits.parquet", SPLITS, [])
    market_data(stage)
    found: dict[str, dict[date, dict[str, Any]]] = {ticker: {} for ticker in lines}
    for row in read(stage / "risk.parquet"):
        found[sorted(lines)[row["listing_id"] - 1]][row["date"]] = row
    return found


def swing(size: float) -> Callable[[int], float]:
    """Return moves in a rhythm of four days: up, up, down, down."""
    return lambda number: size if number % 4 in (0, 1) else -size


DAYS = weekdays(LAST, 300)
# The market is all but entirely the line with a volume beyond all others.
HUGE = 1e15


def test_volatility_and_beta(tmp_path: Path) -> None:
    """Twice the market's moves: beta 2, nothing left; the deviation of +-2 % is 2 % a day, times the root of 252."""
    row = risks(tmp_path, MKT=path(DAYS, swing(0.01), HUGE), TWO=path(DAYS, swing(0.02)))["TWO"][LAST]
    assert row["beta_252"] == pytest.approx(2, abs=2e-3)
    assert row["vol_252"] == pytest.approx(0.02 * sqrt(252), rel=5e-3)
    assert row["idio_vol"] == pytest.approx(0, abs=1e-3)
    assert row["max_ret_21"] == pytest.approx(0.02, abs=1e-6)


def test_a_line_that_lags(tmp_path: Path) -> None:
    """Half of the market's move today and half tomorrow is a beta of 1; one half alone would be the plain slope."""
    market = swing(0.01)
    late = path(DAYS, lambda n: 0.5 * market(n) + 0.5 * market(n - 1))
    assert risks(tmp_path, MKT=path(DAYS, market, HUGE), LATE=late)["LATE"][LAST]["beta_252"] == pytest.approx(
        1, abs=2e-3
    )


def test_own_noise(tmp_path: Path) -> None:
    """Moves of 3 % in a rhythm that the market (four days) does not have (eight days) are all its own: beta 0."""
    row = risks(
        tmp_path, MKT=path(DAYS, swing(0.01), HUGE), OWN=path(DAYS, lambda n: 0.03 if n % 8 < 4 else -0.03)
    )["OWN"][LAST]  # fmt: skip
    assert row["beta_252"] == pytest.approx(0, abs=0.1)
    assert row["idio_vol"] == pytest.approx(0.03 * sqrt(252), rel=0.01)


def test_an_error_of_the_file_breaks_nothing(tmp_path: Path) -> None:
    """A price a hundred times too high for a day is a doubling and a halving: beta stays near 2."""
    two = path(DAYS, swing(0.02))
    day, close, volume = two[-100]
    two[-100] = (day, close * 100, volume)
    row = risks(tmp_path, MKT=path(DAYS, swing(0.01), HUGE), TWO=two)["TWO"][LAST]
    assert 1 < row["beta_252"] < 3
    # 252 days with 100 % and 50 % among them: the root of 252 x (1 + 0.25 + 260 x 0.0004) / 260.
    assert row["vol_252"] == pytest.approx(1.15, abs=0.05)


def test_illiquidity_and_dollars(tmp_path: Path) -> None:
    """1 % for 100,000 dollars a day is 0.1 a million; days without volume have a return and no illiquidity."""
    flat = [(day, 100.0 if n % 2 else 101.0, 1000.0) for n, day in enumerate(DAYS)]
    still = [(day, close, 0.0) for day, close, _ in flat]
    found = risks(tmp_path, FLAT=flat, STILL=still)
    row = found["FLAT"][LAST]
    # Down from 101 to 100 on 100,000 dollars, up from 100 to 101 on 101,000.
    assert row["amihud_252"] == pytest.approx((1 / 101 / 1e5 + 0.01 / 1.01e5) / 2 * 1e6, rel=1e-3)
    # 63 sessions, the last of them one at 100: 32 at 100, 31 at 101.
    assert row["adv_usd_63d"] == 100_000
    assert found["STILL"][LAST]["amihud_252"] is None
    assert found["STILL"][LAST]["vol_252"] == row["vol_252"]


@pytest.mark.parametrize(("count", "known"), [(200, False), (201, True)])
def test_two_hundred_returns(count: int, known: bool, tmp_path: Path) -> None:
    """201 prices have 200 returns; with one fewer there is no volatility, while the largest day needs a month alone."""
    row = risks(tmp_path, AAA=path(weekdays(LAST, count), swing(0.01)), MKT=path(DAYS, swing(0.02)))["AAA"][LAST]
    assert [row[name] is not None for name in ("vol_252", "beta_252", "idio_vol", "amihud_252")] == [known] * 4
    assert row["max_ret_21"] == pytest.approx(0.01, abs=1e-6)


def test_weekly_prices(tmp_path: Path) -> None:
    """Where prices come once a week: 52 weekly returns of 4 % make 4 % times the root of 52, and a beta of 2."""
    fridays = [date(2024, 1, 26) - timedelta(weeks=back) for back in range(59, -1, -1)]
    # A session on the last weekday shows that the month is over.
    end = [(LAST, 1.0, 1.0)]
    lines = {"MKT": path(fridays, swing(0.02), HUGE), "TWO": path(fridays, swing(0.04)), "END": end}
    row = risks(tmp_path, **lines)["TWO"][LAST]
    assert row["beta_252"] == pytest.approx(2, abs=5e-3)
    assert row["vol_252"] == pytest.approx(0.04 * sqrt(52), rel=0.02)
    assert row["max_ret_21"] is None
    too_few = {name: rows[-45:] for name, rows in lines.items()}
    assert risks(tmp_path / "few", **too_few)["TWO"][LAST]["vol_252"] is None


def test_a_month_counts_when_it_is_over(tmp_path: Path) -> None:
    """29 March 2024 was Good Friday: March counts from 1 April on; a month that still runs has no row."""
    days = [day for day in weekdays(date(2024, 4, 10), 300) if day != date(2024, 3, 29)]
    found = risks(tmp_path, AAA=path(days, swing(0.01)))["AAA"]
    assert sorted(found)[-3:] == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 4, 1)]


@pytest.mark.parametrize("day", [date(2024, 1, 31), date(2024, 1, 30), date(2023, 12, 29), date(2023, 11, 8)])
def test_later_prices_change_nothing(day: date, tmp_path: Path) -> None:
    """The rows of prices cut off at a day are those of the whole that count on that day."""
    days = weekdays(date(2024, 2, 20), 320)
    lines = {
        "BIG": path(days, swing(0.012), 5e6), "MID": path(days, lambda n: 0.01 * ((n * 7) % 11 - 5), 2e4),
        "NEW": path(days[200:], lambda n: 0.02 * ((n * 5) % 7 - 3), 900.0), "RARE": path(days[::3], swing(0.03), 50.0),
    }  # fmt: skip
    # The vendor's jump after the day is in the whole alone.
    lines["MID"][-5] = (days[-5], 1e6, 1e9)
    whole = risks(tmp_path / "whole", **lines)
    past = risks(tmp_path / "past", **{name: [row for row in rows if row[0] <= day] for name, rows in lines.items()})
    for name in lines:
        assert past[name] == {seen: row for seen, row in whole[name].items() if seen <= day}
    assert past["BIG"]


def test_no_prices(tmp_path: Path) -> None:
    """Without a price file the table is there and empty."""
    assert risks(tmp_path, AAA=[]) == {"AAA": {}}
