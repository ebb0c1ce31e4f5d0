"""Features of takeover targets: small, cheap, with room for debt, in an industry where deals are done."""

from __future__ import annotations

from screener.catalogue.metric import NO_ASSETS, NO_EV, NO_EV_VALUE, NOT_BANKS, Metric, Undefined

PALEPU = "Palepu 1986, Journal of Accounting and Economics 8"
_GROWTH = "revenue_cagr_3y {0} median(revenue_cagr_3y) within sector"
_CASH = "cash_assets {0} median(cash_assets) within sector"
_DEBT = "debt_equity {0} median(debt_equity) within sector"
FEATURES = (
    "-log_mcap", "-q_proxy", "-return_2y_to_sector", "growth_resource_mismatch", "deals_in_industry_12m", "ebit_ev",
    "net_cash_to_mcap", "tangible_share", "low_leverage_capacity", "margin_gap",
)  # fmt: skip
_KNOWN = ", ".join(feature.removeprefix("-") for feature in FEATURES)


def _all(*parts: str) -> str:
    return " and ".join(f"({part})" for part in parts)


ROWS: tuple[Metric, ...] = (
    Metric("low_q", "Tobin's q under the sector's median", "when(q_proxy < median(q_proxy) within sector, 1, 0)", "flag", "higher", "takeover", refused=NOT_BANKS, source=f"Hasbrouck 1985, Journal of Banking and Finance 9; {PALEPU}"),
    Metric("return_2y_to_sector", "Return of 2 years less the sector's", "price_change_24m - median(price_change_24m) within sector", "ratio", "neutral", "takeover", source=PALEPU),
    Metric("inefficient_mgmt", "Return of 2 years and on equity under the sector's median", "when(return_2y_to_sector < 0 and roe < median(roe) within sector, 1, 0)", "flag", "higher", "takeover", source=PALEPU, note="a bidder could run it better"),
    Metric("growth_resource_mismatch", "Growth and resources do not match", f"when({_all(_GROWTH.format('<'), _CASH.format('>'), _DEBT.format('<'))} or {_all(_GROWTH.format('>'), _CASH.format('<'), _DEBT.format('>'))}, 1, 0)", "flag", "higher", "takeover", refused=NOT_BANKS, source=PALEPU, note="slow growth with much cash and little debt, or the reverse, each against the sector's median"),
    Metric("industry_disturbance", "A deal in the industry within 12 months", "when(deals_in_industry_12m > 0, 1, 0)", "flag", "higher", "takeover", source="Mitchell-Mulherin 1996, Journal of Financial Economics 41"),
    Metric("tangible_share", "Plant to assets", "ppe_net / total_assets", "ratio", "neutral", "takeover", undefined=(NO_ASSETS,), source="Ambrose-Megginson 1992, Journal of Financial and Quantitative Analysis 27", note="plant can be pledged"),
    Metric("low_leverage_capacity", "Room for debt to enterprise value", "(3 * ebitda - net_debt) / ev", "ratio", "higher", "takeover", undefined=(NO_EV_VALUE, Undefined("ebitda <= 0", "EBITDA is zero or negative", "worst")), refused=NO_EV, aliases=("leverage_capacity", "lbo_capacity"), note="net debt that three times EBITDA would carry, less what there is"),
    Metric("margin_gap", "Operating margin short of the sector's best quarter", "quantile(operating_margin, 75%) within sector - operating_margin", "ratio", "neutral", "takeover", refused=NOT_BANKS, source="own definition", note="positive: room for a better owner"),
    Metric("sga_gap", "Overhead above the sector's leanest quarter", "sga_revenue - quantile(sga_revenue, 25%) within sector", "ratio", "neutral", "takeover", refused=NOT_BANKS, source="own definition", note="positive: room for a better owner"),
    Metric("takeover_terms", "Features of takeover targets that are known", f"count_known({_KNOWN})", "count", "neutral", "takeover", refused=NOT_BANKS),
    Metric("takeover_score", "Takeover target", f"mean_known({', '.join(f'percentile({feature}) within size_band' for feature in FEATURES)})", "score", "higher", "takeover",
           undefined=(Undefined("takeover_terms < 5", "fewer than 5 of 10 features are known"),), refused=NOT_BANKS, source="after Palepu 1986 and the literature of the features; equal weights, not fitted to deals",
           note="mean percentile among names of the same size: small, low q, behind its sector, a mismatch of growth and resources, deals in the industry, cheap, net cash, plant, room for debt, thin margins"),
)
