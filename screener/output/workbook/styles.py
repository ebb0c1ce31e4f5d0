"""The look of cells: a format for each unit and size of a value, made once a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screener.catalogue.units import BY_NAME
from screener.output.values import is_numeric

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

MONOSPACE = "Consolas"
HEADER_FILL, GREY, BAR = "#E8EEF4", "#E6E6E6", "#9BC2E6"
# The good end of a colour scale; the other end is white.
GOOD, PLAIN = "#8FCB9B", "#FFFFFF"
DEMO_TAB = "#FFC000"
TABLE_STYLE = "Table Style Light 1"

LOOKS: dict[str, dict[str, Any]] = {
    "pass": {"bg_color": "#E2F0E5", "font_color": "#1E5B2E"},
    "fail": {"bg_color": "#F8E0DE", "font_color": "#8C1D18"},
    "unknown": {"bg_color": GREY, "font_color": "#555555"},
    "entered": {"bg_color": "#E2F0E5", "font_color": "#1E5B2E"},
    "wide": {"font_color": "#8A5A00"},
    "dim": {"font_color": "#777777"},
    "code": {"font_name": MONOSPACE, "font_size": 10},
}
# All colours that a cell of ours can be filled with.
FILLS = frozenset((HEADER_FILL, GREY, *(look["bg_color"] for look in LOOKS.values() if "bg_color" in look)))

# By style of the unit: number formats from an absolute value upwards, largest first. A value has one section alone, so
# that every program puts the minus sign where it belongs; below the last limit the format of the unit table is used.
_BY_SIZE: dict[str, tuple[tuple[float, str], ...]] = {
    "money": (
        (0.99995e12, '#,##0.0,,,,"T"'),
        (0.99995e9, '#,##0.0,,,"B"'),
        (0.99995e6, '#,##0.0,,"M"'),
        (0.0, "#,##0"),
    ),
    "percent": ((1e4, '#,##0.0,,"M"%'), (1e3, '#,##0.0,"k"%'), (10.0, "#,##0.0%")),
    "multiple": ((1e6, '#,##0.0,,"M×"'), (1e5, '#,##0.0,"k×"'), (1e3, '#,##0.0"×"')),
    "decimal": ((1e6, '#,##0.0,,"M"'), (1e5, '#,##0.0,"k"')),
}


def number_format(unit: str, value: float) -> str:
    """Return the Excel number format of a value: that of its unit, shortened by its size."""
    row = BY_NAME.get(unit, BY_NAME["number"])
    size = abs(value)
    for limit, text in _BY_SIZE.get(row.style, ()):
        if size >= limit:
            return text
    return row.excel


class Styles:
    """The formats of one workbook, each made when it is first asked for."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, str, str, bool], Format] = {}
        self._by_size: dict[tuple[str, str], tuple[tuple[float, Format], ...]] = {}
        self.heading: Format = book.add_format({**_HEADING, "align": "left"})
        # The indent leaves room for the button of the filter.
        self._headings = {
            "left": self.heading,
            "right": book.add_format({**_HEADING, "align": "right", "indent": 2}),
            "center": book.add_format({**_HEADING, "align": "center"}),
        }
        self.unknown: Format = book.add_format({"bg_color": GREY})
        self.link: Format = book.add_format({"font_color": "#0B5394", "underline": 1, "valign": "top"})
        self.section: Format = book.add_format({"bold": True, "font_size": 12})
        self.footnote: Format = book.add_format({"italic": True, "font_color": "#777777"})

    def heading_of(self, unit: str, align: str = "") -> Format:
        """Return the format of the heading of a column of ``unit``: it stands where the cells do."""
        return self._headings[align or align_of(unit)]

    def get(self, unit: str, look: str = "", *, wrap: bool = False, align: str = "") -> Format:
        """Return the format of texts, dates and ordinary values of a unit."""
        row = BY_NAME.get(unit, BY_NAME["number"])
        return self.custom(row.excel, look, wrap=wrap, align=align or align_of(unit))

    def custom(self, excel: str, look: str = "", *, wrap: bool = False, align: str = "") -> Format:
        """Return the format with a number format of Excel's own notation; ``align`` as Excel does without one."""
        key = (excel, look, align, wrap)
        if key not in self._made:
            given: dict[str, Any] = {"num_format": excel, "valign": "top", **LOOKS.get(look, {})}
            if align:
                given["align"] = align
            if align == "right":
                given["indent"] = 1
            if wrap:
                given["text_wrap"] = True
            self._made[key] = self._book.add_format(given)
        return self._made[key]

    def sizes(self, unit: str, align: str = "right") -> tuple[tuple[float, Format], ...]:
        """Return (absolute value from which it is used, format) of the numbers of a unit, largest first."""
        if (unit, align) not in self._by_size:
            row = BY_NAME.get(unit, BY_NAME["number"])
            steps = [(limit, self.custom(text, align=align)) for limit, text in _BY_SIZE.get(row.style, ())]
            if not steps or steps[-1][0] > 0:
                steps.append((0.0, self.get(unit, align=align)))
            self._by_size[unit, align] = tuple(steps)
        return self._by_size[unit, align]


_HEADING = {"bold": True, "bg_color": HEADER_FILL, "bottom": 1, "text_wrap": True, "valign": "top"}


def align_of(unit: str) -> str:
    """Return where the values of a unit stand in their cells."""
    if unit == "date":
        return "center"
    return "right" if is_numeric(unit) or unit == "bool" else "left"
