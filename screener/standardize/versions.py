"""From facts to mentions: which filing stated which value for which period, and what was known after it."""

from __future__ import annotations

from screener.catalogue.items import BY_NAME, ITEMS
from screener.catalogue.tags import mapped_tags
from screener.catalogue.vendor_items import FORM, PREFIX, vendor_items
from screener.standardize.columns import text, texts, wide_tags

# Periodic reports decide; current reports only fill keys that no periodic report carries.
PERIODIC = (
    "10-K", "10-K/A", "10-KT", "10-KT/A", "10-K405", "10-KSB", "10-Q", "10-Q/A", "10-QT", "10-QT/A",
    "20-F", "20-F/A", "40-F", "40-F/A", "simfin", FORM,
)  # fmt: skip
CURRENT = ("8-K", "8-K/A", "6-K", "6-K/A")
DOMESTIC = tuple(form for form in PERIODIC if form.startswith("10-"))

# One of these tells that a filing shows the income statement of a period.
INCOME_TAGS = (
    "NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic",
    "ifrs:ProfitLoss", "ifrs:ProfitLossAttributableToOwnersOfParent", "simfin:Net Income",
)  # fmt: skip
REVENUE_TAGS = (
    "Revenues", "RevenueFromContractWithCustomerExcludingAssessedTax", "SalesRevenueNet",
    "RevenueFromContractWithCustomerIncludingAssessedTax", "ifrs:Revenue", "simfin:Revenue",
)  # fmt: skip
CASH_TAGS = tuple(tag for tag in (*BY_NAME["cfo"].tags, *(f"ifrs:{tag}" for tag in BY_NAME["cfo"].ifrs)))
# Amounts of money are in money: some filers tag income a share as income.
PER_SHARE_TAGS = tuple(
    sorted(
        {
            tag
            for item in ITEMS
            if item.unit == "usd_per_share"
            for tag in (*item.tags, *item.parts, *(f"ifrs:{name}" for name in item.ifrs))
        }
    )
)
ASSET_TAGS = ("Assets", "ifrs:Assets", "simfin:Total Assets")

# Rounding unit: the largest power of ten that divides a whole number; 0 for zero and for fractions.
MACROS = """
CREATE OR REPLACE TEMP MACRO gran(v) AS (
  CASE WHEN v = 0 OR v <> round(v) OR abs(v) > 1e30 THEN 0.0
       ELSE pow(10, length(CAST(CAST(abs(v) AS HUGEINT) AS VARCHAR))
                  - length(rtrim(CAST(CAST(abs(v) AS HUGEINT) AS VARCHAR), '0'))) END);
CREATE OR REPLACE TEMP MACRO dur_class(d) AS (
  CASE WHEN d BETWEEN 80 AND 100 OR d BETWEEN 70 AND 125 THEN 'Q'
       WHEN d BETWEEN 140 AND 215 THEN 'H'
       WHEN d BETWEEN 230 AND 310 THEN 'N'
       WHEN d BETWEEN 340 AND 385 THEN 'A' ELSE 'X' END);
CREATE OR REPLACE TEMP MACRO differs(a, b) AS (abs(a - b) > 0.005 * greatest(abs(a), abs(b)));
"""


# Outflows and costs that are never negative: a minus is the filer's sign error where most of its values have none.
SIGNED_ITEMS = (
    "interest_expense", "capex", "buybacks", "dividends_paid", "dividends_paid_common", "cost_of_revenue",
    "research_development", "sga", "da", "interest_paid", "debt_repaid",
)  # fmt: skip
POSITIVE_SHARE = 0.75
# Sales, too; the other revenue tags hold investment results and reversals, which may well be negative.
SALES_TAGS = ("SalesRevenueNet", "SalesRevenueGoodsNet")
# Never negative in any filing: a minus is an error of the filer, however often it is made.
ALWAYS_OUTFLOWS = ("InterestExpense", "PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsToAcquireProductiveAssets")


def signed_tags() -> tuple[str, ...]:
    """Return the tags whose sign is mended, sorted; net tags (``...ProceedsFrom...``) may well be negative."""
    found = {tag for name in SIGNED_ITEMS for tag in (*BY_NAME[name].tags, *BY_NAME[name].parts)} | {*SALES_TAGS}
    return tuple(sorted(tag for tag in found if "ProceedsFrom" not in tag))


def kept_tags() -> tuple[str, ...]:
    """Return every source tag that standardization reads, sorted."""
    return tuple(sorted(mapped_tags() | set(wide_tags(instants=True)) | set(wide_tags(instants=False))))


def read_as() -> str:
    """Return SQL of the tag under which a fact is read: its own, or that of what a vendor's column is mapped to."""
    mapped = ", ".join(f"{text(item.name)}: {text(item.tag)}" for item in vendor_items().values())
    name = f"split_part(substr(tag, {len(PREFIX) + 1}), '=', 1)"
    return f"CASE WHEN form = {text(FORM)} THEN (MAP {{{mapped}}})[{name}] ELSE tag END"


def load_facts(path: str, first: int, last: int) -> str:
    """Return SQL that makes ``raw_facts``: the facts of issuers ``first`` to ``last`` in forms that count."""
    return f"""
CREATE OR REPLACE TEMP TABLE raw_facts AS
SELECT issuer_id, {read_as()} AS tag, unit, start, "end", value, form, coalesce(accession, '') AS accession, statement,
  CASE WHEN form = 'simfin' THEN greatest(filed, "end") ELSE filed END AS filed
FROM read_parquet('{path}')
WHERE issuer_id BETWEEN {first} AND {last} AND (tag IN {texts(kept_tags())} OR form = {text(FORM)})
  AND form IN {texts(PERIODIC + CURRENT)} AND isfinite(value) AND filed IS NOT NULL AND "end" IS NOT NULL
  AND ("end" <= filed + 5 OR form = 'simfin') AND (start IS NULL OR start < "end");
"""


def mapped_facts(path: str, issuer_id: int) -> str:
    """Return SQL that makes ``mapped_facts``: the tags that the facts of a mapped table have in the facts file."""
    return f"""
CREATE OR REPLACE TEMP TABLE mapped_facts AS
SELECT {read_as()} AS tag, "end", filed, start, value, min(tag) AS said FROM read_parquet('{path}')
WHERE issuer_id = {issuer_id} AND form = {text(FORM)} GROUP BY ALL;
"""


# The currency of a filing is the one that most of its amounts are in; columns for convenience in another are dropped.
# An entity is an issuer in one currency: a change of currency begins a new series.
ENTITIES = f"""
CREATE OR REPLACE TEMP TABLE filings AS
WITH amounts AS (
  SELECT issuer_id, filed, accession, unit, count(*) AS n FROM raw_facts
  WHERE regexp_full_match(unit, '[A-Z]{{3}}') GROUP BY ALL),
main AS (
  SELECT issuer_id, filed, accession, unit AS currency FROM amounts
  QUALIFY row_number() OVER (PARTITION BY issuer_id, filed, accession ORDER BY n DESC, unit) = 1),
every AS (
  SELECT issuer_id, filed, accession, min(form) AS form, count(*) AS n FROM raw_facts GROUP BY ALL),
joined AS (SELECT e.*, m.currency FROM every e LEFT JOIN main m USING (issuer_id, filed, accession))
SELECT issuer_id, filed, accession, form, n,
  coalesce(last_value(currency IGNORE NULLS) OVER (
    PARTITION BY issuer_id ORDER BY filed, accession ROWS UNBOUNDED PRECEDING), 'USD') AS currency,
  min(CASE WHEN form IN {texts(DOMESTIC)} THEN filed END) OVER (PARTITION BY issuer_id) AS first_domestic
FROM joined;
CREATE OR REPLACE TEMP TABLE entities AS
SELECT row_number() OVER (ORDER BY issuer_id, currency)::INTEGER AS eid, issuer_id, currency
FROM (SELECT DISTINCT issuer_id, currency FROM filings);
CREATE OR REPLACE TEMP TABLE entity_filings AS
SELECT e.eid, f.issuer_id, f.currency, f.filed, f.accession, f.form, f.n,
  CASE WHEN f.form IN {texts(PERIODIC)} THEN 1
       WHEN f.form IN ('6-K', '6-K/A') AND (f.first_domestic IS NULL OR f.filed < f.first_domestic) THEN 1
       ELSE 2 END AS form_rank
FROM filings f JOIN entities e USING (issuer_id, currency);
"""

# Income less expense: of either sign. A filing that states as positive what an earlier one stated as the same negative
# amount turns the sign of the whole line, also of the periods that are new in it and where it is repeated.
NET_TAGS = ("InterestIncomeExpenseNet", "InterestIncomeExpenseNonoperatingNet")
TURNED = f"""
CREATE OR REPLACE TEMP TABLE net_facts AS
SELECT DISTINCT issuer_id, tag, unit, start, "end", filed, value FROM raw_facts WHERE tag IN {texts(NET_TAGS)};
CREATE OR REPLACE TEMP TABLE turned AS
SELECT DISTINCT n.issuer_id, n.tag, n.filed FROM net_facts n
JOIN net_facts o USING (issuer_id, tag, unit, start, "end")
WHERE n.value > 0 AND o.value = 0 - n.value AND o.filed < n.filed;
INSERT INTO turned
SELECT DISTINCT n.issuer_id, n.tag, n.filed FROM net_facts n
JOIN net_facts o USING (issuer_id, tag, unit, start, "end", value)
JOIN turned t ON t.issuer_id = o.issuer_id AND t.tag = o.tag AND t.filed = o.filed
WHERE n.value > 0 AND o.filed < n.filed;
DROP TABLE net_facts;
"""

# One value per key and filing day; a current report counts only until the first periodic report of the key.
MENTIONS = f"""{TURNED}
CREATE OR REPLACE TEMP TABLE signs AS
SELECT DISTINCT issuer_id, tag, filed FROM (
  SELECT *, avg((value >= 0)::INT) OVER (PARTITION BY issuer_id, tag ORDER BY filed) AS positive
  FROM raw_facts WHERE tag IN {texts(signed_tags())})
WHERE value < 0 AND (positive >= {POSITIVE_SHARE} OR tag IN {texts(ALWAYS_OUTFLOWS)});
CREATE OR REPLACE TEMP TABLE stated AS
WITH ranked AS (
  SELECT f.eid, r.tag, r.start, r."end", r.filed, f.form_rank, r.accession, r.unit, r.statement,
    CASE WHEN g.tag IS NOT NULL THEN abs(r.value) WHEN u.tag IS NOT NULL THEN 0 - r.value ELSE r.value END AS value,
    min(CASE WHEN f.form_rank = 1 THEN r.filed END) OVER (PARTITION BY f.eid, r.tag, r.start, r."end") AS first_periodic
  FROM raw_facts r JOIN entity_filings f USING (issuer_id, filed, accession)
  LEFT JOIN signs g ON g.issuer_id = r.issuer_id AND g.tag = r.tag AND g.filed = r.filed
  LEFT JOIN turned u ON u.issuer_id = r.issuer_id AND u.tag = r.tag AND u.filed = r.filed
  WHERE r.unit = f.currency OR r.unit = 'shares'
    OR (r.unit = f.currency || '/shares' AND r.tag IN {texts(PER_SHARE_TAGS)})
    OR (r.unit = 'pure' AND r.tag LIKE 'EarningsPerShare%')),
one AS (
  SELECT eid, tag, start, "end", filed, value, unit, form_rank, statement FROM ranked
  WHERE form_rank = 1 OR first_periodic IS NULL OR filed < first_periodic
  QUALIFY row_number() OVER (PARTITION BY eid, tag, start, "end", filed
                             ORDER BY form_rank, accession DESC, abs(value) DESC, value DESC) = 1),
spread AS (SELECT eid, tag, start, "end" FROM one GROUP BY ALL HAVING count(DISTINCT value) > 1),
graded AS (SELECT o.*, CASE WHEN unit LIKE '%/%' OR unit = 'pure' THEN 0.0 ELSE gran(value) END AS g FROM one o
           SEMI JOIN spread s ON o.eid = s.eid AND o.tag = s.tag AND o."end" = s."end"
             AND o.start IS NOT DISTINCT FROM s.start),
-- a value that is merely the rounding of an earlier, more precise one does not replace it
precise AS (
  SELECT n.eid, n.tag, n.start, n."end", n.filed, p.value
  FROM graded n JOIN graded p ON n.eid = p.eid AND n.tag = p.tag AND n."end" = p."end"
    AND n.start IS NOT DISTINCT FROM p.start AND p.filed <= n.filed
    AND (p.value = n.value OR (abs(p.value - n.value) <= 0.5 * n.g AND abs(p.value - n.value) <= 0.005 * abs(n.value)))
  QUALIFY row_number() OVER (PARTITION BY n.eid, n.tag, n.start, n."end", n.filed ORDER BY p.g, p.filed DESC) = 1)
SELECT o.eid, o.tag, o.start, o."end", o.filed, o.form_rank, coalesce(p.value, o.value) AS value, o.statement
FROM one o LEFT JOIN precise p ON o.eid = p.eid AND o.tag = p.tag AND o."end" = p."end"
  AND o.start IS NOT DISTINCT FROM p.start AND o.filed = p.filed;
"""

# Where a sign was mended: for the flag of the row.
SIGN_FIXES = """
CREATE OR REPLACE TEMP TABLE sign_fixes AS
SELECT DISTINCT e.eid, r."end", r.filed FROM raw_facts r JOIN signs g USING (issuer_id, tag, filed)
JOIN entities e USING (issuer_id) WHERE r.value < 0
UNION SELECT DISTINCT e.eid, r."end", r.filed FROM raw_facts r JOIN turned g USING (issuer_id, tag, filed)
JOIN entities e USING (issuer_id);
"""

# Starts that are a day or two off the company's own are the same start: the one near it that was stated first with an
# income. Only what was filed by the day on which a start is first stated tells which that is.
PERIODS = f"""
CREATE OR REPLACE TEMP TABLE starts AS
WITH every AS (
  SELECT eid, start, min(filed) AS filed,
    min(CASE WHEN tag IN {texts(INCOME_TAGS)} AND dur_class("end" - start + 1) <> 'X' THEN filed END) AS major
  FROM stated WHERE start IS NOT NULL GROUP BY ALL),
near AS (
  SELECT e.eid, e.start, m.start AS anchor FROM every e
  JOIN every m ON m.eid = e.eid AND m.start BETWEEN e.start - 3 AND e.start + 3 AND m.major <= e.filed
  QUALIFY row_number() OVER (PARTITION BY e.eid, e.start ORDER BY m.major, m.start) = 1)
SELECT e.eid, e.start, coalesce(a.anchor, n.anchor, e.start) AS anchor FROM every e
LEFT JOIN near n ON n.eid = e.eid AND n.start = e.start
LEFT JOIN near a ON a.eid = n.eid AND a.start = n.anchor;
CREATE OR REPLACE TEMP TABLE mentions AS
SELECT s.eid, s.tag, k.anchor AS start, s."end", s.filed, s.value, s.form_rank, s.statement,
  dur_class(s."end" - k.anchor + 1) AS dc
FROM stated s JOIN starts k ON s.eid = k.eid AND s.start = k.start
WHERE s.start IS NOT NULL AND dur_class(s."end" - k.anchor + 1) <> 'X'
QUALIFY row_number() OVER (PARTITION BY s.eid, s.tag, k.anchor, s."end", s.filed
                           ORDER BY abs(s.start - k.anchor), s.start) = 1
UNION ALL
SELECT eid, tag, NULL, "end", filed, value, form_rank, statement, 'I' FROM stated WHERE start IS NULL;
"""
