"""SimFin's companies and industries: issuers (by CIK where there is one), sectors in our words, listings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from screener.catalogue.sectors import UNCLASSIFIED, Sectors
from screener.sources.listing import Line, lines, normal_ticker

# Issuers without a CIK are numbered above every CIK.
NO_CIK_BASE = 10_000_000_000

SECTORS: dict[str, str] = {
    "Basic Materials": "Materials",
    "Business Services": "Industrials",
    "Consumer Cyclical": "Consumer Discretionary",
    "Consumer Defensive": "Consumer Staples",
    "Energy": "Energy",
    "Financial Services": "Financials",
    "Healthcare": "Health Care",
    "Industrials": "Industrials",
    "Real Estate": "Real Estate",
    "Technology": "Information Technology",
    "Utilities": "Utilities",
}

# Industries that the other table files under another sector: (vendor's sector, industry) to ours.
INDUSTRY_SECTORS: dict[tuple[str, str], str] = {
    ("Technology", "Online Media"): "Communication Services",
    ("Consumer Cyclical", "Entertainment"): "Communication Services",
    ("Consumer Cyclical", "Advertising & Marketing Services"): "Communication Services",
    ("Consumer Cyclical", "Publishing"): "Communication Services",
    ("Consumer Cyclical", "Packaging & Containers"): "Materials",
    ("Consumer Defensive", "Education"): "Consumer Discretionary",
    ("Business Services", "Communication Services"): "Communication Services",
    ("Basic Materials", "Coal"): "Energy",
}

# (vendor's sector, start of the industry's name) to the reporting model; the first that fits.
MODELS: tuple[tuple[str, str, str], ...] = (
    ("Financial Services", "Banks", "bank"),
    ("Financial Services", "Insurance", "insurer"),
    ("Financial Services", "Brokers", "broker"),
    ("Real Estate", "REITs", "reit"),
    ("Utilities", "", "utility"),
)


@dataclass(frozen=True, slots=True)
class Company:
    """A row of ``us-companies``, or an id that only the statements know (then ``name`` is its ticker)."""

    simfin_id: int
    ticker: str
    name: str
    cik: int | None = None
    sector: str = ""
    industry: str = ""
    year_end_month: int | None = None

    @property
    def issuer_id(self) -> int:
        """CIK, or a number above every CIK."""
        return self.cik if self.cik is not None else NO_CIK_BASE + self.simfin_id


def sectors_of(sector: str, industry: str) -> Sectors:
    """Return our sector for the vendor's; the industry keeps the vendor's name; no Fama-French codes without SIC."""
    ours = INDUSTRY_SECTORS.get((sector, industry)) or SECTORS.get(sector, UNCLASSIFIED)
    return Sectors(ours, industry or UNCLASSIFIED, None, None)


def model_of(sector: str, industry: str) -> str:
    """Return the reporting model for the vendor's sector and industry."""
    for of_sector, start, model in MODELS:
        if sector == of_sector and industry.startswith(start):
            return model
    return "standard"


def year_end(month: int | None) -> str | None:
    """Return the fiscal year end as MMDD for the vendor's month."""
    if month is None or not 1 <= month <= 12:
        return None
    return f"{month:02d}{28 if month == 2 else 30 if month in {4, 6, 9, 11} else 31}"


def without_suffix(ticker: str) -> str:
    """Return the ticker without the vendor's suffix for companies that are gone (``XYZ_old`` is ``XYZ``)."""
    return re.sub(r"_.*$", "", ticker) or ticker


def active_name(ticker: str, tickers: Mapping[str, int] | set[str]) -> str:
    """Return the normal ticker of a vendor's ticker; the suffix stays where an active company has the bare ticker."""
    bare = without_suffix(ticker)
    return normal_ticker(ticker if bare != ticker and bare in tickers else bare)


def issuer_lines(companies: list[Company], tickers: Mapping[str, int]) -> list[Line]:
    """Return the lines of one issuer. A suffixed ticker whose bare form is in use elsewhere is never primary."""
    active = [company for company in companies if without_suffix(company.ticker) == company.ticker]
    gone = [company for company in companies if company not in active]
    named = [(active_name(company.ticker, tickers), None) for company in (*active, *gone)]
    found = lines(named)
    return [
        Line(line.ticker, line.exchange, line.security_type, line.is_primary and "_" not in line.ticker)
        for line in found
    ]
