"""A build from bulk files of the real shape: how fast, how much memory, against the ``json`` module on one core.

Usage: python benchmarks/build.py [--companies 20000] [--seed 1] [--files DIR]

Three things are measured, each in a fresh process, in the same run: the ``json`` module reading the mapped facts of
the members to columns (of a sample of them, at most --sample MB); our reading of the same zip to Parquet parts; the
whole ``screener data build`` (and once more, with nothing changed). MB are of unpacked JSON, "cores" how many were busy
on average, memory is the peak of the process. 20,000 companies need some 8 GB of disk and, on two
cores, more than an hour, most of it for standardizing; --files keeps the files for the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from screener.catalogue.tags import mapped_tags
from screener.sources.report import BuildReport
from screener.sources.sec_facts import read_companyfacts
from screener.sources.sec_members import TAXONOMIES

# Targets: throughput of reading against the json module on one core, and the peak memory of any stage.
RATIO, MEMORY_GB = 4, 2
KEYS = ("start", "end", "val", "filed", "form", "accn")
Row = tuple[object, ...]


def by_json_module(files: Path, sample: float) -> float:
    """Read members spread over the zip to lists of tuples; return the MB read."""
    wanted = mapped_tags()
    with zipfile.ZipFile(files / "companyfacts.zip") as archive:
        infos = archive.infolist()
        total = sum(info.file_size for info in infos) / 1e6
        size = 0
        for info in infos[:: max(1, round(total / sample))]:
            rows: list[Row] = []
            content = json.loads(archive.read(info))
            for taxonomy, prefix in TAXONOMIES:
                for tag, about in content["facts"].get(taxonomy, {}).items():
                    if prefix + tag in wanted:
                        for unit, facts in about["units"].items():
                            rows += [(content["cik"], tag, unit, *map(fact.get, KEYS)) for fact in facts]
            size += info.file_size
            columns = list(zip(*rows, strict=True))
            assert len(columns) in {0, 9}
    return size / 1e6


def by_screener(files: Path, _: float) -> float:
    """Read the zip as a build does, to Parquet parts; return the MB read."""
    with tempfile.TemporaryDirectory(dir=files) as work:
        issuers = read_companyfacts(files / "companyfacts.zip", Path(work), BuildReport())
    return sum(record.size for record in issuers.records) / 1e6


def whole_build(files: Path, _: float) -> float:
    """Build a data set with the command line; return the MB of JSON in it."""
    from screener.cli.main import root

    out = files.with_name(f"{files.name}-out")
    arguments = ["data", "build", str(out), "--quiet", "--sec", str(files), "--prices", str(files / "prices.parquet")]
    root.main(arguments, standalone_mode=False)
    with zipfile.ZipFile(files / "companyfacts.zip") as archive:
        return sum(info.file_size for info in archive.infolist()) / 1e6


STAGES: dict[str, tuple[str, Callable[[Path, float], float]]] = {
    "json": ("the json module, one core", by_json_module),
    "read": ("our reading to Parquet parts", by_screener),
    "build": ("the whole build", whole_build),
    "again": ("the same build again", whole_build),
}


def measured(stage: str, files: Path, sample: float) -> tuple[float, float, float, float]:
    """Run a stage in a fresh process; return MB, seconds, processor seconds and the peak of its memory in GB."""
    command = [sys.executable, __file__, "--stage", stage, "--files", str(files), "--sample", str(sample)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = child.stdout.read().splitlines()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, f"{stage} failed"
    size, seconds = map(float, lines[-1].split())
    return size, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1e6


def compare(files: Path, sample: float) -> None:
    """Measure the stages, print their table, and say whether the targets were met."""
    print(f"companyfacts.zip: {(files / 'companyfacts.zip').stat().st_size / 1e6:,.0f} MB zipped")
    print(f"{'':32}{'MB of JSON':>12}{'seconds':>10}{'cores':>8}{'MB/s':>8}{'ratio':>8}{'peak GB':>10}")
    rates: dict[str, float] = {}
    most = 0.0
    for stage, (label, _) in STAGES.items():
        size, seconds, processor, memory = measured(stage, files, sample)
        rates[stage] = size / seconds
        most = max(most, memory)
        print(
            f"{label:32}{size:12,.0f}{seconds:10.1f}{processor / seconds:8.2f}{rates[stage]:8.0f}"
            f"{rates[stage] / rates['json']:8.1f}{memory:10.2f}",
            flush=True,
        )
    ratio = rates["read"] / rates["json"]
    print(f"reading at {RATIO} times the json module: {'met' if ratio >= RATIO else 'missed'} ({ratio:.1f})")
    print(f"{MEMORY_GB} GB of memory at most: {'met' if most <= MEMORY_GB else 'missed'} ({most:.2f})")


def main() -> None:
    """Make the files unless they are there, then compare; with ``--stage`` run that one and print MB and seconds."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--companies", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--files", type=Path, help="folder of the files: made there unless they are there, and kept")
    options.add_argument("--sample", type=float, default=1_500, help="MB of JSON that the json module reads at most")
    options.add_argument("--stage", choices=tuple(STAGES), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.stage:
        start = time.perf_counter()
        size = STAGES[given.stage][1](given.files, given.sample)
        print(size, time.perf_counter() - start)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = given.files or Path(folder)
        if not (files / "prices.parquet").exists():
            from bulk import make  # beside this file; the measured processes need not load it

            start = time.perf_counter()
            make(files, given.companies, given.seed)
            print(f"made the files of {given.companies:,} companies in {time.perf_counter() - start:.0f} s")
        compare(files, given.sample)


if __name__ == "__main__":
    main()
