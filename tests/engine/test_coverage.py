"""Coverage of metrics on a market of nine companies, counted on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.catalogue import metrics
from screener.catalogue.metric import Metric, Undefined
from screener.engine.coverage import Count, Coverage, MetricCoverage, chosen, measure
from screener.errors import DataError, ScreenError
from screener.lake.connect import Lake
from screener.output import coverage
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

END, KNOWN, A_YEAR_AGO = date(2023, 12, 31), date(2024, 2, 15), date(2022, 12, 31)
UNPAID = "dividends are paid without earnings"
NAMES = ("pe", "earnings_yield", "interest_coverage", "ev_ebit", "gross_margin", "revenue_growth_ttm", "payout_ratio")


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Nine companies; S1 to S6 are worth 500M (ten million shares at 50), L 50 billion, N has no price.

    S1 earns 50, S2 loses 10, S3 has no debt and no interest, S4 is a bank, S5 has debt but no interest on file and no
    revenue, S6 files after the day. E is worth exactly 3 billion.
    """
    whole = {"shares_outstanding": 10e6, "revenue": 200e6, "gross_profit": 80e6, "operating_income": 60e6,
             "net_income": 50e6, "net_income_to_common": 50e6, "interest_to_cover": 10e6,
             "total_debt": 100e6, "cash": 20e6, "total_assets": 400e6, "dividends_paid_common": 25e6}  # fmt: skip
    own = {
        "S1": {}, "S2": {"net_income": -10e6, "net_income_to_common": -10e6},
        "S3": {"total_debt": 0.0, "interest_to_cover": None}, "S4": {"model": "bank"},
        "S5": {"interest_to_cover": None, "revenue": None}, "S6": {}, "L": {"shares_outstanding": 1e9},
        "N": {}, "E": {"shares_outstanding": 60e6},
    }  # fmt: skip
    companies = [company(k, ticker) for k, ticker in enumerate(own, 1)]
    fundamentals = [
        quarter(k, END, date(2024, 3, 9) if ticker == "S6" else KNOWN, 200, **(whole | columns))
        for k, (ticker, columns) in enumerate(own.items(), 1)
    ]
    # A year ago S1 sold 160; nobody else was there.
    fundamentals.append(
        quarter(1, A_YEAR_AGO, date(2023, 2, 15), 196, latest_until=KNOWN, **(whole | {"revenue": 160e6}))
    )
    prices = [price(k, 50.0) for k, ticker in enumerate(own, 1) if ticker != "N"]
    with make_lake(tmp_path, companies, fundamentals, prices) as opened:
        yield opened


def found(lake: Lake, *names: str, day: date = AS_OF) -> dict[str, MetricCoverage]:
    """Return the coverage of some metrics by name."""
    return {row.metric.name: row for row in measure(lake, chosen(names), day).rows}


def counts(count: Count) -> tuple[int, ...]:
    """Return (names, known, refused, worst, best, undefined, missing)."""
    return tuple(getattr(count, name) for name in coverage.COUNTS)


def test_names_are_those_with_a_filing_and_small_caps_those_worth_300m_to_3b(lake: Lake) -> None:
    """Eight of nine have filed; L is too large, N has no price, and a market value of exactly three billion is in."""
    measured = measure(lake, chosen(NAMES), AS_OF)
    assert (measured.names, measured.small) == (8, 6)
    assert measured.notes == ()


def test_every_name_is_counted_once(lake: Lake) -> None:
    """A value, refused by industry, worst, best, undefined without a place in a rank, or missing an input."""
    rows = found(lake, *NAMES)
    assert counts(rows["pe"].market) == (8, 6, 0, 1, 0, 0, 1)  # N has no price, S2 no earnings
    assert counts(rows["pe"].small) == (6, 5, 0, 1, 0, 0, 0)
    # S3 owes nothing, S5 owes without interest on file, S4 is a bank.
    assert counts(rows["interest_coverage"].small) == (6, 3, 1, 0, 1, 1, 0)
    assert counts(rows["gross_margin"].small) == (6, 4, 1, 0, 0, 0, 1)
    assert counts(rows["revenue_growth_ttm"].small) == (6, 1, 0, 0, 0, 0, 5)


def test_shares_leave_out_who_is_refused(lake: Lake) -> None:
    """Three of the five that are no bank have a coverage ratio; with the one that owes nothing four are covered."""
    small = found(lake, "interest_coverage")["interest_coverage"].small
    assert small.known_share == pytest.approx(3 / 5)
    assert small.coverage == pytest.approx(4 / 5)


def test_what_a_metric_needs_refuses_for_it(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the interest coverage is refused for banks as the whole is, not missing; what it can do without is not."""
    half = Metric("half", "Half", "interest_coverage / 2", "multiple", "higher", "leverage")
    other = Metric("other", "Other", "if_known(interest_coverage, 0) + revenue", "multiple", "higher", "leverage")
    for row in (half, other):
        monkeypatch.setitem(metrics.BY_NAME, row.name, row)
    rows = measure(lake, (half, other), AS_OF).rows
    assert counts(rows[0].small) == (6, 3, 1, 0, 0, 0, 2)
    assert counts(rows[1].small) == (6, 5, 0, 0, 0, 0, 1)


def test_the_most_frequent_gap_is_named(lake: Lake) -> None:
    """The input that most uncovered small caps lack, with its time; a reason without a place in a rank counts too."""
    rows = found(lake, *NAMES)
    assert (rows["revenue_growth_ttm"].lacks, rows["revenue_growth_ttm"].lacking) == ("revenue 1y ago", 5)
    assert (rows["gross_margin"].lacks, rows["gross_margin"].lacking) == ("revenue", 1)
    assert rows["interest_coverage"].lacks == "interest expense is not reported although there is debt"
    assert (rows["payout_ratio"].lacks, rows["payout_ratio"].lacking) == (UNPAID, 1)
    assert rows["pe"].lacks == ""


def test_quantiles_and_bars_are_of_known_values(lake: Lake) -> None:
    """Earnings yields are -2 %, 0.1 % (L), 1.67 % (E) and four of 10 %: the median of seven is 10 %."""
    row = found(lake, "earnings_yield")["earnings_yield"]
    assert row.market.quantiles[3] == pytest.approx(0.10)
    # The 25th percentile lies between the second and the third of seven: (0.1 % + 1.667 %) / 2.
    assert row.market.quantiles[2] == pytest.approx((0.001 + 50 / 3000) / 2)
    # Of -2, 0.1, 1.67, 10, 10, 10, 10 only the first lies below p5 = -1.37 %.
    assert sum(row.bars) == 6
    assert row.bars[-1] == 4
    assert measure(lake, chosen(["earnings_yield"]), AS_OF, spread=False).rows[0].market.quantiles == ()


def test_whole_numbers_get_a_bar_each(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A count of 0 (S2) or 1 (the seven others) has two bars."""
    row = Metric("profits", "Profits", "when(net_income > 0, 1, 0)", "count", "higher", "quality")
    monkeypatch.setitem(metrics.BY_NAME, row.name, row)
    assert measure(lake, (row,), AS_OF).rows[0].bars == (1, 7)


def test_comparisons_with_peers_are_measured_too(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A percentile of earnings yields is known for the seven with a price, and undefined where its condition says."""
    row = Metric("place", "Place", "percentile(earnings_yield)", "score", "higher", "valuation",
                 (Undefined("percentile(earnings_yield) <= 20", "the cheapest fifth", "worst"),))  # fmt: skip
    monkeypatch.setitem(metrics.BY_NAME, row.name, row)
    # The lowest of seven has the percentile 1/7 = 14.3.
    assert counts(measure(lake, (row,), AS_OF).rows[0].market) == (8, 6, 0, 1, 0, 0, 1)


def test_nothing_filed_later_counts(lake: Lake) -> None:
    """The day after, S6 has filed; a year before, nobody but S1 had; before that there is nothing to count."""
    assert measure(lake, chosen(["pe"]), date(2024, 3, 9)).names == 9
    assert measure(lake, chosen(["pe"]), date(2023, 3, 1)).names == 1
    with pytest.raises(DataError, match="nothing in this data set was public on 2023-02-14"):
        measure(lake, chosen(["pe"]), date(2023, 2, 14))


def test_a_data_set_without_prices_says_so(tmp_path: Path) -> None:
    """There are no small caps then: their share is unknown, not zero."""
    fundamentals = [quarter(1, END, KNOWN, 200, revenue=100.0, gross_profit=40.0)]
    with make_lake(tmp_path, [company(1, "A")], fundamentals, []) as opened:
        measured = measure(opened, chosen(["gross_margin"]), AS_OF)
    assert "the data set has no prices" in measured.notes[0]
    assert measured.rows[0].small.coverage is None
    assert measured.rows[0].market.coverage == 1.0


def test_names_and_groups_are_chosen() -> None:
    """Aliases are metrics, a group is its rows; anything else is an error with a hint."""
    assert [row.name for row in chosen(["p_e", "pe", "roic"])] == ["pe", "roic"]
    assert {row.group for row in chosen(group="leverage")} == {"leverage"}
    assert chosen(["roic"], "leverage") == ()
    wrong = ((("roicc",), "", "unknown metric"), (("revenue",), "", "a line item, not a metric"),
             (("price",), "", "a field, not a metric"), ((), "leverag", "unknown group"))  # fmt: skip
    for names, group, said in wrong:
        with pytest.raises(ScreenError, match=said):
            chosen(names, group)


def test_every_metric_can_be_measured_at_once(lake: Lake) -> None:
    """All of the catalogue in one query; each name is counted once for each."""
    measured = measure(lake)
    assert [row.metric for row in measured.rows] == list(metrics.METRICS)
    assert all(sum(counts(row.market)[1:]) == 8 for row in measured.rows)


@pytest.fixture
def measured(lake: Lake) -> Coverage:
    """The coverage of a few metrics of two groups."""
    return measure(lake, chosen(NAMES), AS_OF)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 250])
def test_the_table_keeps_to_the_terminal(measured: Coverage, width: int) -> None:
    """No line is wider; the metric and its coverage among small caps are always there, the rest is named."""
    lines = coverage.render(measured, width=width).splitlines()
    assert max(map(len, lines)) <= width
    line = next(line for line in lines if line.startswith("  interest_coverage"))
    assert "80%" in line
    assert any("Not shown" in line for line in lines) == (width < 250)


def test_formats_say_the_same(measured: Coverage) -> None:
    """CSV, JSON and Markdown have a row for each metric, with counts of the market and of the small caps."""
    objects = json.loads(coverage.to_json(measured))
    assert (objects["names"], objects["small_caps"], objects["as_of"]) == (8, 6, "2024-03-08")
    first = objects["metrics"][0]
    assert (first["metric"], first["known"], first["small_known"], first["small_coverage"]) == ("pe", 6, 5, 1.0)
    lines = coverage.to_csv(measured).splitlines()
    assert lines[0].startswith("metric,label,group,unit,names,known,refused,worst,best,undefined,missing")
    assert [line.split(",")[0] for line in lines[1:]] == list(NAMES)
    assert "| interest\\_coverage |" in coverage.to_markdown(measured)


@pytest.mark.parametrize(("bars", "drawn"), [((), ""), ((0, 0), ""), ((8, 4, 0, 1), "█▄ ▁"), ((1, 1000), "▁█")])
def test_bars_are_drawn_by_their_share_of_the_tallest(bars: tuple[int, ...], drawn: str) -> None:
    """Eighths of the tallest, rounded up: one of a thousand is seen, none of them is a blank."""
    assert coverage.spark(bars) == drawn
