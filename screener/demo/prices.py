"""Price paths: each company's market value wanders around what its figures justify."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

REVERSION = 0.7
WEEKLY_DAYS = 329
CHUNK = 1000
# More digits would be noise that does not pack.
DIGITS = 3
# The market learns of a quarter about this many days after its end.
NEWS_DAYS = 40
ADS_RATIO = 5.0


def price_days(end: date, years: int, daily_days: int) -> list[date]:
    """Return the days that have prices: month ends, weekly for the last 47 weeks, daily for ``daily_days``.

    All are weekdays, not after ``end``; weeks run back from ``end`` (from the Friday before a weekend).
    """
    last = end - timedelta(days=max(end.weekday() - 4, 0))
    first = date(end.year - years, end.month, 1) - timedelta(days=30)
    days = {last - timedelta(weeks=week) for week in range(WEEKLY_DAYS // 7)}
    days |= {last - timedelta(days=back) for back in range(daily_days)}
    for index in range(first.year * 12 + first.month, end.year * 12 + end.month):
        close = date(index // 12, index % 12 + 1, 1) - timedelta(days=1)
        days.add(close - timedelta(days=max(close.weekday() - 4, 0)))
    return sorted(day for day in days if day.weekday() < 5 and day >= first)


def prices(companies: pl.DataFrame, ledger: pl.DataFrame, days: list[date], end: date, seed: int) -> pl.DataFrame:
    """Return ``ticker, date, close, adj_close, volume`` of every line, sorted by ticker and date."""
    import polars as pl

    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    parts = []
    for offset in range(0, companies.height, CHUNK):
        some = companies.slice(offset, CHUNK)
        anchors = _anchors(ledger.filter(pl.col("n").is_in(some["n"].to_list())))
        parts.append(_lines(_paths(some, anchors, days, end, rng), some))
    return pl.concat(parts).sort("ticker", "date")


def _anchors(ledger: pl.DataFrame) -> pl.DataFrame:
    """Return the log fair price on the last split basis at each quarter's news day, and the yield to come."""
    import polars as pl

    c = pl.col
    yields = (c("dividends") / c("fair")).clip(0, 0.1)
    return (
        ledger.sort("n", "t")
        .with_columns(
            day=c("end") + pl.duration(days=NEWS_DAYS),
            fair_log=(c("fair") * c("g") / c("shares")).log(),
            to_come=yields.reverse().cum_sum().reverse().over("n") - yields,
        )
        .select("n", "day", "fair_log", "to_come", "shares")
    )


def _paths(companies: pl.DataFrame, anchors: pl.DataFrame, days: list[date], end: date, rng: Random) -> pl.DataFrame:
    """Return ``n, date, close, adj_close, volume`` of the common shares: mean-reverting noise around the anchors."""
    import polars as pl

    c = pl.col
    grid = (
        companies.filter(~c("no_prices"))
        .select("n", "volatility", "turnover", "gone_months", "first_day")
        .join(pl.DataFrame({"date": days}), how="cross")
    )
    grid = grid.with_columns(pl.Series("z", [rng.gauss(0, 1) for _ in range(grid.height)]))
    grid = grid.with_columns(pl.Series("zv", [rng.gauss(0, 0.5) for _ in range(grid.height)]))
    years = (c("date") - pl.lit(days[0])).dt.total_days() / 365.25
    step = (years - years.shift(1).over("n")).fill_null(1 / REVERSION)
    # An Ornstein-Uhlenbeck path in one pass: undo the decay, add up, decay again.
    grid = grid.sort("n", "date").with_columns(years=years, pulse=(years * REVERSION).exp() * step.sqrt() * c("z"))
    grid = grid.with_columns(noise=c("pulse").cum_sum().over("n") * (-c("years") * REVERSION).exp() * c("volatility"))
    gone = pl.lit(end) - pl.duration(days=c("gone_months") * 30)
    grid = grid.filter((c("gone_months") == 0) | (c("date") <= gone), c("date") >= c("first_day"))
    return _at_anchors(grid, anchors).select("n", "date", "close", "adj_close", "volume")


def _at_anchors(grid: pl.DataFrame, anchors: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    c = pl.col
    behind = anchors.rename({"day": "day0", "fair_log": "fair0", "to_come": "come0"}).sort("day0")
    ahead = anchors.select("n", day1="day", fair1="fair_log").sort("day1")
    grid = grid.sort("date").join_asof(behind, left_on="date", right_on="day0", by="n", check_sortedness=False)
    grid = grid.join_asof(ahead, left_on="date", right_on="day1", by="n", strategy="forward", check_sortedness=False)
    span = (c("day1") - c("day0")).dt.total_days().clip(1)
    share = ((c("date") - c("day0")).dt.total_days() / span).fill_null(0.0)
    fair = pl.coalesce(c("fair0"), c("fair1")) * (1 - share) + pl.coalesce(c("fair1"), c("fair0")) * share
    grid = grid.filter(c("fair0").is_not_null()).with_columns(close=(fair + c("noise")).exp().clip(0.02))
    return grid.with_columns(
        close=_rounded(c("close")),
        adj_close=_rounded(c("close") * (-c("come0")).exp()),
        volume=(c("shares") * c("turnover") * c("zv").exp()).round_sig_figs(2),
    )


def _rounded(price: pl.Expr) -> pl.Expr:
    return price.round_sig_figs(DIGITS)


def _lines(paths: pl.DataFrame, companies: pl.DataFrame) -> pl.DataFrame:
    """Return the prices by ticker: the primary line, and the second lines of the companies that have one."""
    import polars as pl

    c = pl.col
    frame = paths.join(companies.select("n", "ticker", "second"), on="n", how="left", maintain_order="left")
    ads = pl.when(c("second") == "ads").then(ADS_RATIO).otherwise(1.0)
    columns = ("ticker", "date", "close", "adj_close", "volume")
    parts = [
        frame.with_columns(close=_rounded(c("close") * ads), adj_close=_rounded(c("adj_close") * ads)).select(columns)
    ]
    for second, suffix, price in (
        ("class", "-B", c("close") * 0.97),
        ("preferred", "-PA", 25.0 + (c("close").log() - c("close").log().mean())),
        ("preferred", "-WT", (c("close") * 0.1).clip(0.05)),
    ):
        line = frame.filter(c("second") == second).with_columns(close=_rounded(price))
        line = line.with_columns(
            ticker=c("ticker") + suffix, adj_close=c("close"), volume=(c("volume") * 0.2).round_sig_figs(2)
        )
        parts.append(line.select(columns))
    return pl.concat(parts)
