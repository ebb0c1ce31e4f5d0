"""Lint from the screen alone: every code has its examples, and consents hold where they stand."""

from __future__ import annotations

import pytest

from screener.errors import Problem
from screener.language.library import saved_screens
from screener.language.lint.check import lint_screen
from screener.language.lint.table import BY_CODE, OF_DATA, TABLE
from screener.language.resolve import check_screen, load_screen, parse_screen
from tests.lint_examples import EXAMPLES

STATIC = [row.code for row in TABLE if row.code not in OF_DATA]
QUIET = "lint: {ignore: [S030, S031, S032]}\n"


def told(text: str) -> list[Problem]:
    """Return the warnings of a screen."""
    return list(lint_screen(parse_screen(text, "x.yaml")))


def codes(text: str) -> list[str]:
    """Return the codes that a screen is told of, in the order of the lines; those of the universe left out."""
    return [problem.code for problem in told(text + QUIET) if "S03" not in problem.message]


def of_rules(*rules: str) -> list[str]:
    """Return the codes of a screen of these rules, about companies of the standard model."""
    return codes("rules:\n  - model = standard\n" + "".join(f"  - {rule}\n" for rule in rules))


@pytest.mark.parametrize("code", STATIC)
def test_examples(code: str) -> None:
    """The wrong example of each code is told of it and of nothing graver, the right one is not."""
    example = EXAMPLES[code]
    assert code in [problem.code for problem in told(example.wrong)]
    assert code not in [problem.code for problem in told(example.right)]


def test_every_code_has_an_example_and_a_sentence() -> None:
    """The table and the examples have the same codes; each row says what, why and what to do."""
    assert list(EXAMPLES) == [row.code for row in TABLE] == list(BY_CODE)
    for row in TABLE:
        assert row.what.endswith(".")
        assert row.why.endswith(".")
        assert row.advice.endswith(".")
        assert (row.check is None) == (row.code in OF_DATA or row.code == "S052")


@pytest.mark.parametrize("path", saved_screens(), ids=lambda path: path.stem)
def test_saved_screens_are_clean(path: object) -> None:
    """Every saved screen is without warnings, or consents with a reason."""
    assert [problem.render() for problem in lint_screen(load_screen(str(path)))] == []


def test_a_warning_reads_as_editors_read_it() -> None:
    """File, line, column, severity and code stand in front; the line, a caret and a hint below."""
    [problem] = [found for found in told("rules:\n  - price / eps_diluted < 15\n") if found.code == "S001"]
    lines = problem.render().splitlines()
    assert lines[0].startswith("x.yaml:2:5: warning S001: 'price / eps_diluted' is small, too, where eps_diluted")
    assert lines[2].count("^") == len("price / eps_diluted")
    assert "eps_diluted > 0" in lines[3]


class TestQuotients:
    """S001 to S003."""

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (("market_cap / net_income < 15",), ["S001"]),
            (("0 < market_cap / net_income < 15",), []),
            (("net_income > 0", "market_cap / net_income < 15"), []),
            (("net_income > 0 and market_cap / net_income < 15",), []),
            # One loss-making year is enough: what is said of now does not hold earlier.
            (("net_income > 0", "avg(cfi / net_income, 3y) < 2"), ["S001"]),
            (("not cfi / net_income > 2",), ["S001"]),
            # Turned round by a minus, it is asked to be large.
            (("-1 * (total_debt / retained_earnings) > -2",), ["S001"]),
            (("total_debt / total_assets < 50%",), []),
            (("cfi / net_income > 80%",), ["S002"]),
            (("cfi / net_income > 80% and cfi > 0",), []),
            (("total_debt / revenue < 1 and net_income / revenue > 5%",), []),
            (("{rule: debt_equity < 1, if_unknown: flag}",), ["S003"]),
        ],
    )  # fmt: skip
    def test_rules(self, rules: tuple[str, ...], expected: list[str]) -> None:
        """A quotient is told of where its sign may deceive, and not where the rules see to it."""
        assert of_rules(*rules) == expected

    def test_ranks_and_definitions(self) -> None:
        """A definition is as good as its formula, unless it says where it is undefined; so is a factor."""
        define = "define:\n  mine: {{formula: price / eps_diluted{}}}\nrank: [{{metric: mine, direction: lower}}]\n"
        assert codes(define.format("")) == ["S001"]
        assert codes(define.format(", undefined: [{when: eps_diluted <= 0, reason: loss, rank: worst}]")) == []


class TestVerdicts:
    """S010 to S016."""

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (("roic > 10% and roic < 5%",), ["S010"]),
            (("percentile(roic) > 100",), ["S010"]),
            (("count_known(roic, roe) >= 3",), ["S010"]),
            (("piotroski_f > 9",), ["S010"]),
            (("piotroski_f >= 9",), []),
            (("interest_coverage > 100",), ["S010"]),
            (("count(net_income > 0, 5y) > 5",), ["S010"]),
            (("price < -1 or roic > 5%",), ["S010"]),
            (("not roic > 5% and roic > 6%",), ["S010"]),
            (("dq_score >= 0%",), ["S011"]),
            (("pe > 0 and pe < 15",), []),
            (("roic > 5% or roic <= 5%",), ["S011"]),
            (("price_change_12m > -100%",), []),
            (("roic is known", "roic > 5%"), ["S012"]),
            (("roic > 5%", "10% < roic"), ["S012"]),
            (("roic > 5%", "roic > 10% or roic > 20%"), ["S012"]),
            # An alternative in something else does not say so much of roic.
            (("roic > 5%", "roic > 10% or roe > 20%"), []),
            # Unknown names pass the stricter rule, so the weaker one still decides on them.
            (("roic > 5%", "{rule: roic > 10%, if_unknown: pass}"), []),
            (("2 * roic > 10% and roe > 1%", "roic > 5%"), ["S012"]),
            (("roic > 10%", "roic < 5%"), ["S013"]),
            (("cfo > net_income", "net_income >= cfo"), ["S013"]),
            (("roic > 10%", "roic is unknown"), ["S013"]),
            # Not a contradiction: the unknown ones pass both, so that the second says all.
            (("{rule: roic > 10%, if_unknown: flag}", "roic is unknown"), ["S012"]),
            (("sector = Energy", "sector in [Materials, Utilities]"), ["S013"]),
            (("not is_shell", "is_shell"), ["S013"]),
            (("roic > 5%", "roic > 5%"), ["S014"]),
            (("roe != 15%",), ["S015"]),
            (("total_debt = 0", "piotroski_f = 9"), []),
            (("size_band = tiny",), ["S016"]),
            (("period_end >= 2023-12-31", "period_end < 2023-12-31"), ["S013"]),
        ],
    )  # fmt: skip
    def test_rules(self, rules: tuple[str, ...], expected: list[str]) -> None:
        """What can be told of rules is told once, at the rule that may go."""
        assert of_rules(*rules) == expected

    def test_a_rule_follows_from_the_universe_but_not_the_other_way_round(self) -> None:
        """A wider universe is what names are ranked against: a stricter rule does not make it idle."""
        text = "universe: [roic > {}%]\nrules: [roic > {}%]\n"
        assert codes(text.format(5, 10)) == []
        assert codes(text.format(10, 5)) == ["S012"]

    def test_conditions_of_ones_own_are_opened(self) -> None:
        """A condition under a name counts as what it says."""
        assert codes("define: {good: roic > 10%}\nrules: [good, roic > 5%]\n") == ["S012"]


class TestUniverse:
    """S030 to S032."""

    @pytest.mark.parametrize(
        ("universe", "expected"),
        [
            ("market_cap between 300M and 3B", ["S031"]),
            ("market_cap >= 20B", []),
            ("'size_band in [micro, small]'", ["S031"]),
            ("avg_dollar_volume_3m >= 500k", ["S030"]),
            ("net_income > 0", ["S030", "S031"]),
        ],
    )
    def test_limits(self, universe: str, expected: list[str]) -> None:
        """Without a limit of size or of trading, that is told at the universe."""
        problems = told(f"universe: [{universe}]\n")
        assert [problem.code for problem in problems] == expected
        assert {problem.line for problem in problems} <= {1}

    @pytest.mark.parametrize(
        ("condition", "missing"),
        [
            ("model = standard", ""),
            ("sector not in [Financials]", ""),
            ("model != bank", "insurer and broker"),
            ("ebit > 0", "broker"),
            ("ebit > 0 or net_income > 0", "bank, insurer and broker"),
            ("ebit_ev is known", ""),
            ("{rule: 'sector not in [Financials]', if_unknown: pass}", "bank, insurer and broker"),
        ],
    )
    def test_models(self, condition: str, missing: str) -> None:
        """Enterprise value is refused for banks, insurers and brokers; EBIT for the first two."""
        problems = told(f"universe:\n  - {condition}\nrank: [ebit_ev]\nlint: {{ignore: [S030, S031]}}\n")
        found = [problem.message for problem in problems if problem.code == "S032"]
        assert len(found) == bool(missing)
        assert all(f"not defined for {missing}, which" in message for message in found)


class TestRank:
    """S040 to S043."""

    @pytest.mark.parametrize(
        ("weights", "expected"),
        [
            ((40, 50), ["S040"]), ((50, 50), []), ((2, 1), []), ((3, 2), []), (("40%", "50%"), ["S040"]),
            (("40%", "60%"), []), ((0.5, 0.3), ["S040"]), ((50, 1), ["S040"]), ((7, 7), []),
        ],
    )  # fmt: skip
    def test_weights(self, weights: tuple[object, object], expected: list[str]) -> None:
        """What looks like shares of 100 or of 1 must add up to it; plain ratios need not."""
        first, second = weights
        assert codes(f"rank: [{{roa: {first}}}, {{book_yield: {second}}}]\n") == expected

    def test_directions(self) -> None:
        """The yield that ranks for a multiple turns with it, and says nothing against it."""
        assert codes("rank: [pe, -roa, {metric: pb, direction: lower}]\n") == ["S042"]
        assert codes("rank: [{metric: pb, direction: higher}, roa]\n") == ["S042"]

    def test_a_multiple_and_its_yield_are_one_factor(self) -> None:
        """Within other peers it is another factor."""
        assert codes("rank: [pe, earnings_yield]\n") == ["S043"]
        assert codes("rank: [pe, {metric: earnings_yield, within: sector}]\n") == []


def test_definitions_that_are_used_only_by_other_things() -> None:
    """A yield that ranks, an alias, a column and a definition of a definition are uses."""
    text = """define:
  a: net_income + da
  a_yield: {formula: a / market_cap, direction: higher, aliases: [ay]}
  price_to_a:
    formula: market_cap / a
    direction: lower
    rank_by: a_yield
    undefined: [{when: a <= 0, reason: none, rank: worst}]
  b: cfo / total_assets
  lost: 1 + roa
rank: [price_to_a]
columns: [b]
"""
    assert [problem.line for problem in told(text) if problem.code == "S050"] == [10]


class TestConsents:
    """Comments and the key ``lint``."""

    @pytest.mark.parametrize(
        "text",
        [
            "rules:\n  - pe > 0   # ok: S011\n",
            "rules:\n  - pe > 0   # ok: s011, S012x: no code\n",
            "rules:\n  # ok: S011 - it reads better\n  - pe > 0\n",
            "rules:\n  # ok: S011 – why\n\n  # more to say\n  - pe > 0\n",
            "rules:\n  - >-   # ok: S011\n    roic > 1%\n    and\n    pe > 0\n",
            "rules:\n  # ok: S011\n  - >-\n    roic > 1%\n    and\n    pe > 0\n",
            "rules:\n  - pe > 0\nlint:\n  ignore: S011\n",
        ],
    )
    def test_consent(self, text: str) -> None:
        """In the line, in a line of its own above, for a text of several lines, or for the screen."""
        found = {problem.code for problem in told(text)}
        assert ("S011" in found) == ("S012x" in text)

    @pytest.mark.parametrize(
        "text",
        [
            "rules:\n  - pe > 0\n  - roic > 5%   # ok: S011\n",
            "rules:\n  - pe > 0\nnotes: |\n  text\n  # ok: S011\n",
            "rules:\n  - pe > 0\nname: 'x # ok: S011'\n",
            "rules:\n  # ok: S011\n  - roic > 5%\n  - pe > 0\n",
        ],
    )
    def test_no_consent(self, text: str) -> None:
        """Another line, and what is no comment, consents to nothing."""
        assert "S011" in {problem.code for problem in told(text)}

    def test_idle_consents_are_told(self) -> None:
        """At their own place, with the reason; consents to what data tell are left alone."""
        text = "rules:\n  - roic > 5%   # ok: S011, S021, S999 - why\nlint: {ignore: [S012, S030, S031, S032]}\n"
        found = [(problem.line, problem.column, problem.code) for problem in told(text)]
        assert found == [(2, 23, "S052"), (2, 35, "S052"), (3, 17, "S052")]
        assert [problem.code for problem in told("rules: [pe > 0]   # ok: S011, S013, S030, S031, S052\n")] == []

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("S011", "lint says which warnings to ignore"),
            ("{ignor: [S011]}", "unknown key 'ignor'"),
            ("{ignore: [eleven]}", "'eleven' is not a code"),
            ("{ignore: [[S011]]}", "must be a text"),
        ],
    )
    def test_a_wrong_key_is_an_error(self, value: str, message: str) -> None:
        """The key is checked like any other."""
        problems = check_screen(f"rules: [roic > 5%]\nlint: {value}\n")
        assert message in problems[0].message
