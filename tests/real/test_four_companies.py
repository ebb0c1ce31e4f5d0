"""docs/four-companies.md says what the screen says, and its figures are in the filings."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from screener.lake.connect import Lake
from tests.real.four_companies import COMPANIES, PAGE, page

pytestmark = pytest.mark.real

FIGURE = re.compile(
    r"^\| [^|]+ \| (-?[\d,]+) \| (\w+) \| ([\w-]+) \| ([\d-]+) \| (\d{10}-\d\d-\d{6}) \|$", re.MULTILINE
)


def test_the_tables_are_what_the_screen_says(sec: Lake) -> None:
    """Every table is the screen as of its days, run on the filings."""
    text = PAGE.read_text(encoding="utf-8")
    assert page(sec, text) == text


def test_the_figures_are_in_the_filings(real: Path) -> None:
    """Every figure is a fact of the filing that the page names, read from SEC's file alone."""
    facts = set()
    with zipfile.ZipFile(real / "sec" / "companyfacts.zip") as archive:
        for cik, _ in COMPANIES.values():
            content = json.loads(archive.read(f"CIK{cik:010d}.json"))
            for tag, body in content["facts"]["us-gaap"].items():
                for fact in body["units"].get("USD", []):
                    facts.add((tag, fact["form"], fact["filed"], fact["accn"], fact["val"]))
    figures = FIGURE.findall(PAGE.read_text(encoding="utf-8"))
    assert len(figures) == PAGE.read_text(encoding="utf-8").count("| 10-K |")
    for value, tag, form, filed, accession in figures:
        assert (tag, form, filed, accession, int(value.replace(",", ""))) in facts, (tag, value)
