"""How each provider is asked for the days of a ticker: Tiingo, EODHD, and Yahoo through the package yfinance."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote as escaped
from urllib.parse import urlencode

from screener.errors import DataError, ScreenerError
from screener.sync.client import Client, CutError, RefusedError
from screener.sync.pace import BACK_OFF
from screener.sync.quotes import Answer, Quote, adjusted, day_of, in_order, number, quote

# Where the providers are; tests put another place in front.
TIINGO_VARIABLE, EODHD_VARIABLE = "SCREENER_TIINGO_SITE", "SCREENER_EODHD_SITE"
TIINGO, EODHD = "https://api.tiingo.com", "https://eodhd.com"

# Sixty years of days take less than half of it.
MOST_BYTES = 8_000_000
# Times that an answer may break off.
BREAKS = 3
FIRST_DAY = date(1960, 1, 1)
# Providers that give a sentence in place of prices, with or without a status that says so.
LIMIT_WORDS = ("exceeded the daily hits limit", "request allocation", "exceeded your daily", "daily api requests limit")
TOO_MANY = 429


class UnreadableError(Exception):
    """An answer that is not what the provider gives for a ticker: a web page, half a file, too much of anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a provider: a ticker as we write it, and the days; ``None`` for all that there are."""

    ticker: str
    since: date | None
    until: date


# Returns ``None`` for a ticker that the provider does not know.
Ask = Callable[[Client, str, Asked], Answer | None]


def ask_tiingo(client: Client, key: str, asked: Asked) -> Answer | None:
    """Ask Tiingo's end-of-day endpoint (api.tiingo.com/documentation/end-of-day): raw closes, splits, adjClose."""
    site = os.environ.get(TIINGO_VARIABLE, TIINGO).rstrip("/")
    days = {"startDate": (asked.since or FIRST_DAY).isoformat(), "endDate": asked.until.isoformat(), "format": "json"}
    url = f"{site}/tiingo/daily/{escaped(asked.ticker, safe='')}/prices?{urlencode(days)}"
    rows = _rows(client, url, {"Authorization": f"Token {key}"})
    if rows is None:
        return None
    quotes, unusable = _quotes(rows, ("date", "close", "adjClose", "volume"), asked.until)
    said = ((day_of(row.get("date")), number(row.get("splitFactor"))) for row in rows)
    splits = tuple((day, ratio) for day, ratio in said if day is not None and ratio and ratio > 0 and ratio != 1)
    return Answer(adjusted(quotes, splits, volume=True), splits, unusable)


def ask_eodhd(client: Client, key: str, asked: Asked) -> Answer | None:
    """Ask EODHD (eodhd.com/financial-apis): raw closes, adjusted_close, volume on the split basis; splits apart."""
    symbol = escaped(f"{asked.ticker}.US", safe="")
    since = asked.since or FIRST_DAY
    days = {"from": since.isoformat(), "to": asked.until.isoformat(), "fmt": "json"}
    rows = _rows(client, _eodhd(f"eod/{symbol}", {**days, "period": "d", "order": "a"}, key))
    if rows is None:
        return None
    quotes, unusable = _quotes(rows, ("date", "close", "adjusted_close", "volume"), asked.until)
    if not quotes:
        return Answer((), (), unusable)
    splits = tuple(_eodhd_splits(_rows(client, _eodhd(f"splits/{symbol}", days, key)) or []))
    return Answer(adjusted(quotes, splits, volume=False), splits, unusable)


def _eodhd(path: str, given: dict[str, str], key: str) -> str:
    site = os.environ.get(EODHD_VARIABLE, EODHD).rstrip("/")
    return f"{site}/api/{path}?{urlencode({**given, 'api_token': key})}"


def _eodhd_splits(rows: list[dict[str, Any]]) -> list[tuple[date, float]]:
    """Return the splits of ``{"date": "2020-08-31", "split": "4.000000/1.000000"}``: new shares over old ones."""
    found = []
    for row in rows:
        day, (new, _, old) = day_of(row.get("date")), str(row.get("split", "")).partition("/")
        try:
            ratio = float(new) / float(old)
        except (ValueError, ZeroDivisionError):
            continue
        if day is not None and 0 < ratio < float("inf") and ratio != 1:
            found.append((day, ratio))
    return found


def ask_yahoo(client: Client, key: str, asked: Asked) -> Answer | None:
    """Ask Yahoo through yfinance: closes on the split basis of today, adjusted closes, volume, and the splits."""
    del key
    yfinance = yahoo_package()
    unknown, limit, wrong = (
        getattr(yfinance.exceptions, name) for name in ("YFTickerMissingError", "YFRateLimitError", "YFException")
    )
    first, after = asked.since or FIRST_DAY, asked.until + timedelta(days=1)
    client.pace.wait()
    try:
        table = yfinance.Ticker(asked.ticker).history(
            start=first.isoformat(), end=after.isoformat(), auto_adjust=False, actions=True
        )
    except unknown:
        return None
    except limit as error:
        raise RefusedError(f"Yahoo: {error}", "try again later", TOO_MANY) from error
    except (wrong, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error
    except OSError as error:
        raise DataError(f"cannot reach Yahoo: {error}", hint="is the network up?") from error
    columns = [table[name].tolist() for name in ("Close", "Adj Close", "Volume", "Stock Splits")]
    rows = [
        dict(zip(("date", "close", "adj_close", "volume", "split"), (stamp.date(), *cells), strict=True))
        for stamp, *cells in zip(table.index, *columns, strict=True)
    ]
    quotes, unusable = _quotes(rows, ("date", "close", "adj_close", "volume"), asked.until)
    splits = tuple((row["date"], ratio) for row in rows if (ratio := number(row["split"])) and ratio not in (0, 1))
    return Answer(quotes, splits, unusable)


def yahoo_package() -> Any:
    """Return the module yfinance, told to say what goes wrong; ``ScreenerError`` where it is not installed."""
    try:
        import yfinance
    except ImportError as error:
        hint = "pip install 'screener[yahoo]', or pip install yfinance"
        raise ScreenerError("the provider yahoo needs the package yfinance", hint=hint) from error
    # Otherwise a network that is down looks like a ticker that is gone.
    yfinance.config.debug.hide_exceptions = False
    return yfinance


def _quotes(rows: list[dict[str, Any]], names: tuple[str, str, str, str], until: date) -> tuple[tuple[Quote, ...], int]:
    found = [quote(row, names) for row in rows]
    return in_order((row for row in found if row is not None), until), sum(row is None for row in found)


def _rows(client: Client, url: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]] | None:
    """Return the rows of an answer; ``None`` where there is none (404); ``UnreadableError`` for anything else."""
    body = _body(client, url, {**(headers or {}), "Accept-Encoding": "gzip"})
    if body is None:
        return None
    text = body[:2_000].decode("utf-8", "replace").lower()
    if any(words in text for words in LIMIT_WORDS):
        raise RefusedError("the provider's limit for now is reached", "run the same command later to go on", TOO_MANY)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        page = text.lstrip().startswith(("<!doctype", "<html"))
        raise UnreadableError("a web page in place of prices" if page else "not JSON") from error
    if not isinstance(found, list):
        raise UnreadableError("not a list of days")
    return [row for row in found if isinstance(row, dict)]


def _body(client: Client, url: str, headers: dict[str, str]) -> bytes | None:
    """Return what is sent, ``None`` for 404; a connection that breaks is tried again from the start."""
    for attempt in range(BREAKS):
        try:
            return _received(client, url, headers)
        except CutError as error:
            if attempt == BREAKS - 1:
                raise UnreadableError(f"the connection breaks: {error}") from error
            client.rest(BACK_OFF[attempt])
    raise AssertionError("the last attempt returns or raises")


def _received(client: Client, url: str, headers: dict[str, str]) -> bytes | None:
    body = bytearray()
    with client.get(url, headers) as answer:
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise UnreadableError(f"status {answer.status_code}")
        for chunk in answer.iter_content(1 << 16):
            body += chunk
            if len(body) > MOST_BYTES:
                raise UnreadableError(f"more than {MOST_BYTES:,} bytes")
        promised = answer.headers.get("Content-Length", "")
        if promised.isdecimal() and not answer.headers.get("Content-Encoding") and len(body) < int(promised):
            raise CutError(f"{len(body):,} of {promised} bytes")
    return bytes(body)
