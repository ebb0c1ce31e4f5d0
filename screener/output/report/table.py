"""The list of a report: a table that stands without a script, with the keys that one sorts and filters by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from screener.catalogue.units import BY_NAME
from screener.engine.result import Value
from screener.language.wording import wording
from screener.output import shape
from screener.output.report.markup import Markup, el, join, link
from screener.output.report.parts import breakable, section, unknown
from screener.output.values import UNKNOWN, format_value, is_numeric

if TYPE_CHECKING:
    from screener.engine.report import Entry, Report

# What a person types into the limits of a column: 8 for 8 %, 300 for 300 million.
_TYPED = {"percent": (100, "%"), "money": (1e-6, "million"), "multiple": (1, "×")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list. ``key`` is its name in the address; ``shown``: from the start, others can be chosen."""

    key: str
    title: str
    unit: str
    says: str = ""
    shown: bool = True


def columns_of(report: Report) -> tuple[Column, ...]:
    """Return the columns in order: fixed ones, the chosen ones, groups and factors of the rank, state of the data."""
    result = report.result
    screen, meanings = result.screen, report.meanings
    fixed = (
        Column("rank", "#", "count", "Rank"),
        Column("ticker", "Ticker", "text"),
        Column("name", "Name", "text"),
        Column("sector", "Sector", "text"),
    )
    ranked = any(entry.row.score is not None for entry in report.entries)
    scores = (Column("score", "Score", "score", "Score, 0 to 100"),) if ranked else ()
    chosen = [
        Column(
            f"c{place}",
            shape.heading(column.label or column.name, screen.columns[place].expr, meanings),
            column.unit,
            wording(screen.columns[place].expr),
        )
        for place, column in shape.chosen(result)
    ]
    groups = [
        Column(f"g{place}", group, "score", f"Score of the group {group}, 0 to 100", shown=False)
        for place, group in enumerate(report.universe.groups)
    ]
    factors = [
        Column(
            f"f{place}",
            f"{shape.heading(factor.text, factor.expr, meanings)} (percentile)",
            "score",
            factor.text,
            shown=False,
        )
        for place, factor in enumerate(screen.factors())
    ]
    state = (
        Column("flags", "Flags", "count", "What a reader must know of the numbers of this name"),
        Column("period", "Period", "date", "End of the newest quarter", shown=False),
        Column("known", "Public", "date", "Day since which the newest quarter is public", shown=False),
    )
    return (*fixed, *scores, *chosen, *groups, *factors, *state)


def list_section(report: Report, anchors: Mapping[int, str]) -> Markup:
    """Return the section with the list and, for scripts to uncover, the controls that sort, filter and choose."""
    columns = columns_of(report)
    result = report.result
    if not report.entries:
        said = (
            f"No name passed: of {result.population:,} names of the universe {report.unknown.rejected:,} were "
            f"rejected, {len(report.unknown.rows):,} could not be judged."
        )
        return section("list", "The list", el("p", said, class_="note"))
    groups = {member.issuer_id: member.groups for member in report.universe.members}
    head = el("tr", *(_heading(column) for column in columns))
    body = [_row(entry, columns, report, groups.get(entry.row.issuer_id, ()), anchors) for entry in report.entries]
    caption = el("caption", shape.counts(result), id="list-caption")
    inner = el("table", caption, el("thead", head), el("tbody", *body), id="names-table")
    box = el("div", inner, class_="scroll tall", role="region", tabindex=0, aria_labelledby="list-caption")
    why = el("p", id="why", role="status", hidden=True)
    return section("list", "The list", _controls(report, columns), box, why)


def _heading(column: Column) -> Markup:
    return el(
        "th", breakable(column.title), scope="col", class_="number" if is_numeric(column.unit) else None,
        title=column.says or None, data_key=column.key, hidden=not column.shown,
    )  # fmt: skip


def _row(
    entry: Entry,
    columns: tuple[Column, ...],
    report: Report,
    groups: tuple[float | None, ...],
    anchors: Mapping[int, str],
) -> Markup:
    row = entry.row
    values: list[Value] = [row.rank, row.ticker, row.name, row.sector]
    if any(column.key == "score" for column in columns):
        values.append(row.score)
    reasons = [""] * len(values)
    for place, _ in shape.chosen(report.result):
        values.append(row.values[place])
        reasons.append(entry.reasons[place] if entry.reasons else "")
    # A name whose factors were dropped has none of them.
    percentiles = [factor.percentile for factor in entry.factors]
    values += (list(groups) or [None] * len(report.universe.groups)) + (
        percentiles or [None] * len(report.result.screen.factors())
    )
    values += [len(row.flags), row.period_end, row.known_from]
    reasons += [""] * (len(values) - len(reasons))
    cells = [_cell(value, why, column) for value, why, column in zip(values, reasons, columns, strict=True)]
    address = f"#{anchors[row.issuer_id]}" if row.issuer_id in anchors else entry.url
    cells[1] = el("th", link(address, row.ticker or row.name or UNKNOWN), scope="row", data_v=row.ticker or row.name)
    if row.flags:
        flags = el("span", format_value(len(row.flags), "count"), title="; ".join(row.flags), class_="flags")
        place = len(columns) - 3
        cells[place] = el("td", flags, class_="number", data_v=len(row.flags))
    return el("tr", *cells)


def _cell(value: Value, reason: str, column: Column) -> Markup:
    said = format_value(value, column.unit)
    numeric = "number" if is_numeric(column.unit) else None
    if said == UNKNOWN:
        return el("td", unknown(reason), class_=numeric, hidden=not column.shown)
    if column.key == "score":
        filled = f"--p:{value:.1f}%"
        return el("td", said, class_="number meter", style=filled, data_v=_sorted_by(value))
    if column.key == "flags" and not value:
        return el("td", class_=numeric, data_v=0)
    return el("td", said, class_=numeric, data_v=_sorted_by(value), hidden=not column.shown)


def _sorted_by(value: Value) -> str | None:
    """Return what a script compares: texts compare as they are shown."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, str) or value is None else f"{value:.12g}"


def _controls(report: Report, columns: tuple[Column, ...]) -> Markup:
    """Return the controls; ``list.js`` uncovers them."""
    sectors = sorted({entry.row.sector for entry in report.entries if entry.row.sector})
    find = el("label", "Find ", el("input", type="search", id="find", autocomplete="off", spellcheck="false"))
    options = (el("option", sector, value=sector) for sector in sectors)
    sector = el("label", "Sector ", el("select", el("option", "all", value=""), *options, id="sector"))
    boxes = (
        el("label", el("input", type="checkbox", value=column.key, checked=column.shown), " ", _named(column))
        for column in columns
        if column.key != "ticker"
    )
    chosen = el(
        "details", el("summary", "Columns"), el("fieldset", el("legend", "Columns shown"), *boxes, id="columns")
    )
    limits = el(
        "details",
        el("summary", "Limits"),
        el("fieldset", el("legend", "At least and at most"), *(_limits(column) for column in columns), id="limits"),
    )
    reset = el("button", "Reset", type="button", id="reset")
    count = el("p", id="count", role="status", aria_live="polite")
    more = el("button", type="button", id="all", hidden=True)
    return el("div", find, sector, chosen, limits, reset, count, more, class_="controls", id="controls", hidden=True)


def _named(column: Column) -> str:
    """Return the title of a column where it does not stand above its values."""
    return "Rank" if column.key == "rank" else column.title


def _limits(column: Column) -> Markup | None:
    if not is_numeric(column.unit):
        return None
    style = BY_NAME[column.unit].style if column.unit in BY_NAME else ""
    scale, unit = _TYPED.get(style, (1, ""))
    said = f"{_named(column)}, {unit}" if unit else _named(column)
    inputs = (
        el(
            "input", type="number", step="any", data_key=column.key, data_end=end, data_scale=str(scale),
            aria_label=f"{said}: {words}", placeholder=words,
        )
        for end, words in (("least", "at least"), ("most", "at most"))
    )  # fmt: skip
    return el("div", el("span", breakable(said)), join(inputs), class_="limit")
