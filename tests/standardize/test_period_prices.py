"""The price at a period's end: its session, the basis of the row, and where there is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from screener.standardize.period_prices import joined, write
from tests.standardize.stages import write_table

END = date(2023, 12, 31)
ROW = (("issuer_id", "BIGINT", ""), ("period_end", "DATE", ""), ("share_basis", "DOUBLE", ""), ("form", "VARCHAR", ""),
       ("currency", "VARCHAR", ""), ("flags", "VARCHAR", ""), ("period_price", "DOUBLE", ""))  # fmt: skip
LISTING = (("listing_id", "INTEGER", ""), ("issuer_id", "BIGINT", ""), ("security_type", "VARCHAR", ""),
           ("is_primary", "BOOLEAN", ""))  # fmt: skip
PRICE = (("listing_id", "INTEGER", ""), ("date", "DATE", ""), ("close", "DOUBLE", ""))


def found(folder: Path, prices: list[tuple[int, date, float]], kind: str = "common", **row: Any) -> float | None:
    """Return the price at the end of 2023 of an issuer with two listings, the first of them primary."""
    cells = {"issuer_id": 7, "share_basis": 1.0, "form": "10-K", "currency": "USD", "flags": ""} | row
    write_table(
        folder / "rows.parquet", ROW,
        [(cells["issuer_id"], END, cells["share_basis"], cells["form"], cells["currency"], cells["flags"], 99.0)],
    )  # fmt: skip
    lines = [(1, cells["issuer_id"], kind, True), (2, cells["issuer_id"], "common", False)]
    write_table(folder / "listings.parquet", LISTING, lines)
    write_table(folder / "prices.parquet", PRICE, prices)
    with duckdb.connect() as con:
        priced = write(con, folder, [folder / "rows.parquet"], folder / "priced.parquet")
        rows = f"SELECT * FROM read_parquet('{folder / 'rows.parquet'}')"
        (value,) = con.execute(f"SELECT period_price FROM ({joined(rows, priced)})").fetchall()
    return value[0]  # type: ignore[no-any-return] # one cell of one row


CLOSES = [(1, date(2023, 12, 28), 11.0), (1, date(2023, 12, 29), 12.0), (1, date(2024, 1, 2), 13.0),
          (2, date(2023, 12, 30), 50.0)]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, 12.0),
        ({"share_basis": 10.0}, 120.0),  # ten for one since: the count of the row is a tenth of today's
        ({"kind": "adr"}, 12.0),  # a filer of 10-Ks lists ordinary shares
        ({"kind": "adr", "form": "20-F"}, None),
        ({"currency": "EUR"}, None),
        ({"flags": "one_price basis_doubtful"}, None),
        ({"issuer_id": 1067983}, None),  # Berkshire's earnings are those of a class A share
    ],
)
def test_price_of_the_row(row: dict[str, Any], expected: float | None, tmp_path: Path) -> None:
    """The primary line's last close of the period, on the basis of the row's own per-share values."""
    assert found(tmp_path, CLOSES, **row) == expected


@pytest.mark.parametrize(("day", "expected"), [(date(2023, 12, 21), 5.0), (date(2023, 12, 20), None)])
def test_at_most_ten_days_before(day: date, expected: float | None, tmp_path: Path) -> None:
    """An older price is none; what a row had before does not stay."""
    assert found(tmp_path, [(1, day, 5.0)]) == expected


def test_without_prices(tmp_path: Path) -> None:
    """A data set that lost its prices has none of these either."""
    with duckdb.connect() as con:
        assert write(con, tmp_path, [tmp_path / "rows.parquet"], tmp_path / "priced.parquet") is None
        assert con.execute(joined("SELECT 1 AS issuer_id, 9.0 AS period_price", None)).fetchall() == [(1, None)]
