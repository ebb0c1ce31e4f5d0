"""Parquet, the sidecar and the JSON Schema: types, units and the identity of the run, read back by other libraries."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import io
import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator, FormatChecker

import screener
from screener.engine.result import Result, ResultColumn
from screener.errors import OutputError
from screener.language.library import saved_screens
from screener.output import writers
from screener.output.parquet import to_parquet
from screener.output.result_schema import OBJECTS, result_schema, sidecar_schema
from screener.output.text import to_json
from screener.output.writers import BY_NAME, write

RESULT = Draft202012Validator(result_schema(), format_checker=FormatChecker())
SIDECAR = Draft202012Validator(sidecar_schema(), format_checker=FormatChecker())
DOUBLES = ("score", "roic", "net_debt_ebitda", "market_cap", "price", "coverage")
TEXTS = ("ticker", "name", "sector", "industry", "exchange")
DATES = ("price_date", "period_end", "known_from")


def schema_errors(checker: Draft202012Validator, value: object) -> list[str]:
    """Return what a validator finds, with the place of each."""
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def test_parquet_has_real_types(result: Result) -> None:
    """Numbers are numbers, dates dates, flags a list of texts; unknown and non-finite values are null."""
    table = pq.read_table(io.BytesIO(to_parquet(result)))
    types = {field.name: field.type for field in table.schema}
    assert [types[name] for name in ("rank", "issuer_id", "cik")] == [pa.int64()] * 3
    assert {types[name] for name in DOUBLES} == {pa.float64()}
    assert {types[name] for name in TEXTS} == {pa.string()}
    assert {types[name] for name in DATES} == {pa.date32()}
    assert types["is_shell"] == pa.bool_()
    assert types["flags"] == pa.list_(pa.string())
    rows = table.to_pylist()
    assert rows[0]["market_cap"] == 1.2345e9
    assert [row["net_debt_ebitda"] for row in rows[:4]] == [8.1, None, None, None]
    assert (rows[0]["price_date"], rows[0]["is_shell"], rows[2]["is_shell"]) == (date(2024, 3, 7), False, None)
    assert (rows[0]["cik"], rows[1]["cik"], rows[3]["ticker"]) == (None, 1002, None)
    assert (rows[1]["coverage"], rows[0]["period_end"]) == (0.75, date(2023, 12, 31))
    assert rows[2]["flags"] == ["debt due within 24 months is unknown", "the newest quarter is [old] | stale"]


def test_parquet_types_do_not_depend_on_the_rows(result: Result, empty_result: Result) -> None:
    """A run in which nothing passed has the schema of one in which something did: files of many days fit together."""
    full, empty = (pq.read_schema(io.BytesIO(to_parquet(found))) for found in (result, empty_result))
    assert full.remove_metadata() == empty.remove_metadata()


def test_parquet_carries_run_and_units(result: Result, tmp_path: Path) -> None:
    """The metadata of the file has the run object of the JSON, and the unit of every column."""
    path = tmp_path / "out.parquet"
    write(result, path)
    about = pl.read_parquet_metadata(path)
    assert json.loads(about["screener.run"]) == json.loads(to_json(result))["run"]
    units = json.loads(about["screener.units"])
    assert list(units) == pl.read_parquet(path).columns
    assert (units["roic"], units["market_cap"], units["rank"], units["coverage"]) == ("ratio", "usd", "count", "ratio")


def test_a_value_that_does_not_suit_its_unit_is_kept(result: Result) -> None:
    """A column takes the type that holds all its values: numbers if all are, else text."""
    columns = (ResultColumn("a", "a", "date"), ResultColumn("b", "b", "ratio"))
    rows = tuple(
        dataclasses.replace(row, values=values)
        for row, values in zip(result.rows, ((4, "n/a"), (5.5, 0.25)), strict=False)
    )
    table = pq.read_table(io.BytesIO(to_parquet(dataclasses.replace(result, columns=columns, rows=rows))))
    assert table.column("a").to_pylist() == [4.0, 5.5]
    assert table.column("b").to_pylist() == ["n/a", "0.25"]


def test_a_column_named_like_one_of_ours_has_its_own_key(result: Result) -> None:
    """`flags: price` is no list of sentences: it gets an underscore; `period_end` is what it is anyway."""
    columns = (ResultColumn("flags", "flags", "usd"), ResultColumn("period_end", "period_end", "date"))
    rows = (dataclasses.replace(result.rows[2], values=(7.5, result.rows[2].period_end)),)
    found = dataclasses.replace(result, columns=columns, rows=rows)
    row = json.loads(to_json(found))["rows"][0]
    assert (row["flags_"], row["period_end"], len(row["flags"])) == (7.5, "2023-12-31", 2)
    assert "period_end_" not in row
    assert schema_errors(RESULT, json.loads(to_json(found))) == []
    table = pq.read_table(io.BytesIO(to_parquet(found)))
    assert (table.column("flags_").to_pylist(), table.column_names.count("period_end")) == ([7.5], 1)


def test_the_sidecar_belongs_to_its_file(result: Result, tmp_path: Path) -> None:
    """It names the run, the columns with their units, and the hash of the file beside it."""
    write(result, tmp_path / "picks.csv", sidecar=True)
    beside = json.loads((tmp_path / "picks.csv.run.json").read_text(encoding="utf-8"))
    content = (tmp_path / "picks.csv").read_bytes()
    assert beside["sha256"] == hashlib.sha256(content).hexdigest()
    assert (beside["file"], beside["format"], beside["bytes"]) == ("picks.csv", "csv", len(content))
    assert beside["run"] == json.loads(to_json(result))["run"]
    assert schema_errors(SIDECAR, beside) == []


def test_a_sidecar_is_written_on_request_only(result: Result, tmp_path: Path) -> None:
    """Without it, one file is written; with it, a watchlist has one, too."""
    write(result, tmp_path / "a.csv")
    write(result, tmp_path / "b.txt", BY_NAME["tradingview"], sidecar=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.txt", "b.txt.run.json"]


def test_a_sidecar_that_fails_is_told(result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is full after the file itself, the old sidecar stays whole: its hash is that of another file."""
    write(result, tmp_path / "out.csv", sidecar=True)
    old = (tmp_path / "out.csv.run.json").read_bytes()
    calls: list[int] = []

    def fail_second(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writers.os, "fsync", fail_second)
    changed = dataclasses.replace(result, rows=result.rows[:3])
    with pytest.raises(OutputError, match="No space left"):
        write(changed, tmp_path / "out.csv", sidecar=True)
    assert (tmp_path / "out.csv.run.json").read_bytes() == old
    content = (tmp_path / "out.csv").read_bytes()
    assert hashlib.sha256(content).hexdigest() != json.loads(old)["sha256"]


def test_the_schemas_are_schemas() -> None:
    """Both are valid, and every key of ours says what it is."""
    for schema in (result_schema(), sidecar_schema()):
        Draft202012Validator.check_schema(schema)
    assert not [key.name for keys in OBJECTS.values() for key in keys if len(key.meaning) < 5]


def test_the_result_by_hand_is_valid(result: Result, demo_result: Result, empty_result: Result) -> None:
    """Unknown values of every kind, flags, a name without ticker or CIK."""
    for found in (result, demo_result, empty_result):
        assert schema_errors(RESULT, json.loads(to_json(found))) == []


@pytest.mark.parametrize("screen", [path.stem for path in saved_screens()])
def test_what_shipped_screens_give_is_valid(screen: str) -> None:
    """The JSON of a real run has the keys of the schema, all of them and no other."""
    # In January: one of them looks at nothing in other months.
    found = json.loads(to_json(screener.run(screen, as_of=date(2025, 1, 15))))
    assert schema_errors(RESULT, found) == []
    assert found["rows"]
    assert {row["exchange"] for row in found["rows"]} <= {"NYSE", "NASDAQ", "NYSE American", "OTC"}


def edited(result: Result, *path: str | int, value: Any) -> object:
    """Return the JSON of a result with one value set; ``...`` removes it."""
    found = json.loads(to_json(result))
    place = found
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("extra",), 1),
        (("run", "extra"), 1),
        (("run", "hashes", "extra"), "ab" * 32),
        (("run", "hashes", "data"), "short"),
        (("run", "columns", 0, "unit"), "furlong"),
        (("run", "as_of"), "8 March 2024"),
        (("run", "passed"), ...),
        (("funnel", 0, "extra"), 1),
        (("funnel", 0, "kind"), "sieve"),
        (("rows", 0, "rank"), 0),
        (("rows", 0, "flags"), "text"),
        (("rows", 0, "roic"), [1]),
        (("rows", 0, "exchange"), ...),
        (("rows", 0, "factors", 0, "extra"), 1),
        (("rows", 0, "factors", 0, "percentile"), 101),
    ],
)
def test_the_schema_refuses_what_is_not_so(result: Result, path: tuple[str | int, ...], value: object) -> None:
    """A key too many, a key too few, or a value of another kind is found, so that the schema cannot fall behind."""
    assert schema_errors(RESULT, edited(result, *path, value=value))
