"""The line-item table: complete rows, fallbacks that name what exists, tags that are kept when facts are read."""

from __future__ import annotations

import re

import pytest

from screener.catalogue.items import BY_NAME, ITEMS
from screener.catalogue.tags import mapped_tags
from screener.catalogue.units import BY_NAME as UNITS
from screener.standardize.columns import RAW_TAG, WORD, statement_items, wide_tags
from screener.standardize.program import program


def test_names_are_unique() -> None:
    """No item stands twice in the table."""
    assert len(BY_NAME) == len(ITEMS)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_row(item) -> None:  # type: ignore[no-untyped-def]  # pytest gives the row
    """Every row has known words in its columns, and no tag twice in one list."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", item.name)
    assert item.kind in {"flow", "instant", "avg", "per_share"}
    assert item.sign in {"pos", "mag", "any"}
    assert item.how in {"first", "sum", "max", "tree"}
    assert item.unit in UNITS
    assert len({*item.tags}) == len(item.tags)
    assert not set(item.tags) & set(item.parts)


@pytest.mark.parametrize("item", [item for item in ITEMS if item.fallback], ids=lambda item: item.name)
def test_fallback(item) -> None:  # type: ignore[no-untyped-def]  # pytest gives the row
    """A fallback names items of the table and tags that are kept when facts are read."""
    for expression in item.fallback:
        assert set(RAW_TAG.findall(expression)) <= mapped_tags()
        assert set(WORD.findall(expression)) - {"coalesce"} <= set(BY_NAME)


def test_tags_do_not_differ_by_case_alone() -> None:
    """SQL columns ignore case: two tags that differ by case alone would be one column."""
    for instants in (True, False):
        tags = wide_tags(instants=instants)
        assert len({tag.lower() for tag in tags}) == len(tags)


def test_every_statement_item_is_computed() -> None:
    """The programs of both halves give every item a column, once."""
    halves = {True: program(instants=True), False: program(instants=False)}
    found = []
    for instants, columns in halves.items():
        names = [name for name, _ in columns]
        assert len(names) == len(set(names))
        found += [item.name for item in statement_items(instants=instants) if item.name in names]
    assert set(BY_NAME) - set(found) == {
        "shares_outstanding_cover", "public_float", "shares_outstanding",
        "due_12m", "due_24m", "due_36m", "interest_to_cover", "period_price",
    }  # fmt: skip
