"""How old a data set is: what is due, what has stopped, what was filed since, and the line that says it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from screener.cli.main import root
from screener.errors import ScreenerError
from screener.lake.ages import due_reports, stopped_prices
from screener.lake.manifest import Manifest, read_manifest
from screener.lake.remote import Url
from screener.settings import config_path, max_age_days, save_contact
from screener.sync.age import age_line
from tests.engine.lakes import company, make_lake, price, quarter
from tests.sync.sec_site import put_company, put_index, put_zips
from tests.sync.server import Site, serving

CONTACT = ("--contact", "Jane Doe jane@example.com")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Three companies at a small SEC, whose bulk files have what was filed until 2024-03-08; a home with nothing."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch, serving(Site()) as found:
        for name, folder in (("HOME", "home"), ("XDG_DATA_HOME", "share"), ("XDG_CONFIG_HOME", "config")):
            patch.setenv(name, str(home / folder))
        for name in ("SCREENER_DATA", "SCREENER_CONTACT", "SCREENER_MAX_AGE_DAYS"):
            patch.delenv(name, raising=False)
        patch.setenv("SCREENER_SEC_SITE", found.url)
        patch.setenv("SCREENER_SEC_API", found.url)
        put_zips(found, {1: 100, 2: 200, 3: 300})
        put_index(found, date(2024, 3, 8), [(1, "10-K")])
        yield found


@pytest.fixture(scope="module")
def kept(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set that a sync keeps, of 2024-03-12; nobody writes to it."""
    out = tmp_path_factory.mktemp("kept") / "own"
    synced(out)
    return out


def call(*arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(root, list(arguments))


def synced(out: Path, *more: str, today: str = "2024-03-12") -> None:
    """Bring the data set up to date."""
    done = call("data", "sync", "--quiet", "--data", str(out), *CONTACT, "--today", today, *more)
    assert done.exit_code == 0, done.exception


def age(out: Path, *more: str, today: str = "2024-03-12") -> dict[str, Any]:
    """Return what is said of the age of a data set."""
    done = call("data", "info", "--format", "json", "--data", str(out), "--today", today, *more)
    assert done.exit_code == 0, done.exception
    found: dict[str, Any] = json.loads(done.stdout)["age"]
    return found


# The day until which the next report is due, from the calendar and the general instructions of the forms.
@pytest.mark.parametrize(
    ("form", "end", "index", "until"),
    [
        # 30 June and 45 days.
        ("10-Q", "2024-03-31", 1, "2024-08-14"),
        # The year's report, 31 December and 90 days: 30 March 2024 is a Saturday.
        ("10-Q", "2023-09-30", 3, "2024-04-01"),
        ("10-Q/A", "2023-09-30", 3, "2024-04-01"),
        # 31 March and 45 days.
        ("10-K", "2023-12-31", 4, "2024-05-15"),
        # A vendor's rows are of domestic companies; 52 weeks: 28 December and 45 days.
        ("simfin", "2024-09-28", 4, "2025-02-11"),
        # A year later, and four months: 123 days at the most, 3 May 2025, a Saturday.
        ("20-F", "2023-12-31", 4, "2025-05-05"),
        ("40-F", "2023-12-31", 4, "2025-04-02"),
    ],
)
def test_a_report_is_due_by_the_rules_of_its_form(tmp_path: Path, form: str, end: str, index: int, until: str) -> None:
    """The next period's end and the days of the form; on a weekend the Monday after."""
    last, day = date.fromisoformat(end), date.fromisoformat(until)
    rows = [quarter(1, last, last + timedelta(days=30), index, form=form)]
    with make_lake(tmp_path, [company(1, "AA")], rows, []) as lake:
        assert due_reports(lake, last, day).issuers == 0
        found = due_reports(lake, last, day + timedelta(days=1))
    assert (found.issuers, found.living, found.examples) == (1, 1, (("AA", day),))


def test_who_is_gone_owes_no_report(tmp_path: Path) -> None:
    """A company whose last report was too old on the day is not waited for; a foreign one without a year has no day."""
    end = date(2023, 9, 30)
    rows = [
        quarter(1, end, date(2023, 11, 1), 3, form="10-Q"),
        quarter(2, end, date(2023, 11, 1), 3, form="10-Q", stale_from=date(2024, 1, 15)),
        quarter(3, end, date(2023, 11, 1), 3, form="6-K"),
    ]
    people = [company(number, f"A{number}") for number in (1, 2, 3)]
    with make_lake(tmp_path, people, rows, []) as lake:
        found = due_reports(lake, date(2024, 3, 8), date(2026, 1, 1))
    assert (found.issuers, found.living) == (1, 2)


def test_prices_that_stopped(tmp_path: Path) -> None:
    """Lines of living companies count whose last price is more than ten days before the newest session."""
    last = date(2024, 3, 8)
    ends = {1: last, 2: last - timedelta(days=10), 3: last - timedelta(days=11), 4: date(2020, 1, 2), 5: None}
    people = [
        company(number, f"A{number}", first_date=end and date(2019, 1, 2), last_date=end)
        for number, end in ends.items()
    ]
    rows = [quarter(number, date(2023, 12, 31), date(2024, 2, 1), 4, form="10-K") for number in (1, 2, 3, 5)]
    # It left its exchange in 2020, and so did its prices.
    rows.append(quarter(4, date(2019, 9, 30), date(2019, 11, 1), 3, form="10-Q"))
    with make_lake(tmp_path, people, rows, [price(1, 10.0)]) as lake:
        found = stopped_prices(lake, last, last)
    assert (found.lines, found.without, found.stopped) == (4, 1, 1)
    assert found.examples == (("A3", date(2024, 2, 26)),)


def test_a_day_to_come_says_nothing(tmp_path: Path) -> None:
    """A filing dated after the build is an error of its source: the newest is the one before."""
    facts = [{"issuer_id": 1, "tag": "Assets", "filed": day} for day in (date(2024, 2, 1), date(2099, 1, 1))]
    make_lake(tmp_path, [company(1, "AA")], [], [price(1, 10.0, date(2024, 3, 7))], facts).close()
    assert read_manifest(tmp_path / "data").newest == {"filing": "2024-02-01", "price": "2024-03-07"}


def test_what_a_sync_keeps_says_how_old_its_files_are(site: Site, kept: Path) -> None:
    """Last-Modified and the day of fetching of each file; filings until the last day that is all there."""
    site.asked.clear()
    found = age(kept, today="2024-03-20")
    assert site.asked == []
    # The newest filing inside is of 2024-02-20; nobody else has filed until the 8th.
    assert (found["filed_until"], found["filed_days"], found["price_until"]) == ("2024-03-08", 12, None)
    rows = {row["name"]: row for row in found["sources"]}
    assert list(rows) == ["sec/company_tickers_exchange.json", "sec/companyfacts.zip", "sec/submissions.zip"]
    today = date.today().isoformat()
    assert rows["sec/companyfacts.zip"] == {
        "name": "sec/companyfacts.zip", "files": 1, "changed": "2024-03-09", "days": 11, "fetched": today,
    }  # fmt: skip
    assert found["waiting"] == {"companies": 0, "bulk": False}
    assert found["due"]["issuers"] == 0
    # 31 March and 45 days are 15 May.
    assert age(kept, today="2024-05-16")["due"]["issuers"] == 3


def test_what_was_fetched_and_not_built_is_counted(site: Site, kept: Path, tmp_path: Path) -> None:
    """After --no-build the companies that filed wait, and the data set is as old as what is inside."""
    out = tmp_path / "own"
    shutil.copytree(kept, out)
    put_index(site, date(2024, 3, 11), [(2, "10-Q"), (3, "10-Q")])
    put_company(site, 2, 222)
    put_company(site, 3, 333)
    synced(out, "--no-build")
    found = age(out)
    assert (found["waiting"], found["filed_until"]) == ({"companies": 2, "bulk": False}, "2024-02-20")
    assert "2 companies that filed, fetched" in call("data", "info", "--data", str(out)).stdout
    synced(out)
    assert (age(out)["waiting"]["companies"], age(out)["filed_until"]) == (0, "2024-03-11")
    # The other tests know nothing of this Monday.
    put_index(site, date(2024, 3, 11), [])


def test_online_the_index_says_who_has_filed(site: Site, kept: Path) -> None:
    """Companies of the data set with a form that matters count once; strangers and other forms do not."""
    put_index(site, date(2024, 3, 11), [(2, "10-Q"), (99, "10-K"), (1, "424B2")])
    put_index(site, date(2024, 3, 12), [(2, "8-K"), (3, "10-K/A")])
    assert age(kept)["filed"] is None
    assert age(kept, "--online")["filed"] == {
        "since": "2024-03-08", "until": "2024-03-12", "issuers": 2, "all_days": True,
        "examples": [["Company 2", "8-K", "2024-03-12"], ["Company 3", "10-K/A", "2024-03-12"]],
    }  # fmt: skip
    # Four months and more later only the last 120 days are asked for.
    late = age(kept, "--online", today="2024-08-01")["filed"]
    assert (late["since"], late["all_days"], late["issuers"]) == ("2024-04-03", False, 0)


def test_online_needs_a_contact(site: Site, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SEC is told who asks; without a name nothing is asked."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    site.asked.clear()
    done = call("data", "info", "--online", "--data", str(kept))
    assert isinstance(done.exception, ScreenerError)
    assert site.asked == []


def test_files_of_ones_own_say_when_they_were_changed(kept: Path, tmp_path: Path) -> None:
    """What was built from a folder has the day of the newest file in it, and the newest filing inside."""
    sec = tmp_path / "sec"
    shutil.copytree(kept / "sources" / "sec", sec)
    for path in sec.iterdir():
        os.utime(path, (1_706_788_800, 1_706_788_800))  # 2024-02-01 12:00 UTC
    assert call("data", "build", str(tmp_path / "built"), "--sec", str(sec), "--quiet").exit_code == 0
    found = age(tmp_path / "built")
    assert found["sources"] == [{"name": "sec", "files": 3, "changed": "2024-02-01", "days": 40, "fetched": None}]
    assert (found["filed_until"], found["waiting"]) == ("2024-02-20", None)


def test_a_demo_does_not_age() -> None:
    """Companies that do not exist file nothing: no age, no line."""
    from screener.lake.connect import find_data

    demo = find_data(None)
    assert age(demo) is None
    assert age_line(demo, read_manifest(demo), date(2100, 1, 1), 7) == ""
    assert "do not age" in call("data", "info").stdout


@pytest.mark.parametrize(
    ("newest", "today", "line"),
    [
        ({"filing": "2026-10-31", "price": "2026-11-20"}, "2026-11-07", ""),
        ({"filing": "2026-10-31", "price": "2026-10-31"}, "2026-11-08",
         "the data are 8 days old (filings until 2026-10-31, prices until 2026-10-31): "),
        ({"filing": "2026-10-31", "price": "2026-11-20"}, "2026-11-23",
         "the data are 23 days old (filings until 2026-10-31): "),
        ({"filing": "2026-11-20", "price": "2026-10-20"}, "2026-11-23",
         "the data are 34 days old (prices until 2026-10-20): build them again with newer prices"),
        ({"filing": "2026-10-31"}, "2026-10-01", ""),
        ({}, "2026-11-23", ""),
    ],
)  # fmt: skip
def test_the_line_is_for_data_older_than_the_stated_age(
    tmp_path: Path, newest: dict[str, str], today: str, line: str
) -> None:
    """Seven days are not old, eight are; only what is old is named; filings without prices are enough."""
    found = age_line(tmp_path, Manifest("2026-11-20", "sec", newest=newest), date.fromisoformat(today), 7)
    assert found.startswith(line)
    assert bool(found) == bool(line)


def test_the_line_counts_from_the_last_sync(kept: Path) -> None:
    """Where nobody filed since, the data are as new as the last sync, and the line says how to get newer ones."""
    manifest = read_manifest(kept)
    assert manifest.newest == {"filing": "2024-02-20"}
    assert age_line(kept, manifest, date(2024, 3, 15), 7) == ""
    assert age_line(kept, manifest, date(2024, 3, 20), 7) == (
        f"the data are 12 days old (filings until 2024-03-08): screener data sync --data {kept}"
    )


def test_the_line_of_a_data_set_elsewhere_sends_nobody_to_build(kept: Path) -> None:
    """Who reads an address has not made what is there."""
    manifest = read_manifest(kept)
    line = age_line(Url("s3://bucket/data", "sig=s3cret"), manifest, date(2024, 3, 20), 7)
    assert line == (
        "the data are 29 days old (filings until 2024-02-20): look for a newer version than that at s3://bucket/data?…"
    )


def test_a_run_says_it_once_and_on_stderr(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line where no day is named; never in what is printed or written, and not when it is switched off."""
    screen = tmp_path / "all.yaml"
    screen.write_text("rules:\n  Size:\n    - revenue > 0\n", encoding="utf-8")
    told = call("run", str(screen), "--data", str(kept), "--format", "json", "-o", str(tmp_path / "a.csv"))
    assert told.exit_code == 0, told.exception
    assert told.stderr.count("days old (filings until 2024-03-08)") == 1
    named = call("run", str(screen), "--data", str(kept), "--format", "json", "--as-of", "2024-02-20")
    monkeypatch.setenv("SCREENER_MAX_AGE_DAYS", "off")
    quiet = call("run", str(screen), "--data", str(kept), "--format", "json", "-o", str(tmp_path / "b.csv"))
    assert "days old" not in named.stderr + quiet.stderr + told.stdout
    assert (told.stdout, (tmp_path / "a.csv").read_bytes()) == (quiet.stdout, (tmp_path / "b.csv").read_bytes())
    assert named.stdout == told.stdout


def test_the_age_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven days, else what the settings say; 0 and off are never; the contact leaves it alone; the variable counts."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("SCREENER_MAX_AGE_DAYS", raising=False)
    assert max_age_days() == 7
    config_path().parent.mkdir(parents=True)
    for written, days in (("30", 30), ('"14"', 14), ('"off"', None), ("0", None)):
        config_path().write_text(f"max_age_days = {written}\n", encoding="utf-8")
        save_contact(CONTACT[1])
        assert max_age_days() == days
    monkeypatch.setenv("SCREENER_MAX_AGE_DAYS", "3")
    assert max_age_days() == 3


@pytest.mark.parametrize("written", ["-1", "seven", "1.5", "1e9", "1234567"])
def test_an_age_is_a_number_of_days(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    """Anything else is named, with what is expected."""
    monkeypatch.setenv("SCREENER_MAX_AGE_DAYS", written)
    with pytest.raises(ScreenerError, match="no number of days"):
        max_age_days()
