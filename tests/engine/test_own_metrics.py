"""The author's own metrics in a run: values, ranks, units, reasons and history, all as those of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from screener.catalogue import metrics
from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.result import Result
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.metric_files import load_metrics
from screener.language.own import OwnMetrics
from screener.language.resolve import parse_screen
from tests.catalogue.vectors import rows
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

MINE = """
earned: net_income + da - capex
oe_yield:
  formula: earned / market_cap
  label: Owner earnings yield
  undefined:
    - {when: market_cap < 100, reason: "too small to \\"buy\\"; it's a shell", rank: none}
    - {when: da = 0, reason: nothing wears out, rank: best}
    - {when: earned <= 0, reason: nothing earned, rank: worst}
  refused: [bank]
  direction: higher
p_oe: {formula: market_cap / earned, direction: lower, rank_by: oe_yield}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> OwnMetrics:
    """The metrics of one file."""
    path = tmp_path_factory.mktemp("own") / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return load_metrics([path])


# Ticker → (net income, depreciation, capex, price of one of 100 shares, model); what they earn stands beside them.
COMPANIES = {
    "AAA": (50.0, 20.0, 10.0, 10.0, "standard"),  # 60 of 1,000: 6 %
    "BBB": (30.0, 10.0, 20.0, 5.0, "standard"),  # 20 of 500: 4 %
    "CCC": (-50.0, 10.0, 20.0, 5.0, "standard"),  # nothing earned
    "DDD": (10.0, 0.0, 5.0, 5.0, "standard"),  # nothing wears out
    "EEE": (90.0, 10.0, 0.0, 0.5, "standard"),  # 50: too small
    "FFF": (90.0, 10.0, 0.0, 5.0, "bank"),
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The six companies, and what AAA earned a year earlier: 20 + 10 - 10."""
    end, filed = date(2023, 12, 31), date(2024, 2, 20)
    statements, quotes, people = [], [], []
    for number, (ticker, (income, da, capex, close, model)) in enumerate(COMPANIES.items(), 1):
        people.append(company(number, ticker, model=model))
        quotes.append(price(number, close))
        statements.append(
            quarter(number, end, filed, 40, net_income=income, da=da, capex=capex, shares_outstanding=100.0)
        )
    past = {"latest_until": filed, "net_income": 20.0, "da": 10.0, "capex": 10.0}
    statements.append(quarter(1, date(2022, 12, 31), date(2023, 2, 20), 36, **past))
    with make_lake(tmp_path_factory.mktemp("lake"), people, statements, quotes) as opened:
        yield opened


def run(lake: Lake, text: str, own: OwnMetrics) -> Result:
    """Run a screen with the metrics of the file."""
    return run_screen(lake, parse_screen(text, "mine.yaml", own), AS_OF)


def test_values_and_units(lake: Lake, own: OwnMetrics) -> None:
    """A column shows the value in the metric's unit, and nothing where the metric is undefined or refused."""
    found = run(lake, "universe: [price > 0]\ncolumns: [oe_yield, {Owners: earned}]", own)
    assert {row.ticker: row.values for row in found.rows} == {
        "AAA": (pytest.approx(0.06), 60.0),
        "BBB": (pytest.approx(0.04), 20.0),
        "CCC": (None, -60.0),
        "DDD": (None, 5.0),
        "EEE": (None, 100.0),
        "FFF": (None, 100.0),
    }
    assert [(column.name, column.unit) for column in found.columns] == [("oe_yield", "multiple"), ("Owners", "usd")]


@pytest.mark.parametrize("factor", ["oe_yield", "p_oe", "renamed", "turned"])
def test_ranks(lake: Lake, own: OwnMetrics, factor: str) -> None:
    """Undefined but best ranks above all values, worst at 0; missing and refused are 0; a multiple by its yield."""
    text = f"rank: [{factor}]\ndefine: {{renamed: p_oe, turned: -oe_yield}}\nmissing: worst"
    found = run(lake, text, own)
    percentiles = {str(row.ticker): row.factors[0].percentile for row in found.rows}
    if factor == "turned":
        # A formula of its own has none of the classes: what is unknown is missing.
        assert percentiles == pytest.approx({"AAA": 100, "BBB": 500 / 6, "CCC": 0, "DDD": 0, "EEE": 0, "FFF": 0})
    else:
        assert percentiles == pytest.approx({"DDD": 100, "AAA": 500 / 6, "BBB": 400 / 6, "CCC": 0, "EEE": 0, "FFF": 0})
    assert {row.factors[0].unit for row in found.rows} == {"multiple"}


@pytest.mark.parametrize(
    ("ticker", "reason"),
    [
        ("CCC", "oe_yield is undefined: nothing earned"),
        ("DDD", "oe_yield is undefined: nothing wears out"),
        ("EEE", 'oe_yield is undefined: too small to "buy"; it\'s a shell'),
        ("FFF", "oe_yield is not defined for a bank"),
    ],
)
def test_reasons(lake: Lake, own: OwnMetrics, ticker: str, reason: str) -> None:
    """An unknown verdict gives the reason that the row gives."""
    found = explain_name(lake, run(lake, "rules: [oe_yield > 1%]", own), find_company(lake.con, ticker), filings=False)
    assert found.judgements[0].reason == reason


def test_explained_with_label_formula_and_parts(lake: Lake, own: OwnMetrics) -> None:
    """The term of a rule says what the metric is called and made of, down to the line items."""
    found = explain_name(lake, run(lake, "rules: [oe_yield > 1%]", own), find_company(lake.con, "AAA"), filings=False)
    (term,) = found.judgements[0].terms
    assert (term.name, term.label, term.formula) == ("oe_yield", "Owner earnings yield", "earned / market_cap")
    assert [part.name for part in term.parts] == ["earned", "market_cap"]
    assert [part.name for part in term.parts[0].parts] == ["net_income", "da", "capex"]


def test_history(lake: Lake, own: OwnMetrics) -> None:
    """A metric of line items has a history: 60 now and 20 a year ago are 40 on average and tripled."""
    found = run(lake, "rules: [ticker = AAA]\ncolumns: ['avg(earned, 2y)', 'growth(earned, 1y)']", own)
    assert found.rows[0].values == (40.0, pytest.approx(2.0))


def test_the_run_says_where_its_metrics_come_from(lake: Lake, own: OwnMetrics) -> None:
    """The identity of a run names the metrics that are not the catalogue's, and their file."""
    found = run(lake, "rules: [p_oe < 20]", own)
    assert "metrics of the author's own, from mine.yaml: earned, p_oe" in found.run.notes
    assert not [note for note in run(lake, "rules: [roic > 0]", own).run.notes if "author" in note]


COPIED = (
    "pe", "pb", "ev_ebit", "fcf_yield", "roic", "accruals_cf", "net_debt_ebitda", "interest_coverage", "debt_equity",
    "current_ratio", "asset_turnover", "operating_margin_sd", "positive_ni_years", "asset_growth", "ebitda",
)  # fmt: skip


def test_every_row_of_the_catalogue_can_be_an_own_metric(tmp_path: Path) -> None:
    """Copied into a file under another name, every metric is accepted, and those of each kind keep their values."""
    copies: dict[str, dict[str, object]] = {}
    for row in metrics.METRICS:
        cases = [{"when": case.when, "reason": case.reason, "rank": case.rank} for case in row.undefined]
        copy = {
            "formula": row.formula, "label": row.label, "unit": row.unit, "direction": row.direction,
            "undefined": cases, "refused": list(row.refused), "only": list(row.only),
            "rank_by": row.rank_by and f"own_{row.rank_by}",
            "source": row.source, "note": row.note,
        }  # fmt: skip
        copies[f"own_{row.name}"] = {key: value for key, value in copy.items() if value}
    paths = []
    # A file of metrics has a bounded size.
    for part in range(0, len(copies), 150):
        paths.append(tmp_path / f"copies{part}.yaml")
        some = dict(list(copies.items())[part : part + 150])
        paths[-1].write_text(yaml.safe_dump(some, sort_keys=False, allow_unicode=True), encoding="utf-8")
    own = load_metrics(paths)
    assert len(own.definitions()) == len(metrics.METRICS)
    names = [name for name in COPIED if name in metrics.BY_NAME]
    columns = ", ".join(f"{{c_{name}: {name}, o_{name}: own_{name}}}" for name in names)
    with make_lake(tmp_path, *rows()) as lake:
        found = run(lake, f"universe: [name is known]\ncolumns: [{columns}]", own)
    assert found.rows
    for row in found.rows:
        pairs = list(zip(row.values[::2], row.values[1::2], strict=True))
        assert [mine for mine, _ in pairs] == [theirs for _, theirs in pairs]
