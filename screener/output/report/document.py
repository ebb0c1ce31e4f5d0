"""A report as one HTML file that needs nothing else: sections that stand without a script, data and charts for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from screener.catalogue.units import BY_NAME
from screener.engine.histories import MOST_PAGES
from screener.output import shape
from screener.output.report import assets, closing, names, overview
from screener.output.report.markup import Markup, el, json_block, link
from screener.output.report.numbers import Drawn, axes, ladder, points, sectors, spreads
from screener.output.report.parts import anchors
from screener.output.report.table import list_section

if TYPE_CHECKING:
    from screener.engine.histories import Pages
    from screener.engine.report import Report


def to_html(report: Report, pages: Pages) -> str:
    """Return the report as HTML; the same report gives the same text.

    Every name and text is cleaned and escaped. The page makes no request, and its policy lets no other script run.
    The first names of the list have a page of their own, with the years that ``pages`` has of them.
    """
    places = anchors(report, MOST_PAGES)
    drawn = Drawn(axes(report), spreads(report), sectors(report))
    main = el(
        "main",
        overview.summary(report, drawn.spreads),
        list_section(report, places),
        overview.universe(report, drawn),
        overview.funnel(report),
        overview.left_out(report),
        names.names_section(report, pages, places),
        closing.quality(report, pages),
        closing.definitions(report),
        closing.identity(report),
        id="main",
    )
    body = el(
        "body",
        link("#list", "Skip to the list", class_="skip"),
        overview.head(report),
        main,
        closing.footer(report),
        json_block("data", _data(report, pages, places, drawn)),
        assets.script_elements(),
    )
    return f"<!DOCTYPE html>\n{el('html', _head(report), body, lang='en')}\n"


def _head(report: Report) -> Markup:
    run = report.result.run
    return el(
        "head",
        el("meta", charset="utf-8"),
        assets.policy_element(),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="generator", content=f"screener {run.version}"),
        el("title", f"{shape.title(report.result)}, as of {run.as_of.isoformat()}"),
        el("link", rel="icon", href="data:,"),
        assets.style_element(),
    )


def _data(report: Report, pages: Pages, places: Mapping[int, str], drawn: Drawn) -> dict[str, Any]:
    """Return what the charts draw; the shapes are described beside the drawings in ``charts.js``."""
    tickers = {entry.row.issuer_id: entry.row.ticker or entry.row.name for entry in report.entries}
    ranks = {entry.row.issuer_id: entry.row.rank for entry in report.entries}
    found = drawn.axes
    across = () if found is None else zip(report.universe.members, found.points, strict=True)
    return {
        "axes": None if found is None else [found.across, found.up],
        "points": [
            [one.ticker or "", one.name, x, y, ranks.get(one.issuer_id, 0), places.get(one.issuer_id, "")]
            for one, (x, y) in across
            if x is not None and y is not None
        ],
        "sectors": [list(row) for row in drawn.sectors],
        "spreads": [
            {
                "name": one.label,
                "style": _style(one.unit),
                "low": one.low,
                "high": one.high,
                "values": one.values,
                "listed": [[tickers[issuer], value] for issuer, value in one.listed],
            }
            for one in drawn.spreads
        ],
        "funnel": _funnel(report),
        "lines": {line.name: [line.label, _style(line.unit)] for line in pages.lines},
        "pages": {
            places[issuer]: {**points(history), "ladder": ladder(history), "now": [history.last("cash")]}
            for issuer, history in pages.histories.items()
            if issuer in places
        },
    }


def _style(unit: str) -> str:
    return BY_NAME[unit].style if unit in BY_NAME else "decimal"


def _funnel(report: Report) -> list[list[str | int]]:
    """Return (condition, still in, failed, kept out as unknown) of the names that reach each condition."""
    before = report.result.funnel[0].remaining
    found: list[list[str | int]] = [["all names of the data set", before, 0, 0]]
    for cost in report.funnel.costs:
        failed = cost.in_order[1]
        found.append([cost.text, cost.remaining, failed, before - cost.remaining - failed])
        before = cost.remaining
    return found
