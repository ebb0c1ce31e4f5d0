"""Reports of the demo data for tests of what is made of them, and the same with hostile texts everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from screener.engine.histories import Pages
from screener.engine.report import Report, make_report
from screener.lake.connect import find_data, open_lake
from screener.language.resolve import load_screen, parse_screen
from screener.output.report.document import to_html

SCREENS = Path(__file__).resolve().parents[2] / "screens"
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "</script><img src=x onerror=alert(2)>",
    "' onmouseover='alert(3)",
    '" autofocus onfocus="alert(4)',
    "]]><!-- & &amp; -->",
    "tab\there\nand \x1b[31mthere\x07",
    "right \u202eto left\u2028line",
    "@SUM(1)",
    "x" * 300,
)


@cache
def demo() -> tuple[Report, Pages]:
    """Return the first twelve names of quality-value on the demo data."""
    with open_lake(find_data()) as lake:
        report = make_report(lake, replace(load_screen(SCREENS / "quality-value.yaml"), limit=12))
        return report, report.pages


def of(text: str, **changes: Any) -> tuple[Report, Pages]:
    """Return the report of a screen of that text on the demo data."""
    with open_lake(find_data()) as lake:
        report = make_report(lake, replace(parse_screen(text, "mine.yaml"), **changes))
        return report, report.pages


@cache
def hostile() -> tuple[Report, Pages]:
    """Return the demo's report with hostile names, tickers, sectors, flags, reasons, rules, notes and sources."""
    report, pages = demo()
    entries = []
    for place, entry in enumerate(report.entries):
        said = HOSTILE[place % len(HOSTILE)]
        verdicts = tuple(replace(one, text=said, group=said, reason=said) for one in entry.verdicts)
        factors = tuple(replace(one, name=said, group=said, peers=said) for one in entry.factors)
        row = replace(entry.row, name=said, ticker=said if place % 2 else entry.row.ticker, sector=said, flags=(said,))
        row = replace(row, values=(None, said, *row.values[2:]), cik=place)
        reasons = (said, *("" for _ in row.values[1:]))
        url = "https://www.sec.gov/edgar/browse/?CIK=1" if place else "javascript:alert(5)"
        entries.append(replace(entry, row=row, verdicts=verdicts, factors=factors, reasons=reasons, url=url))
    members = tuple(
        replace(one, ticker=HOSTILE[k % 10], name=HOSTILE[k % 10], sector=HOSTILE[k % 10])
        for k, one in enumerate(report.universe.members)
    )
    near = tuple(replace(one, name=HOSTILE[k % 10], rule=HOSTILE[0]) for k, one in enumerate(report.near.rows))
    unknown = tuple(
        replace(one, name=HOSTILE[k % 10], reasons=((HOSTILE[0], HOSTILE[2]),))
        for k, one in enumerate(report.unknown.rows)
    )
    result = report.result
    screen = replace(result.screen, source="\n".join(HOSTILE), description=HOSTILE[0])
    run = replace(result.run, title=HOSTILE[2], notes=HOSTILE, data=HOSTILE[0], as_of=date(2025, 6, 27))
    columns = tuple(replace(one, label=HOSTILE[k]) for k, one in enumerate(result.columns))
    meanings = tuple(replace(one, label=HOSTILE[0], note=HOSTILE[2], formula=HOSTILE[5]) for one in report.meanings)
    costs = tuple(replace(one, text=HOSTILE[k % 10]) for k, one in enumerate(report.funnel.costs))
    histories = {
        issuer: replace(one, newest=replace(one.newest, form=HOSTILE[0], flags=HOSTILE[0], url="http://evil.example/"))
        for issuer, one in pages.histories.items()
    }
    changed = replace(
        report,
        result=replace(result, run=run, screen=screen, columns=columns, rows=tuple(one.row for one in entries)),
        entries=tuple(entries),
        near=replace(report.near, rows=near),
        unknown=replace(report.unknown, rows=unknown, reasons=((HOSTILE[2], 3),)),
        universe=replace(report.universe, members=members, groups=(HOSTILE[0], HOSTILE[2])),
        meanings=meanings,
        funnel=replace(report.funnel, costs=costs),
        sources=((HOSTILE[0], 1, HOSTILE[2]),),
    )
    return changed, replace(pages, histories=histories)


def long(names: int) -> tuple[Report, Pages]:
    """Return a report of so many names: those of the demo again and again, as other issuers."""
    report, pages = demo()
    count = len(report.entries)
    entries = []
    for k in range(names):
        entry = report.entries[k % count]
        ticker = f"T{k:04}"
        row = replace(entry.row, issuer_id=k, rank=k + 1, ticker=ticker, score=(k * 7919 % 10_007) / 100.07)
        entries.append(replace(entry, row=row))
    histories = {k: pages.histories[report.entries[k % count].row.issuer_id] for k in range(min(names, 100))}
    return replace(report, entries=tuple(entries)), replace(pages, histories=histories)


class Page(HTMLParser):
    """A page as a parser sees it: elements with their attributes, and the text of each script and style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self._raw = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        self._raw = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser's own signature
        """Leave a script or style."""
        self._raw = ""

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if self._raw == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
        elif not self._raw:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every such element."""
        return [attributes for name, attributes in self.elements if name == tag]


@cache
def page(name: str) -> tuple[str, Page]:
    """Return the text of the page ``demo`` or ``hostile``, and how it is parsed."""
    text = to_html(*{"demo": demo, "hostile": hostile}[name]())
    return text, Page(text)
