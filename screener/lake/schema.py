"""The tables of a data set, as rows of (column, DuckDB type, meaning); the single source for writers and readers."""

from __future__ import annotations

from screener.catalogue.items import ITEMS

SCHEMA_VERSION = 3

Columns = tuple[tuple[str, str, str], ...]

COMPANIES: Columns = (
    ("issuer_id", "BIGINT", "SEC CIK where there is one; a stable hash of the vendor's id elsewhere"),
    ("cik", "BIGINT", "SEC CIK, NULL where unknown"),
    ("name", "VARCHAR", "name of the issuer, cleaned"),
    ("sic", "INTEGER", "SEC industry code, NULL where unknown"),
    ("sector", "VARCHAR", "sector of the SIC table or of the vendor; 'Unclassified' where neither knows"),
    ("industry", "VARCHAR", "industry group below the sector"),
    ("ff12", "VARCHAR", "Fama-French 12 industry code"),
    ("ff49", "VARCHAR", "Fama-French 49 industry code"),
    (
        "model",
        "VARCHAR",
        "reporting model by the industry alone: standard, bank, insurer, broker, reit, utility, fund, shell",
    ),
    ("country", "VARCHAR", "ISO country or US state of incorporation as the source gives it"),
    ("fiscal_year_end", "VARCHAR", "MMDD, as the source gives it"),
    ("is_shell", "BOOLEAN", "blank cheque or shell company by SIC"),
    ("source", "VARCHAR", "sec, fsds, simfin, vendor or demo"),
    (
        "filings_since",
        "DATE",
        "day from which the list of its filings lacks none (1993-01-01: it is whole); NULL where there is no list",
    ),
)

LISTINGS: Columns = (
    ("listing_id", "INTEGER", "dense number of the listing, the key of prices"),
    ("issuer_id", "BIGINT", "the issuer"),
    ("ticker", "VARCHAR", "ticker as traded, class after a dash (BRK-B)"),
    ("exchange", "VARCHAR", "NYSE, NASDAQ, NYSE American, OTC, ... ; NULL where unknown"),
    ("security_type", "VARCHAR", "common, adr, preferred, warrant, unit, right, other"),
    ("is_primary", "BOOLEAN", "the one common line that stands for the issuer"),
    ("first_date", "DATE", "first day with a price, NULL without prices"),
    ("last_date", "DATE", "last day with a price, or with the ticker where another issuer has it now; else NULL"),
)

FACTS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    (
        "tag",
        "VARCHAR",
        "source tag; 'ifrs:X' and 'simfin:X' carry their taxonomy, us-gaap and dei stand bare; of a mapped table "
        "'vendor:ITEM=COLUMN in FILE'",
    ),
    ("unit", "VARCHAR", "USD, shares, USD/shares, or another currency"),
    ("start", "DATE", "first day of a duration; NULL for an instant"),
    ("end", "DATE", "last day of a duration, or the instant"),
    ("value", "DOUBLE", "as filed, full units, XBRL sign"),
    ("filed", "DATE", "the day on which it became public"),
    ("form", "VARCHAR", "10-K, 10-Q, 10-K/A, ...; 'simfin' or 'vendor' for vendors' rows"),
    ("accession", "VARCHAR", "accession number of the filing, NULL for vendor rows"),
    (
        "statement",
        "VARCHAR",
        "statement of that filing on whose face the tag is: BS, IS, CI, CF, EQ, UN, CP; '' on none; NULL where unknown",
    ),
)

CLASSIFICATIONS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("known_from", "DATE", "day of the first filing under this code; it holds until the issuer's next row"),
    ("sic", "INTEGER", "SEC industry code as of that filing"),
    ("sector", "VARCHAR", "sector of the SIC table"),
    ("industry", "VARCHAR", "industry group below the sector"),
    ("ff12", "VARCHAR", "Fama-French 12 industry code"),
    ("ff49", "VARCHAR", "Fama-French 49 industry code"),
    ("model", "VARCHAR", "reporting model of the SIC code"),
    ("is_shell", "BOOLEAN", "blank cheque or shell company by SIC"),
)

EVENTS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("filed", "DATE", "the day on which the filing became public"),
    ("kind", "VARCHAR", "what it tells: a row of the table of events above"),
    ("accession", "VARCHAR", "accession number of the filing"),
)

PRICES: Columns = (
    ("listing_id", "INTEGER", "the listing"),
    ("date", "DATE", "the day"),
    ("close", "DOUBLE", "close, adjusted for splits to the basis of the file's last day"),
    ("adj_close", "DOUBLE", "close adjusted for splits and dividends"),
    ("volume", "DOUBLE", "shares traded on the same split basis as close"),
    (
        "split_factor",
        "DOUBLE",
        "close * split_factor = the price on the share basis of that day; 1 after the last split",
    ),
    ("dollar_volume_3m", "FLOAT", "mean of close * volume over the three months to the day, three significant digits"),
    (
        "adj_close_1m",
        "DOUBLE",
        "last adj_close at or before the day minus 1 month (at most 10 days before that), else NULL",
    ),
    ("adj_close_3m", "DOUBLE", "same, 3 months"),
    ("adj_close_6m", "DOUBLE", "same, 6 months"),
    ("adj_close_12m", "DOUBLE", "same, 12 months"),
    ("adj_close_24m", "DOUBLE", "same, 24 months"),
    ("adj_high_52w", "DOUBLE", "highest adj_close of the 365 days to the day, NULL with under 300 days of history"),
    ("adj_high_ytd", "DOUBLE", "highest adj_close of the calendar year to the day"),
    ("adj_close_y1", "DOUBLE", "last adj_close of the calendar year before, NULL without one in its last 10 days"),
    ("adj_close_y2", "DOUBLE", "same, of the year before that"),
    (
        "tls_volume",
        "FLOAT",
        "mean of close * volume of the last 21 sessions over its median in the 126 before; NULL with under 60 of those",
    ),
)

RISK: Columns = (
    ("listing_id", "INTEGER", "the listing"),
    (
        "date",
        "DATE",
        "day from which the row counts: the last weekday of its month, or the next session where that was a holiday",
    ),
    ("vol_252", "FLOAT", "annualised standard deviation of the returns of the 365 days to its last session"),
    ("beta_252", "FLOAT", "slope on the market's return of the same and of the day before, summed (Dimson)"),
    ("idio_vol", "FLOAT", "annualised standard deviation of what that regression leaves"),
    ("max_ret_21", "FLOAT", "largest return of a day in the last 21 sessions"),
    ("amihud_252", "FLOAT", "mean of abs(return) / (close * volume) over the 365 days, times 1,000,000"),
    ("adv_usd_63d", "FLOAT", "median of close * volume over the last 63 sessions"),
)

FUNDAMENTALS_KEYS: Columns = (
    ("issuer_id", "BIGINT", "the issuer"),
    ("period_end", "DATE", "last day of the fiscal quarter"),
    (
        "quarter_index",
        "INTEGER",
        "number of the fiscal quarter on the issuer's own calendar: lag k quarters = index - k",
    ),
    ("fiscal_year", "INTEGER", "year of (fiscal year end - 15 days)"),
    ("fiscal_quarter", "INTEGER", "1 to 4; 4 at the fiscal year end"),
    ("known_from", "DATE", "first day on which this version of the row was public"),
    ("known_until", "DATE", "first day on which it no longer was the newest version (9999-12-31 while it is)"),
    (
        "latest_until",
        "DATE",
        "first day on which it no longer was the issuer's newest period, or no longer the newest version",
    ),
    ("stale_from", "DATE", "first day on which the row is too old to be used"),
    ("form", "VARCHAR", "form of the filing that made this version"),
    ("accession", "VARCHAR", "accession of that filing, NULL for vendor rows"),
    ("currency", "VARCHAR", "currency of the money items"),
    (
        "share_basis",
        "DOUBLE",
        "multiply share counts by it (divide per-share values) to reach the split basis of prices.close",
    ),
    ("debt_evidence", "VARCHAR", "reported, reported_zero, inferred_zero or unknown"),
    ("interest_evidence", "VARCHAR", "the same; also net (of interest income) and accrual_proxy (interest paid)"),
    ("cash_evidence", "VARCHAR", "reported, reported_zero, inferred_zero or unknown"),
    ("model", "VARCHAR", "reporting model by the tags of the last five filings, as of this version"),
    ("flags", "VARCHAR", "space-separated flag codes of this version, '' when there are none"),
    ("holds", "VARCHAR", "space-separated ids of the accounting identities that hold, in the order of their table"),
    ("fails", "VARCHAR", "same, of those that fail; an identity in neither can't be tested or does not apply"),
    ("gaps", "VARCHAR", "how far each identity of fails is off, in units of its tolerance, in the same order"),
    ("dq_score", "DOUBLE", "share of the tested identities that hold, 0 to 1; NULL when none could be tested"),
)

FAR_DATE = "9999-12-31"


def item_columns() -> Columns:
    """Return the item columns of ``fundamentals``.

    Instants have one column ``<item>``. Flows, per-share items and average share counts have two:
    ``<item>`` (trailing twelve months; per-share and average items: the twelve-month figure) and
    ``<item>_q`` (the discrete quarter).
    """
    found: list[tuple[str, str, str]] = []
    for item in ITEMS:
        found.append((item.name, "DOUBLE", item.label))
        if item.kind != "instant":
            found.append((f"{item.name}_q", "DOUBLE", f"{item.label}, discrete quarter"))
    return tuple(found)


def fundamentals() -> Columns:
    """Return all columns of ``fundamentals``: keys, then items."""
    return FUNDAMENTALS_KEYS + item_columns()


TABLE_NAMES = ("companies", "classifications", "listings", "facts", "fundamentals", "prices", "risk", "events")


def columns_of(table: str) -> Columns:
    """Return the columns of ``table``; ``KeyError`` for a table that a data set does not have."""
    if table == "fundamentals":
        return fundamentals()
    return {
        "companies": COMPANIES,
        "classifications": CLASSIFICATIONS,
        "listings": LISTINGS,
        "facts": FACTS,
        "prices": PRICES,
        "events": EVENTS,
        "risk": RISK,
    }[table]
