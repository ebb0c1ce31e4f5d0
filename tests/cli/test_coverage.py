"""``metrics --coverage`` and the warnings of ``check`` on the command line, on a small data set of its own."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.test_commands import screener
from tests.engine.lakes import company, make_lake, price, quarter

THIN = "name: Thin\nrules:\n  - sbc_revenue < 5%\nlint: {ignore: [S030, S031]}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two small caps, one of which has stock pay on file; the screen thin.yaml lies beside them."""
    base = {"shares_outstanding": 10e6, "revenue": 100e6}
    fundamentals = [
        quarter(number, date(2023, 12, 31), date(2024, 2, 15), 200, **base, **({"sbc": 2e6} if number == 1 else {}))
        for number in (1, 2)
    ]
    make_lake(tmp_path, [company(1, "A"), company(2, "B")], fundamentals, [price(1, 50.0), price(2, 50.0)]).close()
    (tmp_path / "thin.yaml").write_text(THIN)
    return tmp_path / "data"


def test_check_warns_and_ends_with_zero(data: Path) -> None:
    """The warning has its place; it is none with --no-data, nor where the data set cannot be read."""
    done = screener("check", "thin.yaml", "--data", str(data), cwd=data.parent)
    assert done.returncode == 0
    assert done.stdout.startswith(
        "thin.yaml:3:5: warning S020: 'sbc_revenue' is known for 1 of 2 small caps of the data set"
    )
    assert "1 screen checked, no errors" in done.stderr
    for arguments, said in ((("--no-data",), ""), (("--data", "nowhere"), "not checked against data")):
        done = screener("check", "thin.yaml", *arguments, cwd=data.parent)
        assert (done.returncode, done.stdout) == (0, "")
        assert said in done.stderr


def test_check_still_counts_errors(data: Path) -> None:
    """A screen with an error ends with 2, and the warnings of the others are printed all the same."""
    (data.parent / "bad.yaml").write_text("name: Bad\nrules:\n  - roicc > 1\n")
    done = screener("check", "bad.yaml", "thin.yaml", "--data", str(data), cwd=data.parent)
    assert done.returncode == 2
    assert "bad.yaml:3:5: error" in done.stdout
    assert "thin.yaml:3:5: warning" in done.stdout
    assert "2 screens checked, 1 with errors" in done.stderr


def test_strict_ends_with_one(data: Path) -> None:
    """With warnings and --strict the exit code is 1, with errors 2; a consent makes it 0 again."""
    folder = data.parent
    (folder / "odd.yaml").write_text("rules:\n  - pe > 0\nlint: {ignore: [S030, S031]}\n")
    (folder / "fine.yaml").write_text("rules:\n  - pe > 0  # ok: S011 - reads better\nlint: {ignore: [S030, S031]}\n")
    done = screener("check", "odd.yaml", "--no-data", "--strict", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.startswith("odd.yaml:2:5: warning S011: this always passes")
    assert "no errors, 1 warning" in done.stderr
    assert screener("check", "odd.yaml", "--no-data", cwd=folder).returncode == 0
    assert screener("check", "fine.yaml", "--no-data", "--strict", cwd=folder).returncode == 0
    (folder / "bad.yaml").write_text("rules:\n  - roicc > 1\n")
    assert screener("check", "bad.yaml", "odd.yaml", "--no-data", "--strict", cwd=folder).returncode == 2


def test_coverage_in_every_format(data: Path) -> None:
    """Known for one of two: as a table, as CSV and as JSON, narrowed by name and by group."""
    table = screener("metrics", "--coverage", "--data", str(data), "sbc_revenue", cwd=data.parent, COLUMNS="60")
    assert table.returncode == 0, table.stderr
    assert "sbc_revenue" in table.stdout
    assert max(map(len, table.stdout.splitlines())) <= 60
    done = screener(
        "metrics", "--coverage", "--data", str(data), "--group", "quality", "--format", "csv", cwd=data.parent
    )
    rows = {row["metric"]: row for row in csv.DictReader(io.StringIO(done.stdout))}
    assert {row["group"] for row in rows.values()} == {"quality"}
    assert (rows["sbc_revenue"]["known"], rows["sbc_revenue"]["small_coverage"]) == ("1", "0.5")
    done = screener("metrics", "--coverage", "--data", str(data), "sbc_revenue", "--format", "json", cwd=data.parent)
    [found] = json.loads(done.stdout)["metrics"]
    assert (found["p50"], found["lacks"], found["lacking"]) == (0.02, "sbc", 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("metrics", "--as-of", "2024-01-01"), "go with --coverage"),
        (("metrics", "roe", "roic"), "several names go with --coverage"),
        (("metrics", "--coverage", "roicc"), "did you mean 'roic'"),
        (("metrics", "--group", "leverag"), "did you mean 'leverage'"),
        (("check", "thin.yaml", "--no-data", "--data", "x"), "exclude each other"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """What does not go together is said, and ends with 2."""
    done = screener(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
