"""What a column of any vendor's table can be mapped to, and under which source tag standardization then reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from screener.catalogue.items import ITEMS, LineItem

# Of a fact from a mapped table. Its tag is ``vendor:<name here>=<columns as the mapping has them> in <file>``.
FORM = "vendor"
PREFIX = "vendor:"
# Read before anything else: the vendor's own total counts, not the sum of its parts. In capitals, as all columns of
# tags: a line item of that name is another column.
TOTAL_DEBT = f"{PREFIX}Total Debt"

# SimFin's columns are net or wider than these items: they are read where a filing's own tag is.
GROSS = ("cash", "interest_expense", "capex", "acquisitions", "buybacks", "net_short_term_debt", "accounts_payable")
ELSEWHERE = {"total_debt": TOTAL_DEBT, "shares_outstanding": "EntityCommonStockSharesOutstanding"}
# Their values come from other items, from prices, or under the name of another item.
NOT_MAPPED = ("shares_outstanding_cover",)


@dataclass(frozen=True, slots=True)
class VendorItem:
    """What a column can be mapped to: ``name``, the tag under which it is read, its kind and unit (as line items)."""

    name: str
    label: str
    tag: str
    kind: str
    unit: str


# What many vendors have in place of the items themselves.
NET: tuple[VendorItem, ...] = (
    VendorItem(
        "cash_and_short_term_investments", "Cash and short-term investments in one amount",
        "simfin:Cash, Cash Equivalents & Short Term Investments", "instant", "usd",
    ),
    VendorItem(
        "net_interest_expense", "Interest expense less interest income", "simfin:Interest Expense, Net", "flow", "usd",
    ),
    VendorItem(
        "net_capex", "Capital expenditure and intangibles less disposals",
        "simfin:Change in Fixed Assets & Intangibles", "flow", "usd",
    ),
    VendorItem(
        "net_acquisitions", "Acquisitions less divestitures", "simfin:Net Cash from Acquisitions & Divestitures",
        "flow", "usd",
    ),
    VendorItem("net_buybacks", "Buybacks less stock issued", "simfin:Cash from (Repurchase of) Equity", "flow", "usd"),
    VendorItem(
        "net_debt_issued", "Debt issued less debt repaid", "simfin:Cash from (Repayment of) Debt", "flow", "usd",
    ),
    VendorItem(
        "payables_and_accruals", "Payables and accrued liabilities", "simfin:Payables & Accruals", "instant", "usd",
    ),
)  # fmt: skip


def _tag(item: LineItem) -> str:
    if item.name in ELSEWHERE:
        return ELSEWHERE[item.name]
    if item.simfin and item.name not in GROSS:
        return f"simfin:{item.simfin.removeprefix('-')}"
    return item.tags[0] if item.tags else ""


@cache
def vendor_items() -> dict[str, VendorItem]:
    """Return everything that a column can be mapped to, by name, in the order of the line items."""
    found = {
        item.name: VendorItem(item.name, item.label, _tag(item), item.kind, item.unit)
        for item in ITEMS
        if _tag(item) and item.statement != "derived" and item.name not in NOT_MAPPED
    }
    return found | {item.name: item for item in NET}


def fact_tag(name: str, columns: str, file: str) -> str:
    """Return the tag of a fact: what it was mapped to, from which columns of which file."""
    return f"{PREFIX}{name}={columns} in {file}"
