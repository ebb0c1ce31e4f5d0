"""Files of the author's own metrics: names with rows, read once and then known to every screen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from screener.errors import Problem, ScreenError
from screener.language.define import Added, add_definitions, resolve_definitions
from screener.language.document import METRICS, Mapping, Source, TooManyProblemsError, read_document
from screener.language.files import problems_error, read_file
from screener.language.own import OwnMetrics, OwnNames
from screener.language.reading import Reading

VARIABLE = "SCREENER_METRICS"


def load_metrics(paths: Sequence[str | Path] | None = None) -> OwnMetrics:
    """Return the metrics of some files, which may use each other's; a file that is named twice counts once.

    ``None`` stands for the files that ``SCREENER_METRICS`` lists. Raises ``ScreenError`` with every problem of all
    files: also a name that the catalogue or another file has.
    """
    if paths is None:
        paths = [part for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    digests: dict[str, str] = {}
    sources: list[Source] = []
    problems: list[Problem] = []
    own = OwnNames()
    for path in dict.fromkeys(str(path) for path in paths):
        try:
            text, digests[path] = read_file(Path(path), METRICS)
        except ScreenError as error:
            problems.extend(error.problems)
            continue
        sources.append(Source(text.removeprefix("\ufeff"), path, METRICS))
    with suppress(TooManyProblemsError):
        for reading, rows in [_read(source, own) for source in sources]:
            resolve_definitions(reading, rows)
    for source in sources:
        problems.extend(source.sorted_problems())
    if any(problem.severity == "error" for problem in problems):
        raise problems_error(problems)
    return OwnMetrics(own.by_name, digests, tuple(problems))


def _read(source: Source, own: OwnNames) -> tuple[Reading, Added]:
    reading = Reading(source, own)
    root = read_document(source)
    if root is not None and not isinstance(root, Mapping):
        source.problem(root.span, "a file of metrics is names with formulas", "write: my_yield: fcf / ev")
        root = None
    return reading, add_definitions(reading, root, METRICS)
