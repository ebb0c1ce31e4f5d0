-- The quality-value screen as an analyst would write it by hand over the same tables; $as_of is the day.
-- One row a candidate: the verdict of every condition (true, false, NULL for unknown), the percentiles, score and rank.
WITH quote AS (
    SELECT l.issuer_id, l.ticker, l.security_type, p.close, p.dollar_volume_3m, p.close * p.split_factor AS price,
           p.adj_close / p.adj_close_12m - 1 AS price_change_12m
    FROM listings AS l JOIN prices AS p USING (listing_id)
    WHERE l.is_primary AND p.date BETWEEN DATE '$as_of' - 10 AND DATE '$as_of'
    QUALIFY row_number() OVER (PARTITION BY l.issuer_id ORDER BY p.date DESC) = 1
),
newest AS (
    SELECT * FROM fundamentals
    WHERE known_from <= DATE '$as_of' AND latest_until > DATE '$as_of' AND stale_from > DATE '$as_of'
      AND currency = 'USD'
),
latest AS (
    SELECT c.issuer_id, c.name, c.sector, c.is_shell, c.model, q.ticker, q.price, q.dollar_volume_3m, q.price_change_12m,
           f.* EXCLUDE (issuer_id),
           CASE WHEN q.security_type <> 'adr' AND q.close * f.shares_outstanding * f.share_basis BETWEEN 1 AND 1e13
                 AND coalesce(q.dollar_volume_3m <= 0.25 * q.close * f.shares_outstanding * f.share_basis, true)
                THEN q.close * f.shares_outstanding * f.share_basis END AS market_cap
    FROM companies AS c LEFT JOIN newest AS f USING (issuer_id) LEFT JOIN quote AS q USING (issuer_id)
    LEFT JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary
    WHERE (f.issuer_id IS NOT NULL OR q.issuer_id IS NOT NULL)
      AND coalesce(l.last_date >= least(DATE '$as_of', (SELECT max(last_date) FROM listings)) - 10, true)
),
tested AS (
    SELECT *, market_cap BETWEEN 300e6 AND 3e9 AS u1, price >= 2 AND dollar_volume_3m >= 500e3 AS u2,
           sector NOT IN ('Financials', 'Real Estate') AS u3, NOT is_shell AS u4,
           coalesce(u1, false) AND coalesce(u2, false) AND coalesce(u3, false) AND coalesce(u4, false) AS in_universe
    FROM latest
),
years AS (
    SELECT u.issuer_id, (u.quarter_index - h.quarter_index) // 4 AS back, h.net_income, h.total_assets, h.gross_profit,
           h.revenue, h.operating_income, h.income_tax, h.pretax_income,
           h.equity_incl_nci + coalesce(h.temp_equity, 0) + h.total_debt - h.cash
               - coalesce(h.short_term_investments, 0) AS ic
    FROM tested AS u JOIN fundamentals AS h ON h.issuer_id = u.issuer_id
     AND u.quarter_index - h.quarter_index IN (0, 4, 8, 12, 16, 20)
    WHERE u.in_universe AND h.known_from <= DATE '$as_of' AND h.known_until > DATE '$as_of' AND h.currency = 'USD'
),
capital AS (
    SELECT *, operating_income * (1 - coalesce(CASE WHEN pretax_income > 0 AND income_tax IS NOT NULL
               THEN least(greatest(income_tax / pretax_income, 0), 0.35) END, 0.21)) AS nopat
    FROM years
),
yearly AS (
    SELECT a.issuer_id, a.back, a.net_income,
           coalesce((a.total_assets + b.total_assets) / 2, a.total_assets) AS avg_assets,
           CASE WHEN a.revenue > 0 THEN a.gross_profit / a.revenue END AS gross_margin,
           CASE WHEN coalesce((a.ic + b.ic) / 2, a.ic) > 0 AND coalesce((a.ic + b.ic) / 2, a.ic) >= 0.05 * a.total_assets
                THEN a.nopat / coalesce((a.ic + b.ic) / 2, a.ic) END AS roic
    FROM capital AS a LEFT JOIN capital AS b ON b.issuer_id = a.issuer_id AND b.back = a.back + 1
    WHERE a.back <= 4
),
history AS (
    SELECT issuer_id, count(*) FILTER (net_income > 0) AS profits, count(net_income) AS incomes,
           CASE WHEN count(roic) >= 3 THEN avg(roic) END AS roic_5y,
           CASE WHEN count(gross_margin) >= 3 THEN stddev_samp(gross_margin) END AS margin_sd,
           max(roic) FILTER (back = 0) AS roic, max(avg_assets) FILTER (back = 0) AS avg_assets
    FROM yearly GROUP BY issuer_id
),
measured AS (
    SELECT u.*, h.* EXCLUDE (issuer_id),
           u.cfo - u.capex - coalesce(u.capitalized_software, 0) AS fcf,
           u.total_debt - u.cash - coalesce(u.short_term_investments, 0) AS net_debt,
           u.operating_income + u.da AS ebitda,
           u.market_cap + u.total_debt + coalesce(u.preferred, 0) + coalesce(u.minority_interest, 0)
               + coalesce(u.redeemable_nci, 0) - u.cash - coalesce(u.short_term_investments, 0) AS ev
    FROM tested AS u LEFT JOIN history AS h USING (issuer_id)
    WHERE u.in_universe
),
factors AS (
    SELECT *, CASE WHEN model <> 'reit' AND total_assets > 0 THEN gross_profit / total_assets END AS gp_assets,
           (net_income - cfo) / nullif(avg_assets, 0) AS accruals,
           CASE WHEN ev > 0 THEN operating_income / ev END AS ebit_yield, fcf / market_cap AS fcf_yield,
           CASE WHEN ebitda > 0 THEN net_debt / ebitda WHEN ebitda <= 0 AND net_debt <= 0 THEN 0 END AS net_debt_ebitda,
           net_income > 0 AS r1,
           CASE WHEN profits >= 3 THEN true WHEN profits + 5 - coalesce(incomes, 0) < 3 THEN false END AS r2,
           fcf > 0 AS r3,
           net_debt_ebitda <= 2.5 AS r4,
           operating_income / nullif(interest_expense, 0) >= 4 AS r5,
           roic_5y >= 0.08 AS r6,
           margin_sd <= 0.08 AS r7
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
),
scored AS (
    SELECT *, CASE WHEN peers >= 10 THEN p4s ELSE p4u END AS p4, CASE WHEN peers >= 10 THEN p5s ELSE p5u END AS p5,
           (50 * (p1 + p2 + 0.5 * p3) / 2.5 + 50 * (2 * p4 + p5) / 3) / 100 AS score,
           coalesce(r1, false) AND coalesce(r2, false) AND coalesce(r3, false) AND coalesce(r4, false)
               AND coalesce(r5, true) AND coalesce(r6, false) AND coalesce(r7, false) AS passed
    FROM ranked
),
listed AS (
    SELECT *, CASE WHEN passed THEN row_number() OVER (PARTITION BY passed ORDER BY score DESC, market_cap DESC, ticker) END AS rank
    FROM scored
)
SELECT issuer_id, ticker, name, sector, market_cap, period_end, known_from, in_universe, u1, u2, u3, u4,
       r1, r2, r3, r4, r5, r6, r7, roic, gp_assets, accruals, ebit_yield, fcf_yield, net_debt_ebitda, price_change_12m,
       p1, p2, p3, p4, p5, passed, score, rank
FROM listed
UNION ALL BY NAME
SELECT issuer_id, ticker, name, sector, market_cap, period_end, known_from, in_universe, u1, u2, u3, u4, false AS passed
FROM tested WHERE NOT in_universe
