"""A copy of the SEC's files: whole at first, then only what was filed since, and never half of anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.catalogue.events import EVENTS
from screener.errors import DataError
from screener.sync import filings, sec
from screener.sync.client import Client
from screener.sync.filings import NEWER_FACTS, Copy, Synced, oldest_quarter, sync_filings, sync_quarters
from screener.sync.pace import Pace
from screener.sync.state import State, read_state
from tests.sync import sec_site
from tests.sync.sec_site import FACTS_ZIP, put_company, put_index, put_zips
from tests.sync.server import Handler, Site, etag_of, serving

# The zip files are of 2024-03-09 (a first version is a day younger than BORN), and have what was filed until the 8th.
TODAY = date(2024, 3, 12)
MONDAY, TUESDAY = date(2024, 3, 11), date(2024, 3, 12)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Three companies, and an index of the Friday before."""
    with serving(Site()) as found:
        monkeypatch.setenv("SCREENER_SEC_SITE", found.url)
        monkeypatch.setenv("SCREENER_SEC_API", found.url)
        put_zips(found, {1: 100, 2: 200, 3: 300})
        put_index(found, date(2024, 3, 8), [(1, "10-K")])
        yield found


def sync(folder: Path, today: date = TODAY, **options: bool) -> tuple[Synced, State]:
    """Sync as a new process would: with the state that lies there."""
    state = read_state(folder)
    client = Client("Test test@example.com", Pace(1e6), timeouts=(2, 0.5), sleep=lambda _: None)
    copy = Copy(client, folder, state)
    sync_filings(copy, today, **options)
    return copy.found, read_state(folder)


def newer(folder: Path) -> dict[str, int]:
    """Return the revenue of each company that has a file of its own."""
    found = {}
    for path in sorted((folder / NEWER_FACTS).glob("*.json")):
        content = json.loads(path.read_bytes())
        found[path.stem] = content["facts"]["us-gaap"]["Revenues"]["units"]["USD"][0]["val"]
    return found


def test_first_the_whole(site: Site, tmp_path: Path) -> None:
    """The zip files and the tickers come; what was filed until the day before the zip files is in them."""
    found, state = sync(tmp_path)
    assert sorted(found.fetched) == [
        "sec/company_tickers_exchange.json", "sec/companyfacts.zip", "sec/submissions.zip",
    ]  # fmt: skip
    assert (tmp_path / "sec/companyfacts.zip").read_bytes() == site.files[FACTS_ZIP]
    assert state.filed_until == date(2024, 3, 8)
    assert newer(tmp_path) == {}


def test_then_only_who_filed(site: Site, tmp_path: Path) -> None:
    """Two days later: the files of those who filed a report, and no zip file; other forms count for nothing."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q"), (2, "4")])
    put_index(site, TUESDAY, [(4, "10-K/A"), (3, "424B2")])
    for cik, revenue in ((1, 110), (4, 400)):
        put_company(site, cik, revenue)
    site.asked.clear()
    found, state = sync(tmp_path)
    assert newer(tmp_path) == {"CIK0000000001": 110, "CIK0000000004": 400}
    assert (found.filers, found.without_facts, state.filed_until) == (2, [], TUESDAY)
    assert not [entry for entry in site.asked if entry.path.endswith(".zip")]


def test_nothing_new_is_nothing(site: Site, tmp_path: Path) -> None:
    """A second sync on the same day asks for the tickers and the listing, and brings nothing."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q")])
    put_company(site, 1, 110)
    sync(tmp_path)
    site.asked.clear()
    found, _ = sync(tmp_path)
    assert (found.fetched, found.filers) == ([], 0)
    assert len(site.asked) == 2


def test_a_filer_without_facts_is_noted(site: Site, tmp_path: Path) -> None:
    """The index names companies of which the SEC has no numbers."""
    sync(tmp_path)
    put_index(site, MONDAY, [(7, "8-K")])
    put_company(site, 7, None)
    found, state = sync(tmp_path)
    assert (found.without_facts, state.filed_until) == ([7], MONDAY)
    assert (tmp_path / filings.NEWER_SUBMISSIONS / "CIK0000000007.json").is_file()


def test_a_day_that_is_listed_and_not_there_stays_open(site: Site, tmp_path: Path) -> None:
    """What was filed on it is not lost: the next sync has that day, and those after it."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q")])
    put_index(site, TUESDAY, [(2, "10-Q")])
    put_company(site, 1, 110)
    put_company(site, 2, 220)
    missing = "/Archives/edgar/daily-index/2024/QTR1/master.20240311.idx"
    content = site.files.pop(missing)
    _, state = sync(tmp_path)
    assert state.filed_until == date(2024, 3, 8)
    site.files[missing] = content
    _, state = sync(tmp_path)
    assert newer(tmp_path) == {"CIK0000000001": 110, "CIK0000000002": 220}
    assert state.filed_until == TUESDAY


def test_the_first_day_of_a_quarter(site: Site, tmp_path: Path) -> None:
    """The SEC forbids the folder of a quarter that has begun until it is there; a week later that is an error."""
    sync(tmp_path)

    def forbidden(handler: Handler, _: bytes) -> bool:
        return "/QTR2/" in handler.path and (handler.answer(403, b"Access Denied") or True)

    site.tricks.append(forbidden)
    put_index(site, date(2024, 3, 28), [(2, "10-Q")])
    put_company(site, 2, 220)
    found, state = sync(tmp_path, date(2024, 4, 1))
    assert (found.filers, state.filed_until) == (1, date(2024, 3, 28))
    with pytest.raises(DataError, match="403"):
        sync(tmp_path, date(2024, 4, 9))


def test_a_quarter_that_is_not_published_yet_may_be_forbidden(site: Site, tmp_path: Path) -> None:
    """As long as its Financial Statement Data Set may be late; after that being forbidden is an error."""
    site.tricks.append(lambda handler, _: handler.path.endswith("q1.zip") and (handler.answer(403, b"") or True))
    copy = Copy(Client("Test test@example.com", Pace(1e6)), tmp_path, State())
    sync_quarters(copy, (2024, 1), date(2024, 4, 2))
    assert copy.found.fetched == []
    with pytest.raises(DataError, match="403"):
        sync_quarters(copy, (2024, 1), date(2024, 9, 2))


def test_newer_zip_files_take_the_place_of_single_ones(site: Site, tmp_path: Path) -> None:
    """After a month and a half the zip files are fetched again, and files of companies that they have are gone."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q")])
    put_company(site, 1, 110)
    sync(tmp_path)
    assert newer(tmp_path) == {"CIK0000000001": 110}
    for _ in range(60):
        put_zips(site, {1: 110, 2: 200, 3: 300})
    found, state = sync(tmp_path, date(2024, 5, 8))
    assert "sec/companyfacts.zip" in found.fetched
    assert newer(tmp_path) == {}
    assert state.companies == {}


def test_many_filers_are_quicker_as_a_whole(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of filers the zip files are fetched."""
    monkeypatch.setattr(filings, "MOST_FILERS", 1)
    sync(tmp_path)
    put_zips(site, {1: 110, 2: 200, 3: 300, 5: 500})
    put_index(site, MONDAY, [(1, "10-Q"), (5, "10-K")])
    for cik, revenue in ((1, 110), (5, 500)):
        put_company(site, cik, revenue)
    found, _ = sync(tmp_path)
    assert "sec/companyfacts.zip" in found.fetched


def test_a_failure_in_the_middle_is_gone_on_with(site: Site, tmp_path: Path) -> None:
    """When one company's file cannot be had, the day counts as open: the next sync has all, and loses nothing."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q"), (2, "10-Q")])
    put_company(site, 1, 110)
    put_company(site, 2, 220)

    def broken(handler: Handler, _: bytes) -> bool:
        if "companyfacts/CIK0000000002" in handler.path:
            handler.answer(401, b"")
            return True
        return False

    site.tricks.append(broken)
    with pytest.raises(DataError, match="401"):
        sync(tmp_path)
    assert read_state(tmp_path).filed_until == date(2024, 3, 8)
    site.tricks.clear()
    sync(tmp_path)
    assert newer(tmp_path) == {"CIK0000000001": 110, "CIK0000000002": 220}
    assert read_state(tmp_path).filed_until == MONDAY


def test_a_state_that_cannot_be_read_costs_only_time(site: Site, tmp_path: Path) -> None:
    """Without a state all is fetched again."""
    sync(tmp_path)
    (tmp_path / "state.json").write_text("{", encoding="utf-8")
    found, _ = sync(tmp_path)
    assert len(found.fetched) == 3
    assert sec_site.FACTS_ZIP in {entry.path for entry in site.asked}


def test_every_filing_that_changes_a_data_set_counts() -> None:
    """Reports and their amendments, the forms of every kind of event, and departures; ownership and offers do not."""
    told = [form for row in EVENTS for form in row.forms]
    lines = [f"{cik}|Company|{form}|20240311|x.txt" for cik, form in enumerate([*told, "10-Q/A", "15F-12B", "25-NSE"])]
    lines += ["999|Company|4|20240311|x.txt", "998|Company|424B2|20240311|x.txt"]
    assert {cik for cik, _ in sec.filings("\n".join(lines).encode())} == set(range(len(told) + 3))


def test_a_server_that_gives_no_days(site: Site, tmp_path: Path) -> None:
    """Without days of change the index of the last days is asked for, not that of thirty years."""

    def undated(handler: Handler, body: bytes) -> bool:
        if handler.path.endswith(".zip"):
            handler.answer(200, body, {"ETag": etag_of(body)})
            return True
        return False

    site.tricks.append(undated)
    put_company(site, 1, 110)
    found, state = sync(tmp_path)
    assert state.zips_until == date(2024, 3, 4)
    assert state.filed_until == date(2024, 3, 8)
    assert found.filers == 1
    assert len([entry for entry in site.asked if entry.path.endswith("index.json")]) == 1
    site.asked.clear()
    sync(tmp_path)
    assert not [entry for entry in site.asked if entry.path.endswith(".zip")]


def test_a_company_that_is_damaged_at_the_server_keeps_nobody(site: Site, tmp_path: Path) -> None:
    """Its older file stands in, all others come, and it is asked for again until it is sound, whoever files."""
    sync(tmp_path)
    put_index(site, MONDAY, [(1, "10-Q"), (2, "10-Q")])
    put_company(site, 1, 110)
    put_company(site, 2, 220)
    sync(tmp_path, MONDAY)
    put_index(site, TUESDAY, [(1, "10-Q/A"), (3, "10-K")])
    site.change("/api/xbrl/companyfacts/CIK0000000001.json", b'{"facts": ')
    put_company(site, 3, 330)
    found, state = sync(tmp_path)
    assert (found.damaged, state.damaged, state.filed_until) == ([1], {1}, TUESDAY)
    assert newer(tmp_path) == {"CIK0000000001": 110, "CIK0000000002": 220, "CIK0000000003": 330}
    assert sync(tmp_path)[0].damaged == [1]
    put_company(site, 1, 111)
    found, state = sync(tmp_path)
    assert (found.damaged, state.damaged) == ([], set())
    assert newer(tmp_path)["CIK0000000001"] == 111


def test_a_server_that_has_all_damaged_is_an_error(site: Site, tmp_path: Path) -> None:
    """A page of maintenance in place of every company's file ends the sync; the day is not done."""
    sync(tmp_path)
    put_index(site, MONDAY, [(cik, "10-Q") for cik in range(1, 11)])
    for cik in range(1, 11):
        for path in (f"/api/xbrl/companyfacts/CIK{cik:010d}.json", f"/submissions/CIK{cik:010d}.json"):
            site.change(path, b"<html>maintenance</html>")
    with pytest.raises(DataError, match="arrives damaged"):
        sync(tmp_path, MONDAY)
    assert read_state(tmp_path).filed_until == date(2024, 3, 8)
    assert not list((tmp_path / NEWER_FACTS).glob("CIK??????????.json"))


def test_quarters_come_once(site: Site, tmp_path: Path) -> None:
    """Quarters from the first one on; one that is not published yet is asked for again, one that is there is not."""
    for name in ("2023q3", "2023q4"):
        site.change(f"/files/dera/data/financial-statement-data-sets/{name}.zip", sec_site.packed({"sub.txt": name}))
    copy = Copy(Client("Test test@example.com", Pace(1e6)), tmp_path, State())
    sync_quarters(copy, (2023, 3), date(2024, 4, 2))
    assert copy.found.fetched == ["fsds/2023q3.zip", "fsds/2023q4.zip"]
    asked = [entry.path[-10:] for entry in site.asked]
    assert asked == ["2023q3.zip", "2023q4.zip", "2024q1.zip"]
    site.asked.clear()
    again = Copy(copy.client, tmp_path, read_state(tmp_path))
    sync_quarters(again, (2023, 3), date(2024, 4, 2))
    assert (again.found.fetched, [entry.path[-10:] for entry in site.asked]) == ([], ["2024q1.zip"])


def test_later_syncs_go_on_with_quarters(tmp_path: Path) -> None:
    """The oldest quarter that is there is where a sync goes on that is not told from which one."""
    assert oldest_quarter(tmp_path) is None
    (tmp_path / "fsds").mkdir()
    for name in ("2023q4.zip", "2010q2.zip", "2009q1.zip.part", "20250701.zip"):
        (tmp_path / "fsds" / name).touch()
    assert oldest_quarter(tmp_path) == (2010, 2)
