"""Which note belongs to which name of the new list: matched by issuer, never by row, and nothing is dropped unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from screener.output.workbook import layout
from screener.output.workbook.carry.formulas import normal
from screener.output.workbook.carry.own import Line, Own

NOTES = normal(layout.NOTES_HEADING)
Alias = Callable[[str, str, str], str]
SHOWN = 60  # characters of a note in a message


@dataclass(frozen=True, slots=True)
class Issuer:
    """A name of the new list."""

    key: str
    ticker: str
    name: str


@dataclass
class Matched:
    """Lines by key of the new list, the lines that left (newest first), and the keys that entered or left now."""

    listed: dict[str, Line] = field(default_factory=dict)
    left: list[Line] = field(default_factory=list)
    entered: frozenset[str] = frozenset()
    gone: tuple[str, ...] = ()
    lost: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def match(own: Own, issuers: Sequence[Issuer], day: date) -> Matched:
    """Return where each of the user's lines goes; ``day``: that of the new list."""
    found = Matched()
    alias = _aliases(issuers)
    held, hand = _held(own, found)
    before = own.hidden.issuers
    keys = {issuer.key for issuer in issuers}
    found.entered = frozenset(keys - {alias(key, ticker, name) for key, ticker, name in before})
    for key, ticker, name in before:
        line = held.pop(key, None) or Line(key, ticker, name, 0, {})
        to = alias(key, ticker, name)
        if to in keys:
            found.listed[to] = line
        else:
            found.gone += (key,)
            found.left.append(replace(line, key=key, ticker=ticker, name=name, day=day))
    for key, line in held.items():
        if (to := alias(key, line.ticker, line.name)) in keys and to not in found.listed:
            found.listed[to] = line
        else:
            found.left.append(replace(line, day=day))
    found.left += [replace(line, day=day) for line in hand]
    _return(own, found, alias, keys)
    return found


def _aliases(issuers: Sequence[Issuer]) -> Alias:
    """Return the function that gives the key of the new list for one of the old.

    A data set may know an issuer's CIK that another did not: then ticker and name together stand for it.
    """
    keys = {issuer.key for issuer in issuers}
    named = {(issuer.ticker.lower(), issuer.name.lower()): issuer.key for issuer in issuers if issuer.ticker}

    def alias(key: str, ticker: str, name: str) -> str:
        other = named.get((ticker.lower(), name.lower()), "")
        return other if key not in keys and other and other[:3] != key[:3] else key

    return alias


def _held(own: Own, found: Matched) -> tuple[dict[str, Line], list[Line]]:
    """Return the lines of the old list by key, and those that the user added by hand."""
    wanted = {NOTES, *(normal(text) for text in own.own)}
    listing = {key: ticker for key, ticker, _ in own.hidden.issuers}
    by_ticker = _unique((ticker, key) for key, ticker, _ in own.hidden.issuers if ticker)
    held: dict[str, Line] = {}
    hand: list[Line] = []
    # A row with its key comes before one that was typed with the same ticker.
    for line in sorted(own.shortlist.lines, key=lambda line: (not line.key, line.row)):
        cells = {heading: cell for heading, cell in line.cells.items() if heading in wanted and not cell.empty}
        key = line.key or by_ticker.get(line.ticker, "")
        seen = by_ticker.get(line.ticker, key)
        if line.key and line.ticker != listing.get(key, line.ticker) and seen != key:
            # Rows that were sorted without their hidden column: the ticker is what the user saw beside the note.
            found.notices.append(
                f"row {line.row} of {own.shortlist.sheet.name} shows {line.ticker} beside the hidden key of"
                f" {listing[key]}: what stands there is kept for {line.ticker}"
            )
            key = seen
        if key in held:
            held[key] = _together(own, held[key], replace(line, cells=cells), found)
        elif key:
            held[key] = replace(line, key=key, cells=cells)
        elif cells or line.ticker or line.name:
            hand.append(replace(line, cells=cells))
            found.notices.append(_by_hand(own, line))
    return held, hand


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    twice = set()
    for ticker, key in pairs:
        if ticker in found:
            twice.add(ticker)
        found[ticker] = key
    return {ticker: key for ticker, key in found.items() if ticker not in twice}


def _by_hand(own: Own, line: Line) -> str:
    said = line.ticker or line.name or "without a ticker"
    return (
        f"row {line.row} of {own.shortlist.sheet.name} ({said}) was added by hand: its note and your own columns are"
        f" kept on the sheet {layout.LEFT_SHEET}, its other cells are not"
    )


def _together(own: Own, first: Line, second: Line, found: Matched) -> Line:
    """Return two rows of one issuer as one; what both have and differs is named."""
    cells = dict(first.cells)
    for heading, cell in second.cells.items():
        held = cells.get(heading)
        if held is None or held.empty:
            cells[heading] = cell
        elif own.text(held) != own.text(cell):
            text = own.text(cell)
            found.lost.append(
                f"{heading!r} of a second row of {first.ticker or first.name or first.key}:"
                f" {text[:SHOWN]!r}{'…' if len(text) > SHOWN else ''}"
            )
    return replace(first, cells=cells)


def _return(own: Own, found: Matched, alias: Alias, keys: set[str]) -> None:
    """Bring in the names that had left before: those that are back get their notes, the others stay where they are."""
    if own.left is None:
        return
    wanted = {NOTES, *(normal(text) for text in own.own)}
    leaving = {line.key: place for place, line in enumerate(found.left) if line.key}
    for line in own.left.lines:
        cells = {heading: cell for heading, cell in line.cells.items() if heading in wanted and not cell.empty}
        kept = replace(line, cells=cells, day=line.day or own.hidden.as_of)
        to = alias(line.key, line.ticker, line.name)
        if line.key and to in keys:
            listed = found.listed.get(to)
            found.listed[to] = kept if listed is None else _together(own, listed, kept, found)
        elif line.key in leaving:
            place = leaving[line.key]
            found.left[place] = _together(own, found.left[place], kept, found)
        elif line.key or line.ticker or line.name or cells:
            found.left.append(kept)
            if line.key:
                leaving[line.key] = len(found.left) - 1
