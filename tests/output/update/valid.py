"""What makes Excel offer to repair a workbook, as far as it is known, looked for in the parts of the file.

The rules are those of ECMA-376 (part 1: 12.3, 18.2, 18.3, 18.5, 18.8; part 2: 9 and 10) and of Excel's own refusals:
tables of one name, headings that differ from their table's, places in lists that are too short.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from lxml import etree
from openpyxl.formula.tokenizer import Token, Tokenizer
from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WORKBOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "workbookProtection", "bookViews",
    "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews",
    "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
SHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst",
)  # fmt: skip
STYLE_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors",
    "extLst",
)  # fmt: skip


class Book:
    """The parts of a workbook and what is wrong with them."""

    def __init__(self, content: bytes) -> None:
        self.wrong: list[str] = []
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            self.parts = {name: archive.read(name) for name in names}
        self.say(len(names) == len(set(names)), "two parts of one name")
        self.trees: dict[str, Any] = {}
        for name, part in self.parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                self.trees[name] = etree.fromstring(part)

    def say(self, right: bool, what: str) -> None:
        """Note what is wrong, unless it is right."""
        if not right:
            self.wrong.append(what)

    def rels(self, part: str) -> dict[str, tuple[str, str]]:
        """Return (kind, part or address) by id."""
        folder, name = posixpath.split(part)
        root = self.trees.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for item in [] if root is None else root:
            target = item.get("Target")
            if item.get("TargetMode") != "External" and not target.startswith("#"):
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[item.get("Id")] = (item.get("Type").rpartition("/")[2], target)
        return found


def problems(content: bytes) -> list[str]:
    """Return all that is wrong with a workbook, an empty list for a sound one."""
    book = Book(content)
    _types(book)
    _relations(book)
    (workbook,) = [target for kind, target in book.rels("").values() if kind == "officeDocument"]
    sheets = _workbook(book, workbook)
    styles = _styles(book, workbook)
    strings = _strings(book, workbook)
    tables = _tables(book)
    for name, part in sheets.items():
        _sheet(book, name, part, styles, strings)
        _comments(book, part)
        _sheet_tables(book, part, strings)
    _formulas(book, sheets, tables)
    return book.wrong


def _types(book: Book) -> None:
    root = book.trees["[Content_Types].xml"]
    overrides = [item.get("PartName").lstrip("/") for item in root if item.tag.endswith("}Override")]
    defaults = [item.get("Extension").lower() for item in root if item.tag.endswith("}Default")]
    book.say(len(set(overrides)) == len(overrides), f"a part has two types: {sorted(overrides)}")
    book.say(len(set(defaults)) == len(defaults), "a suffix has two types")
    for name in overrides:
        book.say(name in book.parts, f"a type for a part that is not there: {name}")
    for name in book.parts:
        if name != "[Content_Types].xml":
            book.say(name in overrides or name.rpartition(".")[2].lower() in defaults, f"no type for {name}")


def _relations(book: Book) -> None:
    reached, waiting = set(), [""]
    while waiting:
        part = waiting.pop()
        for kind, target in book.rels(part).values():
            known = target in book.parts
            outside = kind == "hyperlink" or "://" in target or kind.startswith("external")
            book.say(known or outside, f"{part} leads to {target}, which is not there")
            if known and target not in reached:
                reached.add(target)
                waiting.append(target)
    for name, tree in book.trees.items():
        folder, leaf = posixpath.split(name)
        if name.endswith(".rels"):
            source = posixpath.join(posixpath.dirname(folder), leaf.removesuffix(".rels"))
            book.say(name == "_rels/.rels" or source in book.parts, f"{name} has no source")
            ids = [item.get("Id") for item in tree]
            book.say(len(ids) == len(set(ids)), f"{name} has an id twice")
        elif name != "[Content_Types].xml":
            book.say(name in reached, f"nothing leads to {name}")
            for item in tree.iter():
                for key, value in item.attrib.items():
                    if key.startswith(R) and value:
                        book.say(value in book.rels(name), f"{name}: no relationship {value}")
            ignorable = tree.get(f"{MC}Ignorable", "").split()
            book.say(set(ignorable) <= set(tree.nsmap), f"{name}: undeclared prefix in {ignorable}")


def _order(book: Book, name: str, root: Any, order: tuple[str, ...]) -> None:
    tags = [item.tag.rpartition("}")[2] for item in root if isinstance(item.tag, str)]
    book.say(set(tags) <= set(order), f"{name}: unknown children {set(tags) - set(order)}")
    places = [order.index(tag) for tag in tags if tag in order]
    book.say(places == sorted(places), f"{name}: children in the wrong order {tags}")
    single = Counter(tag for tag in tags if tag != "conditionalFormatting")
    book.say(max(single.values(), default=0) <= 1, f"{name}: a child twice {tags}")


def _workbook(book: Book, part: str) -> dict[str, str]:
    root = book.trees[part]
    _order(book, part, root, WORKBOOK_ORDER)
    items = list(root.find(f"{MAIN}sheets"))
    names = [item.get("name") for item in items]
    book.say(len({name.lower() for name in names}) == len(names), f"two sheets of one name: {names}")
    for name in names:
        book.say(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name), f"no name for a sheet: {name}")
    ids = [item.get("sheetId") for item in items]
    book.say(len(ids) == len(set(ids)), f"two sheets of one number: {ids}")
    rels = book.rels(part)
    kinds = [kind for kind, _ in rels.values()]
    book.say("calcChain" not in kinds, "an order of computing that may name cells which are gone")
    for view in root.iter(f"{MAIN}workbookView"):
        active = int(view.get("activeTab", "0"))
        book.say(active < len(items), f"the active sheet {active} is not there")
        book.say(items[active].get("state", "visible") == "visible", "the active sheet is hidden")
    seen = Counter((item.get("name").lower(), item.get("localSheetId")) for item in root.iter(f"{MAIN}definedName"))
    book.say(max(seen.values(), default=0) <= 1, f"a name twice: {seen.most_common(2)}")
    for item in root.iter(f"{MAIN}definedName"):
        scope = item.get("localSheetId")
        book.say(scope is None or int(scope) < len(items), f"{item.get('name')}: no sheet {scope}")
        if scope is not None and item.get("name").startswith("_xlnm.") and int(scope) < len(names):
            sheet = (item.text or "").rpartition("!")[0].strip("'").replace("''", "'")
            book.say(sheet.endswith(names[int(scope)]), f"{item.get('name')} of {names[int(scope)]} is {item.text}")
    found = {}
    for item in items:
        kind, target = rels[item.get(f"{R}id")]
        if kind == "worksheet":
            found[item.get("name")] = target
    return found


def _styles(book: Book, workbook: str) -> tuple[int, int]:
    (part,) = [target for kind, target in book.rels(workbook).values() if kind == "styles"]
    root = book.trees[part]
    _order(book, part, root, STYLE_ORDER)
    sizes = {}
    for section in root:
        name = section.tag.rpartition("}")[2]
        sizes[name] = len([item for item in section if isinstance(item.tag, str)])
        if section.get("count") is not None:
            book.say(int(section.get("count")) == sizes[name], f"{name}: {section.get('count')} of {sizes[name]}")
    custom = [item.get("numFmtId") for item in root.iter(f"{MAIN}numFmt") if item.getparent().tag == f"{MAIN}numFmts"]
    book.say(len(custom) == len(set(custom)), "two number formats of one number")
    known = {int(number) for number in custom} | set(BUILTIN_FORMATS) | set(range(50))
    lists = (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders"), ("xfId", "cellStyleXfs"))
    for item in root.iter(f"{MAIN}xf"):
        for name, section in lists:
            book.say(int(item.get(name, "0")) < max(1, sizes.get(section, 1)), f"{name} {item.get(name)} is not there")
        book.say(int(item.get("numFmtId", "0")) in known, f"number format {item.get('numFmtId')} is not there")
    styles = list(root.iter(f"{MAIN}cellStyle"))
    names = [item.get("name") for item in styles]
    book.say(len(names) == len(set(names)), f"two styles of one name: {names}")
    for item in styles:
        book.say(int(item.get("xfId")) < sizes["cellStyleXfs"], f"style {item.get('name')} is not there")
    return sizes["cellXfs"], sizes.get("dxfs", 0)


def _strings(book: Book, workbook: str) -> list[str] | None:
    parts = [target for kind, target in book.rels(workbook).values() if kind == "sharedStrings"]
    if not parts:
        return None
    root = book.trees[parts[0]]
    items = root.findall(f"{MAIN}si")
    book.say(int(root.get("uniqueCount", len(items))) == len(items), "sst uniqueCount")
    return ["".join(item.itertext(f"{MAIN}t")) for item in items]


def _place(text: str) -> tuple[int, int]:
    column, row, _, _ = range_boundaries(text)
    return row, column


def _sheet(book: Book, name: str, part: str, styles: tuple[int, int], strings: list[str] | None) -> None:
    root = book.trees[part]
    _order(book, part, root, SHEET_ORDER)
    places = []
    for row in root.iter(f"{MAIN}row"):
        book.say(int(row.get("s", "0")) < styles[0], f"{name}: row format {row.get('s')}")
        for cell in row:
            places.append(_place(cell.get("r")))
            book.say(places[-1][0] == int(row.get("r")), f"{name}: {cell.get('r')} in row {row.get('r')}")
            book.say(int(cell.get("s", "0")) < styles[0], f"{name}: format {cell.get('s')} of {cell.get('r')}")
            if cell.get("t") == "s":
                place = int(cell.findtext(f"{MAIN}v"))
                book.say(strings is not None and place < len(strings), f"{name}: text {place} of {cell.get('r')}")
    book.say(places == sorted(set(places)), f"{name}: cells out of order or twice")
    for item in root.iter(f"{MAIN}col"):
        book.say(int(item.get("style", "0")) < styles[0], f"{name}: format of a column")
    ends = [(int(item.get("min")), int(item.get("max"))) for item in root.iter(f"{MAIN}col")]
    book.say(all(a[1] < b[0] for a, b in pairwise(ends)), f"{name}: columns overlap {ends}")
    for rule in root.iter(f"{MAIN}cfRule"):
        book.say(int(rule.get("dxfId", "-1")) < styles[1], f"{name}: conditional format {rule.get('dxfId')}")
    for section in root.iter(f"{MAIN}dataValidations", f"{MAIN}tableParts"):
        book.say(int(section.get("count", len(section))) == len(section), f"{name}: count of {section.tag}")
    links = [item.get("ref") for item in root.iter(f"{MAIN}hyperlink")]
    book.say(len(links) == len(set(links)), f"{name}: two links in one cell")


def _tables(book: Book) -> dict[str, set[str]]:
    tables = [tree for tree in book.trees.values() if tree.tag == f"{MAIN}table"]
    ids = [tree.get("id") for tree in tables]
    book.say(len(ids) == len(set(ids)), f"two tables of one number: {ids}")
    names = [tree.get("displayName").lower() for tree in tables]
    defined = [item.get("name").lower() for tree in book.trees.values() for item in tree.iter(f"{MAIN}definedName")]
    book.say(len(set(names)) == len(names), f"two tables of one name: {names}")
    book.say(not set(names) & set(defined), f"a table and a name are called {set(names) & set(defined)}")
    return {
        tree.get("displayName").lower(): {_heading(item) for item in tree.iter(f"{MAIN}tableColumn")} for tree in tables
    }


def _heading(item: Any) -> str:
    return re.sub(r"_x([0-9a-fA-F]{4})_", lambda found: chr(int(found[1], 16)), item.get("name")).lower()


def _sheet_tables(book: Book, part: str, strings: list[str] | None) -> None:
    cells = {item.get("r"): item for item in book.trees[part].iter(f"{MAIN}c")}
    for kind, target in book.rels(part).values():
        tree = book.trees.get(target)
        if kind != "table" or tree is None:
            continue
        left, top, right, _ = range_boundaries(tree.get("ref"))
        columns = list(tree.iter(f"{MAIN}tableColumn"))
        book.say(len(columns) == right - left + 1, f"{target}: {len(columns)} columns in {tree.get('ref')}")
        ids = [item.get("id") for item in columns]
        book.say(len(ids) == len(set(ids)), f"{target}: two columns of one number")
        headings = [_heading(item) for item in columns]
        book.say(len(set(headings)) == len(headings), f"{target}: two columns of one name: {headings}")
        for at, heading in enumerate(headings):
            cell = cells.get(f"{_letters(left + at)}{top}")
            said = "" if cell is None else _text(cell, strings)
            book.say(said.lower() == heading, f"{target}: the heading {said!r} is {heading!r} in the table")


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def _text(cell: Any, strings: list[str] | None) -> str:
    value = cell.findtext(f"{MAIN}v")
    if cell.get("t") == "s" and strings is not None:
        return strings[int(value)]
    return "".join(cell.itertext(f"{MAIN}t")) or (value or "")


def _comments(book: Book, part: str) -> None:
    kinds = dict(book.rels(part).values())
    if "comments" in kinds:
        refs = [item.get("ref") for item in book.trees[kinds["comments"]].iter(f"{MAIN}comment")]
        book.say(len(refs) == len(set(refs)), f"{part}: two comments on one cell")
        book.say(book.trees[part].find(f"{MAIN}legacyDrawing") is not None, f"{part}: comments without boxes")


def _texts(book: Book) -> Iterator[tuple[str, str]]:
    for name, tree in book.trees.items():
        tags = [f"{MAIN}{tag}" for tag in ("f", "formula", "formula1", "formula2", "definedName")]
        tags.append("{http://schemas.openxmlformats.org/drawingml/2006/chart}f")
        for item in tree.iter(*tags):
            if item.text:
                yield name, item.text


def _formulas(book: Book, sheets: dict[str, str], tables: dict[str, set[str]]) -> None:
    known = {name.lower() for name in sheets}
    for place, formula in _texts(book):
        for token in Tokenizer(f"={formula}").items:
            if token.type != Token.OPERAND or token.subtype != Token.RANGE:
                continue
            sheet = token.value.rpartition("!")[0]
            sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            book.say(not sheet or "[" in sheet or sheet.lower() in known, f"{place}: no sheet for {formula}")
            match = re.fullmatch(r"(\w+)(\[.*\])", token.value)
            if match:
                book.say(match[1].lower() in tables, f"{place}: no table for {formula}")
                named = re.findall(r"\[([^\[\]#@][^\[\]]*)\]", match[2])
                for column in named:
                    book.say(column.lower() in tables.get(match[1].lower(), ()), f"{place}: no column for {formula}")
