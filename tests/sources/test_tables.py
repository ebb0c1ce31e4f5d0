"""A vendor's rows become facts, companies and listings; whatever is wrong with them is counted and named."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.catalogue.vendor_items import vendor_items
from screener.errors import DataError
from screener.mapping.load import load_mapping
from screener.sources.report import BuildReport
from screener.sources.tables import read_tables
from tests.sources.sec_files import table, write_zip

MAPPING = """
company: {ticker: ticker, name: name}
period: {end: end, months: 3}
published: filed
items: {revenue: sales, capex: -capex, total_assets: assets, shares_basic: basic, shares_diluted: diluted}
"""
HEAD = "ticker,name,end,filed,sales,capex,assets,basic,diluted"
GOOD = "AAA,Aaa,2023-03-31,2023-05-01,100,-5,900,1000,1010"
Facts = list[tuple[Any, ...]]


def read(
    folder: Path,
    lines: list[str],
    mapping: str = MAPPING,
    name: str = "t.csv",
    write: Callable[[Path, str], object] = Path.write_text,
) -> tuple[Facts, BuildReport]:
    """Return (tag, start, end, value, filed) of the facts of a table, and the report, which accounts for every row."""
    path, said = folder / name, folder / "m.yaml"
    write(path, "\n".join(lines) + "\n")
    said.write_text(mapping, encoding="utf-8")
    report, stage = BuildReport(), folder / "stage"
    stage.mkdir(exist_ok=True)
    read_tables(load_mapping(said, [path]), stage, report)
    assert all(count.lost == 0 for kinds in report.counts.values() for count in kinds.values())
    return table(stage, "facts", 'tag, "start", "end", value, filed'), report


def reasons(report: BuildReport, verb: str) -> dict[str, tuple[int, list[str]]]:
    """Return what was dropped, skipped or changed: reason to count and examples."""
    return {
        reason: (entry.count, entry.examples)
        for kinds in report.counts.values()
        for count in kinds.values()
        for reason, entry in getattr(count, verb).items()
    }


def named(item: str, columns: str) -> str:
    """Return the tag of a fact of the test's table."""
    return f"vendor:{item}={columns} in t.csv"


def test_facts_have_their_periods_and_signs(tmp_path: Path) -> None:
    """A quarter begins three months before the day after its end; a column with a minus is turned."""
    start, end, filed = date(2023, 1, 1), date(2023, 3, 31), date(2023, 5, 1)
    assert read(tmp_path, [HEAD, GOOD])[0] == [
        (named("capex", "-capex"), start, end, 5.0, filed),
        (named("revenue", "sales"), start, end, 100.0, filed),
        (named("shares_basic", "basic"), start, end, 1000.0, filed),
        (named("shares_diluted", "diluted"), start, end, 1010.0, filed),
        (named("total_assets", "assets"), None, end, 900.0, filed),
    ]


def test_every_version_keeps_its_day(tmp_path: Path) -> None:
    """Rows of one period with different publish dates are versions; the same row twice counts once."""
    later = "AAA,Aaa,2023-03-31,2023-08-01,101,,,,"
    facts, report = read(tmp_path, [HEAD, GOOD, later, later])
    assert [(value, filed) for tag, _, _, value, filed in facts if "revenue" in tag] == [
        (100.0, date(2023, 5, 1)), (101.0, date(2023, 8, 1)),
    ]  # fmt: skip
    assert reasons(report, "dropped") == {"the same period twice in one file": (1, ["AAA 2023-03-31"])}


def test_what_is_wrong_is_counted_with_examples(tmp_path: Path) -> None:
    """Cells that are no finite numbers are missing; rows without company, period or day are dropped; all are named."""
    facts, report = read(
        tmp_path,
        [
            HEAD,
            "AAA,Aaa,2023-03-31,2023-05-01,1e400,n/a,abc,-5,",
            ",Nobody,2023-03-31,2023-05-01,1,,,,",
            "BBB,Bbb,2023-02-31,2023-05-01,1,,,,",
            "CCC,Ccc,2023-03-31,2023-03-30,1,,,,",
            "DDD,Ddd,2023-03-31,,1,,,,",
            "EEE,Eee,2023-03-31,2023-05-01,1e18,,,100,20000",
            "too,short",
        ],
    )
    assert facts == []
    assert reasons(report, "dropped") == {
        "malformed line": (1, ["t.csv:8: Expected Number of Columns: 9 Found: 2"]),
        "no ticker or no end": (2, ["2023-03-31", "BBB 2023-02-31"]),
        "publish date missing or before report date": (2, ["CCC 2023-03-31", "DDD 2023-03-31"]),
    }
    assert reasons(report, "changed") == {
        "value is not a finite number: missing": (2, ["AAA 2023-03-31 sales 1e400", "AAA 2023-03-31 assets abc"]),
        "value above 1e+17: missing": (1, ["sales"]),
        "share count is zero, negative or above 100 billion: dropped": (1, ["AAA 2023-03-31 shares_basic -5.0"]),
        "share counts of one period differ by a factor of 100: the odd one dropped": (
            2,
            ["EEE 2023-03-31 shares_basic 100.0", "EEE 2023-03-31 shares_diluted 20000.0"],
        ),
    }


def test_a_lag_stands_in_for_the_day(tmp_path: Path) -> None:
    """Where the day is missing or cannot be, the row is public so many days after its period; the report counts it."""
    mapping = MAPPING.replace("published: filed", "published: {column: filed, lag: 60}")
    facts, report = read(tmp_path, [HEAD, GOOD, "BBB,Bbb,2023-03-31,2023-03-01,7,,,,"], mapping)
    assert [filed for _, _, _, value, filed in facts if value == 7] == [date(2023, 5, 30)]
    reason = "publish date missing or before report date: report date + 60 days"
    assert reasons(report, "changed")[reason] == (1, ["BBB 2023-03-31"])


def test_no_day_at_all_is_noted(tmp_path: Path) -> None:
    """A mapping without a publish date says after how many days a row is public, and so does the report."""
    facts, report = read(tmp_path, [HEAD, GOOD], MAPPING.replace("published: filed", "published: {lag: 90}"))
    assert {filed for *_, filed in facts} == {date(2023, 6, 29)}
    assert report.notes == ["t.csv has no publish date: its rows count as public 90 days after the period end"]


def test_a_restatement_dates_the_row(tmp_path: Path) -> None:
    """A restated row is known from its restatement on, so that no value is known before it was stated."""
    mapping = MAPPING + "restated: again\n"
    facts, report = read(tmp_path, [f"{HEAD},again", f"{GOOD},2024-01-10"], mapping)
    assert {filed for *_, filed in facts} == {date(2024, 1, 10)}
    assert reasons(report, "changed") == {
        "restated after publication: dated at the restatement": (1, ["AAA 2023-03-31"])
    }


def test_scales_go_by_unit_and_item(tmp_path: Path) -> None:
    """Amounts and share counts are multiplied, figures a share never, an item with a scale of its own by that."""
    mapping = """
company: {cik: cik}
period: {end: end, months: 12}
published: filed
scale: {money: million, shares: 1000}
currency: {column: cur}
items: {revenue: a, eps_basic: b, shares_basic: c, capex: {column: d, scale: 10}, total_debt: [a, d], equity: a - d}
blank_is_zero: [equity]
"""
    lines = ["cik,end,filed,cur,a,b,c,d", "0000000042,20231231,20240201,eur,2,0.5,3,4", "43,20231231,20240201,,2,,,"]
    facts, _ = read(tmp_path, lines, mapping)
    assert [(tag.split(" in")[0].removeprefix("vendor:"), value) for tag, *_, value, _ in facts] == [
        ("capex=d", 40.0), ("eps_basic=b", 0.5), ("equity=a - d", -2e6), ("revenue=a", 2e6), ("shares_basic=c", 3000.0),
        ("total_debt=a + d", 6e6), ("equity=a - d", 2e6), ("revenue=a", 2e6),
    ]  # fmt: skip
    assert set(table(tmp_path / "stage", "facts", "issuer_id, unit")) == {
        (42, "EUR"), (42, "EUR/shares"), (42, "shares"), (43, "USD"),
    }  # fmt: skip


def test_a_cost_below_zero_is_noted(tmp_path: Path) -> None:
    """Where payments are negative in nearly all rows, the report doubts the sign of the mapping."""
    lines = [HEAD, *(f"AAA,A,2023-{month}-28,2023-12-01,1,-5,,," for month in ("03", "06", "09"))]
    _, report = read(tmp_path, lines, MAPPING.replace("-capex", "capex"))
    assert [note for note in report.notes if "capex (capex) is negative in 3 of 3 rows" in note]


# How the same table may be packed, cut and encoded without the mapping saying so.
KINDS: dict[str, Callable[[Path, str], object]] = {
    "mark.csv": lambda path, text: path.write_bytes(b"\xef\xbb\xbf" + text.encode()),
    "semicolons.csv": lambda path, text: path.write_text(text.replace(",", ";").replace("\n", "\r\n"), newline=""),
    "tabs.tsv": lambda path, text: path.write_text(text.replace(",", "\t")),
    "bars.txt": lambda path, text: path.write_text(text.replace(",", "|")),
    "packed.csv.gz": lambda path, text: path.write_bytes(gzip.compress(text.encode())),
    "zipped.zip": lambda path, text: write_zip(path, {"x/t.csv": text}),
    "wide.csv": lambda path, text: path.write_bytes(text.encode("utf-16")),
}


def test_files_of_every_kind(tmp_path: Path) -> None:
    """Delimiters, line ends, packed files and marked encodings are recognised."""
    mapping, stage = tmp_path / "m.yaml", tmp_path / "stage"
    mapping.write_text(MAPPING, encoding="utf-8")
    stage.mkdir()
    for number, (name, write) in enumerate(KINDS.items()):
        write(tmp_path / name, f"{HEAD}\n{GOOD.replace('AAA', f'T{number}').replace('Aaa', f'Société {number}')}\n")
    read_tables(load_mapping(mapping, [tmp_path / name for name in KINDS]), stage, BuildReport())
    assert sorted(table(stage, "companies", "name")) == [(f"Société {number}",) for number in range(len(KINDS))]
    assert len(table(stage, "facts")) == 5 * len(KINDS)


@pytest.mark.parametrize(("encoding", "written"), [("latin-1", "latin-1"), ("utf-16", "utf-16-le")])
def test_encodings_that_the_mapping_names(tmp_path: Path, encoding: str, written: str) -> None:
    """An encoding that no mark tells is what the mapping says; quotes in a name stay."""
    lines = [HEAD, GOOD.replace("Aaa", "Société"), 'BBB,"B ""b""",2023-03-31,2023-05-01,7,,,,']
    more = f"encoding: {encoding}\n"
    facts, _ = read(tmp_path, lines, MAPPING + more, write=lambda path, text: path.write_bytes(text.encode(written)))
    assert [value for *_, value, _ in facts] == [5.0, 100.0, 1000.0, 1010.0, 900.0, 7.0]
    assert sorted(table(tmp_path / "stage", "companies", "name")) == [('B "b"',), ("Société",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (HEAD.encode(), "has a header and no row"),
        (HEAD.encode() + b"\nAAA,Soci\xe9t\xe9,2023-03-31,2023-05-01,1,,,,\n", "t.csv:2: the byte 0xe9 is not UTF-8"),
        (f"{HEAD}\n{GOOD}\n".encode("utf-16-le"), "not a text in UTF-8"),
        (b"\n\n\n", "has no header"),
        (b"PAR1 this is no Parquet file", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty, cut or wrongly encoded file is named, and what to do is said."""
    with pytest.raises(DataError) as found:
        read(tmp_path, [], write=lambda path, _: path.write_bytes(content))
    assert said in found.value.render()


def test_strange_names_and_cells_stay_texts(tmp_path: Path) -> None:
    """Formulas, quotes, NUL bytes, names of 300 letters and 10,000 columns are only texts."""
    long = "n" * 300
    mapping = MAPPING.replace("sales", f"'{long}'").replace("assets: assets", "assets: '=cmd()'")
    more = ",".join(f"c{number}" for number in range(10_000))
    head = HEAD.replace("sales", long).replace("assets", "=cmd()")
    row = GOOD.replace("Aaa", '"=1+1""; DROP TABLE x; --\0"')
    facts, _ = read(tmp_path, [f"{head},{more}", row + "," * 10_000], mapping)
    assert [value for *_, value, _ in facts] == [5.0, 100.0, 1000.0, 1010.0, 900.0]
    assert table(tmp_path / "stage", "companies", "name") == [('=1+1"; DROP TABLE x; --',)]


def test_tickers_of_several_companies(tmp_path: Path) -> None:
    """Companies are told apart by the vendor's id; a ticker that two have had is that of the newer one."""
    mapping = MAPPING.replace("{ticker: ticker, name: name}", "{id: name, ticker: ticker}")
    _, report = read(
        tmp_path, [HEAD, "XYZ,7,2013-03-31,2013-05-01,1,,,,", "XYZ,8,2023-03-31,2023-05-01,2,,,,"], mapping
    )
    assert table(tmp_path / "stage", "listings_raw", "issuer_id, ticker") == [(10_000_000_008, "XYZ")]
    assert reasons(report, "changed") == {
        "ticker of several issuers: it is that of the one with the newest period": (1, ["XYZ 7"]),
        "no ticker: no prices": (1, ["7"]),
    }


def test_several_tickers_of_one_cik(tmp_path: Path) -> None:
    """Two keys with one CIK are one issuer: the facts of the one that came first count, both tickers are listed."""
    mapping = MAPPING.replace("name: name", "name: name, cik: cik").replace(
        "ticker: ticker, ", "id: ticker, ticker: ticker, "
    )
    lines = [
        f"{HEAD},cik",
        f"{GOOD},42",
        "AAA,Aaa,2023-06-30,2023-08-01,1,,,,,42",
        "AAAB,Aaa,2023-03-31,2023-05-01,9,,,,,42",
    ]
    facts, report = read(tmp_path, lines, mapping)
    assert [value for tag, *_, value, _ in facts if "revenue" in tag] == [100.0, 1.0]
    reason = "second ticker of an issuer: its facts are taken once"
    assert reasons(report, "dropped") == {reason: (1, ["AAAB"])}
    assert [ticker for (ticker,) in table(tmp_path / "stage", "listings_raw", "ticker")] == ["AAA", "AAAB"]


def test_every_item_has_a_place_of_its_own() -> None:
    """No two of the items that a column can be mapped to are read under one tag."""
    tags = [item.tag for item in vendor_items().values()]
    assert len(tags) == len(set(tags))


def test_a_share_count_is_not_judged_by_later_ones(tmp_path: Path) -> None:
    """Of two counts that disagree the one near the counts of before is kept, whatever comes out afterwards."""
    lines = [
        HEAD,
        "AAA,A,2022-12-31,2023-02-01,1,,,1000,1000",
        "AAA,A,2023-03-31,2023-05-01,1,,,1000,500000",
        *(f"AAA,A,{year}-12-31,{year + 1}-02-01,1,,,500000,500000" for year in (2023, 2024, 2025)),
    ]
    facts, _ = read(tmp_path, lines)
    shares = [
        (tag.split("=")[0], value) for tag, *_, value, filed in facts if "shares" in tag and filed == date(2023, 5, 1)
    ]
    assert shares == [("vendor:shares_basic", 1000.0)]
