"""Lineage on facts written by hand: each way to a value, with the operands and the facts it must name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from screener.standardize.lineage import Issuer, lineage
from screener.standardize.lineage_nodes import Node, leaves
from screener.standardize.pipeline import standardize
from tests.standardize.laws import check
from tests.standardize.stages import ISSUER, Fact, M, read, write_stage

YEAR = ("2023-01-01", "2023-12-31")
NINE = ("2024-01-01", "2024-09-30")
NINE_BEFORE = ("2023-01-01", "2023-09-30")
TEN_K, TEN_Q, TEN_Q_BEFORE = ("2024-02-20", "10-K"), ("2024-10-30", "10-Q"), ("2023-10-30", "10-Q")


def ways(tmp_path: Path, facts: list[Fact], *columns: str, end: str, known: str) -> list[Node]:
    """Return the ways of ``columns`` in the row of ``end`` known from ``known``; all of them obey the law."""
    stage = write_stage(tmp_path, facts)
    standardize(stage)
    day = date.fromisoformat(known)
    (row,) = [
        row
        for row in read(stage / "fundamentals.parquet")
        if row["period_end"] == date.fromisoformat(end) and row["known_from"] <= day < row["known_until"]
    ]
    found = []
    with lineage(stage / "facts.parquet", Issuer(ISSUER, "standard")) as every:
        for column in columns:
            node = every.value(column, row["period_end"], row["known_from"])
            assert node is not None
            assert node.value == row[column]
            assert check(node, row["known_from"]) > 0
            found.append(node)
    return found


def income(value: float, span: tuple[str, str], filing: tuple[str, str], **more: float) -> list[Fact]:
    """Return net income and other flows of a period in a filing, with the assets at its end."""
    flows = {"NetIncomeLoss": value, **more}
    return [
        *((tag, *span, amount * M, *filing) for tag, amount in flows.items()),
        ("Assets", None, span[1], 900 * M, *filing),
    ]


def leaf_facts(node: Node) -> list[tuple[str, float, str]]:
    """Return tag, value in millions and filing day of each leaf."""
    return [(leaf.fact.tag, leaf.fact.value / M, str(leaf.fact.filed)) for leaf in leaves(node) if leaf.fact]


def test_twelve_months(tmp_path: Path) -> None:
    """Twelve months are the year, plus nine months, minus the nine months before, from the newest filing's columns."""
    facts = [*income(100, YEAR, TEN_K), *income(80, NINE, TEN_Q), *income(70, NINE_BEFORE, TEN_Q)]
    (node,) = ways(tmp_path, facts, "net_income", end="2024-09-30", known="2024-10-30")
    assert (node.value, node.method) == (110 * M, "ttm:fy+ytd-prior")
    assert node.formula == "12M to 2023-12-31 + 9M to 2024-09-30 - 9M to 2023-09-30"
    assert leaf_facts(node) == [
        ("NetIncomeLoss", 100, "2024-02-20"),
        ("NetIncomeLoss", 80, "2024-10-30"),
        ("NetIncomeLoss", 70, "2024-10-30"),
    ]
    assert node.filed == date(2024, 10, 30)


def test_fourth_quarter(tmp_path: Path) -> None:
    """The fourth quarter is the year minus nine months; the year at its end is its own twelve months."""
    facts = [*income(70, NINE_BEFORE, TEN_Q_BEFORE), *income(100, YEAR, TEN_K)]
    quarter, year = ways(tmp_path, facts, "net_income_q", "net_income", end="2023-12-31", known="2024-02-20")
    assert (quarter.value, quarter.method) == (30 * M, "derived_q4")
    assert quarter.formula == "12M to 2023-12-31 - 9M to 2023-09-30"
    assert (quarter.start, quarter.end) == (date(2023, 10, 1), date(2023, 12, 31))
    assert (year.method, year.operands[0].method) == ("ttm:fy", "direct")


def test_fallback_and_sum(tmp_path: Path) -> None:
    """Cost of revenue from its two parts is a sum; gross profit is revenue less that."""
    facts = income(10, YEAR, TEN_K, Revenues=100, CostOfGoodsSold=40, CostOfServices=15)
    (node,) = ways(tmp_path, facts, "gross_profit", end="2023-12-31", known="2024-02-20")
    (period,) = node.operands
    assert (period.value, period.method, period.formula) == (45 * M, "tree:gross_profit", "revenue - cost_of_revenue")
    revenue, cost = period.operands
    assert revenue.method == "tree:revenue"
    assert (cost.method, cost.formula) == ("sum", "CostOfGoodsSold + CostOfServices")


def test_debt_tree(tmp_path: Path) -> None:
    """Total debt names its two sides by their items, and finance leases by their own tags."""
    balance = {"LongTermDebtCurrent": 5, "LongTermDebtNoncurrent": 50, "FinanceLeaseLiabilityNoncurrent": 3}
    facts = [*income(10, YEAR, TEN_K), *((tag, None, YEAR[1], value * M, *TEN_K) for tag, value in balance.items())]
    (node,) = ways(tmp_path, facts, "total_debt", end="2023-12-31", known="2024-02-20")
    assert (node.value, node.method) == (58 * M, "tree:total_debt")
    assert node.formula == "debt_current + long_term_debt + FinanceLeaseLiabilityNoncurrent"
    assert [leaf[:2] for leaf in leaf_facts(node)] == [
        ("LongTermDebtCurrent", 5),
        ("LongTermDebtNoncurrent", 50),
        ("FinanceLeaseLiabilityNoncurrent", 3),
    ]


def test_carried(tmp_path: Path) -> None:
    """A lease that only the annual notes state is carried: the leaf keeps its own date and says so."""
    facts = [
        *income(100, YEAR, TEN_K), ("FinanceLeaseLiability", None, "2023-12-31", 7 * M, *TEN_K),
        *income(80, NINE, TEN_Q), *income(70, NINE_BEFORE, TEN_Q),
    ]  # fmt: skip
    (node,) = ways(tmp_path, facts, "finance_leases", end="2024-09-30", known="2024-10-30")
    assert (node.value, node.method, node.end) == (7 * M, "carried", date(2024, 9, 30))
    (leaf,) = leaves(node)
    assert (leaf.method, leaf.end) == ("carried", date(2023, 12, 31))
    assert leaf.notes == ("carried from 2023-12-31: no note for 2024-09-30 by 2024-10-30",)


def test_zeros(tmp_path: Path) -> None:
    """A zero that silence proves names no fact but the reason; so does a debt that nothing hints at."""
    flows = {"NetCashProvidedByUsedInFinancingActivities": -1.0, "NetCashProvidedByUsedInOperatingActivities": 5.0}
    facts = income(70, NINE_BEFORE, TEN_Q_BEFORE)
    facts += [*income(100, YEAR, TEN_K, **flows), ("Liabilities", None, YEAR[1], 10 * M, *TEN_K)]
    bought, debt = ways(tmp_path, facts, "buybacks", "total_debt", end="2023-12-31", known="2024-02-20")
    assert (bought.value, bought.method, bought.operands) == (0, "zero_imputed", ())
    assert bought.notes == (
        "cff is reported, and no filing of the 800 days before 2024-02-20 gives buybacks an amount (none ever did)",
    )
    assert (debt.value, debt.method, debt.operands) == (0, "inferred_zero", ())
    assert debt.notes == ("no debt, interest or maturities in any filing of the 800 days before 2024-02-20",)


def test_sign_fixed(tmp_path: Path) -> None:
    """A capex with a minus is turned; its leaf shows the fact as it was filed."""
    facts = income(100, YEAR, TEN_K, PaymentsToAcquirePropertyPlantAndEquipment=-12)
    (node,) = ways(tmp_path, facts, "capex", end="2023-12-31", known="2024-02-20")
    (leaf,) = leaves(node)
    assert leaf.fact is not None
    assert (node.value, leaf.value, leaf.method, leaf.fact.value) == (12 * M, 12 * M, "sign_fixed", -12 * M)


def test_rounded_later(tmp_path: Path) -> None:
    """A later filing that only rounds an earlier figure leads to the exact one, and is named."""
    facts = [
        *income(100.4, YEAR, TEN_K), ("NetIncomeLoss", *YEAR, 100 * M, *TEN_Q),
        *income(80, NINE, TEN_Q), *income(70, NINE_BEFORE, TEN_Q),
    ]  # fmt: skip
    (node,) = ways(tmp_path, facts, "net_income", end="2024-09-30", known="2024-10-30")
    year = node.operands[0]
    assert year.value == 100.4 * M
    (leaf,) = leaves(year)
    assert leaf.fact is not None
    assert leaf.fact.filed == date(2024, 2, 20)


def test_restated(tmp_path: Path) -> None:
    """Before the filing that restates it a year is the old fact, from its day on the new one."""
    later = ("2024-08-05", "10-Q")
    facts = [*income(100, YEAR, TEN_K), ("NetIncomeLoss", *YEAR, 90 * M, *later)]
    (old,) = ways(tmp_path / "old", facts, "net_income", end="2023-12-31", known="2024-08-04")
    (new,) = ways(tmp_path / "new", facts, "net_income", end="2023-12-31", known="2024-08-05")
    assert leaf_facts(old) == [("NetIncomeLoss", 100, "2024-02-20")]
    assert leaf_facts(new) == [("NetIncomeLoss", 90, "2024-08-05")]


def test_vendor(tmp_path: Path) -> None:
    """A vendor's quarters add up to twelve months; their leaves have the vendor's tags and no accession."""
    spans = [
        ("2023-01-01", "2023-03-31"),
        ("2023-04-01", "2023-06-30"),
        ("2023-07-01", "2023-09-30"),
        ("2023-10-01", "2023-12-31"),
    ]
    facts: list[Fact] = []
    for amount, span in enumerate(spans, 1):
        filed = f"{span[1][:8]}31" if span[1].endswith("31") else f"{span[1][:8]}30"
        facts += [
            ("simfin:Net Income", *span, amount * M, filed, "simfin"),
            ("simfin:Total Assets", None, span[1], 9 * M, filed, "simfin"),
        ]
    (node,) = ways(tmp_path, facts, "net_income", end="2023-12-31", known="2023-12-31")
    assert (node.value, node.method) == (10 * M, "ttm:four_quarters")
    assert node.formula == "3M to 2023-03-31 + 3M to 2023-06-30 + 3M to 2023-09-30 + 3M to 2023-12-31"
    assert {(leaf.fact.tag, leaf.fact.accession) for leaf in leaves(node) if leaf.fact} == {("simfin:Net Income", "")}


def test_share_counts(tmp_path: Path) -> None:
    """A cover count is a leaf with the cover's date; one in thousands is multiplied, and says so."""
    counts = [
        ("WeightedAverageNumberOfDilutedSharesOutstanding", *YEAR, 50_000.0, *TEN_K),
        ("EntityCommonStockSharesOutstanding", None, "2024-02-01", 51_000_000.0, *TEN_K),
    ]
    facts = [*income(100, YEAR, TEN_K), *counts]
    cover, diluted = ways(tmp_path, facts, "shares_outstanding", "shares_diluted", end="2023-12-31", known="2024-02-20")
    assert (cover.value, cover.operands[0].end) == (51_000_000, date(2024, 2, 1))
    assert (diluted.value, diluted.method) == (50_000_000, "scale_fixed")
    assert diluted.formula == "12M to 2023-12-31 * 1000"


def test_without_the_row(tmp_path: Path) -> None:
    """A period or a day without a row has no way; an item without a value is missing."""
    stage = write_stage(tmp_path, income(100, YEAR, TEN_K))
    with lineage(stage / "facts.parquet", Issuer(ISSUER, "standard")) as every:
        assert every.value("net_income", date(2022, 12, 31), date(2024, 2, 20)) is None
        missing = every.value("capex", date(2023, 12, 31), date(2024, 2, 20))
    with lineage(stage / "facts.parquet", Issuer(77, "standard")) as nothing:
        assert nothing.value("net_income", date(2023, 12, 31), date(2024, 2, 20)) is None
    assert missing is not None
    assert (missing.value, missing.method) == (None, "missing")
