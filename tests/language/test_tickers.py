"""Files of tickers: one a line, or a fund's holdings with lines above and below the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.errors import ScreenError
from screener.language.resolve import Given, check_file, check_screen, load_screen
from screener.language.tickers import MAX_FILE_BYTES, given_tickers, tickers_in

# As iShares writes the holdings of IWM.
HOLDINGS = """\
\ufeffiShares Russell 2000 ETF
Fund Holdings as of,"Nov 20, 2026"
Inception Date,"May 22, 2000"
Shares Outstanding,"270,000,000.00"
\u00a0
Ticker,Name,Sector,Asset Class,Market Value,Weight (%)
"SFM","SPROUTS FARMERS MARKET INC","Consumer Staples","Equity","363,011,222.49","0.55"
"MOGA","MOOG INC CLASS A","Industrials","Equity","1,000.00","0.10"
"sfm","AGAIN","Consumer Staples","Equity","1.00","0.00"
"XTSLA","BLK CSH FND TREASURY SL AGENCY","Cash and/or Derivatives","Money Market","1.00","0.20"
"-","SOME RIGHT","Health Care","Equity","0.00","0.00"
"RTYZ6","RUSSELL 2000 EMINI CME DEC 26","Cash and/or Derivatives","Futures","0.00","0.00"
\u00a0
"The content contained herein is owned or licensed by BlackRock and/or its third-party information providers."
"""


def written(folder: Path, name: str, text: str) -> Path:
    """Return a file of that text."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_holdings_of_a_fund(tmp_path: Path) -> None:
    """The column Ticker is read below the preamble; cash, futures, dashes and the small print are left out."""
    assert tickers_in(written(tmp_path, "iwm.csv", HOLDINGS)) == ("SFM", "MOGA")


def test_other_tables(tmp_path: Path) -> None:
    """A column Symbol does as well, and tabs part the columns of a .tsv."""
    assert tickers_in(written(tmp_path, "a.csv", "Name,Symbol\nApple,AAPL\nBerkshire,BRK/B\n")) == ("AAPL", "BRK/B")
    assert tickers_in(written(tmp_path, "a.tsv", "ticker\tname\nmsft\tM, Inc\n")) == ("MSFT",)


def test_lines(tmp_path: Path) -> None:
    """One ticker a line; comments, empty lines and what follows on the line are left out."""
    text = "# my names\nAAPL\n\nbrk.b   bought in May\nMSFT # hold\nAAPL\n"
    assert tickers_in(written(tmp_path, "a.txt", text)) == ("AAPL", "BRK.B", "MSFT")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "Name,Weight\nApple,3\n", "'a.csv' has no column Ticker"),
        ("a.csv", "Ticker,Name\n", "'a.csv' has no tickers"),
        ("a.txt", "# nothing\n", "'a.txt' has no tickers"),
        ("a.csv", 'Ticker\n"A' + "A" * 140_000, "'a.csv' is no CSV file"),
        ("a.txt", "A" * (MAX_FILE_BYTES + 1), "1 problem in"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, text: str, message: str) -> None:
    """A file without tickers, or too large, says so."""
    with pytest.raises(ScreenError) as caught:
        tickers_in(written(tmp_path, name, text))
    assert message in caught.value.message


def test_a_file_beside_the_screen(tmp_path: Path) -> None:
    """A screen names a file of its folder; its hash covers the tickers; a person's own list takes its place."""
    written(tmp_path, "iwm.csv", HOLDINGS)
    path = written(tmp_path, "mine.yaml", "watchlist: iwm.csv\nexclude: [SFM]\nrank: [roic]\n")
    one = load_screen(path)
    assert (one.watchlist, one.exclude) == (("SFM", "MOGA"), ("SFM",))
    written(tmp_path, "iwm.csv", HOLDINGS.replace("MOGA", "MOGB"))
    assert load_screen(path).sha256 != one.sha256
    assert load_screen(path, given=Given(watchlist=("AAPL",))).watchlist == ("AAPL",)


def test_a_text_without_a_file_names_none(tmp_path: Path) -> None:
    """Without a folder of its own, a screen cannot name a file; a link does not lead out of the folder."""
    (problem,) = check_screen("watchlist: iwm.csv")
    assert problem.message == "only a screen in a file can name a file of tickers"
    outside = written(tmp_path, "secret.txt", "AAPL\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").symlink_to(outside)
    (problem,) = check_file(written(tmp_path / "in", "mine.yaml", "watchlist: a.txt\n"))
    assert "outside" in problem.message


def test_given_tickers(tmp_path: Path) -> None:
    """A person gives any file, or a list; a list of what is no ticker is refused."""
    assert given_tickers(str(written(tmp_path, "a.txt", "AAPL\n"))) == ("AAPL",)
    assert given_tickers(["aapl", "BRK.B", "AAPL"]) == ("AAPL", "BRK.B")
    for wrong in (["A PL"], []):
        with pytest.raises(ScreenError):
            given_tickers(wrong)
