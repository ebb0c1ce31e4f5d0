"""Submissions that an earlier build has read: taken over unread, and the same as if they were read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screener.lake.parallel import connection
from screener.sources import sec_submissions
from screener.sources.report import BuildReport
from screener.sources.sec_submissions import FILERS_FILE, Filer, read_submissions, write_filers
from tests.sources.sec_files import member, submission, write_zip

CIKS = {1, 2, 3, 4}
PAGES = ("CIK0000000001-submissions-001.json", "CIK0000000001-submissions-002.json")
Members = dict[str, str | bytes]
Found = tuple[dict[int, Filer], list[tuple[Any, ...]], dict[str, Any]]


def columns(filings: list[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Return the columns of a list of (form, day, accession)."""
    names = ("form", "filingDate", "accessionNumber")
    lists = {name: [row[n] for row in filings] for n, name in enumerate(names)}
    return {**lists, "items": [""] * len(filings), "fileNumber": ["001-1"] * len(filings)}


def filer(cik: int, filings: list[tuple[str, str, str]], pages: tuple[str, ...] = (), **cells: Any) -> str:
    """Return a member whose list goes on in older pages."""
    files = [{"name": page, "filingTo": f"{2020 - number}-06-30"} for number, page in enumerate(pages)]
    return submission(cik, [f"T{cik}"], ["NYSE"], filings={"recent": columns(filings), "files": files}, **cells)


def start() -> Members:
    """Four filers: one with two older pages, one without events, and one that is nobody's."""
    return {
        member(1): filer(1, [("NT 10-K", "2024-04-01", "a-03")], PAGES),
        PAGES[0]: json.dumps(columns([("NT 10-Q", "2019-05-10", "a-02")])),
        PAGES[1]: json.dumps(columns([("NT 10-Q", "2015-05-10", "a-01")])),
        member(2): filer(2, [("25-NSE", "2022-03-01", "b-01"), ("15-12G", "2022-03-11", "b-02")], name="Two  Co"),
        member(3): submission(3, ["T3", "T3-PA"], ["NYSE", None]),
        member(4): filer(4, [("NT 10-K", "2021-04-01", "d-01")], sic="6798", fiscalYearEnd="0630"),
        member(9): filer(9, []),
    }


def read(folder: Path, members: Members, old: Path | None, target: Path) -> Found:
    """Read the members and leave what is remembered in ``target``."""
    write_zip(folder / "submissions.zip", members)
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    report = BuildReport()
    with connection(work / "spill") as con:
        found = read_submissions(con, folder / "submissions.zip", work, CIKS, report=report, old=old)
        write_filers(con, target, found)
        events = con.execute("SELECT * FROM event_rows ORDER BY ALL").fetchall()
    return found, events, report.as_dict()


def _nothing(members: Members) -> None:
    del members


def _another_form(members: Members) -> None:
    members[member(4)] = filer(4, [("NT 10-K", "2021-04-01", "d-01"), ("NT 10-Q", "2024-05-11", "d-02")])


def _page_changed(members: Members) -> None:
    members[PAGES[1]] = json.dumps(columns([("NT 10-Q", "2015-05-10", "a-01"), ("NT 10-K", "2015-04-01", "a-00")]))


def _page_damaged(members: Members) -> None:
    members[PAGES[0]] = "{"


def _page_gone(members: Members) -> None:
    del members[PAGES[1]]


def _filer_gone(members: Members) -> None:
    del members[member(2)]


def _claimed_by_an_earlier_name(members: Members) -> None:
    members["A.json"] = filer(2, [("NT 10-K", "2024-04-01", "x-01")], name="Impostor")


def _claimed_by_a_later_name(members: Members) -> None:
    members["Z.json"] = filer(2, [("NT 10-K", "2024-04-01", "x-01")], name="Impostor")


# What is changed, and the members that are read again for it.
CHANGES: tuple[tuple[Callable[[Members], None], set[str]], ...] = (
    (_nothing, set()),
    (_another_form, {member(4)}),
    (_page_changed, {member(1), *PAGES}),
    (_page_damaged, {member(1), *PAGES}),
    (_page_gone, {member(1), PAGES[0]}),
    (_filer_gone, set()),
)


@pytest.mark.parametrize(("change", "wanted"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_only_what_changed_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Members], None], wanted: set[str]
) -> None:
    """Of a filer whose member and pages are the same nothing is read; all is as if everything were."""
    members = start()
    read(tmp_path, members, None, tmp_path / FILERS_FILE)
    change(members)
    seen: list[str] = []
    real = sec_submissions.load_batch

    def watched(con: Any, archive: Any, batch: Any, **rest: Any) -> Any:
        seen.extend(one.name for one in batch)
        return real(con, archive, batch, **rest)

    with monkeypatch.context() as patch:
        for module in (sec_submissions, sec_submissions.filing_events):
            patch.setattr(module, "load_batch", watched)
        again = read(tmp_path, members, tmp_path / FILERS_FILE, tmp_path / "again.parquet")
    assert set(seen) == wanted
    assert again == read(tmp_path, members, None, tmp_path / "whole.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


@pytest.mark.parametrize("change", [_claimed_by_an_earlier_name, _claimed_by_a_later_name])
def test_a_second_member_of_a_remembered_filer(tmp_path: Path, change: Callable[[Members], None]) -> None:
    """A member that names a remembered filer makes all be read again: the first of the two counts."""
    members = start()
    read(tmp_path, members, None, tmp_path / FILERS_FILE)
    change(members)
    again = read(tmp_path, members, tmp_path / FILERS_FILE, tmp_path / "again.parquet")
    assert again == read(tmp_path, members, None, tmp_path / "whole.parquet")
    first = "Impostor" if change is _claimed_by_an_earlier_name else "Two Co"
    assert again[0][2].profile.name == first


def test_what_was_not_sound_is_not_remembered(tmp_path: Path) -> None:
    """A filer with a damaged page, or under another's name, is read again by every build."""
    members = start()
    members[PAGES[0]] = "{"
    members["B.json"] = members.pop(member(4))
    found, _, _ = read(tmp_path, members, None, tmp_path / FILERS_FILE)
    assert {cik for cik, filer in found.items() if filer.stamp} == {2, 3}
