"""Every metric against numbers worked by hand or published, and every way in which it is undefined."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from screener.catalogue import metrics
from screener.catalogue.groups import takeover, tax_loss
from screener.catalogue.names import needs_peers
from screener.engine.result import Value
from screener.engine.trace import Trace, Tracer
from screener.language.ast import Name
from tests.catalogue.vectors import Vector, rows, vectors
from tests.engine.lakes import AS_OF, make_lake

PEER_GROUPS = ("mohanram", "qmj", "qmj_ff12", "magic", "conservative")
EVENTS_AND_YEARS = ("industry_disturbance", "return_2y_to_sector", "inefficient_mgmt")
# Metrics that are worked in tests of their own, since they compare companies with each other.
ELSEWHERE: dict[str, str] = {
    "refi_pressure": "tests/engine/test_refinancing.py",
    **dict.fromkeys(
        (row.name for row in (*tax_loss.ROWS, *takeover.ROWS) if needs_peers(row.name) or row.name in EVENTS_AND_YEARS),
        "tests/catalogue/test_targets.py",
    ),
    **dict.fromkeys(
        (row.name for group in metrics.GROUPS if group.name in PEER_GROUPS for row in group.rows),
        "tests/catalogue/test_peer_scores.py",
    ),
}


@dataclass(frozen=True)
class Found:
    """What the engine makes of the cases: a trace of every issuer."""

    traces: dict[int, Trace]

    def value(self, vector: Vector) -> Value:
        """Return the value of the vector's metric."""
        return self.traces[vector.number].value(Name(vector.metric))

    def reason(self, vector: Vector) -> str:
        """Return why the vector's metric is unknown."""
        return self.traces[vector.number].reason(Name(vector.metric))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """All cases in one data set, all metrics in one query."""
    tracer = Tracer({})
    for name in dict.fromkeys(vector.metric for vector in vectors()):
        tracer.add(Name(name))
    with make_lake(tmp_path_factory.mktemp("vectors"), *rows()) as lake:
        return Found(tracer.read(lake.con, AS_OF, []))


@pytest.mark.parametrize(
    "vector", vectors(), ids=lambda vector: f"{vector.file}-{vector.number}-{vector.metric}-{vector.case}"
)
def test_worked_and_published_numbers(found: Found, vector: Vector) -> None:
    """The metric is the number on paper, or unknown for the reason on paper."""
    value = found.value(vector)
    if vector.expect is None:
        assert value is None
        assert vector.reason in found.reason(vector)
    else:
        assert value is not None, found.reason(vector)
        assert value == pytest.approx(vector.expect, rel=vector.tolerance, abs=1e-12)


def test_every_metric_is_worked() -> None:
    """No metric is without a number worked by hand or published."""
    worked = {vector.metric for vector in vectors() if vector.expect is not None}
    assert {row.name for row in metrics.METRICS} - worked - ELSEWHERE.keys() == set()


def test_every_way_of_being_undefined_is_tested() -> None:
    """Each condition of each row is met by a case of its own, which gives the row's reason."""
    seen = {(vector.metric, vector.reason) for vector in vectors() if vector.expect is None}
    missing = [
        f"{row.name}: {case.reason}"
        for row in metrics.METRICS
        if row.name not in ELSEWHERE
        for case in row.undefined
        if not any(name == row.name and reason and reason in case.reason for name, reason in seen)
    ]
    assert missing == []
