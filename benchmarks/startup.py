"""`screener run` as a whole process against a bare script that imports duckdb, runs the same SQL and prints.

Usage: python benchmarks/startup.py [--runs 15] [--data DIR]
"""

from __future__ import annotations

import argparse
import compileall
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import screener
from screener import api
from screener.engine.query import build_query
from screener.engine.run import newest_date
from screener.lake.connect import find_data, open_lake

BARE = """
import duckdb
con = duckdb.connect()
for name, path in {tables!r}.items():
    con.execute(f"CREATE VIEW {{name}} AS SELECT * FROM read_parquet('{{path}}')")
for row in con.execute({sql!r}).fetchall():
    print(*row, sep="\\t")
"""


def bare_script(data: Path) -> str:
    """Return the bare script: the same query, the shortlist alone, printed."""
    with open_lake(data) as lake:
        screen = api.load("quality-value")
        sql = build_query(screen, [newest_date(lake.con)]).sql
        tables = {table.name: str(lake.directory / f"{table.name}.parquet") for table in lake.manifest.tables}
    shown = ", ".join(f"c{k}" for k in range(1, len(screen.columns) + 1))
    wanted = f"SELECT rank, ticker, name, sector, score, {shown} FROM ({sql}) WHERE passed AND rank <= 40 ORDER BY rank"
    return BARE.format(tables=tables, sql=wanted)


def timed(command: list[str]) -> float:
    """Return the seconds of a whole process, its output thrown away."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Run both in turns and print the medians and the ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15)
    options.add_argument("--data")
    given = options.parse_args()
    data = find_data(given.data)
    compileall.compile_dir(str(Path(screener.__file__).parent), quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "bare.py"
        script.write_text(bare_script(data), encoding="utf-8")
        whole = [sys.executable, "-m", "screener", "run", "quality-value", "--data", str(data)]
        pairs = [(timed(whole), timed([sys.executable, str(script)])) for _ in range(given.runs + 1)][1:]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"screener run {ours * 1000:.0f} ms, bare script {bare * 1000:.0f} ms, ratio {ours / bare:.2f} (at most 1.8)")


if __name__ == "__main__":
    main()
