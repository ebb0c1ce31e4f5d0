"""Fields of the filing lists: windows to the day, unknown where a list does not reach back, many dates in one query."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from screener.catalogue.sectors import classify
from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.query import build_query
from screener.engine.run import panel, run_screen
from screener.lake.connect import Lake
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import factor, screen

END = date(2023, 12, 31)
FILED = date(2024, 1, 20)
WHOLE = date(1993, 1, 1)
FIELDS = ("red_flag_filings", "activist_13d", "takeover_bid", "rights_modified_12m", "deals_in_industry_12m")


def event(number: int, kind: str, filed: str) -> dict[str, Any]:
    """Return a row of ``events``."""
    return {"issuer_id": number, "kind": kind, "filed": date.fromisoformat(filed), "accession": f"{number}-{filed}"}


# AS_OF is 2024-03-08: 24 months are 2022-03-09 to 2024-03-08, 12 months 2023-03-09 to 2024-03-08.
EVENTS = [
    event(1, "auditor_change", "2022-03-08"),  # a day too early
    event(1, "auditor_change", "2022-03-09"),
    event(1, "non_reliance", "2023-06-01"),
    event(1, "late_filing", "2023-11-15"),
    event(1, "amended_report", "2024-03-08"),
    event(1, "late_filing", "2024-03-09"),  # a day too late
    event(1, "management_change", "2024-01-05"),  # no red flag
    event(1, "activist_13d", "2023-03-09"),
    event(1, "tender_offer", "2023-03-08"),  # a day too early
    event(1, "rights_modified", "2023-03-08"),  # a day too early
    event(2, "activist_13d", "2023-03-08"),  # a day too early
    event(2, "merger_proxy", "2023-12-01"),
    event(2, "merger_proxy", "2024-01-15"),  # the same bid
    event(2, "rights_modified", "2024-02-01"),
    event(2, "acquisition_completed", "2023-05-01"),
    event(2, "acquisition_completed", "2023-07-01"),
    event(3, "activist_13d", "2024-02-01"),
    event(3, "late_filing", "2024-02-01"),
]  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """AAA and BBB with whole lists; CCC's begins within the year; DDD has none; EEE's begins with the 24 months."""
    since = {1: WHOLE, 2: WHOLE, 3: date(2024, 1, 1), 4: None, 5: date(2022, 3, 9), 6: date(2022, 3, 10)}
    sic = {1: 3674, 2: 3674, 3: 3674, 4: 7372, 5: 7372, 6: 1311}
    with make_lake(
        tmp_path,
        [company(n, letter * 3, sic=sic[n], filings_since=since[n]) for n, letter in enumerate("ABCDEF", 1)],
        [quarter(n, END, FILED, 40, revenue=50.0) for n in since],
        [price(n, 10.0) for n in since],
        events=[*EVENTS, event(5, "management_change", "2023-01-09"), event(6, "management_change", "2023-01-09")],
    ) as opened:
        yield opened


def shown(lake: Lake, day: date = AS_OF, names: tuple[str, ...] = FIELDS) -> dict[str, tuple[object, ...]]:
    """Return the values of the fields by ticker."""
    return {row.ticker: row.values for row in run_screen(lake, screen(columns=names), day).rows}


def test_windows_and_unknowns(lake: Lake) -> None:
    """Events count from the day after the same day 24 (12) months ago; without a list that long nothing is none."""
    assert shown(lake) == {
        # its own: the change of auditor, the non-reliance, the late filing, the amended report; of BBB: 2 + 1 deals
        "AAA": (4.0, True, False, False, 3.0),
        # AAA has no deal in the twelve months
        "BBB": (0.0, False, True, True, 0.0),
        # what is seen is true, what is not seen may have been before the list begins
        "CCC": (None, True, None, None, 3.0),
        # EEE, the only other with its code, has a list and no deals
        "DDD": (None, None, None, None, 0.0),
        # DDD has no list, and is the only other one
        "EEE": (0.0, False, False, False, None),
        # a day is missing of the 24 months; there is no other issuer with its code
        "FFF": (None, False, False, False, None),
    }


def test_known_from_the_day_of_the_filing(lake: Lake) -> None:
    """The day before a filing it is not known, from its day on it is; on the next day the window moves on by one."""
    assert [shown(lake, day)["BBB"][3] for day in (date(2024, 1, 31), date(2024, 2, 1))] == [False, True]
    # 2022-03-08 leaves as 2024-03-08 comes; then 2022-03-09 leaves as 2024-03-09 comes.
    days = (date(2024, 3, 7), AS_OF, date(2024, 3, 9), date(2024, 3, 10))
    assert [shown(lake, day)["AAA"][0] for day in days] == [4.0, 4.0, 4.0, 4.0]
    assert [shown(lake, day)["AAA"][1] for day in days] == [True, True, False, False]


def test_many_dates_in_one_query(lake: Lake) -> None:
    """A panel has on each of its dates what a run has; the dates share one query with one step for the events."""
    days = [date(2024, 2, 1), date(2024, 3, 7), AS_OF]
    wanted = screen(columns=FIELDS)
    rows = panel(lake, wanted, days)
    for day in days:
        there = {row[0]: row[1:] for row in rows.filter(rows["as_of"] == day).select("ticker", *FIELDS).rows()}
        assert there == shown(lake, day)
    sql = build_query(wanted, days).sql
    assert sql.count("filed_events AS (") == sql.count("industry_deals AS (") == 1


def test_steps_only_where_they_are_needed() -> None:
    """A screen without these fields does not touch the events, and one with a flag does not count deals."""
    plain = build_query(screen("revenue > 0", columns=("drawdown_52w", "dq_score", "price")), [AS_OF]).sql
    assert "events" not in plain
    assert "restatements" not in plain
    flagged = build_query(screen("red_flag_filings = 0"), [AS_OF]).sql
    assert "filed_events" in flagged
    assert "industry_deals" not in flagged


def test_unknown_never_passes_and_says_why(lake: Lake) -> None:
    """A company without a list fails `red_flag_filings <= 1`, last in a rank, and explain tells the reason."""
    wanted = screen("red_flag_filings <= 1", columns=("red_flag_filings",))
    result = run_screen(lake, wanted, AS_OF)
    assert sorted(row.ticker for row in result.rows) == ["BBB", "EEE"]
    found = explain_name(lake, result, find_company(lake.con, "DDD", AS_OF), filings=False)
    assert found.judgements[0].verdict == "unknown"
    assert "list of the issuer's filings" in found.judgements[0].reason
    ranked = run_screen(lake, screen(rank=(factor("red_flag_filings", "lower"),)), AS_OF)
    assert [row.score for row in ranked.rows if row.ticker in {"CCC", "DDD", "FFF"}] == [0.0, 0.0, 0.0]


def test_industry_follows_the_code_of_the_day(tmp_path: Path) -> None:
    """The deals are those of issuers that had the same code on the day, and of lists that exist by then."""
    codes = [
        {"issuer_id": 2, "known_from": known, "sic": sic, "sector": classify(sic).sector}
        for known, sic in ((date(2023, 1, 1), 1311), (date(2024, 3, 1), 3674))
    ]
    with make_lake(
        tmp_path,
        [company(n, ticker, sic=3674, filings_since=WHOLE) for n, ticker in ((1, "AAA"), (2, "BBB"), (3, "CCC"))],
        [quarter(n, END, FILED, 40) for n in (1, 2)],
        [price(n, 10.0, day) for n in (1, 2) for day in (date(2024, 2, 29), AS_OF)],
        classifications=codes,
        # CCC has its first event after the days: before, it is nobody's peer
        events=[event(2, "acquisition_completed", "2023-09-01"), event(3, "acquisition_completed", "2024-05-01")],
    ) as lake:
        assert shown(lake, date(2024, 2, 29), ("deals_in_industry_12m",))["AAA"] == (None,)
        assert shown(lake, AS_OF, ("deals_in_industry_12m",))["AAA"] == (1.0,)


def test_restated(tmp_path: Path) -> None:
    """True with the flag on a version of the last eight quarters that holds on the day; unknown for a vendor."""
    later = date(2024, 3, 1)
    old = date(2022, 3, 31)
    rows = [
        quarter(1, END, FILED, 40),
        quarter(2, END, FILED, 40),
        quarter(3, END, FILED, 40),
        quarter(4, END, FILED, 40, flags="restated"),
        # the eighth quarter back, restated on 2024-03-01
        quarter(1, old, date(2022, 5, 1), 33, known_until=later, latest_until=date(2022, 8, 1), flags="neg"),
        quarter(1, old, later, 33, latest_until=later, flags="neg restated fx"),
        # the ninth
        quarter(2, date(2021, 12, 31), date(2022, 3, 1), 32, latest_until=date(2022, 5, 1), flags="restated"),
    ]
    with make_lake(
        tmp_path,
        [company(n, t, source="simfin" if n == 4 else "sec") for n, t in enumerate(("AAA", "BBB", "CCC", "DDD"), 1)],
        rows,
        [price(n, 10.0, day) for n in (1, 2, 3, 4) for day in (date(2024, 2, 29), AS_OF)],
    ) as lake:
        before = shown(lake, date(2024, 2, 29), ("restated_2y",))
        assert before == {"AAA": (False,), "BBB": (False,), "CCC": (False,), "DDD": (None,)}
        assert shown(lake, AS_OF, ("restated_2y",)) == {**before, "AAA": (True,)}


def line(listing: int, issuer: int, first: date | None, last: date | None, kind: str = "common") -> dict[str, Any]:
    """Return a second listing of an issuer."""
    return {
        "listing_id": listing, "issuer_id": issuer, "ticker": f"X{listing}", "security_type": kind,
        "is_primary": False, "first_date": first, "last_date": last,
    }  # fmt: skip


def test_dual_class(tmp_path: Path) -> None:
    """Two common lines that trade on the day; not one that came later or has ended; unknown without prices."""
    first = date(2020, 1, 2)
    people = [company(n, letter * 3, first_date=first, last_date=AS_OF) for n, letter in enumerate("ABCDEF", 1)]
    lines = [
        line(11, 1, first, AS_OF),
        line(12, 2, date(2024, 3, 5), AS_OF),
        line(13, 3, first, date(2023, 6, 30)),
        line(14, 4, None, None),
        line(15, 5, first, AS_OF, "preferred"),
    ]
    fundamentals = [quarter(n, END, FILED, 40) for n in range(1, 7)]
    prices = [price(n, 10.0, day) for n in range(1, 7) for day in (date(2024, 3, 4), AS_OF)]
    with make_lake(tmp_path, people, fundamentals, prices, lines=lines) as lake:
        found = shown(lake, AS_OF, ("dual_class",))
        assert [found[t][0] for t in ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")] == [
            True, True, False, None, False, False,
        ]  # fmt: skip
        assert shown(lake, date(2024, 3, 4), ("dual_class",))["BBB"] == (False,)


def test_rank_within_ff49_falls_back(tmp_path: Path) -> None:
    """A Fama-French group of at least `min_group` names ranks by itself; names of a smaller one in the universe."""
    people = [company(n, f"A{n}", ff49="Chips" if n <= 3 else "Soda") for n in range(1, 6)]
    rows = [quarter(n, END, FILED, 40, revenue=float(n)) for n in range(1, 6)]
    wanted = screen(rank=(factor("revenue", within="ff49"),), min_group=3)
    with make_lake(tmp_path, people, rows, [price(n, 10.0) for n in range(1, 6)]) as lake:
        result = run_screen(lake, wanted, AS_OF)
        found = {row.ticker: (round(row.score or 0, 1), row.factors[0].peers) for row in result.rows}
    assert found == {
        # 3 of 3, 2 of 3, 1 of 3 among the chips; 5 of 5 and 4 of 5 among all
        "A3": (100.0, "Chips"), "A2": (66.7, "Chips"), "A1": (33.3, "Chips"),
        "A5": (100.0, "universe"), "A4": (80.0, "universe"),
    }  # fmt: skip
