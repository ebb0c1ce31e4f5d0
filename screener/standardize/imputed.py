"""Which missing items are zero: those that no filing of eight quarters spoke of, next to a line that is there."""

from __future__ import annotations

from screener.catalogue.items import BY_NAME
from screener.standardize.shared import shared

EIGHT_QUARTERS_DAYS = 800

# item: the line of the same statement without which nothing can be said.
ZERO_WHEN_NEVER_SEEN: dict[str, str] = {
    "buybacks": "cff",
    "stock_issued": "cff",
    "dividends_paid": "cff",
    "dividends_paid_common": "cff",
    "acquisitions": "cfi",
    "capitalized_software": "cfi",
    "purchase_intangibles": "cfi",
    "sbc": "cfo",
    "inventory": "current_assets",
    "short_term_investments": "current_assets",
    "goodwill": "total_assets",
    "preferred": "total_assets",
    "redeemable_nci": "total_assets",
    "minority_interest": "total_assets",
    "temp_equity": "total_assets",
    "long_term_investments": "total_assets",
    "equity_method_investments": "total_assets",
    "deferred_tax_assets": "total_assets",
    "deferred_tax_liabilities": "total_assets",
    "taxes_payable": "current_liabilities",
    "discontinued": "net_income",
    "nci_income": "net_income",
    "equity_method_income": "net_income",
    "preferred_dividends": "net_income",
    "real_estate_gain": "net_income",
    "deferred_tax_cf": "cfo",
    "ppe_sale_proceeds": "cfi",
    "divestitures": "cfi",
    "tax_withholding_shares": "cff",
    "preferred_issued": "cff",
    "net_short_term_debt": "cff",
    "fx_cash": "cff",
}
# Tags that stand in for an item where they have a value, but whose presence elsewhere says nothing about it: what was
# declared or accrued in another period, the wider tag of capital expenditure.
SAYS_NOTHING = (
    "Dividends", "DividendsCash", "DividendsCommonStockCash", "StockRepurchasedDuringPeriodValue",
    "StockRepurchasedAndRetiredDuringPeriodValue", "PaymentsToAcquireProductiveAssets",
)  # fmt: skip
# Vendor columns that another item carries in the vendor's table.
VENDOR_HAS = frozenset({"stock_issued", "dividends_paid_common"})


def imputed(name: str, suffix: str = "") -> tuple[str, str]:
    """Return the SQL of an item (``v_x`` before) and of the test whether it was set to zero."""
    item = BY_NAME[name]
    companion = f"v_{ZERO_WHEN_NEVER_SEEN[name]}{suffix}"
    # Silence says something only where the source has a place for the item.
    speaks = ["'gaap'"]
    if item.ifrs:
        speaks.append("'ifrs'")
    if item.simfin or name in VENDOR_HAS:
        speaks.append("'simfin'")
    test = shared(
        f"v_{name}{suffix} IS NULL AND {companion} IS NOT NULL AND taxonomy IN ({', '.join(speaks)}) "
        f"AND (seen_{name} IS NULL OR known - seen_{name} > {EIGHT_QUARTERS_DAYS})"
    )
    return f"CASE WHEN {test} THEN 0.0 ELSE v_{name}{suffix} END", test
