"""Every trap of the table is really there, and the table in the demo's README is the table of the code."""

# One check, one row: the table is read beside the table of traps.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screener.demo.traps import BY_ID, TRAPS, issuer_id, trap_table

if TYPE_CHECKING:
    import duckdb

README = Path(__file__).parents[2] / "data" / "README.md"

# One condition a trap over the company's facts (f), prices (p), listings (l), annual facts (a: durations of a year,
# newest version), newest facts (n: newest version of each key) and its row of companies (c); {i} is its issuer id.
# Each says what must be seen in the files for the trap to be there.
CHECKS: dict[str, str] = {
    "negative-pe": "(SELECT max(value) < 0 FROM f WHERE tag = 'NetIncomeLoss') AND (SELECT min(close) > 0 FROM p)",
    "negative-equity-roe": """(SELECT arg_max(value, "end") < 0 FROM f WHERE tag = 'StockholdersEquity')
        AND (SELECT arg_max(value, "end") < 0 FROM a WHERE tag = 'NetIncomeLoss')""",
    "debt-free": """(SELECT count(*) = 0 FROM f WHERE tag LIKE '%Debt%' OR tag LIKE '%Borrowings%' OR tag LIKE 'InterestExpense%')
        AND (SELECT count(*) > 0 FROM f WHERE tag = 'Liabilities' OR tag = 'LiabilitiesAndStockholdersEquity')""",
    "combined-debt": """(SELECT count(*) > 20 AND min(value) > 0 FROM f WHERE tag = 'LongTermDebt')
        AND (SELECT count(*) = 0 FROM f WHERE tag IN ('LongTermDebtNoncurrent', 'LongTermDebtCurrent', 'DebtCurrent'))""",
    "unknown-debt": """(SELECT count(*) > 20 AND max(value) > 0 FROM f WHERE tag LIKE 'InterestExpense%')
        AND (SELECT count(*) = 0 FROM f WHERE tag LIKE 'LongTermDebt%' OR tag LIKE '%DebtCurrent' OR tag LIKE '%Borrowings%')""",
    "unknown-cash": """(SELECT count(*) = 0 FROM f WHERE tag LIKE 'Cash%') AND (SELECT count(*) > 20 FROM f WHERE tag = 'Assets')""",
    "unknown-interest": """(SELECT count(*) = 0 FROM f WHERE tag LIKE 'InterestExpense%')
        AND (SELECT min(value) > 0 FROM f WHERE tag = 'LongTermDebtNoncurrent')""",
    "restatement": """(SELECT count(*) = 1 FROM f late JOIN f early USING (tag, start, "end")
        WHERE tag = 'NetIncomeLoss' AND late.form = '10-K/A' AND early.form = '10-K' AND late.value < 0.8 * early.value
        AND late.filed - early.filed BETWEEN 146 AND 150)""",
    "late-restatement": """(SELECT count(*) = 1 FROM f late JOIN f newer USING (tag)
        WHERE tag = 'NetIncomeLoss' AND late.form = '10-K/A' AND newer.form = '10-K' AND newer."end" - late."end" BETWEEN 729 AND 732
        AND late.filed > newer.filed)""",
    "rounded-later": """(SELECT count(*) >= 5 FROM f late JOIN f early USING (tag, "end")
        WHERE tag = 'Assets' AND late.form = '10-Q' AND early.form = '10-K' AND late.value <> early.value
        AND abs(late.value / early.value - 1) < 0.05)""",
    "cash-flow-to-date": """(SELECT count(*) = count(DISTINCT ("end", filed)) AND count(DISTINCT start) < 0.3 * count(*)
        FROM f WHERE tag LIKE 'NetCash%OperatingActivities')""",
    "tag-migration": """(SELECT list(tag ORDER BY first) = ['SalesRevenueNet',
        'RevenueFromContractWithCustomerExcludingAssessedTax', 'Revenues'] FROM (SELECT tag, min(filed) AS first FROM f
        WHERE tag LIKE '%Revenue%' AND tag <> 'CostOfRevenue' GROUP BY ALL))""",
    "interest-migration": """(SELECT max(filed) < (SELECT min(filed) FROM f WHERE tag = 'InterestExpenseNonoperating')
        FROM f WHERE tag = 'InterestExpense')""",
    "double-tagged-debt": """(SELECT count(*) > 20 FROM f one JOIN f two USING ("end", value)
        WHERE one.tag = 'ShortTermBorrowings' AND two.tag = 'LongTermDebtCurrent')""",
    "weeks-52-53": """(SELECT bool_and(isodow("end") = 6) FROM f WHERE tag = 'Assets')
        AND (SELECT list_sort(list(DISTINCT "end" - start + 1)) = [364, 371] FROM f WHERE tag = 'NetIncomeLoss' AND form = '10-K')""",
    "fiscal-year-june": "(SELECT bool_and(month(\"end\") = 6) FROM a) AND (SELECT fiscal_year_end = '0630' FROM c)",
    "fiscal-year-changed": """(SELECT list(DISTINCT month("end")) = [12] FROM f WHERE form = '10-K' AND "end" < DATE '2023-01-01'
        AND start IS NOT NULL) AND (SELECT max("end" - start + 1) = 181 FROM f WHERE form = '10-KT')
        AND (SELECT list(DISTINCT month("end")) = [6] FROM f WHERE form = '10-K' AND "end" > DATE '2023-01-01' AND start IS NOT NULL)""",
    "late-filer": """(SELECT max(f.filed) < DATE '2025-01-01' FROM f) AND (SELECT max(date) = DATE '2025-06-27' FROM p)""",
    "delisted": """(SELECT max(date) < DATE '2024-06-30' FROM p) AND (SELECT max(filed) < DATE '2024-06-30' FROM f)""",
    "shell": "(SELECT is_shell AND sic = 6770 FROM c) AND (SELECT count(*) = 0 FROM f WHERE tag LIKE '%Revenue%')",
    "pre-revenue": """(SELECT count(*) = 0 FROM f WHERE tag LIKE '%Revenue%')
        AND (SELECT min(value) > 0 FROM f WHERE tag = 'ResearchAndDevelopmentExpense')""",
    "two-classes": """(SELECT count(*) = 2 FROM l WHERE security_type = 'common')
        AND (SELECT count(*) = 0 FROM f WHERE tag LIKE 'Entity%') AND (SELECT count(*) > 20 FROM f WHERE tag = 'CommonStockSharesOutstanding')""",
    "preferred-and-warrant": "(SELECT list(security_type ORDER BY ticker) = ['common', 'preferred', 'warrant'] FROM l)",
    "placeholder-shares": "(SELECT min(value) = 100 AND max(value) = 100 FROM f WHERE tag LIKE 'Entity%')",
    "split": """(SELECT count(*) >= 2 FROM f late JOIN f early USING (tag, start, "end")
        WHERE tag = 'WeightedAverageNumberOfSharesOutstandingBasic' AND late.filed > early.filed AND late.value = 2 * early.value)
        AND (SELECT count(*) >= 2 FROM f late JOIN f early USING (tag, start, "end")
        WHERE tag = 'EarningsPerShareBasic' AND late.filed > early.filed AND abs(2 * late.value - early.value) <= 0.02)""",
    "reverse-split": """(SELECT count(*) >= 2 FROM f late JOIN f early USING (tag, start, "end")
        WHERE tag LIKE 'WeightedAverage%' AND late.filed > early.filed AND 20 * late.value = early.value)""",
    "scale-error": """(SELECT count(DISTINCT accession) = 1 FROM f WHERE tag LIKE 'WeightedAverage%'
        AND value < 0.01 * (SELECT median(value) FROM f WHERE tag LIKE 'WeightedAverage%'))""",
    "annual-filer": "(SELECT list(DISTINCT form) = ['20-F'] FROM f) AND (SELECT security_type = 'adr' FROM l)",
    "currency": "(SELECT list_sort(list(DISTINCT unit)) = ['CAD', 'CAD/shares', 'shares'] FROM f)",
    "word-ticker": "(SELECT ticker = 'FALSE' FROM l)",
    "short-word-ticker": "(SELECT ticker = 'ZON' FROM l)",
    "formula-name": "(SELECT name LIKE '=%' FROM c)",
    "markup-name": """(SELECT name LIKE '%<b>%' AND name LIKE '%"%' AND name LIKE '%''%' AND name LIKE '%&%' FROM c)""",
    "recent-ipo": """(SELECT count(DISTINCT "end") = 6 FROM f WHERE tag = 'Assets') AND (SELECT min(date) > DATE '2023-06-30' FROM p)""",
    "same-day-amendment": """(SELECT count(*) = 1 FROM f late JOIN f early USING (tag, start, "end", filed)
        WHERE tag = 'NetIncomeLoss' AND late.form = '10-K/A' AND early.form = '10-K' AND late.value <> early.value
        AND late.accession > early.accession)""",
    "no-prices": "(SELECT count(*) = 0 FROM p) AND (SELECT count(*) = 1 FROM l)",
    "negative-base": """(SELECT list(value ORDER BY "end" DESC)[1] < 1.5 * list(value ORDER BY "end" DESC)[2]
        AND list(value ORDER BY "end" DESC)[2] < 0 FROM a WHERE tag = 'NetIncomeLoss')""",
    "bank": """(SELECT model = 'bank' FROM c) AND (SELECT count(*) > 20 FROM f WHERE tag = 'Deposits')
        AND (SELECT count(*) = 0 FROM f WHERE tag = 'OperatingIncomeLoss')""",
    "negative-ev": """(SELECT arg_max(value, "end") FROM f WHERE tag = 'CashAndCashEquivalentsAtCarryingValue')
        > (SELECT arg_max(close, date) FROM p) * (SELECT arg_max(value, filed) FROM f WHERE tag LIKE 'Entity%')""",
    "lonely-peer": "(SELECT count(*) = 1 FROM companies WHERE industry = (SELECT industry FROM c))",
}


def test_every_trap_has_a_check() -> None:
    """No trap is listed without a check of its presence, and tickers and ids are unique."""
    assert CHECKS.keys() == BY_ID.keys()
    assert len({trap.ticker for trap in TRAPS}) == len(TRAPS) == len(BY_ID)


@pytest.mark.parametrize("trap_id", sorted(CHECKS))
def test_trap_is_planted(con: duckdb.DuckDBPyConnection, trap_id: str) -> None:
    """The company that the table names shows what the table says."""
    issuer = issuer_id(trap_id)
    query = f"""
        WITH f AS (SELECT * FROM facts WHERE issuer_id = {issuer}),
        l AS (SELECT * FROM listings_raw WHERE issuer_id = {issuer}),
        p AS (SELECT prices_raw.* FROM prices_raw JOIN l USING (ticker) WHERE is_primary),
        c AS (SELECT * FROM companies WHERE issuer_id = {issuer}),
        a AS (SELECT * FROM f WHERE "end" - start > 340 QUALIFY row_number() OVER
              (PARTITION BY tag, start, "end" ORDER BY filed DESC, accession DESC) = 1)
        SELECT {CHECKS[trap_id]}, (SELECT ticker FROM l WHERE is_primary)"""
    assert con.execute(query).fetchall() == [(True, BY_ID[trap_id].ticker)]


def test_readme_lists_the_traps() -> None:
    """The table in data/README.md is the generated one."""
    between = README.read_text(encoding="utf-8").split("<!-- traps -->\n")[1].split("<!-- /traps -->")[0]
    assert between == trap_table()
