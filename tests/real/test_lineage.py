"""Lineage against the filings: every operand with its tag, value, form, day and accession as the raw facts have them.

The literals were read by hand in the SEC's companyfacts files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import date

import pytest

from screener.engine.company import Company, find_company
from screener.engine.lineage import Trace, lineage_of, trace_item, versions_of
from screener.lake.connect import Lake
from screener.standardize.lineage import Lineage
from screener.standardize.lineage_nodes import leaves
from tests.standardize.laws import law

pytestmark = pytest.mark.real

M = 1e6
CAPEX = "PaymentsToAcquirePropertyPlantAndEquipment"
CSX_Q2, CSX_Q3 = "0000277948-24-000047", "0000277948-24-000054"
CSX_2023, CSX_Q3_2023 = "0000277948-24-000010", "0000277948-23-000053"

Leaf = tuple[str, str | None, str, float, str, str, str]


@pytest.fixture(scope="module", autouse=True)
def _each_company_once() -> Iterator[None]:
    """Keep the lineage of each company open for all tests: it takes seconds and is the same for every day."""
    found: dict[tuple[str, int], Lineage] = {}
    with ExitStack() as opened, pytest.MonkeyPatch.context() as patch:

        def kept(lake: Lake, company: Company) -> AbstractContextManager[Lineage]:
            key = (str(lake.directory), company.issuer_id)
            if key not in found:
                found[key] = opened.enter_context(lineage_of(lake, company))
            return nullcontext(found[key])

        patch.setattr("screener.engine.lineage.lineage_of", kept)
        patch.setattr("tests.standardize.laws.lineage_of", kept)
        yield


def traced(lake: Lake, ticker: str, item: str, day: str, *, period: str = "ttm", end: str | None = None) -> Trace:
    """Return the trace of an item as known on ``day``."""
    wanted = date.fromisoformat(end) if end else None
    return trace_item(lake, find_company(lake.con, ticker), item, date.fromisoformat(day), period=period, end=wanted)


def facts(found: Trace) -> list[Leaf]:
    """Return the leaves as (tag, start, end, millions, filed, form, accession)."""
    return [
        (fact.tag, str(fact.start) if fact.start else None, str(fact.end), fact.value / M, str(fact.filed), fact.form,
         fact.accession)
        for fact in (leaf.fact for leaf in leaves(found.node)) if fact
    ]  # fmt: skip


def test_debt_of_csx(sec: Lake) -> None:
    """CSX tags both sides of its debt under the tags that include leases."""
    found = traced(sec, "CSX", "total_debt", "2025-01-31")
    assert (found.period_end, found.known_from) == (date(2024, 9, 30), date(2024, 10, 17))
    assert (found.node.value, found.node.method) == (18541 * M, "tree:total_debt")
    assert found.node.formula == "debt_current + long_term_debt"
    assert facts(found) == [
        ("LongTermDebtAndCapitalLeaseObligationsCurrent", None, "2024-09-30", 6, "2024-10-17", "10-Q", CSX_Q3),
        ("LongTermDebtAndCapitalLeaseObligations", None, "2024-09-30", 18535, "2024-10-17", "10-Q", CSX_Q3),
    ]


def test_debt_of_allegion(sec: Lake) -> None:
    """Allegion tags the total of its current debt; nothing is added to it."""
    found = traced(sec, "ALLE", "total_debt", "2025-04-01")
    assert found.node.value == (21.9 + 1977.6) * M
    accession = "0001579241-25-000008"
    assert facts(found) == [
        ("DebtCurrent", None, "2024-12-31", 21.9, "2025-02-18", "10-K", accession),
        ("LongTermDebtNoncurrent", None, "2024-12-31", 1977.6, "2025-02-18", "10-K", accession),
    ]


def test_capex_over_twelve_months(sec: Lake) -> None:
    """The 10-Q of October 2024 restates 2023 (2,281 before, 2,257 now): all three stretches are its own."""
    found = traced(sec, "CSX", "capex", "2025-01-31")
    assert (found.node.value, found.node.method) == ((2257 + 1691 - 1571) * M, "ttm:fy+ytd-prior")
    assert found.node.formula == "12M to 2023-12-31 + 9M to 2024-09-30 - 9M to 2023-09-30"
    assert facts(found) == [
        (CAPEX, "2023-01-01", "2023-12-31", 2257, "2024-10-17", "10-Q", CSX_Q3),
        (CAPEX, "2024-01-01", "2024-09-30", 1691, "2024-10-17", "10-Q", CSX_Q3),
        (CAPEX, "2023-01-01", "2023-09-30", 1571, "2024-10-17", "10-Q", CSX_Q3),
    ]


def test_fourth_quarter_of_lululemon(sec: Lake) -> None:
    """A 14-week fourth quarter is the 53-week year minus the nine months of the last 10-Q."""
    found = traced(sec, "LULU", "net_income", "2025-04-01", period="quarter")
    assert (found.period_end, found.node.method) == (date(2025, 2, 2), "derived_q4")
    assert found.node.value == pytest.approx((1814.616 - 1066.213) * M)
    assert facts(found) == [
        ("NetIncomeLoss", "2024-01-29", "2025-02-02", 1814.616, "2025-03-27", "10-K", "0001397187-25-000013"),
        ("NetIncomeLoss", "2024-01-29", "2024-10-27", 1066.213, "2024-12-05", "10-Q", "0001397187-24-000041"),
    ]


@pytest.mark.parametrize(
    ("day", "value", "filing"),
    [("2024-08-04", 3715, ("2024-02-14", "10-K", CSX_2023)), ("2024-08-05", 3668, ("2024-08-05", "10-Q", CSX_Q2))],
)
def test_a_restated_year(sec: Lake, day: str, value: float, filing: tuple[str, str, str]) -> None:
    """Until the 10-Q of 2024-08-05 CSX's 2023 is the 10-K's, from that day on the restated one."""
    found = traced(sec, "CSX", "net_income", day, period="annual")
    assert facts(found) == [("NetIncomeLoss", "2023-01-01", "2023-12-31", value, *filing)]


def test_versions_of_a_restated_year(sec: Lake) -> None:
    """Both versions of CSX's 2023 are listed with their filings."""
    company = find_company(sec.con, "CSX")
    found = versions_of(sec, company, "net_income", date(2025, 4, 1), period="annual", end=date(2023, 12, 31))
    assert [row[1:6] for row in found.rows] == [
        (date(2024, 2, 14), 3715 * M, "first", "10-K", CSX_2023),
        (date(2024, 8, 5), 3668 * M, "restated", "10-Q", CSX_Q2),
    ]
    assert "restated" not in str(found.rows[0][7])
    assert "restated" in str(found.rows[1][7])
    assert str(found.rows[1][6]).endswith(f"/data/277948/{CSX_Q2.replace('-', '')}/{CSX_Q2}-index.htm")


def test_versions_after_a_split(sec: Lake) -> None:
    """A count that a later filing states on the basis after a split is no restatement."""
    found = versions_of(sec, find_company(sec.con, "CSX"), "shares_diluted", date(2025, 4, 1), period="quarter")
    changes = {row[3] for row in found.rows if row[0] == date(2020, 9, 30)}
    assert changes == {"first", "split"}


def test_a_carried_lease(sec: Lake) -> None:
    """CSX states its finance leases once a year: September 2024 carries those of the 10-K."""
    found = traced(sec, "CSX", "finance_leases", "2025-01-31")
    assert (found.node.value, found.node.method) == (17 * M, "carried")
    assert facts(found) == [("FinanceLeaseLiability", None, "2023-12-31", 17, "2024-02-14", "10-K", CSX_2023)]


def test_an_imputed_zero(sec: Lake) -> None:
    """CSX never had preferred stock: the zero rests on no fact, and says on what."""
    found = traced(sec, "CSX", "preferred", "2025-01-31")
    assert (found.node.value, found.node.method, facts(found)) == (0, "zero_imputed", [])
    assert "total_assets is reported" in found.node.notes[0]


def test_a_reported_zero_has_a_fact(sec: Lake) -> None:
    """Lululemon tags borrowings of zero: its debt of none is a fact, not an inference."""
    found = traced(sec, "LULU", "total_debt", "2025-01-31")
    assert found.node.value == 0
    assert facts(found) == [
        ("ShortTermBorrowings", None, "2024-10-27", 0, "2024-12-05", "10-Q", "0001397187-24-000041")
    ]


@pytest.mark.slow
def test_law_on_filings(sec: Lake) -> None:
    """On random rows of a railroad, a retailer, a bank, a REIT, a split and a bankruptcy, in every item."""
    law(sec, ["CSX", "LULU", "SYF", "UAA", "HTZ", "AVGO"], rows=3, seed=20250331)


@pytest.mark.slow
def test_law_on_vendor_rows(simfin: Lake) -> None:
    """The same on a vendor's tables, whose quarters stand alone."""
    law(simfin, ["ADBE", "AEYE", "AKTS", "ELF"], rows=4, seed=20240308)


def test_vendor_facts_have_no_address(simfin: Lake) -> None:
    """A vendor's leaf names the vendor's tag and no filing."""
    found = traced(simfin, "ADBE", "revenue", "2024-03-08")
    tags = {(leaf.fact.tag, leaf.fact.form, leaf.fact.accession) for leaf in leaves(found.node) if leaf.fact}
    assert tags == {("simfin:Revenue", "simfin", "")}
