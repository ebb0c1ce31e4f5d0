"""Kinds of expressions: number, condition, text, date, period."""

from __future__ import annotations

from dataclasses import dataclass

from screener.language.ast import Expr

# How a message names a kind.
A_KIND = {
    "number": "a number",
    "text": "a text",
    "bool": "a condition",
    "date": "a date",
    "period": "a period",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """A resolved expression with its kind (``number text bool date period``, ``""`` after a problem) and unit."""

    expr: Expr
    kind: str
    unit: str
