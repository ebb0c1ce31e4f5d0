"""The file of prices: what is broken in it is said or fetched again, never taken for what is there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from screener.errors import DataError
from screener.sync.price_store import PriceState, PriceStore
from tests.sync.price_site import Vendor
from tests.sync.server import Site
from tests.sync.test_prices import get, rows, site, vendor

__all__ = ["site", "vendor"]


@pytest.fixture
def stored(site: Site, vendor: Vendor, tmp_path: Path) -> PriceStore:
    """A ticker with a day."""
    vendor.days["A"] = [("2024-06-10", 5.0, 5.0, 1.0)]
    get(tmp_path, "tiingo", ["A"])
    return PriceStore(tmp_path / "sources")


@pytest.mark.parametrize(
    "broken",
    ["", "[]", "{", '{"asked": []}', '{"asked": {"A": 5}}', '{"asked": {"A": "soon"}}', '{"path": 7}', '{"other": 1}'],
)
def test_a_state_that_cannot_be_read_counts_as_none(stored: PriceStore, tmp_path: Path, broken: str) -> None:
    """All is asked for again; what is there stays."""
    (stored.folder / "prices.json").write_text(broken, encoding="utf-8")
    assert PriceStore(tmp_path / "sources").state == PriceState()
    assert get(tmp_path, "tiingo", ["A"]).came == 1
    assert rows(tmp_path, "ticker, close") == [("A", 5.0)]


def test_a_file_that_is_gone_is_fetched_again(stored: PriceStore, tmp_path: Path) -> None:
    """That a ticker was asked for counts only as long as what came is there."""
    stored.daily.unlink()
    assert get(tmp_path, "tiingo", ["A"]).came == 1
    assert rows(tmp_path, "ticker") == [("A",)]


def test_a_damaged_file_is_named(stored: PriceStore, tmp_path: Path) -> None:
    """The message says what to remove."""
    stored.daily.write_bytes(stored.daily.read_bytes()[:100])
    with pytest.raises(DataError, match="cannot be read") as caught:
        get(tmp_path, "tiingo", ["A"])
    assert str(stored.folder) in caught.value.hint


def test_a_full_disk_is_found_before_anything_is_asked(
    stored: PriceStore, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With less room than the file needs twice, nothing is fetched."""
    site.asked.clear()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(DataError, match="the disk has 1 MB left"):
        get(tmp_path, "tiingo", ["A"])
    assert site.asked == []


def test_the_state_has_no_more_than_it_needs(stored: PriceStore) -> None:
    """Provider, days and tickers: no address, no key, no contact."""
    found = json.loads((stored.folder / "prices.json").read_text(encoding="utf-8"))
    assert found == {
        "provider": "tiingo", "fetched_by": "tiingo", "path": "", "since": "", "asked": {"A": "2024-06-11"},
    }  # fmt: skip
