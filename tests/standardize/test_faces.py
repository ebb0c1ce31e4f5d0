"""What the face of a statement decides: which revenue is the total, and whether converts stand beside other debt."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from screener.standardize.pipeline import standardize
from tests.standardize.stages import Filer, M, Row, as_of, read, rows_of, rows_of_each, write_stage
from tests.standardize.test_items import balance, year

SLICE, TOTAL = {"Revenues": 500.0}, {"SalesRevenueNet": 2000.0}

# Candidates that no identity tells apart; the faces; the revenue; whether the choice stays in doubt.
REVENUES: dict[str, tuple[dict[str, str] | None, float, bool]] = {
    "nothing is known of the faces: the largest": (None, 2000, True),
    "one alone is on the income statement": ({"Revenues": "IS"}, 500, False),
    "one alone is on the one statement of comprehensive income": ({"Revenues": "CI"}, 500, False),
    "both are on the income statement: the largest": ({"Revenues": "IS", "SalesRevenueNet": "IS"}, 2000, False),
    "neither is: the largest": ({"Revenues": "CF"}, 2000, True),
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Row]]:
    """The rows of each case of ``REVENUES``, and of those of ``CONVERTS`` under each tag."""
    cases = {("", case): Filer(balance({}) + year(SLICE | TOTAL), faces=row[0]) for case, row in REVENUES.items()}
    for tag in CONVERT_TAGS:
        names = {"Long": "LongTermDebtNoncurrent", "Convert": tag}
        for case, (convert, faces, _, _) in CONVERTS.items():
            known = None if faces is None else {names[name]: statement for name, statement in faces.items()}
            facts = balance({"LongTermDebtNoncurrent": 400.0, tag: convert})
            cases[tag, case] = Filer(facts, faces=known)
    return rows_of_each(tmp_path_factory.mktemp("faces"), cases)


@pytest.mark.parametrize("case", REVENUES)
def test_revenue_on_the_face(case: str, rows: dict[tuple[str, str], list[Row]]) -> None:
    """Where no identity tells which revenue is the total, the one on the face of the income statement is."""
    _, expected, doubt = REVENUES[case]
    row = as_of(rows["", case], "2026-03-01")
    assert row["revenue"] == expected * M
    assert ("conflict" in row["flags"].split()) is doubt


def test_an_identity_comes_before_the_face(tmp_path: Path) -> None:
    """200 = cost 120 + gross profit 80 is revenue, although the other candidate alone is on the face."""
    values = {"Revenues": 100.0, "SalesRevenueNet": 200.0, "CostOfRevenue": 120.0, "GrossProfit": 80.0}
    rows = rows_of(tmp_path, balance({}) + year(values), faces={"Revenues": "IS"})
    assert as_of(rows, "2026-03-01")["revenue"] == 200 * M


def test_a_later_filing_does_not_decide_earlier(tmp_path: Path) -> None:
    """The face of the filing that states a value counts: what the amendment of May shows is not known in March."""
    facts = balance({}) + year(SLICE | TOTAL) + year(SLICE | TOTAL, filed="2026-05-05")
    write_stage(tmp_path, facts, faces={"Revenues": "IS"})
    file = tmp_path / "facts.parquet"
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE f AS SELECT * FROM '{file}'")
        con.execute("UPDATE f SET statement = NULL WHERE filed < DATE '2026-05-05'")
        con.execute(f"COPY f TO '{file}' (FORMAT parquet)")
    standardize(tmp_path)
    rows = read(tmp_path / "fundamentals.parquet")
    assert as_of(rows, "2026-03-01")["revenue"] == 2000 * M
    assert as_of(rows, "2026-06-01")["revenue"] == 500 * M


CONVERT_TAGS = ("ConvertibleLongTermNotesPayable", "ConvertibleDebtNoncurrent")
CONVERTS: dict[str, tuple[float, dict[str, str] | None, float, bool]] = {
    "nothing is known of the faces: inside": (100, None, 400, True),
    "both on the balance sheet: beside": (100, {"Long": "BS", "Convert": "BS"}, 500, False),
    "the convert only in a note: inside": (100, {"Long": "BS"}, 400, True),
    "one line tagged twice": (396, {"Long": "BS", "Convert": "BS"}, 400, False),
    "more than the noncurrent line: beside": (450, {"Long": "BS"}, 850, False),
}


@pytest.mark.parametrize("tag", CONVERT_TAGS)
@pytest.mark.parametrize("case", CONVERTS)
def test_converts_on_the_face(tag: str, case: str, rows: dict[tuple[str, str], list[Row]]) -> None:
    """Converts with a line of their own on the balance sheet are debt beside the noncurrent line of 400."""
    _, _, expected, doubt = CONVERTS[case]
    row = as_of(rows[tag, case], "2026-03-01")
    assert row["total_debt"] == expected * M
    assert ("debt_ambiguous" in row["flags"].split()) is doubt
