"""Expressions: a precedence-climbing parser from text to the syntax tree, with the place of every node."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from screener.catalogue import names
from screener.language.ast import (
    Between,
    Binary,
    Call,
    Compare,
    Date,
    Expr,
    In,
    IsKnown,
    Logic,
    Name,
    Not,
    Number,
    Param,
    Period,
    Span,
    Text,
    Unary,
    children,
)
from screener.language.tokens import KEYWORDS, ExpressionError, Token, next_token, number_value

Locate = Callable[[int, int], Span]

# Deep enough for any formula a person writes, shallow enough that walking the tree never exhausts the stack.
MAX_NESTING = 30
MAX_DEPTH = 100

OR, AND, NOT, COMPARE, ADD, MULTIPLY, NEGATE, POWER = range(1, 9)
_ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "^": POWER}
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})

# Words of other languages and where they lead.
_NOT_WORDS = {
    "like": "texts are compared with =, != and in: name in [Apple Inc, Alphabet Inc]",
    "if": "write: when(condition, value, other value); a rule for some names: sector != Energy or roic > 10%",
    "then": "write: when(condition, value, other value); a rule for some names: sector != Energy or roic > 10%",
    "within": "'within' follows a comparison with peers: percentile(roic) within sector > 50",
    "select": "names are compared with others by percentile(x), rank(x) and median(x)",
    "equals": "write =",
    "above": "write >",
    "below": "write <",
    "und": "write and",
    "oder": "write or",
}
_WORDS = re.compile(r"[A-Za-z]\w*(?:[ \t]+(?!(?:and|or|not|in|is|between|within)\b)[A-Za-z]\w*)*", re.IGNORECASE)
_LIST_ITEM = re.compile(r"[^,\[\]]+")
_BARE_WORDS = re.compile(r"[^\s,()\[\]=<>!\"]+(?:\s+(?!(?:and|or)\b)[^\s,()\[\]=<>!\"]+)*", re.IGNORECASE)


def _on_line_one(start: int, end: int) -> Span:
    return Span(1, start + 1, max(1, end - start))


def parse_expression(text: str, locate: Locate = _on_line_one) -> Expr:
    """Return the tree of ``text``, names as written.

    locate: turns two 0-based offsets of ``text`` into a place in the file. Raises ``ExpressionError`` for the first
    thing that is not part of the language; names, functions and types are looked at later, when they are resolved.
    """
    if not text.strip():
        raise ExpressionError("there is no expression here", 0, 1, "write one, for example roic > 10%")
    parser = _Parser(text, locate)
    expr = parser.expression(0)
    parser.expect_end()
    _refuse_depth(expr, text)
    return expr


@lru_cache(maxsize=2048)
def parse_formula(text: str) -> Expr:
    """Return the tree of a catalogue formula, names as the catalogue writes them; parsed once a process."""
    return parse_expression(text)


def _refuse_depth(expr: Expr, text: str) -> None:
    level: list[Expr] = [expr]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    raise ExpressionError("this expression is too long", 0, len(text), "split it with define:")


class _Parser:
    """One pass over one expression; ``token`` is the next token, not yet consumed."""

    def __init__(self, text: str, locate: Locate) -> None:
        self.text = text
        self.locate = locate
        self.nesting = 0
        self.previous = Token("end", "", 0, 0)
        self.token = next_token(text, 0)

    def advance(self) -> Token:
        self.previous = self.token
        self.token = next_token(self.text, self.token.end)
        return self.previous

    def at(self, *values: str) -> bool:
        return self.token.kind in {"word", "op"} and self.token.value in values

    def take(self, value: str) -> bool:
        found = self.at(value)
        if found:
            self.advance()
        return found

    def fail(self, expected: str, hint: str = "") -> ExpressionError:
        length = self.token.end - self.token.start
        return ExpressionError(f"expected {expected} but found {self.token.describe()}", self.token.start, length, hint)

    def expect(self, value: str) -> None:
        if not self.take(value):
            raise self.fail(f"'{value}'", self._words_hint())

    def expect_end(self) -> None:
        if self.token.kind == "end":
            return
        hint = self._words_hint()
        if self.at(",") and self.previous.kind == "number":
            hint = "decimals are written 5.5, thousands 1_000 or 1k"
        elif self.at("]"):
            hint = "there is no '[' before it"
        elif self.at("["):
            hint = "x as it was a year ago is written without a space: x[-1y]"
        raise self.fail("an operator", hint)

    def _words_hint(self) -> str:
        for token in (self.token, self.previous):
            if token.kind == "word" and token.value in _NOT_WORDS:
                return _NOT_WORDS[str(token.value)]
        if self.previous.kind != "word" or self.token.kind != "word":
            return ""
        # "Return on Equity", of which the second word is in the way: the longest stretch that is a name is meant.
        words = _WORDS.match(self.text, self.previous.start)
        found = words.group().split()[:6] if words else []
        for count in range(len(found), 1, -1):
            meant = names.suggest(" ".join(found[:count]))
            if meant:
                return f"did you mean '{meant}'?"
        return "names are one word, joined with _"

    def span(self, start: int) -> Span:
        return self.locate(start, max(self.previous.end, start + 1))

    def expression(self, floor: int) -> Expr:
        """Parse everything that binds more tightly than ``floor``."""
        if self.nesting >= MAX_NESTING:
            raise ExpressionError("this expression is nested too deeply", self.token.start, 1, "split it with define:")
        self.nesting += 1
        start = self.token.start
        left = self._prefix(floor)
        while True:
            after = self._infix(left, start, floor)
            if after is None:
                self.nesting -= 1
                return left
            left = after

    def _prefix(self, floor: int) -> Expr:
        start = self.token.start
        if self.at("-", "+"):
            op = self.advance().text
            operand = self.expression(NEGATE - 1)
            return Unary("-", operand, self.span(start)) if op == "-" else operand
        if self.at("not"):
            if floor >= COMPARE:
                raise self.fail("a value", "put the condition in parentheses: (not ...)")
            self.advance()
            return Not(self.expression(NOT - 1), self.span(start))
        found = self._primary(start)
        while self.at("[") and self.previous.end == self.token.start:
            found = self._earlier(found, start)
        return found

    def _earlier(self, expr: Expr, start: int) -> Call:
        """Parse ``[-1y]`` behind a value, which is another way of writing ``lag(x, 1y)``."""
        opening = self.advance()
        minus = self.take("-")
        if not minus or self.token.kind != "period":
            hint = "a list stands after 'in' only" if not minus and self.token.kind in {"word", "text"} else ""
            raise ExpressionError(
                "expected an earlier time here", opening.start, 1, hint or "x as it was a year ago is written x[-1y]"
            )
        token = self.advance()
        self.expect("]")
        count, unit = cast("tuple[int, str]", token.value)
        period = Period(count, unit, self.locate(token.start, token.end))
        return Call("lag", (expr, period), self.span(start))

    def _primary(self, start: int) -> Expr:
        token = self.token
        if token.kind == "end" or (token.kind == "word" and token.value in KEYWORDS):
            raise self.fail("a value")
        if token.kind == "op":
            if not self.take("("):
                hint = "a list stands after 'in' only" if token.value == "[" else ""
                if self.previous.value == "=" and token.value in {">", "<"}:
                    hint = f"write {token.value}="
                raise self.fail("a value", hint)
            inner = self.expression(0)
            if not self.at(")"):
                raise self.fail("')'", self._words_hint() or f"the '(' at character {start + 1} is not closed")
            self.advance()
            return inner
        self.advance()
        span = self.span(start)
        match token.kind, token.value:
            case "number", float(value):
                return Number(value, token.text, span)
            case "period", (int(count), str(unit)):
                return Period(count, unit, span)
            case "text", str(value):
                return Text(value, span)
            case "param", str(value):
                return Param(value, span)
            case "word", str(value):
                return self._call(token) if self.at("(") else Name(token.text, token.text, span)
            case _:
                return Date(token.value, span)  # type: ignore[arg-type]  # the only kind left is a date

    def _call(self, name: Token) -> Call:
        self.expect("(")
        args: list[Expr] = []
        while not self.at(")"):
            args.append(self.expression(0))
            if not self.take(",") and not self.at(")"):
                raise self.fail("',' or ')'", self._words_hint())
        self.expect(")")
        within = ""
        if self.take("within"):
            if self.token.kind != "word":
                raise self.fail("a group of peers", "for example: within sector")
            within = self.advance().text.lower()
        return Call(name.text.lower(), tuple(args), self.span(name.start), within)

    def _infix(self, left: Expr, start: int, floor: int) -> Expr | None:
        """Return ``left`` joined with what follows it, or ``None`` where nothing binds more tightly than ``floor``."""
        token = self.token
        if token.kind not in {"op", "word"}:
            return None
        word = str(token.value)
        if word in _ARITHMETIC and token.kind == "op":
            power = _ARITHMETIC[word]
            if power <= floor:
                return None
            self.advance()
            right = self.expression(power - 1 if word == "^" else power)
            return Binary(word, left, right, self.span(start))
        if word in {"and", "or"}:
            return self._logic(word, left, start) if (AND if word == "and" else OR) > floor else None
        if floor >= COMPARE:
            return None
        if token.kind == "op":
            return self._comparison(left, start) if word in _COMPARISONS else None
        return self._condition(word, left, start)

    def _logic(self, word: str, left: Expr, start: int) -> Logic:
        power = AND if word == "and" else OR
        operands = [left]
        while self.take(word):
            operands.append(self.expression(power))
        return Logic(word, tuple(operands), self.span(start))

    def _comparison(self, left: Expr, start: int) -> Expr:
        """Parse ``a < b`` and the chain ``a < b <= c``, which is ``a < b and b <= c``."""
        pairs: list[Expr] = []
        first = start
        while self.token.kind == "op" and self.token.value in _COMPARISONS:
            op = str(self.advance().value)
            second = self.token.start
            words = self._bare_text() if op in {"=", "!="} and _is_text_field(left) else None
            right = words or self.expression(COMPARE)
            pairs.append(Compare(op, left, right, self.span(first)))
            left, first = right, second
        return pairs[0] if len(pairs) == 1 else Logic("and", tuple(pairs), self.span(start))

    def _bare_text(self) -> Text | None:
        """Return the bare words at the cursor as one text (``sector = Real Estate``)."""
        if self.token.kind != "word" or self.token.value in KEYWORDS:
            return None
        match = _BARE_WORDS.match(self.text, self.token.start)
        if match is None:
            return None
        self._jump(match.start(), match.end(), "text")
        return Text(match.group(), self.span(match.start()))

    def _condition(self, word: str, left: Expr, start: int) -> Expr | None:
        negated = word == "not"
        if negated:
            following = next_token(self.text, self.token.end)
            if following.value not in {"in", "between"}:
                return None
            self.advance()
        if self.take("between"):
            low = self.expression(COMPARE)
            self.expect("and")
            between = Between(left, low, self.expression(COMPARE), self.span(start))
            return Not(between, between.span) if negated else between
        if self.take("in"):
            choices = self._choices()
            return In(left, choices, negated, self.span(start))
        return self._known(left, start) if self.take("is") else None

    def _known(self, left: Expr, start: int) -> IsKnown:
        negated = self.take("not")
        if self.at("known", "unknown"):
            negated ^= self.advance().value == "unknown"
            return IsKnown(left, negated, self.span(start))
        raise self.fail("'known' or 'unknown'", "a missing value is tested with: x is unknown")

    def _choices(self) -> tuple[Expr, ...]:
        """Parse ``[a, b c, 'd']``: bare words, also several, are one text; numbers and dates are themselves."""
        opening = self.token
        if not self.at("["):
            raise self.fail("a list such as [a, b]", "lists stand in brackets: sector in [Energy, Materials]")
        choices: list[Expr] = []
        offset = opening.end
        while True:
            choice, offset = self._choice(offset)
            if choice is not None:
                choices.append(choice)
            mark = self.text[offset : offset + 1]
            if mark == "]":
                break
            if mark != ",":
                raise ExpressionError("this list has no end", opening.start, 1, "lists are written [a, b]")
            offset += 1
        if not choices:
            raise ExpressionError("this list is empty", opening.start, offset + 1 - opening.start)
        self._jump(opening.start, offset + 1, "op")
        return tuple(choices)

    def _choice(self, offset: int) -> tuple[Expr | None, int]:
        """Return the list entry at ``offset`` (``None`` for an empty one) and where the next mark stands."""
        while self.text[offset : offset + 1].isspace():
            offset += 1
        if self.text[offset : offset + 1] in {"'", '"'} and self.text[offset : offset + 1]:
            token = next_token(self.text, offset)
            after = token.end
            while self.text[after : after + 1].isspace():
                after += 1
            return Text(str(token.value), self.locate(token.start, token.end)), after
        match = _LIST_ITEM.match(self.text, offset)
        if match is None:
            return None, offset
        written = match.group().rstrip()
        span = self.locate(offset, offset + len(written))
        value = number_value(written.removeprefix("-"))
        if value is not None:
            number = Number(value, written.removeprefix("-"), span)
            return (Unary("-", number, span) if written.startswith("-") else number), match.end()
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", written, re.ASCII):
            day = next_token(written, 0).value
            return Date(day, span), match.end()  # type: ignore[arg-type]  # the pattern makes it a date
        if re.fullmatch(r"\$[A-Za-z_]\w*", written, re.ASCII):
            return Param(written[1:].lower(), span), match.end()
        return Text(written, span), match.end()

    def _jump(self, start: int, end: int, kind: str) -> None:
        self.token = Token(kind, self.text[start:end], start, end)
        self.advance()


def _is_text_field(expr: Expr) -> bool:
    if not isinstance(expr, Name):
        return False
    entry = names.lookup(expr.name)
    return entry is not None and entry.value == "text"
