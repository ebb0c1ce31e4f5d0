"""Funnel, near misses, unknowns, holdings and explanations in every format: what they say, strict and within bounds."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from screener import api
from screener.engine.distance import Distance
from screener.output.cells import width_of
from screener.output.distances import gap, measured, needed, share
from screener.output.explain import changes
from screener.output.explain_tables import explanation_csv, explanation_markdown
from screener.output.funnel import funnel_output
from screener.output.holds import holds_output
from screener.output.near import near_output, unknown_output

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
SCREEN = ROOT / "screens" / "quality-value.yaml"


@pytest.mark.parametrize(
    ("distance", "said", "need"),
    [
        (Distance("roic", ">=", "", 0.061, 0.08, "ratio", -0.019, -0.2375, False),
         "6.1% against >= 8.0%: short by 1.9 pp (23.8%)", "roic must rise to 8.0% (now 6.1%)"),
        (Distance("roic", ">=", "", 0.07996, 0.08, "ratio", -0.00004, -0.0005, False),
         "7.996% against >= 8.0%: short by 0.004 pp (0.1%)", "roic must rise to 8.0% (now 7.996%)"),
        (Distance("net_debt / ebitda", "<=", "", 1.5, 2.5, "multiple", 1.0, 0.4, True),
         "1.5× against <= 2.5×: room of 1.0× (40.0%)", "net_debt / ebitda must fall to 2.5× (now 1.5×)"),
        (Distance("net_income", ">", "", -5e6, 0.0, "usd", -5e6, None, False),
         "-5.0M against > 0: short by 5.0M", "net_income must rise above 0 (now -5.0M)"),
        (Distance("revenue", "<", "2 * equity", 5e6, 4e6, "usd", -1e6, -0.25, False),
         "5.0M against < 2 * equity (4.0M): short by 1.0M (25.0%)",
         "revenue must fall below 2 * equity (4.0M) (now 5.0M)"),
        (Distance("period_end", ">=", "", date(2023, 12, 31), date(2024, 3, 31), "days", -91.0, None, False),
         "2023-12-31 against >= 2024-03-31: short by 91 days", "period_end must rise to 2024-03-31 (now 2023-12-31)"),
    ],
)  # fmt: skip
def test_distance_in_words(distance: Distance, said: str, need: str) -> None:
    """Both sides in their unit, the gap in points, times, money or days, and what would turn it."""
    assert measured(distance) == said
    assert needed(distance) == need


def test_short_forms() -> None:
    """In a table the gap has no sign and the per cent is a dash against zero."""
    one = Distance("net_income", ">", "", -5e6, 0.0, "usd", -5e6, None, False)
    assert (gap(one), share(one)) == ("5.0M", "–")


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, str]]:
    """Every command's output on the demo in every format."""
    near = api.near(SCREEN, data=DEMO)
    made = {
        "funnel": (funnel_output, api.funnel(SCREEN, data=DEMO)),
        "near": (near_output, near),
        "unknown": (unknown_output, api.unknown(SCREEN, data=DEMO)),
        "holds": (holds_output, api.holds(str(near.rows[0].ticker), [SCREEN], data=DEMO)),
    }
    formats = ("table", "csv", "json", "markdown")
    return {name: {fmt: make(found, fmt, width=80) for fmt in formats} for name, (make, found) in made.items()}  # type: ignore[operator] # each maker with its own kind


@pytest.mark.parametrize("name", ["funnel", "near", "unknown", "holds"])
def test_formats(made: dict[str, dict[str, str]], name: str) -> None:
    """The text fits its width and says that it is a demo; CSV is rectangular, JSON strict, Markdown has a table."""
    texts = made[name]
    assert max(width_of(line) for line in texts["table"].splitlines()) <= 80
    assert "these companies do not exist" in texts["table"]
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert json.loads(texts["json"], parse_constant=pytest.fail)
    assert "\n| ---" in texts["markdown"]


def test_funnel_json_agrees_with_the_run(made: dict[str, dict[str, str]]) -> None:
    """The counts alone are those of the run's own funnel, and what is left is what passed."""
    found = json.loads(made["funnel"]["json"])
    run = api.run(SCREEN, data=DEMO)
    steps = [step for step in run.funnel if step.kind == "rule"]
    rules = [row for row in found["conditions"] if row["kind"] == "rule"]
    assert [row["failed_alone"] for row in rules] == [step.failed for step in steps]
    assert [row["remaining"] for row in rules] == [step.remaining for step in steps]
    assert [found["overlap"]["failed"][k][k] for k in range(len(rules))] == [step.failed for step in steps]
    out = sum(row["names"] for row in found["kept_out_by"])
    assert out == run.population - run.passed


def test_explanation_tables_and_changes() -> None:
    """A near miss is told what it needs in the text, the CSV has its distance, the Markdown its factors."""
    miss = api.near(SCREEN, data=DEMO, limit=1).rows[0]
    found = api.explain(SCREEN, str(miss.ticker), data=DEMO)
    assert miss.distance is not None
    assert changes(found)[0] == needed(miss.distance)
    rows = list(csv.DictReader(io.StringIO(explanation_csv(found))))
    (failed,) = (row for row in rows if row["kind"] == "rule" and row["verdict"] == "fail")
    assert float(failed["distance"]) == miss.distance.slack
    points = sum(float(row["contribution"]) for row in rows if row["kind"] == "factor")
    assert points == pytest.approx(found.place and found.place.score)
    assert "To enter the list:" in explanation_markdown(found)
