"""The page of a company as JSON, as CSV (a line each value) and as Markdown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from screener.output import shape
from screener.output.profile import SAYS, facts, known, peers, place, valued, where
from screener.output.text import markdown_text, strict_json, table_csv, table_markdown
from screener.output.values import format_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screener.engine.periods import Period
    from screener.engine.profile import Profile
    from screener.engine.result import Value

CSV_HEADERS = (
    "part", "name", "period", "period_end", "known_from", "unit", "value",
    "percentile", "place", "size", "within", "peers", "note",
)  # fmt: skip


def profile_json(found: Profile) -> str:
    """Return all parts of the page as strict JSON; values in full units, unrounded, null for unknown."""
    run = found.run.as_dict()
    return strict_json(
        {
            "run": {key: run[key] for key in ("as_of", "data", "data_date", "version", "demo")}
            | {"data_hash": found.run.data_hash, "population": found.population},
            "company": {**asdict(found.company), **found.about},
            "metrics": [asdict(metric) for metric in found.metrics],
            "items": [{"name": name, "unit": unit} for name, unit in zip(found.items, found.units, strict=True)],
            "years": [_period(period, found) for period in found.years],
            "quarters": [_period(period, found) for period in found.quarters],
            "ttm": None if found.ttm is None else _period(found.ttm, found),
            "flags": [asdict(flag) for flag in found.flags],
            "evidence": dict(found.evidence),
            "events": None if found.events is None else [asdict(event) for event in found.events],
            "notes": list(found.notes),
        }
    )


def _period(period: Period, found: Profile) -> dict[str, Any]:
    values = dict(zip(found.items, period.values, strict=True))
    return {**asdict(period), "flags": period.flags.split(), "values": values}


def profile_csv(found: Profile) -> str:
    """Return a line for each thing on the page: ``part`` says where it stands, ``name`` what it is."""
    rows: list[tuple[Value, ...]] = []

    def add(part: str, name: str, **cells: Value) -> None:
        rows.append((part, name, *(cells.get(header) for header in CSV_HEADERS[2:])))

    for name, value in (("ticker", found.company.ticker), ("name", found.company.name), *found.about.items()):
        add("company", name, value=value)
    for row in found.metrics:
        add(
            f"metric: {row.section}", row.name, unit=row.unit, value=row.value, percentile=row.percentile,
            place=row.place, size=row.size, within=row.within, peers=row.peers, note=row.reason or None,
        )  # fmt: skip
    for part, periods in _parts(found):
        for period in periods:
            for name, unit, value in zip(found.items, found.units, period.values, strict=True):
                add(part, name, period=period.label, period_end=period.period_end, known_from=period.known_from,
                    unit=unit, value=value)  # fmt: skip
    for flag in found.flags:
        for label in flag.periods:
            add("flag", flag.code, period=label, note=flag.meaning)
    for name, state in found.evidence:
        add("evidence", name, value=state)
    for event in found.events or ():
        add("event", event.kind, known_from=event.filed, value=event.accession or None, note=event.meaning)
    for note in found.notes:
        add("note", "note", note=note)
    return table_csv(CSV_HEADERS, rows)


def _parts(found: Profile) -> list[tuple[str, tuple[Period, ...]]]:
    newest = () if found.ttm is None else (found.ttm,)
    return [("year", found.years), ("quarter", found.quarters), ("ttm", newest)]


def profile_markdown(found: Profile) -> str:
    """Return the page as Markdown: head, tables of metrics, years and quarters, flags, evidence, events, identity."""
    company, run = found.company, found.run
    parts = [f"# {markdown_text(company.ticker)}: {markdown_text(company.name)}"]
    parts += [f"> **{shape.DEMO_BANNER}**"] if run.demo else []
    parts.append(markdown_text(" · ".join([*facts(found), *valued(found)])))
    url = found.about["filings_url"]
    parts += [f"[Filings]({url})"] if url else []
    parts += [markdown_text(" · ".join(shape.headline_of(run))), "## Key metrics", SAYS[0].upper() + SAYS[1:] + "."]
    rows = [
        (row.section, row.name, row.label, format_value(row.value, row.unit),
         "–" if row.percentile is None else f"{row.percentile:.0f}", place(row), peers(row), row.reason)
        for row in found.metrics
    ]  # fmt: skip
    headers = ("Section", "Metric", "Label", "Value", "Percentile", "Place", "Among", "Unknown because")
    parts.append(table_markdown(headers, rows, ("text",) * len(headers)).rstrip("\n"))
    parts += _table("Fiscal years", [*found.years, *([found.ttm] if found.ttm else [])], found)
    parts += _table("Quarters", found.quarters, found)
    shown = len(found.years) + len(found.quarters)
    lists = (
        ("Flags", [f"{flag.meaning} ({where(flag.periods, shown)})" for flag in found.flags]),
        ("Evidence", [f"{name}: {state.replace('_', ' ')}" for name, state in found.evidence]),
        ("Events of the last twelve months", [f"{e.filed}: {e.label}, {e.meaning}" for e in found.events or ()]),
        ("Notes", list(found.notes)),
    )
    for heading, lines in lists:
        parts += [f"## {heading}", "\n".join(f"- {markdown_text(line)}" for line in lines)] if lines else []
    parts.append(markdown_text(f"data {run.data_hash[: shape.HASH_LENGTH]} · screener {run.version}"))
    return "\n\n".join(parts) + "\n"


def _table(heading: str, periods: Sequence[Period], found: Profile) -> list[str]:
    numbers = [number for number in range(len(found.items)) if any(known(period, number) for period in periods)]
    if not numbers:
        return []
    rows = [
        (found.items[number], *(format_value(period.values[number], found.units[number]) for period in periods))
        for number in numbers
    ]
    headers = ("Item", *(period.label for period in periods))
    return [f"## {heading}", table_markdown(headers, rows, ("text",) * len(headers)).rstrip("\n")]
