"""From bulk files to a data set: read what has changed, standardize, verify, publish; the old one stays until then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.errors import ScreenerError

if TYPE_CHECKING:
    from screener.lake.memory import Input, Memory
    from screener.sources.report import BuildReport, Progress
    from screener.sources.sec import Trail
    from screener.sources.table_mapping import MappedTables


# The demo is shipped with the package: small matters more than fast.
DEMO_LEVELS = {"fundamentals": 19, "prices": 19, "risk": 19, "listings": 9}


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a build: its name in the memory, its files or folders, and how it is read into the stage."""

    name: str
    paths: tuple[Path, ...]
    read: Callable[[Path, BuildReport, Trail], object]


def build_data(
    out: Path,
    *,
    sec: Path | None = None,
    fsds: Sequence[Path] = (),
    simfin: Path | None = None,
    tables: MappedTables | None = None,
    prices: Path | None = None,
    prices_format: str | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> BuildReport:
    """Build the data set ``out`` from one fundamentals source and an optional price file; return the report.

    ``fsds`` (SEC's Financial Statement Data Sets) stand alone or beside ``sec``; ``tables`` are a vendor's files with
    their mapping.
    What is unchanged since the data set was built is used again, unless ``force``; with nothing changed, nothing is
    done and ``unchanged`` of the report says so. Either way the tables are the same, byte for byte.
    Raises ``DataError`` when a source can't be read at all; the data set that was there stays in place.
    """
    from screener.lake.memory import look, recall
    from screener.lake.remote import refuse_address
    from screener.lake.versions import staging
    from screener.sources.report import BuildReport

    refuse_address(out)
    if (simfin is not None) + (tables is not None) + (sec is not None or bool(fsds)) != 1:
        raise ScreenerError("name one source of fundamentals: SEC's files, SimFin's, or tables with a mapping")
    source = _source(sec, tuple(fsds), simfin, tables, progress)
    sources = [source, *([_prices(prices, prices_format, progress)] if prices is not None else [])]
    kind = "sec" if sec is not None else source.name
    options = {"kind": kind, "prices_format": prices_format} | ({"mapping": tables.digest} if tables else {})
    found = None if force else recall(out, options)
    old, manifest = found or (None, None)
    now = time.time_ns()
    inputs = {source.name: look(list(source.paths), old.inputs() if old else (), now) for source in sources}
    if old and manifest and old.same_inputs(inputs):
        return BuildReport.from_dict(manifest.report, unchanged=True)
    asked = {"sec": [sec] if sec else [], "fsds": [*fsds], "simfin": [simfin] if simfin else []}
    asked["table"] = [file.path for file in tables.files] if tables else []
    named = {name: [str(path.resolve()) for path in paths] for name, paths in asked.items() if paths}
    named |= {"mapping": [tables.mapping]} if tables else {}
    with staging(out) as stage:
        return _build(out, stage, sources, inputs=inputs, options=options, asked=named, old=old, progress=progress)


def _source(
    sec: Path | None,
    fsds: tuple[Path, ...],
    simfin: Path | None,
    tables: MappedTables | None,
    progress: Progress | None,
) -> Source:
    if tables is not None:
        return _tables(tables, progress)
    return _simfin(simfin, progress) if simfin is not None else _filings(sec, fsds, progress)


def _tables(tables: MappedTables, progress: Progress | None) -> Source:
    from screener.sources.tables import read_tables

    paths = tuple(file.path for file in tables.files)
    return Source("tables", paths, lambda stage, report, _: read_tables(tables, stage, report, progress))


def _simfin(folder: Path, progress: Progress | None) -> Source:
    from screener.sources.simfin import read_simfin

    return Source("simfin", (folder,), lambda stage, report, _: read_simfin(folder, stage, report, progress))


def _filings(sec: Path | None, fsds: tuple[Path, ...], progress: Progress | None) -> Source:
    """Return companyfacts, the Financial Statement Data Sets, or both as one source.

    Both write the same tables: together they are read whole again when one of them has changed.
    """
    from screener.sources.fsds import read_fsds, tickers_beside
    from screener.sources.sec import Trail, read_sec

    def read(stage: Path, report: BuildReport, trail: Trail) -> None:
        if sec is not None:
            read_sec(sec, stage, report, progress, Trail() if fsds else trail)
        if fsds:
            read_fsds(fsds, stage, report, progress, beside=sec is not None)

    name = "fsds" if sec is None else "sec+fsds" if fsds else "sec"
    tickers = tickers_beside(fsds) if sec is None else None
    beside = [path for path in (sec, tickers) if path is not None]
    return Source(name, (*beside, *fsds), read)


def _prices(path: Path, prices_format: str | None, progress: Progress | None) -> Source:
    from screener.sources.prices import read_prices

    return Source("prices", (path,), lambda stage, report, _: read_prices(path, stage, report, prices_format, progress))


def _build(
    out: Path,
    stage: Path,
    sources: list[Source],
    *,
    inputs: dict[str, tuple[Input, ...]],
    options: dict[str, Any],
    asked: dict[str, list[str]],
    old: Memory | None,
    progress: Progress | None,
) -> BuildReport:
    """Build and publish inside the stage, with the help of what an ``old`` build remembers."""
    from screener.lake.manifest import Manifest
    from screener.lake.memory import Memory, made_by, source_list
    from screener.lake.versions import publish
    from screener.sources.report import BuildReport
    from screener.standardize.batches import SPLITS_FILE, Reuse
    from screener.standardize.issuers import ISSUERS_FILE
    from screener.standardize.pipeline import standardize

    memory = Memory(made_by(), options, asked=asked)
    report = BuildReport()
    same: set[int] | None = set()
    for number, source in enumerate(sources):
        unchanged = _read(stage, source, inputs[source.name], memory=memory, old=old, report=report)
        # The first source is the one that has the facts.
        same = unchanged if number == 0 else same
    same = _same_facts(stage, old, same) if old and same is not None else same
    reuse = Reuse(old.file, None if same is None else frozenset(same)) if old and same != set() else None
    traded: dict[str, int] = {}
    counts = standardize(stage, progress, reuse=reuse, market=lambda: traded.update(_market(stage, memory, old)))
    counts |= traded
    if progress is not None:
        progress("verifying and publishing")
    memory.save(stage, (SPLITS_FILE, ISSUERS_FILE))
    publish(
        out,
        stage,
        Manifest(
            created=date.today().isoformat(),
            kind=str(options["kind"]),
            sources=source_list(memory.inputs()),
            report={**report.as_dict(), "standardize": counts},
            notes=tuple(report.notes),
        ),
    )
    return report


def _read(
    stage: Path, source: Source, inputs: tuple[Input, ...], *, memory: Memory, old: Memory | None, report: BuildReport
) -> set[int] | None:
    """Read a source, or take what it gave the last time; return the issuers with the same facts (``None``: all)."""
    from screener.lake.memory import Step, check_unchanged, take
    from screener.sources.report import BuildReport
    from screener.sources.sec import Trail

    before = old.steps.get(source.name) if old else None
    if old and before and before.reads(inputs):
        for name in before.files:
            take(old.file(name), stage / name)
        memory.steps[source.name] = Step(inputs, before.files, before.report, before.trail)
        report.merge(BuildReport.from_dict(before.report))
        return None
    trail = Trail.of(before.trail, old.file) if old and before else Trail()
    there = set(stage.iterdir())
    own = BuildReport()
    source.read(stage, own, trail)
    check_unchanged(inputs)
    files = tuple(sorted(path.name for path in set(stage.iterdir()) - there if path.is_file()))
    memory.steps[source.name] = Step(inputs, files, own.as_dict(), [asdict(record) for record in trail.records])
    report.merge(own)
    return trail.unchanged


def _same_facts(stage: Path, old: Memory, read_as_same: set[int]) -> set[int]:
    """Return the issuers with the same facts as in an old build: those that were not read again, and those that tell.

    Most sources are read whole when one file has changed, and companies file what says nothing new.
    """
    from screener.lake.parallel import connection
    from screener.sources.staged import FACTS_FILE
    from screener.standardize.batches import same_facts

    try:
        before = old.file(FACTS_FILE)
    except KeyError:
        return read_as_same
    with connection(stage / ".spill") as con:
        return read_as_same | same_facts(con, stage / FACTS_FILE, before, read_as_same)


def _market(stage: Path, memory: Memory, old: Memory | None) -> dict[str, int]:
    """Make prices and listings, or take those of the last time if everything that they are made of is the same."""
    from screener.lake.files import sha256_of
    from screener.lake.memory import take
    from screener.standardize.prices import MARKET_INPUTS, MARKET_OUTPUTS, market_data

    memory.staged = {name: sha256_of(stage / name) for name in MARKET_INPUTS if (stage / name).is_file()}
    if old and old.staged == memory.staged and "market" in old.counts:
        for name in MARKET_OUTPUTS:
            take(old.file(name), stage / name)
        counts = old.counts["market"]
    else:
        counts = market_data(stage)
    memory.counts["market"] = counts
    return counts


def build_demo(
    out: Path, *, companies: int = 800, years: int = 6, seed: int = 20240308, progress: Progress | None = None
) -> BuildReport:
    """Generate the demo data set ``out``: the same arguments give the same bytes."""
    from screener.demo.generate import generate
    from screener.lake.files import repack
    from screener.lake.manifest import Manifest
    from screener.lake.versions import publish, staging
    from screener.sources.report import BuildReport
    from screener.standardize.pipeline import market_data, standardize

    report = BuildReport()
    with staging(out) as stage:
        generate(stage, companies=companies, years=years, seed=seed, progress=progress)
        traded: dict[str, int] = {}
        counts = standardize(stage, progress, market=lambda: traded.update(market_data(stage))) | traded
        for table, level in DEMO_LEVELS.items():
            repack(stage / f"{table}.parquet", level)
        # A demo is the same on every day; only real builds carry the day on which they were made.
        manifest = Manifest(created="demo", kind="demo", report={**report.as_dict(), "standardize": counts}, demo=True)
        publish(out, stage, manifest)
    return report
