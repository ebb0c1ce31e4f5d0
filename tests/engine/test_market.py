"""Market value and enterprise value: one basis, refusals with their reasons, and what a missing part does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screener.catalogue.market import CLASS_RATIOS
from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen
from tests.engine.test_run import END, FILED, value

IMPLAUSIBLE = "market value is implausible: shares and price seem to be on different bases"
# Market value 1,000; everything that enterprise value is made of.
PARTS: dict[str, Any] = {
    "total_debt": 300.0, "preferred": 20.0, "minority_interest": 30.0, "redeemable_nci": 7.0, "cash": 100.0,
    "short_term_investments": 50.0, "operating_leases": 40.0, "long_term_investments": 60.0,
    "equity_method_investments": 5.0,
}  # fmt: skip


def lake_of(path: Path, listing: dict[str, Any] | None = None, close: float = 10.0, **items: Any) -> Lake:
    """Return a data set of one company with 100 shares at 10 and the ``items`` of its newest quarter."""
    shares = {"shares_outstanding": 100.0, **items}
    return make_lake(
        path, [company(1, "AAA") | (listing or {})], [quarter(1, END, FILED, 40, **shares)], [price(1, close)]
    )


@pytest.mark.parametrize(
    ("missing", "metric", "expected"),
    [
        # 1,000 + 300 + 20 + 30 + 7 - 100 - 50
        (None, "ev", 1207.0),
        ("shares_outstanding", "ev", None),
        ("cash", "ev", None),
        ("total_debt", "ev", None),
        ("preferred", "ev", 1187.0),
        ("minority_interest", "ev", 1177.0),
        ("redeemable_nci", "ev", 1200.0),
        ("short_term_investments", "ev", 1257.0),
        ("operating_leases", "ev", 1207.0),
        ("operating_leases", "ev_lease_adj", None),
        (None, "ev_lease_adj", 1247.0),
        ("long_term_investments", "ev", 1207.0),
        ("long_term_investments", "ev_ex_lt_inv", None),
        (None, "ev_ex_lt_inv", 1147.0),
        ("equity_method_investments", "ev_assoc", None),
        (None, "ev_assoc", 1202.0),
    ],
)
def test_a_missing_part_of_enterprise_value(
    missing: str | None, metric: str, expected: float | None, tmp_path: Path
) -> None:
    """Market value, cash and debt are needed; claims of others and short-term investments count as none."""
    with lake_of(tmp_path, **{name: part for name, part in PARTS.items() if name != missing}
                 | ({"shares_outstanding": None} if missing == "shares_outstanding" else {})) as lake:  # fmt: skip
        assert value(lake, metric) == expected


@pytest.mark.parametrize("model", ["bank", "insurer", "broker"])
def test_no_enterprise_value_of_financials(model: str, tmp_path: Path) -> None:
    """Debt is a bank's raw material: no enterprise value and no multiple of it, while the market value stays."""
    with lake_of(tmp_path, {"model": model}, **PARTS, operating_income=50.0) as lake:
        assert (value(lake, "ev"), value(lake, "ev_ebit"), value(lake, "market_cap")) == (None, None, 1000.0)


def test_negative_enterprise_value_has_no_multiples(tmp_path: Path) -> None:
    """More cash than market value and debt: the value is valid, multiples and yields of it are not."""
    with lake_of(tmp_path, total_debt=0.0, cash=1500.0, operating_income=50.0, revenue=500.0, da=5.0) as lake:
        assert value(lake, "ev") == -500.0
        assert [value(lake, name) for name in ("ebit_ev", "ev_ebit", "ev_ebitda", "ev_sales")] == [None] * 4


@pytest.mark.parametrize(
    ("count", "expected"),
    # 1.44 million class A equivalents, or the same in class B; at 480 dollars a class B share.
    [(1.44e6, 1.44e6 * 1500 * 480), (2.16e9, 2.16e9 * 480)],
)
def test_berkshire_is_counted_in_class_a(count: float, expected: float, tmp_path: Path) -> None:
    """1,500 class B shares are one of class A, in which the filings count."""
    listing: dict[str, Any] = {"ticker": "BRK-B", "cik": 1067983}
    with lake_of(tmp_path, listing, close=480.0, shares_outstanding=count) as lake:
        assert value(lake, "market_cap") == pytest.approx(expected)


def test_class_ratios_name_their_source() -> None:
    """Each ratio is a row with its source; a line has one."""
    assert all(row.source and row.per_count > 0 for row in CLASS_RATIOS)
    assert len({(row.cik, row.ticker) for row in CLASS_RATIOS}) == len(CLASS_RATIOS)


@pytest.mark.parametrize(("diluted", "expected"), [(120.0, 1200.0), (90.0, 1000.0), (None, 1000.0), (1e6, 1000.0)])
def test_diluted_market_value(diluted: float | None, expected: float, tmp_path: Path) -> None:
    """The larger of shares outstanding and diluted shares; a diluted count off by a power of ten is not believed."""
    with lake_of(tmp_path, shares_diluted_q=diluted) as lake:
        assert value(lake, "market_cap_diluted") == expected
        assert value(lake, "market_cap") == 1000.0


@pytest.mark.parametrize(
    ("listing", "items", "reason"),
    [
        ({"security_type": "adr"}, {}, "depositary receipt: shares per receipt unknown"),
        ({}, {"shares_outstanding": None}, "the number of shares is unknown"),
        ({}, {"flags": "basis_doubtful"},
         IMPLAUSIBLE),
        ({"source": "simfin"}, {"equity": 20000.0},
         IMPLAUSIBLE),
    ],
)  # fmt: skip
def test_refused_market_values_say_why(
    listing: dict[str, Any], items: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    """Receipts, unknown counts and counts on another basis than the price give no market value, and say why."""
    with lake_of(tmp_path, listing, **items) as lake:
        assert value(lake, "market_cap") is None
        assert reason in reasons(lake)


def test_deep_value_is_refused_of_vendors_only(tmp_path: Path) -> None:
    """A twentieth of book value happens on the way to bankruptcy: filings that show their splits are believed."""
    with lake_of(tmp_path, {"source": "sec"}, equity=20000.0) as lake:
        assert value(lake, "market_cap") == 1000.0


def reasons(lake: Lake) -> str:
    """Return all that the explanation of the only company says of ``market_cap > 1``."""
    result = run_screen(lake, screen("market_cap > 1"), AS_OF)
    return repr(explain_name(lake, result, find_company(lake.con, "AAA")))


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([2.0, 4.0, 0.05]), st.floats(1.0, 500.0), st.floats(1e3, 1e9))
def test_a_split_changes_no_value(ratio: float, close: float, count: float) -> None:
    """Prices, counts and factors after a split: market value, yields, growth and dilution are what they were."""
    import tempfile

    names = ("market_cap", "earnings_yield", "ps", "share_growth_1y", "growth(eps_diluted, 1y)", "market_cap_diluted")
    found = []
    for split in (1.0, ratio):
        shared = {"net_income_to_common": 5e3, "revenue": 9e4, "currency": "USD"}
        rows = [
            # A year ago, before the split in both: its basis says how to bring it to today's.
            quarter(1, END.replace(year=2022), FILED.replace(year=2023), 36, shares_outstanding=count / 1.1,
                    eps_diluted=0.5, share_basis=split, latest_until=FILED, **shared),
            quarter(1, END, FILED, 40, shares_outstanding=count, shares_diluted_q=count * 1.05, eps_diluted=0.6,
                    share_basis=split, **shared),
        ]  # fmt: skip
        with (
            tempfile.TemporaryDirectory() as folder,
            make_lake(Path(folder), [company(1, "AAA")], rows, [price(1, close / split)]) as lake,
        ):
            found.append(run_screen(lake, screen(columns=names), AS_OF).rows[0].values)
    assert None not in found[0]
    assert found[1] == pytest.approx(found[0], rel=1e-9)


@pytest.mark.parametrize(("form", "growth"), [("simfin", 0.1), ("10-K", -0.45)])
def test_old_counts_of_a_vendor_stand_on_the_newest_basis(form: str, growth: float, tmp_path: Path) -> None:
    """A vendor restates 100 and 110 shares together for a later split, though only the newest count is mended.

    Filings are on the basis of their day: there 100 shares before a split of one for two are 200 of the new ones. The
    price of the year before was made with its own row's basis, and stays 5 on the newest one's.
    """
    shared = {"form": form, "currency": "USD"}
    rows = [
        quarter(1, END.replace(year=2022), FILED.replace(year=2023), 36, shares_outstanding=100.0, period_price=10.0,
                dividends_per_share=1.0, latest_until=FILED, **shared),
        quarter(1, END, FILED, 40, shares_outstanding=110.0, share_basis=0.5, flags="basis_mended",
                dividends_per_share=1.2, **shared),
    ]  # fmt: skip
    names = ("growth(shares_outstanding, 1y)", "growth(dividends_per_share, 1y)", "lag(period_price, 1y)")
    with make_lake(tmp_path, [company(1, "AAA")], rows, [price(1, 20.0)]) as lake:
        found = run_screen(lake, screen(columns=names), AS_OF).rows[0].values
    dividends = 0.2 if form == "simfin" else 1.4
    assert found == pytest.approx((growth, dividends, 5.0))
