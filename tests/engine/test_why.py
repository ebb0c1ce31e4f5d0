"""Funnel, near misses, names not judged, holdings, and what would change: every pair of verdicts, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.engine.company import find_company
from screener.engine.explain import Explanation, explain_company
from screener.engine.funnel import run_funnel
from screener.engine.holds import find_holdings
from screener.engine.near import run_near
from screener.engine.result import Value
from screener.engine.run import run_screen
from screener.engine.unknown import run_unknown
from screener.lake.connect import Lake
from screener.language.screen import Screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, rule, screen

END = date(2023, 12, 31)
FILED = date(2024, 2, 20)

# Ticker → (revenue, equity, cfo): the letters are the verdicts on `revenue > 10` and `equity > 10`.
NAMES: dict[str, tuple[float | None, float | None, float]] = {
    "PP": (20, 20, 4),
    "PF": (20, 5, 9),
    "PU": (20, None, 3),
    "FP": (9, 20, 5),
    "FF": (5, 5, 1),
    "FU": (8, None, 2),
    "UP": (None, 20, 8),
    "UF": (None, 4, 7),
    "UU": (None, None, 6),
}
RULES = ("revenue > 10", "equity > 10")


def lake_of(path: Path, names: dict[str, tuple[float | None, float | None, float]]) -> Lake:
    """Return these companies, and OUT, whose price keeps it out of the universe."""
    tickers = [*names, "OUT"]
    people = [
        company(number, ticker, sector="Energy" if ticker in {"PP", "FP"} else "Industrials")
        for number, ticker in enumerate(tickers, 1)
    ]
    quarters = []
    for number, ticker in enumerate(tickers, 1):
        revenue, equity, cfo = names.get(ticker, (20, 20, 10))
        given_items = {"revenue": revenue, "equity": equity, "cfo": cfo}
        quarters.append(quarter(number, END, FILED, 40, shares_outstanding=100.0, flags="derived_q4", **given_items))
    prices = [price(number, 1.0 if ticker == "OUT" else 10.0) for number, ticker in enumerate(tickers, 1)]
    return make_lake(path, people, quarters, prices)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Every pair of verdicts once."""
    with lake_of(tmp_path_factory.mktemp("lake"), NAMES) as found:
        yield found


def wanted(*rules: Any, limit: int | None = None) -> Screen:
    """Return a screen of these rules, ranked by operating cash flow, over the names that cost more than 5."""
    return screen(*(rules or RULES), universe=("price > 5",), rank=(factor("cfo"),), limit=limit, min_group=3)


class TestFunnel:
    """``screener funnel``."""

    def test_counts(self, lake: Lake) -> None:
        """In order, alone, kept out in all and by this rule only, as counted from the nine pairs."""
        found = run_funnel(lake, wanted(), AS_OF)
        universe, first, second = found.costs
        assert (universe.in_order, universe.alone, universe.remaining) == ((9, 1, 0), None, 9)
        assert (first.in_order, first.alone, first.remaining) == ((3, 3, 3), (3, 3, 3), 3)
        assert (second.in_order, second.alone, second.remaining) == ((1, 1, 1), (3, 3, 3), 1)
        # Only revenue keeps out FP and UP, only equity PF and PU.
        assert [(cost.kept_out, cost.sole) for cost in found.rules] == [(6, 2), (6, 2)]
        assert found.kept_out == ((1, 4), (2, 4))

    def test_overlap(self, lake: Lake) -> None:
        """One name fails both, of the three that fail each."""
        found = run_funnel(lake, wanted(), AS_OF)
        assert found.overlap == ((3, 1), (1, 3))
        (pair,) = found.pairs
        assert (pair.first, pair.second, pair.names, pair.share) == (1, 2, 1, pytest.approx(1 / 3))

    def test_unknowns_that_are_let_in_cost_nothing(self, lake: Lake) -> None:
        """With `if_unknown: flag` on equity only its three failures are kept out by it; revenue is the costlier."""
        found = run_funnel(lake, wanted(RULES[0], rule(RULES[1], "flag")), AS_OF)
        # Out: revenue FP FF FU UP UF UU, equity PF FF UF. One rule only: FP FU UP UU and PF.
        assert [(cost.kept_out, cost.sole) for cost in found.rules] == [(6, 4), (3, 1)]
        assert found.kept_out == ((1, 5), (2, 2))
        assert found.costliest is not None
        assert found.costliest.text == RULES[0]

    def test_without_rules(self, lake: Lake) -> None:
        """A screen without rules has no overlap and nobody kept out by one; the frame has the universe alone."""
        found = run_funnel(lake, screen(universe=("price > 5",)), AS_OF)
        assert (found.overlap, found.pairs, found.kept_out, found.costliest) == ((), (), (), None)
        assert found.frame.shape == (1, 12)


class TestNear:
    """``screener near``."""

    def test_nearest_first(self, lake: Lake) -> None:
        """9 of 10 is 10 % short, 8 is 20 %, 5 is 50 %, 4 is 60 %; an unknown beside it is named, not counted."""
        found = run_near(lake, wanted(), AS_OF)
        rows = [(miss.ticker, miss.rule, miss.distance and miss.distance.relative, miss.unknown) for miss in found.rows]
        assert rows == [
            ("FP", RULES[0], pytest.approx(-0.1), ()),
            ("FU", RULES[0], pytest.approx(-0.2), (RULES[1],)),
            ("PF", RULES[1], pytest.approx(-0.5), ()),
            ("UF", RULES[1], pytest.approx(-0.6), (RULES[0],)),
        ]
        assert found.frame["distance"].to_list() == [-1.0, -2.0, -5.0, -6.0]

    def test_rank_that_it_would_have(self, lake: Lake) -> None:
        """PP alone passes, with a cash flow of 4: FP (5) would be before it, FU (2) behind."""
        ranks = {miss.ticker: miss.place.rank for miss in run_near(lake, wanted(), AS_OF).rows}
        assert ranks == {"FP": 1, "FU": 2, "PF": 1, "UF": 1}

    def test_no_per_cent_comes_after(self, lake: Lake) -> None:
        """Against zero there is no per cent, for a text no distance: they come after, each in the order of the list."""
        found = run_near(lake, wanted("equity > 10", "revenue - 10 > 0"), AS_OF)
        rows = [(miss.ticker, miss.distance and miss.distance.slack) for miss in found.rows]
        assert rows == [("PF", -5.0), ("UF", -6.0), ("FP", -1.0), ("FU", -2.0)]
        texts = run_near(lake, wanted("revenue > 10", "not sector = Energy"), AS_OF)
        # PP fails the text alone, FF and FU revenue alone; FP fails both.
        rows_of_texts = [(miss.ticker, miss.distance is None) for miss in texts.rows]
        assert rows_of_texts == [("FU", False), ("FF", False), ("PP", True)]

    def test_limit(self, lake: Lake) -> None:
        """A limit shows the nearest and says how many there are."""
        found = run_near(lake, wanted(), AS_OF, limit=2)
        assert ([miss.ticker for miss in found.rows], found.total) == (["FP", "FU"], 4)


class TestUnknown:
    """``screener unknown``."""

    def test_apart_from_the_rejected(self, lake: Lake) -> None:
        """Three names fail nothing and lack an input; five fail a rule. In the order of the list: cash flow 8, 6, 3."""
        found = run_unknown(lake, wanted(), AS_OF)
        assert [(row.ticker, row.reasons) for row in found.rows] == [
            ("UP", ((RULES[0], "revenue is not reported"),)),
            ("UU", ((RULES[0], "revenue is not reported"), (RULES[1], "equity is not reported"))),
            ("PU", ((RULES[1], "equity is not reported"),)),
        ]
        assert found.rejected == 5
        assert found.reasons == (("equity is not reported", 2), ("revenue is not reported", 2))
        assert found.frame.shape == (4, 7)

    def test_a_rule_that_lets_unknowns_in_keeps_nobody(self, lake: Lake) -> None:
        """With `if_unknown: pass` on equity, PU passes, and UU waits for revenue alone."""
        found = run_unknown(lake, wanted(RULES[0], rule(RULES[1], "pass")), AS_OF)
        assert [(row.ticker, len(row.reasons)) for row in found.rows] == [("UP", 1), ("UU", 1)]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(["revenue > 10", "equity > 10", "cfo >= 2", "revenue < 9 or equity > 4"]))
def test_order_of_rules_does_not_matter(lake: Lake, order: list[str]) -> None:
    """The same names are near and not judged, by the same rules, in whatever order these are written."""
    plain = sorted(order)

    def said(rules: list[str]) -> tuple[object, object, object]:
        near, unknown = run_near(lake, wanted(*rules), AS_OF), run_unknown(lake, wanted(*rules), AS_OF)
        return (
            [(miss.ticker, miss.rule, miss.place.rank) for miss in near.rows],
            [(row.ticker, sorted(row.reasons)) for row in unknown.rows],
            unknown.reasons,
        )

    assert said(list(order)) == said(plain)


class TestExplain:
    """``screener explain``: distances, peers, places, and what would change."""

    def explained(self, lake: Lake, ticker: str, wanted_screen: Screen) -> Explanation:
        """Explain a name."""
        return explain_company(lake, wanted_screen, find_company(lake.con, ticker), AS_OF)

    def test_inputs_have_period_filing_day_and_flags(self, lake: Lake) -> None:
        """A rule says from which quarter its input is, since when it is public, and what is the matter with it."""
        (found,) = self.explained(lake, "FP", wanted()).judgements[1].inputs
        assert (found.name, found.value, found.unit) == ("revenue", 9.0, "usd")
        assert (found.period_end, found.filed, found.flags) == (END, FILED, "derived_q4")

    def test_the_stated_changes_put_it_on_the_list(self, lake: Lake, tmp_path: Path) -> None:
        """FF misses both rules: with revenue and equity just above 10, as stated, it passes, at the rank foretold."""
        before = self.explained(lake, "FF", wanted())
        needs = {one.what: one.threshold for judgement in before.missed for one in judgement.change}
        assert needs == {"revenue": 10.0, "equity": 10.0}
        with lake_of(tmp_path, NAMES | {"FF": (10.01, 10.01, 1)}) as after:
            (pp, ff) = run_screen(after, wanted(), AS_OF).rows
        assert before.place is not None
        assert (pp.ticker, ff.ticker, ff.rank) == ("PP", "FF", before.place.rank)
        assert ff.score == before.place.score

    def test_least_room(self, lake: Lake) -> None:
        """PP has 20 against 10 and 16: 100 % and 25 % of room; the second is the tighter."""
        found = self.explained(lake, "PP", wanted("revenue > 10", "equity > 16"))
        assert found.tightest is not None
        assert found.tightest.text == "equity > 16"
        assert found.tightest.distance is not None
        assert found.tightest.distance.relative == pytest.approx(0.25)

    def test_places_and_peers(self, lake: Lake) -> None:
        """Seven Industrials are a group; two in Energy are none: they are ranked in the universe of nine.

        By cash flow PP (4) is sixth of nine: 44.4; UU (6) is fourth of the Industrials (9, 8, 7, 6, 3, 2, 1): 57.1.
        """
        ranked = screen(*RULES, universe=("price > 5",), rank=(factor("cfo", within="sector"),), min_group=3)
        pp, uu = (self.explained(lake, ticker, ranked) for ticker in ("PP", "UU"))
        (energy,), (industrials,) = pp.factors, uu.factors
        assert (energy.within, energy.size, energy.fell_back, energy.percentile) == (
            "universe", 9, True, pytest.approx(100 * 4 / 9),
        )  # fmt: skip
        assert (industrials.peers, industrials.size, industrials.fell_back) == ("Industrials", 7, False)
        assert industrials.percentile == pytest.approx(100 * 4 / 7)
        assert industrials.contribution == pytest.approx(100 * 4 / 7)
        assert pp.place is not None
        assert (pp.rank, pp.place.rank, pp.place.universe) == (1, 1, 9)

    def test_contributions_add_up_to_the_score(self, lake: Lake) -> None:
        """Weights 3 and 1: three quarters of one percentile and a quarter of the other."""
        ranked = screen(universe=("price > 5",), rank=(factor("cfo", weight=3.0), factor("revenue")))
        found = self.explained(lake, "PP", ranked)
        # Sixth of nine by cash flow; the best of nine by revenue, with two others.
        points = [100 * 4 / 9 * 0.75, 100 * 0.25]
        assert [one.contribution for one in found.factors] == [pytest.approx(point) for point in points]
        assert found.score == pytest.approx(sum(points))

    def test_where_the_limit_cuts(self, lake: Lake) -> None:
        """By cash flow 9 names have scores of 100, 88.9, ...: with a limit of 2, UF (third) is 11.1 behind UP."""
        ranked = screen(universe=("price > 5",), rank=(factor("cfo"),), limit=2)
        third, first = self.explained(lake, "UF", ranked), self.explained(lake, "PF", ranked)
        assert third.cutoff is not None
        assert (third.rank, third.cutoff.last_score) == (3, pytest.approx(800 / 9))
        assert third.cutoff.gap == pytest.approx(-100 / 9)
        assert first.cutoff is not None
        assert first.cutoff.gap == pytest.approx(200 / 9)

    def test_outside_the_universe(self, lake: Lake) -> None:
        """A name outside is judged by every rule, and told what would let it in; it has no place."""
        found = self.explained(lake, "OUT", wanted())
        assert [judgement.verdict for judgement in found.judgements] == ["fail", "pass", "pass"]
        assert [one.threshold for one in found.missed[0].change] == [5.0]
        assert (found.place, found.cutoff, found.factors) == (None, None, ())


def test_holds(lake: Lake) -> None:
    """Held at a rank of how many, below the limit, failed by the first rule, not judged, kept out of the universe."""
    screens = {
        "all": screen(rank=(factor("cfo"),)),
        "short": screen(rank=(factor("cfo"),), limit=2),
        "fails": screen("revenue > 10", "equity > 100", universe=("price > 5",)),
        "waits": screen("equity > 10", "inventory > 10"),
        "outside": screen(universe=("price > 50",)),
    }
    named = [_named(name, one) for name, one in screens.items()]
    found = find_holdings(lake, named, find_company(lake.con, "PP"), AS_OF)
    rows: list[tuple[Value, ...]] = [
        (row.screen, row.state, row.rank, row.passing, row.kind, row.rule, row.reason) for row in found.rows
    ]
    # Cash flows of 10 (OUT), 9, 8, 7, 6 and 5 are before PP's 4.
    assert rows == [
        ("all", "held", 7, 10, "", "", ""),
        ("short", "below limit", 7, 10, "", "", ""),
        ("waits", "unknown", None, 0, "rule", "inventory > 10", "inventory is not reported"),
        ("fails", "fails", None, 0, "rule", "equity > 100", ""),
        ("outside", "fails", None, 0, "universe", "price > 50", ""),
    ]
    assert found.frame.shape == (5, 9)


def test_holds_of_no_candidate(tmp_path: Path) -> None:
    """A company that had neither a filing nor a price on the day is no candidate of any screen."""
    people = [company(1, "AAA"), company(2, "BBB")]
    rows = [quarter(1, END, FILED, 40, net_income=5.0, shares_outstanding=100.0)]
    with make_lake(tmp_path, people, rows, [price(1, 10.0)]) as lake:
        (found,) = find_holdings(lake, [screen()], find_company(lake.con, "BBB"), AS_OF).rows
    assert (found.state, found.rank, found.passing) == ("no candidate", None, 1)


def _named(name: str, one: Screen) -> Screen:
    return replace(one, name=name)
