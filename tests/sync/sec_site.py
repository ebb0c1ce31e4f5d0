"""A small SEC: the bulk files, the answers about single companies, and the daily index, in its own layout."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

from tests.sync.server import Site

FACTS_ZIP = "/Archives/edgar/daily-index/xbrl/companyfacts.zip"
SUBMISSIONS_ZIP = "/Archives/edgar/daily-index/bulkdata/submissions.zip"
TICKERS = "/files/company_tickers_exchange.json"


def facts(cik: int, revenue: int) -> dict[str, Any]:
    """Return the facts of a company that has reported one number."""
    row = {"end": "2023-12-31", "start": "2023-01-01", "val": revenue, "accn": "0000000000-24-000001", "fy": 2023,
           "fp": "FY", "form": "10-K", "filed": "2024-02-20"}  # fmt: skip
    return {"cik": cik, "entityName": f"Company {cik}", "facts": {"us-gaap": {"Revenues": {"units": {"USD": [row]}}}}}


def submissions(cik: int) -> dict[str, Any]:
    """Return what the SEC says of a company besides its facts."""
    return {"cik": str(cik), "name": f"Company {cik}", "sic": "3711", "fiscalYearEnd": "1231", "tickers": [f"C{cik}"],
            "exchanges": ["NYSE"],
            "filings": {"recent": {"form": [], "filingDate": [], "accessionNumber": []}}}  # fmt: skip


def packed(members: dict[str, Any]) -> bytes:
    """Return JSON members as a zip file, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(zipfile.ZipInfo(name), json.dumps(content), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def put_zips(site: Site, companies: dict[int, int]) -> None:
    """Put the bulk files of these companies (CIK: revenue) in place."""
    site.change(FACTS_ZIP, packed({f"CIK{cik:010d}.json": facts(cik, value) for cik, value in companies.items()}))
    site.change(SUBMISSIONS_ZIP, packed({f"CIK{cik:010d}.json": submissions(cik) for cik in companies}))
    listing = {"fields": ["cik", "name", "ticker", "exchange"],
               "data": [[cik, f"Company {cik}", f"C{cik}", "NYSE"] for cik in companies]}  # fmt: skip
    site.change(TICKERS, json.dumps(listing).encode())


def put_company(site: Site, cik: int, revenue: int | None) -> None:
    """Put the answers about one company in place; without numbers where ``revenue`` is None."""
    if revenue is not None:
        site.change(f"/api/xbrl/companyfacts/CIK{cik:010d}.json", json.dumps(facts(cik, revenue)).encode())
    site.change(f"/submissions/CIK{cik:010d}.json", json.dumps(submissions(cik)).encode())


def put_index(site: Site, day: date, filed: list[tuple[int, str]]) -> None:
    """Put the daily index of a day in place: (CIK, form) of each filing."""
    folder = f"/Archives/edgar/daily-index/{day.year}/QTR{(day.month + 2) // 3}"
    lines = ["Description: Daily Index", "", "CIK|Company Name|Form Type|Date Filed|File Name", "-" * 80]
    lines += [f"{cik}|Company {cik}|{form}|{day:%Y%m%d}|edgar/data/{cik}/x.txt" for cik, form in filed]
    name = f"master.{day:%Y%m%d}.idx"
    site.change(f"{folder}/{name}", "\n".join(lines).encode("latin-1"))
    path = f"{folder}/index.json"
    listing = json.loads(site.files[path]) if path in site.files else {"directory": {"item": [], "name": folder}}
    names = {entry["name"] for entry in listing["directory"]["item"]} | {name, "crawler.idx", "form.20240308.idx"}
    listing["directory"]["item"] = [{"name": entry, "type": "file"} for entry in sorted(names)]
    site.change(path, json.dumps(listing).encode())
