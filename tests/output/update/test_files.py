"""The file on the disk: the old one stays beside the new one, and files that must not be touched are refused."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from screener.errors import OutputError
from screener.output.workbook.carry import package as packages
from screener.output.workbook.update import plan_file, plan_update, update_file
from tests.output.update.lists import SECOND, THIRD, column, edited, first, note, opened, report
from tests.output.update.valid import problems


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return a workbook with ``old`` in a part replaced by ``new``."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return a zip of parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def test_the_old_file_stays_beside_the_new_one(tmp_path: Path) -> None:
    """The old workbook gets the day of its list into its name, numbered where that is taken; nothing else appears."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())
    plan = update_file(path, report(("DOG",), SECOND))
    assert plan.backup == tmp_path / "shortlist (2024-03-08).xlsx"
    assert plan.backup.read_bytes() == first()
    assert list(column(path.read_bytes(), "Rank")) == ["DOG"]
    path.write_bytes(first())
    assert update_file(path, report(("CAT",), THIRD)).backup == tmp_path / "shortlist (2024-03-08 2).xlsx"
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "shortlist (2024-03-08 2).xlsx",
        "shortlist (2024-03-08).xlsx",
        "shortlist.xlsx",
    ]


def test_a_workbook_that_is_not_there_is_written(tmp_path: Path) -> None:
    """Without an old file there is a fresh one, without a column of changes."""
    path = tmp_path / "new.xlsx"
    plan = update_file(path, report(("ABC",)))
    assert (plan.lost, plan.backup) == ((), None)
    assert path.read_bytes() == first(("ABC",))


def test_what_is_lost_is_known_before_anything_is_written(tmp_path: Path) -> None:
    """A plan names what is lost while the file is as it was; the writing then takes the plan."""
    path = tmp_path / "shortlist.xlsx"
    old = edited(first(), lambda book: book.create_sheet("Model").cell(1, 1, "=Shortlist!B2") and None)
    path.write_bytes(old)
    new = report(("ABC",), SECOND)
    planned = plan_file(path, new)
    assert len(planned[0].lost) == 1
    assert path.read_bytes() == old
    assert update_file(path, new, planned=planned).lost == planned[0].lost


def test_a_file_that_changed_in_between_is_not_replaced(tmp_path: Path) -> None:
    """Notes that were saved after the plan was made are not overwritten."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())
    new = report(("ABC",), SECOND)
    planned = plan_file(path, new)
    later = edited(first(), lambda book: note(book, "ABC", "late") and None)
    path.write_bytes(later)
    with pytest.raises(OutputError, match="was changed"):
        update_file(path, new, planned=planned)
    assert path.read_bytes() == later
    assert [item.name for item in tmp_path.iterdir()] == ["shortlist.xlsx"]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last step fails the old file is under its name, and nothing else is left."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OutputError, match="in use") as caught:
        update_file(path, report(("ABC",), SECOND))
    assert "open in Excel" in caught.value.hint
    assert path.read_bytes() == first()
    assert [item.name for item in tmp_path.iterdir()] == ["shortlist.xlsx"]


def test_a_read_only_folder_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that refuses to write refuses to remove what was not written, too."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(30, "Read-only file system")

    new = report(("ABC",), SECOND)
    planned = {found: plan_file(found, new) for found in (path, tmp_path / "another.xlsx")}
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    for found, plan in planned.items():
        with pytest.raises(OutputError, match=r"cannot write .*: Read-only file system"):
            update_file(found, new, planned=plan)


def test_a_file_system_without_links_gets_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot have two names the old one is copied."""

    def refuse(*_: Any) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())
    backup = update_file(path, report(("ABC",), SECOND)).backup
    assert backup is not None
    assert backup.read_bytes() == first()


def test_a_linked_workbook_is_updated_where_it_is(tmp_path: Path) -> None:
    """Behind a link the workbook itself is replaced, and the old one stays beside it."""
    (tmp_path / "real").mkdir()
    real, path = tmp_path / "real" / "list.xlsx", tmp_path / "link.xlsx"
    real.write_bytes(first())
    path.symlink_to(real)
    backup = update_file(path, report(("DOG",), SECOND)).backup
    assert backup == tmp_path / "real" / "list (2024-03-08).xlsx"
    assert path.is_symlink()
    assert list(column(real.read_bytes(), "Rank")) == ["DOG"]


@pytest.mark.parametrize("lock", ["~$shortlist.xlsx", ".~lock.shortlist.xlsx#"])
def test_a_workbook_that_is_open_is_not_touched(tmp_path: Path, lock: str) -> None:
    """The owner files of Excel and LibreOffice are respected."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(first())
    (tmp_path / lock).write_bytes(b"Ann")
    with pytest.raises(OutputError, match="open") as caught:
        update_file(path, report(("ABC",), SECOND))
    assert "close it" in caught.value.hint


def macros(content: bytes) -> bytes:
    """Return a workbook that says of itself that it has macros."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return changed(content, "[Content_Types].xml", kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")


def declared(content: bytes) -> bytes:
    """Return a workbook with a document type that grows when it is read."""
    bomb = b'?>\n<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    return changed(content, "xl/workbook.xml", b"?>\n", bomb)


def plain() -> bytes:
    """Return a workbook that is not ours."""
    target = io.BytesIO()
    openpyxl.Workbook().save(target)
    return target.getvalue()


REFUSED = {
    "old format": (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "password"),
    "text": (lambda: b"ticker,name\n", "not a workbook"),
    "empty": (lambda: b"", "not a workbook"),
    "half": (lambda: first()[:20_000], "not a workbook"),
    "zip": (lambda: zipped({"a.txt": b"x"}), "not a workbook"),
    "macros": (lambda: macros(first()), "macros"),
    "entities": (lambda: declared(first()), "document type"),
    "outside": (lambda: zipped({"[Content_Types].xml": b"<a/>", "../../evil.xml": b"<a/>"}), "outside"),
    "bomb": (lambda: zipped({"[Content_Types].xml": b"<a/>", "xl/big.xml": b"0" * 60_000_000}), "unpacks"),
    "broken": (lambda: changed(first(), "xl/workbook.xml", b"<sheets>", b"<sheets><<"), "damaged"),
    "torn": (lambda: changed(first(), "xl/worksheets/sheet1.xml", b"</sheetData>", b""), "damaged"),
    "days": (lambda: changed(first(), "xl/workbook.xml", b"<workbookPr", b'<workbookPr date1904="1"'), "1904"),
    "other": (plain, "not a workbook of a shortlist"),
    "no list": (lambda: edited(first(), lambda book: book.remove(book["Shortlist"])), "no sheet Shortlist"),
    "no headings": (
        lambda: edited(first(), lambda book: book["Shortlist"].delete_rows(1)),
        "lost its headings",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_files_that_cannot_be_updated_are_refused_with_a_reason(kind: str, tmp_path: Path) -> None:
    """Files of other kinds, damaged ones and those that attack a reader end in a message, and stay as they are."""
    make, said = REFUSED[kind]
    path = tmp_path / "shortlist.xlsx"
    made = make()
    path.write_bytes(made)
    with pytest.raises(OutputError, match=said):
        update_file(path, report(("ABC",), SECOND))
    assert path.read_bytes() == made
    assert [item.name for item in tmp_path.iterdir()] == ["shortlist.xlsx"]


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of all parts together has a limit."""
    monkeypatch.setattr(packages, "MOST_BYTES", 1000)
    with pytest.raises(OutputError, match="unpacks"):
        plan_update(first(), report(("ABC",), SECOND))


def test_without_the_libraries_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is a message with the command that installs it."""
    for name in ("lxml", "openpyxl"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(OutputError, match="openpyxl and lxml") as caught:
                plan_update(b"", report(("ABC",), SECOND))
            assert "spreadsheets" in caught.value.hint


def test_updates_over_a_year_do_not_grow(tmp_path: Path) -> None:
    """A workbook that is updated time and again has the formats, texts and parts that it had after the first."""
    path = tmp_path / "shortlist.xlsx"
    path.write_bytes(edited(first(), lambda book: note(book, "ABC", "stays", "View") and None))
    sizes = []
    for _ in range(4):
        plan = update_file(path, report(("ABC", "DOG"), THIRD))
        assert plan.backup is not None
        plan.backup.unlink()
        with zipfile.ZipFile(path) as archive:
            sizes.append({name: len(archive.read(name)) for name in archive.namelist()})
        assert problems(path.read_bytes()) == []
    assert sizes[1] == sizes[2] == sizes[3]
    assert column(path.read_bytes(), "View") == {"ABC": "stays"}
    widths = opened(path.read_bytes())["Shortlist"].column_dimensions
    assert widths["A"].width < 20
