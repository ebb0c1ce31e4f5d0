"""Watchlists that other tools import: TradingView's comma list, Yahoo's tickers, plain tickers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from screener.engine.result import Result, Row
from screener.language.tickers import TICKER_PATTERN
from screener.sources.listing import normal_ticker

# TradingView's prefixes; it keeps NYSE Arca and NYSE American under the name of the exchange that they were.
TRADINGVIEW: dict[str, str] = {
    "NYSE": "NYSE",
    "NASDAQ": "NASDAQ",
    "NYSE American": "AMEX",
    "NYSE Arca": "AMEX",
    "CBOE": "CBOE",
    "OTC": "OTC",
}

# Anything else would be taken for two names, a heading (TradingView) or a comment by the tool that imports the list.
_TICKER = re.compile(TICKER_PATTERN)


def to_tradingview(result: Result) -> str:
    """Return one line ``NASDAQ:ABC,NYSE:DEF`` in rank order, classes after a dot (``NYSE:BRK.B``).

    A name whose exchange is unknown has no prefix: TradingView then takes the line of that ticker that it finds first.
    """
    symbols = [(normal_ticker(ticker).replace("-", "."), row.exchange) for ticker, row in _named(result)]
    listed = dict.fromkeys(f"{_prefix(exchange)}{symbol}" for symbol, exchange in symbols)
    return ",".join(listed) + "\n" if listed else ""


def _prefix(exchange: str | None) -> str:
    prefix = TRADINGVIEW.get(exchange or "")
    return f"{prefix}:" if prefix else ""


def to_yahoo(result: Result) -> str:
    """Return one ticker a line in Yahoo's spelling, classes after a dash (``BRK-B``), in rank order."""
    return _lines(normal_ticker(ticker) for ticker, _ in _named(result))


def to_tickers(result: Result) -> str:
    """Return one ticker a line as the data set has it, in rank order; ``--watchlist`` reads it."""
    return _lines(ticker for ticker, _ in _named(result))


def without_ticker(result: Result) -> tuple[str, ...]:
    """Return the names that a watchlist cannot hold, because they have no ticker or a text that is none."""
    return tuple(row.name for row in result.rows if not _is_ticker(row))


def _named(result: Result) -> list[tuple[str, Row]]:
    return [(row.ticker, row) for row in result.rows if row.ticker and _is_ticker(row)]


def _is_ticker(row: Row) -> bool:
    return bool(row.ticker and _TICKER.fullmatch(row.ticker))


def _lines(tickers: Iterable[str]) -> str:
    return "".join(f"{ticker}\n" for ticker in dict.fromkeys(tickers))
