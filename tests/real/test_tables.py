"""SimFin's real files, read one by one with the ready mapping: the same facts as from the reader of their folder."""

from __future__ import annotations

from pathlib import Path

import duckdb

from screener.mapping.load import load_mapping
from screener.sources.report import BuildReport
from screener.sources.simfin import read_simfin
from screener.sources.tables import read_tables
from screener.standardize.versions import read_as

FILES = ("us-income-annual.zip", "us-companies.zip")


def test_income_statements_are_those_of_the_simfin_reader(real: Path, tmp_path: Path) -> None:
    """The facts of us-income-annual.zip are the same: issuer, item, unit, period, value and day of publication."""
    folder, stages = tmp_path / "in", [tmp_path / "simfin", tmp_path / "table"]
    for path in (folder, *stages):
        path.mkdir()
    for name in FILES:
        (folder / name).symlink_to(real / "simfin" / name)
    read_simfin(folder, stages[0], BuildReport())
    report = BuildReport()
    read_tables(load_mapping("simfin", [folder / name for name in FILES]), stages[1], report)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    facts = [f"SELECT issuer_id, {tag} AS tag, unit, start, \"end\", value, filed FROM '{stage}/facts.parquet'"
             for tag, stage in zip(("tag", read_as()), stages, strict=True)]  # fmt: skip
    with duckdb.connect() as con:
        assert con.execute(f"({facts[1]}) EXCEPT ALL ({facts[0]})").fetchall() == []
        # Of six pairs of share counts that disagree, the other reader keeps one count by those that came out later.
        more = con.execute(f"SELECT tag FROM (({facts[0]}) EXCEPT ALL ({facts[1]}))").fetchall()
        assert len(more) <= 6
        assert {tag for (tag,) in more} <= {"simfin:Shares (Basic)", "simfin:Shares (Diluted)"}
        names = [f"SELECT issuer_id, cik, name FROM '{stage}/companies.parquet'" for stage in stages]
        assert con.execute(f"({names[0]}) EXCEPT ALL ({names[1]})").fetchall() == []
        assert con.execute(f"SELECT count(*) FROM ({facts[1]})").fetchall()[0][0] > 30_000
