"""Turns the simulated books into facts as companies file them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from screener.demo.calendar import month_end, weekday_at_or_after
from screener.demo.simulate import ASSETS, DEBTS, FLOWS
from screener.demo.tags import GROUPS

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

KEYS = ("issuer_id", "start", "end", "filed", "form", "accession")
SORTED_BY = ("issuer_id", "tag", "unit", "start", "end", "filed", "accession")
COLUMNS = ("issuer_id", "tag", "unit", "start", "end", "value", "filed", "form", "accession")
COVER_DAYS = 5


def share_counts(books: pl.DataFrame, companies: pl.DataFrame) -> pl.DataFrame:
    """Return ``n, t, shares, average``: shares at the end and on average, on the split basis of the last day.

    The count is set so that the last simulated value meets the company's target price; four digits are kept.
    """
    import polars as pl

    c = pl.col
    frame = books.select("n", "t", "fair", "share_index", "share_before").join(
        companies.select("n", "g", "target_price"), on="n", how="left", maintain_order="left"
    )
    last = c("fair").last().over("n") * c("g") / c("target_price")
    frame = frame.with_columns(ratio=last / c("share_index").last().over("n"))
    frame = frame.with_columns(grain=(10.0 ** ((c("ratio") * c("share_index")).log10().floor() - 3)).clip(1.0))
    count = c("share_index") * c("ratio")
    average = (c("share_index") + c("share_before")) / 2 * c("ratio")
    return frame.select(
        "n", "t", "grain",
        shares=((count / c("grain")).round(0).clip(1) * c("grain")),
        average=((average / c("grain")).round(0).clip(1) * c("grain")),
    )  # fmt: skip


def split_factor(day: pl.Expr, end: date) -> pl.Expr:
    """Return by what a count filed on ``day`` must be multiplied to reach the basis of the last day."""
    import polars as pl

    c = pl.col
    return pl.when((c("split_months") > 0) & (day < ex_date(end))).then(c("split_ratio")).otherwise(1.0)


def ex_date(end: date) -> pl.Expr:
    """Return the first day on the new basis: the 15th of the month ``split_months`` before ``end``."""
    import polars as pl

    index = end.year * 12 + end.month - 1 - pl.col("split_months")
    return weekday_at_or_after(month_end(index - 1) + pl.duration(days=15))


def ledger(quarters: pl.DataFrame, books: pl.DataFrame, companies: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return a row a quarter with the company's constants, quarter flows, and ``ytd_*`` sums of the fiscal year."""
    import polars as pl

    c = pl.col
    constants = [
        name for name in companies.columns if name not in {"issuer_id", "fye", "old_fye", "weekly", "lag", "form"}
    ]
    frame = quarters.join(books, on=["n", "t"], how="left", maintain_order="left")
    frame = frame.join(share_counts(books, companies), on=["n", "t"], how="left", maintain_order="left")
    frame = frame.join(companies.select(constants), on="n", how="left", maintain_order="left")
    year = ["n", "fiscal_year"]
    return frame.with_columns(
        *(c(name).cum_sum().over(year).alias(f"ytd_{name}") for name in FLOWS),
        ytd_average=(c("average").cum_sum().over(year) / c("place") / c("grain")).round(0) * c("grain"),
        assets=pl.sum_horizontal(ASSETS),
        debts=pl.sum_horizontal(DEBTS),
        end_year=pl.lit(end.year),
    )


def facts(rows: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return the facts of ``rows`` (a part of :func:`ledger`, filed rows only), unsorted."""
    import polars as pl

    c = pl.col
    rows = rows.drop("form").rename({"filing_form": "form"})
    to_date = rows.drop(*FLOWS, "average", "start").rename(
        {f"ytd_{name}": name for name in (*FLOWS, "average")} | {"year_start": "start"}
    )
    quarter = rows.filter(~c("annual"))
    longer = to_date.filter((c("place") > 1) | c("annual"))
    instants = rows.with_columns(start=pl.lit(None, dtype=pl.Date))
    parts = [
        _money(quarter, "income"), _money(longer, "income"), _money(to_date, "cash"),
        _money(instants, "balance"), _money(instants, "ladder"),
        per_share(quarter, split_factor(c("filed"), end)), per_share(longer, split_factor(c("filed"), end)),
        _cover(instants, end),
    ]  # fmt: skip
    return pl.concat(parts)


def _money(rows: pl.DataFrame, group: str) -> pl.DataFrame:
    import polars as pl

    c = pl.col
    tags = GROUPS[group]()
    wide = rows.select(*KEYS, "g", unit=c("currency"), **tags)
    long = wide.unpivot(on=list(tags), index=[*KEYS, "g", "unit"], variable_name="tag", value_name="units")
    return (
        long.filter(c("units").is_not_null()).with_columns(value=(c("units") * c("g")).cast(pl.Float64)).select(COLUMNS)
    )


def per_share(rows: pl.DataFrame, factor: pl.Expr) -> pl.DataFrame:
    """Return weighted share counts and earnings per share of ``rows`` on the split basis that ``factor`` leads from."""
    import polars as pl

    c = pl.col
    basic = c("average") / factor
    more = (c("average") * (1 + c("diluted")) / c("grain")).round(0) * c("grain") / factor
    diluted = pl.when(c("net_income") > 0).then(more).otherwise(basic)
    wide = rows.select(
        *KEYS,
        single=c("one_eps_tag") & (c("opm") < 0),
        basic=basic,
        diluted=diluted,
        income=c("net_income") * c("g"),
        money=pl.concat_str(c("currency"), pl.lit("/shares")),
    ).with_columns(eps=(c("income") / c("basic")).round(2), eps_diluted=(c("income") / c("diluted")).round(2))
    lines = (
        ("WeightedAverageNumberOfShareOutstandingBasicAndDiluted", "basic", pl.lit("shares"), c("single")),
        ("EarningsPerShareBasicAndDiluted", "eps", c("money"), c("single")),
        ("WeightedAverageNumberOfSharesOutstandingBasic", "basic", pl.lit("shares"), ~c("single")),
        ("WeightedAverageNumberOfDilutedSharesOutstanding", "diluted", pl.lit("shares"), ~c("single")),
        ("EarningsPerShareBasic", "eps", c("money"), ~c("single")),
        ("EarningsPerShareDiluted", "eps_diluted", c("money"), ~c("single")),
    )
    return pl.concat(
        [
            wide.filter(used).with_columns(tag=pl.lit(tag), unit=unit, value=c(name)).select(COLUMNS)
            for tag, name, unit, used in lines
        ]
    )


def _cover(rows: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return the share count of the cover page, dated a few days before the filing; by class none is filed."""
    import polars as pl

    c = pl.col
    count = c("shares") / split_factor(c("cover_day"), end)
    frame = rows.with_columns(cover_day=c("filed") - timedelta(days=COVER_DAYS), unit=pl.lit("shares"))
    cover = frame.filter(c("cover_style") != "none").with_columns(
        tag=pl.lit("EntityCommonStockSharesOutstanding"),
        value=pl.when(c("cover_style") == "placeholder").then(100.0).otherwise(count),
        end=c("cover_day"),
    )
    balance = frame.filter(c("cover_style").is_in(["none", "placeholder"])).with_columns(
        tag=pl.lit("CommonStockSharesOutstanding"), value=c("shares") / split_factor(c("filed"), end)
    )
    return pl.concat([cover.select(COLUMNS), balance.select(COLUMNS)])
