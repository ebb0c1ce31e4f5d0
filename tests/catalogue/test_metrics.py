"""The laws that all rows of the table of metrics obey."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.api import load
from screener.catalogue import items, metrics, units
from screener.catalogue.describe import entry
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.catalogue.vectors import vectors
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, screen


def test_no_debt_means_none_falls_due(tmp_path: Path) -> None:
    """A company without debt has nothing to refinance, with or without a maturity ladder."""
    rows = [quarter(1, date(2023, 12, 31), date(2024, 2, 20), 40, shares_outstanding=20.0, total_debt=0.0)]
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 50.0)]) as lake:
        assert run_screen(lake, screen(columns=("debt_due_12m", "debt_due_24m")), AS_OF).rows[0].values == (0.0, 0.0)


@pytest.fixture(scope="module")
def by_model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Every metric of one and the same company, under each reporting model."""
    refused = [row for row in metrics.METRICS if row.refused or row.only]
    models = sorted({"standard"} | {model for row in refused for model in (*row.refused, *row.only)})
    given = next(vector.given for vector in vectors() if vector.file == "paper")
    companies, rows, prices = [], [], []
    for number, model in enumerate(models, 1):
        companies.append(company(number, model.upper(), model=model))
        rows.append(quarter(number, date(2023, 12, 31), date(2024, 2, 20), 40, **given["now"]))
        prices.append(price(number, 50.0))
    names = tuple(row.name for row in refused)
    with make_lake(tmp_path_factory.mktemp("models"), companies, rows, prices) as lake:
        result = run_screen(lake, screen(columns=names), AS_OF)
    return {str(row.ticker).lower(): dict(zip(names, row.values, strict=True)) for row in result.rows}


@pytest.fixture(scope="module")
def bank_and_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """A bank, a shop, and two companies with six and nine times as many current assets as liabilities."""
    items = {"net_interest_income": 70.0, "noninterest_income": 30.0, "noninterest_expense": 58.0}
    companies = [
        company(1, "BANK", model="bank"),
        company(2, "SHOP", model=None),
        company(3, "SIX"),
        company(4, "NINE"),
    ]
    balances: list[dict[str, float]] = [
        {},
        {"current_assets": 120.0, "current_liabilities": 100.0},
        {"current_assets": 600.0, "current_liabilities": 100.0},
        {"current_assets": 900.0, "current_liabilities": 100.0},
    ]
    rows = [
        quarter(number, date(2023, 12, 31), date(2024, 2, 20), 40, **items, **balance)
        for number, balance in enumerate(balances, 1)
    ]
    prices = [price(number, 50.0) for number in range(1, 5)]
    with make_lake(tmp_path_factory.mktemp("only"), companies, rows, prices) as lake:
        yield lake


def test_only_for_some_models(bank_and_shop: Lake) -> None:
    """A bank's metric is missing, in the table and in a rank, for whoever is not known to be a bank."""
    ranked = screen(rank=(factor("efficiency_ratio", direction="lower"),))
    found = {row.ticker: row.factors[0] for row in run_screen(bank_and_shop, ranked, AS_OF).rows}
    assert {ticker: term.value for ticker, term in found.items()} == {
        "BANK": 0.58,
        "SHOP": None,
        "SIX": None,
        "NINE": None,
    }
    assert found["BANK"].percentile == 100.0
    assert found["SHOP"].percentile == 0.0
    details = entry("efficiency_ratio")
    assert details["only for"] == "bank"


def test_a_current_ratio_over_five_is_not_better(bank_and_shop: Lake, tmp_path: Path) -> None:
    """Six and nine times rank alike, above less, and in the direction of the ratio itself."""
    file = tmp_path / "liquid.yaml"
    file.write_text("name: Liquid\nrank: [current_ratio]\ncolumns: [current_ratio]\n", encoding="utf-8")
    found = {row.ticker: row for row in run_screen(bank_and_shop, load(file), AS_OF).rows}
    assert (found["SIX"].values, found["NINE"].values) == ((6.0,), (9.0,))
    assert found["SIX"].score == found["NINE"].score == 100.0
    assert 0.0 < found["SHOP"].score < 100.0


@pytest.mark.parametrize("row", [row for row in metrics.METRICS if row.refused], ids=lambda row: row.name)
def test_refused_by_industry(by_model: dict[str, dict[str, object]], row: metrics.Metric) -> None:
    """A metric that has no meaning for a bank is refused for a bank, whatever it reports."""
    assert {model: by_model[model][row.name] for model in row.refused} == dict.fromkeys(row.refused)


def test_rows_are_well_formed() -> None:
    """Units, directions, rank classes and yields of all rows are known ones."""
    for row in metrics.METRICS:
        assert row.unit in units.BY_NAME, row.name
        assert row.direction in {"higher", "lower", "neutral"}, row.name
        assert {entry.rank for entry in row.undefined} <= {"worst", "best", "none"}, row.name
        assert not row.rank_by or row.rank_by in metrics.BY_NAME, row.name
    for item in items.ITEMS:
        assert item.unit in units.BY_NAME, item.name


def test_every_price_multiple_names_the_yield_that_ranks_for_it() -> None:
    """P/E and its kin are shown; their yields, monotone through zero, are ranked."""
    for name in ("pe", "pb", "ps", "p_fcf", "ev_ebit", "ev_ebitda"):
        assert metrics.BY_NAME[metrics.BY_NAME[name].rank_by].direction == "higher"
