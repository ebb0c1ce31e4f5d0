"""What the sections of a report are put together from: sections, tables, figures, values, and the anchors of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.engine.result import Value
from screener.output.cells import cell_text
from screener.output.report.markup import Child, Markup, el, join
from screener.output.values import UNKNOWN, format_value, is_numeric

if TYPE_CHECKING:
    from screener.engine.report import Report

_ANCHOR = re.compile(r"[A-Z0-9][A-Z0-9.-]*")


def anchors(report: Report, most: int) -> dict[int, str]:
    """Return the id of the page of each of the first ``most`` names by issuer: the ticker where it is fit and free.

    Other ids of a report begin with a small letter, so that no ticker can be one of them.
    """
    found: dict[int, str] = {}
    for entry in report.entries[:most]:
        ticker = entry.row.ticker or ""
        free = _ANCHOR.fullmatch(ticker) and ticker not in found.values()
        found[entry.row.issuer_id] = ticker if free else f"name-{entry.row.rank}-{entry.row.issuer_id}"
    return found


def section(name: str, title: str, *children: Child) -> Markup:
    """Return a section that the navigation can lead to, under its heading."""
    return el("section", el("h2", title, id=f"{name}-title"), *children, id=name, aria_labelledby=f"{name}-title")


def breakable(name: str) -> Markup:
    """Return a name of the screen language that may be broken after its underlines."""
    parts = re.split(r"(?<=_)", name)
    return join(part if place == 0 else (el_wbr, part) for place, part in enumerate(parts))


el_wbr = Markup("<wbr>")


def named(label: str, name: str) -> Markup:
    """Return what people call a metric; the name that the screen gives it comes up under the pointer."""
    return breakable(name) if label == name else el("span", label, title=name)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table; values of ``unit`` that are numbers stand to the right."""

    title: Child
    unit: str = "text"

    @property
    def align(self) -> str | None:
        """Return the class of its cells."""
        return "number" if is_numeric(self.unit) else None


def table(caption: Child, headings: Sequence[Heading], rows: Iterable[Sequence[Value | Markup]], name: str) -> Markup:
    """Return a table whose first column heads its rows, in a box that scrolls when the page is narrow.

    Values are formatted by the unit of their column; what is markup already stands as it is. ``name`` is the id of the
    caption, which names the box for the keyboard and for screen readers.
    """
    head = el("tr", *(el("th", one.title, scope="col", class_=one.align) for one in headings))
    body = []
    for row in rows:
        cells = [shown(value, one.unit) for value, one in zip(row, headings, strict=True)]
        first = el("th", cells[0], scope="row", class_=headings[0].align)
        rest = [el("td", cell, class_=one.align) for cell, one in zip(cells[1:], headings[1:], strict=True)]
        body.append(el("tr", first, *rest))
    # A group, not a region: a hundred names would be hundreds of landmarks with the same few names.
    inner = el("table", el("caption", el("span", caption), id=name), el("thead", head), el("tbody", *body))
    return el("div", inner, class_="scroll", role="group", tabindex=0, aria_labelledby=name)


def shown(value: Value | Markup, unit: str) -> Markup | str:
    """Return a value as people read it; a dash stands for what is unknown, which screen readers are told."""
    if isinstance(value, Markup):
        return value
    said = format_value(value, unit)
    return unknown("") if said == UNKNOWN else said


def unknown(reason: str) -> Markup:
    """Return the mark of an unknown value; its reason is read out, and shown by the pointer or the keyboard."""
    said = cell_text(reason)
    hidden = el("span", f"unknown: {said}" if said else "unknown", class_="hidden")
    if not said:
        return el("span", el("span", UNKNOWN, aria_hidden="true"), hidden, class_="unknown")
    mark = el("span", UNKNOWN, aria_hidden="true")
    return el("span", mark, hidden, class_="unknown", tabindex=0, title=said, data_why=said)


def figure(
    kind: str, title: Child, says: str, alternative: Child = None, *, note: Child = None, **data: str | int | None
) -> Markup:
    """Return the place of a chart: title, note, and what tells the same in words or numbers.

    kind: the name of a drawing in ``charts.js``, which takes ``data`` from the attributes. says: the description that
    a screen reader gives of the drawing.
    """
    return el(
        "figure",
        el("figcaption", el("strong", title), el("span", note, class_="note") if note else None),
        el("div", class_="plot"),
        alternative,
        class_=f"chart {kind}",
        data_chart=kind,
        data_says=cell_text(says),
        **{f"data_{name}": value for name, value in data.items()},
    )


def details(summary: Child, *children: Child) -> Markup:
    """Return what is folded away below a line that opens it."""
    return el("details", el("summary", summary), *children)
