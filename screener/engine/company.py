"""One company: finding it by ticker or CIK, and its statement items by period as they were known on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from screener.catalogue import fields, items, metrics
from screener.engine.columns import Columns
from screener.engine.compile import Moment, identifier
from screener.engine.result import Value
from screener.errors import ScreenError

if TYPE_CHECKING:
    import duckdb

PERIODS = ("ttm", "quarter", "annual")
DEFAULT_ITEMS = (
    "revenue", "gross_profit", "operating_income", "net_income", "eps_diluted", "cfo", "capex",
    "cash", "total_assets", "total_debt", "equity", "shares_diluted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """An issuer and the listing by which it was found."""

    issuer_id: int
    cik: int | None
    ticker: str
    name: str
    sector: str
    model: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Items of one company: ``rows`` are ``(ticker, period_end, known_from, item..., flags)``, oldest first."""

    company: Company
    period: str
    headers: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def find_company(con: duckdb.DuckDBPyConnection, text: str, as_of: date | None = None) -> Company:
    """Return the company with that ticker or CIK; ``ScreenError`` with near tickers when there is none.

    Its sector and reporting model are those known on ``as_of`` (default: the newest).
    """
    wanted = text.strip().upper().replace(".", "-")
    found = con.execute(
        "SELECT c.issuer_id, c.cik, l.ticker, c.name, coalesce(k.sector, c.sector), coalesce(k.model, c.model) "
        "FROM (SELECT *, ?::DATE AS as_of FROM companies) AS c "
        "ASOF LEFT JOIN classifications AS k ON k.issuer_id = c.issuer_id AND k.known_from <= c.as_of "
        "LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id "
        "WHERE l.ticker = ? OR CAST(c.cik AS VARCHAR) = ? "
        "ORDER BY l.is_primary DESC NULLS LAST, l.last_date DESC NULLS FIRST, l.listing_id LIMIT 1",
        [as_of or date.max, wanted, wanted.removeprefix("CIK").lstrip("0") or "0"],
    ).fetchone()
    if found is None:
        tickers = [row[0] for row in con.execute("SELECT ticker FROM listings ORDER BY ticker").fetchall()]
        near = get_close_matches(wanted, tickers, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "give a ticker or a CIK that the data set has"
        raise ScreenError(f"no company with ticker {text!r} in this data set", hint=hint)
    issuer, cik, ticker, name, sector, model = found
    return Company(issuer, cik, ticker or text, name, sector, model)


def statement(
    con: duckdb.DuckDBPyConnection, company: Company, as_of: date, period: str, names: Sequence[str]
) -> Statement:
    """Return the values of line items (or formulas over them) by period, each in the version known on ``as_of``.

    ``period``: ``quarter`` (discrete quarters), ``ttm`` (trailing twelve months at every quarter end) or
    ``annual`` (fiscal years). Full units, unrounded; missing values are ``None``.
    """
    columns = Columns({})
    at = Moment(quarter=period == "quarter")
    keys = [_column(columns, name, at) for name in names]
    source = "fundamentals"
    wanted = ", ".join(["period_end", "known_from", *keys, "flags"])
    for level in columns.levels:
        derived = ", ".join(f"{sql} AS {identifier(key)}" for key, sql in level.items())
        source = f"(SELECT *, {derived} FROM {source})"
    if columns.fields:
        source = source.replace("fundamentals", "(SELECT * REPLACE (coalesce(model, ?) AS model) FROM fundamentals)", 1)
    year_end = " AND fiscal_quarter = 4" if period == "annual" else ""
    bound: list[object] = [company.model] if columns.fields else []
    found = con.execute(
        f"SELECT {wanted} FROM {source} WHERE issuer_id = ? AND known_from <= ? AND known_until > ?{year_end} "
        "ORDER BY period_end",
        [*bound, company.issuer_id, as_of, as_of],
    ).fetchall()
    rows = tuple((company.ticker, *row) for row in found if any(value is not None for value in row[2:-1]))
    units = ("text", "date", "date", *(_unit(name) for name in names), "text")
    return Statement(company, period, ("ticker", "period_end", "known_from", *names, "flags"), units, rows)


def _column(columns: Columns, name: str, at: Moment) -> str:
    canonical = metrics.ALIASES.get(name) or fields.ALIASES.get(name, name)
    if canonical in items.BY_NAME or canonical in metrics.BY_NAME:
        key = columns.column(canonical, at)
        if not columns.history and set(columns.fields) <= {"model"}:
            return key
        raise ScreenError(
            f"{name} needs prices or earlier periods; show prints line items and metrics made of line items alone",
            hint=f"`screener explain SCREEN TICKER` shows {name} with all its parts",
        )
    if canonical in fields.BY_NAME:
        raise ScreenError(f"{name} is not a statement item")
    near = get_close_matches(name, [*items.BY_NAME, *metrics.BY_NAME], n=1)
    raise ScreenError(f"unknown item {name!r}", hint=f"did you mean {near[0]!r}?" if near else "see `screener metrics`")


def _unit(name: str) -> str:
    canonical = metrics.ALIASES.get(name) or fields.ALIASES.get(name, name)
    return items.BY_NAME[canonical].unit if canonical in items.BY_NAME else metrics.BY_NAME[canonical].unit
