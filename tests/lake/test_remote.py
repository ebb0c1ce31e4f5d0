"""Data sets at addresses: read in place through DuckDB's extension, with clear words where something is missing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

import screener
from screener.cli.main import root
from screener.errors import DataError
from screener.lake import remote
from screener.lake.connect import find_data, open_lake
from screener.lake.manifest import read_manifest
from screener.lake.remote import Url, place_of
from tests.lake.web import Web, in_place_of_the_extension, serving

SCREEN = "quality-value"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server that has the demo, at the root and in the folder ``bucket/demo``."""
    folder = tmp_path_factory.mktemp("site") / "bucket" / "demo"
    shutil.copytree(find_data(None), folder)
    with serving(folder.parents[1]) as found:
        yield found


@pytest.fixture
def web(site: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The same server, well-behaved, with a file system in the place of the extension."""
    monkeypatch.setattr(remote, "load_extension", in_place_of_the_extension(site))
    for kept in (site.statuses, site.cut, site.asked):
        kept.clear()
    site.sent = 0
    yield site


def call(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(root, list(arguments))


@pytest.mark.parametrize("address", ["{url}/bucket/demo", "{url}/bucket/demo/", "s3://bucket/demo", "gs://bucket/demo"])
def test_a_run_is_that_of_the_folder(web: Web, address: str) -> None:
    """The same rows and the same identity, but for the name of the place."""
    here = json.loads(call("run", SCREEN, "--format", "json").stdout)
    there = json.loads(call("run", SCREEN, "--format", "json", "--data", address.format(url=web.url)).stdout)
    assert web.asked
    assert there == here


def test_all_that_reads_a_data_set_reads_an_address(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names one, too; explanations, pages, ways of values, reports and info come out as from the folder."""
    ticker = screener.run(SCREEN).rows[0].ticker
    assert ticker
    commands = [
        ("explain", SCREEN, ticker), ("show", ticker), ("show", ticker, "--item", "revenue", "--trace"),
        ("near", SCREEN), ("holds", ticker), ("data", "check"),
    ]  # fmt: skip
    here = [call(*command).stdout for command in commands]
    monkeypatch.setenv("SCREENER_DATA", "s3://bucket/demo")
    there = [call(*command).stdout for command in commands]
    assert all(here)
    assert there == here
    info = json.loads(call("data", "info", "--format", "json").stdout)
    assert (info["path"], info["age"], info["tables"]["companies"]["rows"]) == ("s3://bucket/demo", None, 800)


def test_a_result_reads_its_address_again(web: Web) -> None:
    """What a shortlist did not keep is read from the same address, also where a part of that is not shown."""
    found = screener.run(SCREEN, data=f"{web.url}/bucket/demo?sig=s3cret")
    assert "s3cret" not in found.path + repr(found)
    assert found.explain(found.rows[0].ticker or "").company.ticker == found.rows[0].ticker


def test_nothing_secret_is_shown_or_written(web: Web, tmp_path: Path) -> None:
    """What stands behind the question mark is sent to the server, and is in no output, sidecar or message."""
    address = f"{web.url}/bucket/demo?sig=s3cret"
    out = tmp_path / "list.csv"
    done = call("run", SCREEN, "--data", address, "-o", str(out), "--sidecar", "--format", "json")
    assert done.exit_code == 0
    assert all(path.endswith("?sig=s3cret") for _, path in web.asked)
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    shown = (
        done.output + call("data", "info", "--data", address).output + call("data", "check", "--data", address).output
    )
    web.statuses["companies.parquet"] = 500
    failed = call("run", SCREEN, "--data", address).exception
    assert isinstance(failed, DataError)
    web.statuses["manifest.json"] = 500
    again = call("run", SCREEN, "--data", address).exception
    assert isinstance(again, DataError)
    assert "s3cret" not in written + shown + failed.render() + again.render()
    # Nor in what Python prints of an error that is caught and raised again.
    assert failed.__suppress_context__


def test_a_name_and_password_are_refused() -> None:
    """They would be in logs; the message has the address without them."""
    with pytest.raises(DataError, match="name or password") as caught:
        place_of("https://jane:s3cret@example.com/data")
    assert "s3cret" not in caught.value.render()
    assert "https://example.com/data" in caught.value.message


@pytest.mark.parametrize("address", ["http://example.com/data", "s3://", "https:///data"])
def test_an_address_is_encrypted_and_names_a_host(address: str) -> None:
    """Plain http is for this machine alone."""
    with pytest.raises(DataError, match="cannot be read"):
        place_of(address)


@pytest.mark.parametrize("text", ["data/demo", "/srv/data", "s3", "C:/data", "https"])
def test_other_names_are_folders(text: str) -> None:
    """What does not begin like an address is a path."""
    assert place_of(text) == Path(text)


def test_without_the_extension_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One message: what is missing, the line that installs it, that a copy needs none; nothing is installed."""
    connect = duckdb.connect
    # A home without extensions, also where this machine has some.
    monkeypatch.setattr(duckdb, "connect", lambda: connect(config={"extension_directory": str(tmp_path)}))
    done = call("run", SCREEN, "--data", "https://data.example.com/demo")
    assert isinstance(done.exception, DataError)
    said = done.exception.render()
    assert "https://data.example.com/demo is read by DuckDB's extension httpfs, which is not installed" in said
    assert "python -c \"import duckdb; duckdb.execute('INSTALL httpfs')\"" in said
    assert "a copy in a folder" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("end", "status", "said", "hint"),
    [
        ("manifest.json", 404, "manifest.json of the data set at s3://bucket/demo", "folder with manifest.json"),
        ("manifest.json", 403, "the server answers 403", "credentials"),
        ("manifest.json", 401, "the server answers 401", "secret"),
        ("prices.parquet", 404, "table prices of the data set at s3://bucket/demo", "built again meanwhile"),
        ("prices.parquet", 403, "table prices", "credentials"),
        ("prices.parquet", 503, "table prices", "run again"),
    ],
)
def test_what_cannot_be_had_is_named(web: Web, end: str, status: int, said: str, hint: str) -> None:
    """The file, the place, the server's answer, and what to do."""
    web.statuses[end] = status
    done = call("run", SCREEN, "--data", "s3://bucket/demo")
    assert isinstance(done.exception, DataError)
    assert said in done.exception.message
    assert hint in done.exception.hint


@pytest.mark.parametrize("end", ["manifest.json", "fundamentals.parquet"])
def test_an_answer_that_breaks_off_is_an_error(web: Web, end: str) -> None:
    """Half a file is none."""
    web.cut.append(end)
    done = call("run", SCREEN, "--data", "s3://bucket/demo")
    assert isinstance(done.exception, DataError)
    assert "is the network up" in done.exception.hint


def test_a_table_that_goes_while_it_is_read_is_an_error(web: Web) -> None:
    """The manifest was there, and the version is not any more: a data error, not a crash."""
    with pytest.raises(DataError, match="the server answers 404"), screener.api.open_data("s3://bucket/demo") as lake:
        web.statuses[".parquet"] = 404
        lake.con.execute("SELECT sum(close) FROM prices").fetchall()


def test_a_bug_stays_a_bug(web: Web) -> None:
    """A query that is wrong is not the network's fault."""
    with pytest.raises(duckdb.BinderException), screener.api.open_data("s3://bucket/demo") as lake:
        lake.con.execute("SELECT nothing FROM companies")


def test_a_manifest_of_another_schema_is_refused(web: Web) -> None:
    """Older and newer ones are named as in a folder, and damage is damage."""
    file = web.folder / "bucket" / "demo" / "manifest.json"
    kept = file.read_text(encoding="utf-8")
    try:
        file.write_text(json.dumps(json.loads(kept) | {"schema_version": 99}), encoding="utf-8")
        with pytest.raises(DataError, match="s3://bucket/demo has a schema newer"):
            read_manifest(place_of("s3://bucket/demo"))
        file.write_text(kept[:-100], encoding="utf-8")
        with pytest.raises(DataError, match="manifest.json of s3://bucket/demo is damaged"):
            read_manifest(place_of("s3://bucket/demo"))
    finally:
        file.write_text(kept, encoding="utf-8")


def test_the_connection_reads_its_tables_alone(web: Web) -> None:
    """No other file of the server, none of this machine, no other version; nothing can be widened or loaded."""
    with open_lake(Url("s3://bucket/demo")) as lake:
        other = str(lake.directory).replace(lake.manifest.version, "another")
        for statement in (
            "SELECT * FROM read_text('s3://bucket/demo/manifest.json')",
            f"SELECT * FROM read_parquet('{other}/companies.parquet')",
            "SELECT * FROM read_text('https://example.com/')",
            "SELECT * FROM read_text('/etc/passwd')",
            "SET allowed_paths = []",
            "LOAD httpfs",
        ):
            with pytest.raises(duckdb.Error, match=r"disabled|locked"):
                lake.con.execute(statement)


def test_a_run_reads_what_it_needs(web: Web) -> None:
    """Tables and columns that a screen does not name stay where they are: less than a quarter of the bytes."""
    assert call("run", SCREEN, "--data", "s3://bucket/demo").exit_code == 0
    whole = sum(path.stat().st_size for path in web.folder.rglob("*.parquet"))
    print(len(web.asked), web.sent, whole)
    assert web.sent < whole / 4


@pytest.mark.parametrize(
    "command",
    [("data", "build", "s3://bucket/new", "--sec", "."), ("data", "demo", "https://example.com/new?sig=s3cret")],
)
def test_what_writes_refuses_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """A data set is built in a folder; no folder named like an address appears."""
    monkeypatch.chdir(tmp_path)
    done = call(*command)
    assert isinstance(done.exception, DataError)
    assert "cannot be written" in done.exception.message
    assert "s3cret" not in done.exception.render()
    assert list(tmp_path.iterdir()) == []
