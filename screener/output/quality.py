"""``screener data check`` as text for the terminal, CSV, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from screener.engine.quality import Quality, Table
from screener.engine.result import Value
from screener.output import text
from screener.output.cells import cell_text, cut, wrap
from screener.output.layout import Column, lay_out, not_shown, paint
from screener.output.shape import DEMO_BANNER
from screener.output.values import UNKNOWN, format_value, is_numeric

# Sectors as the heading of a narrow column.
SHORT = {
    "Communication Services": "comm", "Consumer Discretionary": "discr", "Consumer Staples": "stapl",
    "Energy": "enrgy", "Financials": "fin", "Health Care": "hlth", "Industrials": "ind",
    "Information Technology": "tech", "Materials": "mat", "Real Estate": "re", "Utilities": "util",
    "Unclassified": "uncl",
}  # fmt: skip
# Columns that a terminal has no room for: an address stands below its row, a formula in the other formats.
LONG = ("url", "formula")
COVERAGE = ("coverage_by_sector", "coverage_by_size")
# The last table of a report may be as long as the data set has companies; the other formats have all of it.
MOST_ROWS = 200


def render(found: Quality, *, width: int = 100, color: bool = False) -> str:
    """Return the report for a terminal, no line wider than ``width`` cells (taken as 40 when smaller)."""
    lines = [paint(cut(_headline(found), width), "title", color)]
    if found.demo:
        lines.append(DEMO_BANNER)
    for table in found.tables:
        lines += ["", paint(table.title, "bold", color), *wrap(table.says, width)]
        lines += _lines(table, width, color) if table.rows else ["  none"]
    if found.broken:
        said = f"Fails for more than one company-period in a thousand: {', '.join(found.broken)}"
        lines += ["", *(paint(line, "red", color) for line in wrap(said, width))]
    return "\n".join(lines) + "\n"


def _headline(found: Quality) -> str:
    counts = f"{found.companies:,} companies, {found.company_periods:,} company-periods"
    return cell_text(f"{counts} as of {found.as_of} · {found.data}")


def _lines(table: Table, width: int, color: bool) -> list[str]:
    rows = table.rows[:MOST_ROWS]
    columns = []
    places = [place for place, header in enumerate(table.headers) if header not in LONG]
    for place in places:
        unit = table.units[place]
        right = is_numeric(unit)
        cells = [_cell(row[place], unit, table.key) for row in rows]
        columns.append(
            Column(
                _heading(table, place),
                cells,
                right=right,
                least=0 if right or place == 0 else 12,
                drop=place,
                styles="bold" if place == 0 else "",
            )
        )
    lines, dropped = lay_out(columns, width, color=color, indent=2)
    if "url" in table.headers:
        lines = _with_addresses(lines, table, rows, width)
    if len(table.rows) > len(rows):
        lines.append(f"  and {len(table.rows) - len(rows):,} more; CSV and JSON have all of them")
    if dropped:
        lines += wrap(not_shown(dropped), width, first="  ", rest="    ")
    return lines


def _with_addresses(lines: list[str], table: Table, rows: Sequence[tuple[Value, ...]], width: int) -> list[str]:
    """Put the address of each row below it: cut, it would lead nowhere."""
    place = table.headers.index("url")
    head = len(lines) - len(rows)
    found = lines[:head]
    for line, row in zip(lines[head:], rows, strict=True):
        found.append(line)
        if row[place]:
            found.append(f"      {row[place]}"[: max(width, len(str(row[place])) + 2)])
    return found


def _heading(table: Table, place: int) -> str:
    header = table.headers[place]
    return SHORT.get(header, header) if table.key in COVERAGE else header.replace("_", " ")


def _cell(value: Value, unit: str, key: str) -> str:
    if key in COVERAGE and unit == "ratio":
        if isinstance(value, float):
            return f"{value:.0%}"
        return UNKNOWN if value is None else f"{value:,}"
    if unit == "ratio" and isinstance(value, float):
        # 99.96 % is not 100 %: the targets lie that close.
        return f"{value * 100:.2f}%"
    return format_value(value, unit)


def to_json(found: Quality) -> str:
    """Return ``{"data", "as_of", "companies", "company_periods", "broken", <table>: [...], ...}`` as strict JSON.

    Each table is a list of objects keyed by its headers: ``identities``, ``offenders``, ``coverage_by_sector``,
    ``coverage_by_size``, ``flags``, ``debt``, ``market``; for one item the coverage and ``missing``. Shares are
    fractions, null where there is nothing to take a share of; the row ``(companies)`` of a coverage holds counts.
    """
    tables = {table.key: [dict(zip(table.headers, row, strict=True)) for row in table.rows] for table in found.tables}
    return text.strict_json(
        {
            "data": found.data,
            "as_of": found.as_of,
            "companies": found.companies,
            "company_periods": found.company_periods,
            "broken": list(found.broken),
            **tables,
        }
    )


def to_csv(found: Quality) -> str:
    """Return one line a cell: ``table,row,column,value``, rows numbered from 1; values as in every CSV of ours."""
    cells: list[tuple[Value, ...]] = [
        (table.key, number, header, value)
        for table in found.tables
        for number, row in enumerate(table.rows, 1)
        for header, value in zip(table.headers, row, strict=True)
    ]
    return text.table_csv(("table", "row", "column", "value"), cells)


def to_markdown(found: Quality) -> str:
    """Return the report as Markdown: a heading, a sentence and a pipe table for each part."""
    parts = [f"# Data check\n\n{_headline(found)}"]
    for table in found.tables:
        rows = [
            [_cell(value, unit, table.key) for value, unit in zip(row, table.units, strict=True)] for row in table.rows
        ]
        listed = text.table_markdown(table.headers, rows).rstrip("\n") if rows else "none"
        parts.append(f"## {table.title}\n\n{table.says}\n\n{listed}")
    return "\n\n".join(parts) + "\n"
