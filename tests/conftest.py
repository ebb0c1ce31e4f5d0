"""No test reads or writes what is the own of the person who runs them: their data set and their settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Files that take longest go first: a worker that gets one of them last keeps all waiting.
LONG = (
    "sync/test_kill.py", "test_rebuild.py", "test_docs.py", "standardize/test_periods.py", "real/test_market.py",
    "demo/test_demo.py", "standardize/test_lineage.py", "standardize/test_period_properties.py",
    "standardize/test_basis.py", "output/test_report_browser.py", "cli/test_commands.py", "real/test_lineage.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the longest files first, in the order of the table."""
    here = Path(__file__).parent
    places = {here / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(LONG)))


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
