"""The page on updates speaks of what there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from screener.output.workbook import layout
from screener.output.workbook.carry.files import backup_name
from screener.output.workbook.carry.package import INSTALL
from screener.output.workbook.shortlist import TICKERS, range_name
from tests.output.update.lists import FIRST

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "workbook-update.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "word",
    [
        layout.LEFT_SHEET, layout.STATUS_HEADING, layout.ENTERED, layout.KEY_HEADING, TICKERS,
        range_name("roic", set()), layout.TABLES[layout.SHORTLIST], INSTALL,
        backup_name(Path("shortlist.xlsx"), FIRST).name,
    ],
)  # fmt: skip
def test_the_page_uses_our_words(word: str) -> None:
    """Sheets, headings, range names, the command and the name of the old file are those of the code."""
    assert word in PAGE


def test_the_libraries_of_the_command_are_those_that_are_needed() -> None:
    """The extra that a missing library asks for brings both."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert {name.partition(">")[0] for name in extras["spreadsheets"]} >= {"lxml", "openpyxl"}
