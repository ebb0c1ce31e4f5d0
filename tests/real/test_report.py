"""The report on real files: histories by hand from the annual reports, and a page that holds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from screener.engine.histories import read_histories
from screener.engine.report import make_report
from screener.lake.connect import Lake
from screener.language.resolve import parse_screen
from screener.output.report.document import to_html
from tests.output.reports import SCREENS, Page
from tests.real.conftest import SEC_DAY, SIMFIN_DAY

META, BROADCOM = 1326801, 1730168

pytestmark = pytest.mark.real


def test_five_years_of_meta(sec: Lake) -> None:
    """Meta's annual reports, in millions: revenue 85,965 in 2020 to 164,501 in 2024, net income 29,146 to 62,360.

    As filed under 0001326801-23-000013 (2020 to 2022) and 0001326801-25-000017 (2022 to 2024). On the day before the
    latter the newest quarter is the third of 2024.
    """
    found = read_histories(sec.con, [META], SEC_DAY, ["revenue", "net_income"])[META]
    years = {end.year: place for place, end in enumerate(found.ends) if end.month == 12}
    revenue = {2020: 85_965, 2021: 117_929, 2022: 116_609, 2023: 134_902, 2024: 164_501}
    income = {2020: 29_146, 2021: 39_370, 2022: 23_200, 2023: 39_098, 2024: 62_360}
    assert {year: found.values["revenue"][years[year]] for year in revenue} == {y: v * 1e6 for y, v in revenue.items()}
    assert {year: found.values["net_income"][years[year]] for year in income} == {y: v * 1e6 for y, v in income.items()}
    assert found.newest.url.endswith("/1326801/000132680125000017/0001326801-25-000017-index.htm")
    before = read_histories(sec.con, [META], found.newest.known_from.replace(day=29), ["revenue"])[META]
    assert before.ends[-1] == date(2024, 9, 30)


def test_broadcom_across_its_split(sec: Lake) -> None:
    """Ten for one in July 2024: the diluted shares of fiscal 2023 are 4,272 million on today's basis.

    427 million in 0001730168-23-000096, before the split; 4,272 million in the next report, 0001730168-24-000139.
    """
    found = read_histories(sec.con, [BROADCOM], SEC_DAY, ["shares_diluted"])[BROADCOM]
    (place,) = (k for k, end in enumerate(found.ends) if end == date(2023, 10, 29))
    assert found.values["shares_diluted"][place] == pytest.approx(4.272e9, rel=0.0005)


@pytest.mark.parametrize("kind", ["simfin", "sec"])
def test_the_page_of_real_names(request: pytest.FixtureRequest, kind: str) -> None:
    """Quality-value, on the SEC's large companies without its limits of size: every name has its page and charts."""
    lake: Lake = request.getfixturevalue(kind)
    text = (SCREENS / "quality-value.yaml").read_text(encoding="utf-8")
    day = SIMFIN_DAY
    if kind == "sec":
        text, day = text.replace("market_cap between 300M and 3B", "market_cap >= 300M"), SEC_DAY
    report = make_report(lake, replace(parse_screen(text, "quality-value.yaml"), limit=None), day)
    page = to_html(report, report.pages)
    parsed = Page(page)
    assert len(report.entries) >= 5
    assert len(parsed.all("article")) == len(report.entries)
    charts = [one for one in parsed.all("figure") if one.get("data-chart") == "lines"]
    assert len(charts) >= 4 * len(report.entries)
    assert any(str(one["href"]).startswith("https://www.sec.gov/Archives/") for one in parsed.all("a")) is (
        kind == "sec"
    )
    assert len(page) < 3e6
