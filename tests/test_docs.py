"""The docs say what is so: generated pages are current, README commands run, links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import screener
from screener.catalogue import metrics
from tests.docs_generated import DOCS, PAGES
from tests.docs_metrics import about

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROVENANCE = (DOCS / "provenance.md").read_text(encoding="utf-8")
WHY = (DOCS / "why.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^\$ screener (.*)$", README + PROVENANCE + WHY, flags=re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    """The page is what the tables and the command line give today."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m tests.docs_generated --update"


@pytest.mark.parametrize("command", SHOWN)
def test_readme_commands_run(command: str, tmp_path: Path) -> None:
    """Every command of the README, docs/provenance.md and docs/why.md ends with exit code 0, on the demo data."""
    environment = {name: value for name, value in os.environ.items() if name != "SCREENER_DATA"}
    environment["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        [sys.executable, "-m", "screener", *command.split()],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or done.stderr.strip()


def test_readme_python_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The README's Python example runs on the demo data."""
    monkeypatch.delenv("SCREENER_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    exec(code[1], names)  # noqa: S102 - our own README
    assert "result" in names


def test_readme_has_the_two_commands() -> None:
    """One command runs the main job, one the tests, both from nothing but Python."""
    commands = re.findall(r"^\$ (python3 -m venv .*)$", README, flags=re.MULTILINE)
    assert [command.split("/")[-1].split()[0] for command in commands] == ["screener", "python"]


@pytest.mark.parametrize("page", ["README.md", *sorted(str(path.relative_to(ROOT)) for path in DOCS.rglob("*.md"))])
def test_links_lead_somewhere(page: str) -> None:
    """A relative link names a file that is there, and a heading of it where it names one."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", text):
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        assert not anchor or anchor in headings(file), f"{target}#{anchor}"


@cache
def headings(path: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as they are made from their words."""
    found = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in found)


def test_there_is_a_page_for_each_group() -> None:
    """Every group of metrics has its page and says what it is for; no page is left over."""
    pages = {path.stem for path in (DOCS / "metrics").glob("*.md")}
    assert pages == {group.name for group in metrics.GROUPS}
    assert [group.name for group in metrics.GROUPS if not about(group)] == []


def test_one_version() -> None:
    """The package and the project file say the same version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["version"] == screener.__version__
