"""Laws on the demo data: no look-ahead, the same answer twice, the order of rules does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screener.engine.result import Result
from screener.engine.run import run_screen
from screener.lake.connect import Lake, open_lake
from screener.lake.files import quoted
from screener.lake.manifest import Manifest
from screener.lake.schema import FAR_DATE, TABLE_NAMES
from screener.lake.versions import publish
from screener.language.resolve import load_screen

ROOT = Path(__file__).resolve().parents[2]
# Screens of a season are empty outside it.
IN_SEASON = {"january-rebound": date(2024, 12, 20)}
DAYS = (date(2022, 9, 30), date(2023, 3, 31), date(2024, 2, 29), date(2024, 12, 31), date(2025, 5, 30))
SLOW = settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What a table would hold had the data set been made on $day.
CUT = {
    "companies": "SELECT * FROM companies",
    "classifications": "SELECT * FROM classifications WHERE known_from <= DATE '$day'",
    "listings": "SELECT * REPLACE (least(last_date, DATE '$day') AS last_date) FROM listings",
    "facts": "SELECT * FROM facts WHERE filed <= DATE '$day'",
    "fundamentals": f"""SELECT * REPLACE (
        CASE WHEN known_until > DATE '$day' THEN DATE '{FAR_DATE}' ELSE known_until END AS known_until,
        CASE WHEN latest_until > DATE '$day' THEN DATE '{FAR_DATE}' ELSE latest_until END AS latest_until)
        FROM fundamentals WHERE known_from <= DATE '$day'""",
    "prices": "SELECT * FROM prices WHERE date <= DATE '$day'",
    "events": "SELECT * FROM events WHERE filed <= DATE '$day'",
    "risk": "SELECT * FROM risk WHERE date <= DATE '$day'",
}


@pytest.fixture(scope="module")
def demo() -> Iterator[Lake]:
    """The shipped demo data set."""
    with open_lake(ROOT / "data" / "demo") as lake:
        yield lake


def cut_off(lake: Lake, day: date, folder: Path) -> Lake:
    """Return the data set as it would have been on a day."""
    stage = folder / "stage"
    stage.mkdir(parents=True)
    with duckdb.connect() as con:
        for table in TABLE_NAMES:
            con.execute(f"CREATE VIEW {table} AS SELECT * FROM {quoted(lake.directory / f'{table}.parquet')}")
        for table in TABLE_NAMES:
            sql = CUT[table].replace("$day", day.isoformat())
            con.execute(f"COPY ({sql}) TO {quoted(stage / f'{table}.parquet')} (FORMAT parquet)")
    publish(folder / "data", stage, Manifest(created="test", kind="test"))
    return open_lake(folder / "data")


def answer(result: Result) -> tuple[object, ...]:
    """Return what a run says, without the identity of its data set."""
    return result.rows, result.funnel, result.population, result.passed


@SLOW
@given(day=st.sampled_from(DAYS), name=st.sampled_from(["quality-value", "deep-value", "cash-generators"]))
def test_no_look_ahead(demo: Lake, tmp_path_factory: pytest.TempPathFactory, day: date, name: str) -> None:
    """A run as of a day on all the data is the run on the data that existed on that day."""
    screen = load_screen(ROOT / "screens" / f"{name}.yaml")
    with cut_off(demo, day, tmp_path_factory.mktemp("cut")) as past:
        assert answer(run_screen(past, screen, day)) == answer(run_screen(demo, screen, day))


@SLOW
@given(data=st.data())
def test_order_of_rules_and_factors(demo: Lake, data: st.DataObject) -> None:
    """Rules in another order let the same names through in the same order."""
    screen = load_screen(ROOT / "screens" / "quality-value.yaml")
    shuffled = replace(screen, rules=tuple(data.draw(st.permutations(screen.rules))))
    ours, theirs = run_screen(demo, screen, DAYS[-1]), run_screen(demo, shuffled, DAYS[-1])
    assert [(row.ticker, row.score) for row in ours.rows] == [(row.ticker, row.score) for row in theirs.rows]
    assert sorted((s.text, s.passed, s.failed, s.unknown) for s in ours.funnel) == sorted(
        (s.text, s.passed, s.failed, s.unknown) for s in theirs.funnel
    )


@pytest.mark.parametrize("path", sorted((ROOT / "screens").glob("*.yaml")), ids=lambda path: path.stem)
def test_same_answer_twice(demo: Lake, path: Path) -> None:
    """The same screen, data and day give the same rows, and every one of them for a stated reason."""
    screen = load_screen(path)
    day = IN_SEASON.get(path.stem, DAYS[-1])
    first = run_screen(demo, screen, day)
    assert answer(first) == answer(run_screen(demo, screen, day))
    assert first.rows
    closed = [f"r{k}" for k, rule in enumerate(screen.rules, 1) if rule.if_unknown == "fail"]
    for key in closed:
        found = demo.con.execute(f"SELECT count(*) FROM evaluated WHERE passed AND {key} IS NOT TRUE").fetchone()
        assert found == (0,), key
