"""From bulk files to a data set: read the sources, standardize, verify, publish; the old data set stays until then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from screener.errors import ScreenerError

if TYPE_CHECKING:
    from screener.sources.report import BuildReport, Progress


def build_data(
    out: Path,
    *,
    sec: Path | None = None,
    simfin: Path | None = None,
    prices: Path | None = None,
    prices_format: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the data set ``out`` from one fundamentals source and an optional price file; return the report.

    Raises ``DataError`` when a source can't be read at all; the data set that was there stays in place.
    """
    from screener.sources.prices import read_prices
    from screener.sources.report import BuildReport
    from screener.sources.sec import read_sec
    from screener.sources.simfin import read_simfin

    if (sec is None) == (simfin is None):
        raise ScreenerError("name one source of fundamentals: SEC or SimFin")
    report = BuildReport()

    def read(stage: Path) -> None:
        if sec is not None:
            read_sec(sec, stage, report, progress)
        else:
            assert simfin is not None, "one of the two is named"  # noqa: S101 - checked above
            read_simfin(simfin, stage, report, progress)
        if prices is not None:
            read_prices(prices, stage, report, prices_format, progress)

    folders = [path for path in (sec, simfin, prices) if path is not None]
    _publish(out, read, report, kind="sec" if sec is not None else "simfin", inputs=folders, progress=progress)
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
