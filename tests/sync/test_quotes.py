"""Days of providers on one basis, with splits that happened and numbers worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from screener.sync.quotes import Answer, Quote, adjusted, agrees, in_order, number, quote

FRIDAY, MONDAY, TUESDAY = date(2024, 6, 7), date(2024, 6, 10), date(2024, 6, 11)
NAMES = ("date", "close", "adjClose", "volume")


def test_ten_for_one() -> None:
    """NVIDIA split 10:1 on 2024-06-10: the 1,208.88 dollars of the Friday before are 120.888, its shares ten times."""
    raw = [Quote(FRIDAY, 1208.88, 120.85, 41_238_580), Quote(MONDAY, 121.79, 121.75, 314_162_700)]
    found = adjusted(raw, [(MONDAY, 10.0)], volume=True)
    assert found[0].close == pytest.approx(120.888)
    assert found[0].volume == pytest.approx(412_385_800)
    assert found[0].adj_close == 120.85
    assert found[1] == raw[1]


def test_one_for_thirty() -> None:
    """Nikola's 1:30 reverse split of 2024-06-25: 34 cents before are 10.20 dollars, 3,000 shares are 100."""
    day, after = date(2024, 6, 24), date(2024, 6, 25)
    found = adjusted([Quote(day, 0.34, None, 3_000), Quote(after, 9.0, None, 50)], [(after, 1 / 30)], volume=True)
    assert found[0].close == pytest.approx(10.20)
    assert found[0].volume == pytest.approx(100)
    assert found[1].close == 9.0


def test_three_for_two_is_believed_where_the_provider_says_so() -> None:
    """A ratio too near to a special dividend to be guessed counts when it is stated: 90 dollars before are 60."""
    found = adjusted([Quote(FRIDAY, 90.0), Quote(MONDAY, 61.0)], [(MONDAY, 1.5)], volume=True)
    assert [row.close for row in found] == [60.0, 61.0]


def test_several_splits_multiply() -> None:
    """Before a 2:1 and a 3:1 split a close is a sixth; between them a third; volume on the basis already stays."""
    raw = [Quote(FRIDAY, 60.0, None, 6), Quote(MONDAY, 30.0, None, 6), Quote(TUESDAY, 10.0, None, 6)]
    found = adjusted(raw, [(TUESDAY, 3.0), (MONDAY, 2.0)], volume=False)
    assert [row.close for row in found] == [10.0, 10.0, 10.0]
    assert {row.volume for row in found} == {6}


def test_a_split_to_come_is_not_in_the_prices() -> None:
    """A split announced for a day after the last close moves nothing; one on a day without trade does."""
    raw = [Quote(FRIDAY, 100.0), Quote(TUESDAY, 50.0)]
    assert adjusted(raw, [(date(2024, 6, 12), 2.0)], volume=True) == tuple(raw)
    assert adjusted(raw, [(MONDAY, 2.0)], volume=True)[0].close == 50.0
    assert adjusted([], [(MONDAY, 2.0)], volume=True) == ()


def test_what_goes_on_where_the_stored_days_end() -> None:
    """The same days with the same closes go on; a split, a dividend, or no day in common do not."""
    stored = [Quote(FRIDAY, 100.0, 98.0), Quote(MONDAY, 102.0, 100.0)]
    more = Quote(TUESDAY, 103.0, 101.0)
    assert agrees(stored, Answer((*stored, more)))
    # What rounding may do to a close of the same day.
    assert agrees(stored, Answer((Quote(MONDAY, 102.0004, 100.0), more)))
    # A dividend of a dollar: adjusted closes of the past fall by 1 %.
    assert not agrees(stored, Answer((Quote(MONDAY, 102.0, 99.0), more)))
    # A 2:1 split.
    assert not agrees(stored, Answer((Quote(MONDAY, 51.0, 50.0), Quote(TUESDAY, 51.5, 50.5))))
    assert not agrees(stored, Answer((*stored, more), ((TUESDAY, 2.0),)))
    # One that the stored days have on both sides is in them.
    assert agrees(stored, Answer((*stored, more), ((MONDAY, 2.0),)))
    assert not agrees(stored, Answer((more,)))


@pytest.mark.parametrize(
    "row",
    [
        {"date": "2024-06-07", "close": float("nan")},
        {"date": "2024-06-07", "close": float("inf")},
        {"date": "2024-06-07", "close": 10**400},
        {"date": "2024-06-07", "close": 0},
        {"date": "2024-06-07", "close": -3.5},
        {"date": "2024-06-07", "close": True},
        {"date": "2024-06-07", "close": "<script>"},
        {"date": "someday", "close": 1.0},
        {"close": 1.0},
        {"date": "2024-06-07"},
        {"warning": "one year only"},
    ],
)
def test_rows_that_are_no_days(row: dict[str, object]) -> None:
    """A row without a day or a finite positive close is none."""
    assert quote(row, NAMES) is None


def test_cells_that_are_no_numbers() -> None:
    """An adjusted close or a volume that cannot be is missing; the day stays."""
    row = {"date": "2024-06-07T00:00:00.000Z", "close": 5, "adjClose": float("nan"), "volume": -1}
    assert quote(row, NAMES) == Quote(FRIDAY, 5.0)
    assert number(None) is None


def test_days_come_once_and_in_order() -> None:
    """Of two rows for a day the later one counts; days after the last whole one are left out."""
    rows = [Quote(MONDAY, 2.0), Quote(FRIDAY, 1.0), Quote(FRIDAY, 1.5), Quote(TUESDAY, 3.0)]
    assert in_order(rows, MONDAY) == (Quote(FRIDAY, 1.5), Quote(MONDAY, 2.0))
