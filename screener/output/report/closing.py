"""The sections of a report after the pages of its names: quality of the data, definitions, identity of the run."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from screener.catalogue.units import BY_NAME
from screener.engine.result import Value
from screener.output import shape
from screener.output.report.assets import LIBRARIES
from screener.output.report.markup import Markup, el, lines
from screener.output.report.numbers import quantile
from screener.output.report.parts import Heading, details, named, section, table
from screener.output.values import format_value

if TYPE_CHECKING:
    from screener.engine.histories import Pages
    from screener.engine.report import Report
    from screener.language.glossary import Meaning

_BETTER = {"higher": "higher is better", "lower": "lower is better", "neutral": "", "": ""}


def quality(report: Report, pages: Pages) -> Markup:
    """Return how far the factors are known, how old the newest quarters are, whether they add up, and all flags."""
    known: list[tuple[Value | Markup, ...]] = []
    asked = report.result.screen.factors()
    for place, row in enumerate(report.coverage):
        factors = [entry.factors[place].value for entry in report.entries if entry.factors]
        mine = sum(value is not None for value in factors)
        share = row["known"] / row["of"] if row["of"] else None
        name = named(shape.heading(asked[place].text, asked[place].expr, report.meanings), asked[place].text)
        known.append((name, row["known"], row["of"], share, mine, len(report.entries)))
    headings = [
        Heading("Factor"), Heading("Known", "count"), Heading("of the universe", "count"), Heading("Share", "ratio"),
        Heading("Known", "count"), Heading("of the list", "count"),
    ]  # fmt: skip
    coverage = table("For how many names each factor is known", headings, known, "coverage-caption") if known else None
    sentences = [el("li", said) for said in (*_ages(report), *_identities(pages))]
    flags = Counter(flag for entry in report.entries for flag in entry.row.flags)
    rows: list[tuple[Value | Markup, ...]] = [(flag, count) for flag, count in _most_first(flags)]
    of_names = table("Flags of the list", [Heading("Flag"), Heading("Names", "count")], rows, "flags-caption")
    reasons: list[tuple[Value | Markup, ...]] = list(report.unknown.reasons)
    why = table("Why names could not be judged", [Heading("Reason"), Heading("Names", "count")], reasons, "why-caption")
    return section(
        "quality",
        "Quality of the data",
        el("ul", *sentences) if sentences else None,
        coverage,
        of_names if rows else el("p", "No name of the list has a flag.", class_="note"),
        why if reasons else None,
    )


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _ages(report: Report) -> list[str]:
    day = report.result.run.as_of
    ages = sorted((day - entry.row.period_end).days for entry in report.entries if entry.row.period_end)
    if not ages:
        return []
    middle = format_value(quantile(ages, 0.5), "days")
    said = [
        f"The newest quarter of the names on the list ended {middle} days before that day (median), at most "
        f"{ages[-1]:,}."
    ]
    none = len(report.entries) - len(ages)
    return [*said, f"{none:,} names of the list have no quarter that is new enough."] if none else said


def _identities(pages: Pages) -> list[str]:
    scores = [one.newest.dq_score for one in pages.histories.values() if one.newest.dq_score is not None]
    if not scores:
        return []
    whole = sum(score >= 1 for score in scores)
    return [
        f"All accounting identities that can be tested hold for the newest quarter of {whole:,} of {len(scores):,} "
        "names that have a page."
    ]


def definitions(report: Report) -> Markup:
    """Return what the words of the screen mean: those that it names itself, then those behind them."""
    direct = [meaning for meaning in report.meanings if meaning.direct]
    behind = [meaning for meaning in report.meanings if not meaning.direct]
    return section(
        "definitions",
        "Definitions",
        el("dl", *(_meaning(one) for one in direct), class_="words"),
        details(
            f"The words behind them ({len(behind):,})", el("dl", *(_meaning(one) for one in behind), class_="words")
        )
        if behind
        else None,
    )


def _meaning(one: Meaning) -> Markup:
    unit = BY_NAME[one.unit].label if one.unit in BY_NAME else one.unit
    facts = "; ".join(filter(None, (one.kind, unit, _BETTER.get(one.direction, ""))))
    formula = el("dd", el("code", f"= {one.formula}")) if one.formula else None
    undefined = el("dd", f"No meaning where {'; '.join(one.undefined)}") if one.undefined else None
    source = el("dd", f"Source: {one.source}") if one.source else None
    note = el("dd", one.note) if one.note else None
    term = el("dt", el("code", one.name), f" {one.label}" if one.label != one.name else None)
    return el("div", term, el("dd", facts, class_="note"), formula, undefined, note, source)


def identity(report: Report) -> Markup:
    """Return all that makes the run repeatable: hashes, version, data, the screen's text, the command."""
    result, run = report.result, report.result.run
    facts = (
        ("Screen", run.screen), ("As of", run.as_of.isoformat()),
        ("Data to", run.data_date.isoformat() if run.data_date else "–"), ("Data set", f"{run.data} ({report.kind})"),
        ("Hash of the data", run.data_hash), ("Hash of the screen", run.screen_hash),
        ("Version", f"screener {run.version}"),
    )  # fmt: skip
    pairs = (el("div", el("dt", name), el("dd", value)) for name, value in facts)
    sources: list[tuple[Value | Markup, ...]] = [
        (name, size, el("code", digest, class_="hash")) for name, size, digest in report.sources
    ]
    headings = [Heading("File"), Heading("Bytes", "count"), Heading("SHA-256")]
    built = details("Files that the data set was built from", table("Files", headings, sources, "sources-caption"))
    charts = " and ".join(f"{row.name} {row.version}" for row in LIBRARIES)
    return section(
        "run",
        "The run",
        el("dl", *pairs, class_="facts"),
        built if sources else None,
        el("p", "To repeat it:"),
        el("pre", el("code", command(report)), tabindex=0),
        el("h3", "The screen"),
        el("pre", el("code", lines(result.screen.source)), tabindex=0),
        el("p", f"Charts by {charts} (ISC licence).", class_="note"),
    )  # fmt: skip


def command(report: Report) -> str:
    """Return the command that makes this report again; a path stands by its last part alone."""
    screen, run = report.result.screen, report.result.run
    named = run.screen if Path(screen.path).parent.name == "screens" else Path(screen.path).name or run.screen
    words = ["screener", "run", named, "--as-of", run.as_of.isoformat()]
    words += [] if run.demo else ["--data", run.data]
    files = dict.fromkeys(Path(row.file).name for row in screen.definitions.values() if row.file)
    words += [word for file in files for word in ("--metrics", file)]
    for parameter in screen.params:
        words += ["--set", f"{parameter.name}={parameter.value}"] if parameter.given else []
    return shlex.join([*words, "--limit", str(screen.limit or 0), "-o", "report.html"])


def footer(report: Report) -> Markup:
    """Return the last line of the page."""
    return el("footer", el("p", f"{shape.identity(report.result)} · Nothing here is investment advice."))
