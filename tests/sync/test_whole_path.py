"""From an empty home to a workbook with one line of the docs."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from tests.sync.sec_site import FACTS_ZIP, SUBMISSIONS_ZIP, TICKERS, packed, put_index
from tests.sync.server import Site, serving
from tests.sync.whole_path import documented, in_a_shell, shortlist

# In millions: an operating margin of 20 %, interest covered twenty times, debt of half a year's EBITDA.
SOUND = {
    "Revenues": 1000, "OperatingIncomeLoss": 200, "InterestExpense": 10, "NetIncomeLoss": 150,
    "IncomeTaxExpenseBenefit": 40, "DepreciationDepletionAndAmortization": 40,
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest": 190,
    "NetCashProvidedByUsedInOperatingActivities": 210, "PaymentsToAcquirePropertyPlantAndEquipment": 50,
}  # fmt: skip
BALANCE = {
    "Assets": 1200, "AssetsCurrent": 400, "LiabilitiesCurrent": 200, "Liabilities": 500, "StockholdersEquity": 700,
    "LongTermDebtNoncurrent": 120, "CashAndCashEquivalentsAtCarryingValue": 100,
}  # fmt: skip
LOSSES = SOUND | {"OperatingIncomeLoss": -200, "NetIncomeLoss": -250, "NetCashProvidedByUsedInOperatingActivities": -90}


def company(cik: int, name: str, flows: dict[str, int]) -> dict[str, Any]:
    """Return the facts of a company with the same annual report seven years long."""
    tags: dict[str, Any] = {}
    for year in range(2017, 2024):
        about = {"accn": f"{cik:010d}-{year % 100 + 1}-000001", "fy": year, "fp": "FY", "form": "10-K",
                 "filed": f"{year + 1}-02-20", "end": f"{year}-12-31"}  # fmt: skip
        for tag, value in (flows | BALANCE).items():
            row = about | {"val": value * 1_000_000} | ({"start": f"{year}-01-01"} if tag in flows else {})
            tags.setdefault(tag, {"units": {"USD": []}})["units"]["USD"].append(row)
    return {"cik": cik, "entityName": name, "facts": {"us-gaap": tags}}


def put(site: Site, companies: dict[int, tuple[str, str, dict[str, int]]]) -> None:
    """Put companies (CIK: ticker, name, flows) in place."""
    facts = {f"CIK{cik:010d}.json": company(cik, name, flows) for cik, (_, name, flows) in companies.items()}
    about = {
        f"CIK{cik:010d}.json": {"cik": str(cik), "name": name, "sic": "3711", "fiscalYearEnd": "1231",
                                "tickers": [ticker], "exchanges": ["NYSE"], "filings": {"recent": {}}}
        for cik, (ticker, name, _) in companies.items()
    }  # fmt: skip
    rows = [[cik, name, ticker, "NYSE"] for cik, (ticker, name, _) in companies.items()]
    site.change(FACTS_ZIP, packed(facts))
    site.change(SUBMISSIONS_ZIP, packed(about))
    site.change(TICKERS, json.dumps({"fields": ["cik", "name", "ticker", "exchange"], "data": rows}).encode())
    put_index(site, date(2024, 3, 8), [(1, "10-K")])


def test_one_line_from_nothing_to_a_workbook(tmp_path: Path) -> None:
    """The line of README and docs fetches, builds, screens and writes; each name leads to its filings at the SEC."""
    (line,) = documented()
    with serving(Site()) as site:
        put(site, {11: ("SND", "Sound Inc", SOUND), 22: ("LOSS", "Losses Inc", LOSSES)})
        done = in_a_shell(line, tmp_path, site)
    assert done.returncode == 0, done.stderr
    found = shortlist(tmp_path / "home" / "shortlist.xlsx")
    assert found == {"SND": ("Sound Inc", "https://www.sec.gov/edgar/browse/?CIK=11")}
    assert site.asked[0].headers["User-Agent"].endswith("Jane Doe jane@example.com")
