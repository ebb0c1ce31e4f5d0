"""Splits from filings: the published cases of Apple, Nvidia and Alphabet, and what a tagged ratio proves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.standardize.splits import confirmed, infer
from tests.standardize.stages import Fact, M, as_of, read, rows_of

DILUTED = "WeightedAverageNumberOfDilutedSharesOutstanding"
# Tag, period, old and new count as filed, earnings a share as filed, both filing days, ratio.
CASES = {
    "Apple FY2019": (
        DILUTED, ("2018-09-30", "2019-09-28"), (4648.913, 18595.65), (11.89, 2.97), ("2019-10-31", "2020-10-30"), 4,
    ),
    "Nvidia FY2024": (
        DILUTED, ("2023-01-30", "2024-01-28"), (2494.0, 24940.0), (11.93, 1.19), ("2024-02-21", "2025-02-26"), 10,
    ),
    "Alphabet 2021-12-31": (
        "CommonStockSharesOutstanding", (None, "2021-12-31"), (662.121, 13242.0), None, ("2022-02-02", "2022-07-27"),
        20,
    ),
}  # fmt: skip


Case = tuple[str, tuple[str | None, str], tuple[float, float], tuple[float, float] | None, tuple[str, str], float]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_published_splits(case: Case, tmp_path: Path) -> None:
    """The later filing restates the count by the split's ratio; earnings a share or the tagged ratio confirm it."""
    tag, period, counts, earnings, filed, ratio = case
    facts: list[Fact] = []
    for count, day in zip(counts, filed, strict=True):
        facts.append((tag, *period, count * M, day, "10-K"))
        facts.append(("Assets", None, period[1], 1000 * M, day, "10-K"))
    for value, day in zip(earnings or (), filed, strict=False):
        facts.append(("EarningsPerShareDiluted", *period, value, day, "10-K"))
    if earnings is None:
        # Dated to the announcement of February, months before the ex-date: the date plays no part.
        facts.append(("StockholdersEquityNoteStockSplitConversionRatio1", None, "2022-02-01", 20, filed[1], "10-Q"))
    rows_of(tmp_path, facts)
    assert read(tmp_path / "splits.parquet") == [
        {"issuer_id": 1, "switch_date": date.fromisoformat(filed[1]), "ratio": ratio}
    ]


def test_count_that_doubles_is_no_split_by_itself() -> None:
    """One restated count proves nothing without earnings a share or a tagged ratio; nor does the tag alone."""
    first, second = date(2024, 2, 1), date(2024, 8, 9)
    evidence = [(1, first, second, 1 / 30, 0)]
    assert infer(evidence) == []
    assert infer(evidence, [(1, second, 0.03333)]) == [(1, second, 1 / 30)]
    assert infer(evidence, [(1, second, 30.0)]) == [(1, second, 1 / 30)]
    assert infer(evidence, [(2, second, 30.0)]) == []
    assert infer([], [(1, second, 30.0)]) == []
    assert infer([(1, first, second, 1 / 30, -1)], [(1, second, 30.0)]) == []


@pytest.mark.parametrize(
    ("day", "ratio", "expected"),
    [("2024-08-09", 0.1, True), ("2024-08-10", 0.1, False), ("2023-07-01", 10, False), ("2024-01-01", 9, False)],
)
def test_tagged_ratio_confirms_for_a_year(day: str, ratio: float, *, expected: bool) -> None:
    """Filed up to the day and at most 400 days before it, the ratio or its inverse; nothing filed later counts."""
    assert confirmed([(date.fromisoformat(day), ratio)], date(2024, 8, 9), 10) == expected


@pytest.mark.parametrize(("form", "stale"), [("15-12G", "2024-03-15"), ("15-12B", "2024-07-19"), ("25", "2024-07-19")])
def test_form_15_ends_the_fundamentals(form: str, stale: str, tmp_path: Path) -> None:
    """From a Form 15 on the last report is no longer used; a Form 25 or 15-12B may be for another class."""
    from screener.sources.staged import DEPARTURES
    from tests.standardize.stages import write_table

    write_table(tmp_path / "departures_raw.parquet", DEPARTURES, [(1, "2024-03-15", form), (1, "2023-01-01", "15-12G")])
    facts: list[Fact] = [
        ("Assets", None, "2023-12-31", 100 * M, "2024-02-20", "10-K"),
        ("NetIncomeLoss", "2023-01-01", "2023-12-31", 5 * M, "2024-02-20", "10-K"),
    ]
    row = as_of(rows_of(tmp_path, facts), "2024-03-01")
    assert row["stale_from"] == date.fromisoformat(stale)
