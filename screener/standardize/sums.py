"""Twelve months against their four quarters: how far they are apart, and whether both are on one basis."""

from __future__ import annotations

from screener.standardize.columns import texts
from screener.standardize.gaps import gap
from screener.standardize.periods import CHECKED, NO_KIND, ONE_KIND
from screener.standardize.shared import shared

Column = tuple[str, str]

SUMMED = ("quarters_sum", "ttm_two_ways")
# Recasts of the twelve months and of the year before, of which their sums hold a part.
RECAST_DAYS = 740
# Rounding of the parts may hide a little of what a recast moved.
RECAST_SHARE = 0.95


def moving_columns() -> tuple[str, ...]:
    """Return the columns of ``changes`` that tell whether twelve months and quarters are on one basis.

    ``ms``: quarters on different bases; ``dt``, ``ds``: the day on which the twelve months and the sum last moved;
    ``kt``, ``ks``: their kinds (``weak`` of ``long``); ``rc``: the largest amount by which a filing recast a part.
    """
    flows = tuple(f"{kind}_{name}" for kind in ("ms", "dt", "ds", "kt", "ks", "rc") for name in CHECKED)
    return (*flows, *(f"kt_{name}" for name in ONE_KIND))


def changes() -> str:
    """Return SQL of the rows (entity, end, day, column, value) of these columns."""
    return f"""SELECT eid, "end", known, 'ms_' || item, mixed::INT::DOUBLE FROM four
WHERE item IN {texts(CHECKED)} AND value IS NOT NULL
UNION ALL {_moved("ttm", "dt")}
UNION ALL {_moved("four", "ds")}
UNION ALL {_kinds("ttm", "kt")}
UNION ALL {_kinds("four", "ks")} AND item IN {texts(CHECKED)}
UNION ALL
SELECT eid, "end", known, 'rc_' || item, max(moved) OVER (
  PARTITION BY eid, item, "end" ORDER BY known ROWS UNBOUNDED PRECEDING)
FROM (
  SELECT s.eid, r.item, s."end", r.known, max(r.moved) AS moved FROM periods s JOIN recasts r
    ON r.eid = s.eid AND r."end" BETWEEN s."end" - {RECAST_DAYS} AND s."end" GROUP BY ALL)"""


def _moved(table: str, prefix: str) -> str:
    """Return SQL of the last day on which a value moved by more than rounding, as known on each day."""
    return f"""
SELECT eid, "end", known, '{prefix}_' || item, max(CASE WHEN moved THEN known - DATE '1970-01-01' END) OVER (
  PARTITION BY eid, item, "end" ORDER BY known ROWS UNBOUNDED PRECEDING)::DOUBLE
FROM (
  SELECT *, coalesce(differs(value, lag(value) OVER (PARTITION BY eid, item, "end" ORDER BY known)), true) AS moved
  FROM {table} WHERE item IN {texts(CHECKED)} AND value IS NOT NULL)"""


def _kinds(table: str, prefix: str) -> str:
    return f"""SELECT eid, "end", known, '{prefix}_' || item, weak::DOUBLE
FROM {table} WHERE item IN {texts((*CHECKED, *ONE_KIND))} AND value IS NOT NULL"""


def gaps() -> tuple[Column, ...]:
    """Return the columns ``a_x_y`` (identity ``x`` on line ``y``), then ``r_x``, the worst of them, and ``recast``.

    A line is tested where all of its parts are of one kind and on one basis; ``recast`` says that one is not: its
    twelve months and quarters differ, and a later filing moved some of them alone.
    """
    columns = [*_apart("quarters_sum", "at_year"), *_apart("ttm_two_ways", "NOT at_year")]
    for identity in SUMMED:
        ways = [f"CASE WHEN NOT {_two_bases(identity, name)} THEN a_{identity}_{name} END" for name in CHECKED]
        columns.append((f"r_{identity}", f"greatest({', '.join(ways)})"))
    tests = [_two_bases(identity, name) for identity in SUMMED for name in CHECKED]
    return (*columns, ("recast", " OR ".join(tests)))


def _apart(identity: str, at_year: str) -> tuple[Column, ...]:
    columns: list[Column] = []
    for name in CHECKED:
        # A derived operating income is not what the filings state.
        kind = f"v_kt_{name} = v_ks_{name} AND v_kt_{name} {'= 0' if name == 'operating_income' else f'< {NO_KIND}'}"
        off = gap(f"v_{name}", f"v_sum4_{name}", (f"v_{name}", f"v_sum4_{name}"))
        test = f"{at_year} AND v_mt_{name} = 0 AND v_ms_{name} = 0 AND {kind}"
        columns.append((f"a_{identity}_{name}", f"CASE WHEN {test} THEN {off} END"))
    return tuple(columns)


def _two_bases(identity: str, name: str) -> str:
    """Return the test whether twelve months and quarters that differ are on two bases.

    One of the two moved on a day on which the other did not, or a filing recast one of their parts by no less than
    what they differ by. Quarters of net income that make the year's income from continuing operations are without
    what ended.
    """
    ways = [
        f"v_dt_{name} <> v_ds_{name}",
        f"v_rc_{name} >= {RECAST_SHARE} * abs(v_{name} - v_sum4_{name})",
    ]
    if name == "net_income":
        operands = ("v_sum4_net_income", "v_income_continuing")
        ways.append(f"{gap(*operands, operands)} <= 1")
    return shared(
        f"coalesce(a_{identity}_{name} > 1 AND ({' OR '.join(f'coalesce({way}, false)' for way in ways)}), false)"
    )
