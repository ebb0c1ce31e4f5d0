"""Discrete quarters and twelve months: differences and sums of facts on one reporting basis, as known on each day.

Candidates carry a rank key, smaller is better; the value as of a day is that of the smallest key known by then.
"""

from __future__ import annotations

from screener.standardize.columns import statement_items, texts

# The lines on which the twelve months of both routes are compared.
CHECKED = ("revenue", "operating_income", "net_income", "cfo", "capex")
# Gross and net amounts of these go into one sum or difference only where nothing else is known.
ONE_KIND = ("interest_expense",)
# What is put together from values of several kinds (``weak`` of ``long``) is of none.
NO_KIND = 9


def _cash_flow_items() -> tuple[str, ...]:
    return tuple(item.name for item in statement_items(instants=False) if item.statement == "cash_flow")


def _flows() -> tuple[str, ...]:
    return tuple(item.name for item in statement_items(instants=False) if item.kind == "flow")


def _income_items() -> tuple[str, ...]:
    return tuple(name for name in _flows() if name not in _cash_flow_items())


def _point_items() -> tuple[str, ...]:
    return tuple(item.name for item in statement_items(instants=False) if item.kind != "flow")


def _never_negative() -> str:
    """Return the SQL list of the flows whose negative difference or sum proves that its operands don't match."""
    names = [item.name for item in statement_items(instants=False) if item.kind == "flow" and item.sign == "mag"]
    return texts([*names, "revenue"])


def _kind(*weak: str) -> str:
    """Return SQL of the kind that all of the operands have, else ``NO_KIND``."""
    same = " AND ".join(f"{one} = {weak[0]}" for one in weak[1:])
    return f"CASE WHEN {same} THEN {weak[0]} ELSE {NO_KIND} END"


def _rank(rank: str, filed: str, gap: str, tie: str) -> str:
    """Return SQL of a rank key: rank first, then (mixed ranks) the gap, then the newest filing, then the tie."""
    newest = f"(40000 - ({filed} - DATE '1970-01-01'))"
    return (
        f"(({rank})::BIGINT * 1000000000000000 "
        f"+ CASE WHEN ({rank}) >= 40 THEN least({gap}, 9999) ELSE 0 END * 100000000000 "
        f"+ {newest} * 1000000 + least({gap}, 999) * 1000 + least({tie}, 999))"
    )


def _best(candidates: str, target: str) -> str:
    """Return SQL that makes ``target``: per (entity, item, end) the best candidate as of each day it changes."""
    return f"""
CREATE OR REPLACE TEMP TABLE {target} AS
WITH one AS (
  SELECT * FROM {candidates}
  QUALIFY row_number() OVER (PARTITION BY eid, item, "end", known ORDER BY k, value) = 1),
running AS (
  SELECT eid, item, "end", known,
    arg_min({{'v': value, 's': qstart, 'm': mixed, 'w': weak}}, k) OVER (
      PARTITION BY eid, item, "end" ORDER BY known ROWS UNBOUNDED PRECEDING) AS b
  FROM one),
steps AS (SELECT *, lag(b) OVER (PARTITION BY eid, item, "end" ORDER BY known) AS before FROM running)
SELECT eid, item, "end", known, b.v AS value, b.s AS qstart, b.m AS mixed, b.w AS weak
FROM steps WHERE b IS DISTINCT FROM before;
"""


def quarters() -> str:
    """Return SQL that makes ``quarter``: the discrete quarters of the flows, direct or by difference.

    A difference is on one basis when the longer fact was filed at most 200 days after the shorter one and was not
    restated in between, unless the shorter one had been restated with it; an amendment of the shorter one may follow
    within 45 days. The front of a half year is what its second quarter leaves, in the same filing. Cash-flow lines
    come from the year-to-date statement first: what is tagged for a single quarter there is mostly a note.
    """
    same = (
        "((a.filed - b.filed BETWEEN 0 AND 200 OR (b.restated = b.filed AND b.filed - a.filed BETWEEN 1 AND 45)) "
        "AND (a.restated IS NULL OR a.restated <= b.filed OR coalesce(b.restated > a.old_until, false)))"
    )
    first = f"CASE WHEN item IN {texts(_cash_flow_items())} THEN 10 ELSE 0 END"
    # An industry's line is often a slice: a difference of totals is better, one between a total and a line is none.
    direct = f"CASE WHEN weak > 0 THEN 4 + 2 * weak ELSE {first} END"
    unlike = f"(a.filled <> b.filled OR (a.item IN {texts(ONE_KIND)} AND a.weak <> b.weak))"
    rank = f"CASE WHEN {unlike} THEN 45 WHEN NOT {same} THEN 40 ELSE 5 + 2 * greatest(a.weak, b.weak) END"
    return f"""
CREATE OR REPLACE TEMP TABLE quarter_candidates AS
SELECT eid, item, "end", filed AS known, value, start AS qstart, false AS mixed,
  {_rank(direct, "filed", "0", "abs(days - 91)")} AS k, weak
FROM long WHERE dc = 'Q' AND item IN {texts(_flows())}
UNION ALL
SELECT a.eid, a.item, a."end", greatest(a.filed, b.filed), a.value - b.value, b."end" + 1,
  a.filled <> b.filled OR NOT {same},
  {_rank(rank, "a.filed", "abs(a.filed - b.filed)", 'abs(a."end" - b."end" - 91)')}, {_kind("a.weak", "b.weak")}
FROM long a JOIN long b ON a.eid = b.eid AND a.item = b.item AND a.start = b.start
WHERE a.dc IN ('H', 'N', 'A') AND b.dc IN ('Q', 'H', 'N') AND a."end" - b."end" BETWEEN 70 AND 125
  AND a.item IN {texts(_flows())} AND NOT (a.value < b.value AND a.item IN {_never_negative()})
UNION ALL
SELECT a.eid, a.item, b.start - 1, a.filed, a.value - b.value, a.start, false,
  {_rank("5 + 2 * a.weak", "a.filed", "0", "abs(b.start - a.start - 91)")}, a.weak
FROM long a JOIN long b USING (eid, item, "end", filed)
WHERE a.dc = 'H' AND b.dc = 'Q' AND b.start - a.start BETWEEN 70 AND 125 AND a.weak = b.weak
  AND a.item IN {texts(_income_items())} AND NOT (a.value < b.value AND a.item IN {_never_negative()});
{_best("quarter_candidates", "quarter")}
{_year_less_three_quarters()}
{_recasts()}
DROP TABLE quarter_candidates;
"""


def _recasts() -> str:
    """Return SQL that makes ``recasts``: by how much later filings moved what ``CHECKED`` lines were, and when.

    A stretch that a filing states anew, or a quarter for which its year-to-date statements leave another amount.
    """
    steps = f"""
SELECT eid, item, "end", filed AS known,
  value - lag(value) OVER (PARTITION BY eid, item, start, "end" ORDER BY filed) AS step
FROM long WHERE item IN {texts(CHECKED)}
UNION ALL
SELECT c.eid, c.item, c."end", c.known, c.value - b.before FROM quarter_candidates c JOIN (
  SELECT eid, item, "end", known, lag(value) OVER (PARTITION BY eid, item, "end" ORDER BY known) AS before
  FROM (SELECT eid, item, "end", known, arg_min(value, k) AS value FROM quarter_candidates GROUP BY ALL)) b
  USING (eid, item, "end", known)
WHERE c.item IN {texts(CHECKED)} AND NOT c.mixed"""
    return f"""
CREATE OR REPLACE TEMP TABLE recasts AS
SELECT eid, item, "end", known, max(abs(step)) AS moved FROM ({steps}) WHERE step <> 0 GROUP BY ALL;"""


# Three quarters that are contiguous and begin with the year: every such three, for which of them is known on a day is
# not to be decided by what is filed after it.
THIRDS = """
CREATE OR REPLACE TEMP TABLE thirds AS
WITH ends AS (SELECT DISTINCT eid, "end", qstart FROM quarter)
SELECT k.eid, k.start, k."end", a."end" AS e3, b."end" AS e2, c."end" AS e1,
  a.qstart AS s3, b.qstart AS s2, c.qstart AS s1
FROM (SELECT DISTINCT eid, start, "end" FROM long WHERE dc = 'A') k
JOIN ends a ON a.eid = k.eid AND k."end" - a."end" BETWEEN 70 AND 125
JOIN ends b ON b.eid = k.eid AND b."end" BETWEEN a.qstart - 4 AND a.qstart + 2
JOIN ends c ON c.eid = k.eid AND c."end" BETWEEN b.qstart - 4 AND b.qstart + 2 AND abs(c.qstart - k.start) <= 3;
"""


def _year_less_three_quarters() -> str:
    """Return SQL that adds to ``quarter`` the fourth as the year less the three before it, as known with the year.

    The last resort before mixed bases (30), except where a report has recast the quarters but not the nine months:
    there the year less the nine months would hold the recast of all three (5, before a difference of that report).
    """
    joins = "\n".join(
        f"ASOF JOIN quarter q{n} ON q{n}.eid = t.eid AND q{n}.item = a.item "
        f'AND q{n}."end" = t.e{n} AND a.filed >= q{n}.known'
        for n in (1, 2, 3)
    )
    rank = f"""CASE WHEN item IN {texts(ONE_KIND)} AND weak = {NO_KIND} THEN 45 WHEN mixed THEN 41
    WHEN weak = 0 AND differs(three, nine) AND moved > nine_filed THEN 5 ELSE 30 END"""
    return f"""{THIRDS}
CREATE OR REPLACE TEMP TABLE fourth AS
WITH sums AS (
  SELECT a.eid, a.item, a.start, a."end", a.filed, a.value, t.e3, q1.value + q2.value + q3.value AS three,
    q1.mixed OR q2.mixed OR q3.mixed AS mixed, greatest(q1.known, q2.known, q3.known) AS moved,
    {_kind("a.weak", "q1.weak", "q2.weak", "q3.weak")} AS weak
  FROM long a JOIN thirds t USING (eid, start, "end")
  {joins}
  WHERE a.item IN {texts(_flows())} AND q1.qstart = t.s1 AND q2.qstart = t.s2 AND q3.qstart = t.s3
  QUALIFY row_number() OVER (PARTITION BY a.eid, a.item, a.start, a."end", a.filed
                             ORDER BY t.e3 DESC, t.e2 DESC, t.e1 DESC, t.s1 DESC) = 1),
checked AS (
  SELECT s.*, n.value AS nine, n.filed AS nine_filed FROM sums s
  ASOF LEFT JOIN (SELECT * FROM long WHERE dc = 'N') n
    ON n.eid = s.eid AND n.item = s.item AND n.start = s.start AND n."end" = s.e3 AND s.filed >= n.filed)
SELECT eid, item, "end", filed AS known, value - three AS value, e3 + 1 AS qstart, mixed,
  {_rank(rank, "filed", "0", "0")} AS k, weak
FROM checked WHERE NOT (value < three AND item IN {_never_negative()});
CREATE OR REPLACE TEMP TABLE fourth_candidates AS
SELECT * FROM fourth UNION ALL SELECT * FROM quarter_candidates SEMI JOIN fourth USING (eid, item, "end");
{_best("fourth_candidates", "fourth_best")}
DELETE FROM quarter USING (SELECT DISTINCT eid, item, "end" FROM fourth) f
WHERE quarter.eid = f.eid AND quarter.item = f.item AND quarter."end" = f."end";
INSERT INTO quarter SELECT * FROM fourth_best;
DROP TABLE fourth_candidates;
DROP TABLE fourth_best;
DROP TABLE fourth;
DROP TABLE thirds;
"""


# For a year-to-date period: the fiscal year before it and the stretches of that year that may be the same one. Of
# several such years the one that was known with the period: what is filed later may not move what was known.
LINKS = """
CREATE OR REPLACE TEMP TABLE keys AS SELECT eid, start, "end", days, dc, min(filed) AS born FROM long GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE links AS
WITH year AS (
  SELECT c.eid, c.start, c."end", c.days, a.start AS a_start, a."end" AS a_end
  FROM keys c JOIN keys a ON a.eid = c.eid AND a.dc = 'A' AND a."end" BETWEEN c.start - 4 AND c.start + 2
  WHERE c.dc <> 'A'
  QUALIFY row_number() OVER (PARTITION BY c.eid, c.start, c."end"
                             ORDER BY greatest(c.born, a.born), abs(c.start - 1 - a."end"), a."end" DESC,
                               abs(a.days - 365), a.start) = 1)
SELECT y.*, b."end" AS b_end, abs(b.days - y.days) AS apart FROM year y
JOIN keys b ON b.eid = y.eid AND b.start = y.a_start AND b.dc <> 'A' AND b."end" < y.a_end
  AND abs(b.days - y.days) <= 10;
"""


def twelve_months() -> str:
    """Return SQL that makes ``ttm``: the twelve months of the flows to each period end.

    At the fiscal year end the year itself; else year + year to date - the same stretch of the year before, both
    stretches from one filing (10), or the earlier stretch as it was known before (20); else the sum of four
    contiguous quarters (30). A filing that recasts the earlier stretch but not the year still compares like with
    like, where the older stretch would leave the recast in the sum: it comes before the quarters and is mixed (25).
    A year restated after the stretch that is taken off is mixed and comes last (40).
    """
    flows = texts(_flows())
    summed = f"CASE WHEN item IN {texts(ONE_KIND)} AND weak = {NO_KIND} THEN 46 WHEN mixed THEN 41 ELSE 30 END"
    return f"""
CREATE OR REPLACE TEMP TABLE operands AS
WITH c AS (
  SELECT l.eid, l.item, l.start, l."end", l.filed, l.value, l.filled, l.weak, k.a_start, k.a_end, k.b_end, k.apart
  FROM long l JOIN links k USING (eid, start, "end") WHERE l.item IN {flows}),
year AS (
  SELECT c.*, a.filed AS a_filed, a.value AS a, a.restated AS a_restated, a.filled AS a_filled, a.weak AS a_weak
  FROM c ASOF JOIN long a ON a.eid = c.eid AND a.item = c.item AND a.start = c.a_start AND a."end" = c.a_end
    AND c.filed >= a.filed),
same AS (
  SELECT y.*, b.value AS b_same, b.weak AS b_same_weak FROM year y
  LEFT JOIN long b ON b.eid = y.eid AND b.item = y.item AND b.start = y.a_start AND b."end" = y.b_end
    AND b.filed = y.filed),
old AS (
  SELECT s.*, b.value AS b_old, b.filed AS b_old_filed, b.weak AS b_old_weak FROM same s
  ASOF LEFT JOIN long b ON b.eid = s.eid AND b.item = s.item AND b.start = s.a_start AND b."end" = s.b_end
    AND s.a_filed >= b.filed)
SELECT o.*, b.value AS b_new, b.filed AS b_new_filed, b.weak AS b_new_weak FROM old o
ASOF LEFT JOIN long b ON b.eid = o.eid AND b.item = o.item AND b.start = o.a_start AND b."end" = o.b_end
  AND o.filed >= b.filed
QUALIFY row_number() OVER (
  PARTITION BY o.eid, o.item, o.start, o."end", o.filed
  ORDER BY o.b_same IS NULL, o.b_old IS NULL, b.value IS NULL, o.apart, o.b_end) = 1;
CREATE OR REPLACE TEMP TABLE ttm_candidates AS
SELECT eid, item, "end", filed AS known, value, start AS qstart, false AS mixed,
  {_rank("0", "filed", "0", "abs(days - 365)")} AS k, weak
FROM long WHERE dc = 'A' AND item IN {flows}
UNION ALL
SELECT eid, item, "end", filed, a + value - b, start, rank >= 25, {_rank("rank", "filed", "0", "0")},
  {_kind("weak", "a_weak", "b_weak")}
FROM (
  SELECT *, recast OR b_old IS NULL OR b_new_filed >= a_restated AS newer,
    coalesce(b_same, CASE WHEN newer THEN b_new ELSE b_old END) AS b,
    CASE WHEN b_same IS NOT NULL THEN b_same_weak WHEN newer THEN b_new_weak ELSE b_old_weak END AS b_weak,
    CASE WHEN filled <> a_filled OR (item IN {texts(ONE_KIND)} AND (weak <> a_weak OR weak <> b_weak)) THEN 45
         WHEN recast THEN 25 WHEN b_same IS NOT NULL THEN 10
         WHEN overtaken AND b_new_filed < a_restated THEN 40 ELSE 20 END AS rank
  FROM (
    SELECT *, NOT overtaken AND coalesce(differs(coalesce(b_same, b_new), b_old), false) AS recast
    FROM (SELECT *, coalesce(a_restated > b_old_filed, false) AS overtaken FROM operands)))
WHERE b IS NOT NULL AND NOT (a + value < b AND item IN {_never_negative()});
{_four_quarters(flows)}
INSERT INTO ttm_candidates
SELECT eid, item, "end", known, value, qstart, mixed, {_rank(summed, "known", "0", "0")},
  weak
FROM four WHERE value IS NOT NULL AND NOT (value < 0 AND item IN {_never_negative()});
{_best("ttm_candidates", "ttm")}
DROP TABLE ttm_candidates;
DROP TABLE operands;
"""


def _four_quarters(flows: str) -> str:
    """Return SQL that makes ``four``: the sum of the quarter and the three before it, as each of them becomes known.

    Which quarters follow each other is told by what was known when the later one was, else by what came first.
    """
    slots = ", ".join(
        f"last_value(CASE WHEN slot = {slot} THEN {name} END IGNORE NULLS) OVER w AS {letter}{slot}"
        for name, letter in (("value", "q"), ("weak", "w"))
        for slot in range(4)
    )
    return f"""
CREATE OR REPLACE TEMP TABLE chain AS
WITH ends AS (
  SELECT eid, "end", known AS born, qstart FROM quarter
  QUALIFY row_number() OVER (PARTITION BY eid, "end" ORDER BY known, qstart) = 1),
step AS (
  SELECT e.eid, e."end", e.qstart, p."end" AS prior FROM ends e
  LEFT JOIN ends p ON p.eid = e.eid AND p."end" BETWEEN e.qstart - 5 AND e.qstart + 3
  QUALIFY row_number() OVER (PARTITION BY e.eid, e."end"
                             ORDER BY greatest(e.born, p.born), abs(e.qstart - 1 - p."end"), p."end") = 1),
four AS (
  SELECT a.eid, a."end", a.prior AS e1, b.prior AS e2, c.prior AS e3, d.qstart AS first_day FROM step a
  JOIN step b ON b.eid = a.eid AND b."end" = a.prior
  JOIN step c ON c.eid = a.eid AND c."end" = b.prior
  JOIN step d ON d.eid = a.eid AND d."end" = c.prior
  WHERE a."end" - d.qstart + 1 BETWEEN 357 AND 378)
SELECT eid, "end", unnest([
    {{'slot': 0, 'q': "end"}}, {{'slot': 1, 'q': e1}}, {{'slot': 2, 'q': e2}}, {{'slot': 3, 'q': e3}}],
  recursive := true) FROM four;
CREATE OR REPLACE TEMP TABLE four AS
WITH pieces AS (
  SELECT c.eid, q.item, c."end", c.slot, q.known, q.value, q.mixed, q.weak
  FROM chain c JOIN quarter q ON q.eid = c.eid AND q."end" = c.q WHERE q.item IN {flows}),
filled AS (
  SELECT p.eid, p.item, p."end", p.known, {slots}, bool_or(p.mixed) OVER w AS mixed
  FROM pieces p
  WINDOW w AS (PARTITION BY p.eid, p.item, p."end" ORDER BY p.known))
SELECT DISTINCT eid, item, "end", known, q0 + q1 + q2 + q3 AS value, NULL::DATE AS qstart, mixed,
  {_kind("w0", "w1", "w2", "w3")} AS weak
FROM filled;
"""


def points() -> str:
    """Return SQL that makes ``point``: share counts and per-share figures of single quarters and of fiscal years.

    They are never added up or differenced; ``known`` is the filing day, whose split basis they are on.
    """
    return f"""
CREATE OR REPLACE TEMP TABLE point AS
SELECT eid, item || CASE dc WHEN 'Q' THEN '_q' ELSE '_fy' END AS item, "end", filed AS known, value
FROM long WHERE dc IN ('Q', 'A') AND item IN {texts(_point_items())}
QUALIFY row_number() OVER (PARTITION BY eid, item, "end", dc, filed
                           ORDER BY abs(days - CASE dc WHEN 'Q' THEN 91 ELSE 365 END), start) = 1;
"""


def point_columns() -> tuple[str, ...]:
    """Return the names that ``points`` gives, in table order."""
    return tuple(f"{name}_{kind}" for name in _point_items() for kind in ("q", "fy"))


def flow_columns() -> tuple[str, ...]:
    """Return the flow items, in table order."""
    return _flows()
