"""Traces and versions as text, JSON and tables, on a value put together by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from screener import api
from screener.engine.company import Company
from screener.engine.lineage import Trace, Versions
from screener.output.cells import width_of
from screener.output.trace import HEADERS, render_trace, render_versions, trace_json, trace_rows
from screener.standardize.lineage_nodes import Fact, Node

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
COMPANY = Company(1, 12, "AAA", "Example", "Industrials", "standard")
LONG_TAG = "LongTermDebtAndCapitalLeaseObligationsIncludingCurrentMaturitiesAndSomeMoreWordsThatFillTheLine"


def leaf(tag: str, value: float, filed: date = date(2024, 2, 20), method: str = "reported") -> Node:
    """Return a fact of a balance at the end of 2023."""
    fact = Fact(tag, "USD", None, date(2023, 12, 31), value, filed, "10-K", "0000000012-24-000003")
    return Node(tag, abs(value), method, end=fact.end, fact=fact)


def example(stored: float = 7.5e6) -> Trace:
    """Return a debt of two lines."""
    parts = (leaf("DebtCurrent", 5e6), leaf(LONG_TAG, -2.5e6, method="sign_fixed"))
    node = Node("total_debt", 7.5e6, "tree:total_debt", "{0} + {1}", parts, None, date(2023, 12, 31), ("a note",))
    days = (date(2024, 3, 8), date(2023, 12, 31), date(2024, 2, 20))
    return Trace(COMPANY, "total_debt", "ttm", *days, "carried", stored, node)


def test_text() -> None:
    """The tree is indented, a fact has tag, value, unit, form, day and accession, each filing one address."""
    text = render_trace(example())
    assert "total_debt  7,500,000 USD, at 2023-12-31, tree:total_debt" in text
    assert f"    = DebtCurrent + {LONG_TAG[:20]}" in text.replace("\n      ", " ")
    assert "\n  DebtCurrent  5,000,000 USD, at 2023-12-31\n      10-K filed 2024-02-20 0000000012-24-000003\n" in text
    assert "0000000012-24-000003, sign_fixed" in text
    assert "note: a note" in text
    assert text.count("https://www.sec.gov/Archives/edgar/data/12/000000001224000003/") == 1
    assert "another version" not in text


def test_text_says_when_the_data_set_has_another_value() -> None:
    """A data set that other software built may hold another value: both are shown."""
    assert "The data set has 8,000,000: another version of this software built it." in render_trace(example(8e6))


@pytest.mark.parametrize("width", [60, 100])
def test_fits_the_width(width: int) -> None:
    """No line but an address is wider than the terminal."""
    lines = render_trace(example(), width=width).splitlines()
    assert max(width_of(line) for line in lines if "://" not in line) <= width


def test_json() -> None:
    """The JSON is the tree, with the fact and its address at the leaves."""
    found = json.loads(trace_json(example()))
    assert (found["item"], found["known_from"], found["flags"]) == ("total_debt", "2024-02-20", ["carried"])
    first, second = found["value"]["operands"]
    assert (found["value"]["filed"], found["value"]["unit"]) == ("2024-02-20", "USD")
    assert (first["fact"]["value"], second["value"], second["fact"]["value"]) == (5e6, 2.5e6, -2.5e6)
    assert first["fact"]["url"].endswith("0000000012-24-000003-index.htm")


def test_rows() -> None:
    """The table has a row for every node, parents first."""
    rows = [dict(zip(HEADERS, row, strict=True)) for row in trace_rows(example())]
    assert [(row["depth"], row["name"]) for row in rows] == [(0, "total_debt"), (1, "DebtCurrent"), (1, LONG_TAG)]
    assert [row["form"] for row in rows] == ["", "10-K", "10-K"]


def test_versions_text() -> None:
    """A version is a line under its period, an address one under the filings."""
    headers = ("period_end", "known_from", "capex", "change", "form", "accession", "url", "flags")
    end = date(2023, 12, 31)
    rows = (
        (end, date(2024, 2, 20), 5e6, "first", "10-K", "0000000012-24-000003", "https://example.org/3", ""),
        (end, date(2024, 8, 5), 6e6, "restated", "10-Q", "0000000012-24-000009", "https://example.org/9", "restated"),
    )
    text = render_versions(Versions(COMPANY, "capex", "annual", headers, ("text",) * 8, rows))
    assert text.count("Period to 2023-12-31") == 1
    assert "2024-02-20             5,000,000  first      10-K 0000000012-24-000003" in text
    assert "2024-08-05             6,000,000  restated   10-Q 0000000012-24-000009  restated" in text
    assert text.index("https://example.org/3") < text.index("https://example.org/9")


def test_demo_trace_adds_up() -> None:
    """On the demo, twelve months of revenue are the sum and difference of the facts that the trace names."""
    ticker = str(api.run("quality-value", data=DEMO, limit=1).rows[0].ticker)
    found = api.trace(ticker, "revenue", data=DEMO)
    shown = api.show(ticker, data=DEMO, items=["revenue"]).rows[-1][3]
    assert found.node.value == pytest.approx(shown)
    assert found.stored == shown
