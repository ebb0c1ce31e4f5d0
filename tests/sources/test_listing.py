"""Tickers, exchanges, types of securities and the primary line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.sources.listing import clean_name, exchange_name, lines, normal_ticker, security_type


@pytest.mark.parametrize(
    ("text", "expected"),
    [("brk.b", "BRK-B"), ("BRK/B", "BRK-B"), ("BRK B", "BRK-B"), (" on ", "ON"), ("TRUE", "TRUE"), ("BF-B", "BF-B")],
)
def test_tickers_have_one_form(text: str, expected: str) -> None:
    """Upper case, the class after a dash, whatever the source's separator."""
    assert normal_ticker(text) == expected


@given(st.text(max_size=12))
def test_the_normal_form_is_stable(text: str) -> None:
    """Normalising twice changes nothing more."""
    assert normal_ticker(normal_ticker(text)) == normal_ticker(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Nasdaq", "NASDAQ"), ("NYSE", "NYSE"), ("NYSE MKT", "NYSE American"), ("otc", "OTC"), ("", None), (None, None)],
)
def test_exchanges_have_usual_names(text: str | None, expected: str | None) -> None:
    """The source's spelling becomes the usual one; empty is unknown."""
    assert exchange_name(text) == expected


@pytest.mark.parametrize(
    ("ticker", "siblings", "expected"),
    [
        ("SYF-PA", ["SYF"], "preferred"),
        ("ETI-P", ["ETI"], "preferred"),
        ("ABC-WT", ["ABC"], "warrant"),
        ("ABC-WS", ["ABC"], "warrant"),
        ("GRP-UN", ["GRP"], "unit"),
        ("ABC-U", ["ABC"], "unit"),
        ("ABC-R", ["ABC"], "right"),
        ("BRK-B", ["BRK-A"], "common"),
        ("MKC-V", ["MKC"], "common"),
        ("REGCP", ["REG"], "preferred"),
        ("HTZWW", ["HTZ"], "warrant"),
        ("ABCDU", ["ABCD"], "unit"),
        ("GOOGL", ["GOOG"], "common"),
        ("ZIONL", ["ZION"], "other"),
        ("LBTYK", ["LBTYA"], "common"),
        ("CMCSA", [], "common"),
        ("HTIBP", [], "preferred"),
        ("ABCDU", [], "common"),
        ("ABC-XYZ", ["ABC"], "other"),
    ],
)
def test_types_follow_the_suffix(ticker: str, siblings: list[str], expected: str) -> None:
    """A dash suffix, or a fifth letter beside a shorter sibling, tells the type; alone only P and W do."""
    assert security_type(ticker, [ticker, *siblings]) == expected


def test_one_primary_line_the_first_listed_common() -> None:
    """The first common line on an exchange is primary, before one over the counter; preferreds never are."""
    found = lines([("ABCDF", "OTC"), ("ABC-PA", "NYSE"), ("ABC.B", "NYSE"), ("ABC", "NYSE"), ("abc", "NYSE")])
    assert [(line.ticker, line.is_primary) for line in found] == [
        ("ABC", False),
        ("ABC-B", True),
        ("ABC-PA", False),
        ("ABCDF", False),
    ]
    assert not any(line.is_primary for line in lines([("ABC-PA", "NYSE")]))
    assert lines([("ABCDF", "OTC")])[0].is_primary
    assert lines([]) == []


@pytest.mark.parametrize(
    ("tickers", "types"),
    [
        (["DUK", "DUKB"], ["common", "other"]),
        (["SO", "SOJC", "SOJD"], ["common", "other", "other"]),
        (["UAA", "UA"], ["common", "common"]),
        (["BMO", "FNGU"], ["common", "other"]),
        (["LEN", "LEN-B"], ["common", "common"]),
    ],
)
def test_a_second_ticker_on_the_nyse_is_a_note(tickers: list[str], types: list[str]) -> None:
    """Classes have a dash there; baby bonds and exchange-traded notes have tickers of their own."""
    found = {line.ticker: line.security_type for line in lines([(ticker, "NYSE") for ticker in tickers])}
    assert [found[ticker] for ticker in tickers] == types


def test_names_are_cleaned() -> None:
    """Control characters and runs of spaces are gone."""
    assert clean_name("A\x00\x1b[31m  B\u2028 Inc\n") == "A [31m B Inc"
    assert clean_name(None) == ""
