"""Pages to print: landscape, headings on each, the screen and the day above them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screener.engine.report import Report
from screener.output import shape
from screener.output.cells import clean
from screener.output.workbook.styles import DEMO_TAB

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


def set_page(made: Worksheet, report: Report, *, frozen: int = 0, headed: bool = True) -> None:
    """Set up the pages to print: landscape, as wide as a page, headings on each, the screen and the day above them."""
    run = report.result.run
    if headed:
        made.freeze_panes(1, frozen)
        made.repeat_rows(0)
    made.set_landscape()
    made.fit_to_pages(1, 0)
    made.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    middle = f"&C&B{shape.DEMO_BANNER}" if run.demo else ""
    made.set_header(f"&L{_page_text(shape.title(report.result))}{middle}&RAs of {run.as_of.isoformat()}")
    made.set_footer(f"&L{_page_text(shape.identity(report.result))}&C&A&RPage &P of &N")
    if run.demo:
        made.set_tab_color(DEMO_TAB)


def _page_text(text: str) -> str:
    """Return text for a page header, where ``&`` begins a code; xlsxwriter takes even doubled ones for pictures."""
    return re.sub(r"&&(?=[G\[])", "&& ", clean(text)[:90].replace("&", "&&"))
