"""The registry of names: what is found, what is suggested, and clashes."""

from __future__ import annotations

import pytest

from screener.catalogue import names
from screener.catalogue.names import CatalogueClashError, Entry


def test_lookup_of_each_kind() -> None:
    """Line items, metrics, aliases and fields are found with their unit, direction and kind of value."""
    item, metric, field = names.lookup("revenue"), names.lookup("gross_profitability"), names.lookup("IS_SHELL")
    assert item == Entry("revenue", "item", "Revenue", "usd", "neutral")
    assert metric is not None
    assert (metric.name, metric.kind, metric.unit, metric.direction) == ("gp_assets", "metric", "ratio", "higher")
    assert field is not None
    assert (field.name, field.kind, field.value) == ("is_shell", "field", "bool")
    assert names.lookup("nothing") is None


def test_clashes_are_listed() -> None:
    """A name that two rows claim, or that is a word of the language, refuses the catalogue, all clashes named."""
    one, two = Entry("a", "item", "A", "usd", "neutral"), Entry("b", "metric", "B", "usd", "higher")
    with pytest.raises(CatalogueClashError, match=r"a \(item a and metric b\); avg \(item a, and a word"):
        names.build([("a", one), ("a", two), ("avg", one)], taken=["avg"])


@pytest.mark.parametrize(
    ("word", "name"),
    [("p/e", "pe"), ("net income", "net_income"), ("Debt/Equity", "debt_equity"), ("roicc", "roic"),
     ("sales", "revenue"),
     ("free-cash-flow", "free_cash_flow"), ("xyzzy", None)],
)  # fmt: skip
def test_suggestions(word: str, name: str | None) -> None:
    """What people type leads to the name that they mean, or to nothing."""
    assert names.suggest(word) == name


def test_what_needs_prices() -> None:
    """A metric needs prices if anything in its formula does, however deep."""
    assert names.needs_market("ebit_ev")
    assert names.needs_market("payout_yield")
    assert not names.needs_market("roic")
    assert not names.needs_market("revenue")


def test_ratio_metrics() -> None:
    """A metric that is a plain quotient is found by its two sides, and by them alone."""
    assert names.ratio_metric("net_debt", "ebitda") == "net_debt_ebitda"
    assert names.ratio_metric("ebitda", "net_debt") is None
