"""Price files as people download them: recognised for what they are, and who is not in them."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from screener.errors import DataError
from screener.lake.connect import Lake
from screener.lake.unpriced import unpriced
from screener.sync.price_store import PriceStore
from screener.sync.prices import sync_prices
from screener.sync.providers import provider_named

TODAY = date(2025, 10, 1)
STOOQ = "stooq/d_us_txt.zip"

pytestmark = pytest.mark.real


@pytest.mark.parametrize(
    ("name", "file"),
    [("stooq", STOOQ), ("yahoo", "yahoo"), ("local", STOOQ), ("local", "yahoo"), ("local", "prices_daily.parquet")],
)
def test_own_files_are_recognised_and_left_where_they_are(real: Path, name: str, file: str, tmp_path: Path) -> None:
    """The file is remembered by its place and not copied."""
    sync_prices(tmp_path, provider_named(name), TODAY, source=real / "prices" / file, build=False)
    stored = PriceStore(tmp_path / "sources").stored(tmp_path)
    assert stored.path == (real / "prices" / file).resolve()
    assert [path.name for path in (tmp_path / "sources" / "prices").iterdir()] == ["prices.json"]


@pytest.mark.parametrize(("name", "file"), [("stooq", "yahoo"), ("yahoo", STOOQ)])
def test_files_of_another_provider_are_refused(real: Path, name: str, file: str, tmp_path: Path) -> None:
    """Stooq's closes have dividends in them, Yahoo's have not: one is not taken for the other."""
    with pytest.raises(DataError, match="which is not one of"):
        sync_prices(tmp_path, provider_named(name), TODAY, source=real / "prices" / file, build=False)


def test_the_same_file_builds_nothing(real: Path, sec: Lake, tmp_path: Path) -> None:
    """A data set that was built with Stooq's zip is the same with the zip as its stored prices."""
    shutil.copytree(sec.path, tmp_path / "data")
    source = real / "prices" / STOOQ
    found = sync_prices(tmp_path / "data", provider_named("stooq"), TODAY, source=source)
    assert found.report is not None
    assert found.report.unchanged


def test_who_is_not_in_the_file(real: Path, sec: Lake) -> None:
    """Of the companies that report, those without a price have no file in Stooq's zip: among them Hertz."""
    found = unpriced(sec)
    assert found is not None
    missing = {name for band in found["bands"] for name in band["examples"]}
    assert sum(band["without"] for band in found["bands"]) == len(missing)
    with zipfile.ZipFile(real / "prices" / STOOQ) as packed:
        files = {Path(name).name.removesuffix(".us.txt").upper() for name in packed.namelist()}
    assert "HTZ" in missing
    assert not missing & files
