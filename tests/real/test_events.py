"""Events of the real filing lists, checked by reading the lists of three companies by hand."""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from tests.engine.screens import screen

pytestmark = pytest.mark.real

CELADON, NIKOLA, DAYFORCE = 865941, 1731289, 1725057
DISNEY, INCYTE, UNITED_RENTALS, NXP = 1744489, 879169, 1067701, 1413447


def listed(lake: Lake, issuer: int, *kinds: str) -> list[tuple[str, str]]:
    """Return (day, kind) of the issuer's events of these kinds."""
    rows = lake.con.execute(
        "SELECT CAST(filed AS VARCHAR), kind FROM events WHERE issuer_id = ? ORDER BY filed, kind", [issuer]
    ).fetchall()
    return [(day, kind) for day, kind in rows if kind in kinds]


def shown(lake: Lake, ticker: str, day: date, *names: str) -> tuple[object, ...]:
    """Return the fields of a company on a day."""
    (row,) = [row for row in run_screen(lake, screen(columns=names), day).rows if row.ticker == ticker]
    return row.values


def test_celadon(sec: Lake) -> None:
    """Its statements were not to be relied on three times, and every report from 2017 on came late."""
    assert listed(sec, CELADON, "non_reliance", "auditor_change", "bankruptcy")[2:] == [
        ("2012-04-25", "non_reliance"),
        ("2013-10-08", "auditor_change"),
        ("2017-05-01", "non_reliance"),
        ("2018-04-03", "non_reliance"),
        ("2018-12-21", "auditor_change"),
        ("2019-12-19", "bankruptcy"),
    ]
    late = [day for day, _ in listed(sec, CELADON, "late_filing")]
    assert late == [
        "2017-02-09", "2017-05-11", "2017-09-14", "2017-11-09", "2018-02-12", "2018-05-11", "2018-09-14", "2018-11-09",
        "2019-02-11", "2019-05-10", "2019-09-30", "2019-11-15",
    ]  # fmt: skip


def test_nikola(sec: Lake) -> None:
    """Two of its five 10-K/As have statements; it made a bid of its own, which is none for it."""
    assert listed(sec, NIKOLA, "amended_report", "non_reliance", "tender_offer", "debt_acceleration") == [
        ("2021-05-04", "non_reliance"),
        ("2021-05-06", "amended_report"),
        ("2023-05-12", "amended_report"),
        ("2025-02-19", "debt_acceleration"),
    ]
    assert len(listed(sec, NIKOLA, "activist_13d")) == 9


def test_amendments_without_statements(sec: Lake) -> None:
    """Dayforce amended its controls report, Disney its Part III with a table of net income: neither is an event."""
    assert listed(sec, DAYFORCE, "amended_report", "late_filing") == [("2023-11-13", "late_filing")]
    assert listed(sec, DISNEY, "amended_report") == []


def test_holders_and_bidders_are_no_targets(sec: Lake) -> None:
    """Incyte and United Rentals filed a 13D and two tender offers on others; Qualcomm bid for NXP."""
    assert listed(sec, INCYTE, "activist_13d") == []
    assert listed(sec, UNITED_RENTALS, "tender_offer") == []
    assert listed(sec, NXP, "tender_offer") == [("2016-11-18", "tender_offer")]


def test_fields_on_real_days(sec: Lake) -> None:
    """Dayforce's one late report; CSX's restatement from its day on; the bid for NXP for a year; Meta's short list."""
    assert shown(sec, "DAY", date(2025, 9, 12), "red_flag_filings") == (1.0,)
    assert shown(sec, "DAY", date(2023, 11, 12), "red_flag_filings") == (0.0,)
    # CSX's 10-Q of 2024-08-05 lowered the net income of 2023 from 3,715 to 3,668 million.
    assert [shown(sec, "CSX", day, "restated_2y")[0] for day in (date(2024, 8, 4), date(2024, 8, 5))] == [False, True]
    days = (date(2016, 11, 17), date(2016, 11, 18), date(2017, 11, 17), date(2017, 11, 18))
    assert [shown(sec, "NXPI", day, "takeover_bid")[0] for day in days] == [False, True, True, False]
    # Meta's newest page begins on 2024-01-10, the page before it ends on 2024-01-08.
    assert shown(sec, "META", date(2025, 3, 31), "red_flag_filings", "takeover_bid") == (None, False)
    # Hertz has no list.
    assert shown(sec, "HTZ", date(2025, 3, 31), "red_flag_filings", "takeover_bid") == (None, None)


def test_a_vendor_has_none(simfin: Lake) -> None:
    """SimFin lists no filings: every field of theirs is unknown for every company."""
    names = ("red_flag_filings", "activist_13d", "takeover_bid", "rights_modified_12m", "deals_in_industry_12m")
    rows = run_screen(simfin, screen(columns=(*names, "restated_2y")), date(2024, 3, 8)).rows
    assert len(rows) > 500
    assert {row.values for row in rows} == {(None,) * 6}
