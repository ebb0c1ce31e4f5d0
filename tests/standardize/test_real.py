"""Real filings: every expected figure was read from the filing's own columns, in millions."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.standardize.stages import M, as_of, read

REAL = os.environ.get("SCREENER_REAL_DATA")
pytestmark = [pytest.mark.real, pytest.mark.skipif(not REAL, reason="SCREENER_REAL_DATA names no folder of real files")]

CSX, HUNT, LULULEMON, DISNEY = 277948, 728535, 1397187, 1744489
SYNCHRONY, BERKSHIRE, NIKOLA, VICI, BLACKROCK = 1601712, 1067983, 1731289, 1705696, 2012383
HERTZ, NVR, DOW, INCYTE, PAYPAL = 1657853, 906163, 1751788, 879169, 1633917


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[dict[str, Any]]]:
    """Give the fundamentals of the real bulk file by issuer."""
    from screener.sources.report import BuildReport
    from screener.sources.sec import read_sec
    from screener.standardize.pipeline import standardize

    stage = tmp_path_factory.mktemp("real")
    read_sec(Path(REAL or "") / "sec", stage, BuildReport())
    standardize(stage, batch_issuers=20)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in read(stage / "fundamentals.parquet"):
        found.setdefault(row["issuer_id"], []).append(row)
    return found


# issuer, period end, as of, what its filings say.
CASES: tuple[tuple[int, str, str, dict[str, float]], ...] = (
    # before and after the revision of 2024-08-05 (10-Q): 3,715 became 3,668
    (CSX, "2023-12-31", "2024-08-04", {"revenue": 14657, "net_income": 3715, "cfo": 5549, "total_assets": 42408,
                                       "total_debt": 18533, "net_income_q": 3715 - 2829, "cfo_q": 5549 - 4049}),
    (CSX, "2023-12-31", "2024-08-05", {"revenue": 14657, "net_income": 3668, "cfo": 5514, "total_assets": 42212,
                                       "total_debt": 18533, "net_income_q": 882, "cfo_q": 5514 - 4025}),
    (CSX, "2024-12-31", "2025-03-31", {"revenue": 14540, "net_income": 3470, "cfo": 5247, "total_assets": 42764,
                                       "total_debt": 17897 + 606}),
    (CSX, "2024-06-30", "2024-09-30", {"revenue_q": 3701, "net_income_q": 963, "net_income": 3668 + 1843 - 1958,
                                       "cfo": 5514 + 2173 - 2473, "total_assets": 42362, "total_debt": 17951 + 557}),
    (CSX, "2025-06-30", "2025-08-01", {"revenue_q": 3574, "revenue": 14540 + 6997 - 7382, "net_income_q": 829,
                                       "net_income": 3470 + 1475 - 1843, "cfo": 5247 + 1890 - 2173,
                                       "total_assets": 42929, "total_debt": 18550 + 616}),
    (HUNT, "2023-12-31", "2024-12-31", {"net_income": 728.287, "cfo": 1744.618, "equity": 4103.758,
                                        "total_debt": 249.961 + 1326.107}),
    (HUNT, "2024-12-31", "2025-03-31", {"net_income": 570.886, "cfo": 1483.156, "total_assets": 8312.27,
                                        "equity": 4014.505, "total_debt": 500 + 977.702}),
    (HUNT, "2024-06-30", "2024-09-30", {"net_income_q": 135.873, "total_assets": 8415.88, "equity": 4075.996,
                                        "total_debt": 1483.804}),
    (HUNT, "2025-06-30", "2025-08-01", {"net_income_q": 128.624, "net_income": 570.886 + 246.364 - 263.366,
                                        "cfo": 1483.156 + 806.245 - 827.021, "total_assets": 8241.134,
                                        "equity": 3655.33, "total_debt": 699.435 + 1019.925}),
    (LULULEMON, "2025-02-02", "2025-05-01", {"revenue": 10588.126, "net_income": 1814.616, "cfo": 2272.713,
                                             "total_assets": 7603.292, "equity": 4324.047, "total_debt": 0}),
    (LULULEMON, "2024-07-28", "2024-09-30", {"revenue_q": 2371.078, "net_income_q": 392.922, "total_assets": 6744.135,
                                             "equity": 4031.645}),
    (LULULEMON, "2025-08-03", "2025-10-01", {"revenue_q": 2525.219, "revenue": 10588.126 + 4895.879 - 4579.969,
                                             "net_income_q": 370.905, "net_income": 1814.616 + 685.477 - 714.343,
                                             "cfo": 2272.713 + 209.722 - 570.664, "equity": 4387.279}),
    # the year's interest is tagged with a minus in the 10-K alone
    (DISNEY, "2024-09-28", "2024-12-31", {"interest_expense": 2070, "interest_expense_q": 2070 - 1538}),
    # a bank under the code of the credit services: net interest income and other income
    (SYNCHRONY, "2024-12-31", "2025-03-31", {"revenue": 18011 + 1521}),
    # interest, net, under the tag of the banks; the gross tag of 2020 is that of a part
    (HERTZ, "2018-12-31", "2019-03-31", {"interest_expense": 739, "pretax_income": -257}),
    # nothing but revenue, income and tax is tagged on the face: 878.539 + 147.256, and 25.38 of interest
    (NVR, "2019-12-31", "2020-03-31", {"pretax_income": 1025.795, "operating_income": 1025.795 + 25.38}),
    # ladder 115, 443; notes payable of 62 are in no bucket; the balance sheet's current debt is 62 + 117
    (DOW, "2023-12-31", "2024-03-31", {"due_12m": 179, "due_24m": 115 + 443 + 62}),
    (INCYTE, "2023-12-31", "2024-03-31", {"capex": 32.486}),
)  # fmt: skip


@pytest.mark.parametrize(("issuer", "end", "day", "expected"), CASES)
def test_agrees_with_the_filings(
    issuer: int, end: str, day: str, expected: dict[str, float], rows: dict[int, list[dict[str, Any]]]
) -> None:
    """Quarters, years, twelve months and balances agree with the filings to the dollar."""
    row = as_of(rows[issuer], day, end)
    assert {name: row[name] for name in expected} == {name: pytest.approx(v * M, abs=1) for name, v in expected.items()}


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [(SYNCHRONY, "bank"), (BERKSHIRE, "insurer"), (VICI, "reit"), (BLACKROCK, "standard"), (PAYPAL, "standard")],
)
def test_reporting_model(issuer: int, expected: str, rows: dict[int, list[dict[str, Any]]]) -> None:
    """The model follows from the filings: a card bank, an insurer, a REIT, an asset manager, a payment firm."""
    assert {row["model"] for row in rows[issuer] if row["known_from"].year >= 2019} == {expected}


def test_pre_revenue(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Nikola sold next to nothing before its first trucks in 2022."""
    assert as_of(rows[NIKOLA], "2021-12-01")["model"] == "pre_revenue"
    assert as_of(rows[NIKOLA], "2023-12-01")["model"] == "standard"


def test_restatement_is_flagged(rows: dict[int, list[dict[str, Any]]]) -> None:
    """The version of a revised year says that it is restated; the one before does not."""
    assert "restated" not in as_of(rows[CSX], "2024-08-04", "2023-12-31")["flags"].split()
    assert "restated" in as_of(rows[CSX], "2024-08-05", "2023-12-31")["flags"].split()


def test_one_newest_row(rows: dict[int, list[dict[str, Any]]]) -> None:
    """On any day an issuer has at most one newest row, and each period at most one version."""
    for versions in rows.values():
        spans = sorted((row["known_from"], row["latest_until"]) for row in versions)
        live = [span for span in spans if span[0] < span[1]]
        assert all(first[1] <= second[0] for first, second in pairwise(live))
        ends: dict[Any, list[Any]] = {}
        for row in versions:
            ends.setdefault(row["period_end"], []).append((row["known_from"], row["known_until"]))
        for found in ends.values():
            ordered = sorted(found)
            assert all(first[1] == second[0] for first, second in pairwise(ordered))


def test_no_row_before_its_period(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Nothing is known before its period has ended."""
    assert all(row["known_from"] > row["period_end"] for versions in rows.values() for row in versions)


def test_fiscal_year_change(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Under Armour's twelve months across its change of year end tile four quarters (stub of 2022-03-31 included)."""
    row = as_of(rows[1336917], "2022-09-01", "2022-06-30")
    # 2021-09 1,545.5 + 2021-12 1,529.2 + 2022-03 1,300.9 + 2022-06 1,349.1
    assert row["revenue"] == pytest.approx(5724.739 * M, rel=1e-6)
    ends = ("2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31")
    found = [as_of(rows[1336917], "2023-06-01", end) for end in ends]
    assert [(row["fiscal_quarter"], row["fiscal_year"]) for row in found] == [
        (1, 2023),
        (2, 2023),
        (3, 2023),
        (4, 2023),
    ]
    assert as_of(rows[1336917], "2022-08-15", "2022-06-30")["fiscal_quarter"] == 1


def test_reverse_split_is_inferred(rows: dict[int, list[dict[str, Any]]]) -> None:
    """Nikola's 1:30 of 2024 is seen in the first filing after it, and counts before it carry the factor."""
    before = as_of(rows[1731289], "2024-06-01")
    assert before["share_basis"] == pytest.approx(1 / 30)
    assert as_of(rows[1731289], "2024-12-01")["share_basis"] == 1
