"""Lint of a screen: every rule of the table, less what its author consents to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from screener.errors import Problem
from screener.language.document import MAX_PROBLEMS, Source
from screener.language.lint.consent import Consent, consents
from screener.language.lint.finding import Context, Finding
from screener.language.lint.table import BY_CODE, OF_DATA, TABLE
from screener.language.screen import Screen


def lint_screen(screen: Screen, told_by_data: Iterable[Finding] = ()) -> tuple[Problem, ...]:
    """Return the warnings of a resolved screen in the order of the lines; never raises for a screen that resolves.

    told_by_data: what the engine has found in a data set.
    """
    context = Context(screen)
    kept = list(_kept(context, list(dict.fromkeys([*findings(context), *told_by_data]))))
    source = Source(screen.source.removeprefix("\ufeff"), screen.path)
    ordered = sorted(kept, key=lambda one: (one.span.line, one.span.column, one.code))[:MAX_PROBLEMS]
    return tuple(_told(source, finding) for finding in ordered)


def _told(source: Source, finding: Finding) -> Problem:
    span, severity = finding.span, BY_CODE[finding.code].severity
    if span.file and span.file != source.path:
        # Of a screen that is extended, only the place is known here.
        return Problem(
            finding.message, span.file, span.line, span.column, hint=finding.hint, severity=severity, code=finding.code
        )
    source.problem(span, finding.message, finding.hint, severity=severity, code=finding.code)
    return source.problems[-1]


def findings(context: Context) -> Iterator[Finding]:
    """Yield what the rules of the table find in the screen alone."""
    for check in dict.fromkeys(row.check for row in TABLE if row.check is not None):
        yield from check(context)


def _kept(context: Context, found: list[Finding]) -> Iterator[Finding]:
    """Yield the findings without a consent, and the consents without a finding.

    What the data tell differs from one data set to the next: a consent to it is left alone.
    """
    given = consents(context)
    by_code: dict[str, list[Consent]] = {}
    for consent in given:
        by_code.setdefault(consent.code, []).append(consent)
    needed = set()
    for finding in found:
        covering = [consent for consent in by_code.get(finding.code, ()) if consent.covers(finding.span.line)]
        needed.update(covering)
        if not covering:
            yield finding
    for consent in given:
        if consent in needed or consent.code in OF_DATA:
            continue
        if any(other.covers(consent.span.line) for other in by_code.get("S052", ())):
            continue
        row = BY_CODE.get(consent.code)
        message = f"{consent.code} ({row.name}) is not told here" if row else f"there is no code {consent.code}"
        yield Finding("S052", consent.span, f"this consent silences nothing: {message}", "remove it")
