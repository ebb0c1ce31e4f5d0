"""The page of a company: nothing is wider than asked, no number is cut, and every format has all of it."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import date

import pytest

from screener.engine.company import Company
from screener.engine.periods import Period
from screener.engine.profile import Event, KeyMetric, PeriodFlag, Profile
from screener.engine.result import RunIdentity
from screener.output.cells import width_of
from screener.output.profile import render_profile
from screener.output.profile_formats import CSV_HEADERS, profile_csv, profile_json, profile_markdown
from tests.output.conftest import HOSTILE_NAMES

WIDTHS = (40, 47, 60, 80, 100, 120, 200)
DAY = date(2024, 3, 8)
REVENUE = (1_234.5e6, None, -98.7e6, 2_345.6e6, 999_999.0)


def quarters(count: int) -> tuple[Period, ...]:
    """Return so many quarters of 2023 and before, oldest first."""
    found = []
    for number in range(count):
        year, place = 2022 + number // 4, number % 4
        end = date(year, 3 * place + 3, 28)
        values = (REVENUE[number % 5], 0.1 * number - 0.3, None)
        found.append(Period(f"{year}Q{place + 1}", end, end, values, "restated"))
    return tuple(found)


@pytest.fixture
def page() -> Profile:
    """A page with every part: values, an unknown metric, gaps, losses, flags, evidence and an event."""
    run = RunIdentity("profile", "Company page", DAY, "lake", "cd" * 32, "ab" * 32, "0.1.0", demo=True, data_date=DAY)
    years = tuple(dataclasses.replace(row, label=f"FY{2019 + number}") for number, row in enumerate(quarters(5)))
    standing = {"percentile": 91.6, "place": 2, "size": 12, "within": "sector", "peers": "Communication Services"}
    return Profile(
        run=run,
        company=Company(1, 277948, "T1", "Test Company", "Communication Services", "standard"),
        about={
            "exchange": "NYSE", "sector": "Communication Services", "industry": "Media", "sic": 4833, "country": "DE",
            "model": "standard", "cik": 277948, "fiscal_year_end": "0229", "period_end": DAY, "known_from": DAY,
            "price": 12.34, "price_date": DAY, "market_cap": 1.2345e9,
            "filings_url": "https://www.sec.gov/edgar/browse/?CIK=277948",
        },
        metrics=(
            KeyMetric("Value", "pe", "Price to earnings", "multiple", "lower", 15.2, ranked_by="earnings_yield",
                      asked="sector", **standing),  # type: ignore[arg-type] # the names are those of the fields
            KeyMetric("Growth", "ni_growth", "Growth of net income", "ratio", "higher", -1234.567,
                      percentile=0.0, size=1_200, asked="sector", within="universe", peers="universe"),
            KeyMetric("Growth", "roic", "Return", "ratio", "higher", None, reason="roic is not defined for a bank"),
        ),
        items=("revenue", "eps_diluted", "cash"),
        units=("usd", "usd_per_share", "usd"),
        years=years,
        quarters=quarters(8),
        ttm=Period("TTM", DAY, DAY, (2.5e9, 1.11, None)),
        flags=(
            PeriodFlag("restated", "revenue was restated", True, tuple(row.label for row in (*years, *quarters(8)))),
            PeriodFlag("carried", "carried forward", False, tuple(row.label for row in quarters(8))),
        ),
        evidence=(("debt", "inferred_zero"),),
        events=(Event(DAY, "non_reliance", "Statements not to be relied on", "they are wrong", "0001-24-1", ""),),
        population=1_200,
        ranked=True,
        notes=("a note",),
    )  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["Test Company", *HOSTILE_NAMES, "Very long name " * 20])
def test_no_line_is_wider_than_the_terminal(page: Profile, width: int, name: str) -> None:
    """Every line keeps to the width, whatever the company is called, and nothing in a name is obeyed."""
    text = render_profile(dataclasses.replace(page, company=dataclasses.replace(page.company, name=name)), width=width)
    assert [line for line in text.splitlines() if width_of(line) > width] == []
    assert not {"\x1b", "\x07", "\u202e", "\t"} & set(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_has_no_room_is_named(page: Profile, width: int) -> None:
    """Of the years, those that have no room stand in the note, oldest first; the newest stay, whole."""
    text = render_profile(page, width=width)
    part = text.split("Fiscal years")[1].split("\n\n")[0]
    table, _, note = part.partition("Not shown at this width: ")
    for year in ("FY2019", "FY2020", "FY2021", "FY2022", "FY2023"):
        assert (year in table) != (year in note)
    assert "TTM" in table
    assert table.rstrip().splitlines()[-2].split()[-1] == "2.5B"
    assert table.rstrip().splitlines()[-1].split()[-1] == "1.11"


def test_the_page_says_what_it_knows(page: Profile) -> None:
    """Head, places, peers, reasons of what is unknown, sparklines, flags with periods, evidence, events, identity."""
    text = render_profile(page, width=120)
    for part in (
        "T1  Test Company", "these companies do not exist", "CIK 277948", "fiscal year ends February 29",
        "market value 1.2B", "price 12.34 on 2024-03-08", "https://www.sec.gov/edgar/browse/?CIK=277948",
        "2 of 12", "sector Communication Services", "last of 1,200", "all companies: sector too small",
        "roic: roic is not defined for a bank", "▄ ▔▇▁", "! revenue was restated (all periods shown)",
        "carried forward (2022Q3, 2022Q4, 2023Q1, 2023Q2, 2023Q3, 2023Q4 and 2 more)", "debt inferred zero",
        "2024-03-08  Statements not to be relied on: they are wrong", "Note: a note", "data cdcdcdcdcdcd",
    ):  # fmt: skip
        assert part in text
    assert "cash" not in text


def test_json_has_all_parts(page: Profile) -> None:
    """Full units and unrounded, null for unknown, values of a period by name."""
    found = json.loads(profile_json(page))
    assert list(found) == [
        "run", "company", "metrics", "items", "years", "quarters", "ttm", "flags", "evidence", "events", "notes",
    ]  # fmt: skip
    assert found["company"]["market_cap"] == 1.2345e9
    assert found["quarters"][1] == {
        "label": "2022Q2", "period_end": "2022-06-28", "known_from": "2022-06-28", "flags": ["restated"],
        "values": {"revenue": None, "eps_diluted": pytest.approx(-0.2), "cash": None},
    }  # fmt: skip
    assert found["metrics"][0]["place"] == 2
    assert found["metrics"][2]["value"] is None
    assert json.loads(profile_json(dataclasses.replace(page, events=None)))["events"] is None


def test_csv_has_a_line_each_value(page: Profile) -> None:
    """``part`` tells where a line belongs; a name that a spreadsheet would run is text."""
    hostile = dataclasses.replace(page, company=dataclasses.replace(page.company, name='=HYPERLINK("http://x")'))
    rows = list(csv.DictReader(io.StringIO(profile_csv(hostile))))
    assert tuple(rows[0]) == CSV_HEADERS
    assert rows[1]["value"] == '\'=HYPERLINK("http://x")'
    assert sum(row["part"] == "quarter" for row in rows) == 8 * 3
    assert [row["value"] for row in rows if row["part"] == "ttm"] == ["2500000000.0", "1.11", ""]
    growth = next(row for row in rows if row["name"] == "roic")
    assert (growth["part"], growth["value"], growth["note"]) == ("metric: Growth", "", "roic is not defined for a bank")


def test_markdown_shows_names_as_they_are(page: Profile) -> None:
    """No markup of a name is obeyed, and every section has its table or list."""
    hostile = dataclasses.replace(page, company=dataclasses.replace(page.company, name="<script>alert(1)</script> | x"))
    text = profile_markdown(hostile)
    assert "<script>" not in text
    for heading in (
        "## Key metrics",
        "## Fiscal years",
        "## Quarters",
        "## Flags",
        "## Evidence",
        "## Events",
        "## Notes",
    ):
        assert heading in text
    assert "| revenue | 1.2B | – | -98.7M | 2.3B | 1.0M | 2.5B |" in text


def test_a_page_of_nothing(page: Profile) -> None:
    """A company without filings and prices has a page as well."""
    empty = dict.fromkeys(page.about)
    bare = dataclasses.replace(
        page, about={**empty, "model": "standard"}, years=(), quarters=(), ttm=None, flags=(), evidence=(),
        events=None, metrics=page.metrics[2:],
    )  # fmt: skip
    text = render_profile(bare, width=60)
    assert "market value unknown · no recent price" in text
    assert "no period is public" in text
    assert "Quarters" not in text + profile_markdown(bare)
    assert json.loads(profile_json(bare))["ttm"] is None
    assert profile_csv(bare).startswith("part,name")
