"""Data sets at addresses: read in place through DuckDB's extension, with clear words where something is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import duckdb
import pytest
from click.testing import CliRunner, Result

import screener
from screener.build import build_demo
from screener.cli.main import root
from screener.errors import DataError
from screener.lake import remote
from screener.lake.connect import find_data, open_lake
from screener.lake.manifest import read_manifest
from screener.lake.remote import Url, place_of
from screener.lake.tickers import tickers
from tests.lake.web import Web, in_place_of_the_extension, serving

SCREEN = """
universe:
  - market_cap > 0
rules:
  Size:
    - revenue > 0
  Debt:
    - net_debt_ebitda <= 2.5
rank:
  Value: {weight: 50, by: [ebit_yield]}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A server that has a small demo in the folder ``bucket/demo``."""
    folder = tmp_path_factory.mktemp("site")
    build_demo(folder / "bucket" / "demo", companies=60, years=4)
    with serving(folder) as found:
        yield found


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A screen that is quick."""
    path = tmp_path_factory.mktemp("screen") / "quick.yaml"
    path.write_text(SCREEN, encoding="utf-8")
    return str(path)


@pytest.fixture
def web(site: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    """The same server, well-behaved, with a file system in the place of the extension; the folder is the default."""
    monkeypatch.setenv("SCREENER_DATA", str(site.folder / "bucket" / "demo"))
    monkeypatch.setattr(remote, "load_extension", in_place_of_the_extension(site))
    for kept in (site.statuses, site.cut, site.asked):
        kept.clear()
    site.sent = 0
    return site


def call(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(root, list(arguments))


@pytest.mark.parametrize("address", ["{url}/bucket/demo/", "s3://bucket/demo", "gs://bucket/demo"])
def test_a_run_is_that_of_the_folder(web: Web, screen: str, address: str) -> None:
    """The same rows and the same identity."""
    here = call("run", screen, "--format", "json").stdout
    there = call("run", screen, "--format", "json", "--data", address.format(url=web.url)).stdout
    assert web.asked
    assert json.loads(here)["rows"]
    assert there == here


def test_all_that_reads_a_data_set_reads_an_address(web: Web, screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable names one, too; near misses, ways of values and info come out as from the folder."""
    ticker = screener.run(screen).rows[0].ticker
    assert ticker
    commands = [("near", screen), ("show", ticker, "--item", "revenue", "--trace")]
    here = [call(*command).stdout for command in commands]
    monkeypatch.setenv("SCREENER_DATA", "s3://bucket/demo")
    there = [call(*command).stdout for command in commands]
    assert all(here)
    assert there == here
    info = json.loads(call("data", "info", "--format", "json").stdout)
    assert (info["path"], info["age"], info["tables"]["companies"]["rows"]) == ("s3://bucket/demo", None, 60)


def test_completion_does_not_reach_out(web: Web) -> None:
    """A key that is pressed in a shell asks no server."""
    assert tickers("", "s3://bucket/demo") == []
    assert web.asked == []


def test_a_run_asks_for_the_manifest_once(web: Web, screen: str) -> None:
    """How old the data are is told from what was read already."""
    assert call("run", screen, "--data", "s3://bucket/demo").exit_code == 0
    assert [method for method, path in web.asked if path.endswith("manifest.json")].count("GET") == 1


def test_a_result_reads_its_address_again(web: Web, screen: str) -> None:
    """What a shortlist did not keep is read from the same address, also where a part of that is not shown."""
    found = screener.run(screen, data=f"{web.url}/bucket/demo?sig=s3cret")
    assert "s3cret" not in found.path + repr(found)
    assert found.explain(found.rows[0].ticker or "").company.ticker == found.rows[0].ticker


def test_nothing_secret_is_shown_or_written(web: Web, screen: str, tmp_path: Path) -> None:
    """What stands behind the question mark is sent to the server, and is in no output, sidecar or message."""
    address = f"{web.url}/bucket/demo?sig=s3cret"
    out = tmp_path / "list.csv"
    done = call("run", screen, "--data", address, "-o", str(out), "--sidecar", "--format", "json")
    assert done.exit_code == 0
    assert all(path.endswith("?sig=s3cret") for _, path in web.asked)
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    shown = done.output + call("data", "info", "--data", address).output
    web.statuses["companies.parquet"] = 500
    failed = call("run", screen, "--data", address).exception
    assert isinstance(failed, DataError)
    web.statuses["manifest.json"] = 500
    again = call("run", screen, "--data", address).exception
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


@pytest.mark.parametrize(
    ("address", "said"),
    [("http://example.com/data", "not encrypted"), ("s3://", "no host"), ("https://[1/data", "no address")],
)
def test_an_address_is_encrypted_and_names_a_host(address: str, said: str) -> None:
    """Plain http is for this machine alone."""
    with pytest.raises(DataError, match=said):
        place_of(address)


def test_a_path_that_was_an_address_is_one() -> None:
    """``Path`` makes one slash of two; the place is the same."""
    assert place_of(str(Path("s3://bucket/demo"))) == Url("s3://bucket/demo")
    assert place_of("S3://bucket/demo/") == Url("s3://bucket/demo")


@pytest.mark.parametrize("text", ["data/demo", "/srv/data", "s3", "C:/data", "https"])
def test_other_names_are_folders(text: str) -> None:
    """What does not begin like an address is a path."""
    assert place_of(text) == Path(text)


def test_without_the_extension_it_says_how_to_get_it(
    screen: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One message: what is missing, the line that installs it, that a copy needs none; nothing is installed."""
    connect = duckdb.connect
    # A home without extensions, also where this machine has some.
    monkeypatch.setattr(duckdb, "connect", lambda: connect(config={"extension_directory": str(tmp_path)}))
    done = call("run", screen, "--data", "https://data.example.com/demo")
    assert isinstance(done.exception, DataError)
    said = done.exception.render()
    assert "https://data.example.com/demo is read by DuckDB's extension httpfs, which is not installed" in said
    assert "python -c \"import duckdb; duckdb.execute('INSTALL httpfs')\"" in said
    assert "a copy in a folder" in said
    assert list(tmp_path.iterdir()) == []


class _Extension:
    """A connection that has the extension and not the one called aws; it writes down what it is told."""

    def __init__(self, stored: int = 0) -> None:
        self.told: list[str] = []
        self.stored = stored

    def execute(self, statement: str) -> _Extension:
        """Write down a statement."""
        self.told.append(statement)
        if statement == "LOAD aws":
            raise duckdb.IOException("Extension aws not found")
        return self

    def fetchall(self) -> list[tuple[str]]:
        """Return the settings and secrets that there are."""
        if "which_secret" in self.told[-1]:
            return [("mine",)] * self.stored
        return [("enable_server_cert_verification",), ("ca_cert_file",)] if "settings" in self.told[-1] else []


def _prepared(monkeypatch: pytest.MonkeyPatch, con: _Extension, address: str, **environment: str) -> str:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
                 "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    remote.load_extension(cast("duckdb.DuckDBPyConnection", con), cast("Url", place_of(address)))
    assert con.told[0] == "LOAD httpfs"
    assert not any("INSTALL" in statement for statement in con.told)
    return "\n".join(con.told)


def test_credentials_of_the_environment_are_for_this_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key, secret, token and region become a secret for the folder; quotes in them end nothing."""
    keys = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "it's", "AWS_DEFAULT_REGION": "eu-central-1"}
    told = _prepared(monkeypatch, _Extension(), "s3://bucket/demo", **keys)
    assert (
        "CREATE SECRET (TYPE s3, SCOPE 's3://bucket/demo/', KEY_ID 'AK', SECRET 'it''s', REGION 'eu-central-1')" in told
    )
    assert "CREATE" not in _prepared(monkeypatch, _Extension(), "https://example.com/demo", **keys)


def test_a_stored_secret_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person has stored for the place is theirs; without anything a public bucket is read all the same."""
    keys = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "x"}
    told = _prepared(monkeypatch, _Extension(1), "s3://bucket/demo", **keys)
    assert "CREATE SECRET" not in told
    assert "CREATE SECRET" not in _prepared(monkeypatch, _Extension(), "s3://bucket/demo")


def test_certificates_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by authorities of one's own; settings that the extension does not have are left alone."""
    told = _prepared(monkeypatch, _Extension(), "https://example.com/demo", SSL_CERT_FILE="/etc/own.pem")
    assert "SET enable_server_cert_verification = true" in told
    assert "SET ca_cert_file = '/etc/own.pem'" in told
    assert "curl" not in told


@pytest.mark.parametrize(
    ("end", "status", "told"),
    [
        ("manifest.json", 404, ("manifest.json of the data set at s3://bucket/demo", "folder with manifest.json")),
        ("manifest.json", 403, ("the server answers 403", "credentials")),
        ("manifest.json", 401, ("the server answers 401", "secret")),
        ("prices.parquet", 404, ("table prices of the data set at s3://bucket/demo", "built again meanwhile")),
        ("prices.parquet", 403, ("table prices", "credentials")),
        ("prices.parquet", 503, ("table prices", "run again")),
    ],
)
def test_what_cannot_be_had_is_named(web: Web, screen: str, end: str, status: int, told: tuple[str, str]) -> None:
    """The file, the place, the server's answer, and what to do."""
    web.statuses[end] = status
    done = call("run", screen, "--data", "s3://bucket/demo")
    assert isinstance(done.exception, DataError)
    assert told[0] in done.exception.message
    assert told[1] in done.exception.hint


@pytest.mark.parametrize("end", ["manifest.json", "fundamentals.parquet"])
def test_an_answer_that_breaks_off_is_an_error(web: Web, screen: str, end: str) -> None:
    """Half a file is none."""
    web.cut.append(end)
    done = call("run", screen, "--data", "s3://bucket/demo")
    assert isinstance(done.exception, DataError)
    assert "is the network up" in done.exception.hint


def test_a_table_that_goes_while_it_is_read_is_an_error(web: Web) -> None:
    """The manifest was there, and the version is not any more: a data error, not a crash."""

    def read() -> None:
        with screener.api.open_data("s3://bucket/demo") as lake:
            web.statuses[".parquet"] = 404
            lake.con.execute("SELECT sum(close) FROM prices").fetchall()

    with pytest.raises(DataError, match="the server answers 404"):
        read()


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
        with pytest.raises(DataError, match=r"manifest\.json of s3://bucket/demo is damaged"):
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


def test_a_run_reads_what_it_needs(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that a screen does not name stay where they are: of the shipped demo less than half of the bytes come."""
    monkeypatch.delenv("SCREENER_DATA")
    demo = find_data(None)
    assert isinstance(demo, Path)
    with serving(demo.parent) as shipped:
        monkeypatch.setattr(remote, "load_extension", in_place_of_the_extension(shipped))
        found = screener.run("quality-value", data=f"s3://{demo.name}")
        tables = read_manifest(demo).tables
    assert found.rows
    assert 0 < shipped.sent < sum(table.size for table in tables) / 2


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
