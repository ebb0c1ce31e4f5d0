"""`screener run --update`: a workbook of an earlier run gets the new list, and its user keeps what is theirs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import screener
from screener.cli.main import root
from screener.errors import OutputError

OLD, NEW = "2024-12-31", "2025-06-27"


def run(*arguments: str) -> tuple[int, str]:
    """Return exit code and stderr of `screener run quality-value` with these arguments."""
    done = CliRunner().invoke(root, ["run", "quality-value", "--limit", "10", *arguments])
    return done.exit_code, done.stderr


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook of the earlier day, with a note beside each name and a sheet of the user's own."""
    found = tmp_path / "picks.xlsx"
    code, told = run("--as-of", OLD, "--update", str(found))
    assert (code, told) == (0, f"wrote {found}\n")
    book = openpyxl.load_workbook(found)
    sheet = book["Shortlist"]
    headings = [cell.value for cell in sheet[1]]
    ticker, notes = headings.index("Ticker") + 1, headings.index("Notes") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, notes, f"note of {sheet.cell(row, ticker).value}")
    book.create_sheet("Model")["A1"] = "=Shortlist!B3"
    book.save(found)
    return found


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
def test_notes_follow_their_names(path: Path) -> None:
    """Names on both lists keep their note, names that left are told and keep theirs beside; what moved is named."""
    before = {row.ticker for row in screener.run("quality-value", limit=10, as_of=date.fromisoformat(OLD)).rows}
    after = {row.ticker for row in screener.run("quality-value", limit=10, as_of=date.fromisoformat(NEW)).rows}
    assert before != after
    assert before & after
    code, told = run("--as-of", NEW, "--update", str(path))
    assert code == 0
    lines = told.splitlines()
    assert lines[0].startswith("not carried over: sheet Model: 1 reference to cells of Shortlist by address")
    assert {line.split(":")[0] for line in lines[1:-1]} == {"entered", "left"}
    assert lines[-1] == f"wrote {path}; the old list is in {path.with_name(f'picks ({OLD}).xlsx')}"
    book = openpyxl.load_workbook(path)
    rows = _records(book["Shortlist"])
    assert {row["Ticker"]: row["Notes"] for row in rows} == {
        ticker: f"note of {ticker}" if ticker in before else None for ticker in after
    }
    assert {row["Ticker"] for row in rows if row["Change"] == "entered"} == after - before
    assert {row["Ticker"]: row["Notes"] for row in _records(book["Left since"])} == {
        ticker: f"note of {ticker}" for ticker in before - after
    }
    assert book["Model"]["A1"].value == "=Shortlist!B3"


def test_what_is_no_workbook_of_ours_stays_as_it_is(tmp_path: Path) -> None:
    """Another file is refused, and not touched."""
    path = tmp_path / "mine.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    content = path.read_bytes()
    done = CliRunner().invoke(root, ["run", "quality-value", "--update", str(path)])
    assert isinstance(done.exception, OutputError)
    assert path.read_bytes() == content
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.xlsx"]


def test_update_does_not_watch(tmp_path: Path) -> None:
    """Each update keeps the file before it: a watch would pile them up."""
    code, told = run("--watch", "--update", str(tmp_path / "a.xlsx"))
    assert code == 2
    assert "--watch and --update exclude each other" in told


def _records(sheet: Any) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]
