"""Who a screen looks at: limits of size and trading, and reporting models for which its metrics are not defined."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from screener.catalogue.sectors import MODEL_NAMES
from screener.language.ast import Call, Expr, IsKnown, Logic, Name, Span, children
from screener.language.definitions import find
from screener.language.lint.conditions import both
from screener.language.lint.finding import Context, Finding, listed
from screener.language.lint.subject import TOLERANT, mentioned
from screener.language.lint.values import Values, words

_SIZE = ("market_cap", "market_cap_diluted", "log_mcap", "size_band")
_TRADING = ("avg_dollar_volume_3m", "adv_usd_63d")
_SMALL = ("small cap", "smallcap", "micro cap", "microcap", "small compan", "small stock")
# From this market value on a share trades enough for a private investor whatever its volume.
_LIQUID_SIZE = 2e9

# Where the companies of a reporting model are to be found, in the fields that screens narrow down by.
_HOME: dict[str, dict[str, str]] = {
    "bank": {"sector": "Financials", "ff12": "Money"},
    "insurer": {"sector": "Financials", "ff12": "Money"},
    "broker": {"sector": "Financials", "ff12": "Money"},
    "reit": {"sector": "Real Estate", "ff12": "Money"},
    "utility": {"sector": "Utilities", "ff12": "Utils"},
}


def _said(context: Context) -> dict[str, Values]:
    """Return what all rules together demand, those left out that unknown names pass."""
    strict = [demand for rule, demand in context.conditions if not rule.lets_unknown_in]
    return dict(both(strict).parts)


def check_size(context: Context) -> Iterator[Finding]:
    """Yield the lack of limits: of size, and of trading where companies may be small."""
    said = _said(context)
    place = context.place("universe", "rules", "rank")
    sizes = [said[name] for name in _SIZE if name in said]
    hint = "for example: market_cap between 300M and 3B"
    if not sizes:
        yield Finding("S030", place, "no rule limits the size of the companies", hint)
    elif any(word in context.words() for word in _SMALL) and not any(map(_has_top, sizes)):
        yield Finding("S030", place, "this is a screen of small caps, but no rule sets an upper limit of size", hint)
    least = max((values.low()[0] for values in sizes if values.spans), default=0.0)
    traded = any(name in said and said[name].low()[0] > 0 for name in _TRADING)
    if not traded and least < _LIQUID_SIZE:
        message = "no rule asks for trading: some of these names can hardly be bought or sold"
        yield Finding("S031", place, message, "for example: avg_dollar_volume_3m >= 500k")


def _has_top(values: Values) -> bool:
    if values.spans:
        return values.high()[0] < inf
    return not (values & words(["large"])).has_known()


def check_models(context: Context) -> Iterator[Finding]:
    """Yield metrics that are not defined for reporting models which the screen does not keep out."""
    screen = context.screen
    inside = _models_inside(context)
    used: dict[str, Span] = {}
    for expr in (*(rule.expr for rule in (*screen.universe, *screen.rules)), *(row.expr for row in screen.factors())):
        for node in mentioned(expr):
            used.setdefault(node.name, node.span)
    refusing = {name: _refused(context, name, ()) & inside for name in used}
    # What is for a few models alone is told by itself: its list is the other way round.
    special = {name: _only(context, name) for name, missing in refusing.items() if missing and _only(context, name)}
    for name, models in special.items():
        only = listed(models)
        message = f"'{name}' is defined for {only} alone, and this screen lets others in"
        yield Finding("S032", used[name], message, f"say so: model in [{', '.join(models)}]")
    names = [name for name, missing in refusing.items() if missing and name not in special]
    if names:
        models = [model for model in MODEL_NAMES if any(model in refusing[name] for name in names)]
        verb = "is" if len(names) == 1 else "are"
        said = listed([f"'{name}'" for name in names])
        message = f"{said} {verb} not defined for {listed(models)}, which this screen does not keep out"
        hint = f"they never pass, or rank as missing; keep them out: model not in [{', '.join(models)}]"
        yield Finding("S032", used[names[0]], message, hint)


def _only(context: Context, name: str) -> list[str]:
    row = find(name, context.screen.definitions)
    return list(row.only) if row is not None else []


def _models_inside(context: Context) -> frozenset[str]:
    """Return the models that no condition keeps out, by name, by sector, or by needing what they do not have."""
    said = _said(context)
    found = {model for model in MODEL_NAMES if _allowed(model, "model", said)}
    for model, homes in _HOME.items():
        if not all(_allowed(home, field, said) for field, home in homes.items()):
            found.discard(model)
    for rule in context.screen.universe:
        if not rule.lets_unknown_in:
            for name in _needed(rule.expr):
                found -= _refused(context, name, ())
    return frozenset(found)


def _allowed(word: str, field: str, said: dict[str, Values]) -> bool:
    return field not in said or (said[field] & words([word])).has_known()


def _needed(expr: Expr) -> frozenset[str]:
    """Return the names without which a condition cannot pass."""
    match expr:
        case Name():
            return frozenset([expr.name])
        case Logic(op="or"):
            return frozenset.intersection(*(_needed(part) for part in expr.operands))
        case IsKnown(negated=True):
            return frozenset()
        case Call() if expr.function in TOLERANT or expr.function == "count":
            return frozenset()
        case _:
            return frozenset().union(*(_needed(part) for part in children(expr)))


def _refused(context: Context, name: str, above: tuple[str, ...]) -> frozenset[str]:
    """Return the models for which a metric, or one that it needs, is not defined."""
    known = context.refused
    if name not in known:
        row = find(name, context.screen.definitions)
        if row is None or name in above:
            return frozenset()
        found = frozenset(row.refused) | (frozenset(MODEL_NAMES) - frozenset(row.only) if row.only else frozenset())
        for inner in mentioned(row.expr):
            found |= _refused(context, inner.name, (*above, name))
        known[name] = found
    return known[name]
