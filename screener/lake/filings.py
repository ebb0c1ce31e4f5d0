"""Where filings can be read."""

from __future__ import annotations


def filing_url(cik: int | None, accession: str | None) -> str:
    """Return the address of a filing's index page at the SEC; ``""`` for vendor rows."""
    if cik is None or not accession:
        return ""
    return f"https://www.sec.gov/Archives/edgar/data/{cik}/{accession.replace('-', '')}/{accession}-index.htm"


def company_url(cik: int | None) -> str:
    """Return the address of the list of a company's filings at the SEC; ``""`` without a CIK."""
    return f"https://www.sec.gov/edgar/browse/?CIK={cik}" if cik is not None else ""
