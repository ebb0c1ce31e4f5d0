"""Explanations as text: what they say and that they fit the width."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from screener import api
from screener.output.cells import width_of
from screener.output.explain import explanation_json, render_explanation

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"


@pytest.mark.parametrize("width", [80, 120, 200])
def test_fits_the_width(width: int) -> None:
    """No line is wider than the terminal, and the verdict, a formula, a factor and a filing are there."""
    ticker = api.run("quality-value", data=DEMO, limit=1).rows[0].ticker
    text = render_explanation(api.explain("quality-value", str(ticker), data=DEMO), width=width)
    assert max(width_of(line) for line in text.splitlines()) <= width
    for part in ("rank 1 of", "✓ net_income > 0", "= when(ebitda <= 0", "Factors", "filed 2025"):
        assert part in text


def test_json_has_every_part() -> None:
    """The JSON form carries the parts of earlier observations, which the text leaves out."""
    ticker = api.run("quality-value", data=DEMO, limit=1).rows[0].ticker
    found = json.loads(explanation_json(api.explain("quality-value", str(ticker), data=DEMO)))
    rule = next(verdict for verdict in found["verdicts"] if verdict["text"].startswith("avg(roic"))
    assert [len(term["parts"]) for term in rule["terms"]] == [2] * 5
