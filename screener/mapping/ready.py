"""The mappings that come with the package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from screener.errors import ScreenError

FOLDER = Path(__file__).parent / "ready"


@dataclass(frozen=True, slots=True)
class Ready:
    """A mapping that comes with the package: its name, what it is of, columns that only that vendor has together."""

    name: str
    label: str
    marks: tuple[str, ...]


READY: tuple[Ready, ...] = (
    Ready("simfin", "SimFin's bulk files of statements, one or several", ("SimFinId", "Publish Date", "Report Date")),
    Ready(
        "sharadar-sf1", "Sharadar Core US Fundamentals (SF1), with TICKERS beside it",
        ("dimension", "datekey", "reportperiod"),
    ),
    Ready("compustat", "Compustat North America: funda and fundq", ("gvkey", "datadate")),
)  # fmt: skip


def ready_path(name: str) -> Path | None:
    """Return the file of a ready mapping, ``None`` for a name that is none."""
    return FOLDER / f"{name}.yaml" if any(row.name == name for row in READY) else None


def ready_text(name: str) -> str:
    """Return the YAML of a ready mapping; ``ScreenError`` for a name that is none."""
    path = ready_path(name)
    if path is None:
        listed = ", ".join(row.name for row in READY)
        raise ScreenError(f"there is no ready mapping {name!r}", hint=f"ready are: {listed}")
    return path.read_text(encoding="utf-8")


def recognised(columns: tuple[str, ...]) -> Ready | None:
    """Return the ready mapping of the vendor whose marks are all among ``columns``, in any case."""
    there = {name.strip().casefold() for name in columns}
    return next((row for row in READY if {mark.casefold() for mark in row.marks} <= there), None)
