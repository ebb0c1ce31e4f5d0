"""Risk of each listing at every month end: volatility, beta, the largest day, illiquidity, dollars a day."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.parallel import connection, cut, in_order
from screener.lake.schema import RISK
from screener.standardize.columns import significant, text

if TYPE_CHECKING:
    import duckdb

# A move beyond these counts as these: a day that halves or doubles a price is mostly an error of the file.
LEAST_RETURN, MOST_RETURN = -0.5, 1.0
# The largest day may be that far from the price before it, in days; a longer step is no day's.
GAP_DAYS = 5
MAX_SESSIONS, LEAST_MAX, MAX_WITHIN_DAYS = 21, 15, 45
# Two market returns that are as good as multiples of one another tell no two slopes apart.
COLLINEAR = 1e-9
# A market that moves less than this (variance of its returns) stands still.
STILL = 1e-12
# Rows of prices that a thread works on at once.
BATCH_ROWS = 400_000


@dataclass(frozen=True, slots=True)
class Series:
    """Returns of one step: ``days`` of sessions, ``weeks`` from the last session of one week to that of the next.

    least: returns that twelve months must have. a_year: steps a year, for annualising. moves: what a step's
    return has to be divided by to be like a day's. volumes: steps of the median volume, how many of them must be
    there, and within how many days.
    """

    name: str
    least: int
    a_year: int
    moves: float
    volumes: tuple[int, int, int]


DAYS = Series("days", 200, 252, 1.0, (63, 60, 110))
WEEKS = Series("weeks", 45, 52, 5**0.5, (13, 10, 100))
SERIES = (DAYS, WEEKS)
NUMBERS = ("vol", "beta", "idio", "amihud", "adv")


def risk(stage: Path, work: Path) -> int:
    """Write ``risk.parquet`` into ``stage`` from its prices and listings; return the number of rows.

    A row is a listing and month. It counts from the month's last weekday, or from the first session after it where
    that day had none: on any day of a month the data set cut off there has the same rows as the whole. The market is
    the mean return of all common lines, weighted by the square root of their dollar volume of the three months to the
    session before: that goes with size, and no later price (as of a line becoming the primary one) has a part in it.
    Dimson 1979 (one lag), Bali-Cakici-Whitelaw 2011, Amihud 2002. Weekly returns stand in where days are too few.
    """
    with connection(work / "spill") as con:
        _returns(con, stage, work)
        sizes = con.execute(
            f"SELECT listing_id, count(*) FROM {_file(work, 'days')} GROUP BY listing_id ORDER BY listing_id"
        ).fetchall()
        con.execute(f"CREATE TEMP TABLE found AS {_nothing()}")
        tasks = enumerate(cut(sizes, BATCH_ROWS))
        for part in in_order(tasks, lambda one: _prepare(one, work), lambda one, task: _batch(one, work, task),
                             work / "spill"):  # fmt: skip
            con.execute(f"INSERT INTO found SELECT * FROM read_parquet({text(str(part))})")
        write_table(con, "SELECT * FROM found", stage / "risk.parquet", RISK, "date, listing_id")
        rows = con.execute("SELECT count(*) FROM found").fetchall()
    return int(rows[0][0])


def _file(work: Path, name: str) -> str:
    return f"read_parquet({text(str(work / f'{name}.parquet'))})"


def _nothing() -> str:
    return f"SELECT {', '.join(f'NULL::{kind} AS {name}' for name, kind, _ in RISK)} WHERE false"


def _returns(con: duckdb.DuckDBPyConnection, stage: Path, work: Path) -> None:
    """Write the returns of both series by listing, the market's of both, and the months, into ``work``."""
    prices = f"read_parquet({text(str(stage / 'prices.parquet'))})"
    weekly = f"""SELECT listing_id, (date_trunc('week', date) + INTERVAL 4 DAY)::DATE AS day,
      arg_max(adj_close, date) AS adj_close, arg_max(close * volume, date) AS traded,
      arg_max(dollar_volume_3m, date) AS dollar_volume_3m
    FROM {prices} WHERE isodow(date) <= 5 GROUP BY ALL"""
    daily = f"""SELECT listing_id, date AS day, adj_close, close * volume AS traded, dollar_volume_3m
    FROM {prices} WHERE isodow(date) <= 5"""
    for name, rows, gap in (("days", daily, f"<= {GAP_DAYS}"), ("weeks", weekly, "= 7")):
        con.execute(
            f"""COPY (SELECT r.listing_id, r.day, r.traded,
              CASE WHEN day - lag(day) OVER w {gap} THEN least(greatest(
                adj_close / nullif(lag(adj_close) OVER w, 0) - 1, {LEAST_RETURN}), {MOST_RETURN}) END AS ret,
              CASE WHEN l.security_type IN ('common', 'adr') THEN sqrt(lag(dollar_volume_3m) OVER w) END AS weight
            FROM ({rows}) r JOIN read_parquet({text(str(stage / "listings.parquet"))}) l USING (listing_id)
            WINDOW w AS (PARTITION BY r.listing_id ORDER BY r.day) ORDER BY r.listing_id, r.day)
            TO {text(str(work / f"{name}.parquet"))} (FORMAT parquet)"""
        )
        con.execute(
            f"""COPY (SELECT day, ret AS today, lag(ret) OVER (ORDER BY day) AS before FROM (
              SELECT day, round(sum(weight * ret) / nullif(sum(weight), 0), 9) AS ret FROM {_file(work, name)}
              WHERE ret IS NOT NULL AND weight > 0 GROUP BY day))
            TO {text(str(work / f"market-{name}.parquet"))} (FORMAT parquet)"""
        )
    con.execute(f"COPY ({_months(_file(work, 'days'))}) TO {text(str(work / 'months.parquet'))} (FORMAT parquet)")


def _months(days: str) -> str:
    """Return the query of (month, its last weekday, day from which its rows count), without a month that still runs."""
    return f"""
WITH months AS (
  SELECT date_trunc('month', day)::DATE AS month, min(day) AS first, max(day) AS last,
    last_day(month) - greatest(isodow(last_day(month)) - 5, 0)::INTEGER AS weekday
  FROM {days} GROUP BY month)
SELECT * FROM (
  SELECT month, weekday, CASE WHEN last = weekday THEN last ELSE lead(first) OVER (ORDER BY month) END AS seen
  FROM months) WHERE seen IS NOT NULL"""


def _prepare(con: duckdb.DuckDBPyConnection, work: Path) -> None:
    for name in ("market-days", "market-weeks", "months"):
        table = name.replace("-", "_")
        con.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {_file(work, name)}")


def _batch(con: duckdb.DuckDBPyConnection, work: Path, task: tuple[int, tuple[int, int]]) -> Path:
    """Write the rows of the listings from the first to the last of a range to a part; return its path."""
    number, (first, last) = task
    part = work / f"risk-{number:05d}.parquet"
    for series in SERIES:
        source = f"SELECT * FROM {_file(work, series.name)} WHERE listing_id BETWEEN {first} AND {last}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE {series.name} AS {_numbers(series, source)}")
    con.execute(f"COPY ({_rows()}) TO {text(str(part))} (FORMAT parquet)")
    return part


# What the monthly sums are of, over ``y`` (return), ``x0`` and ``x1`` (the market's, of the step and the one before).
SUMS = {
    "n": "count(ret)", "r": "sum(ret)", "rr": "sum(ret * ret)", "k": "count(y)", "y": "sum(y)", "yy": "sum(y * y)",
    "x0": "sum(x0)", "x00": "sum(x0 * x0)", "x1": "sum(x1)", "x11": "sum(x1 * x1)", "x01": "sum(x0 * x1)",
    "yx0": "sum(y * x0)", "yx1": "sum(y * x1)", "trades": "count(impact)", "impact": "sum(impact)",
}  # fmt: skip


def _numbers(series: Series, source: str) -> str:
    """Return the query of the numbers of a series at each listing's month end: ``NUMBERS`` and, of days, ``largest``.

    The regression r = a + b0 m + b1 m' + e, m' the market's return of the step before, by sums over twelve months.
    """
    volumes, least_volumes, within = series.volumes
    sums = ", ".join(f"{sql} AS {name}" for name, sql in SUMS.items())
    year = ", ".join(f"sum({name}) OVER a_year AS {name}" for name in SUMS)
    moments = (
        ("yy", "y", "y"), ("x00", "x0", "x0"), ("x11", "x1", "x1"), ("x01", "x0", "x1"), ("yx0", "y", "x0"),
        ("yx1", "y", "x1"),
    )  # fmt: skip
    covariances = ", ".join(f"({name} - {a} * {b} / k) / (k - 1) AS s_{name}" for name, a, b in moments)
    return f"""
WITH paired AS (
  SELECT s.*, date_trunc('month', day)::DATE AS month, abs(ret) / nullif(traded, 0) AS impact,
    CASE WHEN today IS NOT NULL AND before IS NOT NULL THEN ret END AS y,
    CASE WHEN y IS NOT NULL THEN today END AS x0, CASE WHEN y IS NOT NULL THEN before END AS x1
  FROM ({source}) s LEFT JOIN market_{series.name} USING (day)),
months AS (SELECT listing_id, month, {sums} FROM paired GROUP BY listing_id, month),
years AS (
  SELECT listing_id, month, {year} FROM months
  WINDOW a_year AS (PARTITION BY listing_id ORDER BY month
                    RANGE BETWEEN INTERVAL 11 MONTH PRECEDING AND CURRENT ROW)),
slopes AS (
  SELECT *, {covariances},
    CASE WHEN k >= {series.least} AND s_x00 > {STILL} AND s_x11 > {STILL}
      THEN s_x00 * s_x11 - s_x01 * s_x01 END AS det,
    CASE WHEN det > {COLLINEAR} * s_x00 * s_x11 THEN (s_yx0 * s_x11 - s_yx1 * s_x01) / det END AS b0,
    CASE WHEN det > {COLLINEAR} * s_x00 * s_x11 THEN (s_yx1 * s_x00 - s_yx0 * s_x01) / det END AS b1
  FROM years),
ends AS ({_ends(volumes)})
SELECT listing_id, month,
  CASE WHEN n >= {series.least} THEN round(sqrt(greatest(rr - r * r / n, 0) / (n - 1) * {series.a_year}), 4) END AS vol,
  round(b0 + b1, 3) AS beta,
  CASE WHEN b0 IS NOT NULL
    THEN round(sqrt(greatest(s_yy - b0 * s_yx0 - b1 * s_yx1, 0) * {series.a_year}), 4) END AS idio,
  CASE WHEN trades >= {series.least} THEN {significant(f"1e6 * impact / trades / {series.moves!r}")} END AS amihud,
  CASE WHEN volume_of >= {least_volumes} AND day - volume_from <= {within} THEN {significant("volume")} END AS adv,
  CASE WHEN largest_of >= {LEAST_MAX} AND day - largest_from <= {MAX_WITHIN_DAYS} THEN round(largest, 4) END AS largest
FROM slopes JOIN ends USING (listing_id, month)"""


def _ends(volumes: int) -> str:
    """Return the query of what a listing's last sessions say at each month's last: volume and largest return."""
    return f"""
  SELECT listing_id, month, day,
    median(traded) OVER lately AS volume, count(traded) OVER lately AS volume_of, min(day) OVER lately AS volume_from,
    max(ret) OVER sessions AS largest, count(ret) OVER sessions AS largest_of, min(day) OVER sessions AS largest_from
  FROM paired WINDOW
    lately AS (PARTITION BY listing_id ORDER BY day ROWS BETWEEN {volumes - 1} PRECEDING AND CURRENT ROW),
    sessions AS (PARTITION BY listing_id ORDER BY day ROWS BETWEEN {MAX_SESSIONS - 1} PRECEDING AND CURRENT ROW)
  QUALIFY lead(month) OVER (PARTITION BY listing_id ORDER BY day) IS DISTINCT FROM month"""


def _rows() -> str:
    """Return the query of the rows: each month's numbers from days, where there are too few from its whole weeks."""
    chosen = ", ".join(f"coalesce(d.{name}, w.{name}) AS {name}" for name in NUMBERS)
    return f"""
SELECT listing_id, seen, vol, beta, idio, largest, amihud, adv FROM (
  SELECT d.listing_id, m.seen, {chosen}, d.largest
  FROM days d JOIN months m USING (month) LEFT JOIN weeks w ON w.listing_id = d.listing_id AND w.month = d.month)
WHERE coalesce(vol, beta, idio, largest, amihud, adv) IS NOT NULL"""
