"""A company that was re-coded: a shell before the filing that says otherwise, a biotech from that filing on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.catalogue.sectors import classify, is_shell, model
from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import panel, run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen

END = date(2023, 12, 31)
FILED = date(2024, 1, 20)
RECODED = date(2024, 3, 1)
BEFORE, AFTER = date(2024, 2, 29), RECODED


def code(number: int, known_from: date, sic: int) -> dict[str, object]:
    """Return a row of ``classifications``."""
    found = classify(sic)
    return {
        "issuer_id": number, "known_from": known_from, "sic": sic, "sector": found.sector, "industry": found.industry,
        "ff12": found.ff12, "ff49": found.ff49, "model": model(sic), "is_shell": is_shell(sic),
    }  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """A company re-coded from 6770 to 2836 on 2024-03-01, and one without any row that is an industrial."""
    with make_lake(
        tmp_path,
        # The company's own columns are the newest code: what a source without history knows.
        [company(1, "AAA", sic=2836, sector="Health Care"), company(2, "BBB")],
        [quarter(n, END, FILED, 40, net_income=5.0, revenue=50.0) for n in (1, 2)],
        [price(n, 10.0, day) for n in (1, 2) for day in (BEFORE, AFTER, AS_OF)],
        classifications=[code(1, FILED, 6770), code(1, RECODED, 2836)],
    ) as opened:
        yield opened


def shown(lake: Lake, day: date) -> list[tuple[object, ...]]:
    """Return (ticker, sector, ff12, model, is_shell) of every name on a day."""
    result = run_screen(lake, screen(columns=("sector", "ff12", "model", "is_shell")), day)
    return sorted((row.ticker, *row.values) for row in result.rows)


def test_fields_follow_the_filings(lake: Lake) -> None:
    """Sector, Fama-French code, model and shell flag change on the day of the filing; others keep their own."""
    other = ("BBB", "Industrials", None, "standard", False)
    assert shown(lake, BEFORE) == [("AAA", "Financials", "Money", "shell", True), other]
    assert shown(lake, AFTER) == [("AAA", "Health Care", "Hlth", "standard", False), other]


def test_universe_and_history_follow_the_filings(lake: Lake) -> None:
    """`not is_shell` keeps the company out before and lets it in after, in a run and over many dates."""
    wanted = screen(universe=("not is_shell",), rank=(), columns=("sector",))
    assert [row.ticker for row in run_screen(lake, wanted, BEFORE).rows] == ["BBB"]
    rows = panel(lake, wanted, [BEFORE, AFTER]).select("as_of", "ticker").rows()
    assert sorted(rows) == [(BEFORE, "BBB"), (AFTER, "AAA"), (AFTER, "BBB")]


def test_show_and_explain_follow_the_filings(lake: Lake) -> None:
    """The company's sector and reporting model in `show` and `explain` are those of the day."""
    assert [find_company(lake.con, "AAA", day).sector for day in (BEFORE, AFTER)] == ["Financials", "Health Care"]
    assert find_company(lake.con, "AAA").model == "standard"
    wanted = screen("sector in ['Health Care']")
    for day, verdict in ((BEFORE, "fail"), (AFTER, "pass")):
        found = explain_name(lake, run_screen(lake, wanted, day), find_company(lake.con, "AAA", day))
        assert found.judgements[0].verdict == verdict
