"""Names of the wide columns: how a source tag, a direct value and a line item are called in the SQL."""

from __future__ import annotations

import re
from functools import cache

from screener.catalogue.items import BY_NAME, ITEMS, LineItem
from screener.catalogue.tags import EXTRA_TAGS
from screener.catalogue.vendor_items import TOTAL_DEBT

# A raw tag inside an expression; line items and functions are in lower case.
RAW_TAG = re.compile(r"\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\b")
WORD = re.compile(r"\b[a-z_][a-z0-9_]*\b")

# Read from the cover page, not from the statements: they have dates of their own.
COVER = ("shares_outstanding_cover", "public_float", "shares_outstanding")
# How old the maturity ladder is that a balance sheet carries, in days: beside the tags, as if it were one.
LADDER_AGE = "ladder age"


def quoted(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def text(value: str) -> str:
    """Return ``value`` as an SQL string literal."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def significant(value: str, digits: int = 4) -> str:
    """Return SQL of ``value`` rounded to so many significant digits; zero and NULL stay."""
    return (
        f"CASE WHEN ({value}) = 0 THEN 0 ELSE "
        f"round({value}, least(greatest({digits - 1} - floor(log10(abs({value}))), -20), 20)::INTEGER) END"
    )


def texts(values: tuple[str, ...] | list[str]) -> str:
    """Return ``values`` as a parenthesized SQL list of literals."""
    return "(" + ", ".join(text(value) for value in values) + ")"


def raw(tag: str) -> str:
    """Return the quoted wide column of a source tag (``ifrs:`` and ``simfin:`` prefixes included)."""
    return quoted("t:" + tag)


# Where the face of the statement decides between readings of a tag: the statements that count.
FACE_TAGS: dict[str, tuple[str, ...]] = {
    "Revenues": ("IS", "CI"),
    "RevenueFromContractWithCustomerExcludingAssessedTax": ("IS", "CI"),
    "SalesRevenueNet": ("IS", "CI"),
    "LongTermDebtNoncurrent": ("BS",),
    "ConvertibleLongTermNotesPayable": ("BS",),
    "ConvertibleDebtNoncurrent": ("BS",),
}


def face(tag: str) -> str:
    """Return the quoted wide column that says whether a tag of ``FACE_TAGS`` is on its statement's face.

    1 or 0, of the filing that states the value; NULL where nothing tells.
    """
    return quoted("on:" + tag)


def vendor_tag(item: LineItem) -> str:
    """Return the ``simfin:`` tag of ``item``, or an empty string; the sign was turned when the file was read."""
    return f"simfin:{item.simfin.removeprefix('-')}" if item.simfin else ""


def statement_items(*, instants: bool) -> tuple[LineItem, ...]:
    """Return the items of the balance sheet (``instants``) or of the periods, in table order.

    The cover and the items that are derived when the row is finished are in neither.
    """
    return tuple(
        item
        for item in ITEMS
        if (item.kind == "instant") == instants and item.name not in COVER and item.statement != "derived"
    )


@cache
def own_tags(name: str) -> frozenset[str]:
    """Return the source tags that the item's row names itself, in its lists and its fallbacks."""
    item = BY_NAME[name]
    found = {*item.tags, *item.fill, *item.parts, *(f"ifrs:{tag}" for tag in item.ifrs)}
    for expression in item.fallback:
        found.update(RAW_TAG.findall(expression))
    vendor = TOTAL_DEBT if name == "total_debt" else vendor_tag(item)
    return frozenset(found | {vendor} if vendor else found)


@cache
def closure(name: str) -> frozenset[str]:
    """Return every source tag from which the item can get its value, through the items of its fallbacks too."""
    found: set[str] = set()
    todo, seen = [name], {name}
    while todo:
        item = BY_NAME[todo.pop()]
        found |= own_tags(item.name)
        for expression in item.fallback:
            fresh = {word for word in WORD.findall(expression) if word in BY_NAME} - seen
            seen |= fresh
            todo.extend(sorted(fresh))
    return frozenset(found)


@cache
def wide_tags(*, instants: bool) -> tuple[str, ...]:
    """Return the source tags that are pivoted into columns for the balance sheet or for the periods, sorted."""
    found: set[str] = set(EXTRA_TAGS)
    for item in statement_items(instants=instants):
        found |= own_tags(item.name)
    return tuple(sorted(found))
