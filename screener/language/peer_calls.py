"""Calls that compare a name with its peers: their groups, and where they cannot stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from screener.catalogue import functions, names, peers
from screener.language import units
from screener.language.ast import Call, Expr, Name, Span, walk
from screener.language.kinds import Typed

if TYPE_CHECKING:
    from screener.catalogue.functions import Function
    from screener.language.meaning import Checker

_UNITS = {"percentile": "score", "rank": "count", "zscore": "number"}


def resolve_peer_call(checker: Checker, call: Call, function: Function, first: Typed) -> Typed:
    """Return the call with its resolved operand ``first``; quantiles are literals, groups those of the table."""
    if function.name == "residual":
        second = checker.resolve(call.args[1])
        if second.kind not in {"number", ""}:
            checker.problem(call.args[1].span, f"'{function.name}' needs a number", f"write {function.usage}")
        call = replace(call, args=(call.args[0], second.expr))
    for arg in call.args[1:] if function.name != "residual" else ():
        share = units.literal(arg)
        if share is None or share is not arg or not 0 <= share.value <= 1:
            message = f"'{function.name}' needs a share from 0% to 100% here"
            checker.problem(arg.span, message, f"write {function.usage}")
    unit = _UNITS.get(function.name, first.unit)
    within = "" if call.within == peers.EVERYONE else call.within
    return Typed(replace(call, args=(first.expr, *call.args[1:]), within=within), "number" if first.kind else "", unit)


def check_group(checker: Checker, call: Call, function: Function | None) -> None:
    """Note a ``within`` that does not belong to the function, or names no group of peers."""
    if not call.within:
        return
    if function is not None and function.kind != "peers":
        allowed = ", ".join(row.name for row in functions.FUNCTIONS if row.kind == "peers")
        checker.problem(call.span, f"'{function.name}' compares no names: it takes no 'within'", f"for {allowed}")
    elif call.within not in (*peers.BY_NAME, peers.EVERYONE):
        meant = names.suggest(call.within, peers.BY_NAME)
        hint = f"did you mean '{meant}'?" if meant else "groups: " + ", ".join(peers.BY_NAME)
        checker.problem(call.span, f"'{call.within}' is no group of peers", hint)


def comparisons(checker: Checker, expr: Expr) -> Iterator[tuple[Span, str]]:
    """Yield (place, what is written) of everything in a resolved ``expr`` that compares names with each other."""
    for node in walk(expr):
        if isinstance(node, Call) and _compares(node):
            yield node.span, f"{node.function}()"
        elif isinstance(node, Name) and _behind(checker, node, set()):
            yield node.span, node.written or node.name


def _compares(call: Call) -> bool:
    function = functions.BY_NAME.get(call.function)
    return function is not None and function.kind == "peers"


def _behind(checker: Checker, name: Name, seen: set[str]) -> bool:
    own = checker.own.find(name.name)
    if own is None:
        return names.needs_peers(name.name)
    if own.definition is None or own.name in seen:
        return False
    seen.add(own.name)
    nodes = [node for expr in own.definition.expressions() for node in walk(expr)]
    return any(
        _compares(node) if isinstance(node, Call) else isinstance(node, Name) and _behind(checker, node, seen)
        for node in nodes
    )
