"""Market value: how many shares a price stands for, when a market value can't be right, and why it is refused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClassRatio:
    """A line whose share is a fraction of the share that its issuer's filings count.

    per_count: shares of the line for one counted share (1,500 BRK-B for one class A equivalent). The count is in
    counted shares up to ``most``; above it the filer counts shares of the line itself.
    """

    cik: int
    ticker: str
    per_count: float
    most: float
    source: str


CLASS_RATIOS: tuple[ClassRatio, ...] = (
    ClassRatio(1067983, "BRK-B", 1500, 1e7, "certificate of incorporation: one class A share converts into 1,500"),
)

# No listed company was ever worth this much: above it the share count or the price is on another basis.
MARKET_CAP_LIMIT = 1e13
# Nor does a quarter of a company change hands on an average day of three months.
DAILY_TURNOVER_LIMIT = 0.25
# A vendor's counts are restated for splits after the last price: a reverse split to come leaves a sliver of the true
# count. Its marks are a turnover that is rare, or a market value that is a tenth of the book value.
VENDOR_TURNOVER_LIMIT = 0.10
VENDOR_BOOK_FLOOR = 0.10
VENDORS = ("simfin",)
RAW = "value@"
COLUMN = f'"{RAW}"'
# A diluted count further off than this is another thing than the same company's shares.
DILUTED_RANGE = (1 / 3, 3)


# Market capitalization in US dollars below which a company is of that size.
SIZES: tuple[tuple[str, float], ...] = (("micro", 300e6), ("small", 2e9), ("mid", 10e9), ("large", float("inf")))


# A line that was one of receipts while its issuer filed 20-Fs: no longer, or not yet, where the newest filing is a
# domestic one. What is filed later has no part in it.
RECEIPT = "coalesce(l.security_type = 'adr' AND NOT coalesce(f.form LIKE '10-%', false), false)"


def security_type() -> str:
    """Return SQL of the type of the line, as the filings of the day tell it."""
    return f"CASE WHEN l.security_type = 'adr' AND NOT {RECEIPT} THEN 'common' ELSE l.security_type END"


def per_count() -> str:
    """Return SQL over ``c``, ``l``, ``f``: shares of the line for one share of the filings' count."""
    cases = " ".join(
        f"WHEN c.cik = {row.cik} AND l.ticker = '{row.ticker}' AND f.shares_outstanding <= {row.most!r} "
        f"THEN {row.per_count!r}"
        for row in CLASS_RATIOS
    )
    return f"CASE {cases} ELSE 1.0 END"


def raw_value() -> tuple[str, str]:
    """Return the column, and its SQL over ``c``, ``l``, ``p``, ``f``, of price times shares before any doubt.

    The fields below refer to it by name: it stands before them in one SELECT. No name of a screen has an @.
    """
    return RAW, f"p.close * f.shares_outstanding * f.share_basis * {per_count()}"


def plausible() -> str:
    """Return the SQL test of a market value that can be right: 1 to 10^13, in proportion to trade and book value."""
    vendor = ", ".join(f"'{name}'" for name in VENDORS)
    return (
        f"{COLUMN} BETWEEN 1 AND {MARKET_CAP_LIMIT:.0f}"
        " AND NOT coalesce(contains(f.flags, 'basis_doubtful'), false)"
        f" AND coalesce(p.dollar_volume_3m <= CASE WHEN c.source IN ({vendor}) THEN {VENDOR_TURNOVER_LIMIT}"
        f" ELSE {DAILY_TURNOVER_LIMIT} END * {COLUMN}, true)"
        f" AND NOT coalesce(c.source IN ({vendor}) AND {COLUMN} < {VENDOR_BOOK_FLOOR} * f.equity, false)"
    )


def market_cap() -> str:
    """Return SQL of the market value in dollars; NULL where it is refused.

    Filings count ordinary shares; how many of them a depositary receipt stands for is unknown.
    """
    return f"CASE WHEN NOT {RECEIPT} AND {plausible()} THEN {COLUMN} END"


def market_cap_diluted() -> str:
    """Return SQL of the market value with the larger of shares outstanding and diluted shares of the last quarter."""
    low, high = DILUTED_RANGE
    more = "f.shares_diluted_q / nullif(f.shares_outstanding, 0)"
    factor = f"CASE WHEN {more} BETWEEN {low:.6f} AND {high} THEN greatest({more}, 1) ELSE 1 END"
    return f"CASE WHEN NOT {RECEIPT} AND {plausible()} THEN {COLUMN} * {factor} END"


# Stored columns of the newest quarter that the market value reads.
NEEDED = ("form", "share_basis", "shares_outstanding", "shares_diluted_q", "equity", "flags")


def size_band() -> str:
    """Return SQL of the name of the size in :data:`SIZES`; NULL where the market value is unknown."""
    cases = " ".join(f"WHEN {market_cap()} < {limit!r} THEN '{name}'" for name, limit in SIZES[:-1])
    return f"CASE {cases} WHEN {market_cap()} IS NOT NULL THEN '{SIZES[-1][0]}' END"
