"""When quarters end and when they are filed: fiscal calendars, forms, filing dates and accession numbers."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

# Quarters simulated beyond the years asked for: the unfinished fiscal year, and what is not filed yet.
SPARE_QUARTERS = 7
FIRST_YEAR_SLACK_MONTHS = 8


def month_end(index: pl.Expr) -> pl.Expr:
    """Return the last day of the month ``index`` (year * 12 + month - 1)."""
    import polars as pl

    return pl.date(index // 12, index % 12 + 1, 1).dt.month_end()


def weekday_at_or_after(day: pl.Expr) -> pl.Expr:
    """Move Saturdays and Sundays to the Monday after."""
    import polars as pl

    shift = pl.when(day.dt.weekday() == 6).then(2).when(day.dt.weekday() == 7).then(1).otherwise(0)
    return day + pl.duration(days=shift)


def fiscal_quarters(companies: pl.DataFrame, quarters: int, end: date, seed: int) -> pl.DataFrame:
    """Return one row a company and quarter ``t``: start, end, place in the fiscal year, form, filed, accession.

    ``place`` is 1 to 4, ``year_start`` the first day of the fiscal year, ``annual`` its last quarter.
    Rows that are not public by ``end`` are there too (``filed`` tells); nothing is left out yet.
    """
    import polars as pl

    c = pl.col
    last = end.year * 12 + end.month - 2
    frame = companies.select("n", "issuer_id", "fye", "old_fye", "weekly", "lag", "form").join(
        pl.DataFrame({"t": range(1, quarters + 1)}, schema={"t": pl.Int64}), how="cross"
    )
    frame = frame.with_columns(month=last - (last + 1 - c("fye")) % 3 - 3 * (quarters - c("t")))
    changed = c("old_fye").is_not_null() & (c("month") < (end.year - 2) * 12)
    frame = frame.with_columns(fye_now=pl.when(changed).then(c("old_fye")).otherwise(c("fye")))
    frame = frame.with_columns(
        end=_period_end(c("month")),
        start=_period_end(c("month") - 3) + pl.duration(days=1),
        fiscal_year=c("month") + (c("fye_now") - 1 - c("month")) % 12,
    )
    frame = frame.sort("n", "t").with_columns(
        place=c("t").cum_count().over("n", "fiscal_year"),
        year_start=c("start").first().over("n", "fiscal_year"),
        annual=c("month") == c("fiscal_year"),
        stub=c("old_fye").is_not_null() & (c("fiscal_year") == (end.year - 2) * 12 + c("fye") - 1),
    )
    return _filing(frame, seed)


def _period_end(index: pl.Expr) -> pl.Expr:
    """Return the month's end, or its last Saturday for companies on a calendar of weeks."""
    import polars as pl

    day = month_end(index)
    return pl.when(pl.col("weekly")).then(day - pl.duration(days=(day.dt.weekday() + 1) % 7)).otherwise(day)


def _filing(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    import polars as pl

    c = pl.col
    rng = Random(seed)  # noqa: S311 - a seeded draw, nothing secret
    jitter = pl.Series("jitter", [rng.randrange(4) for _ in range(frame.height)], dtype=pl.Int64)
    days = pl.when(c("annual")).then(c("lag") * 2 - 2 + c("jitter")).otherwise(c("lag") + c("jitter"))
    foreign = c("form") == "20-F"
    form = (
        pl.when(foreign).then(pl.lit("20-F"))
        .when(c("annual") & c("stub")).then(pl.lit("10-KT"))
        .when(c("annual")).then(pl.lit("10-K"))
        .otherwise(pl.lit("10-Q"))
    )  # fmt: skip
    frame = frame.with_columns(jitter).with_columns(
        filed=weekday_at_or_after(c("end") + pl.duration(days=days)), filing_form=form
    )
    # Odd sequence numbers are the regular filings; amendments take the even ones between them.
    number = (c("t") * 2 - 1).cast(pl.String).str.zfill(6)
    return frame.with_columns(
        accession=pl.concat_str(
            (c("issuer_id")).cast(pl.String).str.zfill(10),
            (c("filed").dt.year() % 100).cast(pl.String).str.zfill(2),
            number,
            separator="-",
        )
    )


def public(frame: pl.DataFrame, companies: pl.DataFrame, years: int, end: date) -> pl.DataFrame:
    """Return the rows that were filed: whole fiscal years back from ``end``, less what never came out.

    What never came out: quarters after a delisting, those a late filer owes, those before an IPO, and the
    interim quarters of annual filers.
    """
    import polars as pl

    c = pl.col
    end_month = end.year * 12 + end.month - 1
    first = end_month - years * 12 - FIRST_YEAR_SLACK_MONTHS
    frame = frame.join(
        companies.select("n", "silent_months", "gone_months", "history_quarters"),
        on="n",
        how="left",
        maintain_order="left",
    )
    frame = frame.filter(
        c("filed") <= end,
        c("year_start") >= pl.date(first // 12, first % 12 + 1, 1),
        (c("silent_months") == 0) | (c("month") <= end_month - c("silent_months")),
        (c("gone_months") == 0) | (c("month") <= end_month - c("gone_months") - 2),
        c("annual") | (c("form") != "20-F"),
    )
    newest = c("t").max().over("n")
    return frame.filter((c("history_quarters") == 0) | (c("t") > newest - c("history_quarters")))
