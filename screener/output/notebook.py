"""Results in a session and in a notebook: the text of the command line, and a shortlist as an HTML table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from screener.engine import display

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screener.engine.coverage import Coverage
    from screener.engine.explain import Explanation
    from screener.engine.funnel import Funnel
    from screener.engine.holds import Holdings
    from screener.engine.lineage import Trace, Versions
    from screener.engine.near import Near
    from screener.engine.quality import Quality
    from screener.engine.result import Result
    from screener.engine.unknown import Unknown

WIDTH = 120
SHOWN_ROWS = 100
_RIGHT = ' style="text-align: right"'


def _result(found: Result) -> str:
    from screener.output.terminal import render

    return render(found, width=WIDTH)


def _explanation(found: Explanation) -> str:
    from screener.output.explain import render_explanation

    return render_explanation(found, width=WIDTH)


def _funnel(found: Funnel) -> str:
    from screener.output.funnel import funnel_output

    return funnel_output(found, "table", width=WIDTH)


def _near(found: Near) -> str:
    from screener.output.near import near_output

    return near_output(found, "table", width=WIDTH)


def _unknown(found: Unknown) -> str:
    from screener.output.near import unknown_output

    return unknown_output(found, "table", width=WIDTH)


def _holdings(found: Holdings) -> str:
    from screener.output.holds import holds_output

    return holds_output(found, "table", width=WIDTH)


def _coverage(found: Coverage) -> str:
    from screener.output.coverage import render

    return render(found, width=WIDTH)


def _quality(found: Quality) -> str:
    from screener.output.quality import render

    return render(found, width=WIDTH)


def _trace(found: Trace) -> str:
    from screener.output.trace import render_trace

    return render_trace(found, width=WIDTH)


def _versions(found: Versions) -> str:
    from screener.output.trace import render_versions

    return render_versions(found, width=WIDTH)


def result_html(result: Result) -> str:
    """Return the first names of a shortlist as an HTML table with values by unit, headings and counts around it."""
    from screener.output import shape
    from screener.output.values import format_value

    columns = shape.chosen(result)
    headings = ["#", "Ticker", "Name", "Sector", "Score", *(column.label or column.name for _, column in columns)]
    units = ["count", "text", "text", "text", "score", *(column.unit for _, column in columns)]
    lines = [f"<p><strong>{escape(shape.title(result))}</strong> · {escape(' · '.join(shape.headline(result)))}</p>"]
    if result.run.demo:
        lines.append(f"<p><em>{escape(shape.DEMO_BANNER)}</em></p>")
    lines.append(f"<table><thead>{_line('th', headings, units)}</thead><tbody>")
    for row in result.rows[:SHOWN_ROWS]:
        values = (row.rank, row.ticker, row.name, row.sector, row.score, *(row.values[place] for place, _ in columns))
        texts = [format_value(value, unit) for value, unit in zip(values, units, strict=True)]
        lines.append(_line("td", texts, units))
    lines.append("</tbody></table>")
    more = len(result.rows) - SHOWN_ROWS
    told = [shape.counts(result) + (f"; {more:,} more names in .frame" if more > 0 else "")]
    told += [f"{number} {sentence}" for sentence, number in shape.numbered_flags(result).items()][:SHOWN_ROWS]
    lines += [f"<p>{escape(text)}</p>" for text in [*told, *result.run.notes, shape.identity(result)]]
    # The alignment of a number depends on its column's unit, never on what is in it.
    return "\n".join(lines)


def _line(cell: str, texts: Iterable[str], units: Iterable[str]) -> str:
    from screener.output.values import is_numeric

    cells = (
        f"<{cell}{_RIGHT if is_numeric(unit) else ''}>{escape(text)}</{cell}>"
        for text, unit in zip(texts, units, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"


_TEXTS: dict[str, Any] = {
    "Result": _result,
    "Explanation": _explanation,
    "Funnel": _funnel,
    "Near": _near,
    "Unknown": _unknown,
    "Holdings": _holdings,
    "Coverage": _coverage,
    "Quality": _quality,
    "Trace": _trace,
    "Versions": _versions,
}
display.TEXT.update(_TEXTS)
display.HTML.update({"Result": result_html})
