"""SimFin's raw files and the price file, read by polars alone: what the recipes' deciding numbers should be."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import polars as pl

FLOWS = {
    "revenue": "Revenue",
    "gross_profit": "Gross Profit",
    "ebit": "Operating Income (Loss)",
    "net_income": "Net Income",
    "special": "Net Extraordinary Gains (Losses)",
    "cfo": "Net Cash from Operating Activities",
    "capex": "Change in Fixed Assets & Intangibles",
}
BALANCES = {
    "cash": "Cash, Cash Equivalents & Short Term Investments",
    "current_assets": "Total Current Assets",
    "current_liabilities": "Total Current Liabilities",
    "short_debt": "Short Term Debt",
    "long_debt": "Long Term Debt",
    "plant": "Property, Plant & Equipment, Net",
    "assets": "Total Assets",
    "liabilities": "Total Liabilities",
    "equity": "Total Equity",
    "shares": "Shares (Basic)",
}
YEAR = 12


def _table(folder: Path, name: str) -> pl.DataFrame:
    with zipfile.ZipFile(folder / f"{name}.zip") as file:
        content = file.read(file.namelist()[0])
    return pl.read_csv(io.BytesIO(content), separator=";", infer_schema_length=None, try_parse_dates=True)


def quarters(real: Path, day: date) -> pl.DataFrame:
    """Return one row a ticker and quarter published by ``day``: twelve months of flows, balances, and ``ago`` of both.

    Names are those above; ``_1`` and ``_2`` stand for one and two years earlier, ``eps`` for the quarter's earnings a
    diluted share with ``eps_4``, ``eps_1q`` and ``eps_5q`` for four, one and five quarters earlier.
    """
    folder = real / "simfin"
    found = _table(folder, "us-income-quarterly")
    for name in ("us-balance-quarterly", "us-cashflow-quarterly"):
        other = _table(folder, name)
        new = [column for column in other.columns if column not in found.columns]
        found = found.join(other.select("Ticker", "Report Date", *new), on=["Ticker", "Report Date"], how="left")
    found = found.filter(pl.col("Publish Date") <= day).sort("Ticker", "Report Date")
    month = pl.col("Report Date").dt.year() * YEAR + pl.col("Report Date").dt.month()

    def back(column: pl.Expr, rows: int) -> pl.Expr:
        """Return a column so many quarters earlier, where no quarter lies missing between."""
        near = (month - month.shift(rows).over("Ticker") - 3 * rows).abs() <= 1
        return pl.when(near).then(column.shift(rows).over("Ticker"))

    year = [
        (sum((back(pl.col(raw), rows) for rows in range(1, 4)), pl.col(raw))).alias(name) for name, raw in FLOWS.items()
    ]
    found = found.with_columns(
        *year,
        *(pl.col(raw).alias(name) for name, raw in BALANCES.items()),
        (pl.col("Net Income (Common)") / pl.col("Shares (Diluted)")).alias("eps"),
    )
    names = [*FLOWS, *BALANCES]
    return found.with_columns(
        *(back(pl.col(name), 4 * years).alias(f"{name}_{years}") for name in names for years in (1, 2)),
        *(back(pl.col("eps"), rows).alias(f"eps_{rows}q") for rows in (1, 4, 5)),
    )


def newest(real: Path, day: date) -> pl.DataFrame:
    """Return the newest quarter of each ticker, with its last close of the ten days to ``day``."""
    prices = pl.scan_parquet(real / "prices" / "prices_daily.parquet").filter(pl.col("date").cast(pl.Date) <= day)
    last = prices.sort("date").group_by("ticker").last().select("ticker", close="close", priced="date").collect()
    last = last.filter(pl.col("priced").cast(pl.Date) > pl.lit(day) - pl.duration(days=10))
    rows = quarters(real, day).group_by("Ticker", maintain_order=True).last().rename({"Ticker": "ticker"})
    return rows.join(last, on="ticker", how="left").with_columns(cap=pl.col("close") * pl.col("shares"))


def piotroski(rows: pl.DataFrame) -> pl.DataFrame:
    """Return ``f`` and ``f_terms`` of Piotroski's nine signals (2000, table 1), a missing one counted as none."""
    c = pl.col

    def income(years: str) -> pl.Expr:
        return c(f"net_income{years}") - c(f"special{years}").fill_null(0)

    def long_debt(years: str) -> pl.Expr:
        return (
            pl.when(c(f"long_debt{years}").is_null() & c(f"short_debt{years}").is_null())
            .then(0)
            .otherwise(c(f"long_debt{years}"))
        )

    roa, roa_1 = income("") / c("assets_1"), income("_1") / c("assets_2")
    lever = long_debt("") / (c("assets") + c("assets_1"))
    lever_1 = long_debt("_1") / (c("assets_1") + c("assets_2"))
    signals = {
        "roa": roa > 0,
        "cfo": c("cfo") > 0,
        "droa": roa > roa_1,
        "accrual": c("cfo") > income(""),
        "dlever": (lever < lever_1) | ((long_debt("") == 0) & (long_debt("_1") == 0)),
        "dliquid": c("current_assets") / c("current_liabilities") > c("current_assets_1") / c("current_liabilities_1"),
        "offer": c("shares") <= 1.005 * c("shares_1"),
        "dmargin": c("gross_profit") / c("revenue") > c("gross_profit_1") / c("revenue_1"),
        "dturn": c("revenue") / c("assets_1") > c("revenue_1") / c("assets_2"),
    }
    found = rows.with_columns(**{f"f_{name}": signal.cast(pl.Int32) for name, signal in signals.items()})
    parts = [f"f_{name}" for name in signals]
    return found.with_columns(
        f=pl.sum_horizontal(parts), f_terms=pl.sum_horizontal(c(part).is_not_null() for part in parts)
    )
