"""Parts of a workbook's zip taken out and put in, with the lists that speak of them: relationships, content types."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.output.workbook.carry.inject import Numbers, set_dxfs
from screener.output.workbook.carry.package import (
    PACKAGE,
    RELATED,
    TYPES,
    TYPES_PART,
    Package,
    UnreadableError,
    content_type,
    lxml_etree,
    parse,
    rels_name,
    serialize,
)
from screener.output.workbook.carry.styles import q

if TYPE_CHECKING:
    from lxml.etree import _Element

STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_EMPTY_RELS = f'<Relationships xmlns="{PACKAGE}"/>'.encode()


def remove(package: Package, sheets: Iterable[str]) -> None:
    """Take sheets out, with all parts that they alone lead to, and the order of computing, which is made anew."""
    gone = frozenset(sheets)
    book = package.workbook
    chains = frozenset(rel.part for rel in package.rels(book) if rel.name == "calcChain" and rel.part)
    caches = _idle_caches(package, gone)
    kept = package.reach([rel.part for rel in package.rels("") if rel.part], without=gone | chains | caches)
    lost = (package.reach(gone) | package.reach(caches) | chains) - kept
    _unrelate(package, book, gone | chains | caches)
    for name in lost:
        for part in (name, rels_name(name)):
            found = package.actual(part)
            if found:
                del package.parts[found]
    root = package.tree(TYPES_PART)
    for item in list(root.iter(f"{{{TYPES}}}Override")):
        if item.get("PartName", "").lstrip("/").lower() in {name.lower() for name in lost}:
            root.remove(item)
    package.put(TYPES_PART, serialize(root))


def _idle_caches(package: Package, gone: frozenset[str]) -> frozenset[str]:
    """Return what the workbook keeps for pivots and slicers of the sheets that go alone; slicers elsewhere stop us."""
    book = package.workbook
    lost, stay = package.reach(gone), package.reach([rel.part for rel in package.rels(book) if rel.part], without=gone)
    idle: set[str] = set()
    for rel in package.rels(book):
        if rel.name == "pivotCacheDefinition" and rel.part:
            users = {part for part in lost | stay if "/pivotTables/" in part and rel.part in _targets(package, part)}
            if users and users <= lost - stay:
                idle.add(rel.part)
        elif rel.name == "slicerCache" and rel.part and _filters(package, rel.part, lost):
            name = package.tree(rel.part).get("name", "")
            if any(name in _slicers(package, part) for part in stay if "/slicers/" in part):
                raise UnreadableError(
                    f"a slicer ({name}) on a sheet of your own filters a table of the list", hint="delete that slicer"
                )
            idle.add(rel.part)
    return frozenset(idle)


def _targets(package: Package, part: str) -> set[str]:
    return {rel.part for rel in package.rels(part)}


def _filters(package: Package, cache: str, lost: set[str]) -> bool:
    """Return whether a slicer's cache is that of a table in ``lost``."""
    tables = {package.tree(part).get("id") for part in lost if "/tables/" in part}
    used = list(package.tree(cache).iter("{*}tableSlicerCache"))
    return any(item.get("tableId") in tables for item in used)


def _slicers(package: Package, part: str) -> set[str]:
    return {item.get("cache", "") for item in package.tree(part).iter("{*}slicer")}


def _unrelate(package: Package, part: str, gone: frozenset[str]) -> None:
    """Take the relationships to ``gone`` out, and what in the workbook speaks of them by their ids."""
    ids = {rel.id for rel in package.rels(part) if rel.part in gone}
    name = package.actual(rels_name(part))
    root = package.tree(name)
    for item in list(root):
        if isinstance(item.tag, str) and item.get("Id") in ids:
            root.remove(item)
    package.put(name, serialize(root))
    book = package.tree(part)
    for item in list(book.iter("{*}pivotCache", "{*}slicerCache")):
        if item.get(f"{{{RELATED}}}id") in ids:
            _take_out(item)
    package.put(part, serialize(book))


def _take_out(item: _Element) -> None:
    """Take an element out, and those around it that are empty without it."""
    while (parent := item.getparent()) is not None:
        parent.remove(item)
        if len(parent) or parent.getparent() is None:
            return
        item = parent


def free_ids(package: Package, part: str, count: int) -> list[str]:
    """Return ids for relationships that the part does not have."""
    taken = {rel.id for rel in package.rels(part)}
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        if f"rId{number}" not in taken:
            found.append(f"rId{number}")
    return found


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship to add: to the part ``target``, or to an address outside."""

    id: str
    kind: str
    target: str
    external: bool = False


def relate(package: Package, part: str, links: Iterable[Link]) -> None:
    """Add relationships of ``part``."""
    added = list(links)
    if not added:
        return
    name = package.actual(rels_name(part)) or rels_name(part)
    root = parse(package.parts.get(name, _EMPTY_RELS), name)
    for link in added:
        to = link.target if link.external else posixpath.relpath("/" + link.target, "/" + posixpath.dirname(part))
        item = lxml_etree().SubElement(root, f"{{{PACKAGE}}}Relationship", Id=link.id, Type=link.kind, Target=to)
        if link.external:
            item.set("TargetMode", "External")
    package.put(name, serialize(root))


def declare(package: Package, part: str, kind: str) -> None:
    """Give a part its content type."""
    if content_type(package, part) == kind:
        return
    root = package.tree(TYPES_PART)
    suffix = part.rpartition(".")[2]
    known = {item.get("Extension", "").lower() for item in root.iter(f"{{{TYPES}}}Default")}
    if suffix != "xml" and suffix not in known:
        root.insert(0, lxml_etree().Element(f"{{{TYPES}}}Default", Extension=suffix, ContentType=kind))
    else:
        lxml_etree().SubElement(root, f"{{{TYPES}}}Override", PartName=f"/{part}", ContentType=kind)
    package.put(TYPES_PART, serialize(root))


def add_strings(package: Package) -> str:
    """Add a part for shared texts to a workbook that has none; return its name."""
    part = "xl/sharedStrings.xml"
    package.put(part, b"")
    declare(package, part, STRINGS)
    book = package.workbook
    relate(package, book, [Link(free_ids(package, book, 1)[0], f"{RELATED}/sharedStrings", part)])
    return part


def tables_of(package: Package) -> dict[str, _Element]:
    """Return the tables of a workbook by part."""
    found = {}
    for part, content in package.parts.items():
        if "/tables/" in part and part.endswith(".xml") and content:
            root = parse(content, part)
            if root.tag == q("table"):
                found[part] = root
    return found


def table_beside(old: Package, content: bytes, part: str, numbers: Numbers) -> bytes:
    """Return a table of ours with a number and a name that no other table, and no defined name, has."""
    others = tables_of(old)
    root = parse(content, part)
    ids = {int(other.get("id", "0")) for other in others.values()}
    names = {other.get("displayName", "").lower() for other in others.values()}
    names |= {item.get("name", "").lower() for item in old.tree(old.workbook).iter(q("definedName"))}
    if int(root.get("id", "0")) in ids:
        root.set("id", str(max(ids) + 1))
    name, number = root.get("displayName", ""), 1
    while root.get("displayName", "").lower() in names:
        number += 1
        root.set("displayName", f"{name}_{number}")
        root.set("name", f"{name}_{number}")
    set_dxfs(root, numbers.dxfs)
    return serialize(root)
