"""Share counts that no cover and no balance sheet confirms: the quarters before them are the witnesses."""

from __future__ import annotations

from screener.standardize.shares import AVERAGES, POWERS, far, near, same
from screener.standardize.splits import factor

WITNESSES = 8
# A count is moved by a power of ten only from the implausible to the plausible: a small company that grows a thousand
# times by a merger is no scale error.
FEW_SHARES = "1e6"
MANY_SHARES = "1e9"
ODD_QUARTER = 1.4


def _columns() -> list[tuple[str, str]]:
    """Return the columns of ``counted`` that are mended, each with its count's name."""
    return [(column, name) for name in AVERAGES for column in (f"{name}_q", f"c_{name}_fy")]


def _witnesses() -> str:
    """Return SQL that makes ``witnesses``: the median of the quarters before, as known then, and the last two."""
    counts = ", ".join(
        f"arg_max(w.{name}_q * {factor('s.moves', 'w.known', 's.known')}, w.known) AS {name}" for name in AVERAGES
    )
    found = ", ".join(
        f"CASE WHEN count({name}) >= 2 THEN median({name}) END AS middle_{name}, "
        f"max(CASE WHEN step = 1 THEN {name} END) AS last1_{name}, "
        f"max(CASE WHEN step = 2 THEN {name} END) AS last2_{name}"
        for name in AVERAGES
    )
    listed = ", ".join(f"{name}_q" for name in AVERAGES)
    return f"""
CREATE OR REPLACE TEMP TABLE witnesses AS
WITH slim AS (SELECT eid, "end", quarter_index, known, moves, reference, {listed} FROM counted),
seen AS (
  SELECT s.eid, s."end", s.known, s.quarter_index - w.quarter_index AS step, {counts}
  FROM slim s JOIN slim w ON w.eid = s.eid AND w.known <= s.known
    AND w.quarter_index BETWEEN s.quarter_index - {WITNESSES} AND s.quarter_index - 1
  WHERE s.reference IS NULL GROUP BY ALL)
SELECT eid, "end", known, {found} FROM seen GROUP BY ALL;
"""


def _moved(column: str, name: str) -> str:
    """Return the cases that bring the count to the median of its witnesses by a power of ten."""
    cases = []
    for power in POWERS:
        wrong = f"{column} < {FEW_SHARES}" if float(power) > 1 else f"{column} > {MANY_SHARES}"
        value = f"{column} * {power}"
        test = f"{wrong} AND {value} >= {FEW_SHARES} AND {same(value, f'middle_{name}')}"
        cases.append(f"WHEN {test} THEN {value}")
    return " ".join(cases)


def _odd(name: str) -> str:
    """Return the test of a fourth quarter that neither the quarter before nor the year confirms."""
    limits = (1 / ODD_QUARTER, ODD_QUARTER)
    apart = [f"NOT ({near(f'm.{name}_q', other, *limits)})" for other in (f"b.{name}_q", f"m.c_{name}_fy")]
    return f"coalesce(m.reference IS NULL AND m.at_year AND {' AND '.join(apart)}, false)"


def mended() -> str:
    """Return SQL that mends ``counted`` where it has no ``reference`` (a vendor's table), as known on each day.

    A count a power of ten off the median of the eight quarters before is moved; one twenty times off the median and
    the last two is dropped. A fourth quarter far from both the quarter before and the year's count is what a
    vendor's subtraction left: the quarter before stands for it. Adds ``rescaled``, ``dropped``, ``odd_quarter``.
    """
    new, moved, dropped = [], [], []
    for column, name in _columns():
        lost = " AND ".join(far(column, f"{other}_{name}") for other in ("middle", "last1", "last2"))
        # The witnesses may be the ones in thousands: earnings a share confirm the count.
        lost += " AND NOT coalesce(eps_fits, false)"
        new.append(f"CASE {_moved(column, name)} WHEN {lost} THEN NULL ELSE {column} END AS {column}")
        moved.append(f"CASE {_moved(column, name)} END IS NOT NULL")
        dropped.append(f"(CASE {_moved(column, name)} END IS NULL AND coalesce({lost}, false))")
    replaced = ", ".join(f"CASE WHEN {_odd(name)} THEN b.{name}_q ELSE m.{name}_q END AS {name}_q" for name in AVERAGES)
    return f"""{_witnesses()}
CREATE OR REPLACE TEMP TABLE scaled AS
SELECT c.* REPLACE ({", ".join(new)}), {" OR ".join(moved)} AS rescaled, {" OR ".join(dropped)} AS dropped
FROM counted c LEFT JOIN witnesses USING (eid, "end", known);
CREATE OR REPLACE TEMP TABLE counted AS
SELECT m.* REPLACE ({replaced}), {" OR ".join(_odd(name) for name in AVERAGES)} AS odd_quarter
FROM scaled m ASOF LEFT JOIN scaled b
  ON b.eid = m.eid AND b.quarter_index = m.quarter_index - 1 AND m.known >= b.known;
DROP TABLE scaled;
DROP TABLE witnesses;
"""
