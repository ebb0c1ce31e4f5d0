"""Scores that compare companies with each other, on three or four companies worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from screener.engine.run import run_screen
from screener.engine.trace import Tracer
from screener.lake.connect import Lake
from screener.language.ast import Name
from tests.engine.lakes import AS_OF, company, make_lake, price, quarter
from tests.engine.screens import screen

Found = dict[str, dict[str, object]]


def quarter_end(back: int) -> date:
    """Return the last day of the quarter that many quarters before December 2023."""
    month = 2023 * 12 + 12 - 3 * back
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def history(number: int, periods: Mapping[int, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Return the rows of an issuer: quarters back → line items."""
    rows = []
    for back, items in periods.items():
        end = quarter_end(back)
        newest = {} if back == 0 else {"latest_until": end + timedelta(days=100)}
        rows.append(quarter(number, end, end + timedelta(days=45), 200 - back, **newest, **items))
    return rows


def lake_of(
    path: Path,
    names: Mapping[str, Mapping[int, Mapping[str, float]]],
    *,
    closes: Mapping[str, dict[str, float]] | None = None,
    risk: Mapping[str, dict[str, float]] | None = None,
    **columns: Mapping[str, Any],
) -> Lake:
    """Return a data set: ticker → quarters back → items; ``columns`` are company columns, by ticker."""
    companies, rows, prices, risks = [], [], [], []
    for number, (ticker, periods) in enumerate(names.items(), 1):
        own = {column: values[ticker] for column, values in columns.items() if ticker in values}
        companies.append(company(number, ticker, **own))
        rows += history(number, periods)
        quote = (closes or {}).get(ticker, {"close": 50.0})
        prices.append(price(number, **quote))
        if ticker in (risk or {}):
            risks.append({"listing_id": number, "date": AS_OF, **(risk or {})[ticker]})
    return make_lake(path, companies, rows, prices, risk=risks)


def values(lake: Lake, *names: str) -> Found:
    """Return name → ticker → value."""
    result = run_screen(lake, screen(columns=names, min_group=1), AS_OF)
    return {name: {str(row.ticker): row.values[at] for row in result.rows} for at, name in enumerate(names)}


def why(lake: Lake, number: int, name: str) -> str:
    """Return the reason for which a name is unknown for an issuer."""
    tracer = Tracer({})
    tracer.add(Name(name))
    return tracer.read(lake.con, AS_OF, [number])[number].reason(Name(name))


# ---------------------------------------------------------------- magic formula

# Market value 50 x 20 = 1,000, no debt, no cash: EV 1,000. Capital is plant alone.
MAGIC = {
    "A": {"operating_income": 200.0, "ppe_net": 400.0},  # yield 20 %, return 50 %
    "B": {"operating_income": 100.0, "ppe_net": 100.0},  # yield 10 %, return 100 %
    "C": {"operating_income": 50.0, "ppe_net": 200.0},  # yield 5 %, return 25 %
    "LOSS": {"operating_income": -50.0, "ppe_net": 10.0},
    "NONE": {"operating_income": 900.0, "ppe_net": 0.0},  # yield 90 %, but no capital
    "ADR": {"operating_income": 900.0, "ppe_net": 10.0},
    "UTIL": {"operating_income": 900.0, "ppe_net": 10.0},
}
SAME = {"total_debt": 0.0, "cash": 0.0, "shares_outstanding": 20.0, "current_assets": 0.0, "current_liabilities": 0.0}


@pytest.fixture(scope="module")
def magic(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three names that take part, and four that do not."""
    names = {ticker: {0: SAME | items} for ticker, items in MAGIC.items()}
    return lake_of(tmp_path_factory.mktemp("magic"), names, security_type={"ADR": "adr"}, model={"UTIL": "utility"})


def test_magic_formula(magic: Lake) -> None:
    """Places among the names that take part: A is 1st and 2nd, B 2nd and 1st, C 3rd twice."""
    found = values(magic, "magic_member", "magic_rank_yield", "magic_rank_roc", "magic_formula")
    out = dict.fromkeys(("LOSS", "NONE", "ADR", "UTIL"))
    assert found["magic_member"] == {"A": 1, "B": 1, "C": 1, **out}
    assert found["magic_rank_yield"] == {"A": 1, "B": 2, "C": 3, **out}
    assert found["magic_rank_roc"] == {"A": 2, "B": 1, "C": 3, **out}
    assert found["magic_formula"] == {"A": 3, "B": 3, "C": 6, **out}


@pytest.mark.parametrize("name", ["magic_member", "magic_formula"])
def test_why_a_name_takes_no_part_in_the_magic_formula(magic: Lake, name: str) -> None:
    """A loss, no capital, a receipt and a utility are each left out for a reason of their own."""
    assert "EBIT is zero or negative" in why(magic, 4, name)
    assert "no earnings yield or no return on capital" in why(magic, 5, name)
    assert "a foreign company's receipt" in why(magic, 6, name)
    assert "not defined for a utility" in why(magic, 7, name)


# ---------------------------------------------------------------- Mohanram

# Assets 100 throughout (mean 100, a year ago 100).
G_NAMES = {
    "A": {"net_income": 10.0, "cfo": 12.0, "research_development": 5.0, "capex": 6.0, "advertising": 1.0},
    "B": {"net_income": 5.0, "cfo": 4.0, "capex": 4.0},
    "C": {"net_income": 2.0, "cfo": 8.0, "research_development": 2.0, "capex": 2.0},
}
# Quarterly income: A 2 and 4 in turn, B 1 and 1, C 0 and 6. Quarterly revenue grows alike in all.
G_QUARTERS = {"A": (2.0, 4.0), "B": (1.0, 1.0), "C": (0.0, 6.0)}


def g_history(ticker: str) -> dict[int, dict[str, float]]:
    """Return six quarters with income, and four more for the growth of revenue."""
    periods: dict[int, dict[str, float]] = {}
    for back in range(10):
        # A: revenue 110 after 100 always. B: growth 0 % and 20 % in turn. C: none known.
        revenue = {"A": 110.0 if back < 4 else 100.0 if back < 8 else 100 / 1.1, "B": 100.0}.get(ticker)
        if ticker == "B" and back % 2:
            revenue = 144.0 if back < 4 else 120.0 if back < 8 else 100.0
        known = {"total_assets": 100.0} | ({"revenue_q": revenue} if revenue is not None else {})
        if back < 6:
            known["net_income_q"] = G_QUARTERS[ticker][back % 2]
        periods[back] = known
    periods[0] |= G_NAMES[ticker]
    return periods


@pytest.fixture(scope="module")
def growth_names(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three companies of one industry (SIC 35), and one with hardly a number."""
    names = {ticker: g_history(ticker) for ticker in G_NAMES} | {"D": {0: {"total_assets": 100.0}}}
    sic = {"A": 3510, "B": 3520, "C": 3530, "D": 3540}
    return lake_of(tmp_path_factory.mktemp("mohanram"), names, sic=sic)


def test_mohanram_parts(growth_names: Lake) -> None:
    """Six quarters of 2 and 4 on assets of 100 have the variance 0.0012 / 10; what is not reported is none."""
    assets = ("rd_assets", "capex_assets", "advertising_assets")
    found = values(growth_names, "mohanram_roa_variance", "mohanram_growth_variance", *assets)
    assert found["mohanram_roa_variance"]["A"] == pytest.approx(6 * 0.01**2 / 5)
    assert found["mohanram_roa_variance"]["B"] == 0
    assert found["mohanram_roa_variance"]["C"] == pytest.approx(6 * 0.03**2 / 5)
    assert found["mohanram_growth_variance"]["A"] == pytest.approx(0, abs=1e-12)
    # Growth of B: 0 % in even quarters, 20 % in odd ones, three of each known.
    assert found["mohanram_growth_variance"]["B"] == pytest.approx(6 * 0.1**2 / 5)
    assert found["mohanram_growth_variance"]["C"] is None
    assert found["rd_assets"] == {"A": 0.05, "B": 0.0, "C": 0.02, "D": None}
    assert found["capex_assets"] == {"A": 0.06, "B": 0.04, "C": 0.02, "D": None}
    assert found["advertising_assets"] == {"A": 0.01, "B": 0.0, "C": 0.0, "D": None}


def test_mohanram_terms_against_the_median_of_the_industry(growth_names: Lake) -> None:
    """Medians: return 5 %, cash return 8 %, variance of A, research 2 %, capital expenditure 4 %, advertising 0."""
    terms = ("roa", "cfo", "accrual", "steady_roa", "rd", "capex", "advertising")
    found = values(growth_names, *(f"mohanram_{term}" for term in terms))
    by_name = {ticker: [found[f"mohanram_{term}"][ticker] for term in terms] for ticker in "ABC"}
    assert by_name == {
        "A": [1, 1, 1, 0, 1, 1, 1],
        "B": [0, 0, 0, 1, 0, 0, 0],
        "C": [0, 0, 1, 0, 0, 0, 0],
    }


def test_mohanram_score(growth_names: Lake) -> None:
    """C has seven terms, of which one is met; D has too few to be judged."""
    found = values(growth_names, "mohanram_g", "mohanram_g_terms", "mohanram_g_rescaled", "mohanram_steady_growth")
    # Two known variances of growth are too few for a median: the universe's is that of the same two, 0 and 0.012.
    assert found["mohanram_steady_growth"] == {"A": 1, "B": 0, "C": None, "D": None}
    assert found["mohanram_g_terms"] == {"A": 8, "B": 8, "C": 7, "D": 0}
    assert found["mohanram_g"] == {"A": 7, "B": 1, "C": 1, "D": None}
    assert found["mohanram_g_rescaled"] == {"A": 7, "B": 1, "C": pytest.approx(8 / 7), "D": None}
    for name in ("mohanram_g", "mohanram_g_rescaled"):
        assert "fewer than 6 of its 8 terms are known" in why(growth_names, 4, name)


def test_quintiles_of_book_to_market(tmp_path: Path) -> None:
    """Five names, a fifth each; a name without a market value is in none."""
    names = {f"N{k}": {0: {"equity": 100.0 * k, "shares_outstanding": 20.0}} for k in range(1, 6)}
    names["ZERO"] = {0: {"equity": 100.0, "shares_outstanding": 0.0}}
    with lake_of(tmp_path, names) as lake:
        found = values(lake, "bm_percentile", "bm_quintile")
        assert found["bm_percentile"] == {"N1": 20, "N2": 40, "N3": 60, "N4": 80, "N5": 100, "ZERO": None}
        assert found["bm_quintile"] == {"N1": 1, "N2": 2, "N3": 3, "N4": 4, "N5": 5, "ZERO": None}


# ---------------------------------------------------------------- quality minus junk

# Assets 100 and equity 50 throughout. Items: now; net income a year ago; five years ago.
Q_NOW = {
    "A": {"gross_profit": 40.0, "net_income": 10.0, "cfo": 12.0, "revenue": 100.0, "total_debt": 10.0,
          "total_liabilities": 30.0, "pretax_income": 11.0, "da": 4.0, "operating_income": 13.0},
    "B": {"gross_profit": 30.0, "net_income": 6.0, "cfo": 9.0, "revenue": 60.0, "total_debt": 30.0,
          "total_liabilities": 40.0, "pretax_income": 7.0, "da": 3.0, "operating_income": 7.0},
    "C": {"gross_profit": 20.0, "net_income": 2.0, "cfo": 1.0, "revenue": 100.0, "total_debt": 20.0,
          "total_liabilities": 50.0, "pretax_income": 3.0, "da": 2.0, "operating_income": 3.0},
    "CENTS": {"gross_profit": 10.0, "net_income": 0.5, "cfo": -1.0, "revenue": 100.0, "total_debt": 30.0,
              "total_liabilities": 50.0, "pretax_income": 1.0, "da": 1.0, "operating_income": 1.0},
}  # fmt: skip
Q_INCOME_BEFORE = {"A": 9.0, "B": 5.0, "C": 3.0, "CENTS": 0.5}
Q_FIVE_YEARS_AGO = {
    "A": {"gross_profit": 20.0, "net_income": 8.0, "cfo": 10.0, "revenue": 80.0},
    "B": {"gross_profit": 5.0, "net_income": 2.0, "cfo": 3.0, "revenue": 50.0},
    "C": {"gross_profit": 19.0, "net_income": 1.0, "cfo": 0.5, "revenue": 90.0},
    "CENTS": {},
}
Q_SAME = {"total_assets": 100.0, "equity": 50.0, "equity_incl_nci": 50.0}
Q_BALANCE = {"current_assets": 40.0, "current_liabilities": 20.0, "cash": 0.0, "shares_outstanding": 20.0}


def q_history(ticker: str) -> dict[int, dict[str, float]]:
    """Return now, a year ago and five years ago."""
    now = Q_NOW[ticker]
    before = Q_FIVE_YEARS_AGO[ticker]
    return {
        0: Q_SAME | Q_BALANCE | now | {"net_income_to_common": now["net_income"]},
        4: Q_SAME | {"net_income": Q_INCOME_BEFORE[ticker]},
        20: Q_SAME | before | ({"net_income_to_common": before["net_income"]} if before else {}),
    }


@pytest.fixture(scope="module")
def quality(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three names that take part, one under a dollar, a bank, one that tells nothing and one without shares."""
    names = {ticker: q_history(ticker) for ticker in Q_NOW} | {
        "BANK": q_history("A"),
        "MUTE": {0: {"total_assets": 100.0, "shares_outstanding": 20.0}},
        "ZERO": {0: {"total_assets": 100.0, "shares_outstanding": 0.0}},
        "DARK": {0: {"total_assets": 100.0}},
    }
    betas = {"A": {"beta_252": 1.2}, "B": {"beta_252": 0.8}, "C": {"beta_252": 1.0}}
    return lake_of(
        tmp_path_factory.mktemp("quality"), names, closes={"CENTS": {"close": 0.5}}, risk=betas,
        model={"BANK": "bank"}, ff12={"A": "Manuf", "B": "Manuf", "C": "Other"},
    )  # fmt: skip


# The places of A, B and C as z-scores: first 1, second 0, third -1.
Q_SCORES = {
    "gp_assets": (1, 0, -1),  # 40 %, 30 %, 20 %
    "roe": (1, 0, -1),  # 20 %, 12 %, 4 %
    "roa": (1, 0, -1),
    "cfroa": (1, 0, -1),  # 12 %, 9 %, 1 %
    "gross_margin": (0, 1, -1),  # 40 %, 50 %, 20 %
    "accruals_cf": (0, 1, -1),  # -2 %, -3 %, 1 %: less is better
    "gpoa_5y": (0, 1, -1),  # 20 %, 25 %, 1 %
    "roe_5y": (0, 1, -1),  # 2 / 50, 4 / 50, 1 / 50
    "roa_5y": (0, 1, -1),
    "cfoa_5y": (0, 1, -1),  # 2 %, 6 %, 0.5 %
    "gmar_5y": (0, 1, -1),  # 20 / 80, 25 / 50, 1 / 90
    "beta_252": (-1, 1, 0),
    "debt_assets": (1, -1, 0),
    # Apart from what is alike: A 1.809 - 0.237 - 0.915 - 0.027 = 0.63, B 2.412 - 0.142 - 0.458 - 0.047 = 1.77,
    # C 3.015 - 0.047 - 0.183 + 0.104 = 2.89.
    "ohlson_o": (1, 0, -1),
}


def of_three(found: dict[str, object]) -> tuple[object, ...]:
    """Return the values of A, B and C; all others must be unknown."""
    assert {ticker: value for ticker, value in found.items() if value is not None and ticker not in "ABC"} == {}
    return tuple(found[ticker] for ticker in "ABC")


def test_places_of_quality_as_z_scores(quality: Lake) -> None:
    """Banks and names under a dollar are not compared; of three places the z-scores are 1, 0 and -1."""
    found = values(quality, *(f"qmj_z_{name}" for name in Q_SCORES), "qmj_z_altman_z", "qmj_z_evol")
    for name, expected in Q_SCORES.items():
        assert of_three(found[f"qmj_z_{name}"]) == pytest.approx(expected), name
    assert of_three(found["qmj_z_altman_z"]) == of_three(found["qmj_z_evol"]) == (None,) * 3


def test_quality_minus_junk(quality: Lake) -> None:
    """Means of what is known, their places again as z-scores, and the same once more over the three parts."""
    parts = ("profitability", "growth", "safety")
    found = values(quality, *(f"qmj_{part}{end}" for part in parts for end in ("_mean", "")), "qmj_mean", "qmj")
    assert of_three(found["qmj_profitability_mean"]) == pytest.approx((4 / 6, 2 / 6, -1))
    assert of_three(found["qmj_profitability"]) == pytest.approx((1, 0, -1))
    assert of_three(found["qmj_growth_mean"]) == of_three(found["qmj_growth"]) == pytest.approx((0, 1, -1))
    assert of_three(found["qmj_safety_mean"]) == pytest.approx((1 / 3, 0, -1 / 3))
    assert of_three(found["qmj_safety"]) == pytest.approx((1, 0, -1))
    assert of_three(found["qmj_mean"]) == pytest.approx((2 / 3, 1 / 3, -1))
    assert of_three(found["qmj"]) == pytest.approx((1, 0, -1))


def test_quality_within_industries(quality: Lake) -> None:
    """Of two names in an industry the z-scores are half the root of two either way; one alone has none."""
    half = 0.5**0.5
    names = ("qmj_ff12_z_gp_assets", "qmj_ff12_profitability_mean", "qmj_ff12_growth", "qmj_ff12_safety", "qmj_ff12")
    found = values(quality, *names)
    assert of_three(found["qmj_ff12_z_gp_assets"]) == (pytest.approx(half), pytest.approx(-half), None)
    # A leads in four of six, in no growth, and in two of three of safety.
    assert of_three(found["qmj_ff12_profitability_mean"]) == (pytest.approx(half / 3), pytest.approx(-half / 3), None)
    assert of_three(found["qmj_ff12_growth"]) == (pytest.approx(-half), pytest.approx(half), None)
    assert of_three(found["qmj_ff12_safety"]) == (pytest.approx(half), pytest.approx(-half), None)
    assert of_three(found["qmj_ff12"]) == (pytest.approx(half), pytest.approx(-half), None)


def test_why_a_name_has_no_quality(quality: Lake) -> None:
    """A price under a dollar, no market value, a bank, and too little known are each told apart."""
    number = {ticker: k for k, ticker in enumerate((*Q_NOW, "BANK", "MUTE", "ZERO", "DARK"), 1)}
    assert "price under a dollar" in why(quality, number["CENTS"], "qmj_member")
    assert "no market value" in why(quality, number["ZERO"], "qmj_member")
    assert "no market value" in why(quality, number["DARK"], "qmj_member")
    assert "not defined for a bank" in why(quality, number["BANK"], "qmj")
    for version in ("qmj", "qmj_ff12"):
        for part in ("profitability", "growth", "safety"):
            assert "fewer than half of its parts are known" in why(quality, number["MUTE"], f"{version}_{part}_mean")
        assert "fewer than two of profitability, growth and safety" in why(quality, number["MUTE"], f"{version}_mean")
    assert "fewer than four of six measures are known" in why(quality, number["MUTE"], "quality_percentile")


def test_quality_composite(quality: Lake) -> None:
    """The plain measures stand in for the name under a dollar, worst in all of five; the others have their own."""
    found = values(quality, "quality_percentile", "quality_composite")
    # Percentiles of four names are 100, 75, 50, 25; A is first in all but accruals, in which B is.
    known = {ticker: value for ticker, value in found["quality_percentile"].items() if value is not None}
    assert known == {"A": pytest.approx(95), "B": pytest.approx(80), "C": pytest.approx(50), "CENTS": pytest.approx(25)}
    known = {ticker: value for ticker, value in found["quality_composite"].items() if value is not None}
    assert known == {
        "A": pytest.approx(100), "B": pytest.approx(200 / 3), "C": pytest.approx(100 / 3), "CENTS": pytest.approx(25),
    }  # fmt: skip


# ---------------------------------------------------------------- conservative formula and payout

# Ticker: volatility, dividends on a market value of 1,000, price a month ago (100 a year ago).
CALM = {
    "A": (0.20, 50.0, 110.0), "B": (0.25, 30.0, 130.0), "C": (0.30, 10.0, 120.0), "D": (0.50, 90.0, 190.0),
    "E": (0.60, 90.0, 180.0), "MUTE": (None, 90.0, 180.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Six names; the median of the five known volatilities is C's."""
    flows = {"buybacks": 0.0, "debt_issued": 0.0, "debt_repaid": 0.0, "shares_outstanding": 20.0}
    names = {ticker: {0: {"dividends_paid_common": paid, **flows}} for ticker, (_, paid, _) in CALM.items()}
    closes = {
        ticker: {"close": 50.0, "adj_close_1m": then, "adj_close_12m": 100.0} for ticker, (_, _, then) in CALM.items()
    }
    risk = {ticker: {"vol_252": vol} for ticker, (vol, _, _) in CALM.items() if vol is not None}
    return lake_of(tmp_path_factory.mktemp("calm"), names, closes=closes, risk=risk)


def test_conservative_formula(calm: Lake) -> None:
    """Places among the calmer half: A is 1st and 3rd, B 2nd and 1st, C 3rd and 2nd."""
    found = values(calm, "conservative_rank_payout", "conservative_rank_momentum", "conservative_formula")
    out = dict.fromkeys(("D", "E", "MUTE"))
    assert found["conservative_rank_payout"] == {"A": 1, "B": 2, "C": 3, **out}
    assert found["conservative_rank_momentum"] == {"A": 3, "B": 1, "C": 2, **out}
    assert found["conservative_formula"] == {"A": 2, "B": 1.5, "C": 2.5, **out}


@pytest.mark.parametrize("name", ["conservative_member", "conservative_formula"])
def test_why_a_name_is_not_conservative(calm: Lake, name: str) -> None:
    """The more volatile half is told from names of unknown volatility."""
    assert "in the more volatile half" in why(calm, 4, name)
    assert "volatility, payout or momentum is unknown" in why(calm, 6, name)


def test_payout_places(calm: Lake) -> None:
    """Yields 5 %, 3 %, 1 % and three times 9 %: three share the first place."""
    found = values(calm, "shareholder_yield_rank", "shareholder_yield_percentile", "payout_yield_percentile")
    assert found["shareholder_yield_rank"] == {"A": 4, "B": 5, "C": 6, "D": 1, "E": 1, "MUTE": 1}
    shares = {"A": 50, "B": 100 / 3, "C": 100 / 6, "D": 100, "E": 100, "MUTE": 100}
    for name in ("shareholder_yield_percentile", "payout_yield_percentile"):
        assert found[name] == {ticker: pytest.approx(share) for ticker, share in shares.items()}
