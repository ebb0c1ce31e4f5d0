"""Groups of conditions: three-valued truth tables, and the order of rules, which does not matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import run_screen
from screener.lake.connect import Lake, open_lake
from screener.language.resolve import parse_screen
from tests.engine.lakes import AS_OF, company, make_lake, quarter

ROOT = Path(__file__).resolve().parents[2]
ITEMS = ("revenue", "net_income", "cfo")
# Every combination of three verdicts; a company whose item is 1 passes, -1 fails, None is unknown.
CASES = list(product((1.0, -1.0, None), repeat=3))

Verdict = bool | None


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """One company a combination."""
    people = [company(number, f"T{number}") for number in range(1, len(CASES) + 1)]
    rows = [
        quarter(number, date(2023, 12, 31), date(2024, 2, 15), 40, **dict(zip(ITEMS, case, strict=True)))
        for number, case in enumerate(CASES, 1)
    ]
    return make_lake(tmp_path_factory.mktemp("cases"), people, rows, [])


def truth(value: float | None) -> Verdict:
    """Return the verdict of ``item > 0``."""
    return None if value is None else value > 0


def at_least(count: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a group by trying every way in which the unknown ones may turn out."""
    ways = product(*([verdict] if verdict is not None else [True, False] for verdict in verdicts))
    found = {sum(way) >= count for way in ways}
    return found.pop() if len(found) == 1 else None


def turned(verdict: Verdict) -> Verdict:
    """Return the verdict of ``not``."""
    return None if verdict is None else not verdict


MEMBERS = "[revenue > 0, net_income > 0, cfo > 0]"
TABLE = {
    f"any: {MEMBERS}": lambda v: at_least(1, v),
    f"all: {MEMBERS}": lambda v: at_least(3, v),
    f"at least 1 of: {MEMBERS}": lambda v: at_least(1, v),
    f"at least 2 of: {MEMBERS}": lambda v: at_least(2, v),
    f"at least 3 of: {MEMBERS}": lambda v: at_least(3, v),
    f"not: {{any: {MEMBERS}}}": lambda v: turned(at_least(1, v)),
    f"not: {{at least 2 of: {MEMBERS}}}": lambda v: turned(at_least(2, v)),
    "not: revenue > 0": lambda v: turned(v[0]),
    "any: [revenue > 0, {all: [net_income > 0, not cfo > 0]}]":
        lambda v: at_least(1, [v[0], at_least(2, [v[1], turned(v[2])])]),
    "at least 2 of: [revenue > 0, {any: [net_income > 0, cfo > 0]}, {not: revenue > 0}]":
        lambda v: at_least(2, [v[0], at_least(1, v[1:]), turned(v[0])]),
}  # fmt: skip


@pytest.mark.parametrize("text", TABLE)
def test_truth_tables(cases: Lake, text: str) -> None:
    """A group is decided as soon as it can be: it is unknown only where its unknown members could turn it."""
    result = run_screen(cases, parse_screen(f"rules:\n  - {{{text}}}\n"), AS_OF)
    found = [row[0] for row in cases.con.execute("SELECT r1 FROM evaluated ORDER BY issuer_id").fetchall()]
    expected = [TABLE[text]([truth(value) for value in case]) for case in CASES]
    if text.startswith("at least 2 of: [revenue > 0, {any"):
        # A condition and its opposite are judged apart: two unknowns, though one of them must hold.
        expected = [
            None if case[0] is None and truth_of is not False else truth_of
            for case, truth_of in zip(CASES, expected, strict=True)
        ]
    assert found == expected
    step = result.funnel[-1]
    assert (step.passed, step.failed, step.unknown) == tuple(expected.count(value) for value in (True, False, None))


def test_a_group_in_the_universe(cases: Lake) -> None:
    """A group narrows the universe like a condition; unknown does not get in."""
    result = run_screen(cases, parse_screen(f"universe: {{at least 2 of: {MEMBERS}}}"), AS_OF)
    verdicts = [at_least(2, [truth(value) for value in case]) for case in CASES]
    assert result.population == verdicts.count(True)


def test_if_unknown_of_a_group(cases: Lake) -> None:
    """The group as a whole passes with a flag where it is unknown, and the flag gives a reason."""
    text = f"rules:\n  - {{any: {MEMBERS}, if_unknown: flag, name: Some profit}}\n"
    result = run_screen(cases, parse_screen(text), AS_OF)
    said = "Some profit: any of (revenue > 0; net_income > 0; cfo > 0)"
    assert result.funnel[-1].text == said
    assert result.funnel[-1].admitted == 7
    flagged = [row for row in result.rows if row.flags]
    assert len(flagged) == 7
    assert all(
        flag.startswith(f"{said}: unknown, ") and "is not reported" in flag for row in flagged for flag in row.flags
    )


def test_a_group_is_explained_as_one_rule(cases: Lake) -> None:
    """The explanation has the group's text, its verdict and the values of all its members."""
    one = parse_screen(f"rules:\n  - {{at least 2 of: {MEMBERS}}}\n")
    result = run_screen(cases, one, AS_OF)
    # Revenue 1, net income -1, operating cash flow unknown.
    number = CASES.index((1.0, -1.0, None)) + 1
    found = explain_name(cases, result, find_company(cases.con, f"T{number}"), filings=False)
    (judgement,) = found.judgements
    assert judgement.text == "at least 2 of (revenue > 0; net_income > 0; cfo > 0)"
    assert (judgement.verdict, judgement.reason) == ("unknown", "cfo is not reported")
    assert [(term.name, term.value) for term in judgement.terms] == [
        ("revenue", 1.0), ("net_income", -1.0), ("cfo", None),
    ]  # fmt: skip
    assert [part.text for part in one.rules[0].parts] == ["revenue > 0", "net_income > 0", "cfo > 0"]


@pytest.fixture(scope="module")
def demo() -> Iterator[Lake]:
    """The shipped demo data set."""
    with open_lake(ROOT / "data" / "demo") as lake:
        yield lake


ENTRIES = (
    "{any: [pe <= 15, pb <= 1, ev_ebit <= 8]}",
    "{at least 2 of: [roic > 5%, interest_coverage > 3, current_ratio > 1.2], if_unknown: pass}",
    "{not: share_growth_1y > 10%}",
    '{all: [annual(revenue) > 0, "own_percentile(operating_margin, 4y, 2) >= 25"], if_unknown: flag}',
    "trend(revenue, 4y, 2) > 0",
)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(ENTRIES))), inner=st.permutations(("pe <= 15", "pb <= 1", "ev_ebit <= 8")))
def test_order_does_not_matter(demo: Lake, order: list[int], inner: list[str]) -> None:
    """Rules, and the members of a group, in another order give the same names with the same scores."""

    def names(entries: Sequence[str]) -> list[tuple[int, int, float | None]]:
        text = "".join(f"  - {entry}\n" for entry in entries)
        result = run_screen(demo, parse_screen(f"rules:\n{text}rank: [roic, fcf_yield]\n"))
        return [(row.rank, row.issuer_id, row.score) for row in result.rows]

    mixed = [ENTRIES[place] for place in order]
    mixed[mixed.index(ENTRIES[0])] = f"{{any: [{', '.join(inner)}]}}"
    assert names(mixed) == names(ENTRIES)
    assert names(ENTRIES)


def test_replacing_rules_keeps_the_rest(demo: Lake) -> None:
    """A screen is a value: without its rules it lists everybody in the universe."""
    one = parse_screen("rules:\n  - {any: [pe <= 15, pb <= 1]}\nrank: [roic]\n")
    assert run_screen(demo, replace(one, rules=())).passed > run_screen(demo, one).passed > 0
