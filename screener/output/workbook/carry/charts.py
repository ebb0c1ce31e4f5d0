"""A chart of ours as it must read in a workbook that another program has saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from screener.output.workbook.carry.book import renamed
from screener.output.workbook.carry.package import lxml_etree, parse, serialize

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
# What xlsxwriter leaves out for "no", by the element after which it stands. LibreOffice takes what is missing for "yes"
# in all files but those that say that they are of Excel 2007, as ours do and those that were saved since do not.
_NO = (
    ("dLbls", "showVal", ("showCatName", "showSerName", "showPercent", "showBubbleSize")),
    ("title", "layout", ("overlay",)),
    ("chart", "plotArea", ("plotVisOnly",)),
)


def beside(content: bytes, part: str, rename: Mapping[str, str]) -> bytes:
    """Return a chart of ours: sheets by the names of ``rename`` (the user's by ours), no default left open."""
    root = parse(content, part)
    for item in root.iter(f"{_CHART}f"):
        item.text = renamed(item.text or "", rename)
    for name, before, missing in _NO:
        for parent in root.iter(f"{_CHART}{name}"):
            _add(parent, before, missing)
    for shown in root.iter(f"{_CHART}showVal"):
        shown.addprevious(lxml_etree().Element(f"{_CHART}showLegendKey", val="0"))
    return serialize(root)


def _add(parent: _Element, before: str, missing: tuple[str, ...]) -> None:
    place = parent.find(f"{_CHART}{before}")
    for name in missing:
        if place is not None and parent.find(f"{_CHART}{name}") is None:
            place.addnext(lxml_etree().Element(f"{_CHART}{name}", val="0"))
            place = place.getnext()
