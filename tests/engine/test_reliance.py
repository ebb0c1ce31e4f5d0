"""Findings where a screen relies on a metric that too few small caps have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.engine.reliance import coverage_findings, relied_on
from screener.lake.connect import Lake
from screener.language.resolve import parse_screen
from tests.engine.lakes import company, make_lake, price, quarter

SCREEN = """name: Thin
define:
  stock_pay: sbc_revenue + 0
  twice: stock_pay * 2
  handled: if_known(sbc_revenue, 0)
universe:
  - market_cap between 300M and 3B
rules:
  - gross_margin > 10%
  - twice < 10%
  - handled < 5%
  - cash_conversion > 0.5
  - fcf_margin is known
rank:
  Value: {by: [pe, {metric: payout_ratio, direction: higher}]}
columns: [revenue_cagr_3y]
"""


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Ten small caps worth 500M and one of 50 billion; of the ten two have stock pay, two lose money, four are banks.

    The banks have no gross profit; of the six others four have. Three of the ten pay dividends on file.
    """
    companies, fundamentals, prices = [], [], []
    for number in range(1, 12):
        columns = {"shares_outstanding": 1e9 if number == 11 else 10e6, "revenue": 100e6, "cfo": 10e6,
                   "net_income": -5e6 if number <= 2 else 5e6, "net_income_to_common": -5e6 if number <= 2 else 5e6,
                   "model": "bank" if number > 6 else "standard"}  # fmt: skip
        columns |= {"sbc": 1e6} if number <= 2 else {}
        columns |= {"gross_profit": 40e6} if number <= 4 else {}
        columns |= {"dividends_paid_common": 1e6} if number >= 8 else {}
        companies.append(company(number, f"T{number}"))
        fundamentals.append(quarter(number, date(2023, 12, 31), date(2024, 2, 15), 200, **columns))
        prices.append(price(number, 50.0))
    with make_lake(tmp_path, companies, fundamentals, prices) as opened:
        yield opened


def test_what_a_screen_relies_on() -> None:
    """Metrics of rules and factors, through definitions; not columns, nor what the screen can do without."""
    places = relied_on(parse_screen(SCREEN, "thin.yaml"))
    assert {name: (span.line, span.column) for name, span in places.items()} == {
        "gross_margin": (9, 5), "sbc_revenue": (3, 14), "cash_conversion": (12, 5),
        # A multiple is ranked by its yield.
        "earnings_yield": (15, 16), "payout_ratio": (15, 29),
    }  # fmt: skip


def test_thin_metrics_are_told_of_where_they_stand(lake: Lake) -> None:
    """Stock pay is known for 2 of 10; the payout ratio for 3, 7 have no dividends on file.

    The gross margin is known for 4 of the 6 that are no banks: 67 %. Losses rank worst in cash conversion.
    """
    [findings] = coverage_findings(lake, [parse_screen(SCREEN, "thin.yaml")])
    assert [(found.code, found.span.line, found.span.column, found.span.length) for found in findings] == [
        ("S020", 3, 14, len("sbc_revenue")), ("S020", 15, 29, len("payout_ratio")),
    ]  # fmt: skip
    assert findings[0].message == "'sbc_revenue' is known for 2 of 10 small caps of the data set (20%)"
    assert findings[0].hint == "what is missing most often: sbc (8)"
    assert "'payout_ratio' is known for 3 of 10" in findings[1].message
    assert findings[1].hint == "what is missing most often: dividends_paid_common (7)"


def test_screens_are_measured_together(lake: Lake) -> None:
    """Each screen gets its own findings, in the order given; one without metrics gets none."""
    plain = parse_screen("name: Plain\nrules: [revenue > 0]\n")
    other = parse_screen("name: Other\nrank: [{metric: payout_ratio, direction: higher}]\n")
    found = coverage_findings(lake, [plain, other])
    assert [len(findings) for findings in found] == [0, 1]
    assert coverage_findings(lake, [plain]) == ((),)


def test_without_small_caps_nothing_is_told(tmp_path: Path) -> None:
    """A data set without prices says nothing of small caps."""
    fundamentals = [quarter(1, date(2023, 12, 31), date(2024, 2, 15), 200, revenue=1.0)]
    with make_lake(tmp_path, [company(1, "A")], fundamentals, []) as opened:
        assert coverage_findings(opened, [parse_screen(SCREEN)]) == ((),)
