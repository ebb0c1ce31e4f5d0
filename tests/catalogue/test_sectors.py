"""Industry tables over SIC codes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from screener.catalogue.items import ITEMS
from screener.catalogue.sectors import FF12, FF49, GICS_LIKE, Sectors, classify, is_shell, model, spans
from screener.catalogue.tags import mapped_tags


@pytest.mark.parametrize(
    ("sic", "ff12", "ff49", "sector"),
    [
        (3674, "BusEq", "Chips", "Information Technology"),
        (7372, "BusEq", "Softw", "Information Technology"),
        (2836, "Hlth", "Drugs", "Health Care"),
        (3841, "Hlth", "MedEq", "Health Care"),
        (1311, "Enrgy", "Oil", "Energy"),
        (6022, "Money", "Banks", "Financials"),
        (6331, "Money", "Insur", "Financials"),
        (6798, "Money", "Fin", "Real Estate"),
        (4911, "Utils", "Util", "Utilities"),
        (5812, "Shops", "Meals", "Consumer Discretionary"),
        (3711, "Durbl", "Autos", "Consumer Discretionary"),
        (7370, "BusEq", "Softw", "Communication Services"),
    ],
)
def test_published_vectors(sic: int, ff12: str, ff49: str, sector: str) -> None:
    """A SIC code has its Fama-French 12 and 49 industries and its GICS-like sector."""
    found = classify(sic)
    assert (found.ff12, found.ff49, found.sector) == (ff12, ff49, sector)


def test_the_first_rule_wins() -> None:
    """Overlapping GICS-like rules are tried in order: pipelines of 4922 are energy, though 4900-4949 are utilities."""
    assert classify(4922).sector == "Energy"
    assert classify(4923).sector == "Utilities"
    assert classify(6770).industry == "Shell / SPAC"


@pytest.mark.parametrize("table", [FF12, [(code, ranges) for code, _, ranges in FF49]])
def test_fama_french_tables_have_no_overlaps(table: list[tuple[str, str]]) -> None:
    """No SIC code belongs to two rows of a Fama-French table."""
    every = sorted(span for _, ranges in table for span in spans(ranges))
    assert all(one[1] < two[0] for one, two in pairwise(every))
    assert all(low <= high for low, high in every)


def test_sizes_of_the_tables() -> None:
    """All eleven named rows of the first, all 49 of the second, and the eleven sectors of the third are there."""
    assert len(FF12) == 11
    assert len(FF49) == 49
    assert len({sector for sector, _, _ in GICS_LIKE}) == 11


@pytest.mark.parametrize("sic", [None, 0, -1])
def test_no_code_no_sector(sic: int | None) -> None:
    """Without a SIC code the sector is Unclassified and the Fama-French codes are missing."""
    assert classify(sic) == Sectors("Unclassified", "Unclassified", None, None)


def test_an_unknown_code_is_named_so() -> None:
    """A code that no table knows is Unclassified, and Other for Fama and French."""
    assert classify(9721) == Sectors("Unclassified", "Unclassified", "Other", "Other")


@pytest.mark.parametrize(
    ("sic", "expected"),
    [
        (6019, "standard"),
        (6020, "bank"),
        (6036, "bank"),
        (6712, "bank"),
        (6310, "insurer"),
        (6211, "broker"),
        (6798, "reit"),
        (4911, "utility"),
        (6726, "fund"),
        (6770, "shell"),
        (3711, "standard"),
        (None, "standard"),
    ],
)
def test_reporting_models(sic: int | None, expected: str) -> None:
    """The reporting model follows from the SIC code; everything else is standard."""
    assert model(sic) == expected
    assert is_shell(sic) == (expected == "shell")


def test_mapped_tags_hold_items_fallbacks_and_extras() -> None:
    """Tags of items, parts, IFRS and the extra list are kept; item names are not taken for tags."""
    tags = mapped_tags()
    assert {"Revenues", "SalesRevenueGoodsNet", "ifrs:Revenue", "ProfitLoss", "OtherLoansPayableCurrent"} <= tags
    assert not tags & {item.name for item in ITEMS}
    assert "Revenue" not in tags
