"""``screener data info`` as text and JSON."""

from __future__ import annotations

import json
from typing import Any

from screener.output.cells import clean
from screener.output.unpriced import unpriced_lines


def info_json(found: dict[str, Any]) -> str:
    """Return everything that :func:`screener.lake.describe.describe` found, as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def info_text(found: dict[str, Any]) -> str:
    """Return the same for people: tables, dates, coverage, sources, what was dropped and why."""
    lines = [f"{found['path']}  ({found['kind']}, built {found['created']}, version {found['version']})", ""]
    if found["demo"]:
        lines += ["Demo data: these companies do not exist.", ""]
    lines += _pairs("Tables", {name: f"{table['rows']:,} rows" for name, table in found["tables"].items()})
    lines += _pairs(
        "Dates", {name: " to ".join(day or "none" for day in days) for name, days in found["dates"].items()}
    )
    lines += _pairs("Coverage", {name.replace("_", " "): f"{count:,}" for name, count in found["coverage"].items()})
    lines += [*missing, ""] if (missing := unpriced_lines(found["unpriced"])) else []
    lines += _pairs("Sources", {source["name"]: f"{source['size']:,} bytes" for source in found["sources"]})
    lines += _report(found["report"])
    lines += [f"note: {note}" for note in found["notes"]]
    return "\n".join(clean(line) for line in lines) + "\n"


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
