"""`screener data prices` as a person runs it: from a provider on this machine and from files of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from screener.cli.main import root
from screener.errors import DataError, ScreenerError
from screener.lake.manifest import Manifest
from screener.lake.versions import publish
from screener.sync.price_store import PriceStore
from screener.sync.providers import PROVIDERS
from tests.lake.tables import write_stage
from tests.sync.price_site import KEY, Vendor
from tests.sync.sec_site import put_company, put_index, put_zips
from tests.sync.server import Site, serving

HEADER = "Date,Open,High,Low,Close,Volume\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two companies at a small SEC, a home where nothing is, and a key for a provider at the same address."""
    for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "share"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.delenv("SCREENER_DATA", raising=False)
    monkeypatch.setenv("SCREENER_CONTACT", "Jane Doe jane@example.com")
    monkeypatch.setenv("TIINGO_API_KEY", KEY)
    with serving(Site()) as found:
        for name in ("SCREENER_SEC_SITE", "SCREENER_SEC_API", "SCREENER_TIINGO_SITE"):
            monkeypatch.setenv(name, found.url)
        put_zips(found, {1: 100, 2: 200})
        put_index(found, date(2024, 3, 8), [(1, "10-K")])
        yield found


def data(*arguments: str) -> Result:
    """Run a command of `screener data`."""
    return CliRunner().invoke(root, ["data", *arguments])


def prices(out: Path, *arguments: str, today: str = "2024-03-12") -> Result:
    """Run the command on a data set."""
    return data("prices", "--quiet", "--data", str(out), "--today", today, *arguments)


def sync(out: Path, today: str = "2024-03-12") -> Result:
    """Keep the data set current."""
    done = data("sync", "--quiet", "--data", str(out), "--today", today)
    assert done.exit_code == 0, done.exception
    return done


def priced(out: Path) -> list[tuple[Any, ...]]:
    """Return the prices of the data set."""
    from screener.lake.connect import open_lake

    with open_lake(out) as lake:
        return lake.con.execute(
            "SELECT ticker, date::VARCHAR, close FROM prices JOIN listings USING (listing_id) ORDER BY ALL"
        ).fetchall()


def stooq(folder: Path, closes: dict[str, float]) -> Path:
    """Write the files of single tickers as Stooq gives them."""
    folder.mkdir(exist_ok=True)
    for name, close in closes.items():
        (folder / f"{name}_us_d.csv").write_text(f"{HEADER}2024-03-08,1,1,1,{close},10\n", encoding="utf-8")
    return folder


def test_fetched_prices_are_in_the_data_set_and_stay(site: Site, tmp_path: Path) -> None:
    """Prices are fetched for the tickers of the data set and built in; the next sync has them without being told."""
    out = tmp_path / "own"
    vendor = Vendor(days={"C1": [("2024-03-08", 10.0, 10.0, 5.0), ("2024-03-11", 11.0, 11.0, 5.0)]})
    vendor.put_into(site)
    sync(out)
    done = prices(out, "--provider", "tiingo")
    assert done.exit_code == 0, done.exception
    assert "2 new days of 1 tickers" in done.stderr
    assert "1 unknown to the provider: C2" in done.stderr
    expected = [("C1", "2024-03-08", 10.0), ("C1", "2024-03-11", 11.0)]
    assert priced(out) == expected
    assert KEY not in done.output
    put_index(site, date(2024, 3, 12), [(2, "10-Q")])
    put_company(site, 2, 222)
    sync(out, "2024-03-13")
    assert priced(out) == expected
    assert "nothing has changed" in prices(out, "--provider", "tiingo").stderr


def test_own_files_are_read_where_they_lie(site: Site, tmp_path: Path) -> None:
    """Stooq's files of single tickers: read again when they change, and stood in for by the last ones when gone."""
    out, folder = tmp_path / "own", stooq(tmp_path / "stooq", {"c1": 10.5, "c2": 20.5})
    assert prices(out, "--provider", "stooq", "--from", str(folder), "--no-build").exit_code == 0
    done = sync(out)
    assert priced(out) == [("C1", "2024-03-08", 10.5), ("C2", "2024-03-08", 20.5)]
    assert any("dividends" in line for line in done.stderr.splitlines())
    stooq(folder, {"c2": 21.0})
    sync(out)
    assert priced(out)[1] == ("C2", "2024-03-08", 21.0)
    shutil.rmtree(folder)
    for _ in range(2):
        done = sync(out)
        assert "is gone: the prices that were read from it last are used" in done.stderr
        assert "--provider stooq --from PATH" in done.stderr
        assert priced(out)[1] == ("C2", "2024-03-08", 21.0)


def test_a_build_of_ones_own_is_built_again_from_its_sources(site: Site, tmp_path: Path) -> None:
    """A data set of `data build` remembers where its sources are; without them the prices are kept and it says so."""
    sources, out = tmp_path / "sec", tmp_path / "own"
    data("sync", "--quiet", "--data", str(tmp_path / "synced"), "--today", "2024-03-12", "--no-build")
    shutil.copytree(tmp_path / "synced" / "sources" / "sec", sources)
    assert data("build", str(out), "--sec", str(sources), "--quiet").exit_code == 0
    folder = stooq(tmp_path / "stooq", {"c1": 10.5})
    assert prices(out, "--provider", "local", "--from", str(folder)).exit_code == 0
    assert priced(out) == [("C1", "2024-03-08", 10.5)]
    sources.rename(tmp_path / "moved")
    stooq(folder, {"c1": 11.5})
    done = prices(out, "--provider", "local", "--from", str(folder))
    assert isinstance(done.exception, DataError)
    assert "from which" in done.exception.message
    assert f"data build {out} --sec PATH --prices {folder}" in done.exception.hint
    assert priced(out) == [("C1", "2024-03-08", 10.5)]
    assert (out / "sources" / "prices" / "prices.json").is_file()


def test_what_the_data_set_is_made_of_is_not_changed(site: Site, tmp_path: Path) -> None:
    """A data set of another kind is not built from the SEC's files that happen to lie beside it."""
    out, folder = tmp_path / "own", stooq(tmp_path / "stooq", {"t1": 10.5})
    data("sync", "--quiet", "--data", str(out), "--today", "2024-03-12", "--no-build")
    publish(out, write_stage(tmp_path / "stage"), Manifest(created="2024-03-08", kind="test"))
    done = prices(out, "--provider", "local", "--from", str(folder))
    assert isinstance(done.exception, DataError)
    assert "is not known" in done.exception.message
    assert f"data build {out} ... --prices {folder}" in done.exception.hint


def test_without_a_data_set(site: Site, tmp_path: Path) -> None:
    """A provider has no tickers to ask for yet, and that is said; what a sync is given with --prices is remembered."""
    out, own = tmp_path / "own", tmp_path / "p.csv"
    done = prices(out, "--provider", "tiingo")
    assert isinstance(done.exception, DataError)
    assert "data sync" in done.exception.hint
    own.write_text("ticker,date,close\nC1,2024-03-08,9\n", encoding="utf-8")
    for given in (("--prices", str(own)), ()):
        data("sync", "--quiet", "--data", str(out), "--today", "2024-03-12", *given)
        assert priced(out) == [("C1", "2024-03-08", 9.0)]


def test_files_that_are_not_of_the_provider(site: Site, tmp_path: Path) -> None:
    """A file of another form, or none at all, is refused, and what was stored before stays."""
    out, folder, other = tmp_path / "own", stooq(tmp_path / "stooq", {"c1": 10.5}), tmp_path / "p.csv"
    other.write_text("ticker,date,close\nC1,2024-03-08,9\n", encoding="utf-8")
    prices(out, "--provider", "stooq", "--from", str(folder), "--no-build")
    for path, said in ((other, "has the form csv"), (tmp_path / "none", "there is no price file")):
        done = prices(out, "--provider", "stooq", "--from", str(path))
        assert isinstance(done.exception, DataError)
        assert said in done.exception.message
    assert PriceStore(out / "sources").stored(out).path == folder


def test_not_for_the_demo(site: Site) -> None:
    """Nothing is fetched for, or written into, the demo."""
    demo = Path(__file__).resolve().parents[2] / "data" / "demo"
    done = prices(demo, "--provider", "tiingo")
    assert isinstance(done.exception, ScreenerError)
    assert "demo" in done.exception.message
    assert not (demo / "sources").exists()
    assert site.asked == []


def test_the_table_of_providers(site: Site) -> None:
    """--list prints every row; a wrong name and no name tell what there is."""
    listed = data("prices", "--list").stdout
    for row in PROVIDERS:
        assert row.name in listed
        assert row.terms in listed
    wrong = data("prices", "--provider", "bloomberg").exception
    assert isinstance(wrong, ScreenerError)
    assert "bloomberg" in wrong.message
    assert all(row.name in wrong.hint for row in PROVIDERS)
    missing = data("prices").exception
    assert isinstance(missing, ScreenerError)
    assert "--provider" in missing.message


def test_a_build_from_a_vendors_table_is_built_again_with_its_mapping(site: Site, tmp_path: Path) -> None:
    """Prices come to a data set of a vendor's table; where the mapping is gone, the prices stay and it is said."""
    del site
    table, mapping = tmp_path / "table.csv", tmp_path / "mapping.yaml"
    table.write_text("symbol,end,filed,sales\nC1,2023-12-31,2024-02-20,100\n", encoding="utf-8")
    mapping.write_text(
        "company: {ticker: symbol}\nperiod: {end: end, months: 12}\npublished: {column: filed}\n"
        "items: {revenue: sales}\n",
        encoding="utf-8",
    )
    out = tmp_path / "own"
    done = data("build", str(out), "--table", str(table), "--mapping", str(mapping), "--quiet")
    assert done.exit_code == 0, done.exception
    done = prices(out, "--provider", "stooq", "--from", str(stooq(tmp_path / "stooq", {"c1": 10.5})))
    assert done.exit_code == 0, done.exception
    assert priced(out) == [("C1", "2024-03-08", 10.5)]
    mapping.unlink()
    done = prices(out, "--provider", "stooq", "--from", str(tmp_path / "stooq"))
    assert isinstance(done.exception, DataError)
    assert "mapping.yaml" in str(done.exception)
    assert "--table PATH --mapping PATH" in (done.exception.hint or "")
