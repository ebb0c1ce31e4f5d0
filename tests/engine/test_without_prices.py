"""A data set without prices: screens that need none run, those that do say why nobody is left."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import date
from pathlib import Path

import pytest

from screener.build import build_data
from screener.engine.result import Result
from screener.engine.run import run_screen
from screener.lake.connect import Lake, open_lake
from screener.language.resolve import load_screen
from tests.engine.lakes import company, make_lake, price, quarter

END, KNOWN = date(2023, 12, 31), date(2024, 2, 15)
ROOT = Path(__file__).resolve().parents[2]
# META, PayPal, CSX and J.B. Hunt: all four earn money and carry their debt.
CIKS = (1326801, 1633917, 277948, 728535)


def three(path: Path, *, prices: bool = False) -> Lake:
    """Make three companies with gross margins of 60 %, 40 % and 20 %."""
    people = [company(number, name) for number, name in enumerate("ABC", start=1)]
    fundamentals = [
        quarter(number, END, KNOWN, 200, revenue=100.0, gross_profit=80.0 - 20 * number, shares_out=50.0)
        for number in (1, 2, 3)
    ]
    return make_lake(path, people, fundamentals, [price(number, 1.0) for number in (1, 2, 3)] if prices else [])


def run(lake: Lake, folder: Path, *universe: str) -> Result:
    """Run a screen on margins alone over this universe."""
    path = folder / "margins.yaml"
    wanted = "\n".join(f"  - {rule}" for rule in universe)
    path.write_text(
        f"name: Margins\nuniverse:\n{wanted}\nrules:\n  - gross_margin >= 30%\nrank: {{by: [gross_margin]}}\n",
        encoding="utf-8",
    )
    return run_screen(lake, load_screen(path))


def test_profitability_needs_no_prices(tmp_path: Path) -> None:
    """The two with a margin over 30 % are listed, best first; the note says what is unknown."""
    with three(tmp_path) as lake:
        found = run(lake, tmp_path, "not is_shell")
    assert [row.ticker for row in found.rows] == ["A", "B"]
    assert [note for note in found.run.notes if "prices" in note] == [
        "the data set has no prices: market_cap and all that rests on it is unknown"
    ]


def test_a_size_by_market_value_says_what_it_lacks(tmp_path: Path) -> None:
    """An empty list is not left without a word: the condition is named, and what gets prices."""
    with three(tmp_path) as lake:
        found = run(lake, tmp_path, "not is_shell", "market_cap >= 1")
    assert found.rows == ()
    note = next(note for note in found.run.notes if "universe is empty" in note)
    assert "`market_cap >= 1` is unknown for every name" in note
    assert "screener data prices" in note


def test_an_empty_universe_for_another_reason_does_not(tmp_path: Path) -> None:
    """With prices, or where the names fail rather than are unknown, prices are not what is missing."""
    with three(tmp_path / "priced", prices=True) as lake:
        notes = run(lake, tmp_path, "market_cap >= 300M").run.notes
    with three(tmp_path / "unpriced") as lake:
        notes += run(lake, tmp_path, "sector in [Energy]").run.notes
    assert not [note for note in notes if "universe is empty" in note]


@pytest.mark.real
def test_real_companies_without_prices(tmp_path: Path) -> None:
    """Four sound businesses by their filings alone, as of the end of March 2025."""
    folder = os.environ.get("SCREENER_REAL_DATA")
    if not folder:
        pytest.skip("SCREENER_REAL_DATA does not name a folder of real files")
    for name in ("companyfacts.zip", "submissions.zip"):
        with zipfile.ZipFile(Path(folder) / "sec" / name) as packed, zipfile.ZipFile(tmp_path / name, "w") as out:
            for member in (f"CIK{cik:010d}.json" for cik in CIKS):
                out.writestr(member, json.dumps(json.loads(packed.read(member))))
    build_data(tmp_path / "data", sec=tmp_path)
    with open_lake(tmp_path / "data") as lake:
        found = run_screen(lake, load_screen(ROOT / "screens" / "sound-business.yaml"), date(2025, 3, 31))
        assert {row.ticker for row in found.rows} == {"META", "PYPL", "CSX", "JBHT"}
