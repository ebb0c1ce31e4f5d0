"""Splits inferred from filings: a filing that restates a share count by a plain ratio is on a new basis."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from screener.catalogue.tags import SPLIT_RATIO
from screener.standardize.columns import text, texts

if TYPE_CHECKING:
    import duckdb

Split = tuple[int, date, float]
# (entity, first filing's day, later filing's day, ratio new/old, how earnings a share moved: 1 agrees, 0 unknown,
# -1 disagrees)
Evidence = tuple[int, date, date, float, int]
# (entity, filing's day, ratio as tagged): 10 for ten to one; 0.0333 or 30 for one to thirty
Stated = tuple[int, date, float]

RATIOS = (
    1.25, 1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 75, 80,
    100, 120, 125, 150, 200, 250, 300, 400, 500,
)  # fmt: skip
TOLERANCE = 0.005
# A filing speaks of a split for about a year; its date of it may be the announcement's (GOOGL 2022-02-01).
STATED_DAYS = 400
STATED_SQL = f"""
SELECT DISTINCT e.eid, r.filed, r.value FROM raw_facts r JOIN entities e USING (issuer_id)
WHERE r.tag = {text(SPLIT_RATIO)} AND r.value > 0 ORDER BY ALL
"""

WEIGHTED_TAGS = (
    "WeightedAverageNumberOfDilutedSharesOutstanding",
    "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
    "WeightedAverageNumberOfSharesOutstandingBasic",
    "ifrs:AdjustedWeightedAverageShares",
    "ifrs:WeightedAverageShares",
)
BALANCE_TAGS = ("CommonStockSharesIssued", "CommonStockSharesOutstanding")
EPS_TAGS = (
    "EarningsPerShareBasic",
    "EarningsPerShareBasicAndDiluted",
    "EarningsPerShareDiluted",
    "ifrs:BasicEarningsLossPerShare",
    "ifrs:DilutedEarningsLossPerShare",
)


def evidence_sql() -> str:
    """Return the query of ``Evidence``: share counts of one key that two successive filings state differently."""
    return f"""
WITH counts AS (
  SELECT eid, tag, start, "end", filed, value,
    lag(value) OVER w AS before, lag(filed) OVER w AS filed_before
  FROM mentions WHERE tag IN {texts(WEIGHTED_TAGS + BALANCE_TAGS)} AND value > 0
  WINDOW w AS (PARTITION BY eid, tag, start, "end" ORDER BY filed)),
jumps AS (SELECT * FROM counts WHERE value / before > 1.2 OR value / before < 1 / 1.2),
eps AS (
  SELECT eid, start, "end", filed, tag, value, lag(value) OVER w AS before, lag(filed) OVER w AS filed_before
  FROM mentions WHERE tag IN {texts(EPS_TAGS)}
  WINDOW w AS (PARTITION BY eid, tag, start, "end" ORDER BY filed)),
judged AS (
  SELECT j.eid, j.tag, j.start, j."end", j.filed_before, j.filed, j.value / j.before AS ratio,
    max(CASE WHEN e.value IS NULL OR e.before IS NULL THEN 0
             WHEN abs(e.value * (j.value / j.before) - e.before) <= 0.0051 * (1 + j.value / j.before)
               OR abs(e.value * (j.value / j.before) - e.before) <= 0.01 * abs(e.before) THEN 1 ELSE -1 END) AS eps
  FROM jumps j LEFT JOIN eps e ON e.eid = j.eid AND e.start = j.start AND e."end" = j."end"
    AND e.filed = j.filed AND e.filed_before = j.filed_before
  GROUP BY ALL)
SELECT eid, filed_before, filed, ratio, eps FROM judged
ORDER BY eid, filed, filed_before, ratio, eps, tag, "end", start
"""


def plain_ratio(ratio: float) -> float | None:
    """Return the split ratio (new shares for an old one, below 1 for a reverse split) of ``ratio``, or ``None``."""
    for plain in RATIOS:
        for candidate in (float(plain), 1 / plain):
            if abs(ratio / candidate - 1) < TOLERANCE:
                return candidate
    return None


def confirmed(stated: list[tuple[date, float]], filed: date, plain: float) -> bool:
    """Tell whether a filing of the year up to ``filed`` tags the ratio, as it is or turned upside down."""
    return any(
        filed - timedelta(days=STATED_DAYS) < day <= filed
        and min(abs(ratio / plain - 1), abs(ratio * plain - 1)) < TOLERANCE
        for day, ratio in stated
    )


def infer(evidence: list[Evidence], stated: list[Stated] | None = None) -> list[Split]:
    """Return the splits (entity, day of the first filing on the new basis, ratio), in order.

    Filings are read as they came, so that a split is never moved by what is filed later. A filing proves a split
    when earnings a share moved the other way for one key, or when two keys agree and none disagrees, or when one key
    has it and a filing tags the ratio. The date that comes with the tag proves nothing.
    """
    tagged: dict[int, list[tuple[date, float]]] = {}
    for entity, filed, ratio in stated or []:
        tagged.setdefault(entity, []).append((filed, ratio))
    found: list[Split] = []
    groups: dict[tuple[int, date], list[Evidence]] = {}
    for row in evidence:
        groups.setdefault((row[0], row[2]), []).append(row)
    for (entity, filed), rows in sorted(groups.items()):
        votes: dict[float, list[int]] = {}
        for _, before, _, ratio, eps in rows:
            explained = 1.0
            for other, day, known in found:
                if other == entity and before < day <= filed:
                    explained *= known
            plain = plain_ratio(ratio / explained) if abs(ratio / explained - 1) > 0.2 else None
            if plain is not None:
                votes.setdefault(plain, []).append(eps)
        proven = [
            (len(marks), plain)
            for plain, marks in votes.items()
            if 1 in marks or (-1 not in marks and (len(marks) >= 2 or confirmed(tagged.get(entity, []), filed, plain)))
        ]
        if proven:
            found.append((entity, filed, max(proven)[1]))
    return found


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``splits`` (eid, switch_date, ratio) and ``split_lists`` (one list of them an entity)."""
    rows = infer(con.execute(evidence_sql()).fetchall(), con.execute(STATED_SQL).fetchall())
    con.execute("CREATE OR REPLACE TEMP TABLE splits (eid INTEGER, switch_date DATE, ratio DOUBLE)")
    if rows:
        values = ", ".join(f"({entity}, DATE {text(day.isoformat())}, {ratio!r})" for entity, day, ratio in rows)
        con.execute(f"INSERT INTO splits VALUES {values}")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE split_lists AS "
        "SELECT eid, list({'d': switch_date, 'r': ratio} ORDER BY switch_date, ratio) AS moves FROM splits GROUP BY eid"
    )


def factor(moves: str, after: str, until: str) -> str:
    """Return SQL of the product of the ratios with ``after < switch_date <= until`` (1 without any)."""
    return (
        f"coalesce(list_product(list_transform(list_filter({moves}, lambda m: m.d > {after} AND m.d <= {until}), "
        "lambda m: m.r)), 1.0)"
    )
