"""Quarters that a filing states with the first day of the year: found in its own table of quarters."""

from __future__ import annotations

# A stretch that is what the year and the three other quarters of the same filing leave is the quarter, not the year to
# date, which holds the quarters before it too; they must be large enough to tell the two apart.
EXACT = 0.0005
TELLING = 0.05

_REST = "a.value - q1.value - o.value - q4.value"
_SAME = "{0}.issuer_id = a.issuer_id AND {0}.accession = a.accession AND {0}.tag = a.tag AND {0}.unit = a.unit"
_TABLE = 'issuer_id, accession, filed, tag, unit, start, "end", value, dur_class("end" - start + 1) AS dc'


def _found(dc: str, other: str, first: str) -> str:
    return f"""
SELECT a.issuer_id, a.accession, a.filed, a.tag, a.unit, h.start, h."end", {first} AS first_day
FROM told a
JOIN told q1 ON {_SAME.format("q1")} AND q1.start = a.start
JOIN told h ON {_SAME.format("h")} AND h.start = a.start
JOIN told o ON {_SAME.format("o")}
JOIN told q4 ON {_SAME.format("q4")} AND q4."end" = a."end"
WHERE a.dc = 'A' AND q1.dc = 'Q' AND h.dc = '{dc}' AND o.dc = 'Q' AND q4.dc = 'Q' AND {other}
  AND abs({_REST} - h.value) <= {EXACT} * abs(h.value)
  AND abs({"q1.value" if dc == "H" else "q1.value + o.value"}) > {TELLING} * abs(h.value)"""


MENDED = f"""
CREATE OR REPLACE TEMP TABLE told AS
SELECT {_TABLE} FROM raw_facts r SEMI JOIN (
  SELECT issuer_id, accession, tag, unit FROM raw_facts WHERE start IS NOT NULL AND unit NOT LIKE '%shares'
  GROUP BY ALL HAVING count(*) FILTER (dur_class("end" - start + 1) = 'A') > 0
    AND count(*) FILTER (dur_class("end" - start + 1) = 'Q') > 2
    AND count(*) FILTER (dur_class("end" - start + 1) IN ('H', 'N')) > 0) t USING (issuer_id, accession, tag, unit)
WHERE start IS NOT NULL;
CREATE OR REPLACE TEMP TABLE misdated AS
SELECT * FROM ({_found("H", 'o.start = h."end" + 1 AND q4.start = o."end" + 1', 'q1."end" + 1')}
UNION ALL {_found("N", 'o.start = q1."end" + 1 AND q4.start = h."end" + 1', 'o."end" + 1')})
QUALIFY row_number() OVER (PARTITION BY issuer_id, accession, tag, unit, start, "end" ORDER BY first_day) = 1;
UPDATE raw_facts SET start = m.first_day FROM misdated m
WHERE raw_facts.issuer_id = m.issuer_id AND raw_facts.accession = m.accession AND raw_facts.tag = m.tag
  AND raw_facts.unit = m.unit AND raw_facts.start = m.start AND raw_facts."end" = m."end";
CREATE OR REPLACE TEMP TABLE period_fixes AS
SELECT DISTINCT e.eid, m."end", m.filed FROM misdated m JOIN entities e USING (issuer_id);
DROP TABLE told;
DROP TABLE misdated;
"""
