"""The manifest of a data set: what it was made of, what is in it, and the hash that names it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screener.errors import DataError
from screener.lake import remote
from screener.lake.files import sha256_of
from screener.lake.remote import Url
from screener.lake.schema import SCHEMA_VERSION, TABLE_NAMES

if TYPE_CHECKING:
    import duckdb

MANIFEST_NAME = "manifest.json"
VERSIONS_NAME = "versions"
_REBUILD = "build it again with `screener data build`"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that the data set was built from; ``size`` in bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table of the data set: rows, size in bytes and hash of its Parquet file."""

    name: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a data set says about itself.

    created: ISO date given by the caller; it is not part of the hash, so the same input gives the same hash.
    kind: ``sec``, ``fsds``, ``simfin`` or ``demo``. report: the build report as a dict. notes: sentences that a
    reader of results should see. previous: the version before this one, kept for readers that still have it open.
    newest: the last day of a ``filing`` and of a ``price`` inside, as ISO text; a demo has none.
    """

    created: str
    kind: str
    sources: tuple[SourceFile, ...] = ()
    tables: tuple[TableFile, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    demo: bool = False
    schema_version: int = SCHEMA_VERSION
    previous: str = ""
    newest: dict[str, str] = field(default_factory=dict)

    @property
    def data_hash(self) -> str:
        """SHA-256 hex digest over the schema version and the hashes of the tables."""
        digest = hashlib.sha256(f"schema {self.schema_version}\n".encode())
        for table in sorted(self.tables, key=lambda table: table.name):
            digest.update(f"{table.name} {table.sha256}\n".encode())
        return digest.hexdigest()

    @property
    def version(self) -> str:
        """Name of the folder in ``versions`` that holds the tables."""
        return self.data_hash[:12]

    def sealed(self, tables: tuple[TableFile, ...], previous: str) -> Manifest:
        """Return the manifest with its tables (and so its hash) and the version that it follows."""
        return replace(self, tables=tables, previous=previous)

    def as_dict(self) -> dict[str, Any]:
        """Return the content of ``manifest.json``."""
        return {
            "schema_version": self.schema_version,
            "created": self.created,
            "kind": self.kind,
            "demo": self.demo,
            "data_hash": self.data_hash,
            "version": self.version,
            "previous": self.previous,
            **({"newest": self.newest} if self.newest else {}),
            "tables": {t.name: {"rows": t.rows, "size": t.size, "sha256": t.sha256} for t in self.tables},
            "sources": [{"name": s.name, "size": s.size, "sha256": s.sha256} for s in self.sources],
            "notes": list(self.notes),
            "report": self.report,
        }

    def dumps(self) -> str:
        """Return ``manifest.json`` as text."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"


def source_files(paths: list[Path]) -> tuple[SourceFile, ...]:
    """Return name, size and hash of the files (folders: of every file in them), in the order of their names."""
    found: list[SourceFile] = []
    for path in paths:
        members = sorted(member for member in path.rglob("*") if member.is_file()) if path.is_dir() else [path]
        for member in members:
            name = f"{path.name}/{member.relative_to(path).as_posix()}" if path.is_dir() else path.name
            found.append(SourceFile(name, member.stat().st_size, sha256_of(member)))
    return tuple(sorted(found, key=lambda source: source.name))


def read_manifest(path: Path | Url) -> Manifest:
    """Read the manifest of the data set at ``path``; ``DataError`` when it is missing, damaged or too new."""
    if isinstance(path, Url):
        import duckdb

        with duckdb.connect() as con:
            remote.load_extension(con, path)
            return fetch_manifest(con, path)
    file = path / MANIFEST_NAME
    if not path.is_dir():
        raise DataError(f"there is no data set at {path}", hint="name a folder made by `screener data build`")
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"{path} is not a data set: it has no {MANIFEST_NAME}", hint=_REBUILD) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read: {error}", hint=_REBUILD) from error
    return _read(text, path, str(file))


def fetch_manifest(con: duckdb.DuckDBPyConnection, url: Url) -> Manifest:
    """Read the manifest of the data set at an address, over a connection that reads such; ``DataError`` as above."""
    return _read(remote.read_text(con, url, MANIFEST_NAME), url, f"{MANIFEST_NAME} of {url}")


def _read(text: str, path: Path | Url, file: str) -> Manifest:
    try:
        content = json.loads(text)
        version = content["schema_version"]
    except (json.JSONDecodeError, RecursionError, KeyError, TypeError) as error:
        raise DataError(f"{file} is damaged", hint=_REBUILD) from error
    if version != SCHEMA_VERSION:
        age = "newer" if isinstance(version, int) and version > SCHEMA_VERSION else "older"
        hint = "update screener, or build the data set again" if age == "newer" else _REBUILD
        raise DataError(
            f"the data set at {path} has a schema {age} than this version of screener can read "
            f"({version}, expected {SCHEMA_VERSION})",
            hint=hint,
        )
    return _parse(content, file)


def _parse(content: dict[str, Any], file: str) -> Manifest:
    try:
        manifest = Manifest(
            created=str(content["created"]),
            kind=str(content["kind"]),
            sources=tuple(SourceFile(str(s["name"]), int(s["size"]), str(s["sha256"])) for s in content["sources"]),
            tables=tuple(
                TableFile(name, int(t["rows"]), int(t["size"]), str(t["sha256"]))
                for name, t in content["tables"].items()
            ),
            report=dict(content["report"]),
            notes=tuple(str(note) for note in content["notes"]),
            demo=bool(content["demo"]),
            schema_version=int(content["schema_version"]),
            previous=str(content["previous"]),
            newest={str(what): str(day) for what, day in content.get("newest", {}).items()},
        )
        declared = content["data_hash"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{file} is damaged: {error!r}", hint=_REBUILD) from error
    if {table.name for table in manifest.tables} != set(TABLE_NAMES):
        raise DataError(f"{file} is damaged: it does not list the tables {', '.join(TABLE_NAMES)}", hint=_REBUILD)
    if declared != manifest.data_hash:
        raise DataError(f"{file} is damaged: its data hash does not match its tables", hint=_REBUILD)
    return manifest
