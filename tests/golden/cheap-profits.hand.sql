-- The same list written by hand: earnings yield among companies above 100 million, profitable and growing.
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
ranked AS (
    SELECT *, net_income_to_common / market_cap AS earnings_yield
    FROM sized WHERE market_cap > 100e6
),
scored AS (
    SELECT *, CASE WHEN earnings_yield IS NULL THEN 0 ELSE 100.0 * (count(*) OVER ()
              - rank() OVER (ORDER BY earnings_yield DESC NULLS LAST) + 1) / count(*) OVER () END AS score
    FROM ranked
)
SELECT s.ticker, s.score
FROM scored AS s JOIN fundamentals AS y ON y.issuer_id = s.issuer_id AND y.quarter_index = s.quarter_index - 4
 AND y.known_from <= DATE '2025-06-27' AND y.known_until > DATE '2025-06-27'
WHERE s.net_income > 0 AND y.revenue > 0 AND s.revenue / y.revenue - 1 > 0.05
ORDER BY s.score DESC, s.market_cap DESC, s.ticker
