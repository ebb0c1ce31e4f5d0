"""What the words of a screen mean: every metric, field and line item behind it, with formula, unit and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.catalogue import fields, items
from screener.language.definitions import find
from screener.language.own import names_in

if TYPE_CHECKING:
    from screener.language.screen import Screen


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of the screen. ``kind``: ``metric``, ``own metric`` (the author's), ``field`` or ``line item``.

    formula: in the screen language, ``""`` for what is stored. unit: a row of the unit table. direction: ``higher``,
    ``lower`` or ``neutral``, ``""`` for what is stored. undefined: when it has no meaning, as ``condition: reason``, in
    the order in which that is looked at. source: the paper or standard of a formula, or the statement of a line item.
    note: what a reader must know; what the table of line items notes is for its keepers, and is not here.
    direct: the screen itself names it; others are behind the formulas.
    """

    name: str
    label: str
    kind: str
    formula: str
    unit: str
    direction: str
    undefined: tuple[str, ...]
    source: str
    note: str
    direct: bool


_STATEMENTS = {
    "income": "income statement", "balance": "balance sheet", "cash_flow": "cash flow statement",
    "note": "notes to the statements", "cover": "cover page of the report", "derived": "derived from other items",
}  # fmt: skip


def glossary(screen: Screen) -> tuple[Meaning, ...]:
    """Return what ``screen`` rests on: the words that it names itself, in written order, then those behind them."""
    rules = [rule.expr for rule in (*screen.universe, *screen.rules)]
    shown = [column.expr for column in screen.columns] + [row.expr for row in screen.sort]
    direct = names_in(*rules, *(factor.expr for factor in screen.factors()), *shown)
    found: dict[str, Meaning] = {}
    pending = list(direct)
    for name in pending:
        if name in found:
            continue
        found[name] = _meaning(name, screen, direct=name in direct)
        metric = find(name, screen.definitions)
        pending += names_in(*metric.expressions()) if metric is not None else ()
    return tuple(found.values())


def _meaning(name: str, screen: Screen, *, direct: bool) -> Meaning:
    metric = find(name, screen.definitions)
    if metric is not None:
        kind = "own metric" if name in screen.definitions else "metric"
        undefined = tuple(f"{row.text}: {row.reason}" for row in metric.undefined)
        return Meaning(
            name, metric.label or name, kind, metric.text, metric.unit, metric.direction, undefined, metric.source,
            metric.note, direct,
        )  # fmt: skip
    if name in fields.BY_NAME:
        row = fields.BY_NAME[name]
        return Meaning(name, row.label, "field", "", row.unit, "", (), "prices" if row.market else "", row.help, direct)
    item = items.BY_NAME[name]
    return Meaning(name, item.label, "line item", "", item.unit, "", (), _STATEMENTS[item.statement], "", direct)
