"""Market data: prices matched to listings, with their windows and split factors, and the dates of the listings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.parallel import connection
from screener.lake.schema import LISTINGS, PRICES
from screener.standardize.columns import significant, text
from screener.standardize.risk import risk

if TYPE_CHECKING:
    import duckdb

WORK = ".work-market"
# Staged files that market data are made of, and the tables that they become: with the former unchanged, so are these.
MARKET_INPUTS = ("listings_raw.parquet", "prices_raw.parquet", "splits.parquet")
MARKET_OUTPUTS = ("prices.parquet", "listings.parquet", "risk.parquet")
MONTHS = (1, 3, 6, 12, 24)
# How far before the day that is looked for a price may lie; rows once a month may lie a little after it instead.
BEFORE_DAYS, AFTER_DAYS = 10, 4
HIGH_DAYS, HIGH_HISTORY_DAYS = 365, 300
# Where a price of a year's end may lie; the sessions of the tax-loss volume, and within how many days they must lie.
YEAR_END_DAYS = 10
RECENT_SESSIONS, USUAL_SESSIONS, LEAST_USUAL, SESSIONS_WITHIN_DAYS = 21, 126, 60, 250
# A line whose prices end this long before those of another line of the issuer has ended.
ENDED_DAYS = 10


def market_data(stage: Path) -> dict[str, int]:
    """Write ``prices.parquet``, ``listings.parquet`` and ``risk.parquet`` into ``stage``; return counts for the report.

    Reads ``listings_raw.parquet`` and, where they are there, ``prices_raw.parquet`` and ``splits.parquet``.
    Rows without a positive close are left out and counted, as are rows of tickers that no listing has.
    """
    work = stage / WORK
    try:
        with connection(work) as con:
            _load(con, stage)
            _split_factors(con, stage)
            write_table(con, _windows(), stage / "prices.parquet", PRICES, "date, listing_id")
            write_table(con, _listings(), stage / "listings.parquet", LISTINGS, "listing_id")
            counts = _counts(con)
        return counts | {"risk_rows": risk(stage, work)}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _load(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Make ``listed`` (one listing a ticker), ``raw`` (prices as read) and ``matched`` (one row a listing and day)."""
    listings, prices = stage / "listings_raw.parquet", stage / "prices_raw.parquet"
    con.execute(f"CREATE TEMP TABLE listed AS SELECT * FROM read_parquet({text(str(listings))})")
    spans = stage / "ticker_spans.parquet"
    con.execute(
        f"CREATE TEMP TABLE spans AS SELECT * FROM read_parquet({text(str(spans))})"
        if spans.is_file()
        else "CREATE TEMP TABLE spans (issuer_id BIGINT, ticker VARCHAR, from_date DATE, until_date DATE)"
    )
    source = (
        f"read_parquet({text(str(prices))})"
        if prices.is_file()
        else "(SELECT ''::VARCHAR AS ticker, NULL::DATE AS date, 0.0 AS close, 0.0 AS adj_close, 0.0 AS volume "
        "WHERE false)"
    )
    con.execute(f"CREATE TEMP VIEW raw AS SELECT * FROM {source}")
    con.execute(
        """CREATE TEMP TABLE matched AS
        WITH one AS (
          SELECT l.*, s.from_date, s.until_date, s.ticker IS NOT NULL AS shared
          FROM listed l LEFT JOIN spans s USING (issuer_id, ticker)
          QUALIFY shared OR row_number() OVER (PARTITION BY l.ticker ORDER BY is_primary DESC, listing_id) = 1)
        SELECT l.listing_id, l.issuer_id, r.date, r.close, coalesce(r.adj_close, r.close) AS adj_close, r.volume
        FROM raw r JOIN one l USING (ticker) WHERE r.close > 0 AND isfinite(r.close) AND r.date IS NOT NULL
          AND coalesce(r.date >= l.from_date, true) AND coalesce(r.date < l.until_date, true)
        QUALIFY row_number() OVER (PARTITION BY l.listing_id, r.date ORDER BY r.volume DESC NULLS LAST, r.close,
                                   r.adj_close) = 1"""
    )


def _split_factors(con: duckdb.DuckDBPyConnection, stage: Path) -> None:
    """Make ``factors``: up to (not including) ``switch_date`` the price on the basis of its day is close * factor."""
    path = stage / "splits.parquet"
    con.execute("CREATE TEMP TABLE factors (issuer_id BIGINT, switch_date DATE, factor DOUBLE)")
    if not path.is_file():
        return
    # A split after the last price is not in the prices.
    rows = con.execute(
        f"""SELECT s.issuer_id, s.switch_date, s.ratio FROM read_parquet({text(str(path))}) s
        JOIN (SELECT issuer_id, max(date) AS last FROM matched GROUP BY issuer_id) m USING (issuer_id)
        WHERE s.switch_date <= m.last ORDER BY s.issuer_id, s.switch_date DESC, s.ratio"""
    ).fetchall()
    products: dict[int, float] = {}
    for issuer, day, ratio in rows:
        products[issuer] = products.get(issuer, 1.0) * ratio
        con.execute("INSERT INTO factors VALUES (?, ?, ?)", [issuer, day, products[issuer]])


def _windows() -> str:
    """Return the query of ``prices``."""
    lagged = ",\n  ".join(
        f"coalesce(last_value(adj_close) OVER (before "
        f"RANGE BETWEEN INTERVAL '{months} months {BEFORE_DAYS} days' PRECEDING "
        f"AND INTERVAL '{months} months' PRECEDING), "
        f"first_value(adj_close) OVER (before RANGE BETWEEN INTERVAL '{months} months' PRECEDING "
        f"AND INTERVAL '{months} months -{AFTER_DAYS} days' PRECEDING)) AS adj_close_{months}m"
        for months in MONTHS
    )
    return f"""
WITH ends AS (
  SELECT listing_id, year(date) AS ended, arg_max(adj_close, date) AS adj_close FROM matched
  WHERE date >= make_date(year(date), 12, 31) - {YEAR_END_DAYS} GROUP BY listing_id, year(date))
SELECT m.listing_id, m.date, m.close, m.adj_close, m.volume, coalesce(f.factor, 1.0) AS split_factor,
  {significant("m.dollar_volume_3m", 3)} AS dollar_volume_3m,
  {", ".join(f"adj_close_{months}m" for months in MONTHS)}, adj_high_52w, adj_high_ytd,
  y1.adj_close AS adj_close_y1, y2.adj_close AS adj_close_y2,
  CASE WHEN recent = {RECENT_SESSIONS} AND usual >= {LEAST_USUAL} AND m.date - oldest <= {SESSIONS_WITHIN_DAYS}
    THEN {significant("recent_volume / nullif(usual_volume, 0)")} END AS tls_volume
FROM (
  SELECT *,
  max(adj_close) OVER (PARTITION BY listing_id, year(date) ORDER BY date) AS adj_high_ytd,
  count(close * volume) OVER recently AS recent, avg(close * volume) OVER recently AS recent_volume,
  count(close * volume) OVER usually AS usual, median(close * volume) OVER usually AS usual_volume,
  min(date) OVER usually AS oldest,
  avg(close * volume) OVER (before RANGE BETWEEN INTERVAL 3 MONTH PRECEDING AND CURRENT ROW) AS dollar_volume_3m,
  {lagged},
  CASE WHEN date - min(date) OVER (PARTITION BY listing_id) >= {HIGH_HISTORY_DAYS}
    THEN max(adj_close) OVER (before RANGE BETWEEN INTERVAL {HIGH_DAYS} DAY PRECEDING AND CURRENT ROW)
    END AS adj_high_52w
  FROM matched WINDOW before AS (PARTITION BY listing_id ORDER BY date),
    recently AS (before ROWS BETWEEN {RECENT_SESSIONS - 1} PRECEDING AND CURRENT ROW),
    usually AS (before ROWS BETWEEN {RECENT_SESSIONS + USUAL_SESSIONS - 1} PRECEDING
                AND {RECENT_SESSIONS} PRECEDING)) m
LEFT JOIN ends y1 ON y1.listing_id = m.listing_id AND y1.ended = year(m.date) - 1
LEFT JOIN ends y2 ON y2.listing_id = m.listing_id AND y2.ended = year(m.date) - 2
ASOF LEFT JOIN factors f ON f.issuer_id = m.issuer_id AND m.date < f.switch_date"""


def _listings() -> str:
    """Return the query of ``listings``: the primary line is the common one that trades, the most in dollars.

    A line of shares or receipts with prices comes before one without; one that still trades before one that ended;
    then dollars a day over the last year of its prices; then the source's choice.
    A ticker that went to another issuer ended on the day before.
    """
    return f"""
WITH dated AS (
  SELECT l.*, d.first_date,
    coalesce(d.last_date, s.until_date - 1) AS last_date, d.last_date IS NOT NULL AS priced, d.traded
  FROM listed l
  LEFT JOIN spans s USING (issuer_id, ticker)
  LEFT JOIN (
    SELECT listing_id, min(date) AS first_date, max(date) AS last_date,
      avg(close * volume) FILTER (date > last - 365) AS traded
    FROM (SELECT *, max(date) OVER (PARTITION BY listing_id) AS last FROM matched) GROUP BY listing_id) d
  USING (listing_id)),
ranked AS (
  SELECT *, row_number() OVER (
    PARTITION BY issuer_id ORDER BY security_type IN ('common', 'adr') DESC, priced DESC,
      coalesce(last_date >= newest - {ENDED_DAYS}, false) DESC,
      traded DESC NULLS LAST, is_primary DESC, listing_id) AS place,
    bool_or(is_primary) OVER (PARTITION BY issuer_id) AS has_primary
  FROM (SELECT *, max(last_date) OVER (PARTITION BY issuer_id) AS newest FROM dated))
SELECT listing_id, issuer_id, ticker, exchange, security_type,
  has_primary AND place = 1 AND security_type IN ('common', 'adr') AS is_primary, first_date, last_date
FROM ranked"""


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    row = con.execute(
        """SELECT (SELECT count(*) FROM matched), (SELECT count(DISTINCT listing_id) FROM matched),
          (SELECT count(*) FROM raw WHERE NOT coalesce(close > 0 AND isfinite(close), false) OR date IS NULL),
          (SELECT count(DISTINCT ticker) FROM raw WHERE ticker NOT IN (SELECT ticker FROM listed)),
          (SELECT count(*) FROM raw WHERE ticker NOT IN (SELECT ticker FROM listed)),
          (SELECT count(*) FROM listed WHERE listing_id NOT IN (SELECT listing_id FROM matched))"""
    ).fetchone()
    assert row is not None, "an aggregate has one row"  # noqa: S101 - an aggregate always gives a row
    names = (
        "price_rows",
        "listings_with_prices",
        "price_rows_without_close",
        "tickers_unmatched",
        "price_rows_unmatched",
        "listings_without_prices",
    )
    return dict(zip(names, row, strict=True))
