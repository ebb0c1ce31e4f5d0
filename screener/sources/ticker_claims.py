"""One ticker, several issuers: each has it over a span of days, the one that filed last until today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from screener.lake.files import write_table
from screener.sources.filing_list import FilingList
from screener.sources.listing import Line
from screener.sources.report import BuildReport
from screener.sources.sec_facts import Issuers
from screener.sources.staged import SPANS, SPANS_FILE

if TYPE_CHECKING:
    import duckdb

# A company that files no more was traded for some months after its last report at most.
AFTER_LAST_REPORT = timedelta(days=100)
AFTER_FORM_25 = timedelta(days=10)

Span = tuple[int, str, date | None, date | None]


def settled(
    con: duckdb.DuckDBPyConnection,
    stage: Path,
    listings: Mapping[int, list[Line]],
    known: tuple[Issuers, Mapping[int, FilingList]],
    report: BuildReport,
) -> list[tuple[int, Line]]:
    """Return the lines that stay, and write the spans of tickers that several issuers had one after the other.

    The issuer that filed last has the ticker today. An earlier one keeps it up to its Form 25 (or 100 days after its
    last report), if its last report is older than the first of the next; two that report at the same time can't both
    have it, and the one that stopped first loses it.
    """
    issuers, filings = known
    claims: dict[str, list[int]] = {}
    for cik in sorted(listings, key=lambda cik: (str(issuers.last_filed.get(cik, "")), cik)):
        for line in listings[cik]:
            claims.setdefault(line.ticker, []).append(cik)
    spans: list[Span] = []
    lost: set[tuple[int, str]] = set()
    for ticker, ciks in sorted(claims.items()):
        found, dropped = _spans(ticker, ciks, issuers, filings)
        spans += found
        lost |= {(cik, ticker) for cik in dropped}
    _write(con, stage, spans)
    kept = []
    for cik in sorted(listings):
        for line in listings[cik]:
            report.read("listings", "tickers", 1)
            if (cik, line.ticker) in lost:
                name = f"{line.ticker} of CIK {cik}"
                report.dropped("listings", "tickers", "claimed by an issuer that filed later", 1, [name])
            else:
                report.kept("listings", "tickers", 1)
                kept.append((cik, line))
    return kept


def _spans(
    ticker: str, ciks: list[int], issuers: Issuers, filings: Mapping[int, FilingList]
) -> tuple[list[Span], list[int]]:
    """Return the spans of one ticker, newest owner first, and the issuers that lose it."""
    spans: list[Span] = []
    lost: list[int] = []
    until: date | None = None
    begins: date | None = None
    for place, cik in enumerate(reversed(ciks)):
        first, last = issuers.first_filed.get(cik), issuers.last_filed.get(cik)
        if place and not (begins and last and first and last < begins):
            lost.append(cik)
            continue
        if place and last and begins:
            ended = min(_end(last, filings.get(cik, FilingList())), begins)
            spans[-1] = (*spans[-1][:2], ended, spans[-1][3])
            until = ended
        spans.append((cik, ticker, None, until))
        begins = first
    return (spans if len(spans) > 1 else []), lost


def _end(last: date, found: FilingList) -> date:
    """Return the day from which the ticker is free: after the last Form 25 that follows the last report."""
    left = [day + AFTER_FORM_25 for day, form in found.departures if form.startswith("25") and day >= last]
    return max(left, default=last + AFTER_LAST_REPORT)


def _write(con: duckdb.DuckDBPyConnection, stage: Path, spans: list[Span]) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP TABLE span_rows (issuer_id BIGINT, ticker VARCHAR, from_date DATE, until_date DATE)"
    )
    for span in spans:
        con.execute("INSERT INTO span_rows VALUES (?, ?, ?, ?)", list(span))
    write_table(con, "SELECT * FROM span_rows", stage / SPANS_FILE, SPANS, "ticker, issuer_id")
