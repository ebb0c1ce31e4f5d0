"""A workbook as the zip of parts that it is: read with limits, related parts followed, written the same way twice."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screener.errors import OutputError

if TYPE_CHECKING:
    from lxml.etree import _Element

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
TYPES_PART = "[Content_Types].xml"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
STRICT = b"http://purl.oclc.org/ooxml/"

# What an honest workbook of 50,000 names needs, several times over; a zip that unpacks to more is refused.
MOST_BYTES = 2_000_000_000
MOST_PARTS = 20_000
MOST_RATIO = 400  # of a part's unpacked to its packed size, where it is larger than RATIO_FROM
RATIO_FROM = 50_000_000
_OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")
_EPOCH = (1980, 1, 1, 0, 0, 0)
MISSING = "updating a workbook needs the libraries openpyxl and lxml"
INSTALL = "pip install 'screener[spreadsheets]'"


class UnreadableError(OutputError):
    """The old workbook is not one that an update can read."""


@contextmanager
def reading() -> Iterator[None]:
    """Turn what a reader trips over in a file that no spreadsheet program wrote into UnreadableError."""
    try:
        yield
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise UnreadableError(
            f"the workbook is damaged, or written by a program that does it in its own way ({error})",
            hint="open it in Excel or LibreOffice, save it as .xlsx, and run again",
        ) from error


@dataclass(frozen=True, slots=True)
class Rel:
    """A relationship of a part: ``part`` is the name of the part that it leads to, ``""`` for one outside the file."""

    id: str
    kind: str
    target: str
    part: str

    @property
    def name(self) -> str:
        """Return the last word of the relationship's type, such as ``worksheet``."""
        return self.kind.rpartition("/")[2]


class Package:
    """The parts of a workbook by name, without a leading slash, in the order of the file."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self._actual = {name.lower(): name for name in parts}

    def actual(self, name: str) -> str:
        """Return the name as it is written in the zip: part names differ by more than case; ``""`` for none."""
        found = self._actual.get(name.lower(), "")
        return found if found in self.parts else ""

    def put(self, name: str, content: bytes) -> None:
        """Add or replace a part."""
        self.parts[name] = content
        self._actual[name.lower()] = name

    def tree(self, name: str) -> _Element:
        """Return the root of an XML part; UnreadableError when it is missing or is not XML."""
        actual = self.actual(name)
        if not actual:
            raise UnreadableError(f"a part of the workbook is missing: {name or 'its formats'}")
        return parse(self.parts[actual], actual)

    def rels(self, part: str) -> list[Rel]:
        """Return the relationships of a part (``""``: of the package), none when it has no list of them."""
        name = self.actual(rels_name(part))
        if not name:
            return []
        return [_rel(item, part, self) for item in parse(self.parts[name], name).iter(f"{{{PACKAGE}}}Relationship")]

    def reach(self, roots: Iterable[str], *, without: frozenset[str] = frozenset()) -> set[str]:
        """Return the parts that can be reached from ``roots``, themselves included, not passing ``without``."""
        found: set[str] = set()
        waiting = [root for root in roots if root not in without]
        while waiting:
            part = waiting.pop()
            if part in found:
                continue
            found.add(part)
            waiting += [rel.part for rel in self.rels(part) if rel.part and rel.part not in without]
        return found

    @property
    def workbook(self) -> str:
        """Return the name of the workbook's own part."""
        for rel in self.rels(""):
            if rel.name == "officeDocument" and rel.part:
                return rel.part
        raise UnreadableError("the file is a zip, but not a workbook")

    def free(self, like: str) -> str:
        """Return a name after ``like``, with another number, that no part has."""
        stem, dot, suffix = like.rpartition(".")
        stem = stem.rstrip("0123456789")
        number = 1
        while self.actual(f"{stem}{number}{dot}{suffix}"):
            number += 1
        return f"{stem}{number}{dot}{suffix}"


def rels_name(part: str) -> str:
    """Return the name of the part that lists the relationships of ``part``."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _rel(item: _Element, part: str, package: Package) -> Rel:
    target = item.get("Target", "")
    if item.get("TargetMode") == "External" or target.startswith("#"):
        return Rel(item.get("Id", ""), item.get("Type", ""), target, "")
    path = target.partition("#")[0]
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), path)).lstrip("/")
    return Rel(item.get("Id", ""), item.get("Type", ""), target, package.actual(joined))


def parse(content: bytes, name: str) -> _Element:
    """Return the root of ``content``; entities, other files and document types are refused, not followed."""
    etree = lxml_etree()
    try:
        # For files that nobody vouches for.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"the part {name} of the workbook is damaged: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError(f"the part {name} of the workbook declares a document type", hint="save it anew in Excel")
    return root


def lxml_etree() -> Any:
    """Return ``lxml.etree``; OutputError, with what to install, where it is missing."""
    try:
        from lxml import etree
    except ImportError as error:
        raise OutputError(MISSING, hint=INSTALL) from error
    return etree


def need_libraries() -> None:
    """Raise OutputError, with what to install, where one of the libraries is missing."""
    lxml_etree()
    try:
        import openpyxl  # noqa: F401 - asked for before any work is done
    except ImportError as error:
        raise OutputError(MISSING, hint=INSTALL) from error


def serialize(root: _Element) -> bytes:
    """Return an XML part as bytes, with the declaration that spreadsheets write."""
    made: bytes = lxml_etree().tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def canonical(item: _Element) -> bytes:
    """Return what two elements that say the same have in common."""
    made: bytes = lxml_etree().tostring(item, method="c14n", exclusive=True, with_tail=False)
    return made


def put_in_order(root: _Element, element: _Element, order: Sequence[str], unknown: int) -> None:
    """Put an element after those that the schema has before it, and after its like.

    order: the tags of the children of ``root``, without namespace. unknown: the place in it of tags that it lacks.
    """

    def rank(item: _Element) -> int:
        name = item.tag.rpartition("}")[2]
        return order.index(name) if name in order else unknown

    before = [item for item in root if isinstance(item.tag, str) and rank(item) <= rank(element)]
    root.insert(root.index(before[-1]) + 1 if before else 0, element)


def read_package(content: bytes) -> Package:
    """Return the parts of a workbook; UnreadableError for other files, and for what is locked or a zip bomb."""
    if content.startswith(_OLD_FORMAT):
        raise UnreadableError(
            "the workbook is locked with a password, or of the old .xls kind", hint="save it as .xlsx, without one"
        )
    try:
        package = Package(_unpack(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, RuntimeError) as error:
        raise UnreadableError(f"the file is not a workbook, or is damaged: {error}", hint="is it an .xlsx?") from error
    if not package.actual(TYPES_PART):
        raise UnreadableError("the file is a zip, but not a workbook", hint="is it an .xlsx?")
    _check(package)
    return package


def _unpack(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = [info for info in archive.infolist() if not info.is_dir()]
        names = [info.filename for info in found]
        if any(info.flag_bits & 1 for info in found):
            raise UnreadableError("the workbook is locked with a password", hint="save it without one")
        if len({name.lower() for name in names}) < len(names):
            raise UnreadableError("the file holds two parts of one name: it is damaged")
        if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise UnreadableError("the file holds parts that point outside of it")
        large = [info for info in found if info.file_size > RATIO_FROM]
        packed = any(info.file_size > MOST_RATIO * max(1, info.compress_size) for info in large)
        if len(found) > MOST_PARTS or sum(info.file_size for info in found) > MOST_BYTES or packed:
            raise UnreadableError("the file unpacks to more than any workbook needs: it is not read")
        # A part that lies about its size is cut at it, and then fails its checksum.
        return {info.filename: archive.read(info) for info in found}


def _check(package: Package) -> None:
    for name, content in package.parts.items():
        if name.endswith((".xml", ".rels", ".vml")) and b"<!DOCTYPE" in content[:4096]:
            raise UnreadableError(
                f"the part {name} of the workbook declares a document type", hint="save it anew in Excel"
            )
    workbook = package.workbook
    if STRICT in package.parts[workbook][:4096]:
        raise UnreadableError(
            "the workbook is of the kind 'Strict Open XML'", hint="save it as an ordinary Excel workbook (.xlsx)"
        )
    if content_type(package, workbook) != WORKBOOK_TYPE or any(
        rel.name == "vbaProject" for rel in package.rels(workbook)
    ):
        raise UnreadableError("the file has macros or is a template: an update does not touch it", hint="save as .xlsx")


def content_type(package: Package, part: str) -> str:
    """Return the content type of a part, ``""`` when it has none."""
    root = package.tree(TYPES_PART)
    for item in root.iter(f"{{{TYPES}}}Override"):
        if item.get("PartName", "").lstrip("/").lower() == part.lower():
            return str(item.get("ContentType", ""))
    suffix = part.rpartition(".")[2].lower()
    for item in root.iter(f"{{{TYPES}}}Default"):
        if item.get("Extension", "").lower() == suffix:
            return str(item.get("ContentType", ""))
    return ""


def pack(package: Package) -> bytes:
    """Return the zip of the parts, the list of content types first; the same parts give the same bytes."""
    buffer = io.BytesIO()
    first = (TYPES_PART, "_rels/.rels")
    names = [*(name for name in first if name in package.parts), *(n for n in package.parts if n not in first)]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, package.parts[name])
    return buffer.getvalue()
