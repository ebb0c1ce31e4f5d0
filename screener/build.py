"""From bulk files to a data set: read the sources, standardize, verify, publish; the old data set stays until then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import ScreenerError

if TYPE_CHECKING:
    from screener.sources.report import BuildReport

Progress = Callable[[str], None]


def build_data(
    out: Path,
    *,
    sec: Path | None = None,
    fsds: Sequence[Path] = (),
    simfin: Path | None = None,
    prices: Path | None = None,
    prices_format: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the data set ``out`` from one fundamentals source and an optional price file; return the report.

    ``fsds`` (SEC's Financial Statement Data Sets) stand alone or beside ``sec``.
    Raises ``DataError`` when a source can't be read at all; the data set that was there stays in place.
    """
    from screener.sources.fsds import read_fsds
    from screener.sources.prices import read_prices
    from screener.sources.report import BuildReport
    from screener.sources.sec import read_sec
    from screener.sources.simfin import read_simfin

    if (simfin is None) == (sec is None and not fsds):
        raise ScreenerError("name one source of fundamentals: SEC, its Financial Statement Data Sets, or SimFin")
    report = BuildReport()
    inputs = [path for path in (sec, simfin, prices) if path is not None]

    def read(stage: Path) -> None:
        if sec is not None:
            read_sec(sec, stage, report, progress)
        if fsds:
            inputs.extend(read_fsds(fsds, stage, report, progress, beside=sec is not None))
        if simfin is not None:
            read_simfin(simfin, stage, report, progress)
        if prices is not None:
            read_prices(prices, stage, report, prices_format, progress)

    kind = "sec" if sec is not None else "simfin" if simfin is not None else "fsds"
    _publish(out, read, report, kind=kind, inputs=inputs, progress=progress)
    return report


def build_demo(
    out: Path, *, companies: int = 800, years: int = 6, seed: int = 20240308, progress: Progress | None = None
) -> BuildReport:
    """Generate the demo data set ``out``: the same arguments give the same bytes."""
    from screener.demo.generate import generate
    from screener.sources.report import BuildReport

    report = BuildReport()

    def read(stage: Path) -> None:
        generate(stage, companies=companies, years=years, seed=seed, progress=progress)

    _publish(out, read, report, kind="demo", inputs=[], progress=progress)
    return report


def _publish(
    out: Path,
    read: Callable[[Path], None],
    report: BuildReport,
    *,
    kind: str,
    inputs: list[Path],
    progress: Progress | None,
) -> None:
    from screener.lake.manifest import Manifest, source_files
    from screener.lake.versions import publish, staging
    from screener.standardize.pipeline import market_data, standardize

    # A demo is the same on every day; only real builds carry the day on which they were made.
    created = "demo" if kind == "demo" else date.today().isoformat()
    with staging(out) as stage:
        read(stage)
        counts = standardize(stage, progress) | market_data(stage)
        if progress is not None:
            progress("verifying and publishing")
        publish(
            out,
            stage,
            Manifest(
                created=created,
                kind=kind,
                sources=source_files(inputs),
                report={**report.as_dict(), "standardize": counts},
                notes=tuple(report.notes),
                demo=kind == "demo",
            ),
        )
