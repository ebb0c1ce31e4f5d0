"""The report of a run: verdicts with thresholds, reasons of unknown columns, who was left out, the universe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from screener.engine.company import find_company
from screener.engine.explain import explain_company
from screener.engine.near import run_near
from screener.engine.report import Report, make_report
from screener.engine.run import run_screen
from screener.engine.unknown import run_unknown
from screener.lake.connect import Lake
from screener.language.glossary import glossary
from screener.language.screen import RankGroup, Screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, rule, screen

END, FILED = date(2023, 12, 31), date(2024, 2, 20)

# Ticker → (revenue, equity, cfo).
NAMES: dict[str, tuple[float | None, float | None, float]] = {
    "BEST": (40, 20, 8),
    "NEXT": (20, None, 4),
    "NEAR": (9, 20, 6),
    "WAIT": (None, 20, 2),
    "OUT": (50, 50, 9),
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Two names that pass, one near miss, one that cannot be judged, one outside the universe."""
    people = [company(number, ticker) for number, ticker in enumerate(NAMES, 1)]
    people[1]["cik"] = None
    quarters = [
        quarter(number, END, FILED, 40, revenue=revenue, equity=equity, cfo=cfo, shares_outstanding=100.0)
        for number, (revenue, equity, cfo) in enumerate(NAMES.values(), 1)
    ]
    prices = [price(number, 1.0 if ticker == "OUT" else 10.0) for number, ticker in enumerate(NAMES, 1)]
    with make_lake(tmp_path_factory.mktemp("lake"), people, quarters, prices) as found:
        yield found


def wanted() -> Screen:
    """Return a screen with two groups of factors, the first of them weighing three quarters of the score."""
    rank = RankGroup(
        "",
        (
            RankGroup("Quality", (factor("cfo", weight=2.0), factor("revenue", "lower")), weight=3.0),
            RankGroup("Size", (factor("equity"),)),
        ),
    )
    rules = (rule("revenue > 10"), rule("equity > 10", "flag"))
    return screen(*rules, universe=("price > 5",), rank=rank, columns=("equity", "cfo / revenue"))


@pytest.fixture(scope="module")
def report(lake: Lake) -> Report:
    """The report of that screen."""
    return make_report(lake, wanted(), AS_OF)


def test_same_as_the_parts_alone(lake: Lake, report: Report) -> None:
    """The rows, the near misses and the names not judged are those of the commands that give them alone."""
    assert report.result.rows == run_screen(lake, wanted(), AS_OF).rows
    assert report.near.rows == run_near(lake, wanted(), AS_OF).rows
    assert report.unknown.rows == run_unknown(lake, wanted(), AS_OF).rows
    assert [miss.ticker for miss in report.near.rows] == ["NEAR"]
    assert [row.ticker for row in report.unknown.rows] == ["WAIT"]


def test_verdicts_of_a_listed_name(report: Report) -> None:
    """Each condition in written order with both sides; an unknown that is let in says why."""
    best, following = (entry.verdicts for entry in report.entries)
    told = [(row.group, row.verdict, row.distance and (row.distance.value, row.distance.threshold)) for row in best]
    assert told == [
        ("universe", "pass", (10.0, 5.0)),
        ("rules", "pass", (40.0, 10.0)),
        ("rules", "pass", (20.0, 10.0)),
    ]
    assert (following[2].verdict, following[2].admitted) == ("unknown", True)
    assert following[2].reason == "equity is not reported"


def test_verdicts_are_those_of_explain(lake: Lake, report: Report) -> None:
    """`screener explain` says the same of every rule."""
    for entry in report.entries:
        company_ = find_company(lake.con, entry.row.ticker or "", AS_OF)
        judged = explain_company(lake, wanted(), company_, AS_OF).judgements
        mine = [(row.text, row.verdict, row.admitted, row.reason, row.distance) for row in entry.verdicts]
        assert mine == [(row.text, row.verdict, row.admitted, row.reason, row.distance) for row in judged]


def test_reasons_of_unknown_columns(report: Report) -> None:
    """A column that is unknown says why; one that is known says nothing."""
    assert [entry.reasons for entry in report.entries] == [("", ""), ("equity is not reported", "")]


def test_address_of_the_filings(report: Report) -> None:
    """A company with a CIK has a page of filings, one without has none."""
    assert [entry.url for entry in report.entries] == ["https://www.sec.gov/edgar/browse/?CIK=1", ""]


def test_the_universe_behind_the_list(report: Report) -> None:
    """Group scores of the four names by hand: cfo ranks 100, 50, 75, 25; revenue 50, 75, 100 and missing is worst."""
    found = report.universe
    assert (found.groups, found.weights) == (("Quality", "Size"), (0.75, 0.25))
    groups = {member.ticker: member.groups for member in found.members}
    assert groups == {
        "BEST": (pytest.approx((2 * 100 + 50) / 3), 100.0),
        "NEXT": (pytest.approx((2 * 50 + 75) / 3), 0.0),
        "NEAR": (pytest.approx((2 * 75 + 100) / 3), 100.0),
        "WAIT": (pytest.approx((2 * 25 + 0) / 3), 100.0),
    }
    assert {member.ticker for member in found.members if member.passed} == {"BEST", "NEXT"}
    for member in found.members:
        total = sum(
            share * score for share, score in zip(found.weights, member.groups, strict=True) if score is not None
        )
        assert member.score == pytest.approx(total)


def test_contributions_add_up_to_the_score(report: Report) -> None:
    """What the factors add is the score."""
    for entry in report.entries:
        assert sum(found.contribution or 0.0 for found in entry.factors) == pytest.approx(entry.row.score)


def test_words_of_the_screen() -> None:
    """Each word once, those of the screen before those behind them, with formula, unit and kind."""
    rows = glossary(screen("roe > mine", universe=("price > 5",), define={"mine": "revenue / equity"}))
    kinds = {row.name: (row.kind, row.direct) for row in rows}
    assert list(kinds)[:3] == ["price", "roe", "mine"]
    assert kinds["price"] == ("field", True)
    assert kinds["roe"] == ("metric", True)
    assert kinds["mine"] == ("own metric", True)
    assert kinds["revenue"] == ("line item", False)
    roe = next(row for row in rows if row.name == "roe")
    assert (roe.unit, roe.direction) == ("ratio", "higher")
    assert roe.formula
    assert roe.undefined
    assert len(kinds) == len(rows)
    # What the table of items notes is about tags, for its keepers.
    assert {row.note for row in rows if row.kind == "line item"} == {""}
    assert next(row.source for row in rows if row.name == "revenue") == "income statement"


def test_a_screen_without_rank_or_rules(lake: Lake) -> None:
    """Nobody is left out, there are no groups, and the names of the universe are there without a score."""
    found = make_report(lake, screen(universe=("price > 5",)), AS_OF)
    assert (found.near.rows, found.unknown.rows, found.universe.groups) == ((), (), ())
    assert [member.score for member in found.universe.members] == [None] * 4
    assert all(entry.factors == () for entry in found.entries)
