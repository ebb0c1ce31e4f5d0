"""Explanations: every verdict with its parts, every unknown with its reason, every item with its filing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.engine.company import find_company, statement
from screener.engine.explain import Explanation, explain_name
from screener.engine.run import run_screen
from screener.errors import DataError, ScreenError
from screener.lake.connect import Lake
from screener.language.screen import Screen
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, screen

END = date(2023, 12, 31)
FILED = date(2024, 2, 20)
FACT = {
    "issuer_id": 1, "tag": "NetIncomeLoss", "unit": "USD", "start": date(2023, 1, 1), "end": END, "value": 5.0,
    "filed": FILED, "form": "10-K", "accession": "0000000001-24-000007",
}  # fmt: skip


def lake_of(tmp_path: Path, model: str = "standard", **items: Any) -> Lake:
    """Return one company with one quarter, one price and one fact."""
    rows = [quarter(1, END, FILED, 40, shares_outstanding=100.0, **items)]
    return make_lake(tmp_path, [company(1, "AAA", model=model)], rows, [price(1, 10.0)], [FACT])


def explained(lake: Lake, wanted: Screen) -> Explanation:
    """Explain the only company."""
    return explain_name(lake, run_screen(lake, wanted, AS_OF), find_company(lake.con, "AAA"))


@pytest.mark.parametrize(
    ("items", "rule", "reason"),
    [
        ({}, "net_income > 0", "net_income is not reported"),
        ({}, "lag(net_income, 1y) > 0", "net_income is not reported 1y ago"),
        ({"net_income": 5.0, "revenue": 0.0}, "net_income / revenue > 0", "division by zero"),
        ({"net_income": 5.0}, "net_margin > 0", "revenue is not reported"),
        ({"net_income": 5.0, "revenue": 0.0}, "net_margin > 0", "net_margin is undefined: no revenue"),
        ({"net_income_to_common": -5.0}, "pe < 10", "pe is undefined: no earnings"),
        ({"total_debt": 9.0, "operating_income": 1.0}, "interest_coverage > 4",
         "interest_coverage is undefined: interest expense is not reported although there is debt"),
        ({"net_income": 5.0}, "avg(net_income, 3y) > 0",
         "1 of 3 observations known; net_income is not reported 1y ago"),
        ({"total_assets": 5.0}, "asset_growth > 0", "total_assets is not reported 1y ago"),
        ({}, "price_change_12m > 0", "price_change_12m needs a longer price history"),
        ({"cash": 5.0}, "ev > 0", "total_debt is not reported"),
    ],
)  # fmt: skip
def test_reasons(tmp_path: Path, items: dict[str, float], rule: str, reason: str) -> None:
    """An unknown verdict names the input that is missing or the operation that is undefined."""
    with lake_of(tmp_path, **items) as lake:
        judgement = explained(lake, screen(rule)).judgements[0]
    assert (judgement.verdict, judgement.reason) == ("unknown", reason)


def test_refusal_by_industry_is_the_reason(tmp_path: Path) -> None:
    """A bank's EV is refused, not missing."""
    with lake_of(tmp_path, model="bank", cash=1.0, total_debt=1.0) as lake:
        assert explained(lake, screen("ev > 0")).judgements[0].reason == "ev is not defined for a bank"


def test_parts_and_filings(tmp_path: Path) -> None:
    """A rule shows its metric, the metric its inputs, and the line item its fact with the filing's address."""
    with lake_of(tmp_path, net_income=5.0, revenue=50.0) as lake:
        found = explained(lake, screen("net_margin >= 5%", rank=(factor("net_margin"),)))
    assert (found.passed, found.rank, found.score) == (True, 1, 100.0)
    (term,) = found.judgements[0].terms
    assert (term.name, term.value, term.unit, term.formula) == ("net_margin", 0.1, "ratio", "net_income / revenue")
    assert [(part.name, part.value) for part in term.parts] == [("net_income", 5.0), ("revenue", 50.0)]
    (filing,) = found.filings
    assert (filing.item, filing.tag, filing.value, filing.filed) == ("net_income", "NetIncomeLoss", 5.0, FILED)
    assert filing.url.endswith("/data/1/000000000124000007/0000000001-24-000007-index.htm")


def test_all_operands_of_twelve_months_are_shown(tmp_path: Path) -> None:
    """Twelve months at mid-year rest on the year, the half and the half before, from two filings."""
    half, filed = date(2023, 6, 30), date(2023, 8, 5)
    year_filed = {"filed": date(2023, 2, 20), "form": "10-K", "accession": "0000000001-23-000001"}
    stretches = [
        {"start": date(2022, 1, 1), "end": date(2022, 12, 31), "value": 5.0, **year_filed},
        {"start": date(2023, 1, 1), "end": half, "value": 4.0, "filed": filed, "form": "10-Q"},
        {"start": date(2022, 1, 1), "end": date(2022, 6, 30), "value": 3.0, "filed": filed, "form": "10-Q"},
    ]
    facts = [{**FACT, **stretch} for stretch in stretches]
    rows = [quarter(1, half, filed, 38, net_income=6.0, shares_outstanding=100.0)]
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)], facts) as lake:
        result = run_screen(lake, screen("net_income > 0"), date(2023, 9, 1))
        found = explain_name(lake, result, find_company(lake.con, "AAA"))
    assert [(filing.end, filing.value) for filing in found.filings] == [
        (date(2022, 12, 31), 5.0),
        (half, 4.0),
        (date(2022, 6, 30), 3.0),
    ]
    (source,) = found.sources
    assert (source.item, source.when, source.value, source.method) == ("net_income", "", 6.0, "ttm:fy+ytd-prior")
    assert source.formula == "12M to 2022-12-31 + 6M to 2023-06-30 - 6M to 2022-06-30"


def test_a_fact_filed_later_is_not_shown(tmp_path: Path) -> None:
    """The filings behind a run are those that were public on its day."""
    later = {**FACT, "value": 4.0, "filed": date(2024, 5, 1), "accession": "0000000001-24-000009"}
    rows = [quarter(1, END, FILED, 40, net_income=5.0, shares_outstanding=100.0)]
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)], [FACT, later]) as lake:
        assert [filing.value for filing in explained(lake, screen("net_income > 0")).filings] == [5.0]


def test_outside_the_universe(tmp_path: Path) -> None:
    """A name outside the universe is explained too: it has verdicts but no percentiles."""
    with lake_of(tmp_path, net_income=5.0) as lake:
        found = explained(lake, screen("net_income > 0", universe=("price > 50",), rank=(factor("net_income"),)))
    assert (found.in_universe, found.passed, found.rank, found.factors) == (False, False, None, ())
    assert [judgement.verdict for judgement in found.judgements] == ["fail", "pass"]


def test_not_a_candidate(tmp_path: Path) -> None:
    """A company that had neither a filing nor a price on the day is said not to have been a candidate."""
    people = [company(1, "AAA"), company(2, "BBB")]
    rows = [quarter(1, END, FILED, 40, net_income=5.0, shares_outstanding=100.0)]
    with make_lake(tmp_path, people, rows, [price(1, 10.0)]) as lake:
        result = run_screen(lake, screen(), AS_OF)
        with pytest.raises(DataError, match="was not a candidate"):
            explain_name(lake, result, find_company(lake.con, "BBB"))


class TestStatement:
    """``show``: items of one company by period."""

    def lake(self, tmp_path: Path) -> Lake:
        """Return two years, the first restated from 80 to 70 in May."""
        restated = date(2023, 5, 1)
        first = {"known_until": restated, "latest_until": restated}
        rows = [
            quarter(1, date(2022, 12, 31), date(2023, 2, 20), 36, revenue=80.0, revenue_q=20.0, **first),
            quarter(1, date(2022, 12, 31), restated, 36, revenue=70.0, revenue_q=18.0, latest_until=FILED),
            quarter(1, END, FILED, 40, revenue=90.0, revenue_q=25.0, cfo=9.0, capex=4.0),
        ]
        return make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 10.0)])

    def test_versions(self, tmp_path: Path) -> None:
        """Each period comes in the version known on the day, with the day since which it is known."""
        with self.lake(tmp_path) as lake:
            who = find_company(lake.con, "aaa")
            before = statement(lake.con, who, date(2023, 4, 30), "ttm", ["revenue"])
            after = statement(lake.con, who, AS_OF, "quarter", ["revenue"])
        assert before.rows == (("AAA", date(2022, 12, 31), date(2023, 2, 20), 80.0, ""),)
        assert [row[1:-1] for row in after.rows] == [
            (date(2022, 12, 31), date(2023, 5, 1), 18.0),
            (END, FILED, 25.0),
        ]

    def test_formulas(self, tmp_path: Path) -> None:
        """Metrics over line items are shown as well: 9 - 4 = 5."""
        with self.lake(tmp_path) as lake:
            found = statement(lake.con, find_company(lake.con, "1"), AS_OF, "annual", ["fcf", "revenue"])
        assert [row[3:-1] for row in found.rows] == [(None, 70.0), (5.0, 90.0)]
        assert found.units == ("text", "date", "date", "usd", "usd", "text")

    @pytest.mark.parametrize(("item", "said"), [("revenu", "did you mean 'revenue'"), ("pe", "needs prices")])
    def test_wrong_items(self, tmp_path: Path, item: str, said: str) -> None:
        """An unknown item gets a suggestion; one that needs prices says so."""
        with self.lake(tmp_path) as lake, pytest.raises(ScreenError) as caught:
            statement(lake.con, find_company(lake.con, "AAA"), AS_OF, "ttm", [item])
        assert said in caught.value.render()


def test_model_and_evidence_of_the_row(tmp_path: Path) -> None:
    """The row's own model decides, the company's stands in without one; a screen reads the evidence as text."""
    rules = screen("interest_evidence = accrual_proxy", "debt_due_12m >= 0")
    row = {"total_debt": 9.0, "due_12m": 4.0, "interest_evidence": "accrual_proxy", "cash_evidence": "reported"}
    quarters = [quarter(1, END, FILED, 40, shares_outstanding=100.0, **row, model="bank")]
    with make_lake(tmp_path / "own", [company(1, "AAA", model="standard")], quarters, [price(1, 10.0)]) as lake:
        found = explained(lake, rules)
    assert [judgement.verdict for judgement in found.judgements] == ["pass", "unknown"]
    assert found.judgements[1].reason == "debt_due_12m is not defined for a bank"
    assert found.evidence == (("debt", "reported"), ("interest", "accrual_proxy"), ("cash", "reported"))
    with lake_of(tmp_path / "company", **row) as lake:
        assert [judgement.verdict for judgement in explained(lake, rules).judgements] == ["pass", "pass"]
