"""What stands in a screen without effect: definitions that nobody uses, columns that show the same twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from screener.language.definitions import used
from screener.language.lint.finding import Context, Finding
from screener.language.lint.subject import key

_WORD = re.compile(r"[a-z][a-z0-9_]*")


def check_definitions(context: Context) -> Iterator[Finding]:
    """Yield definitions of the screen that no rule, factor or column needs."""
    screen = context.screen
    roots = [rule.expr for rule in (*screen.universe, *screen.rules)]
    roots += [factor.expr for factor in screen.factors()] + [column.expr for column in screen.columns]
    # A multiple that is ranked by its yield stands in the text of the factor alone.
    written = {word for factor in screen.factors() for word in _WORD.findall(factor.text.lower())}
    named = [row for row in screen.definitions.values() if written & {row.name, *row.aliases}]
    roots += [expr for row in named for expr in row.expressions()]
    needed = {row.name for row in named} | set(used(roots, screen.definitions))
    while more := {row.rank_by for row in screen.definitions.values() if row.name in needed and row.rank_by} - needed:
        inner = [expr for name in more & screen.definitions.keys() for expr in screen.definitions[name].expressions()]
        needed |= more | set(used(inner, screen.definitions))
    for row in context.own():
        if row.name not in needed:
            yield Finding("S050", context.key_span("define", row.name), f"'{row.name}' is not used", "remove it")


def check_columns(context: Context) -> Iterator[Finding]:
    """Yield columns that show what another column shows."""
    seen: dict[str, str] = {}
    for column in context.screen.columns:
        first = seen.setdefault(key(column.expr), column.name)
        if first != column.name:
            yield Finding("S051", column.span, f"'{column.name}' shows the same as '{first}'", "remove one")
