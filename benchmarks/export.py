"""The whole workbook of 2,000 names × 60 columns against bare xlsxwriter writing the same cells with as many formats.

Bare: no table, comment, colour scale, width or range name; every cell of every sheet, texts as they are.

Usage: python benchmarks/export.py [--runs 5] [--names 2000] [--columns 60] [--memory]
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import random
import resource
import statistics
import time
import warnings
from datetime import date
from typing import Any

import openpyxl
from xlsxwriter import Workbook

from screener.engine.distance import Distance
from screener.engine.factors import Standing
from screener.engine.funnel import Funnel, RuleCost
from screener.engine.near import Near
from screener.engine.report import Entry, Report
from screener.engine.result import FunnelStep, Result, ResultColumn, Row, RunIdentity, Steps
from screener.engine.universe import Universe
from screener.engine.unknown import Unknown
from screener.engine.verdicts import Verdict
from screener.lake.filings import company_url
from screener.language.ast import Name
from screener.language.glossary import Meaning
from screener.language.screen import Column, Screen
from screener.output.workbook.writer import to_xlsx

UNITS = ("ratio", "usd", "multiple", "number", "usd_per_share", "count")
SECTORS = ("Industrials", "Health Care", "Energy", "Consumer Staples", "Information Technology")
FACTORS, RULES, UNKNOWN_SHARE = 5, 10, 0.03
DAY = date(2024, 3, 8)


def synthetic(names: int, columns: int, *, behind: bool = True) -> Report:
    """Return a report of ``names`` × ``columns`` with five factors and ten verdicts a name; 3 % of values unknown.

    ``behind=False``: without factors and verdicts, so that the Shortlist has nearly all of the cells.
    """
    chance = random.Random(1)  # noqa: S311 - reproducible values, no secret
    shown = tuple(ResultColumn(f"m{k}", f"Metric {k}", UNITS[k % len(UNITS)]) for k in range(columns))
    written = tuple(Column(row.name, Name(row.name, row.name), row.unit) for row in shown)
    run = RunIdentity("bench", "Benchmark", DAY, "made", "ab" * 32, "cd" * 32, "0", demo=False)
    entries = tuple(_entry(chance, rank, shown) for rank in range(1, names + 1))
    if not behind:
        entries = tuple(dataclasses.replace(entry, verdicts=(), factors=()) for entry in entries)
    steps = [FunnelStep("start", "", "names", names, 0, 0, names)]
    steps += [FunnelStep("rule", "rules", f"m{k} > 0", names, 0, 0, names) for k in range(RULES)]
    screen = Screen("bench", "Benchmark", "", (), (), None, written, None)
    rows = tuple(entry.row for entry in entries)
    result = Result(run, screen, shown, rows, Steps(steps), names, names)
    costs = tuple(
        RuleCost(step.kind, step.group, step.text, (names, 0, 0), None, names, 0, 0) for step in steps if step.group
    )
    meanings = tuple(
        Meaning(
            row.name, row.label, "metric", "a / b", row.unit, ("higher", "lower", "neutral")[k % 3], (), "", "", True
        )
        for k, row in enumerate(shown)
    )
    near, unknown, funnel = Near(result, (), 0), Unknown(result, (), (), 0), Funnel(result, costs, (), (), ())
    return Report(result, entries, near, unknown, funnel, Universe((), (), ()), meanings, "made", ())


def _entry(chance: random.Random, rank: int, columns: tuple[ResultColumn, ...]) -> Entry:
    sizes = {"ratio": 1.0, "usd": 5e9}
    values = tuple(
        None if chance.random() < UNKNOWN_SHARE else (chance.random() - 0.2) * sizes.get(column.unit, 100.0)
        for column in columns
    )
    sector = SECTORS[rank % len(SECTORS)]
    standings = tuple(
        Standing(f"m{k}", "Quality", values[k], 50.0, sector, 1 / FACTORS, UNITS[k % len(UNITS)], "higher", "sector",
                 "sector", 100, 10.0)
        for k in range(FACTORS)
    )  # fmt: skip
    verdicts = tuple(
        Verdict("rules", f"m{k} > 0", "pass", True, "", Distance(f"m{k}", ">", "", 0.1, 0.0, "ratio", 0.1, None, True))
        for k in range(RULES)
    )
    row = Row(
        rank, rank, rank, f"T{rank}", f"Company {rank} Incorporated", sector, 100 - rank / 1000, values, standings, (),
        DAY, DAY,
    )  # fmt: skip
    reasons = tuple("" if value is not None else "an input is not reported" for value in values)
    return Entry(row, verdicts, standings, reasons, company_url(rank))


Cells = list[tuple[str, list[list[tuple[Any, int]]]]]


def cells_of(content: bytes) -> tuple[Cells, int]:
    """Return the sheets of a workbook as rows of (value, number of its format), and how many formats there are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl does not know the 2010 data bar and says so
        book = openpyxl.load_workbook(io.BytesIO(content))
    numbers: dict[int, int] = {}
    sheets = [
        (sheet.title, [[(cell.value, _number(numbers, cell.style_id)) for cell in row] for row in sheet.iter_rows()])
        for sheet in book
    ]
    return sheets, len(numbers)


def _number(numbers: dict[int, int], style: int) -> int:
    return numbers.setdefault(style, len(numbers))


def bare(sheets: Cells, formats: int) -> bytes:
    """Return a workbook of the same cells, written with nothing but xlsxwriter."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(buffer, options) as book:
        made = [
            book.add_format({"num_format": "0.0%", "indent": number % 15, "bold": number > 14})
            for number in range(formats)
        ]
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for row, values in enumerate(rows):
                for column, (value, style) in enumerate(values):
                    if value is None:
                        sheet.write_blank(row, column, None, made[style])
                    elif isinstance(value, str):
                        sheet.write_string(row, column, value, made[style])
                    elif isinstance(value, (int, float)):
                        sheet.write_number(row, column, value, made[style])
                    else:
                        sheet.write_datetime(row, column, value, made[style])
    return buffer.getvalue()


def timed(work: Any, *given: Any) -> float:
    """Return the seconds that ``work`` takes."""
    start = time.perf_counter()
    work(*given)
    return time.perf_counter() - start


def main() -> None:
    """Run both in turns and print the medians and the ratio; ``--memory``: write once and print the peak."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--names", type=int, default=2_000)
    options.add_argument("--columns", type=int, default=60)
    options.add_argument("--memory", action="store_true")
    given = options.parse_args()
    if given.memory:
        _print_memory(synthetic(given.names, given.columns))
        return
    for what, behind in (("whole workbook", True), ("Shortlist without factors and rules", False)):
        report = synthetic(given.names, given.columns, behind=behind)
        sheets, formats = cells_of(to_xlsx(report))
        count = sum(len(row) for _, rows in sheets for row in rows)
        pairs = [(timed(to_xlsx, report), timed(bare, sheets, formats)) for _ in range(given.runs + 1)][1:]
        ours, plain = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{what}: {count:,} cells in {formats} formats: {ours:.2f} s, bare xlsxwriter {plain:.2f} s")
        print(f"ratio {ours / plain:.2f} (at most 2)")


def _print_memory(report: Report) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = timed(to_xlsx, report)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.1f} s, peak {peak / 1024:,.0f} MB, of it the report {before / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
