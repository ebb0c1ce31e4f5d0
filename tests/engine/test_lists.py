"""Who is on the list, in which order and how many: watchlists, exclusions, most per group, sort; what the notes say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener import api
from screener.engine.query import build_query
from screener.engine.run import run_screen
from screener.errors import ScreenError
from screener.lake.connect import Lake
from screener.language.resolve import Given, load_screen, parse_screen
from screener.language.screen import Screen
from tests.engine.lakes import AS_OF, company, make_lake, quarter

# Ticker, sector, revenue.
NAMES = (
    ("AAA", "Energy", 90.0), ("BRK-B", "Energy", 80.0), ("CCC", "Energy", 70.0), ("DDD", "Materials", 60.0),
    ("GOOGL", None, 50.0), ("FFF", None, 40.0), ("BRKB", "Materials", 30.0),
)  # fmt: skip


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Seven companies; GOOGL has a second line, GOOG, and BRKB has the letters of BRK-B."""
    people = [company(k, ticker, sector=sector, industry=sector) for k, (ticker, sector, _) in enumerate(NAMES, 1)]
    rows = [quarter(k, date(2023, 12, 31), date(2024, 2, 15), 40, revenue=revenue)
            for k, (_, _, revenue) in enumerate(NAMES, 1)]  # fmt: skip
    lines = [{"listing_id": 90, "issuer_id": 5, "ticker": "GOOG", "security_type": "common", "is_primary": False}]
    return make_lake(tmp_path_factory.mktemp("lists"), people, rows, [], lines=lines)


def tickers(lake: Lake, text: str | Screen) -> list[str | None]:
    """Return the tickers of the list in its order; the best has the most revenue."""
    one = parse_screen(f"rank: [{{metric: revenue, direction: higher}}]\n{text}") if isinstance(text, str) else text
    return [row.ticker for row in run_screen(lake, one, AS_OF).rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("watchlist: [ccc, AAA]", ["AAA", "CCC"]),
        ("watchlist: AAA, DDD CCC", ["AAA", "CCC", "DDD"]),
        ("watchlist: BRK.B", ["BRK-B"]),
        ("watchlist: BRK-B", ["BRK-B"]),
        ("watchlist: BRK/B", ["BRK-B"]),
        ("watchlist: BRKB", ["BRKB"]),
        ("watchlist: GOOG", ["GOOGL"]),
        ("watchlist: [NONE, AAA]", ["AAA"]),
        ("watchlist: [NONE]", []),
        ("exclude: [AAA, brk.b, GOOG, NONE]", ["CCC", "DDD", "FFF", "BRKB"]),
        ("watchlist: [AAA, CCC]\nexclude: [AAA]", ["CCC"]),
    ],
)
def test_watchlists(lake: Lake, text: str, expected: list[str]) -> None:
    """Tickers are found however their class is written, also by the company's second line; others are no names."""
    assert tickers(lake, text) == expected


def test_letters_alone_find_a_class_share(lake: Lake) -> None:
    """Without a ticker of just these letters, they are those of a class share."""
    assert tickers(lake, "watchlist: [AA-A, CC.C]") == ["AAA", "CCC"]


def test_notes_tell_what_is_not_there(lake: Lake) -> None:
    """Each list names the tickers that the data set does not have; the funnel has a step for each list."""
    one = parse_screen("watchlist: [AAA, ZZZ, YYY]\nexclude: [XXX]\nrules: [revenue > 0]")
    result = run_screen(lake, one, AS_OF)
    assert result.run.notes[:2] == (
        "watchlist: 2 of 3 not in this data set: ZZZ, YYY",
        "exclude: 1 of 1 not in this data set: XXX",
    )
    assert [step.text for step in result.funnel] == [
        "candidates", "on the watchlist (3 tickers)", "not excluded (1 ticker)", "revenue > 0",
    ]  # fmt: skip
    assert [step.remaining for step in result.funnel] == [7, 1, 1, 1]


def test_a_name_is_ranked_among_the_watchlist(lake: Lake) -> None:
    """The lists are conditions of the universe."""
    one = parse_screen("watchlist: [CCC, FFF]\nrank: [{metric: revenue, direction: higher}]")
    assert [row.score for row in run_screen(lake, one, AS_OF).rows] == [100.0, 50.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max_per_sector: 1", ["AAA", "DDD", "GOOGL"]),
        ("max_per_sector: 2", ["AAA", "BRK-B", "DDD", "GOOGL", "FFF", "BRKB"]),
        ("max_per_sector: 1\nlimit: 2", ["AAA", "DDD"]),
        ("max_per: {sector: 2, exchange: 3}", ["AAA", "BRK-B", "DDD"]),
        ("max_per: {exchange: 3, sector: 2}", ["AAA", "BRK-B"]),
        ("limit: 3", ["AAA", "BRK-B", "CCC"]),
    ],
)
def test_most_per_group(lake: Lake, text: str, expected: list[str]) -> None:
    """The best of each group are kept before the limit counts; names of an unknown group are one group."""
    assert tickers(lake, text) == expected


def test_left_out_names_are_told(lake: Lake) -> None:
    """Ranks have gaps, and a note names who was left out; who is below the limit anyway is not among them."""
    text = "rank: [{metric: revenue, direction: higher}]\nmax_per_sector: 1\n"
    result = run_screen(lake, parse_screen(text), AS_OF)
    assert [row.rank for row in result.rows] == [1, 4, 5]
    assert result.passed == 7
    note = "at most 1 a sector: left out BRK-B (rank 2), CCC (rank 3), FFF (rank 6), BRKB (rank 7)"
    assert note in result.run.notes
    short = run_screen(lake, parse_screen(f"{text}limit: 2"), AS_OF)
    assert "at most 1 a sector: left out BRK-B (rank 2), CCC (rank 3)" in short.run.notes
    frame = api.panel(parse_screen(f"{text}limit: 2"), [AS_OF], data=lake.path)
    assert frame["ticker"].to_list() == ["AAA", "DDD"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sort: revenue", ["BRKB", "FFF", "GOOGL", "DDD", "CCC", "BRK-B", "AAA"]),
        ("sort: [sector, -revenue]", ["AAA", "BRK-B", "CCC", "DDD", "BRKB", "GOOGL", "FFF"]),
        ("sort: -sector", ["DDD", "BRKB", "AAA", "BRK-B", "CCC", "GOOGL", "FFF"]),
        ("sort: -revenue / 2", ["AAA", "BRK-B", "CCC", "DDD", "GOOGL", "FFF", "BRKB"]),
        ("limit: 2\nsort: revenue", ["BRK-B", "AAA"]),
    ],
)
def test_sort(lake: Lake, text: str, expected: list[str]) -> None:
    """The list is shown in another order; who is on it is decided by rank, and unknown values come last."""
    assert tickers(lake, text) == expected


def test_sorted_names_keep_their_rank(lake: Lake) -> None:
    """Sorting changes no rank."""
    one = parse_screen("rank: [{metric: revenue, direction: higher}]\nsort: ticker\nlimit: 3")
    assert [(row.ticker, row.rank) for row in run_screen(lake, one, AS_OF).rows] == [
        ("AAA", 1), ("BRK-B", 2), ("CCC", 3),
    ]  # fmt: skip


PARAMS = "params: {least: 50, home: {choices: [Energy, Materials], default: Energy}}\n"


def test_what_is_set_is_told(lake: Lake, tmp_path: Path) -> None:
    """A parameter changes the list, the notes and the hash; one that is set to its default value is told as well."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"{PARAMS}rules: [revenue >= $least, sector = $home]", encoding="utf-8")
    plain, set_ = load_screen(path), load_screen(path, given=Given({"least": 60, "home": "Materials"}))
    assert tickers(lake, plain) == ["AAA", "BRK-B", "CCC"]
    assert tickers(lake, set_) == ["DDD"]
    note = "set: least = 60 (default 50), home = Materials (default Energy)"
    assert note in run_screen(lake, set_, AS_OF).run.notes
    assert plain.sha256 != set_.sha256 == load_screen(path, given=Given({"home": "Materials", "least": 60})).sha256
    data = lake.path
    found = api.run(path, data=data, as_of=AS_OF, params={"least": 85}, watchlist=["AAA", "DDD"])
    assert [row.ticker for row in found.rows] == ["AAA"]
    assert "60.0" in api.sql(path, as_of=AS_OF, params={"least": 60})
    with pytest.raises(ScreenError, match="too late"):
        api.run(plain, data=data, params={"least": 85})


def test_texts_of_a_screen_are_quoted(lake: Lake) -> None:
    """What an author or a caller writes is a literal of the query, whatever it says."""
    evil = "x' OR 1=1 --"
    one = parse_screen("params: {t: {type: text, default: a}}\nrules: [sector = $t]", given=Given({"t": evil}))
    assert "'x'' or 1=1 --'" in build_query(one, [AS_OF]).sql
    assert tickers(lake, one) == []
