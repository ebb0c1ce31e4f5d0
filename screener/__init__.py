"""screener: quality screens for small caps. YAML in, a ranked and explained shortlist out, point in time.

The verbs of the command line are functions here: :func:`run`, :func:`panel`, :func:`explain`, :func:`near`.
Nothing heavy is imported until one of them is called.
"""

from __future__ import annotations

from typing import Any

from screener.version import __version__

__all__ = [
    "__version__", "build", "check_data", "coverage", "explain", "funnel", "holds", "load", "near", "panel", "report",
    "run", "show", "sql", "trace", "unknown", "versions",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load the verb from :mod:`screener.api` when it is first used."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("screener.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
