"""The query alone, compiled from quality-value, against the same screen written by hand in SQL.

Usage: python benchmarks/query.py [--companies 6000] [--years 15] [--runs 7] [--data DIR]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from screener import api
from screener.build import build_demo
from screener.engine.query import build_query
from screener.engine.run import newest_date
from screener.lake.connect import Lake, open_lake

HAND_WRITTEN = Path(__file__).with_name("quality_value.sql")


def timed(lake: Lake, sql: str) -> float:
    """Return the seconds that a query takes; its rows go to a temporary table, as in a run."""
    start = time.perf_counter()
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE result AS {sql}")
    return time.perf_counter() - start


def compare(lake: Lake, runs: int) -> None:
    """Print both times and their ratio, and check that both give the same verdicts, scores and ranks."""
    day = newest_date(lake.con)
    ours = build_query(api.load("quality-value"), [day]).sql
    theirs = HAND_WRITTEN.read_text(encoding="utf-8").replace("$as_of", day.isoformat())
    columns = "issuer_id, in_universe, u1, u2, u3, u4, r1, r2, r3, r4, r5, r6, r7, rank, round(score, 6)"
    found = [lake.con.execute(f"SELECT {columns} FROM ({sql}) ORDER BY issuer_id").fetchall() for sql in (ours, theirs)]
    assert found[0] == found[1], "the two queries disagree"
    pairs = [(timed(lake, ours), timed(lake, theirs)) for _ in range(runs)]
    compiled, written = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"the same verdicts, scores and ranks of {len(found[0])} candidates from both, as of {day}")
    times = f"compiled {compiled * 1000:.0f} ms, by hand {written * 1000:.0f} ms"
    print(f"{times}, ratio {compiled / written:.2f} (at most 1.5)")


def main() -> None:
    """Make the data set if none is named, then compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--companies", type=int, default=6000)
    options.add_argument("--years", type=int, default=15)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--data", type=Path)
    given = options.parse_args()
    if given.data:
        if not given.data.exists():
            build_demo(given.data, companies=given.companies, years=given.years)
        with open_lake(given.data) as lake:
            compare(lake, given.runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder) / "data", companies=given.companies, years=given.years)
        with open_lake(Path(folder) / "data") as lake:
            compare(lake, given.runs)


if __name__ == "__main__":
    main()
