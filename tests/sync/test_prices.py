"""Prices fetched from providers on this machine, one of which misbehaves, and kept in one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from screener.errors import DataError, ScreenerError
from screener.sync.client import Client
from screener.sync.pace import Pace
from screener.sync.price_fetch import SAVE_EVERY, Priced
from screener.sync.price_store import PriceStore
from screener.sync.prices import last_session, sync_prices
from screener.sync.providers import PROVIDERS, Provider, provider_named
from tests.sync.price_site import KEY, Vendor
from tests.sync.server import Handler, Site, serving

# A Wednesday; the last session before it is the Tuesday.
TODAY = date(2024, 6, 12)
NVDA = [
    ("2024-06-06", 1209.98, 120.96, 10.0),
    ("2024-06-07", 1208.88, 120.85, 20.0),
    ("2024-06-10", 121.79, 121.75, 300.0),
]
KEYED = ("tiingo", "eodhd")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server in the place of both providers, with a key for each."""
    with serving(Site()) as found:
        for name in ("SCREENER_TIINGO_SITE", "SCREENER_EODHD_SITE"):
            monkeypatch.setenv(name, found.url)
        for name in ("TIINGO_API_KEY", "EODHD_API_KEY"):
            monkeypatch.setenv(name, KEY)
        yield found


@pytest.fixture
def vendor(site: Site) -> Vendor:
    """The provider's days; tests change them."""
    found = Vendor()
    found.put_into(site)
    return found


def quick(provider: Provider, key: str) -> Client:
    """Return a client without pace that does not wait."""
    pace = Pace(1_000_000, sleep=lambda _: None)
    return Client("", pace, timeouts=(2, 2), sleep=lambda _: None, secrets=(key,))


def get(out: Path, name: str, tickers: Sequence[str] = ("NVDA",), today: date = TODAY, **given: Any) -> Priced:
    """Fetch without building."""
    return sync_prices(out, provider_named(name), today, tickers=tickers, build=False, client=quick, **given)


def rows(out: Path, columns: str = "ticker, date::VARCHAR, close, adj_close, volume") -> list[tuple[Any, ...]]:
    """Return what is stored, rounded to the cent."""
    path = out / "sources" / "prices" / "daily.parquet"
    with duckdb.connect() as con:
        found = con.execute(f"SELECT {columns} FROM read_parquet('{path}')").fetchall()
    return [tuple(round(cell, 3) if isinstance(cell, float) else cell for cell in row) for row in found]


def test_raw_closes_come_onto_the_last_days_basis(vendor: Vendor, tmp_path: Path) -> None:
    """Tiingo's raw closes and volumes of before NVIDIA's 10:1 split are a tenth and ten times, by its splitFactor."""
    vendor.days["NVDA"], vendor.splits["NVDA"] = NVDA, [("2024-06-10", 10.0)]
    found = get(tmp_path, "tiingo")
    assert (found.came, found.days, found.stopped) == (1, 3, "")
    assert rows(tmp_path) == [
        ("NVDA", "2024-06-06", 120.998, 120.96, 100.0),
        ("NVDA", "2024-06-07", 120.888, 120.85, 200.0),
        ("NVDA", "2024-06-10", 121.79, 121.75, 300.0),
    ]


def test_eodhd_says_its_splits_apart(vendor: Vendor, tmp_path: Path) -> None:
    """EODHD's closes are raw, its volumes are not: a 1:30 reverse split makes 34 cents 10.20 dollars, 100 stay 100."""
    vendor.days["NKLA"] = [("2024-06-07", 0.34, 10.2, 100.0), ("2024-06-10", 9.0, 9.0, 50.0)]
    vendor.splits["NKLA"] = [("2024-06-10", 1 / 30)]
    get(tmp_path, "eodhd", ["NKLA"])
    assert rows(tmp_path, "round(close, 2), volume") == [(10.2, 100.0), (9.0, 50.0)]


@pytest.mark.parametrize("name", KEYED)
def test_later_runs_ask_for_what_is_new(site: Site, vendor: Vendor, name: str, tmp_path: Path) -> None:
    """The second run asks from a day before the stored ones on, and adds the one that is new; the file is the same."""
    vendor.days["A"] = [("2024-06-07", 10.0, 9.0, 5.0), ("2024-06-10", 11.0, 10.0, 6.0)]
    get(tmp_path / "two", name, ["A"], today=date(2024, 6, 11))
    vendor.days["A"].append(("2024-06-11", 12.0, 11.0, 7.0))
    site.asked.clear()
    found = get(tmp_path / "two", name, ["A"])
    assert (found.came, found.days, found.again) == (1, 1, [])
    assert all("2024-06-06" in entry.path for entry in site.asked)
    get(tmp_path / "one", name, ["A"])
    files = [tmp_path / run / "sources" / "prices" / "daily.parquet" for run in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("name", KEYED)
def test_a_split_moves_what_is_stored(vendor: Vendor, name: str, tmp_path: Path) -> None:
    """A 3:2 split the day after: 90 dollars that were stored are 60, as if all had been fetched at once."""
    vendor.days["A"] = [("2024-06-07", 90.0, 90.0, 4.0)]
    get(tmp_path, name, ["A"], today=date(2024, 6, 10))
    assert rows(tmp_path, "close") == [(90.0,)]
    vendor.days["A"] = [("2024-06-07", 90.0, 60.0, 4.0), ("2024-06-10", 61.0, 61.0, 8.0)]
    vendor.splits["A"] = [("2024-06-10", 1.5)]
    found = get(tmp_path, name, ["A"])
    assert found.again == ["A"]
    assert rows(tmp_path, "close, adj_close") == [(60.0, 60.0), (61.0, 61.0)]


def test_a_dividend_moves_the_adjusted_closes(vendor: Vendor, tmp_path: Path) -> None:
    """A dividend of two on a hundred: the adjusted closes of before are fetched again, the closes stay."""
    vendor.days["A"] = [("2024-06-06", 100.0, 100.0, 1.0), ("2024-06-07", 100.0, 100.0, 1.0)]
    get(tmp_path, "tiingo", ["A"], today=date(2024, 6, 10))
    vendor.days["A"] = [(day, 100.0, 98.0, 1.0) for day in ("2024-06-06", "2024-06-07")] + [
        ("2024-06-10", 98.0, 98.0, 1.0)
    ]
    assert get(tmp_path, "tiingo", ["A"]).again == ["A"]
    assert rows(tmp_path, "close, adj_close") == [(100.0, 98.0), (100.0, 98.0), (98.0, 98.0)]


def test_stated_splits_are_not_guessed_again(vendor: Vendor, tmp_path: Path) -> None:
    """What a build reads from the stored file is what is stored; raw closes, guessed at, give the same."""
    from screener.sources.prices import read_prices
    from screener.sources.report import BuildReport

    vendor.days["NVDA"], vendor.splits["NVDA"] = NVDA, [("2024-06-10", 10.0)]
    get(tmp_path, "tiingo")
    raw = tmp_path / "raw.csv"
    lines = [f"NVDA,{day},{close},{adjusted},{volume}\n" for day, close, adjusted, volume in NVDA]
    raw.write_text("ticker,date,close,adj_close,volume\n" + "".join(lines), encoding="utf-8")
    found = []
    for number, path in enumerate((tmp_path / "sources" / "prices" / "daily.parquet", raw)):
        stage = tmp_path / f"stage{number}"
        report = BuildReport()
        read_prices(path, stage, report)
        with duckdb.connect() as con:
            found.append(con.execute(f"FROM read_parquet('{stage}/prices_raw.parquet')").fetchall())
        assert bool(report.count(path.name, "splits").changed) == (path == raw)
    assert [row[2:] for row in found[0]] == [pytest.approx(row[2:]) for row in found[1]]


def test_one_ticker_does_not_stop_the_others(site: Site, vendor: Vendor, tmp_path: Path) -> None:
    """Tickers that are unknown, no tickers at all, or answered with nonsense are counted, each for what it is."""
    vendor.days = {name: [("2024-06-10", 5.0, 5.0, 1.0)] for name in ("GOOD", "ZLAST")}
    vendor.odd = {
        "PAGE": (200, b"<!DOCTYPE html><html>Log in</html>"),
        "HUGE": (200, b"[" + b" " * 10_000_000 + b"]"),
        "NANS": (200, b'[{"date":"2024-06-07","close":NaN},{"date":"2024-06-10","close":7,"adjClose":Infinity}]'),
        "DICT": (200, b'{"detail":"nothing here"}'),
    }
    found = get(tmp_path, "tiingo", ["GOOD", "PAGE", "HUGE", "NANS", "DICT", "GONE", "../../x", "ZLAST", "a?b=c"])
    assert (found.came, found.unusable) == (3, 1)
    assert found.unreadable == ["DICT", "HUGE", "PAGE"]
    assert found.absent == ["--/--/X", "A?B=C", "GONE"]
    assert not [entry.path for entry in site.asked if "x/prices" in entry.path.lower() and ".." in entry.path]
    assert rows(tmp_path, "ticker, close, adj_close") == [("GOOD", 5.0, 5.0), ("NANS", 7.0, None), ("ZLAST", 5.0, 5.0)]


@pytest.mark.parametrize("name", KEYED)
def test_an_answer_that_breaks_off_is_asked_for_again(site: Site, vendor: Vendor, name: str, tmp_path: Path) -> None:
    """Half a list is no list: it is fetched once more, and is not taken for the days that there are."""
    vendor.days["A"] = [("2024-06-07", 5.0, 5.0, 1.0), ("2024-06-10", 6.0, 6.0, 1.0)]
    cuts = [0, 60]

    def cut(handler: Handler, _: bytes) -> bool:
        if not cuts:
            return False
        handler.answer(200, b'[{"date":"2024-06-07","close":5}]' * 9, send=cuts.pop())
        return True

    site.tricks.insert(0, cut)
    assert get(tmp_path, name, ["A"]).unreadable == []
    assert rows(tmp_path, "close") == [(5.0,), (6.0,)]


def test_an_earlier_first_day_has_all_fetched_again(site: Site, vendor: Vendor, tmp_path: Path) -> None:
    """--since bounds what is fetched of a ticker, is remembered, and may be moved back."""
    vendor.days["A"] = [(day, 5.0, 5.0, 1.0) for day in ("2022-06-07", "2023-06-07", "2024-06-07")]
    get(tmp_path, "tiingo", ["A"], since=date(2024, 1, 1))
    assert rows(tmp_path, "date::VARCHAR") == [("2024-06-07",)]
    get(tmp_path, "tiingo", ["A"], since=date(2023, 1, 1))
    assert rows(tmp_path, "date::VARCHAR") == [("2023-06-07",), ("2024-06-07",)]
    site.asked.clear()
    get(tmp_path, "tiingo", ["A", "B"])
    assert ["2023-01-01" in entry.path for entry in site.asked] == [True]


def test_pages_in_place_of_prices_end_it(vendor: Vendor, tmp_path: Path) -> None:
    """Five answers in a row that are no prices are the network's or the account's fault; what came before is kept."""
    vendor.days["A"] = [("2024-06-10", 5.0, 5.0, 1.0)]
    vendor.odd = {f"B{number}": (200, b"<html>Log in</html>") for number in range(9)}
    with pytest.raises(DataError, match=r"tiingo gives no prices 5 times in a row: a web page") as caught:
        get(tmp_path, "tiingo", ["A", *vendor.odd])
    assert "kept" in caught.value.hint
    assert PriceStore(tmp_path / "sources").stored(tmp_path).path is not None
    assert rows(tmp_path, "ticker") == [("A",)]


@pytest.mark.parametrize("name", KEYED)
def test_a_wrong_key_is_one_error_without_the_key(
    vendor: Vendor, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is refused ends it at once, is named by its variable, and is nowhere in words or files."""
    wrong = "wr0ng-key/+&"
    monkeypatch.setenv(f"{name.upper()}_API_KEY", wrong)
    with pytest.raises(DataError) as caught:
        get(tmp_path, name, ["A", "B"])
    assert f"refuses the key in {name.upper()}_API_KEY (401)" in caught.value.message
    _nowhere(wrong, caught.value, tmp_path)
    monkeypatch.setenv(f"{name.upper()}_API_KEY", KEY)
    vendor.odd["A"] = (403, b"Forbidden")
    with pytest.raises(DataError, match=r"refuses the key in .* \(403\)"):
        get(tmp_path, name, ["A", "B"])


def test_one_ticker_beyond_the_plan_is_counted(vendor: Vendor, tmp_path: Path) -> None:
    """Where others were answered, the key is good: a ticker that is refused is one of the plan's limits."""
    vendor.days = {name: [("2024-06-10", 5.0, 5.0, 1.0)] for name in "AC"}
    vendor.odd["B"] = (403, b"Forbidden")
    found = get(tmp_path, "tiingo", "ABC")
    assert (found.came, found.refused) == (2, ["B"])


@pytest.mark.parametrize("name", KEYED)
def test_a_key_is_in_no_message_and_no_file(site: Site, vendor: Vendor, name: str, tmp_path: Path) -> None:
    """Whatever goes wrong on the way (down, redirected, cut), the key is not in what a person sees or finds."""
    vendor.days["A"] = [("2024-06-10", 5.0, 5.0, 1.0)]
    get(tmp_path, name, ["A"], today=date(2024, 6, 11))

    answers = {
        "down": (503, b""),
        "moved": (302, b"", {"Location": f"http://elsewhere.example/{KEY}/x?api_token={KEY}"}),
        "odd": (418, KEY.encode()),
    }
    for answer in answers.values():

        def trick(handler: Handler, _: bytes, answer: tuple[Any, ...] = answer) -> bool:
            handler.answer(*answer)
            return True

        site.tricks[0:0] = [trick]
        with pytest.raises(DataError) as caught:
            get(tmp_path, name, ["A"])
        _nowhere(KEY, caught.value, tmp_path)


def _nowhere(key: str, error: ScreenerError, out: Path) -> None:
    from urllib.parse import quote

    words = error.render().encode() + b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    assert key.encode() not in words
    assert quote(key, safe="").encode() not in words


def test_the_contact_is_the_secs_alone(
    site: Site, vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Providers are told the program, not the person."""
    monkeypatch.setenv("SCREENER_CONTACT", "Jane Doe jane@example.com")
    get(tmp_path, "tiingo", ["A"])
    assert site.asked[0].headers["User-Agent"].startswith("screener/")
    assert "@" not in str(site.asked[0].headers)


@pytest.mark.parametrize(
    "answer",
    [
        (429, b'{"detail":"Error: You have run over your hourly request allocation."}'),
        (402, b"Payment required"),
        (200, b"Exceeded the daily hits limit"),
    ],
)
def test_a_limit_ends_with_what_came(site: Site, vendor: Vendor, answer: tuple[int, bytes], tmp_path: Path) -> None:
    """At the provider's limit what has come is kept, and the next run goes on with the tickers that are left."""
    vendor.days = {name: [("2024-06-10", 5.0, 5.0, 1.0)] for name in "ABC"}
    vendor.odd = {"B": answer}
    found = get(tmp_path, "tiingo", "ABC")
    assert found.stopped
    assert (found.came, found.left) == (1, 2)
    assert rows(tmp_path, "ticker") == [("A",)]
    vendor.odd.clear()
    site.asked.clear()
    assert get(tmp_path, "tiingo", "ABC").quiet == 1
    assert [entry.path.split("/")[3] for entry in site.asked] == ["B", "C"]
    assert rows(tmp_path, "ticker") == [("A",), ("B",), ("C",)]


def test_ctrl_c_keeps_what_came(site: Site, vendor: Vendor, tmp_path: Path) -> None:
    """An interruption at the third ticker keeps two, and leaves them to the next run."""
    vendor.days = {name: [("2024-06-10", 5.0, 5.0, 1.0)] for name in "ABC"}

    def step(stage: str, done: int = 0, total: int = 0, /) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(tmp_path, "tiingo", "ABC", progress=step)
    site.asked.clear()
    get(tmp_path, "tiingo", "ABC")
    assert [entry.path.split("/")[3] for entry in site.asked] == ["C"]
    assert rows(tmp_path, "ticker") == [("A",), ("B",), ("C",)]


def test_tickers_without_a_day_are_written_down_on_the_way(site: Site, vendor: Vendor, tmp_path: Path) -> None:
    """A power cut after many tickers that the provider does not know loses few of these answers."""
    gone = [f"GONE{number:02d}" for number in range(2 * SAVE_EVERY + 1)]
    seen: list[int] = []

    def look(handler: Handler, _: bytes) -> bool:
        state = tmp_path / "sources" / "prices" / "prices.json"
        seen.append(len(json.loads(state.read_text(encoding="utf-8"))["asked"]))
        return False

    site.tricks.insert(0, look)
    vendor.days.clear()
    assert len(get(tmp_path, "tiingo", gone).absent) == len(gone)
    assert seen == [number // SAVE_EVERY * SAVE_EVERY for number in range(len(gone))]


def test_parts_of_a_killed_run_are_used(vendor: Vendor, tmp_path: Path) -> None:
    """What a killed run left is in the file that the next build reads; half a part is nothing."""
    vendor.days = {name: [("2024-06-10", 5.0, 5.0, 1.0)] for name in "AB"}
    get(tmp_path, "tiingo", "A")
    store = PriceStore(tmp_path / "sources")
    from screener.sync.quotes import Quote

    store.add([("B", [Quote(date(2024, 6, 10), 7.0)], True)])
    (store.parts / "000002.part").write_bytes(b"PAR1")
    assert PriceStore(tmp_path / "sources").stored(tmp_path).path == store.daily
    assert rows(tmp_path, "ticker, close") == [("A", 5.0), ("B", 7.0)]
    assert not store.parts.exists()


def test_names_that_are_gone_are_asked_for_once_a_month(site: Site, vendor: Vendor, tmp_path: Path) -> None:
    """A ticker that is unknown, or whose days ended long ago, is left alone for a month."""
    vendor.days["OLD"] = [("2023-01-03", 5.0, 5.0, 1.0)]
    get(tmp_path, "tiingo", ["GONE", "OLD"])
    site.asked.clear()
    assert get(tmp_path, "tiingo", ["GONE", "OLD"], today=date(2024, 6, 20)).quiet == 2
    assert site.asked == []
    assert get(tmp_path, "tiingo", ["GONE", "OLD"], today=date(2024, 7, 20)).quiet == 0


def test_another_provider_replaces_ticker_by_ticker(vendor: Vendor, tmp_path: Path) -> None:
    """Each ticker is fetched whole from the new provider; one that it does not have keeps what is there."""
    vendor.days = {name: [("2024-06-07", 5.0, 4.0, 1.0), ("2024-06-10", 5.0, 4.0, 1.0)] for name in "AB"}
    get(tmp_path, "tiingo", "AB")
    vendor.days = {"A": [("2024-06-10", 6.0, 6.0, 1.0)]}
    get(tmp_path, "eodhd", "AB")
    assert rows(tmp_path, "ticker, close") == [("A", 6.0), ("B", 5.0), ("B", 5.0)]


def test_the_pace_is_the_providers() -> None:
    """The client that is used keeps the requests a second of the provider's row."""
    from screener.sync.prices import _client

    for row in PROVIDERS:
        assert _client(row, "").pace.gap == pytest.approx(1 / row.per_second)


def test_a_day_that_runs_has_no_close() -> None:
    """The last session is the weekday before: a Friday on Saturday, Sunday and Monday."""
    assert {last_session(date(2024, 6, day)) for day in (8, 9, 10)} == {date(2024, 6, 7)}
    assert last_session(date(2024, 6, 12)) == date(2024, 6, 11)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("tiingo", {}, "TIINGO_API_KEY is missing"),
        ("stooq", {}, "reads a file or folder"),
        ("tiingo", {"source": Path("x")}, "--from is not for it"),
        ("local", {"source": Path("x"), "since": TODAY}, "a file is read whole"),
        ("nobody", {}, "unknown provider"),
    ],
)
def test_wrong_usage(
    name: str, given: dict[str, Any], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is missing or does not go together is said before anything is written."""
    monkeypatch.delenv("TIINGO_API_KEY", raising=False)
    with pytest.raises(ScreenerError, match=said):
        sync_prices(tmp_path / "out", provider_named(name), TODAY, **given)
    assert not (tmp_path / "out").exists()
