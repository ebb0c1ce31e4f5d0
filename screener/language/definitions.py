"""One way to a metric, whether the catalogue has it or the screen's author: its row with its formulas parsed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from screener.catalogue import metrics
from screener.language.ast import Expr
from screener.language.expressions import parse_formula
from screener.language.own import names_in
from screener.language.screen import Definition, UndefinedWhen


def find(name: str, own: Mapping[str, Definition]) -> Definition | None:
    """Return the metric called ``name`` (canonical): of the author's ``own``, else of the catalogue."""
    return own.get(name) or _of_catalogue(name)


@lru_cache(maxsize=2048)
def _of_catalogue(name: str) -> Definition | None:
    row = metrics.BY_NAME.get(name)
    if row is None:
        return None
    undefined = tuple(
        UndefinedWhen(parse_formula(case.when), case.reason, case.rank, case.when) for case in row.undefined
    )
    return Definition(
        row.name, parse_formula(row.formula), row.formula, row.label, row.unit, row.direction, undefined,
        row.refused, row.only, row.rank_by, row.aliases, row.source, row.note,
    )  # fmt: skip


def used(expressions: Iterable[Expr], own: Mapping[str, Definition]) -> dict[str, Definition]:
    """Return, in the order of ``own``, the metrics that ``expressions`` (resolved) rest on, through all formulas."""
    found: set[str] = set()
    pending = list(names_in(*expressions))
    while pending:
        name = pending.pop()
        if name in own and name not in found:
            found.add(name)
            pending.extend(names_in(*own[name].expressions()))
    return {name: definition for name, definition in own.items() if name in found}
