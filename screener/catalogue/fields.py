"""What can be named besides line items and metrics: facts of the company, its listing and its price."""

from __future__ import annotations

from dataclasses import dataclass

from screener.catalogue.market import market_cap, market_cap_diluted, security_type, size_band


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a company, listing or quote.

    kind: ``text``, ``bool``, ``number`` or ``date``. sql: the expression over the aliases ``c`` (companies),
    ``k`` (its newest classification), ``l`` (listings), ``p`` (the last price), ``f`` (the newest fundamentals). market: needs prices.
    """

    name: str
    label: str
    kind: str
    unit: str
    sql: str
    market: bool = False
    help: str = ""


# A price older than this many days is no price (five sessions, with a holiday weekend).
PRICE_MAX_AGE_DAYS = 10

FIELDS: tuple[Field, ...] = (
    Field("ticker", "Ticker", "text", "text", "l.ticker"),
    Field("name", "Name", "text", "text", "coalesce(c.name, l.ticker, 'issuer ' || c.issuer_id)"),
    Field("sector", "Sector", "text", "text", "coalesce(k.sector, c.sector)", help="GICS-like sector from the SIC code, or the vendor's"),
    Field("industry", "Industry group", "text", "text", "coalesce(k.industry, c.industry)"),
    Field("ff12", "Fama-French 12 industry", "text", "text", "coalesce(k.ff12, c.ff12)"),
    Field("ff49", "Fama-French 49 industry", "text", "text", "coalesce(k.ff49, c.ff49)"),
    Field("sic2", "SIC major group", "text", "text", "lpad((coalesce(k.sic, c.sic) // 100)::VARCHAR, 2, '0')", help="first two digits of the SIC code"),
    Field("model", "Reporting model", "text", "text", "coalesce(f.model, k.model, c.model)", help="standard, bank, insurer, broker, reit, utility, pre_revenue, ifrs, fund or shell, by what the last five filings show"),
    Field("exchange", "Exchange", "text", "text", "l.exchange"),
    Field("country", "Country", "text", "text", "c.country"),
    Field("security_type", "Security type", "text", "text", security_type()),
    Field("is_shell", "Shell company", "bool", "bool", "coalesce(k.is_shell, c.is_shell)"),
    Field("period_end", "Newest period", "date", "date", "f.period_end"),
    Field("known_from", "Public since", "date", "date", "f.known_from"),
    Field("data_flags", "Data flags", "text", "text", "f.flags", help="codes of docs/data.md, separated by spaces"),
    Field("debt_evidence", "Evidence of debt", "text", "text", "f.debt_evidence", help="reported, reported_zero, inferred_zero or unknown"),
    Field("interest_evidence", "Evidence of interest", "text", "text", "f.interest_evidence", help="reported, reported_zero, inferred_zero, net, accrual_proxy (interest paid stands for it) or unknown"),
    Field("cash_evidence", "Evidence of cash", "text", "text", "f.cash_evidence", help="reported, reported_zero, inferred_zero or unknown"),
    Field("dq_score", "Data quality", "number", "ratio", "f.dq_score", help="share of the accounting identities that could be tested on the newest period and hold; below 80% the numbers do not fit together"),
    Field("price", "Price", "number", "usd_per_share", "p.close * p.split_factor", market=True),
    Field("price_date", "Price date", "date", "date", "p.date", market=True),
    Field(
        "market_cap", "Market capitalization", "number", "usd", market_cap(), market=True,
        help="last price times shares outstanding on one split basis; refused where that can't be right",
    ),
    Field(
        "market_cap_diluted", "Market capitalization, diluted", "number", "usd", market_cap_diluted(), market=True,
        help="the same with diluted shares of the last quarter, where they are more",
    ),
    Field("size_band", "Size", "text", "text", size_band(), market=True, help="micro (under 300M), small (under 2B), mid (under 10B) or large, by market_cap"),
    Field("avg_dollar_volume_3m", "Dollar volume a day, 3 months", "number", "usd", "p.dollar_volume_3m", market=True),
    Field("price_change_1m", "Return, 1 month", "number", "ratio", "p.adj_close / p.adj_close_1m - 1", market=True),
    Field("price_change_3m", "Return, 3 months", "number", "ratio", "p.adj_close / p.adj_close_3m - 1", market=True),
    Field("price_change_6m", "Return, 6 months", "number", "ratio", "p.adj_close / p.adj_close_6m - 1", market=True),
    Field("price_change_12m", "Return, 12 months", "number", "ratio", "p.adj_close / p.adj_close_12m - 1", market=True),
    Field("momentum_12_1", "Return, 12 months to 1 month ago", "number", "ratio", "p.adj_close_1m / p.adj_close_12m - 1", market=True, help="Jegadeesh-Titman 1993"),
    Field("high_52w_ratio", "Price to its 52-week high", "number", "ratio", "p.adj_close / p.adj_high_52w", market=True, help="George-Hwang 2004"),
    Field("drawdown_52w", "Below its 52-week high", "number", "ratio", "p.adj_close / p.adj_high_52w - 1", market=True),
)

# Direction of the fields that a rank may use without being told (all others must say it).
DIRECTIONS: dict[str, str] = {
    "market_cap": "lower", "market_cap_diluted": "lower", "price_change_1m": "lower", "price_change_3m": "higher", "price_change_6m": "higher",
    "price_change_12m": "higher", "momentum_12_1": "higher", "high_52w_ratio": "higher",
    "avg_dollar_volume_3m": "higher", "dq_score": "higher",
}

# Fields that are columns of the newest fundamentals under their own names.
OF_THE_ROW = ("model", "debt_evidence", "interest_evidence", "cash_evidence", "dq_score")

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
