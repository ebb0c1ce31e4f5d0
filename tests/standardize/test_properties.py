"""Point in time as properties: later filings change nothing that was known, and order does not matter."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.standardize.pipeline import standardize
from tests.standardize.stages import Fact, M, read, write_stage

QUARTERS = (("2023-03-31", "2023-05-05", "10-Q"), ("2023-06-30", "2023-08-05", "10-Q"),
            ("2023-09-30", "2023-11-05", "10-Q"), ("2023-12-31", "2024-02-20", "10-K"),
            ("2024-03-31", "2024-05-05", "10-Q"), ("2024-06-30", "2024-08-05", "10-Q"))  # fmt: skip
TAGS = ("NetIncomeLoss", "Revenues", "NetCashProvidedByUsedInOperatingActivities")
CUT = "2024-03-01"


@st.composite
def filings(draw: st.DrawFn) -> list[Fact]:
    """Draw six quarters of reports, each with the year before as comparative, some of them restated."""
    facts: list[Fact] = []
    value = st.integers(min_value=-50, max_value=500)
    for end, filed, form in QUARTERS:
        start = f"{end[:4]}-01-01"
        for tag in draw(st.sets(st.sampled_from(TAGS), min_size=1)):
            facts.append((tag, start, end, draw(value) * M, filed, form))
            before = f"{int(end[:4]) - 1}{end[4:]}"
            facts.append((tag, f"{before[:4]}-01-01", before, draw(value) * M, filed, form))
        facts.append(("Assets", None, end, draw(st.integers(1, 900)) * M, filed, form))
        if draw(st.booleans()):
            facts.append(("LongTermDebtNoncurrent", None, end, draw(st.integers(0, 90)) * M, filed, form))
    return facts


def fundamentals(folder: Path, facts: list[Fact]) -> list[dict[str, Any]]:
    """Return the rows of ``facts`` built in ``folder``."""
    write_stage(folder, facts)
    standardize(folder)
    return read(folder / "fundamentals.parquet")


def known(rows: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    """Return the rows that a run as of ``day`` sees, without the ends of validity that only the future knows."""
    open_ended = {"known_until", "latest_until"}
    return [
        {name: value for name, value in row.items() if name not in open_ended}
        for row in rows
        if str(row["known_from"]) <= day
    ]


@settings(max_examples=2, deadline=None)
@given(filings())
def test_later_filings_change_nothing_known(facts: list[Fact]) -> None:
    """Every version known on a day is the same whether or not the filings after it are there."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        past = [fact for fact in facts if fact[4] <= CUT]
        assert known(fundamentals(Path(one), past), CUT) == known(fundamentals(Path(two), facts), CUT)


@st.composite
def drifting(draw: st.DrawFn) -> list[Fact]:
    """Draw the same reports with first days, and single quarters, that are a few days off and differ by filing."""
    facts: list[Fact] = []
    for tag, start, end, value, filed, form in draw(filings()):
        days = st.integers(-3, 3)
        first = str(date.fromisoformat(start) + timedelta(days=draw(days))) if start else None
        facts.append((tag, first, end, value, filed, form))
        if start and end[5:] != "03-31" and draw(st.booleans()):
            quarter = str(date.fromisoformat(end) - timedelta(days=91 + draw(days)))
            facts.append((tag, quarter, end, value / 2, filed, form))
    return facts


@settings(max_examples=2, deadline=None)
@given(drifting())
def test_later_first_days_change_nothing_known(facts: list[Fact]) -> None:
    """Which first days are one, and which periods follow each other, is told by what was filed by then."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        past = [fact for fact in facts if fact[4] <= CUT]
        assert known(fundamentals(Path(one), past), CUT) == known(fundamentals(Path(two), facts), CUT)


@settings(max_examples=2, deadline=None)
@given(filings(), st.randoms(use_true_random=False))
def test_same_bytes_in_any_order(facts: list[Fact], random: Any) -> None:
    """The same facts in another order, built again, give the same bytes."""
    shuffled = list(facts)
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        fundamentals(Path(one), facts)
        fundamentals(Path(two), shuffled)
        for name in ("fundamentals.parquet", "splits.parquet"):
            assert (Path(one) / name).read_bytes() == (Path(two) / name).read_bytes()
