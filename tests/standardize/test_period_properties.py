"""Laws of periods on generated filings: which restatement moves what, and when; money scales with its inputs."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalogue.items import ITEMS
from screener.lake.schema import COMPANIES, FACTS
from screener.standardize.pipeline import standardize
from tests.standardize.stages import Fact, accession_of, read, unit_of, write_table

ENDS = tuple(date(year, month, day) for year in (2020, 2021, 2022)
             for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)))  # fmt: skip
FLOWS = ("NetIncomeLoss", "Revenues", "NetCashProvidedByUsedInOperatingActivities", "CostOfRevenue")
BALANCES = ("Assets", "StockholdersEquity", "LongTermDebtNoncurrent", "CashAndCashEquivalentsAtCarryingValue")
ISSUERS = 10
MONEY = tuple(
    f"{item.name}{suffix}"
    for item in ITEMS
    for suffix in (("",) if item.kind == "instant" else ("", "_q"))
    if item.unit == "usd" and item.name != "public_float"
)
Row = dict[str, Any]


def report(random: Random, end: date, filed: date, form: str) -> list[Fact]:
    """Return the facts of one report: year to date, sometimes the quarter, and the balances, of any size."""
    facts: list[Fact] = []
    starts = [date(end.year, 1, 1)]
    if random.random() < 0.5 and end.month > 3:
        starts.append(date(end.year, end.month - 2, 1))
    for tag in FLOWS:
        facts += [
            (tag, str(start), str(end), random.randint(1, 9_999_999) * 1000.0, str(filed), form) for start in starts
        ]
    facts += [(tag, None, str(end), random.randint(1, 9_999_999) * 1000.0, str(filed), form) for tag in BALANCES]
    return facts


def history(random: Random) -> list[Fact]:
    """Return three years of reports in a random order of filing, some amended, some restated a year later."""
    facts: list[Fact] = []
    for end in ENDS:
        form = "10-K" if end.month == 12 else "10-Q"
        filed = end + timedelta(days=random.choice((20, 35, 60, 150)))
        facts += report(random, end, filed, form)
        for delay, kind in ((45, f"{form}/A"), (365, form)):
            if random.random() < 0.25:
                facts += report(random, end, filed + timedelta(days=delay), kind)
    random.shuffle(facts)
    return facts


Histories = dict[int, list[Fact]]
RANDOMS = st.randoms(use_true_random=True)


def histories_of(random: Random) -> Histories:
    """Return the histories of ten issuers."""
    return {issuer: history(random) for issuer in range(1, ISSUERS + 1)}


def built(histories: Histories) -> list[Row]:
    """Return the fundamentals of the histories."""
    facts = [
        (issuer, tag, unit_of(tag), start, end, value, filed, form, accession_of(filed, form), None)
        for issuer, found in histories.items()
        for tag, start, end, value, filed, form in found
    ]
    company = {"is_shell": False, "model": "standard", "name": "Example"}
    with tempfile.TemporaryDirectory() as folder:
        stage = Path(folder)
        write_table(stage / "facts.parquet", FACTS, facts)
        rows = [
            tuple((company | {"issuer_id": issuer, "cik": issuer}).get(name) for name, _, _ in COMPANIES)
            for issuer in histories
        ]
        write_table(stage / "companies.parquet", COMPANIES, rows)
        standardize(stage)
        return read(stage / "fundamentals.parquet")


def built_beside(*each: Histories) -> list[list[Row]]:
    """Return the fundamentals of several sets of histories, built as other companies of one data set."""
    apart = 10 * ISSUERS
    together = built({apart * k + issuer: facts for k, found in enumerate(each) for issuer, facts in found.items()})
    rows: list[list[Row]] = [[] for _ in each]
    for row in together:
        k, issuer = divmod(row["issuer_id"], apart)
        rows[k].append(row | {"issuer_id": issuer})
    return rows


def times(factor: float, histories: Histories) -> Histories:
    """Return the histories with every amount times ``factor``."""
    return {
        issuer: [(tag, start, end, value * factor, filed, form) for tag, start, end, value, filed, form in facts]
        for issuer, facts in histories.items()
    }


def known(rows: list[Row], day: str) -> list[Row]:
    """Return what a run as of ``day`` sees, without the ends of validity that only the future knows."""
    return [
        {name: value for name, value in row.items() if name not in {"known_until", "latest_until"}}
        for row in rows
        if str(row["known_from"]) <= day
    ]


def newest(rows: list[Row], issuer: int, day: str) -> Row | None:
    """Return the row of the newest period that is known on ``day``."""
    found = [r for r in rows if r["issuer_id"] == issuer and str(r["known_from"]) <= day < str(r["latest_until"])]
    assert len(found) <= 1
    return found[0] if found else None


@settings(max_examples=2, deadline=None)
@given(RANDOMS, st.dates(date(2020, 6, 1), date(2023, 12, 31)))
def test_what_is_filed_later_changes_nothing(random: Random, cut: date) -> None:
    """In whatever order reports are filed, the rows known on a day are those of the facts filed by that day."""
    histories = histories_of(random)
    past = {issuer: [fact for fact in facts if fact[4] <= str(cut)] for issuer, facts in histories.items()}
    assert known(built(past), str(cut)) == known(built(histories), str(cut))


@settings(max_examples=2, deadline=None)
@given(RANDOMS)
def test_restatements_move_their_own_period(random: Random) -> None:
    """A late restatement of an old period leaves the newest row's period; one of the newest replaces it on its day."""
    histories, day = histories_of(random), "2024-06-01"
    old = {issuer: facts + report(random, ENDS[4], date(2024, 6, 1), "10-Q/A") for issuer, facts in histories.items()}
    new = {
        issuer: [*facts, ("NetIncomeLoss", "2022-01-01", "2022-12-31", 77_000_000.0, day, "10-K/A"),
                 ("Assets", None, "2022-12-31", 88_000_000.0, day, "10-K/A")]
        for issuer, facts in histories.items()
    }  # fmt: skip
    before, with_old, with_new = built_beside(histories, old, new)
    for issuer in histories:
        row = newest(before, issuer, day)
        assert row is not None
        assert row["period_end"] == ENDS[-1]
        assert (newest(with_old, issuer, day) or {})["period_end"] == ENDS[-1]
        assert (newest(with_old, issuer, day) or {})["total_assets"] == row["total_assets"]
        moved = newest(with_new, issuer, day)
        assert moved is not None
        assert (moved["net_income"], moved["total_assets"], str(moved["known_from"])) == (77e6, 88e6, day)
        assert newest(with_new, issuer, "2024-05-31") == newest(before, issuer, "2024-05-31") | {
            "known_until": moved["known_from"],
            "latest_until": moved["known_from"],
        }


@settings(max_examples=2, deadline=None)
@given(RANDOMS)
def test_money_scales_with_its_inputs(random: Random) -> None:
    """A thousand times every amount gives a thousand times every money item, and the same flags."""
    histories = histories_of(random)
    once, thousand = built_beside(histories, times(1000.0, histories))
    assert len(once) == len(thousand)
    for one, other in zip(once, thousand, strict=True):
        assert {name: one[name] for name in one if name not in MONEY} == {
            name: other[name] for name in other if name not in MONEY
        }
        for name in MONEY:
            value = one[name]
            assert other[name] == (None if value is None else value * 1000), name
