"""Screens: keys, canonical names, directions, weights, units and defaults."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from screener.errors import ScreenError
from screener.language.ast import Compare, Name, walk
from screener.language.resolve import check_file, check_screen, load_screen, parse_screen
from screener.language.screen import Factor, RankGroup, Screen


def factor(entry: str) -> Factor:
    """Return the one factor of a rank with ``entry`` as its only member."""
    (found,) = parse_screen(f"rank:\n  - {entry}\n").factors()
    return found


def message(text: str) -> str:
    """Return the one problem of ``text``."""
    (problem,) = check_screen(text)
    return problem.message


FULL = """\
name: Full screen
description: >
  Two lines
  become one.
tags: [value, quality]
notes: nothing
if_unknown: flag
universe:
  - sector not in [Financials, Real Estate]
  - {rule: price >= 2, if_unknown: pass}
rules:
  Earnings:
    - net_income   >  0
  Debt:
    - {rule: debt_to_equity <= 1, if_unknown: fail}
    - ROIC > 5%
rank:
  Quality: {weight: 50, by: [roic, {accruals: 0.5}]}
  Value:
    within: sector
    by:
      - Deep: {weight: 2, by: [pe, {metric: fcf_yield, within: universe}]}
      - roe: {weight: 3, direction: lower, within: industry}
  Size: [market_cap]
columns: [roic, {Debt: total_debt}]
define:
  half: whole / 2
  whole: net_income
limit: 1_0
missing: neutral
min_group: 7
"""


@pytest.fixture
def full() -> Screen:
    """The screen with every key."""
    return parse_screen(FULL, "folder/full-screen.yaml")


def test_plain_keys(full: Screen) -> None:
    """Names, texts and numbers arrive as written; the screen is named after its file."""
    assert (full.name, full.title, full.path) == ("full-screen", "Full screen", "folder/full-screen.yaml")
    assert full.description == "Two lines become one."
    assert (full.limit, full.missing, full.min_group) == (10, "neutral", 7)
    assert full.source == FULL
    assert full.sha256 == hashlib.sha256(FULL.encode()).hexdigest()


def test_defaults() -> None:
    """What is left out has the documented default."""
    screen = parse_screen("rules: roic > 5%")
    assert (screen.name, screen.title, screen.limit, screen.missing, screen.min_group) == (
        "screen", "screen", None, "worst", 10,
    )  # fmt: skip
    assert (screen.universe, screen.rank, screen.columns, screen.definitions) == ((), None, (), {})
    assert [(rule.group, rule.if_unknown) for rule in screen.rules] == [("rules", "fail")]
    assert parse_screen("name: Deep & cheap!\nrules: [roic > 5%]").name == "deep-cheap"


def test_rules_keep_group_text_and_policy(full: Screen) -> None:
    """The default for unknowns holds for rules, not for the universe; a rule's own word wins."""
    assert [(rule.group, rule.text, rule.if_unknown) for rule in full.universe] == [
        ("universe", "sector not in [Financials, Real Estate]", "fail"),
        ("universe", "price >= 2", "pass"),
    ]
    assert [(rule.group, rule.text, rule.if_unknown) for rule in full.rules] == [
        ("Earnings", "net_income > 0", "flag"),
        ("Debt", "debt_to_equity <= 1", "fail"),
        ("Debt", "ROIC > 5%", "flag"),
    ]


def test_names_become_canonical(full: Screen) -> None:
    """Aliases and capitals are looked up once; what the author typed is kept beside it, with its place."""
    names = [(node.name, node.written) for rule in full.rules for node in walk(rule.expr) if isinstance(node, Name)]
    assert names == [("net_income", "net_income"), ("debt_equity", "debt_to_equity"), ("roic", "ROIC")]
    span = full.rules[1].expr.span
    assert (span.line, span.column, span.length) == (15, 14, 19)


def test_rank_tree(full: Screen) -> None:
    """Groups nest, weights count within their group, and peers are inherited until something else is said."""
    assert full.rank is not None
    quality, value, size = full.rank.members
    assert isinstance(quality, RankGroup)
    assert isinstance(value, RankGroup)
    assert isinstance(size, RankGroup)
    assert (full.rank.name, quality.name, quality.weight, value.weight) == ("", "Quality", 50.0, 1.0)
    deep, roe = value.members
    assert isinstance(deep, RankGroup)
    assert (deep.name, deep.weight) == ("Deep", 2.0)
    assert isinstance(roe, Factor)
    assert (roe.weight, roe.direction, roe.within) == (3.0, "lower", "industry")
    assert [(found.text, found.weight, found.within) for found in full.factors()] == [
        ("roic", 1.0, ""), ("accruals", 0.5, ""), ("pe", 1.0, "sector"), ("fcf_yield", 1.0, ""),
        ("roe", 3.0, "industry"), ("market_cap", 1.0, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "name", "direction"),
    [
        ("roic", "roic", "higher"),
        ("accruals", "accruals_cf", "lower"),
        ("-roic", "roic", "lower"),
        ("-price_change_12m", "price_change_12m", "lower"),
        ("market_cap", "market_cap", "lower"),
        ("{metric: revenue, direction: higher}", "revenue", "higher"),
        ("{metric: roic, direction: lower}", "roic", "lower"),
        ("-revenue", "revenue", "lower"),
        ("pe", "earnings_yield", "higher"),
        ("-pe", "earnings_yield", "lower"),
        ("{metric: pe, direction: lower}", "earnings_yield", "higher"),
        ("{pe_ratio: 2}", "earnings_yield", "higher"),
        ("ev_ebit", "ebit_ev", "higher"),
        ("ev / ebit", "ebit_ev", "higher"),
        ("net_debt / ebitda", "net_debt_ebitda", "lower"),
    ],
)
def test_directions(entry: str, name: str, direction: str) -> None:
    """The catalogue gives the direction, a minus turns it, a word sets it; a multiple is ranked by its yield."""
    found = factor(entry)
    assert isinstance(found.expr, Name)
    assert (found.expr.name, found.direction) == (name, direction)


@pytest.mark.parametrize(
    ("entry", "direction"), [("avg(roic, 3y)", "higher"), ("-stdev(roic, 3y)", "lower"), ("max(accruals, 0)", "lower")]
)
def test_directions_of_formulas(entry: str, direction: str) -> None:
    """A mean is better where its metric is; a formula without a direction takes a minus as `less is better`."""
    assert factor(entry).direction == direction


def test_a_direction_is_never_guessed() -> None:
    """A line item, a neutral metric and a formula of one's own need a word."""
    for entry in ("revenue", "cash_assets", "ebit * 2", "stdev(roic, 3y)", "ebit"):
        expected = [] if entry == "ebit" else [f"whether more or less of '{entry}' is better is not known"]
        assert [problem.message for problem in check_screen(f"rank: ['{entry}']")] == expected


def test_a_written_out_ratio_is_its_metric() -> None:
    """`net_debt / ebitda <= 2.5` is undefined for a negative EBITDA, as the metric is, in any alias."""
    (rule,) = parse_screen("rules: [net_debt / ebitda <= 2.5]").rules
    assert isinstance(rule.expr, Compare)
    assert isinstance(rule.expr.left, Name)
    assert (rule.expr.left.name, rule.expr.left.written) == ("net_debt_ebitda", "net_debt / ebitda")
    assert rule.text == "net_debt / ebitda <= 2.5"


@pytest.mark.parametrize(
    ("expression", "unit"),
    [
        ("roic", "ratio"), ("pe", "multiple"), ("market_cap", "usd"), ("sector", "text"), ("period_end", "date"),
        ("cash + receivables", "usd"), ("cash - 5M", "usd"), ("cash / inventory", "multiple"), ("cash * 2", "usd"),
        ("nopat * tax_rate", "usd"), ("roic * roe", "ratio"), ("cash / shares_diluted", "usd_per_share"),
        ("cash * cash", "number"), ("roic + cash", "number"), ("-cash", "usd"), ("cash / 2", "usd"), ("15%", "ratio"),
        ("roic > 5%", "bool"), ("is_shell", "bool"), ("roic is known", "bool"), ("eps_diluted * shares_diluted", "usd"),
        ("avg(roic, 5y)", "ratio"), ("growth(revenue, 1y)", "ratio"), ("count(roic > 0, 5y)", "count"),
        ("log(revenue)", "number"), ("max(capex, da)", "usd"), ("if_known(sbc, 0)", "usd"), ("half", "usd"),
        ("when(roic > 0, 0, cash)", "usd"), ("cash ^ 2", "number"), ("quarter(revenue)", "usd"),
    ],
)  # fmt: skip
def test_units_of_columns(expression: str, unit: str) -> None:
    """A column's unit comes from the catalogue, or from what the arithmetic makes of it."""
    screen = parse_screen(f"define: {{half: cash / 2}}\nrules: [roic > 5%]\ncolumns:\n  - X: {expression}\n")
    assert [(column.name, column.unit) for column in screen.columns] == [("X", unit)]


def test_columns_are_headed_as_written() -> None:
    """Without a heading, the expression is the heading, aliases and all."""
    screen = parse_screen("rules: [roic > 5%]\ncolumns: [ebit_yield, 'avg(roic,   5y)']")
    assert [column.name for column in screen.columns] == ["ebit_yield", "avg(roic, 5y)"]


def test_definitions_stay_names(full: Screen) -> None:
    """A definition is kept once, in the order written, and used by name."""
    assert list(full.definitions) == ["half", "whole"]
    assert full.definitions["whole"].expr == Name("net_income", "net_income", full.definitions["whole"].expr.span)
    assert [node.name for node in walk(full.definitions["half"].expr) if isinstance(node, Name)] == ["whole"]


def test_definition_that_needs_itself() -> None:
    """A circle is named once, with its path."""
    text = "define: {a: b, b: a}\nrules: [a > 1, b > 1]"
    assert message(text) == "this definition needs itself: a → b → a"


def test_prices_have_no_history_even_through_definitions() -> None:
    """A metric or definition that needs prices cannot stand in a history function."""
    for name in ("market_cap", "pe", "cheap", "fcf_yield", "ebit_ev"):
        text = f"define: {{cheap: earnings_yield}}\nrules: ['avg({name}, 3y) is known']"
        assert "history is not kept" in message(text)
    assert check_screen("rules: ['avg(roic, 3y) > 1%', 'min(fcf, 8q) > 0', 'max(market_cap, 5M) > 10M']") == ()


def test_all_problems_at_once_in_order() -> None:
    """Problems of every part of the file come together, sorted by place, each with the line and a caret."""
    text = "limit: x\ncolumns: [a1]\nrank: [b2]\nrules: [c3 > 0]\nuniverse: [d4 > 0]\ndefine: {e: f5}\nnam: y\n"
    with pytest.raises(ScreenError) as caught:
        parse_screen(text, "s.yaml")
    assert [problem.line for problem in caught.value.problems] == [1, 2, 3, 4, 5, 6, 7]
    assert all(problem.path == "s.yaml" and problem.source_line for problem in caught.value.problems)
    assert "s.yaml:2:11: error: unknown name 'a1'" in caught.value.render()
    assert caught.value.message == "7 problems in s.yaml"


def test_texts_that_yaml_would_change() -> None:
    """Tickers and countries that YAML 1.1 takes for booleans stay what they are."""
    screen = parse_screen("rules:\n  - ticker in [ON, NO, TRUE]\n  - country = NO\n")
    assert [rule.text for rule in screen.rules] == ["ticker in [ON, NO, TRUE]", "country = NO"]


def test_files(tmp_path: Path) -> None:
    """A file's hash is that of its bytes, also with a byte order mark, which is no part of the text."""
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbfrules: [roic > 5%]\r\n")
    screen = load_screen(path)
    assert screen.name == "mine"
    assert screen.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert screen.rules[0].span.column == 9
    assert check_file(path) == ()
    assert check_file(tmp_path)[0].message.startswith("cannot be read")


@pytest.mark.parametrize("name", ["as_of", "issuer_id", "cik"])
def test_columns_of_the_query_are_no_definitions(name: str) -> None:
    """A definition cannot take the name of a column that every step of the query carries."""
    (found,) = check_screen(f"define: {{{name}: revenue}}\nrules: [roic > 1%]\n")
    assert f"'{name}' is already a word" in found.message


@pytest.mark.parametrize("weight", ["1e308", "1e-320"])
def test_weights_have_bounds(weight: str) -> None:
    """A weight that would overflow, or drown, a weighted mean is a problem."""
    (found,) = check_screen(f"rank: {{A: {{weight: {weight}, by: [roic]}}}}\n")
    assert "out of all proportion" in found.message


@pytest.mark.parametrize(("columns", "said"), [
    ("[{Rank: roic}]", "always shown"), ("[{A: roic}, {a: roe}]", "stands twice"), ("[{'': roic}]", "empty heading"),
])  # fmt: skip
def test_headings_differ_by_more_than_case(columns: str, said: str) -> None:
    """Headings are told apart without regard to case, and none is empty."""
    (found,) = check_screen(f"rules: [roic > 1%]\ncolumns: {columns}\n")
    assert said in found.message


def test_what_is_the_same_on_every_day_may_stand_in_history() -> None:
    """Tangible equity asks what kind of source an issuer has, which no day changes: it has a history."""
    assert not check_screen("rules: ['avg(tangible_equity, 5y) > 0', 'avg(rote, 3y) > 5%']")
