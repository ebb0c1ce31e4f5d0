"""Filing lists become events: every kind by its form and items, the subject of a bid alone, older pages, the reach."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from screener.catalogue.events import EVENTS
from screener.sources.report import BuildReport
from screener.sources.sec import read_sec
from tests.sources.sec_files import ASSETS, company, fact, member, submission, table, write_zip

Row = tuple[str, str, str, str, str]
# One filing of each kind as SEC lists it: form, day, accession, items, file number.
EVERY: tuple[tuple[Row, str], ...] = (
    (("8-K", "2024-01-02", "a-01", "4.01,9.01", "001-1"), "auditor_change"),
    (("8-K", "2024-01-03", "a-02", "4.02", "001-1"), "non_reliance"),
    (("NT 10-K", "2024-01-04", "a-03", "", "001-1"), "late_filing"),
    (("NT 10-Q", "2024-01-05", "a-04", "", "001-1"), "late_filing"),
    (("10-K/A", "2024-01-08", "a-05", "", "001-1"), "amended_report"),
    (("8-K", "2024-01-09", "a-06", "2.01", "001-1"), "acquisition_completed"),
    (("8-K", "2024-01-10", "a-07", "1.01,3.03,5.03", "001-1"), "rights_modified"),
    (("SC 13D", "2024-01-11", "a-08", "", "005-1"), "activist_13d"),
    (("SCHEDULE 13D", "2024-01-12", "a-09", "", "005-1"), "activist_13d"),
    (("SC TO-T", "2024-01-15", "a-10", "", "005-1"), "tender_offer"),
    (("DEFM14A", "2024-01-16", "a-11", "", "001-1"), "merger_proxy"),
    (("PREM14A", "2024-01-17", "a-12", "", "001-1"), "merger_proxy"),
    (("SC 13E3", "2024-01-18", "a-13", "", "005-1"), "going_private"),
    (("8-K", "2024-01-19", "a-14", "3.01", "001-1"), "delisting_notice"),
    (("8-K", "2024-01-22", "a-15", "2.06", "001-1"), "material_impairment"),
    (("8-K", "2024-01-23", "a-16", "1.03", "001-1"), "bankruptcy"),
    (("8-K", "2024-01-24", "a-17", "2.04", "001-1"), "debt_acceleration"),
    (("8-K", "2024-01-25", "a-18", "5.01", "001-1"), "control_change"),
    (("8-K", "2024-01-26", "a-19", "5.02", "001-1"), "management_change"),
)
# What looks like one and is none: amendments, other items, and the issuer as the holder or bidder (no 005 number).
NONE: tuple[Row, ...] = (
    ("8-K/A", "2024-02-01", "b-01", "4.01", "001-1"),
    ("8-K", "2024-02-02", "b-02", "2.02,9.01", "001-1"),
    ("8-K", "2024-02-02", "b-03", "14.01", "001-1"),
    ("SC 13D/A", "2024-02-05", "b-04", "", "005-1"),
    ("SC 13D", "2024-02-06", "b-05", "", ""),
    ("SC TO-T", "2024-02-07", "b-06", "", ""),
    ("SC TO-I", "2024-02-08", "b-07", "", "005-1"),
    ("DEF 14A", "2024-02-09", "b-08", "", "001-1"),
    ("10-K/A", "2024-02-12", "b-09", "", "001-1"),
    ("10-Q/A", "2024-02-13", "b-10", "", "001-1"),
    ("8-K", "no day", "b-11", "4.02", "001-1"),
)


def columns(rows: list[Row] | tuple[Row, ...]) -> dict[str, list[str]]:
    """The lists of a page, in SEC's form."""
    names = ("form", "filingDate", "accessionNumber", "items", "fileNumber")
    return {name: [row[k] for row in rows] for k, name in enumerate(names)}


def filings(rows: list[Row] | tuple[Row, ...], pages: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    """The part ``filings`` of a submissions member; ``pages`` are (name, last day)."""
    files = None if pages is None else [{"name": name, "filingTo": day} for name, day in pages]
    return {"recent": columns(rows)} | ({} if files is None else {"files": files})


def read(tmp_path: Path, submissions: dict[str, str | bytes], facts: list[dict[str, Any]] | None = None) -> BuildReport:
    """Read one company with these submissions."""
    folder = tmp_path / "in"
    tags = {"us-gaap:Assets:USD": facts or ASSETS, "dei:EntityPublicFloat:USD": [{**ASSETS[0], "accn": "b-09"}]}
    write_zip(folder / "companyfacts.zip", {member(1): company(1, tags)})
    write_zip(folder / "submissions.zip", submissions)
    report = BuildReport()
    read_sec(folder, tmp_path / "stage", report)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    return report


def since(tmp_path: Path) -> date | None:
    """The day from which the list of the company is whole."""
    ((day,),) = table(tmp_path / "stage", "companies", "filings_since")
    return day


def test_every_kind(tmp_path: Path) -> None:
    """Each form and item is its kind and nothing else is one; an amended report counts where it states a balance."""
    rows = [row for row, _ in EVERY] + list(NONE)
    stated = [*ASSETS, {**fact("2023-12-31", 999, "2024-01-08", form="10-K/A"), "accn": "a-05"}]
    read(tmp_path, {member(1): submission(1, ["A"], ["NYSE"], filings=filings(rows, []))}, stated)
    expected = [(1, date.fromisoformat(row[1]), kind, row[2]) for row, kind in EVERY]
    assert table(tmp_path / "stage", "events") == expected
    assert {kind for _, kind in EVERY} == {kind.name for kind in EVENTS}


def test_one_filing_of_several_kinds(tmp_path: Path) -> None:
    """An 8-K with several items is several events; the same filing listed twice is one."""
    row = ("8-K", "2024-01-02", "a-01", "4.02,2.06,9.01", "001-1")
    read(tmp_path, {member(1): submission(1, ["A"], ["NYSE"], filings=filings([row, row], []))})
    day = date(2024, 1, 2)
    assert table(tmp_path / "stage", "events") == [
        (1, day, "material_impairment", "a-01"),
        (1, day, "non_reliance", "a-01"),
    ]


NEW = ("NT 10-K", "2024-04-01", "c-03", "", "001-1")
OLD = ("NT 10-Q", "2015-05-10", "c-02", "", "001-1")
OLDER = ("SC 13D", "2009-05-10", "c-01", "", "005-1")
PAGES = [("CIK0000000001-submissions-001.json", "2023-12-30"), ("CIK0000000001-submissions-002.json", "2010-01-31")]


def test_older_pages_are_read(tmp_path: Path) -> None:
    """Events of older pages count, and with all pages there the list is whole."""
    report = read(
        tmp_path,
        {
            member(1): submission(1, ["A"], ["NYSE"], filings=filings([NEW], PAGES)),
            PAGES[0][0]: json.dumps(columns([OLD])),
            PAGES[1][0]: json.dumps(columns([OLDER])),
        },
    )
    assert [row[3] for row in table(tmp_path / "stage", "events")] == ["c-01", "c-02", "c-03"]
    assert since(tmp_path) == date(1993, 1, 1)
    count = report.count("submissions.zip", "members")
    assert (count.read, count.kept) == (3, 3)


def test_a_missing_page_ends_the_reach(tmp_path: Path) -> None:
    """Before the last day of a page that is missing, or damaged, the list is not whole."""
    main = {member(1): submission(1, ["A"], ["NYSE"], filings=filings([NEW], PAGES))}
    read(tmp_path / "none", main)
    assert since(tmp_path / "none") == date(2023, 12, 31)
    read(tmp_path / "one", {**main, PAGES[0][0]: json.dumps(columns([OLD]))})
    assert since(tmp_path / "one") == date(2010, 2, 1)
    read(tmp_path / "other", {**main, PAGES[1][0]: json.dumps(columns([OLDER]))})
    assert since(tmp_path / "other") == date(2023, 12, 31)
    report = read(tmp_path / "bad", {**main, PAGES[0][0]: "{", PAGES[1][0]: json.dumps(columns([OLDER]))})
    assert since(tmp_path / "bad") == date(2023, 12, 31)
    assert set(report.count("submissions.zip", "members").dropped) == {"malformed"}


def test_pages_before_the_facts_are_left(tmp_path: Path) -> None:
    """A page that ended years before the first facts is skipped; the list is whole from then on."""
    pages = [("CIK0000000001-submissions-001.json", "2004-06-30")]
    report = read(
        tmp_path,
        {
            member(1): submission(1, ["A"], ["NYSE"], filings=filings([NEW], pages)),
            pages[0][0]: json.dumps(columns([("NT 10-Q", "2004-05-10", "c-00", "", "001-1")])),
        },
    )
    assert since(tmp_path) == date(2004, 7, 1)
    assert len(table(tmp_path / "stage", "events")) == 1
    assert set(report.count("submissions.zip", "members").skipped) == {"older filings of a company (overflow)"}


def test_a_list_that_names_no_pages(tmp_path: Path) -> None:
    """Where the member does not say whether there are older pages, the list is whole from its oldest day on."""
    read(tmp_path, {member(1): submission(1, ["A"], ["NYSE"], filings=filings([NEW, OLD]))})
    assert since(tmp_path) == date(2015, 5, 10)


def test_no_list(tmp_path: Path) -> None:
    """Without submissions, or without filings in them, there are no events and nothing is known of them."""
    bare = json.loads(submission(1, ["A"], ["NYSE"]))
    del bare["filings"]
    read(tmp_path, {member(1): json.dumps(bare)})
    assert table(tmp_path / "stage", "events") == []
    assert since(tmp_path) is None
    write_zip(tmp_path / "alone" / "companyfacts.zip", {member(1): company(1, {"us-gaap:Assets:USD": ASSETS})})
    read_sec(tmp_path / "alone", tmp_path / "alone_stage", BuildReport())
    assert table(tmp_path / "alone_stage", "events") == []
