"""A second build does only what has changed, and its tables are those of a whole build, byte for byte."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from screener.build import build_data
from screener.errors import DataError
from screener.lake import memory
from screener.lake.connect import open_lake
from screener.lake.manifest import Manifest, read_manifest
from screener.sources import sec_facts
from screener.sources.sec_members import Record
from tests.sources.sec_files import company, fact, member, submission, write_zip

ROOT = Path(__file__).resolve().parents[1]
CIKS = (11, 22, 33, 44)


def filer(cik: int, *, scale: int = 1, split: bool = False, name: str = "Test Co") -> str:
    """A company with three annual reports; ``split`` doubles the share counts in the last one."""
    cells: dict[str, list[dict[str, Any]]] = {
        "Revenues": [],
        "NetIncomeLoss": [],
        "Assets": [],
        "Shares": [],
        "Eps": [],
    }
    for filing in (2021, 2022, 2023):
        filed = f"{filing + 1}-02-15"
        for year in range(2019, filing + 1):
            span = {"start": f"{year}-01-01"}
            cells["Revenues"].append(fact(f"{year}-12-31", scale * 1000 * year, filed, **span))
            cells["NetIncomeLoss"].append(fact(f"{year}-12-31", scale * 80 * year, filed, **span))
            cells["Assets"].append(fact(f"{year}-12-31", scale * 5000 * year, filed))
            factor = 2 if split and filing == 2023 else 1
            cells["Shares"].append(fact(f"{year}-12-31", factor * 100_000, filed, **span))
            cells["Eps"].append(fact(f"{year}-12-31", round(0.8 * year / factor / 100, 2), filed, **span))
    tags = {
        "us-gaap:Revenues:USD": cells["Revenues"],
        "us-gaap:NetIncomeLoss:USD": cells["NetIncomeLoss"],
        "us-gaap:Assets:USD": cells["Assets"],
        "us-gaap:WeightedAverageNumberOfDilutedSharesOutstanding:shares": cells["Shares"],
        "us-gaap:EarningsPerShareDiluted:USD/shares": cells["Eps"],
        "us-gaap:NobodyMapsThis:USD": cells["Assets"],
    }
    return company(cik, tags, name)


class Files:
    """The files of a build, kept as dictionaries of members and written anew by each change."""

    def __init__(self, folder: Path) -> None:
        self.sec, self.prices = folder / "sec", folder / "prices.csv"
        self.facts: dict[str, str | bytes] = {member(cik): filer(cik, scale=cik, split=cik == 22) for cik in CIKS}
        self.about: dict[str, str | bytes] = {member(cik): submission(cik, [f"T{cik}"], ["NYSE"]) for cik in CIKS}
        self.days = ["2023-01-03", "2023-06-30", "2023-12-29"]
        # A copy of a folder has them already; zip files that are written again are not the same bytes.
        if not self.prices.exists():
            self.write()

    def write(self) -> None:
        """Write everything as it stands now."""
        write_zip(self.sec / "companyfacts.zip", self.facts)
        write_zip(self.sec / "submissions.zip", self.about)
        lines = [f"T{cik},{day},{10 + cik},1000" for cik in CIKS for day in self.days]
        self.prices.write_text("\n".join(["ticker,date,close,volume", *lines]) + "\n", encoding="utf-8")

    def build(self, out: Path, **options: Any) -> Manifest:
        """Build into ``out`` and return the manifest."""
        build_data(out, sec=self.sec, prices=self.prices, **options)
        return read_manifest(out)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data set that the files make as they are at first, built once; nobody may write into it."""
    folder = tmp_path_factory.mktemp("first")
    Files(folder).build(folder / "out")
    return folder / "out"


@pytest.fixture
def out(built: Path, tmp_path: Path) -> Path:
    """Return a copy of the first data set, for the test alone, beside a copy of its files."""
    shutil.copytree(built.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "out"


def _content(manifest: Manifest) -> dict[str, Any]:
    content = manifest.as_dict()
    del content["previous"]
    return content


def _one_company(files: Files) -> None:
    files.facts[member(33)] = filer(33, scale=7)


def _another_company(files: Files) -> None:
    files.facts[member(25)] = filer(25, scale=3)


def _company_gone(files: Files) -> None:
    del files.facts[member(22)]


def _company_damaged(files: Files) -> None:
    files.facts[member(22)] = "{"


def _company_under_two_names(files: Files) -> None:
    files.facts[member(5)] = filer(33, scale=9)


def _name_alone(files: Files) -> None:
    files.facts[member(44)] = filer(44, scale=44, name="New Name")


def _fiscal_year_end(files: Files) -> None:
    files.about[member(11)] = submission(11, ["T11"], ["NYSE"], fiscalYearEnd="0630")


def _other_ticker(files: Files) -> None:
    files.about[member(11)] = submission(11, ["T22"], ["NYSE"])


def _form_15(files: Files) -> None:
    recent = {"form": ["15-12G"], "filingDate": ["2024-05-02"], "primaryDocument": ["a.htm"]}
    files.about[member(44)] = submission(44, ["T44"], ["NYSE"], filings={"recent": recent})


def _late_report(files: Files) -> None:
    recent = {"form": ["NT 10-K"], "filingDate": ["2024-03-18"], "accessionNumber": ["0000000033-24-000001"]}
    files.about[member(33)] = submission(33, ["T33"], ["NYSE"], filings={"recent": recent, "files": []})


def _prices_past_a_split(files: Files) -> None:
    files.days.append("2024-03-01")


def _other_prices_before_the_last_filing(files: Files) -> None:
    files.days[-1] = "2023-12-28"


# Changes that are made together are of different companies: none can hide that another one was not seen.
CHANGES: list[tuple[tuple[Callable[[Files], None], ...], set[int]]] = [
    ((_one_company, _name_alone, _fiscal_year_end), {33, 11}),
    ((_another_company, _company_gone, _form_15), {25, 44}),
    ((_company_damaged, _other_ticker, _late_report), {11}),
    ((_company_under_two_names,), {33}),
    ((_prices_past_a_split,), {22}),
    ((_other_prices_before_the_last_filing,), set(CIKS)),
]


def _change(files: Files, changes: tuple[Callable[[Files], None], ...]) -> None:
    for change in changes:
        change(files)
    files.write()


@pytest.mark.parametrize(
    ("changes", "worked_on"), CHANGES, ids=["-".join(change.__name__[1:] for change in group) for group, _ in CHANGES]
)
def test_a_rebuild_equals_a_whole_build(
    out: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changes: tuple[Callable[[Files], None], ...],
    worked_on: set[int],
) -> None:
    """After each kind of change the tables and the report are those of a new data set, and little was done for them."""
    from screener.standardize import pipeline

    files = Files(tmp_path)
    _change(files, changes)
    done: set[int] = set()
    real = pipeline._batch

    def watched(con: Any, facts: Path, work: Path, batch: list[int]) -> None:
        done.update(batch)
        real(con, facts, work, batch)

    monkeypatch.setattr(pipeline, "_batch", watched)
    again = files.build(out)
    assert done == worked_on
    monkeypatch.undo()
    assert _content(again) == _content(files.build(tmp_path / "new"))


def test_later_prices_leave_fundamentals_alone(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices after the last filing and the last split have a part in no row, but they are in the data set."""
    from screener.standardize import pipeline

    files = Files(tmp_path)
    files.days.append("2024-03-01")
    files.write()
    first = files.build(out)
    files.days.append("2024-03-08")
    files.write()
    monkeypatch.setattr(pipeline, "_batch", lambda *_: pytest.fail("an issuer was standardized again"))
    again = files.build(out)
    monkeypatch.undo()
    assert _content(again) == _content(files.build(tmp_path / "new"))
    hashes = [{table.name: table.sha256 for table in manifest.tables} for manifest in (first, again)]
    assert hashes[0]["fundamentals"] == hashes[1]["fundamentals"]
    assert hashes[0]["prices"] != hashes[1]["prices"]


def test_period_prices_follow_the_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A price file that begins to have a period's end gives its price to rows that are not standardized again."""
    from screener.standardize import pipeline

    files = Files(tmp_path)
    # The last filing of this company is of 2021: what came after it has no part in its other columns.
    cells = {"start": "2020-01-01"}
    tags = {"us-gaap:Revenues:USD": [fact("2020-12-31", 1000, "2020-12-31", **cells)],
            "us-gaap:Assets:USD": [fact("2020-12-31", 5000, "2020-12-31")]}  # fmt: skip
    files.facts = {member(11): company(11, tags, "Test Co")}
    files.days = ["2020-12-30"]
    files.write()
    files.build(tmp_path / "out")
    sql = "SELECT period_price FROM fundamentals WHERE period_end = DATE '2020-12-31'"
    with open_lake(tmp_path / "out") as lake:
        assert lake.con.execute(sql).fetchall() == [(21.0,)]
    files.days = ["2020-12-30", "2023-01-03"]
    files.write()
    monkeypatch.setattr(pipeline, "_batch", lambda *_: pytest.fail("an issuer was standardized again"))
    again = files.build(tmp_path / "out")
    monkeypatch.undo()
    assert _content(again) == _content(files.build(tmp_path / "new"))
    files.prices.write_text("ticker,date,close,volume\nT11,2020-12-30,42,1000\n", encoding="utf-8")
    files.build(tmp_path / "out")
    with open_lake(tmp_path / "out") as lake:
        assert lake.con.execute(sql).fetchall() == [(42.0,)]


def test_only_changed_members_are_read(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new zip file with one new company has one member unpacked."""
    from screener.standardize import pipeline

    files = Files(tmp_path)
    _change(files, (_one_company,))
    seen: list[str] = []
    real = sec_facts.read_batch

    def watched(con: Any, records: list[Record], contents: Any, part: Path) -> None:
        seen.extend(record.name for record in records)
        real(con, records, contents, part)

    def enough(*_: Any, **__: Any) -> None:
        raise DataError("everything has been read")

    monkeypatch.setattr(sec_facts, "read_batch", watched)
    monkeypatch.setattr(pipeline, "standardize", enough)
    with pytest.raises(DataError, match="has been read"):
        files.build(out)
    assert seen == [member(33)]


def test_several_changes_one_after_another(out: Path, tmp_path: Path) -> None:
    """Rebuilds of rebuilds drift nowhere."""
    files = Files(tmp_path)
    groups = [changes for changes, _ in CHANGES]
    for first, second in zip(groups[::2], groups[1::2], strict=True):
        _change(files, (*first, *second))
        again = files.build(out)
    assert _content(again) == _content(files.build(tmp_path / "new"))


def test_nothing_changed(out: Path, tmp_path: Path) -> None:
    """Without a change nothing is done, also when a file was only touched; ``force`` builds, to the same bytes."""
    files = Files(tmp_path)
    first = read_manifest(out)
    text = (out / "manifest.json").read_bytes()
    os.utime(files.sec / "companyfacts.zip")
    report = build_data(out, sec=files.sec, prices=files.prices)
    assert report.unchanged
    assert report.as_dict()["sources"] == first.report["sources"]
    assert (out / "manifest.json").read_bytes() == text
    forced = build_data(out, sec=files.sec, prices=files.prices, force=True)
    assert not forced.unchanged
    assert read_manifest(out).version == first.version


def _spoil_memory(folder: Path) -> None:
    (folder / "build" / "build.json").write_text('{"made_by": 1}')


def _lose_memory(folder: Path) -> None:
    (folder / "build" / "build.json").unlink()


def _shorten_a_table(folder: Path) -> None:
    table = folder / "facts.parquet"
    table.chmod(0o644)
    table.write_bytes(table.read_bytes()[:-10])


@pytest.mark.parametrize("damage", [_spoil_memory, _lose_memory, _shorten_a_table])
def test_a_damaged_memory_means_a_whole_build(out: Path, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Whatever is wrong with what was kept, the next build makes a sound data set."""
    first = read_manifest(out)
    damage(out / "versions" / first.version)
    assert _content(Files(tmp_path).build(out)) == _content(first)
    with open_lake(out) as lake:
        assert lake.con.execute("SELECT count(*) FROM facts").fetchall() != [(0,)]


def test_another_program_uses_nothing_again(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of screener built is not mixed with what this one builds."""
    options = {"kind": "sec", "prices_format": None}
    assert memory.recall(built, options) is not None
    monkeypatch.setattr(memory, "made_by", lambda: "another")
    assert memory.recall(built, options) is None


def _overwrite(files: Files) -> None:
    path = files.sec / "companyfacts.zip"
    path.write_bytes(path.read_bytes()[::-1])


def _put_another_in_its_place(files: Files) -> None:
    path = files.sec / "companyfacts.zip"
    other = write_zip(files.sec.parent / "other.zip", {member(99): filer(99)})
    other.replace(path)


def _add_prices(files: Files) -> None:
    with files.prices.open("a") as out:
        out.write("T11,2024-03-01,77,1000\n")


@pytest.mark.parametrize("change", [_overwrite, _put_another_in_its_place, _add_prices])
def test_a_source_that_changes_while_it_is_read(out: Path, tmp_path: Path, change: Callable[[Files], None]) -> None:
    """Half of one file and half of another is nothing: the data set stays, and the message says what to do."""
    files = Files(tmp_path)
    _change(files, (_one_company, _prices_past_a_split))
    before = read_manifest(out)
    left = [change]
    stage = "reading prices" if change is _add_prices else "reading companyfacts"

    def step(said: str, *_: int) -> None:
        if stage in said and left:
            left.pop()(files)

    with pytest.raises(DataError) as caught:
        files.build(out, progress=step)
    assert not left
    assert "changed while it was read: the data set was not changed" in caught.value.message
    assert "build again" in caught.value.hint
    assert read_manifest(out) == before
    assert not (out / ".stage").exists()


def _start(files: Files, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "screener", "data", "build", str(out), "--sec", str(files.sec), "--force"]
    command += ["--prices", str(files.prices)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def hashes(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the hashes of the first data set and of the one with a changed company."""
    folder = tmp_path_factory.mktemp("changed")
    files = Files(folder)
    _change(files, (_one_company,))
    return read_manifest(built).data_hash, files.build(folder / "out").data_hash


@pytest.mark.parametrize(
    "ending",
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated"), (signal.SIGKILL, -9, "")],
    ids=["interrupted", "terminated", "killed"],
)
def test_a_build_that_is_stopped_leaves_the_old_data_set(
    out: Path, tmp_path: Path, hashes: tuple[str, str], ending: tuple[int, int, str]
) -> None:
    """Stopped at any moment, a build leaves one of the two data sets, whole; the next one leaves no trace of it."""
    number, code, said = ending
    files = Files(tmp_path)
    _change(files, (_one_company,))
    old, new = hashes
    moments = random.Random(7)  # noqa: S311 - moments, not secrets
    stopped = 0
    for _ in range(2):
        with _start(files, out) as build:
            assert build.stderr is not None
            build.stderr.readline()  # the first stage has begun
            time.sleep(moments.uniform(0, 2))
            build.send_signal(number)
            _, errors = build.communicate(timeout=60)
        found = read_manifest(out).data_hash
        assert found in {old, new}
        if build.returncode == code:
            stopped += 1
            assert errors.splitlines()[-1:] == [said] or not said
            assert "Traceback" not in errors
            assert (out / ".stage").exists() <= (number == signal.SIGKILL)
        else:
            # The signal came too late: when the data set was done, or the command already was at its end.
            assert build.returncode in {0, -number}, errors
            assert found == new
        with open_lake(out) as lake:
            assert lake.con.execute("SELECT count(*) FROM companies").fetchall() == [(len(CIKS),)]
    assert stopped, "every build was faster than the signal"
    assert files.build(out, force=True).data_hash == new
    assert not (out / ".stage").exists()


def test_files_that_are_not_there(out: Path, tmp_path: Path) -> None:
    """A source that is gone is an error, not an unchanged one."""
    files = Files(tmp_path)
    files.prices.unlink()
    with pytest.raises(DataError, match=r"no price file"):
        files.build(out)


def test_the_memory_names_no_more_than_it_must(built: Path, tmp_path: Path) -> None:
    """One record a member, and the staged files, lie beside the tables."""
    folder = built / "versions" / read_manifest(built).version / "build"
    content = json.loads((folder / "build.json").read_text(encoding="utf-8"))
    assert [record["name"] for record in content["steps"]["sec"]["trail"]] == sorted(Files(tmp_path).facts)
    assert {path.name for path in folder.iterdir()} == {
        "build.json",
        "departures_raw.parquet",
        "filers.parquet",
        "issuers.parquet",
        "listings_raw.parquet",
        "prices_raw.parquet",
        "splits.parquet",
        "ticker_spans.parquet",
    }
