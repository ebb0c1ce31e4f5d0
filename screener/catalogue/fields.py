"""What can be named besides line items and metrics: facts of the company, its listing and its price."""

from __future__ import annotations

from dataclasses import dataclass

from screener.catalogue import events
from screener.catalogue.market import VENDORS, market_cap, market_cap_diluted, security_type, size_band
from screener.catalogue.price_index import year_before
from screener.catalogue.sectors import MODEL_NAMES


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a company, listing or quote.

    kind: ``text``, ``bool``, ``number`` or ``date``. sql: the expression over the aliases ``c`` (companies),
    ``k`` (its newest classification), ``l`` (listings), ``p`` (the last price), ``f`` (the newest fundamentals), ``d`` (the as-of
    date) and those of engine/beside.py (``e``, ``i``, ``r``, ``j``, ``s``), whose steps are in the query only where they are
    named. market: needs prices. unknown: why it may be, for people. aliases: other names that people type.
    lasting: the same on every day, so that it may stand in history.
    """

    name: str
    label: str
    kind: str
    unit: str
    sql: str
    market: bool = False
    help: str = ""
    unknown: str = ""
    aliases: tuple[str, ...] = ()
    lasting: bool = False


# Why a field of the filing lists is unknown.
_NO_LIST = "no list of the issuer's filings reaches back over the months"

# A price older than this many days is no price (five sessions, with a holiday weekend).
PRICE_MAX_AGE_DAYS = 10
# Risk is measured at month ends.
RISK_MAX_AGE_DAYS = 45
DAYS_A_YEAR = 365.25


def _rounded(column: str) -> str:
    """Return SQL of the number that a FLOAT column was rounded to: 0.05 and not 0.0500000007."""
    return f"{column}::VARCHAR::DOUBLE"


def _rebound_start() -> str:
    """Return SQL of the day of December on which its last five weekdays begin, 25 December not counted.

    The weekday of 31 December decides: Monday to Thursday the 24th, Friday the 27th, Saturday the 26th, Sunday the 22nd.
    """
    return "[24, 24, 24, 24, 27, 26, 22][isodow(make_date(year(d.as_of), 12, 31))]"


FIELDS: tuple[Field, ...] = (
    Field("ticker", "Ticker", "text", "text", "l.ticker"),
    Field("name", "Name", "text", "text", "coalesce(c.name, l.ticker, 'issuer ' || c.issuer_id)"),
    Field("sector", "Sector", "text", "text", "coalesce(k.sector, c.sector)", help="GICS-like sector from the SIC code, or the vendor's"),
    Field("industry", "Industry group", "text", "text", "coalesce(k.industry, c.industry)"),
    Field("ff12", "Fama-French 12 industry", "text", "text", "coalesce(k.ff12, c.ff12)"),
    Field("ff49", "Fama-French 49 industry", "text", "text", "coalesce(k.ff49, c.ff49)"),
    Field("sic2", "SIC major group", "text", "text", "lpad((coalesce(k.sic, c.sic) // 100)::VARCHAR, 2, '0')", help="first two digits of the SIC code"),
    Field("model", "Reporting model", "text", "text", "coalesce(f.model, k.model, c.model)", help=f"{', '.join(MODEL_NAMES[:-1])} or {MODEL_NAMES[-1]}, by what the last five filings show"),
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
    Field("has_goodwill_lines", "Source tells goodwill", "bool", "bool", f"c.source NOT IN ({', '.join(repr(name) for name in VENDORS)})", help="whether goodwill and intangibles that are not there are none: no for a vendor whose tables have no such columns", lasting=True),
    Field("dq_score", "Data quality", "number", "ratio", "f.dq_score", help="share of the accounting identities that could be tested on the newest period and hold; below 80% the numbers do not fit together"),
    Field("gnp_price_index", "Price index of national output, 1968 = 100", "number", "number", year_before("f.period_end"), help="of the year before the newest period; deflates the assets of Ohlson's score"),
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
    Field("avg_dollar_volume_3m", "Dollar volume a day, 3 months", "number", "usd", _rounded("p.dollar_volume_3m"), market=True),
    Field("price_change_1m", "Return, 1 month", "number", "ratio", "p.adj_close / p.adj_close_1m - 1", market=True, aliases=("ret_1m",)),
    Field("price_change_3m", "Return, 3 months", "number", "ratio", "p.adj_close / p.adj_close_3m - 1", market=True, aliases=("ret_3m",)),
    Field("price_change_6m", "Return, 6 months", "number", "ratio", "p.adj_close / p.adj_close_6m - 1", market=True, aliases=("ret_6m",)),
    Field("price_change_12m", "Return, 12 months", "number", "ratio", "p.adj_close / p.adj_close_12m - 1", market=True, aliases=("ret_12m",)),
    Field("price_change_24m", "Return, 24 months", "number", "ratio", "p.adj_close / p.adj_close_24m - 1", market=True, aliases=("ret_24m",)),
    Field("momentum_12_1", "Return, 12 months to 1 month ago", "number", "ratio", "p.adj_close_1m / p.adj_close_12m - 1", market=True, help="Jegadeesh-Titman 1993", aliases=("mom_12_1",)),
    Field("high_52w_ratio", "Price to its 52-week high", "number", "ratio", "p.adj_close / p.adj_high_52w", market=True, help="George-Hwang 2004"),
    Field("drawdown_52w", "Below its 52-week high", "number", "ratio", "p.adj_close / p.adj_high_52w - 1", market=True),
    Field("red_flag_filings", "Red-flag filings, 24 months", "number", "count", events.count_sql("e.red_flags", events.RED_FLAG_MONTHS), help="8-Ks on a change of auditor (4.01) or on statements not to be relied on (4.02), NT 10-K, NT 10-Q, and amended annual reports with statements; unknown where the list of filings does not reach back", unknown=_NO_LIST),
    Field("activist_13d", "New 13D holder, 12 months", "bool", "bool", events.seen_sql("e.activist"), help="a Schedule 13D by a new holder, amendments left out; Brav-Jiang-Partnoy-Thomas 2008", unknown=_NO_LIST),
    Field("takeover_bid", "Takeover bid, 12 months", "bool", "bool", events.seen_sql("e.bid"), help="a third party's tender offer, or a proxy or information statement on a merger", unknown=_NO_LIST),
    Field("rights_modified_12m", "Holders' rights changed, 12 months", "bool", "bool", events.seen_sql("e.rights"), help="8-K item 3.03: poison pills are announced so, but also other changes of rights", unknown=_NO_LIST),
    Field("deals_in_industry_12m", "Deals in the industry, 12 months", "number", "count", "CASE WHEN i.covered > 0 THEN CAST(i.deals AS DOUBLE) END", help="acquisitions and disposals completed, and bids, of the other issuers with the same SIC code; of those whose list of filings reaches back; Mitchell-Mulherin 1996", unknown="no list of the filings of another issuer of the industry reaches back over the months"),
    Field("restated_2y", "Restated, 8 quarters", "bool", "bool", f"CASE WHEN c.source NOT IN ({', '.join(repr(name) for name in VENDORS)}) THEN r.restated END", help="revenue, net income or assets of one of the last eight quarters were restated by more than 0.5 %; the adoption of a new standard shows, too; unknown for a vendor's values"),
    Field("dual_class", "Several share classes listed", "bool", "bool", "CASE WHEN j.trading > 1 THEN true WHEN j.trading + j.unpriced <= 1 THEN false END", help="more than one common line of the issuer trades; unknown where lines without prices decide", unknown="lines of the issuer have no prices"),
    Field("ytd_return", "Return since the end of last year", "number", "ratio", "p.adj_close / p.adj_close_y1 - 1", market=True),
    Field("prev_calendar_year_return", "Return of the calendar year before", "number", "ratio", "p.adj_close_y1 / p.adj_close_y2 - 1", market=True),
    Field("potential_tax_loss", "Below the high of the calendar year", "number", "ratio", "p.adj_close / p.adj_high_ytd - 1", market=True, help="Reinganum 1983, Roll 1983; of use from October to December"),
    Field("tls_volume", "Dollar volume of 21 sessions to its usual", "number", "multiple", _rounded("p.tls_volume"), market=True, help="mean of 21 sessions over the median of the 126 before"),
    Field("vol_252", "Volatility, 12 months", "number", "ratio", _rounded("s.vol_252"), market=True, help="annualised, of daily returns to the last month end; weekly ones where the prices are weekly"),
    Field("beta_252", "Beta, 12 months", "number", "number", _rounded("s.beta_252"), market=True, help="to the market of the data set, with one lag (Dimson 1979), to the last month end"),
    Field("idio_vol", "Volatility apart from the market's, 12 months", "number", "ratio", _rounded("s.idio_vol"), market=True, help="annualised deviation of the residuals of beta_252; Ang-Hodrick-Xing-Zhang 2006"),
    Field("max_ret_21", "Largest return of a day, 21 sessions", "number", "ratio", _rounded("s.max_ret_21"), market=True, help="to the last month end; Bali-Cakici-Whitelaw 2011"),
    Field("amihud_252", "Illiquidity, 12 months", "number", "number", _rounded("s.amihud_252"), market=True, help="return of a day for a million dollars traded, to the last month end; Amihud 2002"),
    Field("adv_usd_63d", "Dollar volume a day, median of 63 sessions", "number", "usd", _rounded("s.adv_usd_63d"), market=True, help="to the last month end"),
    Field("listed_since", "First day with a price", "date", "date", "CASE WHEN l.first_date <= d.as_of THEN l.first_date END", market=True, help="the price file may begin later than the listing"),
    Field("years_listed", "Years with prices", "number", "years", f"CASE WHEN l.first_date <= d.as_of THEN (d.as_of - l.first_date) / {DAYS_A_YEAR} END", market=True),
    Field("as_of_month", "Month of the as-of date", "number", "count", "month(d.as_of)", help="1 to 12"),
    Field("rebound_window", "In the turn-of-the-year window", "bool", "bool", f"month(d.as_of) = 1 OR month(d.as_of) = 12 AND day(d.as_of) >= {_rebound_start()}", help="from the fifth last weekday of December, the 25th not counted, to 31 January; Keim 1983"),
)

# Direction of the fields that a rank may use without being told (all others must say it).
DIRECTIONS: dict[str, str] = {
    "market_cap": "lower", "market_cap_diluted": "lower", "price_change_1m": "lower", "price_change_3m": "higher", "price_change_6m": "higher",
    "price_change_12m": "higher", "price_change_24m": "higher", "momentum_12_1": "higher", "high_52w_ratio": "higher",
    "avg_dollar_volume_3m": "higher", "dq_score": "higher",
    "red_flag_filings": "lower", "deals_in_industry_12m": "higher",
    "vol_252": "lower", "beta_252": "lower", "idio_vol": "lower", "max_ret_21": "lower", "potential_tax_loss": "lower",
}

# Fields that are columns of the newest fundamentals under their own names.
OF_THE_ROW = ("model", "debt_evidence", "interest_evidence", "cash_evidence", "dq_score")

BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
ALIASES: dict[str, str] = {alias: field.name for field in FIELDS for alias in field.aliases}
