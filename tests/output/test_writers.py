"""Files: chosen by suffix, whole or not there, with an error that a person can mend."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from screener.engine.result import Result
from screener.errors import OutputError
from screener.output import writers
from screener.output.text import to_csv
from screener.output.writers import (
    BY_SUFFIX,
    FORMATS,
    TEXT_NAMES,
    check_target,
    check_targets,
    check_update,
    parse_target,
    text_of,
    write,
)
from tests.output.workbook.reports import report_of


def test_every_format_writes_its_suffixes(result: Result, tmp_path: Path) -> None:
    """Each row of the table makes a file, in capitals too, and leaves no other file behind."""
    for suffix in BY_SUFFIX:
        write(result, tmp_path / f"out{suffix}", report=lambda: report_of(result))
        write(result, tmp_path / f"OUT{suffix.upper()}", report=lambda: report_of(result))
    assert len(list(tmp_path.iterdir())) == 2 * len(BY_SUFFIX)
    assert all(path.stat().st_size > 500 for path in tmp_path.iterdir())
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == to_csv(result)
    assert json.loads((tmp_path / "out.json").read_bytes())["run"]["screen"] == "quality-value"
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")


def test_names_and_suffixes_are_unique() -> None:
    """Two rows of the table never answer to the same word."""
    assert len({row.name for row in FORMATS}) == len(FORMATS)
    assert sum(len(row.suffixes) for row in FORMATS) == len(BY_SUFFIX)
    assert TEXT_NAMES == ("table", "csv", "tsv", "json", "markdown", "tradingview", "yahoo", "tickers")


def test_text_of_gives_what_the_file_holds(result: Result, tmp_path: Path) -> None:
    """Standard output and a file of the same format are the same bytes."""
    for name, suffix in (("csv", ".csv"), ("json", ".json"), ("markdown", ".md"), ("table", ".txt")):
        path = tmp_path / f"out{suffix}"
        write(result, path)
        assert path.read_bytes() == text_of(result, name).encode()


@pytest.mark.parametrize("name", ["xlsx", "yaml"])
def test_only_text_formats_go_to_standard_output(result: Result, name: str) -> None:
    """The error lists the formats that can."""
    with pytest.raises(OutputError) as caught:
        text_of(result, name)
    assert "table, csv, tsv, json, markdown" in caught.value.hint


@pytest.mark.parametrize("name", ["out.doc", "out", ".csv"])
def test_an_unknown_suffix_lists_the_known_ones(result: Result, tmp_path: Path, name: str) -> None:
    """A file without a usable suffix is refused before anything is written."""
    with pytest.raises(OutputError, match="names no format") as caught:
        write(result, tmp_path / name)
    assert ".xlsx" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_named(result: Result, tmp_path: Path) -> None:
    """The folder is not made: a typing error would hide the file."""
    with pytest.raises(OutputError, match=r"the folder .*absent does not exist"):
        write(result, tmp_path / "absent" / "out.csv")


def test_a_folder_is_no_target(tmp_path: Path) -> None:
    """A folder that happens to end in .csv is left alone."""
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(OutputError, match="is not a file"):
        check_target(tmp_path / "out.csv")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_failed_write_leaves_the_old_file(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """A full disk is an OutputError with the reason; the old file is whole and no part is left."""
    target = tmp_path / "out.csv"
    target.write_text("old")

    def fail(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(writers.os, "fsync", fail)
    with pytest.raises(OutputError, match=os.strerror(code)):
        write(result, target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_an_output_error(result: Result, tmp_path: Path) -> None:
    """The operating system's own refusal is told as it is."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        write(result, tmp_path / "out.csv")


def test_an_old_file_keeps_its_mode_and_its_link(result: Result, tmp_path: Path) -> None:
    """Replacing a file behind a symbolic link writes the file, not the link."""
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(result, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == to_csv(result)
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "a\0.csv", "loop.csv"])
def test_a_name_that_no_file_can_have_is_told(tmp_path: Path, name: str) -> None:
    """Too long, with a null character, or a link to itself: an error with the reason, not a traceback."""
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(OutputError, match="cannot write"):
        check_target(tmp_path / name)


@pytest.mark.parametrize("others", [["a.csv"], ["json=a.csv"], ["./a.csv"], ["link.csv"], ["json=a.csv.run.json"]])
def test_two_outputs_never_share_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: list[str]) -> None:
    """The second would take the place of the first, or of its sidecar; under other names they go together."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.csv").symlink_to("a.csv")
    targets = [parse_target(text) for text in ("a.csv", *others)]
    with pytest.raises(OutputError, match="two outputs"):
        check_targets(targets, sidecar=True)
    check_targets([parse_target("a.csv"), parse_target("a.json")], sidecar=True)


def test_an_update_and_an_output_never_share_a_file(tmp_path: Path) -> None:
    """The output would take the place of the notes that the update has just carried over."""
    target = parse_target(str(tmp_path / "a.xlsx"))
    with pytest.raises(OutputError, match="two outputs"):
        check_targets([target], update=target.path)
    check_targets([target], update=tmp_path / "b.xlsx")


def test_an_update_makes_workbooks_only(tmp_path: Path) -> None:
    """Where there is no file, a typing error in the suffix does not make a workbook that is called otherwise."""
    with pytest.raises(OutputError, match=r"ends in \.xlsx"):
        check_update(tmp_path / "list.csv")
    check_update(tmp_path / "list.xlsx")


def test_a_missing_library_is_told_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is computed and no other file is written where one of them cannot be made."""
    (tmp_path / "old.xlsx").touch()
    for library in ("odfdo", "openpyxl"):
        monkeypatch.setitem(sys.modules, library, None)
    for wrong in (lambda: check_target(tmp_path / "a.ods"), lambda: check_update(tmp_path / "old.xlsx")):
        with pytest.raises(OutputError) as caught:
            wrong()
        assert caught.value.hint == "pip install 'screener[spreadsheets]'"
