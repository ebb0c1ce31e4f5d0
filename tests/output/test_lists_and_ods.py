"""Watchlists as other tools import them, and the OpenDocument spreadsheet as another library reads it."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import screener
from screener.engine.result import Result, ResultColumn
from screener.errors import OutputError
from screener.language.tickers import tickers_in
from screener.output.ods import to_ods
from screener.output.watchlists import to_tickers, to_tradingview, to_yahoo, without_ticker
from screener.output.writers import write

# What each tool calls these lines: TradingView has NYSE American under AMEX and writes a class after a dot, Yahoo
# after a dash.
LINES = (
    ("AAPL", "NASDAQ", "NASDAQ:AAPL", "AAPL"),
    ("BRK-B", "NYSE", "NYSE:BRK.B", "BRK-B"),
    ("IMO", "NYSE American", "AMEX:IMO", "IMO"),
    ("SPY", "NYSE Arca", "AMEX:SPY", "SPY"),
    ("TCEHY", "OTC", "OTC:TCEHY", "TCEHY"),
    ("CBOE", "CBOE", "CBOE:CBOE", "CBOE"),
    ("LEN.B", None, "LEN.B", "LEN-B"),
    ("XYZ", "Some Exchange", "XYZ", "XYZ"),
)


@pytest.fixture
def listed(result: Result) -> Result:
    """Return a result with the tickers and exchanges of LINES, and two names that no list can hold."""
    tickers = [*((ticker, exchange) for ticker, exchange, _, _ in LINES), (None, "NYSE"), ("A,NYSE:B", "NYSE")]
    rows = tuple(
        dataclasses.replace(row, ticker=ticker, exchange=exchange)
        for row, (ticker, exchange) in zip(result.rows, tickers, strict=True)
    )
    return dataclasses.replace(result, rows=rows)


def test_tradingview_is_one_line_with_exchanges(listed: Result) -> None:
    """The form that TradingView exports and imports: EXCHANGE:SYMBOL between commas."""
    assert to_tradingview(listed) == ",".join(line[2] for line in LINES) + "\n"


def test_yahoo_and_plain_tickers_are_one_a_line(listed: Result) -> None:
    """Yahoo's spelling of classes, and the data set's own."""
    assert to_yahoo(listed).splitlines() == [line[3] for line in LINES]
    assert to_tickers(listed).splitlines() == [line[0] for line in LINES]


def test_our_own_watchlist_reads_plain_tickers(listed: Result, tmp_path: Path) -> None:
    """What is written is what `--watchlist` takes."""
    path = tmp_path / "list.txt"
    path.write_text(to_tickers(listed), encoding="utf-8")
    assert tickers_in(path) == tuple(line[0] for line in LINES)


def test_a_run_knows_the_exchange(tmp_path: Path) -> None:
    """It is that of the field, which the data set has of the primary listing."""
    path = tmp_path / "all.yaml"
    path.write_text("universe: [market_cap > 0]\ncolumns: [exchange]\n", encoding="utf-8")
    rows = screener.run(path).rows
    assert len({row.exchange for row in rows}) == 4
    assert [row for row in rows if (row.exchange,) != row.values] == []


def test_names_without_a_ticker_are_told(listed: Result) -> None:
    """What a list cannot hold is named: no ticker, or a text that would be two."""
    assert without_ticker(listed) == (listed.rows[8].name, listed.rows[9].name)


def sheets_of(content: bytes) -> dict[str, list[list[object]]]:
    """Return the cells of each sheet as calamine reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_ods_cells_are_typed(result: Result) -> None:
    """Numbers, dates, true and false, and text; unknown and non-finite values are empty."""
    sheets = sheets_of(to_ods(result))
    assert list(sheets) == ["Shortlist", "Run"]
    heading, first, second, third, fourth = sheets["Shortlist"][:5]
    labels = [column.label for column in result.columns]
    assert heading[:5] == ["Rank", "Ticker", "Name", "Sector", "Score"]
    assert heading[5:] == [*labels, "Newest period", "Public since", "Factors known", "Flags"]
    assert first[5:12] == [0.1523, 8.1, 1.2345e9, 12.34, "Machinery", date(2024, 3, 7), False]
    assert (first[0], first[4], first[12], first[14]) == (1.0, 92.75, date(2023, 12, 31), 1.0)
    assert (second[6], third[5:7], fourth[6], fourth[1]) == ("", ["", ""], "", "")
    assert third[15].startswith("debt due within 24 months is unknown; ")  # type: ignore[attr-defined] # a text
    assert [row[2] for row in sheets["Shortlist"][1:3]] == [row.name for row in result.rows[:2]]


def test_ods_says_what_was_run(demo_result: Result) -> None:
    """Hashes, the version, the screen's lines with their spaces, and that the companies do not exist."""
    facts = {str(row[0]): row[1] for row in sheets_of(to_ods(demo_result))["Run"]}
    assert facts["Demo"] == "Demo data: these companies do not exist."
    assert (facts["As of"], facts["Names that passed"], facts["Data hash"]) == (date(2024, 3, 8), 10.0, "cd" * 32)
    content = part(to_ods(demo_result), "content.xml")
    assert '<text:s text:c="4"/>- net_income &gt; 0' in content


def part(content: bytes, name: str) -> str:
    """Return a member of the zip file as text."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name).decode()


def test_ods_has_formats_by_unit_and_frozen_headings(result: Result) -> None:
    """A ratio is a percentage cell, money has a format in B and M, the first row and two columns stay in view."""
    content = part(to_ods(result), "content.xml")
    assert 'table:style-name="s-percent" office:value-type="percentage" office:value="0.1523"><text:p>15.2%' in content
    assert 'table:style-name="s-money" office:value-type="float" office:value="1234500000.0"><text:p>1.2B' in content
    styles = set(re.findall(r'table:style-name="(s-[a-z0-9]+)"', content))
    assert styles <= set(re.findall(r'<style:style style:name="(s-[a-z0-9]+)"', content))
    settings = part(to_ods(result), "settings.xml")
    for item in ('HorizontalSplitPosition" config:type="int">2<', 'VerticalSplitPosition" config:type="int">1<'):
        assert item in settings


def test_ods_takes_any_value_in_any_unit(result: Result) -> None:
    """A value that does not suit its unit is shown as what it is, and no cell names a format that is not there."""
    columns = (ResultColumn("a", "a", "text"), ResultColumn("b", "b", "date"), ResultColumn("c", "c", "furlong"))
    row = dataclasses.replace(result.rows[0], values=(7, 3.5, True))
    content = to_ods(dataclasses.replace(result, columns=columns, rows=(row,)))
    assert sheets_of(content)["Shortlist"][1][5:8] == [7.0, 3.5, True]


def test_without_the_library_the_old_file_stays(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "odfdo", None)
    (tmp_path / "out.ods").write_text("old")
    with pytest.raises(OutputError, match="odfdo") as caught:
        write(result, tmp_path / "out.ods")
    assert caught.value.hint == "pip install 'screener[spreadsheets]'"
    assert (tmp_path / "out.ods").read_text() == "old"
