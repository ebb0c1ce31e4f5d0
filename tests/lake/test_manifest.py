"""The manifest says what a data set is, or why it can't be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from screener.errors import DataError
from screener.lake.manifest import Manifest, SourceFile, TableFile, read_manifest, source_files
from screener.lake.schema import SCHEMA_VERSION, TABLE_NAMES

TABLES = tuple(TableFile(name, 1, 10, "ab" * 32) for name in TABLE_NAMES)


def _write(folder: Path, **changes: Any) -> None:
    content = Manifest("2024-03-08", "sec", (SourceFile("a.zip", 1, "cd"),), TABLES, notes=("n",)).as_dict() | changes
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


def test_round_trip(tmp_path: Path) -> None:
    """A manifest that was written is read back equal."""
    manifest = Manifest("2024-03-08", "sec", (SourceFile("a.zip", 1, "cd"),), TABLES, {"sources": {}}, ("n",))
    (tmp_path / "manifest.json").write_text(manifest.dumps(), encoding="utf-8")
    assert read_manifest(tmp_path) == manifest


def test_hash_follows_the_tables_alone() -> None:
    """Day, notes and report don't change the data hash; one table's content does."""
    base = Manifest("2024-03-08", "sec", tables=TABLES)
    assert Manifest("2025-01-01", "demo", tables=TABLES[::-1], notes=("x",)).data_hash == base.data_hash
    other = (*TABLES[:-1], TableFile(TABLES[-1].name, 1, 10, "ff" * 32))
    assert Manifest("2024-03-08", "sec", tables=other).data_hash != base.data_hash


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": SCHEMA_VERSION + 1}, "newer"),
        ({"schema_version": SCHEMA_VERSION - 1}, "older"),
        ({"data_hash": "00"}, "hash does not match"),
        ({"tables": {}}, "does not list the tables"),
        ({"tables": []}, "damaged"),
        ({"sources": [{}]}, "damaged"),
        ({"report": 5}, "damaged"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """Another schema, a hash that does not fit, missing tables or wrong types are data errors that say so."""
    _write(tmp_path, **changes)
    with pytest.raises(DataError, match=message) as caught:
        read_manifest(tmp_path)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"created": 1}'])
def test_text_that_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """Truncated or foreign JSON is a data error."""
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        read_manifest(tmp_path)


def test_a_folder_without_manifest_is_not_a_data_set(tmp_path: Path) -> None:
    """A missing folder and a folder without a manifest have messages of their own."""
    with pytest.raises(DataError, match="is not a data set"):
        read_manifest(tmp_path)
    with pytest.raises(DataError, match="there is no data set at"):
        read_manifest(tmp_path / "none")


def test_source_files_are_named_and_hashed(tmp_path: Path) -> None:
    """Files and the files of folders are listed with size and hash, in the order of their names."""
    (tmp_path / "z").mkdir()
    (tmp_path / "z" / "one.csv").write_text("abc", encoding="utf-8")
    (tmp_path / "a.zip").write_text("", encoding="utf-8")
    found = source_files([tmp_path / "z", tmp_path / "a.zip"])
    assert [(source.name, source.size) for source in found] == [("a.zip", 0), ("z/one.csv", 3)]
    assert found[1].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_manifest_nested_beyond_reason_is_damaged(tmp_path: Path) -> None:
    """JSON too deep to be read is damage, not a crash."""
    (tmp_path / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(DataError, match="damaged"):
        read_manifest(tmp_path)
