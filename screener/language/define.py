"""Metrics of the author's own, under ``define`` or in a file: rows as in the catalogue, or plain formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from screener.catalogue import functions, items, names, units
from screener.catalogue.sectors import MODEL_NAMES
from screener.language.ast import Number
from screener.language.document import Mapping, Node, Scalar
from screener.language.kinds import A_KIND, Typed
from screener.language.own import MAX_HEIGHT, Own, names_in
from screener.language.rank import direction_of, metric_row
from screener.language.reading import Reading, one_line
from screener.language.screen import Definition, UndefinedWhen

if TYPE_CHECKING:
    from screener.language.ast import Expr

ROW_KEYS = (
    "formula", "label", "unit", "direction", "undefined", "refused", "only", "rank_by", "aliases", "source", "note",
)  # fmt: skip
UNDEFINED_KEYS = ("when", "reason", "rank")
DIRECTIONS = ("higher", "lower", "neutral")
RANKS = ("worst", "best", "none")
UNITS = tuple(unit.name for unit in units.UNITS if unit.name not in {"text", "date"})
NAME = re.compile(r"[a-z][a-z0-9_]*")

# Always shown, so that a column of this name would stand twice.
SHOWN = ("rank", "ticker", "name", "sector", "score")

# Columns that every step of the query carries: a definition of this name would be overridden without a word.
CARRIED = ("as_of", "issuer_id", "cik")

_NOTHING = Number(0.0, "0")
_EXAMPLE = "for example: {owner_earnings: cfo - capex}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as written: its keys, the parsed formula, and, where it is undefined, condition and entry."""

    name: str
    formula: Scalar
    expr: Expr
    keys: dict[str, Node]
    undefined: tuple[tuple[Expr, UndefinedWhen], ...]
    aliases: tuple[str, ...]


Added = list[tuple[Own, _Row]]


def read_definitions(reading: Reading, root: Node | None, what: str) -> dict[str, Definition]:
    """Return the metrics under ``root`` by name, and make them known to ``reading``; problems are noted.

    They may use each other in any order, but not in a circle. what: how messages call the place.
    """
    return resolve_definitions(reading, add_definitions(reading, root, what))


def add_definitions(reading: Reading, root: Node | None, what: str) -> Added:
    """Make the rows under ``root`` known by name and alias, without looking into their formulas yet."""
    if root is None:
        return []
    if not isinstance(root, Mapping):
        reading.problem(root.span, f"{what} must be names with formulas", _EXAMPLE)
        return []
    found = (_add(reading, key, value) for key, value in root.entries)
    return [added for added in found if added is not None]


def resolve_definitions(reading: Reading, rows: Added) -> dict[str, Definition]:
    """Look up every name in ``rows``; all definitions that they need must be known by now."""
    found: dict[str, Definition] = {}
    for own, row in rows:
        reading.checker.own.settle(own)
        assert own.definition is not None, "settled"  # noqa: S101 - a bug, not an input
        # The yield may be computed from the multiple that it ranks for, so that it is not known any earlier.
        rank_by = _rank_by(reading, row, own.definition)
        own.definition = found[own.name] = replace(own.definition, rank_by=rank_by)
    return found


def _add(reading: Reading, key: Scalar, value: Node) -> tuple[Own, _Row] | None:
    if not _name_is_free(reading, key):
        return None
    row = _row(reading, key.text, value)
    if row is None:
        # Known, so that the rest of the file is not full of complaints about a name that it has.
        broken = Definition(key.text, _NOTHING, kind="")
        reading.checker.own.by_name[key.text] = Own(key.text, reading.source.path, key.span.line, definition=broken)
        return None
    own = Own(
        row.name, reading.source.path, key.span.line, names_in(row.expr, *(case[0] for case in row.undefined)),
        lambda: _resolve(reading, row),
    )  # fmt: skip
    reading.checker.own.by_name.update(dict.fromkeys((row.name, *row.aliases), own))
    return own, row


def _name_is_free(reading: Reading, key: Scalar) -> bool:
    name = key.text.strip()
    if not NAME.fullmatch(name) or name in names.RESERVED:
        hint = "small letters, digits and _, beginning with a letter"
        reading.problem(key.span, f"'{name}' cannot be the name of a definition", hint)
        return False
    taken, mine = names.lookup(name), reading.checker.own.find(name)
    stored = name in SHOWN or name in CARRIED or name.removesuffix("_q") in items.BY_NAME
    if taken is not None or name in functions.BY_NAME or stored:
        what = f"{taken.kind} ({taken.label})" if taken else "word of the language or of the data set"
        reading.problem(key.span, f"'{name}' is already a {what}", "choose another name")
    elif mine is not None:
        reading.problem(
            key.span, f"'{name}' is already defined in {mine.place(reading.source.path)}", "choose another name"
        )
    else:
        return True
    return False


def _row(reading: Reading, name: str, value: Node) -> _Row | None:
    """Read ``formula``, or a mapping of the keys of the catalogue's rows."""
    keys: dict[str, Node] = {"formula": value}
    if isinstance(value, Mapping):
        keys = reading.keys(value, ROW_KEYS, f"the definition of '{name}'")
    formula = keys.get("formula")
    if formula is None:
        reading.problem(value.span, f"the definition of '{name}' has no formula", "{formula: fcf / ev, unit: ratio}")
        return None
    if not isinstance(formula, Scalar):
        reading.problem(formula.span, f"the definition of '{name}' must be an expression", "put it in quotes")
        return None
    undefined = _undefined(reading, keys.get("undefined"))
    aliases = _aliases(reading, name, keys.get("aliases"))
    expr = reading.parse(formula)
    return None if expr is None else _Row(name, formula, expr, keys, undefined, aliases)


def _undefined(reading: Reading, node: Node | None) -> tuple[tuple[Expr, UndefinedWhen], ...]:
    found: list[tuple[Expr, UndefinedWhen]] = []
    for item in reading.items(node, "undefined") if node is not None else ():
        hint = "{when: market_cap <= 0, reason: no market value, rank: none}"
        if not isinstance(item, Mapping):
            reading.problem(item.span, "each entry of undefined has 'when' and 'reason'", hint)
            continue
        keys = reading.keys(item, UNDEFINED_KEYS, "an entry of undefined")
        when, reason = keys.get("when"), one_line(reading.text(keys.get("reason"), "reason"))
        rank = reading.choice(keys.get("rank"), "rank", RANKS, "none")
        if when is None or not reason:
            reading.problem(item.span, "each entry of undefined has 'when' and 'reason'", hint)
        elif not isinstance(when, Scalar):
            reading.problem(when.span, "when must be a condition", hint)
        elif (expr := reading.parse(when)) is not None:
            found.append((expr, UndefinedWhen(_NOTHING, reason, rank, one_line(when.text))))
    return tuple(found)


def _aliases(reading: Reading, name: str, node: Node | None) -> tuple[str, ...]:
    found: list[str] = []
    for item in reading.items(node, "aliases") if node is not None else ():
        if not isinstance(item, Scalar):
            reading.problem(item.span, "an alias is a name", "aliases: [oey]")
        elif item.text in {name, *found}:
            reading.problem(item.span, f"the alias '{item.text}' stands twice", "remove it")
        elif _name_is_free(reading, item):
            found.append(item.text)
    return tuple(found)


def _resolve(reading: Reading, row: _Row) -> Definition:
    """Look up the names of a row whose needs have been resolved, and judge the rest of its keys."""
    typed = _formula(reading, row)
    undefined = tuple(replace(case, when=reading.checker.condition(expr).expr) for expr, case in row.undefined)
    keys = row.keys
    inferred = direction_of(reading, typed.expr) or "neutral"
    direction = reading.choice(keys.get("direction"), "direction", DIRECTIONS, inferred)
    return Definition(
        name=row.name,
        expr=typed.expr,
        text=one_line(row.formula.text),
        label=one_line(reading.text(keys.get("label"), "label")),
        unit=_unit(reading, keys.get("unit"), typed),
        direction=direction,
        undefined=undefined,
        refused=_models(reading, keys.get("refused"), "refused"),
        only=_models(reading, keys.get("only"), "only"),
        aliases=row.aliases,
        source=one_line(reading.text(keys.get("source"), "source")),
        note=one_line(reading.text(keys.get("note"), "note")),
        kind=typed.kind,
        file=reading.source.path if reading.source.noun != "a screen" else "",
    )


def _formula(reading: Reading, row: _Row) -> Typed:
    typed = reading.checker.resolve(row.expr)
    if typed.kind in {"text", "date"}:
        message = f"a definition is a number or a condition, not {A_KIND[typed.kind]}"
        reading.problem(row.expr.span, message)
        return Typed(typed.expr, "", typed.unit)
    if reading.checker.own.height(typed.expr) > MAX_HEIGHT:
        message = f"with all that it needs, this formula is more than {MAX_HEIGHT} levels deep"
        reading.problem(row.expr.span, message, "use fewer definitions that need each other", code="size")
        return Typed(_NOTHING, "", typed.unit)
    return typed


def _unit(reading: Reading, node: Node | None, typed: Typed) -> str:
    unit = reading.choice(node, "unit", UNITS, typed.unit)
    if node is not None and typed.kind and (unit == "bool") != (typed.kind == "bool"):
        what = "a condition, whose unit is bool" if typed.kind == "bool" else f"a number, which is not {unit}"
        reading.problem(node.span, f"this formula is {what}", "leave the unit out")
        return typed.unit
    return unit


def _models(reading: Reading, node: Node | None, key: str) -> tuple[str, ...]:
    written = reading.items(node, key) if node is not None else ()
    found = [reading.choice(item, f"a model under {key}", MODEL_NAMES, "") for item in written]
    return tuple(dict.fromkeys(model for model in found if model))


def _rank_by(reading: Reading, row: _Row, own: Definition) -> str:
    """Return the canonical name of the metric that ranks in place of ``own``, ``""`` for none."""
    node = row.keys.get("rank_by")
    if node is None:
        return ""
    written = reading.text(node, "rank_by")
    taken = reading.checker.own.find(written)
    if taken is not None:
        reading.checker.own.settle(taken)
    known = metric_row(reading, written)
    hint = "rank_by is the name of a metric"
    if known is None:
        meant = names.suggest(written, reading.checker.own.by_name) or names.suggest(written)
        reading.problem(node.span, f"unknown name '{written}'", f"did you mean '{meant}'?" if meant else hint)
        return ""
    kind = known.kind if isinstance(known, Definition) else known.value
    if known.name == own.name:
        reading.problem(node.span, f"'{own.name}' cannot be ranked by itself", "leave rank_by out")
    elif kind not in {"number", ""} or known.rank_by:
        hint = f"write rank_by: {known.rank_by}" if known.rank_by else hint
        reading.problem(node.span, f"'{written}' cannot rank in place of another metric", hint)
    elif own.direction == "neutral":
        message = "what another metric ranks for needs a direction of its own"
        reading.problem(node.span, message, "for a multiple: direction: lower")
    return known.name
