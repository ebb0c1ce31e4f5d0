"""The accounting identities on facts by hand: each one holds, fails, or can't be tested, and what is done about it."""

from __future__ import annotations

from typing import Any

import pytest

from screener.catalogue.identities import BY_ID, IDENTITIES
from screener.lake.schema import COMPANIES, FACTS
from screener.standardize.pipeline import standardize
from tests.standardize.stages import Fact, M, accession_of, as_of, read, unit_of, write_table

END, START, FILED = "2025-12-31", "2025-01-01", "2026-02-10"
DAY = "2026-03-01"

Values = dict[str, float]
Rows = dict[str, list[dict[str, Any]]]

WHOLE = "StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest"
PRETAX = "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"
OF_ALL = "NetIncomeLossIncludingPortionAttributableToNonredeemableNoncontrollingInterest"
CHANGE = "CashAndCashEquivalentsPeriodIncreaseDecrease"

# Assets of 1,000 are owed to creditors (600) and owners (400, of which 30 to others); all in millions.
BALANCE: Values = {
    "Assets": 1000, "LiabilitiesAndStockholdersEquity": 1000, "Liabilities": 600, "StockholdersEquity": 370,
    "MinorityInterest": 30, WHOLE: 400, "AssetsCurrent": 450, "LiabilitiesCurrent": 250,
    "CashAndCashEquivalentsAtCarryingValue": 120, "MarketableSecuritiesCurrent": 80,
}  # fmt: skip
# 800 of sales leave 300 gross, 110 from operations, 100 before tax, 72 after it, 70 for the owners: 1.40 on 50 shares.
INCOME: Values = {
    "Revenues": 800, "CostOfRevenue": 500, "GrossProfit": 300, "OperatingExpenses": 190, "OperatingIncomeLoss": 110,
    PRETAX: 100, "IncomeTaxExpenseBenefit": 28, "ProfitLoss": 72,
    "NetIncomeLossAttributableToNoncontrollingInterest": 2,
    "NetIncomeLoss": 70, "EarningsPerShareDiluted": 1.40e-6, "WeightedAverageNumberOfDilutedSharesOutstanding": 50,
}  # fmt: skip
CASH: Values = {
    "NetCashProvidedByUsedInOperatingActivities": 90, "NetCashProvidedByUsedInInvestingActivities": -40,
    "NetCashProvidedByUsedInFinancingActivities": -25,
    "EffectOfExchangeRateOnCashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents": -3, CHANGE: 22,
}  # fmt: skip
OPENING = ("CashAndCashEquivalentsAtCarryingValue", None, "2024-12-31", 98 * M)


def filing(changed: Values | None = None, without: tuple[str, ...] = (), filed: str = FILED) -> list[Fact]:
    """Return an annual report of 2025 in which everything adds up, with values changed, added or left out."""
    values = {tag: value for tag, value in (BALANCE | INCOME | CASH | (changed or {})).items() if tag not in without}
    found: list[Fact] = [(*OPENING, filed, "10-K")]
    for tag, value in values.items():
        instant = tag in BALANCE or tag.startswith("TemporaryEquity")
        found.append((tag, None if instant else START, END, value * M, filed, "10-K"))
    return found


def quarters(values: tuple[float, float, float, float], year: float) -> list[Fact]:
    """Return the revenue of a year by quarter, each in its own report, the year and its last quarter in the 10-K."""
    spans = (("2025-01-01", "2025-03-31", "2025-05-05"), ("2025-04-01", "2025-06-30", "2025-08-05"),
             ("2025-07-01", "2025-09-30", "2025-11-05"), ("2025-10-01", END, FILED))  # fmt: skip
    found: list[Fact] = []
    for (start, end, filed), value in zip(spans, values, strict=True):
        form = "10-K" if end == END else "10-Q"
        found.append(("Revenues", start, end, value * M, filed, form))
        found.append(("Assets", None, end, 1000 * M, filed, form))
    return [*found, ("Revenues", START, END, year * M, FILED, "10-K")]


def next_quarter(first: float) -> list[Fact]:
    """Return the report of the first quarter of 2026 with that of the year before as it stood."""
    spans = (("2026-01-01", "2026-03-31", 210.0), ("2025-01-01", "2025-03-31", first))
    found: list[Fact] = [("Revenues", start, end, value * M, "2026-05-05", "10-Q") for start, end, value in spans]
    return [*found, ("Assets", None, "2026-03-31", 1000 * M, "2026-05-05", "10-Q")]


def vendor(first_line: float) -> list[Fact]:
    """Return a vendor's year with an income of 72 and a cash flow that begins with ``first_line``."""
    values = {"Net Income": 72.0, "Revenue": 800.0, "Net Income/Starting Line": first_line}
    found: list[Fact] = [(f"simfin:{tag}", START, END, value * M, FILED, "simfin") for tag, value in values.items()]
    return [*found, ("simfin:Total Assets", None, END, 1000 * M, FILED, "simfin")]


# identity: a value of the filing that breaks it, and how far that is off in units of the tolerance.
BROKEN: dict[str, tuple[Values, float]] = {
    # 20 off; 0.5 % of 1,020 is 5.1
    "bs1": ({"Assets": 1020}, 20 / 5.1),
    # 620 + 400 against 1,000
    "bs2": ({"Liabilities": 620}, 20 / 5.1),
    # 1,100 current of 1,000 in all; 0.5 % of 1,100 is 5.5
    "bs3": ({"AssetsCurrent": 1100}, 100 / 5.5),
    # 370 + 71 against 400; 0.5 % of 441 is 2.205
    "bs4": ({"MinorityInterest": 71}, 41 / 2.205),
    # 120 + 481 against 450 current; 0.5 % of 601 is 3.005
    "bs5": ({"MarketableSecuritiesCurrent": 481}, 151 / 3.005),
    # From here on two millions, to which the figures are rounded, are more than 0.5 %. 800 - 521 against 300
    "is1": ({"CostOfRevenue": 521}, 21 / 2),
    # neither 300 - 151 nor 800 - 151 is 110
    "is2": ({"OperatingExpenses": 151}, 39 / 2),
    # 100 - 41 against 72
    "is3": ({"IncomeTaxExpenseBenefit": 41}, 13 / 2),
    # 70 + 11 against 72
    "is4": ({"NetIncomeLossAttributableToNoncontrollingInterest": 11}, 9 / 2),
    # 2.10 a share on 50 shares are 105, not 70; 5 % of 105 is 5.25
    "is5": ({"EarningsPerShareDiluted": 2.10e-6}, 35 / 5.25),
    # 90 - 61 - 25 - 3 against 22
    "cf1": ({"NetCashProvidedByUsedInInvestingActivities": -61}, 21 / 2),
    # 141 - 98 against 22
    "cf2": ({"CashAndCashEquivalentsAtCarryingValue": 141}, 21 / 2),
}
# identity: the tag without which it says nothing.
MISSING = {
    "bs1": "LiabilitiesAndStockholdersEquity", "bs2": "Liabilities", "bs4": "MinorityInterest", "is1": "GrossProfit",
    "is2": "OperatingExpenses", "is3": "IncomeTaxExpenseBenefit",
    "is4": "NetIncomeLossAttributableToNoncontrollingInterest", "is5": "EarningsPerShareDiluted", "cf1": CHANGE,
    "cf2": "CashAndCashEquivalentsAtCarryingValue",
}  # fmt: skip
TURNED_EQUITY = {WHOLE: -400.0}
MEZZANINE = {
    "Liabilities": 550.0,
    "TemporaryEquityCarryingAmountIncludingPortionAttributableToNoncontrollingInterests": 0.0,
    "TemporaryEquityCarryingAmountAttributableToParent": 50.0,
}
DISCONTINUED = {
    "NetCashProvidedByUsedInOperatingActivities": 75.0,
    "CashProvidedByUsedInOperatingActivitiesDiscontinuedOperations": 15.0,
}
BARE: list[Fact] = [("Assets", None, END, 10 * M, FILED, "10-K"), ("NetIncomeLoss", START, END, 1 * M, FILED, "10-K")]

# One company a case: standardizing them together takes as long as standardizing one.
CASES: dict[str, tuple[str, list[Fact]]] = {
    "sound": ("standard", filing()),
    "bare": ("standard", BARE),
    "bank": (
        "bank",
        filing(
            {
                "GrossProfit": 321,
                "AssetsCurrent": 1100,
                "InterestIncomeExpenseNet": 300,
                "NoninterestIncome": 100,
                "Deposits": 500,
            }
        ),
    ),
    "rounded": ("standard", filing({"NetCashProvidedByUsedInOperatingActivities": 91, CHANGE: 21})),
    "odd sheet later": ("standard", filing() + filing({"Assets": 1200, "Liabilities": 640}, filed="2026-05-05")),
    "odd sheet alone": ("standard", filing({"Assets": 1200})),
    "no liabilities": ("standard", filing({"Liabilities": 0})),
    "turned equity": ("standard", filing(TURNED_EQUITY)),
    "mezzanine": ("standard", filing(MEZZANINE)),
    "two net incomes": ("standard", filing({"ProfitLoss": 90, OF_ALL: 72})),
    "turned pretax": ("standard", filing({PRETAX: -100})),
    "discontinued": ("standard", filing(DISCONTINUED)),
    "vendor": ("standard", vendor(72)),
    "vendor, another start": ("standard", vendor(95)),
    "quarters": ("standard", quarters((201, 202, 203, 204), 810)),
    "another year": ("standard", quarters((201, 202, 203, 204), 850)),
    "recast year": (
        "standard",
        [*quarters((201, 202, 203, 204), 810), ("Revenues", START, END, 700 * M, "2027-02-10", "10-K")],
    ),
    "next quarter": ("standard", quarters((201, 202, 203, 204), 810) + next_quarter(201)),
    # 241 + 202 + 203 + 204 is no year of 810: the two ways part where the first quarter is taken off.
    "next quarter, apart": ("standard", quarters((241, 202, 203, 204), 810) + next_quarter(241)),
    **{f"broken {name}": ("standard", filing(changed)) for name, (changed, _) in BROKEN.items()},
    **{f"without {name}": ("standard", filing(without=(tag,))) for name, tag in MISSING.items()},
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Every version of every row, by case."""
    stage = tmp_path_factory.mktemp("identities")
    facts, companies = [], []
    for issuer, (name, (model, given)) in enumerate(CASES.items(), 1):
        company = {"issuer_id": issuer, "cik": issuer, "name": name, "model": model, "is_shell": False}
        companies.append(tuple(company.get(column) for column, _, _ in COMPANIES))
        facts += [
            (issuer, tag, unit_of(tag), start, end, float(value), filed, form, accession_of(filed, form), None)
            for tag, start, end, value, filed, form in given
        ]
    write_table(stage / "facts.parquet", FACTS, facts)
    write_table(stage / "companies.parquet", COMPANIES, companies)
    standardize(stage)
    found: Rows = {name: [] for name in CASES}
    names = list(CASES)
    for row in read(stage / "fundamentals.parquet"):
        found[names[row["issuer_id"] - 1]].append(row)
    return found


def judged(row: dict[str, Any]) -> set[str]:
    """Return the identities that hold or fail in the row."""
    return {*row["holds"].split(), *row["fails"].split()}


def test_a_filing_in_which_everything_adds_up(rows: Rows) -> None:
    """All identities that one annual filing can show hold, in the order of the table; nothing fails."""
    row = as_of(rows["sound"], DAY, END)
    assert row["holds"] == "bs1 bs2 bs3 bs4 bs5 is1 is2 is3 is4 is5 cf1 cf2"
    assert (row["fails"], row["gaps"], row["dq_score"]) == ("", "", 1.0)
    assert "fails_" not in row["flags"]


@pytest.mark.parametrize("identity", BROKEN)
def test_what_does_not_add_up_fails(identity: str, rows: Rows) -> None:
    """The identity fails alone, with the size of its gap, a flag of its own, and a lower score."""
    row = as_of(rows[f"broken {identity}"], DAY, END)
    assert row["fails"].split() == [identity]
    assert identity not in row["holds"].split()
    assert float(row["gaps"]) == pytest.approx(BROKEN[identity][1], abs=0.06)
    assert BY_ID[identity].flag in row["flags"].split()
    assert row["dq_score"] == pytest.approx(11 / 12)


@pytest.mark.parametrize("identity", MISSING)
def test_what_is_not_stated_cannot_be_tested(identity: str, rows: Rows) -> None:
    """Without an operand, even one that standardization derives through the identity, nothing holds or fails."""
    assert identity not in judged(as_of(rows[f"without {identity}"], DAY, END))


def test_nothing_to_test_has_no_score(rows: Rows) -> None:
    """A filing with assets and net income alone has a score of NULL, not of one."""
    row = as_of(rows["bare"], DAY, END)
    assert (row["holds"], row["fails"], row["dq_score"]) == ("", "", None)


def test_identities_that_say_nothing_of_a_bank(rows: Rows) -> None:
    """A bank, which states neither current assets nor a cost of sales, is not held to gross profit nor to them."""
    assert as_of(rows["bank"], DAY, END)["model"] == "bank"
    assert not {"is1", "is2", "bs3", "bs5"} & judged(as_of(rows["bank"], DAY, END))


def test_rounding_is_no_failure(rows: Rows) -> None:
    """Figures in millions that miss by two of them hold, though that is more than half a per cent."""
    assert "cf1" in as_of(rows["rounded"], DAY, END)["holds"].split()


def test_a_sheet_that_does_not_balance_gives_way(rows: Rows) -> None:
    """The balance sheet known before stands on, with a flag from the day of the odd one; a lone odd one is flagged."""
    before = as_of(rows["odd sheet later"], "2026-05-04", END)
    after = as_of(rows["odd sheet later"], "2026-05-05", END)
    assert (after["total_assets"], after["total_liabilities"]) == (1000 * M, 600 * M)
    assert "bs1" in after["holds"].split()
    assert ("balance_rejected" in before["flags"], "balance_rejected" in after["flags"]) == (False, True)
    alone = as_of(rows["odd sheet alone"], DAY, END)
    assert alone["total_assets"] == 1200 * M
    assert "fails_bs1" in alone["flags"].split()
    assert "balance_rejected" not in alone["flags"]


def test_noncontrolling_interest_is_the_difference(rows: Rows) -> None:
    """Where the two equities and the noncontrolling interest disagree, the equities are believed."""
    assert as_of(rows["broken bs4"], DAY, END)["minority_interest"] == 30 * M


def test_investments_beyond_current_assets_are_dropped(rows: Rows) -> None:
    """Short-term investments that don't fit into current assets are not counted as cash."""
    assert as_of(rows["broken bs5"], DAY, END)["short_term_investments"] is None


def test_liabilities_below_their_current_part_are_derived(rows: Rows) -> None:
    """Liabilities of zero next to current ones of 250 are a slip: both sides say 600."""
    row = as_of(rows["no liabilities"], DAY, END)
    assert row["total_liabilities"] == 600 * M
    assert "fails_bs3" in row["flags"].split()


def test_equity_of_the_balance_sheet_beats_a_slip(rows: Rows) -> None:
    """An equity with the wrong sign gives way to the parent's and the noncontrolling interest, which add up."""
    row = as_of(rows["turned equity"], DAY, END)
    assert (row["equity_incl_nci"], row["minority_interest"]) == (400 * M, 30 * M)
    assert "bs2" in row["holds"].split()


def test_mezzanine_equity_that_adds_up(rows: Rows) -> None:
    """A total of zero beside a part of 50 is passed over where the part closes the balance sheet."""
    row = as_of(rows["mezzanine"], DAY, END)
    assert row["temp_equity"] == 50 * M
    assert "bs2" in row["holds"].split()


def test_net_income_of_all_owners_that_adds_up(rows: Rows) -> None:
    """Of two tags for the net income of all owners the one that adds up is chosen."""
    row = as_of(rows["two net incomes"], DAY, END)
    assert row["net_income_incl_nci"] == 72 * M
    assert "fails_is4" in row["flags"].split()


def test_pretax_income_with_the_wrong_sign(rows: Rows) -> None:
    """A loss before tax that fits the income after tax only as a gain is turned, and said."""
    row = as_of(rows["turned pretax"], DAY, END)
    assert row["pretax_income"] == 100 * M
    assert "fails_is3" in row["flags"].split()


def test_cash_flows_of_discontinued_operations_count(rows: Rows) -> None:
    """The sum may need the discontinued operations beside the three totals."""
    assert "cf1" in as_of(rows["discontinued"], DAY, END)["holds"].split()


def test_the_cash_flow_of_a_vendor_begins_with_its_income(rows: Rows) -> None:
    """The first line of a vendor's cash flow has to be its income; a vendor has no exchange rates to hold cf1 to."""
    assert "cf3" in as_of(rows["vendor"], DAY, END)["holds"].split()
    assert "cf3" in as_of(rows["vendor, another start"], DAY, END)["fails"].split()
    assert "cf3" not in judged(as_of(rows["sound"], DAY, END))


def test_quarters_make_the_year(rows: Rows) -> None:
    """Quarters of 201 to 204 are a year of 810; a year of 850 is not their sum: 40 off, 0.5 % of it is 4.25."""
    assert "quarters_sum" in as_of(rows["quarters"], DAY, END)["holds"].split()
    row = as_of(rows["another year"], DAY, END)
    assert (row["fails"], row["gaps"]) == ("quarters_sum", "9.4")


def test_a_recast_year_is_not_compared_with_its_old_quarters(rows: Rows) -> None:
    """A year that the next annual report recasts, its quarters left as they were, can't be tested any more."""
    assert "quarters_sum" in as_of(rows["recast year"], DAY, END)["holds"].split()
    row = as_of(rows["recast year"], "2027-03-01", END)
    assert row["revenue"] == 700 * M
    assert "quarters_sum" not in judged(row)


def test_twelve_months_two_ways(rows: Rows) -> None:
    """Year plus quarter less the quarter of the year before: 819 by 810 + 210 - 201, and by the four quarters."""
    assert "ttm_two_ways" in as_of(rows["next quarter"], "2026-06-01", "2026-03-31")["holds"].split()
    # 810 + 210 - 241 = 779 against 202 + 203 + 204 + 210 = 819
    assert "ttm_two_ways" in as_of(rows["next quarter, apart"], "2026-06-01", "2026-03-31")["fails"].split()


def test_the_table_is_whole() -> None:
    """Each identity has an id of its own and says what happens; essential are those that screens must rely on."""
    assert len(BY_ID) == len(IDENTITIES)
    assert [identity.id for identity in IDENTITIES if identity.essential] == ["bs1", "bs2", "cf1"]
    assert all(identity.action and identity.failed and identity.formula for identity in IDENTITIES)
