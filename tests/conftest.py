"""No test reads or writes what is the own of the person who runs them: their data set and their settings."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give all tests, and the processes that they start, a home without data and settings."""
    home = tmp_path_factory.mktemp("nobody")
    before = dict(os.environ)
    os.environ["XDG_DATA_HOME"] = str(home / "data")
    os.environ["XDG_CONFIG_HOME"] = str(home / "config")
    os.environ.pop("SCREENER_CONTACT", None)
    yield
    os.environ.clear()
    os.environ.update(before)
