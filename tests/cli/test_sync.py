"""`screener data sync` as a person runs it, against a server on this machine, with an empty home."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from screener.cli.main import root
from screener.errors import DataError, ScreenerError
from screener.settings import config_path, data_home, read_contact
from tests.sync.sec_site import put_company, put_index, put_zips
from tests.sync.server import Handler, Site, serving

CONTACT = ("--contact", "Jane Doe jane@example.com")
TODAY = ("--today", "2024-03-12")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Three companies at a small SEC, and a home where nothing is."""
    for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "share"), ("XDG_CONFIG_HOME", "config")):
        monkeypatch.setenv(name, str(tmp_path / folder))
    for name in ("SCREENER_DATA", "SCREENER_CONTACT"):
        monkeypatch.delenv(name, raising=False)
    with serving(Site()) as found:
        monkeypatch.setenv("SCREENER_SEC_SITE", found.url)
        monkeypatch.setenv("SCREENER_SEC_API", found.url)
        put_zips(found, {1: 100, 2: 200, 3: 300})
        put_index(found, date(2024, 3, 8), [(1, "10-K")])
        yield found


def sync(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(root, ["data", "sync", "--quiet", *TODAY, *arguments])


def test_first_asks_who_fetches(site: Site) -> None:
    """Without a contact nothing is asked of the SEC; the message says how to give one."""
    done = sync()
    assert isinstance(done.exception, ScreenerError)
    assert "--contact" in done.exception.hint
    assert site.asked == []


def test_from_an_empty_home_to_a_data_set_of_ones_own(site: Site) -> None:
    """One command makes the data set that all others read from then on; the contact is kept, and sent."""
    done = sync(*CONTACT)
    assert done.exit_code == 0, done.exception
    assert "fetched 3 files" in done.stderr
    assert read_contact() == CONTACT[1]
    assert site.asked[0].headers["User-Agent"].endswith(CONTACT[1])
    assert stat.S_ISREG(config_path().stat().st_mode)
    told = CliRunner().invoke(root, ["data", "info"])
    assert str(data_home()) in told.stdout
    assert "3 rows" in told.stdout


def test_a_second_sync_builds_what_was_filed(site: Site, tmp_path: Path) -> None:
    """Only the company that filed is fetched, and its new number is in the data set."""
    data = ("--data", str(tmp_path / "own"))
    sync(*CONTACT, *data)
    assert "nothing has changed" in sync(*data).stderr
    put_index(site, date(2024, 3, 11), [(2, "10-Q")])
    put_company(site, 2, 222)
    site.asked.clear()
    done = sync(*data)
    assert "1 companies filed" in done.stderr
    assert "all that was filed until 2024-03-11 is there" in done.stderr
    assert not [entry for entry in site.asked if entry.path.endswith(".zip")]
    assert _revenue(tmp_path / "own") == {1: 100.0, 2: 222.0, 3: 300.0}


def test_when_the_sec_fails_the_data_set_stays(site: Site, tmp_path: Path) -> None:
    """A damaged answer ends with a message, and what was there can be read as before."""
    data = ("--data", str(tmp_path / "own"))
    sync(*CONTACT, *data)
    put_index(site, date(2024, 3, 11), [(2, "10-Q")])

    def damaged(handler: Handler, _: bytes) -> bool:
        if handler.path.endswith(".idx"):
            handler.answer(200, b"<html>")
            return True
        return False

    site.tricks.append(damaged)
    done = sync(*data)
    assert isinstance(done.exception, DataError)
    assert "arrives damaged" in done.exception.message
    assert _revenue(tmp_path / "own") == {1: 100.0, 2: 200.0, 3: 300.0}


def test_a_company_that_is_damaged_at_the_sec_is_named(site: Site, tmp_path: Path) -> None:
    """One damaged file keeps nobody else from being current; it is said whose it is."""
    data = ("--data", str(tmp_path / "own"))
    sync(*CONTACT, *data)
    put_index(site, date(2024, 3, 11), [(2, "10-Q"), (3, "10-Q")])
    put_company(site, 3, 333)
    site.change("/api/xbrl/companyfacts/CIK0000000002.json", b"{")
    done = sync(*data)
    assert done.exit_code == 0, done.exception
    assert "damaged at the SEC, older files stand in and the next sync asks again: CIK 2\n" in done.stderr
    assert _revenue(tmp_path / "own") == {1: 100.0, 2: 200.0, 3: 333.0}


def test_two_at_once_exclude_each_other(site: Site, tmp_path: Path) -> None:
    """While one writes, the other says so at once."""
    from screener.lake.versions import _held, writer_lock

    out = tmp_path / "own"
    with writer_lock(out):
        # As another process would see it: the lock is the system's, not ours.
        _held.discard(out.resolve())
        done = sync(*CONTACT, "--data", str(out))
        _held.add(out.resolve())
    assert isinstance(done.exception, DataError)
    assert "another sync or build is writing" in done.exception.message
    assert site.asked == []


@pytest.mark.parametrize("text", ["nobody", "", "a@b", "Jane\njane@example.com", "x" * 300 + "@example.com"])
def test_a_contact_has_an_address(site: Site, text: str) -> None:
    """What is no name and address is refused before anything is sent."""
    os.environ["SCREENER_CONTACT"] = text or " x"
    try:
        done = sync()
    finally:
        del os.environ["SCREENER_CONTACT"]
    assert isinstance(done.exception, ScreenerError)
    assert "is no contact" in done.exception.message
    assert site.asked == []


def _revenue(data: Path) -> dict[int, float]:
    """Return the newest revenue of each company, read from the tables."""
    from screener.lake.connect import open_lake

    with open_lake(data) as lake:
        rows = lake.con.execute("SELECT issuer_id, \"value\" FROM facts WHERE tag = 'Revenues'").fetchall()
    return {int(issuer): value for issuer, value in rows}
