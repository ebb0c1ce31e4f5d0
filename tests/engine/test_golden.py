"""Golden SQL: what a screen compiles to, reviewed as a file, and executed against the same list written by hand.

``SCREENER_UPDATE_GOLDEN=1`` rewrites the files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from screener.engine.query import build_query
from screener.lake.connect import Lake, open_lake
from screener.language.resolve import load_screen

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
DAY = date(2025, 6, 27)


@pytest.fixture(scope="module")
def demo() -> Iterator[Lake]:
    """The shipped demo data set."""
    with open_lake(ROOT / "data" / "demo") as lake:
        yield lake


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_compiles_to_the_golden_query(path: Path) -> None:
    """The SQL of the screen is the reviewed one."""
    golden = path.with_suffix(".sql")
    sql = build_query(load_screen(path), [DAY]).sql + "\n"
    if os.environ.get("SCREENER_UPDATE_GOLDEN"):
        golden.write_text(sql, encoding="utf-8")
    assert sql == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_gives_the_list_written_by_hand(demo: Lake, path: Path) -> None:
    """The golden query and the hand-written one list the same names with the same scores, in the same order."""
    golden = path.with_suffix(".sql").read_text(encoding="utf-8")
    ours = demo.con.execute(f"SELECT ticker, score FROM ({golden}) WHERE passed ORDER BY rank").fetchall()
    theirs = demo.con.execute(path.with_suffix(".hand.sql").read_text(encoding="utf-8")).fetchall()
    assert ours == theirs
    assert len(ours) > 20


def test_quality_value_is_the_screen_written_by_hand(demo: Lake) -> None:
    """The benchmark's hand-written SQL gives every candidate the same verdicts, score and rank."""
    ours = build_query(load_screen(ROOT / "screens" / "quality-value.yaml"), [DAY]).sql
    theirs = (ROOT / "benchmarks" / "quality_value.sql").read_text(encoding="utf-8").replace("$as_of", DAY.isoformat())
    columns = "issuer_id, in_universe, u1, u2, u3, u4, r1, r2, r3, r4, r5, r6, r7, rank, round(score, 6)"
    found = [demo.con.execute(f"SELECT {columns} FROM ({sql}) ORDER BY issuer_id").fetchall() for sql in (ours, theirs)]
    assert found[0] == found[1]


def test_forty_metrics_and_four_scores_are_those_written_by_hand(demo: Lake) -> None:
    """One query gives every name of the universe the numbers that the benchmark's hand-written SQL gives."""
    query = build_query(load_screen(ROOT / "benchmarks" / "catalogue.yaml"), [DAY])
    shown = [column.name for column in query.screen.columns]
    assert len(shown) == 44
    ours = ", ".join(f"round(c{k}, 9)" for k in range(1, 45))
    theirs = ", ".join(f'round("{name}", 9)' for name in shown)
    by_hand = (ROOT / "benchmarks" / "catalogue.sql").read_text(encoding="utf-8").replace("$as_of", DAY.isoformat())
    found = [
        demo.con.execute(f"SELECT issuer_id, rank, {ours} FROM ({query.sql}) WHERE in_universe ORDER BY 1").fetchall(),
        demo.con.execute(f"SELECT issuer_id, rank, {theirs} FROM ({by_hand}) ORDER BY 1").fetchall(),
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 300
