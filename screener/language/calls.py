"""Function calls: how many arguments, of which kind, over which stretch of history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from screener.catalogue import functions, names
from screener.language import peer_calls, units
from screener.language.ast import Call, Expr, Name, Period, children, walk
from screener.language.kinds import A_KIND, Typed

if TYPE_CHECKING:
    from screener.catalogue.functions import Function
    from screener.language.meaning import Checker

MAX_YEARS = 10
MAX_QUARTERS = 40
# avg(avg(x, 5y), 5y) writes 25 observations into the query: what nesting may multiply to.
MAX_OBSERVATIONS = 100

# at least 2 of: [at least 2 of: [...], ...]: how deep that may go.
MAX_COUNTS = 3
_UNITS = {"growth": "ratio", "cagr": "ratio", "count": "count", "own_percentile": "score"}
_PERIOD_HINT = "a period is written 5y (years) or 8q (quarters)"

# What other systems call our functions.
_SYNONYMS = {
    "average": "avg", "mean": "avg", "std": "stdev", "stddev": "stdev", "stdev_s": "stdev", "sd": "stdev",
    "sma": "avg", "ema": "avg",
    "prev": "lag", "previous": "lag", "ago": "lag", "change": "growth", "pct_change": "growth", "ln": "log",
    "total": "sum", "least": "min", "greatest": "max", "ifnull": "if_known", "nvl": "if_known", "fillna": "if_known",
    "isnull": "if_known", "is_known": "if_known", "pct_rank": "percentile", "frank": "percentile", "z": "zscore",
    "slope": "trend", "linreg": "trend", "regr_slope": "trend", "fiscal_year": "annual", "fy": "annual",
    "historical_percentile": "own_percentile", "percentile_own": "own_percentile", "count_if": "count_true",
}  # fmt: skip


def resolve_call(checker: Checker, call: Call) -> Typed:
    """Return the call with resolved arguments, its kind and unit; problems are noted."""
    function = functions.BY_NAME.get(call.function)
    peer_calls.check_group(checker, call, function)
    if function is None:
        _unknown_function(checker, call)
        return Typed(call, "", "number")
    if not _count_fits(checker, call, function):
        return Typed(call, "", "number")
    over_time = function.kind == "history" and (
        function.name not in {"min", "max"} or any(isinstance(arg, Period) for arg in call.args)
    )
    if over_time:
        return _history(checker, call, function)
    if function.name == "annual":
        return _annual(checker, call, function)
    if function.name == "count_true":
        return _count_true(checker, call, function)
    if function.kind == "missing":
        return _first_known(checker, call)
    if function.kind == "peers":
        return peer_calls.resolve_peer_call(checker, call, function, _number(checker, function, call.args[0]))
    first, rest = call.args[0], call.args[1:]
    if function.condition:
        resolved = [_condition(checker, function, first), *(_number(checker, function, arg) for arg in rest)]
        unit = next((typed.unit for typed in resolved[1:] if units.literal(typed.expr) is None), "number")
        return _result(call, resolved, "number", unit)
    resolved = [_number(checker, function, arg) for arg in call.args]
    unit = resolved[0].unit if function.name not in {"log", "exp", "sqrt"} else "number"
    return _result(call, resolved, "number", unit)


def _result(call: Call, resolved: list[Typed], kind: str, unit: str) -> Typed:
    fine = all(typed.kind for typed in resolved)
    args = tuple(typed.expr for typed in resolved)
    return Typed(replace(call, args=args), kind if fine else "", unit)


def _unknown_function(checker: Checker, call: Call) -> None:
    entry = names.lookup(call.function)
    close = names.suggest(call.function, (*functions.BY_NAME, *_SYNONYMS)) or ""
    meant = _SYNONYMS.get(close, close)
    if entry is not None:
        hint = f"'{call.function}' is a name, not a function: avg({call.function}, 5y)"
    elif meant:
        hint = f"did you mean {functions.BY_NAME[meant].usage}?"
    elif name := names.known_as(call.function):
        hint = f"did you mean the name '{name}', without parentheses?"
    else:
        hint = "functions: " + ", ".join(functions.BY_NAME)
    span = replace(call.span, length=len(call.function))
    checker.problem(span, f"unknown function '{call.function}'", hint, code="unknown-name")


def _count_fits(checker: Checker, call: Call, function: Function) -> bool:
    given = len(call.args)
    if given >= function.min_args and (not function.max_args or given <= function.max_args):
        return True
    most = function.max_args
    if not most:
        wanted = f"at least {function.min_args}"
    elif most == function.min_args:
        wanted = str(most)
    else:
        wanted = f"{function.min_args} to {most}"
    plural = "" if wanted == "1" else "s"
    checker.problem(
        call.span, f"'{function.name}' takes {wanted} argument{plural}, not {given}", f"write {function.usage}"
    )
    return False


def _number(checker: Checker, function: Function, arg: Expr) -> Typed:
    typed = checker.resolve(arg)
    if typed.kind not in {"number", ""}:
        checker.problem(
            arg.span, f"'{function.name}' needs a number, not {A_KIND[typed.kind]}", f"write {function.usage}"
        )
        return Typed(typed.expr, "", typed.unit)
    return typed


def _condition(checker: Checker, function: Function, arg: Expr) -> Typed:
    typed = checker.resolve(arg)
    if typed.kind not in {"bool", ""}:
        message = f"'{function.name}' needs a condition, not {A_KIND[typed.kind]}"
        checker.problem(arg.span, message, f"write {function.usage}")
        return Typed(typed.expr, "", typed.unit)
    return typed


def _first_known(checker: Checker, call: Call) -> Typed:
    resolved = [checker.resolve(arg) for arg in call.args]
    if call.function == "count_known":
        return _result(call, resolved, "number", "count")
    kinds = {typed.kind for typed in resolved} - {""}
    for arg, typed in zip(call.args, resolved, strict=True):
        if typed.kind and typed.kind != resolved[0].kind and resolved[0].kind:
            message = f"'{call.function}' cannot mix {A_KIND[resolved[0].kind]} and {A_KIND[typed.kind]}"
            checker.problem(arg.span, message)
            return _result(call, resolved, "", "number")
    if kinds & {"text", "date"}:
        checker.problem(call.span, f"'{call.function}' is for numbers and conditions")
        return _result(call, resolved, "", "number")
    return _result(call, resolved, resolved[0].kind, resolved[0].unit)


def _history(checker: Checker, call: Call, function: Function) -> Typed:
    subject = call.args[0]
    if function.condition:
        first = _condition(checker, function, subject)
    elif isinstance(subject, Period):
        checker.problem(subject.span, "the period is the second argument", f"write {function.usage}")
        return Typed(call, "", "number")
    else:
        first = _number(checker, function, subject)
    if first.kind:
        _refuse_fields(checker, function, first.expr)
    if len(call.args) > 1:
        _check_period(checker, call, function)
        _refuse_quarters(checker, call, function)
    unit = _UNITS.get(function.name, first.unit)
    args = (first.expr, *call.args[1:])
    return Typed(replace(call, args=args), "number" if first.kind else "", unit)


def _count_true(checker: Checker, call: Call, function: Function) -> Typed:
    found = _result(call, [_condition(checker, function, arg) for arg in call.args], "number", "count")
    refuse_deep_counts(checker, found.expr)
    return found


def refuse_deep_counts(checker: Checker, expr: Expr) -> None:
    """Note a count of conditions within too many others: each level writes those below it several times."""
    level: list[tuple[Expr, int]] = [(expr, 0)]
    while level:
        node, depth = level.pop()
        depth += isinstance(node, Call) and node.function == "count_true"
        if depth > MAX_COUNTS:
            message = f"more than {MAX_COUNTS} counts of conditions within each other"
            checker.source.problem(node.span, message, "give the inner ones a name with define:")
            return
        level.extend((child, depth) for child in children(node))


def _annual(checker: Checker, call: Call, function: Function) -> Typed:
    first = _number(checker, function, call.args[0])
    if first.kind:
        _refuse_fields(checker, function, first.expr)
    return _result(call, [first], "number", first.unit)


def _refuse_quarters(checker: Checker, call: Call, function: Function) -> None:
    """Note quarterly steps over what is known by fiscal years."""
    period = call.args[1]
    if isinstance(period, Period) and period.unit == "q" and _by_years(call.args[0]):
        message = f"'annual' is a value a fiscal year: '{function.name}' cannot go over it by quarters"
        checker.source.problem(period.span, message, "count in years: 5y")


def _by_years(expr: Expr) -> bool:
    return any(isinstance(node, Call) and node.function == "annual" for node in walk(expr))


def _refuse_fields(checker: Checker, function: Function, subject: Expr) -> None:
    told: set[Name] = set()
    for stands, name in checker.names_below(subject):
        market = names.needs_market(name)
        if stands in told or not (market or (names.reads_field(name) and not names.needs_peers(name))):
            continue
        told.add(stands)
        why = "needs prices, whose history is not kept" if market else "has no history"
        hint = "for prices use price_change_12m and its like" if market else ""
        checker.problem(stands.span, f"'{stands.written}' {why}: it cannot stand in {function.name}()", hint)
    for span, written in peer_calls.comparisons(checker, subject):
        message = (
            f"'{written}' compares names on the as-of date and has no history: it cannot stand in {function.name}()"
        )
        checker.problem(span, message)


def _check_period(checker: Checker, call: Call, function: Function) -> None:
    period = call.args[1]
    if not isinstance(period, Period):
        checker.problem(period.span, f"'{function.name}' needs a period here", _PERIOD_HINT)
        return
    least = 2 if function.name in {"stdev", "trend"} else 1
    most = MAX_YEARS if period.unit == "y" else MAX_QUARTERS
    if not least <= period.count <= most:
        message = (
            f"the period of '{function.name}' is {least} to {MAX_YEARS} years or {least} to {MAX_QUARTERS} quarters"
        )
        checker.problem(period.span, message)
        return
    if _nested(call) > MAX_OBSERVATIONS:
        message = f"nested history needs more than {MAX_OBSERVATIONS} observations"
        checker.problem(call.span, message, "use shorter periods")
    if len(call.args) == 2:
        return
    if len(call.args) > 3:
        checker.problem(call.span, f"'{function.name}' over a period takes 2 or 3 arguments", f"write {function.usage}")
        return
    enough = units.literal(call.args[2])
    if enough is None or enough is not call.args[2] or enough.value not in range(least, period.count + 1):
        message = f"the least number of observations is a whole number from {least} to {period.count}"
        checker.problem(call.args[2].span, message)


def _nested(call: Call) -> int:
    """Return the number of observations that a call and the calls within it multiply to."""
    found = 1
    pending: list[tuple[Expr, int]] = [(call, 1)]
    while pending:
        expr, outside = pending.pop()
        if isinstance(expr, Call) and len(expr.args) > 1 and isinstance(expr.args[1], Period):
            outside *= max(1, expr.args[1].count) if expr.function not in {"lag", "growth", "cagr"} else 2
        found = max(found, outside)
        pending.extend((child, outside) for child in children(expr))
    return found
