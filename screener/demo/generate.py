"""Writes the demo data as a source would deliver it: facts, companies, listings and prices of invented companies."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.demo.traps import TRAPS
from screener.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

DEMO_END = date(2025, 6, 27)
SEED = 20240308
MIN_YEARS = 4
COMPANIES_A_CHUNK = 400
ROW_GROUP = 122_880


def generate(
    stage: Path,
    companies: int = 800,
    years: int = 6,
    seed: int = SEED,
    end: date = DEMO_END,
    *,
    daily_days: int = 0,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Write the staged tables (.parquet) into ``stage``: facts, companies, classifications, events, listings, prices.

    The same arguments give the same bytes. ``end`` is the last day of prices and filings; ``years`` is the
    number of whole fiscal years; ``daily_days`` is how many days back prices are daily (weekly for 47 weeks
    and at month ends otherwise). Returns the arguments and the row counts. Raises DataError for sizes that
    leave no room for the traps.
    """
    from screener.demo.events import event_table
    from screener.demo.prices import price_days, prices

    if companies < len(TRAPS) or years < MIN_YEARS:
        raise DataError(f"the demo needs at least {len(TRAPS)} companies and {MIN_YEARS} years, to plant its traps")
    say = progress or (lambda _: None)
    stage.mkdir(parents=True, exist_ok=True)
    say(f"playing {companies:,} companies")
    people, ledger, filed = play(companies, years, seed, end)
    counts = {"facts": _write_facts(filed, end, stage / "facts.parquet", say)}
    say("drawing prices")
    days = price_days(end, years, daily_days)
    members = company_table(people)
    tables = {
        "companies": members,
        "classifications": classification_table(members, people, filed),
        "events": event_table(ledger, filed, stage / "facts.parquet", end, seed + 4),
        "listings_raw": listing_table(people),
        "prices_raw": prices(_with_first_day(people, filed), ledger, days, end, seed + 3),
    }
    for name, frame in tables.items():
        frame.write_parquet(stage / f"{name}.parquet", compression="zstd", compression_level=12)
        counts[name] = frame.height
    settings = {"companies": companies, "years": years, "seed": seed, "end": end.isoformat(), "daily_days": daily_days}
    return {"settings": settings, "rows": counts, "traps": len(TRAPS)}


def play(companies: int, years: int, seed: int, end: date) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the companies, their books by quarter, and the part of the books that was filed by ``end``."""
    from screener.demo import calendar, filings, population, simulate

    people = population.draw(companies, seed)
    quarters = years * 4 + calendar.SPARE_QUARTERS
    books = simulate.simulate(people, quarters, seed + 1)
    days = calendar.fiscal_quarters(people, quarters, end, seed + 2)
    ledger = filings.ledger(days, books, people, end)
    return people, ledger, calendar.public(ledger, people, years, end)


def _with_first_day(people: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Add ``first_day``, before which a line was not traded: the first filing of companies with a short history."""
    import polars as pl

    first = filed.group_by("n").agg(first_day=pl.col("filed").min())
    always = pl.col("history_quarters") == 0
    return people.join(first, on="n", how="left", maintain_order="left").with_columns(
        first_day=pl.when(always).then(pl.date(1900, 1, 1)).otherwise(pl.col("first_day"))
    )


def _write_facts(filed: pl.DataFrame, end: date, path: Path, say: Callable[[str], None]) -> int:
    """Write the facts in chunks of companies, so that memory stays bounded; return the number of rows."""
    import polars as pl
    import pyarrow as pa
    import pyarrow.parquet as pq

    from screener.demo.filings import COLUMNS, SORTED_BY, facts
    from screener.demo.plant import plant
    from screener.lake.schema import FACTS

    types = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32(), "VARCHAR": pa.string()}
    schema = pa.schema([(name, types[kind]) for name, kind, _ in FACTS])
    last = int(filed["n"].max() or 0)  # type: ignore[arg-type] # polars types an integer maximum as any value
    total = 0
    # Dates and accessions repeat in runs from tag to tag: plain pages let zstd find the runs.
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=19, use_dictionary=["tag", "unit", "form", "value"]
    ) as writer:
        for first in range(1, last + 1, COMPANIES_A_CHUNK):
            rows = filed.filter(pl.col("n").is_between(first, first + COMPANIES_A_CHUNK - 1))
            found = facts(rows, end)
            if first == 1:
                found = plant(found, rows, end)
            found = found.sort(SORTED_BY).with_columns(statement=pl.lit(None, dtype=pl.String))
            writer.write_table(found.select(*COLUMNS, "statement").to_arrow().cast(schema), row_group_size=ROW_GROUP)
            total += found.height
            say(f"{total:,} facts of {min(first + COMPANIES_A_CHUNK - 1, last):,} companies")
    return total


def company_table(people: pl.DataFrame) -> pl.DataFrame:
    """Return the companies in the columns of the data set's ``companies`` table."""
    import polars as pl

    from screener.catalogue.events import EDGAR_BEGAN
    from screener.catalogue.sectors import classify, model
    from screener.lake.schema import COMPANIES

    c = pl.col
    classes = [
        {
            "sic": sic,
            "model": model(sic),
            **{key: getattr(classify(sic), key) for key in ("sector", "industry", "ff12", "ff49")},
        }
        for sic in people["sic"].unique().sort()
    ]
    frame = people.join(pl.DataFrame(classes), on="sic", how="left", maintain_order="left").with_columns(
        c("sic").cast(pl.Int32),
        cik=pl.lit(None, dtype=pl.Int64),
        fiscal_year_end=pl.date(2025, c("fye"), 1).dt.month_end().dt.strftime("%m%d"),
        is_shell=c("sic") == 6770,
        source=pl.lit("demo"),
        filings_since=pl.lit(EDGAR_BEGAN),
    )
    return frame.select([name for name, _, _ in COMPANIES]).sort("issuer_id")


def classification_table(members: pl.DataFrame, people: pl.DataFrame, filed: pl.DataFrame) -> pl.DataFrame:
    """Return the ``classifications`` of ``members`` (rows of ``companies``): one code, known from the first filing."""
    import polars as pl

    from screener.lake.schema import CLASSIFICATIONS

    numbered = people.select("n", "issuer_id")
    first = filed.group_by("n").agg(known_from=pl.col("filed").min()).join(numbered, on="n")
    frame = members.join(first, on="issuer_id", how="inner")
    return frame.select([name for name, _, _ in CLASSIFICATIONS]).sort("issuer_id")


def listing_table(people: pl.DataFrame) -> pl.DataFrame:
    """Return ``listing_id, issuer_id, ticker, exchange, security_type, is_primary``, sorted by ticker."""
    import polars as pl

    c = pl.col
    kind = pl.when(c("second") == "ads").then(pl.lit("adr")).otherwise(pl.lit("common"))
    parts = [people.select("issuer_id", "ticker", "exchange", security_type=kind, is_primary=pl.lit(value=True))]
    for second, suffix, security in (
        ("class", "-B", "common"),
        ("preferred", "-PA", "preferred"),
        ("preferred", "-WT", "warrant"),
    ):
        line = people.filter(c("second") == second)
        parts.append(
            line.select(
                "issuer_id",
                "exchange",
                ticker=c("ticker") + suffix,
                security_type=pl.lit(security),
                is_primary=pl.lit(value=False),
            ).select(parts[0].columns)
        )
    frame = pl.concat(parts).sort("ticker").with_row_index("listing_id", offset=1)
    return frame.with_columns(c("listing_id").cast(pl.Int32))
