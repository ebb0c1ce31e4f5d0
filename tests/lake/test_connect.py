"""Opening a data set, and what its connection can and cannot do."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from screener.errors import DataError
from screener.lake import connect
from screener.lake.connect import find_data, open_lake, reading
from screener.lake.describe import describe
from screener.lake.manifest import Manifest
from screener.lake.schema import TABLE_NAMES
from screener.lake.versions import publish
from tests.lake.tables import write_stage


@pytest.fixture(scope="module")
def lake_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of three rows a table, in a folder whose name needs quoting."""
    root = tmp_path_factory.mktemp("it's a lake")
    publish(root / "out", write_stage(root / "stage"), Manifest("2024-03-08", "sec", notes=("a note",)))
    return root / "out"


def test_every_table_is_a_view(lake_path: Path) -> None:
    """Each table of the schema can be queried by its name."""
    with open_lake(lake_path) as lake:
        for table in TABLE_NAMES:
            assert lake.con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(3,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '{other}'",
        "COPY (SELECT 1 AS a) TO '{new}' (FORMAT parquet)",
        "ATTACH '{other}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET allowed_directories = ['/']",
        "SELECT * FROM some_variable",
    ],
)
def test_the_connection_reads_the_tables_and_nothing_else(lake_path: Path, tmp_path: Path, statement: str) -> None:
    """No file, network, setting or Python variable can be reached through the connection."""
    some_variable = duckdb.sql("SELECT 1")
    with open_lake(lake_path) as lake, pytest.raises(duckdb.Error):
        lake.con.execute(statement.format(other=tmp_path / "x", new=lake.directory / "new.parquet"))
    assert some_variable.fetchall() == [(1,)]
    assert not (tmp_path / "x").exists()


def test_a_missing_or_cut_table_is_damage(tmp_path: Path) -> None:
    """A table that is gone or has another size than the manifest says is a data error, not a wrong answer."""
    directory = publish(tmp_path / "out", write_stage(tmp_path / "stage"), Manifest("2024-03-08", "sec"))
    file = directory / "prices.parquet"
    content = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(content[:-1])
    with pytest.raises(DataError, match="prices has another size"):
        open_lake(tmp_path / "out")
    file.write_bytes(b"\0" * len(content))
    with pytest.raises(DataError, match="cannot be opened"):
        open_lake(tmp_path / "out")
    file.unlink()
    with pytest.raises(DataError, match="prices is missing"):
        open_lake(tmp_path / "out")


def test_find_data_prefers_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option wins over the environment variable; a folder that is not there is named with its origin."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    monkeypatch.setenv("SCREENER_DATA", str(two))
    assert find_data(str(one)) == one
    assert find_data(None) == two
    with pytest.raises(DataError, match="--data"):
        find_data(str(tmp_path / "none"))
    monkeypatch.setenv("SCREENER_DATA", str(tmp_path / "none"))
    with pytest.raises(DataError, match="SCREENER_DATA"):
        find_data(None)


def test_find_data_falls_back_to_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without option and variable the shipped demo is used: inside the package first, beside it in a checkout."""
    monkeypatch.delenv("SCREENER_DATA", raising=False)
    package = tmp_path / "screener"
    monkeypatch.setattr(connect, "__file__", str(package / "lake" / "connect.py"))
    with pytest.raises(DataError, match="demo") as caught:
        find_data(None)
    assert "--data" in caught.value.hint
    checkout, shipped = tmp_path / "data" / "demo", package / "_shipped" / "demo"
    for folder in (checkout, shipped):
        folder.mkdir(parents=True)
        (folder / "manifest.json").touch()
        assert find_data(None) == folder


def test_ones_own_data_go_before_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `data sync` keeps is read where nothing is named, once it is there; the variable goes before it."""
    monkeypatch.delenv("SCREENER_DATA", raising=False)
    own = tmp_path / "own"
    monkeypatch.setattr(connect, "data_home", lambda: own)
    own.mkdir()
    assert find_data(None) != own
    (own / "manifest.json").touch()
    assert find_data(None) == own
    monkeypatch.setenv("SCREENER_DATA", str(tmp_path))
    assert find_data(None) == tmp_path


def test_describe_counts_and_dates(lake_path: Path) -> None:
    """The description has rows, first and last dates, coverage, and what the manifest says."""
    found = describe(lake_path)
    assert found["tables"]["prices"]["rows"] == 3
    assert found["dates"]["prices"] == ["2024-01-02", "2024-01-02"]
    assert found["dates"]["facts_filed"] == ["2024-02-01", "2024-02-01"]
    assert found["coverage"]["companies_with_prices"] == 3
    assert found["coverage"]["unclassified"] == 0
    assert (found["kind"], found["notes"], found["created"]) == ("sec", ["a note"], "2024-03-08")


def test_damage_inside_a_table_is_named(tmp_path: Path) -> None:
    """A table of the right size with wrong bytes is damage, named when a query stumbles over it."""
    publish(tmp_path / "out", write_stage(tmp_path / "stage"), Manifest("2024-03-08", "sec"))
    with open_lake(tmp_path / "out") as lake:
        file = lake.directory / "companies.parquet"
    file.chmod(0o644)
    content = bytearray(file.read_bytes())
    # Between the magic bytes and the footer, which is read already when the table is opened.
    pages = slice(4, len(content) - 8 - int.from_bytes(content[-8:-4], "little"))
    content[pages] = bytes(byte ^ 0x5A for byte in content[pages])
    file.write_bytes(content)
    with pytest.raises(DataError, match="companies has another content"), reading(tmp_path / "out") as lake:
        lake.con.execute("SELECT * FROM companies").fetchall()


def test_a_query_that_is_wrong_is_not_damage(lake_path: Path) -> None:
    """On whole tables a database error stays what it is: a bug of ours."""
    with pytest.raises(duckdb.Error), reading(lake_path) as lake:
        lake.con.execute("SELECT nothing FROM companies")
