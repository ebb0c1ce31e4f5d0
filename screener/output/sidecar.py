"""The file beside an output: which run made it, what its columns are, and the hash by which the two belong together."""

from __future__ import annotations

import hashlib
from pathlib import Path

from screener.engine.result import Result
from screener.output import shape
from screener.output.text import strict_json

SUFFIX = ".run.json"


def sidecar_path(path: Path) -> Path:
    """Return the name of the sidecar of ``path``: ``picks.csv.run.json``."""
    return path.with_name(path.name + SUFFIX)


def to_sidecar(result: Result, name: str, fmt: str, content: bytes) -> str:
    """Return ``{"file", "format", "bytes", "sha256", "run"}`` of a file called ``name`` that holds ``content``.

    ``run`` is that of the JSON output: identity, counts, and the columns with their units.
    """
    about = {"file": name, "format": fmt, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return strict_json({**about, "run": shape.run_object(result)})
