"""The import graph: every module belongs to a room, and rooms import in one direction only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "screener"

# From the bottom up: a room imports only from itself and from the rooms before it.
ROOMS = (
    ("errors",),
    ("version", "settings"),
    ("catalogue",),
    ("lake",),
    ("sources", "demo"),
    ("standardize",),
    ("build",),
    ("sync",),
    ("language",),
    ("mapping",),
    ("engine",),
    ("output",),
    ("shortlist",),
    ("api",),
    ("cli",),
)
LAYER = {room: number for number, rooms in enumerate(ROOMS) for room in rooms}
# The package itself only re-exports the version and loads the API by name; __main__ only starts the command line.
EXEMPT = {"__init__", "__main__"}

HEAVY = ("duckdb", "polars", "pyarrow", "rich", "xlsxwriter", "yaml")


def modules() -> list[Path]:
    """Return every module of the package."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "_shipped" not in path.parts)


def room_of(path: Path) -> str:
    """Return the room that a module belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Return the rooms that a module imports from, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("screener"):
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("screener.")}
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    """A module imports from its own room and the rooms below, and has a layer."""
    room = room_of(path)
    if room in EXEMPT:
        return
    assert room in LAYER, f"{room} has no layer: give it one in ROOMS"
    upward = {other for other in imported_rooms(path) if LAYER[other] > LAYER[room]}
    sideways = {other for other in imported_rooms(path) if LAYER[other] == LAYER[room] and other != room}
    assert not upward, f"imports upward: {upward}"
    assert not sideways, f"imports sideways: {sideways}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    """Every module starts with a docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring) > 20


def test_nothing_heavy_is_imported_by_help() -> None:
    """`import screener` and the help of the command line load none of the heavy libraries."""
    code = (
        "import sys, screener, screener.cli.main\n"
        "import screener.cli.run, screener.cli.data, screener.cli.check\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
