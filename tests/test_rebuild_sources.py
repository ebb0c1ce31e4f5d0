"""Sources that are read whole when one of their files has changed: only issuers with other facts are worked on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from screener.build import build_data
from screener.lake.manifest import read_manifest
from screener.mapping.load import load_mapping
from screener.standardize import pipeline
from screener.standardize.batches import same_facts
from tests.sources.fsds_zips import data_set, filing, line, value
from tests.sources.sec_files import member
from tests.test_rebuild import CIKS, Files, filer

MAPPING = """\
company: {cik: cik, ticker: ticker}
period: {end: end, months: 12}
published: {column: filed}
items: {revenue: sales, net_income: profit, total_assets: assets}
"""


@contextmanager
def worked_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[int]]:
    """Give the issuers that are standardized in the block."""
    done: set[int] = set()
    real = pipeline._batch

    def watched(con: Any, facts: Path, work: Path, batch: list[int]) -> None:
        done.update(batch)
        real(con, facts, work, batch)

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_batch", watched)
        yield done


def hashes(out: Path) -> dict[str, str]:
    """Return the hashes of the tables."""
    return {table.name: table.sha256 for table in read_manifest(out).tables}


def test_a_vendors_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table in which the rows of one company have changed, and of another were put elsewhere."""
    table, mapping = tmp_path / "table.csv", tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, encoding="utf-8")
    rows = {
        cik: [f"{cik},T{cik},{year}-12-31,{year + 1}-02-20,{cik * year},{cik},{cik * 9}" for year in (2021, 2022)]
        for cik in CIKS
    }

    def build(out: Path) -> None:
        lines = ["cik,ticker,end,filed,sales,profit,assets", *(row for company in rows.values() for row in company)]
        table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        build_data(out, tables=load_mapping(mapping, [table]))

    build(tmp_path / "out")
    rows[33].append("33,T33,2023-12-31,2024-02-20,9,9,9")
    rows = {44: rows.pop(44), **rows}
    with worked_on(monkeypatch) as done:
        build(tmp_path / "out")
    assert done == {33}
    build(tmp_path / "new")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "new")


def test_statement_data_sets_beside_companyfacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company that files, and then one that the data sets alone know, are worked on; no others."""
    files = Files(tmp_path)
    quarters = tmp_path / "fsds"
    quarters.mkdir()
    data_set(quarters / "2010q2.zip", [filing(cik=5)], [value("Assets", 100), value("Liabilities", 40)])

    def build(out: Path) -> None:
        build_data(out, sec=files.sec, fsds=[quarters], prices=files.prices)

    build(tmp_path / "out")
    files.facts[member(33)] = filer(33, scale=7)
    files.write()
    with worked_on(monkeypatch) as done:
        build(tmp_path / "out")
    assert done == {33}
    adsh = "0000000005-10-000002"
    later = {"adsh": adsh, "ddate": "20100630"}
    data_set(
        quarters / "2010q3.zip",
        [filing(adsh, cik=5, period="20100630", filed="20100806")],
        [value("Assets", 110, **later), value("Liabilities", 45, **later)],
        [line("Assets", "BS", adsh=adsh)],
    )
    with worked_on(monkeypatch) as done:
        build(tmp_path / "out")
    assert done == {5}
    build(tmp_path / "new")
    assert hashes(tmp_path / "out") == hashes(tmp_path / "new")


FACTS = "SELECT * FROM (VALUES (1, 'a', 1.0, 'x'), (1, 'b', 2.0, NULL), (2, 'a', 1.0, 'x')) f(issuer_id, tag, value, s)"
OTHER: tuple[tuple[str, set[int]], ...] = (
    (f"{FACTS} ORDER BY value DESC", {1, 2}),
    (f"{FACTS} WHERE tag = 'a'", {2}),
    (f"{FACTS} UNION ALL {FACTS} WHERE issuer_id = 2", {1}),
    (f"{FACTS} UNION ALL {FACTS} WHERE issuer_id = 2 UNION ALL {FACTS} WHERE issuer_id = 2", {1}),
    (f"SELECT * REPLACE (value + 0.0000001 AS value) FROM ({FACTS})", set()),
    (f"SELECT * REPLACE (coalesce(s, '') AS s) FROM ({FACTS})", {2}),
    (f"SELECT 3 - issuer_id AS issuer_id, tag, value, s FROM ({FACTS})", set()),
)


@pytest.mark.parametrize(("other", "expected"), OTHER)
def test_same_facts(tmp_path: Path, other: str, expected: set[int]) -> None:
    """The order of rows does not matter; one more, one less, one twice and any other cell do."""
    with duckdb.connect() as con:
        for name, query in (("old", FACTS), ("new", other)):
            con.execute(f"COPY ({query}) TO '{tmp_path / name}.parquet' (FORMAT parquet)")
        assert same_facts(con, tmp_path / "new.parquet", tmp_path / "old.parquet", set()) == expected
        assert same_facts(con, tmp_path / "new.parquet", tmp_path / "old.parquet", {1}) == expected - {1}
