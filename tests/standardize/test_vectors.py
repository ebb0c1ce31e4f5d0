"""The published vectors for vintages, discrete quarters and twelve months, as literal facts in millions.

Apple, Nvidia, Marvell and Alphabet; the figures are columns of their 10-K and 10-Q.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.standardize.stages import Fact, Filer, M, Row, as_of, rows_of, rows_of_each

CASH = "NetCashProvidedByUsedInOperatingActivities"
INCOME = "NetIncomeLoss"
TAGS = {"net_income": INCOME, "cfo": CASH}
ASSETS = "Assets"

APPLE_2009 = ("2008-09-28", "2009-09-26")
PIT = (
    (INCOME, "net_income", 5704, 8235),
    ("SalesRevenueNet", "revenue", 36537, 42905),
    (ASSETS, "total_assets", 53851, 47501),
)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, list[Row]]:
    """The rows of each case of ``PIT``, ``QUARTERS`` and ``TWELVE_MONTHS``."""
    cases: dict[Any, Filer] = {case: Filer(vintages(*case)) for case in PIT}
    cases |= {case: Filer(quarters(*case)) for case in QUARTERS}
    cases |= {case: Filer(twelve_months(*case)) for case in TWELVE_MONTHS}
    return rows_of_each(tmp_path_factory.mktemp("vectors"), cases)


def vintages(tag: str, _item: str, first: float, amended: float) -> list[Fact]:
    """Return a figure of Apple's FY2009 as first reported and as amended."""
    start = None if tag == ASSETS else APPLE_2009[0]
    return [
        (tag, start, APPLE_2009[1], first * M, "2009-10-27", "10-K"),
        (tag, start, APPLE_2009[1], amended * M, "2010-01-25", "10-K/A"),
    ]


@pytest.mark.parametrize("case", PIT)
@pytest.mark.parametrize("day", ["2010-01-24", "2010-01-25"])
def test_vintages(case: tuple[str, str, float, float], day: str, rows: dict[Any, list[Row]]) -> None:
    """Apple FY2009 is the 10-K's until the 10-K/A of 2010-01-25, and the amendment's from that day on."""
    _, item, first, amended = case
    assert as_of(rows[case], day)[item] == (first if day == "2010-01-24" else amended) * M


def test_a_rounding_is_no_vintage(tmp_path: Path) -> None:
    """Apple's long-term debt of 2025-09-27 stays 90,678 after the next 10-Q gives 90,700."""
    facts: list[Fact] = [
        (ASSETS, None, "2025-09-27", 359241 * M, "2025-10-31", "10-K"),
        ("LongTermDebt", None, "2025-09-27", 90678 * M, "2025-10-31", "10-K"),
        ("LongTermDebt", None, "2025-09-27", 90700 * M, "2026-01-30", "10-Q"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2026-03-01")["long_term_debt"] == 90678 * M


Stretch = tuple[str, float, str]
# item, start of the year, (shorter stretch), (longer stretch), the quarter between them
QUARTERS = (
    ("cfo", "2015-09-27", ("2016-06-25", 49698, "2016-07-27"), ("2016-09-24", 65824, "2016-10-26"), 16126),
    ("net_income", "2025-01-27", ("2025-10-26", 77107, "2025-11-19"), ("2026-01-25", 120067, "2026-02-25"), 42960),
    ("cfo", "2025-01-27", ("2025-07-27", 42779, "2025-08-27"), ("2025-10-26", 66530, "2025-11-19"), 23751),
    ("net_income", "2024-09-29", ("2025-06-28", 84544, "2025-08-01"), ("2025-09-27", 112010, "2025-10-31"), 27466),
    ("cfo", "2025-01-01", ("2025-09-30", 112311, "2025-10-30"), ("2025-12-31", 164713, "2026-02-05"), 52402),
)


def quarters(item: str, start: str, short: Stretch, long: Stretch, _expected: float) -> list[Fact]:
    """Return the facts of two stretches of a year."""
    tag = TAGS[item]
    return [
        (tag, start, short[0], short[1] * M, short[2], "10-Q"),
        (tag, start, long[0], long[1] * M, long[2], "10-K"),
        (ASSETS, None, long[0], 1e12, long[2], "10-K"),
    ]


@pytest.mark.parametrize("case", QUARTERS)
def test_quarters(case: tuple[str, str, Stretch, Stretch, float], rows: dict[Any, list[Row]]) -> None:
    """A quarter is the longer stretch less the shorter one of the reports that followed each other."""
    item, _, _, long, expected = case
    assert as_of(rows[case], "2026-03-01", long[0])[f"{item}_q"] == expected * M


def test_quarters_of_one_basis(tmp_path: Path) -> None:
    """Apple's fourth quarter of 2016 is not the year recast in 2018 (66,231) less the old nine months: 16,533."""
    facts: list[Fact] = [
        (CASH, "2015-09-27", "2016-06-25", 49698 * M, "2016-07-27", "10-Q"),
        (CASH, "2015-09-27", "2016-09-24", 65824 * M, "2016-10-26", "10-K"),
        (CASH, "2015-09-27", "2016-06-25", 49698 * M, "2017-08-02", "10-Q"),
        (CASH, "2015-09-27", "2016-09-24", 65824 * M, "2017-11-03", "10-K"),
        (CASH, "2015-09-27", "2016-09-24", 66231 * M, "2018-11-05", "10-K"),
        (ASSETS, None, "2016-09-24", 321686 * M, "2016-10-26", "10-K"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2019-01-01", "2016-09-24")["cfo_q"] == 16126 * M


Dates = tuple[tuple[str, str, str], tuple[str, str, str], str]
NVIDIA = (("2025-01-27", "2026-01-25", "2026-02-25"), ("2026-01-26", "2026-04-26", "2026-05-27"), "2025-04-27")
MARVELL = (("2025-02-02", "2026-01-31", "2026-03-11"), ("2026-02-01", "2026-05-02", "2026-05-28"), "2025-05-03")
APPLE = (("2024-09-29", "2025-09-27", "2025-10-31"), ("2025-09-28", "2025-12-27", "2026-01-30"), "2024-12-28")
ALPHABET = (("2024-01-01", "2024-12-31", "2025-02-05"), ("2025-01-01", "2025-09-30", "2025-10-30"), "2024-09-30")
ALPHABET_2026 = (("2025-01-01", "2025-12-31", "2026-02-05"), ("2026-01-01", "2026-03-31", "2026-04-30"), "2025-03-31")
# item, dates, year, year to date, the same stretch a year before, as of, twelve months; of Marvell's cash flow only
# the result is published: its parts here are any that give it
TWELVE_MONTHS = (
    ("net_income", NVIDIA, 120067, 58321, 18775, "2026-06-15", 159613),
    ("cfo", NVIDIA, 102718, 50344, 27414, "2026-06-15", 125648),
    ("net_income", MARVELL, 2670.1, 34.5, 177.9, "2026-06-15", 2526.7),
    ("cfo", MARVELL, 1750.0, 639.3, 332.9, "2026-06-15", 2056.4),
    ("net_income", APPLE, 112010, 42097, 36330, "2026-02-15", 117777),
    ("cfo", APPLE, 111482, 53925, 29935, "2026-02-15", 135472),
    ("net_income", ALPHABET, 100118, 97715, 73582, "2025-11-15", 124251),
    ("net_income", ALPHABET_2026, 132170, 62578, 34540, "2026-06-15", 160208),
)


def twelve_months(
    item: str, dates: Dates, year: float, now: float, before: float, _day: str, _expected: float
) -> list[Fact]:
    """Return the facts of a year, of the year to date and of the same stretch a year before."""
    tag, ((start, end, filed), (begun, until, published), stretch) = TAGS[item], dates
    return [
        (tag, start, end, year * M, filed, "10-K"),
        (tag, begun, until, now * M, published, "10-Q"),
        (tag, start, stretch, before * M, published, "10-Q"),
        (ASSETS, None, until, 1e12, published, "10-Q"),
    ]


@pytest.mark.parametrize("case", TWELVE_MONTHS)
def test_twelve_months(case: tuple[str, Dates, float, float, float, str, float], rows: dict[Any, list[Row]]) -> None:
    """Twelve months are the year, plus the year to date, less the stretch that the same report compares it with."""
    item, dates, _, _, _, day, expected = case
    row = as_of(rows[case], day)
    assert str(row["period_end"]) == dates[1][1]
    assert row[item] == pytest.approx(expected * M, abs=1)
