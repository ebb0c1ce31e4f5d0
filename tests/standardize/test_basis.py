"""Prices and share counts on different split bases: dividends of a vendor's rows, public float of filings."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from screener.sources.staged import LISTINGS_RAW, PRICES_RAW
from tests.standardize.stages import ISSUER, Fact, Filer, M, Row, as_of, rows_of, rows_of_each, write_table

SPLIT_TAG = "StockholdersEquityNoteStockSplitConversionRatio1"
ENDS = ("2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31")


def prices(stage: Path, close: float, dividend: float, first: str = "2021-01-01", days: int = 1200) -> None:
    """Write a line at one price; every 91 days it pays ``dividend``, at which adjusted closes before it fall."""
    stage.mkdir(parents=True, exist_ok=True)
    write_table(stage / "listings_raw.parquet", LISTINGS_RAW, [(1, ISSUER, "AAA", "NYSE", "common", True)])
    begin = date.fromisoformat(first)
    rows: list[tuple[Any, ...]] = []
    adjusted = close
    for number in reversed(range(days)):
        rows.append(("AAA", begin + timedelta(number), close, adjusted, 1e5))
        if number % 91 == 0:
            adjusted *= 1 - dividend / close
    write_table(stage / "prices_raw.parquet", PRICES_RAW, rows)


def vendor(counts: list[float], paid: float) -> list[Fact]:
    """Return a vendor's quarters with these share counts in millions; each pays ``paid`` million in dividends."""
    facts: list[Fact] = []
    for end, count in zip(ENDS, counts, strict=True):
        last = date.fromisoformat(end)
        span, filed = (str(last - timedelta(days=90)), end), str(last + timedelta(days=40))
        facts += [
            ("simfin:Shares (Basic)", *span, count * M, filed, "simfin"),
            ("simfin:Net Income", *span, 30 * M, filed, "simfin"),
            ("simfin:Net Income (Common)", *span, 30 * M, filed, "simfin"),
            ("simfin:Dividends Paid", *span, paid * M, filed, "simfin"),
            ("simfin:Total Assets", None, end, 900 * M, filed, "simfin"),
        ]
    return facts


@pytest.mark.parametrize(
    ("count", "basis", "flags"),
    [(20.0, 1.0, set()), (200.0, 0.1, {"basis_mended"}), (2.0, 10.0, {"basis_mended"}), (28.0, 1.0, set())],
)
def test_dividends_tell_the_basis_of_a_vendor(count: float, basis: float, flags: set[str], tmp_path: Path) -> None:
    """10 million a quarter at 0.50 a share are 20 million shares: 200 or 2 million are restated for a later split."""
    prices(tmp_path, 100.0, 0.5)
    row = as_of(rows_of(tmp_path, vendor([count] * 8, 10)), "2024-03-01")
    assert row["share_basis"] == pytest.approx(basis)
    assert flags == set(row["flags"].split()) & {"basis_mended", "basis_doubtful"}


def test_basis_is_mended_from_the_third_agreement_on(tmp_path: Path) -> None:
    """Nothing is moved by what was filed later: the year before the third agreement keeps the vendor's basis."""
    prices(tmp_path, 100.0, 0.5)
    rows = rows_of(tmp_path, vendor([200.0] * 8, 10))
    days = ("2023-03-01", "2023-06-01", "2023-09-01")
    assert [as_of(rows, day)["share_basis"] for day in days] == pytest.approx([1, 1, 0.1])


def test_count_back_on_the_basis_of_the_price(tmp_path: Path) -> None:
    """Where the vendor's own count falls to a tenth, it is on the price's basis again and is not divided once more."""
    prices(tmp_path, 100.0, 0.5)
    rows = rows_of(tmp_path, vendor([200.0] * 7 + [20.0], 10))
    before, row = as_of(rows, "2023-12-01"), as_of(rows, "2024-03-01")
    assert before["shares_outstanding"] * before["share_basis"] == pytest.approx(20 * M)
    assert row["shares_outstanding"] * row["share_basis"] == pytest.approx(20 * M)


def test_count_that_fits_neither_is_doubtful(tmp_path: Path) -> None:
    """A proven factor of a tenth, then a count that is wrong with and without it: flagged."""
    prices(tmp_path, 100.0, 0.5)
    row = as_of(rows_of(tmp_path, vendor([200.0] * 7 + [60.0], 10)), "2024-03-01")
    assert "basis_doubtful" in row["flags"].split()


def annual(public_float: float, *more: Fact, count: float = 100 * M) -> list[Fact]:
    """Return a 10-K for 2023 with a public float of June 30 and a cover of 100 million shares."""
    return [
        ("Assets", None, "2023-12-31", 900 * M, "2024-02-20", "10-K"),
        ("NetIncomeLoss", "2023-01-01", "2023-12-31", 30 * M, "2024-02-20", "10-K"),
        ("EntityCommonStockSharesOutstanding", None, "2024-02-10", count, "2024-02-20", "10-K"),
        ("EntityPublicFloat", None, "2023-06-30", public_float, "2024-02-20", "10-K"),
        *more,
    ]


@pytest.mark.parametrize(
    ("stated", "basis", "flag"),
    [
        # 100 million shares at 50, of which 90 million are not held by insiders.
        ((50.0, 4500 * M, None), 1.0, ""),
        # A 10:1 split after the filing is in the price file only: 5 a share. Announced, or not.
        ((5.0, 4500 * M, 10.0), 10.0, "basis_mended"),
        ((5.0, 4500 * M, None), 1.0, "basis_doubtful"),
        # A 1:30 to come: 1,500 a share. Tagged in either way.
        ((1500.0, 4500 * M, 0.03333), 1 / 30, "basis_mended"),
        ((1500.0, 4500 * M, 30.0), 1 / 30, "basis_mended"),
        # A family holds 96 %: no split.
        ((50.0, 200 * M, None), 1.0, ""),
        # Thousands or stand-ins in the float say nothing of the count.
        ((50.0, 4500e9, None), 1.0, ""),
    ],
)
def test_public_float_tells_a_split_after_the_filing(
    stated: tuple[float, float, float | None], basis: float, flag: str, tmp_path: Path
) -> None:
    """The float is in dollars: against price times shares it shows a split that only the prices know yet."""
    close, public_float, tagged = stated
    more: list[Fact] = [(SPLIT_TAG, None, "2024-02-01", tagged, "2024-02-20", "10-K")] if tagged else []
    prices(tmp_path, close, 0.0, first="2023-01-01", days=420)
    row = as_of(rows_of(tmp_path, annual(public_float, *more)), "2024-02-25")
    assert row["share_basis"] == pytest.approx(basis, rel=1e-3)
    assert [code for code in row["flags"].split() if code.startswith("basis")] == ([flag] if flag else [])


FLOATS: dict[float, float | None] = {4500 * M: 4500 * M, 31_354_367_947_000_000_000: None, 0: None, 37.4: None}
COUNTS: dict[float, float | None] = {1: None, 100: None, 1000: None, 1001: 1001}


@pytest.fixture(scope="module")
def covers(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float], list[Row]]:
    """The rows of each case of ``FLOATS`` and ``COUNTS``."""
    cases = {("float", stated): Filer(annual(stated)) for stated in FLOATS}
    cases |= {("count", count): Filer(annual(4500 * M, count=count)) for count in COUNTS}
    return rows_of_each(tmp_path_factory.mktemp("covers"), cases)


@pytest.mark.parametrize("stated", FLOATS)
def test_public_float_bounds(stated: float, covers: dict[tuple[str, float], list[Row]]) -> None:
    """The 31 quintillion of eBay, a zero and Corteva's 37.4 (billions) are no public floats."""
    assert as_of(covers["float", stated], "2024-02-25")["public_float"] == FLOATS[stated]


@pytest.mark.parametrize("count", COUNTS)
def test_placeholders_are_no_share_counts(count: float, covers: dict[tuple[str, float], list[Row]]) -> None:
    """Subsidiaries state 1, 100 or 1,000 shares on the cover."""
    assert as_of(covers["count", count], "2024-02-25")["shares_outstanding"] == COUNTS[count]


def test_share_jump_is_flagged(tmp_path: Path) -> None:
    """Hertz 2021: 156 million old shares, 471 million new ones: the market value moves without a return."""
    facts: list[Fact] = []
    for end, filed, count in (("2021-03-31", "2021-05-07", 156.2), ("2021-06-30", "2021-08-09", 471.4)):
        facts.append(("Assets", None, end, 900 * M, filed, "10-Q"))
        facts.append(("EntityCommonStockSharesOutstanding", None, filed, count * M, filed, "10-Q"))
    rows = rows_of(tmp_path, facts)
    assert "share_jump" not in as_of(rows, "2021-06-01")["flags"]
    assert "share_jump" in as_of(rows, "2021-09-01")["flags"].split()
