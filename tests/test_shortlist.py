"""What a caller of the package holds: frame, units, funnel, explanations, the report, and how it all shows itself."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

import screener
from screener.catalogue.units import BY_NAME
from screener.engine.result import FIXED_COLUMNS
from screener.errors import DataError
from screener.lake.connect import find_data
from screener.shortlist import Shortlist


@pytest.fixture(scope="module")
def result() -> Shortlist:
    """The saved screen on the demo."""
    return screener.run("quality-value", data=find_data(None), limit=5)


def test_every_column_has_a_unit(result: Shortlist) -> None:
    """The units are rows of the unit table, one a column of the frame, in its order."""
    assert list(result.units) == result.frame.columns
    assert set(result.units.values()) <= set(BY_NAME)
    assert result.units["roic"] == "ratio"
    assert result.frame.columns[: len(FIXED_COLUMNS)] == list(FIXED_COLUMNS)


def test_types_follow_from_units(result: Shortlist) -> None:
    """A column without a value, and a list without a name, have the types of any other: frames fit together."""
    gone = replace(
        result, rows=tuple(replace(row, values=(None,) * len(row.values), score=None) for row in result.rows)
    )
    empty = replace(result, rows=())
    assert gone.frame.schema == empty.frame.schema == result.frame.schema
    assert pl.concat([result.frame, gone.frame, empty.frame]).height == 2 * len(result.rows)
    assert [result.frame.schema[name] for name in ("rank", "name", "roic")] == [pl.Int64, pl.String, pl.Float64]


def test_funnel_is_a_frame(result: Shortlist) -> None:
    """A row a step with its counts; the last one leaves those that passed."""
    frame = result.funnel.frame
    assert frame.height == len(result.funnel) == 1 + len(result.screen.universe) + len(result.screen.rules)
    assert frame["remaining"][-1] == result.passed
    assert frame.schema["passed"] == pl.Int64


def test_explain_is_of_this_run(result: Shortlist) -> None:
    """A name of the list is explained on the day and with the screen of the run."""
    row = result.rows[0]
    found = result.explain(row.ticker or "")
    assert (found.rank, found.score, found.result.run) == (row.rank, row.score, result.run)


def test_finds_its_data_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set that was named relative to the folder of the session is still found when that has changed."""
    (tmp_path / "mine").symlink_to(find_data(None).resolve())
    monkeypatch.chdir(tmp_path)
    found = screener.run("quality-value", data="mine", limit=1)
    monkeypatch.chdir("/")
    assert found.explain(found.rows[0].ticker or "").rank == 1


def test_report_is_of_this_run(result: Shortlist) -> None:
    """The report has the same rows, and is read once."""
    assert result.report.result.rows == result.rows
    assert result.report is result.report
    assert screener.report("quality-value", limit=5).result.rows == result.rows


def test_a_data_set_that_has_changed_is_refused(result: Shortlist) -> None:
    """An explanation from other data than the run's would not be its explanation."""
    other = replace(result, run=replace(result.run, data_hash="0" * 64))
    with pytest.raises(DataError, match="has changed since this run"):
        other.explain(result.rows[0].ticker or "")


def test_shows_itself(result: Shortlist) -> None:
    """In a session as the text of the terminal, in a notebook as a table."""
    assert repr(result).splitlines()[0].startswith("Quality small-cap value · as of ")
    html = result._repr_html_()
    assert html.count("<tr>") == 1 + len(result.rows)
    assert "5 shown" in html
    assert repr(result.explain(result.rows[0].ticker or "")).startswith(result.rows[0].ticker or "-")
    for shown in (screener.near("quality-value"), screener.unknown("quality-value"), screener.funnel("quality-value")):
        assert repr(shown).startswith("Quality small-cap value")
        assert shown._repr_html_().startswith("<pre>")


def test_comes_back_from_a_pickle(tmp_path: Path, result: Shortlist) -> None:
    """It is equal to what it was, and shows itself in a session that has run nothing."""
    content = pickle.dumps(result)
    assert pickle.loads(content) == result  # noqa: S301 - our own
    (tmp_path / "a.pickle").write_bytes(content)
    code = "import pickle, sys; print(repr(pickle.load(open(sys.argv[1], 'rb'))))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "a.pickle")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip() == repr(result)


def test_files(tmp_path: Path, result: Shortlist) -> None:
    """Each writer makes its file; a name before `=` chooses the format; an update gives its plan."""
    result.to_excel(tmp_path / "a.xlsx")
    result.write(tmp_path / "a.parquet", sidecar=True)
    result.write(f"tickers={tmp_path / 'a.picks'}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "a.parquet.run.json", "a.picks", "a.xlsx"]
    assert pl.read_parquet(tmp_path / "a.parquet")["ticker"].to_list() == result.frame["ticker"].to_list()
    assert (tmp_path / "a.picks").read_text(encoding="utf-8").split() == result.frame["ticker"].to_list()
    plan = result.update_excel(tmp_path / "a.xlsx")
    assert (plan.entered, plan.left, plan.lost) == ((), (), ())
    assert plan.backup is not None
    assert plan.backup.is_file()
