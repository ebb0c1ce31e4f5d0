"""The result of a run as callers of the package hold it: a frame, an explanation of any name, files of any format."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import screener.output.notebook  # noqa: F401 - results learn to show themselves, unpickled ones too
from screener.engine.result import Result
from screener.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.engine.explain import Explanation
    from screener.engine.report import Report
    from screener.lake.connect import Lake
    from screener.output.workbook.update import Plan
    from screener.output.writers import Format


@dataclass(frozen=True, repr=False)
class Shortlist(Result):
    """A finished run: see :class:`screener.engine.result.Result` for what it has.

    What the run did not keep (an explanation, the report behind a workbook) is read from the same data set again;
    ``DataError`` where that has changed since, as the answer would not be that of this run.
    """

    @classmethod
    def of(cls, found: Result | Report) -> Shortlist:
        """Return the run as a shortlist; one that is made of a report has that already."""
        if isinstance(found, Shortlist):
            return found
        result = found if isinstance(found, Result) else found.result
        shortlist = cls(**{row.name: getattr(result, row.name) for row in fields(result)})
        if not isinstance(found, Result):
            # Where a cached property keeps its value; the class is frozen.
            shortlist.__dict__["report"] = found
        return shortlist

    def explain(self, ticker: str) -> Explanation:
        """Explain one company in this run, on the list or not; ``ScreenError`` for a ticker that is unknown."""
        from screener.engine.company import find_company
        from screener.engine.explain import explain_name

        with self._reopened() as lake:
            return explain_name(lake, self, find_company(lake.con, ticker, self.run.as_of))

    @cached_property
    def report(self) -> Report:
        """Return verdicts, near misses, names not judged, the universe and definitions; read once, when first used."""
        from screener.engine.report import make_report

        with self._reopened() as lake:
            return make_report(lake, self.screen, self.run.as_of)

    def write(self, path: str | Path, *, sidecar: bool = False) -> None:
        """Write the shortlist to a file in the format of its suffix; ``FORMAT=FILE`` names another.

        The file is whole or not there; ``sidecar`` writes ``FILE.run.json`` beside it. ``OutputError`` for what cannot
        be written.
        """
        from screener.output.writers import parse_target

        target = parse_target(str(path))
        self._write(target.path, target.fmt, sidecar=sidecar)

    def to_excel(self, path: str | Path) -> None:
        """Write an Excel workbook: shortlist, factors, rules, names left out, funnel, definitions, run."""
        self._write_as("xlsx", path)

    def update_excel(self, path: str | Path) -> Plan:
        """Write the list into a workbook of an earlier run, which keeps its user's notes, own columns and sheets.

        The old file stays beside the new one. Returns what was not carried over, who entered and who left.
        """
        from screener.output.workbook.update import update_file
        from screener.output.writers import check_update

        check_update(Path(path))
        return update_file(Path(path), self.report)

    def to_html(self, path: str | Path) -> None:
        """Write the report as one HTML page that needs nothing else."""
        self._write_as("html", path)

    def _write_as(self, name: str, path: str | Path) -> None:
        from screener.output.writers import BY_NAME

        self._write(Path(path), BY_NAME[name])

    def _write(self, path: Path, fmt: Format, *, sidecar: bool = False) -> None:
        from screener.output.writers import write

        write(self, path, fmt, sidecar=sidecar, report=lambda: self.report)

    @contextmanager
    def _reopened(self) -> Iterator[Lake]:
        from screener.lake.connect import reading
        from screener.lake.remote import place_of

        with reading(place_of(self.path)) as lake:
            if lake.manifest.data_hash != self.run.data_hash:
                raise DataError(f"the data set {self.path} has changed since this run", hint="run the screen again")
            yield lake
