"""The companies of mapped tables: issuers (by CIK where there is one), their sectors in our words, their listings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.sectors import GICS_LIKE, UNCLASSIFIED, Sectors, classify, model
from screener.lake.files import quoted
from screener.sources.listing import Line, clean_name, lines, normal_ticker
from screener.sources.report import EXAMPLES, BuildReport
from screener.sources.simfin_companies import NO_CIK_BASE, SECTORS, sectors_of
from screener.sources.staged import company_row, load_rows, write_classifications, write_companies, write_events
from screener.sources.staged import write_listings as write_lines
from screener.sources.table_mapping import COMPANY
from screener.sources.table_rows import KEPT

if TYPE_CHECKING:
    import duckdb

# Beginnings of the names of industries, and the reporting model of such a company.
MODELS: tuple[tuple[str, str], ...] = (
    ("bank", "bank"), ("insurance", "insurer"), ("reit", "reit"), ("broker", "broker"), ("capital markets", "broker"),
    ("utilities", "utility"),
)  # fmt: skip
# Words of other vendors for the sectors.
SECTOR_WORDS = {"healthcare": "Health Care", "financial": "Financials", "technology": "Information Technology"}
# Ids that are no numbers are numbered above all that are.
_NAMED = 1_000_000_000


@dataclass(slots=True)
class Company:
    """A company by its key: what the newest rows say of it, how many rows it has, its first day, its last period."""

    key: str
    said: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    first: str = ""
    last: str = ""

    @property
    def cik(self) -> int | None:
        """SEC's number."""
        return _whole(self.said.get("cik", ""))

    def issuer_id(self, kind: str) -> int:
        """CIK, else a number above every CIK that depends on the key alone."""
        if self.cik is not None:
            return self.cik
        number = _whole(self.key) if kind == "id" else None
        if number is not None and number < _NAMED:
            return NO_CIK_BASE + number
        return NO_CIK_BASE + _NAMED + int(hashlib.sha256(self.key.encode()).hexdigest()[:12], 16)


def _whole(text: str) -> int | None:
    digits = text.strip().removesuffix(".0")
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < len(digits) <= 10 and int(digits) else None


def gather(con: duckdb.DuckDBPyConnection, facts: Sequence[Path], lists: Sequence[Path]) -> list[Company]:
    """Return the companies of the row files ``facts`` and, what they say going first, of the files ``lists``."""
    found: dict[str, Company] = {}
    for paths, condition in ((facts, KEPT), (lists, "key IS NOT NULL")):
        for path in paths:
            newest = ", ".join(
                f"(max({{'d': coalesce(filed, DATE '1900-01-01'), 'v': {name}}}) FILTER ({name} IS NOT NULL)).v"
                for name in COMPANY
            )
            for key, rows, first, last, *values in con.execute(
                f"""SELECT key, count(*), min(filed)::VARCHAR, coalesce(max("end")::VARCHAR, ''), {newest}
                FROM read_parquet({quoted(path)}) WHERE {condition} GROUP BY key ORDER BY key"""
            ).fetchall():
                company = found.setdefault(key, Company(key))
                said = {name: value for name, value in zip(COMPANY, values, strict=True) if value}
                company.said |= said
                company.rows += rows if condition == KEPT else 0
                company.first = min(filter(None, (company.first, first)), default="")
                company.last = max(company.last, last)
    return [found[key] for key in sorted(found)]


def write_issuers(
    con: duckdb.DuckDBPyConnection, stage: Path, companies: list[Company], kind: str, report: BuildReport
) -> None:
    """Write companies and listings, and the table ``issuer_of`` (key, issuer_id) of the companies whose rows count."""
    issuers: dict[int, list[Company]] = {}
    for company in companies:
        if company.rows:
            issuers.setdefault(company.issuer_id(kind), []).append(company)
    rows, chosen = [], []
    for issuer in sorted(issuers):
        # The one that came first: whose facts count may not depend on rows that came later.
        group = sorted(issuers[issuer], key=lambda company: (company.first, company.key))
        chosen.append((group[0].key, issuer))
        rows.append(_row(issuer, group[0]))
    report.read("companies", "issuers", len(issuers))
    report.kept("companies", "issuers", len(issuers))
    shared = [" ".join(sorted(company.key for company in group)) for group in issuers.values() if len(group) > 1]
    report.changed("companies", "issuers", "several tickers with one CIK: one issuer", len(shared), sorted(shared))
    write_companies(con, stage, rows)
    write_classifications(con, stage)
    write_events(con, stage)
    write_lines(con, stage, _lines(issuers, report))
    load_rows(con, "issuer_of", (("key", "VARCHAR", ""), ("issuer_id", "BIGINT", "")), chosen)


def _row(issuer: int, company: Company) -> tuple[object, ...]:
    sic = _whole(company.said.get("sic", ""))
    sector, industry = company.said.get("sector", ""), company.said.get("industry", "")
    name = clean_name(company.said.get("name")) or company.said.get("ticker") or company.key
    return company_row(
        issuer,
        cik=company.cik,
        name=name,
        sic=sic,
        sectors=_sectors(sic, sector, industry),
        model=model(sic) if sic else _model(industry),
        country=company.said.get("country"),
        fiscal_year_end=None,
        source="vendor",
    )


def _sectors(sic: int | None, sector: str, industry: str) -> Sectors:
    """Return where a company belongs: by its SIC code, else by the vendor's words for its sector."""
    found = classify(sic)
    if found.sector != UNCLASSIFIED:
        return found
    if sector in SECTORS:
        return sectors_of(sector, industry)
    ours = {name.lower(): name for name, _, _ in GICS_LIKE} | SECTOR_WORDS
    return Sectors(ours.get(sector.lower(), UNCLASSIFIED), industry or UNCLASSIFIED, found.ff12, found.ff49)


def _model(industry: str) -> str:
    return next((model for start, model in MODELS if industry.lower().startswith(start)), "standard")


def _lines(issuers: dict[int, list[Company]], report: BuildReport) -> list[tuple[int, Line]]:
    """Return the listed lines; a ticker that several issuers have is that of the one with the newest period."""
    claims: dict[str, tuple[str, int]] = {}
    for issuer, group in issuers.items():
        for company in group:
            ticker = normal_ticker(company.said.get("ticker", ""))
            if ticker:
                claims[ticker] = max(claims.get(ticker, ("", 0)), (company.last, issuer))
    lost, found = [], []
    for issuer, group in issuers.items():
        named = []
        for company in sorted(group, key=lambda company: (-company.rows, company.key)):
            ticker = normal_ticker(company.said.get("ticker", ""))
            if ticker and claims[ticker][1] == issuer:
                named.append((ticker, company.said.get("exchange")))
            elif ticker:
                lost.append(f"{ticker} {company.key}")
        found += [(issuer, line) for line in lines(named)]
    reason = "ticker of several issuers: it is that of the one with the newest period"
    report.changed("companies", "issuers", reason, len(lost), sorted(lost)[:EXAMPLES])
    bare = [group[0].key for issuer, group in sorted(issuers.items()) if issuer not in {number for number, _ in found}]
    report.changed("companies", "issuers", "no ticker: no prices", len(bare), bare[:EXAMPLES])
    return found
