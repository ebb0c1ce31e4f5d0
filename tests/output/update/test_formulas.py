"""Formulas of own columns follow their names and headings; what leads elsewhere is told, what breaks is mended."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl.workbook.defined_name import DefinedName

from screener.output.workbook.carry.formulas import Mover, pointing, table_columns
from screener.output.workbook.layout import LEFT_SHEET
from screener.output.workbook.update import plan_update, updated
from tests.output.update.lists import SECOND, THIRD, column, edited, first, note, opened, place, report, update
from tests.output.update.valid import problems

# Old: names in rows 2 to 5, roic in F, fcf_yield in G, notes in L. New: rows 2 to 9, F is now G, G is gone.
MOVER = {6: 7, 7: None, 12: 13}


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("F3*2", "G8*2"),
        ("$F3+L3", "$G8+M8"),
        ("SUM(F$2:F$5)/F3", "SUM(G$2:G$9)/G8"),
        ("AVERAGE($F$1:$F$5)", "AVERAGE($G$1:$G$9)"),
        ("SUM(F:F)", "SUM(G:G)"),
        ("COUNTA(3:3)", "COUNTA(8:8)"),
        ("Shortlist!F3", "Shortlist!G8"),
        ("Model!F3+'My sheet'!$B$7", "Model!F3+'My sheet'!$B$7"),
        ('IF(F3>0,"F3","G3")', 'IF(G8>0,"F3","G3")'),
        ("G3+1", "#REF!+1"),
        ("ShortlistTable[[#This Row],[roic]]", "ShortlistTable[[#This Row],[roic]]"),
        ("ShortlistTable[[#This Row],[gone]]+1", "#REF!+1"),
        ("XLOOKUP(B3,screener_tickers,sl_roic)", "XLOOKUP(B8,screener_tickers,sl_roic)"),
        ("[1]Prices!F3", "[1]Prices!F3"),
        ("F$1&F3", "G$1&G8"),
    ],
)
def test_formulas_move_with_names_and_headings(formula: str, moved: str) -> None:
    """The name's own row, columns by heading and ranges over all names follow; other sheets and texts stay."""
    mover = Mover("Shortlist", MOVER, (2, 5), (2, 9), {"shortlisttable": frozenset({"roic"})})
    assert mover.move(formula, "M3", (3, 8)) == moved
    assert mover.gone == ({"M3"} if "#REF!" in moved else set())
    assert mover.elsewhere == set()


def test_another_names_row_is_told() -> None:
    """A formula that points at the row of another name stays as it is and is told of."""
    mover = Mover("Shortlist", MOVER, (2, 5), (2, 9), {})
    assert mover.move("F3/F$2", "M3", (3, 8)) == "G8/G$2"
    assert mover.elsewhere == {"M3"}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("ShortlistTable[roic]", ("ShortlistTable", ("roic",))),
        ("ShortlistTable[[#This Row],[roic]]", ("ShortlistTable", ("roic",))),
        ("ShortlistTable[[roic]:[Notes]]", ("ShortlistTable", ("roic", "Notes"))),
        ("ShortlistTable[[#Headers],[#Data],[a '[b'] '#1]]", ("ShortlistTable", ("a [b] #1",))),
        ("ShortlistTable[#All]", ("ShortlistTable", ())),
        ("ShortlistTable[]", ("ShortlistTable", ())),
        ("Sheet1!A1", ("", ())),
    ],
)
def test_structured_references_are_taken_apart(reference: str, found: tuple[str, tuple[str, ...]]) -> None:
    """Columns are told from words for parts of a table, and characters that are escaped are read."""
    assert table_columns(reference) == found


def test_only_references_count() -> None:
    """The name of our sheet inside a text is no reference, one in a formula is, quoted or not."""
    sheets, tables = frozenset({"shortlist", "left out"}), {"shortlisttable": frozenset({"roic"})}
    assert pointing('"Shortlist!A1"', sheets, tables).addresses == ()
    found = pointing("SUM('Left out'!A1:B2)+SHORTLIST!C3", sheets, tables)
    assert found.addresses == (("Left out", "A1:B2"), ("SHORTLIST", "C3"))


def test_own_formulas_compute_for_their_names() -> None:
    """A formula beside a name speaks of that name on the new list; one that all have is filled for who entered."""

    def write(book: Any) -> None:
        sheet = book["Shortlist"]
        roic = sheet.cell(1, place(sheet, "roic")).column_letter
        for row, ticker in enumerate(("ABC", "BRK", "CAT", "EEL"), start=2):
            note(book, ticker, f"={roic}{row}*100", "Points")
        note(book, "CAT", "=1/4", "Alone")

    before = edited(first(), write)
    content = update(before, "FOX", "CAT", "ABC", metrics=("fcf_yield", "roic"))
    sheet = opened(content)["Shortlist"]
    letter = sheet.cell(1, place(sheet, "roic")).column_letter
    points = {"FOX": f"={letter}2*100", "CAT": f"={letter}3*100", "ABC": f"={letter}4*100"}
    assert column(content, "Points") == points
    assert column(content, "Alone") == {"CAT": "=1/4"}
    assert problems(content) == []
    again = update(content, "ABC", "FOX", day=THIRD)
    letter = opened(again)["Shortlist"].cell(1, place(opened(again)["Shortlist"], "roic")).column_letter
    assert column(again, "Points") == {"ABC": f"={letter}2*100", "FOX": f"={letter}3*100"}


def test_who_comes_back_gets_the_formula_of_the_column_again() -> None:
    """What a formula gave when its name left stays with the names that left; on the list it would be out of date."""

    def write(book: Any) -> None:
        for row, ticker in enumerate(("ABC", "BRK", "CAT", "EEL"), start=2):
            note(book, ticker, f"=A{row}*100", "Points")
            note(book, ticker, row, "Target")

    def compute(book: Any) -> None:
        note(book, "BRK", 200, "Points", LEFT_SHEET)

    left = edited(update(edited(first(), write), "CAT", "ABC"), compute)
    assert column(left, "Points", LEFT_SHEET) == {"BRK": 200}
    back = update(left, "ABC", "BRK", "CAT", day=THIRD)
    assert column(back, "Points") == {"ABC": "=A2*100", "BRK": "=A3*100", "CAT": "=A4*100"}
    assert column(back, "Target") == {"ABC": 2, "BRK": 3, "CAT": 4}


def test_a_formula_to_a_column_that_is_gone_is_told() -> None:
    """What a formula of an own column used and the new list lacks reads #REF!, and is named first."""

    def write(book: Any) -> None:
        sheet = book["Shortlist"]
        letter = sheet.cell(1, place(sheet, "fcf_yield")).column_letter
        note(book, "ABC", f"={letter}2*2", "Twice")

    plan = plan_update(edited(first(), write), report(("ABC",), SECOND, ("roic",)))
    assert any("formulas of your columns" in said for said in plan.lost)
    assert column(updated(plan), "Twice") == {"ABC": "=#REF!*2"}


def test_addresses_into_the_list_are_told_with_their_sheet() -> None:
    """References by address are counted by sheet; names, structured references and whole columns are not."""

    def write(book: Any) -> None:
        sheet = book.create_sheet("Model")
        sheet["A1"], sheet["A2"], sheet["A3"] = "=Shortlist!F3", "=Shortlist!$F$2*2", "=SUM(sl_roic)"
        sheet["A4"], sheet["A5"] = "=SUM(ShortlistTable[roic])", "=COUNTA(Shortlist!B:B)"
        book.create_sheet("Free")["A1"] = "=1+1"
        book.defined_names["best"] = DefinedName("best", attr_text="Shortlist!$B$2")

    plan = plan_update(edited(first(), write), report(("ABC",), SECOND))
    assert [said.partition(",")[0] for said in plan.lost] == [
        "sheet Model: 2 references to cells of Shortlist by address",
        "the name best: 1 reference to cells of Shortlist by address",
    ]


def test_whole_columns_that_moved_are_told() -> None:
    """A reference to a whole column is fine as long as the heading stands where it stood."""

    def write(book: Any) -> None:
        book.create_sheet("Model")["A1"] = "=SUM(Shortlist!F:F)"

    plan = plan_update(edited(first(("ABC",)), write), report(("ABC",), SECOND, ("fcf_yield", "roic")))
    assert len(plan.lost) == 1
    assert plan_update(updated(plan), report(("ABC",), THIRD, ("fcf_yield", "roic"))).lost == ()


def test_references_to_columns_that_are_gone_do_not_break_the_file() -> None:
    """Excel refuses a file with a structured reference that leads nowhere: it becomes #REF!, and is told."""

    def write(book: Any) -> None:
        sheet = book.create_sheet("Model")
        sheet["A1"], sheet["A2"] = "=SUM(ShortlistTable[fcf_yield])", "=SUM(sl_fcf_yield)"
        sheet["A3"] = "=SUM(ShortlistTable[roic])"

    plan = plan_update(edited(first(), write), report(("ABC",), SECOND, ("roic",)))
    content = updated(plan)
    sheet = opened(content)["Model"]
    assert (sheet["A1"].value, sheet["A3"].value) == ("=SUM(#REF!)", "=SUM(ShortlistTable[roic])")
    assert "sheet Model: ShortlistTable[fcf_yield] is not on the new list (1 formulas)" in plan.lost
    assert "sheet Model: sl_fcf_yield is not on the new list (1 formulas)" in plan.lost
    assert problems(content) == []
