"""Parameters: types, defaults, limits, and values that are set from outside."""

from __future__ import annotations

import pytest

from screener.language.ast import Compare, Number, Text, walk
from screener.language.resolve import Given, check_screen, parse_screen

DECLARED = """\
params:
  debt: {default: 2.5, min: 0, max: 10, label: Most debt}
  share: 15%
  size: 300M
  home: {choices: [Energy, Materials], default: Energy}
  place: Real Estate
  strict: false
  loss: -5%
"""


def literals(rule: str, **given: object) -> list[object]:
    """Return the numbers and texts that a rule comes to."""
    one = parse_screen(f"{DECLARED}rules:\n  - {rule}\n", given=Given(given))
    return [node.value for node in walk(one.rules[0].expr) if isinstance(node, Number | Text)]


def message(given: dict[str, object]) -> str:
    """Return the one problem of values that are set."""
    (problem,) = check_screen(f"{DECLARED}rules: [roic > 5%]", given=Given(given))
    assert problem.line >= 1
    return f"{problem.message}; {problem.hint}"


def test_types_follow_from_the_default() -> None:
    """A share, money, a truth, a number, a choice and a text are told apart by how they are written."""
    found = parse_screen(f"{DECLARED}rules: [roic > 5%]").params
    assert [(row.name, row.type, row.value, row.label) for row in found] == [
        ("debt", "number", "2.5", "Most debt"), ("share", "percent", "15%", ""), ("size", "money", "300M", ""),
        ("home", "choice", "Energy", ""), ("place", "text", "Real Estate", ""), ("strict", "bool", "false", ""),
        ("loss", "percent", "-5%", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("net_debt_ebitda <= $debt", {}, [2.5]),
        ("net_debt_ebitda <= $DEBT * 2", {"debt": 3}, [3.0, 2.0]),
        ("net_debt_ebitda <= $debt", {"debt": "0.5"}, [0.5]),
        ("roic > $share", {"share": "20%"}, [0.2]),
        ("roic > $share", {"share": 0.2}, [0.2]),
        ("roic > $loss", {}, [0.05]),
        ("market_cap between $size and 3B", {}, [3e8, 3e9]),
        ("sector = $home", {"home": "Materials"}, ["Materials"]),
        ("sector in [$home, $place, Utilities]", {}, ["Energy", "Real Estate", "Utilities"]),
        ("sector != $place", {}, ["Real Estate"]),
        ("$strict", {}, [1.0, 0.0]),
        ("not $strict or fcf > 0", {"strict": True}, [1.0, 1.0, 0.0]),
    ],
)
def test_values(rule: str, given: dict[str, object], expected: list[object]) -> None:
    """A parameter stands for its value wherever a literal may stand."""
    assert literals(rule, **given) == expected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"debt": 11}, "the value that is set for 'debt', 11, is out of its limits; at most 10"),
        ({"debt": -1}, "the value that is set for 'debt', -1, is out of its limits; at least 0"),
        ({"debt": "15%"}, "the value that is set for 'debt' must be a number such as 2.5, not '15%'; "),
        ({"debt": "much"}, "the value that is set for 'debt' must be a number such as 2.5, not 'much'; "),
        ({"share": "20"}, "the value that is set for 'share' must be a share such as 15%, not '20'; did you mean 20%?"),
        ({"home": "Enrgy"}, "the value that is set for 'home' must be one of Energy, Materials, not 'Enrgy'; "
                            "did you mean 'Energy'?"),
        ({"strict": "maybe"}, "the value that is set for 'strict' must be true or false, not 'maybe'; "),
        ({"max_debt": 3}, "this screen has no parameter 'max_debt' to set; it has debt, share, size, home, place, "
                          "strict, loss"),
        ({"shares": 3}, "this screen has no parameter 'shares' to set; did you mean 'share'?"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit(given: dict[str, object], said: str) -> None:
    """A value of another type, out of its limits, or for no parameter at all is an error that helps."""
    assert message(given) == said


def test_other_keys() -> None:
    """Whole numbers and weights may be parameters; definitions use them, and a bool is a condition."""
    text = "params: {names: 40, heavy: 3}\nlimit: $names\nrank: [{metric: roic, weight: $heavy}, {pe: $heavy}]\n"
    one = parse_screen(f"{text}define: {{twice: revenue * $heavy}}\n", given=Given({"names": 5}))
    assert (one.limit, [factor.weight for factor in one.factors()]) == (5, [3.0, 3.0])
    assert any(isinstance(node, Number) and node.value == 3 for node in walk(one.definitions["twice"].expr))
    bool_ = parse_screen(f"{DECLARED}rules: [$strict]").rules[0].expr
    assert isinstance(bool_, Compare)


def test_units_are_those_of_the_value() -> None:
    """A bare number where a share is meant is found whether it is written or set."""
    text = "params: {least: {type: number, default: 0.1}}\nrules: [roic > $least]"
    assert check_screen(text) == ()
    (problem,) = check_screen(text, given=Given({"least": 15}))
    assert problem.message == "15 means 1,500% here"


def test_a_screen_without_parameters() -> None:
    """Setting what is not there is told also where there is nothing to set."""
    (problem,) = check_screen("rules: [roic > 5%]", given=Given({"debt": 3}))
    assert (problem.message, problem.hint) == ("this screen has no parameter 'debt' to set", "it has none")
