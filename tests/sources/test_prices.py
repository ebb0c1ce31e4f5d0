"""Prices in every known form become one table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from screener.errors import EXIT_USAGE, DataError, ScreenerError
from screener.sources.prices import FORMATS, read_prices
from screener.sources.report import BuildReport
from tests.sources.sec_files import table, write_zip

DAY = date(2024, 1, 2)
LONG = "Ticker,Date,Open,High,Low,Close,Adj Close,Volume\n"
YAHOO = "Date,Open,High,Low,Close,Adj Close,Volume\n"
STOOQ = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
SIMFIN = "Ticker;SimFinId;Date;Open;High;Low;Close;Adj. Close;Volume;Dividend;Shares Outstanding\n"
EXPECTED = [("BRK-B", DAY, 10.0, 9.5, 100.0)]


def _read(path: Path, stage: Path, fmt: str | None = None) -> BuildReport:
    report = BuildReport()
    read_prices(path, stage, report, fmt)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    return report


def _csv(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "prices.csv"
    path.write_text(LONG + rows, encoding="utf-8")
    return path


def test_a_long_csv_with_any_case_of_header(tmp_path: Path) -> None:
    """A long CSV is recognised; the class separator becomes a dash; ON and TRUE stay tickers."""
    path = _csv(tmp_path, "brk.b,2024-01-02,1,1,1,10,9.5,100\nON,2024-01-02,1,1,1,2,2,0\nTRUE,2024-01-02,1,1,1,3,3,0\n")
    _read(path, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [
        *EXPECTED,
        ("ON", DAY, 2.0, 2.0, 0.0),
        ("TRUE", DAY, 3.0, 3.0, 0.0),
    ]


def test_raw_closes_are_adjusted_for_splits(tmp_path: Path) -> None:
    """Raw closes fall to a tenth on a 10:1 split, adjusted ones don't: closes go to the last day's basis."""
    rows = "A,2024-06-07,0,0,0,1200,118,10\nA,2024-06-10,0,0,0,121,119,100\nA,2024-06-11,0,0,0,122,122,100\n"
    report = _read(_csv(tmp_path, rows), tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw", "close, adj_close, volume") == [
        (120.0, 118.0, 100.0),
        (121.0, 119.0, 100.0),
        (122.0, 122.0, 100.0),
    ]
    assert report.count("prices.csv", "splits").changed["closes were raw: adjusted for the split"].count == 1


@pytest.mark.parametrize(
    "rows",
    [
        # Half the company paid out as a special dividend of 49 %: no plain ratio.
        "A,2024-06-07,0,0,0,100,51,1\nA,2024-06-10,0,0,0,51,51,1\n",
        # A price that halves, adjusted and not: no split.
        "A,2024-06-07,0,0,0,100,100,1\nA,2024-06-10,0,0,0,50,50,1\n",
        # Adjusted closes that step without the close: another error.
        "A,2024-06-07,0,0,0,100,50,1\nA,2024-06-10,0,0,0,100,100,1\n",
    ],
)
def test_adjusted_closes_stay(rows: str, tmp_path: Path) -> None:
    """Only a close that falls by the plain ratio by which close and adjusted close part is a raw one."""
    _read(_csv(tmp_path, rows), tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw", "close")[0] == (100.0,)


def test_a_zipped_long_csv(tmp_path: Path) -> None:
    """The same file zipped is read alike."""
    path = write_zip(tmp_path / "p.zip", {"p.csv": LONG + "BRK/B,2024-01-02,1,1,1,10,9.5,100\n"})
    _read(path, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == EXPECTED


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "VARCHAR"])
def test_a_long_parquet(tmp_path: Path, kind: str) -> None:
    """Parquet dates may be dates, timestamps or text; a missing adjusted close is missing."""
    path = tmp_path / "p.parquet"
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT 'brk-b' AS Symbol, '2024-01-02'::DATE::{kind} AS date, 10::FLOAT AS close, 5 AS volume) "
            f"TO '{path}' (FORMAT parquet)"
        )
    _read(path, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [("BRK-B", DAY, 10.0, None, 5.0)]


def test_a_folder_of_yahoo_files(tmp_path: Path) -> None:
    """The file's name is the ticker; files with their columns in another order are read too."""
    folder = tmp_path / "yahoo"
    folder.mkdir()
    (folder / "BRK-B.csv").write_text(YAHOO + "2024-01-02,1,1,1,10,9.5,100\n", encoding="utf-8")
    (folder / "TRUE.csv").write_text("Date,Volume,Close,Adj Close\n2024-01-02,7,3,2\n", encoding="utf-8")
    _read(folder, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [*EXPECTED, ("TRUE", DAY, 3.0, 2.0, 7.0)]


@pytest.mark.parametrize("packed", [True, False])
def test_stooq_bulk_files(tmp_path: Path, packed: bool) -> None:
    """Stooq's zip and its folder: suffix off, underscore is a preferred, close stands for adjusted close."""
    files: dict[str, str | bytes] = {
        "data/daily/us/nyse stocks/1/brk-b.us.txt": STOOQ + "BRK-B.US,D,20240102,000000,1,1,1,10,100,0\n",
        "data/daily/us/nyse stocks/2/abr_d.us.txt": STOOQ + "ABR_D.US,D,20240102,000000,1,1,1,20,200,0\n",
        "data/daily/us/nyse stocks/2/empty.us.txt": "",
    }
    path = write_zip(tmp_path / "d_us_txt.zip", files)
    if not packed:
        path = tmp_path / "stooq"
        for name, content in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(str(content), encoding="utf-8")
    report = _read(path, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [
        ("ABR-PD", DAY, 20.0, 20.0, 200.0),
        ("BRK-B", DAY, 10.0, 10.0, 100.0),
    ]
    assert report.count(path.name, "members").dropped["empty"].count == 1
    assert any("dividends" in note for note in report.notes)


def test_stooqs_files_of_single_tickers(tmp_path: Path) -> None:
    """The ticker is in the file's name; files of other names and Stooq's refusal in place of prices are not taken."""
    header = "Date,Open,High,Low,Close,Volume\n"
    folder = tmp_path / "stooq"
    folder.mkdir()
    for name, content in {
        "aaa_us_d.csv": "Exceeded the daily hits limit",
        "abr_d_us_d.csv": f"{header}2024-01-02,1,1,1,20,200\n",
        "brk-b_us_d.csv": f"{header}2024-01-02,1,1,1,10,100\n",
        "^spx_d.csv": f"{header}2024-01-02,1,1,1,4742,1\n",
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    report = _read(folder, tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [
        ("ABR-PD", DAY, 20.0, 20.0, 200.0),
        ("BRK-B", DAY, 10.0, 10.0, 100.0),
    ]
    assert report.count("stooq", "members").dropped["malformed"].examples == [
        "aaa_us_d.csv: Exceeded the daily hits limit"
    ]
    assert any("dividends" in note for note in report.notes)


def test_simfin_prices(tmp_path: Path) -> None:
    """SimFin's file: suffixes of delisted companies go where nobody else has the ticker."""
    path = tmp_path / "us-shareprices-daily.csv"
    rows = [f"{ticker};1;2024-01-02;1;1;1;10;9.5;100;;\n" for ticker in ("A", "A_old", "GONE_old")]
    path.write_text(SIMFIN + "".join(rows), encoding="utf-8")
    _read(path, tmp_path / "stage")
    assert [row[0] for row in table(tmp_path / "stage", "prices_raw")] == ["A", "A_OLD", "GONE"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("B,2024-01-02,1,1,1,0,1,1", "close is zero or negative"),
        ("B,2024-01-02,1,1,1,-3,1,1", "close is zero or negative"),
        ("B,2024-01-02,1,1,1,null,1,1", "close is missing or not a finite number"),
        ("B,2024-01-02,1,1,1,inf,1,1", "close is missing or not a finite number"),
        ("B,someday,1,1,1,1,1,1", "date is missing or not a date"),
        (f"B,{date.today() + timedelta(days=10)},1,1,1,1,1,1", "date in the future"),
        (",2024-01-02,1,1,1,1,1,1", "no ticker"),
        ("B,2024-01-02", "malformed line"),
        ("A,2024-01-02,1,1,1,9,9,9", "another row for the same day comes later"),
    ],
)
def test_impossible_rows_are_dropped_and_named(tmp_path: Path, row: str, reason: str) -> None:
    """An impossible row costs itself alone and is counted with its reason; of two rows a day the later one counts."""
    report = _read(_csv(tmp_path, f"{row}\nA,2024-01-02,1,1,1,1,1,1\n"), tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw") == [("A", DAY, 1.0, 1.0, 1.0)]
    dropped = report.count("prices.csv", "rows").dropped
    assert {name: drop.count for name, drop in dropped.items()} == {reason: 1}
    assert dropped[reason].examples


def test_impossible_cells_are_emptied(tmp_path: Path) -> None:
    """A negative adjusted close or volume becomes missing and is counted; zero volume is a fact."""
    report = _read(_csv(tmp_path, "A,2024-01-02,1,1,1,1,-0.7,-5\nA,2024-01-03,1,1,1,1,1,0\n"), tmp_path / "stage")
    assert table(tmp_path / "stage", "prices_raw", "adj_close, volume") == [(None, None), (1.0, 0.0)]
    assert {reason: change.count for reason, change in report.count("prices.csv", "rows").changed.items()} == {
        "adjusted close is zero, negative or not finite: missing": 1,
        "volume is negative or not finite: missing": 1,
    }


def test_an_unknown_form_names_the_known_ones(tmp_path: Path) -> None:
    """Neither a foreign header nor a foreign name of a form is guessed at: the hint lists what is known."""
    path = tmp_path / "p.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    for fmt, kind in ((None, DataError), ("excel", ScreenerError)):
        with pytest.raises(kind) as caught:
            read_prices(path, tmp_path / "stage", BuildReport(), fmt)
        assert all(row.name in caught.value.hint for row in FORMATS)
    with pytest.raises(DataError, match="has no column ticker, date, close"):
        read_prices(path, tmp_path / "stage", BuildReport(), "csv")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing path, a truncated zip, a truncated Parquet file and a file of bad rows are data errors."""
    stage = tmp_path / "stage"
    with pytest.raises(DataError, match="there is no price file"):
        read_prices(tmp_path / "none", stage, BuildReport())
    (tmp_path / "cut.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataError, match="not a readable zip"):
        read_prices(tmp_path / "cut.zip", stage, BuildReport())
    (tmp_path / "cut.parquet").write_bytes(b"PAR1xxxx")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_prices(tmp_path / "cut.parquet", stage, BuildReport())
    with pytest.raises(DataError, match="no usable price row") as caught:
        read_prices(_csv(tmp_path, "A,2024-01-02,1,1,1,-1,1,1\n"), stage, BuildReport())
    assert "zero or negative" in caught.value.hint


@pytest.mark.real
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("prices_daily.parquet", (673_760, 603, date(2019, 6, 3), date(2024, 3, 8))),
        ("yahoo", (29_122, 8, date(2000, 1, 3), date(2024, 3, 8))),
        ("stooq/d_us_txt.zip", (141_554, 39, date(1970, 1, 2), date(2025, 9, 9))),
    ],
)
def test_real_files(real_data: Path, tmp_path: Path, path: str, expected: tuple[int, int, date, date]) -> None:
    """Every row of the real files is kept: rows, tickers, first and last day."""
    _read(real_data / "prices" / path, tmp_path)
    columns = "count(*), count(DISTINCT ticker), min(date), max(date)"
    assert table(tmp_path, "prices_raw", columns) == [expected]


def test_a_format_that_does_not_exist_is_wrong_usage(tmp_path: Path) -> None:
    """A name that --prices-format does not know ends with the exit code of wrong usage and lists the known ones."""
    with pytest.raises(ScreenerError, match="unknown price format nope") as caught:
        read_prices(tmp_path / "prices.csv", tmp_path, BuildReport(), fmt="nope")
    assert caught.value.exit_code == EXIT_USAGE
    assert "yahoo" in caught.value.hint
