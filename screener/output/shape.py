"""What every output takes from a result: its columns, numbered flags, coverage, identity and counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from screener.engine.result import FIXED_COLUMNS, FunnelStep, Result, ResultColumn, Row, RunIdentity
from screener.language.ast import Expr, Name
from screener.language.glossary import Meaning

DEMO_BANNER = "Demo data: these companies do not exist."
HASH_LENGTH = 12
# What machine formats carry of a row beside the fixed and the chosen columns; the first ones are attributes of it.
IDENTITY_KEYS = ("issuer_id", "cik", "exchange", "period_end", "known_from")
OWN_KEYS = (*IDENTITY_KEYS, "coverage", "flags", "factors")


def chosen(result: Result) -> tuple[tuple[int, ResultColumn], ...]:
    """Return the chosen columns with their place in ``Row.values``, without those that repeat a column before them."""
    seen = set(FIXED_COLUMNS)
    found: list[tuple[int, ResultColumn]] = []
    for place, column in enumerate(result.columns):
        if column.name not in seen:
            seen.add(column.name)
            found.append((place, column))
    return tuple(found)


def meaning_of(expr: Expr | None, meanings: Iterable[Meaning]) -> Meaning | None:
    """Return what an expression means that is one word; None for a calculation."""
    if not isinstance(expr, Name):
        return None
    return next((meaning for meaning in meanings if meaning.name == expr.name), None)


def heading(written: str, expr: Expr | None, meanings: Iterable[Meaning]) -> str:
    """Return what a column or factor is called: as its author wrote it, else the label of the metric that it is."""
    # The metric's own name or another name of it: the author gave none.
    if isinstance(expr, Name) and written in (expr.name, expr.written):
        meaning = meaning_of(expr, meanings)
        return written if meaning is None else meaning.label
    return written


def keyed(result: Result) -> tuple[tuple[str, int, ResultColumn], ...]:
    """Return the chosen columns as (key, place in ``Row.values``, column) for formats that are read by key.

    The key is the column's name. A column that bears one of :data:`OWN_KEYS` and is something else (``flags: price``)
    gets an underscore at its end, so that a key means the same in the output of every screen.
    """
    columns = chosen(result)
    taken = {*FIXED_COLUMNS, *OWN_KEYS, *(column.name for _, column in columns)}
    found: list[tuple[str, int, ResultColumn]] = []
    for place, column in columns:
        key = column.name
        if key in OWN_KEYS and not _repeats(result, place, key):
            while key in taken:
                key += "_"
            taken.add(key)
        found.append((key, place, column))
    return tuple(found)


def _repeats(result: Result, place: int, key: str) -> bool:
    return key in IDENTITY_KEYS and all(row.values[place] == getattr(row, key) for row in result.rows)


def run_object(result: Result) -> dict[str, Any]:
    """Return what identifies a run to machines: ``run`` of the JSON output, with counts, and columns with units."""
    columns = [{"name": key, "label": column.label, "unit": column.unit} for key, _, column in keyed(result)]
    counts = {"population": result.population, "passed": result.passed, "shown": len(result.rows)}
    return {**result.run.as_dict(), **counts, "columns": columns}


def coverage(row: Row) -> float | None:
    """Return the share of the score, 0 to 1, whose factors have a value; None for a name without factors."""
    total = sum(factor.weight for factor in row.factors)
    if total <= 0:
        return None
    return sum(factor.weight for factor in row.factors if factor.value is not None) / total


def numbered_flags(result: Result) -> dict[str, int]:
    """Return each distinct flag sentence with its number, from 1 in the order of the rows."""
    sentences = dict.fromkeys(flag for row in result.rows for flag in row.flags)
    return {sentence: number for number, sentence in enumerate(sentences, start=1)}


def title(result: Result) -> str:
    """Return the screen's title, or its name when it has none."""
    return result.run.title or result.run.screen


def counts(result: Result) -> str:
    """Return how many names passed and are shown, as a sentence."""
    return f"{result.passed:,} of {result.population:,} names passed; {len(result.rows):,} shown"


def identity(result: Result) -> str:
    """Return the short hashes and the version that make the run repeatable."""
    run = result.run
    return f"screen {run.screen_hash[:HASH_LENGTH]} · data {run.data_hash[:HASH_LENGTH]} · screener {run.version}"


def headline(result: Result) -> tuple[str, ...]:
    """Return as-of date, data date and data set, each as a short phrase."""
    return headline_of(result.run)


def headline_of(run: RunIdentity) -> tuple[str, ...]:
    """Return what :func:`headline` says, for the identity of a run."""
    dated = (f"data to {run.data_date.isoformat()}",) if run.data_date else ()
    return (f"as of {run.as_of.isoformat()}", *dated, run.data)


def heading_of(step: FunnelStep) -> str:
    """Return the heading under which a step of the funnel stands; empty for the start."""
    if step.kind == "start":
        return ""
    return "Universe" if step.kind == "universe" else step.group
