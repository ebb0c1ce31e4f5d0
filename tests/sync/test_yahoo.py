"""Prices of Yahoo through a stand-in for the package yfinance, which itself needs the network."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from screener.errors import DataError, ScreenerError
from tests.sync.test_prices import get, rows


class _Table:
    """What yfinance gives, as far as it is used: an index of days in New York, and columns."""

    def __init__(self, days: list[tuple[str, float, float, float, float]]) -> None:
        self.index = [datetime.fromisoformat(day[0]).replace(tzinfo=ZoneInfo("America/New_York")) for day in days]
        names = ("Close", "Adj Close", "Volume", "Stock Splits")
        self.columns = {name: [day[number] for day in days] for number, name in enumerate(names, start=1)}

    def __getitem__(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(tolist=lambda: self.columns[name])


@pytest.fixture
def yahoo(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A stand-in for the package yfinance: tables by ticker, or what is raised in their place."""
    tables: dict[str, Any] = {}
    module = ModuleType("yfinance")
    base = type("YFException", (Exception,), {})
    module.exceptions = SimpleNamespace(  # type: ignore[attr-defined] # a stand-in
        YFException=base,
        YFTickerMissingError=type("YFTickerMissingError", (base,), {}),
        YFRateLimitError=type("YFRateLimitError", (base,), {}),
    )
    module.config = SimpleNamespace(debug=SimpleNamespace(hide_exceptions=True))  # type: ignore[attr-defined] # same

    def history(ticker: str, **given: Any) -> _Table:
        assert given["auto_adjust"] is False
        found = tables.get(ticker, module.exceptions.YFTickerMissingError())
        if isinstance(found, Exception):
            raise found
        return _Table([row for row in found if given["start"] <= row[0] < given["end"]])

    module.Ticker = lambda name: SimpleNamespace(history=lambda **given: history(name, **given))  # type: ignore[attr-defined] # same
    tables["module"] = module
    monkeypatch.setitem(sys.modules, "yfinance", module)
    return tables


def test_yahoo_through_its_package(yahoo: dict[str, Any], tmp_path: Path) -> None:
    """Closes come split-adjusted; a split later has all fetched again, and what the package hides is told."""
    yahoo["NVDA"] = [("2024-06-06", 1209.98, 1209.6, 10.0, 0.0), ("2024-06-07", 1208.88, 1208.5, 20.0, 0.0)]
    get(tmp_path, "yahoo", ["GONE", "NVDA"], today=date(2024, 6, 10))
    yahoo["NVDA"] = [
        ("2024-06-06", 120.998, 120.96, 100.0, 0.0), ("2024-06-07", 120.888, 120.85, 200.0, 0.0),
        ("2024-06-10", 121.79, 121.75, 300.0, 10.0), ("2024-06-12", 1.0, 1.0, 1.0, 0.0),
    ]  # fmt: skip
    found = get(tmp_path, "yahoo", ["NVDA"])
    assert found.again == ["NVDA"]
    assert rows(tmp_path, "close, volume") == [(120.998, 100.0), (120.888, 200.0), (121.79, 300.0)]
    assert yahoo["module"].config.debug.hide_exceptions is False


def test_yahoo_refuses(yahoo: dict[str, Any], tmp_path: Path) -> None:
    """Its limit ends with what came; a network that is down is an error, not a ticker that is gone."""
    yahoo["A"] = [("2024-06-10", 5.0, 5.0, 1.0, 0.0)]
    yahoo["B"] = yahoo["module"].exceptions.YFRateLimitError("Too Many Requests.")
    found = get(tmp_path, "yahoo", "AB")
    assert (found.came, found.left) == (1, 1)
    yahoo["B"] = OSError("Could not resolve host")
    with pytest.raises(DataError, match="cannot reach Yahoo"):
        get(tmp_path, "yahoo", "AB")
    assert rows(tmp_path, "ticker") == [("A",)]


def test_yahoo_without_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the line that installs it."""
    monkeypatch.setitem(sys.modules, "yfinance", None)
    with pytest.raises(ScreenerError) as caught:
        get(tmp_path, "yahoo")
    assert "pip install 'screener[yahoo]'" in caught.value.hint
