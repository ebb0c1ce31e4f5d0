"""SEC's Financial Statement Data Sets alone, against the filings and against companyfacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.build import build_data
from screener.lake.connect import Lake, open_lake

pytestmark = pytest.mark.real

# First quarter of 2010 and of 2009 as the 10-Qs of spring 2010 state them, in millions: (revenue, net income), then
# total assets at its end and diluted earnings per share. Ford and Caterpillar tag the sales of their industrial part as
# well; Ross's quarter ended on May 1.
FILERS: dict[str, tuple[int, str, tuple[tuple[float, float], ...], tuple[float, float]]] = {
    "Ford": (37996, "2010-03-31", ((31566, 2085), (24390, -1427)), (191968, 0.50)),
    "Intel": (50863, "2010-03-31", ((10299, 2442), (7145, 629)), (55773, 0.43)),
    "Caterpillar": (18230, "2010-03-31", ((8238, 233), (9225, -112)), (58836, 0.36)),
    "Coca-Cola": (21344, "2010-03-31", ((7525, 1614), (7169, 1348)), (47403, 0.69)),
    "Alcoa": (4281, "2010-03-31", ((4887, -201), (4147, -497)), (37835, -0.20)),
    "Ross Stores": (745732, "2010-04-30", ((1934.778, 142.347), (1691.599, 91.387)), (2882.607, 1.16)),
}


@pytest.fixture(scope="module")
def fsds(real: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """The quarter 2010q2 and a day of 2025, without companyfacts."""
    out = tmp_path_factory.mktemp("fsds") / "data"
    build_data(out, fsds=[real / "sec" / "fsds_2010q2.zip", real / "sec" / "fsds_20250701.zip"])
    with open_lake(out) as lake:
        yield lake


@pytest.mark.parametrize("name", FILERS)
def test_quarters_of_six_filers(fsds: Lake, name: str) -> None:
    """Revenue and net income of the quarter and of the year before, assets and earnings per share, to the dollar."""
    cik, end, years, (assets, eps) = FILERS[name]
    found = fsds.con.execute(
        "SELECT revenue_q, net_income_q, total_assets, eps_diluted_q FROM fundamentals "
        "WHERE issuer_id = ? AND period_end IN (?::DATE, ?::DATE - INTERVAL 1 YEAR) ORDER BY period_end DESC",
        [cik, end, end],
    ).fetchall()
    assert [row[:2] for row in found] == [
        tuple(pytest.approx(value * 1e6, abs=0.5) for value in year) for year in years
    ]
    assert found[0][2:] == (pytest.approx(assets * 1e6, abs=0.5), eps)


def test_balance_sheets_hold(fsds: Lake) -> None:
    """Assets are what liabilities and equity sum to, as each filing itself states that sum, and 97 % in their parts.

    The rest are temporary equity and partners' units that the filers put under a tag of their own.
    """
    (tested, held), = fsds.con.execute(
        """SELECT count(*), count(*) FILTER (abs(f.total_assets - t."value") <= 0.0005 * f.total_assets)
        FROM fundamentals f JOIN facts t ON t.issuer_id = f.issuer_id AND t."end" = f.period_end
            AND t.accession = f.accession AND t.tag = 'LiabilitiesAndStockholdersEquity' AND t.unit = f.currency"""
    ).fetchall()  # fmt: skip
    assert tested > 800
    assert held / tested >= 0.999
    gap = "abs(total_assets - total_liabilities - equity_incl_nci - coalesce(temp_equity, 0)) / total_assets"
    counts = f"SELECT count({gap}), count(*) FILTER ({gap} <= 0.005) FROM fundamentals"
    (parts, hold), = fsds.con.execute(counts).fetchall()  # fmt: skip
    assert parts > 900
    assert hold / parts >= 0.97


def test_values_equal_companyfacts(fsds: Lake, sec: Lake) -> None:
    """Every value of a filing that is in both is the same value; dates differ by the rounding alone."""
    import duckdb

    columns = 'issuer_id, accession, tag, unit, "start", "end", "value", filed, form'
    con = duckdb.connect()
    for name, lake in (("ours", fsds), ("theirs", sec)):
        con.execute(f"CREATE VIEW {name} AS SELECT {columns} FROM read_parquet('{lake.directory / 'facts.parquet'}')")
    rows = con.execute(
        """SELECT a.accession, a.tag, a."value", b."value", a.unit = b.unit, a.filed = b.filed, a.form = b.form
        FROM ours a JOIN theirs b ON a.accession = b.accession AND a.tag = b.tag AND a.issuer_id = b.issuer_id
            AND abs(a."end" - b."end") <= 15
            AND (a."start" IS NULL) = (b."start" IS NULL) AND coalesce(abs(a."start" - b."start") <= 20, true)"""
    ).fetchall()
    assert len({row[0] for row in rows}) == 3, "CSX, Berkshire Hathaway, Lennar"
    assert len(rows) > 250
    assert [row for row in rows if row[2] != row[3] or not all(row[4:])] == []


def test_faces_and_codes(fsds: Lake) -> None:
    """Net income stands on the income statement, assets on the balance sheet; each issuer of 2010 has its code."""
    faces = fsds.con.execute(
        "SELECT tag, mode(statement), avg((statement = mode)::INT) FROM facts JOIN "
        "(SELECT tag, mode(statement) AS mode FROM facts GROUP BY tag) USING (tag) WHERE tag IN "
        "('Assets', 'NetIncomeLoss', 'NetCashProvidedByUsedInOperatingActivities') GROUP BY tag ORDER BY tag"
    ).fetchall()
    assert [(tag, statement) for tag, statement, _ in faces] == [
        ("Assets", "BS"), ("NetCashProvidedByUsedInOperatingActivities", "CF"), ("NetIncomeLoss", "IS"),
    ]  # fmt: skip
    assert min(share for _, _, share in faces) > 0.95
    codes = fsds.con.execute(
        "SELECT known_from, sic, sector FROM classifications WHERE issuer_id = 37996 ORDER BY known_from"
    ).fetchall()
    assert codes == [(date(2010, 5, 7), 3711, "Consumer Discretionary")]
