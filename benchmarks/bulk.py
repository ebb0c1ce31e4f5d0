"""Bulk files of the real shape, made up from a seed: companyfacts, submissions, ticker list and daily prices.

Members of companyfacts are 0.6 MB in the middle and 10 MB at most, 150 bytes a fact, three facts in five
of tags that nobody maps, and most periods stated by several filings. 20,000 companies are 21 GB of JSON in 1.2 GB.
"""

from __future__ import annotations

import json
import math
import random
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from screener.catalogue.items import ITEMS

FIRST_YEAR, LAST_YEAR = 2009, 2024
PRICED = 6_000  # companies with a ticker and prices
CORE = (
    "revenue", "cost_of_revenue", "gross_profit", "operating_income", "pretax_income", "income_tax", "net_income",
    "eps_diluted", "shares_diluted", "total_assets", "current_assets", "cash", "receivables", "inventory",
    "total_liabilities", "current_liabilities", "equity", "retained_earnings", "long_term_debt", "cfo", "cfi", "cff",
    "capex", "da", "interest_expense",
)  # fmt: skip
MONTHS = ((3, 31), (6, 30), (9, 30), (12, 31))
UNITS = {"instant": "USD", "flow": "USD", "avg": "shares", "per_share": "USD/shares"}
DESCRIPTION = "Amount, after deduction of what the taxonomy names, of the concept as the filer understands it. " * 3


@dataclass(frozen=True)
class Filing:
    """A report: the tail that all of its facts share, and its place."""

    year: int
    quarter: int
    tail: str


def filings(rng: random.Random, cik: int, years: int) -> list[Filing]:
    """Return the reports of the last ``years``: three quarterly ones and an annual one a year."""
    found = []
    for year in range(LAST_YEAR - years + 1, LAST_YEAR + 1):
        for quarter in range(4):
            end = date(year, *MONTHS[quarter])
            filed = end + timedelta(days=rng.randint(30, 45) if quarter < 3 else rng.randint(50, 75))
            form, period = ("10-Q", f"Q{quarter + 1}") if quarter < 3 else ("10-K", "FY")
            accession = f"{cik:010d}-{filed.year % 100:02d}-{rng.randint(1, 999_999):06d}"
            found.append(
                Filing(
                    year,
                    quarter,
                    f',"accn":"{accession}","fy":{year},"fp":"{period}","form":"{form}","filed":"{filed}"',
                )
            )
    return found


def pattern(reports: list[Filing], *, instant: bool) -> list[tuple[str, str, str]]:
    """Return (dates, key of the period, tail) of every fact of a tag that all ``reports`` show."""
    rows = []
    for report in reports:
        year, quarter = report.year, report.quarter
        month, day = MONTHS[quarter]
        if instant:
            spans = [(None, f"{year}-{month:02d}-{day}"), (None, f"{year - 1}-12-31")]
        elif quarter == 3:
            spans = [(f"{year - back}-01-01", f"{year - back}-12-31") for back in (2, 1, 0)]
        else:
            start = f"-{MONTHS[quarter - 1][0] + 1:02d}-01" if quarter else "-01-01"
            spans = [(f"{year - back}{start}", f"{year - back}-{month:02d}-{day}") for back in (1, 0)]
            if quarter:
                spans += [(f"{year - back}-01-01", f"{year - back}-{month:02d}-{day}") for back in (1, 0)]
        for index, (start_day, end_day) in enumerate(spans):
            head = f'{{"start":"{start_day}","end":"{end_day}","val":' if start_day else f'{{"end":"{end_day}","val":'
            frame = f',"frame":"CY{year}Q{quarter + 1}"}}' if index == len(spans) - 1 else "}"
            rows.append((head, f"{start_day}{end_day}", report.tail + frame))
    return rows


def tags() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (tag, kind) of the tags that nearly every company has, and of the other mapped ones."""
    core = [(item.tags[0], item.kind) for item in ITEMS if item.name in CORE and item.tags]
    seen = {tag for tag, _ in core}
    others = {tag: item.kind for item in ITEMS for tag in (*item.tags, *item.parts, *item.fill) if tag not in seen}
    return core, sorted(others.items())


def tag_text(rng: random.Random, tag: str, kind: str, rows: list[tuple[str, str, str]]) -> str:
    """Return the JSON of one tag: a value for each period, now and then restated."""
    scale = 10 ** rng.uniform(4.5, 9)
    values: dict[str, str] = {}
    made = []
    for head, key, tail in rows:
        value = values.get(key)
        if value is None or rng.random() < 0.01:
            amount = scale * (0.6 + rng.random())
            value = f"{amount / scale:.2f}" if kind == "per_share" else str(int(amount / 1000) * 1000)
            values[key] = value
        made.append(f"{head}{value}{tail}")
    return f'"{tag}":{{"label":"{tag}","description":"{DESCRIPTION}","units":{{"{UNITS[kind]}":[{",".join(made)}]}}}}'


def company(seed: int, number: int) -> bytes:
    """Return the member of company ``number``: the same seed and number give the same bytes."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - made-up data
    cik = 1_000 + number * 3
    size = math.exp(rng.gauss(0, 1.15))
    years = min(LAST_YEAR - FIRST_YEAR + 1, max(1, round(6 * size**0.6)))
    reports = filings(rng, cik, years)
    core, others = tags()
    chosen = [(tag, kind, 1.0) for tag, kind in core if rng.random() < 0.9]
    chosen += [(tag, kind, rng.betavariate(0.8, 2)) for tag, kind in others if rng.random() < min(0.5, 0.1 * size**0.3)]
    invented = min(2_000, round(105 * size**0.75))
    chosen += [
        (f"Invented{rng.randint(0, 9_999)}Tag{n}", rng.choice(("flow", "instant")), rng.betavariate(0.6, 2))
        for n in range(invented)
    ]
    full = {instant: pattern(reports, instant=instant) for instant in (True, False)}
    texts = []
    for tag, kind, share in chosen:
        rows = full[kind == "instant"]
        length = max(2, round(share * len(rows)))
        first = rng.randint(0, len(rows) - length) if length < len(rows) else 0
        texts.append(tag_text(rng, tag, kind, rows[first : first + length]))
    cover = tag_text(rng, "EntityCommonStockSharesOutstanding", "instant", full[True]).replace('"USD"', '"shares"')
    facts = f'{{"dei":{{{cover}}},"us-gaap":{{{",".join(texts)}}}}}'
    return f'{{"cik":{cik},"entityName":"Made-up Company {number}","facts":{facts}}}'.encode()


def make(folder: Path, companies: int, seed: int = 1) -> None:
    """Write ``companyfacts.zip``, ``submissions.zip``, the ticker list and ``prices.parquet`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = []
    with (
        zipfile.ZipFile(folder / "companyfacts.zip", "w", zipfile.ZIP_DEFLATED) as facts,
        zipfile.ZipFile(folder / "submissions.zip", "w", zipfile.ZIP_DEFLATED) as submissions,
    ):
        for number in range(companies):
            cik = 1_000 + number * 3
            name = f"CIK{cik:010d}.json"
            facts.writestr(zipfile.ZipInfo(name), company(seed, number), zipfile.ZIP_DEFLATED)
            tickers = [f"T{number}"] if number % max(1, companies // PRICED) == 0 else []
            listed += [[cik, f"Made-up Company {number}", ticker, "NYSE"] for ticker in tickers]
            about = {"cik": f"{cik:010d}", "name": f"Made-up Company {number}", "sic": "3674", "tickers": tickers}
            about |= {"exchanges": ["NYSE"] * len(tickers), "fiscalYearEnd": "1231", "stateOfIncorporation": "DE"}
            submissions.writestr(zipfile.ZipInfo(name), json.dumps(about), zipfile.ZIP_DEFLATED)
    content = {"fields": ["cik", "name", "ticker", "exchange"], "data": listed}
    (folder / "company_tickers_exchange.json").write_text(json.dumps(content), encoding="utf-8")
    _prices(folder / "prices.parquet", [row[2] for row in listed])


def _prices(path: Path, tickers: list[str]) -> None:
    """Write a price for every weekday of five years."""
    with duckdb.connect() as con:
        con.execute("SET memory_limit = '1GB'")
        con.execute("CREATE TABLE t AS SELECT unnest(?) AS ticker", [tickers])
        con.execute(
            f"""COPY (SELECT ticker, day::DATE AS date, 10 + (hash(ticker, day) % 1000) / 100 AS close,
                10 + (hash(ticker, day) % 1000) / 100 AS adj_close, 100000 + hash(day, ticker) % 1000000 AS volume
            FROM t, range(DATE '2020-01-01', DATE '2025-01-01', INTERVAL 1 DAY) d(day) WHERE isodow(day) < 6)
            TO '{path}' (FORMAT parquet)"""
        )
