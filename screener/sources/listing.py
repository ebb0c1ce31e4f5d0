"""What a ticker tells: its normal form, the exchange's usual name, the type of security, the primary line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

EXCHANGES: dict[str, str] = {
    "NASDAQ": "NASDAQ",
    "NYSE": "NYSE",
    "NYSE AMERICAN": "NYSE American",
    "NYSEAMERICAN": "NYSE American",
    "NYSE MKT": "NYSE American",
    "NYSEMKT": "NYSE American",
    "AMEX": "NYSE American",
    "NYSE ARCA": "NYSE Arca",
    "NYSEARCA": "NYSE Arca",
    "CBOE": "CBOE",
    "BATS": "CBOE",
    "IEX": "IEX",
    "OTC": "OTC",
    "OTCBB": "OTC",
    "PINK": "OTC",
}

# What follows the dash (NYSE and SEC style), tried in order; a single other letter is a class of common shares.
DASH_TYPES: tuple[tuple[str, str], ...] = (
    (r"P[A-Z]?|PR[A-Z]?|P[A-Z]?CL", "preferred"),
    (r"W|WT|WS|WT?[A-Z]|WS[A-Z]", "warrant"),
    (r"U|UN", "unit"),
    (r"R|RT|RI|RW", "right"),
    (r"[A-Z]", "common"),
)

# The fifth letter (NASDAQ and OTC style); most mean something only next to a shorter ticker of the same issuer.
FIFTH_LETTER: dict[str, str] = {
    "P": "preferred",
    "O": "preferred",
    "N": "preferred",
    "M": "preferred",
    "W": "warrant",
    "U": "unit",
    "R": "right",
    "G": "other",
    "H": "other",
    "I": "other",
    "L": "other",
    "T": "other",
    "Z": "other",
}
# Classes of common shares all the same.
COMMON_FIFTH = ("GOOGL",)

# NYSE writes classes with a dash: a second ticker without one is a note, an ETN or a unit (DUKB, SOJC, TBB, FNGU).
DASH_EXCHANGES = ("NYSE", "NYSE American", "NYSE Arca")
# Two classes of shares with tickers of their own all the same.
TWO_TICKERS: tuple[frozenset[str], ...] = (
    frozenset({"UA", "UAA"}),
    frozenset({"AMX", "AMOV"}),
    frozenset({"BBD", "BBDO"}),
)

# Kept for these types, whatever else the issuer lists.
RESERVED_FIFTH = ("P", "W")

PRIMARY_TYPES = ("common", "adr")

# X1 is EDGAR's code for the United States as a whole.
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA GU HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "
    "OH OK OR PA PR RI SC SD TN TX UT VT VA VI WA WV WI WY X1"
)
US_STATES = frozenset(_STATES.split())

# Canadian provinces in EDGAR's code list: their companies list ordinary shares in the US, not receipts.
CANADA = frozenset([*(f"A{digit}" for digit in range(10)), "B0", "B1", "Z4"])

# EDGAR's codes of places whose companies, where they file a 20-F and are on a US exchange, list the ordinary share
# itself, or a New York registry share that stands for one: Marshall Islands, Bermuda, Liberia, Panama, Netherlands.
# Not here, because receipts are as usual there: Israel, Cayman and British Virgin Islands, Ireland, Jersey, ...
DIRECT_LISTERS: dict[str, str] = {
    "1T": "Marshall Islands",
    "D0": "Bermuda",
    "N0": "Liberia",
    "R1": "Panama",
    "P7": "Netherlands",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A traded line of an issuer: ticker in normal form, exchange (None unknown), type, primary flag."""

    ticker: str
    exchange: str | None
    security_type: str
    is_primary: bool


def normal_ticker(text: str) -> str:
    """Return the ticker in upper case with the class after a dash (``brk.b`` and ``BRK/B`` are ``BRK-B``)."""
    return re.sub(r"[./\s]+", "-", text.strip().upper()).strip("-")


def exchange_name(text: str | None) -> str | None:
    """Return the usual name of an exchange; None for an empty name, an unknown name as it is."""
    cleaned = (text or "").strip()
    return EXCHANGES.get(cleaned.upper(), cleaned or None)


def receipts(annual_form: str | None, state: str | None) -> bool:
    """Tell whether the common line of an issuer is to be taken as a depositary receipt.

    ``annual_form``: 20-F where there ever was one, else the newest. Only for filers of a 20-F: 40-F is for Canadian
    issuers alone, whose shares trade in the US as they are; a 20-F of a company of a US state, of Canada or of
    :data:`DIRECT_LISTERS` comes with a line of ordinary shares.
    """
    direct = US_STATES | CANADA | DIRECT_LISTERS.keys()
    return annual_form == "20-F" and (state or "") not in direct


def security_type(ticker: str, siblings: Sequence[str], *, foreign: bool = False) -> str:
    """Return the type of a ticker in normal form, given all tickers of its issuer.

    ``foreign``: the issuer files as a foreign private issuer, so its common line is taken as a depositary receipt.
    """
    base, dash, suffix = ticker.partition("-")
    kind = "common"
    if dash:
        kind = next((kind for pattern, kind in DASH_TYPES if re.fullmatch(pattern, suffix)), "other")
    elif (
        len(base) == 5
        and base not in COMMON_FIFTH
        and (base[-1] in RESERVED_FIFTH or any(base.startswith(s) and 2 < len(s) < 5 for s in siblings))
    ):
        kind = FIFTH_LETTER.get(base[-1], "common")
    # Over the counter a foreign line of five letters ends in F for the ordinary share, in Y for the receipt.
    if foreign and kind == "common" and not dash and len(base) == 5 and base[-1] == "F":
        return "common"
    return "adr" if foreign and kind == "common" else kind


def lines(tickers: Sequence[tuple[str, str | None]], *, foreign: bool = False) -> list[Line]:
    """Return the lines of one issuer from (ticker, exchange) in the source's order, sorted by ticker.

    Primary is the first common line on an exchange, else the first common line over the counter.
    """
    normal: dict[str, str | None] = {}
    for ticker, exchange in tickers:
        name = normal_ticker(ticker)
        if name and name not in normal:
            normal[name] = exchange_name(exchange)
    types = {ticker: security_type(ticker, list(normal), foreign=foreign) for ticker in normal}
    eligible = [ticker for ticker in normal if types[ticker] in PRIMARY_TYPES]
    ranked = sorted(eligible, key=lambda ticker: {None: 1, "OTC": 2}.get(normal[ticker], 0))
    primary = ranked[0] if ranked else None
    for ticker in eligible:
        if _is_note(ticker, primary, normal):
            types[ticker] = "other"
    return [Line(t, normal[t], types[t], t == primary) for t in sorted(normal)]


def _is_note(ticker: str, primary: str | None, exchanges: dict[str, str | None]) -> bool:
    """Tell whether a line next to the primary one, with no dash on an exchange that uses dashes, is no share."""
    if primary is None or ticker == primary or "-" in ticker or frozenset({ticker, primary}) in TWO_TICKERS:
        return False
    return exchanges[ticker] in DASH_EXCHANGES and exchanges[primary] in DASH_EXCHANGES


def clean_name(text: str | None) -> str:
    """Return a name without control characters and with single spaces."""
    text = text or ""
    # Hardly any name has one.
    plain = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())
