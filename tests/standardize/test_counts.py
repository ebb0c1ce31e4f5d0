"""A vendor's share counts: powers of ten, fourth quarters that subtraction left, counts that nothing confirms."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.standardize.stages import Fact, M, as_of, rows_of

ENDS = ("2022-09-30", "2022-12-31", "2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31")


def quarters(counts: list[float], year: float | None = None) -> list[Fact]:
    """Return one vendor quarter a count (the last ends with 2023), and the year 2023 where its count is given."""
    facts: list[Fact] = []
    for end, count in zip(ENDS[-len(counts) :], counts, strict=True):
        last = date.fromisoformat(end)
        span = (str(last - timedelta(days=90)), end)
        filed = str(last + timedelta(days=40))
        facts += [
            ("simfin:Shares (Basic)", *span, count, filed, "simfin"),
            ("simfin:Net Income", *span, 10 * M, filed, "simfin"),
            ("simfin:Net Income (Common)", *span, 10 * M, filed, "simfin"),
        ]
    if year:
        span = ("2023-01-01", "2023-12-31")
        facts.append(("simfin:Shares (Basic)", *span, year, "2024-02-09", "simfin"))
        facts.append(("simfin:Net Income", *span, 40 * M, "2024-02-09", "simfin"))
    return facts


@pytest.mark.parametrize("power", [1e3, 1e-3])
def test_power_of_ten_is_moved_before_the_mean(power: float, tmp_path: Path) -> None:
    """Thousands taken for units in one quarter: the mean of the four is that of 60, 60, 64 and 60 million."""
    counts = [60 * M, 60 * M, 60 * M, 60 * M, 64 * M * power, 60 * M]
    rows = rows_of(tmp_path, quarters(counts))
    row = as_of(rows, "2024-03-01")
    assert row["shares_basic"] == pytest.approx(61 * M)
    assert row["eps_basic"] == pytest.approx(40 / 61)
    assert "scale_fixed" in as_of(rows, "2023-12-01")["flags"].split()


def test_count_that_nothing_confirms_is_missing(tmp_path: Path) -> None:
    """Fifty times the quarters before, and no power of ten brings it back: no count, and the row says so."""
    row = as_of(rows_of(tmp_path, quarters([2 * M, 2 * M, 2 * M, 100 * M])), "2024-03-01")
    assert (row["shares_basic_q"], row["shares_basic"], row["shares_outstanding"]) == (None, None, None)
    assert "shares_implausible" in row["flags"].split()


def test_merger_is_no_scale_error(tmp_path: Path) -> None:
    """From 40,000 shares to 42 million by a merger: the new count is not divided by a thousand."""
    row = as_of(rows_of(tmp_path, quarters([4e4, 4e4, 4e4, 42 * M])), "2024-03-01")
    assert row["shares_basic_q"] is None


@pytest.mark.parametrize(("fourth", "expected"), [(23.5, 11.8), (15.0, 15.0)])
def test_fourth_quarter_against_the_year(fourth: float, expected: float, tmp_path: Path) -> None:
    """A fourth quarter twice the third and the year gives way to the third; one near either of them stays."""
    year = 11.8 if fourth > 20 else 13.0
    counts = [11.8 * M, 11.8 * M, 11.8 * M, 11.8 * M, fourth * M]
    row = as_of(rows_of(tmp_path, quarters(counts, year * M)), "2024-03-01")
    assert row["shares_outstanding"] == expected * M
    assert ("shares_fallback" in row["flags"].split()) == (expected != fourth)
