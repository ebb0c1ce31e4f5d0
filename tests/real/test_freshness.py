"""When reports are due, against the days on which real companies filed them."""

from __future__ import annotations

import pytest

from screener.catalogue.deadlines import due, on_a_working_day
from screener.lake.connect import Lake

pytestmark = pytest.mark.real

# What comes after that is no late report: the period is only seen as the year before of a later one.
OWN_DAYS = 150


def test_companies_file_until_the_day_that_is_told(sec: Lake) -> None:
    """The rules bind the companies: of a thousand reports of domestic filers five at most come after their day.

    The report before must have been public by then: a company that goes public has days of its own for its first.
    """
    total, late = sec.con.execute(
        f"""WITH f AS (
            SELECT issuer_id, period_end, fiscal_quarter, form, known_from,
              CASE WHEN fiscal_quarter = 4 THEN period_end END AS year_end FROM fundamentals
            QUALIFY row_number() OVER (PARTITION BY issuer_id, period_end ORDER BY known_from) = 1),
        paired AS (
            SELECT *, lead(period_end) OVER own AS next_end, lead(known_from) OVER own AS filed FROM f
            WINDOW own AS (PARTITION BY issuer_id ORDER BY period_end)),
        told AS (SELECT *, {on_a_working_day(f"({due()})")} AS until FROM paired AS f)
        SELECT count(*), count(*) FILTER (filed > until) FROM told
        WHERE form LIKE '10-%' AND known_from >= DATE '2011-01-01'
          AND next_end - period_end BETWEEN 80 AND 100 AND filed - next_end <= {OWN_DAYS}
          AND known_from < filed"""
    ).fetchall()[0]
    assert total > 1_000
    assert late <= total / 200
