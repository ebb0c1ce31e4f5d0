"""Small Tiingo and EODHD: days and splits of tickers as a test sets them, answered as these providers answer."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sync.server import Handler, Site

KEY = "s3cret-k3y"


@dataclass
class Vendor:
    """What the provider has: rows by ticker (day, raw close, adjusted close, volume), splits by ticker (day, ratio).

    odd: answers in place of all others, by ticker: (status, body).
    """

    days: dict[str, list[tuple[str, float, float, float]]] = field(default_factory=dict)
    splits: dict[str, list[tuple[str, float]]] = field(default_factory=dict)
    odd: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def put_into(self, site: Site) -> None:
        """Have the site answer in this provider's place."""
        site.tricks.append(self._answer)

    def _answer(self, handler: Handler, _: bytes) -> bool:
        parts, asked = urlsplit(handler.path), parse_qs(urlsplit(handler.path).query)
        found = parts.path.strip("/").split("/")
        if found[:2] == ["tiingo", "daily"]:
            granted = handler.headers.get("Authorization") == f"Token {KEY}"
            ticker, rows = unquote(found[2]), self._tiingo
        elif found[0] == "api" and found[1] in {"eod", "splits"}:
            granted = asked.get("api_token") == [KEY]
            ticker, rows = unquote(found[2]).removesuffix(".US"), self._eodhd if found[1] == "eod" else self._split_list
        else:
            return False
        if not granted:
            handler.answer(401, b'{"detail":"Invalid token."}')
        elif ticker in self.odd:
            # Who refuses an answer that is too long hangs up.
            with suppress(ConnectionError):
                handler.answer(*self.odd[ticker])
            handler.close_connection = True
        elif ticker not in self.days:
            handler.answer(404, b'{"detail":"Not found."}')
        else:
            since, until = (asked.get(names[0], asked.get(names[1], [""]))[0] for names in _SPAN)
            kept = [row for row in rows(ticker) if since <= row["date"][:10] <= until]
            handler.answer(200, json.dumps(kept).encode())
        return True

    def _tiingo(self, ticker: str) -> list[dict[str, object]]:
        ratios = dict(self.splits.get(ticker, []))
        return [
            {"date": f"{day}T00:00:00.000Z", "close": close, "adjClose": adjusted, "volume": volume,
             "divCash": 0.0, "splitFactor": ratios.get(day, 1.0)}
            for day, close, adjusted, volume in self.days[ticker]
        ]  # fmt: skip

    def _eodhd(self, ticker: str) -> list[dict[str, object]]:
        return [
            {"date": day, "open": close, "high": close, "low": close, "close": close, "adjusted_close": adjusted,
             "volume": volume}
            for day, close, adjusted, volume in self.days[ticker]
        ]  # fmt: skip

    def _split_list(self, ticker: str) -> list[dict[str, object]]:
        return [{"date": day, "split": f"{ratio:.6f}/1.000000"} for day, ratio in self.splits.get(ticker, [])]


_SPAN = (("startDate", "from"), ("endDate", "to"))
