"""An installed copy works outside the checkout: screens and demo data travel inside the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `screener` command of a fresh environment into which the built wheel was installed."""
    work = tmp_path_factory.mktemp("wheel")
    _call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(work), str(ROOT))
    _call(sys.executable, "-m", "venv", str(work / "venv"))
    wheel = next(work.glob("screener-*.whl"))
    _call(str(work / "venv" / "bin" / "pip"), "install", "-q", str(wheel))
    return work / "venv" / "bin" / "screener"


def _call(*command: str, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in {"SCREENER_DATA", "PYTHONPATH"}}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("run", "quality-value", "--format", "csv"), "rank,ticker,name,sector,score"),
        (("list",), "quality-value"),
        (("data", "info"), "these companies do not exist"),
    ],
)
def test_installed_copy_runs_from_an_empty_folder(
    installed: Path, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    """The main commands run from an empty folder."""
    assert expected in _call(str(installed), *arguments, cwd=tmp_path)


@pytest.mark.slow
def test_installed_copy_has_what_reports_carry(installed: Path, tmp_path: Path) -> None:
    """Scripts, style, chart libraries and their licences travel inside the wheel."""
    code = "from screener.output.report import assets; print(len(assets.scripts()), len(assets.style_element()) > 1000)"
    assert _call(str(installed.parent / "python"), "-c", code, cwd=tmp_path).split() == ["4", "True"]
