"""Companies without prices, counted by the size of their balance sheet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from screener.lake.connect import Lake
from screener.lake.describe import describe
from screener.lake.unpriced import unpriced
from screener.output.info import info_text
from screener.output.unpriced import unpriced_lines
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter

END, KNOWN = date(2023, 12, 31), date(2024, 2, 15)


def made(path: Path, companies: list[dict[str, Any]], **late: Any) -> Lake:
    """Make a data set in which each company has a quarter with its ``assets``, and prices up to ``last_date``."""
    fundamentals = [
        quarter(row["issuer_id"], END, KNOWN, 200, total_assets=row.pop("assets", None)) | row.pop("quarter", {})
        for row in companies
    ]
    return make_lake(path, companies, fundamentals, [price(1, 10.0)], **late)


def listed(number: int, ticker: str, assets: float | None, last: date | None, **columns: Any) -> dict[str, Any]:
    """Return a company whose prices end on ``last``; ``None`` for one that has none."""
    first = last and last - timedelta(days=400)
    return company(number, ticker, assets=assets, first_date=first, last_date=last, **columns)


def bands(lake: Lake) -> dict[str, tuple[int, int, int, list[str]]]:
    """Return (companies, without, old, examples) by band."""
    found = unpriced(lake)
    assert found is not None
    return {row["assets"]: (row["companies"], row["without"], row["old"], row["examples"]) for row in found["bands"]}


def test_by_total_assets(tmp_path: Path) -> None:
    """Each counts in the band of its assets; ten days without a price are not yet old, eleven are."""
    ten = AS_OF - timedelta(days=10)
    companies = [
        listed(1, "PRICED", 40e6, AS_OF),
        listed(2, "TINY", 49e6, None),
        listed(3, "TEN", 60e6, ten),
        listed(4, "ELEVEN", 300e6, ten - timedelta(days=1)),
        listed(5, "LARGER", 1.9e9, None),
        listed(6, "BIG", 10e9, None),
        listed(7, "NOSIZE", None, None),
        listed(8, "FOREIGN", 5e9, None, quarter={"currency": "JPY"}),
    ]
    with made(tmp_path, companies) as lake:
        assert bands(lake) == {
            "under $50M": (2, 1, 0, ["TINY"]),
            "$50M to $300M": (1, 0, 0, []),
            "$300M to $2B": (2, 1, 1, ["LARGER", "ELEVEN"]),
            "$10B and more": (1, 1, 0, ["BIG"]),
            "not known in dollars": (2, 2, 0, ["FOREIGN", "NOSIZE"]),
        }
        text = info_text(describe(lake.path))
    assert "without a price or with none in the 10 days to 2024-03-08" in text
    assert "LARGER, ELEVEN" in text


def test_who_is_gone_is_not_missed(tmp_path: Path) -> None:
    """A stale report (it has stopped reporting, or filed a Form 15) and a Form 25 after the report are no gaps."""
    companies = [
        listed(1, "PRICED", 40e6, AS_OF),
        listed(2, "STALE", 40e6, None, quarter={"stale_from": AS_OF}),
        listed(3, "LEFT", 40e6, date(2024, 2, 20)),
        listed(4, "CLASS", 40e6, date(2024, 2, 20)),
        listed(5, "LATER", 40e6, None, quarter={"known_from": AS_OF + timedelta(days=1)}),
    ]
    with made(tmp_path, companies) as lake:
        folder = lake.directory / "build"
        folder.mkdir()
        with duckdb.connect() as con:
            # CLASS filed its Form 25 before its newest report: for another of its securities.
            con.execute(
                "COPY (SELECT * FROM (VALUES (3::BIGINT, DATE '2024-02-25', '25-NSE'), (4, DATE '2024-01-05', '25')) "
                f"v(issuer_id, filed, form)) TO '{folder}/departures_raw.parquet' (FORMAT parquet)"
            )
        assert bands(lake) == {"under $50M": (2, 0, 1, ["CLASS"])}


def test_nothing_to_say(tmp_path: Path) -> None:
    """A data set without prices has no session to be late for; where all have one there is no table."""
    with make_lake(tmp_path / "none", [company(1, "A")], [quarter(1, END, KNOWN, 200)], []) as lake:
        assert unpriced(lake) is None
    with made(tmp_path / "all", [listed(1, "PRICED", 40e6, AS_OF)]) as lake:
        assert unpriced_lines(unpriced(lake)) == []
    assert unpriced_lines(None) == []
