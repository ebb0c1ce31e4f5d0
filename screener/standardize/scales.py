"""Amounts that a filing states in thousands or millions as if they were units: found against what was filed before."""

from __future__ import annotations

# Of the amounts that a filing shares with earlier ones, so many off by one power of ten make the whole filing wrong.
FILING_SHARE = 0.6
FEWEST = 5
# An amount is of the size of another within this factor.
SIZE = 30

# Only amounts that are too small are moved, and only where at least two earlier filings show the tag at the larger
# size, more than at the smaller one: a correction of an amount that was a thousand times too large stays as it is.
# Amounts of a period that no earlier filing stated are moved with their filing, never for their size alone.
MENDED = f"""
CREATE OR REPLACE TEMP TABLE money AS
SELECT r.issuer_id, r.tag, r.start, r."end", r.filed, r.accession, r.unit AS currency,
  abs(r.value) AS v
FROM raw_facts r JOIN filings f USING (issuer_id, filed, accession)
WHERE r.unit = f.currency AND r.value <> 0;
CREATE OR REPLACE TEMP TABLE shared AS
SELECT *, CASE WHEN abs(most / v / 1e3 - 1) <= 0.001 THEN 1e3 WHEN abs(most / v / 1e6 - 1) <= 0.001 THEN 1e6
               ELSE 1.0 END AS power
FROM (SELECT *, max(v) OVER (PARTITION BY issuer_id, tag, start, "end" ORDER BY filed
        RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 DAY PRECEDING) AS most FROM money)
WHERE most IS NOT NULL;
CREATE OR REPLACE TEMP TABLE too_small AS
SELECT s.issuer_id, s.tag, s.start, s."end", s.filed, s.accession, s.currency, s.power
FROM shared s JOIN money h ON h.issuer_id = s.issuer_id AND h.tag = s.tag AND h.filed < s.filed
WHERE s.power > 1 GROUP BY ALL
HAVING count(DISTINCT CASE WHEN h.v BETWEEN s.v * s.power / {SIZE} AND s.v * s.power * {SIZE} THEN h.accession END)
  > greatest(1, count(DISTINCT CASE WHEN h.v BETWEEN s.v / {SIZE} AND s.v * {SIZE} THEN h.accession END));
CREATE OR REPLACE TEMP TABLE scaled_filings AS
WITH totals AS (SELECT issuer_id, filed, accession, count(*) AS n FROM shared GROUP BY ALL),
wrong AS (SELECT issuer_id, filed, accession, power, count(*) AS n FROM too_small GROUP BY ALL)
SELECT w.issuer_id, w.filed, w.accession, w.power FROM wrong w JOIN totals t USING (issuer_id, filed, accession)
WHERE w.n >= {FEWEST} AND w.n >= {FILING_SHARE} * t.n;
CREATE OR REPLACE TEMP TABLE scales AS
SELECT m.issuer_id, m.tag, m.start, m."end", m.filed, m.accession, m.currency, f.power
FROM money m JOIN scaled_filings f USING (issuer_id, filed, accession)
UNION ALL
SELECT * FROM too_small ANTI JOIN scaled_filings USING (issuer_id, filed, accession);
UPDATE raw_facts SET value = value * s.power FROM scales s
WHERE raw_facts.issuer_id = s.issuer_id AND raw_facts.tag = s.tag AND raw_facts.start IS NOT DISTINCT FROM s.start
  AND raw_facts."end" = s."end" AND raw_facts.filed = s.filed AND raw_facts.accession = s.accession
  AND raw_facts.unit = s.currency;
CREATE OR REPLACE TEMP TABLE scale_fixes AS
SELECT DISTINCT e.eid, s."end", s.filed FROM scales s JOIN entities e USING (issuer_id);
DROP TABLE money;
DROP TABLE shared;
DROP TABLE too_small;
"""
