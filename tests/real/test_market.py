"""Market values on both sets of real files, against counts on covers times closes, and the companies that are gone."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from screener.build import build_data
from screener.engine.company import find_company
from screener.engine.explain import explain_name
from screener.engine.run import run_screen
from screener.lake.connect import Lake, open_lake
from tests.engine.screens import screen
from tests.real.conftest import SIMFIN_DAY

pytestmark = pytest.mark.real


def caps(lake: Lake, day: date) -> dict[str | None, float | None]:
    """Return the market value of every candidate of a day by ticker."""
    rows = run_screen(lake, screen(columns=("market_cap",)), day).rows
    return {row.ticker: row.values[0] for row in rows}  # type: ignore[misc] - one numeric column


@pytest.mark.parametrize(
    ("day", "ticker", "expected"),
    [
        # Covers of 2024-06-13 and 2024-09-11; ten new shares for one from 2024-07-15, between the two.
        (date(2024, 6, 28), "AVGO", 465_488_374 * 10 * 160.027),
        (date(2024, 7, 15), "AVGO", 465_488_374 * 10 * 170.858),
        (date(2024, 8, 1), "AVGO", 465_488_374 * 10 * 146.538),
        # Covers of 2021-04-21 and 2021-07-22; three for one from 2021-06-29.
        (date(2021, 6, 28), "CSX", 757_400_216 * 3 * 31.2134),
        (date(2021, 7, 15), "CSX", 757_400_216 * 3 * 31.2501),
        # Shares of a class that is not listed are in the weighted average only: 2,527 million basic in that quarter.
        (date(2025, 6, 30), "META", 2527e6 * 738.09),
    ],
)
def test_sec_market_values(sec: Lake, day: date, ticker: str, expected: float) -> None:
    """Before and after a split, and between its day and the first filing on the new basis, there is one value."""
    assert caps(sec, day)[ticker] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("ticker", "expected"),
    [
        # Basic shares of the last report before the day, as filed then, in millions; the close of 2024-03-08.
        ("NVDA", 2466e6 * 875.28),  # the vendor says 24,650, for the split of June 2024
        ("AVGO", 415e6 * 1308.72),  # 4,150, for the split of July 2024
        ("WSM", 64.1e6 * 234.90),  # 128.3, for the split of July 2024
        ("USLM", 5.70e6 * 287.39),  # 28.5, for the split of July 2024
        ("WMT", 8079e6 * 60.12),  # split in February 2024: prices and counts both know it
        ("MBLY", 759e6 * 27.60),  # once 759 trillion
    ],
)
def test_simfin_market_values(simfin: Lake, ticker: str, expected: float) -> None:
    """Counts that the vendor restated for splits after the last price are brought back by what was paid out."""
    assert caps(simfin, SIMFIN_DAY)[ticker] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("ticker", ["TWOU", "AGEN", "OTRK", "NKTR", "LYEL", "ALGS", "HSDT"])
def test_reverse_splits_to_come_are_refused(simfin: Lake, ticker: str) -> None:
    """A thirtieth of 2U's 83 million shares: nothing tells the ratio, so there is no market value."""
    assert caps(simfin, SIMFIN_DAY)[ticker] is None


def test_preferreds_stand_for_no_issuer(simfin: Lake) -> None:
    """Three issuers list only a preferred in the vendor's table: its price is not multiplied with common shares."""
    types = dict(simfin.con.execute("SELECT ticker, security_type FROM listings").fetchall())
    assert {types[ticker] for ticker in ("HTIBP", "LFMDP", "SQFTP")} == {"preferred"}
    assert types["CMCSA"] == "common"


def test_a_split_that_only_the_prices_know_is_refused(real: Path, tmp_path: Path) -> None:
    """CSX on 2021-07-10: three for one on June 29, the next report on July 22: 24 billion would be a third of it."""
    day = "2021-07-10"
    with zipfile.ZipFile(real / "sec" / "companyfacts.zip") as file:
        content = json.loads(file.read("CIK0000277948.json"))
    for tags in content["facts"].values():
        for tag in tags.values():
            tag["units"] = {unit: [f for f in facts if f["filed"] <= day] for unit, facts in tag["units"].items()}
    folder = tmp_path / "sec"
    folder.mkdir()
    (folder / "CIK0000277948.json").write_text(json.dumps(content), encoding="utf-8")
    rows = [(277948, "CSX CORP", "CSX", "Nasdaq")]
    tickers = {"fields": ["cik", "name", "ticker", "exchange"], "data": rows}
    (folder / "company_tickers_exchange.json").write_text(json.dumps(tickers), encoding="utf-8")
    member = "data/daily/us/nyse stocks/1/csx.us.txt"
    with zipfile.ZipFile(real / "prices" / "stooq" / "d_us_txt.zip") as file:
        head, *lines = file.read(member).decode().splitlines()
    kept = [line for line in lines if line.split(",")[2] <= day.replace("-", "")]
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "csx.us.txt").write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    build_data(tmp_path / "data", sec=folder, prices=prices)
    with open_lake(tmp_path / "data") as lake:
        row = run_screen(lake, screen(columns=("market_cap", "shares_outstanding")), date.fromisoformat(day)).rows[0]
        assert row.values == (None, 757_400_216.0)
        flags = lake.con.execute("SELECT flags FROM fundamentals WHERE latest_until > DATE '2021-07-10'").fetchall()
    assert "basis_doubtful" in flags[0][0].split()


def test_nikola_between_its_reverse_split_and_the_next_filing(sec: Lake) -> None:
    """1,356,551,286 shares on the cover of May 2024; one for thirty on June 24; 50.6 million on the cover of August."""
    rows = sec.con.execute(
        """SELECT shares_outstanding * share_basis FROM fundamentals WHERE issuer_id = 1731289
        AND known_from <= DATE '2024-07-15' AND latest_until > DATE '2024-07-15'"""
    ).fetchall()
    assert rows == [(pytest.approx(1_356_551_286 / 30),)]


def test_hertz_after_its_bankruptcy_has_other_shares(sec: Lake) -> None:
    """156 million old shares became 471 million new ones on 2021-06-30: the version of August 2021 is flagged."""
    rows = sec.con.execute(
        """SELECT shares_outstanding, contains(flags, 'share_jump') FROM fundamentals WHERE issuer_id = 1657853
        AND known_from <= DATE '2021-09-01' AND latest_until > DATE '2021-09-01'"""
    ).fetchall()
    assert rows == [(471_432_062.0, True)]


def test_lines_of_issuers_with_several(sec: Lake) -> None:
    """One primary common line an issuer; the preferred, the warrant and the second class are there and are not it."""
    lines = sec.con.execute("SELECT issuer_id, ticker, security_type, is_primary FROM listings").fetchall()
    primary = {issuer: ticker for issuer, ticker, _, first in lines if first}
    assert primary[1336917] in {"UA", "UAA"}
    assert primary[1067983] in {"BRK-A", "BRK-B"}
    assert primary[1731289] == "NKLA"
    assert 865941 not in primary
    assert {ticker: kind for _, ticker, kind, _ in lines if kind != "common"} == {
        "REGCO": "preferred", "REGCP": "preferred", "SYF-PA": "preferred", "SYF-PB": "preferred", "HTZWW": "warrant",
        # NXP filed 20-Fs to 2019, and submissions name no state: a receipt then, ordinary from its first 10-K on.
        "NXPI": "adr",
    }  # fmt: skip
    flagged = sec.con.execute(
        "SELECT DISTINCT issuer_id FROM fundamentals WHERE contains(flags, 'one_price') ORDER BY issuer_id"
    ).fetchall()
    assert flagged == [(920760,), (1067983,), (1336917,), (1754301,)]  # Lennar, Berkshire, Under Armour, Fox


@pytest.mark.parametrize(
    ("cik", "there", "gone"),
    [
        # The report to December 2016 is the last: usable for 200 days after its period.
        (865941, date(2017, 7, 1), date(2017, 8, 1)),
        (1731289, date(2025, 4, 1), date(2025, 5, 1)),
    ],
)
def test_the_dead_are_seen_while_they_reported(sec: Lake, cik: int, there: date, gone: date) -> None:
    """A screen without prices lists them while their filings are fresh, and no longer after that."""
    found = [{row.issuer_id for row in run_screen(sec, screen("revenue is known"), day).rows} for day in (there, gone)]
    everyone = [{row.issuer_id for row in run_screen(sec, screen(), day).rows} for day in (there, gone)]
    assert cik in everyone[0]
    assert cik not in everyone[1] | found[1]


def test_market_values_are_of_this_world(sec: Lake) -> None:
    """None trades over 5 % or under 0.1 % of its value a day, nor for over 40 times its sales."""
    columns = ("market_cap", "avg_dollar_volume_3m", "revenue")
    rows = run_screen(sec, screen(columns=columns), date(2025, 6, 30)).rows
    known = [row.values for row in rows if row.values[0] is not None and row.values[1] is not None]
    assert len(known) == 38
    for cap, volume, revenue in known:
        assert 0.001 < float(str(volume)) / float(str(cap)) < 0.05
        assert revenue is None or float(str(cap)) < 40 * float(str(revenue))


def test_a_missing_market_value_says_why(simfin: Lake) -> None:
    """The explanation of a refused market value names the reason."""
    result = run_screen(simfin, screen("market_cap > 300000000"), SIMFIN_DAY)
    text = repr(explain_name(simfin, result, find_company(simfin.con, "TWOU")))
    assert "market value is implausible: shares and price seem to be on different bases" in text


def test_betas_of_the_market(simfin: Lake) -> None:
    """Betas to the market of the data set lie around 1, utilities' below, and hardly one is negative."""
    rows = simfin.con.execute("SELECT beta_252 FROM risk WHERE date = DATE '2024-02-29' AND beta_252 IS NOT NULL")
    betas = sorted(row[0] for row in rows.fetchall())
    assert len(betas) > 400
    assert 0.85 < betas[len(betas) // 2] < 1.15
    assert sum(beta < 0 for beta in betas) < 0.05 * len(betas)


@pytest.mark.parametrize("ticker", ["NVDA", "WMT", "AMD"])
def test_risk_against_the_price_file(simfin: Lake, real: Path, ticker: str) -> None:
    """The year to 29 February 2024 from the vendor's file, computed with another library."""
    import polars as pl

    c = pl.col
    rows = (
        pl.read_parquet(real / "prices" / "prices_daily.parquet").rename(str.lower)
        .filter(c("ticker") == ticker).with_columns(c("date").cast(pl.Date)).sort("date")
        .with_columns(ret=c("adj_close") / c("adj_close").shift(1) - 1, traded=c("close") * c("volume"))
        .filter(c("date") <= date(2024, 2, 29))
    )  # fmt: skip
    year = rows.filter(c("date") >= date(2023, 3, 1))
    expected = (
        year["ret"].std() * 252**0.5,  # type: ignore[operator] # a column of numbers has a number
        rows.tail(21)["ret"].max(),
        (year["ret"].abs() / year["traded"]).mean() * 1e6,  # type: ignore[operator] # as above
        rows.tail(63)["traded"].median(),
    )
    found = simfin.con.execute(
        "SELECT vol_252, max_ret_21, amihud_252, adv_usd_63d FROM risk JOIN listings USING (listing_id) "
        "WHERE ticker = ? AND date = DATE '2024-02-29'",
        [ticker],
    ).fetchone()
    assert found == pytest.approx(expected, rel=1e-3)
