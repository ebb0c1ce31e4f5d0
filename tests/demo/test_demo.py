"""The demo data: the same bytes for the same arguments, books that add up, the mix that was asked for, small files."""

from __future__ import annotations

import json
import os
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from screener.build import build_demo
from screener.catalogue.events import BY_NAME
from screener.demo.generate import DEMO_END, generate
from screener.demo.names import ticker
from screener.demo.traps import TRAPS
from screener.errors import DataError
from screener.lake.connect import open_lake
from screener.lake.schema import COMPANIES, EVENTS, FACTS, TABLE_NAMES

if TYPE_CHECKING:
    import duckdb

FILES = ("facts", "companies", "events", "listings_raw", "prices_raw")


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of ``query``."""
    return con.execute(query).fetchall()


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    """Two runs with the same arguments write identical files; another seed writes others."""
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        generate(tmp_path / name, companies=60, years=4, seed=seed)
    for file in FILES:
        first = (tmp_path / "a" / f"{file}.parquet").read_bytes()
        assert first == (tmp_path / "b" / f"{file}.parquet").read_bytes()
        assert first != (tmp_path / "c" / f"{file}.parquet").read_bytes()


def test_too_few_companies_are_refused(tmp_path: Path) -> None:
    """A demo without room for its traps is a data problem, said before anything is written."""
    with pytest.raises(DataError, match="at least"):
        generate(tmp_path / "small", companies=5)
    assert not (tmp_path / "small").exists()


def test_report_counts_what_was_written(stage: tuple[Path, dict[str, Any]], con: duckdb.DuckDBPyConnection) -> None:
    """The returned counts are the files' row counts, and progress was reported."""
    report = stage[1]
    for file in FILES:
        assert rows(con, f"SELECT count(*) FROM {file}") == [(report["rows"][file],)]
    assert report["settings"]["companies"] == 800
    assert report["progress"][0].startswith("playing 800")


def test_files_stay_small(stage: tuple[Path, dict[str, Any]]) -> None:
    """Facts stay under 3 MB and prices under 1.2 MB at 800 companies and six years."""
    folder = stage[0]
    assert (folder / "facts.parquet").stat().st_size < 3_000_000
    assert (folder / "prices_raw.parquet").stat().st_size < 1_200_000


def test_columns_are_those_of_the_data_set(con: duckdb.DuckDBPyConnection) -> None:
    """Facts and companies have the data set's columns and types; facts are sorted."""
    for table, columns in (("facts", FACTS), ("companies", COMPANIES)):
        found = [(name, kind) for name, kind, *_ in rows(con, f"DESCRIBE {table}")]
        assert found == [(name, kind) for name, kind, _ in columns]
    keys = "issuer_id, tag, unit, coalesce(start, DATE '1800-01-01'), \"end\", filed, accession"
    unsorted = f"""
        SELECT count(*) FROM (
            SELECT ({keys}) AS key, lag(({keys})) OVER (ORDER BY file_row_number) AS before
            FROM (SELECT *, row_number() OVER () AS file_row_number FROM facts)
        ) WHERE key <= before"""
    assert rows(con, unsorted) == [(0,)]


def test_values_are_finite_and_known_in_time(con: duckdb.DuckDBPyConnection) -> None:
    """No value is missing or infinite, no fact describes a day after its filing, none is filed after the last day."""
    bad = 'value IS NULL OR NOT isfinite(value) OR "end" > filed OR start > "end" OR isodow(filed) > 5'
    assert rows(con, f"SELECT count(*) FROM facts WHERE {bad}") == [(0,)]
    assert rows(con, "SELECT max(filed) <= DATE '2025-06-27' FROM facts") == [(True,)]
    assert rows(con, "SELECT max(date) FROM prices_raw") == [(DEMO_END,)]


def test_balance_sheets_balance(con: duckdb.DuckDBPyConnection) -> None:
    """Assets equal liabilities plus equity plus noncontrolling interest to the dollar in every original filing."""
    query = """
        WITH wide AS (
            SELECT issuer_id, "end", accession,
                max(value) FILTER (tag = 'Assets') AS assets,
                max(value) FILTER (tag = 'Liabilities') AS liabilities,
                max(value) FILTER (tag = 'StockholdersEquity') AS equity,
                coalesce(max(value) FILTER (tag = 'MinorityInterest'), 0) AS minority
            FROM facts WHERE start IS NULL AND issuer_id <> 9000000010 GROUP BY ALL
        )
        SELECT count(*), count(*) FILTER (assets <> liabilities + equity + minority) FROM wide
        WHERE assets IS NOT NULL AND liabilities IS NOT NULL"""
    [(checked, broken)] = rows(con, query)
    assert checked > 15_000
    assert broken == 0


def test_cash_rolls_forward(con: duckdb.DuckDBPyConnection) -> None:
    """Cash at the year's end is cash at the year's start plus the three cash flows of the 10-K."""
    query = """
        WITH flow AS (
            SELECT issuer_id, start, "end", sum(value) AS change FROM facts
            WHERE form = '10-K' AND tag LIKE 'NetCashProvidedByUsedIn%' GROUP BY ALL HAVING count(*) = 3
        ), cash AS (
            SELECT issuer_id, "end", value FROM facts
            WHERE tag = 'CashAndCashEquivalentsAtCarryingValue' AND issuer_id <> 9000000010 AND form IN ('10-K', '10-Q')
        )
        SELECT count(*), count(*) FILTER (late.value <> early.value + change)
        FROM flow JOIN cash late USING (issuer_id, "end")
        JOIN cash early ON early.issuer_id = flow.issuer_id AND early."end" = flow.start - 1"""
    [(checked, broken)] = rows(con, query)
    assert checked > 3_000
    assert broken == 0


def test_quarters_add_up_to_the_nine_months(con: duckdb.DuckDBPyConnection) -> None:
    """The three quarters of net income that 10-Qs give add up to the nine months of the third."""
    query = """
        WITH part AS (
            SELECT issuer_id, start, "end", value, "end" - start AS days FROM facts
            WHERE tag = 'NetIncomeLoss' AND form = '10-Q'
        )
        SELECT count(*), count(*) FILTER (total <> value) FROM (
            SELECT long.value, sum(short.value) AS total FROM part long JOIN part short
            ON short.issuer_id = long.issuer_id AND short.start >= long.start
            AND short."end" <= long."end" AND short.days < 100
            WHERE long.days BETWEEN 260 AND 290 GROUP BY long.issuer_id, long.start, long.value HAVING count(*) = 3
        )"""
    [(checked, broken)] = rows(con, query)
    assert checked > 3_000
    assert broken == 0


def test_statements_add_up(con: duckdb.DuckDBPyConnection) -> None:
    """Gross profit less the named costs is operating income; pretax less tax is profit."""
    query = """
        WITH wide AS (
            SELECT issuer_id, start, "end", accession, max(form) AS form,
                max(value) FILTER (tag = 'GrossProfit') AS gross,
                max(value) FILTER (tag = 'OperatingIncomeLoss') AS operating,
                coalesce(max(value) FILTER (tag = 'ResearchAndDevelopmentExpense'), 0) AS rnd,
                max(value) FILTER (tag = 'SellingGeneralAndAdministrativeExpense') AS sga,
                coalesce(max(value) FILTER (tag = 'GoodwillImpairmentLoss'), 0) AS impairment,
                max(value) FILTER (tag LIKE '%BeforeIncomeTaxesExtraordinary%') AS pretax,
                max(value) FILTER (tag = 'IncomeTaxExpenseBenefit') AS tax,
                coalesce(max(value) FILTER (tag = 'ProfitLoss'), max(value) FILTER (tag = 'NetIncomeLoss')) AS profit
            FROM facts WHERE start IS NOT NULL GROUP BY ALL
        )
        SELECT count(gross), count(*) FILTER (gross - rnd - sga - impairment <> operating),
               count(pretax), count(*) FILTER (pretax - tax <> profit) FROM wide"""
    [(gross, wrong_gross, pretax, wrong_pretax)] = rows(con, query)
    assert gross > 5_000
    assert pretax > 25_000
    assert (wrong_gross, wrong_pretax) == (0, 0)


def test_about_two_in_five_lose_money(con: duckdb.DuckDBPyConnection) -> None:
    """Between 35 and 45 per cent of the companies have a loss over their last twelve months."""
    query = """
        WITH income AS (
            SELECT issuer_id, start, "end", arg_max(value, (filed, accession)) AS value, "end" - start AS days
            FROM facts WHERE tag = 'NetIncomeLoss' GROUP BY ALL
        ), newest AS (
            SELECT issuer_id, max("end") AS "end" FROM income GROUP BY ALL
        ), today AS (
            SELECT * FROM income JOIN newest USING (issuer_id, "end")
            QUALIFY row_number() OVER (PARTITION BY issuer_id ORDER BY start) = 1
        ), ttm AS (
            SELECT today.issuer_id, CASE WHEN today.days > 340 THEN today.value
                ELSE year.value + today.value - before.value END AS value
            FROM today
            LEFT JOIN income year ON year.issuer_id = today.issuer_id AND year."end" = today.start - 1
                AND year.days > 340
            LEFT JOIN income before ON before.issuer_id = today.issuer_id AND before.start = year.start
                AND abs(before.days - today.days) < 10 AND today.days < 340
        )
        SELECT count(value), avg((value <= 0)::INT) FROM ttm"""
    [(known, share)] = rows(con, query)
    assert known >= 795
    assert 0.35 <= share <= 0.45


def test_sector_mix_is_that_of_small_caps(con: duckdb.DuckDBPyConnection) -> None:
    """Sector shares are within four points of the weights asked for."""
    found = dict(rows(con, "SELECT sector, 100 * count(*) / 800 FROM companies GROUP BY ALL"))
    wanted = {
        "Health Care": 16, "Financials": 16, "Industrials": 17, "Information Technology": 14, "Energy": 6,
        "Consumer Discretionary": 11, "Real Estate": 6, "Materials": 5, "Utilities": 3, "Consumer Staples": 3,
        "Communication Services": 3,
    }  # fmt: skip
    assert found.keys() == wanted.keys()
    assert {name: share for name, share in found.items() if abs(share - wanted[name]) > 4} == {}


def test_market_values_are_those_of_small_caps(con: duckdb.DuckDBPyConnection) -> None:
    """The median market value is between half a billion and 1.2 billion, and nine in ten are between 30M and 12B."""
    query = """
        WITH price AS (SELECT ticker, arg_max(close, date) AS close FROM prices_raw GROUP BY ALL),
        shares AS (
            SELECT issuer_id, arg_max(value, filed) AS shares FROM facts
            WHERE tag = 'EntityCommonStockSharesOutstanding' AND value > 100 GROUP BY ALL
        )
        SELECT median(close * shares), avg((close * shares BETWEEN 30e6 AND 12e9)::INT)
        FROM listings_raw JOIN price USING (ticker) JOIN shares USING (issuer_id) WHERE is_primary"""
    [(median, inside)] = rows(con, query)
    assert 5e8 < median < 1.2e9
    assert inside > 0.9


def test_tickers_differ_and_issuers_are_complete(con: duckdb.DuckDBPyConnection) -> None:
    """Every company has one primary line; no ticker is given twice; names differ."""
    assert rows(con, "SELECT count(*), count(DISTINCT ticker) FROM listings_raw") == [(803, 803)]
    assert rows(con, "SELECT count(*), count(DISTINCT issuer_id) FROM listings_raw WHERE is_primary") == [(800, 800)]
    assert rows(con, "SELECT count(DISTINCT name), min(issuer_id) FROM companies") == [(800, 9_000_000_001)]
    numbers = range(20_000)
    assert len({ticker(number) for number in numbers}) == 20_000


def test_daily_prices_reach_back_as_far_as_asked(tmp_path: Path) -> None:
    """With thirty daily days a company has a price on each of their weekdays."""
    import duckdb

    generate(tmp_path, companies=60, years=4, end=date(2024, 12, 31), daily_days=30)
    query = f"""SELECT count(DISTINCT date), max(date) FROM '{tmp_path}/prices_raw.parquet'
        WHERE date > DATE '2024-12-01'"""
    with duckdb.connect() as connection:
        found = connection.execute(query).fetchall()
    assert found == [(22, date(2024, 12, 31))]


@pytest.mark.real
def test_no_real_ticker_or_name_is_taken(con: duckdb.DuckDBPyConnection) -> None:
    """No ticker and no name of the demo is in the SEC's list of tickers."""
    folder = os.environ.get("SCREENER_REAL_DATA")
    if not folder:
        pytest.skip("SCREENER_REAL_DATA names no folder of real files")
    with zipfile.ZipFile(Path(folder) / "sec" / "company_tickers_exchange.zip") as archive:
        listed = json.loads(archive.read(archive.namelist()[0]))
    place = {name: number for number, name in enumerate(listed["fields"])}
    tickers = {row[place["ticker"]] for row in listed["data"]}
    names = {row[place["name"]].casefold() for row in listed["data"]}
    ours = {ticker(number) for number in range(20_000)} | {trap.ticker for trap in TRAPS}
    ours |= {found for (found,) in rows(con, "SELECT ticker FROM listings_raw")}
    assert len(tickers) > 10_000
    assert ours & tickers == set()
    assert {name for (name,) in rows(con, "SELECT name FROM companies") if name.casefold() in names} == set()


def test_events(con: duckdb.DuckDBPyConnection) -> None:
    """Events have the schema's columns and kinds of the catalogue, lie within the data, and each filing is one."""
    described = [(name, kind) for name, kind, *_ in rows(con, "DESCRIBE events")]
    assert described == [(name, kind) for name, kind, _ in EVENTS]
    assert {kind for (kind,) in rows(con, "SELECT DISTINCT kind FROM events")} <= set(BY_NAME)
    ((newest, weekends, repeated),) = rows(
        con,
        "SELECT max(filed), count(*) FILTER (isodow(filed) > 5), count(*) - count(DISTINCT accession) FROM events",
    )
    assert newest <= DEMO_END
    assert (weekends, repeated) == (0, 0)


def test_the_late_filer_says_so(con: duckdb.DuckDBPyConnection) -> None:
    """ZTARD owes a year and a quarter: an NT 10-K the day after 90 days, an NT 10-Q the day after 45."""
    late = """SELECT filed FROM events JOIN listings_raw USING (issuer_id)
        WHERE ticker = 'ZTARD' AND kind = 'late_filing' ORDER BY filed DESC LIMIT 2"""
    assert rows(con, late) == [(date(2025, 5, 16),), (date(2025, 4, 1),)]


def test_amended_reports_are_events(con: duckdb.DuckDBPyConnection) -> None:
    """Each 10-K/A with a balance sheet is an event on its day, and no other is."""
    amended = "SELECT issuer_id, filed, accession FROM events WHERE kind = 'amended_report' ORDER BY ALL"
    stated = "SELECT DISTINCT issuer_id, filed, accession FROM facts WHERE form = '10-K/A' AND tag = 'Assets'"
    assert rows(con, amended) == sorted(rows(con, stated)) != []


def test_the_shipped_demo_is_what_the_generator_makes(tmp_path: Path) -> None:
    """The committed data set has exactly the rows that `screener data demo` gives today, in under 8 MB."""
    shipped = Path(__file__).resolve().parents[2] / "data" / "demo"
    build_demo(tmp_path / "demo")
    with open_lake(shipped) as ours, open_lake(tmp_path / "demo") as fresh:
        for table in TABLE_NAMES:
            sql = f"SELECT * FROM {table} ORDER BY ALL"
            assert ours.con.execute(sql).fetchall() == fresh.con.execute(sql).fetchall(), table
    assert sum(path.stat().st_size for path in shipped.rglob("*") if path.is_file()) < 8_000_000
