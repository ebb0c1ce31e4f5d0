"""Notes and own columns follow their issuers to the new list, whatever the user did to the rows between."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import openpyxl.comments
import openpyxl.styles
import openpyxl.worksheet.datavalidation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formatting.rule import FormulaRule

from screener.output.workbook.layout import LEFT_SHEET
from screener.output.workbook.update import plan_update, updated
from tests.output.update import lists
from tests.output.update.lists import SECOND, THIRD, column, edited, first, note, opened, place, report, update
from tests.output.update.valid import problems


def notes(book: Any) -> None:
    """Write a note to each name, of every kind of value."""
    note(book, "ABC", "buy below 12")
    note(book, "BRK", 17.5)
    cell = note(book, "CAT", "=1+1")
    cell.data_type = "s"
    note(book, "EEL", "line one\nline two")


def shuffled(book: Any, order: random.Random) -> None:
    """Sort the rows of the Shortlist into any order, as a user does by clicking on headings."""
    sheet = book["Shortlist"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    kinds = [[cell.data_type for cell in row] for row in sheet.iter_rows(min_row=2)]
    at = list(range(len(rows)))
    order.shuffle(at)
    for row, source in enumerate(at):
        for place_, value in enumerate(rows[source]):
            cell = sheet.cell(row + 2, place_ + 1)
            cell.value = value
            cell.data_type = kinds[source][place_]


def test_notes_follow_their_names() -> None:
    """A note stands beside its issuer on the new list; text that looks like a formula stays text."""
    book = update(edited(first(), notes), "EEL", "CAT", "FOX", "ABC")
    assert column(book, "Notes") == {"EEL": "line one\nline two", "CAT": "=1+1", "ABC": "buy below 12"}
    sheet = opened(book)["Shortlist"]
    assert sheet.cell(3, place(sheet, "Notes")).data_type == "s"
    assert problems(book) == []


def test_change_tells_who_entered() -> None:
    """Names that were not on the list before are marked, the others are not."""
    plan = plan_update(first(("ABC", "BRK")), report(("FOX", "ABC", "DOG"), SECOND))
    assert (plan.entered, plan.left) == (("FOX", "DOG"), ("BRK",))
    assert column(updated(plan), "Change") == {"FOX": "entered", "DOG": "entered"}


def test_names_that_left_keep_their_notes_until_they_return() -> None:
    """Who leaves goes to a sheet of its own with the day and the notes, stays there, and returns with them."""
    second = update(edited(first(), notes), "ABC")
    assert column(second, "Notes", LEFT_SHEET) == {"BRK": 17.5, "CAT": "=1+1", "EEL": "line one\nline two"}
    third = update(second, "BRK", "FOX", day=THIRD)
    assert column(third, "Notes") == {"BRK": 17.5}
    assert column(third, "Left", LEFT_SHEET) == {
        "ABC": datetime(2024, 3, 22),
        "CAT": datetime(2024, 3, 15),
        "EEL": datetime(2024, 3, 15),
    }
    assert column(third, "Notes", LEFT_SHEET)["ABC"] == "buy below 12"
    fourth = update(third, "ABC", "BRK", "CAT", "EEL", day=THIRD)
    assert column(fourth, "Notes") == column(edited(first(), notes), "Notes")
    assert column(fourth, "Notes", LEFT_SHEET) == {}
    assert problems(fourth) == []


def test_a_note_on_a_name_that_left_is_carried() -> None:
    """What the user writes on the sheet of those that left is kept as well."""
    second = edited(update(first(), "ABC"), lambda book: note(book, "CAT", "too dear", sheet=LEFT_SHEET) and None)
    assert column(update(second, "CAT", day=THIRD), "Notes") == {"CAT": "too dear"}
    assert column(update(second, "DOG", day=THIRD), "Notes", LEFT_SHEET) == {"CAT": "too dear"}


@settings(max_examples=8, deadline=None)
@given(
    st.permutations(list(lists.NAMES)).flatmap(lambda names: st.tuples(st.just(names[:4]), st.permutations(names))),
    st.integers(1, 6),
    st.randoms(use_true_random=False),
)
def test_no_note_moves_to_another_name(names: tuple[list[str], list[str]], count: int, order: random.Random) -> None:
    """However the user sorted and whoever is on the new list, each note is with its issuer, here or among the left."""
    before, after = names[0], names[1][:count]

    def write(book: Any) -> None:
        for ticker in before:
            note(book, ticker, f"of {ticker}")
            note(book, ticker, f"=1+1 {ticker}", "View")
        shuffled(book, order)

    book = update(edited(first(before), write), *after)
    stay = {ticker: f"of {ticker}" for ticker in before if ticker in after}
    gone = {ticker: f"of {ticker}" for ticker in before if ticker not in after}
    assert column(book, "Notes") == stay
    assert column(book, "Notes", LEFT_SHEET) == gone
    again = update(book, *before, day=THIRD)
    assert column(again, "Notes") == stay | gone


def test_rows_sorted_without_their_hidden_key_go_by_the_ticker() -> None:
    """A note goes with the ticker that the user sees when the hidden key beside it is another's, and that is told."""

    def swap(book: Any) -> None:
        note(book, "ABC", "of ABC")
        sheet = book["Shortlist"]
        at = place(sheet, "Issuer")
        sheet.cell(2, at).value, sheet.cell(3, at).value = sheet.cell(3, at).value, sheet.cell(2, at).value

    plan = plan_update(edited(first(("ABC", "BRK")), swap), report(("BRK", "ABC"), SECOND))
    assert column(updated(plan), "Notes") == {"ABC": "of ABC"}
    assert any("ABC" in said and "BRK" in said for said in plan.notices)


def test_without_the_hidden_column_the_ticker_stands_for_it() -> None:
    """Who deleted the column of keys gets the notes by ticker."""

    def drop(book: Any) -> None:
        notes(book)
        book["Shortlist"].delete_cols(place(book["Shortlist"], "Issuer"))

    assert column(update(edited(first(), drop), "BRK", "ABC"), "Notes") == {"BRK": 17.5, "ABC": "buy below 12"}


def test_an_issuer_whose_cik_became_known_is_the_same() -> None:
    """An issuer that an earlier data set knew by number alone keeps its note under its CIK."""
    before = edited(first(("EEL",)), lambda book: note(book, "EEL", "long") and None)
    known = dict(lists.NAMES) | {"EEL": ("Eel, Inc.", 105)}
    try:
        held, lists.NAMES["EEL"] = lists.NAMES["EEL"], known["EEL"]
        plan = plan_update(before, report(("EEL",), SECOND))
    finally:
        lists.NAMES["EEL"] = held
    assert column(updated(plan), "Notes") == {"EEL": "long"}
    assert plan.entered == ()


def test_rows_of_ones_own_are_kept_aside_and_named() -> None:
    """A row that the user typed below the list goes to the names that left, and is told of."""

    def add(book: Any) -> None:
        sheet = book["Shortlist"]
        row = sheet.max_row + 1
        sheet.cell(row, place(sheet, "Ticker")).value = "ZZZ"
        sheet.cell(row, place(sheet, "Notes")).value = "watch"

    plan = plan_update(edited(first(), add), report(("ABC",), SECOND))
    assert column(updated(plan), "Notes", LEFT_SHEET) == {"ZZZ": "watch"}
    assert any("ZZZ" in said for said in plan.notices)
    again = update(updated(plan), "ABC", day=THIRD)
    assert column(again, "Notes", LEFT_SHEET) == {"ZZZ": "watch"}


def test_a_second_row_of_a_name_is_named() -> None:
    """Two rows of one issuer become one; a note that differs is told, not dropped."""

    def copy(book: Any) -> None:
        note(book, "ABC", "first")
        sheet = book["Shortlist"]
        for at in range(1, sheet.max_column + 1):
            sheet.cell(6, at).value = sheet.cell(2, at).value
        sheet.cell(6, place(sheet, "Notes")).value = "second"

    plan = plan_update(edited(first(), copy), report(("ABC",), SECOND))
    assert column(updated(plan), "Notes") == {"ABC": "first"}
    assert any("'second'" in said for said in plan.lost)


def test_own_columns_keep_value_format_and_order() -> None:
    """Columns of the user's keep their cells with type, number format, colour and width, wherever they stood."""

    def add(book: Any) -> None:
        sheet = book["Shortlist"]
        sheet.insert_cols(4)
        sheet.cell(1, 4).value = "View"
        note(book, "ABC", "Buy", "View").fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
        note(book, "CAT", 12.5, "Target").number_format = '#,##0.00 "EUR"'
        note(book, "BRK", datetime(2024, 5, 1), "Next call").number_format = "yyyy-mm-dd"
        note(book, "BRK", True, "Held")
        sheet.column_dimensions["D"].width = 31

    book = update(edited(first(), add), "CAT", "BRK", "ABC")
    assert column(book, "View") == {"ABC": "Buy"}
    assert column(book, "Target") == {"CAT": 12.5}
    assert column(book, "Next call") == {"BRK": datetime(2024, 5, 1)}
    assert column(book, "Held") == {"BRK": True}
    sheet = opened(book)["Shortlist"]
    assert [cell.value for cell in sheet[1]][-5:] == ["Notes", "View", "Target", "Next call", "Held"]
    assert sheet.cell(2, place(sheet, "Target")).number_format == '#,##0.00 "EUR"'
    assert sheet.cell(4, place(sheet, "View")).fill.fgColor.rgb == "00FFFF00"
    assert round(sheet.column_dimensions[sheet.cell(1, place(sheet, "View")).column_letter].width) == 31
    assert sheet.tables["ShortlistTable"].ref.startswith("A1:")
    assert problems(book) == []


def test_an_own_column_that_was_deleted_stays_away() -> None:
    """A column that the user deleted from the list does not come back from the sheet of those that left."""
    second = update(edited(first(), lambda book: note(book, "CAT", 1, "Target") and None), "ABC")
    assert column(second, "Target", LEFT_SHEET) == {"CAT": 1}

    def drop(book: Any) -> None:
        book["Shortlist"].delete_cols(place(book["Shortlist"], "Target"))

    third = opened(update(edited(second, drop), "CAT", day=THIRD))
    assert "Target" not in [cell.value for cell in third["Shortlist"][1]]


def test_a_heading_that_the_list_has_now_is_kept_beside_it() -> None:
    """An own column keeps its values under another heading when the new list has a column of that name."""
    before = edited(first(), lambda book: note(book, "ABC", "mine", "gross_margin") and None)
    book = opened(update(before, "ABC", metrics=("roic", "gross_margin")))
    headings = [cell.value for cell in book["Shortlist"][1]]
    assert headings.index("gross_margin") < headings.index("Notes")
    assert [cell.value for cell in book["Shortlist"][2]][-1] == "mine"


def test_comments_lists_and_colours_of_own_columns_stay() -> None:
    """Comments, links, lists to choose from and conditional formats of own columns are where their names are."""

    def dress(book: Any) -> None:
        sheet = book["Shortlist"]
        cell = note(book, "CAT", "Buy", "View")
        cell.comment = openpyxl.comments.Comment("since May", "Ann")
        cell.hyperlink = "https://example.org/cat?a=1&b=2"
        letter = cell.column_letter
        choice = openpyxl.worksheet.datavalidation.DataValidation("list", formula1='"Buy,Hold,Sell"')
        choice.add(f"{letter}2:{letter}5")
        sheet.add_data_validation(choice)
        fill = openpyxl.styles.PatternFill(bgColor="00FF00", fill_type="solid")
        sheet.conditional_formatting.add("A2:B5", FormulaRule([f'${letter}2="Buy"'], fill=fill))

    plan = plan_update(edited(first(), dress), report(("DOG", "ABC", "CAT", "BRK", "EEL", "FOX"), SECOND))
    content = updated(plan)
    sheet = opened(content)["Shortlist"]
    at = place(sheet, "View")
    letter = sheet.cell(1, at).column_letter
    assert sheet.cell(4, at).comment.text == "since May"
    assert sheet.cell(4, at).hyperlink.target == "https://example.org/cat?a=1&b=2"
    (choice,) = sheet.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == (f"{letter}2:{letter}7", '"Buy,Hold,Sell"')
    formulas = {str(area.sqref): rule.formula for area in sheet.conditional_formatting for rule in area.rules}
    assert formulas["A2:B7"] == [f'${letter}2="Buy"']
    assert problems(content) == []
    assert plan.lost == ()


def test_the_properties_of_the_file_tell_the_day() -> None:
    """The day in the file's properties is that of the new list, unless the user wrote a subject of their own."""
    assert opened(update(first(), "ABC")).properties.subject == "As of 2024-03-15"

    def write(book: Any) -> None:
        book.properties.subject, book.properties.creator = "My list", "Ann"

    kept = opened(update(edited(first(), write), "ABC")).properties
    assert (kept.subject, kept.creator) == ("My list", "Ann")


def test_the_same_update_gives_the_same_bytes() -> None:
    """Two updates of one workbook by one list are equal, and a second writing of a plan is too."""
    before = edited(first(), notes)
    plan = plan_update(before, report(("BRK", "FOX"), SECOND))
    assert updated(plan) == updated(plan) == update(before, "BRK", "FOX")
