"""Wrong versions of the scores that circulate: what each gives is worked on paper, and it is not what we give."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import pytest

from screener.engine.trace import Trace, Tracer
from screener.language.ast import Name
from screener.language.expressions import parse_formula
from screener.language.resolve import check_screen
from tests.catalogue.vectors import rows, vectors
from tests.engine.lakes import AS_OF, make_lake


@dataclass(frozen=True)
class Wrong:
    """A wrong version: the metric that it claims to be, its formula, the case, and its number on paper."""

    metric: str
    formula: str
    case: str
    number: float
    who: str
    tolerance: float = 1e-9


APPLE = "Apple, fiscal 2025, at an assumed market value of 3.5 trillion"
MARVELL = "Marvell, fiscal 2026, at an assumed market value of 60 billion"
KEY = "an answer key to the Enron problem"
ENRON_KEY = (
    "-4.84 + 0.920 * beneish_dsri + 0.528 / beneish_gmi + 0.404 * beneish_aqi + 0.892 * beneish_sgi"
    " + 0.115 / beneish_depi - 0.172 * beneish_sgai + 4.670 * beneish_tata - 0.27 * beneish_lvgi"
)

WRONG = (
    # Gross margins 6,272 / 100,789 in 2000, 5,351 / 40,112 in 1999: the key prints .528 times the inverse.
    Wrong("beneish_gmi", "gross_margin / lag(gross_margin, 1y)", "Enron 1998", 0.5640 / 0.528, KEY, 1e-3),
    Wrong("beneish_gmi", "gross_margin / lag(gross_margin, 1y)", "Enron 1999", 0.4513 / 0.528, KEY, 1e-3),
    Wrong("beneish_gmi", "gross_margin / lag(gross_margin, 1y)", "Enron 2000", 0.2463 / 0.528, KEY, 1e-3),
    Wrong("beneish_depi", "beneish_depreciation_rate / lag(beneish_depreciation_rate, 1y)", "Enron 1998", 0.1160 / 0.115, KEY, 1e-3),
    Wrong("beneish_depi", "beneish_depreciation_rate / lag(beneish_depreciation_rate, 1y)", "Enron 2000", 0.0908 / 0.115, KEY, 1e-3),
    Wrong("beneish_m", ENRON_KEY, "Enron 2000", -4.84 + 1.2562 + 0.2463 + 0.3116 + 2.2413 + 0.0908 - 0.172 * 0.41615 - 4.670 * 0.05801 - 0.27 * 1.35393, KEY, 1e-3),
    Wrong("ncav", "current_assets - current_liabilities", APPLE, -17674e6, "FinanceToolkit"),
    Wrong("altman_x3", "ebitda / total_assets", APPLE, (133050 + 11698) / 359241, "the code of Jensen, Kelly, Pedersen"),
    Wrong("altman_z2", "6.56 * altman_x1 + 3.26 * altman_x2 + 6.72 * ebitda / total_assets + 1.05 * altman_x4_book", APPLE, 2.307831 + 6.72 * 11698 / 359241, "EBITDA in place of EBIT", 1e-6),
    Wrong("altman_z", "0.012 * altman_x1 + 0.014 * altman_x2 + 0.033 * altman_x3 + 0.006 * altman_x4 + 0.999 * altman_x5", "all ratios are 1", 1.064, "the factors of 1968, meant for per cent, on fractions"),
    Wrong("piotroski_return", "income_before_extra / avg_assets", APPLE, 112010 / 362110.5, "FinanceToolkit: mean assets"),
    Wrong("piotroski_return", "income_before_extra / total_assets", APPLE, 112010 / 359241, "Open Source Asset Pricing: assets at the end"),
    Wrong("piotroski_droa", "when(net_income / total_assets > lag(net_income / total_assets, 1y), 1, 0)", "assets doubled at the end of the year", 0, "Open Source Asset Pricing: assets at the end"),
    Wrong("piotroski_droa", "when(piotroski_return / lag(piotroski_return, 1y) > lag(piotroski_return, 1y) / lag(piotroski_return, 2y), 1, 0)", "returns of 5, 8 and 10 per cent, growing ever more slowly", 0, "FinanceToolkit: growth of growth"),
    Wrong("piotroski_offer", "when(stock_issued = 0, 1, 0)", "an option plan, hardly half a per cent more shares", 0, "FinanceToolkit: literally nothing issued"),
    Wrong("piotroski_accrual", "when(cfo < net_income, 1, 0)", APPLE, 1, "YCharts: the test the wrong way round"),
    Wrong("ohlson_intwo", "when(net_income + lag(net_income, 1y) < 0, 1, 0)", "a large loss after a small profit", 1, "Open Source Asset Pricing: the sum of two years"),
    Wrong("ohlson_size", "log(total_assets / 1000 / gnp_price_index)", APPLE, log(359241e3 / 645.64), "assets in thousands"),
    Wrong("ohlson_futl", "cfo / total_liabilities", APPLE, 111482 / 285508, "cash flow in place of funds from operations"),
    Wrong("magic_yield", "ebitda / ev", MARVELL, 2613.5 / 61831.8, "EBITDA in place of EBIT", 1e-6),
)  # fmt: skip
# Names above that stand for a metric of another group.
OURS = {"magic_yield": "ebit_ev"}


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trace]:
    """Case → its trace with the wrong formulas beside our metrics."""
    tracer = Tracer({})
    for wrong in WRONG:
        tracer.add(parse_formula(wrong.formula))
        tracer.add(Name(OURS.get(wrong.metric, wrong.metric)))
    tracer.add(parse_formula("ohlson_o + 0.407 * log(700 / gnp_price_index)"))
    tracer.add(Name("gnp_price_index"))
    numbers = {vector.case: vector.number for vector in vectors()}
    with make_lake(tmp_path_factory.mktemp("wrong"), *rows()) as lake:
        found = tracer.read(lake.con, AS_OF, [])
    return {case: found[number] for case, number in numbers.items()}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.metric}-{wrong.case}-{wrong.who}")
def test_known_wrong_answers(traces: dict[str, Trace], wrong: Wrong) -> None:
    """The wrong formula gives the wrong number of the paper, and ours another one."""
    trace = traces[wrong.case]
    theirs, ours = trace.value(parse_formula(wrong.formula)), trace.value(Name(OURS.get(wrong.metric, wrong.metric)))
    assert theirs == pytest.approx(wrong.number, rel=wrong.tolerance)
    assert isinstance(ours, float)
    assert ours != pytest.approx(wrong.number, rel=1e-3)


@pytest.mark.parametrize(
    ("case", "published"),
    [(APPLE, -6.246361), (MARVELL, -8.163116), ("Snowflake, fiscal 2025, its issue of shares not judged", -3.257277)],
)
def test_ohlson_at_the_published_price_index(traces: dict[str, Trace], case: str, published: float) -> None:
    """With a price index of 700 in place of ours the score is the published one."""
    found = traces[case].value(parse_formula("ohlson_o + 0.407 * log(700 / gnp_price_index)"))
    assert found == pytest.approx(published, abs=6e-6)


def test_price_index_of_the_year_before(traces: dict[str, Trace]) -> None:
    """A balance sheet of December 2023 is deflated by 2022: 118.023 after 18.280 in 1968."""
    assert traces[APPLE].value(Name("gnp_price_index")) == pytest.approx(645.64)


def test_the_price_index_has_no_history() -> None:
    """An O-score of last year would be deflated by this year's index: it is refused."""
    problems = check_screen("rules:\n  - lag(ohlson_o, 1y) < 0\n")
    assert [problem.message for problem in problems] == ["'ohlson_o' has no history: it cannot stand in lag()"]
