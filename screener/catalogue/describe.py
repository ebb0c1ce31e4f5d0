"""The catalogue as plain rows for help, docs and machine output; derived from the tables, never written twice."""

from __future__ import annotations

from screener.catalogue import fields, items, metrics
from screener.catalogue.names import suggest
from screener.errors import ScreenError

HEADERS = ("name", "label", "formula", "unit", "direction", "group", "source")
# What fits a terminal; one entry in full is `screener metrics NAME`.
BRIEF = ("name", "label", "unit", "direction", "group")


def catalogue_rows() -> list[dict[str, str]]:
    """Return every metric, then every field, then every line item, each with the keys of :data:`HEADERS`."""
    rows = [
        {"name": row.name, "label": row.label, "formula": row.formula, "unit": row.unit,
         "direction": row.direction, "group": row.group, "source": row.source}
        for row in metrics.METRICS
    ]  # fmt: skip
    rows += [
        {"name": row.name, "label": row.label, "formula": "", "unit": row.unit,
         "direction": fields.DIRECTIONS.get(row.name, "neutral"), "group": "market" if row.market else "company",
         "source": row.help}
        for row in fields.FIELDS
    ]  # fmt: skip
    rows += [
        {"name": row.name, "label": row.label, "formula": "", "unit": row.unit,
         "direction": items.DIRECTIONS.get(row.name, "neutral"),
         "group": f"line item: {row.statement.replace('_', ' ')}", "source": _tags(row)}
        for row in items.ITEMS
    ]  # fmt: skip
    return rows


def _tags(row: items.LineItem) -> str:
    joiner = {"sum": " + ", "max": " or larger "}.get(row.how, ", else ")
    return "XBRL " + joiner.join(row.tags) if row.tags else ""


def entry(name: str) -> dict[str, str]:
    """Return one entry with everything that is known of it; ``ScreenError`` with a suggestion for an unknown name."""
    canonical = metrics.ALIASES.get(name) or fields.ALIASES.get(name, name)
    rows = {row["name"]: row for row in catalogue_rows()}
    if canonical not in rows:
        near = suggest(name, [*rows, *metrics.ALIASES, *fields.ALIASES])
        raise ScreenError(
            f"unknown metric {name!r}", hint=f"did you mean {near!r}?" if near else "`screener metrics` lists them all"
        )
    found = {key: value for key, value in rows[canonical].items() if value}
    if canonical in metrics.BY_NAME:
        found |= _metric_details(metrics.BY_NAME[canonical])
    if canonical in fields.BY_NAME and fields.BY_NAME[canonical].aliases:
        found["also called"] = ", ".join(fields.BY_NAME[canonical].aliases)
    if canonical in items.BY_NAME and items.BY_NAME[canonical].note:
        found["trap"] = items.BY_NAME[canonical].note
    return found


_RANKS = {"worst": "ranks worst", "best": "ranks best", "none": "counts as missing"}


def _metric_details(metric: metrics.Metric) -> dict[str, str]:
    details = {
        "undefined when": "; ".join(f"{row.when} ({row.reason}; {_RANKS[row.rank]})" for row in metric.undefined)
        or "an input is unknown, or a denominator is zero",
        "not for": ", ".join(metric.refused),
        "only for": ", ".join(metric.only),
        "ranked by": metric.rank_by,
        "also called": ", ".join(metric.aliases),
        "note": metric.note,
    }
    return {key: value for key, value in details.items() if value}
