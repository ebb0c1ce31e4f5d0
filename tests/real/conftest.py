"""Data sets built once a session from the real files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.build import build_data
from screener.lake.connect import Lake, open_lake

SIMFIN_DAY = date(2024, 3, 8)
SEC_DAY = date(2025, 3, 31)


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of real files."""
    folder = os.environ.get("SCREENER_REAL_DATA")
    if not folder:
        pytest.skip("SCREENER_REAL_DATA does not name a folder of real files")
    return Path(folder)


@pytest.fixture(scope="session")
def simfin(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The SimFin files and the Yahoo prices as a data set."""
    out = tmp_path_factory.mktemp("simfin") / "data"
    build_data(out, simfin=real / "simfin", prices=real / "prices" / "prices_daily.parquet")
    with open_lake(out) as lake:
        yield lake


@pytest.fixture(scope="session")
def sec(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The SEC files and Stooq's prices as a data set."""
    out = tmp_path_factory.mktemp("sec") / "data"
    build_data(out, sec=real / "sec", prices=real / "prices" / "stooq" / "d_us_txt.zip")
    with open_lake(out) as lake:
        yield lake
