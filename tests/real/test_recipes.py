"""The recipes and screens of themes on the real SimFin files: the names, and the deciding numbers worked apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from screener.engine.run import run_screen
from screener.lake.connect import Lake
from screener.language.resolve import load_screen, parse_screen
from tests.engine.screens import screen
from tests.real.conftest import SEC_DAY, SIMFIN_DAY
from tests.real.simfin_raw import newest, piotroski

ROOT = Path(__file__).resolve().parents[2]
DECEMBER = date(2023, 12, 15)
RECIPES = {
    match["title"]: match["text"]
    for match in re.finditer(
        r"^## (?P<title>.+?)\n.*?^```yaml\n(?P<text>.*?)^```",
        (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
}
FOUND = {
    "Magic formula": (
        "ASRT PAYO MED AGX AMCX UTHR MPX PRTH DLHC KFY DXLG LEGH UTMD OXM HLF WSM LNTH EBAY HDSN TSQ AN WLKP "
        "HVT ZIP GES OSUR BCC PFIE CAL NVR"
    ),
    "Piotroski value": "OIS ARIS BOOM",
    "Trending value": (
        "LCUT SCS LPG SBH CAL JELD BCC CODI ARIS HVT WLFC AMCX TWI WLKP F EGY CMC LEA BH AN SGU CMCSA GEF ADNT RNGR"
    ),
    "Buffett-like quality": "MED MPX NVR WSM CMC LEGH NVEC USLM HWKN",
    "Graham's defensive investor": "LAD CMC",
    "Net-nets": "PMVP SEER",
    "Dividend growers": "KFRC AVGO PKG POOL EBAY GPC LMAT CMCSA CSX ALG WST EMN LFUS ARCB MLM BCPC",
    "Acquirer's multiple": (
        "BH MED PUMP TITN EGY WLKP DXLG REPX PAYO PFIE AMCX SOI MPX LPG OSUR BOOM HVT CMC AN HPK HDSN TWI "
        "RNGR QUAD GES SBH BCC AGX UTHR CVGI"
    ),
    "Conservative formula": (
        "LPG BCC MC WSM SBRA CMCSA CVLT WU SCS AKAM PWP AVGO PKE CSX AN KFRC NVR VZ GES WLKP HST AVPT WMB "
        "KLAC ARCB EA GCMG ADBE WINA CAL"
    ),
    "Deep value without the corpses": (
        "MED TITN REPX AMCX SOI MPX LPG OSUR BOOM HVT CMC HPK TWI GES SBH BCC AGX UTHR CVGI LEGH OXM APEI "
        "MBUU UTMD GEF HIBB VSTO KOP CAL LEA KFY VZ CABO ALGT CMCSA RELL WSM DAN TILE DLHC BGS ASIX DVA EBAY "
        "NVR TASK ALG GPC CNXN SCS LCUT PLXS JELD EMN TAYD CAKE"
    ),
}
THEMES = {
    "quality-value": (
        "MED CPRX WLKP MPX CNXN SGU HVT NATR GES OXM SBH NVEC CAL NRC TWI TITN LMAT KFRC MCRI MBUU BOOM HWKN "
        "LEGH HIBB PLXS USLM CAKE ALG TRNS PKE ASIX DORM UTI THRM SXI LINC"
    ),
    "refinancing-wall": (
        "WOW ESTA ATRO HZO LUNA GRPN HPK SLQT GRTS TDS AMRC AUGX IIIV QUAD UEIC NOTV CLAR RVNC INFN ALGT AQST "
        "BKD DCGO CHEF CERS SYRS SHYF THRY CPS AMCX NGVC HLF TAST GPRE MAX CAPL HA HIBB NWPX UTZ CAL AGTI "
        "HBIO SGU LCUT EVBG TWKS PLXS PRO RXT EXFY MEC GRC PAHC MNRO REPX CVGI DXLG NRC CDXS"
    ),
    "january-rebound": "TITN MPX NTCT SHYF REPX TASK TUSK ARIS DGII CPRX THRM OIS BOOM HCSG ULBI ALGT SLQT",
    "takeover-targets": (
        "EGY BOOM PUMP TITN HVT OIS APEI SOI KFY REPX LINC MPX TUSK RNGR ASIX NWPX AGX UNF ZUMZ TBI MED TWI "
        "HCSG PLXS NATR MBUU OSUR ARCB HPK IPI PKE BH ALG SXI CVGI MYPS UTMD CNXN SCS GES"
    ),
    "earnings-acceleration": "SEMR AVPT CPRX UTI PCRX TAST LMAT THRM USLM GES ICFI ADUS NATR STAA CSV HSTM CHEF OIS",
    "small-cap-quality-minus-junk": (
        "MED CNXN MPX LMAT HSTM ADUS WLKP NATR PUMP ANIP MCRI AGX HVT LEGH EGY STAA HWKN OXM ICFI USLM KFRC "
        "SCS PCRX NRC HDSN SGU MBUU VCYT OSUR REPX NTCT TRNS TASK DGII ATRC LPG BOOM ALG ANIK TITN"
    ),
}

pytestmark = pytest.mark.real


def columns(lake: Lake, day: date, names: Sequence[str]) -> pl.DataFrame:
    """Return what the data set says of every name on a day."""
    rows = run_screen(lake, screen(columns=tuple(names)), day).rows
    found = [dict(zip(names, row.values, strict=True)) | {"ticker": row.ticker} for row in rows]
    return pl.DataFrame(found, infer_schema_length=None)


def apart(both: pl.DataFrame, ours: str, theirs: pl.Expr, tolerance: float = 1e-3) -> set[str]:
    """Return the tickers of which both have a value and it is not the same."""
    pairs = both.with_columns(theirs=theirs).filter(pl.col(ours).is_not_null(), pl.col("theirs").is_finite())
    assert len(pairs) > 100
    size = pl.max_horizontal(pl.col(ours).abs(), pl.col("theirs").abs())
    return set(pairs.filter((pl.col(ours) - pl.col("theirs")).abs() > tolerance * size)["ticker"])


@pytest.fixture(scope="module")
def raw(real: Path) -> pl.DataFrame:
    """The newest quarter of each name in the raw files."""
    return newest(real, SIMFIN_DAY)


def beside(simfin: Lake, raw: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return the data set's columns next to the raw ones, where both are of one period."""
    found = columns(simfin, SIMFIN_DAY, ("period_end", *names)).join(raw, on="ticker", suffix="_raw")
    found = found.filter(pl.col("period_end") == pl.col("Report Date"))
    assert len(found) == 588
    return found


@pytest.mark.parametrize("title", FOUND)
def test_recipe(simfin: Lake, title: str) -> None:
    """Each recipe of the page lists these names on 2024-03-08, in this order, and the page says so."""
    names = [row.ticker for row in run_screen(simfin, parse_screen(RECIPES[title]), SIMFIN_DAY).rows]
    assert names == FOUND[title].split()
    page = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    more = ", …" if len(names) > 5 else ""
    assert f"Found {len(names)} names: {', '.join(map(str, names[:5]))}{more}." in page


@pytest.mark.parametrize("name", THEMES)
def test_theme(simfin: Lake, name: str) -> None:
    """Each screen of a theme lists these names; the one of January is run in December, and is empty in March."""
    theme = load_screen(ROOT / "screens" / f"{name}.yaml")
    if name == "january-rebound":
        assert run_screen(simfin, theme, SIMFIN_DAY).rows == ()
    rows = run_screen(simfin, theme, DECEMBER if name == "january-rebound" else SIMFIN_DAY).rows
    assert [row.ticker for row in rows] == THEMES[name].split()


def test_net_current_assets(simfin: Lake, raw: pl.DataFrame) -> None:
    """Current assets less all liabilities are those of the raw balance sheets, of all names; so are the net-nets."""
    both = beside(simfin, raw, "ncav", "market_cap")
    found = pl.col("current_assets") - pl.col("liabilities")
    assert apart(both, "ncav", found) == set()
    cheap = both.filter(pl.col("market_cap") < found * 2 / 3)["ticker"]
    assert set(FOUND["Net-nets"].split()) <= set(cheap)


def test_market_values(simfin: Lake, raw: pl.DataFrame) -> None:
    """Market values are close times basic shares but where the vendor's counts are of a later split or of a scale."""
    both = beside(simfin, raw, "market_cap")
    later_split, off_by_a_scale = {"NVDA", "WSM", "USLM"}, {"LFST", "SPH", "KOD", "BCOV"}
    assert apart(both, "market_cap", pl.col("cap")) == later_split | off_by_a_scale


def test_piotroski(simfin: Lake, raw: pl.DataFrame) -> None:
    """The nine signals are those of the raw statements, but where the vendor's year is not the sum of its quarters.

    Stock issued is in the raw files only within the net flow with holders, so that the signal of no sale is left out.
    """
    signals = ("roa", "cfo", "droa", "accrual", "dlever", "dliquid", "dmargin", "dturn")
    both = beside(simfin, piotroski(raw), *(f"piotroski_{name}" for name in signals))
    off = {name: apart(both, f"piotroski_{name}", pl.col(f"f_{name}"), 1e-9) for name in signals}
    recast = {"JELD", "CYH", "LODE", "VCYT", "ARIS", "TUSK"}
    assert set().union(*off.values()) <= recast
    assert {name for name, tickers in off.items() if tickers} <= {"droa", "dmargin", "dturn"}


def test_operating_income_to_enterprise_value_and_to_capital(simfin: Lake, raw: pl.DataFrame) -> None:
    """Both factors of the magic formula and Z'' come from the raw statements; two names differ from their quarters."""
    both = beside(simfin, raw, "ebit_ev", "greenblatt_roc", "altman_z2", "market_cap", "debt_evidence")
    col, owed = pl.col, pl.col("short_debt").fill_null(0) + pl.col("long_debt").fill_null(0)
    year_apart = {"BYRN", "DLHC"}
    assert apart(both, "ebit_ev", col("ebit") / (col("market_cap") + owed - col("cash"))) == year_apart
    operating = col("current_assets") - col("cash") - col("current_liabilities") + col("short_debt").fill_null(0)
    capital = pl.max_horizontal(operating, pl.lit(0)) + col("plant")
    assert apart(both, "greenblatt_roc", col("ebit") / capital) == year_apart
    z2 = (
        6.56 * (col("current_assets") - col("current_liabilities")) / col("assets")
        + 3.26 * col("Retained Earnings") / col("assets")
        + 6.72 * col("ebit") / col("assets")
        + 1.05 * col("equity") / col("liabilities")
    )
    assert apart(both, "altman_z2", z2) == year_apart


def test_the_wall_without_a_ladder(simfin: Lake, raw: pl.DataFrame) -> None:
    """Short-term debt against cash and a year's free cash flow is that of the raw files, of all names that owe."""
    both = beside(simfin, raw, "wall_12m").filter(pl.col("short_debt") > 0)
    money = pl.col("cash") + pl.col("cfo") + pl.col("capex")
    wall = pl.when(money <= 0).then(99.0).otherwise(pl.min_horizontal(pl.col("short_debt") / money, pl.lit(99.0)))
    year_apart = {"IIIV", "CVM", "EMKR"}
    assert apart(both, "wall_12m", pl.when(money.is_not_null()).then(wall), 2e-3) <= year_apart


def test_change_of_quarterly_earnings(simfin: Lake, raw: pl.DataFrame) -> None:
    """The change of a quarter's earnings a diluted share is the raw files', but where a count of theirs can't be.

    AN: 113.3 million diluted shares in the last quarter of 2022, between 58.1 and 47.6 million; the others likewise.
    """
    both = beside(simfin, raw, "eps_change_q")
    wrong_counts = {"AN", "ATUS", "HVT", "ASLE", "EXFY", "FPH", "AEYE", "MYO", "MRVI", "LFST", "SPH", "KOD"}
    off = apart(both, "eps_change_q", pl.col("eps") - pl.col("eps_4q"), 5e-3)
    assert wrong_counts <= off
    assert len(off) <= 15
    listed = THEMES["earnings-acceleration"].split()
    assert off.isdisjoint(listed)


def test_fall_from_the_high_of_the_year(simfin: Lake, real: Path) -> None:
    """In December the fall from the year's highest adjusted close, of all names, is that of the price file."""
    prices = pl.read_parquet(real / "prices" / "prices_daily.parquet").with_columns(pl.col("date").cast(pl.Date))
    year = prices.filter(pl.col("date").is_between(date(2023, 1, 1), DECEMBER), pl.col("adj_close") > 0)
    falls = year.sort("date").group_by("ticker").agg(fall=pl.col("adj_close").last() / pl.col("adj_close").max() - 1)
    both = columns(simfin, DECEMBER, ("potential_tax_loss",)).join(falls, on="ticker")
    close = both.filter((pl.col("potential_tax_loss") - pl.col("fall")).abs() <= 1e-4)
    known = both.filter(pl.col("potential_tax_loss").is_not_null())
    assert len(known) > 550
    assert len(close) == len(known)


@pytest.mark.parametrize(("ticker", "then", "now"), [("WSM", 154.974, 128.284), ("USLM", 28.1735, 28.48282)])
def test_counts_before_the_first_proof_of_a_split(simfin: Lake, ticker: str, then: float, now: float) -> None:
    """Three years of a vendor's counts, all of them restated for a split after the last price, are on one basis.

    Millions of basic shares in the raw files; nothing proved the later split of the oldest ones when they came out.
    """
    found = columns(simfin, SIMFIN_DAY, ("share_growth_3y",)).filter(pl.col("ticker") == ticker)
    assert found["share_growth_3y"].item() == pytest.approx(pl.Series([now / then]).log().item(), rel=1e-3)


# Principal that falls due by the ladder and the balance sheet of each 10-K for 2024, in millions: years one and two of
# the table of maturities, and short-term borrowings that are in neither. Read in the filings.
LADDERS = {
    "NCLH": 1323.769 + 2486.641,
    "URI": 1178 + 77,
    "BG": 690 + 720 + 875,
    "VLTO": 0 + 700,
    "PYPL": 1191 + 1397,
    "ETN": 674 + 1015,
    "DAY": 6.5 + 581.5,
}


def test_the_wall_with_a_ladder(sec: Lake) -> None:
    """At the companies of the SEC sample, which have ladders, the screen counts what their 10-Ks say falls due."""
    text = (ROOT / "screens" / "refinancing-wall.yaml").read_text(encoding="utf-8")
    theme = parse_screen(text.replace("market_cap between 100M and 3B", "market_cap >= 100M"))
    result = run_screen(sec, theme, SEC_DAY)
    at = [column.name for column in result.columns].index("Due in 24 months")
    found = {row.ticker: row.values[at] for row in result.rows}
    assert {name: found[name] for name in LADDERS} == {
        name: pytest.approx(amount * 1e6, rel=2e-3) for name, amount in LADDERS.items()
    }
    # 3,810 falls due; 191 of cash and two years of 839 are there to repay it. No other company lacks money.
    money = [column.name for column in result.columns].index("Short of money")
    assert [row.ticker for row in result.rows if float(str(row.values[money])) > 0] == ["NCLH"]
