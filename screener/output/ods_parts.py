"""The XML of an OpenDocument spreadsheet that the library has no words for, or no quick ones: styles, cells, panes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

HEADING = "s-heading"
EMPTY_CELL = "<table:table-cell/>"
# Where the rows of a sheet will stand; its group is the number of the sheet.
MARK = r'<table:table-row table:style-name="rows-(\d+)"\s*/>'
_CHARACTER_CM = 0.21
_URN = "urn:oasis:names:tc:opendocument:xmlns:"

# The number format of each style of the unit table, as ODF writes it.
_PLAIN = '<number:number number:min-integer-digits="1" number:grouping="true" number:decimal-places="{0}"/>'
_SCALED = (
    '<number:number number:min-integer-digits="1" number:grouping="true" number:decimal-places="1"'
    ' number:display-factor="{0}"/><number:text>{1}</number:text>'
)
_DATE = (
    '<number:year number:style="long"/><number:text>-</number:text><number:month number:style="long"/>'
    '<number:text>-</number:text><number:day number:style="long"/>'
)
_MONEY = (
    _PLAIN.format(0)
    + '<style:map style:condition="value()&gt;=1000000000" style:apply-style-name="n-billions"/>'
    + '<style:map style:condition="value()&gt;=1000000" style:apply-style-name="n-millions"/>'
)
FORMATS: dict[str, tuple[str, str]] = {
    "percent": ("percentage", _PLAIN.format(1) + "<number:text>%</number:text>"),
    "multiple": ("number", _PLAIN.format(1) + "<number:text>×</number:text>"),
    "billions": ("number", _SCALED.format(1_000_000_000, "B")),
    "millions": ("number", _SCALED.format(1_000_000, "M")),
    "money": ("number", _MONEY),
    "decimal": ("number", _PLAIN.format(2)),
    "decimal1": ("number", _PLAIN.format(1)),
    "integer": ("number", _PLAIN.format(0)),
    "date": ("date", _DATE),
    "bool": ("boolean", "<number:boolean/>"),
}
# The styles of the unit table that are numbers.
NUMBERS = ("percent", "multiple", "money", "decimal", "decimal1", "integer")


def styles(widths: Iterable[int]) -> list[str]:
    """Return the number formats, a cell style for each, that of the headings, and columns of these widths."""
    found = []
    for name, (kind, inside) in FORMATS.items():
        found.append(f'<number:{kind}-style style:name="n-{name}">{inside}</number:{kind}-style>')
        found.append(
            f'<style:style style:name="s-{name}" style:family="table-cell" style:parent-style-name="Default"'
            f' style:data-style-name="n-{name}"/>'
        )
    found.append(
        f'<style:style style:name="{HEADING}" style:family="table-cell" style:parent-style-name="Default">'
        '<style:table-cell-properties fo:background-color="#e8eef4" fo:wrap-option="wrap"'
        ' fo:border-bottom="0.5pt solid #000000" style:vertical-align="top"/>'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    for width in widths:
        found.append(
            f'<style:style style:name="c-{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width * _CHARACTER_CM:.2f}cm"/></style:style>'
        )
    return found


def table(name: str, widths: Iterable[int], number: int) -> str:
    """Return a table with columns of these widths, in characters, and a mark where its rows will stand."""
    columns = "".join(f'<table:table-column table:style-name="c-{width}"/>' for width in widths)
    mark = f'<table:table-row table:style-name="rows-{number}"/>'
    return f'<table:table table:name="{name}" table:style-name="ta1">{columns}{mark}</table:table>'


def row(cells: str) -> str:
    """Return a row of cells."""
    return f"<table:table-row>{cells}</table:table-row>"


def cell(kind: str, attribute: str, value: str, style: str, shown: str) -> str:
    """Return a cell of a type of ODF with its value, the name of its format, and what is shown of it."""
    return (
        f'<table:table-cell table:style-name="s-{style}" office:value-type="{kind}" office:{attribute}="{value}">'
        f"<text:p>{escape(shown)}</text:p></table:table-cell>"
    )


def text_cell(text: str, style: str = "Default") -> str:
    """Return a cell of text that is shown with all its spaces: ODF reads several, and those at an end, as one or none.

    ``text`` must have no control characters.
    """
    inside = escape(text)
    if "  " in inside or inside.startswith(" ") or inside.endswith(" "):
        inside = re.sub(r"^ +|  +| +$", lambda found: f'<text:s text:c="{len(found[0])}"/>', inside)
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{inside}</text:p></table:table-cell>"
    )


def settings(sheets: Sequence[tuple[str, int]]) -> bytes:
    """Return settings.xml: of each sheet (name, columns) the first row and those columns stay in view."""
    views = "".join(_view(name, columns) for name, columns in sheets)
    spaces = " ".join(f'xmlns:{name}="{_URN}{name}:1.0"' for name in ("office", "config"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-settings {spaces} office:version="1.4">'
        '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'{_item("ViewId", "string", "view1")}<config:config-item-map-named config:name="Tables">{views}'
        f"</config:config-item-map-named>{_item('ActiveTable', 'string', sheets[0][0])}"
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    ).encode()


def _view(name: str, columns: int) -> str:
    # A split mode of 2 is a frozen one; the active pane is the lower right one, or the lower one of two.
    across = [("HorizontalSplitMode", 2), ("HorizontalSplitPosition", columns)] if columns else []
    down = [("VerticalSplitMode", 2), ("VerticalSplitPosition", 1), ("ActiveSplitRange", 3 if columns else 2)]
    items = [*across, *down, ("PositionRight", columns), ("PositionBottom", 1)]
    inside = "".join(_item(key, "short" if "Mode" in key or "Range" in key else "int", value) for key, value in items)
    return f'<config:config-item-map-entry config:name="{name}">{inside}</config:config-item-map-entry>'


def _item(name: str, kind: str, value: object) -> str:
    return f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
