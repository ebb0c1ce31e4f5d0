"""Every year and quarter that the companies report, against the filings as an independent reading finds them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from screener.lake.connect import Lake
from tests.real.independent import (
    FLOWS,
    INSTANTS,
    PER_SHARE,
    Found,
    compare,
    described,
    summary,
)

pytestmark = pytest.mark.real

TARGET = 0.995
EXPLAINED = Path(__file__).with_name("explained.csv")
RECAST = Path(__file__).with_name("recast_years.csv")
SUMMED = ("revenue", "net_income", "operating_income", "cfo", "capex")


@pytest.fixture(scope="module")
def found(real: Path, sec: Lake) -> list[Found]:
    """Give every comparison with the raw facts."""
    return compare(real / "sec", sec.con)


@pytest.mark.parametrize("vintage", ["first", "latest"])
def test_every_line_agrees(vintage: str, found: list[Found]) -> None:
    """Of the values of each line at least 99 % equal the filing's, of all of them at least 99.5 %."""
    here = [one for one in found if one.expected.vintage == vintage]
    for line in (*FLOWS, *PER_SHARE, *INSTANTS):
        own = [one for one in here if one.expected.column.removesuffix("_q") == line]
        assert len(own) > 1000, "\n".join(summary(found))
        assert sum(one.equal for one in own) >= 0.99 * len(own), "\n".join(summary(found))
    assert sum(one.equal for one in here) >= TARGET * len(here), "\n".join(summary(found))


def test_every_difference_is_explained(found: list[Found]) -> None:
    """The differences are exactly those of the table, each with the reason why ours is not the filing's."""
    with EXPLAINED.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))[1:]
    assert all(row[-1] for row in rows)
    assert sorted(described(one) for one in found if not one.equal) == sorted(tuple(row[:-1]) for row in rows)


QUARTERS = """
WITH years AS (
  SELECT * FROM fundamentals WHERE fiscal_quarter = 4
  QUALIFY row_number() OVER (PARTITION BY issuer_id, period_end ORDER BY known_from) = 1)
SELECT y.issuer_id, y.period_end, y.{item}, y.{item}_q + c.{item}_q + b.{item}_q + a.{item}_q AS four FROM years y
{joins}
WHERE y.{item} IS NOT NULL AND four IS NOT NULL ORDER BY ALL
"""


def _quarters_before(table: str) -> str:
    return "\n".join(
        f"JOIN fundamentals {name} ON {name}.issuer_id = {table}.issuer_id "
        f"AND {name}.quarter_index = {table}.quarter_index - {back} "
        f"AND {table}.known_from >= {name}.known_from AND {table}.known_from < {name}.known_until"
        for back, name in enumerate("cba", start=1)
    )


def _unit(value: float) -> float:
    digits = str(int(abs(value)))
    return float(10 ** (len(digits) - len(digits.rstrip("0")))) if value and value == round(value) else 0.0


def test_quarters_add_up_to_years(sec: Lake) -> None:
    """As known with the annual report the four quarters are the year, but for the years whose reports disagree.

    Within 0.5 % or two rounding units. The years of the table were recast in the year, or a filing is at odds with
    itself: no quarters of them were filed that add up.
    """
    with RECAST.open(encoding="utf-8", newline="") as handle:
        recast = {(int(row["cik"]), row["year_end"], row["item"]) for row in csv.DictReader(handle)}
    tested, wrong = 0, []
    for item in SUMMED:
        sql = QUARTERS.format(item=item, joins=_quarters_before("y"))
        for issuer, end, year, four in sec.con.execute(sql).fetchall():
            if (issuer, end.isoformat(), item) not in recast:
                tested += 1
                if abs(year - four) > max(0.005 * abs(year), 2 * _unit(year)):
                    wrong.append((issuer, end.isoformat(), item, year, four))
    assert tested > 1500
    assert len(wrong) <= 0.002 * tested, wrong


TWELVE_MONTHS = """
SELECT count(*), count(*) FILTER (WHERE differs), count(*) FILTER (WHERE differs AND NOT flagged) FROM (
  SELECT y.flags LIKE '%ttm_conflict%' OR y.flags LIKE '%mixed_basis%' AS flagged,
    y.{item}_q + c.{item}_q + b.{item}_q + a.{item}_q AS four,
    abs(y.{item} - four) > 0.005 * greatest(abs(y.{item}), abs(four)) AS differs
  FROM fundamentals y {joins} WHERE y.{item} IS NOT NULL AND four IS NOT NULL)
"""


@pytest.mark.parametrize("item", SUMMED)
def test_twelve_months_two_ways(item: str, sec: Lake) -> None:
    """Twelve months and the sum of the four quarters known then agree within 0.5 % in 99.8 % of the unflagged rows."""
    row = sec.con.execute(TWELVE_MONTHS.format(item=item, joins=_quarters_before("y"))).fetchone()
    assert row is not None
    tested, differ, silent = row
    assert tested > 4000
    assert differ <= 0.1 * tested
    assert silent <= 0.002 * (tested - differ)
