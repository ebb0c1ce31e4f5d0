"""Every row of the table of formats: harmless with hostile text, the same bytes again, whole or not there."""

from __future__ import annotations

import csv
import dataclasses
import errno
import io
import os
import re
import time
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pyarrow.parquet as pq
import pytest

from screener.engine.result import FactorValue, Result, ResultColumn
from screener.errors import OutputError
from screener.output import writers
from screener.output.writers import BY_NAME, BY_SUFFIX, FORMATS, Format, parse_target, write
from tests.output.workbook.reports import empty_report, report_of

EVERY = pytest.mark.parametrize("fmt", FORMATS, ids=[row.name for row in FORMATS])

HOSTILE = (
    '=HYPERLINK("http://x")',
    "<script>alert(1)</script>",
    "@SUM(1)",
    "+1",
    "-1",
    "tab\there\nnew\r\nline",
    "]]>",
    "</script>",
    "\u202etxt.exe\u2066x",
    "x" * 300,
    "\x1b[31mred\x1b[0m \x00\x07",
    "&amp; 'single' \"double\"",
    "a,b;c|d",
    "[x](javascript:alert(1)) ![y](http://x)",
    "株式会社 🚀",
    "\ud800 half",
    "  spaces  within  ",
    "__proto__",
)
# In these formats a name may stand as it is: nothing reads them as markup. Any other text format must escape it.
NO_MARKUP = ("table", "csv", "tsv", "json", "tradingview", "yahoo", "tickers")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture
def hostile(result: Result) -> Result:
    """Return the result with hostile text wherever text can stand: names, tickers, values, flags, headings, title."""
    columns = (
        ResultColumn(HOSTILE[0], HOSTILE[1], "text"),
        ResultColumn(HOSTILE[1], HOSTILE[0], "ratio"),
        ResultColumn("flags", "flags", "usd"),
        ResultColumn("price_date", "price_date", "date"),
    )
    rows = tuple(
        dataclasses.replace(
            result.rows[0],
            rank=rank,
            issuer_id=rank,
            ticker=text,
            name=text,
            sector=text,
            exchange=text,
            values=(text, 0.5, -1e6, date(2024, 3, 8)),
            flags=(text,),
            factors=(FactorValue(text, text, 0.5, 50.0, text, 1.0, "ratio"),),
        )
        for rank, text in enumerate(HOSTILE, start=1)
    )
    run = dataclasses.replace(result.run, title=HOSTILE[1], data=HOSTILE[0], notes=HOSTILE)
    return dataclasses.replace(result, run=run, columns=columns, rows=rows)


def made(result: Result, fmt: Format) -> bytes:
    """Return the bytes of a file of this format."""
    content = fmt.content(result, lambda: report_of(result))
    return content.encode("utf-8", "strict") if isinstance(content, str) else content


def check_zip(content: bytes) -> None:
    """Every XML member parses; no formula, and no link but to the SEC."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        members = [name for name in packed.namelist() if name.endswith((".xml", ".rels", ".vml"))]
        for name in [name for name in members if packed.getinfo(name).file_size]:
            for element in ET.fromstring(packed.read(name)).iter():  # noqa: S314 - our own output
                # The package has elements <f> in tables and charts, too: they hold references, not what a row says.
                if "worksheets/sheet" in name and element.tag.endswith("}f"):
                    assert not re.search(r"http|sum\(1\)|alert", element.text or "", flags=re.IGNORECASE)
                keys = {key.rpartition("}")[2] for key in element.attrib}
                assert "formula" not in keys, name
                for value in element.attrib.values():
                    schema = value.lower().partition(":")[0]
                    assert schema not in {"javascript", "file"}, value
                    assert not value.startswith("http://x"), value


@EVERY
def test_hostile_text_is_harmless(hostile: Result, empty_result: Result, fmt: Format) -> None:
    """No control character or direction override, no markup, no formula and no link comes from a name."""
    content = made(hostile, fmt)
    if content.startswith(b"PK"):
        check_zip(content)
    elif content.startswith(b"PAR1"):
        for column in pq.read_table(io.BytesIO(content)).to_pydict().values():
            assert not [text for text in column if isinstance(text, str) and CONTROL.search(text)]
    else:
        text = content.decode()
        # A library that a format has in it may have such characters of its own.
        assert not set(CONTROL.findall(text)) - set(CONTROL.findall(made(empty_result, fmt).decode()))
        assert fmt.name in NO_MARKUP or "<script>alert(1)" not in text


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_no_delimited_cell_is_a_formula(hostile: Result, name: str, delimiter: str) -> None:
    """Each name is one line of as many cells as the heading; what begins like a formula is a number or quoted."""
    rows = list(csv.reader(io.StringIO(made(hostile, BY_NAME[name]).decode()), delimiter=delimiter))
    assert {len(row) for row in rows} == {9}
    assert len(rows) == 1 + len(HOSTILE)
    starts = [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert set(starts) == {"-1000000.0"}


@EVERY
def test_the_same_result_is_the_same_bytes(
    hostile: Result, result: Result, fmt: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the clock nor what was made before shows in a file."""
    first = made(result, fmt)
    made(hostile, fmt)
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_given: real(2_000_000_000))
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert made(result, fmt) == first


@EVERY
def test_an_empty_list_is_a_file(empty_result: Result, fmt: Format, tmp_path: Path) -> None:
    """A run in which nothing passed is written like any other; a watchlist of it is empty."""
    write(empty_result, tmp_path / "out", fmt, report=lambda: empty_report(empty_result))
    assert bool((tmp_path / "out").read_bytes()) == (fmt.name not in {"tradingview", "yahoo", "tickers"})


@EVERY
def test_a_full_disk_leaves_the_old_file(
    result: Result, fmt: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full before the file is whole: the old one stays, and nothing lies beside it."""

    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "out").write_text("old")
    monkeypatch.setattr(writers.os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write(result, tmp_path / "out", fmt, sidecar=True, report=lambda: report_of(result))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("out", "old")]


@EVERY
def test_a_format_is_chosen_by_its_name(fmt: Format) -> None:
    """FORMAT=FILE names any format of the table, whatever the suffix."""
    assert parse_target(f"{fmt.name}=some/picks.dat") == writers.Target(Path("some/picks.dat"), fmt)


def test_what_is_no_format_belongs_to_the_file() -> None:
    """A name with an equals sign is a name; a folder before it takes away what looks like a format."""
    assert parse_target("limit=3.csv") == writers.Target(Path("limit=3.csv"), BY_SUFFIX[".csv"])
    assert parse_target("./json=3.csv") == writers.Target(Path("json=3.csv"), BY_SUFFIX[".csv"])
    assert parse_target("CSV=3.md").fmt.name == "markdown"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("csv=", "names no file", "csv=FILE"),
        ("picks.list", "names no format", "tradingview"),
        ("excel=picks", "names no format", ".xlsx"),
    ],
)
def test_a_wrong_target_says_what_is_right(text: str, message: str, hint: str) -> None:
    """The hint lists suffixes and names."""
    with pytest.raises(OutputError, match=message) as caught:
        parse_target(text)
    assert hint in caught.value.hint
