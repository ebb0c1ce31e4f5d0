"""The providers of daily prices, one row each: what they allow, need and give, and how they are asked or read."""

from __future__ import annotations

import os
from dataclasses import dataclass

from screener.catalogue.spelling import nearest
from screener.errors import ScreenerError
from screener.sync.askers import Ask, ask_eodhd, ask_tiingo, ask_yahoo, yahoo_package

SPLITS_ONLY = "raw closes; the splits that it states bring them to the last day's basis"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of daily prices.

    terms: what its terms say, with their address; check them. needs: what a person must have. closes: how its closes
    come, and what is stored. adjusted: what ``adj_close`` is. history: how far back, and whether names that are gone
    are there. formats: price formats that ``--from`` may have, empty for none; ``("",)`` for all. ask: how a ticker is
    asked for, ``None`` where everything comes from files. key: environment variable of the key. per_second: requests.
    """

    name: str
    label: str
    terms: str
    needs: str
    closes: str
    adjusted: str
    history: str
    formats: tuple[str, ...] = ()
    ask: Ask | None = None
    key: str = ""
    per_second: float = 1.0


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "stooq",
        "Stooq's files, downloaded by you: the daily US zip, or aapl_us_d.csv and the like",
        "its site has the terms, and asks for a captcha: nothing is fetched for you (https://stooq.com/db/h/)",
        "--from PATH",
        "adjusted for splits and dividends, and stored so: market values of the past are a little too low",
        "the close: dividends are in it",
        "decades; do not count on names that are gone",
        formats=("stooq", "stooq-csv"),
    ),
    Provider(
        "yahoo",
        "Yahoo Finance, through the package yfinance, or a folder of its CSV files",
        "for personal use, as yfinance reads them (https://legal.yahoo.com/us/en/yahoo/terms/otos/index.html)",
        "pip install 'screener[yahoo]' or --from DIR",
        "adjusted for splits; a later split has the history fetched again",
        "adjusted for splits and dividends",
        "decades; names that are gone are mostly missing",
        formats=("yahoo",),
        ask=ask_yahoo,
        per_second=1.0,
    ),
    Provider(
        "tiingo",
        "Tiingo's end-of-day prices",
        "an account of your own; passing the data on needs a licence "
        "(https://www.tiingo.com/documentation/appendix/developers)",
        "TIINGO_API_KEY",
        SPLITS_ONLY,
        "adjusted for splits and dividends",
        "decades; a ticker that was given away has the days of its new owner",
        ask=ask_tiingo,
        key="TIINGO_API_KEY",
        per_second=4.0,
    ),
    Provider(
        "eodhd",
        "EODHD's end-of-day prices",
        "as your plan says; the free one has a year and 20 calls a day, and each ticker takes two "
        "(https://eodhd.com/financial-apis/terms-conditions)",
        "EODHD_API_KEY",
        SPLITS_ONLY,
        "adjusted for splits and dividends",
        "decades, by plan; names that are gone, by plan",
        ask=ask_eodhd,
        key="EODHD_API_KEY",
        per_second=8.0,
    ),
    Provider(
        "local",
        "a file or folder of your own, in any of the price formats",
        "those of whoever you have it from",
        "--from PATH",
        "as the file has them; raw closes next to adjusted ones are adjusted for splits",
        "as the file has them",
        "as the file has it",
        formats=("",),
    ),
)


def provider_named(name: str) -> Provider:
    """Return the row of a provider; ``ScreenerError`` with all of them for a name that is none."""
    for row in PROVIDERS:
        if row.name == name:
            return row
    names = [row.name for row in PROVIDERS]
    near = nearest(name[:60], names)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
    raise ScreenerError(f"unknown provider {name[:60]!r}", hint=f"{hint} `screener data prices --list` tells of each")


def ready(provider: Provider) -> str:
    """Return the key of a provider that is asked, ``""`` if it needs none; ``ScreenerError`` for what is missing."""
    if provider.name == "yahoo":
        yahoo_package()
    if not provider.key:
        return ""
    key = os.environ.get(provider.key, "").strip()
    # What goes into a header or an address has no room for anything else.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        state = "is no key" if key else "is missing"
        raise ScreenerError(
            f"the provider {provider.name} needs a key: the environment variable {provider.key} {state}",
            hint=f"export {provider.key}=... with the key from your account",
        )
    return key


def provider_lines() -> list[str]:
    """Return the table of providers for a terminal, a few lines each."""
    lines = []
    for row in PROVIDERS:
        lines += [f"{row.name}: {row.label}"]
        for title, text in (
            ("needs", row.needs), ("terms", row.terms), ("closes", row.closes), ("adj_close", row.adjusted),
            ("history", row.history),
        ):  # fmt: skip
            lines.append(f"  {title + ':':<11}{text}")
    return lines
