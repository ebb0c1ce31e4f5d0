"""The page of a company for the terminal: head, metrics among peers, years and quarters, flags, evidence and events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from screener.output import shape
from screener.output.cells import bar, cell_text, cut, joined, sparkline, wrap
from screener.output.layout import SMALLEST_WIDTH, Column, lay_out, not_shown, paint
from screener.output.values import UNKNOWN, format_value

if TYPE_CHECKING:
    from screener.engine.periods import Period
    from screener.engine.profile import KeyMetric, Profile

LABEL_LEAST, NAME_LEAST = 16, 12
BAR_WIDTH = 10
# Of the metrics: what they mean, the bar, the peers and the place go in this order; value and percentile stay.
DROP_LABEL, DROP_BAR, DROP_PEERS, DROP_PLACE = 4, 3, 2, 1
FLAG_PERIODS = 6
SAYS = "percentile by the metric's direction, 100 is best; names without a value stand last"


def render_profile(found: Profile, *, width: int = 100, color: bool = False) -> str:
    """Return the page as lines of at most ``width`` cells (taken as 40 when smaller)."""
    width = max(width, SMALLEST_WIDTH)
    blocks = [
        _head(found, width, color),
        _metrics(found, width, color),
        _periods("Fiscal years and newest twelve months", found.years, found.ttm, found, width=width, color=color),
        _periods("Quarters", found.quarters, None, found, width=width, color=color),
        _flags(found, width, color),
        _evidence(found, width, color),
        _events(found, width, color),
        _foot(found, width, color),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def facts(found: Profile) -> list[str]:
    """Return what is known of the company itself, each as a short phrase."""
    about = found.about
    year_end = _year_end(str(about["fiscal_year_end"] or ""))
    phrases = (
        about["exchange"],
        f"sector {about['sector']}" if about["sector"] else None,
        about["industry"],
        f"reporting model {about['model']}",
        f"CIK {about['cik']}" if about["cik"] is not None else None,
        f"fiscal year ends {year_end}" if year_end else None,
    )
    return [cell_text(str(phrase)) for phrase in phrases if phrase]


def valued(found: Profile) -> list[str]:
    """Return market value, price and newest period with their days, each as a short phrase."""
    about = found.about
    value = format_value(about["market_cap"], "usd")
    price = f"price {format_value(about['price'], 'usd_per_share')} on {about['price_date']}"
    period = [f"newest period {about['period_end']}", f"public since {about['known_from']}"]
    return [
        f"market value {value}" if about["market_cap"] is not None else "market value unknown",
        price if about["price"] is not None else "no recent price",
        *(period if about["period_end"] else ["no period is public"]),
    ]


def _year_end(text: str) -> str:
    """Return MMDD as a day that people read; ``""`` for what is no day."""
    try:
        # A leap year, for those that end on the last of February.
        return date(2024, int(text[:2]), int(text[2:])).strftime("%B %d").replace(" 0", " ")
    except ValueError:
        return ""


def _head(found: Profile, width: int, color: bool) -> list[str]:
    company = found.company
    name = wrap(cell_text(company.name), width, first=f"{cell_text(company.ticker)}  ", rest="  ")
    lines = [paint(line, "title", color) for line in name]
    if found.run.demo:
        lines.append(paint(cut(shape.DEMO_BANNER, width), "demo", color))
    lines += [*joined(facts(found), width), *joined(valued(found), width)]
    url = f"filings: {found.about['filings_url']}"
    # Cut, an address leads nowhere; the CIK above leads there as well.
    lines += [url] if found.about["filings_url"] and len(url) <= width else []
    return [*lines, *joined(shape.headline_of(found.run), width)]


def _metrics(found: Profile, width: int, color: bool) -> list[str]:
    rows: list[KeyMetric | str] = []
    for metric in found.metrics:
        if not rows or metric.section != _section(rows[-1]):
            rows.append(metric.section)
        rows.append(metric)
    named = [f"  {row.name}" if not isinstance(row, str) else row for row in rows]
    headings = ["bold" if isinstance(row, str) else "" for row in rows]
    metrics = [None if isinstance(row, str) else row for row in rows]
    percentiles = [None if row is None or row.percentile is None else row.percentile for row in metrics]
    columns = [
        Column("Metric", named, styles=headings, least=NAME_LEAST + 8),
        Column("", ["" if row is None else cell_text(row.label) for row in metrics], least=LABEL_LEAST,
               drop=DROP_LABEL, styles="dim"),
        Column("Value", ["" if row is None else format_value(row.value, row.unit) for row in metrics], right=True),
        Column("Percentile", ["" if row is None else _whole(share) for row, share in zip(metrics, percentiles,
               strict=True)], right=True, styles="bold"),
        Column("", [bar(None if share is None else share / 100, BAR_WIDTH) for share in percentiles], drop=DROP_BAR,
               styles="bar"),
        Column("Place", ["" if row is None else place(row) for row in metrics], right=True, drop=DROP_PLACE),
        Column("Among", ["" if row is None else cell_text(peers(row)) for row in metrics], least=LABEL_LEAST,
               drop=DROP_PEERS, styles="dim"),
    ]  # fmt: skip
    lines, dropped = lay_out(columns, width, color=color)
    reasons: dict[str, list[str]] = {}
    for metric in found.metrics:
        if metric.reason:
            reasons.setdefault(metric.reason, []).append(metric.name)
    said = [f"{', '.join(names)}: {reason}" for reason, names in reasons.items()]
    unknown = [line for text in said for line in wrap(cell_text(text), width, first="  ", rest="    ")]
    return [
        *_title("Key metrics", SAYS, width, color),
        *lines,
        *(paint(line, "dim", color) for line in (wrap(not_shown(dropped), width, rest="  ") if dropped else [])),
        *([paint("Unknown or undefined", "heading", color), *unknown] if unknown else []),
    ]


def _section(row: KeyMetric | str) -> str:
    return row if isinstance(row, str) else row.section


def _whole(percentile: float | None) -> str:
    return UNKNOWN if percentile is None else f"{percentile:.0f}"


def place(metric: KeyMetric) -> str:
    """Return ``12 of 143``; for what is defined to be worst, only of how many."""
    if metric.size is None:
        return UNKNOWN
    return f"{metric.place:,} of {metric.size:,}" if metric.place else f"last of {metric.size:,}"


def peers(metric: KeyMetric) -> str:
    """Return the group that the percentile was taken in, and the smaller one that it stands in for."""
    if metric.size is None:
        return UNKNOWN
    group = "all companies" if metric.within == "universe" else f"{metric.within} {metric.peers}"
    return group if metric.within == metric.asked else f"{group}: {metric.asked} too small"


def _periods(
    title: str, periods: Sequence[Period], ttm: Period | None, found: Profile, *, width: int, color: bool
) -> list[str]:
    shown = [*periods, *([ttm] if ttm is not None else [])]
    kept = [number for number in range(len(found.items)) if any(known(period, number) for period in shown)]
    if not kept:
        return []
    columns = [Column("", [found.items[number] for number in kept], least=NAME_LEAST, styles="bold")]
    for order, period in enumerate(shown):
        cells = [format_value(period.values[number], found.units[number]) for number in kept]
        styles = ["negative" if (period.values[number] or 0) < 0 else "" for number in kept]
        month = f" {period.period_end:%Y-%m}" if period.period_end else ""
        # The oldest go first, the newest never.
        drop = len(shown) - order - 1
        columns.append(Column(period.label + month, cells, right=True, drop=drop, styles=styles))
    lines = [sparkline([period.values[number] for period in periods]) for number in kept]
    columns.insert(1, Column("", lines, styles="bar"))
    table, dropped = lay_out(columns, width, color=color)
    names = [heading.split()[0] for heading in dropped]
    note = wrap(not_shown(names), width, rest="  ") if names else []
    return [paint(title, "bold", color), *table, *(paint(line, "dim", color) for line in note)]


def known(period: Period, number: int) -> bool:
    """Return whether the period has a value of that item."""
    return period.values[number] is not None


def _title(title: str, says: str, width: int, color: bool) -> list[str]:
    lines = wrap(f"({says})", width, first=f"{title} ", rest="  ") if says else [title]
    return [paint(title, "bold", color) + lines[0][len(title) :], *lines[1:]]


def where(periods: Sequence[str], shown: int) -> str:
    """Return the periods of a flag in a few words; ``shown``: how many there are on the page."""
    if len(periods) == shown:
        return "all periods shown"
    more = f" and {len(periods) - FLAG_PERIODS} more" if len(periods) > FLAG_PERIODS else ""
    return ", ".join(periods[-FLAG_PERIODS:]) + more


def _flags(found: Profile, width: int, color: bool) -> list[str]:
    if not found.flags:
        return []
    shown, lines = len(found.years) + len(found.quarters), _title("Flags", "", width, color)
    for flag in found.flags:
        text = f"{cell_text(flag.meaning)} ({where(flag.periods, shown)})"
        first, *rest = wrap(text, width, first="  ! " if flag.notable else "    ", rest="      ")
        lines += [paint(first, "flag" if flag.notable else "", color), *rest]
    return lines


def _evidence(found: Profile, width: int, color: bool) -> list[str]:
    if not found.evidence:
        return []
    states = ", ".join(f"{name} {state.replace('_', ' ')}" for name, state in found.evidence)
    return [*_title("Evidence", "", width, color), *wrap(states, width, first="  ", rest="    ")]


def _events(found: Profile, width: int, color: bool) -> list[str]:
    if found.events is None:
        return []
    lines = _title("Events of the last twelve months", "", width, color)
    if not found.events:
        return [*lines, "  none"]
    for event in found.events:
        lines += wrap(cell_text(f"{event.label}: {event.meaning}"), width, first=f"  {event.filed}  ", rest=" " * 14)
    return lines


def _foot(found: Profile, width: int, color: bool) -> list[str]:
    lines = [line for note in found.notes for line in wrap(f"Note: {cell_text(note)}", width, rest="  ")]
    identity = (f"data {found.run.data_hash[: shape.HASH_LENGTH]}", f"screener {found.run.version}")
    return [*lines, *(paint(line, "dim", color) for line in joined(identity, width))]
