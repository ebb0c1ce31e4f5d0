"""A report built by hand around a result, with words that a spreadsheet gets wrong in every place."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from typing import Any

import openpyxl
import python_calamine

from screener.engine.distance import Distance
from screener.engine.factors import Standing
from screener.engine.funnel import Funnel, RuleCost
from screener.engine.near import Miss, Near
from screener.engine.places import Place
from screener.engine.report import Entry, Report
from screener.engine.result import FunnelStep, Result, Steps
from screener.engine.universe import Universe
from screener.engine.unknown import Unjudged, Unknown
from screener.engine.verdicts import Verdict
from screener.lake.filings import company_url
from screener.language.ast import Name
from screener.language.glossary import Meaning
from screener.language.screen import Column, Factor, RankGroup
from screener.output.workbook.layout import Carried
from screener.output.workbook.writer import to_xlsx

FORMULA = '=HYPERLINK("http://x")'
SCRIPT = "<script>alert(1)</script>"

DIRECTIONS = {"roic": "higher", "net_debt_ebitda": "lower", "market_cap": "neutral"}
MEANINGS = (
    Meaning("roic", "Return on invested capital", "metric", "nopat / avg_invested_capital", "ratio", "higher",
            ("avg_invested_capital <= 0: invested capital is zero or negative",), "Koller 2020", FORMULA, True),
    Meaning("net_debt_ebitda", "Net debt to EBITDA", "metric", "net_debt / ebitda", "multiple", "lower", (), "", "",
            True),
    Meaning("market_cap", "Market capitalization", "field", "", "usd", "", (), "prices", "", True),
    Meaning("own_yield", SCRIPT, "own metric", "=1+1", "ratio", "higher", (), "@SUM(1)", "+1", False),
)  # fmt: skip

RANK = RankGroup(
    "",
    (
        RankGroup("Quality", (Factor("roic", Name("roic"), "higher"),), 3.0),
        RankGroup("Value", (Factor("net_debt_ebitda", Name("net_debt_ebitda"), "lower", within="sector"),), 1.0),
    ),
)


def distance(value: float, threshold: float, unit: str = "ratio", op: str = ">=") -> Distance:
    """Return ``roic op threshold`` with its slack."""
    slack = value - threshold if op[0] == ">" else threshold - value
    return Distance("roic", op, "", value, threshold, unit, slack, slack / abs(threshold), slack >= 0)


def verdicts() -> tuple[Verdict, ...]:
    """Return one verdict of each kind: 6.5 points above 8 %, a multiple that fails, an unknown that is let in."""
    return (
        Verdict("universe", "roic >= 8%", "pass", True, "", distance(0.145, 0.08)),
        Verdict("Debt", FORMULA, "fail", False, "", distance(4.0, 2.5, "multiple", "<=")),
        Verdict("Debt", SCRIPT, "unknown", True, "@SUM(1) is not reported"),
    )


def standings(known: bool) -> tuple[Standing, ...]:
    """Return two factors; the second one's sector is too small, and without a value unless ``known``."""
    value, percentile, points = (0.08, 40.0, 10.0) if known else (None, 0.0, 0.0)
    return (
        Standing("roic", "Quality", 0.1523, 91.5, "universe", 0.75, "ratio", "higher", "universe", "universe", 242,
                 68.625),
        Standing("net_debt_ebitda", "Value", value, percentile, "universe", 0.25, "multiple", "lower", "sector",
                 "universe", 242, points),
    )  # fmt: skip


def report_of(result: Result, *, entries: bool = True) -> Report:
    """Return ``result`` with verdicts, factors, near misses and meanings; its first three columns are metrics."""
    names = tuple(
        Column(column.name, Name(column.name, column.name), column.unit) if column.name in DIRECTIONS
        else Column(column.name, Name("price", "price"), column.unit)
        for column in result.columns
    )  # fmt: skip
    result = dataclasses.replace(
        result,
        screen=dataclasses.replace(result.screen, columns=names, rank=RANK),
        extra={"coverage": [{"factor": "roic", "known": 190, "of": 240}]},
    )
    listed = tuple(
        Entry(
            row, verdicts(), standings(known=bool(row.rank % 2)),
            tuple("" if value is not None else f"{SCRIPT} is not reported" for value in row.values),
            company_url(row.cik),
        )
        for row in result.rows
    )  # fmt: skip
    place = Place(7, 18, 242, 12, 36, 79.67)
    near = Miss(7, "=1+1", FORMULA, "Energy", "Debt", "roic >= 8%", distance(0.075, 0.08), (), place, ("-1",))
    unjudged = Unjudged(8, None, SCRIPT, "", (("roic >= 8%", "roic is unknown"), ("@SUM(1)", "+1")), place)
    costs = tuple(
        RuleCost(step.kind, step.group, step.text, (step.passed, step.failed, step.unknown),
                 (9, 8, 7) if step.kind == "rule" else None, step.remaining, 15, 3)
        for step in result.funnel if step.kind != "start"
    )  # fmt: skip
    return Report(
        result, listed if entries else (), Near(result, (near,), 1), Unknown(result, (unjudged,), (), 4),
        Funnel(result, costs, (), (), ()), Universe(("Quality", "Value"), (0.75, 0.25), ()), MEANINGS, "simfin",
        (("us-income.zip", 1234, "ef" * 32), ("=1+1", 5, "@SUM(1)")),
    )  # fmt: skip


def empty_report(result: Result) -> Report:
    """Return a report of a run without names, rules, factors or meanings."""
    bare = dataclasses.replace(
        result, rows=(), funnel=Steps((FunnelStep("start", "", "candidates", 9, 0, 0, 9),)), columns=()
    )
    return Report(
        bare, (), Near(bare, (), 0), Unknown(bare, (), (), 0), Funnel(bare, (), (), (), ()), Universe((), (), ()), (),
        "demo", (),
    )  # fmt: skip


def opened(report: Report, carried: Carried | None = None) -> Any:
    """Return the workbook of ``report`` as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(to_xlsx(report, carried)))


def cells(content: bytes) -> dict[str, list[list[Any]]]:
    """Return the values of every sheet as calamine reads them."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def parts(content: bytes) -> dict[str, str]:
    """Return the texts of the parts of the file by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def column(sheet: Any, heading: str) -> list[Any]:
    """Return the cells under a heading."""
    (place,) = [cell.column for cell in sheet[1] if cell.value == heading]
    return [row[0] for row in sheet.iter_rows(min_row=2, min_col=place, max_col=place)]
