"""``screener data info`` as text and JSON."""

from __future__ import annotations

import json
from typing import Any

from screener.output.cells import clean
from screener.output.unpriced import unpriced_lines


def info_json(found: dict[str, Any]) -> str:
    """Return everything that :func:`screener.lake.describe.describe` found, and the age, as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def info_text(found: dict[str, Any]) -> str:
    """Return the same for people: tables, dates, coverage, sources, what was dropped and why."""
    lines = [f"{found['path']}  ({found['kind']}, built {found['created']}, version {found['version']})", ""]
    if found["demo"]:
        lines += ["Demo data: these companies do not exist, and do not age.", ""]
    lines += _pairs("Tables", {name: f"{table['rows']:,} rows" for name, table in found["tables"].items()})
    lines += _pairs(
        "Dates", {name: " to ".join(day or "none" for day in days) for name, days in found["dates"].items()}
    )
    lines += _age(found.get("age"))
    lines += _pairs("Coverage", {name.replace("_", " "): f"{count:,}" for name, count in found["coverage"].items()})
    lines += [*missing, ""] if (missing := unpriced_lines(found["unpriced"])) else []
    lines += _pairs("Sources", {source["name"]: f"{source['size']:,} bytes" for source in found["sources"]})
    lines += _report(found["report"])
    lines += [f"note: {note}" for note in found["notes"]]
    return "\n".join(clean(line) for line in lines) + "\n"


def _age(age: dict[str, Any] | None) -> list[str]:
    """Return how old the data are; ``age`` as of :meth:`screener.sync.freshness.Freshness.as_dict`, or ``None``."""
    if age is None:
        return []
    pairs = {
        what: _day(age[f"{key}_until"], age[f"{key}_days"]) for what, key in (("filings", "filed"), ("prices", "price"))
    }
    for row in age["sources"]:
        fetched = f", fetched {row['fetched']}" if row["fetched"] else ""
        files = f" ({row['files']:,} files)" if row["files"] > 1 else ""
        pairs[f"source {row['name']}{files}"] = f"changed {_day(row['changed'], row['days'])}{fetched}"
    due, filed, waiting, prices = age["due"], age["filed"], age["waiting"], age["prices"]
    if due["living"]:
        pairs["reports due"] = f"{due['issuers']:,} of {due['living']:,} companies{_named(due['examples'])}"
    if waiting and (waiting["companies"] or waiting["bulk"]):
        bulk = ["the bulk files"] if waiting["bulk"] else []
        own = [f"{waiting['companies']:,} companies that filed"] if waiting["companies"] else []
        pairs["not built yet"] = " and ".join([*own, *bulk]) + ", fetched: `screener data sync` builds them"
    if filed:
        least = "" if filed["all_days"] else "at least "
        pairs[f"filed since {filed['since']}"] = f"{least}{filed['issuers']:,} companies{_named(filed['examples'])}"
    pairs["prices that stopped"] = f"{prices['stopped']:,} of {prices['lines']:,} lines{_named(prices['examples'])}"
    if prices["without"]:
        pairs["without prices"] = f"{prices['without']:,} of {prices['lines']:,} lines"
    return _pairs(f"Age on {age['today']}", pairs)


def _day(day: str | None, days: int | None) -> str:
    return "none" if day is None else f"{day}, {days:,} days ago"


def _named(examples: list[list[str]]) -> str:
    return f": {', '.join(' '.join(entry) for entry in examples)}, …" if examples else ""


def _pairs(title: str, pairs: dict[str, str]) -> list[str]:
    if not pairs:
        return []
    width = max(len(name) for name in pairs)
    return [title, *(f"  {name:<{width}}  {value}" for name, value in pairs.items()), ""]


def _report(report: dict[str, Any]) -> list[str]:
    """Flatten the build report: every count on a line of its own, names of examples after it."""
    lines: list[str] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{path} {key}".strip())
        elif isinstance(value, list):
            if value:
                lines.append(
                    f"  {path}: {', '.join(str(entry) for entry in value[:5])}{', …' if len(value) > 5 else ''}"
                )
        else:
            lines.append(f"  {path}: {value:,}" if isinstance(value, int) else f"  {path}: {value}")

    walk(report, "")
    return ["Build report", *lines, ""] if lines else []
