"""What a row of the catalogue of metrics says, and the conditions that many rows share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undefined:
    """When a metric has no meaning: the condition, the reason shown, and what a rank does (worst, best, none)."""

    when: str
    reason: str
    rank: str = "none"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    formula: in the screen language; flows are trailing twelve months, balances the newest quarter.
    direction: ``higher`` / ``lower`` is better, or ``neutral``. undefined: checked in order before the formula.
    refused: reporting models for which the metric is not defined; only: the models for which alone it is, where set.
    rank_by: what ranks in its place: the yield of a multiple, the capped ratio of one that more does not improve.
    aliases: other names that people type. source: paper or standard.
    """

    name: str
    label: str
    formula: str
    unit: str
    direction: str
    group: str
    undefined: tuple[Undefined, ...] = ()
    refused: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    rank_by: str = ""
    aliases: tuple[str, ...] = ()
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A page of the catalogue: ``name`` is its rows' ``group``; ``score`` is the metric that they are the terms of.

    about: what the group is for, in one sentence; a score's source and note say it for the terms of the score.
    """

    name: str
    title: str
    rows: tuple[Metric, ...]
    score: str = ""
    about: str = ""


NOT_BANKS = ("bank", "insurer")
NO_EV = ("bank", "insurer", "broker")
NO_REVENUE = Undefined("revenue <= 0", "no revenue", "worst")
NO_ASSETS = Undefined("total_assets <= 0", "no assets")
NO_AVERAGE_ASSETS = Undefined("avg_assets <= 0", "no assets")
NO_MARKET_VALUE = Undefined("market_cap <= 0", "no market value")
NO_EV_VALUE = Undefined("ev <= 0", "enterprise value is zero or negative", "none")
NO_INTEREST = (
    Undefined(
        "interest_to_cover = 0 or (interest_to_cover is unknown and total_debt = 0)", "no interest to cover", "best"
    ),
    Undefined(
        "interest_to_cover is unknown and total_debt > 0",
        "interest expense is not reported although there is debt",
        "none",
    ),
)
