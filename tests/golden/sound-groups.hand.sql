-- The same list written by hand: cash (a quarter) and equity among companies above 100 million, made a percentile again.
WITH newest AS (
    SELECT * FROM fundamentals
    WHERE known_from <= DATE '2025-06-27' AND latest_until > DATE '2025-06-27' AND stale_from > DATE '2025-06-27'
      AND currency = 'USD'
),
sized AS (
    SELECT l.ticker, f.*, p.close * f.shares_outstanding * f.share_basis AS market_cap
    FROM newest AS f
    JOIN listings AS l ON l.issuer_id = f.issuer_id AND l.is_primary AND l.security_type <> 'adr'
    JOIN prices AS p ON p.listing_id = l.listing_id AND p.date = DATE '2025-06-27'
    WHERE p.dollar_volume_3m <= 0.25 * p.close * f.shares_outstanding * f.share_basis
),
placed AS (
    SELECT *, count(*) OVER () AS names,
        rank() OVER (ORDER BY cash DESC NULLS LAST) + (count(*) OVER (PARTITION BY cash) - 1) / 2.0 AS cash_place,
        rank() OVER (ORDER BY equity DESC NULLS LAST) + (count(*) OVER (PARTITION BY equity) - 1) / 2.0 AS equity_place
    FROM sized WHERE market_cap > 100e6
),
weighed AS (
    SELECT *, 100.0 * (names - cash_place + 1) / names AS cash_share,
        CASE WHEN equity IS NULL THEN 0 ELSE 100.0 * (names - equity_place + 1) / names END AS equity_share,
        round(CASE WHEN cash IS NULL THEN equity_share ELSE (cash_share + 3 * equity_share) / 4 END, 9) AS mean
    FROM placed
),
scored AS (
    SELECT *, 100.0 * (names - (rank() OVER (ORDER BY mean DESC)
              + (count(*) OVER (PARTITION BY mean) - 1) / 2.0) + 1) / names AS score
    FROM weighed
),
earlier AS (
    SELECT s.issuer_id, s.quarter_index - h.quarter_index AS back, h.fiscal_quarter, h.revenue
    FROM scored AS s JOIN fundamentals AS h ON h.issuer_id = s.issuer_id
     AND h.known_from <= DATE '2025-06-27' AND h.known_until > DATE '2025-06-27'
),
years AS (
    SELECT issuer_id, arg_min(revenue, back) FILTER (fiscal_quarter = 4 AND back BETWEEN 0 AND 3) AS fiscal_year,
        max(revenue) FILTER (back = 4) AS year_ago
    FROM earlier GROUP BY issuer_id
)
SELECT s.ticker, s.score
FROM scored AS s JOIN years AS y ON y.issuer_id = s.issuer_id
WHERE (s.net_income > 0 OR s.cfo > 0)
  AND coalesce(s.cash > 0.05 * s.total_assets, false)::INT + coalesce(y.fiscal_year > y.year_ago, false)::INT
    + coalesce(s.equity > 0, false)::INT >= 2
ORDER BY s.score DESC, s.market_cap DESC, s.ticker
