"""The keys ``watchlist`` and ``exclude``: tickers in the screen, in a text file, or in a fund's holdings as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence as Sequences
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import ScreenError
from screener.language.ast import In, Name, Not, Span, Text
from screener.language.document import Node, Scalar, Sequence
from screener.language.files import is_inside, read_file
from screener.language.screen import Rule

if TYPE_CHECKING:
    from screener.language.reading import Reading

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_TICKERS = 20_000
SUFFIXES = (".txt", ".csv", ".tsv")
TICKER_PATTERN = r"[A-Za-z0-9][A-Za-z0-9./-]{0,14}"
_TICKER = re.compile(TICKER_PATTERN)
_HEADINGS = ("ticker", "symbol")
# What a fund holds besides shares (cash, futures) has tickers that are nobody's.
_CLASS, _SHARES = "asset class", ("equity", "stock", "common stock")
NOUN = "a list of tickers"


def read_tickers(reading: Reading, node: Node | None, what: str) -> tuple[str, ...]:
    """Return the tickers under a key, each once, in capitals; problems are noted.

    A text that ends in ``.txt``, ``.csv`` or ``.tsv`` is a file beside the screen, or below it.
    """
    if node is None:
        return ()
    if isinstance(node, Scalar) and Path(node.text.strip()).suffix.lower() in SUFFIXES:
        return _beside(reading, node)
    items = node.items if isinstance(node, Sequence) else (node,)
    found: list[str] = []
    for item in items:
        if not isinstance(item, Scalar):
            reading.problem(item.span, f"{what} is a list of tickers, or a file", f"{what}: [AAPL, BRK.B]")
            continue
        for word in re.split(r"[,\s]+", item.text.strip()):
            if _TICKER.fullmatch(word):
                found.append(word.upper())
            else:
                reading.problem(item.span, f"'{word}' is not a ticker", f"{what}: [AAPL, BRK.B], or {what}: list.csv")
    if not items:
        reading.problem(node.span, f"{what} is empty", "remove the key, or fill the list")
    return _bounded(reading, node.span, found)


def _bounded(reading: Reading, span: Span, found: list[str]) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(found))
    if len(unique) > MAX_TICKERS:
        reading.problem(span, f"more than {MAX_TICKERS:,} tickers")
    return unique[:MAX_TICKERS]


def _beside(reading: Reading, node: Scalar) -> tuple[str, ...]:
    """Read a file that a screen names; the screen may come from anybody, so it may name only what lies beside it."""
    home = reading.source.home(node.span)
    written = node.text.strip()
    if home is None:
        reading.problem(node.span, "only a screen in a file can name a file of tickers", "write the tickers here")
        return ()
    path = home.parent / written
    if Path(written).is_absolute() or not is_inside(path, [home.parent]):
        message = f"'{written}' is outside of the screen's folder"
        reading.problem(node.span, message, "put it beside the screen, or name it with --watchlist FILE")
        return ()
    if not path.is_file():
        reading.problem(node.span, f"there is no file '{written}' beside this screen", f"in {home.parent.name}/")
        return ()
    try:
        return _bounded(reading, node.span, list(tickers_in(path)))
    except ScreenError as error:
        said = error.problems[0].message if error.problems else error.message
        said = f"'{written}' {said}" if error.problems else said
        reading.problem(node.span, said, error.hint)
        return ()


def given_tickers(given: str | Path | Sequences[str]) -> tuple[str, ...]:
    """Return tickers that a person gives: of any file, or a list of them; ``ScreenError`` where they are none."""
    if isinstance(given, str | Path):
        return tickers_in(Path(given))
    for ticker in given:
        if not _TICKER.fullmatch(ticker):
            raise ScreenError(f"'{ticker}' is not a ticker")
    if not given:
        raise ScreenError("the watchlist is empty")
    return tuple(dict.fromkeys(ticker.upper() for ticker in given))[:MAX_TICKERS]


def tickers_in(path: Path) -> tuple[str, ...]:
    """Return the tickers of a file, each once, in capitals; ``ScreenError`` where it cannot be read or has none.

    A text file has one a line (what follows is ignored, ``#`` begins a comment). In a CSV file it is the column headed
    Ticker or Symbol; lines before that heading, and lines after the table, are left out, and so is what a column Asset
    Class says to be no share.
    """
    text, _ = read_file(path, NOUN, MAX_FILE_BYTES)
    found = _column(text, path) if path.suffix.lower() in {".csv", ".tsv"} else _lines(text)
    tickers = tuple(dict.fromkeys(ticker.upper() for ticker in found))
    if not tickers:
        raise ScreenError(f"'{path.name}' has no tickers", hint="one a line, or a CSV file with a column Ticker")
    return tickers


def _lines(text: str) -> list[str]:
    words = (line.split("#")[0].split() for line in text.splitlines())
    return [word[0].strip(",;") for word in words if word and _TICKER.fullmatch(word[0].strip(",;"))]


def _column(text: str, path: Path) -> list[str]:
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter)]
    except csv.Error as error:
        raise ScreenError(f"'{path.name}' is no CSV file: {error}") from None
    headings = ([cell.lower() for cell in row] for row in rows)
    top = next((k for k, row in enumerate(headings) if set(row) & set(_HEADINGS)), None)
    if top is None:
        raise ScreenError(f"'{path.name}' has no column Ticker", hint="the first line of the table names its columns")
    heading = [cell.lower() for cell in rows[top]]
    place = next(heading.index(name) for name in _HEADINGS if name in heading)
    kind = heading.index(_CLASS) if _CLASS in heading else None
    found = []
    for row in rows[top + 1 :]:
        # Below the table there is prose: a line of one cell, or a cell that is no ticker.
        whole = len(row) > place and (len(row) > 1 or len(heading) == 1) and _TICKER.fullmatch(row[place])
        if whole and (kind is None or (len(row) > kind and row[kind].lower() in _SHARES)):
            found.append(row[place])
    return found


def watched(tickers: tuple[str, ...], span: Span, alike: tuple[str, ...] = ()) -> Rule:
    """Return the condition of the universe that a watchlist is; ``alike``: how the data set writes its tickers."""
    text = f"on the watchlist ({_counted(tickers)})"
    return Rule(text, _among(alike or tickers, span), "universe", "fail", span)


def excluded(tickers: tuple[str, ...], span: Span, alike: tuple[str, ...] = ()) -> Rule:
    """Return the condition of the universe that ``exclude`` is; a name without a ticker is not excluded."""
    text = f"not excluded ({_counted(tickers)})"
    return Rule(text, Not(_among(alike or tickers, span), span), "universe", "pass", span)


def _counted(tickers: tuple[str, ...]) -> str:
    return f"{len(tickers)} ticker{'' if len(tickers) == 1 else 's'}"


def _among(tickers: tuple[str, ...], span: Span) -> In:
    return In(Name("ticker", "ticker", span), tuple(Text(ticker, span) for ticker in tickers), span=span)
