"""YAML with places: texts as written, places to the character, and what is refused."""

from __future__ import annotations

import pytest

from screener.language.document import MAX_BYTES, Mapping, Node, Scalar, Sequence, Source, read_document

TEXT = """\
# comment
name: Ünï 😀 text
rules:
  - "a > 5 and \\"b\\" < \\u0035 or
     folded \\
     end"
  - 'it''s > 5
    and more'
  - >-
    roic > 5%

    and roe > 7%
  - |
    first
      second
  - plain over
    two lines
  - {rule: x > 1, y: [NYSE American, NO]}
"""


def scalars(node: Node | None) -> list[Scalar]:
    """Return every text of the tree, keys included."""
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [found for item in node.items for found in scalars(item)]
        case Mapping():
            return [found for key, value in node.entries for found in (key, *scalars(value))]
        case None:
            return []


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_every_character_is_found_again(newline: str) -> None:
    """For every style of YAML text, the place of a character in the value is where it stands in the file."""
    source = Source(TEXT.replace("\n", newline))
    found = scalars(read_document(source))
    assert source.problems == []
    assert len(found) == 13
    checked = 0
    for scalar in found:
        for offset, char in enumerate(scalar.text):
            span = scalar.at(offset, offset + 1)
            if not char.isspace():
                written = source.lines[span.line - 1][span.column - 1]
                assert written == char or (written in "\\'" and char in "\"'5"), (scalar.text, offset)
                checked += 1
    assert checked > 100


def test_places_worked_by_hand() -> None:
    """The second line of a folded text, and what follows an escape, have their own line and column."""
    source = Source("a: >-\n  roic > 5%\n  and roe\nb: 'it''s x'\nc: \"\\t y\"\n")
    root = read_document(source)
    assert isinstance(root, Mapping)
    folded, single, double = (value for _, value in root.entries if isinstance(value, Scalar))
    assert folded.text == "roic > 5% and roe"
    assert (folded.at(14, 17).line, folded.at(14, 17).column, folded.at(14, 17).length) == (3, 7, 3)
    assert single.text == "it's x"
    assert (single.at(5, 6).line, single.at(5, 6).column) == (4, 11)
    assert double.text == "\t y"
    assert (double.at(2, 3).line, double.at(2, 3).column) == (5, 8)


@pytest.mark.parametrize("word", ["ON", "NO", "TRUE", "yes", "null", "~", "1e6", "0x10", "1_000", "2024-01-02", "1:30"])
def test_texts_stay_as_written(word: str) -> None:
    """Nothing becomes a boolean, a number, a date or nothing on the way."""
    root = read_document(Source(f"- {word}\n"))
    assert [scalar.text for scalar in scalars(root)] == [word]


def messages(text: str) -> list[tuple[str, int, int]]:
    """Return (message, line, column) of the problems of ``text``."""
    source = Source(text)
    read_document(source)
    return [(problem.message, problem.line, problem.column) for problem in source.sorted_problems()]


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the file is empty", 1, 1),
        ("# only\n---\n", "", 0, 0),
        ("a: 1\nb: 2\na: 3\n", "the key 'a' stands twice", 3, 1),
        ("a: b\n--- \nc: d\n", "a second document begins here", 2, 1),
        ("a:\n\t- b\n", "a tab stands where spaces belong", 2, 1),
        ("a:\n  - b\n \t- c\n", "a tab stands where spaces belong", 3, 2),
        ("a: *b\n", "aliases (*) are not part of a screen", 1, 4),
        ("a: &x b\n", "anchors (&) are not part of a screen", 1, 4),
        ("a: !!python/object/apply:os.system [ls]\n", "tags (!) are not part of a screen", 1, 4),
        ("a: 'x\nb: c\n", "this quoted text has no end", 1, 4),
        ("a: @x\n", "a text cannot begin with '@'", 1, 4),
        ("%x\n", "a text cannot begin with '%'", 1, 1),
        ("a: b\x07\n", "the character U+0007 cannot stand in a screen", 1, 5),
        ("a: b\nc: \ud800\n", "the character U+D800 cannot stand in a screen", 2, 4),
        ("[a]: b\n", "a key must be a text", 1, 1),
    ],
)
def test_what_is_refused(text: str, message: str, line: int, column: int) -> None:
    """Everything that is no plain YAML mapping of texts is named with its place."""
    assert messages(text) == ([(message, line, column)] if message else [])


def test_hostile_files_are_refused_early() -> None:
    """Deep nesting, size and multiplied aliases end reading before they cost anything."""
    assert messages("[" * 100_000) == [("nested more than 20 levels deep", 1, 21)]
    assert messages("a: " + "x" * MAX_BYTES) == [("the file is larger than 256 KB", 1, 1)]
    bomb = "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert len(messages(bomb)) > 8


def test_byte_order_mark_and_non_ascii_columns() -> None:
    """Columns count characters: an emoji and an umlaut are one each."""
    source = Source("😀ü: x\n")
    root = read_document(source)
    assert isinstance(root, Mapping)
    assert [scalar.span.column for scalar in scalars(root)] == [1, 5]
