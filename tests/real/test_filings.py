"""`show` against the filings: three companies, two quarters, two years, two twelve-month windows, in USD millions.

Every expected figure is a column of the company's own 10-K or 10-Q; twelve months are year + year to date - prior year
to date, written out. CSX tags only equity including its noncontrolling interest, which the same filings state.
"""

from __future__ import annotations

from datetime import date

import pytest

from screener.engine.company import find_company, statement
from screener.lake.connect import Lake

pytestmark = pytest.mark.real

ITEMS = ("revenue", "net_income", "cfo", "total_assets", "equity", "total_debt")
DAY = date(2025, 10, 1)

CASES: tuple[tuple[str, str, str, tuple[float, ...]], ...] = (
    ("CSX", "quarter", "2024-06-30", (3701, 963, 2173 - 1066, 42362, 12620 - 4, 17951 + 557)),
    ("CSX", "quarter", "2024-03-31", (3681, 880, 1066)),
    ("CSX", "annual", "2023-12-31", (14657, 3668, 5514, 42212)),
    ("CSX", "annual", "2024-12-31", (14540, 3470, 5247, 42764, 12507 - 5, 17897 + 606)),
    ("CSX", "ttm", "2024-06-30", (14657 + 7382 - 7405, 3668 + 1843 - 1958, 5514 + 2173 - 2473)),
    ("CSX", "ttm", "2025-03-31", (14540 + 3423 - 3681, 3470 + 646 - 880, 5247 + 1255 - 1066, 43199, 12175 - 5)),
    ("LULU", "quarter", "2024-07-28", (2371.078, 392.922, 570.664 - 127.524, 6744.135, 4031.645, 0)),
    ("LULU", "quarter", "2025-08-03", (2525.219, 370.905, 209.722 + 118.954, 7523.439, 4387.279, 0)),
    ("LULU", "annual", "2024-01-28", (9619.278, 1550.19, 2296.164, 7091.941, 4232.081, 0)),
    ("LULU", "annual", "2025-02-02", (10588.126, 1814.616, 2272.713, 7603.292, 4324.047, 0)),
    ("LULU", "ttm", "2024-07-28", (9619.278 + 4579.969 - 4209.957, 1550.19 + 714.343 - 632.008,
                                   2296.164 + 570.664 - 522.213)),
    ("LULU", "ttm", "2025-08-03", (10588.126 + 4895.879 - 4579.969, 1814.616 + 685.477 - 714.343,
                                   2272.713 + 209.722 - 570.664)),
    ("ALLE", "quarter", "2024-06-30", (965.6, 155.4, 224.1 - 51.1, 4779.1, 1425.3, 1988.3 + 416.3)),
    ("ALLE", "quarter", "2025-03-31", (941.9, 148.2, 104.5, 4564.1, 1606.9, 1972.0 + 25.0)),
    ("ALLE", "annual", "2023-12-31", (3650.8, 540.4, 600.6, 4311.5, 1318.3, 1602.4 + 412.6)),
    ("ALLE", "annual", "2024-12-31", (3772.2, 597.5, 675.0, 4487.8, 1500.7, 1977.6 + 21.9)),
    ("ALLE", "ttm", "2025-03-31", (3772.2 + 941.9 - 893.9, 597.5 + 148.2 - 123.8, 675.0 + 104.5 - 51.1)),
    ("ALLE", "ttm", "2025-06-30", (3772.2 + 1963.9 - 1859.5,)),
)  # fmt: skip


@pytest.mark.parametrize(("ticker", "period", "end", "expected"), CASES)
def test_show_agrees_to_the_dollar(sec: Lake, ticker: str, period: str, end: str, expected: tuple[float, ...]) -> None:
    """The row of that period has exactly the filing's figures, balances of the period end included."""
    found = statement(sec.con, find_company(sec.con, ticker), DAY, period, ITEMS)
    (row,) = [row for row in found.rows if row[1] == date.fromisoformat(end)]
    assert [round(float(str(value))) for value in row[3 : 3 + len(expected)]] == [round(v * 1e6) for v in expected]


@pytest.mark.parametrize(("day", "income"), [(date(2024, 8, 4), 3715e6), (date(2024, 8, 5), 3668e6)])
def test_before_and_after_a_restatement(sec: Lake, day: date, income: float) -> None:
    """CSX's 10-Q of 2024-08-05 revised 2023: the day before still sees 3,715 million."""
    found = statement(sec.con, find_company(sec.con, "CSX"), day, "annual", ["net_income"])
    assert found.rows[-1][1] == date(2023, 12, 31)
    assert found.rows[-1][3] == income
