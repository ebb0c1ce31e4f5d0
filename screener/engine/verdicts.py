"""The verdict of a rule on one name, and how far the name is from where that verdict turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from screener.engine.distance import Distance, deciding, turning
from screener.engine.trace import Trace

if TYPE_CHECKING:
    from screener.language.screen import Rule


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's verdict on a name: ``pass``, ``fail`` or ``unknown`` with its reason; ``admitted`` if let in.

    distance: the comparison that decides, ``None`` where nothing can be measured (see :mod:`screener.engine.distance`).
    change: for a rule that keeps the name out, the comparisons that would all have to turn for it to pass, at their
    least distance; ``()`` where that cannot be said.
    """

    group: str
    text: str
    verdict: str
    admitted: bool
    reason: str
    distance: Distance | None = None
    change: tuple[Distance, ...] = ()


def judge(rule: Rule, trace: Trace) -> Verdict:
    """Return the verdict of a condition or rule on the name whose values ``trace`` has."""
    value = trace.value(rule.expr)
    verdict = "unknown" if value is None else "pass" if value else "fail"
    return Verdict(
        group=rule.group,
        text=rule.text,
        verdict=verdict,
        admitted=bool(value) or (value is None and rule.lets_unknown_in),
        reason=trace.reason(rule.expr) if value is None else "",
        distance=deciding(rule.expr, trace),
        change=turning(rule.expr, trace) if verdict == "fail" else (),
    )
