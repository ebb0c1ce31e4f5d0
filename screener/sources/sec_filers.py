"""What the SEC says about a filer besides its facts, and the SEC's list of tickers."""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from screener.sources.archive import MemberError, open_archive
from screener.sources.filing_list import NO_FILINGS, FilingList
from screener.sources.listing import clean_name
from screener.sources.report import BuildReport


@dataclass(frozen=True, slots=True)
class Profile:
    """What a source says about an issuer besides facts; ``tickers`` are (ticker, exchange) in the source's order.

    ``filings_since``: first day from which its list of filings lacks none; ``None`` where there is no list.
    """

    name: str = ""
    sic: int | None = None
    fiscal_year_end: str | None = None
    state: str | None = None
    tickers: tuple[tuple[str, str | None], ...] = ()
    filings: FilingList = NO_FILINGS
    filings_since: date | None = None


def read_tickers(path: Path, work: Path, report: BuildReport, wanted: Set[int] | None = None) -> dict[int, Profile]:
    """Return names and tickers of the ``wanted`` CIKs (``None``: of all) from SEC's ticker list.

    A list that can't be read is counted, not fatal.
    """
    source = path.name
    try:
        rows = _ticker_rows(path, work)
    except (MemberError, ValueError, KeyError, TypeError) as error:
        report.read(source, "members", 1)
        report.dropped(source, "members", "malformed", 1, [f"{source}: {error!r}"[:300]])
        return {}
    names: dict[int, str] = {}
    tickers: dict[int, list[tuple[str, str | None]]] = {}
    kept = 0
    for row in rows:
        cik, name, ticker, exchange = row
        if not isinstance(cik, int) or not isinstance(ticker, str) or not ticker.strip():
            report.dropped(source, "tickers", "no CIK or no ticker", 1, [str(row)])
            continue
        kept += 1
        if wanted is not None and cik not in wanted:
            continue
        if cik not in names:
            names[cik] = clean_name(str(name or ""))
        tickers.setdefault(cik, []).append((ticker, exchange if isinstance(exchange, str) else None))
    report.read(source, "tickers", len(rows))
    report.kept(source, "tickers", kept)
    return {cik: Profile(name, tickers=tuple(tickers[cik])) for cik, name in names.items()}


def _ticker_rows(path: Path, work: Path) -> list[tuple[Any, Any, Any, Any]]:
    with open_archive(path, ".json") as archive:
        if not archive.members:
            raise MemberError("no .json member")
        target = work / "tickers.json"
        archive.extract(archive.members[0], target)
    content = json.loads(target.read_text(encoding="utf-8"))
    places = [content["fields"].index(name) for name in ("cik", "name", "ticker", "exchange")]
    rows: list[tuple[Any, Any, Any, Any]] = []
    for row in content["data"]:
        cells = [row[place] if place < len(row) else None for place in places]
        rows.append((cells[0], cells[1], cells[2], cells[3]))
    return rows
