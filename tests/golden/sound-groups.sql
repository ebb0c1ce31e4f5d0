WITH
dates(as_of) AS (
  VALUES (DATE '2025-06-27')
),
latest AS (
  SELECT
    d.as_of AS "as_of",
    f."issuer_id" AS "issuer_id",
    f."period_end" AS "period_end",
    f."known_from" AS "known_from",
    f."quarter_index" AS "quarter_index",
    f."form" AS "form",
    f."share_basis" AS "share_basis",
    f."shares_outstanding" AS "shares_outstanding",
    f."shares_diluted_q" AS "shares_diluted_q",
    f."equity" AS "equity",
    f."flags" AS "flags",
    f."net_income" AS "net_income",
    f."cfo" AS "cfo",
    f."cash" AS "cash",
    f."total_assets" AS "total_assets"
  FROM dates AS d JOIN fundamentals AS f ON f.known_from <= d.as_of AND f.latest_until > d.as_of AND f.stale_from > d.as_of
  WHERE f.known_from <= DATE '2025-06-27' AND f.latest_until > DATE '2025-06-27' AND f.stale_from > DATE '2025-06-27' AND f.currency = 'USD'
),
quote AS (
  SELECT k.as_of, k.issuer_id, p.*
  FROM (SELECT d.as_of, l.issuer_id, l.listing_id FROM dates AS d CROSS JOIN listings AS l WHERE l.is_primary) AS k
  ASOF JOIN (SELECT * FROM prices WHERE date BETWEEN DATE '2025-06-17' AND DATE '2025-06-27') AS p ON p.listing_id = k.listing_id AND p.date <= k.as_of
  WHERE p.date >= k.as_of - 10
),
candidates AS (
  SELECT
    d.as_of AS "as_of",
    c.issuer_id AS "issuer_id",
    c.cik AS "cik",
    p.close * f.shares_outstanding * f.share_basis * CASE WHEN c.cik = 1067983 AND l.ticker = 'BRK-B' AND f.shares_outstanding <= 10000000.0 THEN 1500 ELSE 1.0 END AS "value@",
    l.ticker AS "ticker",
    coalesce(c.name, l.ticker, 'issuer ' || c.issuer_id) AS "name",
    coalesce(k.sector, c.sector) AS "sector",
    CASE WHEN NOT coalesce(l.security_type = 'adr' AND NOT coalesce(f.form LIKE '10-%', false), false) AND "value@" BETWEEN 1 AND 10000000000000 AND NOT coalesce(contains(f.flags, 'basis_doubtful'), false) AND coalesce(p.dollar_volume_3m <= CASE WHEN c.source IN ('simfin') THEN 0.1 ELSE 0.25 END * "value@", true) AND NOT coalesce(c.source IN ('simfin') AND "value@" < 0.1 * f.equity, false) THEN "value@" END AS "market_cap",
    f.period_end AS "period_end",
    f.known_from AS "known_from",
    p.date AS "price_date",
    f.flags AS "data_flags",
    f."net_income" AS "net_income",
    f."cfo" AS "cfo",
    f."cash" AS "cash",
    f."total_assets" AS "total_assets",
    f."equity" AS "equity"
  FROM dates AS d CROSS JOIN companies AS c
  ASOF LEFT JOIN classifications AS k ON k.issuer_id = c.issuer_id AND k.known_from <= d.as_of
  LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary
  LEFT JOIN latest AS f ON f.as_of = d.as_of AND f.issuer_id = c.issuer_id
  LEFT JOIN quote AS p ON p.as_of = d.as_of AND p.issuer_id = c.issuer_id
  WHERE (f.issuer_id IS NOT NULL OR p.listing_id IS NOT NULL) AND coalesce(l.last_date >= least(d.as_of, (SELECT max(last_date) FROM listings)) - 10, true)
),
tested AS (
  SELECT *, coalesce(u1, false) AS eligible FROM (
  SELECT
    "as_of",
    "issuer_id",
    "cik",
    "ticker",
    "name",
    "sector",
    "market_cap",
    "period_end",
    "known_from",
    "price_date",
    "data_flags",
    ("market_cap" > 100000000.0) AS "u1"
  FROM candidates)
),
fiscal_years AS (
  SELECT l.as_of, l.issuer_id, min(l.quarter_index - h.quarter_index) AS back
  FROM latest AS l
  JOIN tested AS t ON t.as_of = l.as_of AND t.issuer_id = l.issuer_id AND t.eligible
  JOIN fundamentals AS h ON h.issuer_id = l.issuer_id AND l.quarter_index - h.quarter_index BETWEEN 0 AND 3 AND h.fiscal_quarter = 4 AND h.known_from <= l.as_of AND h.known_until > l.as_of
  WHERE h.currency = 'USD' AND h.known_from <= DATE '2025-06-27' AND h.known_until > DATE '2025-06-27'
  GROUP BY l.as_of, l.issuer_id
),
history AS (
  SELECT
    l.as_of AS "as_of",
    l.issuer_id AS "issuer_id",
    l.quarter_index - h.quarter_index AS "back",
    h."revenue" AS "revenue"
  FROM latest AS l
  JOIN tested AS t ON t.as_of = l.as_of AND t.issuer_id = l.issuer_id AND t.eligible
  JOIN fundamentals AS h ON h.issuer_id = l.issuer_id AND l.quarter_index - h.quarter_index IN (0, 1, 2, 3, 4) AND h.known_from <= l.as_of AND h.known_until > l.as_of
  WHERE h.currency = 'USD' AND h.period_end >= DATE '2022-12-22' AND h.known_from <= DATE '2025-06-27' AND h.known_until > DATE '2025-06-27'
),
observed AS (
  SELECT
    c.*,
    h4."revenue" AS "revenue@4",
    y0."revenue" AS "revenue@fy"
  FROM candidates AS c
  JOIN tested AS t ON t.as_of = c.as_of AND t.issuer_id = c.issuer_id AND t.eligible
  LEFT JOIN history AS h4 ON h4.as_of = c.as_of AND h4.issuer_id = c.issuer_id AND h4.back = 4
  LEFT JOIN fiscal_years AS y ON y.as_of = c.as_of AND y.issuer_id = c.issuer_id
  LEFT JOIN history AS y0 ON y0.as_of = c.as_of AND y0.issuer_id = c.issuer_id AND y0.back = y.back + 0
),
judged AS (
  SELECT
    "as_of",
    "issuer_id",
    "cik",
    "ticker",
    "name",
    "sector",
    "market_cap",
    "period_end",
    "known_from",
    "price_date",
    "data_flags",
    ("market_cap" > 100000000.0) AS "u1",
    (("net_income" > 0.0) OR ("cfo" > 0.0)) AS "r1",
    (CASE WHEN (coalesce(("cash" > (0.05 * "total_assets")), false)::INT + coalesce(("revenue@fy" > "revenue@4"), false)::INT + coalesce(("equity" > 0.0), false)::INT) >= 2.0 THEN true WHEN NOT (coalesce(("cash" > (0.05 * "total_assets")), true)::INT + coalesce(("revenue@fy" > "revenue@4"), true)::INT + coalesce(("equity" > 0.0), true)::INT) >= 2.0 THEN false END) AS "r2",
    "cash" AS "f1",
    CASE WHEN "cash" IS NOT NULL THEN 2 ELSE 0 END AS "f1_class",
    "equity" AS "f2",
    CASE WHEN "equity" IS NOT NULL THEN 2 ELSE 0 END AS "f2_class"
  FROM observed
),
surviving AS (
  SELECT *,
    coalesce(u1, false) AS in_universe,
    coalesce(r1, false) AND coalesce(r2, false) AS follows_rules
  FROM judged
),
ranked AS (
  SELECT *, CASE WHEN follows_rules THEN row_number() OVER (PARTITION BY as_of, follows_rules ORDER BY score DESC NULLS LAST, market_cap DESC NULLS LAST, ticker NULLS LAST, issuer_id) END AS rank
  FROM (SELECT * REPLACE (CASE WHEN score IS NOT NULL THEN 100.0 * (count(score) OVER (PARTITION BY as_of) - (rank() OVER (PARTITION BY as_of ORDER BY round(score, 9) DESC NULLS LAST) + (count(*) OVER (PARTITION BY as_of, round(score, 9)) - 1) / 2.0) + 1) / count(score) OVER (PARTITION BY as_of) END AS score) FROM (SELECT *, ((coalesce(1.0 * f1_pct, 0.0) + 3.0 * f2_pct) / nullif(CASE WHEN f1_pct IS NOT NULL THEN 1.0 ELSE 0.0 END + 3.0, 0.0)) AS score FROM (
  SELECT
    *,
    CASE f1_class WHEN 0 THEN NULL WHEN 1 THEN 0.0 ELSE 100.0 * (count(*) OVER (PARTITION BY as_of) - (rank() OVER (PARTITION BY as_of ORDER BY f1_class DESC, f1 DESC NULLS LAST) + (count(*) OVER (PARTITION BY as_of, f1_class, f1) - 1) / 2.0) + 1) / count(*) OVER (PARTITION BY as_of) END AS "f1_pct",
    'universe' AS "f1_peers",
    CASE f2_class WHEN 0 THEN 0.0 WHEN 1 THEN 0.0 ELSE 100.0 * (count(*) OVER (PARTITION BY as_of) - (rank() OVER (PARTITION BY as_of ORDER BY f2_class DESC, f2 DESC NULLS LAST) + (count(*) OVER (PARTITION BY as_of, f2_class, f2) - 1) / 2.0) + 1) / count(*) OVER (PARTITION BY as_of) END AS "f2_pct",
    'universe' AS "f2_peers"
  FROM surviving
  )))
  UNION ALL BY NAME SELECT * EXCLUDE (eligible), false AS in_universe FROM tested WHERE NOT eligible
),
placed_1 AS (
  SELECT *, rank IS NOT NULL AND row_number() OVER (PARTITION BY as_of, rank IS NOT NULL, "sector" ORDER BY rank) <= 5 AS kept_1
  FROM ranked
),
placed AS (
  SELECT *, CASE WHEN kept_1 THEN row_number() OVER (PARTITION BY as_of, kept_1 ORDER BY rank) END AS place
  FROM placed_1
)
SELECT "as_of", "issuer_id", "cik", "ticker", "name", "sector", "market_cap", "period_end", "known_from", "price_date", "data_flags", "in_universe", "u1", "r1", "r2", "f1", "f2", "f1_pct", "f1_peers", "f2_pct", "f2_peers",
  in_universe AND follows_rules AS passed, score, rank, place
FROM placed
