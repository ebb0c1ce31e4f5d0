"""Plants the traps that live in single filings: restatements, rounding, scale, ties, split comparatives."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from screener.demo.filings import COLUMNS, ex_date, per_share
from screener.demo.simulate import FLOWS
from screener.demo.traps import issuer_id

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

# What a sale booked too early inflates: revenue down to profit, and receivables up to equity.
OVERSTATED = (
    "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "GrossProfit", "OperatingIncomeLoss",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
    "ProfitLoss", "NetIncomeLoss",
    "IncreaseDecreaseInAccountsReceivable", "AccountsReceivableNetCurrent", "AssetsCurrent", "Assets",
    "StockholdersEquity",
    "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest", "RetainedEarningsAccumulatedDeficit",
    "LiabilitiesAndStockholdersEquity",
)  # fmt: skip
WEIGHTED = (
    "WeightedAverageNumberOfSharesOutstandingBasic",
    "WeightedAverageNumberOfDilutedSharesOutstanding",
    "WeightedAverageNumberOfShareOutstandingBasicAndDiluted",
)
PER_SHARE = ("EarningsPerShareBasic", "EarningsPerShareDiluted", "EarningsPerShareBasicAndDiluted")


def plant(facts: pl.DataFrame, rows: pl.DataFrame, end: date) -> pl.DataFrame:
    """Return ``facts`` with the traps of single filings planted; ``rows`` is the ledger that they were made from."""
    facts = _restate(facts, issuer_id("restatement"), years_ago=1, days=150)
    facts = _restate(facts, issuer_id("late-restatement"), years_ago=2, on=end - timedelta(days=30))
    facts = _restate(facts, issuer_id("same-day-amendment"), years_ago=0, days=0)
    facts = _round_later(facts, issuer_id("rounded-later"))
    facts = _scale_error(facts, issuer_id("scale-error"))
    return _split_comparatives(facts, rows, end)


def _restate(
    facts: pl.DataFrame, issuer: int, *, years_ago: int, days: int = 0, on: date | None = None
) -> pl.DataFrame:
    """Overstate a 10-K, and file what is true ``days`` later, or ``on`` a day, as 10-K/A.

    The quarters after it stand on the true figures, so the books go on without a break.
    """
    import polars as pl

    c = pl.col
    annual = facts.filter(c("issuer_id") == issuer, c("form") == "10-K")
    filings = annual.select("accession", "filed").unique().sort("filed", descending=True)
    accession, filed = filings.row(years_ago)
    amended = _weekday(on or filed + timedelta(days=days))
    true = annual.filter(c("accession") == accession)
    profit = true.filter(c("tag") == "NetIncomeLoss")["value"].item()
    # A third of the profit, in the thousands that the figures are rounded to.
    excess = round(abs(profit) * 0.35 / 100_000) * 100_000.0
    ratio = (profit + excess) / profit
    mine = c("accession") == accession
    facts = facts.with_columns(
        value=pl.when(mine & c("tag").is_in(OVERSTATED)).then(c("value") + excess)
        .when(mine & c("tag").is_in(PER_SHARE)).then((c("value") * ratio).round(2))
        .otherwise(c("value"))
    )  # fmt: skip
    amendment = true.filter(c("tag") != "EntityCommonStockSharesOutstanding").with_columns(
        filed=pl.lit(amended), form=pl.lit("10-K/A"), accession=pl.lit(_next_accession(accession, amended))
    )
    return pl.concat([facts, amendment.select(COLUMNS)])


def _weekday(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _next_accession(accession: str, filed: date) -> str:
    prefix, _, number = accession.split("-")
    return f"{prefix}-{filed:%y}-{int(number) + 1:06d}"


def _round_later(facts: pl.DataFrame, issuer: int) -> pl.DataFrame:
    """Let each 10-Q that follows a 10-K repeat its balances, rounded to two digits."""
    import polars as pl

    c = pl.col
    mine = facts.filter(c("issuer_id") == issuer)
    balances = mine.filter(c("form") == "10-K", c("start").is_null(), c("unit") == "USD", c("value") != 0)
    interim = mine.filter(c("form") == "10-Q").select("filed", "form", "accession").unique().sort("filed")
    grain = 10.0 ** (c("value").abs().log10().floor() - 1)
    copies = (
        balances.drop("form", "accession").sort("filed")
        .join_asof(interim.rename({"filed": "later"}), left_on="filed", right_on="later", strategy="forward")
        .filter(c("later").is_not_null())
        .with_columns(value=(c("value") / grain).round(0) * grain, filed=c("later"))
    )  # fmt: skip
    return pl.concat([facts, copies.select(COLUMNS)])


def _scale_error(facts: pl.DataFrame, issuer: int) -> pl.DataFrame:
    """Let the second newest 10-Q give its weighted shares in thousands."""
    import polars as pl

    c = pl.col
    mine = facts.filter(c("issuer_id") == issuer, c("form") == "10-Q")
    accession = mine["accession"].unique().sort(descending=True)[1]
    wrong = (c("accession") == accession) & c("tag").is_in(WEIGHTED)
    return facts.with_columns(value=pl.when(wrong).then(c("value") / 1000).otherwise(c("value")))


def _split_comparatives(facts: pl.DataFrame, rows: pl.DataFrame, end: date) -> pl.DataFrame:
    """Add to each filing of the first year after a split the prior-year share figures on the new basis."""
    import polars as pl

    c = pl.col
    rows = rows.filter(c("split_months") > 0).drop("form").rename({"filing_form": "form"})
    later = rows.filter(c("filed") >= ex_date(end)).select("n", "t", "form", "filed", "accession")
    earlier = rows.filter(c("filed") < ex_date(end)).drop("form", "filed", "accession").with_columns(t=c("t") + 4)
    pairs = earlier.join(later, on=["n", "t"], how="inner")
    to_date = pairs.drop(*FLOWS, "average", "start").rename(
        {f"ytd_{name}": name for name in (*FLOWS, "average")} | {"year_start": "start"}
    )
    quarter = pairs.filter(~c("annual"))
    longer = to_date.filter((c("place") > 1) | c("annual"))
    return pl.concat([facts, per_share(quarter, pl.lit(1.0)), per_share(longer, pl.lit(1.0))])
