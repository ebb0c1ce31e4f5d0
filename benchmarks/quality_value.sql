-- The quality-value screen as an analyst would write it by hand over the same tables; $as_of is the day.
WITH quote AS (
    SELECT l.issuer_id, l.ticker, p.close, p.dollar_volume_3m, p.close * p.split_factor AS price,
           p.adj_close / p.adj_close_12m - 1 AS price_change_12m
    FROM listings AS l JOIN prices AS p USING (listing_id)
    WHERE l.is_primary AND p.date BETWEEN DATE '$as_of' - 10 AND DATE '$as_of'
    QUALIFY row_number() OVER (PARTITION BY l.issuer_id ORDER BY p.date DESC) = 1
),
latest AS (
    SELECT f.*, c.name, c.sector, c.is_shell, c.model, q.ticker, q.price, q.dollar_volume_3m, q.price_change_12m,
           q.close * f.shares_outstanding * f.share_basis AS market_cap
    FROM fundamentals AS f JOIN companies AS c USING (issuer_id) JOIN quote AS q USING (issuer_id)
    WHERE f.known_from <= DATE '$as_of' AND f.latest_until > DATE '$as_of' AND f.stale_from > DATE '$as_of'
      AND f.currency = 'USD'
),
universe AS (
    SELECT * FROM latest
    WHERE market_cap BETWEEN 300e6 AND 3e9 AND price >= 2 AND dollar_volume_3m >= 500e3
      AND sector NOT IN ('Financials', 'Real Estate') AND NOT is_shell
),
years AS (
    SELECT u.issuer_id, (u.quarter_index - h.quarter_index) // 4 AS back, h.*
    FROM universe AS u JOIN fundamentals AS h ON h.issuer_id = u.issuer_id
     AND h.quarter_index IN (u.quarter_index, u.quarter_index - 4, u.quarter_index - 8, u.quarter_index - 12,
                             u.quarter_index - 16, u.quarter_index - 20)
    WHERE h.known_from <= DATE '$as_of' AND h.known_until > DATE '$as_of'
),
capital AS (
    SELECT issuer_id, back, net_income, total_assets, gross_profit, revenue,
           equity_incl_nci + coalesce(temp_equity, 0) + total_debt - cash - coalesce(short_term_investments, 0) AS ic,
           operating_income * (1 - coalesce(CASE WHEN income_tax / nullif(pretax_income, 0) IS NOT NULL
               THEN least(greatest(income_tax / nullif(pretax_income, 0), 0), 0.35) END, 0.21)) AS nopat
    FROM years
),
yearly AS (
    SELECT a.issuer_id, a.back, a.net_income, a.total_assets, coalesce((a.total_assets + b.total_assets) / 2, a.total_assets) AS avg_assets,
           CASE WHEN a.revenue > 0 THEN a.gross_profit / a.revenue END AS gross_margin,
           CASE WHEN coalesce((a.ic + b.ic) / 2, a.ic) > 0 AND coalesce((a.ic + b.ic) / 2, a.ic) >= 0.05 * a.total_assets
                THEN a.nopat / coalesce((a.ic + b.ic) / 2, a.ic) END AS roic
    FROM capital AS a LEFT JOIN capital AS b ON b.issuer_id = a.issuer_id AND b.back = a.back + 1
    WHERE a.back <= 4
),
history AS (
    SELECT issuer_id, count(*) FILTER (net_income > 0) AS profits,
           CASE WHEN count(roic) >= 3 THEN avg(roic) END AS roic_5y,
           CASE WHEN count(gross_margin) >= 3 THEN stddev_samp(gross_margin) END AS margin_sd,
           max(roic) FILTER (back = 0) AS roic, max(avg_assets) FILTER (back = 0) AS avg_assets
    FROM yearly GROUP BY issuer_id
),
measured AS (
    SELECT u.*, h.*,
           u.cfo - u.capex - coalesce(u.capitalized_software, 0) AS fcf,
           u.total_debt - u.cash - coalesce(u.short_term_investments, 0) AS net_debt,
           u.operating_income + u.da AS ebitda,
           u.market_cap + u.total_debt + coalesce(u.preferred, 0) + coalesce(u.minority_interest, 0)
               + coalesce(u.redeemable_nci, 0) - u.cash - coalesce(u.short_term_investments, 0) AS ev
    FROM universe AS u LEFT JOIN history AS h USING (issuer_id)
),
factors AS (
    SELECT *, CASE WHEN model <> 'reit' AND total_assets > 0 THEN gross_profit / total_assets END AS gp_assets,
           (net_income - cfo) / nullif(avg_assets, 0) AS accruals,
           CASE WHEN ev > 0 THEN operating_income / ev END AS ebit_yield, fcf / market_cap AS fcf_yield
    FROM measured
),
ranked AS (
    SELECT *,
        CASE WHEN roic IS NULL THEN 0 ELSE 100.0 * (count(*) OVER () - rank() OVER (ORDER BY roic DESC NULLS LAST) + 1) / count(*) OVER () END AS p1,
        CASE WHEN gp_assets IS NULL THEN 0 ELSE 100.0 * (count(*) OVER () - rank() OVER (ORDER BY gp_assets DESC NULLS LAST) + 1) / count(*) OVER () END AS p2,
        CASE WHEN accruals IS NULL THEN 0 ELSE 100.0 * (count(*) OVER () - rank() OVER (ORDER BY accruals ASC NULLS LAST) + 1) / count(*) OVER () END AS p3,
        count(*) OVER (PARTITION BY sector) AS peers,
        CASE WHEN ebit_yield IS NULL THEN 0 ELSE 100.0 * (count(*) OVER (PARTITION BY sector) - rank() OVER (PARTITION BY sector ORDER BY ebit_yield DESC NULLS LAST) + 1) / count(*) OVER (PARTITION BY sector) END AS p4s,
        CASE WHEN ebit_yield IS NULL THEN 0 ELSE 100.0 * (count(*) OVER () - rank() OVER (ORDER BY ebit_yield DESC NULLS LAST) + 1) / count(*) OVER () END AS p4u,
        CASE WHEN fcf_yield IS NULL THEN 0 ELSE 100.0 * (count(*) OVER (PARTITION BY sector) - rank() OVER (PARTITION BY sector ORDER BY fcf_yield DESC NULLS LAST) + 1) / count(*) OVER (PARTITION BY sector) END AS p5s,
        CASE WHEN fcf_yield IS NULL THEN 0 ELSE 100.0 * (count(*) OVER () - rank() OVER (ORDER BY fcf_yield DESC NULLS LAST) + 1) / count(*) OVER () END AS p5u
    FROM factors
)
SELECT ticker,
       (50 * (p1 + p2 + 0.5 * p3) / 2.5
        + 50 * (2 * CASE WHEN peers >= 10 THEN p4s ELSE p4u END + CASE WHEN peers >= 10 THEN p5s ELSE p5u END) / 3) / 100 AS score,
       market_cap, roic, ebit_yield, fcf_yield, price_change_12m
FROM ranked
WHERE net_income > 0 AND profits >= 3 AND fcf > 0 AND ebitda > 0 AND net_debt / ebitda <= 2.5
  AND (interest_expense IS NULL OR interest_expense = 0 OR operating_income / interest_expense >= 4)
  AND roic_5y >= 0.08 AND margin_sd <= 0.08
ORDER BY score DESC, market_cap DESC, ticker
