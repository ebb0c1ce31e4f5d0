"""The result of a run as callers of the package hold it: a frame, an explanation of any name, files of any format."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from screener.engine.result import Result
from screener.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screener.engine.explain import Explanation
    from screener.engine.report import Report
    from screener.lake.connect import Lake


@dataclass(frozen=True, repr=False)
class Shortlist(Result):
    """A finished run: see :class:`screener.engine.result.Result` for what it has.

    What the run did not keep (an explanation, the report behind a workbook) is read from the same data set again;
    ``DataError`` where that has changed since, as the answer would not be that of this run.
    """

    @classmethod
    def of(cls, result: Result) -> Shortlist:
        """Return the same run as a shortlist."""
        return cls(**{row.name: getattr(result, row.name) for row in fields(result)})

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

    @contextmanager
    def _reopened(self) -> Iterator[Lake]:
        from screener.lake.connect import reading

        with reading(Path(self.path)) as lake:
            if lake.manifest.data_hash != self.run.data_hash:
                raise DataError(f"the data set {self.path} has changed since this run", hint="run the screen again")
            yield lake
