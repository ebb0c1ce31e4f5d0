"""The price at each period's end, joined to the rows when they are written: it follows the prices, not the facts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.market import CLASS_RATIOS
from screener.standardize.columns import significant, text

if TYPE_CHECKING:
    import duckdb

# How many days before the period's end its last session may lie.
BEFORE_DAYS = 10
DIGITS = 6


def write(con: duckdb.DuckDBPyConnection, stage: Path, rows: Sequence[Path], target: Path) -> Path | None:
    """Write (issuer, period end, close, receipt) of the periods of ``rows`` to ``target``; ``None`` without prices.

    The close is that of the issuer's primary listing, on the basis of the price file's last day.
    """
    listings, prices = stage / "listings.parquet", stage / "prices.parquet"
    if not (rows and listings.is_file() and prices.is_file()):
        return None
    files = ", ".join(text(str(file)) for file in rows)
    con.execute(
        f"""COPY (
        WITH periods AS (SELECT DISTINCT issuer_id, period_end FROM read_parquet([{files}])),
        days AS (
          SELECT l.listing_id, l.issuer_id, l.security_type = 'adr' AS receipt, p.period_end, p.period_end - n.n AS date
          FROM periods p JOIN read_parquet({text(str(listings))}) l USING (issuer_id),
            (SELECT unnest(range({BEFORE_DAYS + 1}))::INTEGER AS n) n WHERE l.is_primary)
        SELECT issuer_id, period_end, arg_max(p.close, date) AS close, any_value(receipt) AS receipt
        FROM read_parquet({text(str(prices))}) p JOIN days USING (listing_id, date) GROUP BY issuer_id, period_end
        ) TO {text(str(target))} (FORMAT parquet)"""
    )
    return target


def joined(rows: str, priced: Path | None) -> str:
    """Return the query of ``rows`` with ``period_price``, on the share basis of each row.

    How many counted shares a receipt or a small class stands for is unknown, or another matter: no price there.
    """
    if priced is None:
        return f"SELECT * REPLACE (NULL::DOUBLE AS period_price) FROM ({rows})"
    classes = ", ".join(str(row.cik) for row in CLASS_RATIOS)
    value = f"""CASE WHEN NOT (p.receipt AND NOT coalesce(f.form LIKE '10-%', false)) AND f.currency = 'USD'
      AND NOT contains(f.flags, 'basis_doubtful') AND f.issuer_id NOT IN ({classes})
      THEN {significant("p.close * f.share_basis", DIGITS)} END"""
    return f"""SELECT f.* REPLACE ({value} AS period_price) FROM ({rows}) f
    LEFT JOIN read_parquet({text(str(priced))}) p ON p.issuer_id = f.issuer_id AND p.period_end = f.period_end"""
