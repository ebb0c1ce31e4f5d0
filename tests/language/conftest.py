"""Shared by the language tests: golden files, rewritten when SCREENER_UPDATE_GOLDEN is set."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def golden() -> Callable[[str, Path], None]:
    """Compare a text with a golden file; with SCREENER_UPDATE_GOLDEN=1 the file is written instead."""

    def compare(text: str, path: Path) -> None:
        if os.environ.get("SCREENER_UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {path.name}: run once with SCREENER_UPDATE_GOLDEN=1 and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare
