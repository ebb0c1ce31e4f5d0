"""Values of a mapping's keys: texts, numbers, choices and sums of columns, with a problem where they are none."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from screener.catalogue.names import suggest
from screener.language.ast import Span
from screener.language.document import Mapping, Node, Scalar, Sequence, Source

POWERS = {"unit": 1.0, "units": 1.0, "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9}
# A sign with a space on both sides, outside double quotes.
_SIGN = re.compile(r'"[^"]*"|\s([+-])\s')
MOST_TERMS = 40


@dataclass(frozen=True, slots=True)
class Term:
    """A column of a sum, with its sign and its place in the mapping."""

    column: str
    sign: int
    span: Span


def text(source: Source, node: Node | None, what: str) -> str:
    """Return a text without outer white space; ``""`` where there is none, or where it is no text (a problem)."""
    if node is None:
        return ""
    if not isinstance(node, Scalar):
        source.problem(node.span, f"{what} must be a text", "a text with brackets or braces needs quotes")
        return ""
    if not node.text.strip():
        source.problem(node.span, f"{what} is empty", "write it, or remove the key")
    return node.text.strip()


def keys(source: Source, node: Node | None, allowed: Iterable[str], where: str) -> dict[str, Node]:
    """Return the known keys of a mapping with their values; unknown keys are problems with a suggestion."""
    known, found = tuple(dict.fromkeys(allowed)), {}
    for key, value in entries(source, node, where):
        if key.text in known:
            found[key.text] = value
            continue
        meant = suggest(key.text, known)
        hint = f"did you mean '{meant}'?" if meant else "known keys: " + ", ".join(known)
        source.problem(key.span, f"unknown key '{key.text}' in {where}", hint, code="unknown-key")
    return found


def entries(source: Source, node: Node | None, where: str) -> tuple[tuple[Scalar, Node], ...]:
    """Return the keys and values of a mapping; none, with a problem, where it is something else."""
    if node is None:
        return ()
    if isinstance(node, Mapping):
        return node.entries
    source.problem(node.span, f"{where} must be keys with values", "write: key: value")
    return ()


def texts(source: Source, node: Node | None, what: str) -> tuple[str, ...]:
    """Return a list of texts; a single text stands for a list of one."""
    nodes = node.items if isinstance(node, Sequence) else () if node is None else (node,)
    found = [text(source, one, what) for one in nodes]
    return tuple(one for one in found if one)


def choice(source: Source, node: Node | None, allowed: Iterable[str], what: str, default: str) -> str:
    """Return one of the words that are allowed."""
    words = tuple(allowed)
    written = text(source, node, what)
    if not written or written in words:
        return written or default
    meant = suggest(written, words)
    assert node is not None, "a text has a node"  # noqa: S101 - a text was written, so there is a node
    hint = f"did you mean '{meant}'?" if meant else "one of " + ", ".join(words)
    source.problem(node.span, f"'{written}' is no {what}", hint)
    return default


def whole(source: Source, node: Node | None, what: str, most: int) -> int | None:
    """Return a whole number from 0 to ``most``."""
    written = text(source, node, what)
    if not written or node is None:
        return None
    value = int(written) if re.fullmatch(r"[0-9]{1,6}", written) else -1
    if 0 <= value <= most:
        return value
    source.problem(node.span, f"{what} must be a whole number from 0 to {most:,}, not '{written}'")
    return None


def scale(source: Source, node: Node | None) -> float | None:
    """Return what values are multiplied by: a number above 0, or a word such as ``million``."""
    written = text(source, node, "scale")
    if not written or node is None:
        return None
    value = POWERS.get(written.lower(), 0.0)
    if not value and re.fullmatch(r"[0-9][0-9_]{0,15}(\.[0-9]{1,12})?([eE][+-]?[0-9]{1,2})?", written):
        value = float(written.replace("_", ""))
    if math.isfinite(value) and 1e-12 <= value <= 1e12:
        return value
    source.problem(node.span, f"scale must be a number above 0, not '{written}'", "write: 1000000, 1e6 or million")
    return None


def terms(source: Source, node: Node, what: str) -> tuple[Term, ...]:
    """Return the columns of ``A``, ``-A``, ``A + B - C`` or a list of columns to add, with their signs and places."""
    nodes = node.items if isinstance(node, Sequence) else (node,)
    found: list[Term] = []
    for one in nodes:
        if not isinstance(one, Scalar):
            source.problem(one.span, f"{what} must be a column", "write: COLUMN, -COLUMN, A + B or a list of columns")
            continue
        found += _sum(source, one, what)
    if len(found) > MOST_TERMS:
        source.problem(node.span, f"{what} has more than {MOST_TERMS} columns")
        return ()
    return tuple(found)


def _sum(source: Source, node: Scalar, what: str) -> list[Term]:
    places = [match for match in _SIGN.finditer(node.text) if match[1]]
    starts = [0, *(match.end() for match in places)]
    ends = [*(match.start() for match in places), len(node.text)]
    signs = [1, *(-1 if match[1] == "-" else 1 for match in places)]
    found = []
    for first, end, said in zip(starts, ends, signs, strict=True):
        column = node.text[first:end].strip()
        sign = -said if column[:1] == "-" else said
        column = column[1:].strip() if column[:1] in {"-", "+"} else column
        start = node.text.find(column, first) if column else first
        span = node.at(start, max(start + len(column), start + 1))
        if len(column) > 1 and column[0] == column[-1] == '"':
            column = column[1:-1]
        if not column:
            source.problem(span, f"{what}: a column is missing here", "write: A + B - C")
            continue
        found.append(Term(column, sign, span))
    return found
