"""The laws that all rows of the table of metrics obey."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.catalogue import items, metrics, units
from screener.engine.run import run_screen
from tests.catalogue.vectors import vectors
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen


def test_no_debt_means_none_falls_due(tmp_path: Path) -> None:
    """A company without debt has nothing to refinance, with or without a maturity ladder."""
    rows = [quarter(1, date(2023, 12, 31), date(2024, 2, 20), 40, shares_outstanding=20.0, total_debt=0.0)]
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 50.0)]) as lake:
        assert run_screen(lake, screen(columns=("debt_due_12m", "debt_due_24m")), AS_OF).rows[0].values == (0.0, 0.0)


@pytest.fixture(scope="module")
def by_model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """Every metric of one and the same company, under each reporting model."""
    refused = [row for row in metrics.METRICS if row.refused]
    models = sorted({model for row in refused for model in row.refused})
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
