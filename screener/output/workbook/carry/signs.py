"""What the user put onto our sheets that a new list has no place for, each as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from screener.output.workbook import layout
from screener.output.workbook.carry.book import counts_from_1904
from screener.output.workbook.carry.dress import read_comments
from screener.output.workbook.carry.formulas import normal
from screener.output.workbook.carry.match import NOTES, SHOWN
from screener.output.workbook.carry.own import Own
from screener.output.workbook.carry.package import Package, UnreadableError
from screener.output.workbook.carry.sheets import SheetRef, areas_of, filled, letters, sheets_of
from screener.output.workbook.carry.styles import q, styles_part
from screener.output.workbook.styles import FILLS

MOST_PLACES = 8  # cells that a sentence lists
NOBODY = ("", "None")  # the author of our comments, as openpyxl stores it too
_OUR_FILLS = frozenset(f"rgb {colour.lstrip('#')}" for colour in FILLS)
_KINDS = {
    "pivotTable": "a pivot table",
    "slicer": "a slicer",
    "threadedComment": "a conversation (its text is kept as a comment, if it is in a column of yours)",
    "oleObject": "an embedded object",
    "control": "a control",
    "ctrlProp": "a control",
    "image": "a background picture",
}


def check(package: Package) -> None:
    """Raise UnreadableError for a workbook whose days would be shifted by four years."""
    if counts_from_1904(package.tree(package.workbook)):
        raise UnreadableError(
            "the workbook counts its days from 1904", hint="turn the 1904 date system off in Excel's options, and save"
        )


def signs(own: Own, new: Package) -> list[str]:
    """Return sentences on what is not carried over from our sheets."""
    made = {sheet.name: sheet for sheet in sheets_of(new)}
    said = [*_loose(own), *_coloured(own)]
    for name, sheet in own.sheets.items():
        if name == layout.HIDDEN:
            continue
        said += _attached(own.package, sheet, new, made.get(name))
        if name not in (layout.SHORTLIST, layout.LEFT_SHEET) and name in made:
            said += _beside(own, sheet, new, made[name])
    return said + _comments(own)


def listed(places: Sequence[str]) -> str:
    """Return so many of ``places`` as a reader wants to see, and how many there are more."""
    more = len(places) - MOST_PLACES
    return ", ".join(places[:MOST_PLACES]) + (f" and {more} more" if more > 0 else "")


def _loose(own: Own) -> list[str]:
    tables = [own.shortlist, *([own.left] if own.left is not None else [])]
    return [
        f"cells of {table.sheet.name} that stand beside the list, under no heading: {listed(table.loose)}"
        for table in tables
        if table.loose
    ]


def _coloured(own: Own) -> list[str]:
    """Return which cells of our columns the user filled with a colour: one that we give no cell."""
    foreign = {place for place, fill in _fills(own.package) if fill and fill not in _OUR_FILLS}
    mine = {NOTES, *(normal(text) for text in own.own)}
    rows = {line.row for line in own.shortlist.lines}
    found = {place for style in foreign for place in own.shortlist.styles.get(style, ()) if place[0] in rows}
    for line in own.shortlist.lines:
        named = (cell for heading, cell in line.cells.items() if heading not in mine)
        found |= {(cell.row, cell.column) for cell in named if cell.style in foreign}
    cells = sorted(found)
    places = [f"{letters(column)}{row}" for row, column in cells]
    return [f"the colours of cells of {own.shortlist.sheet.name}: {listed(places)}"] if places else []


def _fills(package: Package) -> list[tuple[int, str]]:
    """Return each cell format of a workbook with the colour that it fills a cell with, ``""`` for none."""
    root = package.tree(styles_part(package))
    colours = []
    for fill in root.iterfind(f"{q('fills')}/{q('fill')}"):
        pattern = fill.find(q("patternFill"))
        colour = pattern.find(q("fgColor")) if pattern is not None and pattern.get("patternType") == "solid" else None
        said = "" if colour is None else str(sorted(colour.attrib.items()))
        colours.append(
            f"rgb {colour.get('rgb', '')[-6:].upper()}" if colour is not None and colour.get("rgb") else said
        )
    formats = root.iterfind(f"{q('cellXfs')}/{q('xf')}")
    return [(place, colours[int(item.get("fillId", "0"))]) for place, item in enumerate(formats)]


def _attached(package: Package, sheet: SheetRef, new: Package, made: SheetRef | None) -> list[str]:
    """Return what hangs on a sheet of ours that we did not hang there."""
    kinds = {_KINDS[rel.name] for rel in package.rels(sheet.part) if rel.name in _KINDS}
    said = [f"{kind} on {sheet.name}" for kind in sorted(kinds)]
    extra = _drawn(package, sheet) - (_drawn(new, made) if made is not None else 0)
    if extra > 0:
        said.append(f"{extra} {'chart or picture' if extra == 1 else 'charts or pictures'} on {sheet.name}")
    return said


def _drawn(package: Package, sheet: SheetRef) -> int:
    count = 0
    for rel in package.rels(sheet.part):
        if rel.name == "drawing" and rel.part:
            count += sum(isinstance(item.tag, str) for item in package.tree(rel.part))
    return count


def _beside(own: Own, sheet: SheetRef, new: Package, made: SheetRef) -> list[str]:
    """Return what stands on another sheet of ours where we write nothing: in further columns, or below its table."""
    width = max((column for _, column in filled(new, made.part)), default=0)
    ends = [
        areas_of(own.package.tree(rel.part).get("ref", ""))[0]
        for rel in own.package.rels(sheet.part)
        if rel.name == "table" and rel.part
    ]
    # Two rows below the table a line of ours may say that rows were cut.
    last = max((area[2] for area in ends), default=10**7) + 2
    there = filled(own.package, sheet.part)
    places = [f"{letters(column)}{row}" for row, column in there if column > width or row > last]
    return [f"cells of {sheet.name} beside what is written there: {listed(places)}"] if places else []


def _comments(own: Own) -> list[str]:
    """Return the comments with an author on cells that are not the user's."""
    mine = {NOTES, *(normal(text) for text in own.own)}
    said = []
    for row, column, author, text in read_comments(own):
        heading = own.shortlist.headings.get(column, "")
        if author.strip() not in NOBODY and normal(heading) not in mine:
            shown = " ".join(text.split())
            cut = f"{shown[:SHOWN]}…" if len(shown) > SHOWN else shown
            said.append(f"the comment on {letters(column)}{row} of {own.shortlist.sheet.name}: {cut}")
    return said
