"""The demo data of the default size, made once for all tests, and a connection that sees its files as views."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from screener.demo.generate import generate


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the default demo and what the generator reported (``progress``: its messages)."""
    folder = tmp_path_factory.mktemp("demo")
    messages: list[str] = []
    report = generate(folder, progress=messages.append)
    return folder, {**report, "progress": messages}


@pytest.fixture(scope="session")
def con(stage: tuple[Path, dict[str, Any]]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a connection with the views facts, companies, events, listings_raw and prices_raw."""
    with duckdb.connect() as connection:
        for file in ("facts", "companies", "events", "listings_raw", "prices_raw"):
            connection.execute(f"CREATE VIEW {file} AS FROM read_parquet('{stage[0] / file}.parquet')")
        yield connection
