"""CSV, TSV, JSON and Markdown: exact for machines, safe for whatever opens them."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import date
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.engine.result import Result, ResultColumn
from screener.output.cells import width_of
from screener.output.text import (
    table_csv,
    table_json,
    table_markdown,
    table_text,
    to_csv,
    to_json,
    to_markdown,
    to_tsv,
)


def refuse(constant: str) -> NoReturn:
    """Fail on NaN and Infinity, which Python's reader would let pass."""
    raise ValueError(constant)


def test_csv_has_the_fixed_columns_first_and_full_precision(result: Result) -> None:
    """The header is the contract; numbers are unrounded, unknown is empty."""
    rows = list(csv.DictReader(io.StringIO(to_csv(result))))
    assert list(rows[0])[:5] == ["rank", "ticker", "name", "sector", "score"]
    assert list(rows[0])[5:] == [column.name for column in result.columns]
    assert float(rows[0]["market_cap"]) == 1.2345e9
    assert rows[0]["price_date"] == "2024-03-07"
    assert rows[1]["is_shell"] == "true"
    assert [rows[2]["roic"], rows[2]["net_debt_ebitda"], rows[3]["net_debt_ebitda"]] == ["", "", ""]


def test_csv_is_one_line_a_name(result: Result) -> None:
    """Line ends inside a name would break tools that read lines."""
    assert len(to_csv(result).splitlines()) == 11
    assert "\x1b" not in to_csv(result)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " ="])
def test_csv_text_is_never_a_formula(start: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe; negative numbers do not."""
    cells = next(csv.reader(io.StringIO(table_csv(["a", "b"], [(start + "1+1", -5.5)]).splitlines()[1])))
    assert cells[0].startswith("'")
    assert cells[1] == "-5.5"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=5))
def test_csv_floats_come_back_unchanged(values: list[float]) -> None:
    """What is read back is the same number to the last bit."""
    line = table_csv([f"c{place}" for place in range(len(values))], [values]).splitlines()[1]
    assert [float(cell) for cell in line.split(",")] == values


def test_csv_quotes_what_needs_quotes() -> None:
    """Commas and quotes come back through the csv module."""
    text = table_csv(["name"], [('Smith, "Jones" & Co',)])
    assert text == 'name\n"Smith, ""Jones"" & Co"\n'


def test_tsv_has_the_cells_of_the_csv(result: Result) -> None:
    """Only the delimiter differs."""
    as_csv = list(csv.reader(io.StringIO(to_csv(result))))
    assert list(csv.reader(io.StringIO(to_tsv(result)), delimiter="\t")) == as_csv


def test_a_column_that_repeats_a_fixed_one_stands_once(result: Result) -> None:
    """A screen that lists the sector among its columns does not make a second column of that name."""
    columns = (ResultColumn("sector", "Sector", "text"), ResultColumn("roic", "ROIC", "ratio"))
    rows = (dataclasses.replace(result.rows[0], values=("Energy", 0.1)),)
    twice = dataclasses.replace(result, columns=columns, rows=rows)
    assert to_csv(twice).splitlines()[0] == "rank,ticker,name,sector,score,roic"


def test_json_is_strict_and_has_the_three_parts(result: Result) -> None:
    """No NaN, no Infinity; run, funnel and rows with their factors."""
    found = json.loads(to_json(result), parse_constant=refuse)
    assert list(found) == ["run", "funnel", "rows"]
    assert found["run"]["as_of"] == "2024-03-08"
    assert found["run"]["hashes"] == {"screen": "ab" * 32, "data": "cd" * 32}
    assert (found["run"]["population"], found["run"]["passed"], found["run"]["shown"]) == (1200, 10, 10)
    assert found["funnel"][2]["unknown"] == 50
    row = found["rows"][2]
    assert list(row)[:5] == ["rank", "ticker", "name", "sector", "score"]
    assert row["net_debt_ebitda"] is None
    assert row["period_end"] == "2023-12-31"
    assert row["known_from"] == "2024-02-15"
    assert row["flags"] == ["debt due within 24 months is unknown", "the newest quarter is [old] | stale"]
    assert row["factors"][0] == {
        "name": "roic",
        "group": "Quality",
        "value": 0.1523,
        "percentile": 91.5,
        "peers": "universe",
        "weight": 0.75,
        "unit": "ratio",
    }
    assert found["rows"][1]["coverage"] == 0.75


def test_json_keeps_names_exactly_but_shows_a_terminal_nothing_to_obey(result: Result) -> None:
    """Escapes are written as backslash-u, so that the reader gets them and the terminal does not."""
    text = to_json(result)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert [row["name"] for row in json.loads(text)["rows"]] == [row.name for row in result.rows]


@given(st.text())
def test_json_text_comes_back_unchanged(text: str) -> None:
    """Any text survives the round trip, lone surrogates included, and can be written as UTF-8."""
    written = table_json(["name"], [(text,)])
    assert json.loads(written.encode("utf-8")) == [{"name": text}]


def test_table_json_makes_one_object_a_row() -> None:
    """Dates are ISO text and non-finite numbers null."""
    text = table_json(["day", "x", "y"], [(date(2024, 3, 8), float("nan"), 3)])
    assert json.loads(text, parse_constant=refuse) == [{"day": "2024-03-08", "x": None, "y": 3}]


def test_markdown_cells_cannot_break_the_table(result: Result) -> None:
    """Pipes, brackets and tags of the data are escaped: every line of the table has the same cells."""
    text = to_markdown(result)
    table = [line for line in text.splitlines() if line.startswith("| ")][:12]
    assert {line.replace("\\|", "").count("|") for line in table} == {13}
    assert "&lt;script&gt;" in text
    assert "<script>" not in text
    assert "\\[bold\\]Markup" in text
    assert "| 92.8 | 15.2% | 8.1× | 1.2B | 12.34 |" in text


def test_markdown_of_a_demo_says_so(demo_result: Result) -> None:
    """The banner stands in the document as well."""
    assert "> **Demo data: these companies do not exist.**" in to_markdown(demo_result)


def test_table_markdown_without_units_shows_values_as_they_are() -> None:
    """Text is escaped, numbers unrounded, None a dash."""
    text = table_markdown(["a|b", "n"], [("x_y", 1.5), (None, None)])
    assert text == "| a\\|b | n |\n| --- | --- |\n| x\\_y | 1.5 |\n| – | – |\n"


def test_table_text_fits_the_terminal() -> None:
    """Numbers are formatted and aligned right, long texts cut, and dropped columns named."""
    rows = [("roic", "Return on invested capital " * 5, 0.15), ("fcf", "Free cash flow", None)]
    text = table_text(["name", "help", "value"], rows, ["text", "text", "ratio"], width=60)
    assert max(map(width_of, text.splitlines())) <= 60
    assert text.splitlines()[1].endswith("15.0%")
    assert text.splitlines()[2].endswith("–")
    many = table_text([f"column{place}" for place in range(20)], [range(20)], width=60)
    assert max(map(width_of, many.splitlines())) <= 60
    assert "Not shown at this width: " in many
    assert "column19" in many


def test_table_text_of_no_rows_is_its_header() -> None:
    """An empty table still says what its columns are."""
    assert table_text(["name", "unit"], [], ["text", "text"]) == "name  unit\n"


def test_an_empty_result_is_valid_in_every_text_format(empty_result: Result) -> None:
    """No rows: a header alone, an empty list, a table without lines."""
    assert len(to_csv(empty_result).splitlines()) == 1
    assert json.loads(to_json(empty_result))["rows"] == []
    assert "0 of 1,200 names passed" in to_markdown(empty_result)
