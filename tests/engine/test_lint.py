"""What a data set tells of a screen: S020 to S024."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import isfinite
from pathlib import Path

import pytest

from screener import api
from screener.catalogue.metrics import METRICS
from screener.engine.lint import data_findings
from screener.lake.connect import Lake
from screener.language.library import saved_screens, shipped_folder
from screener.language.lint.conditions import Demands
from screener.language.lint.table import OF_DATA
from screener.language.resolve import load_screen, parse_screen
from tests.engine.lakes import company, make_lake, price, quarter
from tests.lint_examples import EXAMPLES


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """Forty companies, T1 to T40, worth 50M times their number.

    Revenue 100M; net income their number less 10 in millions, so that ten have none; cfo is on file for the last 30,
    net income to common is net income. Companies 1 to 4 are banks. Capex is known for none.
    """
    companies, fundamentals, prices = [], [], []
    for number in range(1, 41):
        income = (number - 10) * 1e6
        columns = {"shares_outstanding": number * 1e6, "revenue": 100e6, "net_income": income, "total_assets": 200e6,
                   "net_income_to_common": income, "model": "bank" if number < 5 else "standard"}  # fmt: skip
        columns |= {"cfo": 5e6} if number > 10 else {}
        companies.append(company(number, f"T{number}", model=columns["model"]))
        fundamentals.append(quarter(number, date(2023, 12, 31), date(2024, 2, 15), 200, **columns))
        prices.append(price(number, 50.0))
    with make_lake(tmp_path_factory.mktemp("lint"), companies, fundamentals, prices) as opened:
        yield opened


def told(lake: Lake, text: str) -> list[tuple[str, str]]:
    """Return code and message of what the data tell, coverage among small caps left out."""
    [found] = data_findings(lake, [parse_screen(text, "x.yaml")])
    return [(row.code, row.message) for row in found if row.code != "S020"]


def test_unknown_outnumbers_failed(lake: Lake) -> None:
    """Cash flow is missing for ten, below 1M for none; a rule that deals with it is not told of."""
    expected = ("S021", "unknown for 10 of 40 names of the universe, and failed by 0")
    assert told(lake, "rules: [cfo > 1M]\n") == [expected]
    assert told(lake, "rules: [{rule: cfo > 1M, if_unknown: flag}]\n") == []
    # 5M are under 0.5 % of more than a billion: that of 20 companies, so that unknown are the fewer.
    assert told(lake, "rules: [cfo / market_cap > 0.5%]\n") == []


def test_undefined_is_not_unknown(lake: Lake) -> None:
    """Ten have no earnings, so that their P/E is undefined, and nobody fails: that is no lack of data."""
    assert told(lake, "rules: [pe < 1000]\n") == []
    assert told(lake, "rules: [cfo / 1 > 0]\n") == [
        ("S021", "unknown for 10 of 40 names of the universe, and failed by 0")
    ]


def test_nobody_passes(lake: Lake) -> None:
    """A net margin of 450 % instead of 4.5 %: all 40 fail; without capex all are unknown; nobody is in the universe."""
    said = "none of the 40 names of the universe passes this: {} fail, {} unknown"
    assert told(lake, "rules: [net_margin > 4.5]\n") == [("S024", said.format(40, 0))]
    assert told(lake, "rules: [capex > 0]\n") == [("S024", said.format(0, 40))]
    [(code, message)] = told(lake, "universe: [market_cap > 1T]\nrules: [capex > 0]\n")
    assert (code, "belongs to this universe" in message) == ("S024", True)


def test_constant_and_twin_factors(lake: Lake) -> None:
    """Revenue to assets is one half for all; margin and return on equal assets order alike."""
    text = """rank:
  - {metric: revenue / total_assets * 1, direction: higher}
  - net_margin
  - {metric: capex, direction: lower}
"""
    assert told(lake, text) == [
        (
            "S022",
            "'revenue / total_assets * 1' has the same percentile for all names of the universe: it orders nothing",
        ),
        ("S022", "'capex' is unknown for all names of the universe: it orders nothing"),
    ]
    twins = told(lake, "rank: [net_margin, {metric: net_income / total_assets, direction: higher}]\n")
    assert [code for code, _ in twins] == ["S023"]
    # Less is better here, more there: the percentiles run against each other.
    assert told(lake, "rank: [net_margin, {metric: net_income / total_assets, direction: lower}]\n") == []


def test_few_names_tell_nothing(lake: Lake) -> None:
    """Of nine names, that none passes or that a factor is constant is no sign."""
    text = "universe: [market_cap <= 450M]\nrules: [net_margin > 4.5]\nrank: [{metric: revenue, direction: higher}]\n"
    assert told(lake, text) == []


def test_each_screen_gets_its_own(lake: Lake) -> None:
    """In the order given."""
    screens = [parse_screen(text) for text in ("rules: [capex > 0]\n", "rules: [revenue > 0]\n")]
    assert [[row.code for row in found] for found in data_findings(lake, screens)] == [["S024"], []]


def test_values_lie_where_lint_takes_them_to_lie() -> None:
    """Of metrics with two ends, the smallest and the largest value of the demo data are within them."""
    domain = Demands({})
    ends = {row.name: (domain.named(row.name).low()[0], domain.named(row.name).high()[0]) for row in METRICS}
    bounded = {name: pair for name, pair in ends.items() if isfinite(pair[0]) and isfinite(pair[1])}
    shown = list(bounded)[::4]
    columns = "".join(f"  - C{number}: {name}\n" for number, name in enumerate(shown))
    screen = parse_screen(f"rules: [total_assets is known]\ncolumns:\n{columns}")
    frame = api.run(screen, data=shipped_folder("demo")).frame
    seen = {}
    for number, name in enumerate(shown):
        values = frame[f"C{number}"].drop_nulls().to_list()
        if values:
            seen[name] = (min(values), max(values))
    assert len(seen) > 15
    slack = 1e-9
    outside = [n for n, (low, high) in seen.items() if low < ends[n][0] - slack or high > ends[n][1] + slack]
    assert outside == []


@pytest.mark.parametrize("code", sorted(OF_DATA))
def test_examples(code: str, tmp_path: Path) -> None:
    """The wrong example of each code is told of it on the demo data, the right one is not."""
    screens = [parse_screen(text) for text in (EXAMPLES[code].wrong, EXAMPLES[code].right)]
    wrong, right = api.lint(screens, data=shipped_folder("demo"))
    assert code in {problem.code for problem in wrong}
    assert code not in {problem.code for problem in right}


def test_saved_screens_are_clean_on_the_demo() -> None:
    """Every saved screen is without warnings on the demo data, or consents with a reason."""
    found = api.lint([load_screen(path) for path in saved_screens()], data=shipped_folder("demo"))
    assert [problem.render() for problems in found for problem in problems] == []
