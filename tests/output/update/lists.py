"""Lists of few names, the workbooks that people make of them, and how they are read back."""

from __future__ import annotations

import io
import shutil
import subprocess
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.engine.funnel import Funnel
from screener.engine.near import Near
from screener.engine.report import Entry, Report
from screener.engine.result import FunnelStep, Result, ResultColumn, Row, RunIdentity
from screener.engine.universe import Universe
from screener.engine.unknown import Unknown
from screener.lake.filings import company_url
from screener.language.ast import Name, Number
from screener.language.screen import Column, Rule, Screen
from screener.output.workbook.layout import issuer_key
from screener.output.workbook.update import plan_update, updated
from screener.output.workbook.writer import to_xlsx

FIRST, SECOND, THIRD = date(2024, 3, 8), date(2024, 3, 15), date(2024, 3, 22)
# Ticker and CIK; a company without one is known by its number alone.
NAMES: dict[str, tuple[str, int | None]] = {
    "ABC": ("Abacus Corp", 101),
    "BRK": ("Brook & Sons <Ltd>", 102),
    "CAT": ('=HYPERLINK("http://x")', 103),
    "DOG": ("Dogwood Inc", 104),
    "EEL": ("Eel, Inc.", None),
    "FOX": ("@SUM(1)", 106),
}
METRICS = ("roic", "fcf_yield")


def report(tickers: Sequence[str], day: date = FIRST, metrics: Sequence[str] = METRICS) -> Report:
    """Return a report whose list is ``tickers`` in that order; the value of each metric is its ticker's place in it."""
    columns = tuple(ResultColumn(name, name, "ratio") for name in metrics)
    rows = tuple(_row(rank, ticker, len(metrics)) for rank, ticker in enumerate(tickers, start=1))
    rule = Rule("roic > 0", Number(1, "1"), "Earnings", if_unknown="flag")
    chosen = tuple(Column(name, Name(name, name), "ratio") for name in metrics)
    screen = Screen(
        "small", "Small & good", "", (), (rule,), None, chosen, 40, source="name: small\n", sha256="ab" * 32
    )
    run = RunIdentity("small", "Small & good", day, "lake", "cd" * 32, "ab" * 32, "0.1.0", demo=False, data_date=day)
    steps = (
        FunnelStep("start", "", "names in the data set", 50, 0, 0, 50),
        FunnelStep("rule", "Earnings", "roic > 0", len(rows), 50 - len(rows), 0, len(rows)),
    )
    result = Result(run, screen, columns, rows, steps, population=50, passed=len(rows))
    entries = tuple(Entry(row, (), (), ("",) * len(metrics), company_url(row.cik)) for row in rows)
    return Report(
        result, entries, Near(result, (), 0), Unknown(result, (), (), 0), Funnel(result, (), (), (), ()),
        Universe((), (), ()), (), "sec", (("facts.zip", 12, "ef" * 32),),
    )  # fmt: skip


def _row(rank: int, ticker: str, values: int) -> Row:
    name, cik = NAMES.get(ticker, (f"{ticker} Corp", 1000 + sum(ord(char) * 7**at for at, char in enumerate(ticker))))
    number = cik or 9_000_000_005
    return Row(rank, number, cik, ticker, name, "Energy", 100.0 - rank, (0.01 * rank,) * values)


def key(ticker: str) -> str:
    """Return the key of a ticker of NAMES."""
    cik = NAMES[ticker][1]
    return issuer_key(cik, cik or 9_000_000_005)


def first(tickers: Sequence[str] = ("ABC", "BRK", "CAT", "EEL")) -> bytes:
    """Return a workbook as it is written the first time."""
    return to_xlsx(report(tickers))


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """Return a workbook as a user saves it, by openpyxl, after ``edit``."""
    book = opened(content)
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def update(content: bytes, *tickers: str, day: date = SECOND, metrics: Sequence[str] = METRICS) -> bytes:
    """Return the workbook with a new list."""
    return updated(plan_update(content, report(tickers, day, metrics)))


def opened(content: bytes) -> Any:
    """Return a workbook as openpyxl reads it."""
    with warnings.catch_warnings():
        # It does not know the data bars of newer Excels, and says so.
        warnings.filterwarnings("ignore", message=".*extension is not supported.*")
        return openpyxl.load_workbook(io.BytesIO(content))


def place(sheet: Any, heading: str) -> int:
    """Return the column of a heading."""
    return next(int(cell.column) for cell in sheet[1] if cell.value == heading)


def note(book: Any, ticker: str, value: Any, heading: str = "Notes", sheet: str = "Shortlist") -> Any:
    """Write into the cell of a name, under a heading that is added when it is new; return the cell."""
    held = book[sheet]
    if heading not in [cell.value for cell in held[1]]:
        held.cell(1, held.max_column + 1).value = heading
    row = next(
        cell.row for cell in held.cell(1, place(held, "Ticker")).parent[_letter(held, "Ticker")] if cell.value == ticker
    )
    cell = held.cell(row, place(held, heading))
    cell.value = value
    return cell


def _letter(sheet: Any, heading: str) -> str:
    return str(sheet.cell(1, place(sheet, heading)).column_letter)


def column(content: bytes, heading: str, sheet: str = "Shortlist") -> dict[str, Any]:
    """Return what stands under a heading, by ticker, of those that have something there."""
    held = opened(content)[sheet]
    at, tickers = place(held, heading), place(held, "Ticker")
    return {
        str(row[tickers - 1].value): row[at - 1].value
        for row in held.iter_rows(min_row=2)
        if row[at - 1].value is not None
    }


def soffice() -> str:
    """Return the program LibreOffice, or skip the test."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice is not installed")
    return found


def through_libreoffice(content: bytes, folder: Path, kind: str = "xlsx") -> bytes:
    """Return a workbook as LibreOffice saves it."""
    source = folder / "in" / "book.xlsx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    profile = (folder / "profile").resolve().as_uri()
    target = "xlsx:Calc MS Excel 2007 XML" if kind == "xlsx" else kind
    subprocess.run(
        [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", target, "--outdir",
         str(folder / "out"), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out" / f"book.{kind}").read_bytes()
