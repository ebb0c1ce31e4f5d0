"""The sections of a report before the pages of its names: head, summary, funnel, the universe, who was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screener.engine.result import Value
from screener.output import shape
from screener.output.distances import measured
from screener.output.report.markup import Markup, el, link
from screener.output.report.numbers import Axes, Drawn, Spread, quantile
from screener.output.report.parts import Heading, details, figure, named, section, table
from screener.output.values import format_value

if TYPE_CHECKING:
    from screener.engine.report import Report

# Rows of the tables of names that are not on the list.
MOST_LEFT_OUT = 50
PARTS = (
    ("summary", "Summary"), ("list", "The list"), ("universe", "The universe"), ("funnel", "The rules"),
    ("left-out", "Left out"), ("names", "Name by name"), ("quality", "Quality of the data"),
    ("definitions", "Definitions"), ("run", "The run"),
)  # fmt: skip


def head(report: Report) -> Markup:
    """Return the banner: title, description, dates, the warning of demo data, and the way to every section."""
    result = report.result
    dates = el("p", " · ".join(shape.headline(result)), class_="dates")
    banner = el("p", el("strong", shape.DEMO_BANNER), class_="demo", role="note") if result.run.demo else None
    ways = (el("li", link(f"#{name}", title)) for name, title in PARTS)
    button = el("button", "Dark", type="button", id="theme", hidden=True, aria_pressed="false")
    description = el("p", result.screen.description, class_="lead") if result.screen.description else None
    return el(
        "header",
        el("div", el("h1", shape.title(result)), button, class_="top"),
        description,
        dates,
        banner,
        el("nav", el("ul", *ways), aria_label="Sections"),
    )


def summary(report: Report, spreads: tuple[Spread, ...]) -> Markup:
    """Return how many passed, and the middle name of the list beside that of the universe."""
    result = report.result
    share = f" ({result.passed / result.population:.1%})" if result.population else ""
    here = "" if len(report.entries) == result.passed else f"; {len(report.entries):,} are on the list"
    # What passed, was rejected and could not be judged adds up to the universe; the last tile is a part of one.
    tiles = (
        (f"{result.population:,}", "names are in the universe:", "universe"),
        (f"{result.passed:,}", f"passed{share}{here}", "list"),
        (f"{len(report.unknown.rows):,}", "could not be judged", "unknown"),
        (f"{report.unknown.rejected:,}", "were rejected", "funnel"),
        (f"{report.near.total:,}", f"of the {report.unknown.rejected:,} rejected fail one rule alone", "near"),
    )
    boxes = (el("li", link(f"#{to}", el("b", number), " ", el("span", words))) for number, words, to in tiles)
    rows: list[tuple[Value | Markup, ...]] = []
    scores = sorted(member.score for member in report.universe.members if member.score is not None)
    listed = sorted(entry.row.score for entry in report.entries if entry.row.score is not None)
    if scores:
        rows.append(("Score", *_both(listed, scores, "score"), "higher"))
    for one in spreads:
        mine = sorted(value for _, value in one.listed)
        rows.append((named(one.label, one.name), *_both(mine, one.values, one.unit), one.direction))
    headings = [Heading("Ranked by"), Heading("The list", "score"), Heading("The universe", "score"), Heading("Better")]
    medians = table("Medians of what is known", headings, rows, "medians") if rows else None
    notes = el("ul", *(el("li", note) for note in result.run.notes), class_="notes") if result.run.notes else None
    return section("summary", "Summary", el("ul", *boxes, class_="tiles"), medians, notes)


def _both(listed: list[float], values: list[float] | tuple[float, ...], unit: str) -> tuple[Markup, Markup]:
    first, second = (el("span", format_value(quantile(part, 0.5), unit)) for part in (listed, values))
    return first, second


def funnel(report: Report) -> Markup:
    """Return what each condition lets through, as a chart and as a table."""
    rows: list[tuple[Value | Markup, ...]] = []
    start = report.result.funnel[0]
    for cost in report.funnel.costs:
        group = "Universe" if cost.kind == "universe" else cost.group
        counts: tuple[Value, ...] = (*cost.in_order, cost.remaining, cost.sole)
        rows.append((el("code", cost.text), group, *counts))
    headings = [
        Heading("Condition"), Heading("Group"), Heading("Passed", "count"),
        Heading("Failed", "count"), Heading("Unknown", "count"), Heading("Still in", "count"),
        Heading("Kept out by it alone", "count"),
    ]  # fmt: skip
    says = f"From {start.remaining:,} names in the data set, {report.result.passed:,} pass every condition, in order: "
    says += "; ".join(f"{cost.text} leaves {cost.remaining:,}" for cost in report.funnel.costs)
    key = (
        el("span", "still in", class_="key in"),
        el("span", "out: unknown", class_="key unsure"),
        el("span", "out: failed", class_="key out"),
    )
    drawing = figure("funnel", "Names that are still in after each condition", says, note=key)
    counted = table(
        "Names that reach each condition, in order; kept out by it alone: names that only this rule keeps out",
        headings, rows, "funnel-caption",
    )  # fmt: skip
    return section("funnel", "The rules", drawing, counted)


def universe(report: Report, drawn: Drawn) -> Markup:
    """Return the list against its universe: the scatter, the sectors, and the distribution of what is ranked by."""
    charts = (_scatter(report, drawn.axes), _sectors(report, drawn.sectors), *_spreads(drawn.spreads))
    return section("universe", "The list in its universe", *charts)


def _scatter(report: Report, found: Axes | None) -> Markup:
    if found is None or not found.known:
        return el("p", "The rank has no two parts that could be set against each other.", class_="note")
    listed = {entry.row.issuer_id for entry in report.entries}
    members = report.universe.members
    both = [point for one, point in zip(members, found.points, strict=True) if one.issuer_id in listed]
    sides = (
        [sorted(value for point in part if (value := point[side]) is not None) for part in (both, found.points)]
        for side in (0, 1)
    )
    middles = [
        f"{name}: median {_here(mine, 'score', ' on the list, ')}{format_value(quantile(all_, 0.5), 'score')} "
        "in the universe"
        for name, (mine, all_) in zip((found.across, found.up), sides, strict=True)
    ]
    says = f"{found.up} against {found.across} for {found.known:,} names, 0 to 100. {'. '.join(middles)}."
    missing = len(members) - found.known
    lacking = f" {missing:,} names lack one of them." if missing else ""
    ways = " The ten best are named; names on the list lead to their pages." if listed else ""
    note = f"{'; '.join(middles)}.{lacking}{ways}"
    return figure("scatter", f"{found.up} against {found.across}", says, note=note)


def _here(mine: list[float], unit: str, then: str) -> str:
    """Return the median of the list and what follows; nothing where nothing is on it."""
    return f"{format_value(quantile(mine, 0.5), unit)}{then}" if mine else ""


def _sectors(report: Report, mix: tuple[tuple[str, int, int], ...]) -> Markup:
    listed, members = len(report.entries), len(report.universe.members)
    rows: list[tuple[Value | Markup, ...]] = [
        (name, mine, mine / listed if listed else None, all_, all_ / members if members else None)
        for name, mine, all_ in mix
    ]
    headings = [
        Heading("Sector"), Heading("On the list", "count"), Heading("Share", "ratio"),
        Heading("In the universe", "count"), Heading("Share", "ratio"),
    ]  # fmt: skip
    numbers = details("Sectors in numbers", table("Names by sector", headings, rows, "sectors-caption"))
    says = "; ".join(f"{name}: {mine} on the list, {all_} in the universe" for name, mine, all_ in mix)
    key = (el("span", "share of the list", class_="key in"), el("span", "share of the universe", class_="key tick"))
    return figure("sectors", "Sectors of the list and of the universe", says, numbers, note=key)


def _spreads(spreads: tuple[Spread, ...]) -> tuple[Markup | None, ...]:
    if not spreads:
        return (el("p", "The screen has no rank: there is nothing to distribute.", class_="note"),)
    charts = []
    for place, one in enumerate(spreads):
        mine = sorted(value for _, value in one.listed)
        middle = format_value(quantile(one.values, 0.5), one.unit)
        said = f"median of {_here(mine, one.unit, ' on the list, ')}{middle} in the universe"
        known = f"known for {len(one.values):,} of {one.of:,} names"
        clipped = f"; {one.outside:,} beyond the 2nd and 98th percentile are not drawn" if one.outside else ""
        note = f"{said}; {known}{clipped}"
        if one.values:
            says = f"Distribution of {one.label}: {note}"
            charts.append(figure("spread", named(one.label, one.name), says, note=note, factor=place))
        else:
            charts.append(el("p", f"{one.label} is known for no name.", class_="note"))
    rows: list[tuple[Value | Markup, ...]] = []
    for one in spreads:
        quarters = (quantile(one.values, share) for share in (0.25, 0.5, 0.75))
        mine = sorted(value for _, value in one.listed)
        cells = (el("span", format_value(value, one.unit)) for value in (*quarters, quantile(mine, 0.5)))
        rows.append((named(one.label, one.name), len(one.values), *cells))
    headings = [Heading("Ranked by"), Heading("Known", "count")]
    headings += [
        Heading(title, "score") for title in ("Lower quartile", "Median", "Upper quartile", "Median of the list")
    ]
    key = (el("span", "names of the universe", class_="key rest"), el("span", "each name of the list", class_="key in"))
    return (
        el("h3", "What the rank is made of"),
        el("p", *key, class_="note"),
        el("div", *charts, class_="grid"),
        details("Distributions in numbers", table("Values over the universe", headings, rows, "spreads-caption")),
    )


def left_out(report: Report) -> Markup:
    """Return the near misses and the names that could not be judged, with reasons."""
    misses: list[tuple[Value | Markup, ...]] = []
    for miss in report.near.rows[:MOST_LEFT_OUT]:
        unknown = f"also unknown: {'; '.join(miss.unknown)}" if miss.unknown else ""
        said = "; ".join(filter(None, (measured(miss.distance) if miss.distance else "", unknown)))
        misses.append(
            (miss.ticker or miss.name, miss.name, el("code", miss.rule), said, miss.place.score, miss.place.rank)
        )
    headings = [
        Heading("Ticker"), Heading("Name"), Heading("Misses"), Heading("By"), Heading("Score", "score"),
        Heading("Would rank", "count"),
    ]  # fmt: skip
    caption = _most("Names that fail one rule, nearest first", len(misses), report.near.total)
    unjudged: list[tuple[Value | Markup, ...]] = []
    for row in report.unknown.rows[:MOST_LEFT_OUT]:
        reasons = el("ul", *(el("li", el("code", rule), f": {why}") for rule, why in row.reasons))
        unjudged.append((row.ticker or row.name, row.name, reasons, row.place.score, row.place.rank))
    wanting = [
        Heading("Ticker"), Heading("Name"), Heading("Unknown"), Heading("Score", "score"),
        Heading("Would rank", "count"),
    ]  # fmt: skip
    said = _most("Names that no rule rejects and that could not be judged", len(unjudged), len(report.unknown.rows))
    near = table(caption, headings, misses, "near-caption") if misses else _none("No name misses by one rule.")
    unknown = table(said, wanting, unjudged, "unknown-caption") if unjudged else _none("Every name could be judged.")
    return section("left-out", "Left out", el("div", near, id="near"), el("div", unknown, id="unknown"))


def _most(caption: str, shown: int, total: int) -> str:
    return f"{caption} ({total:,})" if shown == total else f"{caption} (the first {shown:,} of {total:,})"


def _none(text: str) -> Markup:
    return el("p", text, class_="note")
