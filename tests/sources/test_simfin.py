"""SimFin bulk files become facts, companies and listings, with the vendor's dirt counted."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.errors import DataError, ScreenError
from screener.sources.report import BuildReport
from screener.sources.simfin import read_simfin
from tests.sources.sec_files import table, write_zip

KEYS = "Ticker;SimFinId;Currency;Fiscal Year;Fiscal Period;Report Date;Publish Date;Restated Date"
INCOME = f"{KEYS};Shares (Basic);Shares (Diluted);Revenue;Cost of Revenue;Net Income"
BALANCE = f"{KEYS};Total Assets;Long Term Debt"
CASH = f"{KEYS};Net Cash from Operating Activities;Change in Fixed Assets & Intangibles"
COMPANIES = (
    "Ticker;SimFinId;Company Name;IndustryId;ISIN;End of financial year (month);Number Employees;"
    "Business Summary;Market;CIK;Main Currency"
)
INDUSTRIES = (
    "IndustryId;Industry;Sector\n1;Semiconductors;Technology\n2;Banks;Financial Services\n3;REITs;Real Estate\n"
)


def _row(cells: str, ticker: str = "ABC", simfin_id: int = 7, dates: str = "2023-12-31;2024-02-20;2024-02-20") -> str:
    return f"{ticker};{simfin_id};USD;2023;Q4;{dates};{cells}"


def _company(ticker: str, simfin_id: int, cik: str = "", industry: str = "1") -> str:
    return f"{ticker};{simfin_id};{ticker} Inc;{industry};;9;10;;us;{cik};USD"


def _read(
    tmp_path: Path, files: dict[str, list[str]], companies: list[str] | None = None, restated: str = "publish"
) -> BuildReport:
    folder = tmp_path / "in"
    folder.mkdir(parents=True, exist_ok=True)
    heads = {"income": INCOME, "balance": BALANCE, "cashflow": CASH}
    for name, rows in files.items():
        lines = [heads[name.partition("-")[0]], *rows]
        write_zip(folder / f"us-{name}.zip", {f"us-{name}.csv": "\n".join(lines) + "\n"})
    listed = [_company("ABC", 7, "42")] if companies is None else companies
    (folder / "us-companies.csv").write_text("\n".join([COMPANIES, *listed]) + "\n", encoding="utf-8")
    (folder / "industries.csv").write_text(INDUSTRIES, encoding="utf-8")
    report = BuildReport()
    read_simfin(folder, tmp_path / "stage", report, restated=restated)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    return report


def _changed(report: BuildReport) -> dict[str, int]:
    return {
        reason: change.count
        for kinds in report.counts.values()
        for count in kinds.values()
        for reason, change in count.changed.items()
    }


def test_quarter_and_year_have_their_durations(tmp_path: Path) -> None:
    """A quarter starts three months before the day after its end, a year twelve; costs become positive."""
    _read(
        tmp_path,
        {"income-quarterly": [_row("10;11;100;-60;5")], "income-annual": [_row("10;11;400;-240;20")]},
    )
    assert table(
        tmp_path / "stage", "facts", 'issuer_id, tag, unit, "start", "end", value, filed, form, accession'
    ) == [
        (42, f"simfin:{tag}", unit, start, date(2023, 12, 31), value, date(2024, 2, 20), "simfin", None)
        for tag, unit, year, quarter in (
            ("Cost of Revenue", "USD", 240.0, 60.0),
            ("Net Income", "USD", 20.0, 5.0),
            ("Revenue", "USD", 400.0, 100.0),
            ("Shares (Basic)", "shares", 10.0, 10.0),
            ("Shares (Diluted)", "shares", 11.0, 11.0),
        )
        for start, value in ((date(2023, 1, 1), year), (date(2023, 10, 1), quarter))
    ]


def test_balances_are_instants_and_the_quarterly_row_is_kept(tmp_path: Path) -> None:
    """A balance has no start; the quarterly row wins whole: its missing debt is not filled from the annual row."""
    report = _read(tmp_path, {"balance-quarterly": [_row("1000;")], "balance-annual": [_row("1000;90")]})
    assert table(tmp_path / "stage", "facts", 'tag, "start", value') == [("simfin:Total Assets", None, 1000.0)]
    assert report.count("simfin", "facts").dropped["balance of the same day in the other file"].count == 2


def test_an_annual_balance_without_a_quarterly_one_is_kept(tmp_path: Path) -> None:
    """Where only the annual file has the day its row is taken, and the report says so."""
    report = _read(tmp_path, {"balance-annual": [_row("1000;90")]})
    assert [row[0] for row in table(tmp_path / "stage", "facts", "value")] == [90.0, 1000.0]
    assert _changed(report) == {"only an annual balance sheet: operating leases may count as debt": 1}


def test_a_quarterly_balance_on_another_scale_gives_way(tmp_path: Path) -> None:
    """Total assets in thousands against units: the annual row is kept instead."""
    report = _read(tmp_path, {"balance-quarterly": [_row("1000;90")], "balance-annual": [_row("1000000;90000")]})
    assert [row[0] for row in table(tmp_path / "stage", "facts", "value")] == [90000.0, 1000000.0]
    assert _changed(report) == {"quarterly total assets off by a factor of 100: annual balance sheet kept": 1}


@pytest.mark.parametrize(("restated", "filed"), [("publish", date(2024, 2, 20)), ("strict", date(2025, 2, 21))])
def test_restated_rows_are_dated_as_asked(tmp_path: Path, restated: str, filed: date) -> None:
    """By default a restated row keeps its first day; strict dates it at the restatement; the note counts them."""
    row = _row("1000;90", dates="2023-12-31;2024-02-20;2025-02-21")
    report = _read(tmp_path, {"balance-quarterly": [row]}, restated=restated)
    assert {row[0] for row in table(tmp_path / "stage", "facts", "filed")} == {filed}
    assert any(note.startswith("1 of 1 SimFin rows were restated") for note in report.notes)


def test_an_unknown_way_to_date_is_refused(tmp_path: Path) -> None:
    """Only publish and strict are known."""
    with pytest.raises(ScreenError, match="unknown way"):
        read_simfin(tmp_path, tmp_path / "stage", BuildReport(), restated="latest")


def test_a_publish_date_before_the_period_end_is_replaced(tmp_path: Path) -> None:
    """An impossible or missing publish date is borrowed from the period's other statements, else assumed 120 days."""
    early = "2023-12-31;2023-12-14;2024-02-20"
    report = _read(
        tmp_path,
        {
            "balance-annual": [_row("1;", dates=early), _row("2;", dates="2022-12-31;;")],
            "cashflow-annual": [_row("3;4")],
        },
    )
    facts = table(tmp_path / "stage", "facts", 'tag, "end", value, filed')
    assert facts == [
        ("simfin:Change in Fixed Assets & Intangibles", date(2023, 12, 31), -4.0, date(2024, 2, 20)),
        ("simfin:Net Cash from Operating Activities", date(2023, 12, 31), 3.0, date(2024, 2, 20)),
        ("simfin:Total Assets", date(2022, 12, 31), 2.0, date(2023, 4, 30)),
        ("simfin:Total Assets", date(2023, 12, 31), 1.0, date(2024, 2, 20)),
    ]
    changes = _changed(report)
    assert changes["publish date missing or before report date: date of the period's other statements"] == 1
    assert changes["publish date missing or before report date: report date + 120 days"] == 1


def test_impossible_share_counts_are_dropped(tmp_path: Path) -> None:
    """806 trillion diluted shares go; of 9 million and 9 billion goes the one far from the company's usual count."""
    dates = [f"{year}-12-31;{year + 1}-02-20;" for year in (2019, 2020, 2021)]
    report = _read(
        tmp_path,
        {
            "income-annual": [
                _row("806000000;806000000000000;1;;1", ticker="MBLY", simfin_id=1),
                _row("9000000;9000000000;1;;1", dates=dates[0]),
                _row("9000000;9500000;1;;1", dates=dates[1]),
                _row("11000;11000000000;1;;1", dates=dates[2]),
            ]
        },
        companies=[_company("MBLY", 1, "1"), _company("ABC", 7, "42")],
    )
    shares = [
        row for row in table(tmp_path / "stage", "facts", 'issuer_id, tag, year("end"), value') if "Shares" in row[1]
    ]
    assert shares == [
        (1, "simfin:Shares (Basic)", 2023, 806e6),
        (42, "simfin:Shares (Basic)", 2019, 9e6),
        (42, "simfin:Shares (Basic)", 2020, 9e6),
        (42, "simfin:Shares (Diluted)", 2020, 9.5e6),
    ]
    changes = _changed(report)
    assert changes["share count is zero, negative or above 100 billion: dropped"] == 1
    assert changes["share counts of one period differ by a factor of 100: the odd one dropped"] == 3


def test_companies_and_their_sectors(tmp_path: Path) -> None:
    """Issuers are numbered by CIK, or above every CIK; sectors are in our words; the model follows the industry."""
    _read(
        tmp_path,
        {
            "balance-annual": [
                _row("1;", "ABC", 7),
                _row("1;", "NOCIK", 8),
                _row("1;", "TRUE", 9),
                _row("1;", "ONLY", 10),
            ]
        },
        companies=[_company("ABC", 7, "42"), _company("NOCIK", 8, "", "2"), _company("TRUE", 9, "43", "3")],
    )
    columns = "issuer_id, cik, name, sic, sector, industry, ff12, model, fiscal_year_end, source"
    assert table(tmp_path / "stage", "companies", columns) == [
        (42, 42, "ABC Inc", None, "Information Technology", "Semiconductors", None, "standard", "0930", "simfin"),
        (43, 43, "TRUE Inc", None, "Real Estate", "REITs", None, "reit", "0930", "simfin"),
        (10_000_000_008, None, "NOCIK Inc", None, "Financials", "Banks", None, "bank", "0930", "simfin"),
        (10_000_000_010, None, "ONLY", None, "Unclassified", "Unclassified", None, "standard", None, "simfin"),
    ]
    assert table(tmp_path / "stage", "listings_raw", "listing_id, ticker, is_primary") == [
        (1, "ABC", True),
        (2, "TRUE", True),
        (3, "NOCIK", True),
        (4, "ONLY", True),
    ]


def test_two_tickers_with_one_cik_are_one_issuer(tmp_path: Path) -> None:
    """Two classes share an issuer: two listings, the facts once (of the ticker with more rows)."""
    report = _read(
        tmp_path,
        {
            "balance-annual": [
                _row("1;", "AAA", 1),
                _row("1;", "AAB", 2),
                _row("2;", "AAB", 2, "2022-12-31;2023-02-01;"),
            ]
        },
        companies=[_company("AAA", 1, "42"), _company("AAB", 2, "42")],
    )
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker") == [(42, "AAA"), (42, "AAB")]
    assert len(table(tmp_path / "stage", "facts")) == 2
    reason = "second ticker of an issuer: its facts are taken once"
    assert report.count("us-balance-annual.zip", "rows").dropped[reason].examples == ["AAA"]


def test_suffixed_tickers(tmp_path: Path) -> None:
    """A delisted company's suffix is taken off, unless an active company now has the ticker."""
    _read(
        tmp_path,
        {"balance-annual": [_row("1;", "GONE_old", 1), _row("1;", "ABC_old", 2), _row("1;", "ABC", 7)]},
        companies=[_company("GONE_old", 1, "1"), _company("ABC_old", 2, "2"), _company("ABC", 7, "7")],
    )
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker, is_primary") == [
        (1, "GONE", True),
        (2, "ABC_OLD", False),
        (7, "ABC", True),
    ]


def test_dirty_rows_and_cells_are_counted(tmp_path: Path) -> None:
    """A short line, a row without report date and a cell with text are counted; the good values stay."""
    report = _read(
        tmp_path,
        {"balance-quarterly": [_row("1000;n/a"), "short;line", _row("5;6", dates="never;2024-02-20;")]},
    )
    assert table(tmp_path / "stage", "facts", "tag, value") == [("simfin:Total Assets", 1000.0)]
    rows = report.count("us-balance-quarterly.zip", "rows")
    assert (rows.read, rows.kept) == (3, 1)
    assert {reason: drop.count for reason, drop in rows.dropped.items()} == {
        "malformed line": 1,
        "no SimFinId or no report date": 1,
    }
    assert rows.changed["value is not a finite number: missing"].count == 1


def test_files_that_are_not_simfins_end_the_build(tmp_path: Path) -> None:
    """An empty folder, another header and a broken zip file are data errors that say what is wrong."""
    folder = tmp_path / "in"
    with pytest.raises(DataError, match="there is no folder"):
        read_simfin(folder, tmp_path / "stage", BuildReport())
    folder.mkdir()
    with pytest.raises(DataError, match="has no us-income"):
        read_simfin(folder, tmp_path / "stage", BuildReport())
    (folder / "us-income-annual.csv").write_text("Ticker,Revenue\nA,1\n", encoding="utf-8")
    with pytest.raises(DataError, match="not a SimFin statement file"):
        read_simfin(folder, tmp_path / "stage", BuildReport())
    (folder / "us-income-annual.zip").write_bytes(b"PK\x03\x04 cut")
    with pytest.raises(DataError, match="is not a readable zip"):
        read_simfin(folder, tmp_path / "stage", BuildReport())
    assert not (tmp_path / "stage" / "facts.parquet").exists()


@pytest.mark.real
def test_real_bulk_files(real_data: Path, tmp_path: Path) -> None:
    """603 issuers, every row accounted for, MBLY's trillions gone, Agilent's revenue of 2023 to the dollar."""
    report = BuildReport()
    read_simfin(real_data / "simfin", tmp_path, report)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    assert report.count("us-income-quarterly.zip", "rows").kept == 10_838
    assert len(table(tmp_path, "companies")) == len(table(tmp_path, "listings_raw")) == 603
    facts = table(tmp_path, "facts", 'issuer_id, tag, "start"::VARCHAR, "end"::VARCHAR, value, filed::VARCHAR')
    agilent = (1090872, "simfin:Revenue", "2022-11-01", "2023-10-31", 6833e6, "2023-12-20")
    assert agilent in facts
    assert max(value for _, tag, _, _, value, _ in facts if tag == "simfin:Shares (Diluted)") < 1e11
    assert all(filed >= end for _, _, _, end, _, filed in facts)
