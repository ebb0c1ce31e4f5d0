"""``screener metrics --coverage`` as text for the terminal, CSV, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from screener.catalogue.metrics import GROUPS
from screener.engine.coverage import PROBABILITIES, SMALL_CAPS, Count, Coverage, MetricCoverage
from screener.engine.result import Value
from screener.output import text
from screener.output.cells import cut, wrap
from screener.output.layout import Column, lay_out, not_shown, paint
from screener.output.shape import DEMO_BANNER
from screener.output.values import UNKNOWN, format_value

PERCENTILES = tuple(f"p{round(100 * probability)}" for probability in PROBABILITIES)
COUNTS = ("names", "known", "refused", "worst", "best", "undefined", "missing")
BLOCKS = "▁▂▃▄▅▆▇█"

SAYS = (
    f"Small caps: market capitalization from {format_value(SMALL_CAPS[0], 'usd')} to "
    f"{format_value(SMALL_CAPS[1], 'usd')}. Covered: a value, or a reason that ranks worst or best (no earnings, no "
    "debt), of the names for whose reporting model the metric is defined. The counts and quantiles are the whole "
    "market's; the bars go from p5 to p95. Lacking: what most often leaves a small cap uncovered."
)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A column for people: ``drop`` says how early it goes on a narrow terminal (0: never)."""

    heading: str
    cell: Callable[[MetricCoverage], str]
    drop: int
    right: bool = True


def _count(name: str) -> Callable[[MetricCoverage], str]:
    return lambda row: f"{getattr(row.market, name):,}"


def _quantile(place: int) -> Callable[[MetricCoverage], str]:
    def cell(row: MetricCoverage) -> str:
        known = row.market.quantiles
        return format_value(known[place], row.metric.unit) if known else UNKNOWN

    return cell


def _per_cent(share: float | None) -> str:
    # Rounded down: 99.6 % is not all, and 59.9 % is not 60 %.
    return UNKNOWN if share is None else f"{int(100 * share + 1e-9)}%"


def _known(count: Count) -> str:
    return f"{count.known:,} {_per_cent(count.known_share)}"


def _lacks(row: MetricCoverage) -> str:
    return f"{row.lacks} ({row.lacking:,})" if row.lacks else ""


def spark(bars: Sequence[int]) -> str:
    """Return one block a bar, its height the share of the tallest; a count above zero is never blank."""
    most = max(bars, default=0)
    return "".join(BLOCKS[-(-count * len(BLOCKS) // most) - 1] if count else " " for count in bars) if most else ""


SHOWN = (
    _Shown("metric", lambda row: row.metric.name, 0, right=False),
    _Shown("covered", lambda row: _per_cent(row.market.coverage), 1),
    _Shown("small caps", lambda row: _per_cent(row.small.coverage), 0),
    _Shown("known", lambda row: _known(row.market), 6),
    _Shown("small known", lambda row: _known(row.small), 6),
    _Shown("refused", _count("refused"), 9),
    _Shown("worst", _count("worst"), 11),
    _Shown("best", _count("best"), 12),
    _Shown("undefined", _count("undefined"), 10),
    _Shown("missing", _count("missing"), 8),
    _Shown("p1", _quantile(0), 14),
    _Shown("p5", _quantile(1), 3),
    _Shown("p25", _quantile(2), 7),
    _Shown("median", _quantile(3), 2),
    _Shown("p75", _quantile(4), 7),
    _Shown("p95", _quantile(5), 3),
    _Shown("p99", _quantile(6), 14),
    _Shown("p5 to p95", lambda row: spark(row.bars), 5, right=False),
    _Shown("lacking", _lacks, 13, right=False),
)


def headline(found: Coverage) -> str:
    """Return the data set, the day and how many names were counted."""
    return f"{found.names:,} names, {found.small:,} small caps as of {found.as_of} · {found.data}"


def render(found: Coverage, *, width: int = 100, color: bool = False) -> str:
    """Return the table for a terminal, group by group, no line wider than ``width`` cells (taken as 40 if smaller)."""
    lines = [paint(cut(headline(found), width), "title", color)]
    if found.demo:
        lines += wrap(DEMO_BANNER, width)
    lines += [*wrap(SAYS, width), *(line for note in found.notes for line in wrap(f"Note: {note}", width))]
    if not found.rows:
        return "\n".join(lines) + "\n"
    columns = [
        Column(
            shown.heading,
            [shown.cell(row) for row in found.rows],
            right=shown.right,
            least=12 if shown.heading == "lacking" else 0,
            drop=shown.drop,
            styles="bold" if shown.heading == "metric" else "",
        )
        for shown in SHOWN
    ]
    table, dropped = lay_out(columns, width, color=color, indent=2)
    head = len(table) - len(found.rows)
    lines += ["", *table[:head]]
    body = iter(table[head:])
    for title, rows in _grouped(found):
        lines += [paint(cut(title, width), "bold", color), *(next(body) for _ in rows)]
    if dropped:
        lines += ["", *wrap(f"{not_shown(dropped)}. CSV and JSON have all of them", width, rest="  ")]
    return "\n".join(lines) + "\n"


def _grouped(found: Coverage) -> Iterator[tuple[str, list[MetricCoverage]]]:
    titles = {row.name: group.title for group in GROUPS for row in group.rows}

    def title_of(row: MetricCoverage) -> str:
        return titles.get(row.metric.name, row.metric.group)

    for title, rows in groupby(found.rows, key=title_of):
        yield title, list(rows)


def to_markdown(found: Coverage) -> str:
    """Return a heading, what the columns mean, and a pipe table for each group."""
    parts = [f"# Coverage\n\n{headline(found)}", SAYS, *(f"Note: {note}" for note in found.notes)]
    headers = [shown.heading for shown in SHOWN]
    for title, rows in _grouped(found):
        table = text.table_markdown(headers, [[shown.cell(row) for shown in SHOWN] for row in rows])
        parts.append(f"## {title}\n\n{table.rstrip()}")
    return "\n\n".join(parts) + "\n"


def records(found: Coverage) -> list[dict[str, Value]]:
    """Return one flat record a metric, values unrounded; what is said of the small caps has the prefix ``small_``."""
    return [
        {
            "metric": row.metric.name, "label": row.metric.label, "group": row.metric.group, "unit": row.metric.unit,
            **_flat(row.market, ""), **_flat(row.small, "small_"),
            "lacks": row.lacks, "lacking": row.lacking,
        }
        for row in found.rows
    ]  # fmt: skip


def _flat(count: Count, prefix: str) -> dict[str, Value]:
    flat: dict[str, Value] = {prefix + name: getattr(count, name) for name in COUNTS}
    flat |= {f"{prefix}known_share": count.known_share, f"{prefix}coverage": count.coverage}
    quantiles = count.quantiles or (None,) * len(PERCENTILES)
    return flat | {prefix + name: value for name, value in zip(PERCENTILES, quantiles, strict=True)}


def to_csv(found: Coverage) -> str:
    """Return :func:`records` as CSV, one line a metric."""
    rows = records(found)
    return text.table_csv(tuple(rows[0]), [tuple(row.values()) for row in rows]) if rows else ""


def to_json(found: Coverage) -> str:
    """Return ``{"data", "as_of", "demo", "names", "small_caps", "notes", "metrics": [...]}`` as strict JSON.

    ``metrics`` are :func:`records` with ``bars``: how many values lie in equal steps from p5 to p95. Shares are
    fractions, null where there is nothing to take a share of.
    """
    listed: list[dict[str, Any]] = [
        {**record, "bars": list(row.bars)} for record, row in zip(records(found), found.rows, strict=True)
    ]
    head = {"data": found.data, "as_of": found.as_of, "demo": found.demo, "names": found.names}
    return text.strict_json({**head, "small_caps": found.small, "notes": list(found.notes), "metrics": listed})
