"""Altman's Z-scores of distress: for listed manufacturers, for private firms, and for all others."""

from __future__ import annotations

from screener.catalogue.metric import NOT_BANKS, Metric
from screener.catalogue.scores.terms import counts, flag

REFUSED = (*NOT_BANKS, "reit", "utility")
SOURCE = "Altman 1968, Journal of Finance 23"
SOURCE_1983 = "Altman 1983, Corporate Financial Distress"


def _term(name: str, label: str, formula: str, note: str = "") -> Metric:
    return Metric(name, label, formula, "ratio", "higher", "altman", refused=REFUSED, source=SOURCE, note=note)


ROWS: tuple[Metric, ...] = (
    _term("altman_x1", "Z: working capital to assets", "working_capital / total_assets"),
    _term("altman_x2", "Z: retained earnings to assets", "retained_earnings / total_assets", "buybacks can turn it negative for a company in the best of health"),
    _term("altman_x3", "Z: EBIT to assets", "ebit / total_assets", "operating income; not EBITDA"),
    Metric("altman_x4", "Z: market value of equity to liabilities", "when(total_liabilities = 0, 10, (market_cap + if_known(preferred, 0)) / total_liabilities)", "multiple", "higher", "altman", refused=REFUSED, source=SOURCE, note="10 where there are no liabilities"),
    Metric("altman_x4_book", "Z: book value of equity to liabilities", "when(total_liabilities = 0, 10, equity / total_liabilities)", "multiple", "higher", "altman", refused=REFUSED, source=SOURCE_1983, note="10 where there are no liabilities"),
    Metric("altman_x5", "Z: revenue to assets", "revenue / total_assets", "multiple", "higher", "altman", refused=REFUSED, source=SOURCE),
    Metric("altman_z", "Altman Z (listed manufacturers)", "1.2 * altman_x1 + 1.4 * altman_x2 + 3.3 * altman_x3 + 0.6 * altman_x4 + 0.999 * altman_x5", "number", "higher", "altman", refused=REFUSED, aliases=("z_score", "zscore_altman", "altman_zscore", "altman_z_score"), source=SOURCE, note="made for manufacturers (SIC 2000-3999): distress below 1.81, safe above 2.99; altman_z2 suits the others"),
    counts("altman_z", "Altman Z", "altman", ("altman_x1", "altman_x2", "altman_x3", "altman_x4", "altman_x5"), REFUSED),
    Metric("altman_z1", "Altman Z' (private firms)", "0.717 * altman_x1 + 0.847 * altman_x2 + 3.107 * altman_x3 + 0.42 * altman_x4_book + 0.998 * altman_x5", "number", "higher", "altman", refused=REFUSED, aliases=("altman_z_prime", "z_prime"), source=SOURCE_1983, note="needs no price: distress below 1.23, safe above 2.90"),
    Metric("altman_z2", "Altman Z'' (non-manufacturers)", "6.56 * altman_x1 + 3.26 * altman_x2 + 6.72 * altman_x3 + 1.05 * altman_x4_book", "number", "higher", "altman", refused=REFUSED, aliases=("altman_z_double_prime", "z_double_prime", "altman_z_nonmanufacturing"), source="Altman 1993; Altman, Hartzell, Peck 1995", note="distress below 1.10, safe above 2.60; without the turnover that tells industries apart, so the one to compare across them"),
    counts("altman_z2", "Altman Z''", "altman", ("altman_x1", "altman_x2", "altman_x3", "altman_x4_book"), REFUSED),
    Metric("altman_em", "Altman emerging-market score", "3.25 + altman_z2", "number", "higher", "altman", refused=REFUSED, source="Altman, Hartzell, Peck 1995", note="on the scale of bond ratings: 5.85 and above is safe, below 4.35 distress"),
    Metric("altman_distress", "Z'' is in the zone of distress", flag("altman_z2 < 1.1"), "flag", "lower", "altman", refused=REFUSED, source="Altman 1993"),
)  # fmt: skip
