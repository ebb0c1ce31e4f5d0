"""Keeping current: a sync and build after one company has filed, against the whole from an empty folder.

Usage: python -m benchmarks.sync [--sec DIR | --companies 44] [--prices PATH] [--seed 1]

A server on this machine has SEC's bulk files: those in DIR, or files made up by ``benchmarks/bulk.py``. Each step is a
process of its own, ``screener data sync``: everything from nothing; the same with nothing new; after one company has
filed a quarter; after ten have. Seconds are wall clock and processor; the ratio to the whole counts. The wall clock has
the pauses between requests that the SEC asks for: five requests take half a second.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.bulk import make
from tests.sync.sec_site import FACTS_ZIP, SUBMISSIONS_ZIP, TICKERS, put_index
from tests.sync.server import Site, serving

TARGET = 0.10
# The server dates its files 2024-03-08.
FILED = date(2024, 3, 11)


def put_files(site: Site, sec: Path) -> None:
    """Put the bulk files of a folder at SEC's addresses."""
    site.files[FACTS_ZIP] = (sec / "companyfacts.zip").read_bytes()
    site.files[SUBMISSIONS_ZIP] = (sec / "submissions.zip").read_bytes()
    packed = sec / "company_tickers_exchange.zip"
    if packed.is_file():
        with zipfile.ZipFile(packed) as archive:
            site.files[TICKERS] = archive.read(archive.namelist()[0])
    else:
        site.files[TICKERS] = (sec / "company_tickers_exchange.json").read_bytes()


def a_quarter_later(content: dict[str, Any]) -> dict[str, Any]:
    """Return a company's facts with one more filing: the newest fact of each tag, moved by 91 days."""
    for taxonomy in content["facts"].values():
        for about in taxonomy.values():
            for facts in about["units"].values():
                moved = dict(facts[-1], accn="0000000000-24-999999", form="10-Q")
                for name in ("start", "end", "filed"):
                    if name in moved:
                        moved[name] = (date.fromisoformat(moved[name]) + timedelta(days=91)).isoformat()
                facts.append(moved)
    return content


def file_reports(site: Site, sec: Path, count: int, day: date) -> None:
    """Let the last companies of the zip file a quarter on a day: their own files, and the daily index."""
    with zipfile.ZipFile(sec / "companyfacts.zip") as facts, zipfile.ZipFile(sec / "submissions.zip") as about:
        both = sorted(set(facts.namelist()) & set(about.namelist()))[-count:]
        for name in both:
            path = f"/api/xbrl/companyfacts/{name}"
            content = json.loads(site.files.get(path) or facts.read(name))
            site.change(path, json.dumps(a_quarter_later(content)).encode())
            site.change(f"/submissions/{name}", about.read(name))
    put_index(site, day, [(int(Path(name).stem[3:]), "10-Q") for name in both])


def sync(home: Path, site: Site, today: date, prices: Path | None) -> tuple[float, float]:
    """Run a sync in a process of its own and return its seconds: wall clock and processor."""
    command = [sys.executable, "-m", "screener", "data", "sync", "--data", str(home / "data"), "--quiet"]
    command += ["--today", today.isoformat(), "--contact", "Jane Doe jane@example.com"]
    command += ["--prices", str(prices)] if prices else []
    places = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "share")}
    environment = {**os.environ, **places, "SCREENER_SEC_SITE": site.url, "SCREENER_SEC_API": site.url}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(sec: Path, prices: Path | None, folder: Path) -> None:
    """Measure the steps and print a line for each."""
    site = Site()
    put_files(site, sec)
    put_index(site, FILED - timedelta(days=3), [])
    with serving(site):
        whole = sync(folder, site, FILED, prices)
        print(f"{'step':<24} {'wall s':>8} {'ratio':>7} {'cpu s':>8} {'ratio':>7}")

        def line(step: str, found: tuple[float, float]) -> None:
            print(
                f"{step:<24} {found[0]:>8.2f} {found[0] / whole[0]:>7.1%} {found[1]:>8.2f} {found[1] / whole[1]:>7.1%}"
            )

        line("whole, from nothing", whole)
        line("nothing new", sync(folder, site, FILED, prices))
        for number, count in enumerate((1, 1, 1, 10)):
            day = FILED + timedelta(days=number)
            file_reports(site, sec, count, day)
            line(f"{count} filed", sync(folder, site, day, prices))
    print(f"target: one filed at most {TARGET:.0%} of the whole")


def main() -> None:
    """Read the options, make the files if need be, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sec", type=Path, help="folder with SEC's bulk files")
    parser.add_argument("--companies", type=int, default=44, help="companies to make up without --sec")
    parser.add_argument("--prices", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sec, prices = chosen.sec, chosen.prices
        if sec is None:
            sec = Path(folder) / "bulk"
            make(sec, chosen.companies, chosen.seed)
            prices = prices or sec / "prices.parquet"
        measure(sec, prices, Path(folder))


if __name__ == "__main__":
    main()
