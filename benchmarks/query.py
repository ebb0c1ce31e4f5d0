"""The query alone, as compiled from a screen, against the same screen written by hand in SQL.

Two screens: quality-value (verdicts, ranks, a score), and forty metrics with four scores (catalogue.yaml).

Usage: python benchmarks/query.py [--companies 6000] [--years 15] [--runs 7] [--data DIR]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from screener import api
from screener.build import build_demo
from screener.engine.compile import identifier
from screener.engine.query import build_query
from screener.engine.run import newest_date
from screener.lake.connect import Lake, open_lake

HERE = Path(__file__).parent
# Screen → (the SQL written by hand, what must be the same, names in which it must be).
SCREENS = {
    "quality-value": ("quality_value.sql", "u1, u2, u3, u4, r1, r2, r3, r4, r5, r6, r7, rank, round(score, 6)", "true"),
    str(HERE / "catalogue.yaml"): ("catalogue.sql", "", "in_universe"),
}


def queries(screen: str, day: date) -> tuple[str, str]:
    """Return the compiled query and the one written by hand, with the same columns and one row a name."""
    file, columns, where = SCREENS[screen]
    query = build_query(api.load(screen), [day])
    theirs = (HERE / file).read_text(encoding="utf-8").replace("$as_of", day.isoformat())
    if columns:
        same = f"SELECT issuer_id, in_universe, {columns} FROM ({{}}) WHERE {where}"
        return same.format(query.sql), same.format(theirs)
    shown = [column.name for column in query.screen.columns]
    ours = ", ".join(f"round(c{k}, 9) AS {identifier(name)}" for k, name in enumerate(shown, 1))
    by_hand = ", ".join(f"round({identifier(name)}, 9) AS {identifier(name)}" for name in shown)
    return (
        f"SELECT issuer_id, r1, rank, {ours} FROM ({query.sql}) WHERE {where}",
        f"SELECT issuer_id, r1, rank, {by_hand} FROM ({theirs})",
    )


def timed(lake: Lake, sql: str) -> float:
    """Return the seconds that a query takes; its rows go to a temporary table, as in a run."""
    start = time.perf_counter()
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE result AS {sql}")
    return time.perf_counter() - start


def compare(lake: Lake, runs: int) -> None:
    """Print both times and their ratio for each screen, and check that both queries give the same."""
    day = newest_date(lake.con)
    for screen in SCREENS:
        ours, theirs = queries(screen, day)
        found = [lake.con.execute(f"{sql} ORDER BY issuer_id").fetchall() for sql in (ours, theirs)]
        assert found[0] == found[1], "the two queries disagree"
        pairs = [(timed(lake, ours), timed(lake, theirs)) for _ in range(runs)]
        compiled, written = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{Path(screen).stem}: the same of {len(found[0])} names from both, as of {day}")
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
