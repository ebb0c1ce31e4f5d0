"""From item versions to rows: which periods an issuer has, when they changed, and every value as known on that day."""

from __future__ import annotations

from collections.abc import Collection

from screener.catalogue.items import BY_NAME
from screener.standardize import identities
from screener.standardize.columns import quoted, statement_items, texts
from screener.standardize.imputed import SAYS_NOTHING, ZERO_WHEN_NEVER_SEEN
from screener.standardize.periods import CHECKED, flow_columns, point_columns
from screener.standardize.versions import ASSET_TAGS, INCOME_TAGS, REVENUE_TAGS

# Lines whose mixed basis is worth a flag on the row.
CORE = ("revenue", "operating_income", "net_income", "cfo", "capex")
PERIOD_FLAGS = (
    "g_da_partial", "g_ebit_derived", "g_conflict", "g_interest_net", "g_interest_partial", "g_cogs_ex_da",
    "g_sga_partial", "g_accrual", "g_capex_partial", "g_cost_partial",
)  # fmt: skip
# Stated from the first day of the fiscal year, even where the income statement shows single quarters.
CASH_TAGS = tuple(
    tag
    for name in ("cfo", "cfi", "cff")
    for tag in (*BY_NAME[name].tags, *(f"ifrs:{tag}" for tag in BY_NAME[name].ifrs))
)
BALANCE_FLAGS = (
    "f_debt_ambiguous", "f_debt_double_tag", "f_carried", "f_short_instruments", "f_ladder_age", "f_payables_accrued",
    "f_cash_restricted", "f_securities_unplaced", "f_revolver_derived", *identities.balance_columns(),
)  # fmt: skip

# A period is an end for which a periodic report shows assets or income. Balances alone, next to a period that was
# known by then, are opening balances or pro-forma dates. One period a quarter of the issuer's calendar; its phase
# is that of the first filing, so that nothing filed later moves it.
PERIOD_LIST = f"""
CREATE OR REPLACE TEMP TABLE periods AS
WITH said AS (
  SELECT eid, "end", filed, dc <> 'I' AS flow FROM mentions
  WHERE form_rank = 1 AND ((dc = 'I' AND tag IN {texts(ASSET_TAGS)})
                        OR (dc <> 'I' AND tag IN {texts(INCOME_TAGS + REVENUE_TAGS)}))),
born AS (
  SELECT eid, "end", min(filed) AS born, min(CASE WHEN flow THEN filed END) AS flow_born FROM said GROUP BY ALL),
real AS (
  SELECT b.* FROM born b ANTI JOIN born f
    ON f.eid = b.eid AND f."end" <> b."end" AND abs(f."end" - b."end") <= 45 AND f.flow_born <= b.born
    AND (b.flow_born IS NULL OR b.flow_born > b.born)),
anchored AS (
  SELECT r.*, e.issuer_id, e.currency,
    arg_max(
      r."end", (DATE '2200-01-01' - r.born) * 100000 + (r."end" - DATE '1900-01-01')
    ) OVER (PARTITION BY e.issuer_id) AS anchor
  FROM real r JOIN entities e USING (eid))
SELECT *, (round(("end" - anchor) / 91.3125) + round((anchor - DATE '2000-01-01') / 91.3125))::INTEGER AS quarter_index
FROM anchored
QUALIFY row_number() OVER (PARTITION BY eid, quarter_index ORDER BY born, flow_born NULLS LAST, "end" DESC) = 1;
"""

# A cover page belongs to the newest period that was known when it was filed.
COVERS = """
CREATE OR REPLACE TEMP TABLE newest AS
SELECT eid, born, max("end") OVER (PARTITION BY eid ORDER BY born, "end" ROWS UNBOUNDED PRECEDING) AS "end" FROM periods
QUALIFY row_number() OVER (PARTITION BY eid, born ORDER BY "end" DESC) = 1;
CREATE OR REPLACE TEMP TABLE covers AS
WITH one AS (
  SELECT eid, filed, "end" AS cover_date, value FROM mentions
  WHERE tag = 'EntityCommonStockSharesOutstanding' AND dc = 'I' AND value > 1000
  QUALIFY row_number() OVER (PARTITION BY eid, filed ORDER BY "end" DESC) = 1)
SELECT o.eid, n."end", o.filed, o.value FROM one o ASOF JOIN newest n ON n.eid = o.eid AND o.filed >= n.born
WHERE o.cover_date BETWEEN n."end" - 10 AND n."end" + 150;
CREATE OR REPLACE TEMP TABLE floats AS
SELECT eid, filed, "end", value FROM mentions WHERE tag = 'EntityPublicFloat' AND value > 0 AND value <= 5e12
QUALIFY row_number() OVER (PARTITION BY eid, filed ORDER BY "end" DESC) = 1;
"""


def moving_columns() -> tuple[str, ...]:
    """Return the columns that are known by filing day rather than read from the balance sheet."""
    flows = flow_columns()
    return (
        *flows,
        *(f"{name}_q" for name in flows),
        *point_columns(),
        *(f"{name}_at" for name in point_columns()),
        *(f"sum4_{name}" for name in CHECKED),
        *(f"m{kind}_{name}" for kind in ("t", "q") for name in CORE),
        *PERIOD_FLAGS,
        *identities.moving_columns(),
        "g_sign_fixed",
        "g_scale_fixed",
        "g_period_fixed",
        "cover",
        "cover_at",
    )


def changes() -> str:
    """Return SQL that makes ``changes`` (entity, end, day, column, value): everything that moves by filing day."""
    days = "(known - DATE '1970-01-01')::DOUBLE"
    flags = "\nUNION ALL\n".join(
        f"""SELECT eid, "end", event, '{flag}', arg_max({flag}, "end" - start)
FROM wide_periods GROUP BY eid, "end", event"""
        for flag in PERIOD_FLAGS
    )
    return f"""
CREATE OR REPLACE TEMP TABLE changes AS
SELECT eid, "end", known, item AS col, value FROM ttm
UNION ALL SELECT eid, "end", known, item || '_q', value FROM quarter
UNION ALL SELECT eid, "end", known, item, value FROM point
UNION ALL SELECT eid, "end", known, item || '_at', {days} FROM point
UNION ALL SELECT eid, "end", known, 'sum4_' || item, value FROM four
  WHERE item IN {texts(CHECKED)} AND value IS NOT NULL
UNION ALL SELECT eid, "end", known, 'mt_' || item, mixed::INT::DOUBLE FROM ttm WHERE item IN {texts(CORE)}
UNION ALL SELECT eid, "end", known, 'mq_' || item, mixed::INT::DOUBLE FROM quarter WHERE item IN {texts(CORE)}
UNION ALL SELECT eid, "end", filed, 'cover', value FROM covers
UNION ALL SELECT eid, "end", filed, 'cover_at', (filed - DATE '1970-01-01')::DOUBLE FROM covers
UNION ALL SELECT eid, "end", filed, 'g_sign_fixed', 1.0 FROM sign_fixes
UNION ALL SELECT eid, "end", filed, 'g_scale_fixed', 1.0 FROM scale_fixes
UNION ALL SELECT eid, "end", filed, 'g_period_fixed', 1.0 FROM period_fixes
UNION ALL {identities.changes()}
UNION ALL
{flags};
"""


def as_known(there: Collection[str]) -> str:
    """Return SQL that makes ``as_known``: one row a period and day of change, each column (``v_x``) as known then.

    there: the columns of which ``changes`` has any value; the others are NULL in every row.
    """
    moving = moving_columns()
    listed = texts([name for name in moving if name in there] or moving[:1])
    filled = ",\n  ".join(
        f'last_value(p.{quoted(name)} IGNORE NULLS) OVER w AS "v_{name}"'
        if name in there
        else f'NULL::DOUBLE AS "v_{name}"'
        for name in moving
    )
    instants = ", ".join(
        f'i.{quoted(name)} AS "v_{name}"'
        for name in (*(item.name for item in statement_items(instants=True)), *BALANCE_FLAGS)
    )
    return f"""
CREATE OR REPLACE TEMP TABLE moved AS
PIVOT changes ON col IN {listed} USING first(value) GROUP BY eid, "end", known;
DROP TABLE changes;
CREATE OR REPLACE TEMP TABLE as_known AS
WITH days AS (
  SELECT eid, "end", known FROM moved UNION SELECT eid, "end", event FROM wide_instants),
filled AS (
  SELECT d.eid, d."end", d.known,
  {filled}
  FROM days d SEMI JOIN periods s ON s.eid = d.eid AND s."end" = d."end"
  LEFT JOIN moved p ON p.eid = d.eid AND p."end" = d."end" AND p.known = d.known
  WINDOW w AS (PARTITION BY d.eid, d."end" ORDER BY d.known))
SELECT f.*, s.issuer_id, s.currency, s.quarter_index, i.event AS balance_day, {instants}
FROM filled f JOIN periods s ON s.eid = f.eid AND s."end" = f."end" AND f.known >= s.born
ASOF LEFT JOIN wide_instants i ON i.eid = f.eid AND i."end" = f."end" AND f.known >= i.event;
DROP TABLE moved;
"""


# A row with everything that is known beside its amounts. The amounts are hundreds of columns: they are joined where
# they are read, not copied from table to table.
WITH_CONTEXT = '(SELECT * FROM as_known JOIN context USING (eid, "end", known))'

# A stub between two fiscal years: a report on one (10-KT, 10-QT), or two years that don't meet. The twelve months to
# a period within a year of its end run across it.
TRANSITIONS = f"""
CREATE OR REPLACE TEMP TABLE fiscal_years AS
SELECT eid, start, "end", min(filed) AS born FROM mentions
WHERE dc = 'A' AND tag IN {texts(INCOME_TAGS + REVENUE_TAGS)} GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE stubs AS
SELECT f.eid, f.filed AS born, max(m."end") AS stub_end
FROM entity_filings f JOIN mentions m ON m.eid = f.eid AND m.filed = f.filed
WHERE f.form IN ('10-KT', '10-KT/A', '10-QT', '10-QT/A') AND m.dc <> 'I'
  AND m.tag IN {texts(INCOME_TAGS + REVENUE_TAGS)}
GROUP BY ALL
UNION ALL
SELECT b.eid, greatest(a.born, b.born), b.start - 1 FROM fiscal_years a
JOIN fiscal_years b ON b.eid = a.eid AND b.start - a."end" - 1 BETWEEN 20 AND 345;
CREATE OR REPLACE TEMP TABLE transitions AS
SELECT DISTINCT a.eid, a."end", a.known FROM as_known a
JOIN stubs s ON s.eid = a.eid AND s.born <= a.known AND a."end" BETWEEN s.stub_end AND s.stub_end + 359;
"""


def context() -> str:
    """Return SQL that makes ``context``: the filing, the fiscal calendar and the evidence beside ``as_known``."""
    zero = [name for name in ZERO_WHEN_NEVER_SEEN if name in BY_NAME]
    newest = ", ".join(f"max(filed) FILTER (item = '{name}') OVER by_day AS seen_{name}" for name in zero)
    columns = ", ".join(f"z.seen_{name}" for name in zero)
    return f"""{TRANSITIONS}
CREATE OR REPLACE TEMP TABLE seen AS
WITH said AS (
  SELECT DISTINCT m.eid, i.item, m.filed FROM mentions m JOIN item_map i USING (tag)
  WHERE i.item IN {texts(zero)} AND m.value <> 0 AND m.tag NOT IN {texts(SAYS_NOTHING)})
SELECT DISTINCT eid, filed, {newest} FROM said WINDOW by_day AS (PARTITION BY eid ORDER BY filed);
CREATE OR REPLACE TEMP TABLE debt_seen AS
SELECT DISTINCT m.eid, m.filed FROM mentions m JOIN debt_tags USING (tag) WHERE m.value <> 0;
CREATE OR REPLACE TEMP TABLE reports AS
SELECT eid, filed, row_number() OVER (PARTITION BY eid ORDER BY filed) AS n FROM (
  SELECT DISTINCT eid, filed FROM mentions WHERE form_rank = 1 AND dc = 'I' AND tag IN {texts(ASSET_TAGS)});
CREATE OR REPLACE TEMP TABLE made_by AS
SELECT eid, filed, arg_max(form, accession) AS form, max(accession) AS accession FROM (
  SELECT * FROM entity_filings QUALIFY rank() OVER (PARTITION BY eid, filed ORDER BY form_rank, n DESC) = 1)
GROUP BY eid, filed;
CREATE OR REPLACE TEMP TABLE years AS
SELECT eid, "end", min(filed) AS born FROM mentions
WHERE dc = 'A' AND tag IN {texts(INCOME_TAGS + REVENUE_TAGS)} GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE fiscal AS
SELECT a.eid, a."end", a.known,
  max(CASE WHEN y."end" <= a."end" + 5 THEN y."end" END) AS year_before,
  min(CASE WHEN y."end" > a."end" + 5 THEN y."end" END) AS year_after
FROM (SELECT eid, "end", known FROM as_known) a JOIN years y ON y.eid = a.eid AND y.born <= a.known GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE to_date AS
SELECT eid, "end", CASE dc WHEN 'Q' THEN 1 WHEN 'H' THEN 2 WHEN 'N' THEN 3 ELSE 4 END AS quarters, min(filed) AS born
FROM mentions
WHERE tag IN {texts(CASH_TAGS)} OR (dc IN ('H', 'N', 'A') AND tag IN {texts(INCOME_TAGS + REVENUE_TAGS)})
GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE elapsed AS
SELECT a.eid, a."end", a.known, max(q.quarters) AS quarters_to_date
FROM (SELECT eid, "end", known FROM as_known) a
JOIN to_date q ON q.eid = a.eid AND q."end" = a."end" AND q.born <= a.known GROUP BY ALL;
-- a half year or nine months that begin on the day after, and none that runs on: what ended was a stub of its own
CREATE OR REPLACE TEMP TABLE stretches AS
SELECT eid, start, "end", min(filed) AS born FROM mentions
WHERE dc IN ('H', 'N', 'A') AND tag IN {texts(CASH_TAGS + INCOME_TAGS + REVENUE_TAGS)} GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE renewals AS
SELECT a.eid, a."end", a.known FROM as_known a
JOIN stretches s ON s.eid = a.eid AND s.born <= a.known AND s.start <= a."end" + 4 AND s."end" > a."end" + 30
GROUP BY ALL HAVING min(s.start) > a."end";
CREATE OR REPLACE TEMP TABLE rhythm AS
SELECT eid, "end", dc, min(filed) AS born FROM mentions
WHERE dc IN ('Q', 'H') AND tag IN {texts(INCOME_TAGS + REVENUE_TAGS)} GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE interim AS
SELECT a.eid, a."end", a.known, bool_or(r.dc = 'Q') AS has_quarters, bool_or(r.dc = 'H') AS has_halves
FROM (SELECT eid, "end", known FROM as_known) a
JOIN rhythm r ON r.eid = a.eid AND r.born <= a.known AND r."end" BETWEEN a."end" - 400 AND a."end" GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE context AS
SELECT a.eid, a."end", a.known, m.form, nullif(m.accession, '') AS accession, f.year_before, f.year_after,
  l.quarters_to_date, r.has_quarters, r.has_halves, x.eid IS NOT NULL AS in_transition, n.eid IS NOT NULL AS renewed,
  d.filed AS debt_seen, h.n AS reports, b.value AS v_public_float, b."end" AS float_date, s.moves, i.fiscal_year_end,
  i.last_price, i.several_lines, g.filed AS gone,
  coalesce(k.taxonomy, 'gaap') AS taxonomy, coalesce(k.model, i.model, 'standard') AS model, {columns}
FROM as_known a
JOIN issuers i USING (issuer_id)
ASOF LEFT JOIN model_known k ON k.eid = a.eid AND a.known >= k.filed
LEFT JOIN made_by m ON m.eid = a.eid AND m.filed = a.known
LEFT JOIN fiscal f ON f.eid = a.eid AND f."end" = a."end" AND f.known = a.known
LEFT JOIN elapsed l ON l.eid = a.eid AND l."end" = a."end" AND l.known = a.known
LEFT JOIN interim r ON r.eid = a.eid AND r."end" = a."end" AND r.known = a.known
LEFT JOIN split_lists s ON s.eid = a.eid
LEFT JOIN renewals n ON n.eid = a.eid AND n."end" = a."end" AND n.known = a.known
LEFT JOIN transitions x ON x.eid = a.eid AND x."end" = a."end" AND x.known = a.known
ASOF LEFT JOIN exits g ON g.issuer_id = a.issuer_id AND a.known <= g.filed
ASOF LEFT JOIN debt_seen d ON d.eid = a.eid AND a.known >= d.filed
ASOF LEFT JOIN reports h ON h.eid = a.eid AND a.known >= h.filed
ASOF LEFT JOIN floats b ON b.eid = a.eid AND a.known >= b.filed
ASOF LEFT JOIN seen z ON z.eid = a.eid AND a.known >= z.filed;
"""
