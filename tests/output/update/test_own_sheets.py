"""The user's own sheets stay byte for byte, with all that hangs on them, and the file stays one that Excel opens."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from lxml import etree
from openpyxl.worksheet.table import Table

from screener.errors import OutputError
from screener.output.workbook.carry.merge import Joint, join
from screener.output.workbook.carry.package import pack, read_package
from screener.output.workbook.layout import LEFT_SHEET
from screener.output.workbook.update import plan_update, updated
from tests.output.update.lists import (
    SECOND,
    THIRD,
    column,
    edited,
    first,
    note,
    opened,
    place,
    report,
    through_libreoffice,
    update,
)
from tests.output.update.test_files import changed
from tests.output.update.valid import problems

# A picture of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def rich() -> bytes:
    """Return a workbook of the user's with two sheets and most of what a sheet can have, without a list."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        model, prices = book.add_worksheet("My model"), book.add_worksheet("Prices")
        bold = book.add_format({"bold": True, "num_format": '0.00 "x"', "font_color": "#123456", "border": 2})
        model.write_row(0, 0, ["Ticker", "Multiple", "Fair"], bold)
        model.write_row(1, 0, ["ABC", 8.5, 100.25], bold)
        model.write_formula(2, 1, "=SUM(screener_scores)")
        model.write_formula(3, 1, "=SUM(ShortlistTable[roic])")
        model.write_rich_string(4, 0, "half ", bold, "bold")
        model.write_comment(1, 1, "my comment", {"author": "Ann"})
        model.write_url(5, 0, "https://example.org/", string="site")
        model.conditional_format("B2:B9", {"type": "data_bar", "bar_solid": True})
        model.conditional_format("B2:B9", {"type": "cell", "criteria": ">", "value": 5, "format": bold})
        model.data_validation("C2:C9", {"validate": "list", "source": ["a", "b"]})
        model.insert_image("E2", "pixel.png", {"image_data": io.BytesIO(PIXEL)})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Prices!$A$1:$A$3", "name": "mine"})
        model.insert_chart("E8", chart)
        prices.write_column(0, 0, [1, 2, 3])
        prices.write_column(4, 2, ["Day", 1, 2])
        prices.add_table(4, 2, 6, 2, {"name": "PriceTable", "columns": [{"header": "Day"}]})
        prices.autofilter("A1:A3")
        book.define_name("my_rate", "=Prices!$A$1")
        book.define_name("Prices!local", "=Prices!$A$2")
        prices.print_area("A1:A3")
    return target.getvalue()


def with_list(tickers: tuple[str, ...] = ("ABC", "BRK", "CAT", "EEL")) -> bytes:
    """Return :func:`rich` with a list in it, as if the user had made these sheets in our workbook."""
    return pack(join(Joint(read_package(rich()), read_package(first(tickers)), {})))


def parts(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_own_sheets_stay_byte_for_byte() -> None:
    """Cells, charts, pictures, comments, tables and their links are the very bytes that they were, update by update."""
    content, before = with_list(), parts(rich())
    assert problems(content) == []
    own = [name for name in before if name.startswith("xl/") and "/_rels/workbook" not in name]
    own = [name for name in own if name not in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml")]
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/comments1.xml", "xl/tables/table1.xml"} < set(own)
    for day, tickers in ((SECOND, ("BRK", "FOX")), (THIRD, ("ABC",)), (THIRD, ("DOG", "EEL", "ABC"))):
        plan = plan_update(content, report(tickers, day))
        assert plan.lost == ()
        content = updated(plan)
        after = parts(content)
        # What the formulas of this sheet gave is taken out: they speak of the list.
        before["xl/worksheets/sheet1.xml"] = before["xl/worksheets/sheet1.xml"].replace(b"</f><v>0</v>", b"</f>")
        assert {name: after.get(name) for name in own} == {name: before[name] for name in own}
        assert problems(content) == []


def test_own_sheets_read_as_before() -> None:
    """Texts, formats and names of the user's are the same to other readers after an update."""
    content = update(with_list(), "BRK", "FOX")
    sheet = opened(content)["My model"]
    assert [cell.value for cell in sheet[2]][:3] == ["ABC", 8.5, 100.25]
    assert (sheet["B2"].number_format, sheet["B2"].font.color.rgb, sheet["B2"].comment.text) == (
        '0.00 "x"', "FF123456", "my comment",
    )  # fmt: skip
    assert sheet["A5"].value == "half bold"
    book = opened(content)
    assert book.defined_names["my_rate"].attr_text == "Prices!$A$1"
    assert book["Prices"].defined_names["local"].attr_text == "Prices!$A$2"
    assert book["Prices"].print_area == "'Prices'!$A$1:$A$3"
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert read.get_sheet_by_name("My model").to_python()[1][:3] == ["ABC", 8.5, 100.25]
    assert [row[1] for row in read.get_sheet_by_name("Shortlist").to_python()] == ["Ticker", "BRK", "FOX"]


def test_sheets_keep_their_order_and_state() -> None:
    """Our sheets stay where the user put them, hidden ones hidden; the names that left come after the list."""

    def arrange(book: Any) -> None:
        book.create_sheet("Model", 0)
        book.move_sheet("Run", -5)
        book["Definitions"].sheet_state = "hidden"
        book.active = 0

    before = edited(first(), arrange)
    order = opened(before).sheetnames
    content = update(before, "ABC")
    book = opened(content)
    expected = list(order)
    expected.insert(order.index("Shortlist") + 1, LEFT_SHEET)
    assert book.sheetnames == expected
    assert (book["Definitions"].sheet_state, book["_screener"].sheet_state) == ("hidden", "veryHidden")
    assert book.active.title == "Model"
    selected = [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected]
    assert selected in (["Model"], [])
    assert problems(content) == []


def test_renamed_sheets_keep_the_users_names() -> None:
    """Our sheets are known by their tables: a renamed one keeps its new name, and what refers to it does too."""

    def rename(book: Any) -> None:
        note(book, "ABC", "mine")
        book["Shortlist"].title = "2024 list"
        book["Funnel"].title = "How many"
        for name in book.defined_names.values():
            name.attr_text = name.attr_text.replace("Shortlist!", "'2024 list'!")

    content = update(edited(first(), rename), "BRK", "ABC")
    book = opened(content)
    assert "Shortlist" not in book.sheetnames
    assert "Funnel" not in book.sheetnames
    assert column(content, "Notes", "2024 list") == {"ABC": "mine"}
    assert book.defined_names["screener_tickers"].attr_text.startswith("'2024 list'!")
    assert problems(content) == []
    assert column(update(content, "ABC", day=THIRD), "Notes", "2024 list") == {"ABC": "mine"}


def test_a_sheet_of_ones_own_called_as_ours() -> None:
    """A user's sheet that has the name of one of ours, and one of our table names, keeps both; ours gets a number."""

    def add(book: Any) -> None:
        sheet = book.create_sheet(LEFT_SHEET)
        sheet["A1"], sheet["A2"] = "Mine", 5
        sheet.add_table(Table(displayName="Something", ref="A1:A2"))
        other = book.create_sheet("Other")
        other["A1"], other["A2"] = "Mine", 6
        other.add_table(Table(displayName="sl_fcf_yield_2", ref="A1:A2"))

    second = update(edited(first(), add), "ABC")
    book = opened(second)
    assert book[LEFT_SHEET]["A2"].value == 5
    assert set(column(second, "Left", f"{LEFT_SHEET} (2)")) == {"BRK", "CAT", "EEL"}
    third = update(second, "BRK", day=THIRD)
    assert opened(third).sheetnames == book.sheetnames
    assert set(column(third, "Left", f"{LEFT_SHEET} (2)")) == {"ABC", "CAT", "EEL"}
    assert problems(third) == []


def test_a_name_of_the_users_is_not_taken() -> None:
    """A range name that the user defined stays theirs when a new column of the list would have it."""
    from openpyxl.workbook.defined_name import DefinedName

    def define(book: Any) -> None:
        book.create_sheet("Model")["A1"] = 3
        book.defined_names["sl_gross_margin"] = DefinedName("sl_gross_margin", attr_text="Model!$A$1")

    content = update(edited(first(), define), "ABC", metrics=("roic", "gross_margin"))
    assert opened(content).defined_names["sl_gross_margin"].attr_text == "Model!$A$1"
    again = update(content, "ABC", day=THIRD, metrics=("roic", "gross_margin"))
    assert opened(again).defined_names["sl_gross_margin"].attr_text == "Model!$A$1"
    assert problems(content) == []


def test_what_is_put_onto_our_sheets_is_named() -> None:
    """Cells beside the list, charts, comments and notes on other sheets of ours are named: they are not carried."""
    from openpyxl.chart import BarChart
    from openpyxl.comments import Comment

    def scribble(book: Any) -> None:
        sheet = book["Shortlist"]
        sheet.cell(3, sheet.max_column + 3).value = "beside"
        sheet["B2"].comment = Comment("look here", "Ann")
        sheet.protection.sheet = True
        book["Factors"]["Z9"] = "mine"
        book["Rules"].add_chart(BarChart(), "B20")

    plan = plan_update(edited(first(), scribble), report(("ABC",), SECOND))
    said = "\n".join(plan.lost)
    for expected in (
        "beside the list, under no heading",
        "look here",
        "protection",
        "cells of Factors",
        "Z9",
    ):
        assert expected in said
    assert "1 chart or picture on Rules" in plan.lost
    assert problems(updated(plan)) == []


def test_a_slicer_of_ones_own_on_our_table_stops_the_update() -> None:
    """A slicer on a sheet of the user's that filters our table cannot be kept and is not torn out."""
    # Excel lists slicers by their caches; this is the least that speaks of our table.
    kinds = b"http://schemas.microsoft.com/office/2007/relationships/slicer"
    content = edited(first(), lambda book: book.create_sheet("Model") and None)
    held = parts(content)
    sheet = next(name for name in sorted(held) if name.startswith("xl/worksheets/sheet9"))
    table = next(part for name, part in held.items() if "tables" in name and b"ShortlistTable" in part)
    number = table.partition(b' id="')[2].partition(b'"')[0]
    x15 = b"http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
    held["xl/slicers/slicer1.xml"] = b'<slicers xmlns="urn:s"><slicer name="a" cache="Slicer_roic"/></slicers>'
    held["xl/slicerCaches/slicerCache1.xml"] = (
        b'<slicerCacheDefinition xmlns="urn:s" name="Slicer_roic"><x15:tableSlicerCache xmlns:x15="' + x15
        + b'" tableId="' + number + b'" column="6"/></slicerCacheDefinition>'
    )  # fmt: skip
    package = b"http://schemas.openxmlformats.org/package/2006/relationships"
    held[f"xl/worksheets/_rels/{sheet.rpartition('/')[2]}.rels"] = (
        b'<Relationships xmlns="' + package + b'"><Relationship Id="rId1" Type="' + kinds
        + b'" Target="../slicers/slicer1.xml"/></Relationships>'
    )  # fmt: skip
    held["xl/_rels/workbook.xml.rels"] = held["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="' + kinds + b'Cache" Target="slicerCaches/slicerCache1.xml"/></Relationships>',
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in held.items():
            archive.writestr(name, part)
    with pytest.raises(OutputError, match="slicer"):
        updated(plan_update(target.getvalue(), report(("ABC",), SECOND)))


def test_strange_texts_pass_through() -> None:
    """Notes with markup, control characters, quotes and right-to-left marks come back as they were written."""
    texts = [
        "<script>alert(1)</script>",
        "a & b ]]>",
        "\u202eabc",
        "@SUM(1)",
        "+1",
        "-1",
        "x" * 300,
        "  spaces  ",
        "_x0041_",
        "tab\there",
        "</script>",
    ]

    def write(book: Any) -> None:
        for at, text in enumerate(texts):
            note(book, "CAT", text, f"Own {at} <&>")

    content = update(update(edited(first(), write), "DOG"), "CAT", day=THIRD)
    sheet = opened(content)["Shortlist"]
    assert [cell.value for cell in sheet[2]][-len(texts) :] == texts
    assert all(cell.data_type != "f" for cell in sheet[2])
    assert problems(content) == []


def test_through_libreoffice(tmp_path: Path) -> None:
    """A workbook that LibreOffice saved is understood: its lists, names, notes and formulas are what they were."""

    def write(book: Any) -> None:
        note(book, "ABC", "buy")
        note(book, "CAT", "=1+1").data_type = "s"
        for row, ticker in enumerate(("ABC", "BRK", "CAT", "EEL"), start=2):
            note(book, ticker, f"=E{row}*2", "Twice")
        book.create_sheet("Model")["A1"] = "=SUM(screener_scores)"

    saved = through_libreoffice(edited(first(), write), tmp_path)
    assert problems(saved) == []
    plan = plan_update(saved, report(("FOX", "CAT", "ABC"), SECOND))
    content = updated(plan)
    assert plan.lost == ()
    assert problems(content) == []
    assert column(content, "Notes") == {"ABC": "buy", "CAT": "=1+1"}
    assert len(opened(content).sheetnames) == len(opened(first()).sheetnames) + 2
    again = through_libreoffice(content, tmp_path)
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(again))
    rows = read.get_sheet_by_name("Shortlist").to_python()
    assert [row[rows[0].index("Twice")] for row in rows[1:]] == [2 * row[rows[0].index("Score")] for row in rows[1:]]
    assert read.get_sheet_by_name("Model").to_python()[0][0] == sum(row[rows[0].index("Score")] for row in rows[1:])
    third = update(again, "EEL", "ABC", day=THIRD)
    assert column(third, "Notes") == {"ABC": "buy"}
    assert column(third, "Notes", LEFT_SHEET) == {"CAT": "=1+1"}
    assert problems(third) == []


def test_rich_sheets_open_in_libreoffice(tmp_path: Path) -> None:
    """A joined workbook with charts, pictures and tables of both sides opens, and its formulas compute."""
    content = update(with_list(), "BRK", "FOX")
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(through_libreoffice(content, tmp_path)))
    rows = read.get_sheet_by_name("My model").to_python()
    assert rows[2][1] == 99 + 98
    assert round(rows[3][1], 4) == 0.03


def test_a_damaged_style_number_is_refused() -> None:
    """A part that is missing is a message, not a crash."""
    content = changed(first(), "xl/_rels/workbook.xml.rels", b"styles.xml", b"nowhere.xml")
    with pytest.raises(OutputError, match="missing"):
        updated(plan_update(content, report(("ABC",), SECOND)))
    assert place(opened(first())["Shortlist"], "Ticker") == 2


def test_the_chart_shows_the_same_in_a_file_of_another_program() -> None:
    """What a chart does not say is "yes" in a file that LibreOffice saved: labels have the number alone, said so."""
    (chart,) = [text for name, text in parts(update(first(), "ABC")).items() if "/charts/chart" in name]
    said = [item.tag.rpartition("}")[2] + item.get("val") for item in etree.fromstring(chart).find(".//{*}dLbls")[2:]]
    assert said == ["showLegendKey0", "showVal1", "showCatName0", "showSerName0", "showPercent0", "showBubbleSize0"]
    assert b'<c:plotVisOnly val="0"/></c:chart>' in chart
    assert b'<c:layout/><c:overlay val="0"/></c:title>' in chart
