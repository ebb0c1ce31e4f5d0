"""What a build leaves beside the tables, so that the next build can tell what has not changed and use it again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from screener.errors import DataError
from screener.lake.files import sha256_of
from screener.lake.manifest import VERSIONS_NAME, Manifest, SourceFile, read_manifest
from screener.lake.schema import SCHEMA_VERSION, TABLE_NAMES

# A folder of the version, beside its tables.
FOLDER = "build"
FILE = "build.json"
# The parts of the package that decide what a build writes.
ROOMS = ("catalogue", "lake", "sources", "standardize", "build.py", "version.py")
# A file changed so shortly before it was looked at may have been changed again within the clock's tick.
DOUBT_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read: where, under which name in the manifest, and enough to tell whether it is the same."""

    path: str
    name: str
    size: int
    changed_ns: int
    looked_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Step:
    """Reading one source: its files, the staged files that it wrote, its report, and what it keeps for itself."""

    inputs: tuple[Input, ...]
    files: tuple[str, ...]
    report: dict[str, Any]
    trail: list[dict[str, Any]] = field(default_factory=list)

    def reads(self, inputs: tuple[Input, ...]) -> bool:
        """Tell whether the content of the files is the same."""
        return [(i.name, i.sha256) for i in self.inputs] == [(i.name, i.sha256) for i in inputs]


@dataclass(slots=True)
class Memory:
    """What a build was made by, from and with; ``folder`` is the version that it made, ``None`` while it is made.

    made_by: hash of the program. options: what was asked for. steps: sources by name. staged: hashes of staged files
    that later steps were made of. counts: what those steps counted. asked: the files and folders that were named, by
    the names that a build has for them.
    """

    made_by: str
    options: dict[str, Any]
    steps: dict[str, Step] = field(default_factory=dict)
    staged: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    folder: Path | None = None
    asked: dict[str, list[str]] = field(default_factory=dict)

    def inputs(self) -> tuple[Input, ...]:
        """Return the files of all steps."""
        return tuple(file for step in self.steps.values() for file in step.inputs)

    def same_inputs(self, inputs: dict[str, tuple[Input, ...]]) -> bool:
        """Tell whether ``inputs``, by step, are what this build was made from."""
        return set(inputs) == set(self.steps) and all(self.steps[name].reads(files) for name, files in inputs.items())

    def file(self, name: str) -> Path:
        """Return where a staged file or a table of the finished build is; ``KeyError`` when it was not kept."""
        assert self.folder is not None, "only a finished build is used again"  # noqa: S101 - a bug, not an input
        for path in (self.folder / name, self.folder / FOLDER / name):
            if path.is_file():
                return path
        raise KeyError(name)

    def save(self, stage: Path, made: tuple[str, ...]) -> None:
        """Move what is staged and no table, and ``made`` after the steps, to a folder of ``stage``."""
        target = stage / FOLDER
        target.mkdir()
        for name in (*(name for step in self.steps.values() for name in step.files), *made):
            if name.removesuffix(".parquet") not in TABLE_NAMES:
                (stage / name).replace(target / name)
        content = {
            "made_by": self.made_by,
            "options": self.options,
            "steps": {name: asdict(step) for name, step in self.steps.items()},
            "staged": self.staged,
            "counts": self.counts,
            "asked": self.asked,
        }
        (target / FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def made_by() -> str:
    """Return a hash of everything that decides, besides the sources, what a build writes: program and libraries."""
    import duckdb
    import pyarrow as pa

    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256(f"{SCHEMA_VERSION} {duckdb.__version__} {pa.__version__}\n".encode())
    for room in ROOMS:
        for path in sorted((package / room).rglob("*.py")) if (package / room).is_dir() else [package / room]:
            digest.update(f"{path.relative_to(package).as_posix()} {sha256_of(path)}\n".encode())
    return digest.hexdigest()


def recall(out: Path, options: dict[str, Any]) -> tuple[Memory, Manifest] | None:
    """Return what the data set at ``out`` remembers, and its manifest; ``None`` if it is of no use for a new build.

    That is: it was made by another program or with other options, or it is damaged or not there.
    """
    try:
        manifest = read_manifest(out)
        folder = out / VERSIONS_NAME / manifest.version
        content = json.loads((folder / FOLDER / FILE).read_text(encoding="utf-8"))
        if any((folder / f"{table.name}.parquet").stat().st_size != table.size for table in manifest.tables):
            return None
        steps = {
            name: Step(tuple(Input(**i) for i in s["inputs"]), tuple(s["files"]), s["report"], s["trail"])
            for name, s in content["steps"].items()
        }
        memory = Memory(content["made_by"], content["options"], steps, content["staged"], content["counts"], folder)
    except (DataError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return (memory, manifest) if (memory.made_by, memory.options) == (made_by(), options) else None


def read_from(out: Path, manifest: Manifest) -> dict[str, tuple[Input, ...]]:
    """Return the files that a data set was made from, by the name of their source; nothing where it is not known."""
    file = out / VERSIONS_NAME / manifest.version / FOLDER / FILE
    try:
        steps = json.loads(file.read_text(encoding="utf-8"))["steps"]
        return {name: tuple(Input(**i) for i in step["inputs"]) for name, step in steps.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def asked_for(out: Path) -> dict[str, list[str]]:
    """Return the files and folders from which the data set at ``out`` was built, whichever program did; ``{}`` if none.

    The names are those of the options of a build, the paths are absolute; a ready mapping has its name.
    """
    try:
        folder = out / VERSIONS_NAME / read_manifest(out).version
        found = json.loads((folder / FOLDER / FILE).read_text(encoding="utf-8"))["asked"]
        return {str(name): [str(path) for path in paths] for name, paths in found.items()}
    except (DataError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def look(paths: list[Path], known: tuple[Input, ...], now_ns: int) -> tuple[Input, ...]:
    """Return the files of ``paths`` (folders: every file in them), by name; hash only those that may have changed."""
    before = {file.path: file for file in known}
    found = []
    for path in filter(Path.exists, paths):
        for member in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            name = f"{path.name}/{member.relative_to(path).as_posix()}" if path.is_dir() else path.name
            place, about = str(member.resolve()), member.stat()
            old = before.get(place)
            same = old and (old.size, old.changed_ns) == (about.st_size, about.st_mtime_ns)
            if not (old and same and old.changed_ns + DOUBT_NS < old.looked_ns):
                old = Input(place, name, about.st_size, about.st_mtime_ns, now_ns, sha256_of(member))
            found.append(Input(place, name, old.size, old.changed_ns, old.looked_ns, old.sha256))
    return tuple(sorted(found, key=lambda file: file.name))


def check_unchanged(inputs: tuple[Input, ...]) -> None:
    """Raise ``DataError`` unless the files are still those that were looked at before they were read."""
    for file in inputs:
        try:
            about = Path(file.path).stat()
            same = (about.st_size, about.st_mtime_ns) == (file.size, file.changed_ns)
        except OSError:
            same = False
        if not same:
            raise DataError(
                f"{file.path} changed while it was read: the data set was not changed",
                hint="build again when nothing writes to it any more",
            )


def source_list(inputs: tuple[Input, ...]) -> tuple[SourceFile, ...]:
    """Return the files as the manifest lists them."""
    files = {file.name: SourceFile(file.name, file.size, file.sha256) for file in inputs}
    return tuple(files[name] for name in sorted(files))


def take(source: Path, target: Path) -> None:
    """Give a file a second name, or, where the file system has no links, a second copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
