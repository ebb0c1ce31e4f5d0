"""Expressions that several columns, or several places of one, have in common: each becomes a column of its own.

DuckDB parses, binds and optimizes every copy of an expression: nested a few times, copies cost more than the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from screener.standardize.columns import WORD

Column = tuple[str, str]

_EXPRESSIONS: dict[str, str] = {}


def shared(sql: str) -> str:
    """Return the name of a column that stands for ``sql``: the same for the same text."""
    if WORD.fullmatch(sql):
        return sql
    name = f"x_{hashlib.sha256(sql.encode()).hexdigest()[:12]}"
    _EXPRESSIONS[name] = sql
    return name


def with_shared(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns, each of which finds before it the shared ones that it reads."""
    found: dict[str, str] = {}

    def add(name: str, sql: str) -> None:
        for word in WORD.findall(sql):
            if word in _EXPRESSIONS and word not in found:
                add(word, _EXPRESSIONS[word])
        found[name] = sql

    for name, sql in columns:
        add(name, sql)
    return tuple(found.items())
