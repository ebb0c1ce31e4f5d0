"""Tables as vendors deliver them, made small: the numbers are chosen so that sums can be worked by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

ENDS = tuple(date(year, month, day) for year in (2022, 2023) for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)))
# Of the quarters: the twelve months to the end of 2022 are 460, to that of 2023 620.
REVENUE = (100, 110, 120, 130, 140, 150, 160, 170)
BALANCE = {
    "assets": 500, "liabilities": 280, "equity": 200, "debt": 50, "debtc": 10, "debtnc": 40, "cashneq": 30,
    "investmentsc": 5, "sharesbas": 1_000_000,
}  # fmt: skip


def write_csv(path: Path, rows: Iterable[Mapping[str, object]], delimiter: str = ",") -> Path:
    """Write rows of one form as a CSV file."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(listed)
    return path


def _sf1(ticker: str, dimension: str, end: date, datekey: date, *, revenue: float, months: int) -> dict[str, object]:
    return {
        "ticker": ticker, "dimension": dimension, "calendardate": end, "datekey": datekey, "reportperiod": end,
        "lastupdated": date(2026, 1, 1), "revenue": revenue, "cor": revenue * 0.6, "netinc": revenue * 0.1,
        "netinccmn": revenue * 0.1, "ncfo": revenue * 0.15, "capex": -10 * months / 3, "ncfcommon": -2 * months / 3,
        "eps": revenue * 1e-7, "shareswa": 1_000_000, **BALANCE,
    }  # fmt: skip


def sf1_rows(ticker: str = "AAA", factor: float = 1) -> list[dict[str, object]]:
    """Return eight quarters and two years of a company as Sharadar has them, restated rows and twelve months too.

    Every report comes out 32 days after its period; on 2023-12-15 the third quarter of 2023 becomes 161 (of 160).
    """
    rows = []
    for place, end in enumerate(ENDS):
        filed, revenue = end + timedelta(days=32), REVENUE[place] * factor
        rows.append(_sf1(ticker, "ARQ", end, filed, revenue=revenue, months=3))
        # Dated by the period end and as last restated: nothing of them may be read.
        rows.append(_sf1(ticker, "MRQ", end, end, revenue=revenue * 7, months=3))
        rows.append(_sf1(ticker, "ART", end, filed, revenue=revenue * 11, months=12))
        if end.month == 12:
            year = sum(REVENUE[place - 3 : place + 1]) * factor
            rows.append(_sf1(ticker, "ARY", end, filed, revenue=year, months=12))
    rows.append(_sf1(ticker, "ARQ", ENDS[6], date(2023, 12, 15), revenue=161 * factor, months=3))
    return rows


def fundq_rows() -> list[dict[str, object]]:
    """Return a fiscal year of Compustat's quarters, in millions: cash flows run from the first day of the year.

    The cash flow of the quarters is 10, 15, 20 and 25. The second quarter has no announcement date. A row in the
    format of financial companies stands beside the first one.
    """
    to_date = ((10, -2.0), (25, -5.0), (45, -9.0), (70, -14.0))
    rows = []
    for place, end in enumerate(ENDS[4:]):
        cfo, receivables = to_date[place]
        row: dict[str, object] = {
            "GVKEY": "001045", "DATADATE": end.strftime("%Y%m%d"), "FYEARQ": 2023, "FQTR": place + 1, "INDFMT": "INDL",
            "DATAFMT": "STD", "POPSRC": "D", "CONSOL": "C", "TIC": "ABC", "CONM": "ABC CORP", "CIK": "0000000042",
            "CURCDQ": "USD", "RDQ": "" if place == 1 else (end + timedelta(days=25)).strftime("%Y%m%d"),
            "SALEQ": 1.5 + place, "COGSQ": 1, "NIQ": 0.25, "ATQ": 100, "LTQ": 60, "SEQQ": 40, "DLCQ": 5, "DLTTQ": 15,
            "CHEQ": 12, "CSHOQ": 2.5, "CSHPRQ": 2.5, "EPSPIQ": 0.1, "OANCFY": cfo, "CAPXY": cfo / 5,
            "RECCHY": receivables,
        }  # fmt: skip
        rows.append(row)
    rows.append({**rows[0], "INDFMT": "FS", "SALEQ": 999})
    return rows


def funda_rows() -> list[dict[str, object]]:
    """Return the year of :func:`fundq_rows` as Compustat's annual file has it; the sales are those of the quarters."""
    return [
        {
            "gvkey": "001045", "datadate": "2023-12-31", "fyear": 2023, "indfmt": "INDL", "datafmt": "STD",
            "popsrc": "D", "consol": "C", "tic": "ABC", "conm": "ABC CORP", "cik": "0000000042", "curcd": "USD",
            "sale": 12, "cogs": 4, "ni": 1, "at": 100, "lt": 60, "seq": 40, "dlc": 5, "dltt": 15, "che": 12,
            "csho": 2.5, "oancf": 70, "capx": 14, "sich": 3571,
        }
    ]  # fmt: skip
