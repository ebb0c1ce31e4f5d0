"""Rules that cannot pass or cannot fail, that follow from others, contradict or repeat them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import isinf

from screener.catalogue import sectors
from screener.catalogue.names import lookup, suggest
from screener.language.ast import Compare, Expr, In, Logic, Name, Number, Span, Text, walk
from screener.language.lint.conditions import Demand
from screener.language.lint.finding import Context, Finding
from screener.language.lint.subject import constant, key
from screener.language.lint.values import NUMBERS, Values
from screener.language.screen import Rule

_COMPUTED = {"ratio", "multiple", "usd", "usd_per_share", "shares"}
_EVIDENCE = ("reported", "reported_zero", "inferred_zero", "unknown")
_CLOSED: dict[str, tuple[str, ...]] = {
    "sector": tuple(dict.fromkeys((*(row[0] for row in sectors.GICS_LIKE), sectors.UNCLASSIFIED))),
    "model": sectors.MODEL_NAMES,
    "size_band": ("micro", "small", "mid", "large"),
    "ff12": (*(row[0] for row in sectors.FF12), sectors.OTHER),
    "ff49": (*(row[0] for row in sectors.FF49), sectors.OTHER),
    "debt_evidence": _EVIDENCE,
    "interest_evidence": (*_EVIDENCE, "net", "accrual_proxy"),
    "cash_evidence": _EVIDENCE,
}


def check_verdicts(context: Context) -> Iterator[Finding]:
    """Yield rules, and alternatives in rules, that never pass, and rules of which a part always passes."""
    for rule, demand in context.conditions:
        never = _never(context, demand)
        if never:
            yield Finding("S010", rule.span, f"this can never pass: {never}")
            continue
        yield from _dead_branches(context, rule.expr)
        name = _always(context, demand)
        if name:
            domain = context.demands.domain[name]
            shown = _range(domain) if domain != NUMBERS else "may have any value"
            message = f"this always passes where it is known: {_shown(context, name)} {shown}"
            hint = f"if that is meant: {_shown(context, name)} is known" if len(demand.parts) == 1 else ""
            yield Finding("S011", rule.span, message, hint)


def _always(context: Context, demand: Demand) -> str:
    """Return a quantity of which a demand allows all values that there are, ``""`` where there is none."""
    for name, values in demand.parts.items():
        says_more = name not in demand.loose and not _only_known(values) and values.has_known()
        if says_more and context.demands.domain[name] <= values:
            return name
    return ""


def _never(context: Context, demand: Demand) -> str:
    """Return why no name can meet a demand, ``""`` where one can."""
    for name, values in demand.parts.items():
        domain = context.demands.domain[name]
        if values.unknown or (values & domain).has_known():
            continue
        shown = _shown(context, name)
        return f"{shown} {_range(domain)}" if values.has_known() else f"the limits of {shown} exclude each other"
    return ""


def _dead_branches(context: Context, expr: Expr) -> Iterator[Finding]:
    if not isinstance(expr, Logic):
        return
    for part in expr.operands:
        never = _never(context, context.demands.of(part)) if expr.op == "or" else ""
        if never:
            yield Finding("S010", part.span, f"this alternative can never pass: {never}")
        else:
            yield from _dead_branches(context, part)


def _only_known(values: Values) -> bool:
    """Return whether a demand says no more than that there is a value (``x is known``)."""
    return bool(values.spans) and values.others


def _shown(context: Context, name: str) -> str:
    subject = context.demands.subjects[name]
    if isinstance(subject, Name):
        return subject.name
    return name if len(name) <= 40 and "(" in name and not name.startswith("(") else "it"


def _range(domain: Values) -> str:
    if not domain.spans:
        return "has other values"
    (low, above), (high, below) = domain.low(), domain.high()
    if isinf(low) and isinf(high):
        return "has no such value"
    if isinf(high):
        return f"is always {'above' if above else 'at least'} {low:g}"
    if isinf(low):
        return f"is always {'at most' if below else 'below'} {high:g}"
    return f"lies between {low:g} and {high:g}"


def check_pairs(context: Context) -> Iterator[Finding]:
    """Yield rules that repeat, follow from, or contradict another one."""
    rules = [
        (rule, _of_rule(rule, demand), key(rule.expr))
        for rule, demand in context.conditions
        if not _never(context, demand) and not (demand.exact and _always(context, demand))
    ]
    inside = len(context.screen.universe)
    order = {id(rule): number for number, (rule, _) in enumerate(context.conditions)}
    told: set[int] = set()
    for rule, demand, text in rules:
        for other, more, other_text in rules:
            if other is rule or id(other) in told:
                continue
            earlier = order[id(other)] < order[id(rule)]
            if earlier and text == other_text and other.if_unknown in {rule.if_unknown, "fail"}:
                told.add(id(rule))
                yield Finding("S014", rule.span, f"this rule stands in {_line(other.span)} already", "remove one")
                break
            if earlier and (name := _contradicted(demand, more)):
                shown = _shown(context, name)
                limits = "they exclude each other" if shown == "it" else f"the limits of {shown} exclude each other"
                message = f"no name can meet both this and {_line(other.span)}: {limits}"
                yield Finding("S013", rule.span, message, "one of the two is wrong")
                break
            # What is in the universe is what names are ranked against: a stricter rule does not replace it.
            if order[id(rule)] < inside <= order[id(other)]:
                continue
            if _follows(context, demand, more) and (earlier or not _follows(context, more, demand)):
                told.add(id(rule))
                yield Finding(
                    "S012", rule.span, f"this follows from {_line(other.span)}: '{other.text}'", "remove the weaker one"
                )
                break


def _of_rule(rule: Rule, demand: Demand) -> Demand:
    """Return what a rule demands of the names that it lets through, the unknown ones too where it does."""
    if not rule.lets_unknown_in:
        return demand
    return Demand({name: values.or_unknown() for name, values in demand.parts.items()}, demand.loose, demand.more)


def _contradicted(one: Demand, other: Demand) -> str:
    for name in one.parts:
        if name in other.parts:
            both = one.parts[name] & other.parts[name]
            if not both.has_known() and not both.unknown:
                return name
    return ""


def _follows(context: Context, demand: Demand, other: Demand) -> bool:
    """Return whether whatever meets ``other`` meets ``demand``, each of its quantities by ``other`` alone."""
    if not demand.exact or not demand.parts:
        return False
    return all(
        name in other.parts and _within(context, other.parts[name], name) <= values
        for name, values in demand.parts.items()
    )


def _within(context: Context, values: Values, name: str) -> Values:
    domain = context.demands.domain[name]
    return values & (domain.or_unknown() if values.unknown else domain)


def _line(span: Span) -> str:
    return f"line {span.line}"


def check_literals(context: Context) -> Iterator[Finding]:
    """Yield texts that a field never has, and computed numbers that must be equal to one; the first hundred of them."""
    yield from islice(_literals(context), 100)


def _literals(context: Context) -> Iterator[Finding]:
    for expr in context.conditions_written():
        for node in walk(expr):
            if isinstance(node, Compare):
                yield from _exact(node)
                for one, other in ((node.left, node.right), (node.right, node.left)):
                    yield from _words(one, other)
            elif isinstance(node, In):
                for choice in node.choices:
                    yield from _words(node.operand, choice)


def _words(field: Expr, text: Expr) -> Iterator[Finding]:
    allowed = _CLOSED.get(field.name, ()) if isinstance(field, Name) else ()
    if not allowed or not isinstance(field, Name) or not isinstance(text, Text):
        return
    if text.value.casefold() not in {word.casefold() for word in allowed}:
        meant = suggest(text.value, allowed) or next(
            (word for word in allowed if word.casefold().startswith(text.value.casefold()[:4])), ""
        )
        hint = f"did you mean '{meant}'?" if meant else "there are: " + ", ".join(allowed[:12])
        yield Finding("S016", text.span, f"no {field.name} is called '{text.value}'", hint)


def _exact(node: Compare) -> Iterator[Finding]:
    sides = ((node.left, node.right), (node.right, node.left))
    for one, other in sides if node.op in {"=", "==", "!="} else ():
        entry = lookup(one.name) if isinstance(one, Name) else None
        value = constant(other)
        if entry is None or not value or entry.unit not in _COMPUTED or not isinstance(other, Number):
            continue
        verdict = "passes for nearly every name" if node.op == "!=" else "hardly ever passes"
        message = f"'{entry.name}' is a computed number: that it is exactly {other.text} {verdict}"
        yield Finding("S015", node.span, message, f"write {entry.name} >= {other.text}, or a range")
        return
