"""A vendor's table, by its mapping, becomes a data set in which screens run as of any day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from screener import api
from screener.catalogue.vendor_items import vendor_items
from screener.cli.main import root
from screener.engine.company import find_company
from screener.lake.connect import open_lake
from screener.standardize.lineage_nodes import leaves
from tests.mapping.vendors import funda_rows, fundq_rows, sf1_rows, write_csv
from tests.standardize.laws import check

SCREEN = """
name: Sellers
rules:
  - revenue > 0
rank:
  - {metric: revenue, direction: higher}
columns: [revenue, net_income, capex, total_debt, minority_interest]
"""


def build(*tables: Path, mapping: str | Path, name: str = "data") -> Path:
    """Build a data set from tables as a person does, beside the first of them, and return it."""
    arguments = [part for table in tables for part in ("--table", str(table))]
    out = tables[0].parent / name
    found = CliRunner().invoke(
        root, ["data", "build", str(out), *arguments, "--mapping", str(mapping), "--quiet"], catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return out


def ask(data: Path, ticker: str, day: date, *columns: str) -> tuple[Any, ...]:
    """Return columns of the newest period of a company as known on a day."""
    with open_lake(data) as lake:
        listed = ", ".join(f'"{column}"' for column in columns)
        row = lake.con.execute(
            f"SELECT {listed} FROM fundamentals WHERE issuer_id = ? AND known_from <= ? AND known_until > ? "
            "ORDER BY period_end DESC",
            [find_company(lake.con, ticker).issuer_id, day, day],
        ).fetchone()
    assert row is not None
    return tuple(row)


def sharadar_rows() -> list[dict[str, object]]:
    """Return three companies of Sharadar: the second ten times, the third a hundred times the first."""
    return [row for place, ticker in enumerate(("AAA", "BBB", "CCC")) for row in sf1_rows(ticker, 10**place)]


def sharadar_of(folder: Path, rows: list[dict[str, object]]) -> Path:
    """Build the data set of some rows of SF1 and of the names of two companies."""
    tickers = {
        "table": "SF1",
        "permaticker": 1,
        "ticker": "AAA",
        "name": "Aaa Corp",
        "exchange": "NYSE",
        "siccode": 3571,
    }
    lists = [tickers, tickers | {"ticker": "BBB", "name": "=2+3"}, tickers | {"table": "SEP", "name": "other"}]
    return build(write_csv(folder / "SF1.csv", rows), write_csv(folder / "TICKERS.csv", lists), mapping="sharadar-sf1")


@pytest.fixture(scope="module")
def sharadar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three companies as a data set."""
    return sharadar_of(tmp_path_factory.mktemp("sharadar"), sharadar_rows())


def test_sharadar_as_first_published_and_as_restated(sharadar: Path) -> None:
    """Twelve months are the four quarters as they were known on the day: 160 became 161 on 15 December 2023."""
    months = {day: ask(sharadar, "AAA", day, "revenue")[0] for day in (
        date(2023, 11, 15), date(2023, 12, 14), date(2023, 12, 15), date(2024, 2, 1))}  # fmt: skip
    assert months[date(2023, 11, 15)] == months[date(2023, 12, 14)] == 130 + 140 + 150 + 160
    assert months[date(2023, 12, 15)] == 130 + 140 + 150 + 161
    assert months[date(2024, 2, 1)] == 620


def test_sharadar_signs_and_sums(sharadar: Path) -> None:
    """Outflows become positive, the vendor's total debt counts, what is neither owed nor the parent's is others'."""
    known = ask(sharadar, "BBB", date(2024, 2, 1), "capex", "buybacks", "total_debt", "minority_interest", "revenue_q")
    assert known == (40, 8, 50, 500 - 280 - 200, 1700)


def test_sharadar_makes_a_shortlist(sharadar: Path, tmp_path: Path) -> None:
    """A screen runs on it; names, exchanges and sectors come from the table of tickers."""
    screen = tmp_path / "sellers.yaml"
    screen.write_text(SCREEN, encoding="utf-8")
    found = api.run(screen, data=sharadar, as_of=date(2024, 2, 1))
    assert [(row["ticker"], row["name"], row["revenue"]) for row in found.frame.to_dicts()] == [
        ("CCC", "CCC", 62_000), ("BBB", "=2+3", 6_200), ("AAA", "Aaa Corp", 620),
    ]  # fmt: skip
    with open_lake(sharadar) as lake:
        assert lake.con.execute("SELECT sector FROM companies WHERE name = 'Aaa Corp'").fetchall() == [
            ("Information Technology",)
        ]


def test_a_value_leads_to_the_vendors_column(sharadar: Path) -> None:
    """From a line item one gets to the vendor's column, its file, the period and the day of publication."""
    found = api.trace("AAA", "capex", data=sharadar, as_of=date(2024, 2, 1))
    check(found.node, found.known_from)
    fact = next(iter(leaves(found.node))).fact
    assert fact is not None
    assert (fact.tag, fact.value) == ("vendor:net_capex=-capex in SF1.csv", 40.0)
    assert (fact.start, fact.end, fact.filed) == (date(2023, 1, 1), date(2023, 12, 31), date(2024, 2, 1))


def test_what_is_published_later_changes_nothing_before(sharadar: Path, tmp_path: Path) -> None:
    """With and without the rows that came out after a day, a run as of that day gives the same list."""
    screen = tmp_path / "sellers.yaml"
    screen.write_text(SCREEN, encoding="utf-8")
    day = date(2023, 12, 1)
    cut = sharadar_of(tmp_path, [row for row in sharadar_rows() if str(row["datekey"]) <= str(day)])
    lists = [api.run(screen, data=data, as_of=day).frame.to_dicts() for data in (sharadar, cut)]
    assert lists[0] == lists[1]
    assert [row["revenue"] for row in lists[0]] == [58_000, 5_800, 580]


def test_the_same_tables_give_the_same_bytes(sharadar: Path, tmp_path: Path) -> None:
    """However its rows are ordered, a table gives the same data set; built again, nothing is done."""
    turned = sharadar_of(tmp_path, sharadar_rows()[::-1])
    hashes = [json.loads((data / "manifest.json").read_text())["data_hash"] for data in (sharadar, turned)]
    assert hashes[0] == hashes[1]
    tables = [tmp_path / "SF1.csv", tmp_path / "TICKERS.csv"]
    assert api.build(turned, tables=tables, mapping="sharadar-sf1").unchanged


@pytest.fixture(scope="module")
def compustat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company of Compustat in fundq and funda, one in capitals and with semicolons, the other not."""
    folder = tmp_path_factory.mktemp("compustat")
    quarterly = write_csv(folder / "fundq.csv", fundq_rows(), ";")
    return build(quarterly, write_csv(folder / "funda.csv", funda_rows()), mapping="compustat")


def test_compustat_cash_flows_run_from_the_first_day_of_the_year(compustat: Path) -> None:
    """Quarters are differences of what is stated to date; amounts and shares are millions, earnings a share are not."""
    quarters = []
    for day in (date(2023, 4, 25), date(2023, 9, 28), date(2023, 10, 25), date(2024, 1, 25)):
        quarters.append(ask(compustat, "ABC", day, "cfo_q", "capex_q", "d_receivables_q"))
    assert quarters == [(10e6, 2e6, 2e6), (15e6, 3e6, 3e6), (20e6, 4e6, 4e6), (25e6, 5e6, 5e6)]
    year = ask(
        compustat, "ABC", date(2024, 1, 25), "cfo", "revenue", "shares_outstanding", "cash", "total_debt", "eps_basic_q"
    )
    assert year == (70e6, (1.5 + 2.5 + 3.5 + 4.5) * 1e6, 2.5e6, 12e6, 20e6, 0.1)


def test_compustat_rows_without_an_announcement_count_later(compustat: Path) -> None:
    """Where rdq is empty, the row is public ninety days after its period, and the report says how many there were."""
    assert ask(compustat, "ABC", date(2023, 9, 27), "period_end")[0] == date(2023, 3, 31)
    assert ask(compustat, "ABC", date(2023, 9, 28), "period_end")[0] == date(2023, 6, 30)
    report = json.loads((compustat / "manifest.json").read_text())["report"]["sources"]["fundq.csv"]["rows"]
    reason = "publish date missing or before report date: report date + 90 days"
    assert report["changed"][reason] == {"count": 1, "examples": ["001045 2023-06-30"]}
    assert report["skipped"] == {
        "left out by where: INDFMT, DATAFMT, POPSRC, CONSOL": {"count": 1, "examples": []}
    }  # fmt: skip


def test_compustat_annual_beside_quarterly(compustat: Path) -> None:
    """Two files of one company make one issuer by its CIK; each balance counts once, the year is that of the annual."""
    with open_lake(compustat) as lake:
        assert lake.con.execute("SELECT issuer_id, cik, sic FROM companies").fetchall() == [(42, 42, 3571)]
    # The annual file has no announcement date: public ninety days after its period.
    assert ask(compustat, "ABC", date(2024, 3, 30), "revenue", "total_assets") == (12e6, 100e6)


LONG = """
vendor: Long
form: long
company: {ticker: symbol}
period: {end: end, months: {column: freq, values: {Q: 3, Y: 12}}}
published: {column: filed}
item: what
value: amount
scale: thousand
items:
  revenue: Sales
  total_debt: [Short debt, Long debt]
  equity: '"Assets - all" - Liabilities'
  eps_basic: EPS
"""


def test_a_long_table_in_parquet(tmp_path: Path) -> None:
    """A row a value: columns are added, a name with a sign in it stands in double quotes, NULL is not zero."""
    import duckdb

    table, mapping = tmp_path / "long.parquet", tmp_path / "m.yaml"
    mapping.write_text(LONG, encoding="utf-8")
    rows = [
        (ticker, end, freq, filed, name, value)
        for ticker, debt in (("AAA", 3.0), ("BBB", None))
        for end, filed, freq, sales in (
            ("2022-12-31", "2023-02-01", "Y", 40.0), ("2023-03-31", "2023-05-01", "Q", 11.0)
        )
        for name, value in (
            ("Sales", sales), ("Short debt", debt), ("Long debt", 4.0), ("Assets - all", 90.0), ("Liabilities", 30.0),
            ("EPS", 0.5), ("Weather", 1.0),
        )
    ]  # fmt: skip
    with duckdb.connect() as con:
        con.execute(
            'CREATE TABLE t (symbol VARCHAR, "end" DATE, freq VARCHAR, filed DATE, what VARCHAR, amount DOUBLE)'
        )
        con.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", rows)
        con.execute(f"COPY t TO '{table}' (FORMAT parquet)")
    data = build(table, mapping=mapping)
    day = date(2023, 3, 1)
    assert ask(data, "AAA", day, "revenue", "total_debt", "equity", "eps_basic") == (40e3, 7e3, 60e3, 0.5)
    assert ask(data, "BBB", day, "revenue", "total_debt") == (40e3, None)
    report = json.loads((data / "manifest.json").read_text())["report"]["sources"]["long.parquet"]["values"]
    assert report["read"] == 24
    assert report["skipped"]["the item is not in the mapping"] == {"count": 4, "examples": ["Weather"]}
    assert report["dropped"]["no value"]["count"] == 2


def test_the_example_of_the_page(tmp_path: Path) -> None:
    """The table and the mapping of docs/vendor-tables.md give what the page says."""
    table, mapping = tmp_path / "table.csv", tmp_path / "mapping.yaml"
    page = (Path(__file__).resolve().parents[2] / "docs" / "vendor-tables.md").read_text(encoding="utf-8")
    example = page.split("## An example")[1].split("```")
    table.write_text(example[1].removeprefix("text\n"), encoding="utf-8")
    mapping.write_text(example[3].removeprefix("yaml\n"), encoding="utf-8")
    data = build(table, mapping=mapping)
    known = ask(data, "AAA", date(2023, 4, 1), "revenue", "revenue_q", "capex", "total_debt", "shares_outstanding")
    assert known == (96e6, 25e6, 4e6, 20e6, 4e6)


def test_every_item_arrives(tmp_path: Path) -> None:
    """Whatever a column can be mapped to arrives with its value, alone beside revenue, income and assets."""
    beside = {"revenue": 1000.0, "net_income": 50.0, "total_assets": 3000.0}
    usual = {"usd": 77.0, "shares": 5e6, "usd_per_share": 1.5}
    items = vendor_items()
    rows = []
    for number, (name, item) in enumerate(items.items()):
        told = beside | ({} if name in beside else {name: usual[item.unit]})
        rows.append({"T": f"C{number}", "E": "2023-12-31", "P": "2024-02-01", **dict.fromkeys(items, ""), **told})
    listed = "".join(f"  {name}: {name}\n" for name in items)
    mapping = tmp_path / "m.yaml"
    mapping.write_text(f"company: {{ticker: T}}\nperiod: {{end: E, months: 12}}\npublished: P\nitems:\n{listed}")
    data = build(write_csv(tmp_path / "t.csv", rows), mapping=mapping)
    columns = [HELD_AS.get(name, name) for name in items]
    with open_lake(data) as lake:
        found = dict(
            lake.con.execute(
                f"SELECT l.ticker, [{', '.join(columns)}] FROM fundamentals JOIN listings l USING (issuer_id)"
            ).fetchall()
        )
    for number, (name, item) in enumerate(items.items()):
        assert found[f"C{number}"][number] == beside.get(name, usual[item.unit]), name


# Where the value of what is no line item of its own is found.
HELD_AS = {
    "cash_and_short_term_investments": "cash", "net_interest_expense": "interest_expense", "net_capex": "capex",
    "net_acquisitions": "acquisitions", "net_buybacks": "buybacks", "net_debt_issued": "net_short_term_debt",
    "payables_and_accruals": "accounts_payable",
}  # fmt: skip
