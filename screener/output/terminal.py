"""A result as a person reads it in a terminal: ranked table, flags, funnel, counts and identity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO

from screener.catalogue import metrics
from screener.engine.result import FunnelStep, Result, Row, Value
from screener.output import shape
from screener.output.cells import FULL, HALF, LIGHT, bar, cell_text, cut, joined, split_bar, width_of, wrap
from screener.output.layout import SMALLEST_WIDTH, Column, lay_out, not_shown, paint
from screener.output.values import UNKNOWN, format_value, is_numeric

NAME_WIDTH, NAME_LEAST = 34, 16
SECTOR_WIDTH, SECTOR_LEAST = 22, 12
TEXT_WIDTH, TEXT_LEAST = 24, 8
TICKER_WIDTH = 10
RULE_WIDTH, RULE_LEAST = 64, 16
WIDE = 100
FUNNEL_BAR_FROM = 78
# Dropped first: the sector and the bar, which only adorn, then the chosen columns from the last, then how much of the
# score is known, and at last, again from the last, the columns by which the screen ranks.
DROP_SECTOR, DROP_BAR, DROP_COLUMN, DROP_COVERAGE, DROP_RANKED = 3000, 2000, 1000, 999, 1
FLAG_LINES = 30
FLAG_TICKERS = 4


def use_color(stream: IO[str], environ: Mapping[str, str]) -> bool:
    """Return whether ``stream`` is to get colours: a terminal that is not dumb, or ``FORCE_COLOR`` in ``environ``.

    ``NO_COLOR`` has the last word. Either counts as soon as it is not empty.
    """
    if environ.get("NO_COLOR"):
        return False
    return bool(environ.get("FORCE_COLOR")) or (stream.isatty() and environ.get("TERM") != "dumb")


def render(result: Result, *, width: int = 100, color: bool = False) -> str:
    """Return the whole report, lines of at most ``width`` cells (taken as 40 when smaller), ending in a newline."""
    width = max(width, SMALLEST_WIDTH)
    blocks = [_head(result, width, color)]
    if result.rows:
        blocks.append(_shortlist(result, width, color))
        blocks.append(_flags(result, width, color))
    else:
        blocks.append(["No name passed."])
    blocks.append(_funnel_lines(result, width, color))
    blocks.append(_foot(result, width, color))
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def render_funnel(result: Result, *, width: int = 100, color: bool = False) -> str:
    """Return the funnel alone: a line per condition with passed, failed, unknown and remaining names."""
    lines = _funnel_lines(result, max(width, SMALLEST_WIDTH), color)
    return "\n".join(lines) + "\n" if lines else ""


def _head(result: Result, width: int, color: bool) -> list[str]:
    day, *more = (cell_text(part) for part in shape.headline(result))
    # The day stands beside the title on any terminal: a long title gives way.
    title = cut(cell_text(shape.title(result)), max(12, width - width_of(day) - 3))
    first, *rest = joined([f"{title} · {day}", *more], width)
    lines = [paint(title, "title", color) + first[len(title) :], *rest]
    if result.run.demo:
        lines.append(paint(cut(shape.DEMO_BANNER, width), "demo", color))
    return lines


def _shortlist(result: Result, width: int, color: bool) -> list[str]:
    rows = result.rows
    columns = [
        Column("#", [str(row.rank) for row in rows], right=True, styles="dim"),
        Column("Ticker", [cut(cell_text(row.ticker or UNKNOWN), TICKER_WIDTH) for row in rows], styles="bold"),
        Column("Name", [cut(cell_text(row.name), NAME_WIDTH) for row in rows], least=NAME_LEAST),
        Column(
            "Sector",
            [cut(cell_text(row.sector) or UNKNOWN, SECTOR_WIDTH) for row in rows],
            least=SECTOR_LEAST,
            drop=DROP_SECTOR,
            styles="dim",
        ),
        *_score_columns(rows, 10 if width >= WIDE else 5),
        *_chosen_columns(result),
        *_remark_columns(result),
    ]
    lines, dropped = lay_out(columns, width, color=color)
    if dropped:
        lines += ["", *(paint(line, "dim", color) for line in wrap(not_shown(dropped), width, rest="  "))]
    return lines


def _score_columns(rows: tuple[Row, ...], bar_width: int) -> list[Column]:
    if all(row.score is None for row in rows):
        return []
    return [
        Column("Score", [format_value(row.score, "score") for row in rows], right=True, styles="bold"),
        Column(
            "",
            [bar(None if row.score is None else row.score / 100, bar_width) for row in rows],
            drop=DROP_BAR,
            styles="bar",
        ),
    ]


def _chosen_columns(result: Result) -> list[Column]:
    found = []
    ranked = {plain_name(factor.name) for row in result.rows for factor in row.factors}
    for order, (place, column) in enumerate(shape.chosen(result), start=1):
        values = [row.values[place] for row in result.rows]
        numeric = is_numeric(column.unit)
        found.append(
            Column(
                cell_text(column.label or column.name),
                [cut(format_value(value, column.unit), TEXT_WIDTH) for value in values],
                right=numeric,
                least=0 if numeric else TEXT_LEAST,
                drop=(DROP_RANKED if plain_name(column.name) in ranked else DROP_COLUMN) + order,
                styles=[_value_style(value) for value in values],
            )
        )
    return found


def plain_name(name: str) -> str:
    """Return the catalogue's own name of a factor or column, without the sign that turns a factor."""
    name = name.strip().lstrip("-").strip()
    return metrics.ALIASES.get(name, name)


def _value_style(value: Value) -> str:
    if value is None:
        return "dim"
    return "negative" if isinstance(value, (int, float)) and value < 0 else ""


def _remark_columns(result: Result) -> list[Column]:
    found = []
    shares = [shape.coverage(row) for row in result.rows]
    if any(share is not None and share < 1 for share in shares):
        cells = [UNKNOWN if share is None else f"{share:.0%}" for share in shares]
        found.append(Column("Factors known", cells, right=True, drop=DROP_COVERAGE, styles="dim"))
    numbers = shape.numbered_flags(result)
    if numbers:
        marks = [",".join(str(numbers[flag]) for flag in row.flags) for row in result.rows]
        found.append(Column("Flags", [cut(mark, 9) for mark in marks], styles="flag"))
    return found


def _flags(result: Result, width: int, color: bool) -> list[str]:
    numbers = shape.numbered_flags(result)
    lines: list[str] = []
    for sentence, number in numbers.items():
        if number > FLAG_LINES:
            lines.append(f"     and {len(numbers) - FLAG_LINES} more flags; JSON and spreadsheet hold all of them")
            break
        tickers = [cell_text(row.ticker or row.name) for row in result.rows if sentence in row.flags]
        more = f" and {len(tickers) - FLAG_TICKERS} more" if len(tickers) > FLAG_TICKERS else ""
        text = f"{cell_text(sentence)} ({', '.join(tickers[:FLAG_TICKERS])}{more})"
        lines += wrap(text, width, first=f"{number:>3}  ", rest="     ")
    return [paint("Flags", "heading", color), *(cut(line, width) for line in lines)] if lines else []


def _funnel_lines(result: Result, width: int, color: bool) -> list[str]:
    if not result.funnel:
        return []
    texts, steps, styles = _funnel_texts(result)

    def cells(pick: Callable[[FunnelStep], str]) -> list[str]:
        return ["" if step is None else pick(step) for step in steps]

    barred = width >= FUNNEL_BAR_FROM
    columns = [Column("Funnel", [cut(text, RULE_WIDTH) for text in texts], least=RULE_LEAST, styles=styles)]
    if barred:
        columns.append(Column("", cells(lambda step: split_bar(_split(step), 10)), styles="bar"))
    columns += [
        Column(_legend(FULL, "passed", barred), cells(lambda step: _tested(step, step.passed)), right=True),
        Column(_legend(LIGHT, "failed", barred), cells(lambda step: _tested(step, step.failed)), right=True, drop=2),
        Column(_legend(HALF, "unknown", barred), cells(lambda step: _tested(step, step.unknown)), right=True),
    ]
    if any(step.admitted for step in result.funnel):
        let_in = cells(lambda step: f"{step.admitted:,}" if step.admitted else "")
        columns.append(Column("let in", let_in, right=True, drop=1, styles="flag"))
    columns.append(Column("left", cells(lambda step: f"{step.remaining:,}"), right=True, styles="bold"))
    lines, dropped = lay_out(columns, width, color=color)
    if dropped:
        lines += [paint(line, "dim", color) for line in wrap(not_shown(dropped), width, rest="  ")]
    return lines


def _funnel_texts(result: Result) -> tuple[list[str], list[FunnelStep | None], list[str]]:
    """Return the lines of the funnel: their text, their step (None for a group's heading) and their style."""
    texts: list[str] = []
    steps: list[FunnelStep | None] = []
    styles: list[str] = []
    group = ""
    for step in result.funnel:
        heading = shape.heading_of(step)
        if heading and heading != group:
            texts.append(cell_text(heading))
            steps.append(None)
            styles.append("bold")
        group = heading
        texts.append(("  " if heading else "") + cell_text(step.text))
        steps.append(step)
        styles.append("")
    return texts, steps, styles


def _legend(block: str, word: str, barred: bool) -> str:
    return f"{block}\u00a0{word}" if barred else word


def _split(step: FunnelStep) -> tuple[int, int, int]:
    return (0, 0, 0) if step.kind == "start" else (step.passed, step.unknown, step.failed)


def _tested(step: FunnelStep, count: int) -> str:
    return "" if step.kind == "start" else f"{count:,}"


def _foot(result: Result, width: int, color: bool) -> list[str]:
    lines = wrap(shape.counts(result), width)
    for note in result.run.notes:
        lines += wrap(f"Note: {cell_text(note)}", width, rest="  ")
    identity = wrap(cell_text(shape.identity(result)), width, rest="  ")
    return [*lines, *(paint(line, "dim", color) for line in identity)]
