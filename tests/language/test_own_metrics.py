"""The author's own metrics: rows and files, names that are taken, problems with their place, hashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from screener.errors import ScreenError
from screener.language.ast import Name
from screener.language.document import MAX_BYTES
from screener.language.metric_files import VARIABLE, load_metrics
from screener.language.own import OwnMetrics
from screener.language.resolve import check_screen, parse_screen

BAD = Path(__file__).parent / "bad_metrics"

MULTIPLE = """
owner_earnings: net_income + da - capex
oe_yield:
  formula: owner_earnings / market_cap
  label: Owner   earnings
    yield
  unit: ratio
  direction: higher
  undefined: [{when: market_cap  <= 0, reason: no market value}]
  refused: [bank, insurer]
  aliases: [oey]
  source: Buffett 1986
  note: All of capex counts.
p_oe: {formula: market_cap / owner_earnings, direction: lower, rank_by: OEY}
"""


def written(folder: Path, **files: str) -> list[Path]:
    """Write files of metrics and return their paths."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [folder / f"{name}.yaml" for name in files]


@pytest.fixture
def own(tmp_path: Path) -> OwnMetrics:
    """The metrics of one file."""
    return load_metrics(written(tmp_path, mine=MULTIPLE))


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_messages(path: Path, golden: Callable[[str, Path], None]) -> None:
    """Every problem of a wrong file is told at once, with its place, the line, a caret and a hint."""
    with pytest.raises(ScreenError) as caught:
        load_metrics([path])
    rendered = "\n\n".join(replace(problem, path=path.name).render() for problem in caught.value.problems) + "\n"
    golden(rendered, path.with_suffix(".expected.txt"))


def test_a_row_says_what_the_catalogue_would(own: OwnMetrics) -> None:
    """Every key of a row is kept, texts on one line; what is left out is inferred from the formula."""
    row = own.definitions()["oe_yield"]
    assert (row.label, row.unit, row.direction) == ("Owner earnings yield", "ratio", "higher")
    assert [(case.text, case.reason, case.rank) for case in row.undefined] == [
        ("market_cap <= 0", "no market value", "none")
    ]
    assert (row.refused, row.aliases, row.rank_by) == (("bank", "insurer"), ("oey",), "")
    assert (row.source, row.note) == ("Buffett 1986", "All of capex counts.")
    short, multiple = own.definitions()["owner_earnings"], own.definitions()["p_oe"]
    assert (short.text, short.unit, short.direction) == ("net_income + da - capex", "usd", "neutral")
    assert (multiple.unit, multiple.rank_by) == ("multiple", "oe_yield")


def test_names_and_aliases_stand_wherever_those_of_the_catalogue_do(own: OwnMetrics) -> None:
    """In rules, factors, columns, history and other definitions, in any case; aliases become the name."""
    screen = parse_screen(
        "universe: [OEY is known]\nrules: ['count(Owner_Earnings > 0, 3y) >= 2']\n"
        "rank: [oey, -p_oe, {oey_twin: {direction: lower}}, {Group: [avg(owner)]}]\n"
        "define: {oey_twin: oe_yield / 1, owner: {formula: owner_earnings, direction: higher}}\n"
        "columns: [oey, Mine: p_oe]",
        metrics=own,
    )
    assert [column.unit for column in screen.columns] == ["ratio", "multiple"]
    first = screen.columns[0].expr
    assert isinstance(first, Name)
    assert first.name == "oe_yield"
    assert list(screen.definitions) == ["owner_earnings", "oe_yield", "p_oe", "oey_twin", "owner"]


def test_a_multiple_is_ranked_by_its_yield(own: OwnMetrics) -> None:
    """`rank_by` turns the direction, for the multiple, for its negative and for a definition that renames it."""
    screen = parse_screen("rank: [p_oe, -p_oe, also]\ndefine: {also: p_oe}", metrics=own)
    ranked = [(factor.expr.name, factor.direction) for factor in screen.factors() if isinstance(factor.expr, Name)]
    assert ranked == [("oe_yield", "higher"), ("oe_yield", "lower"), ("oe_yield", "higher")]


def test_files_may_use_each_other(tmp_path: Path) -> None:
    """Definitions of several files are found in any order; a file that is named twice counts once."""
    first, second = written(tmp_path, first="a_yield: b_base / market_cap", second="b_base: net_income")
    assert list(load_metrics([first, second, first]).definitions()) == ["a_yield", "b_base"]


def test_a_name_in_two_files_is_an_error_with_both_places(tmp_path: Path) -> None:
    """The second file is told, with line, column and caret, where the name already stands."""
    first, second = written(
        tmp_path, first="# mine\nbase: net_income", second="x: 1 * cfo\nbase:\n  formula: revenue\n"
    )
    with pytest.raises(ScreenError) as caught:
        load_metrics([first, second])
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column, problem.length) == (str(second), 2, 1, 4)
    assert problem.message == f"'base' is already defined in {first}:2"
    assert problem.hint


def test_a_screen_cannot_redefine_what_a_file_defines(own: OwnMetrics) -> None:
    """A name or alias of a file is taken for `define`; the message says where it stands."""
    (problem,) = check_screen("rules: [roic > 1%]\ndefine: {oey: roic}", "s.yaml", own)
    assert problem.line == 2
    assert "mine.yaml:3" in problem.message


def test_circles_through_files_are_found(tmp_path: Path) -> None:
    """A circle is told once, where it closes, in the file in which it closes."""
    files = written(tmp_path, first="one: two + 1", second="two: {formula: one, label: Two}")
    with pytest.raises(ScreenError) as caught:
        load_metrics(files)
    (problem,) = caught.value.problems
    assert (Path(problem.path).name, problem.message) == (
        "second.yaml",
        "this definition needs itself: one → two → one",
    )


def test_a_long_chain_is_refused_without_exhausting_the_stack(tmp_path: Path) -> None:
    """A thousand definitions on top of each other are a problem with a place, whatever their order."""
    lines = ["x0: net_income", *(f"x{k}: x{k - 1} + 1" for k in range(1, 1000))]
    for text in ("\n".join(lines), "\n".join(reversed(lines))):
        with pytest.raises(ScreenError) as caught:
            load_metrics(written(tmp_path, chain=text))
        assert "levels deep" in caught.value.problems[0].message
        assert caught.value.problems[0].line


def test_files_come_from_the_environment_unless_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`SCREENER_METRICS` lists files like PATH; files that are given take its place."""
    first, second = written(tmp_path, first="a_base: cfo", second="b_base: net_income")
    monkeypatch.setenv(VARIABLE, f"{first}:{second}")
    assert list(load_metrics().definitions()) == ["a_base", "b_base"]
    assert list(load_metrics([second]).definitions()) == ["b_base"]
    monkeypatch.delenv(VARIABLE)
    assert load_metrics().definitions() == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a: 1 + \xff", "is not UTF-8"),
        (b"#" * (MAX_BYTES + 1), "larger than 256 KB"),
        (b"a: &x net_income\nb: *x", "not part of a file of metrics"),
        (b"label: {formula: cfo, label: \x1b[31mred}", "cannot stand in a file of metrics"),
        (b"a: cfo\n---\nb: cfo", "a second document"),
        (b'"a; DROP TABLE": cfo', "cannot be the name"),
    ],
)
def test_files_are_not_trusted(tmp_path: Path, content: bytes, said: str) -> None:
    """A file of metrics is refused for what a screen is refused for."""
    (tmp_path / "bad.yaml").write_bytes(content)
    with pytest.raises(ScreenError) as caught:
        load_metrics([tmp_path / "bad.yaml"])
    assert said in caught.value.problems[0].message


def test_all_files_are_told_of_at_once(tmp_path: Path) -> None:
    """A file that is not there and one that is wrong are told together."""
    (wrong,) = written(tmp_path, wrong="x: reveneu")
    with pytest.raises(ScreenError) as caught:
        load_metrics([tmp_path / "none.yaml", wrong])
    assert [Path(problem.path).name for problem in caught.value.problems] == ["none.yaml", "wrong.yaml"]
    assert caught.value.message == "2 problems in 2 files"


def test_the_hash_covers_the_files_that_a_screen_uses(tmp_path: Path) -> None:
    """A used file changes the hash, also through another definition; an unused one and the order of files do not."""
    used, other = written(tmp_path, used="a_base: cfo\na_yield: a_base / market_cap", other="b_base: net_income")
    text = "rules: [a_yield > 0]"
    plain = parse_screen("rules: [roic > 0]", metrics=load_metrics([used, other]))
    assert plain.sha256 == parse_screen("rules: [roic > 0]").sha256
    assert not plain.definitions
    first = parse_screen(text, metrics=load_metrics([used, other]))
    assert list(first.definitions) == ["a_base", "a_yield"]
    assert first.sha256 == parse_screen(text, metrics=load_metrics([other, used])).sha256
    assert first.sha256 == parse_screen(text, metrics=load_metrics([used])).sha256
    written(tmp_path, used="a_base: cfo - capex\na_yield: a_base / market_cap")
    assert first.sha256 != parse_screen(text, metrics=load_metrics([used])).sha256


def test_a_comparison_through_an_own_metric_cannot_choose_the_universe(tmp_path: Path) -> None:
    """Also a condition of `undefined` that compares names keeps a metric out of `universe` and out of history."""
    files = written(tmp_path, m="x: {formula: cfo, undefined: [{when: percentile(roic) < 5, reason: worst of all}]}")
    found = check_screen("universe: [x > 0]\nrules: ['avg(x, 3y) > 0']", "", load_metrics(files))
    assert [problem.line for problem in found] == [1, 2]
