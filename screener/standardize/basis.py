"""Where prices and share counts stand on different split bases: dividends and the public float tell.

Prices are on the basis of their file's last day. Counts are on the basis of their filing, and brought to that day by
the splits that filings show. That leaves two gaps: a split between the last filing and the last price, and a vendor
whose counts are restated for splits after the last price. Neither shows as a jump in one of the two series. What a
company paid out, and the public float, are in dollars: they know no split.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.tags import SPLIT_RATIO
from screener.standardize.columns import text

if TYPE_CHECKING:
    import duckdb

# Plain ratios far enough apart for dividends to tell; smaller ones are what scrip, a second class or a special does.
FORWARD = (2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 100)
REVERSE = (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 25, 30, 35, 40, 50, 60, 80, 100)
# Dividends of twelve months over the mean share count, against those in the prices three weeks before: the ex-date
# comes that much before the payment.
DIVIDEND_TOLERANCE = 0.08
SAME_BASIS = (0.8, 1.25)
LEAST_DIVIDEND = 2e-5
EX_DAYS = 21
# A proof holds while the count stays near the one that it was made with.
NEAR_COUNT = 1.4
# Public float over market value on the float's day: 98 of 100 filings lie between 0.01 and 1.5.
FLOAT_SAME, FLOAT_DOUBT, FLOAT_JUNK = (0.3, 1.5), 2.5, 50
FLOAT_REVERSE = 0.08
RATIO_AGE_DAYS = 400
JUMP = 1.6


def read_prices(con: duckdb.DuckDBPyConnection, listings: Path, prices: Path) -> None:
    """Make ``closes`` (issuer, week's last day, close) and ``payouts`` (issuer, ex-date, dividend a share).

    Both of the issuer's primary line; empty without the two files. A dividend is the step between close and the
    close adjusted for dividends, so that it is known on its ex-date.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE closes (issuer_id BIGINT, date DATE, close DOUBLE)")
    con.execute("CREATE OR REPLACE TEMP TABLE payouts (issuer_id BIGINT, date DATE, paid DOUBLE)")
    if not (listings.is_file() and prices.is_file()):
        return
    source = f"""SELECT l.issuer_id, p.date, p.close, p.adj_close FROM read_parquet({text(str(prices))}) p
      JOIN (SELECT issuer_id, ticker FROM read_parquet({text(str(listings))}) WHERE is_primary
            QUALIFY row_number() OVER (PARTITION BY issuer_id ORDER BY ticker) = 1) l USING (ticker)
      WHERE p.close > 0"""
    con.execute(
        f"""INSERT INTO closes SELECT issuer_id, max(date), arg_max(close, date) FROM ({source})
        GROUP BY issuer_id, date_trunc('week', date)"""
    )
    con.execute(
        f"""INSERT INTO payouts SELECT issuer_id, date, before - before * (adj_before / before) / (adj_close / close)
        FROM (SELECT *, lag(close) OVER w AS before, lag(adj_close) OVER w AS adj_before FROM ({source})
              WHERE adj_close > 0 WINDOW w AS (PARTITION BY issuer_id ORDER BY date))
        WHERE 1 - (adj_before / before) / (adj_close / close) > {LEAST_DIVIDEND}"""
    )


def _dividends() -> str:
    """Return the query of (issuer, period, version, count, factor): what the dividends of twelve months say.

    ``factor`` brings the count to the price's basis: 1 for agreement, a plain ratio or its inverse, NULL for neither.
    Of a vendor's rows only: where filings are read, they show the splits themselves.
    """
    ratios = sorted({1 / ratio for ratio in FORWARD} | {float(ratio) for ratio in REVERSE})
    plain = ", ".join(f"({ratio!r})" for ratio in ratios)
    return f"""
WITH ratios AS (
  SELECT v.issuer_id, v.period_end, v.known_from, any_value(v.shares_outstanding) AS count,
    any_value(v.dividends_paid_common) / any_value(v.shares_basic) / sum(d.paid) AS ratio
  FROM versions v JOIN payouts d ON d.issuer_id = v.issuer_id
    AND d.date > v.period_end - {365 + EX_DAYS} AND d.date <= v.period_end - {EX_DAYS}
  JOIN (SELECT issuer_id, min(date) AS first FROM closes GROUP BY issuer_id) c
    ON c.issuer_id = v.issuer_id AND c.first <= v.period_end - {365 + EX_DAYS}
  WHERE v.form = 'simfin' AND v.dividends_paid_common > 0 AND v.shares_basic > 0 GROUP BY ALL),
plain AS (SELECT p AS plain FROM (VALUES {plain}) t(p))
SELECT issuer_id, period_end, known_from, any_value(count) AS count,
  CASE WHEN any_value(ratio) BETWEEN {SAME_BASIS[0]} AND {SAME_BASIS[1]} THEN 1.0
       ELSE arg_min(plain, abs(ln(ratio / plain))) END AS factor
FROM ratios LEFT JOIN plain ON abs(ln(ratio / plain)) <= {DIVIDEND_TOLERANCE} GROUP BY ALL"""


def _floats() -> str:
    """Return the query of (issuer, period, version, factor, doubt): what the public float on the cover says.

    The factor needs a plain ratio that a filing of the last 400 days states as a split's; without one there is doubt.
    """
    return f"""
WITH stated AS (
  SELECT DISTINCT issuer_id, filed, CASE WHEN value < 1 THEN round(1 / value) ELSE value END AS ratio
  FROM raw_facts WHERE tag = '{SPLIT_RATIO}' AND value > 0.002),
base AS (
  SELECT v.issuer_id, v.period_end, v.known_from, f.value, f."end" AS day,
    v.shares_outstanding * v.share_basis AS shares, v.flags
  FROM versions v ASOF JOIN (SELECT e.issuer_id, f.* EXCLUDE (eid) FROM floats f JOIN entities e USING (eid)) f
    ON f.issuer_id = v.issuer_id AND v.known_from >= f.filed
  WHERE v.shares_outstanding > 0 AND v.latest_until > v.known_from AND f.filed > v.known_from - {RATIO_AGE_DAYS}
    AND f.value > 0),
ratios AS (
  SELECT b.*, b.value / (c.close * b.shares) AS k FROM base b ASOF JOIN closes c
    ON c.issuer_id = b.issuer_id AND b.day >= c.date WHERE c.date > b.day - 10),
fits AS (
  SELECT r.issuer_id, r.period_end, r.known_from,
    max(CASE WHEN contains(r.flags, 'shares_fallback') THEN NULL
             WHEN r.k > {FLOAT_SAME[1]} AND r.k / s.ratio BETWEEN {FLOAT_SAME[0]} AND {FLOAT_SAME[1]} THEN s.ratio
             WHEN r.k < {FLOAT_REVERSE} AND r.k * s.ratio BETWEEN {FLOAT_SAME[0]} AND {FLOAT_SAME[1]} THEN 1 / s.ratio
        END) AS factor
  FROM ratios r JOIN stated s ON s.issuer_id = r.issuer_id AND s.ratio BETWEEN 1.5 AND 500
    AND s.filed <= r.known_from AND s.filed > r.known_from - {RATIO_AGE_DAYS} GROUP BY ALL)
SELECT r.issuer_id, r.period_end, r.known_from, f.factor,
  f.factor IS NULL AND r.k BETWEEN {FLOAT_DOUBT} AND {FLOAT_JUNK} AS doubt
FROM ratios r LEFT JOIN fits f USING (issuer_id, period_end, known_from)"""


PAID = f"""
CREATE OR REPLACE TEMP TABLE paid AS
WITH judged AS (SELECT * FROM ({_dividends()}) WHERE factor IS NOT NULL),
agreed AS (
  SELECT *, factor = lag(factor) OVER w AND factor = lag(factor, 2) OVER w
    AND period_end > lag(period_end, 2) OVER w AS proven
  FROM judged WINDOW w AS (PARTITION BY issuer_id ORDER BY known_from, period_end))
SELECT issuer_id, known_from, factor, count * factor AS truth FROM agreed WHERE proven
QUALIFY row_number() OVER (PARTITION BY issuer_id, known_from ORDER BY period_end DESC) = 1;
"""

JUMPS = """
CREATE OR REPLACE TEMP TABLE jumps AS
SELECT issuer_id, period_end, known_from, shares / lag(shares) OVER (
    PARTITION BY issuer_id ORDER BY known_from, period_end) AS jump
FROM (SELECT issuer_id, period_end, known_from, shares_outstanding * share_basis AS shares FROM versions
      WHERE latest_until > known_from AND shares_outstanding > 0);
"""


def settled() -> str:
    """Return SQL that settles ``versions``: the share basis mended where evidence says by how much, and the flags.

    Dividends count where three periods one after the other say the same (a pause in payments lasts two), and from
    then on, as long as the count stays near; a count that fits neither with the factor nor without is doubtful.
    Nothing is moved by what was filed later. ``share_jump``: more than 60 % off the version before, on one basis.
    """
    apart = f"NOT v.shares_outstanding * {{0}} / nullif(p.truth, 0) BETWEEN {1 / NEAR_COUNT} AND {NEAR_COUNT}"
    off = f"p.factor <> 1 AND {apart.format('p.factor')}"
    tests = (
        ("share_jump", f"j.jump > {JUMP} OR j.jump < {1 / JUMP}"),
        ("basis_mended", "m.factor <> 1"),
        ("basis_doubtful", "m.doubt"),
    )
    flags = ", ".join(f"CASE WHEN {test} THEN '{code}' END" for code, test in tests)
    return f"""{PAID}{JUMPS}
CREATE OR REPLACE TEMP TABLE floated AS {_floats()};
CREATE OR REPLACE TEMP TABLE mends AS
SELECT v.issuer_id, v.period_end, v.known_from,
  CASE WHEN {off} THEN 1.0 ELSE coalesce(p.factor, f.factor, 1.0) END AS factor,
  coalesce(f.doubt, false) OR coalesce({off} AND {apart.format("1.0")}, false) AS doubt
FROM versions v ASOF LEFT JOIN paid p ON p.issuer_id = v.issuer_id AND v.known_from >= p.known_from
LEFT JOIN floated f ON f.issuer_id = v.issuer_id AND f.period_end = v.period_end AND f.known_from = v.known_from;
UPDATE versions v SET share_basis = v.share_basis * m.factor,
  flags = trim(concat_ws(' ', nullif(v.flags, ''), {flags}))
FROM mends m LEFT JOIN jumps j USING (issuer_id, period_end, known_from)
WHERE v.issuer_id = m.issuer_id AND v.period_end = m.period_end AND v.known_from = m.known_from;
DROP TABLE paid; DROP TABLE floated; DROP TABLE mends; DROP TABLE jumps;
"""
