"""Worked numbers of metrics, as YAML: what a company reports, and what the metric must be, worked by hand or published.

A file of ``tests/catalogue/vectors`` is a list of cases. A case has:

metric (or ``metrics``, a list): the names; or ``expect`` maps names to numbers. now, ``1q``, ``4q``, ``1y`` ...: line
items of the newest quarter and of quarters before it. price: columns of the last price row (``close`` alone as
``price: 50``). company: columns of the company row. expect: a number, arithmetic such as ``96 / 680``, or ``unknown``.
reason: words of the reason when it is unknown. worked: the calculation on paper, shown on the metric's page. source:
where published numbers stand. tolerance: relative, 1e-9 unless numbers were published rounded.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.engine.lakes import AS_OF, company, price, quarter

FOLDER = Path(__file__).with_name("vectors")
NEWEST = date(2023, 12, 31)
INDEX = 200
_ARITHMETIC = re.compile(r"(?:[-+*/(), .\d]|\b(?:sqrt|log|exp|e\d+)\b|\de-?\d)+")
_KEYS = {"metric", "metrics", "case", "now", "price", "company", "expect", "reason", "worked", "source", "tolerance"}


@dataclass(frozen=True)
class Vector:
    """One metric of one case; ``number`` is its issuer in the data set of :func:`rows`."""

    file: str
    number: int
    metric: str
    case: str
    expect: float | None
    reason: str
    worked: str
    source: str
    tolerance: float
    given: dict[str, Any]


@cache
def vectors() -> tuple[Vector, ...]:
    """Return every vector of every file, in the order of the files."""
    found: list[Vector] = []
    number = 0
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            number += 1
            stray = {key for key in case if key not in _KEYS and not re.fullmatch(r"\d+[qy]", key)}
            assert not stray, f"{path.name}: unknown keys {stray}"
            assert case.get("reason") or case["expect"] != "unknown", f"{path.name}: no reason: {case}"
            names = case.get("metrics") or [case.get("metric")]
            expected = case["expect"] if isinstance(case["expect"], dict) else dict.fromkeys(names, case["expect"])
            found += [_vector(path, number, metric, written, case) for metric, written in expected.items()]
    return tuple(found)


def _vector(path: Path, number: int, metric: str, written: float | str, case: dict[str, Any]) -> Vector:
    worked = case.get("worked") or (written if isinstance(written, str) else "")
    return Vector(
        path.stem, number, metric, case.get("case", ""), _number(written), case.get("reason", ""),
        worked, case.get("source", ""), float(case.get("tolerance", 1e-9)), case,
    )  # fmt: skip


def _number(written: float | str) -> float | None:
    if written == "unknown":
        return None
    text = str(written)
    assert _ARITHMETIC.fullmatch(text), f"not arithmetic: {text!r}"
    names = {"sqrt": math.sqrt, "log": math.log, "exp": math.exp}
    return float(eval(text, {"__builtins__": {}}, names))  # noqa: S307 - the pattern lets only arithmetic through


def _back(key: str) -> int:
    return int(key[:-1]) * (4 if key[-1] == "y" else 1)


def _quarter_end(back: int) -> date:
    month = NEWEST.year * 12 + NEWEST.month - 3 * back
    return date(month // 12, month % 12 + 1, 1) - timedelta(days=1)


def rows() -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return companies, fundamentals and prices: an issuer a case, named ``T<number>``."""
    companies, fundamentals, prices = [], [], []
    for number, given in {vector.number: vector.given for vector in vectors()}.items():
        companies.append(company(number, f"T{number}", **given.get("company", {})))
        past = {_back(key): items or {} for key, items in given.items() if re.fullmatch(r"\d+[qy]", key)}
        newest = {"latest_until": date(9999, 12, 31)}
        for back, items in {0: given.get("now") or {}, **past}.items():
            end = _quarter_end(back)
            superseded = newest if back == 0 else {"latest_until": end + timedelta(days=100)}
            known = end + timedelta(days=45)
            numbers = {
                name: float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
                for name, value in items.items()
            }
            fundamentals.append(quarter(number, end, known, INDEX - back, **superseded, **numbers))
        quote = given.get("price")
        if quote is not None:
            columns = quote if isinstance(quote, dict) else {"close": quote}
            day = columns.get("date", AS_OF)
            prices.append(
                price(number, float(columns["close"]), day)
                | {name: value for name, value in columns.items() if name not in {"close", "date"}}
            )
    return companies, fundamentals, prices
