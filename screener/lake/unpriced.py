"""Which companies that still report have no prices, or none of late, counted by the size of their balance sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from screener.catalogue.fields import PRICE_MAX_AGE_DAYS
from screener.lake.connect import Lake
from screener.lake.files import quoted
from screener.lake.memory import FOLDER

# Market value, by which size is usually told, needs the price that is missing: total assets in dollars, below a bound.
BANDS: tuple[tuple[str, float], ...] = (
    ("under $50M", 50e6),
    ("$50M to $300M", 300e6),
    ("$300M to $2B", 2e9),
    ("$2B to $10B", 10e9),
    ("$10B and more", float("inf")),
)
UNKNOWN = "not known in dollars"
EXAMPLES = 5
# What a source stages of Forms 15 and 25; it lies beside the tables, and not every source has it.
_DEPARTURES = "departures_raw.parquet"


def unpriced(lake: Lake) -> dict[str, Any] | None:
    """Return, by band of total assets, how many companies report, have no price, and have none of late.

    ``{"session": ISO day, "old_days": 10, "bands": [{"assets", "companies", "without", "old", "examples"}, ...]}``;
    ``None`` for a data set without prices. A company reports if its newest quarter is not stale on the newest session
    and no Form 25 or 15 came after it: those that have left their exchange are not missed. Examples are tickers, else
    names, those with the most assets first.
    """
    found = lake.con.execute("SELECT max(date) FROM prices").fetchone()
    if found is None or found[0] is None:
        return None
    rows = lake.con.execute(_query(), {"day": found[0], **_departures(lake)}).fetchall()
    names = [*(name for name, _ in BANDS), UNKNOWN]
    return {
        "session": found[0].isoformat(),
        "old_days": PRICE_MAX_AGE_DAYS,
        "bands": [
            {"assets": names[band], "companies": count, "without": without, "old": old, "examples": examples or []}
            for band, count, without, old, examples in rows
        ],
    }


def _query() -> str:
    """Return the query of (band, companies, without, old, examples); $day, and $issuers that left on $days."""
    cases = " ".join(f"WHEN assets < {bound:.0f} THEN {k}" for k, (_, bound) in enumerate(BANDS[:-1]))
    return f"""WITH reporting AS (
        SELECT issuer_id, max(known_from) AS reported,
          arg_max(total_assets, period_end) FILTER (currency = 'USD') AS assets
        FROM fundamentals WHERE known_from <= $day AND known_until > $day
        GROUP BY issuer_id HAVING max(stale_from) > $day),
      left_exchange AS (SELECT unnest($issuers::BIGINT[]) AS issuer_id, unnest($days::DATE[]) AS departed),
      traded AS (
        SELECT issuer_id, max(last_date) FILTER (first_date IS NOT NULL) AS last_price,
          coalesce(max(ticker) FILTER (is_primary), min(ticker)) AS ticker
        FROM listings GROUP BY issuer_id),
      judged AS (
        SELECT CASE WHEN assets IS NULL THEN {len(BANDS)} {cases} ELSE {len(BANDS) - 1} END AS band, assets,
          coalesce(t.ticker, c.name) AS name, t.last_price IS NULL AS without,
          coalesce(t.last_price < $day - {PRICE_MAX_AGE_DAYS}, false) AS old
        FROM reporting r JOIN companies c USING (issuer_id) LEFT JOIN traded t USING (issuer_id)
        WHERE NOT EXISTS (FROM left_exchange e WHERE e.issuer_id = r.issuer_id AND e.departed >= r.reported
                          AND e.departed <= $day))
      SELECT band, count(*), count(*) FILTER (without), count(*) FILTER (old),
        (list(name ORDER BY assets DESC NULLS LAST, name) FILTER (without OR old))[:{EXAMPLES}]
      FROM judged GROUP BY band ORDER BY band"""


def _departures(lake: Lake) -> dict[str, list[Any]]:
    """Return the issuers that filed a Form 15 or 25, and the day of the last one."""
    import duckdb

    # A data set that is read over the network has its tables alone.
    path = lake.directory / FOLDER / _DEPARTURES if isinstance(lake.directory, Path) else None
    if path is None or not path.is_file():
        return {"issuers": [], "days": []}
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT issuer_id, max(filed) FROM read_parquet({quoted(path)}) GROUP BY issuer_id ORDER BY issuer_id"
        ).fetchall()
    return {"issuers": [row[0] for row in rows], "days": [row[1] for row in rows]}
