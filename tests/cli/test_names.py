"""Pages, searches and groups of ``screener metrics``, own metrics on the command line, schemas and completion."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_commands import screener

MINE = """
earned_base: net_income + da - capex
earned_yield:
  formula: earned_base / market_cap
  label: What was earned
  undefined: [{when: market_cap <= 0, reason: no market value, rank: none}]
  refused: [bank]
  aliases: [eyd]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file of metrics and a screen that uses it."""
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "s.yaml").write_text("rules: [eyd > 5%]\nrank: [{metric: EYD, direction: higher}]\n", encoding="utf-8")
    return tmp_path


def completed(words: str, cwd: Path) -> list[str]:
    """Return what the shell is offered for the last of ``words``."""
    parts = words.split(" ")
    done = screener(cwd=cwd, _SCREENER_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(parts) - 1))
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()]


def test_a_page_comes_down_to_line_items_and_names_its_users(folder: Path) -> None:
    """An own metric rests on the line items of its parts; the page says when it is undefined and who uses it."""
    page = json.loads(screener("metrics", "eyd", "--metrics", "mine.yaml", "--format", "json", cwd=folder).stdout)
    assert page["name"] == "earned_yield"
    assert page["line_items"] == ["net_income", "da", "capex"]
    assert page["fields"] == ["market_cap"]
    assert page["undefined"] == [{"when": "market_cap <= 0", "reason": "no market value", "rank": "none"}]
    base = json.loads(
        screener("metrics", "earned_base", "--metrics", "mine.yaml", "--format", "json", cwd=folder).stdout
    )
    assert base["used_by"] == ["earned_yield"]
    text = screener("metrics", "eyd", cwd=folder, SCREENER_METRICS="mine.yaml").stdout
    for part in ("What was earned", "earned_base / market_cap", "no market value", "bank", "mine.yaml"):
        assert part in text


def test_a_search_puts_names_first(folder: Path) -> None:
    """Entries that have the word in their name stand before those that have it elsewhere; own metrics are found."""
    rows = json.loads(screener("metrics", "--search", "revenue", "--format", "json", cwd=folder).stdout)
    named = ["revenue" in row["name"] for row in rows]
    assert rows[0]["name"] == "revenue"
    assert named == sorted(named, reverse=True)
    assert not all(named)
    own = screener("metrics", "--search", "was earned", "--metrics", "mine.yaml", "--format", "csv", cwd=folder).stdout
    assert own.splitlines()[1].startswith("earned_yield,")


def test_groups(folder: Path) -> None:
    """A group lists its entries alone; an unknown one is told with the nearest."""
    rows = json.loads(screener("metrics", "--group", "liquidity", "--format", "json", cwd=folder).stdout)
    assert {row["group"] for row in rows} == {"liquidity"}
    done = screener("metrics", "--group", "liquidty", cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "'liquidity'" in done.stderr


def test_check_with_own_metrics(folder: Path) -> None:
    """A screen that needs a file of metrics is right with it and wrong without."""
    assert screener("check", "s.yaml", "--no-data", "--metrics", "mine.yaml", cwd=folder).returncode == 0
    done = screener("check", "s.yaml", "--no-data", cwd=folder)
    assert (done.returncode, "unknown name 'eyd'" in done.stdout) == (2, True)


def test_schemas_are_printed(folder: Path) -> None:
    """Both schemas are JSON on stdout."""
    assert json.loads(screener("schema", cwd=folder).stdout)["title"] == "A screen"
    assert json.loads(screener("schema", "--metrics", cwd=folder).stdout)["title"] == "Metrics of your own"


def test_completion(folder: Path) -> None:
    """Screens, metrics, line items between commas, formats and groups are completed from the tables."""
    assert "quality-value" in completed("screener run qual", folder)
    assert {"interest_coverage", "interest_expense"} <= set(completed("screener metrics interest", folder))
    assert "revenue,net_income" in completed("screener show AAA --items revenue,net_in", folder)
    assert completed("screener run x --format m", folder) == ["markdown"]
    assert completed("screener metrics --group liq", folder) == ["liquidity"]
