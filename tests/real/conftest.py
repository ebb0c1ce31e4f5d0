"""Data sets built once from the real files, for all workers of a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other worker holds ``lock``, and hold it; where the system has no such locks, do not wait."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _built(factory: pytest.TempPathFactory, name: str, **sources: Path) -> Path:
    """Return the data set of ``sources``: the worker that comes first builds it for all."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ and os.name != "nt":
        # The workers' own folders stand side by side in that of the session.
        folder = folder.parent
    out, done = folder / name, folder / f"{name}.built"
    with _alone(folder / f"{name}.lock"):
        if not done.exists():
            build_data(out, **sources)
            done.touch()
    return out


@pytest.fixture(scope="session")
def simfin(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The SimFin files and the Yahoo prices as a data set."""
    prices = real / "prices" / "prices_daily.parquet"
    with open_lake(_built(tmp_path_factory, "real-simfin", simfin=real / "simfin", prices=prices)) as lake:
        yield lake


@pytest.fixture(scope="session")
def sec(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The SEC files and Stooq's prices as a data set."""
    prices = real / "prices" / "stooq" / "d_us_txt.zip"
    with open_lake(_built(tmp_path_factory, "real-sec", sec=real / "sec", prices=prices)) as lake:
        yield lake
