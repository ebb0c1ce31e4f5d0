"""A screen that stands on another: what replaces, merges and adds, where problems are shown, what may be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from screener.language.resolve import Given, check_file, load_screen
from screener.language.screen import Screen

BASE = """\
name: Base
description: The base.
universe: [market_cap > 300M]
rules:
  Debt: [debt_equity <= 1, interest_coverage > 3]
  Earnings: [net_income > 0]
rank: {Quality: [roic]}
columns: [roic, {Debt: total_debt}]
define: {half: revenue / 2, whole: revenue}
params: {low: 5%}
limit: 30
"""


def child(folder: Path, text: str, base: str = BASE, **given: Given) -> Screen:
    """Return the screen ``text`` beside the file base.yaml."""
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    (folder / "mine.yaml").write_text(f"extends: base\n{text}", encoding="utf-8")
    return load_screen(folder / "mine.yaml", **given)


def rules(screen: Screen) -> list[tuple[str, str]]:
    """Return heading and text of the rules."""
    return [(rule.group, rule.text) for rule in screen.rules]


DEBT = [("Debt", "debt_equity <= 1"), ("Debt", "interest_coverage > 3")]
EARNINGS = [("Earnings", "net_income > 0")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("limit: 5", [*DEBT, *EARNINGS]),
        ("rules: {Debt: [debt_equity <= 0.5]}", [("Debt", "debt_equity <= 0.5"), *EARNINGS]),
        ("rules: {New: [roic > 5%]}", [*DEBT, *EARNINGS, ("New", "roic > 5%")]),
        ("rules: [roic > 5%]", [("rules", "roic > 5%")]),
        ("rules: {any: [roic > 5%, roe > 5%]}", [("rules", "any of (roic > 5%; roe > 5%)")]),
        ("+rules: [roic > 5%]", [*DEBT, *EARNINGS, ("rules", "roic > 5%")]),
        ("+rules: {Earnings: [fcf > 0]}", [*DEBT, *EARNINGS, ("Earnings", "fcf > 0")]),
        ("+rules: {any: [roic > 5%, roe > 5%]}", [*DEBT, *EARNINGS, ("rules", "any of (roic > 5%; roe > 5%)")]),
    ],
)
def test_rules(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    """Groups of rules merge by name, a list replaces, a plus adds."""
    assert rules(child(tmp_path, text)) == expected


def test_other_keys(tmp_path: Path) -> None:
    """Lists and values are replaced, added to with a plus; formulas and parameters merge by name."""
    one = child(
        tmp_path,
        "+universe: [price > 2]\n+columns: [roe]\n+rank: {Value: [pe]}\ndefine: {half: whole / 4}\n"
        "params: {low: 6%}\nlimit: 10\n",
    )
    assert [rule.text for rule in one.universe] == ["market_cap > 300M", "price > 2"]
    assert [column.name for column in one.columns] == ["roic", "Debt", "roe"]
    assert [factor.text for factor in one.factors()] == ["roic", "pe"]
    assert (one.definitions["half"].text, list(one.definitions)) == ("whole / 4", ["half", "whole"])
    assert [(row.name, row.value, row.given) for row in one.params] == [("low", "6%", False)]
    assert (one.name, one.title, one.description, one.limit) == ("mine", "mine", "", 10)
    replaced = child(tmp_path, "universe: price > 5\ncolumns: [roe]\nrank: [pe]")
    assert [rule.text for rule in replaced.universe] == ["price > 5"]
    assert [column.name for column in replaced.columns] == ["roe"]
    assert [factor.text for factor in replaced.factors()] == ["pe"]
    assert replaced.limit == 30


def test_hash_and_parents(tmp_path: Path) -> None:
    """The hash of a screen changes with the screens that it extends, and they are named."""
    first = child(tmp_path, "limit: 5")
    assert first.parents == (str((tmp_path / "base.yaml").resolve()),)
    assert first.sha256 == child(tmp_path, "limit: 5").sha256
    assert first.sha256 != child(tmp_path, "limit: 5", BASE + "# a remark\n").sha256


def test_grandparents_and_saved_screens(tmp_path: Path) -> None:
    """A chain is followed; a screen may have the name of the saved screen that it extends."""
    (tmp_path / "quality-value.yaml").write_text("extends: quality-value\nlimit: 3\n", encoding="utf-8")
    (tmp_path / "next.yaml").write_text("extends: ./quality-value.yaml\n+rules: [roe > 1%]\n", encoding="utf-8")
    one = load_screen(tmp_path / "next.yaml")
    assert one.limit == 3
    assert one.rules[-1].text == "roe > 1%"
    assert len(one.rules) > 5
    assert [Path(path).name for path in one.parents] == ["quality-value.yaml"] * 2


def test_problems_stand_in_their_own_file(tmp_path: Path) -> None:
    """What the child's names make of the parent's lines is shown in the parent."""
    (tmp_path / "base.yaml").write_text("rules:\n  - roic > $low\ncolumns: [roik]\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("extends: base\nlimit: x\n", encoding="utf-8")
    found = check_file(tmp_path / "mine.yaml")
    assert [(Path(problem.path).name, problem.line, problem.column, problem.source_line) for problem in found] == [
        ("mine.yaml", 2, 8, "limit: x"),
        ("base.yaml", 2, 12, "  - roic > $low"),
        ("base.yaml", 3, 11, "columns: [roik]"),
    ]


@pytest.mark.parametrize("written", ["../base.yaml", "sub/../../base.yaml", "/etc/passwd.yaml", "..", "link.yaml"])
def test_nothing_outside_is_read(tmp_path: Path, written: str) -> None:
    """Neither a path nor a link leads out of the folder."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "base.yaml")
    (folder / "mine.yaml").write_text(f"extends: {written}\nrules: [roic > 5%]\n", encoding="utf-8")
    (problem,) = check_file(folder / "mine.yaml")
    assert "outside" in problem.message or "no screen" in problem.message


def test_a_long_chain_ends(tmp_path: Path) -> None:
    """More than ten screens on each other are refused."""
    for number in range(15):
        text = f"extends: s{number + 1}\n" if number < 14 else "rules: [roic > 5%]\n"
        (tmp_path / f"s{number}.yaml").write_text(text, encoding="utf-8")
    (problem,) = check_file(tmp_path / "s0.yaml")
    assert problem.message == "more than 10 screens extend each other"
    assert check_file(tmp_path / "s4.yaml") == ()
