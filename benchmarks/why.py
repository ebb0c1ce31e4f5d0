"""What `explain` and `funnel` cost beside the plain run: the query with more columns, and all that is read from it.

Usage: python benchmarks/why.py [--companies 6000] [--years 15] [--runs 7] [--screen quality-value] [--data DIR]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from screener import api
from screener.build import build_demo
from screener.engine.company import find_company
from screener.engine.explain import explain_company
from screener.engine.funnel import run_funnel
from screener.engine.near import run_near
from screener.engine.query import build_query
from screener.engine.run import run_screen
from screener.engine.trace import Tracer
from screener.lake.connect import Lake, open_lake

TARGET = 1.5


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds on the clock and of the processor that a call takes."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - used


def evaluated(lake: Lake, sql: str) -> None:
    """Run a query as a run does: its rows go to the temporary table."""
    lake.con.execute(f"CREATE OR REPLACE TEMP TABLE evaluated AS {sql}")


def compare(lake: Lake, name: str, runs: int) -> None:
    """Print the medians of the plain query and run, explain, funnel and near, taken in turn, and the ratios."""
    screen = api.load(name)
    plain = run_screen(lake, screen)
    listed = plain.rows[0].ticker if plain.rows else None
    company = find_company(lake.con, str(listed))
    tracer = Tracer(screen.definitions, screen.universe, screen.min_group)
    for part in (*screen.universe, *screen.rules, *screen.factors()):
        tracer.add(part.expr)
    day = plain.run.as_of
    wide = build_query(screen, [day], columns=tracer.columns, followed=[company.issuer_id]).sql
    # Job → (what it is compared with, the work).
    jobs: dict[str, tuple[str, Callable[[], object]]] = {
        "query": ("query", lambda: evaluated(lake, plain.sql)),
        "query of explain": ("query", lambda: evaluated(lake, wide)),
        "run": ("run", lambda: run_screen(lake, screen)),
        # The facts behind the values are not of this query: they come from standardizing the company once more.
        "explain": ("run", lambda: explain_company(lake, screen, company, filings=False)),
        "funnel": ("run", lambda: run_funnel(lake, screen)),
        "near": ("run", lambda: run_near(lake, screen)),
    }
    taken: dict[str, list[tuple[float, float]]] = {job: [] for job in jobs}
    for _ in range(runs):
        for job, (_, work) in jobs.items():
            taken[job].append(timed(work))
    medians = {job: [statistics.median(column) for column in zip(*times, strict=True)] for job, times in taken.items()}
    print(f"{name}, as of {day}: {plain.population:,} names in the universe, {plain.passed:,} pass")
    for job, (base, _) in jobs.items():
        clock, processor = medians[job]
        ratios = [one / other for one, other in zip(medians[job], medians[base], strict=True)]
        of = "" if job == base else f"; {ratios[0]:.2f} and {ratios[1]:.2f} times the {base}"
        print(f"{job:17} {clock * 1000:6.0f} ms, {processor * 1000:6.0f} ms of the processor{of}")
    print(f"target: the query of explain, and funnel, at most {TARGET} times the plain one")


def main() -> None:
    """Make the data set if none is named, then compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--companies", type=int, default=6000)
    options.add_argument("--years", type=int, default=15)
    options.add_argument("--runs", type=int, default=7)
    options.add_argument("--screen", default="quality-value")
    options.add_argument("--data", type=Path)
    given = options.parse_args()
    if given.data:
        with open_lake(given.data) as lake:
            compare(lake, given.screen, given.runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        build_demo(Path(folder) / "data", companies=given.companies, years=given.years)
        with open_lake(Path(folder) / "data") as lake:
            compare(lake, given.screen, given.runs)


if __name__ == "__main__":
    main()
