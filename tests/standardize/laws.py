"""The law of a lineage: at every node the operands recombine to the value, down to facts that were public by then."""

from __future__ import annotations

import math
import random
import re
from datetime import date

from screener.catalogue.items import OF_PRICES
from screener.engine.company import find_company
from screener.engine.lineage import lineage_of
from screener.lake.connect import Lake
from screener.lake.schema import item_columns
from screener.standardize.lineage_nodes import METHODS, Node, leaves

KNOWN = {method.removesuffix(":n").removesuffix(":item") for method, _ in METHODS}
_ARITHMETIC = re.compile(r"[-+*/() 0-9.e{}]*|.*abs\(.*")


def recombine(node: Node) -> float:
    """Return the value of a node's pattern over its operands' values."""
    assert _ARITHMETIC.fullmatch(node.pattern), node.pattern
    return float(eval(node.pattern.format(*(f"({operand.value!r})" for operand in node.operands))))  # noqa: S307 - ours


def check(node: Node, known: date) -> int:
    """Assert the law for every node below ``node``; return how many there are."""
    for leaf in leaves(node):
        assert leaf.fact is not None
        assert leaf.fact.filed <= known, f"{leaf.name} was filed after {known}"
    return _check(node)


def _check(node: Node) -> int:
    assert node.method != "unexplained", node
    assert node.method in KNOWN or node.method.split(":")[0] in {"tree", "fallback"}, node
    assert not [note for note in node.notes if "not followed" in note], node
    if node.fact is not None:
        assert node.value in {node.fact.value, -node.fact.value}, node
    elif node.value is not None:
        assert math.isclose(recombine(node), node.value, rel_tol=1e-9, abs_tol=1e-9), node
    return 1 + sum(_check(operand) for operand in node.operands)


def close(value: float | None, stored: float | None) -> bool:
    """Tell whether a traced value is the stored one; what is not finite is stored as unknown."""
    if value is None or stored is None or not math.isfinite(value):
        return stored is None
    return math.isclose(value, stored, rel_tol=1e-12)


def law(lake: Lake, tickers: list[str], rows: int, seed: int) -> None:
    """Trace every item of some random rows: the stored value, recombined at every node, nothing filed later."""
    chosen = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for ticker in tickers:
        company = find_company(lake.con, ticker)
        listed = ", ".join(f'"{name}"' for name, _, _ in item_columns())
        every = lake.con.execute(
            f"SELECT period_end, known_from, {listed} FROM fundamentals WHERE issuer_id = ? ORDER BY ALL",
            [company.issuer_id],
        ).fetchall()
        with lineage_of(lake, company) as ways:
            for end, known_from, *values in chosen.sample(every, min(rows, len(every))):
                for (name, _, _), stored in zip(item_columns(), values, strict=True):
                    if name in OF_PRICES:
                        continue
                    node = ways.value(name, end, known_from)
                    assert node is not None, (ticker, end, known_from)
                    assert close(node.value, stored), (ticker, name, end, known_from, node.value, stored)
                    check(node, known_from)
