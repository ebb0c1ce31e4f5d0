"""Versions, quarters, twelve months and splits on the published cases of Apple and Nvidia, in millions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from screener.standardize.splits import infer, plain_ratio
from tests.standardize.stages import Fact, Filer, M, as_of, read, rows_of, rows_of_each

APPLE_2009 = ("2008-09-28", "2009-09-26")


def test_restated_year_changes_on_its_filing_day(tmp_path: Path) -> None:
    """Apple FY2009: the 10-K's figures until 2010-01-24, the 10-K/A's from 2010-01-25 on."""
    facts: list[Fact] = []
    for filed, form, income, sales, assets in (
        ("2009-10-27", "10-K", 5704, 36537, 53851),
        ("2010-01-25", "10-K/A", 8235, 42905, 47501),
    ):
        facts += [
            ("NetIncomeLoss", *APPLE_2009, income * M, filed, form),
            ("SalesRevenueNet", *APPLE_2009, sales * M, filed, form),
            ("Assets", None, APPLE_2009[1], assets * M, filed, form),
        ]
    # the comparison in a proxy statement is no filing that counts
    facts.append(("NetIncomeLoss", *APPLE_2009, 1.0, "2010-02-01", "DEF 14A"))
    rows = rows_of(tmp_path, facts)
    names = ("net_income", "revenue", "total_assets")
    assert [as_of(rows, "2010-01-24")[name] / M for name in names] == [5704, 36537, 53851]
    assert [as_of(rows, "2010-01-25")[name] / M for name in names] == [8235, 42905, 47501]
    assert "restated" in as_of(rows, "2010-03-01")["flags"].split()
    assert as_of(rows, "2010-03-01")["form"] == "10-K/A"


def test_rounding_does_not_replace_a_precise_value(tmp_path: Path) -> None:
    """Apple's 90,678 stays after the next report rounds it to 90,700; a real change does not hide as rounding."""
    facts: list[Fact] = [("Assets", None, "2025-09-27", 1e11, "2025-10-31", "10-K")]
    facts += [("LongTermDebt", None, "2025-09-27", 90678 * M, "2025-10-31", "10-K")]
    facts += [("LongTermDebt", None, "2025-09-27", 90700 * M, "2026-01-30", "10-Q")]
    rows = rows_of(tmp_path, facts)
    assert as_of(rows, "2026-03-01")["total_debt"] == 90678 * M
    assert len(rows) == 1


def test_fourth_quarter_on_one_basis(tmp_path: Path) -> None:
    """Apple FY2016 CFO: 65,824 - 49,698 = 16,126, not 66,231 (recast two years later) - 49,698."""
    start, nine, end = "2015-09-27", "2016-06-25", "2016-09-24"
    tag = "NetCashProvidedByUsedInOperatingActivities"
    facts: list[Fact] = [
        (tag, start, nine, 49698 * M, "2016-07-27", "10-Q"),
        (tag, start, nine, 49698 * M, "2017-08-02", "10-Q"),
        (tag, start, end, 65824 * M, "2016-10-26", "10-K"),
        (tag, start, end, 65824 * M, "2017-11-03", "10-K"),
        (tag, start, end, 66231 * M, "2018-11-05", "10-K"),
        ("Assets", None, end, 321686 * M, "2016-10-26", "10-K"),
    ]
    rows = rows_of(tmp_path, facts)
    assert [as_of(rows, day, end)["cfo_q"] / M for day in ("2016-11-01", "2019-01-01")] == [16126, 16126]
    assert as_of(rows, "2019-01-01", end)["cfo"] == 66231 * M


def test_twelve_months_from_year_to_date(tmp_path: Path) -> None:
    """Nvidia 2026-04-26: 120,067 + 58,321 - 18,775 = 159,613; cash flow 102,718 + 50,344 - 27,414 = 125,648."""
    year, quarter, before = ("2025-01-27", "2026-01-25"), ("2026-01-26", "2026-04-26"), ("2025-01-27", "2025-04-27")
    cash = "NetCashProvidedByUsedInOperatingActivities"
    facts: list[Fact] = []
    for tag, fy, ytd, prior in (("NetIncomeLoss", 120067, 58321, 18775), (cash, 102718, 50344, 27414)):
        facts += [
            (tag, *before, prior * M, "2025-05-28", "10-Q"),
            (tag, *year, fy * M, "2026-02-25", "10-K"),
            (tag, *quarter, ytd * M, "2026-05-27", "10-Q"),
            (tag, *before, prior * M, "2026-05-27", "10-Q"),
        ]
    rows = rows_of(tmp_path, facts)
    row = as_of(rows, "2026-06-15")
    assert (row["net_income"] / M, row["cfo"] / M) == (159613, 125648)
    assert (row["net_income_q"] / M, row["cfo_q"] / M) == (58321, 50344)
    assert (row["fiscal_quarter"], row["fiscal_year"]) == (1, 2027)
    assert as_of(rows, "2026-03-01")["net_income"] == 120067 * M


def test_four_quarters_of_a_vendor(tmp_path: Path) -> None:
    """Without year-to-date figures the twelve months are four contiguous quarters; three are not enough."""
    ends = [("2023-01-01", "2023-03-31"), ("2023-04-01", "2023-06-30"), ("2023-07-01", "2023-09-30"),
            ("2023-10-01", "2023-12-31")]  # fmt: skip
    facts: list[Fact] = [
        ("simfin:Revenue", start, end, (index + 1) * M, f"2024-0{index + 1}-15", "simfin")
        for index, (start, end) in enumerate(ends)
    ]
    rows = rows_of(tmp_path, facts)
    assert as_of(rows, "2024-05-01", "2023-12-31")["revenue"] == 10 * M
    assert as_of(rows, "2024-05-01", "2023-09-30")["revenue"] is None


def test_per_share_is_never_added_up(tmp_path: Path) -> None:
    """The fourth quarter's earnings a share are its income over the year's shares; the year's are as reported."""
    start, nine, end = "2024-01-01", "2024-09-30", "2024-12-31"
    facts: list[Fact] = [
        ("NetIncomeLoss", start, nine, 60 * M, "2024-11-01", "10-Q"),
        ("NetIncomeLoss", start, end, 100 * M, "2025-02-01", "10-K"),
        ("EarningsPerShareDiluted", start, end, 4.9, "2025-02-01", "10-K"),
        ("EarningsPerShareDiluted", start, nine, 3.1, "2024-11-01", "10-Q"),
        ("WeightedAverageNumberOfDilutedSharesOutstanding", start, end, 20 * M, "2025-02-01", "10-K"),
    ]
    row = as_of(rows_of(tmp_path, facts), "2025-03-01")
    assert (row["eps_diluted"], row["eps_diluted_q"]) == (4.9, 2.0)


def test_split_between_filings(tmp_path: Path) -> None:
    """Apple 4:1: the cover's 4,275.634 of July 2020 stands for 17,102.536 once the next report is on the new basis."""
    year = ("2018-09-30", "2019-09-28")
    diluted = "WeightedAverageNumberOfDilutedSharesOutstanding"
    facts: list[Fact] = [
        (diluted, *year, 4648.913 * M, "2019-10-31", "10-K"),
        ("EarningsPerShareDiluted", *year, 11.89, "2019-10-31", "10-K"),
        (diluted, *year, 18595.65 * M, "2020-10-30", "10-K"),
        ("EarningsPerShareDiluted", *year, 2.97, "2020-10-30", "10-K"),
        ("NetIncomeLoss", *year, 55256 * M, "2019-10-31", "10-K"),
        ("Assets", None, "2019-09-28", 338516 * M, "2019-10-31", "10-K"),
        ("Assets", None, "2020-06-27", 317344 * M, "2020-07-31", "10-Q"),
        (diluted, "2020-03-29", "2020-06-27", 4354.788 * M, "2020-07-31", "10-Q"),
        ("EntityCommonStockSharesOutstanding", None, "2020-07-17", 4275.634 * M, "2020-07-31", "10-Q"),
        ("Assets", None, "2020-09-26", 323888 * M, "2020-10-30", "10-K"),
    ]
    rows = rows_of(tmp_path, facts)
    row = as_of(rows, "2020-09-15")
    assert row["shares_outstanding"] * row["share_basis"] == pytest.approx(17102.536 * M)
    later = as_of(rows, "2020-11-01", "2019-09-28")
    assert (later["shares_diluted"], later["eps_diluted"], later["share_basis"]) == (18595.65 * M, 2.97, 1)
    assert read(tmp_path / "splits.parquet") == [{"issuer_id": 1, "switch_date": date(2020, 10, 30), "ratio": 4.0}]


@pytest.mark.parametrize(("ratio", "expected"), [(4.00002, 4), (1 / 30, 1 / 30), (1.5, 1.5), (1.7, None), (1000, None)])
def test_plain_ratio(ratio: float, expected: float | None) -> None:
    """Only ratios in which splits are made count; a power of ten of a scale error does not."""
    assert plain_ratio(ratio) == expected


def test_one_split_is_found_once() -> None:
    """A later report that restates an older key by the same split explains itself; without proof nothing is found."""
    first, second, third = date(2024, 2, 1), date(2024, 8, 28), date(2025, 5, 28)
    assert infer([(1, first, second, 10.0, 1), (1, first, third, 10.0, 1)]) == [(1, second, 10.0)]
    assert infer([(1, first, second, 2.0, 0)]) == []
    assert infer([(1, first, second, 2.0, -1), (1, first, second, 2.0, -1)]) == []


COVERS = {100: 20e6, 1000: 20e6, 19e6: 19e6, 19e3: 19e6, 5e9: 20e6}


def cover(count: float) -> list[Fact]:
    """Return an annual report with 20 million weighted shares and ``count`` on its cover."""
    return [
        ("Assets", None, "2024-12-31", 1e9, "2025-02-01", "10-K"),
        ("WeightedAverageNumberOfSharesOutstandingBasic", "2024-01-01", "2024-12-31", 20e6, "2025-02-01", "10-K"),
        ("NetIncomeLoss", "2024-01-01", "2024-12-31", 40e6, "2025-02-01", "10-K"),
        ("EarningsPerShareBasic", "2024-01-01", "2024-12-31", 2.0, "2025-02-01", "10-K"),
        ("EntityCommonStockSharesOutstanding", None, "2025-01-20", count, "2025-02-01", "10-K"),
    ]


def test_cover_counts_are_checked(tmp_path: Path) -> None:
    """Placeholders and counts far from the weighted shares are not believed; thousands tagged as units are mended."""
    rows = rows_of_each(tmp_path, {count: Filer(cover(count)) for count in COVERS})
    assert {count: as_of(rows[count], "2025-03-01")["shares_outstanding"] for count in COVERS} == COVERS


def recast(before: float) -> list[Fact]:
    """Return 1,000 of a year, then 350 beside the 300 of the year before, which were reported as ``before``."""
    year, now, then = ("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-06-30"), ("2022-01-01", "2022-06-30")
    tag = "NetCashProvidedByUsedInOperatingActivities"
    return [
        (tag, *then, before * M, "2022-08-01", "10-Q"),
        (tag, *year, 1000 * M, "2023-02-01", "10-K"),
        (tag, *now, 350 * M, "2023-08-01", "10-Q"),
        (tag, *then, 300 * M, "2023-08-01", "10-Q"),
        ("Assets", None, now[1], 9000 * M, "2023-08-01", "10-Q"),
    ]


def test_twelve_months_with_a_recast_stretch(tmp_path: Path) -> None:
    """Both stretches come from the new report: 1,000 + 350 - 300, whatever the stretch was said to be a year ago."""
    rows = rows_of_each(tmp_path, {before: Filer(recast(before)) for before in (400, 0, 300)})
    for before, found in rows.items():
        row = as_of(found, "2023-09-01", "2023-06-30")
        assert row["cfo"] == 1050 * M
        assert ("mixed_basis" in row["flags"].split()) == (before != 300)


def test_recast_stretch_is_known_without_its_column(tmp_path: Path) -> None:
    """An amendment that leaves the year before out still compares with the recast stretch, not with the old one."""
    year, now, then = ("2022-01-01", "2022-12-31"), ("2023-01-01", "2023-06-30"), ("2022-01-01", "2022-06-30")
    facts: list[Fact] = [
        ("NetIncomeLoss", *then, 400 * M, "2022-08-01", "10-Q"),
        ("NetIncomeLoss", *year, 1000 * M, "2023-02-01", "10-K"),
        ("NetIncomeLoss", *then, 300 * M, "2023-08-01", "10-Q"),
        ("NetIncomeLoss", *now, 350 * M, "2023-08-01", "10-Q"),
        ("NetIncomeLoss", *now, 360 * M, "2023-09-01", "10-Q/A"),
        ("Assets", None, now[1], 9000 * M, "2023-08-01", "10-Q"),
    ]
    row = as_of(rows_of(tmp_path, facts), "2023-10-01", "2023-06-30")
    assert row["net_income"] == 1060 * M
    assert "mixed_basis" in row["flags"].split()


def test_the_stretch_of_the_same_filing(tmp_path: Path) -> None:
    """A predecessor shell's calendar (to 28 June) does not stand for the stretch that the report compares with."""
    year, now = ("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-06-30")
    facts: list[Fact] = [
        ("Revenues", "2020-01-01", "2020-06-28", 0.0, "2020-08-12", "10-Q"),
        ("Revenues", *year, 11946 * M, "2021-03-01", "10-K"),
        ("Revenues", "2020-01-01", "2020-06-30", 5350 * M, "2021-08-09", "10-Q"),
        ("Revenues", *now, 9008 * M, "2021-08-09", "10-Q"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2021-09-01", now[1])["revenue"] == (11946 + 9008 - 5350) * M


def test_quarter_after_a_change_of_the_year(tmp_path: Path) -> None:
    """After a year to December and a stub to March, nine months from April are the third quarter, not a year end."""
    cash = "NetCashProvidedByUsedInOperatingActivities"
    facts: list[Fact] = [
        (cash, "2021-01-01", "2021-12-31", 100 * M, "2022-02-20", "10-K"),
        ("NetIncomeLoss", "2021-01-01", "2021-12-31", 100 * M, "2022-02-20", "10-K"),
        (cash, "2022-04-01", "2022-06-30", 10 * M, "2022-08-04", "10-Q"),
        ("NetIncomeLoss", "2022-04-01", "2022-06-30", 10 * M, "2022-08-04", "10-Q"),
        (cash, "2022-04-01", "2022-12-31", 40 * M, "2023-02-08", "10-Q"),
        ("NetIncomeLoss", "2022-10-01", "2022-12-31", 20 * M, "2023-02-08", "10-Q"),
    ]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, "2023-03-01", end) for end in ("2021-12-31", "2022-06-30", "2022-12-31")]
    assert [(row["fiscal_quarter"], row["fiscal_year"]) for row in found] == [(4, 2021), (1, 2023), (3, 2023)]


def test_a_total_beats_an_industry_line(tmp_path: Path) -> None:
    """A quarter tagged with lease income alone gives way to the year less nine months: 1,226 - 853 = 373."""
    facts: list[Fact] = [
        ("Revenues", "2020-01-01", "2020-09-30", 853 * M, "2020-10-28", "10-Q"),
        ("Revenues", "2020-01-01", "2020-12-31", 1226 * M, "2021-02-18", "10-K"),
        ("OperatingLeaseLeaseIncome", "2020-10-01", "2020-12-31", 25 * M, "2021-02-18", "10-K"),
        ("Assets", None, "2020-12-31", 17000 * M, "2021-02-18", "10-K"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2021-03-01")["revenue_q"] == 373 * M


def test_negative_cost_by_difference_is_missing(tmp_path: Path) -> None:
    """Depreciation of 90 in the year against 100 in nine months was read from different lines: no quarter of it."""
    facts: list[Fact] = [
        ("DepreciationDepletionAndAmortization", "2020-01-01", "2020-09-30", 100 * M, "2020-10-28", "10-Q"),
        ("DepreciationDepletionAndAmortization", "2020-01-01", "2020-12-31", 90 * M, "2021-02-18", "10-K"),
        ("NetCashProvidedByUsedInOperatingActivities", "2020-01-01", "2020-09-30", 100 * M, "2020-10-28", "10-Q"),
        ("NetCashProvidedByUsedInOperatingActivities", "2020-01-01", "2020-12-31", 90 * M, "2021-02-18", "10-K"),
        ("Assets", None, "2020-12-31", 17000 * M, "2021-02-18", "10-K"),
    ]
    row = as_of(rows_of(tmp_path, facts), "2021-03-01")
    assert (row["da_q"], row["da"], row["cfo_q"]) == (None, 90 * M, -10 * M)


def test_twelve_months_in_conflict_are_flagged(tmp_path: Path) -> None:
    """Operating cash flow of a year of 100 whose four quarters add up to 90 says so on the row."""
    cash = "NetCashProvidedByUsedInOperatingActivities"
    ends = (("03-31", 10, "04-20"), ("06-30", 30, "07-20"), ("09-30", 60, "10-20"))
    facts: list[Fact] = [(cash, "2020-01-01", f"2020-{e}", v * M, f"2020-{f}", "10-Q") for e, v, f in ends]
    facts += [
        (cash, "2020-01-01", "2020-12-31", 90 * M, "2021-02-18", "10-K"),
        (cash, "2020-01-01", "2020-12-31", 100 * M, "2022-02-18", "10-K"),
        ("Assets", None, "2020-12-31", 17000 * M, "2021-02-18", "10-K"),
    ]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, day, "2020-12-31") for day in ("2021-03-01", "2022-03-01")]
    assert ["ttm_conflict" in row["flags"].split() for row in found] == [False, True]
    assert found[1]["cfo"] == 100 * M


YEAR_2020 = (("2020-01-01", "2020-03-31"), ("2020-04-01", "2020-06-30"), ("2020-07-01", "2020-09-30"),
             ("2020-10-01", "2020-12-31"))  # fmt: skip


def test_year_less_three_quarters(tmp_path: Path) -> None:
    """Without nine months the fourth quarter is the year less three contiguous ones: 100 - 60 = 40; two won't do."""
    quarters: list[Fact] = [
        ("Revenues", start, end, 20 * M, f"2020-{month}-20", "10-Q")
        for (start, end), month in zip(YEAR_2020[:3], ("04", "07", "10"), strict=True)
    ]
    year: list[Fact] = [
        ("Revenues", "2020-01-01", "2020-12-31", 100 * M, "2021-02-18", "10-K"),
        ("Assets", None, "2020-12-31", 17000 * M, "2021-02-18", "10-K"),
    ]
    assert as_of(rows_of(tmp_path / "three", quarters + year), "2021-03-01")["revenue_q"] == 40 * M
    assert as_of(rows_of(tmp_path / "two", quarters[1:] + year), "2021-03-01")["revenue_q"] is None


def test_fourth_quarter_of_recast_quarters(tmp_path: Path) -> None:
    """Meta 2016: the 10-K recasts three quarters (6,648), not the nine months (5,944): 10,217 - 6,648 = 3,569."""
    stated = ((1510, 2055, 2379), (1738, 2283, 2627))
    ends = [("2016-01-01", "2016-03-31"), ("2016-04-01", "2016-06-30"), ("2016-07-01", "2016-09-30")]
    facts: list[Fact] = [("NetIncomeLoss", "2016-01-01", "2016-09-30", 5944 * M, "2016-11-03", "10-Q")]
    for (start, end), old, new, month in zip(ends, *stated, ("05", "08", "11"), strict=True):
        facts += [
            ("NetIncomeLoss", start, end, old * M, f"2016-{month}-03", "10-Q"),
            ("NetIncomeLoss", start, end, new * M, "2017-02-03", "10-K"),
        ]
    facts.append(("NetIncomeLoss", "2016-01-01", "2016-12-31", 10217 * M, "2017-02-03", "10-K"))
    assert as_of(rows_of(tmp_path, facts), "2017-03-01")["net_income_q"] == 3569 * M


def test_restated_stretches_are_compared_with_each_other(tmp_path: Path) -> None:
    """Meta's first half of 2016 was recast to 7,142 with its first quarter (3,477): the second is 3,665, not 2,704."""
    cash = "NetCashProvidedByUsedInOperatingActivities"
    facts: list[Fact] = [
        (cash, "2016-01-01", "2016-03-31", 2983 * M, "2016-04-28", "10-Q"),
        (cash, "2016-01-01", "2016-06-30", 6181 * M, "2016-07-28", "10-Q"),
        ("NetIncomeLoss", "2016-01-01", "2016-06-30", 3565 * M, "2016-07-28", "10-Q"),
        (cash, "2016-01-01", "2016-03-31", 3477 * M, "2017-02-03", "10-K"),
        (cash, "2016-01-01", "2016-06-30", 7142 * M, "2017-02-03", "10-K"),
        (cash, "2016-01-01", "2016-06-30", 7142 * M, "2017-07-27", "10-Q"),
        ("Assets", None, "2016-06-30", 55740 * M, "2016-07-28", "10-Q"),
    ]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, day, "2016-06-30") for day in ("2016-12-31", "2017-03-01", "2017-12-31")]
    assert [row["cfo_q"] / M for row in found] == [6181 - 2983, 7142 - 3477, 7142 - 3477]
    assert "mixed_basis" not in found[2]["flags"].split()


def test_first_quarter_in_front_of_the_second(tmp_path: Path) -> None:
    """A company whose first report is its second quarter's has a first one: the half year less the second."""
    facts: list[Fact] = [
        ("Revenues", "2020-01-01", "2020-06-30", 50 * M, "2020-07-20", "10-Q"),
        ("Revenues", "2020-04-01", "2020-06-30", 30 * M, "2020-07-20", "10-Q"),
        ("Assets", None, "2020-03-31", 90 * M, "2020-07-20", "10-Q"),
        ("Assets", None, "2020-06-30", 100 * M, "2020-07-20", "10-Q"),
    ]
    assert as_of(rows_of(tmp_path, facts), "2020-08-01", "2020-03-31")["revenue_q"] == 20 * M


def test_income_of_common_holders_stands_in(tmp_path: Path) -> None:
    """Incyte tags its net loss only as available to common holders; a difference of the owners' own line is better."""
    common = "NetIncomeLossAvailableToCommonStockholdersBasic"
    facts: list[Fact] = [
        (common, "2012-01-01", "2012-03-31", -45.426 * M, "2012-04-26", "10-Q"),
        ("Assets", None, "2012-03-31", 400 * M, "2012-04-26", "10-Q"),
    ]
    row = as_of(rows_of(tmp_path / "alone", facts), "2012-05-01")
    assert (row["net_income_q"], row["net_income_to_common_q"]) == (-45.426 * M, -45.426 * M)
    facts = [
        ("NetIncomeLoss", "2012-01-01", "2012-09-30", 30 * M, "2012-10-26", "10-Q"),
        ("NetIncomeLoss", "2012-01-01", "2012-12-31", 50 * M, "2013-02-26", "10-K"),
        (common, "2012-10-01", "2012-12-31", 15 * M, "2013-02-26", "10-K"),
    ]
    assert as_of(rows_of(tmp_path / "both", facts), "2013-03-01")["net_income_q"] == 20 * M


def test_stub_before_a_new_fiscal_year(tmp_path: Path) -> None:
    """A report on a stub (10-QT) flags the twelve months that run across it, and is a year end of its own."""
    facts: list[Fact] = []
    for end, start, value, filed, form in (
        ("2021-12-31", "2021-01-01", 100, "2022-02-20", "10-K"),
        ("2022-03-31", "2022-01-01", 30, "2022-05-09", "10-QT"),
        ("2022-06-30", "2022-04-01", 31, "2022-08-04", "10-Q"),
        ("2022-09-30", "2022-04-01", 65, "2022-11-08", "10-Q"),
        ("2023-03-31", "2022-04-01", 140, "2023-05-20", "10-K"),
    ):
        facts += [
            ("Revenues", start, end, value * M, filed, form),
            ("NetIncomeLoss", start, end, value * M / 10, filed, form),
            ("NetCashProvidedByUsedInOperatingActivities", start, end, value * M / 5, filed, form),
        ]
    # the balance sheet that later reports compare with
    facts += [("Assets", None, "2022-03-31", 900 * M, filed, "10-Q") for filed in ("2022-05-09", "2022-11-08")]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, "2023-06-01", end) for end in ("2021-12-31", "2022-03-31", "2022-06-30", "2023-03-31")]
    assert ["transition" in row["flags"].split() for row in found] == [False, True, True, False]
    assert [row["revenue"] for row in found] == [100 * M, None, None, 140 * M]
    assert [(row["fiscal_year"], row["fiscal_quarter"]) for row in found] == [
        (2021, 4),
        (2022, 4),
        (2023, 1),
        (2023, 4),
    ]


def scaled(value: float, end: str, filed: str, power: float) -> list[Fact]:
    """Return the balance sheet of a report and of the year before, all of it divided by ``power``."""
    tags = (
        "Assets",
        "LiabilitiesAndStockholdersEquity",
        "StockholdersEquity",
        "AssetsCurrent",
        "InventoryNet",
        "Goodwill",
    )
    form, before = "10-K", f"{int(end[:4]) - 1}{end[4:]}"
    return [
        (tag, None, day, round(amount * (1 + index / 7)) * 1000 / power, filed, form)
        for index, tag in enumerate(tags)
        for day, amount in ((end, value), (before, value - 1000))
    ]


def test_report_in_thousands(tmp_path: Path) -> None:
    """A report whose amounts of the year before are a thousandth of what two reports said is scaled up, and says so."""
    facts = [
        *scaled(400_000, "2019-12-31", "2020-02-20", 1),
        *scaled(401_000, "2020-12-31", "2021-02-20", 1),
        *scaled(402_000, "2021-12-31", "2022-02-20", 1000),
        *scaled(403_000, "2022-12-31", "2023-02-20", 1),
    ]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, "2023-03-01", f"{year}-12-31") for year in (2020, 2021, 2022)]
    assert [row["total_assets"] for row in found] == [401e6, 402e6, 403e6]
    assert as_of(rows, "2022-03-01")["total_assets"] == 402e6
    assert ["scale_fixed" in as_of(rows, day)["flags"].split() for day in ("2021-03-01", "2022-03-01")] == [False, True]


def test_correction_of_a_report_too_large(tmp_path: Path) -> None:
    """Amounts that were a thousand times too large once are corrected, not blown up again."""
    facts = [
        *scaled(400_000, "2019-12-31", "2020-02-20", 1),
        *scaled(401_000, "2020-12-31", "2021-02-20", 0.001),
        *scaled(402_000, "2021-12-31", "2022-02-20", 1),
    ]
    rows = rows_of(tmp_path, facts)
    assert [as_of(rows, "2022-03-01", f"{year}-12-31")["total_assets"] for year in (2020, 2021)] == [401e6, 402e6]


def test_cover_only_amendment(tmp_path: Path) -> None:
    """A 10-K/A of the cover alone changes neither the statements nor which period is the newest."""
    facts: list[Fact] = [
        ("NetIncomeLoss", "2020-01-01", "2020-12-31", 721 * M, "2021-02-08", "10-K"),
        ("Assets", None, "2020-12-31", 52148 * M, "2021-02-08", "10-K"),
        ("EntityCommonStockSharesOutstanding", None, "2021-04-23", 963 * M, "2021-04-30", "10-K/A"),
    ]
    row = as_of(rows_of(tmp_path, facts), "2021-05-03")
    assert (str(row["period_end"]), row["net_income"], row["total_assets"]) == ("2020-12-31", 721 * M, 52148 * M)


def test_recast_in_a_current_report(tmp_path: Path) -> None:
    """An 8-K that recasts the year does not replace the 10-K; of a year that no report states it is the only source."""
    facts: list[Fact] = [
        ("NetIncomeLoss", "2018-01-01", "2018-12-31", -63.4 * M, "2019-02-28", "10-K"),
        ("NetIncomeLoss", "2018-01-01", "2018-12-31", -60.6 * M, "2019-05-21", "8-K"),
        ("Assets", None, "2018-12-31", 5000 * M, "2019-02-28", "10-K"),
        ("Assets", None, "2017-12-31", 4900 * M, "2019-02-28", "10-K"),
        ("NetIncomeLoss", "2017-01-01", "2017-12-31", 3.3 * M, "2019-05-21", "8-K"),
    ]
    rows = rows_of(tmp_path, facts)
    found = [as_of(rows, "2019-06-01", end)["net_income"] for end in ("2018-12-31", "2017-12-31")]
    assert found == [-63.4 * M, 3.3 * M]


def test_odd_fourth_quarter(tmp_path: Path) -> None:
    """A fourth quarter of 70 after three of 10 is flagged."""
    ends = (("03-31", 10), ("06-30", 20), ("09-30", 30))
    facts: list[Fact] = [
        ("Revenues", "2020-01-01", f"2020-{end}", v * M, f"2020-{end[:2]}-31", "10-Q") for end, v in ends
    ]
    facts = [(*fact[:4], f"2020-{int(fact[2][5:7]) + 1:02d}-20", fact[5]) for fact in facts]
    facts.append(("Revenues", "2020-01-01", "2020-12-31", 100 * M, "2021-02-18", "10-K"))
    row = as_of(rows_of(tmp_path, facts), "2021-03-01")
    assert row["revenue_q"] == 70 * M
    assert "odd_quarter" in row["flags"].split()
