"""Things that Excel stores in its own way, put into the parts by hand: none is lost, none breaks the file."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl.styles
import pytest
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula

from screener.output.workbook import writer
from screener.output.workbook.update import plan_update, updated
from tests.output.update.lists import SECOND, THIRD, column, edited, first, note, opened, place, report, update
from tests.output.update.test_files import changed, zipped
from tests.output.update.test_own_sheets import parts
from tests.output.update.valid import problems

SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("shared", [True, False])
def test_a_note_in_two_fonts_keeps_them(shared: bool) -> None:
    """A text with bold words is carried as it is stored, in the list of shared texts or in its cell."""
    runs = "<r><rPr><b/></rPr><t>bold</t></r><r><t> rest</t></r>"
    before = first()
    letter = opened(before)["Shortlist"].cell(1, place(opened(before)["Shortlist"], "Notes")).column_letter
    (empty,) = re.findall(rf'<c r="{letter}2"[^>]*/>'.encode(), parts(before)[SHEET])
    root = etree.fromstring(parts(before)["xl/sharedStrings.xml"])
    if shared:
        before = changed(before, SHEET, empty, f'<c r="{letter}2" t="s"><v>{len(root)}</v></c>'.encode())
        before = changed(before, "xl/sharedStrings.xml", b"</sst>", f"<si>{runs}</si></sst>".encode())
    else:
        before = changed(before, SHEET, empty, f'<c r="{letter}2" t="inlineStr"><is>{runs}</is></c>'.encode())
    content = update(before, "CAT", "ABC")
    found = parts(content)["xl/sharedStrings.xml" if shared else SHEET]
    assert runs.encode() in found
    assert column(content, "Notes") == {"ABC": "bold rest"}
    assert problems(content) == []


def test_texts_of_replaced_sheets_are_gone() -> None:
    """What only the old list said is not left behind in the file."""
    content = update(edited(first(("ABC", "DOG")), lambda book: book.create_sheet("Mine") and None), "ABC", "BRK")
    strings = parts(update(content, "ABC", day=THIRD))["xl/sharedStrings.xml"].decode()
    assert "Dogwood Inc" in strings  # on the sheet of those that left
    again = update(update(content, "ABC", "DOG", day=THIRD), "ABC", "DOG", day=THIRD)
    root = etree.fromstring(parts(again)["xl/sharedStrings.xml"])
    assert sum("Brook" in "".join(item.itertext()) for item in root) == 1
    assert len(root) <= len(etree.fromstring(parts(content)["xl/sharedStrings.xml"])) + 5


def test_formulas_that_share_their_text_are_told_apart() -> None:
    """Excel stores a formula that was filled down once, for its first cell."""

    def write(book: Any) -> None:
        for row, ticker in enumerate(("ABC", "BRK", "CAT", "EEL"), start=2):
            note(book, ticker, f"=E{row}*2", "Twice")

    before = edited(first(), write)
    letter = opened(before)["Shortlist"].cell(1, place(opened(before)["Shortlist"], "Twice")).column_letter
    before = changed(before, SHEET, b"<f>E2*2</f>", f'<f t="shared" ref="{letter}2:{letter}5" si="0">E2*2</f>'.encode())
    for row in (3, 4, 5):
        before = changed(before, SHEET, f"<f>E{row}*2</f>".encode(), b'<f t="shared" si="0"/>')
    assert column(update(before, "EEL", "ABC"), "Twice") == {"EEL": "=E2*2", "ABC": "=E3*2"}


def test_an_array_formula_stays_one() -> None:
    """A formula that computes an array for its one cell is carried as such."""

    def write(book: Any) -> None:
        cell = note(book, "BRK", "x", "Array")
        cell.value = ArrayFormula(cell.coordinate, f"=SUM(E{cell.row}:F{cell.row}*2)")

    content = update(edited(first(), write), "ABC", "BRK")
    sheet = opened(content)["Shortlist"]
    held = sheet.cell(3, place(sheet, "Array"))
    # A column that the list has now (Change) stands before the score.
    assert (held.value.ref, held.value.text) == (held.coordinate, "=SUM(E3:F3*2)")
    assert problems(content) == []


def test_lists_to_choose_from_on_other_sheets_stay() -> None:
    """Newer Excels store a choice from another sheet apart; it is carried in the form that all readers know."""

    def write(book: Any) -> None:
        note(book, "ABC", "Buy", "View")
        book.create_sheet("Lists")["A1"] = "Buy"

    before = edited(first(), write)
    sheet = opened(before)["Shortlist"]
    letter = sheet.cell(1, place(sheet, "View")).column_letter
    newer = (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
        ' uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1"'
        ' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"'
        ' allowBlank="1"><x14:formula1><xm:f>Lists!$A$1:$A$3</xm:f></x14:formula1>'
        f"<xm:sqref>{letter}2:{letter}5</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    before = changed(before, SHEET, b"</worksheet>", newer.encode())
    content = update(before, "BRK", "ABC")
    sheet = opened(content)["Shortlist"]
    letter = sheet.cell(1, place(sheet, "View")).column_letter
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1, choice.type) == (f"{letter}2:{letter}3", "Lists!$A$1:$A$3", "list")
    assert problems(content) == []


def test_the_total_row_and_cells_below_are_named() -> None:
    """Rows that belong to no name are told of, not taken for one."""

    def write(book: Any) -> None:
        sheet = book["Shortlist"]
        sheet.cell(9, 5).value = "=AVERAGE(E2:E5)"
        sheet.cell(10, 30).value = "far"

    plan = plan_update(edited(first(), write), report(("ABC",), SECOND))
    assert plan.lost == ("cells of Shortlist that stand beside the list, under no heading: AD10, row 9",)


def test_colours_on_our_columns_are_named() -> None:
    """A colour that the user gave to a cell of ours is told with its place; our own grey and the headings are not."""

    def write(book: Any) -> None:
        book["Shortlist"]["C3"].fill = openpyxl.styles.PatternFill("solid", fgColor="FF00FF")

    assert plan_update(first(), report(("ABC",), SECOND)).lost == ()
    plan = plan_update(edited(first(), write), report(("ABC",), SECOND))
    assert plan.lost == ("the colours of cells of Shortlist: C3",)


def test_the_mark_of_who_entered_is_no_colour_of_the_users() -> None:
    """A list on which nobody entered has no cell of that colour: the old marks are still ours."""
    marked = update(first(("ABC",)), "ABC", "BRK")
    assert plan_update(edited(marked, lambda _: None), report(("ABC",), THIRD)).lost == ()


def test_values_that_were_never_computed_are_named() -> None:
    """Formulas of a name that leaves are kept as values; where no program computed them that is told."""
    before = edited(first(), lambda book: note(book, "CAT", "=1/4", "Quarter") and None)
    plan = plan_update(before, report(("ABC",), SECOND))
    assert any("CAT" in said and "computed" in said for said in plan.lost)
    computed = changed(before, SHEET, b"<f>1/4</f><v></v>", b"<f>1/4</f><v>0.25</v>")
    plan = plan_update(computed, report(("ABC",), SECOND))
    assert plan.lost == ()
    assert column(updated(plan), "Quarter", "Left since") == {"CAT": 0.25}


def test_a_slicer_on_our_sheet_goes_with_it_and_is_named() -> None:
    """A slicer that the user put onto the list is named; what the workbook keeps for it goes too."""
    held = parts(first())
    kinds = "http://schemas.microsoft.com/office/2007/relationships/slicer"
    held["xl/slicers/slicer1.xml"] = b'<slicers xmlns="urn:s"><slicer name="a" cache="Slicer_roic"/></slicers>'
    held["xl/slicerCaches/slicerCache1.xml"] = (
        b'<slicerCacheDefinition xmlns="urn:s" name="Slicer_roic"><t:tableSlicerCache xmlns:t="urn:t" tableId="1"'
        b' column="6"/></slicerCacheDefinition>'
    )
    held["xl/worksheets/_rels/sheet1.xml.rels"] = held["xl/worksheets/_rels/sheet1.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId98" Type="{kinds}" Target="../slicers/slicer1.xml"/></Relationships>'.encode(),
    )
    held["xl/_rels/workbook.xml.rels"] = held["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        f'<Relationship Id="rId99" Type="{kinds}Cache" Target="slicerCaches/slicerCache1.xml"/>'.encode()
        + b"</Relationships>",
    )
    extension = (
        b'<extLst><ext uri="{46BE6895-7355-4a93-B00E-2C351335B9C9}"><t:slicerCaches xmlns:t="urn:t"><x14:slicerCache'
        b' xmlns:x14="urn:x14" r:id="rId99"/></t:slicerCaches></ext></extLst></workbook>'
    )
    held["xl/workbook.xml"] = held["xl/workbook.xml"].replace(b"</workbook>", extension)
    plan = plan_update(zipped(held), report(("ABC",), SECOND))
    assert plan.lost == ("a slicer on Shortlist",)
    after = parts(updated(plan))
    assert not [name for name in after if "slicer" in name]
    assert b"slicer" not in after["xl/workbook.xml"]
    assert problems(updated(plan)) == []


def test_the_order_of_computing_is_made_anew() -> None:
    """A list of cells to compute in order would name cells that are gone, and Excel would repair it."""
    held = parts(first())
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    held["xl/calcChain.xml"] = b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    held["xl/_rels/workbook.xml.rels"] = held["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'.encode()
    )
    held["[Content_Types].xml"] = held["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.calcChain+xml"/></Types>',
    )
    content = update(zipped(held), "ABC")
    assert "xl/calcChain.xml" not in parts(content)
    assert problems(content) == []


def test_old_results_are_taken_out_where_they_speak_of_the_list() -> None:
    """Results of formulas on own sheets go where these, or what they rest on, name the list; others stay."""

    def write(book: Any) -> None:
        for name, formula in (("Model", "=SUM(sl_roic)"), ("Sum", "=Model!A1+1"), ("Alone", "=1+1")):
            book.create_sheet(name)["A1"] = formula

    before = edited(first(), write)
    held = {name: part.replace(b"</f><v/>", b"</f><v>7</v>").replace(b"</f><v></v>", b"</f><v>7</v>")
            for name, part in parts(before).items()}  # fmt: skip
    after = parts(update(zipped(held), "ABC"))
    sheets = opened(zipped(held)).sheetnames
    given = {name: after[f"xl/worksheets/sheet{sheets.index(name) + 1}.xml"] for name in ("Model", "Sum", "Alone")}
    assert [b"<v>7</v>" in part for part in given.values()] == [False, False, True]


def test_lists_too_long_for_tables_are_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is streamed, with plain filters instead of tables, keeps its notes all the same."""
    monkeypatch.setattr(writer, "CELLS_IN_MEMORY", 0)
    before = edited(first(), lambda book: note(book, "CAT", "streamed", "View") and None)
    content = update(before, "DOG", "CAT")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [name for name in archive.namelist() if "tables" in name]
    assert column(content, "View") == {"CAT": "streamed"}
    assert problems(content) == []
    assert column(update(content, "CAT", day=THIRD), "View") == {"CAT": "streamed"}
