"""Market data: matching, windows over daily and sparse rows, split factors, the primary line."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from screener.lake.schema import LISTINGS
from screener.standardize.pipeline import SPLITS, market_data
from tests.standardize.stages import read, write_table

LINES = [
    (1, 10, "AAA", "NYSE", "common", True),
    (2, 10, "AAA-B", "NYSE", "common", False),
    (3, 20, "BBB", "NYSE", "common", True),
    (4, 20, "BBB-B", "NYSE", "common", False),
]
PRICES_RAW = (("ticker", "VARCHAR", ""), ("date", "DATE", ""), ("close", "DOUBLE", ""), ("adj_close", "DOUBLE", ""),
              ("volume", "DOUBLE", ""))  # fmt: skip


def market(stage: Path, prices: list[tuple[Any, ...]] | None, splits: list[tuple[Any, ...]] = []) -> dict[str, int]:  # noqa: B006 - never changed
    """Write the staged tables and build the market data."""
    write_table(stage / "listings_raw.parquet", LISTINGS[:-2], LINES)
    if prices is not None:
        write_table(stage / "prices_raw.parquet", PRICES_RAW, prices)
    write_table(stage / "splits.parquet", SPLITS, splits)
    return market_data(stage)


def daily(ticker: str, first: date, days: int) -> list[tuple[Any, ...]]:
    """Return a price a day: close 100 + day number, adjusted half of it, 1,000 shares."""
    return [(ticker, first + timedelta(n), 100.0 + n, (100.0 + n) / 2, 1000.0) for n in range(days)]


def test_windows_of_daily_prices(tmp_path: Path) -> None:
    """Lags look up the same day of an earlier month, the mean covers three months, the high a year with history."""
    counts = market(tmp_path, [*daily("AAA", date(2023, 1, 1), 400), ("ZZZ", date(2023, 1, 1), 1.0, 1.0, 1.0)])
    rows = {row["date"]: row for row in read(tmp_path / "prices.parquet")}
    row = rows[date(2024, 1, 31)]  # day 395
    assert row["adj_close_1m"] == (100 + 364) / 2  # 2023-12-31
    assert row["adj_close_3m"] == (100 + 303) / 2  # 2023-10-31
    assert row["adj_close_12m"] == (100 + 30) / 2  # 2023-01-31
    assert row["adj_high_52w"] == (100 + 395) / 2
    assert row["dollar_volume_3m"] == pytest.approx(1000 * (100 + (303 + 395) / 2), rel=5e-3)
    assert rows[date(2023, 6, 1)]["adj_high_52w"] is None
    assert rows[date(2023, 1, 20)]["adj_close_1m"] is None
    assert counts["tickers_unmatched"] == 1
    assert counts["price_rows"] == 400


def test_windows_of_month_end_prices(tmp_path: Path) -> None:
    """A price a month finds the month before, although months differ in length."""
    ends = [date(2023, 10, 31), date(2023, 11, 30), date(2023, 12, 29), date(2024, 1, 31), date(2024, 2, 29)]
    market(tmp_path, [("AAA", day, 10.0 + n, 10.0 + n, 5.0) for n, day in enumerate(ends)])
    rows = {row["date"]: row for row in read(tmp_path / "prices.parquet")}
    assert [rows[day]["adj_close_1m"] for day in ends] == [None, 10, 11, 12, 13]


def test_calendar_years(tmp_path: Path) -> None:
    """The high begins anew on 1 January; the two years before end with a close of their last ten days."""
    days = [date(2021, 12, 20), date(2022, 12, 21), date(2023, 6, 1), date(2023, 12, 29), date(2024, 1, 2)]
    days += [date(2024, 1, 3), date(2024, 1, 4)]
    closes = [10.0, 20.0, 99.0, 30.0, 33.0, 31.0, 40.0]
    market(tmp_path, [("AAA", day, close, close, 5.0) for day, close in zip(days, closes, strict=True)])
    rows = read(tmp_path / "prices.parquet")
    assert [row["adj_high_ytd"] for row in rows] == [10, 20, 99, 99, 33, 33, 40]
    # The last price of 2021 is eleven days before its end.
    assert [row["adj_close_y1"] for row in rows] == [None, None, 20, 20, 30, 30, 30]
    assert [row["adj_close_y2"] for row in rows] == [None, None, None, None, 20, 20, 20]


@pytest.mark.parametrize(("before", "expected"), [(126, 3.0), (60, 3.0), (59, None)])
def test_tax_loss_volume(before: int, expected: float | None, tmp_path: Path) -> None:
    """21 sessions of 3,000 dollars after sessions of 1,000: three times the usual; under 60 of those it is unknown."""
    first, rows = date(2023, 1, 1), []
    for number in range(before + 21):
        # One wild day of the usual ones moves no median.
        volume = 300.0 if number >= before else 1e9 if number == 7 else 100.0
        rows.append(("AAA", first + timedelta(number), 10.0, 10.0, volume))
    market(tmp_path, rows)
    assert read(tmp_path / "prices.parquet")[-1]["tls_volume"] == expected


def test_no_tax_loss_volume(tmp_path: Path) -> None:
    """Where nothing was traded before, and where prices come once a week, there is no usual volume."""
    first = date(2021, 1, 1)
    silent = [("AAA", first + timedelta(n), 10.0, 10.0, 0.0 if n < 126 else 5.0) for n in range(147)]
    weekly = [("BBB", first + timedelta(weeks=n), 10.0, 10.0, 5.0) for n in range(150)]
    market(tmp_path, [*silent, *weekly])
    assert {row["tls_volume"] for row in read(tmp_path / "prices.parquet")} == {None}


def test_dollar_volume_has_three_digits(tmp_path: Path) -> None:
    """A mean of 1,234,567 dollars is stored as 1,230,000."""
    market(tmp_path, [("AAA", date(2023, 1, 2), 1.0, 1.0, 1_234_567.0)])
    assert read(tmp_path / "prices.parquet")[0]["dollar_volume_3m"] == 1_230_000


def test_split_factor_before_the_switch(tmp_path: Path) -> None:
    """Before a 10:1 split the price of the day was ten times the adjusted close; splits after the last price wait."""
    splits = [(10, date(2023, 1, 3), 10.0), (10, date(2024, 1, 1), 2.0)]
    market(tmp_path, daily("AAA", date(2023, 1, 1), 4), splits)
    assert [row["split_factor"] for row in read(tmp_path / "prices.parquet")] == [10, 10, 1, 1]


def test_primary_line_has_prices(tmp_path: Path) -> None:
    """A primary line without prices gives way to the common line that has them; with prices it stays."""
    market(tmp_path, daily("AAA", date(2023, 1, 1), 2) + daily("BBB-B", date(2023, 1, 1), 2))
    rows = read(tmp_path / "listings.parquet")
    assert [row["ticker"] for row in rows if row["is_primary"]] == ["AAA", "BBB-B"]
    assert rows[0]["last_date"] == date(2023, 1, 2)
    assert rows[1]["last_date"] is None


def test_no_prices_at_all(tmp_path: Path) -> None:
    """Without a price file the tables are there, empty of prices, and the primary lines stay."""
    counts = market(tmp_path, None)
    assert read(tmp_path / "prices.parquet") == []
    assert [row["ticker"] for row in read(tmp_path / "listings.parquet") if row["is_primary"]] == ["AAA", "BBB"]
    assert counts["listings_without_prices"] == 4


def test_rows_without_a_price_are_left_out(tmp_path: Path) -> None:
    """Zero and negative closes are no prices; they are counted."""
    day = date(2023, 1, 1)
    counts = market(tmp_path, [("AAA", day, -1.0, 1.0, 1.0), ("AAA", day + timedelta(1), 5.0, 5.0, 1.0)])
    assert len(read(tmp_path / "prices.parquet")) == 1
    assert counts["price_rows_without_close"] == 1


def test_primary_line_is_the_one_that_trades_most(tmp_path: Path) -> None:
    """Of two classes with prices the one with more dollars a day is primary; one whose prices ended is not."""
    day = date(2023, 1, 1)
    quiet, busy = daily("AAA", day, 30), [(*row[:4], 5000.0) for row in daily("AAA-B", day, 30)]
    ended = [(*row[:4], 1e9) for row in daily("BBB-B", day, 10)]
    market(tmp_path, quiet + busy + ended + daily("BBB", day, 30))
    rows = read(tmp_path / "listings.parquet")
    assert [row["ticker"] for row in rows if row["is_primary"]] == ["AAA-B", "BBB"]


def test_a_reused_ticker_has_each_owner_for_its_days(tmp_path: Path) -> None:
    """Prices before the switch are the dead company's, those from it on the new one's; the dead one's line ended."""
    from screener.sources.staged import SPANS

    switch = date(2023, 1, 11)
    write_table(tmp_path / "ticker_spans.parquet", SPANS, [(10, "AAA", switch, None), (20, "AAA", None, switch)])
    lines = [(1, 10, "AAA", "NYSE", "common", True), (2, 20, "AAA", "NYSE", "common", True)]
    write_table(tmp_path / "listings_raw.parquet", LISTINGS[:-2], lines)
    write_table(tmp_path / "prices_raw.parquet", PRICES_RAW, daily("AAA", date(2023, 1, 1), 30))
    market_data(tmp_path)
    rows = [(row["issuer_id"], row["first_date"], row["last_date"]) for row in read(tmp_path / "listings.parquet")]
    assert rows == [(10, switch, date(2023, 1, 30)), (20, date(2023, 1, 1), date(2023, 1, 10))]
    assert len(read(tmp_path / "prices.parquet")) == 30


def test_a_reused_ticker_ended_without_prices_too(tmp_path: Path) -> None:
    """Without a price file the dead company's line still ends on the day before the switch."""
    from screener.sources.staged import SPANS

    switch = date(2023, 1, 11)
    write_table(tmp_path / "ticker_spans.parquet", SPANS, [(10, "AAA", switch, None), (20, "BBB", None, switch)])
    market(tmp_path, None)
    ends = {row["ticker"]: row["last_date"] for row in read(tmp_path / "listings.parquet")}
    assert ends == {"AAA": None, "AAA-B": None, "BBB": date(2023, 1, 10), "BBB-B": None}
