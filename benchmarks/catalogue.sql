-- Forty metrics and four scores (Piotroski F, Altman Z'', Beneish M, Montier C) as an analyst would write them by hand
-- over the same tables; $as_of is the day. One row a name of the universe: its metrics, and its place by market value.
WITH quote AS (
    SELECT l.issuer_id, l.ticker, l.security_type, p.close, p.dollar_volume_3m
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
    SELECT f.*, coalesce(f.model, c.model) AS kind, q.ticker,
           CASE WHEN q.security_type <> 'adr' AND q.close * f.shares_outstanding * f.share_basis BETWEEN 1 AND 1e13
                 AND coalesce(q.dollar_volume_3m <= 0.25 * q.close * f.shares_outstanding * f.share_basis, true)
                THEN q.close * f.shares_outstanding * f.share_basis END AS market_cap
    FROM companies AS c JOIN newest AS f USING (issuer_id) JOIN quote AS q USING (issuer_id)
    JOIN listings AS l ON l.issuer_id = c.issuer_id AND l.is_primary
    WHERE NOT c.is_shell
      AND coalesce(l.last_date >= least(DATE '$as_of', (SELECT max(last_date) FROM listings)) - 10, true)
),
n AS (
    SELECT *, cash + coalesce(short_term_investments, 0) AS liquid, operating_income + da AS ebitda,
           cfo - capex - coalesce(capitalized_software, 0) AS fcf,
           equity - coalesce(preferred, 0) + coalesce(preferred_temp, 0) AS common,
           coalesce(long_term_debt, CASE WHEN total_debt = 0 THEN 0 END) AS ltd,
           net_income - coalesce(discontinued, 0) AS income,
           CASE WHEN revenue > 0 THEN gross_profit / revenue END AS gm,
           CASE WHEN revenue > 0 THEN operating_income / revenue END AS om,
           equity_incl_nci + coalesce(temp_equity, 0) + total_debt - cash - coalesce(short_term_investments, 0) AS ic
    FROM latest WHERE market_cap BETWEEN 300e6 AND 3e9 AND kind NOT IN ('bank', 'insurer')
),
past AS (
    SELECT h.issuer_id, (n.quarter_index - h.quarter_index) // 4 AS back, h.total_assets, h.revenue, h.gross_profit,
           h.operating_income, h.net_income, h.cfo, h.receivables, h.inventory, h.cost_of_revenue, h.sga, h.da,
           h.depreciation, h.ppe_net, h.ppe_gross, h.current_assets, h.current_liabilities, h.prepaid_other_current,
           h.shares_outstanding * h.share_basis / n.share_basis AS shares,
           h.equity - coalesce(h.preferred, 0) + coalesce(h.preferred_temp, 0) AS common,
           h.equity_incl_nci + coalesce(h.temp_equity, 0) + h.total_debt - h.cash
               - coalesce(h.short_term_investments, 0) AS ic,
           coalesce(h.long_term_debt, CASE WHEN h.total_debt = 0 THEN 0 END) AS ltd,
           h.net_income - coalesce(h.discontinued, 0) AS income,
           CASE WHEN h.revenue > 0 THEN h.gross_profit / h.revenue END AS gm,
           CASE WHEN h.revenue > 0 THEN h.operating_income / h.revenue END AS om
    FROM n JOIN fundamentals AS h ON h.issuer_id = n.issuer_id
     AND n.quarter_index - h.quarter_index IN (4, 8, 12, 16)
    WHERE h.known_from <= DATE '$as_of' AND h.known_until > DATE '$as_of' AND h.currency = 'USD'
),
margins AS (
    SELECT issuer_id, CASE WHEN count(om) >= 4 THEN stddev_samp(om) END AS operating_margin_sd
    FROM (SELECT issuer_id, om FROM past UNION ALL SELECT issuer_id, om FROM n) GROUP BY issuer_id
),
b AS (
    SELECT n.*, m.operating_margin_sd, three.revenue AS revenue3,
           a.total_assets AS ta1, a.revenue AS revenue1, a.gm AS gm1, a.net_income AS ni1, a.cfo AS cfo1,
           a.receivables AS receivables1, a.inventory AS inventory1, a.cost_of_revenue AS cost1, a.sga AS sga1,
           a.da AS da1, a.depreciation AS depreciation1, a.ppe_net AS ppe1, a.ppe_gross AS gross1,
           a.current_assets AS ca1, a.current_liabilities AS cl1, a.prepaid_other_current AS prepaid1, a.shares AS shares1,
           a.common AS common1, a.ic AS ic1, a.ltd AS ltd1, a.income AS income1, two.total_assets AS ta2,
           coalesce((n.total_assets + a.total_assets) / 2, n.total_assets) AS mean_assets,
           coalesce((n.ic + a.ic) / 2, n.ic) AS mean_ic, n.total_debt - n.liquid AS net_debt,
           n.market_cap + n.total_debt + coalesce(n.preferred, 0) + coalesce(n.minority_interest, 0)
               + coalesce(n.redeemable_nci, 0) - n.liquid AS ev,
           n.operating_income * (1 - CASE WHEN n.pretax_income > 0 AND n.income_tax IS NOT NULL
               THEN least(greatest(n.income_tax / n.pretax_income, 0), 0.35) ELSE 0.21 END) AS nopat
    FROM n LEFT JOIN past AS a ON a.issuer_id = n.issuer_id AND a.back = 1
    LEFT JOIN past AS two ON two.issuer_id = n.issuer_id AND two.back = 2
    LEFT JOIN past AS three ON three.issuer_id = n.issuer_id AND three.back = 3
    LEFT JOIN margins AS m ON m.issuer_id = n.issuer_id
),
c AS (
    SELECT *, income / nullif(ta1, 0) AS ret, income1 / nullif(ta2, 0) AS ret1, cfo / nullif(ta1, 0) AS cashret,
           ltd / ((total_assets + ta1) / 2) AS lever, ltd1 / ((ta1 + ta2) / 2) AS lever1,
           CASE WHEN current_liabilities > 0 THEN current_assets / current_liabilities END AS cr,
           CASE WHEN cl1 > 0 THEN ca1 / cl1 END AS cr1,
           1 - (current_assets + ppe_net) / nullif(total_assets, 0) AS soft, 1 - (ca1 + ppe1) / nullif(ta1, 0) AS soft1,
           depreciation / nullif(depreciation + ppe_net, 0) AS rate, depreciation1 / nullif(depreciation1 + ppe1, 0) AS rate1,
           da / nullif(da + ppe_net, 0) AS darate, da1 / nullif(da1 + ppe1, 0) AS darate1,
           (current_liabilities + ltd) / nullif(total_assets, 0) AS lev, (cl1 + ltd1) / nullif(ta1, 0) AS lev1,
           CASE WHEN ppe_gross > 0 THEN depreciation / ppe_gross END AS dg,
           CASE WHEN gross1 > 0 THEN depreciation1 / gross1 END AS dg1,
           CASE WHEN ppe_gross > 0 THEN da / ppe_gross END AS dag, CASE WHEN gross1 > 0 THEN da1 / gross1 END AS dag1,
           revenue > 0 AND revenue1 > 0 AS sold
    FROM b
),
terms AS (
    SELECT *,
           [ret > 0, cashret > 0, ret > ret1, cashret > ret, lever < lever1 OR (ltd = 0 AND ltd1 = 0), cr > cr1,
            shares_outstanding <= 1.005 * shares1 OR stock_issued <= 0.005 * total_assets, gm > gm1,
            revenue / nullif(ta1, 0) > revenue1 / nullif(ta2, 0)] AS f,
           [(net_income - cfo) / nullif(total_assets, 0) > (ni1 - cfo1) / nullif(ta1, 0),
            CASE WHEN sold THEN 365 * receivables / revenue > 365 * receivables1 / revenue1 END,
            CASE WHEN cost_of_revenue > 0 AND cost1 > 0
                 THEN 365 * inventory / cost_of_revenue > 365 * inventory1 / cost1 END,
            CASE WHEN sold THEN prepaid_other_current / revenue > prepaid1 / revenue1 END,
            CASE WHEN dg IS NOT NULL AND dg1 IS NOT NULL THEN dg - dg1 ELSE dag - dag1 END < 0,
            total_assets > 1.1 * ta1] AS m,
           CASE WHEN sold AND receivables1 > 0 THEN (receivables / revenue) / (receivables1 / revenue1) END AS dsri,
           CASE WHEN sold AND gm > 0 AND gm1 > 0 THEN gm1 / gm END AS gmi,
           CASE WHEN soft1 > 0 THEN soft / soft1 END AS aqi, CASE WHEN sold THEN revenue / revenue1 END AS sgi,
           coalesce(rate1 / nullif(rate, 0), darate1 / nullif(darate, 0)) AS depi,
           CASE WHEN sold AND sga1 > 0 THEN (sga / revenue) / (sga1 / revenue1) END AS sgai,
           (income - cfo) / nullif(total_assets, 0) AS tata, CASE WHEN lev1 > 0 THEN lev / lev1 END AS lvgi
    FROM c
)
SELECT issuer_id, net_income > 0 AS r1,
    gm AS gross_margin, om AS operating_margin, CASE WHEN revenue > 0 THEN ebitda / revenue END AS ebitda_margin,
    CASE WHEN revenue > 0 THEN net_income / revenue END AS net_margin,
    CASE WHEN revenue > 0 THEN fcf / revenue END AS fcf_margin,
    CASE WHEN mean_assets > 0 THEN net_income / mean_assets END AS roa,
    CASE WHEN common > 0 AND coalesce(common1 > 0, true) AND common >= 0.02 * total_assets
         THEN net_income_to_common / coalesce((common + common1) / 2, common) END AS roe,
    CASE WHEN mean_ic > 0 AND mean_ic >= 0.05 * total_assets THEN nopat / mean_ic END AS roic,
    CASE WHEN total_assets - current_liabilities > 0 THEN operating_income / (total_assets - current_liabilities) END AS roce,
    CASE WHEN kind <> 'reit' AND total_assets > 0 THEN gross_profit / total_assets END AS gp_assets,
    CASE WHEN mean_assets > 0 THEN cfo / mean_assets END AS cfroa,
    CASE WHEN mean_assets > 0 THEN (net_income - cfo) / mean_assets END AS accruals_cf,
    CASE WHEN net_income > 0 THEN cfo / net_income END AS cash_conversion,
    CASE WHEN net_income > 0 THEN fcf / net_income END AS fcf_conversion,
    CASE WHEN revenue > 0 THEN capex / revenue END AS capex_intensity,
    CASE WHEN ta1 > 0 THEN total_assets / ta1 - 1 END AS asset_growth,
    CASE WHEN total_assets > 0 THEN (coalesce(goodwill, 0) + coalesce(intangibles, 0)) / total_assets END AS goodwill_share,
    CASE WHEN equity > 0 THEN total_debt / equity END AS debt_equity,
    CASE WHEN total_assets > 0 THEN total_debt / total_assets END AS debt_assets,
    CASE WHEN total_assets > 0 THEN total_liabilities / total_assets END AS liabilities_assets,
    CASE WHEN ebitda > 0 THEN net_debt / ebitda WHEN ebitda <= 0 AND net_debt <= 0 THEN 0 END AS net_debt_ebitda,
    CASE WHEN ebitda > 0 THEN total_debt / ebitda END AS debt_ebitda,
    CASE WHEN interest_to_cover > 0
         THEN least(greatest(operating_income / interest_to_cover, -100), 100) END AS interest_coverage,
    CASE WHEN total_assets > 0 THEN equity / total_assets END AS equity_assets,
    cr AS current_ratio,
    CASE WHEN current_liabilities > 0 THEN (liquid + coalesce(receivables, 0)) / current_liabilities END AS quick_ratio,
    CASE WHEN total_assets > 0 THEN liquid / total_assets END AS cash_assets,
    CASE WHEN mean_assets > 0 THEN revenue / mean_assets END AS asset_turnover,
    CASE WHEN revenue > 0 THEN 365 * coalesce((receivables + receivables1) / 2, receivables) / revenue END AS dso,
    CASE WHEN revenue1 > 0 THEN least(greatest(revenue / revenue1 - 1, -5), 5) END AS revenue_growth_ttm,
    CASE WHEN revenue3 > 0 AND revenue > 0 THEN least(greatest(pow(revenue / revenue3, 1 / 3.0) - 1, -5), 5) END AS revenue_cagr_3y,
    gm - gm1 AS gross_margin_change,
    CASE WHEN shares_outstanding / nullif(shares1, 0) > 0 THEN ln(shares_outstanding / shares1) END AS share_growth_1y,
    net_income_to_common / market_cap AS earnings_yield, common / market_cap AS book_yield, fcf / market_cap AS fcf_yield,
    CASE WHEN ev > 0 AND kind <> 'broker' THEN operating_income / ev END AS ebit_ev,
    CASE WHEN ev > 0 AND kind <> 'broker' THEN ebitda / ev END AS ebitda_ev,
    dividends_paid_common / market_cap AS dividend_yield, operating_margin_sd,
    CASE WHEN list_count(f) >= 8 THEN len(list_filter(f, lambda x: x)) END AS piotroski_f,
    CASE WHEN kind NOT IN ('reit', 'utility')
         THEN 6.56 * (current_assets - current_liabilities) / total_assets + 3.26 * retained_earnings / total_assets
              + 6.72 * operating_income / total_assets
              + 1.05 * CASE WHEN total_liabilities = 0 THEN 10 ELSE equity / total_liabilities END END AS altman_z2,
    CASE WHEN list_count([dsri, gmi, aqi, depi, sgai]) >= 3
         THEN -4.84 + 0.920 * coalesce(dsri, 1) + 0.528 * coalesce(gmi, 1) + 0.404 * coalesce(aqi, 1) + 0.892 * sgi
              + 0.115 * coalesce(depi, 1) - 0.172 * coalesce(sgai, 1) + 4.679 * tata - 0.327 * lvgi END AS beneish_m,
    CASE WHEN list_count(m) >= 5 THEN len(list_filter(m, lambda x: x)) END AS montier_c,
    CASE WHEN net_income > 0
         THEN row_number() OVER (PARTITION BY net_income > 0 ORDER BY market_cap DESC, ticker) END AS rank
FROM terms
