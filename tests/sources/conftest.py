"""Small bulk files for the tests of the sources, and the real ones where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files that ``SCREENER_REAL_DATA`` names."""
    named = os.environ.get("SCREENER_REAL_DATA")
    if not named:
        pytest.skip("SCREENER_REAL_DATA does not name a folder of real files")
    return Path(named)
