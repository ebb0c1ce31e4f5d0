"""Verdicts, history, ranks, funnel and order of a run, on companies made by hand."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from screener.engine.query import build_query
from screener.engine.result import Result
from screener.engine.run import panel, run_screen
from screener.errors import DataError
from screener.lake.connect import Lake
from screener.language.screen import RankGroup, Screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, rule, screen

END = date(2023, 12, 31)
FILED = date(2024, 2, 20)


def single(tmp_path: Path, close: float = 10.0, model: str = "standard", **items: Any) -> Lake:
    """Return a data set of one company with one quarter."""
    return make_lake(
        tmp_path,
        [company(1, "AAA", model=model)],
        [quarter(1, END, FILED, 40, shares_outstanding=100.0, **items)],
        [price(1, close)],
    )


def verdict(lake: Lake, text: str) -> bool | None:
    """Return the verdict of a rule on the only company of the data set."""
    run_screen(lake, screen(text), AS_OF)
    found = lake.con.execute("SELECT r1 FROM evaluated").fetchone()
    assert found is not None
    return found[0]


def value(lake: Lake, text: str) -> float | None:
    """Return the value of an expression for the only company of the data set."""
    return run_screen(lake, screen(columns=(text,)), AS_OF).rows[0].values[0]


def tickers(result: Result) -> list[str | None]:
    """Return the tickers of the shortlist in order."""
    return [row.ticker for row in result.rows]


class TestVerdicts:
    """A rule passes, fails or is unknown."""

    @pytest.mark.parametrize(
        ("items", "text", "expected"),
        [
            ({"net_income": 5.0}, "net_income > 0", True),
            ({"net_income": -5.0}, "net_income > 0", False),
            ({}, "net_income > 0", None),
            ({}, "not net_income > 0", None),
            ({"revenue": 1.0}, "net_income > 0 or revenue > 0", True),
            ({"revenue": -1.0}, "net_income > 0 or revenue > 0", None),
            ({"revenue": -1.0}, "net_income > 0 and revenue > 0", False),
            ({"revenue": 0.0, "net_income": 5.0}, "net_income / revenue > 0", None),
            ({"revenue": 2.0}, "revenue between 1 and 2", True),
            ({"revenue": 2.0}, "revenue in [1, 2]", True),
            ({"revenue": 2.0}, "1 < revenue < 2", False),
            ({}, "revenue is unknown", True),
            ({"revenue": 2.0}, "revenue is known", True),
            ({}, "sector in ['industrials']", True),
            ({}, "sector != 'Industrials'", False),
            ({}, "if_known(revenue, 0) = 0", True),
            ({"revenue": -1.0}, "sqrt(revenue) > 0", None),
            ({"revenue": -1.0}, "log(revenue) < 0", None),
            ({"revenue": -8.0}, "revenue ^ 0.5 > 0", None),
            ({"revenue": 3.0}, "min(revenue, cfo) < 5", None),
            ({"revenue": 3.0, "cfo": 9.0}, "max(revenue, cfo) = 9", True),
        ],
    )
    def test_three_values(self, tmp_path: Path, items: dict[str, float], text: str, expected: bool | None) -> None:
        """Unknown inputs and undefined operations leave a rule unknown unless the rest decides it."""
        with single(tmp_path, **items) as lake:
            assert verdict(lake, text) is expected

    @pytest.mark.parametrize(("if_unknown", "listed", "flags"), [("fail", 0, 0), ("pass", 1, 0), ("flag", 1, 1)])
    def test_unknown_is_let_in_only_when_the_rule_says_so(
        self, tmp_path: Path, if_unknown: str, listed: int, flags: int
    ) -> None:
        """A name with a missing input is out by default, in with pass, and in with a reason with flag."""
        with single(tmp_path) as lake:
            result = run_screen(lake, screen(rule("net_income > 0", if_unknown)), AS_OF)
        assert len(result.rows) == listed
        assert sum(len(row.flags) for row in result.rows) == flags
        if flags:
            assert result.rows[0].flags == ("net_income > 0: unknown, net_income is not reported",)

    def test_market_cap_is_price_times_shares_on_one_basis(self, tmp_path: Path) -> None:
        """A later 10:1 split in the price file is undone by the row's share basis: 10 x 100 x 10 = 10,000."""
        with single(tmp_path, share_basis=10.0) as lake:
            assert value(lake, "market_cap") == 10_000.0

    def test_impossible_market_cap_is_refused(self, tmp_path: Path) -> None:
        """A market value over ten trillion is unknown, not huge."""
        with single(tmp_path, close=1e12) as lake:
            assert value(lake, "market_cap") is None


class TestMetrics:
    """Metrics where naive screeners go wrong."""

    def test_negative_earnings_have_no_pe(self, tmp_path: Path) -> None:
        """A P/E of a loss maker is undefined, while its earnings yield is negative: -50 / 1,000."""
        with single(tmp_path, net_income_to_common=-50.0) as lake:
            assert value(lake, "pe") is None
            assert value(lake, "earnings_yield") == pytest.approx(-0.05)

    def test_negative_equity_has_no_roe(self, tmp_path: Path) -> None:
        """A loss over negative equity is not a high return."""
        with single(tmp_path, net_income_to_common=-50.0, equity=-100.0, total_assets=500.0) as lake:
            assert value(lake, "roe") is None
            assert value(lake, "debt_equity") is None

    def test_enterprise_value_refuses_unknown_debt(self, tmp_path: Path) -> None:
        """EV needs debt and cash; market cap 1,000 + debt 300 - cash 200 - investments 50 = 1,050."""
        with single(tmp_path / "a", cash=200.0) as lake:
            assert value(lake, "ev") is None
        with single(tmp_path / "b", cash=200.0, total_debt=300.0, short_term_investments=50.0) as lake:
            assert value(lake, "ev") == 1050.0

    def test_zero_debt_is_valid_and_covers_its_interest(self, tmp_path: Path) -> None:
        """No debt: EV = 1,000 - 200; coverage undefined, which ranks best."""
        with single(tmp_path, cash=200.0, total_debt=0.0, operating_income=10.0) as lake:
            assert value(lake, "ev") == 800.0
            result = run_screen(lake, screen(rank=(factor("interest_coverage"),)), AS_OF)
        assert result.rows[0].factors[0].value is None
        assert result.rows[0].score == 100.0

    def test_negative_enterprise_value_has_no_yield(self, tmp_path: Path) -> None:
        """Cash above market value and debt: EBIT over EV would flip its sign."""
        with single(tmp_path, cash=2000.0, total_debt=0.0, operating_income=10.0) as lake:
            assert value(lake, "ev") == -1000.0
            assert value(lake, "ebit_ev") is None

    def test_banks_have_no_enterprise_value(self, tmp_path: Path) -> None:
        """EV and EBITDA metrics are refused for a bank by name, not by threshold."""
        with single(tmp_path, model="bank", cash=200.0, total_debt=300.0, operating_income=10.0) as lake:
            assert value(lake, "ev") is None
            assert value(lake, "ebit") is None


def five_years(tmp_path: Path, incomes: list[float | None]) -> Lake:
    """Return one company with a yearly row for each income, newest first."""
    rows = []
    for back, income in enumerate(incomes):
        end = date(2023 - back, 12, 31)
        filed = end + timedelta(days=51)
        until = {} if back == 0 else {"latest_until": date(2024 - back, 5, 1)}
        rows.append(quarter(1, end, filed, 40 - 4 * back, net_income=income, shares_outstanding=100.0, **until))
    return make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)])


class TestHistory:
    """History functions over the versions known on the date."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("lag(net_income, 1y)", 4.0),
            ("growth(net_income, 1y)", 0.5),
            ("growth(net_income, 4y)", None),  # from -2: a change of sign is no growth rate
            ("cagr(net_income, 3y)", (6.0 / 2.0) ** (1 / 3) - 1),
            ("avg(net_income, 3y)", (6 + 4 + 3) / 3),
            ("avg(net_income)", 5.0),
            ("sum(net_income, 2y)", 10.0),
            ("min(net_income, 5y)", -2.0),
            ("max(net_income, 5y)", 6.0),
            ("stdev(net_income, 2y)", 2**0.5),
            ("count(net_income > 0, 5y)", 4.0),
            ("avg(net_income, 6y)", None),
            ("avg(net_income, 6y, 5)", (6 + 4 + 3 + 2 - 2) / 5),
        ],
    )
    def test_functions(self, tmp_path: Path, text: str, expected: float | None) -> None:
        """Yearly observations of 6, 4, 3, 2, -2, newest first."""
        with five_years(tmp_path, [6.0, 4.0, 3.0, 2.0, -2.0]) as lake:
            assert value(lake, text) == (None if expected is None else pytest.approx(expected))

    @pytest.mark.parametrize(
        ("incomes", "text", "expected"),
        [
            ([6.0, 4.0, None, 2.0, 1.0], "count(net_income > 0, 5y) >= 4", True),
            ([6.0, 4.0, None, 2.0, -1.0], "count(net_income > 0, 5y) >= 4", None),
            ([6.0, 4.0, None, -2.0, -1.0], "count(net_income > 0, 5y) >= 4", False),
            ([6.0, 4.0, None, 2.0, 1.0], "count(net_income > 0, 5y) = 5", None),
            ([6.0, 4.0, None, 2.0, 1.0], "4 <= count(net_income > 0, 5y)", True),
        ],
    )
    def test_counts_are_decided_by_their_bounds(
        self, tmp_path: Path, incomes: list[float | None], text: str, expected: bool | None
    ) -> None:
        """A missing year leaves a count unknown only when that year could decide it."""
        with five_years(tmp_path, incomes) as lake:
            assert verdict(lake, text) is expected

    def test_share_counts_compare_on_one_split_basis(self, tmp_path: Path) -> None:
        """100 shares before a 2:1 split and 210 after it are 5 % growth, as a logarithm."""
        rows = [
            quarter(1, date(2022, 12, 31), date(2023, 2, 20), 36, shares_outstanding=100.0, share_basis=2.0,
                    latest_until=date(2023, 5, 1)),
            quarter(1, END, FILED, 40, shares_outstanding=210.0, share_basis=1.0),
        ]  # fmt: skip
        with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)]) as lake:
            assert value(lake, "share_growth_1y") == pytest.approx(math.log(1.05))


class TestPointInTime:
    """A run sees what was public on its day."""

    def rows(self) -> list[dict[str, Any]]:
        """Return a year restated from 100 to 60 in May."""
        restated = date(2024, 5, 10)
        return [
            quarter(
                1, END, FILED, 40, net_income=100.0, shares_outstanding=1.0, known_until=restated, latest_until=restated
            ),
            quarter(1, END, restated, 40, net_income=60.0, shares_outstanding=1.0),
        ]

    def test_restatement(self, tmp_path: Path) -> None:
        """The day before the amendment still sees the first value; the day itself sees the second."""
        days = [date(2024, 5, 9), date(2024, 5, 10)]
        prices = [price(1, 10.0, day) for day in days]
        with make_lake(tmp_path, [company(1, "AAA")], self.rows(), prices) as lake:
            seen = panel(lake, screen(columns=("net_income",)), days)
        assert seen["net_income"].to_list() == [100.0, 60.0]

    def test_before_the_first_filing(self, tmp_path: Path) -> None:
        """A day on which nothing was public is a data error that names the newest day."""
        with (
            make_lake(tmp_path, [company(1, "AAA")], self.rows(), [price(1, 10.0)]) as lake,
            pytest.raises(DataError, match="nothing in this data set was public on 2020-01-01"),
        ):
            run_screen(lake, screen(), date(2020, 1, 1))

    def test_stale_fundamentals_are_unknown(self, tmp_path: Path) -> None:
        """A quarter that ended over 200 days ago says nothing, and the flag says why."""
        day = date(2024, 12, 2)
        with make_lake(tmp_path, [company(1, "AAA")], self.rows(), [price(1, 10.0, day)]) as lake:
            result = run_screen(lake, screen(rule("net_income > 0", "flag")), day)
        assert result.rows[0].flags == (
            "net_income > 0: unknown, stale: the newest period on file ended on 2023-12-31",
        )

    def test_old_prices_are_no_prices(self, tmp_path: Path) -> None:
        """A price of eleven days ago is not the price."""
        with make_lake(
            tmp_path, [company(1, "AAA")], self.rows(), [price(1, 10.0, AS_OF - timedelta(days=11)), price(2, 1.0)]
        ) as lake:
            assert value(lake, "price") is None

    def test_foreign_currency_is_not_compared(self, tmp_path: Path) -> None:
        """Statements in euros are not set against dollar prices; the reason names the currency."""
        rows = [quarter(1, END, FILED, 40, net_income=5.0, shares_outstanding=1.0, currency="EUR")]
        with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)]) as lake:
            result = run_screen(lake, screen(rule("net_income > 0", "flag")), AS_OF)
        assert result.rows[0].flags == ("net_income > 0: unknown, reports in EUR, not in US dollars",)


def ranked(tmp_path: Path, item: str, values: list[float | None], test_screen: Screen) -> dict[str, float | None]:
    """Return the score of each company; one company a value of ``item``."""
    people = [company(k, f"T{k}") for k, _ in enumerate(values, 1)]
    rows = [quarter(k, END, FILED, 40, **{item: v, "shares_outstanding": 100.0}) for k, v in enumerate(values, 1)]
    with make_lake(tmp_path, people, rows, [price(k, 10.0) for k, _ in enumerate(values, 1)]) as lake:
        result = run_screen(lake, test_screen, AS_OF)
    return {str(row.ticker): row.score for row in result.rows}


class TestRanks:
    """Percentile ranks."""

    def test_published_example(self, tmp_path: Path) -> None:
        """P/E 5, 15, 30, 30, 120 (lower is better) ranks 100, 80, 60, 60, 20 (Portfolio123's published example)."""
        found = ranked(tmp_path, "revenue", [5.0, 15.0, 30.0, 30.0, 120.0], screen(rank=(factor("revenue", "lower"),)))
        assert found == {"T1": 100.0, "T2": 80.0, "T3": 60.0, "T4": 60.0, "T5": 20.0}

    @pytest.mark.parametrize(("missing", "expected"), [("worst", 0.0), ("neutral", 50.0)])
    def test_missing_never_improves(self, tmp_path: Path, missing: str, expected: float) -> None:
        """A missing factor is worst, or 50 where the screen says so; it is never good."""
        found = ranked(tmp_path, "revenue", [1.0, 2.0, None], screen(rank=(factor("revenue"),), missing=missing))
        assert found["T3"] == expected
        assert found["T2"] == 100.0

    def test_loss_maker_ranks_worst_on_value(self, tmp_path: Path) -> None:
        """Ranked by earnings yield, a loss stands below the dearest profit."""
        found = ranked(tmp_path, "net_income_to_common", [100.0, 1.0, -135.0], screen(rank=(factor("earnings_yield"),)))
        assert found["T1"] == 100.0
        assert found["T3"] == pytest.approx(100 / 3)

    def test_weights(self, tmp_path: Path) -> None:
        """Published example: 75 % of 100..20 and 25 % of 20..100 average to 80, 70, 60, 50, 40."""
        nested = RankGroup(
            "", (RankGroup("value", (factor("revenue"),), 75), RankGroup("growth", (factor("-revenue"),), 25))
        )
        found = ranked(tmp_path, "revenue", [5.0, 4.0, 3.0, 2.0, 1.0], screen(rank=nested))
        assert list(found.values()) == [80.0, 70.0, 60.0, 50.0, 40.0]

    def test_small_peer_groups_fall_back_to_the_universe(self, tmp_path: Path) -> None:
        """A sector of one is ranked in the universe, and the row says so."""
        people = [company(k, f"T{k}", sector="Energy" if k == 4 else "Industrials") for k in range(1, 5)]
        rows = [quarter(k, END, FILED, 40, revenue=float(k), shares_outstanding=100.0) for k in range(1, 5)]
        with make_lake(tmp_path, people, rows, [price(k, 10.0) for k in range(1, 5)]) as lake:
            result = run_screen(lake, screen(rank=(factor("revenue", within="sector"),), min_group=3), AS_OF)
        peers = {row.ticker: (row.factors[0].peers, row.factors[0].percentile) for row in result.rows}
        assert peers["T4"] == ("universe", 100.0)
        assert peers["T3"] == ("Industrials", 100.0)
        assert peers["T1"] == ("Industrials", pytest.approx(100 / 3))

    def test_population_is_the_universe_not_those_that_pass(self, tmp_path: Path) -> None:
        """A rule takes names off the list but does not change the percentiles of those that stay."""
        found = ranked(tmp_path, "revenue", [1.0, 2.0, 3.0, 4.0], screen("revenue < 3", rank=(factor("revenue"),)))
        assert found == {"T2": 50.0, "T1": 25.0}

    def test_ties_are_broken_by_size_then_ticker(self, tmp_path: Path) -> None:
        """Equal scores: the larger company first, then the alphabet."""
        people = [company(1, "BBB"), company(2, "AAA"), company(3, "CCC")]
        rows = [quarter(k, END, FILED, 40, revenue=1.0, shares_outstanding=100.0) for k in (1, 2, 3)]
        with make_lake(tmp_path, people, rows, [price(1, 10.0), price(2, 10.0), price(3, 20.0)]) as lake:
            assert tickers(run_screen(lake, screen(rank=(factor("revenue"),)), AS_OF)) == ["CCC", "AAA", "BBB"]


class TestFunnel:
    """The funnel counts every candidate once."""

    def test_counts(self, tmp_path: Path) -> None:
        """Of four, three are in the universe; two of these have sales, one of them a profit, one is unknown."""
        people = [company(k, f"T{k}", exchange="OTC" if k == 4 else "NYSE") for k in range(1, 5)]
        items: list[dict[str, float]] = [
            {"revenue": 5.0, "net_income": 1.0}, {"revenue": 5.0}, {"revenue": -5.0, "net_income": 1.0}, {},
        ]  # fmt: skip
        rows = [quarter(k, END, FILED, 40, shares_outstanding=1.0, **found) for k, found in enumerate(items, 1)]
        with make_lake(tmp_path, people, rows, [price(k, 10.0) for k in range(1, 5)]) as lake:
            result = run_screen(lake, screen("revenue > 0", "net_income > 0", universe=("exchange = 'NYSE'",)), AS_OF)
        counts = [(step.passed, step.failed, step.unknown, step.remaining) for step in result.funnel]
        assert counts == [(4, 0, 0, 4), (3, 1, 0, 3), (2, 1, 0, 2), (2, 0, 1, 1)]
        assert (result.population, result.passed, tickers(result)) == (3, 1, ["T1"])

    def test_order_of_rules_does_not_matter(self, tmp_path: Path) -> None:
        """The same rules in another order give the same list."""
        rules = ["revenue > 0", "net_income > 0", "revenue < 9"]
        rows = [
            quarter(k, END, FILED, 40, revenue=float(k), net_income=5.0 - k, shares_outstanding=1.0)
            for k in range(1, 9)
        ]
        with make_lake(
            tmp_path, [company(k, f"T{k}") for k in range(1, 9)], rows, [price(k, 1.0) for k in range(1, 9)]
        ) as lake:
            first = run_screen(lake, screen(*rules), AS_OF)
            assert tickers(run_screen(lake, screen(*reversed(rules)), AS_OF)) == tickers(first)


def test_many_dates_are_one_query_with_the_same_rows(tmp_path: Path) -> None:
    """The panel's rows on a date are the run's rows on that date."""
    rows = []
    for number in range(1, 6):
        later = date(2024, 5, 1)
        rows.append(quarter(number, END, FILED, 40, revenue=float(number), shares_outstanding=1.0, latest_until=later))
        rows.append(quarter(number, date(2024, 3, 31), later, 41, revenue=float(10 - number), shares_outstanding=1.0))
    days = [AS_OF, date(2024, 6, 3)]
    prices = [price(number, 10.0, day) for number in range(1, 6) for day in days]
    wanted = screen("revenue > 1", rank=(factor("revenue"),), columns=("revenue", "growth(revenue, 1q)"))
    with make_lake(tmp_path, [company(k, f"T{k}") for k in range(1, 6)], rows, prices) as lake:
        together = panel(lake, wanted, days).rows()
        alone = [
            (day, row.rank, row.issuer_id, row.ticker, row.name, row.sector, row.score, *row.values)
            for day in days
            for row in run_screen(lake, wanted, day).rows
        ]
    assert together == alone
    assert len(alone) == 9


def test_definitions_and_quarters(tmp_path: Path) -> None:
    """A screen's own formula is used like a metric, and quarter() reads the discrete quarter."""
    with single(tmp_path, revenue=400.0, revenue_q=90.0, cfo=40.0) as lake:
        wanted = screen("cash_margin >= 10%", columns=("quarter(revenue)",), define={"cash_margin": "cfo / revenue"})
        result = run_screen(lake, wanted, AS_OF)
    assert result.rows[0].values == (90.0,)


def test_names_are_bound_as_text() -> None:
    """A text in a screen cannot end its SQL literal."""
    sql = build_query(screen('name = "x\' OR 1=1 --"'), [AS_OF]).sql
    assert "'x'' or 1=1 --'" in sql


@pytest.mark.parametrize(
    "text",
    [
        "revenue * 1e300 * 1e300 > 0",
        "revenue * 1e308 - revenue * 1e307 < 1",
        "revenue / 1e-320 > 0",
        "revenue ^ 20 * revenue ^ 20 > 0",
        "huge * huge > 0",
        "(0 - revenue) ^ 0.5 > 0",
    ],
)
def test_a_value_beyond_a_double_is_unknown(tmp_path: Path, text: str) -> None:
    """Infinite and undefined results are unknown, never greater than zero."""
    with single(tmp_path, revenue=1e9) as lake:
        run_screen(lake, screen(text, define={"huge": "revenue * 1e200"}), AS_OF)
        assert lake.con.execute("SELECT r1 FROM evaluated").fetchall() == [(None,)]


def test_plain_arithmetic_is_not_guarded() -> None:
    """The guard against overflow is written only where the numbers can become that large."""
    assert "inf" not in build_query(screen("revenue / total_assets - 2 * equity > 1M"), [AS_OF]).sql


def test_a_definition_may_end_in_q(tmp_path: Path) -> None:
    """`margin_q` is a formula of its own beside `quarter(margin)`."""
    define = {"margin": "cfo / revenue", "margin_q": "revenue * 2"}
    with single(tmp_path, revenue=400.0, revenue_q=100.0, cfo=40.0, cfo_q=30.0) as lake:
        wanted = screen("revenue > 0", columns=("quarter(margin)", "margin_q", "margin"), define=define)
        assert run_screen(lake, wanted, AS_OF).rows[0].values == (0.3, 800.0, 0.1)


@pytest.mark.parametrize(("day", "said"), [(date.min, "was public"), (date.max, "too old")])
def test_days_at_the_ends_of_the_calendar(tmp_path: Path, day: date, said: str) -> None:
    """A day before or after everything in the data set is a problem with the data, whatever the calendar allows."""
    with single(tmp_path) as lake, pytest.raises(DataError, match=said):
        run_screen(lake, screen("revenue > 0"), day)


def test_funnel_counts_verdicts_of_an_early_history_condition(tmp_path: Path) -> None:
    """A universe condition on history is judged for names that only a later condition turns away."""
    rows = [quarter(k, END, FILED, 40, revenue=5.0) for k in (1, 2)]
    rows += [
        quarter(k, date(2022, 12, 31), date(2023, 2, 20), 36, revenue=4.0, latest_until=FILED) for k in (1, 2)
    ]  # fmt: skip
    wanted = screen("revenue > 0", universe=("growth(revenue, 1y) > 0", "price > 5"))
    prices = [price(1, 10.0), price(2, 1.0)]
    with make_lake(tmp_path, [company(k, f"T{k}") for k in (1, 2)], rows, prices) as lake:
        step = run_screen(lake, wanted, AS_OF).funnel[1]
    assert (step.passed, step.failed, step.unknown) == (2, 0, 0)


def test_a_depositary_share_has_no_market_value(tmp_path: Path) -> None:
    """The price of a depositary share times ordinary shares is no market value: unknown, with a reason."""
    people = [company(1, "AAA"), company(2, "BBB", security_type="adr")]
    rows = [quarter(k, END, FILED, 40, shares_outstanding=100.0) for k in (1, 2)]
    with make_lake(tmp_path, people, rows, [price(1, 10.0), price(2, 10.0)]) as lake:
        run_screen(lake, screen("market_cap > 1"), AS_OF)
        found = lake.con.execute("SELECT market_cap, r1 FROM evaluated ORDER BY issuer_id").fetchall()
    assert found == [(1000.0, True), (None, None)]


def test_a_listing_that_has_ended_is_no_candidate(tmp_path: Path) -> None:
    """A company whose price history ended months before the day is gone, although its last filing is not stale yet."""
    people = [company(1, "AAA", last_date=AS_OF), company(2, "GONE", last_date=date(2024, 1, 5))]
    rows = [quarter(number, END, FILED, 40, net_income=5.0, shares_outstanding=1.0) for number in (1, 2)]
    with make_lake(tmp_path, people, rows, [price(1, 10.0), price(2, 10.0, date(2024, 1, 5))]) as lake:
        assert tickers(run_screen(lake, screen("net_income > 0"), AS_OF)) == ["AAA"]
        assert tickers(run_screen(lake, screen("net_income is unknown"), date(2024, 1, 5))) == ["GONE"]


def test_a_market_value_that_turns_over_in_days_is_refused(tmp_path: Path) -> None:
    """Trading 300 a day on a value of 1,000 means that the share count is on another basis than the price."""
    rows = [quarter(1, END, FILED, 40, shares_outstanding=100.0)]
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0, dollar_volume_3m=300.0)]) as lake:
        assert value(lake, "market_cap") is None
