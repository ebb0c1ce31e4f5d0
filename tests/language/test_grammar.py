"""The grammar on the language page: it has every word of the tables, defines what it uses, and its sentences parse."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from screener.catalogue import peers
from screener.catalogue.functions import FUNCTIONS
from screener.catalogue.names import RESERVED
from screener.language.ast import Expr, Name, Param, Text, walk
from screener.language.define import DIRECTIONS, RANKS, ROW_KEYS, UNDEFINED_KEYS
from screener.language.expressions import parse_expression
from screener.language.extends import ADDED
from screener.language.params import PARAM_KEYS, TYPES
from screener.language.rank import FACTOR_KEYS, GROUP_KEYS, MISSING, TIES
from screener.language.resolve import KEYS
from screener.language.rules import GROUP_RULE_KEYS, IF_UNKNOWN, RULE_KEYS, WORDS
from screener.language.tokens import KEYWORDS, SCALES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
EXPRESSIONS, SCREEN = re.findall(r"^```ebnf\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|[a-z_]+|[{}\[\]()|,;=]")
# Letters, digits and lines of text are what they are called.
PLAIN = {
    "letter", "digit", "digits", "word", "character", "line", "value", "heading", "whole", "ticker", "file", "unit",
    "model", "weight", "list", "x",
}  # fmt: skip


def rules(text: str) -> dict[str, list[str]]:
    """Return rule → its tokens; ``list(x)`` is a rule named list."""
    found = {}
    for part in re.split(r"\s;\n", text.replace("list(x) =", "list =")):
        name, sign, body = part.partition(" = ")
        if sign:
            found[name.strip()] = TOKEN.findall(body)
    return found


GRAMMAR = rules(EXPRESSIONS)
KEYS_OF_IT = rules(SCREEN)


def words(found: dict[str, list[str]]) -> set[str]:
    """Return what stands in quotes."""
    return {piece[1:-1] for body in found.values() for piece in body if piece[0] in "'\""}


def test_expressions_have_every_word() -> None:
    """Functions, keywords, groups of peers and suffixes of numbers are those of the tables, and no others."""
    functions = {piece.strip('"') for piece in GRAMMAR["function"] if piece != "|"}
    assert functions == {row.name for row in FUNCTIONS}
    groups = {piece.strip('"') for piece in GRAMMAR["group"] if piece != "|"}
    assert groups == {*peers.BY_NAME, peers.EVERYONE}
    suffixes = {piece.strip('"').lower() for piece in GRAMMAR["suffix"] if piece != "|"}
    assert suffixes == set(filter(None, SCALES))
    assert {*KEYWORDS, *RESERVED, "within"} <= words(GRAMMAR)
    assert {"<", "<=", ">", ">=", "=", "!=", "+", "-", "*", "/", "^", "[", "]", "$"} <= words(GRAMMAR)


def test_screens_have_every_key() -> None:
    """The keys of screens, rules, factors, rows and parameters, and the words they take, are those of the reader."""
    found = words(KEYS_OF_IT)
    wanted = {*KEYS, *RULE_KEYS, *GROUP_RULE_KEYS, *WORDS, *FACTOR_KEYS, *GROUP_KEYS, *ROW_KEYS, *UNDEFINED_KEYS}
    wanted |= {*PARAM_KEYS, *TYPES, *MISSING, *TIES, *IF_UNKNOWN, *DIRECTIONS, *RANKS}
    assert wanted <= found
    assert found <= wanted | {"+", ":", "-", "[", "]", ",", "true", "false", "at least", "of", "ignore"}
    added = re.findall(r'\[ "\+" \] , "(\w+)"', SCREEN)
    assert sorted([*added, "tags"]) == sorted(ADDED)


@pytest.mark.parametrize("grammar", [GRAMMAR, {**GRAMMAR, **KEYS_OF_IT}], ids=["expressions", "screens"])
def test_every_rule_is_defined(grammar: dict[str, list[str]]) -> None:
    """A rule that is used is defined, and all but the first are used."""
    used = {piece for body in grammar.values() for piece in body if re.fullmatch("[a-z_]+", piece)}
    assert used - set(grammar) <= PLAIN
    assert set(grammar) - used <= {"expression", "screen", "list"}


TERMINALS = {"letter": "x", "digit": "1", "digits": "2", "word": "Energy", "character": "a"}
# What the grammar leaves to chance must still be a day of the calendar, a period, a name that is no keyword.
FIXED = {"date": "2024-12-31", "name": "roic", "number": "15%", "period": "3y", "text": "'a b'", "words": "Energy"}


class Sentences:
    """Makes sentences of the grammar at random; deep ones take the first alternative that ends."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - sentences are no secrets

    def make(self, rule: str, depth: int = 0) -> str:
        """Return a sentence of ``rule``."""
        if rule in FIXED:
            return FIXED[rule]
        if rule in TERMINALS:
            return TERMINALS[rule]
        if depth > 14 and rule in {"expression", "primary", "argument", "operand", "choice"}:
            return "roic" if rule != "choice" else "5"
        return self.choose(GRAMMAR[rule], depth)

    def choose(self, tokens: list[str], depth: int) -> str:
        """Return a sentence of one of the alternatives."""
        options: list[list[str]] = [[]]
        level = 0
        for piece in tokens:
            level += (piece in "([{") - (piece in ")]}")
            if piece == "|" and not level:
                options.append([])
            else:
                options[-1].append(piece)
        return self.sequence(self.random.choice(options), depth)

    def sequence(self, tokens: list[str], depth: int) -> str:
        """Return the parts of a sequence one after the other."""
        found, at = [], 0
        while at < len(tokens):
            piece = tokens[at]
            if piece in "([{":
                end, level = at, 0
                while True:
                    level += (tokens[end] in "([{") - (tokens[end] in ")]}")
                    if not level:
                        break
                    end += 1
                times = 1 if piece == "(" else self.random.choice([0, 0, 1])
                found += [self.choose(tokens[at + 1 : end], depth + 1) for _ in range(times)]
                at = end
            elif piece[0] in "'\"":
                found.append(piece[1:-1])
            elif piece != ",":
                found.append(self.make(piece, depth + 1))
            at += 1
        # What belongs together stands together: x[-1y], $name.
        return re.sub(r" \[ - (\w+) \]", r"[-\1]", " ".join(found)).replace("$ ", "$")


@pytest.mark.parametrize("seed", range(150))
def test_sentences_parse(seed: int) -> None:
    """What the grammar makes is an expression of the language."""
    sentence = Sentences(seed).make("expression")
    found = parse_expression(sentence)
    leaves = {type(node) for node in walk(found)}
    assert leaves, sentence


def leaf(expr: Expr) -> str:
    """Return an expression with its brackets, so that precedence shows."""
    from screener.language.ast import Binary, Call, Compare, Logic, Not, Unary

    match expr:
        case Binary(op, left, right) | Compare(op, left, right):
            return f"({leaf(left)} {op} {leaf(right)})"
        case Logic(op, operands):
            return "(" + f" {op} ".join(map(leaf, operands)) + ")"
        case Not(operand):
            return f"(not {leaf(operand)})"
        case Unary(_, operand):
            return f"(-{leaf(operand)})"
        case Call(function, args):
            return f"{function}({', '.join(map(leaf, args))})"
        case Name(name) | Param(name):
            return name
        case Text(value):
            return repr(value)
        case _:
            return str(getattr(expr, "text", None) or f"{getattr(expr, 'count', '')}{getattr(expr, 'unit', '')}")


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a or b and not c < 1", "(a or (b and (not (c < 1))))"),
        ("a + b * c ^ d ^ e", "(a + (b * (c ^ (d ^ e))))"),
        ("-a[-1y] ^ 2", "(-(lag(a, 1y) ^ 2))"),
        ("a - b - c < d", "(((a - b) - c) < d)"),
        ("avg(a, 3y)[-4q][-1y] > $b", "(lag(lag(avg(a, 3y), 4q), 1y) > b)"),
        ("1 < a <= 2", "((1 < a) and (a <= 2))"),
    ],
)
def test_precedence(text: str, grouped: str) -> None:
    """Operators bind in the order of the grammar's rules."""
    assert leaf(parse_expression(text)) == grouped
