"""A page for each of the first names of the list: rules, factors, five years of what is behind them, flags, filings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.catalogue.flags import explained
from screener.engine.histories import YEARS, History, Line, Pages
from screener.engine.result import Value
from screener.output import shape
from screener.output.distances import gap, limit, share
from screener.output.distances import value as measured_value
from screener.output.explain import peers
from screener.output.report.markup import Markup, el, join, link
from screener.output.report.numbers import ladder
from screener.output.report.parts import Heading, breakable, details, figure, named, section, shown, table, unknown
from screener.output.values import UNKNOWN, format_value

if TYPE_CHECKING:
    from screener.engine.factors import Standing
    from screener.engine.report import Entry, Report
    from screener.engine.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the years: its title and the lines that it has."""

    title: str
    lines: tuple[str, ...]


CHARTS = (
    Chart("Revenue", ("revenue",)),
    Chart("Earnings and cash flow", ("operating_income", "net_income", "fcf")),
    Chart("Debt and cash", ("total_debt", "cash")),
    Chart("Shares", ("shares_outstanding", "shares_diluted")),
)
# Charts of further line items behind the factors.
MOST_FURTHER = 4
_JOINED, _BETWEEN = re.compile(r"\b(?:and|or)\b"), re.compile(r"\bbetween\s+\S+\s+and\b")
_MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}


def names_section(report: Report, pages: Pages, anchors: Mapping[int, str]) -> Markup:
    """Return the pages of the names that have an anchor, and a sentence where the list is longer."""
    entries = [entry for entry in report.entries if entry.row.issuer_id in anchors]
    places = [anchors[entry.row.issuer_id] for entry in entries]
    articles = [
        _article(report, entry, pages, _ways(places, number), anchors[entry.row.issuer_id])
        for number, entry in enumerate(entries)
    ]
    said = f"{len(entries):,} of {len(report.entries):,} names of the list have a page here, the first ones."
    more = el("p", said, class_="note") if len(entries) < len(report.entries) else None
    none = None if report.entries else el("p", "No name passed.", class_="note")
    return section("names", "Name by name", more, none, *articles)


def _ways(places: list[str], number: int) -> list[Markup]:
    """Return links to the name before, the list, and the next name."""
    ways = [link("#list", "The list")]
    if number:
        ways.insert(0, link(f"#{places[number - 1]}", "← before"))
    if number + 1 < len(places):
        ways.append(link(f"#{places[number + 1]}", "next →"))
    return ways


def _article(report: Report, entry: Entry, pages: Pages, ways: list[Markup], anchor: str) -> Markup:
    row = entry.row
    history = pages.histories.get(row.issuer_id)
    title = f"{anchor}-title"
    heading = el("h3", f"{row.rank}. {row.ticker or UNKNOWN} ", el("span", row.name, class_="name"), id=title)
    score = "" if row.score is None else f"score {format_value(row.score, 'score')} of 100 · "
    about = f"{row.sector or 'Unclassified'} · {score}rank {row.rank:,} of {report.result.passed:,} that passed"
    flags = el("ul", *(el("li", flag) for flag in row.flags), class_="flags", aria_label="Flags") if row.flags else None
    return el(
        "article",
        el("nav", *ways, class_="ways", aria_label=f"Pages around {row.ticker or row.name}"),
        heading,
        el("p", about),
        _filings(entry, history),
        flags,
        _values(report, entry),
        _rules(entry, anchor),
        _factors(report, entry, anchor),
        *_years(row.ticker or row.name, pages, history, anchor),
        _data(history),
        id=anchor,
        aria_labelledby=title,
        class_="page",
    )


def _filings(entry: Entry, history: History | None) -> Markup | None:
    parts: list[Markup] = []
    if entry.row.period_end is not None:
        known = f", public since {entry.row.known_from.isoformat()}" if entry.row.known_from else ""
        parts.append(el("span", f"Newest quarter to {entry.row.period_end.isoformat()}{known}"))
    if history is not None and history.newest.url:
        parts.append(link(history.newest.url, f"{history.newest.form or 'filing'} behind it"))
    if entry.url:
        parts.append(link(entry.url, "all filings at the SEC"))
    return el("p", *_between(parts, " · "), class_="filings") if parts else None


def _between(parts: list[Markup], sign: str) -> Iterator[Markup | str]:
    for place, part in enumerate(parts):
        if place:
            yield sign
        yield part


def _values(report: Report, entry: Entry) -> Markup | None:
    """Return the chosen columns; an unknown one with its reason in words."""
    found = []
    columns = report.result.screen.columns
    for place, column in shape.chosen(report.result):
        label = shape.heading(column.label or column.name, columns[place].expr, report.meanings)
        said = format_value(entry.row.values[place], column.unit)
        reason = entry.reasons[place] if entry.reasons else ""
        value = (
            el("dd", f"unknown: {reason}" if reason else "unknown", class_="unknown")
            if said == UNKNOWN
            else el("dd", said)
        )
        found.append(el("div", el("dt", named(label, column.name)), value))
    return el("dl", *found, class_="values") if found else None


def _rules(entry: Entry, anchor: str) -> Markup | None:
    if not entry.verdicts:
        return None
    rows = [_rule(verdict) for verdict in entry.verdicts]
    headings = [
        Heading("Condition"), Heading("Group"), Heading("Verdict"), Heading("Value", "score"),
        Heading("Threshold", "score"), Heading("Room", "score"),
    ]  # fmt: skip
    return table("Rules", headings, rows, f"{anchor}-rules")


def _rule(verdict: Verdict) -> tuple[Value | Markup, ...]:
    one = verdict.distance
    let_in = ", let in" if verdict.admitted and verdict.verdict == "unknown" else ""
    mark = el("span", _MARKS[verdict.verdict], aria_hidden="true")
    said = el("span", mark, f" {verdict.verdict}{let_in}", class_=f"verdict {verdict.verdict}")
    group = "Universe" if verdict.group == "universe" else verdict.group
    if verdict.reason:
        said = join((said, el("span", f": {verdict.reason}", class_="note")))
    none = el("span")
    if one is None:
        return el("code", verdict.text), group, said, none, none, none
    room = f"{gap(one)} ({share(one)})" if one.relative is not None else gap(one)
    # Of several comparisons it must be said which one is measured.
    several = _JOINED.search(_BETWEEN.sub("", verdict.text))
    which = el("span", breakable(one.what), " ", class_="note") if several else None
    sides = el("span", which, measured_value(one)), el("span", f"{one.op} {limit(one)}")
    return el("code", verdict.text), group, said, *sides, el("span", room if one.passes else f"short by {room}")


def _factors(report: Report, entry: Entry, anchor: str) -> Markup | None:
    if not entry.factors:
        return None
    asked = report.result.screen.factors()
    labels = (
        shape.heading(one.name, factor.expr, report.meanings) for one, factor in zip(entry.factors, asked, strict=True)
    )
    rows = [_factor(one, label) for one, label in zip(entry.factors, labels, strict=True)]
    headings = [
        Heading("Factor"), Heading("Group"), Heading("Value", "score"), Heading("Percentile"), Heading("Peers"),
        Heading("Weight", "ratio"), Heading("Points", "score"),
    ]  # fmt: skip
    return table(
        "Factors: 100 is the best of its peers; the points add up to the score", headings, rows, f"{anchor}-factors"
    )


def _factor(factor: Standing, label: str) -> tuple[Value | Markup, ...]:
    value = el("span", shown(factor.value, factor.unit))
    return (
        named(label, factor.name), factor.group.replace(" / ", " › "), value, _bar(factor.percentile), peers(factor),
        factor.weight, factor.contribution,
    )  # fmt: skip


def _bar(percentile: float | None) -> Markup:
    """Return a bar of HTML: it is there without a script, and on paper."""
    if percentile is None:
        return unknown("")
    filled = el("span", style=f"width:{max(0.0, min(100.0, percentile)):.1f}%")
    return el(
        "span",
        el("span", filled, class_="bar", aria_hidden="true"),
        el("span", format_value(percentile, "score"), class_="number"),
        class_="profile",
    )


def _years(who: str, pages: Pages, history: History | None, anchor: str) -> tuple[Markup | None, ...]:
    """Return the charts of the last years, the ladder, and the numbers of both."""
    if history is None:
        return (el("p", "Nothing of its quarters is known in US dollars.", class_="note"),)
    lines = {line.name: line for line in pages.lines}
    further = [line for line in pages.lines if line.further and any(history.values[line.name])][:MOST_FURTHER]
    wanted = (*CHARTS, *(Chart(line.label, (line.name,)) for line in further))
    charts = [chart for one in wanted if (chart := _line_chart(who, one, lines, history, anchor))]
    charts += [chart for chart in (_ladder(who, history, anchor),) if chart]
    if not charts:
        return (el("p", "Nothing of its last five years is known.", class_="note"),)
    says = f"The last {YEARS} years by quarter: twelve months to each quarter's end, as known on the day"
    return (
        el("h4", says),
        el("div", *charts, class_="grid"),
        details("The years in numbers", _numbers(pages, history, anchor)),
    )


def _points(history: History, name: str) -> int:
    return sum(value is not None for value in history.values[name])


def _line_chart(who: str, chart: Chart, lines: Mapping[str, Line], history: History, anchor: str) -> Markup | None:
    known = [lines[name] for name in chart.lines if _points(history, name)]
    if not known:
        return None
    said = [
        f"{line.label}: {format_value(first, line.unit)} to {format_value(last, line.unit)}"
        for line in known
        for first, last in [_ends(history, line.name)]
    ]
    several = len(chart.lines) > 1
    numbers = {line.name: 1 + chart.lines.index(line.name) for line in known}
    key = []
    for line in known:
        newest = format_value(_ends(history, line.name)[1], line.unit)
        key.append(el("span", f"{line.label} {newest}" if several else newest, class_=f"key s{numbers[line.name]}"))
    absent = [lines[name].label for name in chart.lines if lines[name] not in known]
    note = join((*key, el("span", f"unknown: {', '.join(absent)}", class_="note") if absent else None))
    series = " ".join(f"{name}:{number}" for name, number in numbers.items())
    says = f"{chart.title} of {who} from {history.ends[0]} to {history.ends[-1]}. {'; '.join(said)}."
    title = chart.title if several else lines[chart.lines[0]].label
    return figure("lines", title, says, note=note, page=anchor, series=series)


def _ends(history: History, name: str) -> tuple[float, float]:
    known = [value for value in history.values[name] if value is not None]
    return known[0], known[-1]


def _ladder(who: str, history: History, anchor: str) -> Markup | None:
    steps = ladder(history)
    debt, cash = history.last("total_debt"), history.last("cash")
    if not steps or debt == 0:
        said = "No debt." if debt == 0 else "When its debt falls due is not known."
        return el("figure", el("figcaption", el("strong", "Debt by when it falls due")), el("p", said, class_="note"))
    held = "" if cash is None else f" Cash: {format_value(cash, 'usd')}."
    said = "; ".join(f"{label}: {format_value(amount, 'usd')}" for label, amount in steps)
    keys = [el("span", "debt falling due", class_="key s1")]
    keys += [el("span", "cash", class_="key s2")] if cash is not None else []
    reach = None if history.last("due_24m") is not None else el("span", "only what is current is known", class_="note")
    return figure(
        "ladder", "Debt by when it falls due", f"Debt of {who} by when it falls due: {said}.{held}",
        note=join((*keys, reach)), page=anchor,
    )  # fmt: skip


def _numbers(pages: Pages, history: History, anchor: str) -> Markup:
    known = [line for line in pages.lines if _points(history, line.name)]
    rows: list[tuple[Value | Markup, ...]] = [
        (end, *(history.values[line.name][place] for line in known)) for place, end in enumerate(history.ends)
    ]
    headings = [Heading("Quarter to", "date"), *(Heading(line.label, line.unit) for line in known)]
    return table("Twelve months to the quarter's end, or at it", headings, rows[::-1], f"{anchor}-years")


def _data(history: History | None) -> Markup | None:
    """Return what is known of the quality of the newest quarter's numbers."""
    if history is None:
        return None
    newest = history.newest
    said = [el("li", meaning) for _, meaning in explained(newest.flags)]
    score = "no accounting identity could be tested"
    if newest.dq_score is not None:
        score = f"{format_value(newest.dq_score, 'ratio')} of the accounting identities that can be tested hold"
    return details(f"Its data: {score}", el("ul", *said) if said else el("p", "No flags.", class_="note"))
