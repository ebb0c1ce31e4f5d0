"""The tables of docs/four-companies.md: ``python -m tests.real.four_companies --update`` writes them."""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from screener.build import build_data
from screener.engine.company import find_company
from screener.engine.explain import Explanation, explain_name
from screener.engine.run import run_screen
from screener.errors import DataError
from screener.lake.connect import Lake, open_lake
from screener.language.resolve import load_screen
from screener.output.values import format_value

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "four-companies.md"
SCREEN = ROOT / "screens" / "sound-business.yaml"
MARKS = {"pass": "✓", "fail": "✗", "unknown": "?"}
COLUMNS = ("net income", "FCF", "profitable years", "net debt / EBITDA", "interest coverage", "ROIC, 5 years")

# CIK of each company and the days on which it is looked at: the day after a filing, or a day that mattered.
COMPANIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "celadon": (
        865941,
        ("2012-12-31", "2013-12-31", "2014-12-31", "2015-12-31", "2016-09-30", "2017-03-31", "2017-07-31"),
    ),
    "nikola": (
        1731289,
        ("2020-03-31", "2020-09-30", "2021-03-31", "2022-03-31", "2023-03-31", "2024-03-31", "2024-12-31"),
    ),
    "hertz": (
        1657853,
        ("2018-03-31", "2019-03-31", "2020-03-31", "2020-09-30", "2021-12-31", "2022-12-31", "2024-03-31"),
    ),
    "under-armour": (
        1336917,
        (
            "2014-03-31",
            "2016-03-31",
            "2017-03-31",
            "2018-03-31",
            "2020-03-31",
            "2022-03-31",
            "2024-06-30",
            "2025-06-30",
        ),
    ),
}


def explained(lake: Lake, cik: int, day: date) -> Explanation | None:
    """Return what the screen says of a company as of a day; None where it says nothing."""
    result = run_screen(lake, load_screen(SCREEN), day)
    try:
        return explain_name(lake, result, find_company(lake.con, str(cik)), filings=False)
    except DataError:
        return None


def table(lake: Lake, name: str) -> str:
    """Return the Markdown table of one company."""
    cik, days = COMPANIES[name]
    lines = [
        "| as of | newest period | " + " | ".join(COLUMNS) + " |",
        "|---|---|" + "---:|" * len(COLUMNS),
    ]
    for text in days:
        found = explained(lake, cik, date.fromisoformat(text))
        if found is None:
            lines.append(f"| {text} | none that is fresh |" + " – |" * len(COLUMNS))
            continue
        cells = [f"{cell} {MARKS[verdict]}" for cell, verdict in _cells(found)]
        lines.append(f"| {text} | {found.period_end}, filed {found.known_from} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(found: Explanation) -> list[tuple[str, str]]:
    cells = []
    for rule in found.judgements:
        if rule.group not in {"Earnings", "Debt", "Returns"}:
            continue
        values = [term.value for term in rule.terms]
        known = [float(str(value)) for value in values if value is not None]
        if rule.text.startswith("count"):
            shown = f"{sum(value > 0 for value in known)} of {len(known)}"
        elif rule.text.startswith("avg"):
            shown = f"{100 * sum(known) / len(known):.1f}% ({len(known)})" if known else "–"
        else:
            shown = "–" if values[0] is None else format_value(values[0], rule.terms[0].unit)
        cells.append((shown, rule.verdict))
    return cells


def page(lake: Lake, text: str) -> str:
    """Return the page with every table between its marks as the data set gives it."""
    for name in COMPANIES:
        pattern = re.compile(rf"(<!-- table: {name} -->\n\n).*?(\n\n<!-- end -->)", re.DOTALL)
        text, found = pattern.subn(lambda match, name=name: match[1] + table(lake, name) + match[2], text)
        assert found == 1, f"docs/four-companies.md has no table {name}"
    return text


def main() -> None:
    """Write the tables from the real files."""
    real = Path(os.environ["SCREENER_REAL_DATA"])
    with TemporaryDirectory() as folder:
        out = Path(folder) / "data"
        build_data(out, sec=real / "sec", prices=real / "prices" / "stooq" / "d_us_txt.zip")
        with open_lake(out) as lake:
            PAGE.write_text(page(lake, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.real.four_companies --update")
    main()
