"""Tickers as people write them → the tickers of the data set: share classes, second lines, and what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.language.tickers import excluded, watched

if TYPE_CHECKING:
    import duckdb

    from screener.language.screen import Rule, Screen

# How many names a note lists before it says how many more there are.
MOST_NAMED = 20


def bind_tickers(con: duckdb.DuckDBPyConnection, screen: Screen) -> tuple[Screen, tuple[str, ...]]:
    """Return the screen with its lists of tickers written as the data set has them, and notes of those it lacks.

    ``BRK.B``, ``BRK/B`` and ``BRKB`` are ``BRK-B``; a second line of an issuer stands for its primary one.
    """
    lists = {"watchlist": screen.watchlist, "exclude": screen.exclude}
    wanted = [ticker for tickers in lists.values() for ticker in tickers]
    if not wanted:
        return screen, ()
    primary = _primary(con, wanted)
    notes = []
    for key, tickers in lists.items():
        lacking = [ticker for ticker in tickers if ticker not in primary]
        if lacking:
            notes.append(f"{key}: {len(lacking)} of {len(tickers)} not in this data set: {named(lacking)}")
    return replace(screen, universe=tuple(_bound(rule, screen, primary) for rule in screen.universe)), tuple(notes)


def named(names: Sequence[str]) -> str:
    """Return names joined with commas, the first twenty and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _bound(rule: Rule, screen: Screen, primary: Mapping[str, Sequence[str]]) -> Rule:
    for tickers, made in ((screen.watchlist, watched), (screen.exclude, excluded)):
        if tickers and rule == made(tickers, rule.span):
            alike = dict.fromkeys(name for ticker in tickers for name in primary.get(ticker, ()))
            return made(tickers, rule.span, tuple(alike))
    return rule


def _primary(con: duckdb.DuckDBPyConnection, wanted: Sequence[str]) -> dict[str, list[str]]:
    """Return, for each ticker that the data set has, the tickers of its issuers' primary lines.

    The ticker itself goes before one that only has the same letters.
    """
    found = con.execute(
        "SELECT w.ticker, p.ticker, l.ticker = replace(replace(w.ticker, '.', '-'), '/', '-') AS same\n"
        "FROM (SELECT unnest(?::VARCHAR[]) AS ticker) AS w\n"
        "JOIN listings AS l ON regexp_replace(upper(l.ticker), '[^A-Z0-9]', '', 'g')"
        " = regexp_replace(w.ticker, '[^A-Z0-9]', '', 'g')\n"
        "JOIN listings AS p ON p.issuer_id = l.issuer_id AND p.is_primary AND p.ticker IS NOT NULL\n"
        "ORDER BY same DESC, w.ticker, p.ticker",
        [list(wanted)],
    ).fetchall()
    exact = {ticker for ticker, _, same in found if same}
    primary: dict[str, list[str]] = {}
    for ticker, name, same in found:
        if same or ticker not in exact:
            primary.setdefault(ticker, []).append(name)
    return primary
