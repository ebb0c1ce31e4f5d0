"""The report in the terminal: nothing is wider than asked, nothing from the data is obeyed."""

from __future__ import annotations

import dataclasses
import io
import re
import subprocess
import sys

import pytest

from screener.engine.result import Result
from screener.output.cells import width_of
from screener.output.terminal import render, render_funnel, use_color

OUR_CODES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [40, 47, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(result: Result, width: int, color: bool) -> None:
    """Every line keeps to the width in cells, with emoji and CJK names, flags and long rules."""
    lines = OUR_CODES.sub("", render(result, width=width, color=color)).splitlines()
    assert max(map(width_of, lines)) <= width
    assert sum(line.lstrip().startswith(("1  T1 ", "10  T10")) for line in lines) == 2


def test_nothing_from_the_data_reaches_the_terminal_as_a_command(result: Result) -> None:
    """Escapes and line ends of names and notes are gone, and square brackets are only text."""
    text = render(result, width=200)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "Red Corp" in text
    assert "[bold]Markup[/bold] | pipe" in text
    assert "Two lines Co tab" in text


def test_colour_only_adds_style_codes(result: Result) -> None:
    """The coloured report without its codes is the plain report."""
    colored = render(result, width=120, color=True)
    assert OUR_CODES.search(colored)
    assert OUR_CODES.sub("", colored) == render(result, width=120, color=False)


def test_values_are_formatted_by_unit(result: Result) -> None:
    """The first name's line shows score with bar, per cent, multiple and money; unknown is a dash."""
    lines = render(result, width=200).splitlines()
    first = next(line for line in lines if line.startswith(" 1  T1"))
    assert re.search(r"Communication Services\s+92\.8\s+█+▎\s+15\.2%\s+8\.1×\s+1\.2B\s+12\.34\s+Machinery", first)
    third = next(line for line in lines if line.startswith(" 3  T3"))
    assert re.search(r"–\s+–\s+12\.3k\s+1,234\.50\s+–\s+–\s+–\s+100%\s+1,2$", third)


def test_columns_go_by_priority_and_are_named(result: Result) -> None:
    """Sector and bar go first, then the last columns, the ranked one last; the note names what has no room."""
    wide, middle, narrow = (render(result, width=width) for width in (200, 120, 80))
    assert "Not shown" not in wide
    assert "Not shown at this width: Sector; Shell company\n" in middle
    assert "Not shown at this width: Sector; Market capitalization; Price; Industry group;" in narrow
    assert "8.1×" in narrow


def test_flags_are_footnotes(result: Result) -> None:
    """A sentence stands once below the table with the names that carry it."""
    text = render(result, width=120)
    assert "  1  debt due within 24 months is unknown (T3, T5)\n" in text
    assert "  2  the newest quarter is [old] | stale (T3)\n" in text


def test_missing_factors_show_as_coverage(result: Result) -> None:
    """Even ranks miss a quarter of the weight: 75%; the column is gone when every factor is known."""
    assert "known" in render(result, width=120)
    assert re.search(r"75%$", render(result, width=120), re.MULTILINE)
    whole = dataclasses.replace(result, rows=result.rows[::2])
    assert "75%" not in render(whole, width=120)


def test_the_demo_says_so(result: Result, demo_result: Result) -> None:
    """The banner stands above the table of a demo run only."""
    banner = "Demo data: these companies do not exist."
    assert banner in render(demo_result, width=80).splitlines()[1]
    assert banner not in render(result, width=80)


def test_head_and_foot_say_what_was_run(result: Result) -> None:
    """Title, dates and data set above; counts, notes and short hashes below."""
    text = render(result, width=100)
    assert text.startswith("Quality value · as of 2024-03-08 · data to 2024-03-07 · lake\n")
    assert "10 of 1,200 names passed; 10 shown\n" in text
    assert "Note: two names share a ticker\n" in text
    assert text.endswith("screen abababababab · data cdcdcdcdcdcd · screener 0.1.0\n")


def test_the_as_of_date_survives_a_long_title(result: Result) -> None:
    """A narrow terminal cuts the title, not the date."""
    long = dataclasses.replace(result, run=dataclasses.replace(result.run, title="Long title " * 20))
    assert "as of 2024-03-08" in render(long, width=60).splitlines()[0]


def test_an_empty_shortlist_still_has_its_funnel(empty_result: Result) -> None:
    """Nothing passed is said in words, and the funnel says why."""
    text = render(empty_result, width=80)
    assert "No name passed." in text
    assert "0 of 1,200 names passed; 0 shown" in text
    assert "Positive earnings" in text


def test_the_funnel_counts_each_rule_under_its_group(result: Result) -> None:
    """A rule's line has passed, failed, unknown, let in and left; the heading of a group stands once."""
    text = render_funnel(result, width=120)
    assert text.count("Positive earnings") == 1
    assert re.search(r"net_income > 0\s+█{5,6}▒░{3,4}\s+700\s+450\s+50\s+20\s+720\n", text)
    assert re.search(r"names in the data set\s+5,000\n", text)


def test_a_result_without_ranks_has_no_score(result: Result) -> None:
    """A screen without a rank shows no empty score column."""
    rows = tuple(dataclasses.replace(row, score=None, factors=()) for row in result.rows)
    text = render(dataclasses.replace(result, rows=rows), width=120)
    assert "Score" not in text
    assert "known" not in text.split("Funnel")[0].splitlines()[3]


def test_colour_is_for_terminals_that_want_it() -> None:
    """A pipe, NO_COLOR and a dumb terminal get plain text."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert use_color(Terminal(), {"TERM": "xterm"})
    assert not use_color(Terminal(), {"NO_COLOR": "1"})
    assert not use_color(Terminal(), {"TERM": "dumb"})
    assert not use_color(io.StringIO(), {})


def test_rendering_loads_nothing_heavy() -> None:
    """The path of an ordinary run stays clear of rich, polars, pyarrow, xlsxwriter and duckdb."""
    code = (
        "import sys, screener.output.terminal, screener.output.writers, screener.output.text;"
        "print(sorted({'rich', 'polars', 'pyarrow', 'xlsxwriter', 'duckdb'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
