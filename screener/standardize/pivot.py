"""From mentions to items: for every period and filing day, the tags as known then in one wide row, then the items."""

from __future__ import annotations

from screener.catalogue.identities import BEFORE_FX_TAGS
from screener.catalogue.items import BY_NAME, ITEMS
from screener.standardize.columns import (
    FACE_TAGS,
    LADDER_AGE,
    closure,
    face,
    own_tags,
    quoted,
    raw,
    statement_items,
    text,
    texts,
    wide_tags,
)
from screener.standardize.program import program, staged
from screener.standardize.versions import ASSET_TAGS, CASH_TAGS, INCOME_TAGS, REVENUE_TAGS

CARRY_DAYS = 400
# A maturity ladder is that of the last annual report until the next one is due.
LADDER_DAYS = 460
# Stated in notes that interim reports leave out: carried from the last report that has any tag of the group.
NOTE_GROUPS: dict[str, tuple[str, ...]] = {
    "finance": ("finance_leases",),
    "operating": ("operating_leases",),
    "ladder": (
        "debt_mat_y1",
        "debt_mat_remainder_fy",
        "debt_mat_y2",
        "debt_mat_y3",
        "debt_mat_y4",
        "debt_mat_y5",
        "debt_mat_after5",
    ),
}


# Read by a tree, but in no list of the item's own row.
TREE_TAGS: dict[str, tuple[str, ...]] = {
    "revenue": (
        "InterestIncomeExpenseNet",
        "NoninterestIncome",
        "InterestAndDividendIncomeOperating",
        "PremiumsEarnedNet",
        "RevenuesNetOfInterestExpense",
        "RevenuesExcludingInterestAndDividends",
    ),
    "interest_expense": ("InterestIncomeExpenseNet",),
    "special_items": (
        "AssetImpairmentCharges",
        "GoodwillAndIntangibleAssetImpairment",
        "RestructuringSettlementAndImpairmentProvisions",
        "GainLossOnSaleOfBusiness",
        "GainLossOnDispositionOfAssets1",
    ),
    "stock_issued": ("simfin:Cash from (Repurchase of) Equity",),
    "cfo": ("CashProvidedByUsedInOperatingActivitiesDiscontinuedOperations",),
    "purchase_intangibles": ("PaymentsToAcquireProductiveAssets",),
    "dividends_paid_common": ("DividendsCommonStockCash",),
    # Securities of which nobody says how many are current: no proof that there are none.
    "short_term_investments": ("AvailableForSaleSecuritiesDebtSecurities",),
}


def _note_tags() -> dict[str, str]:
    """Return the group of every tag that is carried."""
    found: dict[str, str] = {}
    for group, names in NOTE_GROUPS.items():
        for name in names:
            found.update(dict.fromkeys(closure(name), group))
    return found


def share_tags() -> tuple[str, ...]:
    """Return the tags of share counts and per-share figures, sorted: the newest is on the newest split basis."""
    names = [item.name for item in ITEMS if item.unit in {"shares", "usd_per_share"}]
    return tuple(sorted({tag for name in names for tag in own_tags(name)}))


def _cash_flow_tags() -> tuple[str, ...]:
    """Return the tags that only the cash-flow statement has, sorted."""
    flows = statement_items(instants=False)
    paid, earned = (
        {tag for item in flows if (item.statement == "cash_flow") == cash for tag in own_tags(item.name)}
        for cash in (True, False)
    )
    return tuple(sorted(paid - earned))


def item_map() -> str:
    """Return SQL that makes ``item_map``: which tags speak of an item, its fallbacks one level deep included."""
    rows: list[str] = []
    for item in (*statement_items(instants=True), *statement_items(instants=False)):
        tags = set(own_tags(item.name)) | set(TREE_TAGS.get(item.name, ()))
        for expression in item.fallback:
            for word in expression.split():
                if word in BY_NAME:
                    tags |= own_tags(word)
        rows.extend(f"({text(item.name)}, {text(tag)})" for tag in sorted(tags))
    return (
        "CREATE OR REPLACE TEMP TABLE item_map AS SELECT item::VARCHAR AS item, tag::VARCHAR AS tag "
        f"FROM (VALUES {', '.join(rows)}) v(item, tag);"
    )


def known(*, instants: bool) -> str:
    """Return SQL that makes ``known``: for every key and filing day that states it, each tag's value by then.

    The newest filing that shows the whole statement decides; what it leaves out comes from the newest that has it.
    (A roll-forward in a later filing restates equity alone: next to the old assets it would not add up.) The cash
    flow is a statement of its own: an annual report may recast its quarters without their income.
    """
    condition = "IS NULL" if instants else "IS NOT NULL"
    anchors = texts(ASSET_TAGS if instants else INCOME_TAGS)
    cash = texts(CASH_TAGS)
    decides = (
        "e.reference" if instants else f"CASE WHEN s.tag IN {texts(_cash_flow_tags())} THEN e.paid ELSE e.reference END"
    )
    return f"""
CREATE OR REPLACE TEMP TABLE spans AS
SELECT eid, tag, coalesce(start, DATE '1900-01-01') AS start, "end", filed, value, statement,
  coalesce(lead(filed) OVER (PARTITION BY eid, tag, start, "end" ORDER BY filed), DATE '9999-12-31') AS until
FROM mentions WHERE start {condition} AND tag IN {texts(wide_tags(instants=instants))};
CREATE OR REPLACE TEMP TABLE events AS
WITH every AS (SELECT DISTINCT eid, start, "end", filed AS event FROM spans),
whole AS (SELECT DISTINCT eid, start, "end", filed FROM spans WHERE tag IN {anchors}),
cash AS (SELECT DISTINCT eid, start, "end", filed FROM spans WHERE tag IN {cash})
SELECT e.*, w.filed AS reference, c.filed AS paid FROM every e
ASOF LEFT JOIN whole w ON w.eid = e.eid AND w.start = e.start AND w."end" = e."end" AND e.event >= w.filed
ASOF LEFT JOIN cash c ON c.eid = e.eid AND c.start = e.start AND c."end" = e."end" AND e.event >= c.filed;
CREATE OR REPLACE TEMP TABLE known AS
SELECT e.eid, e.start, e."end", e.event, s.tag, coalesce(r.value, s.value) AS value,
  coalesce(r.filed, s.filed) AS filed, 0 AS carried,
  CASE WHEN r.filed IS NULL THEN s.statement ELSE r.statement END AS statement
FROM events e JOIN spans s ON e.eid = s.eid AND e.start = s.start AND e."end" = s."end"
  AND e.event >= s.filed AND e.event < s.until
LEFT JOIN spans r ON r.eid = e.eid AND r.start = e.start AND r."end" = e."end" AND r.tag = s.tag
  AND r.filed = {decides}
  AND r.tag NOT IN {texts(share_tags())};
"""


# Tags of one line: a total and its continuing part, cash with and without what is restricted.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "revenue": REVENUE_TAGS,
    **{name: BY_NAME[name].tags for name in ("cfo", "cfi", "cff")},
    "net_change_cash": (*BY_NAME["net_change_cash"].tags, *BEFORE_FX_TAGS),
}
_SYNONYM_ROWS = ", ".join(f"({text(tag)}, {text(name)})" for name, tags in SYNONYMS.items() for tag in tags)

# A synonym that only an older filing used does not compete with the one that the newest income statement uses.
DROP_OLD_REVENUE = f"""
CREATE OR REPLACE TEMP TABLE old_revenue AS
WITH income AS (
  SELECT eid, start, "end", event, max(filed) AS reference FROM known WHERE tag IN {texts(INCOME_TAGS)} GROUP BY ALL),
candidates AS (
  SELECT k.eid, k.start, k."end", k.event, k.tag, s.line, k.filed < i.reference AS old
  FROM known k JOIN income i USING (eid, start, "end", event)
  JOIN (VALUES {_SYNONYM_ROWS}) s(tag, line) ON s.tag = k.tag)
SELECT eid, start, "end", event, tag FROM candidates
QUALIFY old AND bool_or(NOT old) OVER (PARTITION BY eid, start, "end", event, line);
DELETE FROM known USING old_revenue o
WHERE known.eid = o.eid AND known.start = o.start AND known."end" = o."end" AND known.event = o.event
  AND known.tag = o.tag;
"""


def carry_notes() -> str:
    """Return SQL that adds to ``known`` the note tags of the newest earlier date: 400 days back, the ladder 460."""
    groups = _note_tags()
    rows = ", ".join(f"({text(tag)}, {text(group)})" for tag, group in sorted(groups.items()))
    return f"""
CREATE OR REPLACE TEMP TABLE note_tags AS SELECT * FROM (VALUES {rows}) v(tag, grp);
CREATE OR REPLACE TEMP TABLE sources AS
SELECT s.eid, n.grp, s."end", min(s.filed) AS first_filed FROM spans s JOIN note_tags n USING (tag) GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE carries AS
WITH own AS (SELECT eid, grp, "end", first_filed FROM sources),
chosen AS (
  SELECT e.eid, e."end", e.event, s.grp, max(s."end") AS source_end
  FROM events e JOIN sources s ON e.eid = s.eid AND s."end" < e."end"
    AND s."end" >= e."end" - CASE s.grp WHEN 'ladder' THEN {LADDER_DAYS} ELSE {CARRY_DAYS} END
    AND s.first_filed <= e.event
  GROUP BY ALL)
SELECT c.* FROM chosen c
ANTI JOIN own o ON o.eid = c.eid AND o.grp = c.grp AND o."end" = c."end" AND o.first_filed <= c.event;
INSERT INTO known
SELECT c.eid, DATE '1900-01-01', c."end", c.event, s.tag, s.value, s.filed, 1, s.statement
FROM carries c JOIN note_tags n USING (grp)
JOIN spans s ON s.eid = c.eid AND s.tag = n.tag AND s."end" = c.source_end AND c.event >= s.filed AND c.event < s.until
UNION ALL
SELECT eid, DATE '1900-01-01', "end", event, {text(LADDER_AGE)}, "end" - source_end, event, 1, NULL
FROM carries WHERE grp = 'ladder';
"""


def _faces() -> str:
    """Return SQL of the rows that say whether a tag of ``FACE_TAGS`` is on its statement's face: 1 or 0."""
    rows = ", ".join(f"({text(tag)}, {text(on)})" for tag, statements in FACE_TAGS.items() for on in statements)
    return f"""SELECT eid, start, "end", event, 'on:' || tag AS tag,
    ((tag, statement) IN (VALUES {rows}))::INT::DOUBLE AS value
  FROM known WHERE statement IS NOT NULL AND tag IN {texts(list(FACE_TAGS))}"""


def wide(*, instants: bool, every: bool = False) -> str:
    """Return SQL that makes ``wide_instants`` or ``wide_periods``: one row a key and filing day, one column an item.

    ``every``: with all columns of the program, tags and helpers too.
    """
    tags = (*wide_tags(instants=instants), *((LADDER_AGE,) if instants else ()))
    table = "wide_instants" if instants else "wide_periods"
    columns = program(instants=instants)
    items = [item.name for item in statement_items(instants=instants)]
    flags = [name for name, _ in columns if name[:2] in {"f_", "g_", "i_"}]
    if instants:
        flags.append("f_carried")
    keys = ("eid", "start", "end", "event")
    given = (*keys, "f_carried", "model", *("t:" + tag for tag in tags), *("on:" + tag for tag in FACE_TAGS))
    kept = (*keys, *items, *flags)
    selected = "*" if every else ", ".join(quoted(name) for name in kept)
    listed = ", ".join([text("t:" + tag) for tag in tags] + [text("on:" + tag) for tag in FACE_TAGS])
    missing = ", ".join([raw(tag) for tag in tags] + [face(tag) for tag in FACE_TAGS])
    source = """(SELECT p.*, c.f_carried, coalesce(k.model, i.model, 'standard') AS model FROM pivoted p
    JOIN carried c USING (eid, start, "end", event) JOIN entities e USING (eid) JOIN issuers i USING (issuer_id)
    ASOF LEFT JOIN model_known k ON k.eid = p.eid AND p.event >= k.filed)"""
    return f"""
CREATE OR REPLACE TEMP TABLE carried AS
SELECT eid, start, "end", event, max(carried)::DOUBLE AS f_carried FROM known GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE pivoted AS
SELECT eid, start, "end", event, {missing} FROM (
  PIVOT (SELECT eid, start, "end", event, 't:' || tag AS tag, value FROM known UNION ALL {_faces()})
  ON tag IN ({listed}) USING first(value) GROUP BY eid, start, "end", event);
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT {selected} FROM {staged(columns, source, given, () if every else kept)};
DROP TABLE pivoted;
DROP TABLE known;
"""


def long_periods() -> str:
    """Return SQL that makes ``long``: (entity, item, period, filing day, value) where the filing speaks of the item.

    ``restated`` is the last day on which the value moved by more than 0.5 %, NULL while it never did, and
    ``old_until`` the last day before it on which the old value was stated; ``filled`` says that revenue is an
    industry's line for want of a total, ``weak`` how far the tag is from the item: 0 its own; 1 the net income of
    all owners, a derived operating income, interest net of what was earned; 2 the net income of common holders, or
    such a line of revenue.
    """
    items = [item.name for item in statement_items(instants=False)]
    listed = ", ".join(quoted(name) for name in items)
    return f"""
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT s.eid, s.start, s."end", s.filed AS event, m.item FROM spans s JOIN item_map m USING (tag);
CREATE OR REPLACE TEMP TABLE long AS
WITH flat AS (
  UNPIVOT (SELECT eid, start, "end", event, g_revenue_fill, g_income_weak, g_ebit_derived, g_interest_net, {listed}
    FROM wide_periods)
  ON {listed} INTO NAME item VALUE value),
said AS (
  SELECT f.eid, f.item, f.start, f."end", f.event AS filed, f.value,
    f.item = 'revenue' AND f.g_revenue_fill = 1 AS filled,
    CASE WHEN filled THEN 2 WHEN f.item = 'net_income' THEN f.g_income_weak::INT
      WHEN f.item = 'operating_income' THEN f.g_ebit_derived::INT
      WHEN f.item = 'interest_expense' THEN f.g_interest_net::INT ELSE 0 END AS weak
  FROM flat f
  SEMI JOIN touched t ON f.eid = t.eid AND f.start = t.start AND f."end" = t."end" AND f.event = t.event
    AND f.item = t.item),
moved AS (
  SELECT *, lag(value) OVER w AS before, lag(filed) OVER w AS filed_before FROM said
  WINDOW w AS (PARTITION BY eid, item, start, "end" ORDER BY filed))
SELECT eid, item, start, "end", filed, value, filled, weak, ("end" - start + 1)::INTEGER AS days,
  dur_class("end" - start + 1) AS dc,
  max(CASE WHEN differs(value, before) THEN filed END) OVER w AS restated,
  max(CASE WHEN differs(value, before) THEN filed_before END) OVER w AS old_until
FROM moved
WINDOW w AS (PARTITION BY eid, item, start, "end" ORDER BY filed ROWS UNBOUNDED PRECEDING);
DROP TABLE touched;
"""
