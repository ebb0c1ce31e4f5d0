"""Where the user's own sheets, names and charts lead into our sheets: what an update cannot keep pointing right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from screener.output.workbook.carry.formulas import pointing, tokens, whole_columns, without_broken
from screener.output.workbook.carry.own import Own
from screener.output.workbook.carry.package import parse, serialize
from screener.output.workbook.carry.sheets import elements, sheets_of
from screener.output.workbook.carry.styles import q

_GIVEN = re.compile(rb"(<(?:\w+:)?f(?: [^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))\s*<(?:\w+:)?v>[^<]*</(?:\w+:)?v>")
_FORMULAS = (q("f"), q("formula"), q("formula1"), q("formula2"), "{*}f")


@dataclass(frozen=True)
class Target:
    """The new list as formulas see it: our sheets and tables, the columns of tables, headings that keep their place.

    sheets: the user's names of our sheets, in lower case. tables: headings in lower case by table in lower case.
    steady: columns of the Shortlist that have the same heading as before. names: our range names that are gone.
    """

    sheets: frozenset[str]
    tables: Mapping[str, frozenset[str]]
    shortlist: str
    steady: frozenset[int]
    names: frozenset[str]


def leads(own: Own, target: Target) -> tuple[list[str], frozenset[str]]:
    """Return sentences on what of the user's will not point as before, and the parts with references that break."""
    said: list[str] = []
    broken: set[str] = set()
    for place, part, formulas in _places(own):
        by_address: Counter[str] = Counter()
        gone: Counter[str] = Counter()
        for formula in formulas:
            found = pointing(formula, target.sheets, target.tables)
            for sheet in {sheet for sheet, area in found.addresses if not _steady(sheet, area, target)}:
                by_address[sheet] += 1
            for table, column in set(found.broken):
                gone[f"{table}[{column}]"] += 1
                broken.add(part)
            gone.update(_gone_names(formula, target))
        said += [
            f"{place}: {count} {'reference' if count == 1 else 'references'} to cells of {sheet} by address, where"
            " another name may stand now; look names up by ticker instead (XLOOKUP with screener_tickers)"
            for sheet, count in sorted(by_address.items())
        ]
        said += [f"{place}: {what} is not on the new list ({count} formulas)" for what, count in sorted(gone.items())]
    return said, frozenset(broken)


def _steady(sheet: str, area: str, target: Target) -> bool:
    """Return whether a reference still finds what it found: whole columns of the Shortlist with the same headings."""
    columns = whole_columns(area)
    if columns is None or sheet.lower() != target.shortlist.lower():
        return False
    return all(column in target.steady for column in range(columns[0], columns[1] + 1))


def _gone_names(formula: str, target: Target) -> list[str]:
    lower = formula.lower()
    if not any(name in lower for name in target.names):
        return []
    return sorted({text for text, refers in tokens(formula) if refers and text.lower() in target.names})


def _places(own: Own) -> Iterator[tuple[str, str, list[str]]]:
    """Yield where formulas of the user's stand, in words, the part, and the formulas."""
    package = own.package
    ours = {sheet.part for sheet in own.sheets.values()}
    for sheet in sheets_of(package):
        if sheet.part in ours:
            continue
        if sheet.kind == "worksheet":
            found = [item.text for item in elements(package.parts[sheet.part], _FORMULAS) if item.text]
            yield f"sheet {sheet.name}", sheet.part, found
        for part in sorted(package.reach([sheet.part])):
            if "/charts/" in part or "/chartEx" in part:
                plotted = [item.text for item in package.tree(part).iter("{*}f") if item.text]
                yield f"a chart on sheet {sheet.name}", part, plotted
    book = package.tree(package.workbook)
    parts = [sheet.part for sheet in sheets_of(package)]
    for item in book.iter(q("definedName")):
        name, scope = item.get("name", ""), item.get("localSheetId")
        is_ours = name.lower() in own.hidden.names or (scope is not None and parts[int(scope)] in ours)
        if not is_ours and item.text:
            yield f"the name {name}", package.workbook, [item.text]
    yield from _pivots(own)


def _pivots(own: Own) -> Iterator[tuple[str, str, list[str]]]:
    for rel in own.package.rels(own.package.workbook):
        if rel.name == "pivotCacheDefinition" and rel.part:
            for source in own.package.tree(rel.part).iter(q("worksheetSource")):
                if source.get("sheet"):
                    sheet = source.get("sheet", "").replace("'", "''")
                    yield "a pivot table", rel.part, [f"'{sheet}'!{source.get('ref', '$A$1')}"]


def touched(own: Own, target: Target) -> frozenset[str]:
    """Return the parts of the user's sheets whose formulas may give something else now.

    They name something of ours, or a sheet or name that does. Words are looked for, not references: a sheet too many
    costs nothing.
    """
    words = {*target.sheets, *target.tables, *own.hidden.names}
    book = own.package.tree(own.package.workbook)
    held = {item.get("name", "").lower(): (item.text or "").lower() for item in book.iter(q("definedName"))}
    ours = {sheet.part for sheet in own.sheets.values()}
    sheets = [sheet for sheet in sheets_of(own.package) if sheet.part not in ours and sheet.kind == "worksheet"]
    formulas = {sheet: _said(own.package.parts[sheet.part]) for sheet in sheets}
    found: set[str] = set()
    grown = True
    while grown:
        names = {name for name, text in held.items() if any(word in text for word in words)} - words
        more = {sheet for sheet in sheets if sheet.part not in found and any(word in formulas[sheet] for word in words)}
        found |= {sheet.part for sheet in more}
        grown = bool(names or more)
        words |= names | {sheet.name.lower() for sheet in more}
    return frozenset(found)


def _said(content: bytes) -> str:
    return "\n".join(item.text for item in elements(content, (q("f"),)) if item.text).replace("''", "'").lower()


def uncomputed(content: bytes) -> bytes:
    """Return a sheet without what its formulas gave before: LibreOffice shows that as it is, and computes the rest."""
    return _GIVEN.sub(rb"\1", content)


def mended(content: bytes, part: str, tables: Mapping[str, frozenset[str]]) -> bytes:
    """Return a part with ``#REF!`` where formulas lead to columns that are gone: else Excel refuses the file."""
    root = parse(content, part)
    for item in root.iter(*_FORMULAS, q("definedName")):
        if item.text and pointing(item.text, frozenset(), tables).broken:
            item.text = without_broken(item.text, tables)
    return serialize(root)
