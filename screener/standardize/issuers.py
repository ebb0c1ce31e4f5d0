"""What standardization knows of issuers besides their facts: model, calendar, listings, prices, departures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.lake.schema import Columns
from screener.standardize import basis
from screener.standardize.columns import text

if TYPE_CHECKING:
    import duckdb

ISSUERS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("model", "VARCHAR", "reporting model by its industry code"),
    ("sic", "INTEGER", "industry code"),
    ("fiscal_year_end", "VARCHAR", "MMDD, as the source gives it"),
    ("last_price", "DATE", "last day with a price, NULL without prices"),
    ("several_lines", "BOOLEAN", "several lines of common shares are listed"),
    ("mark", "UBIGINT", "changes when anything else that its rows depend on does"),
)
ISSUERS_FILE = "issuers.parquet"
# Tables of a batch, read from files of the same name: a row each issuer and day.
BESIDE = ("closes", "payouts", "exits")


def gather(con: duckdb.DuckDBPyConnection, stage: Path, work: Path) -> None:
    """Write ``issuers.parquet`` into ``stage`` and the tables of ``BESIDE`` into ``work``."""
    companies, listings, prices = (stage / f"{name}.parquet" for name in ("companies", "listings_raw", "prices_raw"))
    basis.read_prices(con, listings, prices)
    con.execute(_exits(stage / "departures_raw.parquet"))
    con.execute(_marks(stage / "facts.parquet"))
    con.execute(_issuers(con, companies, listings, prices))
    write_table(con, "SELECT * FROM issuers", stage / ISSUERS_FILE, ISSUERS, "issuer_id")
    for name in BESIDE:
        con.execute(f"COPY {name} TO {text(str(work / f'{name}.parquet'))} (FORMAT parquet)")


def load(con: duckdb.DuckDBPyConnection, work: Path, first: int, last: int) -> None:
    """Make the tables of ``BESIDE`` for the issuers ``first`` to ``last``."""
    for name in BESIDE:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM read_parquet({text(str(work / f'{name}.parquet'))}) "
            f"WHERE issuer_id BETWEEN {first} AND {last}"
        )


def _issuers(con: duckdb.DuckDBPyConnection, companies: Path, listings: Path, prices: Path) -> str:
    known: set[str] = set()
    if companies.is_file():
        described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({text(str(companies))})").fetchall()
        known = {row[0] for row in described}
    model = "any_value(c.model)" if "model" in known else "'standard'"
    sic = "any_value(c.sic)" if "sic" in known else "NULL::INTEGER"
    year_end = "any_value(c.fiscal_year_end)" if "fiscal_year_end" in known else "NULL::VARCHAR"
    company_join = f"LEFT JOIN read_parquet({text(str(companies))}) c USING (issuer_id)" if known else ""
    several = "0"
    if listings.is_file():
        several = f"""(SELECT count(*) FROM read_parquet({text(str(listings))}) k
          WHERE k.issuer_id = f.issuer_id AND k.security_type = 'common')"""
    last, price_join = "NULL::DATE", ""
    if listings.is_file() and prices.is_file():
        last = "any_value(d.last_price)"
        price_join = f"""LEFT JOIN (
          SELECT l.issuer_id, max(p.date) AS last_price FROM read_parquet({text(str(listings))}) l
          JOIN read_parquet({text(str(prices))}) p USING (ticker) GROUP BY l.issuer_id) d USING (issuer_id)"""
    return f"""CREATE OR REPLACE TEMP TABLE issuers AS
    SELECT f.issuer_id, {model} AS model, {sic} AS sic, {year_end} AS fiscal_year_end, {last} AS last_price,
      {several} > 1 AS several_lines, any_value(f.mark) AS mark
    FROM marks f {company_join} {price_join} GROUP BY f.issuer_id"""


def _marks(facts: Path) -> str:
    """Return SQL that makes ``marks``: every issuer of the facts, with a hash of its prices, payouts and departures.

    Of the prices only those up to its last filing: what came later has no part in any row.
    """
    folded = ", ".join(f"coalesce(bit_xor(hash('{name}', x)) FILTER (kind = '{name}'), 0)" for name in BESIDE)
    return f"""CREATE OR REPLACE TEMP TABLE marks AS
    WITH filed AS (
      SELECT issuer_id, max(filed) AS last FROM read_parquet({text(str(facts))}) GROUP BY issuer_id),
    beside AS (
      SELECT issuer_id, 'closes' AS kind, date AS day, hash(date, close) AS x FROM closes
      UNION ALL SELECT issuer_id, 'payouts', date, hash(date, paid) FROM payouts
      UNION ALL SELECT issuer_id, 'exits', NULL, hash(filed) FROM exits)
    SELECT f.issuer_id, hash({folded}) AS mark FROM filed f
    LEFT JOIN beside b ON b.issuer_id = f.issuer_id AND (b.day IS NULL OR b.day <= f.last) GROUP BY f.issuer_id"""


def _exits(path: Path) -> str:
    """Return SQL that makes ``exits``: the days on which issuers gave up reporting, by Form 15.

    A Form 25, and a 15-12B, may be for one of many classes: there the end of the prices tells.
    """
    source = f"(SELECT * FROM read_parquet({text(str(path))}))" if path.is_file() else (
        "(SELECT NULL::BIGINT AS issuer_id, NULL::DATE AS filed, '' AS form WHERE false)"
    )  # fmt: skip
    return f"""CREATE OR REPLACE TEMP TABLE exits AS
    SELECT DISTINCT issuer_id, filed FROM {source} WHERE form LIKE '15%' AND form <> '15-12B'"""
