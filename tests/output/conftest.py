"""A result built by hand, with the names and values that outputs get wrong."""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.result import FactorValue, FunnelStep, Result, ResultColumn, Row, RunIdentity
from screener.language.ast import Name, Number
from screener.language.screen import Rule, Screen

SOURCE = (
    "name: Quality value # π\n"
    "universe:\n"
    "  - market_cap between 300M and 3B\n"
    "rules:\n"
    "  Positive earnings:\n"
    "    - net_income > 0\n"
    '# =HYPERLINK("http://x")\n'
)

COLUMNS = (
    ResultColumn("roic", "Return on invested capital", "ratio"),
    ResultColumn("net_debt_ebitda", "Net debt / EBITDA", "multiple"),
    ResultColumn("market_cap", "Market capitalization", "usd"),
    ResultColumn("price", "Price", "usd_per_share"),
    ResultColumn("industry", "Industry group", "text"),
    ResultColumn("price_date", "Price date", "date"),
    ResultColumn("is_shell", "Shell company", "bool"),
)

DAY = date(2024, 3, 7)
HOSTILE_NAMES = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "\x1b[31mRed\x1b[0m \x1b]0;owned\x07Corp",
    "[bold]Markup[/bold] | pipe",
    "Two\nlines\r\nCo\ttab",
    "🚀 Rocket 👨‍👩‍👧 Emoji",
    "株式会社日本電気機械製作所東京本社工場",
    "@SUM(A1:A9)",
    "-2+3 cmd",
    "Right\u202eto left\u200f",
)
VALUES = (
    (0.1523, 8.1, 1.2345e9, 12.34, "Machinery", DAY, False),
    (-0.052, None, 345.6e6, 0.0, "Software", DAY, True),
    (None, float("nan"), 12_300.0, 1234.5, None, None, None),
    (0.5, float("inf"), -1.2e9, 3.0, "+cmd", DAY, False),
    (12345.0, -3.25, 999_950.0, 0.0012, "Banks", DAY, False),
)


def factors(known: bool) -> tuple[FactorValue, ...]:
    """Return two factors of weight 3/4 and 1/4, the second without a value unless ``known``."""
    second = (0.08, 40.0) if known else (None, 0.0)
    return (
        FactorValue("roic", "Quality", 0.1523, 91.5, "universe", 0.75, "ratio"),
        FactorValue("fcf_yield", "Value", *second, "sector Industrials (42)", 0.25, "ratio"),
    )


def make_row(rank: int, name: str, values: tuple[object, ...]) -> Row:
    """Return a row whose even ranks lack a factor and whose third rank carries two flags."""
    flags = ("debt due within 24 months is unknown",) if rank in (3, 5) else ()
    return Row(
        rank=rank,
        issuer_id=1000 + rank,
        cik=1000 + rank if rank > 1 else None,
        ticker=f"T{rank}" if rank != 4 else None,
        name=name,
        sector="Communication Services" if rank % 2 else "",
        score=100 - 7.25 * rank if rank != 9 else None,
        values=values,  # type: ignore[arg-type] # the table above mixes the types on purpose
        factors=factors(known=rank % 2 == 1),
        flags=(*flags, "the newest quarter is [old] | stale") if rank == 3 else flags,
        period_end=date(2023, 12, 31),
        known_from=date(2024, 2, 15),
    )


def make_screen() -> Screen:
    """Return the screen whose file is SOURCE."""
    rule = Rule("net_income > 0", Number(1, "1"), "Positive earnings", if_unknown="flag")
    universe = Rule("market_cap between 300M and 3B", Name("market_cap"), "universe")
    return Screen(
        "quality-value", "Quality value", "", (universe,), (rule,), None, (), 40, source=SOURCE, sha256="ab" * 32
    )


def make_run(demo: bool = False, **changes: object) -> RunIdentity:
    """Return the identity of the run."""
    values: dict[str, object] = {
        "screen": "quality-value",
        "title": "Quality value",
        "as_of": date(2024, 3, 8),
        "data": "demo" if demo else "lake",
        "data_hash": "cd" * 32,
        "screen_hash": "ab" * 32,
        "version": "0.1.0",
        "demo": demo,
        "data_date": DAY,
        "notes": ("two names share a ticker \x1b[5m",),
    }
    return RunIdentity(**{**values, **changes})  # type: ignore[arg-type] # the fields are listed above


LONG_RULE = "count(net_income > 0, 5y) >= 4 and a very long condition " * 3
FUNNEL = (
    FunnelStep("start", "", "names in the data set", 5000, 0, 0, 5000),
    FunnelStep("universe", "universe", "market_cap between 300M and 3B", 1200, 3700, 100, 1200),
    FunnelStep("rule", "Positive earnings", "net_income > 0", 700, 450, 50, 720, admitted=20),
    FunnelStep("rule", "Positive earnings", LONG_RULE, 1, 1199, 0, 10),
)


@pytest.fixture
def result() -> Result:
    """Return ten hostile names, unknown values of every kind, flags and a funnel."""
    rows = tuple(
        make_row(rank, name, VALUES[(rank - 1) % len(VALUES)]) for rank, name in enumerate(HOSTILE_NAMES, start=1)
    )
    return Result(make_run(), make_screen(), COLUMNS, rows, FUNNEL, population=1200, passed=10, sql="SELECT 1")


@pytest.fixture
def demo_result(result: Result) -> Result:
    """Return the same rows, from the demo data."""
    return Result(make_run(demo=True), result.screen, COLUMNS, result.rows, FUNNEL, population=1200, passed=10)


@pytest.fixture
def empty_result(result: Result) -> Result:
    """Return a run in which nothing passed."""
    return Result(make_run(), result.screen, COLUMNS, (), FUNNEL, population=1200, passed=0)
