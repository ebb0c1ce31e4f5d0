"""Comparisons with peers, on numbers small enough to work by hand, and where they cannot stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.engine.explain import explain_name
from screener.engine.query import build_query
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.resolve import check_screen, parse_screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, screen

# Issuer: (sector, ff49, ff12, total assets, revenue). Dollars in full; E has no revenue, F no price and no size.
NAMES = {
    "A": ("Industrials", "Mach", "Manuf", 100.0, 10.0),
    "B": ("Industrials", "Mach", "Manuf", 200.0, 20.0),
    "C": ("Industrials", "Mach", "Manuf", 300.0, 30.0),
    "D": ("Energy", "Oil", "Manuf", 400.0, 30.0),
    "E": ("Energy", "Oil", "Manuf", 500.0, None),
    "F": ("Energy", "Coal", "Other", 900.0, 100.0),
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Six companies."""
    companies, rows, prices = [], [], []
    for number, (ticker, (sector, ff49, ff12, assets, revenue)) in enumerate(NAMES.items(), 1):
        companies.append(company(number, ticker, sector=sector, ff49=ff49, ff12=ff12, sic=3500 + number))
        items = {"total_assets": assets, "shares_outstanding": 1.0, "revenue": revenue}
        rows.append(quarter(number, date(2023, 12, 31), date(2024, 2, 20), 40, **items))
        if ticker != "F":
            prices.append(price(number, 10.0))
    with make_lake(tmp_path_factory.mktemp("peers"), companies, rows, prices) as opened:
        yield opened


def values(lake: Lake, text: str, universe: tuple[str, ...] = (), min_group: int = 1) -> dict[str, object]:
    """Return ticker → value of an expression among the names of the universe."""
    result = run_screen(lake, screen(columns=(text,), universe=universe, min_group=min_group), AS_OF)
    return {str(row.ticker): row.values[0] for row in result.rows}


ON_PAPER: dict[str, dict[str, float | None]] = {
    # Known revenues 10, 20, 30, 30, 100: of five names one has 10 or less, two 20 or less, four 30 or less.
    "percentile(revenue)": {"A": 20.0, "B": 40.0, "C": 80.0, "D": 80.0, "E": None, "F": 100.0},
    "rank(revenue)": {"A": 5.0, "B": 4.0, "C": 2.0, "D": 2.0, "E": None, "F": 1.0},
    "median(revenue)": dict.fromkeys("ABCDEF", 30.0),
    # The quarter point of five sorted values is the second.
    "quantile(revenue, 25%)": dict.fromkeys("ABCDEF", 20.0),
    "winsorize(revenue, 25%, 75%)": {"A": 20.0, "B": 20.0, "C": 30.0, "D": 30.0, "E": None, "F": 30.0},
    "median(total_assets) within sector": dict(zip("ABCDEF", [200.0] * 3 + [500.0] * 3, strict=True)),
    "percentile(revenue) within sector": {"A": 100 / 3, "B": 200 / 3, "C": 100, "D": 50.0, "E": None, "F": 100},
    "revenue - median(revenue)": {"A": -20.0, "B": -10.0, "C": 0.0, "D": 0.0, "E": None, "F": 70.0},
    # Percentiles 20, 40, 80, 80, 100 have the mean 64.
    "percentile(revenue) - 64": {"A": -44.0, "B": -24.0, "C": 16.0, "D": 16.0, "E": None, "F": 36.0},
    "count_known(revenue, total_assets)": {"A": 2.0, "B": 2.0, "C": 2.0, "D": 2.0, "E": 1.0, "F": 2.0},
    "sum_known(revenue, total_assets)": {"A": 110.0, "B": 220.0, "C": 330.0, "D": 430.0, "E": 500.0, "F": 1000.0},
    "mean_known(revenue, total_assets)": {"A": 55.0, "B": 110.0, "C": 165.0, "D": 215.0, "E": 500.0, "F": 500.0},
}  # fmt: skip


def test_numbers_worked_by_hand(lake: Lake) -> None:
    """Each function gives what the definition gives on paper; an unknown value is not compared and counts nowhere."""
    result = run_screen(lake, screen(columns=tuple(ON_PAPER), min_group=1), AS_OF)
    found = {str(row.ticker): dict(zip(ON_PAPER, row.values, strict=True)) for row in result.rows}
    for text, expected in ON_PAPER.items():
        values = {ticker: found[ticker][text] for ticker in NAMES}
        assert values == {ticker: value and pytest.approx(value) for ticker, value in expected.items()}, text


def test_z_scores(lake: Lake) -> None:
    """Assets 100 to 500 without F: mean 300, sample variance (40,000 + 10,000 + 0 + 10,000 + 40,000) / 4 = 25,000."""
    found = values(lake, "zscore(total_assets)", universe=("price > 0",))
    spread = 25_000**0.5
    assert found == {
        ticker: pytest.approx((assets - 300) / spread) for ticker, (*_, assets, _) in NAMES.items() if ticker != "F"
    }


def test_what_a_line_leaves(lake: Lake) -> None:
    """Revenue on assets of A to D: slope 3,500 / 50,000 = 0.07, intercept 22.5 - 0.07 x 250 = 5."""
    found = values(lake, "residual(revenue, total_assets)", universe=("price > 0",))
    expected = {"A": -2.0, "B": 1.0, "C": 4.0, "D": -3.0, "E": None}
    assert found == {ticker: value and pytest.approx(value) for ticker, value in expected.items()}


def test_a_line_through_one_x_leaves_the_distance_from_the_mean(lake: Lake) -> None:
    """All share counts are 1: what is left of 100 to 500 is the distance from their mean."""
    found = values(lake, "residual(total_assets, shares_outstanding)", universe=("price > 0",))
    assert found == {"A": -200.0, "B": -100.0, "C": 0.0, "D": 100.0, "E": 200.0}


def test_only_the_universe_is_compared(lake: Lake) -> None:
    """A name outside the universe moves no percentile: without F the largest of four known revenues is 30."""
    found = values(lake, "percentile(revenue)", universe=("price > 0",))
    assert found == {"A": 25.0, "B": 50.0, "C": 100.0, "D": 100.0, "E": None}


def test_small_groups_fall_back_step_by_step(lake: Lake) -> None:
    """Oil has one known revenue: its ff12 group stands in; Coal and Other have one each: everyone does."""
    found = values(lake, "median(revenue) within ff49")
    assert found == {"A": 20.0, "B": 20.0, "C": 20.0, "D": 25.0, "E": 25.0, "F": 30.0}


def test_a_rank_falls_back_along_the_same_ladder(lake: Lake) -> None:
    """Factors within ff49 are ranked within ff12 where the group is too small, and say so."""
    rank = (factor("total_assets", within="ff49"),)
    result = run_screen(lake, screen(rank=rank, min_group=3), AS_OF)
    assert {str(row.ticker): row.factors[0].peers for row in result.rows} == {
        "A": "Mach", "B": "Mach", "C": "Mach", "D": "Manuf", "E": "Manuf", "F": "universe",
    }  # fmt: skip
    assert {str(row.ticker): row.factors[0].percentile for row in result.rows} == {
        "A": pytest.approx(100 / 3), "B": pytest.approx(200 / 3), "C": 100.0, "D": 80.0, "E": 100.0, "F": 100.0,
    }  # fmt: skip


def test_comparisons_of_comparisons(lake: Lake) -> None:
    """A comparison may be compared again: the z-score of percentiles, as QMJ wants it."""
    found = values(lake, "zscore(percentile(total_assets))", universe=("price > 0",))
    # Percentiles 20, 40, 60, 80, 100: mean 60, sample variance 1,000.
    expected = {"A": -40.0, "B": -20.0, "C": 0.0, "D": 20.0, "E": 40.0}
    assert found == {ticker: pytest.approx(value / 1000**0.5) for ticker, value in expected.items()}


def test_a_rule_may_compare(lake: Lake) -> None:
    """A rule over a comparison selects; a definition may hold one."""
    one = parse_screen("define: {big: percentile(total_assets)}\nrules: [big > 50]\nmin_group: 1")
    assert sorted(str(row.ticker) for row in run_screen(lake, one, AS_OF).rows) == ["D", "E", "F"]


def test_an_explanation_compares_with_everyone(lake: Lake) -> None:
    """Explaining one name gives the same percentile as the run, and says why an outsider has none."""
    from screener.engine.company import find_company

    one = parse_screen("universe: [price > 0]\nrules: [percentile(revenue) >= 50]\nmin_group: 1")
    result = run_screen(lake, one, AS_OF)
    b = explain_name(lake, result, find_company(lake.con, "B", AS_OF), filings=False)
    assert b.judgements[1].verdict == "pass"
    f = explain_name(lake, result, find_company(lake.con, "F", AS_OF), filings=False)
    assert f.judgements[1].verdict == "unknown"
    assert "none of them" in f.judgements[1].reason


def test_each_date_compares_its_own_names(lake: Lake) -> None:
    """In one query for two dates, nobody is compared with a name of the other date."""
    one = screen(columns=("percentile(total_assets)",), min_group=1)
    sql = build_query(one, [date(2024, 3, 1), AS_OF]).sql
    rows = lake.con.execute(f"SELECT ticker, c1 FROM ({sql}) WHERE as_of = DATE '{AS_OF}' ORDER BY ticker").fetchall()
    assert rows == [(t, pytest.approx(100 * (k + 1) / 6)) for k, t in enumerate("ABCDEF")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("universe: [percentile(revenue) > 50]", "compares the names of the universe, which must be known first"),
        ("define: {top: percentile(revenue)}\nuniverse: [top > 50]", "compares the names of the universe"),
        ("rules: ['avg(percentile(revenue), 5y) > 50']", "has no history: it cannot stand in avg()"),
        ("define: {top: rank(revenue)}\nrules: ['lag(top, 1y) > 50']", "has no history: it cannot stand in lag()"),
        ("rules: [median(revenue) within sektor > 5]", "'sektor' is no group of peers (did you mean 'sector'?)"),
        ("rules: [abs(revenue) within sector > 5]", "'abs' compares no names: it takes no 'within'"),
        ("rules: ['quantile(revenue, 75) > 5']", "'quantile' needs a share from 0% to 100% here"),
        ("rules: [percentile(revenue) within > 5]", "expected a group of peers but found '>'"),
    ],
)
def test_where_comparisons_cannot_stand(text: str, message: str) -> None:
    """What could not be computed is refused with a reason, and with a suggestion where there is one."""
    (problem,) = check_screen(text)
    found = f"{problem.message} ({problem.hint})" if "(" in message and "did you" in message else problem.message
    assert message in found


def test_the_order_of_the_companies_does_not_matter(tmp_path: Path) -> None:
    """The same names in another order give the same percentiles."""
    found = []
    for order in (list(NAMES), list(reversed(NAMES))):
        companies = [company(k, t) for k, t in enumerate(order, 1)]
        rows = [
            quarter(k, date(2023, 12, 31), date(2024, 2, 20), 40, total_assets=NAMES[t][3])
            for k, t in enumerate(order, 1)
        ]
        with make_lake(tmp_path / order[0], companies, rows, []) as some:
            found.append(values(some, "percentile(total_assets)"))
    assert found[0] == found[1]
