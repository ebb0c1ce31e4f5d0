"""The keys ``universe`` and ``rules``: conditions, and groups of which any, all, none or some must hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.catalogue import names
from screener.language.ast import Call, Compare, Logic, Not, Number
from screener.language.calls import refuse_deep_counts
from screener.language.document import Mapping, Node, Scalar, Sequence
from screener.language.peer_calls import comparisons
from screener.language.reading import Reading, one_line
from screener.language.screen import Rule

if TYPE_CHECKING:
    from screener.language.ast import Expr

IF_UNKNOWN = ("fail", "pass", "flag")
RULE_KEYS = ("rule", "if_unknown")
# What a group of conditions is called; `at least 3 of` is the fourth.
WORDS = ("any", "all", "not")
GROUP_RULE_KEYS = ("name", "if_unknown")
AT_LEAST = "at least N of"
AT_LEAST_PATTERN = "^at least [0-9]+ of$"
_AT_LEAST = re.compile(r"at\s+least\s+(\S+)\s+of", re.IGNORECASE)
_EXAMPLE = "{any: [pe <= 15, pb <= 1]}"


def read_universe(reading: Reading, node: Node | None) -> tuple[Rule, ...]:
    """Return the conditions of the universe, which compare no names with each other."""
    found = _rules(reading, node, "universe", "fail")
    for rule in found:
        for span, written in comparisons(reading.checker, rule.expr):
            message = f"'{written}' compares the names of the universe, which must be known first"
            reading.problem(span, message, "move this condition to 'rules'")
    return found


def read_rules(reading: Reading, node: Node | None, default: str) -> tuple[Rule, ...]:
    """Return the rules, each with the heading that it stands under; ``default`` is the screen's ``if_unknown``."""
    if not isinstance(node, Mapping) or is_entry(node):
        return _rules(reading, node, "rules", default)
    found: list[Rule] = []
    for key, value in node.entries:
        found.extend(_rules(reading, value, key.text, default))
    return tuple(found)


def _rules(reading: Reading, node: Node | None, group: str, default: str) -> tuple[Rule, ...]:
    if node is None:
        return ()
    found = (_rule(reading, item, group, default) for item in reading.items(node, f"'{group}'"))
    return tuple(rule for rule in found if rule is not None)


def _rule(reading: Reading, node: Node, group: str, default: str, *, inside: bool = False) -> Rule | None:
    """Read a condition, ``{rule: ..., if_unknown: ...}`` or a group; ``inside``: it is a member of a group."""
    if_unknown = default
    if isinstance(node, Mapping):
        if len(node.entries) == 1 and names.lookup(node.entries[0][0].text) is not None:
            name = node.entries[0][0].text
            reading.problem(node.span, "a rule is a condition, without ':'", f"for example: {name} > 0")
            return None
        word = _group_key(node)
        allowed = RULE_KEYS if word is None else (word.text, *GROUP_RULE_KEYS)
        keys = reading.keys(node, allowed, "a rule" if word is None else "a group of rules")
        if_unknown = _if_unknown(reading, keys.get("if_unknown"), default, inside=inside)
        if word is not None:
            return _group(reading, word, keys, group, if_unknown)
        rule = keys.get("rule")
        if rule is None:
            hint = "{rule: roic > 10%, if_unknown: flag}, or a group: " + _EXAMPLE
            reading.problem(node.span, "a rule needs the key 'rule'", hint)
            return None
        node = rule
    if not isinstance(node, Scalar):
        hint = f"one of several conditions: {_EXAMPLE}" if isinstance(node, Sequence) else ""
        reading.problem(
            node.span,
            "a rule is a condition such as roic > 10%",
            hint or "a text with brackets or braces needs quotes",
        )
        return None
    expr = reading.condition(node)
    return None if expr is None else Rule(one_line(node.text), expr, group, if_unknown, node.span)


def _if_unknown(reading: Reading, node: Node | None, default: str, *, inside: bool) -> str:
    if node is not None and inside:
        message = "if_unknown cannot stand inside a group: the group as a whole passes, fails or is unknown"
        reading.problem(node.span, message, "put it beside any, all, not or 'at least'")
    return reading.choice(node, "if_unknown", IF_UNKNOWN, default)


def is_entry(node: Mapping) -> bool:
    """Return whether a mapping is one rule or one group of conditions, and no headings with rules below them."""
    return node.get("rule") is not None or _group_key(node) is not None


def _group_key(node: Mapping) -> Scalar | None:
    """Return the key that makes a mapping a group of conditions, ``None`` for any other."""
    return next((key for key, _ in node.entries if key.text in WORDS or _AT_LEAST.fullmatch(key.text)), None)


def _group(reading: Reading, word: Scalar, keys: dict[str, Node], group: str, if_unknown: str) -> Rule | None:
    items = reading.items(keys[word.text], f"'{word.text}'")
    found = [_rule(reading, item, group, if_unknown, inside=True) for item in items]
    if not items:
        return None
    if word.text == "not" and len(items) > 1:
        hint = "write not: {any: [...]}, or not: {all: [...]}"
        reading.problem(word.span, "'not' turns one condition", hint)
    least = _least(reading, word, len(items))
    parts = [rule for rule in found if rule is not None]
    if len(parts) < len(items) or least is None:
        return None
    expr = _joined(word.text, [rule.expr for rule in parts], least, word)
    refuse_deep_counts(reading.checker, expr)
    inside = "; ".join(rule.text for rule in parts)
    name = one_line(reading.text(keys.get("name"), "name"))
    text = f"not ({inside})" if word.text == "not" else f"{_said(word.text, least)} ({inside})"
    return Rule(f"{name}: {text}" if name else text, expr, group, if_unknown, word.span, tuple(parts))


def _said(word: str, least: int) -> str:
    return f"{word} of" if word in WORDS else f"at least {least} of"


def _least(reading: Reading, word: Scalar, members: int) -> int | None:
    """Return how many members must hold; ``None`` after a problem."""
    match = _AT_LEAST.fullmatch(word.text)
    if match is None:
        return members if word.text == "all" else 1
    written = match[1]
    if not re.fullmatch("[0-9]{1,6}", written):
        reading.problem(word.span, f"'{written}' is not a whole number", "for example: at least 3 of")
        return None
    if not 1 <= int(written) <= max(1, members):
        conditions = "1 condition" if members == 1 else f"{members} conditions"
        message = f"'at least {written}' of a group of {conditions}"
        reading.problem(word.span, message, f"a whole number from 1 to {members}" if members > 1 else "")
        return None
    return int(written)


def _joined(word: str, parts: list[Expr], least: int, key: Scalar) -> Expr:
    if word == "not":
        return Not(parts[0], key.span)
    if len(parts) == 1:
        return parts[0]
    if word in WORDS:
        return Logic("or" if word == "any" else "and", tuple(parts), key.span)
    count = Call("count_true", tuple(parts), key.span)
    return Compare(">=", count, Number(float(least), str(least), key.span), key.span)
