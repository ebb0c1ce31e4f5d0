"""New versions appear whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from screener.errors import DataError
from screener.lake import versions
from screener.lake.connect import open_lake
from screener.lake.files import sha256_of
from screener.lake.manifest import Manifest, read_manifest
from screener.lake.versions import publish, staging, writer_lock
from tests.lake.tables import write_stage


def _manifest(day: str = "2024-03-08") -> Manifest:
    return Manifest(created=day, kind="demo", demo=True)


def _build(out: Path, rows: int) -> Path:
    with staging(out) as stage:
        return publish(out, write_stage(stage, rows), _manifest())


def _rows(out: Path) -> int:
    with open_lake(out) as lake:
        return int(lake.con.execute("SELECT count(*) FROM prices").fetchall()[0][0])


def test_published_tables_are_read_back(tmp_path: Path) -> None:
    """What was staged is what a reader sees, and nothing but versions, manifest and lock is left."""
    directory = _build(tmp_path / "out", 3)
    assert _rows(tmp_path / "out") == 3
    assert directory.parent.name == "versions"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".lock", "manifest.json", "versions"]
    manifest = read_manifest(tmp_path / "out")
    assert {table.name: table.rows for table in manifest.tables}["companies"] == 3
    assert directory.name == manifest.data_hash[:12]


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Two builds of the same rows give the same hash and files, whatever day they are made on and however threaded."""
    one = publish(tmp_path / "a", write_stage(tmp_path / "sa"), _manifest("2024-01-01"))
    two = publish(tmp_path / "b", write_stage(tmp_path / "sb"), _manifest("2025-01-01"))
    assert one.name == two.name
    assert [sha256_of(path) for path in sorted(one.iterdir())] == [sha256_of(path) for path in sorted(two.iterdir())]


def test_the_previous_version_stays_for_open_readers(tmp_path: Path) -> None:
    """A reader that was open keeps reading its version; the version before that one is removed."""
    out = tmp_path / "out"
    first = _build(out, 1)
    with open_lake(out) as reader:
        second = _build(out, 2)
        assert reader.con.execute("SELECT count(*) FROM prices").fetchall() == [(1,)]
        assert _rows(out) == 2
    third = _build(out, 3)
    assert {path.name for path in (out / "versions").iterdir()} == {second.name, third.name}
    assert first.name != second.name


def test_publishing_the_same_again_keeps_one_version(tmp_path: Path) -> None:
    """The same rows again are the same version; the version before them is still kept."""
    out = tmp_path / "out"
    old = _build(out, 1)
    _build(out, 2)
    same = _build(out, 2)
    assert {path.name for path in (out / "versions").iterdir()} == {old.name, same.name}
    assert read_manifest(out).previous == old.name


@pytest.mark.parametrize("step", [0, 1])
def test_a_build_that_dies_between_steps_leaves_the_old_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Dying before either rename (tables, manifest) leaves the old set readable; the next build cleans up."""
    out = tmp_path / "out"
    old = _build(out, 1)
    calls = 0
    real = os.replace

    def dying(source: str, target: str, **rest: int) -> None:
        nonlocal calls
        calls += 1
        if calls > step:
            raise KeyboardInterrupt
        real(source, target, **rest)

    monkeypatch.setattr(os, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        _build(out, 2)
    monkeypatch.undo()
    assert _rows(out) == 1
    fresh = _build(out, 3)
    assert _rows(out) == 3
    assert {path.name for path in (out / "versions").iterdir()} == {old.name, fresh.name}
    assert not list(out.glob("*.new"))


def test_a_full_disk_is_said_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk while moving tables in is a data error with a hint; the old set stays."""
    out = tmp_path / "out"
    _build(out, 1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(versions.shutil, "move", full)
    with pytest.raises(DataError, match="disk is full") as caught:
        _build(out, 2)
    assert caught.value.exit_code == 3
    assert _rows(out) == 1


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("write: No space left on device")]
)
def test_a_disk_that_fills_while_building_is_said(tmp_path: Path, error: Exception) -> None:
    """Python's and DuckDB's way to say that the disk is full both become the same data error."""
    with pytest.raises(DataError, match="disk is full"), staging(tmp_path / "out"):
        raise error


def test_other_errors_while_building_pass_unchanged(tmp_path: Path) -> None:
    """An error that is not about the disk is not dressed up, and the stage is gone."""
    with pytest.raises(FileNotFoundError), staging(tmp_path / "out"):
        raise FileNotFoundError("x")
    assert not (tmp_path / "out" / versions.STAGE_NAME).exists()


def _drop_table(stage: Path) -> None:
    (stage / "prices.parquet").unlink()


def _truncate(stage: Path) -> None:
    path = stage / "prices.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def _other_type(stage: Path) -> None:
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 1 AS listing_id) TO '{stage / 'prices.parquet'}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_drop_table, "prices is missing"),
        (_truncate, "prices cannot be read"),
        (_other_type, "prices does not have the columns"),
    ],
)
def test_a_wrong_table_is_never_published(tmp_path: Path, damage: Callable[[Path], None], message: str) -> None:
    """A missing, truncated or differently typed table stops the build before anything is moved."""
    out = tmp_path / "out"
    _build(out, 1)
    stage = write_stage(tmp_path / "stage", 2)
    damage(stage)
    with pytest.raises(DataError, match=message):
        publish(out, stage, _manifest())
    assert _rows(out) == 1


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """While another process builds, a build is refused with a clear message; reading goes on."""
    out = tmp_path / "out"
    _build(out, 1)
    script = (
        "import fcntl, sys, os\n"
        "f = os.open(sys.argv[1], os.O_RDWR); fcntl.flock(f, fcntl.LOCK_EX)\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(out / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(DataError, match="another sync or build is writing"), writer_lock(out):
            pass
        assert _rows(out) == 1
        other.communicate("")
    _build(out, 2)
    assert _rows(out) == 2


def test_orphans_of_a_killed_build_are_removed(tmp_path: Path) -> None:
    """A stage, a half-moved version and a complete one that no manifest names are gone after the next build."""
    out = tmp_path / "out"
    _build(out, 1)
    for orphan in (".stage", "versions/.incoming-abc", "versions/0123456789ab"):
        write_stage(out / orphan, 1)
    _build(out, 2)
    assert not (out / ".stage").exists()
    assert len(list((out / "versions").iterdir())) == 2
